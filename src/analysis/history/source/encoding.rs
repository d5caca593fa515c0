//! Which characters the bytes of a text file stand for.
//!
//! Recognised from the beginning; whoever reads on meets bytes that fit it not, and says so row by row. The invariant: a
//! [`Transcoder`] gives valid UTF-8 but for a byte 0xFF, which UTF-8 never holds, in place of each thing that is no
//! character.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult};
use serde::{Deserialize, Serialize};

/// An encoding of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8, with or without a byte-order mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16 with the low byte first.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16 with the high byte first.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// Windows-1256, in which older Persian and Arabic programs write.
    #[serde(rename = "windows-1256")]
    Windows1256,
}

impl Encoding {
    /// The name, which is the same in every language.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16Le => "UTF-16LE",
            Encoding::Utf16Be => "UTF-16BE",
            Encoding::Windows1256 => "Windows-1256",
        }
    }

    fn decoder(self) -> Option<Decoder> {
        let encoding = match self {
            Encoding::Utf8 => return None,
            Encoding::Utf16Le => encoding_rs::UTF_16LE,
            Encoding::Utf16Be => encoding_rs::UTF_16BE,
            Encoding::Windows1256 => encoding_rs::WINDOWS_1256,
        };
        Some(encoding.new_decoder_without_bom_handling())
    }

    /// The length of the byte-order mark that `start` begins with.
    pub(super) fn mark(self, start: &[u8]) -> usize {
        let mark: &[u8] = match self {
            Encoding::Utf8 => b"\xef\xbb\xbf",
            Encoding::Utf16Le => &[0xff, 0xfe],
            Encoding::Utf16Be => &[0xfe, 0xff],
            Encoding::Windows1256 => &[],
        };
        if start.starts_with(mark) { mark.len() } else { 0 }
    }

    /// `text` in UTF-8.
    pub(super) fn reader(self, text: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        match self.decoder() {
            None => text,
            Some(decoder) => Box::new(Transcoder::new(text, decoder)),
        }
    }
}

/// The encoding of a text that begins with `start`.
///
/// # Errors
/// What it may be instead.
pub(super) fn recognise(start: &[u8]) -> Result<Encoding, &'static str> {
    if start.starts_with(&[0xff, 0xfe, 0, 0]) || start.starts_with(&[0, 0, 0xfe, 0xff]) {
        return Err("UTF-32");
    }
    for marked in [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be] {
        if marked.mark(start) > 0 {
            return Ok(marked);
        }
    }
    if start.contains(&0) {
        return without_mark(start).ok_or("binary");
    }
    let (broken, longer) = utf8_sequences(start);
    if broken == 0 || longer > 16 * broken {
        return Ok(Encoding::Utf8);
    }
    if is_arabic_script(start) {
        return Ok(Encoding::Windows1256);
    }
    // A few bytes among many that are plain: rows that are set aside later, not an encoding.
    let high = start.iter().filter(|byte| !byte.is_ascii()).count();
    if broken * 2_000 < start.len() && high == broken { Ok(Encoding::Utf8) } else { Err("ISO-8859/Windows-125x") }
}

/// UTF-16 by its zeros: digits and separators have one each, always on the same side.
fn without_mark(start: &[u8]) -> Option<Encoding> {
    let zeros = |side: usize| start.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let few = (start.len() / 2 / 10).max(1);
    let encoding = match () {
        () if odd > few && even * 50 < odd => Encoding::Utf16Le,
        () if even > few && odd * 50 < even => Encoding::Utf16Be,
        () => return None,
    };
    let mut text = Vec::new();
    let whole = start.get(..start.len() & !1)?;
    Transcoder::new(Box::new(io::Cursor::new(whole.to_vec())), encoding.decoder()?).read_to_end(&mut text).ok()?;
    // The last character may be cut in two.
    let end = text.len().saturating_sub(4);
    let body = text.get(..end)?;
    let controls = body.iter().filter(|byte| **byte < b' ' && !b"\t\r\n".contains(byte)).count();
    let is_text = !body.contains(&0xff) && controls == 0;
    is_text.then_some(encoding)
}

/// How many bytes are not UTF-8, and how many characters of more than one byte are.
fn utf8_sequences(start: &[u8]) -> (usize, usize) {
    let (mut broken, mut longer) = (0, 0);
    let mut rest = start;
    loop {
        let (valid, error) = match std::str::from_utf8(rest) {
            Ok(text) => (text, None),
            Err(error) => {
                let valid = rest.get(..error.valid_up_to()).unwrap_or_default();
                (std::str::from_utf8(valid).unwrap_or_default(), Some(error))
            }
        };
        longer += valid.chars().filter(|c| !c.is_ascii()).count();
        // Without a length, the last character is cut by the end of what was read.
        let Some(length) = error.and_then(|error| error.error_len()) else { return (broken, longer) };
        broken += 1;
        rest = rest.get(valid.len() + length..).unwrap_or_default();
    }
}

/// Whether the bytes read as Windows-1256 are letters of the Arabic script where they are not ASCII.
fn is_arabic_script(start: &[u8]) -> bool {
    let (text, _) = encoding_rs::WINDOWS_1256.decode_without_bom_handling(start);
    let (mut script, mut other) = (0_usize, 0_usize);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        match c {
            '\u{600}'..='\u{6ff}' | '\u{200c}' | '\u{200d}' => script += 1,
            // Marks that Persian text uses, too.
            '«' | '»' | '\u{a0}' | '–' | '—' | '…' | '“' | '”' | '‘' | '’' => {}
            _ => other += 1,
        }
    }
    script > 0 && other * 10 <= script
}

/// Text in another encoding, read as UTF-8.
struct Transcoder {
    inner: Box<dyn Read + Send>,
    decoder: Decoder,
    raw: Vec<u8>,
    text: Vec<u8>,
    at: usize,
    is_ended: bool,
}

impl Transcoder {
    fn new(inner: Box<dyn Read + Send>, decoder: Decoder) -> Transcoder {
        Transcoder { inner, decoder, raw: vec![0; 1 << 16], text: Vec::new(), at: 0, is_ended: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        let read = self.inner.read(&mut self.raw)?;
        self.is_ended = read == 0;
        self.at = 0;
        self.text.clear();
        let mut raw = self.raw.get(..read).unwrap_or_default();
        loop {
            let before = self.text.len();
            let room = self.decoder.max_utf8_buffer_length_without_replacement(raw.len()).unwrap_or(raw.len() * 3);
            self.text.resize(before + room.max(16), 0);
            let space = self.text.get_mut(before..).unwrap_or_default();
            let (result, used, written) =
                self.decoder.decode_to_utf8_without_replacement(raw, space, self.is_ended);
            self.text.truncate(before + written);
            raw = raw.get(used..).unwrap_or_default();
            match result {
                DecoderResult::InputEmpty => return Ok(()),
                DecoderResult::Malformed(..) => self.text.push(0xff),
                DecoderResult::OutputFull => {}
            }
        }
    }
}

impl Read for Transcoder {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.text.len() {
            if self.is_ended {
                return Ok(0);
            }
            self.refill()?;
        }
        let ready = self.text.get(self.at..).unwrap_or_default();
        let count = ready.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), ready.get(..count)) {
            to.copy_from_slice(from);
        }
        self.at += count;
        Ok(count)
    }
}

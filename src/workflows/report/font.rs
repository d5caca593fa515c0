//! The font of a report: Vazirmatn in the file itself, so that Persian looks the same on a machine that has no Persian font.
//!
//! It is the font of the window, wrapped as WOFF (W3C, "WOFF File Format 1.0"): the tables of the font, each compressed by
//! itself. That takes about a third off its size and needs nothing but zlib. Its licence (SIL Open Font License) lets it travel
//! inside a document.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

const VAZIRMATN: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/fonts/Vazirmatn-Variable.ttf"));

/// Bytes before the directory of a font, and of an entry in it.
const SFNT_HEADER: usize = 12;
const SFNT_ENTRY: usize = 16;
/// The same of a WOFF.
const WOFF_HEADER: u32 = 44;
const WOFF_ENTRY: u32 = 20;

/// The `@font-face` rule, with the font in it; nothing where the font is not what it should be: then the system's is used.
#[must_use]
pub fn face() -> String {
    let Some(woff) = woff(VAZIRMATN) else { return String::new() };
    format!(
        "@font-face{{font-family:Vazirmatn;font-weight:100 900;src:url(data:font/woff;base64,{}) format(\"woff\")}}",
        base64(&woff)
    )
}

/// A table of a font.
struct Entry<'f> {
    tag: [u8; 4],
    checksum: [u8; 4],
    length: u32,
    /// As it is kept: compressed where that is shorter.
    kept: std::borrow::Cow<'f, [u8]>,
}

/// The font `sfnt` as WOFF; `None` where it is no font.
fn woff(sfnt: &[u8]) -> Option<Vec<u8>> {
    let flavor = sfnt.get(..4)?;
    let count = u16::from_be_bytes(sfnt.get(4..6)?.try_into().ok()?);
    let mut entries = Vec::new();
    for index in 0..usize::from(count) {
        let record = sfnt.get(SFNT_HEADER + index * SFNT_ENTRY..)?.get(..SFNT_ENTRY)?;
        let number = |at: usize| Some(u32::from_be_bytes(record.get(at..at + 4)?.try_into().ok()?));
        let (from, length) = (usize::try_from(number(8)?).ok()?, number(12)?);
        let table = sfnt.get(from..from.checked_add(usize::try_from(length).ok()?)?)?;
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(table).ok()?;
        let compressed = encoder.finish().ok()?;
        let kept = if compressed.len() < table.len() { compressed.into() } else { table.into() };
        entries.push(Entry {
            tag: record.get(..4)?.try_into().ok()?,
            checksum: number(4)?.to_be_bytes(),
            length,
            kept,
        });
    }
    let padded = |length: usize| u32::try_from(length.next_multiple_of(4)).ok();
    let mut offset = WOFF_HEADER + WOFF_ENTRY * u32::from(count);
    let mut directory = Vec::new();
    let mut unpacked = u32::try_from(SFNT_HEADER + SFNT_ENTRY * usize::from(count)).ok()?;
    for entry in &entries {
        directory.extend(entry.tag);
        for number in [offset, u32::try_from(entry.kept.len()).ok()?, entry.length] {
            directory.extend(number.to_be_bytes());
        }
        directory.extend(entry.checksum);
        offset += padded(entry.kept.len())?;
        unpacked += entry.length.next_multiple_of(4);
    }
    let mut out = b"wOFF".to_vec();
    out.extend(flavor);
    out.extend(offset.to_be_bytes());
    out.extend(count.to_be_bytes());
    out.extend([0; 2]);
    out.extend(unpacked.to_be_bytes());
    // No version of its own, no metadata, no private block.
    out.extend([0; 24]);
    out.extend(directory);
    for entry in &entries {
        out.extend(entry.kept.iter());
        out.resize(out.len().next_multiple_of(4), 0);
    }
    Some(out)
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let number =
            three.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = LETTERS[(number >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= three.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        // The vectors of RFC 4648, section 10.
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn the_wrapped_font_unpacks_to_its_tables_and_is_shorter() {
        let woff = woff(VAZIRMATN).unwrap();
        let number = |at: usize| u32::from_be_bytes(woff[at..at + 4].try_into().unwrap()) as usize;
        assert_eq!(number(8), woff.len());
        assert!(woff.len() * 4 < VAZIRMATN.len() * 3, "{} of {} bytes", woff.len(), VAZIRMATN.len());
        let count = usize::from(u16::from_be_bytes(woff[12..14].try_into().unwrap()));
        assert!(count > 8);
        for index in 0..count {
            let (mine, its) = (44 + 20 * index, 12 + 16 * index);
            assert_eq!(woff[mine..mine + 4], VAZIRMATN[its..its + 4]);
            let (offset, kept, length) = (number(mine + 4), number(mine + 8), number(mine + 12));
            let from = u32::from_be_bytes(VAZIRMATN[its + 8..its + 12].try_into().unwrap()) as usize;
            let mut table = Vec::new();
            if kept == length {
                table.extend(&woff[offset..offset + kept]);
            } else {
                flate2::read::ZlibDecoder::new(&woff[offset..offset + kept]).read_to_end(&mut table).unwrap();
            }
            assert_eq!(table, &VAZIRMATN[from..from + length]);
        }
    }

    #[test]
    fn what_is_no_font_is_none() {
        assert_eq!(woff(b"no font"), None);
        assert_eq!(woff(&VAZIRMATN[..1_000]), None);
    }
}

//! JSON Lines: one object a line becomes one row.
//!
//! Cells are what was written: numbers keep their digits, texts lose their quotes and escapes, `null` is empty. An object in an
//! object becomes columns with a dot between the names; a list stays one cell, as JSON. It does not decide what a row
//! that is no object is; it only says so. The invariant: a line that is not JSON gives no row.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use memchr::memchr2;

/// How deep objects may lie in each other.
const DEEPEST: usize = 8;
/// How many names are remembered that the first rows did not have.
const MOST_UNKNOWN: usize = 100;

/// The columns of a JSON Lines file.
#[derive(Debug)]
pub(super) struct JsonRows {
    columns: Vec<String>,
    places: HashMap<String, usize>,
    unknown: UnknownKeys,
}

/// Names that came up after the columns were settled, and how often.
#[derive(Clone, Debug, Default)]
pub(super) struct UnknownKeys(Arc<Mutex<BTreeMap<String, u64>>>);

impl UnknownKeys {
    fn count(&self, key: &str) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(key) {
            *count += 1;
        } else if counts.len() < MOST_UNKNOWN {
            counts.insert(key.to_owned(), 1);
        }
    }

    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl JsonRows {
    pub fn new(columns: Vec<String>, unknown: UnknownKeys) -> JsonRows {
        let places = columns.iter().cloned().enumerate().map(|(place, name)| (name, place)).collect();
        JsonRows { columns, places, unknown }
    }

    /// The cells of the object in `line`; `None` where it is not an object.
    pub fn read<'a>(&self, line: &'a str) -> Option<Vec<Cow<'a, str>>> {
        let mut cells = vec![Cow::Borrowed(""); self.columns.len()];
        // Keys mostly come in the order of the columns.
        let mut expected = 0;
        let mut unknown = Vec::new();
        object(line, &mut |key, value| {
            let place = match self.columns.get(expected) {
                Some(name) if *name == *key => Some(expected),
                _ => self.places.get(key).copied(),
            };
            match place.and_then(|place| Some((place, cells.get_mut(place)?))) {
                Some((place, cell)) => {
                    *cell = value;
                    expected = place + 1;
                }
                None => unknown.push(key.to_owned()),
            }
        })?;
        unknown.iter().for_each(|key| self.unknown.count(key));
        Some(cells)
    }
}

/// The names of the objects in `lines`, in the order in which they come up; `None` where the first line is no object.
pub(super) fn columns<'a>(lines: impl Iterator<Item = &'a str>) -> Option<Vec<String>> {
    let mut columns: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut is_first = true;
    for line in lines.map(str::trim).filter(|line| !line.is_empty()) {
        let mut fresh = Vec::new();
        let read = object(line, &mut |key, _| fresh.push(key.to_owned()));
        match read {
            Some(()) => columns.extend(fresh.into_iter().filter(|key| seen.insert(key.clone()))),
            None if is_first => return None,
            None => {}
        }
        is_first = false;
    }
    Some(columns)
}

/// Hands over the names and values of the object that `line` is.
fn object<'a>(line: &'a str, take: &mut dyn FnMut(&str, Cow<'a, str>)) -> Option<()> {
    let mut parser = Parser { text: line, at: 0 };
    parser.skip_space();
    parser.object(&mut String::new(), DEEPEST, take)?;
    parser.skip_space();
    (parser.at == line.len()).then_some(())
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn object(
        &mut self,
        prefix: &mut String,
        depth: usize,
        take: &mut dyn FnMut(&str, Cow<'a, str>),
    ) -> Option<()> {
        self.eat(b'{')?;
        self.skip_space();
        if self.eat(b'}').is_some() {
            return Some(());
        }
        loop {
            self.skip_space();
            let key = self.string()?;
            self.skip_space();
            self.eat(b':')?;
            self.skip_space();
            let length = prefix.len();
            if self.peek() == Some(b'{') && depth > 1 {
                prefix.push_str(&key);
                prefix.push('.');
                self.object(prefix, depth - 1, take)?;
            } else {
                let value = self.value()?;
                if length == 0 {
                    take(&key, value);
                } else {
                    prefix.push_str(&key);
                    take(prefix, value);
                }
            }
            prefix.truncate(length);
            self.skip_space();
            match self.peek()? {
                b',' => self.at += 1,
                _ => return self.eat(b'}'),
            }
        }
    }

    fn value(&mut self) -> Option<Cow<'a, str>> {
        match self.peek()? {
            b'"' => self.string(),
            b'[' | b'{' => self.nested(),
            _ => {
                let rest = self.text.get(self.at..)?;
                let end = rest.find([',', '}', ']', ' ', '\t', '\r', '\n']).unwrap_or(rest.len());
                let word = rest.get(..end)?;
                self.at += end;
                match word {
                    "null" => Some(Cow::Borrowed("")),
                    "true" | "false" => Some(Cow::Borrowed(word)),
                    _ => is_number(word).then_some(Cow::Borrowed(word)),
                }
            }
        }
    }

    /// A list, or an object that lies too deep, as it stands.
    fn nested(&mut self) -> Option<Cow<'a, str>> {
        let rest = self.text.get(self.at..)?;
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<serde::de::IgnoredAny>();
        values.next()?.ok()?;
        let length = values.byte_offset();
        self.at += length;
        rest.get(..length).map(Cow::Borrowed)
    }

    fn string(&mut self) -> Option<Cow<'a, str>> {
        self.eat(b'"')?;
        let start = self.at;
        let mut has_escapes = false;
        loop {
            let rest = self.text.as_bytes().get(self.at..)?;
            let offset = memchr2(b'"', b'\\', rest)?;
            self.at += offset;
            if self.eat(b'"').is_some() {
                break;
            }
            has_escapes = true;
            // What is escaped is at least one byte long; a quote or a backslash is just one.
            self.at += 2;
        }
        let inside = self.text.get(start..self.at - 1)?;
        if has_escapes {
            let quoted = self.text.get(start - 1..self.at)?;
            serde_json::from_str::<String>(quoted).ok().map(Cow::Owned)
        } else {
            // JSON writes control characters as escapes only.
            (!inside.bytes().any(|byte| byte < 0x20)).then_some(Cow::Borrowed(inside))
        }
    }
}

/// Whether `word` is a number of JSON.
fn is_number(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

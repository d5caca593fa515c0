//! Takes a block of text apart: records into cells.
//!
//! Quotes are those of RFC 4180: a cell that begins with one goes on to the next one that is not doubled. Lines end with LF
//! or CR LF; empty ones are no records. Nothing is allocated for a row but where a doubled quote has to be undone or where
//! it is not text. The invariant: cells of a block that is whole text are slices of it.

use std::borrow::Cow;
use std::sync::Arc;

use memchr::{memchr, memchr_iter, memchr2};

use crate::analysis::history::checks::Check;

use super::SourceRow;
use super::cut::Pool;
use super::json::JsonRows;

/// How records are written.
#[derive(Debug)]
pub(super) struct Syntax {
    /// LF, or CR in files of old Macs.
    pub line_end: u8,
    pub cells: Cells,
}

/// How cells are written.
#[derive(Debug)]
pub(super) enum Cells {
    Delimited { delimiter: u8, quote: Option<u8> },
    Json(JsonRows),
}

impl Syntax {
    pub fn quote(&self) -> Option<u8> {
        match self.cells {
            Cells::Delimited { quote, .. } => quote,
            Cells::Json(_) => None,
        }
    }

    pub fn delimiter(&self) -> Option<u8> {
        match self.cells {
            Cells::Delimited { delimiter, .. } => Some(delimiter),
            Cells::Json(_) => None,
        }
    }
}

/// Whole records of a text.
#[derive(Debug)]
pub(super) struct TextBlock {
    bytes: Vec<u8>,
    /// The line of the first byte, from 1.
    line: u64,
    /// Whether the quotes of the first line are letters, since one of them is never closed.
    is_literal: bool,
    syntax: Arc<Syntax>,
    pool: Pool,
}

/// Where in a block the reading is.
struct Reading<'a, E> {
    line: u64,
    rows: u64,
    take: &'a mut dyn FnMut(&SourceRow<'_>) -> Result<(), E>,
}

impl<E> Reading<'_, E> {
    fn row(&mut self, cells: &[&str], broken: Option<Check>) -> Result<(), E> {
        let row = SourceRow { number: self.rows, line: self.line, cells, broken };
        self.rows += 1;
        (self.take)(&row)
    }
}

impl TextBlock {
    pub fn new(bytes: Vec<u8>, line: u64, is_literal: bool, syntax: Arc<Syntax>, pool: Pool) -> TextBlock {
        TextBlock { bytes, line, is_literal, syntax, pool }
    }

    /// Whether there are line ends only.
    pub fn is_blank(&self) -> bool {
        self.bytes.iter().all(|byte| matches!(byte, b'\n' | b'\r'))
    }

    /// Hands over each row and returns how many there are.
    pub fn for_each_row<E>(&self, take: &mut dyn FnMut(&SourceRow<'_>) -> Result<(), E>) -> Result<u64, E> {
        let mut reading = Reading { line: self.line, rows: 0, take };
        match sound(&self.bytes) {
            Some(text) if !self.is_literal => self.records(text, None, &mut reading)?,
            _ => self.one_by_one(&mut reading)?,
        }
        Ok(reading.rows)
    }

    /// Records that are text, or were made so after they were found to be `broken`.
    fn records<E>(&self, text: &str, broken: Option<Check>, reading: &mut Reading<'_, E>) -> Result<(), E> {
        match &self.syntax.cells {
            Cells::Delimited { delimiter, quote } => {
                delimited(text, *delimiter, *quote, self.syntax.line_end, broken, reading)
            }
            Cells::Json(json) => {
                for line in lines(text, self.syntax.line_end) {
                    let line = line.trim();
                    if !line.is_empty() {
                        match json.read(line) {
                            Some(cells) => {
                                let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
                                reading.row(&cells, broken)?;
                            }
                            None => reading.row(&[line], broken.or(Some(Check::BrokenRecord)))?,
                        }
                    }
                    reading.line += 1;
                }
                Ok(())
            }
        }
    }

    /// Some record is not what it should be: each is looked at by itself.
    fn one_by_one<E>(&self, reading: &mut Reading<'_, E>) -> Result<(), E> {
        let line_end = self.syntax.line_end;
        let mut rest = self.bytes.as_slice();
        if self.is_literal {
            let (line, after) = rest.split_at(memchr(line_end, rest).map_or(rest.len(), |at| at + 1));
            let text = String::from_utf8_lossy(line);
            match self.syntax.cells {
                Cells::Delimited { delimiter, .. } => {
                    delimited(&text, delimiter, None, line_end, Some(Check::BrokenRecord), reading)?;
                }
                Cells::Json(_) => self.records(&text, None, reading)?,
            }
            rest = after;
        }
        while !rest.is_empty() {
            let end = match self.syntax.cells {
                Cells::Delimited { delimiter, quote: Some(quote) } => record_end(rest, delimiter, quote, line_end),
                _ => memchr(line_end, rest).map_or(rest.len(), |at| at + 1),
            };
            let (record, after) = rest.split_at(end);
            match sound(record) {
                Some(text) => self.records(text, None, reading)?,
                None => self.records(&String::from_utf8_lossy(record), Some(Check::NotText), reading)?,
            }
            rest = after;
        }
        Ok(())
    }
}

impl Drop for TextBlock {
    fn drop(&mut self) {
        self.pool.give_back(std::mem::take(&mut self.bytes));
    }
}

/// The text, where it is UTF-8 and holds no zero byte.
fn sound(bytes: &[u8]) -> Option<&str> {
    if memchr(0, bytes).is_some() { None } else { std::str::from_utf8(bytes).ok() }
}

fn lines(text: &str, line_end: u8) -> impl Iterator<Item = &str> {
    text.split_inclusive(char::from(line_end))
}

/// Every record of `text`.
fn delimited<E>(
    text: &str,
    delimiter: u8,
    quote: Option<u8>,
    line_end: u8,
    broken: Option<Check>,
    reading: &mut Reading<'_, E>,
) -> Result<(), E> {
    let bytes = text.as_bytes();
    let next_quote = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        quote.and_then(|quote| memchr(quote, rest)).map_or(usize::MAX, |offset| from + offset)
    };
    let mut quote_at = next_quote(0);
    if quote_at == usize::MAX {
        return without_quotes(text, delimiter, line_end, broken, reading);
    }
    let mut cells: Vec<&str> = Vec::with_capacity(64);
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let end = memchr(line_end, rest).map_or(bytes.len(), |offset| at + offset);
        if quote_at < at {
            quote_at = next_quote(at);
        }
        cells.clear();
        if end < quote_at {
            let line = trimmed(text.get(at..end).unwrap_or_default());
            if !line.is_empty() {
                split(line, delimiter, &mut cells);
                reading.row(&cells, broken)?;
            }
            reading.line += 1;
            at = end + 1;
            continue;
        }
        let quote = quote.unwrap_or(b'"');
        let end = at + record_end(rest, delimiter, quote, line_end);
        let record = text.get(at..end).unwrap_or_default();
        let inner = trimmed(record.strip_suffix(char::from(line_end)).unwrap_or(record));
        if split_quoted(inner, delimiter, quote, &mut cells) {
            reading.row(&cells, broken)?;
        } else {
            let undone = undo_quotes(inner, delimiter, quote);
            let cells: Vec<&str> = undone.iter().map(AsRef::as_ref).collect();
            reading.row(&cells, broken)?;
        }
        reading.line += memchr_iter(line_end, record.as_bytes()).count() as u64;
        at = end;
    }
    Ok(())
}

/// Every record of a `text` that holds no quote, eight bytes at a time: cells are too short for a search each.
fn without_quotes<E>(
    text: &str,
    delimiter: u8,
    line_end: u8,
    broken: Option<Check>,
    reading: &mut Reading<'_, E>,
) -> Result<(), E> {
    let (delimiters, line_ends) = (everywhere(delimiter), everywhere(line_end));
    let mut cells: Vec<&str> = Vec::with_capacity(64);
    let mut from = 0;
    let (words, tail) = text.as_bytes().as_chunks::<8>();
    let mut last = [0; 8];
    if let Some(start) = last.get_mut(..tail.len()) {
        start.copy_from_slice(tail);
    }
    for (place, word) in words.iter().chain(std::iter::once(&last)).enumerate() {
        let word = u64::from_le_bytes(*word);
        let ends = matching(word, line_ends);
        let mut hits = matching(word, delimiters) | ends;
        while hits != 0 {
            let at = place * 8 + (hits.trailing_zeros() / 8) as usize;
            let cell = text.get(from..at).unwrap_or_default();
            from = at + 1;
            if ends & hits & hits.wrapping_neg() == 0 {
                cells.push(cell);
            } else {
                end_line(&mut cells, cell, broken, reading)?;
            }
            hits &= hits - 1;
        }
    }
    if from < text.len() || !cells.is_empty() {
        end_line(&mut cells, text.get(from..).unwrap_or_default(), broken, reading)?;
    }
    Ok(())
}

/// The line ends with `last`; a line of nothing is no record.
fn end_line<'a, E>(
    cells: &mut Vec<&'a str>,
    last: &'a str,
    broken: Option<Check>,
    reading: &mut Reading<'_, E>,
) -> Result<(), E> {
    let last = trimmed(last);
    if !cells.is_empty() || !last.is_empty() {
        cells.push(last);
        reading.row(cells, broken)?;
        cells.clear();
    }
    reading.line += 1;
    Ok(())
}

const fn everywhere(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The highest bit of each byte of `word` that is the one of `pattern` (Warren, "Hacker's Delight", 6-1).
fn matching(word: u64, pattern: u64) -> u64 {
    const LOW: u64 = everywhere(0x7f);
    let differs = word ^ pattern;
    !(((differs & LOW) + LOW) | differs | LOW)
}

/// Without the CRs before its end.
fn trimmed(line: &str) -> &str {
    line.trim_end_matches('\r')
}

fn split<'a>(line: &'a str, delimiter: u8, cells: &mut Vec<&'a str>) {
    let mut from = 0;
    for at in memchr_iter(delimiter, line.as_bytes()) {
        cells.push(line.get(from..at).unwrap_or_default());
        from = at + 1;
    }
    cells.push(line.get(from..).unwrap_or_default());
}

/// Where the first record of `bytes` ends, after its line end.
fn record_end(bytes: &[u8], delimiter: u8, quote: u8, line_end: u8) -> usize {
    let mut at = 0;
    while let Some(offset) = bytes.get(at..).and_then(|rest| memchr2(quote, line_end, rest)) {
        let found = at + offset;
        at = found + 1;
        if bytes.get(found) == Some(&line_end) {
            return at;
        }
        if found == 0 || bytes.get(found - 1) == Some(&delimiter) {
            at += closing(bytes.get(at..).unwrap_or_default(), quote).0 + 1;
        }
    }
    bytes.len()
}

/// Where the quote is that closes a cell, of which `rest` is what follows the opening one, and whether others before it
/// are doubled; the end where there is none.
fn closing(rest: &[u8], quote: u8) -> (usize, bool) {
    let (mut at, mut has_doubled) = (0, false);
    while let Some(offset) = rest.get(at..).and_then(|rest| memchr(quote, rest)) {
        at += offset;
        if rest.get(at + 1) != Some(&quote) {
            return (at, has_doubled);
        }
        has_doubled = true;
        at += 2;
    }
    (rest.len(), has_doubled)
}

/// Splits a record whose quotes enclose whole cells and are not doubled; `false` where they do more than that.
fn split_quoted<'a>(record: &'a str, delimiter: u8, quote: u8, cells: &mut Vec<&'a str>) -> bool {
    let bytes = record.as_bytes();
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let (from, to, next) = if rest.first() == Some(&quote) {
            let (length, has_doubled) = closing(rest.get(1..).unwrap_or_default(), quote);
            if has_doubled {
                return false;
            }
            (at + 1, at + 1 + length, at + 2 + length)
        } else {
            let end = memchr(delimiter, rest).map_or(bytes.len(), |offset| at + offset);
            (at, end, end)
        };
        cells.push(record.get(from..to).unwrap_or_default());
        match bytes.get(next) {
            None => return true,
            Some(byte) if *byte == delimiter => at = next + 1,
            Some(_) => return false,
        }
    }
}

/// Splits any record, undoing doubled quotes. What follows a closing quote belongs to the cell as it stands.
fn undo_quotes(record: &str, delimiter: u8, quote: u8) -> Vec<Cow<'_, str>> {
    let (bytes, mark) = (record.as_bytes(), char::from(quote));
    let mut cells = Vec::new();
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let (quoted, after) = if rest.first() == Some(&quote) {
            let close = at + 1 + closing(rest.get(1..).unwrap_or_default(), quote).0;
            let inside = record.get(at + 1..close).unwrap_or_default();
            (Some(inside.replace(&format!("{mark}{mark}"), &mark.to_string())), close + 1)
        } else {
            (None, at)
        };
        let tail = bytes.get(after..).unwrap_or_default();
        let end = memchr(delimiter, tail).map_or(bytes.len(), |offset| after + offset);
        let tail = record.get(after..end).unwrap_or_default();
        cells.push(match quoted {
            None => Cow::Borrowed(tail),
            Some(quoted) => Cow::Owned(quoted + tail),
        });
        if end >= bytes.len() {
            return cells;
        }
        at = end + 1;
    }
}

/// The cells of the first record of `bytes`, and how long it is with its line end.
pub(super) fn first_record(bytes: &[u8], syntax: &Syntax) -> (Vec<String>, usize) {
    let Cells::Delimited { delimiter, quote } = syntax.cells else { return (Vec::new(), 0) };
    let line = memchr(syntax.line_end, bytes).map_or(bytes.len(), |at| at + 1);
    let end = match quote {
        Some(quote) => record_end(bytes, delimiter, quote, syntax.line_end),
        None => line,
    };
    let record = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default());
    let line_end = char::from(syntax.line_end);
    let inner = trimmed(record.strip_suffix(line_end).unwrap_or(&record));
    let cells = match quote {
        Some(quote) => undo_quotes(inner, delimiter, quote).into_iter().map(Cow::into_owned).collect(),
        None => inner.split(char::from(delimiter)).map(str::to_owned).collect(),
    };
    (cells, end)
}

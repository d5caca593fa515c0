//! How a delimited text is written, found out from its first rows: delimiter, quotes, line ends, and whether the first line
//! names the columns.
//!
//! What is found is a guess that can be overruled ([`SourceOptions`](super::SourceOptions)); it does not look beyond the
//! sample.

use memchr::memchr;

use super::Delimiter;
use super::records::{Cells, Syntax, first_record};

/// How many records are looked at.
const RECORDS: usize = 100;

/// The line end of `sample`: LF, but CR where there is no LF at all.
pub(super) fn line_end(sample: &[u8]) -> u8 {
    if memchr(b'\n', sample).is_none() && memchr(b'\r', sample).is_some() { b'\r' } else { b'\n' }
}

/// How `sample`, which begins with a record, is written.
pub(super) fn syntax(sample: &[u8], told: Option<Delimiter>) -> (Delimiter, Syntax) {
    let line_end = line_end(sample);
    let with = |delimiter: Delimiter, quote| Syntax {
        line_end,
        cells: Cells::Delimited { delimiter: delimiter.byte(), quote: Some(quote) },
    };
    let delimiter = told.unwrap_or_else(|| {
        let candidates = [Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab, Delimiter::Pipe];
        let mut best = (Delimiter::Comma, 0);
        for candidate in candidates {
            let score = score(&records(sample, &with(candidate, b'"')));
            if score > best.1 {
                best = (candidate, score);
            }
        }
        best.0
    });
    let quote = if uses_apostrophes(sample, delimiter.byte()) { b'\'' } else { b'"' };
    (delimiter, with(delimiter, quote))
}

/// The first whole records.
pub(super) fn records(sample: &[u8], syntax: &Syntax) -> Vec<Vec<String>> {
    let mut records = Vec::new();
    let mut rest = sample;
    while !rest.is_empty() && records.len() < RECORDS {
        let (cells, length) = first_record(rest, syntax);
        rest = rest.get(length..).unwrap_or_default();
        // The last record of a sample may be cut.
        let is_cut = rest.is_empty() && !records.is_empty() && sample.last() != Some(&syntax.line_end);
        if cells.iter().any(|cell| !cell.is_empty()) && !is_cut {
            records.push(cells);
        }
    }
    records
}

/// The higher, the more records have as many cells as the first one, and the more cells that has; 0 for one cell.
fn score(records: &[Vec<String>]) -> usize {
    let width = records.first().map_or(0, Vec::len);
    if width < 2 {
        return 0;
    }
    let alike = records.iter().filter(|record| record.len() == width).count();
    // In steps of a tenth, so that a few ragged rows do not outweigh the number of cells.
    (alike * 10 / records.len()) * 10_000 + width.min(9_999)
}

/// Whether cells are put between apostrophes: at least two are, and what begins with one ends with one, if not before the
/// next delimiter.
fn uses_apostrophes(sample: &[u8], delimiter: u8) -> bool {
    if memchr(b'\'', sample).is_none() || memchr(b'"', sample).is_some() {
        return false;
    }
    let is_end = |byte: u8| byte == b'\n' || byte == b'\r' || byte == delimiter;
    let (mut whole, mut begun, mut ended) = (0, 0, 0);
    let lines = sample.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"));
    for cell in lines.flat_map(|line| line.split(|byte| is_end(*byte))) {
        match cell {
            [b'\'', .., b'\''] => whole += 1,
            [b'\'', ..] => begun += 1,
            [.., b'\''] => ended += 1,
            _ => {}
        }
    }
    whole >= 2 && begun == ended
}

/// Whether the first record names the columns: it does not where it looks like data.
pub(super) fn is_header(first: &[String]) -> bool {
    let cells: Vec<&str> = first.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
    let numbers = cells.iter().filter(|cell| is_number(cell)).count();
    !cells.iter().any(|cell| is_time(cell)) && numbers * 2 < cells.len().max(1)
}

fn is_digit(c: char) -> bool {
    matches!(c, '0'..='9' | '۰'..='۹' | '٠'..='٩')
}

fn is_number(cell: &str) -> bool {
    let cell = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    cell.chars().any(is_digit) && cell.chars().all(|c| is_digit(c) || matches!(c, '.' | ','))
}

/// Digits with what stands between those of a date or a time.
fn is_time(cell: &str) -> bool {
    let parts = cell.chars().filter(|c| matches!(c, '-' | '/' | ':')).count();
    let digits = cell.chars().filter(|c| is_digit(*c)).count();
    let others = |c: char| matches!(c, '-' | '/' | ':' | '.' | ' ' | '+' | 'T' | 'Z' | 'A' | 'P' | 'M');
    digits >= 3
        && parts >= 1
        && cell.starts_with(is_digit)
        && cell.chars().all(|c| is_digit(c) || others(c.to_ascii_uppercase()))
}

/// The names of the columns: as the header says, or numbered where it says nothing.
pub(super) fn names(first: &[String], is_header: bool) -> Vec<String> {
    let name = |(place, cell): (usize, &String)| match cell.trim() {
        named if is_header && !named.is_empty() => named.to_owned(),
        _ => format!("column_{}", place + 1),
    };
    first.iter().enumerate().map(name).collect()
}

//! A column of texts in one allocation.

use std::fmt::Write;

use rayon::prelude::*;

/// Texts by row; a row may be missing. 8 bytes a row and the bytes of the texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    bytes: String,
    /// Where each row's text ends, shifted left by one; the low bit marks a missing row.
    ends: Vec<u64>,
}

/// How many rows a thread takes at a time.
const ROWS_EACH: usize = 1 << 16;

impl Texts {
    /// Adds a row.
    pub fn push(&mut self, text: Option<&str>) {
        if let Some(text) = text {
            self.bytes.push_str(text);
        }
        self.end_row(text.is_none());
    }

    /// Adds a row with a number in decimal digits.
    pub fn push_number(&mut self, number: u64) {
        // Writing to a string cannot fail.
        let _ = write!(self.bytes, "{number}");
        self.end_row(false);
    }

    fn end_row(&mut self, missing: bool) {
        self.ends.push((self.bytes.len() as u64) << 1 | u64::from(missing));
    }

    /// Replaces the row that was added last; adds one where there is none.
    pub fn set_last(&mut self, text: Option<&str>) {
        if self.ends.pop().is_some() {
            let before = self.ends.last().map_or(0, |end| end >> 1);
            self.bytes.truncate(usize::try_from(before).unwrap_or(usize::MAX));
        }
        self.push(text);
    }

    /// Makes room for `rows` more rows of `bytes` bytes together.
    pub fn reserve(&mut self, rows: usize, bytes: usize) {
        self.ends.reserve_exact(rows);
        self.bytes.reserve_exact(bytes);
    }

    /// The text of `row`; `None` where it is missing or there is no such row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&str> {
        let end = *self.ends.get(row)?;
        if end & 1 == 1 {
            return None;
        }
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before] >> 1);
        self.bytes.get(usize::try_from(start).ok()?..usize::try_from(end >> 1).ok()?)
    }

    /// The bytes of all texts together.
    #[must_use]
    pub fn text_bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Whether every row is missing.
    #[must_use]
    pub fn is_all_missing(&self) -> bool {
        self.ends.iter().all(|end| end & 1 == 1)
    }

    /// The rows in order.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        self.rows(0..self.len())
    }

    /// Some of the rows in order. Those beyond the last are missing.
    pub fn rows(&self, rows: std::ops::Range<usize>) -> impl Iterator<Item = Option<&str>> {
        rows.map(|row| self.get(row))
    }

    /// The bytes of `rows` together, and where in them each row ends; the low bit of an end, which is shifted left by
    /// one, marks a missing row. Panics where there are no such rows.
    pub(super) fn packed(&self, rows: std::ops::Range<usize>) -> (&[u8], impl Iterator<Item = u64> + Clone) {
        let start = rows.start.checked_sub(1).map_or(0, |before| self.ends[before] >> 1);
        let ends = &self.ends[rows];
        let end = ends.last().map_or(start, |end| end >> 1);
        let bytes = self.bytes.as_bytes();
        let place = usize::try_from(start).unwrap_or(bytes.len())..usize::try_from(end).unwrap_or(bytes.len());
        (&bytes[place], ends.iter().map(move |end| end - (start << 1)))
    }

    /// The parts one after the other.
    #[must_use]
    pub(super) fn concat(parts: Vec<Texts>) -> Texts {
        let mut all = Texts::default();
        let bytes = parts.iter().map(|part| part.bytes.len()).sum();
        all.reserve(parts.iter().map(Texts::len).sum(), bytes);
        for part in parts {
            let before = (all.bytes.len() as u64) << 1;
            all.bytes.push_str(&part.bytes);
            all.ends.extend(part.ends.iter().map(|end| end + before));
        }
        all
    }

    /// The texts of `rows`, in that order.
    #[must_use]
    pub(super) fn take(&self, rows: &[u32]) -> Texts {
        let parts = rows.par_chunks(ROWS_EACH).map(|rows| {
            let mut part = Texts::default();
            let each = self.bytes.len() / self.len().max(1) + 2;
            part.reserve(rows.len(), rows.len() * each);
            rows.iter().for_each(|row| part.push(self.get(*row as usize)));
            part
        });
        Texts::concat(parts.collect())
    }
}

impl<'a> FromIterator<Option<&'a str>> for Texts {
    fn from_iter<I: IntoIterator<Item = Option<&'a str>>>(rows: I) -> Texts {
        let mut texts = Texts::default();
        rows.into_iter().for_each(|row| texts.push(row));
        texts
    }
}

#[cfg(test)]
mod tests {
    use super::Texts;

    const ROWS: [Option<&str>; 4] = [Some("الف"), None, Some(""), Some("b")];

    #[test]
    fn missing_and_empty_stay_apart() {
        let texts: Texts = ROWS.into_iter().collect();
        assert_eq!(texts.iter().collect::<Vec<_>>(), ROWS);
        assert_eq!(texts.get(4), None);
        assert!(!texts.is_all_missing());
        let joined = Texts::concat(vec![texts.clone(), Texts::default(), texts.clone()]);
        assert_eq!(joined.iter().collect::<Vec<_>>(), [ROWS, ROWS].concat());
        assert_eq!(joined.take(&[7, 0, 1]).iter().collect::<Vec<_>>(), [Some("b"), ROWS[0], None]);
        let (bytes, ends) = joined.packed(3..6);
        assert_eq!((bytes, ends.collect::<Vec<_>>()), ("bالف".as_bytes(), vec![2, 14, 15]));
    }

    #[test]
    fn a_number_is_its_digits() {
        let mut texts = Texts::default();
        texts.push_number(10_000_000);
        texts.set_last(Some("x"));
        texts.push_number(7);
        assert_eq!(texts.iter().collect::<Vec<_>>(), [Some("x"), Some("7")]);
    }
}

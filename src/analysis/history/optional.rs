//! A column whose cells may be missing.
//!
//! Many sources lack whole columns. Such a column costs nothing here until the first cell that is there is added; it is
//! then as wide as `Option<T>` a row. Invariant: `rows` is empty as long as every cell is missing, or has `length` rows.

use std::ops::Index;

use rayon::prelude::*;

/// Cells by row, each of which may be missing.
#[derive(Clone, Debug)]
pub struct Optional<T> {
    rows: Vec<Option<T>>,
    length: usize,
    /// What an index into a column without `rows` refers to.
    missing: Option<T>,
}

impl<T> Default for Optional<T> {
    fn default() -> Optional<T> {
        Optional { rows: Vec::new(), length: 0, missing: None }
    }
}

impl<T: Copy + Send + Sync> Optional<T> {
    /// A column of `length` rows, all of them missing.
    #[must_use]
    pub fn missing(length: usize) -> Optional<T> {
        Optional { length, ..Optional::default() }
    }

    /// Adds a row.
    pub fn push(&mut self, cell: Option<T>) {
        if cell.is_some() || !self.rows.is_empty() {
            if self.rows.is_empty() {
                self.rows.resize(self.length, None);
            }
            self.rows.push(cell);
        }
        self.length += 1;
    }

    /// Changes `row`. Panics where there is no such row.
    pub fn set(&mut self, row: usize, cell: Option<T>) {
        assert!(row < self.length, "row {row} of {}", self.length);
        if self.rows.is_empty() {
            self.rows.resize(self.length, None);
        }
        self.rows[row] = cell;
    }

    /// The cell of `row`; `None` where there is no such row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&Option<T>> {
        if row < self.length { Some(&self[row]) } else { None }
    }

    /// The rows in order.
    pub fn iter(&self) -> impl Iterator<Item = &Option<T>> + Clone {
        let missing = if self.rows.is_empty() { self.length } else { 0 };
        self.rows.iter().chain(std::iter::repeat_n(&self.missing, missing))
    }

    /// The rows as they are kept; `None` where every row is missing.
    #[must_use]
    pub fn rows(&self) -> Option<&[Option<T>]> {
        if self.rows.is_empty() { None } else { Some(&self.rows) }
    }

    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The parts one after the other.
    #[must_use]
    pub(super) fn concat(parts: Vec<Optional<T>>) -> Optional<T> {
        let length = parts.iter().map(|part| part.length).sum();
        let mut rows = Vec::new();
        if parts.iter().any(|part| !part.rows.is_empty()) {
            rows.reserve_exact(length);
            for part in parts {
                let missing = if part.rows.is_empty() { part.length } else { 0 };
                rows.extend_from_slice(&part.rows);
                rows.extend(std::iter::repeat_n(None, missing));
            }
        }
        Optional { rows, length, missing: None }
    }

    /// The cells of `rows`, in that order. Panics where there is no such row.
    #[must_use]
    pub(super) fn take(&self, rows: &[u32]) -> Optional<T> {
        let taken = match self.rows() {
            Some(kept) => rows.par_iter().map(|row| kept[*row as usize]).collect(),
            None => Vec::new(),
        };
        Optional { rows: taken, length: rows.len(), missing: None }
    }
}

impl<T> Index<usize> for Optional<T> {
    type Output = Option<T>;

    /// Panics where there is no such row.
    fn index(&self, row: usize) -> &Option<T> {
        if self.rows.is_empty() && row < self.length { &self.missing } else { &self.rows[row] }
    }
}

impl<T: Copy + Send + Sync + PartialEq> PartialEq for Optional<T> {
    /// Equal where each row is, however it is kept.
    fn eq(&self, other: &Optional<T>) -> bool {
        self.length == other.length && self.iter().eq(other.iter())
    }
}

impl<T: Copy + Send + Sync> FromIterator<Option<T>> for Optional<T> {
    fn from_iter<I: IntoIterator<Item = Option<T>>>(cells: I) -> Optional<T> {
        let mut column = Optional::default();
        cells.into_iter().for_each(|cell| column.push(cell));
        column
    }
}

#[cfg(test)]
mod tests {
    use super::Optional;

    #[test]
    fn a_column_without_cells_is_as_one_with_missing_cells() {
        let mut late: Optional<u8> = Optional::missing(2);
        assert_eq!((late.len(), late[1], late.rows(), late.get(2)), (2, None, None, None));
        let plain = late.clone();
        late.set(1, Some(9));
        late.push(None);
        assert_eq!(late.iter().copied().collect::<Vec<_>>(), [None, Some(9), None]);
        late.set(1, None);
        assert_eq!(late, Optional::missing(3));
        let joined = Optional::concat(vec![plain, [Some(1), None].into_iter().collect(), Optional::missing(1)]);
        assert_eq!(joined.iter().copied().collect::<Vec<_>>(), [None, None, Some(1), None, None]);
        assert_eq!(joined.take(&[2, 0]).iter().copied().collect::<Vec<_>>(), [Some(1), None]);
    }
}

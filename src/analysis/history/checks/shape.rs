//! What the cells of each column look like, and rows whose cells look right only when they are moved to the side.
//!
//! A cell that was lost or torn in two moves the rest of its row by a column or two. Such a row is told apart from one
//! with a bad cell: two cells or more do not fit where they stand, and all fit once they are moved.

use std::collections::BTreeMap;

use crate::analysis::history::times::ascii_digits;

/// Shifts that are tried, the likeliest first.
const SHIFTS: [i8; 4] = [1, -1, 2, -2];
/// So many cells of a row must not fit where they stand; one is a bad cell.
const FEWEST_MISFITS: usize = 2;
/// A kind of cell belongs to a column from one in so many of its cells on, so that shifted rows in the sample do not.
const CELLS_A_KIND: usize = 50;
/// A column has a fixed set of values where it has at most so many …
const MOST_VALUES: usize = 20;
/// … among so many cells.
const FEWEST_CELLS: usize = 200;
/// Rows from which a shape is learned at least.
const FEWEST_ROWS: usize = 20;
/// Numbers of one length are codes, such as `yymmdd`, from so many digits on.
const FEWEST_CODE_DIGITS: usize = 4;

/// What a cell looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
enum Kind {
    Empty,
    Whole,
    Number,
    Date,
    Time,
    Stamp,
    Text,
}

/// What the cells of each column look like, learned from the first rows of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapeProfile(Vec<ColumnShape>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct ColumnShape {
    /// A bit for each [`Kind`].
    kinds: u8,
    /// The number of digits of every whole number, where it is one and the same.
    digits: Option<usize>,
    /// The values, where they are few.
    values: Option<Vec<String>>,
}

/// How a row is shifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    /// The first cell that does not stand in its column.
    pub from: usize,
    /// By how many columns it and those after it stand too far to the right; negative: to the left.
    pub by: i8,
}

impl ShapeProfile {
    /// Learns from `sample`, the first rows of a source with `width` columns; rows of another width are left out.
    /// `None` where there are too few rows to learn from.
    #[must_use]
    pub fn learn<'a, R: AsRef<[&'a str]>>(width: usize, sample: &[R]) -> Option<ShapeProfile> {
        let rows: Vec<&[&str]> = sample.iter().map(AsRef::as_ref).filter(|row| row.len() == width).collect();
        if rows.len() < FEWEST_ROWS {
            return None;
        }
        let shape = |column: usize| ColumnShape::learn(rows.iter().filter_map(|row| row.get(column).copied()));
        Some(ShapeProfile((0..width).map(shape).collect()))
    }

    /// How the cells of a row are shifted, if they do not fit as they stand and fit when moved. For rows that could not
    /// be read: it looks at every cell.
    #[must_use]
    pub fn shift_of(&self, cells: &[&str]) -> Option<Shift> {
        self.shifts(cells).next()
    }

    /// The cells of a shifted row in their own columns, where every way of moving them back that fits gives the same
    /// row and no cell with content is lost. A column whose cell is lost is empty.
    #[must_use]
    pub fn mend<'a>(&self, cells: &[&'a str]) -> Option<Vec<&'a str>> {
        let mut mended = None;
        for shift in self.shifts(cells) {
            let moved = self.moved(cells, shift)?;
            match &mended {
                None => mended = Some(moved),
                Some(earlier) if *earlier == moved => {}
                Some(_) => return None,
            }
        }
        mended
    }

    fn shifts(&self, cells: &[&str]) -> impl Iterator<Item = Shift> {
        let width = self.0.len();
        let misfits: Vec<bool> = (0..cells.len()).map(|index| !self.fits(cells, index, index)).collect();
        let first_misfit = misfits.iter().position(|misfit| *misfit).unwrap_or(0);
        let bad = misfits.iter().filter(|misfit| **misfit).count();
        let tried: &[i8] = if bad < FEWEST_MISFITS || cells.len().abs_diff(width) > 2 { &[] } else { &SHIFTS };
        // Cells in front of the shift fit where they stand, so it begins at the first misfit or before.
        tried
            .iter()
            .flat_map(move |by| (0..=first_misfit).rev().map(move |from| Shift { from, by: *by }))
            .filter(move |shift| self.explains(cells, *shift))
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// Whether all cells from the shift on fit once they are moved.
    fn explains(&self, cells: &[&str], shift: Shift) -> bool {
        let width = self.0.len();
        let torn = usize::try_from(shift.by).unwrap_or(0);
        (shift.from + torn..cells.len()).all(|index| {
            match index.checked_add_signed(-isize::from(shift.by)) {
                Some(column) if column < width => self.fits(cells, index, column),
                // Beyond the last column only nothing may stand.
                _ => cells[index].trim().is_empty(),
            }
        })
    }

    fn moved<'a>(&self, cells: &[&'a str], shift: Shift) -> Option<Vec<&'a str>> {
        let width = self.0.len();
        let by = isize::from(shift.by);
        let torn = usize::try_from(shift.by).unwrap_or(0);
        // What stands where cells were torn in is lost, and so is what was pushed out of the row.
        let is_lost = cells.iter().skip(shift.from).take(torn).any(|cell| !cell.trim().is_empty());
        if is_lost || (shift.by > 0 && cells.len() < width + torn) {
            return None;
        }
        let cell = |column: usize| {
            if column < shift.from {
                return cells.get(column).copied();
            }
            let index = column.checked_add_signed(by)?;
            if index < shift.from { Some("") } else { cells.get(index).copied() }
        };
        Some((0..width).map(|column| cell(column).unwrap_or_default()).collect())
    }

    fn fits(&self, cells: &[&str], index: usize, column: usize) -> bool {
        match (cells.get(index), self.0.get(column)) {
            (Some(cell), Some(shape)) => shape.fits(cell.trim()),
            (Some(cell), None) => cell.trim().is_empty(),
            _ => false,
        }
    }
}

impl ColumnShape {
    fn learn<'a>(cells: impl Iterator<Item = &'a str>) -> ColumnShape {
        let mut counts = BTreeMap::<Kind, usize>::new();
        let mut lengths = BTreeMap::<usize, usize>::new();
        let mut values = BTreeMap::<&str, usize>::new();
        let mut all = 0;
        for cell in cells.map(str::trim) {
            all += 1;
            let kind = Kind::of(cell);
            *counts.entry(kind).or_default() += 1;
            if kind == Kind::Whole {
                *lengths.entry(cell.chars().count()).or_default() += 1;
            }
            if values.len() <= MOST_VALUES || values.contains_key(cell) {
                *values.entry(cell).or_default() += 1;
            }
        }
        let is_usual = |count: usize| count * CELLS_A_KIND >= all;
        let kinds = counts.iter().filter(|(_, n)| is_usual(**n)).fold(0, |kinds, (kind, _)| kinds | kind.bit());
        lengths.retain(|_, count| is_usual(*count));
        let digits = match lengths.into_iter().collect::<Vec<_>>().as_slice() {
            [(length, _)] if *length >= FEWEST_CODE_DIGITS => Some(*length),
            _ => None,
        };
        // A value seen once does not make a set of values.
        let is_set = all >= FEWEST_CELLS && values.len() <= MOST_VALUES;
        let repeated = || values.iter().filter(|(_, n)| **n > 1).map(|(value, _)| (*value).to_owned()).collect();
        ColumnShape { kinds, digits, values: is_set.then(repeated) }
    }

    fn fits(&self, cell: &str) -> bool {
        let kind = Kind::of(cell);
        self.kinds & kind.bit() != 0
            && (kind != Kind::Whole || self.digits.is_none_or(|digits| cell.chars().count() == digits))
            && self.values.as_ref().is_none_or(|values| values.iter().any(|value| value == cell))
    }
}

impl Kind {
    fn bit(self) -> u8 {
        1 << self as u8
    }

    /// What `cell`, without spaces around it, looks like.
    fn of(cell: &str) -> Kind {
        if cell.is_empty() {
            return Kind::Empty;
        }
        let cell = ascii_digits(cell);
        let (mut digits, mut colons, mut points, mut dashes, mut gaps) = (0, 0, 0, 0, 0);
        for (index, byte) in cell.bytes().enumerate() {
            match byte {
                b'0'..=b'9' => digits += 1,
                b':' => colons += 1,
                b'.' => points += 1,
                b'-' if index == 0 => {}
                b'-' | b'/' => dashes += 1,
                b' ' | b'T' => gaps += 1,
                b'Z' | b'+' if index > 9 => {}
                _ => return Kind::Text,
            }
        }
        match (digits, colons, points, dashes, gaps) {
            (0, ..) => Kind::Text,
            (_, 0, 0, 0, 0) => Kind::Whole,
            (_, 0, 1, 0, 0) => Kind::Number,
            (_, 0, 0, 2, 0) => Kind::Date,
            (_, 1..=2, 0..=1, 0, 0) => Kind::Time,
            (_, 1..=3, 0..=1, 2..=3, 1) => Kind::Stamp,
            _ => Kind::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows like those of a call centre: `line, id, customer, priority, type, date, entry, exit, seconds, outcome`.
    fn rows(n: usize) -> Vec<Vec<String>> {
        let row = |i: usize| {
            let kind = ["PS", "NW", "TT"][i % 3];
            let text = format!(
                "AA{:04},{},{},{},{kind},9901{:02},{}:{:02}:11,{}:{:02}:40,{},{}",
                i % 12,
                33_000 + i,
                if i.is_multiple_of(2) { 0 } else { 9_000_000 + i * 7 },
                i % 3,
                1 + i % 28,
                i % 24,
                i % 60,
                i % 24,
                i % 60,
                i % 90,
                ["AGENT", "HANG"][i % 2],
            );
            text.split(',').map(str::to_owned).collect()
        };
        (0..n).map(row).collect()
    }

    fn cells(row: &[String]) -> Vec<&str> {
        row.iter().map(String::as_str).collect()
    }

    fn learned() -> ShapeProfile {
        let rows = rows(500);
        let sample: Vec<Vec<&str>> = rows.iter().map(|row| cells(row)).collect();
        ShapeProfile::learn(10, &sample).unwrap()
    }

    #[test]
    fn shifted_rows_are_found_and_no_others() {
        let shape = learned();
        for (index, row) in rows(2_000).iter().enumerate() {
            let good = cells(row);
            assert_eq!(shape.shift_of(&good), None, "{good:?}");
            assert_eq!(shape.mend(&good), None);
            // One bad cell is no shift.
            let mut bad = good.clone();
            bad[index % 10] = "?!";
            assert_eq!(shape.shift_of(&bad), None, "{bad:?}");
            for from in 0..6 {
                // An empty cell too many, in a row that grew by it, and in one that lost its last cell.
                let mut right = good.clone();
                right.insert(from, "");
                assert_eq!(shape.shift_of(&right).map(|shift| shift.by), Some(1), "{right:?}");
                assert_eq!(shape.mend(&right), Some(good.clone()), "{right:?}");
                right.pop();
                assert_eq!(shape.shift_of(&right).map(|shift| shift.by), Some(1), "{right:?}");
                assert_eq!(shape.mend(&right), None, "a cell was lost");
                // A cell lost.
                let mut left = good.clone();
                left.remove(from);
                left.push("");
                assert_eq!(shape.shift_of(&left).map(|shift| shift.by), Some(-1), "{left:?}");
            }
            let mut twice = good.clone();
            twice.splice(4..4, ["", ""]);
            assert_eq!(shape.shift_of(&twice), Some(Shift { from: 4, by: 2 }), "{twice:?}");
            assert_eq!(shape.mend(&twice), Some(good.clone()));
        }
    }

    #[test]
    fn shapes_need_rows_and_a_few_shifted_ones_do_not_spoil_them() {
        let mut rows = rows(500);
        let sample: Vec<Vec<&str>> = rows.iter().take(19).map(|row| cells(row)).collect();
        assert_eq!(ShapeProfile::learn(10, &sample), None);
        for row in rows.iter_mut().step_by(100) {
            row.insert(2, String::new());
            row.pop();
        }
        let sample: Vec<Vec<&str>> = rows.iter().map(|row| cells(row)).collect();
        let shape = ShapeProfile::learn(10, &sample).unwrap();
        let found = sample.iter().filter(|row| shape.shift_of(row).is_some()).count();
        assert_eq!(found, 5);
    }

    #[test]
    fn cells_look_like_what_they_are() {
        for (cell, kind) in [
            ("", Kind::Empty),
            ("۱۲", Kind::Whole),
            ("-37", Kind::Whole),
            ("1.5", Kind::Number),
            ("1403/05/02", Kind::Date),
            ("8:15", Kind::Time),
            ("2020-01-02T08:15:00.5Z", Kind::Stamp),
            ("2020-01-02 08:15", Kind::Stamp),
            ("AA0101", Kind::Text),
            ("-", Kind::Text),
        ] {
            assert_eq!(Kind::of(cell), kind, "{cell}");
        }
    }
}

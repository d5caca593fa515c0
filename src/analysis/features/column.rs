//! Columns that take as little room as their values allow: ten million rows of every feature fit into a gigabyte.

use super::catalogue::{Kind, Value};

/// A column of values; every number is finite or missing.
#[derive(Clone, Debug)]
pub enum Column {
    /// Numbers that count something.
    Whole(Whole),
    /// Other numbers; NaN where missing.
    Real(Vec<f32>),
    /// Codes of names.
    Categories {
        /// The distinct names.
        names: Vec<String>,
        /// The code of each row.
        codes: Whole,
    },
}

/// Whole numbers below 2^32 − 1, some missing, in one, two or four bytes each: as the largest needs. It widens by itself.
#[derive(Clone, Debug)]
pub struct Whole(Width);

/// The largest number of each width stands for a missing one.
#[derive(Clone, Debug)]
enum Width {
    Bytes(Vec<u8>),
    Shorts(Vec<u16>),
    Words(Vec<u32>),
}

/// What a missing number is where there is no other way to say it.
pub(super) const MISSING: u32 = u32::MAX;

impl Column {
    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Column::Whole(numbers) | Column::Categories { codes: numbers, .. } => numbers.len(),
            Column::Real(numbers) => numbers.len(),
        }
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether its values are numbers or names.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Column::Whole(_) | Column::Real(_) => Kind::Number,
            Column::Categories { .. } => Kind::Category,
        }
    }

    /// The value in `row`; missing where there is no such row.
    #[must_use]
    pub fn value(&self, row: usize) -> Value<'_> {
        match self {
            Column::Whole(numbers) => Value::of_whole(numbers.get(row)),
            Column::Real(numbers) => Value::of_real(numbers.get(row).copied().unwrap_or(f32::NAN)),
            Column::Categories { names, codes } => codes
                .get(row)
                .and_then(|code| names.get(code as usize))
                .map_or(Value::Missing, |name| Value::Category(name)),
        }
    }

    /// The number in `row`; `None` where it is missing, a name, or there is no such row.
    #[must_use]
    pub fn number(&self, row: usize) -> Option<f64> {
        match self.value(row) {
            Value::Number(number) => Some(number),
            Value::Category(_) | Value::Missing => None,
        }
    }

    /// The numbers that are known, in order of rows.
    pub fn numbers(&self) -> impl Iterator<Item = f64> {
        (0..self.len()).filter_map(|row| self.number(row))
    }

    /// Fills `out` with the numbers of the rows from `first` on, and with `missing` where [`Self::number`] has none.
    pub fn numbers_into(&self, first: usize, missing: f64, out: &mut [f64]) {
        let known = match self {
            Column::Whole(numbers) => match &numbers.0 {
                Width::Bytes(numbers) => {
                    copy(numbers, first, out, |n| if n == u8::MAX { missing } else { f64::from(n) })
                }
                Width::Shorts(numbers) => {
                    copy(numbers, first, out, |n| if n == u16::MAX { missing } else { f64::from(n) })
                }
                Width::Words(numbers) => {
                    copy(numbers, first, out, |n| if n == u32::MAX { missing } else { f64::from(n) })
                }
            },
            Column::Real(numbers) => {
                copy(numbers, first, out, |n| if n.is_finite() { f64::from(n) } else { missing })
            }
            Column::Categories { .. } => 0,
        };
        out[known..].fill(missing);
    }

    /// The number of rows without a value.
    #[must_use]
    pub fn missing(&self) -> usize {
        match self {
            Column::Whole(numbers) | Column::Categories { codes: numbers, .. } => {
                (0..numbers.len()).filter(|row| numbers.get(*row).is_none()).count()
            }
            Column::Real(numbers) => numbers.iter().filter(|number| !number.is_finite()).count(),
        }
    }

    /// The bytes that the values take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Column::Whole(numbers) | Column::Categories { codes: numbers, .. } => numbers.bytes(),
            Column::Real(numbers) => size_of_val(numbers.as_slice()),
        }
    }

    /// The rows at `rows`, in that order. Panics where there is no such row.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Column {
        match self {
            Column::Whole(numbers) => Column::Whole(numbers.take(rows)),
            Column::Real(numbers) => Column::Real(rows.iter().map(|row| numbers[*row]).collect()),
            Column::Categories { names, codes } => {
                Column::Categories { names: names.clone(), codes: codes.take(rows) }
            }
        }
    }
}

impl PartialEq for Column {
    /// Equal where each row has the same value, whatever the codes are; missing equals missing.
    fn eq(&self, other: &Column) -> bool {
        self.len() == other.len() && (0..self.len()).all(|row| self.value(row) == other.value(row))
    }
}

impl Default for Whole {
    fn default() -> Whole {
        Whole(Width::Bytes(Vec::new()))
    }
}

impl Whole {
    /// No numbers yet, with room for `rows`.
    pub(super) fn with_capacity(rows: usize) -> Whole {
        Whole(Width::Bytes(Vec::with_capacity(rows)))
    }

    /// Adds missing numbers until there are `rows`.
    pub(super) fn grow_to(&mut self, rows: usize) {
        match &mut self.0 {
            Width::Bytes(numbers) => numbers.resize(rows, u8::MAX),
            Width::Shorts(numbers) => numbers.resize(rows, u16::MAX),
            Width::Words(numbers) => numbers.resize(rows, u32::MAX),
        }
    }

    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Width::Bytes(numbers) => numbers.len(),
            Width::Shorts(numbers) => numbers.len(),
            Width::Words(numbers) => numbers.len(),
        }
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number in `row`; `None` where it is missing or there is no such row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<u32> {
        match &self.0 {
            Width::Bytes(numbers) => numbers.get(row).filter(|number| **number != u8::MAX).copied().map(u32::from),
            Width::Shorts(numbers) => {
                numbers.get(row).filter(|number| **number != u16::MAX).copied().map(u32::from)
            }
            Width::Words(numbers) => numbers.get(row).filter(|number| **number != u32::MAX).copied(),
        }
    }

    /// The numbers in order of rows.
    pub fn iter(&self) -> impl Iterator<Item = Option<u32>> + '_ {
        (0..self.len()).map(|row| self.get(row))
    }

    /// Adds a row; the largest `u32` counts as missing.
    pub fn push(&mut self, number: Option<u32>) {
        self.make_room_for(number.filter(|number| *number != MISSING).unwrap_or_default());
        match &mut self.0 {
            Width::Bytes(numbers) => numbers.push(narrow(number)),
            Width::Shorts(numbers) => numbers.push(narrow(number)),
            Width::Words(numbers) => numbers.push(number.unwrap_or(u32::MAX)),
        }
    }

    /// Puts `numbers` ([`MISSING`] where missing), for which room was made, into `rows`.
    pub(super) fn put(&mut self, rows: &[u32], numbers: &[u32]) {
        match &mut self.0 {
            Width::Bytes(all) => scatter(all, rows, numbers, |number| narrow(Some(number))),
            Width::Shorts(all) => scatter(all, rows, numbers, |number| narrow(Some(number))),
            Width::Words(all) => scatter(all, rows, numbers, |number| number),
        }
    }

    /// Widens where `number` would not fit.
    pub(super) fn make_room_for(&mut self, number: u32) {
        if matches!(self.0, Width::Bytes(_)) && number >= u32::from(u8::MAX)
            || matches!(self.0, Width::Shorts(_)) && number >= u32::from(u16::MAX)
        {
            self.0 = if number < u32::from(u16::MAX) {
                Width::Shorts(self.widened(narrow))
            } else {
                Width::Words(self.widened(|number| number.unwrap_or(u32::MAX)))
            };
        }
    }

    /// The same numbers, with the same room for more.
    fn widened<N>(&self, of: impl Fn(Option<u32>) -> N) -> Vec<N> {
        let room = match &self.0 {
            Width::Bytes(numbers) => numbers.capacity(),
            Width::Shorts(numbers) => numbers.capacity(),
            Width::Words(numbers) => numbers.capacity(),
        };
        let mut wide = Vec::with_capacity(room);
        wide.extend(self.iter().map(of));
        wide
    }

    fn bytes(&self) -> usize {
        match &self.0 {
            Width::Bytes(numbers) => numbers.len(),
            Width::Shorts(numbers) => size_of_val(numbers.as_slice()),
            Width::Words(numbers) => size_of_val(numbers.as_slice()),
        }
    }

    fn take(&self, rows: &[usize]) -> Whole {
        Whole(match &self.0 {
            Width::Bytes(numbers) => Width::Bytes(rows.iter().map(|row| numbers[*row]).collect()),
            Width::Shorts(numbers) => Width::Shorts(rows.iter().map(|row| numbers[*row]).collect()),
            Width::Words(numbers) => Width::Words(rows.iter().map(|row| numbers[*row]).collect()),
        })
    }
}

impl PartialEq for Whole {
    /// Equal where each row is, in whatever room.
    fn eq(&self, other: &Whole) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl FromIterator<Option<u32>> for Whole {
    fn from_iter<I: IntoIterator<Item = Option<u32>>>(numbers: I) -> Whole {
        let mut whole = Whole::default();
        numbers.into_iter().for_each(|number| whole.push(number));
        whole
    }
}

/// The number in fewer bits; all bits set where it is missing (or would not fit, which [`Whole::make_room_for`] sees to).
fn narrow<N: TryFrom<u32> + Bounded>(number: Option<u32>) -> N {
    number.and_then(|number| N::try_from(number).ok()).unwrap_or(N::LARGEST)
}

trait Bounded {
    const LARGEST: Self;
}

impl Bounded for u8 {
    const LARGEST: u8 = u8::MAX;
}

impl Bounded for u16 {
    const LARGEST: u16 = u16::MAX;
}

/// `out` of the numbers from `first` on, as many as there are.
fn copy<N: Copy>(numbers: &[N], first: usize, out: &mut [f64], of: impl Fn(N) -> f64) -> usize {
    let numbers = numbers.get(first..).unwrap_or_default();
    out.iter_mut().zip(numbers).for_each(|(cell, number)| *cell = of(*number));
    numbers.len().min(out.len())
}

/// `all[row] = of(number)` for each row.
pub(super) fn scatter<N: Copy, M>(all: &mut [M], rows: &[u32], numbers: &[N], of: impl Fn(N) -> M) {
    for (row, number) in rows.iter().zip(numbers) {
        if let Some(place) = all.get_mut(*row as usize) {
            *place = of(*number);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_number() -> impl Strategy<Value = Option<u32>> {
        let around = |bits: u32| (1_u32 << bits) - 3..(1 << bits) + 3;
        prop::option::of(prop_oneof![0..5_u32, around(8), around(16), u32::MAX - 3..u32::MAX])
    }

    proptest! {
        #[test]
        fn numbers_come_back_whatever_their_size(numbers in prop::collection::vec(any_number(), 0..40)) {
            let whole: Whole = numbers.iter().copied().collect();
            prop_assert_eq!(whole.iter().collect::<Vec<_>>(), numbers.clone());
            let rows: Vec<u32> = (0..u32::try_from(numbers.len()).unwrap()).rev().collect();
            let reversed: Vec<u32> = numbers.iter().rev().map(|number| number.unwrap_or(MISSING)).collect();
            let mut put = Whole::default();
            put.grow_to(numbers.len());
            let largest = numbers.iter().flatten().max().copied().unwrap_or_default();
            put.make_room_for(largest);
            put.put(&rows, &reversed);
            prop_assert_eq!(&put, &whole);
            let column = Column::Whole(whole);
            let mut some = vec![0.0; numbers.len()];
            column.numbers_into(1, -1.0, &mut some);
            let expected: Vec<f64> = (1..=numbers.len()).map(|row| column.number(row).unwrap_or(-1.0)).collect();
            prop_assert_eq!(some, expected);
            prop_assert_eq!(column.missing(), numbers.iter().filter(|number| number.is_none()).count());
            let indices: Vec<usize> = rows.iter().map(|row| *row as usize).collect();
            let taken: Vec<f64> = numbers.iter().rev().flatten().copied().map(f64::from).collect();
            prop_assert_eq!(column.take(&indices).numbers().collect::<Vec<_>>(), taken);
        }
    }

    #[test]
    fn few_bytes_for_small_numbers() {
        let bytes = |largest: u32| Column::Whole([Some(largest), None].into_iter().collect()).bytes();
        assert_eq!([254, 255, 65_534, 65_535].map(bytes), [2, 4, 4, 8]);
    }
}

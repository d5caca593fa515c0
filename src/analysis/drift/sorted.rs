//! A column of one window, put in order once: bins, counts by day, distances and curves all follow from that.

use crate::analysis::features::{Column, Value};
use crate::base::statistics::{CategoryBins, NotEvaluable, NumericCut, Sample};

use super::window::Window;

/// Numbers of a window in ascending order, each with the day of its visit.
pub(super) struct SortedNumbers {
    /// Ascending.
    pub sample: Option<Sample>,
    /// The place of the day of each.
    days: Vec<u32>,
    /// Rows without a number, by day.
    missing: Vec<u64>,
}

/// Names of a window and how often they occur, by day.
pub(super) struct CountedNames<'c> {
    names: &'c [String],
    /// For each day, the rows of each name.
    by_day: Vec<Vec<u64>>,
    missing: Vec<u64>,
}

impl SortedNumbers {
    pub fn of(column: &Column, window: &Window) -> Result<SortedNumbers, NotEvaluable> {
        let mut missing = vec![0; window.dates.len()];
        // The order of these is that of the numbers, and the day comes along.
        let mut keyed = Vec::with_capacity(window.rows.len());
        let mut take = |key: Option<u32>, day: u32| match key {
            Some(key) => keyed.push(u64::from(key) << 32 | u64::from(day)),
            None => {
                if let Some(rows) = missing.get_mut(day as usize) {
                    *rows += 1;
                }
            }
        };
        let rows = window.rows.iter().map(|row| *row as usize).zip(window.day.iter().copied());
        let back: fn(u32) -> f64 = match column {
            Column::Real(numbers) => {
                rows.for_each(|(row, day)| take(numbers.get(row).copied().and_then(key_of), day));
                number_of
            }
            Column::Whole(numbers) => {
                rows.for_each(|(row, day)| take(numbers.get(row), day));
                f64::from
            }
            Column::Categories { .. } => return Err(NotEvaluable::NotFinite),
        };
        keyed.sort_unstable();
        let numbers: Vec<f64> = keyed.iter().map(|key| back((key >> 32) as u32)).collect();
        let days = keyed.iter().map(|key| (key & u64::from(u32::MAX)) as u32).collect();
        let sample = if numbers.is_empty() { None } else { Some(Sample::of_ascending(numbers)?) };
        Ok(SortedNumbers { sample, days, missing })
    }

    pub fn missing(&self) -> u64 {
        self.missing.iter().sum()
    }

    /// The rows in each bin of `cut`, day by day.
    pub fn counts(&self, cut: &NumericCut) -> Vec<Vec<u64>> {
        let bins = cut.labels().len();
        let mut counts = vec![vec![0; bins]; self.missing.len()];
        let mut walk = cut.ascending();
        let values = self.sample.as_ref().map_or(&[][..], Sample::values);
        for (value, day) in values.iter().zip(&self.days) {
            let place = walk.place(*value);
            if let Some(rows) = counts.get_mut(*day as usize).and_then(|day| day.get_mut(place)) {
                *rows += 1;
            }
        }
        for (day, missing) in counts.iter_mut().zip(&self.missing) {
            if let Some(last) = day.last_mut() {
                *last += missing;
            }
        }
        counts
    }

    /// The distinct numbers and how often each occurs.
    pub fn levels(&self) -> impl Iterator<Item = (f64, u64)> {
        let values = self.sample.as_ref().map_or(&[][..], Sample::values);
        values.chunk_by(|a, b| a == b).filter_map(|run| Some((*run.first()?, run.len() as u64)))
    }
}

impl<'c> CountedNames<'c> {
    pub fn of(column: &'c Column, window: &Window) -> CountedNames<'c> {
        let days = window.dates.len();
        let Column::Categories { names, codes } = column else {
            return CountedNames { names: &[], by_day: vec![Vec::new(); days], missing: vec![0; days] };
        };
        let (mut by_day, mut missing) = (vec![vec![0; names.len()]; days], vec![0; days]);
        for (row, day) in window.rows.iter().zip(&window.day) {
            let code = codes.get(*row as usize).map_or(usize::MAX, |code| code as usize);
            let day = *day as usize;
            let place = by_day.get_mut(day).and_then(|counts| counts.get_mut(code));
            if let Some(rows) = place.or_else(|| missing.get_mut(day)) {
                *rows += 1;
            }
        }
        CountedNames { names, by_day, missing }
    }

    pub fn missing(&self) -> u64 {
        self.missing.iter().sum()
    }

    /// The names that occur and how often, then the rows without one.
    pub fn levels(&self) -> Vec<(Option<&'c str>, u64)> {
        let sum = |code: usize| self.by_day.iter().filter_map(|day| day.get(code)).sum::<u64>();
        let known = self.names.iter().enumerate().map(|(code, name)| (Some(name.as_str()), sum(code)));
        known.chain([(None, self.missing())]).filter(|(_, rows)| *rows > 0).collect()
    }

    /// The rows in each of `bins`, day by day.
    pub fn counts(&self, bins: &CategoryBins) -> Vec<Vec<u64>> {
        let places: Vec<usize> = self.names.iter().map(|name| bins.place(Some(name))).collect();
        let length = bins.labels().len();
        let count = |(day, missing): (&Vec<u64>, &u64)| {
            let mut counts = vec![0; length];
            let known = places.iter().copied().zip(day.iter().copied());
            for (place, rows) in known.chain([(bins.place(None), *missing)]) {
                if let Some(sum) = counts.get_mut(place) {
                    *sum += rows;
                }
            }
            counts
        };
        self.by_day.iter().zip(&self.missing).map(count).collect()
    }
}

/// Whether no visit of the window has a value.
pub(super) fn is_all_missing(column: &Column, window: &Window) -> bool {
    window.rows.iter().all(|row| column.value(*row as usize) == Value::Missing)
}

/// A whole number whose order is that of the finite numbers; `None` of any other. −0 is 0.
fn key_of(number: f32) -> Option<u32> {
    let bits = (number + 0.0).to_bits();
    number.is_finite().then_some(if bits >> 31 == 1 { !bits } else { bits | 1 << 31 })
}

/// The number of a [`key_of`].
fn number_of(key: u32) -> f64 {
    let bits = if key >> 31 == 1 { key & !(1 << 31) } else { !key };
    f64::from(f32::from_bits(bits))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keys_keep_the_order_and_come_back(a in prop::num::f32::NORMAL | prop::num::f32::ZERO, b in prop::num::f32::ANY) {
            let key = key_of(a).unwrap();
            prop_assert_eq!(number_of(key), f64::from(a));
            if let Some(other) = key_of(b) {
                prop_assert_eq!(a < b, key < other);
                prop_assert_eq!(a == b, key == other);
            } else {
                prop_assert!(!b.is_finite());
            }
        }
    }
}

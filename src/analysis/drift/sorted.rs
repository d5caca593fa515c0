//! A column of one window, put in order once: bins, counts by day, distances and curves all follow from that.

use crate::analysis::features::{Column, Value};
use crate::base::statistics::{CategoryBins, NotEvaluable, NumericCut, Sample};

use super::levels::Occurs;
use super::window::Window;

/// Bits of a digit.
const DIGIT: u32 = 11;
/// Fewer are sorted quicker by comparing them.
const FEWEST_DIGITWISE: usize = 8_192;

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
        let rows = window.rows.iter().map(|row| *row as usize).zip(window.day.iter().copied());
        let days = window.dates.len();
        match column {
            Column::Real(numbers) => {
                let key = |row: usize| numbers.get(row).copied().and_then(key_of);
                SortedNumbers::of_keys(rows.map(|(row, day)| (key(row), day)), number_of, days)
            }
            Column::Whole(numbers) => {
                SortedNumbers::of_keys(rows.map(|(row, day)| (numbers.get(row), day)), f64::from, days)
            }
            Column::Categories { .. } => Err(NotEvaluable::NotFinite),
        }
    }

    /// Of keys whose order is that of the numbers, each with its day, and what makes a number of a key.
    fn of_keys(
        keys: impl ExactSizeIterator<Item = (Option<u32>, u32)>,
        number: impl Fn(u32) -> f64,
        days: usize,
    ) -> Result<SortedNumbers, NotEvaluable> {
        let mut missing = vec![0; days];
        let mut keyed = Vec::with_capacity(keys.len());
        for (key, day) in keys {
            match key {
                Some(key) => keyed.push(u64::from(key) << 32 | u64::from(day)),
                None => {
                    if let Some(rows) = missing.get_mut(day as usize) {
                        *rows += 1;
                    }
                }
            }
        }
        let keyed = in_order(keyed);
        let numbers: Vec<f64> = keyed.iter().map(|key| number((key >> 32) as u32)).collect();
        let days = keyed.iter().map(|key| *key as u32).collect();
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

    /// The distinct numbers, how often each occurs and on how many days.
    pub fn levels(&self) -> impl Iterator<Item = Occurs<f64>> {
        let values = self.sample.as_ref().map_or(&[][..], Sample::values);
        let mut begin = 0;
        values.chunk_by(|a, b| a == b).filter_map(move |run| {
            // Of one number, the days ascend.
            let days = self.days.get(begin..begin + run.len())?;
            begin += run.len();
            let days = days.chunk_by(|a, b| a == b).count() as u64;
            Some(Occurs { level: *run.first()?, n: run.len() as u64, days })
        })
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

    /// The names that occur, then the rows without one, each with how often and on how many days.
    pub fn levels(&self) -> Vec<Occurs<Option<&'c str>>> {
        let of = |level, by_day: &mut dyn Iterator<Item = u64>| {
            let (n, days) = by_day.fold((0, 0), |(n, days), rows| (n + rows, days + u64::from(rows > 0)));
            Occurs { level, n, days }
        };
        let named = self.names.iter().enumerate().map(|(code, name)| {
            of(Some(name.as_str()), &mut self.by_day.iter().filter_map(|day| day.get(code).copied()))
        });
        let missing = of(None, &mut self.missing.iter().copied());
        named.chain([missing]).filter(|one| one.n > 0).collect()
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

/// The keys in ascending order. Visits come in the order of their days, so that it is enough to sort by the numbers in the upper
/// half, digit by digit from the lowest (radix exchange, Knuth 1998, 5.2.5), which keeps the order of days.
fn in_order(mut keyed: Vec<u64>) -> Vec<u64> {
    let days_ascend = keyed.windows(2).all(|pair| matches!(pair, [a, b] if *a as u32 <= *b as u32));
    if keyed.len() < FEWEST_DIGITWISE || !days_ascend {
        keyed.sort_unstable();
        return keyed;
    }
    let mut sorted = vec![0; keyed.len()];
    for shift in [32, 32 + DIGIT, 32 + 2 * DIGIT] {
        let digit = |key: u64| (key >> shift & ((1 << DIGIT) - 1)) as usize;
        let mut places = [0_usize; 1 << DIGIT];
        keyed.iter().for_each(|key| places[digit(*key)] += 1);
        if places.contains(&keyed.len()) {
            continue; // all have the same digit
        }
        let mut begin = 0;
        for place in &mut places {
            begin += std::mem::replace(place, begin);
        }
        for key in &keyed {
            let place = &mut places[digit(*key)];
            if let Some(slot) = sorted.get_mut(*place) {
                *slot = *key;
            }
            *place += 1;
        }
        std::mem::swap(&mut keyed, &mut sorted);
    }
    keyed
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
        fn the_order_is_that_of_comparing(
            keys in prop::collection::vec((any::<u32>(), 0_u32..7), FEWEST_DIGITWISE - 2..FEWEST_DIGITWISE + 300),
            narrow in any::<bool>(),
            by_day in any::<bool>(),
        ) {
            let mut keys = keys;
            if by_day {
                keys.sort_by_key(|(_, day)| *day);
            }
            let key = |key: u32| if narrow { key % 1_000 } else { key };
            let keyed: Vec<u64> = keys.iter().map(|(k, day)| u64::from(key(*k)) << 32 | u64::from(*day)).collect();
            let mut expected = keyed.clone();
            expected.sort_unstable();
            prop_assert_eq!(in_order(keyed), expected);
        }

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

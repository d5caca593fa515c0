//! The bins of a numeric column for values that come in ascending order: no search, one step a value.

use super::{BinLabel, NumericPlaces, Singles};
use crate::base::statistics::Sample;

/// The bins that a reference window fixes, without the rows in them.
#[derive(Clone, Debug, PartialEq)]
pub struct NumericCut(NumericPlaces);

/// Gives ascending values their bins.
pub struct Ascending<'c> {
    places: &'c NumericPlaces,
    bin: usize,
    last: Option<f64>,
}

impl NumericCut {
    /// The bins of a reference window with the values of `sample` (none where every value is missing) and `missing` rows
    /// without one. The same as those of [`super::NumericBins::from_reference`].
    #[must_use]
    pub fn of(sample: Option<&Sample>, missing: u64) -> NumericCut {
        NumericCut(match sample {
            Some(sample) => NumericPlaces::of(sample, sample.n() + missing),
            None => NumericPlaces::Singles(Singles { kept: Vec::new(), rare: Vec::new() }),
        })
    }

    /// The labels in the order of the values, then other, new and missing.
    #[must_use]
    pub fn labels(&self) -> Vec<BinLabel> {
        let mut labels = self.0.labels();
        labels.extend([BinLabel::Other, BinLabel::New, BinLabel::Missing]);
        labels
    }

    /// A walk over ascending values.
    #[must_use]
    pub fn ascending(&self) -> Ascending<'_> {
        Ascending { places: &self.0, bin: 0, last: None }
    }
}

impl Ascending<'_> {
    /// The place of the bin of `value` in [`NumericCut::labels`]. No value is smaller than the one before.
    pub fn place(&mut self, value: f64) -> usize {
        match self.places {
            NumericPlaces::Ranges(edges) => {
                while edges.get(self.bin).is_some_and(|edge| *edge < value) {
                    self.bin += 1;
                }
            }
            NumericPlaces::Singles(_) if self.last == Some(value) => {}
            NumericPlaces::Singles(singles) => {
                let order = |kept: &f64| kept.total_cmp(&(value + 0.0));
                let others = singles.kept.len();
                self.bin = match singles.kept.binary_search_by(order) {
                    Ok(bin) => bin,
                    Err(_) => others + usize::from(singles.rare.binary_search_by(order).is_err()),
                };
                self.last = Some(value);
            }
        }
        self.bin
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::NumericBins;
    use super::*;

    proptest! {
        #[test]
        fn a_walk_gives_the_same_counts_as_a_search(
            reference in prop::collection::vec(prop::option::of(-40..60_i32), 1..400),
            current in prop::collection::vec(-50..70_i32, 0..200),
            finer in 1..4_i32,
        ) {
            let number = |value: i32| f64::from(value) / f64::from(finer);
            let rows = |values: &[Option<i32>]| values.iter().map(|value| value.map(number)).collect::<Vec<_>>();
            let known: Vec<f64> = rows(&reference).into_iter().flatten().collect();
            let missing = (reference.len() - known.len()) as u64;
            let sample = Sample::new(known).ok();
            let cut = NumericCut::of(sample.as_ref(), missing);
            let current: Vec<Option<f64>> = current.into_iter().map(|value| Some(number(value))).collect();
            let by_search = NumericBins::from_reference(rows(&reference)).unwrap().counts(current.clone()).unwrap();
            let mut sorted: Vec<f64> = current.into_iter().flatten().collect();
            sorted.sort_by(f64::total_cmp);
            let mut counts = vec![0_u64; cut.labels().len()];
            let mut walk = cut.ascending();
            sorted.iter().for_each(|value| counts[walk.place(*value)] += 1);
            prop_assert_eq!(counts, by_search);
        }
    }
}

//! Bins that the reference window fixes and the current window never moves.
//!
//! A numeric column with more than 30 distinct reference values is cut at reference quantiles; other columns have
//! one bin a value. Missing values are a bin of their own; rare reference values go to *other*, and values that
//! the reference never had to *new*. These three exist only where a window has rows in them. Not here: shares
//! with their pseudo-count, which [`super::divergences`] takes, and bins for drawing.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Divergences, NotEvaluable, PairCount, Sample, divergences};

mod cut;

pub use cut::{Ascending, NumericCut};

/// Up to this many distinct reference values, each value is a bin.
pub const MOST_SINGLE_VALUES: usize = 30;

/// A column with more distinct reference values is cut into this many bins, or fewer where edges fall together.
pub const QUANTILE_BINS: usize = 20;

/// A value with fewer than one in this many reference rows (0.5 %) is merged to *other*.
pub const RARE_BELOW_ONE_IN: u64 = 200;

/// What falls into a bin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BinLabel {
    /// Numbers greater than `above` and at most `up_to`, in the column's unit; `None` is no bound.
    Range {
        /// The lower edge, which is not in the bin.
        above: Option<f64>,
        /// The upper edge, which is.
        up_to: Option<f64>,
    },
    /// One number.
    Number(f64),
    /// One category.
    Category(String),
    /// Values that were rare in the reference window.
    Other,
    /// Values that the reference window never had.
    New,
    /// No value.
    Missing,
}

/// One bin and its rows in both windows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// What falls into it.
    pub label: BinLabel,
    /// Its rows.
    pub rows: PairCount,
}

/// Two windows in the same bins, both with at least one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The bins: values in order, then other, new, missing.
    pub bins: Vec<Bin>,
    /// All rows of the current window.
    pub n_current: u64,
    /// All rows of the reference window.
    pub n_reference: u64,
}

/// The bins of a numeric column.
#[derive(Clone, Debug, PartialEq)]
pub struct NumericBins {
    places: NumericPlaces,
    reference: Tally,
}

/// The bins of a column of categories.
#[derive(Clone, Debug, PartialEq)]
pub struct CategoryBins {
    places: Singles<String>,
    reference: Tally,
}

#[derive(Clone, Debug, PartialEq)]
enum NumericPlaces {
    /// Ascending; bin `i` ends at edge `i` and holds it, and there is one more bin than edges.
    Ranges(Vec<f64>),
    Singles(Singles<f64>),
}

/// The reference values that have a bin, and those too rare for one; each ascending.
#[derive(Clone, Debug, PartialEq)]
struct Singles<T> {
    kept: Vec<T>,
    rare: Vec<T>,
}

/// The rows of one window.
#[derive(Clone, Debug, PartialEq)]
struct Tally {
    values: Vec<u64>,
    other: u64,
    new: u64,
    missing: u64,
}

impl Comparison {
    /// All binned measures of divergence of the current from the reference window.
    pub fn divergences(&self) -> Result<Divergences, NotEvaluable> {
        divergences(&self.bins.iter().map(|bin| bin.rows).collect::<Vec<_>>())
    }
}

impl NumericBins {
    /// Fixes the bins from the reference rows; `None` is a missing value. Fails where there are no rows, or where
    /// a value is not finite.
    ///
    /// The edges of quantile bins are the observed values at ranks `⌈n·k/20⌉` (`numpy.quantile` with
    /// `method="inverted_cdf"`), without the largest, so that every bin holds at least one reference value.
    pub fn from_reference(rows: impl IntoIterator<Item = Option<f64>>) -> Result<NumericBins, NotEvaluable> {
        let rows: Vec<Option<f64>> = rows.into_iter().collect();
        if rows.is_empty() {
            return Err(NotEvaluable::NoValues);
        }
        let present: Vec<f64> = rows.iter().copied().flatten().collect();
        let places = if present.is_empty() {
            NumericPlaces::Singles(Singles { kept: Vec::new(), rare: Vec::new() })
        } else {
            NumericPlaces::of(&Sample::new(present)?, rows.len() as u64)
        };
        let reference = places.tally(rows)?;
        Ok(NumericBins { places, reference })
    }

    /// Counts the rows of the current window in the same bins.
    pub fn compare(&self, rows: impl IntoIterator<Item = Option<f64>>) -> Result<Comparison, NotEvaluable> {
        let labels = self.places.labels();
        self.reference.compare(&self.places.tally(rows)?, labels)
    }
}

impl NumericBins {
    /// The rows in each bin, in the order of the values, then other, new and missing, whether these have any or not. The
    /// counts of several parts can be added.
    pub fn counts(&self, rows: impl IntoIterator<Item = Option<f64>>) -> Result<Vec<u64>, NotEvaluable> {
        Ok(self.places.tally(rows)?.counts())
    }
}

impl CategoryBins {
    /// As [`NumericBins::counts`].
    pub fn counts<'a>(&self, counts: impl IntoIterator<Item = (Option<&'a str>, u64)>) -> Vec<u64> {
        self.places.tally_categories(counts).counts()
    }

    /// Fixes the bins from the reference window's categories and their rows; `None` is a missing value, and a
    /// category given twice is added up. Fails where there are no rows.
    pub fn from_reference<'a>(
        counts: impl IntoIterator<Item = (Option<&'a str>, u64)>,
    ) -> Result<CategoryBins, NotEvaluable> {
        let counts: Vec<(Option<&str>, u64)> = counts.into_iter().collect();
        let rows: u64 = counts.iter().map(|(_, rows)| rows).sum();
        if rows == 0 {
            return Err(NotEvaluable::NoValues);
        }
        let mut categories = BTreeMap::new();
        for (category, rows) in counts.iter().filter(|(_, rows)| *rows > 0) {
            if let Some(category) = category {
                *categories.entry(*category).or_insert(0) += rows;
            }
        }
        let places = Singles::of(categories.into_iter().map(|(name, rows)| (name.to_owned(), rows)), rows);
        let reference = places.tally_categories(counts);
        Ok(CategoryBins { places, reference })
    }

    /// The labels of [`CategoryBins::counts`].
    #[must_use]
    pub fn labels(&self) -> Vec<BinLabel> {
        let mut labels: Vec<BinLabel> = self.places.kept.iter().cloned().map(BinLabel::Category).collect();
        labels.extend([BinLabel::Other, BinLabel::New, BinLabel::Missing]);
        labels
    }

    /// The place in [`CategoryBins::labels`] that rows of `category` are counted in.
    #[must_use]
    pub fn place(&self, category: Option<&str>) -> usize {
        let Some(category) = category else { return self.places.kept.len() + 2 };
        let order = |kept: &String| kept.as_str().cmp(category);
        match self.places.kept.binary_search_by(order) {
            Ok(bin) => bin,
            Err(_) => self.places.kept.len() + usize::from(self.places.rare.binary_search_by(order).is_err()),
        }
    }

    /// Counts the categories of the current window in the same bins.
    pub fn compare<'a>(
        &self,
        counts: impl IntoIterator<Item = (Option<&'a str>, u64)>,
    ) -> Result<Comparison, NotEvaluable> {
        let labels = self.places.kept.iter().cloned().map(BinLabel::Category).collect();
        self.reference.compare(&self.places.tally_categories(counts), labels)
    }
}

impl NumericPlaces {
    fn labels(&self) -> Vec<BinLabel> {
        match self {
            NumericPlaces::Singles(singles) => singles.kept.iter().copied().map(BinLabel::Number).collect(),
            NumericPlaces::Ranges(edges) => (0..=edges.len())
                .map(|bin| BinLabel::Range {
                    above: bin.checked_sub(1).and_then(|before| edges.get(before)).copied(),
                    up_to: edges.get(bin).copied(),
                })
                .collect(),
        }
    }

    /// `rows` counts the missing values, too.
    fn of(sample: &Sample, rows: u64) -> NumericPlaces {
        let values = sample.values();
        let distinct = values.chunk_by(|a, b| a == b).count();
        if distinct <= MOST_SINGLE_VALUES {
            let runs = values.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u64)); // a run is never empty
            return NumericPlaces::Singles(Singles::of(runs, rows));
        }
        let mut edges: Vec<f64> = (1..QUANTILE_BINS)
            .map(|k| values[(values.len() * k).div_ceil(QUANTILE_BINS) - 1]) // between 0 and n − 1
            .filter(|edge| *edge < sample.max())
            .collect();
        edges.dedup();
        NumericPlaces::Ranges(edges)
    }

    fn tally(&self, rows: impl IntoIterator<Item = Option<f64>>) -> Result<Tally, NotEvaluable> {
        let mut tally = Tally::empty(match self {
            NumericPlaces::Ranges(edges) => edges.len() + 1,
            NumericPlaces::Singles(singles) => singles.kept.len(),
        });
        for row in rows {
            match (row, self) {
                (None, _) => tally.missing += 1,
                (Some(value), _) if !value.is_finite() => return Err(NotEvaluable::NotFinite),
                // At most as many edges as there are bins but one.
                (Some(value), NumericPlaces::Ranges(edges)) => {
                    tally.values[edges.partition_point(|edge| *edge < value)] += 1;
                }
                // −0 is 0, as in the sample that the bins were made from.
                (Some(value), NumericPlaces::Singles(singles)) => {
                    tally.add(singles, 1, |kept| kept.total_cmp(&(value + 0.0)));
                }
            }
        }
        Ok(tally)
    }
}

impl<T> Singles<T> {
    /// `values` ascending, each once, with its reference rows.
    fn of(values: impl IntoIterator<Item = (T, u64)>, rows: u64) -> Singles<T> {
        let mut singles = Singles { kept: Vec::new(), rare: Vec::new() };
        for (value, count) in values {
            let is_rare = count.saturating_mul(RARE_BELOW_ONE_IN) < rows;
            if is_rare { singles.rare.push(value) } else { singles.kept.push(value) }
        }
        singles
    }
}

impl Singles<String> {
    fn tally_categories<'a>(&self, counts: impl IntoIterator<Item = (Option<&'a str>, u64)>) -> Tally {
        let mut tally = Tally::empty(self.kept.len());
        for (category, rows) in counts {
            match category {
                None => tally.missing += rows,
                Some(category) => tally.add(self, rows, |kept| kept.as_str().cmp(category)),
            }
        }
        tally
    }
}

impl Tally {
    fn empty(values: usize) -> Tally {
        Tally { values: vec![0; values], other: 0, new: 0, missing: 0 }
    }

    fn add<T>(&mut self, singles: &Singles<T>, rows: u64, order: impl Fn(&T) -> Ordering) {
        match singles.kept.binary_search_by(&order) {
            Ok(bin) => self.values[bin] += rows, // one entry for each kept value
            Err(_) if singles.rare.binary_search_by(&order).is_ok() => self.other += rows,
            Err(_) => self.new += rows,
        }
    }

    fn counts(mut self) -> Vec<u64> {
        self.values.extend([self.other, self.new, self.missing]);
        self.values
    }

    fn rows(&self) -> u64 {
        self.values.iter().sum::<u64>() + self.other + self.new + self.missing
    }

    /// `self` is the reference window.
    fn compare(&self, current: &Tally, labels: Vec<BinLabel>) -> Result<Comparison, NotEvaluable> {
        let (n_current, n_reference) = (current.rows(), self.rows());
        if n_current == 0 {
            return Err(NotEvaluable::NoValues);
        }
        let pair = |(current, reference): (&u64, &u64)| PairCount { current: *current, reference: *reference };
        let values = labels.into_iter().zip(current.values.iter().zip(&self.values).map(pair));
        let special = [
            (BinLabel::Other, pair((&current.other, &self.other))),
            (BinLabel::New, pair((&current.new, &self.new))),
            (BinLabel::Missing, pair((&current.missing, &self.missing))),
        ];
        let occupied = special.into_iter().filter(|(_, rows)| *rows != PairCount::default());
        let bins = values.chain(occupied).map(|(label, rows)| Bin { label, rows }).collect();
        Ok(Comparison { bins, n_current, n_reference })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::statistics::golden::GOLDEN;

    fn some(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().copied().map(Some).collect()
    }

    fn rows(comparison: &Comparison) -> Vec<(u64, u64)> {
        comparison.bins.iter().map(|bin| (bin.rows.current, bin.rows.reference)).collect()
    }

    #[test]
    fn quantile_bins_agree_with_numpy() {
        let golden = &GOLDEN.histogram;
        let bins = NumericBins::from_reference(some(&golden.reference)).unwrap();
        assert_eq!(bins.places, NumericPlaces::Ranges(golden.edges.clone()));
        let comparison = bins.compare(some(&golden.current)).unwrap();
        let (current, reference): (Vec<u64>, Vec<u64>) = rows(&comparison).into_iter().unzip();
        assert_eq!((current, reference), (golden.current_counts.clone(), golden.reference_counts.clone()));
        let edge = golden.edges[0];
        assert_eq!(comparison.bins[0].label, BinLabel::Range { above: None, up_to: Some(edge) });
    }

    #[test]
    fn thirty_values_have_a_bin_each_and_thirty_one_do_not() {
        let values: Vec<f64> = (0..31).map(f64::from).collect();
        assert_eq!(NumericBins::from_reference(some(&values[..30])).unwrap().reference.values.len(), 30);
        assert_eq!(NumericBins::from_reference(some(&values)).unwrap().reference.values.len(), 20);
    }

    #[test]
    fn rare_new_and_missing_values_are_kept_apart() {
        let mut reference = vec![Some(1.0); 998];
        reference.extend([Some(2.0), None]);
        let bins = NumericBins::from_reference(reference).unwrap();
        let comparison = bins.compare([Some(1.0), Some(2.0), Some(2.0), Some(3.0), None]).unwrap();
        let labels: Vec<BinLabel> = comparison.bins.iter().map(|bin| bin.label.clone()).collect();
        assert_eq!(labels, [BinLabel::Number(1.0), BinLabel::Other, BinLabel::New, BinLabel::Missing]);
        assert_eq!(rows(&comparison), [(1, 998), (2, 1), (1, 0), (1, 1)]);
    }

    #[test]
    fn half_a_percent_is_not_rare() {
        let bins =
            CategoryBins::from_reference([(Some("a"), 990), (Some("b"), 5), (Some("c"), 4), (Some("a"), 1)]);
        let bins = bins.unwrap();
        assert_eq!(bins.places.kept, ["a", "b"]);
        assert_eq!(
            rows(&bins.compare([(Some("c"), 2), (Some("z"), 3), (None, 4)]).unwrap()),
            [(0, 991), (0, 5), (2, 4), (3, 0), (4, 0)]
        );
    }

    #[test]
    fn a_constant_column_is_one_bin_and_evaluable() {
        let bins = NumericBins::from_reference(vec![Some(7.0); 50]).unwrap();
        let comparison = bins.compare(vec![Some(7.0); 9]).unwrap();
        assert_eq!(rows(&comparison), [(9, 50)]);
        assert_eq!(comparison.divergences().unwrap().kl, 0.0);
        let missing = NumericBins::from_reference([None, None]).unwrap();
        assert_eq!(missing.compare([None]).unwrap().divergences().unwrap().kl, 0.0);
    }

    #[test]
    fn no_rows_and_no_numbers_are_not_evaluable() {
        assert_eq!(NumericBins::from_reference([]), Err(NotEvaluable::NoValues));
        assert_eq!(NumericBins::from_reference([Some(f64::NAN)]), Err(NotEvaluable::NotFinite));
        assert_eq!(CategoryBins::from_reference([(Some("a"), 0)]), Err(NotEvaluable::NoValues));
        let bins = NumericBins::from_reference([Some(1.0)]).unwrap();
        assert_eq!(bins.compare([]), Err(NotEvaluable::NoValues));
        assert_eq!(bins.compare([Some(f64::INFINITY)]), Err(NotEvaluable::NotFinite));
    }

    proptest! {
        #[test]
        fn every_row_is_counted_once_and_identical_windows_do_not_diverge(
            values in prop::collection::vec(prop::option::of((0_u8..90).prop_map(|v| f64::from(v) / 4.0)), 1..300),
        ) {
            let bins = NumericBins::from_reference(values.clone()).unwrap();
            let comparison = bins.compare(values.clone()).unwrap();
            prop_assert_eq!(comparison.bins.iter().map(|bin| bin.rows.current).sum::<u64>(), values.len() as u64);
            prop_assert!(comparison.bins.iter().all(|bin| bin.rows.reference > 0), "no bin is empty");
            prop_assert_eq!(comparison.divergences().unwrap().kl, 0.0);
        }
    }
}

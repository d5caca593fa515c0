//! What the values of one feature look like, and how they go with the wait.
//!
//! Counts of missing values are of all visits. Distributions and correlations are of [`MOST_SAMPLED`] visits at most,
//! taken at even distances over the history, so that ten million visits take no longer than a hundred thousand.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::statistics::Sample;
use crate::base::statistics::rank::{eta_squared, spearman};

use super::catalogue::Value;

/// Visits that distributions and correlations are computed from at most.
pub const MOST_SAMPLED: usize = 100_000;
/// Numbers with at most this many distinct values get a bar each.
const MOST_SINGLE_BARS: usize = 24;
/// Bars of equal width between the 1st and the 99th percentile, of other numbers.
const BARS: usize = 24;
/// The most frequent names that are listed.
const TOP_NAMES: usize = 12;
/// The shares of the listed quantiles.
pub const QUANTILE_SHARES: [f64; 7] = [0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0];

/// The values of one feature.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FeatureProfile {
    /// Visits.
    pub rows: u64,
    /// Visits at which it was not known, of all.
    pub missing: u64,
    /// Visits with a value among those that were looked at.
    pub sampled: u64,
    /// What the values are; `None` where none is known.
    pub distribution: Option<Distribution>,
    /// How it goes with the wait of served visits; `None` where it does not vary.
    pub association: Option<Association>,
}

/// The values that were looked at.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Distribution {
    /// Of a number, in its unit.
    Numbers {
        /// Different values.
        distinct: u64,
        /// The mean.
        mean: f64,
        /// The quantiles at [`QUANTILE_SHARES`].
        quantiles: [f64; 7],
        /// The bars of a picture.
        bars: Bars,
    },
    /// Of names.
    Names {
        /// Different names.
        distinct: u64,
        /// The most frequent ones with their counts, the most frequent first.
        top: Vec<(String, u64)>,
        /// Visits with another name.
        others: u64,
    },
}

/// A histogram.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bars {
    /// Few different values, ascending, with their counts.
    Values(Vec<(f64, u64)>),
    /// Ranges of equal width: one more edge than counts.
    Ranges {
        /// The edges, ascending. A value at an inner edge counts to the range above it.
        edges: Vec<f64>,
        /// The counts.
        counts: Vec<u64>,
        /// Values below the first edge (the 1st percentile).
        below: u64,
        /// Values above the last one (the 99th).
        above: u64,
    },
}

/// How a feature goes with the wait.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Association {
    /// Which measure.
    pub measure: Measure,
    /// Its value.
    pub value: f64,
    /// Served visits with a value, that it was computed from.
    pub n: u64,
}

/// A measure of association, by ranks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Spearman's correlation, −1 to 1: of numbers.
    Spearman,
    /// The share of the variance of the wait's ranks that lies between the names, 0 to 1 (η²): of names.
    EtaSquared,
}

impl Measure {
    /// The key of its name for people.
    #[must_use]
    pub fn name_key(self) -> String {
        format!("measure.{}", self.id())
    }

    /// The name in files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Measure::Spearman => "spearman",
            Measure::EtaSquared => "eta_squared",
        }
    }
}

/// The profile of a feature with this `value` by row, which is `missing` in so many rows; `waits` are those of the rows
/// (minutes, where known).
#[must_use]
pub fn profile<'v>(value: impl Fn(usize) -> Value<'v>, missing: usize, waits: &[Option<f64>]) -> FeatureProfile {
    let rows = waits.len();
    let looked_at = rows.min(MOST_SAMPLED);
    let (mut numbers, mut names) = (Pairs::default(), Pairs::default());
    for row in (0..looked_at).map(|place| place * rows / looked_at) {
        let wait = waits.get(row).copied().flatten();
        match value(row) {
            Value::Number(number) => numbers.push(number, wait),
            Value::Category(name) => names.push(name, wait),
            Value::Missing => {}
        }
    }
    let (sampled, distribution, association) = if numbers.values.is_empty() {
        (names.values.len(), of_names(&names.values), names.association())
    } else {
        let association = association(Measure::Spearman, &numbers.waits, |waits| spearman(&numbers.served, waits));
        (numbers.values.len(), of_numbers(numbers.values), association)
    };
    FeatureProfile {
        rows: rows as u64,
        missing: missing as u64,
        sampled: sampled as u64,
        distribution,
        association,
    }
}

/// Values, and those of served visits with their waits.
struct Pairs<T> {
    values: Vec<T>,
    served: Vec<T>,
    waits: Vec<f64>,
}

impl<T> Default for Pairs<T> {
    fn default() -> Pairs<T> {
        Pairs { values: Vec::new(), served: Vec::new(), waits: Vec::new() }
    }
}

impl<T: Copy> Pairs<T> {
    fn push(&mut self, value: T, wait: Option<f64>) {
        self.values.push(value);
        if let Some(wait) = wait {
            self.served.push(value);
            self.waits.push(wait);
        }
    }
}

impl Pairs<&str> {
    fn association(&self) -> Option<Association> {
        let mut code_of = BTreeMap::new();
        let mut code = |name| {
            let next = u32::try_from(code_of.len()).unwrap_or(u32::MAX);
            *code_of.entry(name).or_insert(next)
        };
        let codes: Vec<u32> = self.served.iter().map(|name| code(*name)).collect();
        association(Measure::EtaSquared, &self.waits, |waits| eta_squared(&codes, waits))
    }
}

fn association(measure: Measure, waits: &[f64], value: impl FnOnce(&[f64]) -> Option<f64>) -> Option<Association> {
    Some(Association { measure, value: value(waits)?, n: waits.len() as u64 })
}

fn of_numbers(values: Vec<f64>) -> Option<Distribution> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let sample = Sample::new(values).ok()?;
    let singles: Vec<(f64, u64)> =
        sample.values().chunk_by(|a, b| a == b).map(|equal| (equal[0], equal.len() as u64)).collect();
    let distinct = singles.len() as u64;
    let bars = if singles.len() <= MOST_SINGLE_BARS { Bars::Values(singles) } else { ranges(&sample) };
    let quantiles = QUANTILE_SHARES.map(|share| sample.quantile(share));
    Some(Distribution::Numbers { distinct, mean, quantiles, bars })
}

fn ranges(sample: &Sample) -> Bars {
    let (mut low, mut high) = (sample.quantile(0.01), sample.quantile(0.99));
    if low >= high {
        (low, high) = (sample.min(), sample.max());
    }
    let edge = |bar: usize| low + (high - low) * bar as f64 / BARS as f64;
    let edges: Vec<f64> = (0..BARS).map(edge).chain([high]).collect();
    let values = sample.values();
    let place = |edge: &f64| values.partition_point(|value| value < edge);
    let mut places: Vec<usize> = edges.iter().map(place).collect();
    // The last range holds its upper edge.
    if let Some(last) = places.last_mut() {
        *last = values.partition_point(|value| *value <= high);
    }
    let counts = places.windows(2).map(|pair| (pair[1] - pair[0]) as u64).collect();
    let below = places.first().map_or(0, |first| *first as u64);
    let above = places.last().map_or(0, |last| (values.len() - last) as u64);
    Bars::Ranges { edges, counts, below, above }
}

fn of_names(values: &[&str]) -> Option<Distribution> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    values.iter().for_each(|name| *counts.entry(name).or_default() += 1);
    let mut top: Vec<(String, u64)> = counts.into_iter().map(|(name, n)| (name.to_owned(), n)).collect();
    let distinct = top.len() as u64;
    top.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let others = top.iter().skip(TOP_NAMES).map(|(_, n)| n).sum();
    top.truncate(TOP_NAMES);
    (distinct > 0).then_some(Distribution::Names { distinct, top, others })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_rows(rows: &[Value<'_>], waits: &[Option<f64>]) -> FeatureProfile {
        let missing = rows.iter().filter(|value| **value == Value::Missing).count();
        profile(|row| rows[row], missing, waits)
    }

    #[test]
    fn every_value_is_in_one_bar() {
        let values: Vec<f64> = (0..1_000).map(|n| f64::from(n * n % 997) / 7.0).collect();
        let profile = profile(|row| Value::Number(values[row]), 0, &vec![None; values.len()]);
        let Some(Distribution::Numbers { bars: Bars::Ranges { edges, counts, below, above }, quantiles, .. }) =
            profile.distribution
        else {
            panic!("{profile:?}");
        };
        assert_eq!(edges.len(), counts.len() + 1);
        assert_eq!(counts.iter().sum::<u64>() + below + above, 1_000);
        for (index, count) in counts.iter().enumerate() {
            let is_last = index + 1 == counts.len();
            let within = |value: &&f64| {
                **value >= edges[index] && (**value < edges[index + 1] || is_last && **value == edges[index + 1])
            };
            assert_eq!(values.iter().filter(within).count() as u64, *count, "bar {index}");
        }
        assert_eq!((quantiles[0], profile.association), (0.0, None));
    }

    #[test]
    fn few_values_have_a_bar_each_and_missing_ones_none() {
        let rows = [Value::Number(2.0), Value::Missing, Value::Number(1.0), Value::Number(2.0)];
        let profile = of_rows(&rows, &[Some(4.0), Some(9.0), Some(1.0), Some(5.0)]);
        assert_eq!((profile.rows, profile.missing, profile.sampled), (4, 1, 3));
        let Some(Distribution::Numbers { distinct: 2, bars: Bars::Values(bars), .. }) = profile.distribution
        else {
            panic!("{profile:?}");
        };
        assert_eq!(bars, [(1.0, 1), (2.0, 2)]);
        let Some(Association { measure: Measure::Spearman, value, n: 3 }) = profile.association else {
            panic!("{:?}", profile.association);
        };
        assert!((value - 0.75_f64.sqrt()).abs() < 1e-12, "{value}");
    }

    #[test]
    fn names_are_counted_and_what_is_not_known_at_all_has_no_picture() {
        let rows = [Value::Category("b"), Value::Category("b"), Value::Missing, Value::Category("a")];
        let known = of_rows(&rows, &[Some(1.0), Some(2.0), Some(9.0), Some(7.0)]);
        let top = vec![("b".to_owned(), 2), ("a".to_owned(), 1)];
        assert_eq!(known.distribution, Some(Distribution::Names { distinct: 2, top, others: 0 }));
        assert_eq!(known.association.map(|found| (found.measure, found.n)), Some((Measure::EtaSquared, 3)));
        let unknown = of_rows(&[Value::Missing; 3], &[None; 3]);
        assert_eq!((unknown.missing, unknown.distribution), (3, None));
    }

    #[test]
    fn a_long_history_is_looked_at_evenly() {
        let n = MOST_SAMPLED * 2 + 1;
        let profile = profile(|row| Value::Number(row as f64), 0, &vec![None; n]);
        assert_eq!((profile.rows, profile.sampled), (n as u64, MOST_SAMPLED as u64));
        let Some(Distribution::Numbers { quantiles, .. }) = profile.distribution else { panic!("no numbers") };
        assert!(quantiles[0] == 0.0 && (quantiles[6] - n as f64).abs() < 4.0, "{quantiles:?}");
    }
}

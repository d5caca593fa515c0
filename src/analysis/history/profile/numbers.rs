//! Numbers of one column, summed up: from a sample, from counts of whole numbers, from milliseconds.

use super::ranks::{NONE, grouped};
use super::{BARS, Histogram, NumberProfile};
use crate::base::statistics::Sample;

/// The shares of [`NumberProfile`], ascending.
pub(super) const SHARES: [f64; 9] = [0.0, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0];

/// Sums a sample up. `None` where there are no numbers, or some that are not finite.
pub(super) fn of_sample(values: Vec<f64>) -> Option<NumberProfile> {
    let sample = Sample::new(values).ok()?;
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    let mean = sample.values().iter().sum::<f64>() / sample.n() as f64;
    let quantiles = SHARES.map(|share| sample.quantile(share));
    let counted = sample.values().iter().map(|value| (*value, 1));
    Some(summed_up(sample.n(), mean, quantiles, counted))
}

/// Sums whole numbers up: each with its rows, ascending. `None` where there are none.
#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
pub(super) fn of_counts(counts: &[(u32, u64)]) -> Option<NumberProfile> {
    let n: u64 = counts.iter().map(|(_, count)| count).sum();
    if n == 0 {
        return None;
    }
    let mean = counts.iter().map(|(value, count)| f64::from(*value) * *count as f64).sum::<f64>() / n as f64;
    let at = |rank: u64| {
        let mut below = 0;
        let found = counts.iter().find(|(_, count)| {
            below += count;
            below > rank
        });
        found.map_or(0.0, |(value, _)| f64::from(*value))
    };
    let quantiles = SHARES.map(|share| {
        let (below, fraction) = position(share, n);
        between(at(below), at((below + 1).min(n - 1)), fraction)
    });
    Some(summed_up(n, mean, quantiles, counts.iter().map(|(value, count)| (f64::from(*value), *count))))
}

/// Sums milliseconds up, as minutes; [`NONE`] and beyond are left out. `None` where there are none.
pub(super) fn of_millis(values: &[u32]) -> Option<NumberProfile> {
    let group = grouped(values, 1, |_| 0, SHARES).pop()?;
    let counted = values.iter().filter(|value| **value < NONE).map(|value| (minutes(*value), 1));
    (group.n > 0).then(|| summed_up(group.n, group.mean, group.quantiles, counted))
}

/// Milliseconds as minutes.
pub(super) fn minutes(millis: u32) -> f64 {
    f64::from(millis) / 60_000.0
}

/// Where a share of `n` values lies: the rank below, and how far it is to the next (type 7 of Hyndman and Fan).
pub(super) fn position(share: f64, n: u64) -> (u64, f64) {
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    let position = share * (n - 1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and n − 1")]
    let below = (position as u64).min(n - 1);
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    let fraction = position - below as f64;
    (below, fraction)
}

/// Between two neighbours, from the nearer end, as [`Sample::quantile`] does it.
pub(super) fn between(low: f64, high: f64, fraction: f64) -> f64 {
    if fraction < 0.5 { low + (high - low) * fraction } else { high - (high - low) * (1.0 - fraction) }
}

fn summed_up(
    n: u64,
    mean: f64,
    quantiles: [f64; SHARES.len()],
    counted: impl Iterator<Item = (f64, u64)>,
) -> NumberProfile {
    let [min, p05, p25, median, p75, p90, p95, p99, max] = quantiles;
    // One value, or nearly one: a bar of one unit.
    #[expect(clippy::cast_precision_loss, reason = "a few bars")]
    let width = if p99 > min { (p99 - min) / (BARS - 1) as f64 } else { 1.0 };
    let mut counts = vec![0; BARS];
    for (value, rows) in counted {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float cast saturates")]
        let bar = ((value - min) / width) as usize;
        counts[bar.min(BARS - 1)] += rows;
    }
    let histogram = Histogram { from: min, width, counts };
    NumberProfile { n, mean, min, p05, p25, median, p75, p90, p95, p99, max, histogram }
}

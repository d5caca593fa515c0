//! Quantiles, means and histograms of many numbers, without sorting them.

use super::{BARS, Histogram, NumberProfile, WaitProfile};

/// The shares of [`NumberProfile`], ascending.
const SHARES: [f64; 9] = [0.0, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0];

/// Numbers that can be selected by rank and turned into the unit of a column.
pub(super) trait Value: Copy + Send {
    /// Whether `self` comes before `other`; total.
    fn order(&self, other: &Self) -> std::cmp::Ordering;
    /// In the unit of the column.
    fn real(self) -> f64;
}

/// Milliseconds as minutes.
#[derive(Clone, Copy)]
pub(super) struct Millis(pub u32);

impl Value for Millis {
    fn order(&self, other: &Millis) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }

    fn real(self) -> f64 {
        f64::from(self.0) / 60_000.0
    }
}

impl Value for f64 {
    fn order(&self, other: &f64) -> std::cmp::Ordering {
        self.total_cmp(other)
    }

    fn real(self) -> f64 {
        self
    }
}

/// Where a share of `n` values lies: the rank below, and how far it is to the next (type 7 of Hyndman and Fan).
fn position(share: f64, n: usize) -> (usize, f64) {
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    let position = share * (n - 1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and n − 1")]
    let below = (position as usize).min(n - 1);
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    let fraction = position - below as f64;
    (below, fraction)
}

/// The quantiles of `values`, which are put into another order; `shares` ascend. Zeros where there are no values.
pub(super) fn quantiles<const N: usize, V: Value>(values: &mut [V], shares: [f64; N]) -> [f64; N] {
    if values.is_empty() {
        return [0.0; N];
    }
    let mut ranks: Vec<usize> = Vec::with_capacity(2 * N);
    for share in shares {
        let (below, _) = position(share, values.len());
        ranks.extend([below, (below + 1).min(values.len() - 1)]);
    }
    ranks.sort_unstable();
    ranks.dedup();
    select(values, 0, &ranks);
    shares.map(|share| {
        let (below, fraction) = position(share, values.len());
        let (low, high) = (values[below].real(), values[(below + 1).min(values.len() - 1)].real());
        // From the nearer end, as `Sample::quantile` does it.
        if fraction < 0.5 { low + (high - low) * fraction } else { high - (high - low) * (1.0 - fraction) }
    })
}

/// Puts the values of these ranks into their places; `offset` is the rank of the first of `values`.
fn select<V: Value>(values: &mut [V], offset: usize, ranks: &[usize]) {
    // The middle rank first: it halves the work of all others.
    let Some((&rank, _)) = ranks.get(ranks.len() / 2).zip(values.first()) else { return };
    let (before, after) = ranks.split_at(ranks.len() / 2);
    let (low, _, high) = values.select_nth_unstable_by(rank - offset, V::order);
    select(low, offset, before);
    select(high, rank + 1, after.get(1..).unwrap_or_default());
}

/// Sums `values` up; they are put into another order. `None` where there are none.
pub(super) fn number_profile<V: Value>(values: &mut [V]) -> Option<NumberProfile> {
    if values.is_empty() {
        return None;
    }
    let mean = mean(values);
    let [min, p05, p25, median, p75, p90, p95, p99, max] = quantiles(values, SHARES);
    let histogram = histogram(values, min, p99);
    Some(NumberProfile { n: values.len() as u64, mean, min, p05, p25, median, p75, p90, p95, p99, max, histogram })
}

/// Sums waits up; they are put into another order. `None` where there are none.
pub(super) fn wait_profile(waits: &mut [Millis]) -> Option<WaitProfile> {
    if waits.is_empty() {
        return None;
    }
    let mean = mean(waits);
    let [median, p90] = quantiles(waits, [0.5, 0.9]);
    Some(WaitProfile { n: waits.len() as u64, mean, median, p90 })
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
fn mean<V: Value>(values: &[V]) -> f64 {
    values.iter().map(|value| value.real()).sum::<f64>() / values.len() as f64
}

fn histogram<V: Value>(values: &[V], from: f64, p99: f64) -> Histogram {
    // One value, or nearly one: a bar of one unit.
    #[expect(clippy::cast_precision_loss, reason = "a few bars")]
    let width = if p99 > from { (p99 - from) / (BARS - 1) as f64 } else { 1.0 };
    let mut counts = vec![0; BARS];
    for value in values {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float cast saturates")]
        let bar = ((value.real() - from) / width) as usize;
        counts[bar.min(BARS - 1)] += 1;
    }
    Histogram { from, width, counts }
}

//! How strongly one column goes with another, by ranks: what a monotone change of unit does not alter.
//!
//! Ranks of equal values are their mean rank. Held against SciPy (`tests/golden/ranks.py`).

use super::{real, real_len};

/// The rank of each value, from 1; equal values share the mean of theirs. NaN ranks above everything.
#[must_use]
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    let value = |index: usize| values.get(index).copied().unwrap_or(f64::NAN) + 0.0;
    order.sort_unstable_by(|a, b| value(*a).total_cmp(&value(*b)));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for tied in order.chunk_by(|a, b| value(*a).total_cmp(&value(*b)).is_eq()) {
        let mean = real_len(before) + f64::midpoint(real_len(tied.len()), 1.0);
        for index in tied {
            ranks[*index] = mean;
        }
        before += tied.len();
    }
    ranks
}

/// Spearman's rank correlation of two columns of one length: Pearson's of the [`ranks`]. `None` where either is
/// constant, or has fewer than two values.
#[must_use]
pub fn spearman(x: &[f64], y: &[f64]) -> Option<f64> {
    pearson(&ranks(x), &ranks(y))
}

/// Pearson's correlation of two columns of one length. `None` where either is constant or not finite, or has fewer than
/// two values.
#[must_use]
pub fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    let n = real_len(x.len().min(y.len()));
    let mean = |values: &[f64]| values.iter().sum::<f64>() / n;
    let (mean_x, mean_y) = (mean(x), mean(y));
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        let (x, y) = (x - mean_x, y - mean_y);
        xy += x * y;
        xx += x * x;
        yy += y * y;
    }
    let product = (xx * yy).sqrt();
    (product.is_finite() && product > 0.0).then(|| (xy / product).clamp(-1.0, 1.0))
}

/// The share of the variance of the [`ranks`] of `values` that lies between the groups (η²), 0–1: Kruskal and Wallis's
/// H divided by n − 1 (1952, JASA 47:583). `codes` names the group of each value. `None` where the values are constant,
/// or all in one group.
#[must_use]
pub fn eta_squared(codes: &[u32], values: &[f64]) -> Option<f64> {
    let mut sums: std::collections::BTreeMap<u32, (f64, u64)> = std::collections::BTreeMap::new();
    let ranks = ranks(values);
    let mean = (real_len(ranks.len()) + 1.0) / 2.0;
    let mut total = 0.0;
    for (code, rank) in codes.iter().zip(&ranks) {
        let (sum, n) = sums.entry(*code).or_default();
        *sum += rank - mean;
        *n += 1;
        total += (rank - mean) * (rank - mean);
    }
    let between: f64 = sums.values().map(|(sum, n)| sum * sum / real(*n)).sum();
    (total > 0.0 && sums.len() > 1).then(|| (between / total).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::base::statistics::golden::assert_close;

    #[derive(Deserialize)]
    struct Golden {
        pairs: Vec<Pair>,
        groups: Vec<Groups>,
    }

    #[derive(Deserialize)]
    struct Pair {
        x: Vec<f64>,
        y: Vec<f64>,
        spearman: f64,
    }

    #[derive(Deserialize)]
    struct Groups {
        codes: Vec<u32>,
        values: Vec<f64>,
        eta_squared: f64,
    }

    #[test]
    fn agrees_with_scipy() {
        let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/ranks.json"));
        let golden: Golden = serde_json::from_str(text).unwrap();
        assert!(golden.pairs.len() > 4 && golden.groups.len() > 2);
        for Pair { x, y, spearman: expected } in &golden.pairs {
            assert_close(spearman(x, y).unwrap(), *expected, 1e-12);
        }
        for Groups { codes, values, eta_squared: expected } in &golden.groups {
            assert_close(eta_squared(codes, values).unwrap(), *expected, 1e-12);
        }
    }

    #[test]
    fn ties_share_their_mean_rank_and_zero_has_no_sign() {
        assert_eq!(ranks(&[3.0, -0.0, 3.0, 0.0, 7.0]), [3.5, 1.5, 3.5, 1.5, 5.0]);
        assert_eq!(ranks(&[]), [0.0; 0]);
    }

    #[test]
    fn what_does_not_vary_has_no_correlation() {
        assert_eq!(spearman(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), None);
        assert_eq!(spearman(&[1.0], &[1.0]), None);
        assert_eq!(spearman(&[], &[]), None);
        assert_eq!(eta_squared(&[0, 0], &[1.0, 2.0]), None);
        assert_eq!(eta_squared(&[0, 1], &[1.0, 1.0]), None);
    }
}

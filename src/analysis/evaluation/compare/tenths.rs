//! Where along the scale the errors lie: by tenths of what was predicted, and of what came true.

use serde::{Deserialize, Serialize};

use super::Pairs;

const TENTHS: usize = 10;

/// A tenth of the visits. Everything is in minutes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tenth {
    /// The smallest value by which the visits are ordered.
    pub from: f64,
    /// The largest.
    pub to: f64,
    /// Visits.
    pub n: u64,
    /// Mean absolute error of the current model.
    pub mae_current: f64,
    /// Mean absolute error of the candidate.
    pub mae_candidate: f64,
    /// Mean of predicted − actual of the current model.
    pub bias_current: f64,
    /// The same of the candidate.
    pub bias_candidate: f64,
}

/// By the mean of both predictions, so that neither model chooses the tenths alone.
pub(super) fn by_predicted(pairs: &Pairs) -> Vec<Tenth> {
    let middle = |(current, candidate): (&f64, &f64)| f64::midpoint(*current, *candidate);
    tenths(pairs, pairs.current.iter().zip(&pairs.candidate).map(middle).collect())
}

/// By the true wait. Any model that is not certain says too much of short waits and too little of long ones; the two are to be
/// compared with each other here, not with zero.
pub(super) fn by_wait(pairs: &Pairs) -> Vec<Tenth> {
    tenths(pairs, pairs.actual.clone())
}

/// Visits of equal value stay in one tenth, so that some tenths may be missing.
fn tenths(pairs: &Pairs, key: Vec<f64>) -> Vec<Tenth> {
    let mut order: Vec<usize> = (0..key.len()).collect();
    order.sort_by(|a, b| key[*a].total_cmp(&key[*b]));
    let mut found = Vec::new();
    let mut from = 0;
    for tenth in 1..=TENTHS {
        let mut to = (order.len() * tenth / TENTHS).max(from);
        while to > from && to < order.len() && key[order[to]] == key[order[to - 1]] {
            to += 1;
        }
        if to > from {
            found.push(of_rows(pairs, &key, &order[from..to]));
        }
        from = to;
    }
    found
}

fn of_rows(pairs: &Pairs, key: &[f64], rows: &[usize]) -> Tenth {
    let n = rows.len() as f64;
    let mean = |predicted: &[f64], of: fn(f64) -> f64| {
        rows.iter().map(|row| of(predicted[*row] - pairs.actual[*row])).sum::<f64>() / n
    };
    Tenth {
        from: key[rows[0]],
        to: key[rows[rows.len() - 1]],
        n: rows.len() as u64,
        mae_current: mean(&pairs.current, f64::abs),
        mae_candidate: mean(&pairs.candidate, f64::abs),
        bias_current: mean(&pairs.current, |error| error),
        bias_candidate: mean(&pairs.candidate, |error| error),
    }
}

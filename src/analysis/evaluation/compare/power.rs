//! How many more days it takes to see a difference: in shadow, where both models answer for every visit, and by canary, where
//! each visit has the answer of one.
//!
//! In shadow the differences are paired, and what varies is the difference of a day. By canary two groups of different people
//! are compared, so that how much people's errors differ counts in full, divided by how many of them the small group has.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::statistics::forecast::{bandwidth, newey_west};
use crate::base::statistics::{normal, student};

use super::Pairs;

/// Two-sided chance of calling a difference that is not there.
pub const ALPHA: f64 = 0.05;
/// The chance of seeing a difference that is there.
pub const POWER: f64 = 0.8;
/// Differences that are asked for, as shares of the current model's mean absolute error.
const SHARES_OF_ERROR: [f64; 3] = [0.02, 0.05, 0.10];
/// Shares of the visits that a canary has.
const CANARY_SHARES: [f64; 4] = [0.01, 0.05, 0.10, 0.50];
/// Longer is as good as never: ten years.
const MOST_DAYS: f64 = 3_653.0;

/// Days that are needed to see a difference of the mean absolute errors, at 5 % and with a chance of 80 %.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Power {
    /// `shadow`, or `canary`.
    pub traffic: String,
    /// The share of the visits that the candidate answers; 1 in shadow, where it answers beside the current model.
    pub share: f64,
    /// The difference that is to be seen, minutes.
    pub difference: f64,
    /// The same as a share of the current model's mean absolute error.
    pub relative: f64,
    /// Days of as many finished visits as those compared; absent where it would take more than ten years.
    pub days: Option<u64>,
    /// Finished visits that the candidate answers on these days.
    pub visits: Option<u64>,
}

/// The days for several differences; empty with fewer than five days, whose spread says too little.
pub(super) fn power(pairs: &Pairs) -> Vec<Power> {
    let mut by_day = BTreeMap::<i32, (f64, f64)>::new();
    let errors: Vec<[f64; 2]> = (pairs.current.iter().zip(&pairs.candidate).zip(&pairs.actual))
        .map(|((current, candidate), actual)| [(current - actual).abs(), (candidate - actual).abs()])
        .collect();
    for ([current, candidate], day) in errors.iter().zip(&pairs.day) {
        let sums = by_day.entry(day.epoch_days()).or_default();
        sums.0 += 1.0;
        sums.1 += candidate - current;
    }
    let days = by_day.len();
    let means: Vec<f64> = by_day.values().map(|(n, sum)| sum / n).collect();
    let Some(spread) = (days >= 5).then(|| newey_west(&means, bandwidth(days)).ok()).flatten() else {
        return Vec::new();
    };
    let n = errors.len() as f64;
    let mean_of = |side: usize| errors.iter().map(|errors| errors[side]).sum::<f64>() / n;
    let (current, candidate) = (mean_of(0), mean_of(1));
    let variance = |side: usize, mean: f64| {
        errors.iter().map(|errors| (errors[side] - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0)
    };
    let (of_current, of_candidate) = (variance(0, current), variance(1, candidate));
    let a_day = n / days as f64;
    let daily = |share: f64| spread + of_candidate / (share * a_day) + of_current / ((1.0 - share) * a_day);
    let mut found = Vec::new();
    for relative in SHARES_OF_ERROR {
        let difference = relative * current;
        let mut add = |traffic: &str, share: f64, variance: f64| {
            let days = days_for(variance, difference);
            found.push(Power {
                traffic: traffic.to_owned(),
                share,
                difference,
                relative,
                days,
                visits: days.map(|days| whole(days as f64 * a_day * share)),
            });
        };
        add("shadow", 1.0, spread);
        CANARY_SHARES.into_iter().for_each(|share| add("canary", share, daily(share)));
    }
    found
}

/// The fewest days `D` with `(t_{α, D−1} + z_{power})² · variance/D ≤ difference²`, where `variance` is that of one day.
fn days_for(variance: f64, difference: f64) -> Option<u64> {
    let z = normal::quantile(POWER)?;
    if difference <= 0.0 || !variance.is_finite() {
        return None;
    }
    let reaches = |days: f64| {
        let t = student::two_sided_quantile(ALPHA, days - 1.0)?;
        Some((t + z).powi(2) * variance / days <= difference * difference)
    };
    // More days help always, so the fewest is found by halving.
    let (mut low, mut high) = (1.0_f64, MOST_DAYS);
    if !reaches(high)? {
        return None;
    }
    while high - low > 1.0 {
        let middle = f64::midpoint(low, high).floor();
        if reaches(middle)? { high = middle } else { low = middle }
    }
    Some(whole(high))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count below a hundred years of visits"
)]
fn whole(count: f64) -> u64 {
    count.ceil() as u64
}

//! The errors of one model on visits whose waits are known.
//!
//! Definitions as in the field: error = predicted − actual, in minutes; bias is its mean. The interval of the MAE is a
//! block bootstrap by day, since visits of one day are not independent.

use serde::{Deserialize, Serialize};

use crate::base::statistics::{Block, BlockBootstrap, Sample};

/// A prediction counts as close when it is off by no more than this many minutes (section 4.1 of the plan).
pub const WITHIN_MINUTES: f64 = 20.0;
/// A prediction that is too low by more than this may cost somebody the turn.
pub const TOO_LOW_MINUTES: f64 = 10.0;

/// The errors of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Errors {
    /// Visits that were scored.
    pub n: u64,
    /// Days that they lie on.
    pub days: u64,
    /// Mean absolute error, minutes.
    pub mae: f64,
    /// Lower end of its 95 % interval; absent with fewer than two days.
    pub mae_low: Option<f64>,
    /// Upper end.
    pub mae_high: Option<f64>,
    /// Median absolute error, minutes.
    pub median_absolute_error: f64,
    /// 90th percentile of the absolute error, minutes.
    pub p90_absolute_error: f64,
    /// Root of the mean squared error, minutes.
    pub rmse: f64,
    /// Mean of predicted − actual, minutes.
    pub bias: f64,
    /// Share of predictions within ±20 minutes.
    pub within_20: f64,
    /// Share of predictions too low by more than 10 minutes.
    pub too_low: f64,
}

/// The errors of `predicted` against `actual` (minutes, a value a visit), which lie on the days `day_of`. `None` where
/// there are no visits.
#[must_use]
pub fn errors(predicted: &[f64], actual: &[f64], day_of: &[u32], seed: u64) -> Option<Errors> {
    let n = predicted.len().min(actual.len()).min(day_of.len());
    if n == 0 {
        return None;
    }
    let signed: Vec<f64> = predicted.iter().zip(actual).map(|(predicted, actual)| predicted - actual).collect();
    let absolute: Vec<f64> = signed.iter().map(|error| error.abs()).collect();
    let share =
        |holds: &dyn Fn(f64) -> bool| signed.iter().filter(|error| holds(**error)).count() as f64 / n as f64;
    let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / n as f64;
    let blocks = blocks_by_day(&absolute, day_of);
    let interval = BlockBootstrap::seeded(seed).mean(&blocks).ok().map(|estimate| estimate.interval.deciding());
    let sorted = Sample::new(absolute.clone()).ok()?;
    Some(Errors {
        n: n as u64,
        days: blocks.len() as u64,
        mae: mean(&mut absolute.iter().copied()),
        mae_low: interval.map(|interval| interval.low),
        mae_high: interval.map(|interval| interval.high),
        median_absolute_error: sorted.quantile(0.5),
        p90_absolute_error: sorted.quantile(0.9),
        rmse: mean(&mut signed.iter().map(|error| error * error)).sqrt(),
        bias: mean(&mut signed.iter().copied()),
        within_20: share(&|error| error.abs() <= WITHIN_MINUTES),
        too_low: share(&|error| error < -TOO_LOW_MINUTES),
    })
}

fn blocks_by_day(absolute: &[f64], day_of: &[u32]) -> Vec<Block> {
    let mut blocks = std::collections::BTreeMap::<u32, Block>::new();
    for (error, day) in absolute.iter().zip(day_of) {
        let block = blocks.entry(*day).or_insert(Block { n: 0, sum: 0.0 });
        block.n += 1;
        block.sum += error;
    }
    blocks.into_values().collect()
}

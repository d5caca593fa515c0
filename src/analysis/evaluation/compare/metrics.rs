//! Every figure of both models, with its interval, and the paired difference.
//!
//! Each figure but the quantiles is a mean over the visits. Of one model its interval is drawn by day, of the difference by
//! site-day, as the definitions say; the difference of two quantiles or of two roots has no interval here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::analysis::models::WaitInterval;
use crate::base::statistics::{Block, BlockBootstrap, Interval, Sample};

use super::super::errors::{TOO_LOW_MINUTES, WITHIN_MINUTES};
use super::Pairs;

/// What errors cost people, beside minutes of mean absolute error.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CostWeights {
    /// For each minute that was predicted and not waited: it was kept free for nothing.
    pub per_minute_needless: f64,
    /// For each visit that waited more than ten minutes longer than predicted: who had planned for less loses the turn.
    pub per_turn_missed: f64,
}

impl Default for CostWeights {
    /// A turn missed is as bad as half an hour kept free for nothing.
    fn default() -> CostWeights {
        CostWeights { per_minute_needless: 1.0, per_turn_missed: 30.0 }
    }
}

impl CostWeights {
    /// The cost of one visit, in minutes kept free for nothing. `error` is predicted − actual, minutes.
    #[must_use]
    pub fn cost(self, error: f64) -> f64 {
        let missed = if error < -TOO_LOW_MINUTES { self.per_turn_missed } else { 0.0 };
        error.max(0.0) * self.per_minute_needless + missed
    }
}

/// A figure and its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The figure.
    pub value: f64,
    /// Lower end; absent where there are too few days, or where no interval is made.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// A figure of both models.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// Its id; `metric.ID` is its name for people.
    pub id: String,
    /// `minutes`, or `share`.
    pub unit: String,
    /// Visits that it rests on.
    pub n: u64,
    /// The current model; absent where it has no intervals and the figure is about these.
    pub current: Option<Figure>,
    /// The candidate.
    pub candidate: Option<Figure>,
    /// Candidate − current, visit by visit.
    pub difference: Option<Figure>,
}

/// What is averaged over the visits, from the error (predicted − actual, minutes).
type OfError<'a> = Box<dyn Fn(f64) -> f64 + 'a>;
/// The same, from the 80 % interval and the wait.
type OfInterval = fn(WaitInterval, f64) -> f64;

/// Every figure of `pairs`.
pub(super) fn metrics(pairs: &Pairs, weights: CostWeights, seed: u64) -> Vec<Metric> {
    let of_pairs = Figures { pairs, bootstrap: BlockBootstrap::seeded(seed) };
    let share = |holds: bool| f64::from(u8::from(holds));
    let within = |reach: f64| -> OfError<'_> { Box::new(move |error: f64| share(error.abs() <= reach)) };
    let means: [(&str, &str, OfError<'_>); 8] = [
        ("mae", "minutes", Box::new(f64::abs)),
        ("bias", "minutes", Box::new(|error| error)),
        ("within_5", "share", within(5.0)),
        ("within_10", "share", within(10.0)),
        ("within_20", "share", within(WITHIN_MINUTES)),
        ("too_low", "share", Box::new(move |error| share(error < -TOO_LOW_MINUTES))),
        ("cost", "minutes", Box::new(move |error| weights.cost(error))),
        ("pinball_50", "minutes", Box::new(|error| 0.5 * error.abs())),
    ];
    let mut found: Vec<Metric> =
        means.iter().map(|(id, unit, of_error)| of_pairs.of_errors(id, unit, of_error)).collect();
    found.push(of_pairs.rmse());
    found.push(of_pairs.quantile("median_absolute_error", 0.5));
    found.push(of_pairs.quantile("p90_absolute_error", 0.9));
    let of_intervals: [(&str, &str, OfInterval); 5] = [
        ("coverage_80", "share", |interval, wait| f64::from(u8::from(interval.holds(wait)))),
        ("shown_coverage_80", "share", |interval, wait| f64::from(u8::from(interval.shown().holds(wait)))),
        ("width_80", "minutes", |interval, _| interval.high - interval.low),
        ("pinball_10", "minutes", |interval, wait| pinball(0.1, interval.low, wait)),
        ("pinball_90", "minutes", |interval, wait| pinball(0.9, interval.high, wait)),
    ];
    found.extend(of_intervals.into_iter().filter_map(|(id, unit, of)| of_pairs.of_intervals(id, unit, of)));
    found
}

/// The loss whose mean the quantile at `share` makes smallest (Koenker and Bassett 1978), minutes.
fn pinball(share: f64, predicted: f64, actual: f64) -> f64 {
    let above = actual - predicted;
    (share * above).max((share - 1.0) * above)
}

struct Figures<'a> {
    pairs: &'a Pairs,
    bootstrap: BlockBootstrap,
}

impl Figures<'_> {
    fn errors<'e>(&'e self, predicted: &'e [f64]) -> impl Iterator<Item = f64> + 'e {
        predicted.iter().zip(&self.pairs.actual).map(|(predicted, actual)| predicted - actual)
    }

    fn of_errors(&self, id: &str, unit: &str, of_error: &OfError<'_>) -> Metric {
        let values = |predicted: &[f64]| self.errors(predicted).map(of_error).collect::<Vec<f64>>();
        self.metric(id, unit, Some(values(&self.pairs.current)), Some(values(&self.pairs.candidate)))
    }

    /// `None` where neither model has intervals.
    fn of_intervals(&self, id: &str, unit: &str, of: OfInterval) -> Option<Metric> {
        let values = |intervals: &Option<Vec<WaitInterval>>| {
            let intervals = intervals.as_ref()?;
            Some(intervals.iter().zip(&self.pairs.actual).map(|(interval, wait)| of(*interval, *wait)).collect())
        };
        let (current, candidate) =
            (values(&self.pairs.current_intervals), values(&self.pairs.candidate_intervals));
        (current.is_some() || candidate.is_some()).then(|| self.metric(id, unit, current, candidate))
    }

    fn metric(&self, id: &str, unit: &str, current: Option<Vec<f64>>, candidate: Option<Vec<f64>>) -> Metric {
        let difference = match (&current, &candidate) {
            (Some(current), Some(candidate)) => {
                let differences: Vec<f64> = candidate.iter().zip(current).map(|(new, old)| new - old).collect();
                self.mean(&differences, |row| (self.pairs.site.get(row).copied(), self.day(row)))
            }
            _ => None,
        };
        let by_day = |values: &Vec<f64>| self.mean(values, |row| self.day(row));
        Metric {
            id: id.to_owned(),
            unit: unit.to_owned(),
            n: self.pairs.actual.len() as u64,
            current: current.as_ref().and_then(by_day),
            candidate: candidate.as_ref().and_then(by_day),
            difference,
        }
    }

    fn day(&self, row: usize) -> i32 {
        self.pairs.day.get(row).map_or(0, |day| day.epoch_days())
    }

    fn mean<K: Ord>(&self, values: &[f64], block_of: impl Fn(usize) -> K) -> Option<Figure> {
        let value = values.iter().sum::<f64>() / values.len() as f64;
        let interval = self.interval(values, block_of);
        value.is_finite().then(|| Figure {
            value,
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
        })
    }

    fn interval<K: Ord>(&self, values: &[f64], block_of: impl Fn(usize) -> K) -> Option<Interval> {
        let mut blocks = BTreeMap::<K, Block>::new();
        for (row, value) in values.iter().enumerate() {
            let block = blocks.entry(block_of(row)).or_insert(Block { n: 0, sum: 0.0 });
            block.n += 1;
            block.sum += value;
        }
        let blocks: Vec<Block> = blocks.into_values().collect();
        self.bootstrap.mean(&blocks).ok().map(|estimate| estimate.interval.deciding())
    }

    /// The root of the mean square and of the ends of its interval.
    fn rmse(&self) -> Metric {
        let squares: OfError<'_> = Box::new(|error| error * error);
        let mut metric = self.of_errors("rmse", "minutes", &squares);
        let root = |figure: Figure| Figure {
            value: figure.value.sqrt(),
            low: figure.low.map(|low| low.max(0.0).sqrt()),
            high: figure.high.map(f64::sqrt),
        };
        (metric.current, metric.candidate) = (metric.current.map(root), metric.candidate.map(root));
        metric.difference = difference(metric.current, metric.candidate);
        metric
    }

    fn quantile(&self, id: &str, share: f64) -> Metric {
        let of = |predicted: &[f64]| self.quantile_of(self.errors(predicted).map(f64::abs).collect(), share);
        let (current, candidate) = (of(&self.pairs.current), of(&self.pairs.candidate));
        Metric {
            id: id.to_owned(),
            unit: "minutes".to_owned(),
            n: self.pairs.actual.len() as u64,
            current,
            candidate,
            difference: difference(current, candidate),
        }
    }

    /// A quantile, between the quantiles at the ends of the interval of the share of visits that lie below it (Woodruff
    /// 1952, "Confidence intervals for medians and other position measures").
    fn quantile_of(&self, absolute: Vec<f64>, share: f64) -> Option<Figure> {
        let sorted = Sample::new(absolute.clone()).ok()?;
        let value = sorted.quantile(share);
        let below: Vec<f64> = absolute.iter().map(|error| f64::from(u8::from(*error <= value))).collect();
        let interval = self.interval(&below, |row| self.day(row));
        let half = interval.map(|interval| (interval.high - interval.low) / 2.0);
        let end = |half: f64| sorted.quantile((share + half).clamp(0.0, 1.0));
        Some(Figure { value, low: half.map(|half| end(-half)), high: half.map(end) })
    }
}

/// Without an interval.
fn difference(current: Option<Figure>, candidate: Option<Figure>) -> Option<Figure> {
    Some(Figure { value: candidate?.value - current?.value, low: None, high: None })
}

//! Every figure of both models, with its interval, and the paired difference.
//!
//! Each figure but the quantiles is a mean over the visits. Of one model its interval is drawn by day, of the difference by
//! site-day, as the definitions say; the difference of two quantiles or of two roots has no interval here. All figures come from
//! the same draws: what is drawn are blocks, whatever is summed in them.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::analysis::models::WaitInterval;
use crate::base::calendar::CivilDate;
use crate::base::statistics::{BlockBootstrap, MeanEstimate, PairedEstimate, Sample};

use super::super::errors::{TOO_LOW_MINUTES, WITHIN_MINUTES};
use super::Pairs;
use super::blocks::{Blocks, by_day};

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
    /// Whether both are numbers from 0 on.
    #[must_use]
    pub fn are_fit(self) -> bool {
        [self.per_minute_needless, self.per_turn_missed].iter().all(|cost| cost.is_finite() && *cost >= 0.0)
    }

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
type OfError<'a> = Box<dyn Fn(f64) -> f64 + Sync + 'a>;
/// The same, from the 80 % interval and the wait.
type OfInterval = fn(WaitInterval, f64) -> f64;

/// What is averaged over the visits, for one model.
type OfVisit<'a> = Box<dyn Fn(usize) -> f64 + Sync + 'a>;

/// A figure before it is drawn: a mean over the visits of each model.
struct Mean<'a> {
    id: &'static str,
    unit: &'static str,
    current: Option<OfVisit<'a>>,
    candidate: Option<OfVisit<'a>>,
}

/// The sums of a mean in each block.
struct BlockSums {
    /// Of the current model and the candidate, by day.
    sides: [Option<Vec<f64>>; 2],
    /// Of their difference, by site-day.
    difference: Option<Vec<f64>>,
}

/// Every figure of `pairs`, whose site-days are `site_days`. `estimate` is what was found of the mean absolute error, whose
/// difference has one interval wherever it is told.
pub(super) fn metrics(
    pairs: &Pairs,
    site_days: &Blocks<(u32, CivilDate)>,
    estimate: &PairedEstimate,
    weights: CostWeights,
) -> Vec<Metric> {
    let share = |holds: bool| f64::from(u8::from(holds));
    let within = |reach: f64| -> OfError<'_> { Box::new(move |error: f64| share(error.abs() <= reach)) };
    let of_errors: [(&'static str, &'static str, OfError<'_>); 9] = [
        ("mae", "minutes", Box::new(f64::abs)),
        ("bias", "minutes", Box::new(|error| error)),
        ("within_5", "share", within(5.0)),
        ("within_10", "share", within(10.0)),
        ("within_20", "share", within(WITHIN_MINUTES)),
        ("too_low", "share", Box::new(move |error| share(error < -TOO_LOW_MINUTES))),
        ("cost", "minutes", Box::new(move |error| weights.cost(error))),
        ("pinball_50", "minutes", Box::new(|error| 0.5 * error.abs())),
        (RMSE, "minutes", Box::new(|error| error * error)),
    ];
    let quantiles = [Quantiles::of(pairs, &pairs.current), Quantiles::of(pairs, &pairs.candidate)];
    let mut means: Vec<Mean<'_>> = of_errors.iter().map(|(id, unit, of)| of_error(pairs, id, unit, of)).collect();
    means.extend(QUANTILES.map(|(id, share)| of_quantile(pairs, id, share, &quantiles)));
    let of_intervals: [(&'static str, &'static str, OfInterval); 5] = [
        ("coverage_80", "share", |interval, wait| f64::from(u8::from(interval.holds(wait)))),
        ("shown_coverage_80", "share", |interval, wait| f64::from(u8::from(interval.shown().holds(wait)))),
        ("width_80", "minutes", |interval, _| interval.high - interval.low),
        ("pinball_10", "minutes", |interval, wait| pinball(0.1, interval.low, wait)),
        ("pinball_90", "minutes", |interval, wait| pinball(0.9, interval.high, wait)),
    ];
    means.extend(of_intervals.into_iter().filter_map(|(id, unit, of)| of_interval(pairs, id, unit, of)));
    let mut found = drawn(pairs, site_days, &means, estimate.bootstrap);
    for metric in &mut found {
        if metric.id == RMSE {
            root(metric);
        } else if let Some((_, share)) = OF_ABSOLUTE_ERROR.iter().find(|(id, _)| *id == metric.id) {
            let interval = estimate.delta_interval.deciding();
            let (low, high) = (Some(share * interval.low), Some(share * interval.high));
            metric.difference = Some(Figure { value: share * estimate.delta, low, high });
        } else if let Some((_, share)) = QUANTILES.iter().find(|(id, _)| *id == metric.id) {
            from_shares(metric, *share, &quantiles);
        }
    }
    found
}

const RMSE: &str = "rmse";
/// Figures that are a share of the mean absolute error.
const OF_ABSOLUTE_ERROR: [(&str, f64); 2] = [("mae", 1.0), ("pinball_50", 0.5)];
const QUANTILES: [(&str, f64); 2] = [("median_absolute_error", 0.5), ("p90_absolute_error", 0.9)];

/// The loss whose mean the quantile at `share` makes smallest (Koenker and Bassett 1978), minutes.
fn pinball(share: f64, predicted: f64, actual: f64) -> f64 {
    let above = actual - predicted;
    (share * above).max((share - 1.0) * above)
}

fn of_error<'a>(pairs: &'a Pairs, id: &'static str, unit: &'static str, of: &'a OfError<'_>) -> Mean<'a> {
    let side = |predicted: &'a [f64]| -> Option<OfVisit<'a>> {
        Some(Box::new(move |row| of(predicted[row] - pairs.actual[row])))
    };
    Mean { id, unit, current: side(&pairs.current), candidate: side(&pairs.candidate) }
}

/// `None` where neither model has intervals.
fn of_interval<'a>(pairs: &'a Pairs, id: &'static str, unit: &'static str, of: OfInterval) -> Option<Mean<'a>> {
    let side = |intervals: &'a Option<Vec<WaitInterval>>| -> Option<OfVisit<'a>> {
        let intervals = intervals.as_ref()?;
        Some(Box::new(move |row| of(intervals[row], pairs.actual[row])))
    };
    let (current, candidate) = (side(&pairs.current_intervals), side(&pairs.candidate_intervals));
    (current.is_some() || candidate.is_some()).then_some(Mean { id, unit, current, candidate })
}

/// The share of visits whose error is not above the quantile: what the interval of the quantile is made from.
fn of_quantile<'a>(
    pairs: &'a Pairs,
    id: &'static str,
    share: f64,
    quantiles: &'a [Option<Quantiles>; 2],
) -> Mean<'a> {
    let side = |predicted: &'a [f64], of: &'a Option<Quantiles>| -> Option<OfVisit<'a>> {
        let value = of.as_ref()?.sorted.quantile(share);
        Some(Box::new(move |row| f64::from(u8::from((predicted[row] - pairs.actual[row]).abs() <= value))))
    };
    let [current, candidate] = quantiles;
    let (current, candidate) = (side(&pairs.current, current), side(&pairs.candidate, candidate));
    Mean { id, unit: "minutes", current, candidate }
}

/// The absolute errors of a model in order.
struct Quantiles {
    sorted: Sample,
}

impl Quantiles {
    fn of(pairs: &Pairs, predicted: &[f64]) -> Option<Quantiles> {
        let absolute = predicted.iter().zip(&pairs.actual).map(|(predicted, actual)| (predicted - actual).abs());
        Some(Quantiles { sorted: Sample::new(absolute.collect()).ok()? })
    }
}

/// Every mean with its interval: those of each model from days, those of the differences from site-days.
fn drawn(
    pairs: &Pairs,
    site_days: &Blocks<(u32, CivilDate)>,
    means: &[Mean<'_>],
    bootstrap: BlockBootstrap,
) -> Vec<Metric> {
    let days = by_day(pairs);
    let sums: Vec<BlockSums> = means
        .par_iter()
        .map(|mean| BlockSums {
            sides: [&mean.current, &mean.candidate].map(|side| side.as_ref().map(|of| days.sums(of))),
            difference: mean
                .current
                .as_ref()
                .zip(mean.candidate.as_ref())
                .map(|(current, candidate)| site_days.sums(|row| candidate(row) - current(row))),
        })
        .collect();
    let sides = sums.iter().flat_map(|of| of.sides.iter().flatten());
    let differences = sums.iter().filter_map(|of| of.difference.as_ref());
    let figures = |n: &[u64], columns: Vec<Vec<f64>>| {
        let estimates = bootstrap.means(n, columns.clone()).ok();
        let visits = n.iter().sum::<u64>() as f64;
        let of = |(place, column): (usize, &Vec<f64>)| {
            let estimate: Option<&MeanEstimate> = estimates.as_ref().and_then(|all| all.get(place));
            let interval = estimate.map(|estimate| estimate.interval.deciding());
            Figure {
                value: estimate.map_or_else(|| column.iter().sum::<f64>() / visits, |estimate| estimate.mean),
                low: interval.map(|interval| interval.low),
                high: interval.map(|interval| interval.high),
            }
        };
        columns.iter().enumerate().map(of).collect::<Vec<Figure>>()
    };
    let (of_sides, of_differences) = rayon::join(
        || figures(&days.n, sides.cloned().collect()),
        || figures(&site_days.n, differences.cloned().collect()),
    );
    let (mut of_sides, mut of_differences) = (of_sides.into_iter(), of_differences.into_iter());
    let finite = |figure: Option<Figure>| figure.filter(|figure| figure.value.is_finite());
    means
        .iter()
        .zip(&sums)
        .map(|(mean, sums)| {
            let [current, candidate] =
                [0, 1].map(|side: usize| sums.sides[side].as_ref().and_then(|_| of_sides.next()));
            Metric {
                id: mean.id.to_owned(),
                unit: mean.unit.to_owned(),
                n: pairs.actual.len() as u64,
                current: finite(current),
                candidate: finite(candidate),
                difference: finite(sums.difference.as_ref().and_then(|_| of_differences.next())),
            }
        })
        .collect()
}

/// From the mean square and the ends of its interval to their roots.
fn root(metric: &mut Metric) {
    let root = |figure: Figure| Figure {
        value: figure.value.sqrt(),
        low: figure.low.map(|low| low.max(0.0).sqrt()),
        high: figure.high.map(f64::sqrt),
    };
    (metric.current, metric.candidate) = (metric.current.map(root), metric.candidate.map(root));
    metric.difference = difference(metric.current, metric.candidate);
}

/// From the share of visits below a quantile to the quantile, between the quantiles at the ends of the interval of that share
/// (Woodruff 1952, "Confidence intervals for medians and other position measures").
fn from_shares(metric: &mut Metric, share: f64, quantiles: &[Option<Quantiles>; 2]) {
    let of = |below: Option<Figure>, quantiles: &Option<Quantiles>| {
        let (below, sorted) = (below?, &quantiles.as_ref()?.sorted);
        let half = below.low.zip(below.high).map(|(low, high)| (high - low) / 2.0);
        let end = |half: f64| sorted.quantile((share + half).clamp(0.0, 1.0));
        Some(Figure { value: sorted.quantile(share), low: half.map(|half| end(-half)), high: half.map(end) })
    };
    let [current, candidate] = quantiles;
    (metric.current, metric.candidate) = (of(metric.current, current), of(metric.candidate, candidate));
    metric.difference = difference(metric.current, metric.candidate);
}

/// Without an interval.
fn difference(current: Option<Figure>, candidate: Option<Figure>) -> Option<Figure> {
    Some(Figure { value: candidate?.value - current?.value, low: None, high: None })
}

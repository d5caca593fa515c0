//! Virtual A/B: two models predict the same visits, and the paired difference decides.
//!
//! For each visit `d = |candidate − actual| − |current − actual|`. The means and their ratio are resampled by site-day,
//! the block within which visits share a queue, a staff and a weather. The gate is non-inferiority of the ratio of the
//! mean absolute errors; the definitions are those of the paired block bootstrap in [`crate::base::statistics`].

mod error;
mod metrics;
mod power;
mod slices;
mod tenths;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::analysis::models::WaitInterval;
use crate::base::calendar::CivilDate;
use crate::base::statistics::{
    BlockBootstrap, DieboldMariano, Interval, NonInferiority, PairedBlock, Sample, SignFlips, diebold_mariano,
    diebold_mariano_robust, sign_flips,
};
use crate::base::{Moment, Verdict};

use super::errors::{Errors, errors};

pub use error::ComparisonError;
pub use metrics::{CostWeights, Figure, Metric};
pub use power::Power;
pub use slices::{Dimension, Slice, SliceVerdict};
pub use tenths::Tenth;

/// A slice is judged from this many visits …
pub const FEWEST_SLICE_VISITS: u64 = 100;
/// … on this many days.
pub const FEWEST_SLICE_DAYS: usize = 5;
/// Bars of the histogram of differences.
const DIFFERENCE_BINS: usize = 40;

/// Two predictions of each visit, and what came true.
#[derive(Clone, Debug, Default)]
pub struct Pairs {
    /// The current model's predictions, minutes.
    pub current: Vec<f64>,
    /// The candidate's predictions, minutes.
    pub candidate: Vec<f64>,
    /// The waits, minutes.
    pub actual: Vec<f64>,
    /// The arrivals.
    pub arrived: Vec<Moment>,
    /// The day of each arrival at the site.
    pub day: Vec<CivilDate>,
    /// The site of each visit, as an index into `sites`.
    pub site: Vec<u32>,
    /// The names of the sites.
    pub sites: Vec<String>,
    /// What the visits are divided by, beside the site-days.
    pub dimensions: Vec<Dimension>,
    /// The 80 % intervals of the current model, where it has any.
    pub current_intervals: Option<Vec<WaitInterval>>,
    /// Those of the candidate.
    pub candidate_intervals: Option<Vec<WaitInterval>>,
    /// Visits of the same period that left unserved: not scored.
    pub abandoned: u64,
    /// Visits of the same period that are not over: not scored.
    pub unfinished: u64,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contender {
    /// How people call it: `rule`, `run 3`, `1.2.0`.
    pub name: String,
    /// Its family.
    pub family: String,
    /// Its errors.
    pub errors: Errors,
}

/// One day of both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DailyErrors {
    /// The day.
    pub day: CivilDate,
    /// Visits.
    pub n: u64,
    /// Mean absolute error of the current model, minutes.
    pub mae_current: f64,
    /// Mean absolute error of the candidate, minutes.
    pub mae_candidate: f64,
}

/// A bar of the distribution of differences; the outer bars hold everything beyond.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DifferenceBin {
    /// Lower edge, minutes.
    pub from: f64,
    /// Upper edge, minutes.
    pub to: f64,
    /// Visits.
    pub n: u64,
}

/// One site of both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SiteSlice {
    /// The site.
    pub site: String,
    /// Visits.
    pub n: u64,
    /// Days.
    pub days: u64,
    /// Ratio of the mean absolute errors; absent where there are too few visits or days.
    pub ratio: Option<f64>,
    /// Lower end of its 95 % interval.
    pub ratio_low: Option<f64>,
    /// Upper end.
    pub ratio_high: Option<f64>,
}

/// The result. Errors and differences are in minutes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Visits that both predicted.
    pub n: u64,
    /// Days that they lie on.
    pub days: u64,
    /// Site-days, the blocks of the bootstrap.
    pub site_days: u64,
    /// The first arrival.
    pub from: Moment,
    /// The last arrival.
    pub until: Moment,
    /// Visits of the period that left unserved: not scored.
    pub abandoned: u64,
    /// Visits of the period that are not over: not scored.
    pub unfinished: u64,
    /// The current model.
    pub current: Contender,
    /// The candidate.
    pub candidate: Contender,
    /// MAE of the candidate − MAE of the current model.
    pub delta: f64,
    /// Lower end of its 95 % interval.
    pub delta_low: f64,
    /// Upper end.
    pub delta_high: f64,
    /// MAE of the candidate ÷ MAE of the current model.
    pub ratio: f64,
    /// Lower end of its 95 % interval.
    pub ratio_low: f64,
    /// Upper end.
    pub ratio_high: f64,
    /// Upper one-sided 95 % bound of the ratio, on which the gate rests.
    pub ratio_upper_bound: f64,
    /// Lower one-sided 95 % bound of the ratio.
    pub ratio_lower_bound: f64,
    /// The margin of the gate.
    pub margin: f64,
    /// Whether the candidate's error is at most `margin` times the current model's.
    pub gate: Verdict,
    /// Days of such visits, these included, after which the gate would decide as likely as not; where it is
    /// inconclusive now.
    pub days_needed: Option<u64>,
    /// Share of visits that the candidate predicted better.
    pub candidate_closer: f64,
    /// Share of visits that the current model predicted better.
    pub current_closer: f64,
    /// Day by day.
    pub daily: Vec<DailyErrors>,
    /// The distribution of the differences.
    pub differences: Vec<DifferenceBin>,
    /// Site by site, the candidate's worst first; sites that cannot be judged come last.
    pub sites: Vec<SiteSlice>,
    /// The seed of the bootstrap.
    pub seed: u64,
    /// Its resamples.
    pub resamples: u64,
    /// ΔMAE by percentiles alone, beside the corrected interval above.
    #[serde(default)]
    pub delta_percentile: Option<Interval>,
    /// The ratio likewise.
    #[serde(default)]
    pub ratio_percentile: Option<Interval>,
    /// Other tests of the same difference.
    #[serde(default)]
    pub tests: DifferenceTests,
    /// Every figure of both.
    #[serde(default)]
    pub metrics: Vec<Metric>,
    /// The same comparison, slice by slice, the worst first.
    #[serde(default)]
    pub slices: Vec<Slice>,
    /// By tenths of what was predicted.
    #[serde(default)]
    pub by_predicted: Vec<Tenth>,
    /// By tenths of the true wait.
    #[serde(default)]
    pub by_wait: Vec<Tenth>,
    /// How many days of shadow or canary would show a difference.
    #[serde(default)]
    pub power: Vec<Power>,
}

/// Tests of the difference that rest on other assumptions than the bootstrap; each absent where it is not evaluable.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DifferenceTests {
    /// Diebold and Mariano's, on the daily mean differences, which are a day ahead.
    pub diebold_mariano: Option<DieboldMariano>,
    /// The same, for days that resemble their neighbours.
    pub diebold_mariano_robust: Option<DieboldMariano>,
    /// Flips of the signs of whole site-days.
    pub sign_flips: Option<SignFlips>,
}

/// The name and family of a side.
#[derive(Clone, Debug)]
pub struct Side {
    /// How people call it.
    pub name: String,
    /// Its family.
    pub family: String,
}

/// Compares the two predictions of `pairs`.
///
/// # Errors
/// [`ComparisonError`] where there is too little to compare on. Never a verdict from nothing.
pub fn compare(
    current: Side,
    candidate: Side,
    pairs: &Pairs,
    weights: CostWeights,
    seed: u64,
) -> Result<Comparison, ComparisonError> {
    let days = days_of(pairs);
    let blocks = site_day_blocks(pairs);
    let too_little = || ComparisonError::TooLittle { visits: pairs.actual.len(), site_days: blocks.len() };
    let all: Vec<PairedBlock> = blocks.values().copied().collect();
    if all.len() < 2 || pairs.actual.is_empty() {
        return Err(too_little());
    }
    let bootstrap = BlockBootstrap::seeded(seed);
    let estimate = bootstrap.paired(&all).map_err(|_| ComparisonError::NoCurrentError)?;
    let contender = |side: Side, predicted: &[f64]| {
        let errors = errors(predicted, &pairs.actual, &days, seed).ok_or_else(too_little)?;
        Ok(Contender { name: side.name, family: side.family, errors })
    };
    let current = contender(current, &pairs.current)?;
    let candidate = contender(candidate, &pairs.candidate)?;
    let differences = differences(pairs);
    let closer = |sign: f64| {
        differences.iter().filter(|difference| **difference * sign < 0.0).count() as f64 / differences.len() as f64
    };
    let n_days = current.errors.days;
    let gate = NonInferiority::default().decide(&estimate, n_days);
    let (delta, ratio) = (estimate.delta_interval.deciding(), estimate.ratio_interval.deciding());
    let (Some(from), Some(until)) = (pairs.arrived.iter().min(), pairs.arrived.iter().max()) else {
        return Err(too_little());
    };
    let daily = daily(pairs);
    Ok(Comparison {
        n: pairs.actual.len() as u64,
        days: n_days,
        site_days: all.len() as u64,
        from: *from,
        until: *until,
        abandoned: pairs.abandoned,
        unfinished: pairs.unfinished,
        current,
        candidate,
        delta: estimate.delta,
        delta_low: delta.low,
        delta_high: delta.high,
        ratio: estimate.ratio,
        ratio_low: ratio.low,
        ratio_high: ratio.high,
        ratio_lower_bound: gate.lower,
        ratio_upper_bound: gate.upper,
        margin: gate.limit,
        gate: gate.verdict,
        days_needed: gate.days_needed,
        candidate_closer: closer(1.0),
        current_closer: closer(-1.0),
        tests: tests_of(&daily, &all, seed),
        daily,
        differences: histogram(&differences),
        sites: by_site(pairs, &blocks, bootstrap),
        seed,
        resamples: u64::from(bootstrap.resamples.get()),
        delta_percentile: Some(estimate.delta_interval.percentile),
        ratio_percentile: Some(estimate.ratio_interval.percentile),
        metrics: metrics::metrics(pairs, weights, seed),
        slices: slices::slices(pairs, bootstrap),
        by_predicted: tenths::by_predicted(pairs),
        by_wait: tenths::by_wait(pairs),
        power: power::power(pairs),
    })
}

impl Pairs {
    fn add_to(&self, block: &mut PairedBlock, row: usize) {
        block.n += 1;
        block.sum_abs_error_current += (self.current[row] - self.actual[row]).abs();
        block.sum_abs_error_candidate += (self.candidate[row] - self.actual[row]).abs();
    }
}

fn tests_of(daily: &[DailyErrors], blocks: &[PairedBlock], seed: u64) -> DifferenceTests {
    let days: Vec<f64> = daily.iter().map(|day| day.mae_candidate - day.mae_current).collect();
    let sums = blocks.iter().map(|block| block.sum_abs_error_candidate - block.sum_abs_error_current);
    DifferenceTests {
        diebold_mariano: diebold_mariano(&days, 1).ok(),
        diebold_mariano_robust: diebold_mariano_robust(&days).ok(),
        sign_flips: sign_flips(&sums.collect::<Vec<f64>>(), seed).ok(),
    }
}

fn differences(pairs: &Pairs) -> Vec<f64> {
    let error = |predicted: &f64, actual: &f64| (predicted - actual).abs();
    let both = pairs.current.iter().zip(&pairs.candidate).zip(&pairs.actual);
    both.map(|((current, candidate), actual)| error(candidate, actual) - error(current, actual)).collect()
}

/// A number for each visit's day.
fn days_of(pairs: &Pairs) -> Vec<u32> {
    let mut numbers = BTreeMap::new();
    for day in &pairs.day {
        numbers.entry(*day).or_insert(0_u32);
    }
    for (number, slot) in (0..).zip(numbers.values_mut()) {
        *slot = number;
    }
    pairs.day.iter().map(|day| numbers.get(day).copied().unwrap_or_default()).collect()
}

const NO_VISITS: PairedBlock = PairedBlock { n: 0, sum_abs_error_current: 0.0, sum_abs_error_candidate: 0.0 };

type Blocks = BTreeMap<(u32, CivilDate), PairedBlock>;

fn site_day_blocks(pairs: &Pairs) -> Blocks {
    let mut blocks = Blocks::new();
    for row in 0..pairs.actual.len() {
        pairs.add_to(blocks.entry((pairs.site[row], pairs.day[row])).or_insert(NO_VISITS), row);
    }
    blocks
}

fn daily(pairs: &Pairs) -> Vec<DailyErrors> {
    let mut days = BTreeMap::<CivilDate, PairedBlock>::new();
    for ((_, day), block) in site_day_blocks(pairs) {
        let sum = days.entry(day).or_insert(NO_VISITS);
        sum.n += block.n;
        sum.sum_abs_error_current += block.sum_abs_error_current;
        sum.sum_abs_error_candidate += block.sum_abs_error_candidate;
    }
    days.into_iter()
        .map(|(day, sum)| DailyErrors {
            day,
            n: sum.n,
            mae_current: sum.sum_abs_error_current / sum.n as f64,
            mae_candidate: sum.sum_abs_error_candidate / sum.n as f64,
        })
        .collect()
}

/// Symmetric around zero and as wide as 98 % of the differences; the outer bars hold what lies beyond.
fn histogram(differences: &[f64]) -> Vec<DifferenceBin> {
    let Ok(sizes) = Sample::new(differences.iter().map(|difference| difference.abs()).collect()) else {
        return Vec::new();
    };
    let reach = sizes.quantile(0.98).max(1e-3);
    let width = 2.0 * reach / DIFFERENCE_BINS as f64;
    let edge = |index: usize| -reach + width * index as f64;
    let mut bins: Vec<DifferenceBin> =
        (0..DIFFERENCE_BINS).map(|index| DifferenceBin { from: edge(index), to: edge(index + 1), n: 0 }).collect();
    for difference in differences {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the bars")]
        let index = ((difference + reach) / width).clamp(0.0, (DIFFERENCE_BINS - 1) as f64) as usize;
        bins[index].n += 1;
    }
    bins
}

fn by_site(pairs: &Pairs, blocks: &Blocks, bootstrap: BlockBootstrap) -> Vec<SiteSlice> {
    let mut by_site = BTreeMap::<u32, Vec<PairedBlock>>::new();
    for ((site, _), block) in blocks {
        by_site.entry(*site).or_default().push(*block);
    }
    let slice = |(site, blocks): (u32, Vec<PairedBlock>)| {
        let n = blocks.iter().map(|block| block.n).sum();
        let judged = n >= FEWEST_SLICE_VISITS && blocks.len() >= FEWEST_SLICE_DAYS;
        let estimate = if judged { bootstrap.paired(&blocks).ok() } else { None };
        let interval = |end: fn(Interval) -> f64| estimate.map(|estimate| end(estimate.ratio_interval.deciding()));
        SiteSlice {
            site: pairs.sites.get(site as usize).cloned().unwrap_or_default(),
            n,
            days: blocks.len() as u64,
            ratio: estimate.map(|estimate| estimate.ratio),
            ratio_low: interval(|interval| interval.low),
            ratio_high: interval(|interval| interval.high),
        }
    };
    let mut slices: Vec<SiteSlice> = by_site.into_iter().map(slice).collect();
    let badness = |slice: &SiteSlice| slice.ratio.unwrap_or(f64::NEG_INFINITY);
    slices.sort_by(|a, b| badness(b).total_cmp(&badness(a)).then_with(|| a.site.cmp(&b.site)));
    slices
}

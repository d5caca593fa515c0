//! Virtual A/B: two models predict the same visits, and the paired difference decides.
//!
//! For each visit `d = |candidate − actual| − |current − actual|`. The means and their ratio are resampled by site-day,
//! the block within which visits share a queue, a staff and a weather. The gate is non-inferiority of the ratio of the
//! mean absolute errors; the definitions are those of the paired block bootstrap in [`crate::base::statistics`].

mod blocks;
mod error;
pub(super) mod lineage;
mod metrics;
mod power;
mod result;
mod slices;
mod tenths;
mod worst;
#[cfg(test)]
mod worst_tests;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::analysis::models::WaitInterval;
use crate::base::Moment;
use crate::base::calendar::CivilDate;
use crate::base::statistics::{
    BlockBootstrap, Interval, NonInferiority, PairedBlock, Sample, diebold_mariano, diebold_mariano_robust,
    sign_flips,
};

use super::errors::errors;
use blocks::{Blocks, by_day, by_site_day};

pub use error::ComparisonError;
pub use lineage::{Lineage, LineageKind, MOST_UNPREDICTED, Selection};
pub use metrics::{CostWeights, Figure, Metric};
pub use power::Power;
pub use result::{
    Comparison, Contender, DailyErrors, Difference, DifferenceBin, DifferenceTests, INTERVAL_METHOD, Side,
    SiteSlice,
};
pub use slices::{Dimension, Slice, SliceVerdict};
pub use tenths::Tenth;
pub use worst::{Condition, Factor, Holds, WorstSlice};

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
    /// Numbers that were known at each arrival, by which the worst slice is looked for.
    pub factors: Vec<Factor>,
    /// The 80 % intervals of the current model, where it has any.
    pub current_intervals: Option<Vec<WaitInterval>>,
    /// Those of the candidate.
    pub candidate_intervals: Option<Vec<WaitInterval>>,
    /// Visits of the same period that left unserved: not scored.
    pub abandoned: u64,
    /// Visits of the same period that are not over: not scored.
    pub unfinished: u64,
    /// Whether both models were trained on other visits.
    pub lineage: Lineage,
    /// Which visits were asked for, and which of them have no prediction.
    pub selection: Selection,
}

/// How two models are compared.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// What errors cost people.
    pub weights: CostWeights,
    /// What the ratio of the errors is held against.
    pub margin: NonInferiority,
    /// The seed of the bootstrap.
    pub seed: u64,
}

impl Settings {
    /// The usual ones.
    #[must_use]
    pub fn seeded(seed: u64) -> Settings {
        Settings { weights: CostWeights::default(), margin: NonInferiority::default(), seed }
    }
}

/// Compares the two predictions of `pairs`.
///
/// # Errors
/// [`ComparisonError`] where there is too little to compare on. Never a verdict from nothing.
pub fn compare(
    current: Side,
    candidate: Side,
    pairs: &Pairs,
    settings: Settings,
) -> Result<Comparison, ComparisonError> {
    let Settings { weights, margin, seed } = settings;
    let site_days = by_site_day(pairs);
    let all = paired_blocks(pairs, &site_days);
    let too_little = || ComparisonError::TooLittle { visits: pairs.actual.len(), site_days: all.len() };
    let days = by_day(pairs).code;
    if all.len() < 2 || pairs.actual.is_empty() {
        return Err(too_little());
    }
    let bootstrap = BlockBootstrap::seeded(seed);
    let estimate = bootstrap.paired(&all).map_err(|_| ComparisonError::NoCurrentError)?;
    let contender = |side: Side, predicted: &[f64]| {
        let errors = errors(predicted, &pairs.actual, &days, seed);
        errors.map(|errors| Contender { name: side.name, family: side.family, errors })
    };
    // What does not need each other runs beside each other; each part comes to the same whatever runs first.
    let ((slices, metrics), ((current, candidate), (worst_slice, (by_predicted, by_wait)))) = rayon::join(
        || {
            rayon::join(
                || slices::slices(pairs, bootstrap),
                || metrics::metrics(pairs, &site_days, &estimate, weights),
            )
        },
        || {
            rayon::join(
                || (contender(current, &pairs.current), contender(candidate, &pairs.candidate)),
                || {
                    let tenths = rayon::join(|| tenths::by_predicted(pairs), || tenths::by_wait(pairs));
                    (worst::worst(pairs, bootstrap), tenths)
                },
            )
        },
    );
    let (Some(current), Some(candidate)) = (current, candidate) else { return Err(too_little()) };
    let differences = differences(pairs);
    let closer = |sign: f64| {
        differences.iter().filter(|difference| **difference * sign < 0.0).count() as f64 / differences.len() as f64
    };
    let n_days = current.errors.days;
    let gate = margin.decide(&estimate, n_days);
    let (verdict, reason) = lineage::judged(pairs, &gate, n_days);
    let (delta, ratio) = (estimate.delta_interval.deciding(), estimate.ratio_interval.deciding());
    let (Some(from), Some(until)) = (pairs.arrived.iter().min(), pairs.arrived.iter().max()) else {
        return Err(too_little());
    };
    let daily = daily(&site_days, &all);
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
        gate: verdict,
        gate_reason: reason.map(str::to_owned),
        lineage: pairs.lineage.clone(),
        selection: pairs.selection.clone(),
        days_needed: gate
            .days_needed
            .filter(|_| reason == Some(lineage::UNDECIDED) || reason == Some(lineage::FEW)),
        candidate_closer: closer(1.0),
        current_closer: closer(-1.0),
        tests: tests_of(&daily, &all, seed),
        daily,
        differences: histogram(&differences),
        sites: by_site(pairs, &site_days, &all, bootstrap),
        seed,
        resamples: u64::from(bootstrap.resamples.get()),
        interval_method: INTERVAL_METHOD.to_owned(),
        delta_percentile: Some(estimate.delta_interval.percentile),
        ratio_percentile: Some(estimate.ratio_interval.percentile),
        delta_bca: estimate.delta_interval.bca,
        ratio_bca: estimate.ratio_interval.bca,
        metrics,
        slices,
        worst_slice,
        by_predicted,
        by_wait,
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

const NO_VISITS: PairedBlock = PairedBlock { n: 0, sum_abs_error_current: 0.0, sum_abs_error_candidate: 0.0 };

fn paired_blocks(pairs: &Pairs, site_days: &Blocks<(u32, CivilDate)>) -> Vec<PairedBlock> {
    let mut blocks = vec![NO_VISITS; site_days.n.len()];
    for (row, block) in site_days.code.iter().enumerate() {
        pairs.add_to(&mut blocks[*block as usize], row);
    }
    blocks
}

fn daily(site_days: &Blocks<(u32, CivilDate)>, blocks: &[PairedBlock]) -> Vec<DailyErrors> {
    let mut days = BTreeMap::<CivilDate, PairedBlock>::new();
    for ((_, day), block) in site_days.keys.iter().zip(blocks) {
        let sum = days.entry(*day).or_insert(NO_VISITS);
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

fn by_site(
    pairs: &Pairs,
    site_days: &Blocks<(u32, CivilDate)>,
    blocks: &[PairedBlock],
    bootstrap: BlockBootstrap,
) -> Vec<SiteSlice> {
    let mut by_site = BTreeMap::<u32, Vec<PairedBlock>>::new();
    for ((site, _), block) in site_days.keys.iter().zip(blocks) {
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
    let by_site: Vec<_> = by_site.into_iter().collect();
    let mut slices: Vec<SiteSlice> = by_site.into_par_iter().map(slice).collect();
    let badness = |slice: &SiteSlice| slice.ratio.unwrap_or(f64::NEG_INFINITY);
    slices.sort_by(|a, b| badness(b).total_cmp(&badness(a)).then_with(|| a.site.cmp(&b.site)));
    slices
}

//! The paired block bootstrap: how sure a comparison of two models on the same visits is.
//!
//! Visits of one site-day are not independent, so whole blocks are drawn, with replacement, as many as there are.
//! A block comes as its sums, so that a resample costs one addition a block. Equal seeds give equal bits. Not
//! here: the making of blocks, the sign-flip test, Diebold–Mariano. The drawing and the intervals themselves are in
//! `resampling.rs`.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::resampling::{Resampled, draws, intervals};
use super::{NotEvaluable, real};

/// The visits of one site-day under both models. Errors are in one unit (minutes).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairedBlock {
    /// Visits; at least one.
    pub n: u64,
    /// Sum over the visits of the current model's absolute errors.
    pub sum_abs_error_current: f64,
    /// Sum over the same visits of the candidate's absolute errors.
    pub sum_abs_error_candidate: f64,
}

/// The visits of one block and the sum of what is averaged over them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Visits; at least one.
    pub n: u64,
    /// The sum of the values, in their unit.
    pub sum: f64,
}

/// How often and from which seed to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockBootstrap {
    /// Resamples; 2,000 by the definitions.
    pub resamples: NonZeroU32,
    /// Where the draws start.
    pub seed: u64,
}

/// Two ends, in the unit of the estimate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// One interval by three methods.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intervals {
    /// Between quantiles of the resampled estimates.
    pub percentile: Interval,
    /// Bias-corrected and accelerated (Efron 1987); `None` where all resamples lie to one side of the estimate,
    /// or the correction is too large to mean anything.
    pub bca: Option<Interval>,
    /// The outer ends of both, at shares that are moved outward for the number of blocks, as Student's t reaches further than the
    /// normal distribution (Hesterberg 2015); blocks of unequal weight count for fewer. The one that decides: with few blocks the
    /// other two hold the truth less often than they say. Those of a difference and of the ratio of the same means end at the same
    /// shares, so that one leaves out 0 where the other leaves out 1.
    pub expanded: Interval,
}

/// Two models on the same visits. Errors are in the unit of the blocks (minutes).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairedEstimate {
    /// Visits that both models predicted.
    pub n_visits: u64,
    /// Blocks (site-days) they lie in.
    pub n_blocks: u64,
    /// How it was drawn.
    pub bootstrap: BlockBootstrap,
    /// Mean absolute error of the current model.
    pub mae_current: f64,
    /// Mean absolute error of the candidate.
    pub mae_candidate: f64,
    /// `mae_candidate − mae_current`; below zero, the candidate is better.
    pub delta: f64,
    /// 95 %, two-sided, of `delta`.
    pub delta_interval: Intervals,
    /// `mae_candidate / mae_current`.
    pub ratio: f64,
    /// 95 %, two-sided, of `ratio`.
    pub ratio_interval: Intervals,
    /// The one-sided 95 % bounds of `ratio`, lower and upper.
    pub ratio_one_sided_95: Intervals,
}

/// A mean over visits, such as one model's MAE.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeanEstimate {
    /// Visits.
    pub n_visits: u64,
    /// Blocks they lie in.
    pub n_blocks: u64,
    /// How it was drawn.
    pub bootstrap: BlockBootstrap,
    /// The mean, in the unit of the values.
    pub mean: f64,
    /// 95 %, two-sided.
    pub interval: Intervals,
}

/// The shares at the ends of a two-sided 95 % interval, and of two one-sided 95 % bounds: lower end, upper end.
const TWO_SIDED_95: [f64; 2] = [0.025, 0.975];
const ONE_SIDED_95: [f64; 2] = [0.05, 0.95];

impl Intervals {
    /// The one that decides.
    #[must_use]
    pub fn deciding(&self) -> Interval {
        self.expanded
    }
}

impl PairedEstimate {
    /// 95 % sure, the ratio is not below this.
    #[must_use]
    pub fn ratio_lower_one_sided_95(&self) -> f64 {
        self.ratio_one_sided_95.deciding().low
    }

    /// 95 % sure, the ratio is not above this.
    #[must_use]
    pub fn ratio_upper_one_sided_95(&self) -> f64 {
        self.ratio_one_sided_95.deciding().high
    }
}

impl BlockBootstrap {
    /// 2,000 resamples from `seed`.
    #[must_use]
    pub const fn seeded(seed: u64) -> BlockBootstrap {
        const RESAMPLES: NonZeroU32 = NonZeroU32::new(2_000).unwrap(); // evaluated by the compiler
        BlockBootstrap { resamples: RESAMPLES, seed }
    }

    /// ΔMAE and the ratio of the MAEs, with their intervals.
    ///
    /// Reference: `scipy.stats.bootstrap(paired=True)` where each block is one row. Fails where there are fewer
    /// than two blocks, a block without visits, a sum that is negative or not finite, or where the current model's
    /// error is zero in all or in some resample.
    pub fn paired(self, blocks: &[PairedBlock]) -> Result<PairedEstimate, NotEvaluable> {
        self.paired_by(blocks, &mut draws(self.seed))
    }

    /// The mean over all visits, with its interval.
    ///
    /// Fails where there are fewer than two blocks, a block without visits, or a sum that is not finite.
    pub fn mean(self, blocks: &[Block]) -> Result<MeanEstimate, NotEvaluable> {
        self.mean_by(blocks, &mut draws(self.seed))
    }

    /// The means over the same visits of several values, all from the same draws, so that what is drawn is the same for each
    /// and a further mean costs little. `n` are the visits of each block, `sums` a column of sums for each value.
    ///
    /// Fails as [`BlockBootstrap::mean`].
    pub fn means(self, n: &[u64], sums: Vec<Vec<f64>>) -> Result<Vec<MeanEstimate>, NotEvaluable> {
        let mut columns = vec![n.iter().map(|n| real(*n)).collect()];
        columns.extend(sums);
        self.means_of(&columns, &mut draws(self.seed))
    }

    pub(super) fn paired_by(
        self,
        blocks: &[PairedBlock],
        draw: &mut impl FnMut(usize) -> usize,
    ) -> Result<PairedEstimate, NotEvaluable> {
        if blocks.iter().any(|block| block.sum_abs_error_current < 0.0 || block.sum_abs_error_candidate < 0.0) {
            return Err(NotEvaluable::NegativeError);
        }
        let column = |of: fn(&PairedBlock) -> f64| blocks.iter().map(of).collect::<Vec<f64>>();
        let columns = [
            column(|block| real(block.n)),
            column(|block| block.sum_abs_error_current),
            column(|block| block.sum_abs_error_candidate),
        ];
        let weights: Vec<f64> = columns[1].iter().zip(&columns[2]).map(|(one, other)| one + other).collect();
        let resampled = Resampled::draw(&columns, &weights, self.resamples, draw)?;
        let delta = resampled.estimate([0, 1, 2], |[n, current, candidate]| (candidate - current) / n)?;
        let ratio = resampled.estimate([1, 2], |[current, candidate]| candidate / current)?;
        let mae = |column: usize| resampled.total[column] / resampled.total[0]; // three columns
        let [delta_interval, ratio_interval] = intervals([&delta, &ratio], TWO_SIDED_95);
        Ok(PairedEstimate {
            n_visits: blocks.iter().map(|block| block.n).sum(),
            n_blocks: blocks.len() as u64,
            bootstrap: self,
            mae_current: mae(1),
            mae_candidate: mae(2),
            delta: delta.value,
            delta_interval,
            ratio: ratio.value,
            ratio_interval,
            ratio_one_sided_95: ratio.intervals(ONE_SIDED_95),
        })
    }

    fn mean_by(
        self,
        blocks: &[Block],
        draw: &mut impl FnMut(usize) -> usize,
    ) -> Result<MeanEstimate, NotEvaluable> {
        let columns =
            [blocks.iter().map(|block| real(block.n)).collect(), blocks.iter().map(|block| block.sum).collect()];
        // One column of sums has one mean.
        self.means_of(&columns, draw)?.pop().ok_or(NotEvaluable::NoValues)
    }

    /// Of columns of which the first are the visits.
    fn means_of(
        self,
        columns: &[Vec<f64>],
        draw: &mut impl FnMut(usize) -> usize,
    ) -> Result<Vec<MeanEstimate>, NotEvaluable> {
        let visits = columns.first().map_or(&[][..], Vec::as_slice);
        let resampled = Resampled::draw(columns, visits, self.resamples, draw)?;
        let of = |column: usize| {
            let mean = resampled.estimate([0, column], |[n, sum]| sum / n)?;
            Ok(MeanEstimate {
                n_visits: whole(resampled.total[0]),
                n_blocks: columns[0].len() as u64, // there are blocks, or nothing was drawn
                bootstrap: self,
                mean: mean.value,
                interval: mean.intervals(TWO_SIDED_95),
            })
        };
        (1..columns.len()).map(of).collect()
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sum of counts far below 2^53")]
fn whole(count: f64) -> u64 {
    count as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::statistics::golden::{GOLDEN, assert_close};

    fn single_rows(current: &[f64], candidate: &[f64]) -> Vec<PairedBlock> {
        paired(&vec![1; current.len()], current, candidate)
    }

    fn paired(n: &[u64], current: &[f64], candidate: &[f64]) -> Vec<PairedBlock> {
        let sums = n.iter().zip(current.iter().zip(candidate));
        sums.map(|(n, (current, candidate))| PairedBlock {
            n: *n,
            sum_abs_error_current: *current,
            sum_abs_error_candidate: *candidate,
        })
        .collect()
    }

    fn means(n: &[u64], sums: &[f64]) -> Vec<Block> {
        n.iter().zip(sums).map(|(n, sum)| Block { n: *n, sum: *sum }).collect()
    }

    fn assert_interval(ours: Interval, expected: (f64, f64), tolerance: f64) {
        assert_close(ours.low, expected.0, tolerance);
        assert_close(ours.high, expected.1, tolerance);
    }

    #[test]
    fn on_shared_resamples_every_interval_is_that_of_scipy() {
        let golden = &GOLDEN.shared_resamples;
        let resamples = NonZeroU32::new(golden.draws.len() as u32).unwrap();
        let bootstrap = BlockBootstrap { resamples, seed: 0 };
        let mut given = golden.draws.iter().flatten().copied();
        let blocks = paired(&golden.n, &golden.current, &golden.candidate);
        let ours = bootstrap.paired_by(&blocks, &mut |_| given.next().unwrap()).unwrap();
        assert_interval(ours.delta_interval.percentile, golden.delta_percentile_95, 1e-9);
        assert_interval(ours.delta_interval.bca.unwrap(), golden.delta_bca_95, 1e-9);
        assert_interval(ours.ratio_interval.percentile, golden.ratio_percentile_95, 1e-9);
        assert_interval(ours.ratio_interval.bca.unwrap(), golden.ratio_bca_95, 1e-9);
        assert_interval(ours.ratio_one_sided_95.percentile, golden.ratio_percentile_90, 1e-9);
        assert_interval(ours.ratio_one_sided_95.bca.unwrap(), golden.ratio_bca_90, 1e-9);
        assert_eq!(ours.ratio_upper_one_sided_95(), ours.ratio_one_sided_95.expanded.high);
        // Further out than the percentiles, by as much as Student's t.
        let (inner, outer) = (ours.ratio_interval.percentile, ours.ratio_interval.deciding());
        assert!(outer.low < inner.low && inner.high < outer.high, "{inner:?}, {outer:?}");
        let mut given = golden.draws.iter().flatten().copied();
        let blocks = means(&golden.n, &golden.current);
        let ours = bootstrap.mean_by(&blocks, &mut |_| given.next().unwrap()).unwrap();
        assert_interval(ours.interval.percentile, golden.mae_current_percentile_95, 1e-9);
        assert_interval(ours.interval.bca.unwrap(), golden.mae_current_bca_95, 1e-9);
    }

    /// With B resamples on each side, an end of a 95 % interval has a Monte-Carlo error of about
    /// √(0.025 · 0.975 / B) / φ(1.96) standard errors: 0.0085 at B = 100,000. BCa adds that of its bias, 2 · 0.004.
    /// The difference of two sides is √2 of that, 0.016; five times it is 0.08.
    #[test]
    fn with_single_rows_and_many_resamples_the_intervals_are_those_of_scipy() {
        let golden = &GOLDEN.single_rows;
        let bootstrap = BlockBootstrap { resamples: NonZeroU32::new(100_000).unwrap(), seed: 11 };
        let tolerance = 0.08 * golden.mae_current_standard_error;
        let mean = bootstrap.mean(&means(&vec![1; golden.current.len()], &golden.current)).unwrap();
        assert_interval(mean.interval.percentile, golden.mae_current_percentile, tolerance);
        assert_interval(mean.interval.bca.unwrap(), golden.mae_current_bca, tolerance);
        let tolerance = 0.08 * golden.ratio_standard_error;
        let both = bootstrap.paired(&single_rows(&golden.current, &golden.candidate)).unwrap();
        assert_interval(both.ratio_interval.percentile, golden.ratio_percentile, tolerance);
        assert_interval(both.ratio_interval.bca.unwrap(), golden.ratio_bca, tolerance);
        assert_eq!((both.n_visits, both.n_blocks), (80, 80));
    }

    #[test]
    fn several_means_from_the_same_draws_are_each_what_it_is_alone() {
        let golden = &GOLDEN.shared_resamples;
        let bootstrap = BlockBootstrap::seeded(4);
        let both = bootstrap.means(&golden.n, vec![golden.current.clone(), golden.candidate.clone()]).unwrap();
        let alone =
            [&golden.current, &golden.candidate].map(|sums| bootstrap.mean(&means(&golden.n, sums)).unwrap());
        assert_eq!(both, alone);
        assert_eq!(bootstrap.means(&[], vec![Vec::new()]), Err(NotEvaluable::TooFewBlocks { n: 0, needed: 2 }));
    }

    #[test]
    fn equal_seeds_give_equal_bits_and_others_do_not() {
        let golden = &GOLDEN.single_rows;
        let blocks = single_rows(&golden.current, &golden.candidate);
        let once = BlockBootstrap::seeded(5).paired(&blocks).unwrap();
        assert_eq!(once, BlockBootstrap::seeded(5).paired(&blocks).unwrap());
        assert_ne!(once.ratio_interval, BlockBootstrap::seeded(6).paired(&blocks).unwrap().ratio_interval);
        let text = serde_json::to_string(&once).unwrap();
        assert_eq!(serde_json::from_str::<PairedEstimate>(&text).unwrap(), once);
    }

    /// Blocks as different as those of a queue, in which the candidate is as good as the current model, or a little better.
    #[test]
    fn the_difference_and_the_ratio_never_contradict_each_other() {
        let mut draw = draws(8);
        let mut clear = 0;
        for seed in 0..400 {
            let mut level = || (draw(1_000) as f64 / 500.0 - 1.0).exp();
            let blocks: Vec<PairedBlock> = (0..30)
                .map(|_| {
                    let current = 40.0 * level() * level();
                    let candidate = current * 0.85 * level().sqrt();
                    PairedBlock { n: 20, sum_abs_error_current: current, sum_abs_error_candidate: candidate }
                })
                .collect();
            let found = BlockBootstrap::seeded(seed).paired(&blocks).unwrap();
            let (delta, ratio) = (found.delta_interval.deciding(), found.ratio_interval.deciding());
            assert_eq!(delta.high < 0.0, ratio.high < 1.0, "{seed}: {delta:?}, {ratio:?}");
            assert_eq!(delta.low > 0.0, ratio.low > 1.0, "{seed}: {delta:?}, {ratio:?}");
            clear += u32::from(delta.high < 0.0);
        }
        assert!((20..380).contains(&clear), "{clear}");
    }

    #[test]
    fn equal_models_have_a_ratio_of_one_without_any_doubt() {
        let errors: Vec<f64> = (1..30).map(|day| f64::from(day) * 0.1).collect();
        let ours = BlockBootstrap::seeded(1).paired(&single_rows(&errors, &errors)).unwrap();
        let one = Interval { low: 1.0, high: 1.0 };
        assert_eq!((ours.ratio, ours.delta), (1.0, 0.0));
        assert_eq!(ours.ratio_interval, Intervals { percentile: one, bca: Some(one), expanded: one });
    }

    #[test]
    fn what_cannot_be_computed_says_why() {
        let paired = |current: &[f64], candidate: &[f64]| {
            BlockBootstrap::seeded(1).paired(&single_rows(current, candidate)).map(|ours| ours.ratio)
        };
        assert_eq!(paired(&[], &[]), Err(NotEvaluable::TooFewBlocks { n: 0, needed: 2 }));
        assert_eq!(paired(&[1.0], &[1.0]), Err(NotEvaluable::TooFewBlocks { n: 1, needed: 2 }));
        assert_eq!(paired(&[0.0, 0.0], &[1.0, 1.0]), Err(NotEvaluable::ZeroDenominator));
        // The total is above zero, but some resamples are not.
        assert_eq!(paired(&[0.0, 3.0], &[1.0, 1.0]), Err(NotEvaluable::ZeroDenominator));
        assert_eq!(paired(&[f64::NAN, 1.0], &[1.0, 1.0]), Err(NotEvaluable::NotFinite));
        assert_eq!(paired(&[f64::MAX, f64::MAX], &[1.0, 1.0]), Err(NotEvaluable::NotFinite));
        assert_eq!(paired(&[1.0, 2.0], &[1.0, -1.0]), Err(NotEvaluable::NegativeError));
        let empty = [Block { n: 0, sum: 0.0 }, Block { n: 3, sum: 1.0 }];
        assert_eq!(BlockBootstrap::seeded(1).mean(&empty), Err(NotEvaluable::EmptyBlock));
    }
}

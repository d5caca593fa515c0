//! Where the candidate is better and where it is worse: the same comparison, slice by slice.
//!
//! A slice is a level of a dimension: a site, a service, an hour. It is judged where it has enough visits and days; its
//! p-value is that of sign flips of its site-days, adjusted over all slices that were judged, since among many slices some
//! look bad by chance alone.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::calendar::CivilDate;
use crate::base::statistics::{BlockBootstrap, PairedBlock, benjamini_hochberg, sign_flips};

use super::blocks::Blocks;
use super::{FEWEST_SLICE_DAYS, FEWEST_SLICE_VISITS, NO_VISITS, Pairs};

/// Of the slices that are called different, at most this share is expected to be so by chance.
pub const FALSE_DISCOVERIES: f64 = 0.05;

/// What visits are divided by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dimension {
    /// Its id: `site`, `service`, `hour`, `weekday`, `channel`, `load`, `site_age`; `slice.ID` is its name for people.
    pub id: &'static str,
    /// Its levels.
    pub levels: Vec<String>,
    /// The level of each visit, as an index into `levels`; beyond them where it is not known.
    pub code: Vec<u32>,
}

/// What is said of a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SliceVerdict {
    /// The candidate is worse there, by more than chance.
    Worse,
    /// It is better there, by more than chance.
    Better,
    /// The two cannot be told apart there.
    Alike,
    /// Too few visits or days.
    NotJudged,
}

/// A level of a dimension. Errors are in minutes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slice {
    /// The [`Dimension::id`].
    pub dimension: String,
    /// The level.
    pub level: String,
    /// Visits.
    pub n: u64,
    /// Days.
    pub days: u64,
    /// Site-days.
    pub site_days: u64,
    /// Mean absolute error of the current model.
    pub mae_current: f64,
    /// Mean absolute error of the candidate.
    pub mae_candidate: f64,
    /// Their ratio; absent where the slice is not judged.
    pub ratio: Option<f64>,
    /// Lower end of its 95 % interval.
    pub ratio_low: Option<f64>,
    /// Upper end.
    pub ratio_high: Option<f64>,
    /// One-sided 95 % bounds of the ratio, lower and upper.
    pub ratio_bounds: Option<[f64; 2]>,
    /// Two-sided p of the sign flips.
    pub p: Option<f64>,
    /// The same, adjusted over all slices that were judged (Benjamini and Hochberg).
    pub p_adjusted: Option<f64>,
    /// What is said of it.
    pub verdict: SliceVerdict,
}

/// Every slice of every dimension of `pairs`: those that are worse first, the largest ratio first among them; those that
/// cannot be judged last.
pub(super) fn slices(pairs: &Pairs, bootstrap: BlockBootstrap) -> Vec<Slice> {
    let levels: Vec<(&Dimension, u32, Vec<Block>)> = pairs
        .dimensions
        .par_iter()
        .flat_map_iter(|dimension| {
            let mut blocks = blocks(pairs, dimension);
            // Where all visits have one level, it is the whole comparison once more, and would only dilute the others.
            if blocks.len() < 2 {
                blocks.clear();
            }
            blocks.into_iter().map(move |(level, blocks)| (dimension, level, blocks))
        })
        .collect();
    let of_level = |(dimension, level, blocks): &(&Dimension, u32, Vec<Block>)| {
        Some(slice(dimension.id, dimension.levels.get(*level as usize)?, blocks, bootstrap))
    };
    let mut found: Vec<Slice> = levels.par_iter().filter_map(of_level).collect();
    let p: Vec<f64> = found.iter().map(|slice| slice.p.unwrap_or(f64::NAN)).collect();
    for (slice, adjusted) in found.iter_mut().zip(benjamini_hochberg(&p)) {
        slice.p_adjusted = Some(adjusted).filter(|adjusted| !adjusted.is_nan());
        slice.verdict = match (slice.p_adjusted, slice.ratio) {
            (Some(p), Some(ratio)) if p <= FALSE_DISCOVERIES && ratio > 1.0 => SliceVerdict::Worse,
            (Some(p), Some(ratio)) if p <= FALSE_DISCOVERIES && ratio < 1.0 => SliceVerdict::Better,
            (Some(_), Some(_)) => SliceVerdict::Alike,
            _ => SliceVerdict::NotJudged,
        };
    }
    let badness = |slice: &Slice| {
        let rank = match slice.verdict {
            SliceVerdict::Worse => 2,
            SliceVerdict::Alike | SliceVerdict::Better => 1,
            SliceVerdict::NotJudged => 0,
        };
        (rank, slice.ratio.unwrap_or(f64::NEG_INFINITY))
    };
    found.sort_by(|a, b| {
        let ((rank_a, ratio_a), (rank_b, ratio_b)) = (badness(a), badness(b));
        rank_b.cmp(&rank_a).then(ratio_b.total_cmp(&ratio_a)).then_with(|| a.level.cmp(&b.level))
    });
    found
}

/// A site-day of a slice.
type Block = (CivilDate, PairedBlock);

/// The site-days of each level that has visits, by level, site and day.
fn blocks(pairs: &Pairs, dimension: &Dimension) -> BTreeMap<u32, Vec<Block>> {
    let known = |level: u32| (level as usize) < dimension.levels.len();
    let places = dimension.code.iter().zip(pairs.site.iter().zip(&pairs.day));
    // Visits whose level is not known are blocks of their own, which are let go.
    let of_visits = Blocks::of(
        places.map(|(level, (site, day))| (if known(*level) { *level } else { u32::MAX }, *site, *day)),
    );
    let mut sums = vec![NO_VISITS; of_visits.n.len()];
    for (row, block) in of_visits.code.iter().enumerate() {
        pairs.add_to(&mut sums[*block as usize], row);
    }
    let mut levels = BTreeMap::<u32, Vec<Block>>::new();
    for ((level, _, day), sum) in of_visits.keys.into_iter().zip(sums) {
        if known(level) {
            levels.entry(level).or_default().push((day, sum));
        }
    }
    levels
}

fn slice(dimension: &str, level: &str, blocks: &[Block], bootstrap: BlockBootstrap) -> Slice {
    let all: Vec<PairedBlock> = blocks.iter().map(|(_, block)| *block).collect();
    let n: u64 = all.iter().map(|block| block.n).sum();
    let days: std::collections::BTreeSet<CivilDate> = blocks.iter().map(|(day, _)| *day).collect();
    let sum = |of: fn(&PairedBlock) -> f64| all.iter().map(of).sum::<f64>();
    let current = sum(|block| block.sum_abs_error_current);
    let candidate = sum(|block| block.sum_abs_error_candidate);
    let judged = n >= FEWEST_SLICE_VISITS && days.len() >= FEWEST_SLICE_DAYS;
    let estimate = judged.then(|| bootstrap.paired(&all).ok()).flatten();
    let differences: Vec<f64> =
        all.iter().map(|block| block.sum_abs_error_candidate - block.sum_abs_error_current).collect();
    let interval = estimate.map(|estimate| estimate.ratio_interval.deciding());
    Slice {
        dimension: dimension.to_owned(),
        level: level.to_owned(),
        n,
        days: days.len() as u64,
        site_days: all.len() as u64,
        mae_current: current / n as f64,
        mae_candidate: candidate / n as f64,
        ratio: estimate.map(|estimate| estimate.ratio),
        ratio_low: interval.map(|interval| interval.low),
        ratio_high: interval.map(|interval| interval.high),
        ratio_bounds: estimate
            .map(|estimate| [estimate.ratio_lower_one_sided_95(), estimate.ratio_upper_one_sided_95()]),
        p: estimate.and_then(|_| sign_flips(&differences, bootstrap.seed).ok()).map(|found| found.p),
        p_adjusted: None,
        verdict: SliceVerdict::NotJudged,
    }
}

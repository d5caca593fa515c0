//! Slices in, numbers out: the statistics that every verdict rests on.
//!
//! Pure functions, held against numpy and scipy by golden values (`tests/golden/statistics.py`). Nothing here
//! reads a file, a clock or the system's randomness: what is drawn, is drawn from a seed. Not here: sequential
//! tests.
//!
//! The invariant: every result is finite and carries its `n`; what cannot be computed is a [`NotEvaluable`],
//! never a `NaN` and never a pass.

pub mod bootstrap;
pub mod divergence;
pub mod forecast;
pub mod gate;
pub mod histogram;
mod kolmogorov;
pub mod ks;
pub mod multiple;
pub mod noise_floor;
pub mod normal;
pub mod quantile;
pub mod rank;
mod resampling;
pub mod sign_flip;
pub mod student;

#[cfg(test)]
mod coverage_tests;
#[cfg(test)]
pub(crate) mod golden;
#[cfg(test)]
mod golden_comparison;
#[cfg(test)]
mod golden_pairs;

pub use bootstrap::{Block, BlockBootstrap, Interval, Intervals, MeanEstimate, PairedBlock, PairedEstimate};
pub use divergence::{Divergences, PairCount, Wasserstein, divergences, wasserstein};
pub use forecast::{DieboldMariano, diebold_mariano, diebold_mariano_robust};
pub use gate::{GateDecision, NonInferiority};
pub use histogram::{Bin, BinLabel, CategoryBins, Comparison, NumericBins, NumericCut};
pub use ks::{KolmogorovSmirnov, KsMethod, ks_two_sample};
pub use multiple::benjamini_hochberg;
pub use quantile::Sample;
pub use resampling::{Deals, draws};
pub use sign_flip::{SignFlips, sign_flips};

use serde::{Deserialize, Serialize};

use super::Explain;
use super::explain::Failure;

/// Why a statistic could not be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NotEvaluable {
    /// One side has no rows.
    #[error("there are no values")]
    NoValues,
    /// A value is NaN or infinite.
    #[error("a value is not a finite number")]
    NotFinite,
    /// Too few blocks (site-days) to say anything about their spread.
    #[error("{n} blocks, {needed} are needed")]
    TooFewBlocks {
        /// The blocks there are.
        n: u64,
        /// The blocks that are needed.
        needed: u64,
    },
    /// A block without visits.
    #[error("a block has no visits")]
    EmptyBlock,
    /// A sum of absolute errors below zero.
    #[error("a sum of absolute errors is negative")]
    NegativeError,
    /// The current model makes no error at all (or none in some resample), so a ratio to it means nothing.
    #[error("the current model's error is zero, so there is no ratio to it")]
    ZeroDenominator,
    /// The values are all alike, so that there is no spread to measure them by.
    #[error("the values are all alike, so there is no spread to measure them by")]
    NoSpread,
}

impl Explain for NotEvaluable {
    fn key(&self) -> &'static str {
        match self {
            NotEvaluable::NoValues => "no_values",
            NotEvaluable::NotFinite => "not_finite",
            NotEvaluable::TooFewBlocks { .. } => "too_few_blocks",
            NotEvaluable::EmptyBlock => "empty_block",
            NotEvaluable::NegativeError => "negative_error",
            NotEvaluable::ZeroDenominator => "zero_denominator",
            NotEvaluable::NoSpread => "no_spread",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            NotEvaluable::TooFewBlocks { n, needed } => vec![("n", n.to_string()), ("needed", needed.to_string())],
            _ => Vec::new(),
        }
    }

    fn failure(&self) -> Failure {
        Failure::Inconclusive
    }
}

/// A count as a number. Counts of rows and visits stay far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "counts of rows stay far below 2^53")]
fn real(count: u64) -> f64 {
    count as f64
}

/// As [`real`], for a length.
#[expect(clippy::cast_precision_loss, reason = "lengths stay far below 2^53")]
fn real_len(length: usize) -> f64 {
    length as f64
}

//! What a fitted model leans on, and how: permutation importance, partial dependence and accumulated local effects,
//! residuals, calibration.
//!
//! A model is looked at from outside only: as a function from a table of features to minutes ([`Ask`]), on visits that it
//! was not fitted to. Everything is in minutes, carries its `n`, follows from a seed, and is bounded in work by a sample
//! whose size is said. Why one visit got its prediction is not here: that is what the model itself explains
//! ([`super::models::Explanation`]).

mod calibration;
mod effects;
mod groups;
mod importance;
#[cfg(test)]
mod residual_tests;
mod residuals;
mod sample;
mod scored;
#[cfg(test)]
mod tests;

pub use calibration::{CalibrationBin, calibration};
pub use effects::{CategoryEffect, Effect, EffectSettings, Effects, NumberEffect, effects};
pub use groups::{FeatureGroup, GROUPED_FROM, groups};
pub use importance::{GroupImportance, Importance, ImportanceSettings, importance};
pub use residuals::{PredictedRange, ResidualSlice, Residuals, residuals};
pub use scored::Scored;

use crate::base::explain::Failure;
use crate::base::{Cancelled, Explain, Task};

use super::features::FeatureTable;

/// A model: predictions in minutes for the rows of a table.
pub type Ask<'a> = dyn Fn(&FeatureTable, &Task) -> Result<Vec<f64>, Cancelled> + Sync + 'a;

/// Visits below which nothing is said of a model.
pub const FEWEST_LOOKED_AT: usize = 30;

/// Why a model could not be looked at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InsightError {
    /// Not enough visits.
    #[error("{n} visits are too few to look at a model with, {needed} are needed")]
    TooFew {
        /// The visits there are.
        n: usize,
        /// How many it takes.
        needed: usize,
    },
    /// The model does not use this feature.
    #[error("the model does not use \"{feature}\"; it uses {known}")]
    NotUsed {
        /// What was asked for.
        feature: String,
        /// The features of the model, listed.
        known: String,
    },
    /// The feature has one value only.
    #[error("\"{feature}\" has the same value at all {n} visits")]
    DoesNotVary {
        /// The feature.
        feature: String,
        /// Visits with a value.
        n: usize,
    },
    /// Stopped by request.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl Explain for InsightError {
    fn key(&self) -> &'static str {
        match self {
            InsightError::TooFew { .. } => "insight_too_few",
            InsightError::NotUsed { .. } => "insight_not_used",
            InsightError::DoesNotVary { .. } => "insight_does_not_vary",
            InsightError::Cancelled(_) => "cancelled",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            InsightError::TooFew { n, needed } => vec![("n", n.to_string()), ("needed", needed.to_string())],
            InsightError::NotUsed { feature, known } => {
                vec![("feature", feature.clone()), ("known", known.clone())]
            }
            InsightError::DoesNotVary { feature, n } => {
                vec![("feature", feature.clone()), ("n", n.to_string())]
            }
            InsightError::Cancelled(_) => Vec::new(),
        }
    }

    fn failure(&self) -> Failure {
        match self {
            InsightError::TooFew { .. } | InsightError::DoesNotVary { .. } => Failure::Inconclusive,
            InsightError::NotUsed { .. } => Failure::Usage,
            InsightError::Cancelled(_) => Failure::Cancelled,
        }
    }
}

/// `ask` without its own progress: it is one step of many, and what is told is the step.
fn quietly(ask: &Ask<'_>, table: &FeatureTable, task: &Task) -> Result<Vec<f64>, Cancelled> {
    ask(table, &Task::with_cancel(task.cancel_token()))
}

fn enough(n: usize) -> Result<(), InsightError> {
    let needed = FEWEST_LOOKED_AT;
    if n < needed { Err(InsightError::TooFew { n, needed }) } else { Ok(()) }
}

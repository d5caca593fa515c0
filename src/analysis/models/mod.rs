//! Families of models: how each is fitted, what a fitted one predicts, and the document it is kept as.
//!
//! A family is one file and one line in [`FAMILIES`]. A fitted model is plain data ([`Fitted`]) that predicts from the
//! features its [`Contract`] names; an [`Artifact`] is that with its origin and with golden rows, which whoever loads it
//! must reproduce. Nothing here reads a file or keeps one.
//!
//! Memory: no family needs a second table of its visits as 64-bit numbers. `boosted` bins each value to a byte and streams a
//! part of the visits as records (`boosted/bins.rs`); `linear`, `elastic-net`, `q-lasso` and `tweedie` make the rows of their design block by block
//! and add them up to a matrix of the size of its columns (`gram.rs`), `tweedie` once a round; `calendar-median`, `rule` and
//! `last-wait` sort the waits into groups, and `constant` sorts them all. So nothing is refused for its number of visits: to fit ten
//! million of 37 features takes less than 2 GB, the table of features included (`benches/models.rs`), and `nobat train` as a whole, with
//! the history in memory, less than 4 GB.

mod artifact;
mod boosted;
mod calendar_median;
mod constant;
mod contract;
mod design;
mod elastic_net;
mod explanation;
pub mod foreign;
mod gram;
#[cfg(test)]
mod guard_tests;
mod intervals;
mod last_wait;
mod linear;
mod linear_model;
pub mod onnx;
mod parameters;
mod q_lasso;
mod rows;
mod rule;
mod search;
#[cfg(test)]
mod tests;
mod training;
mod trees;
mod tweedie;

use serde::{Deserialize, Serialize};

use crate::base::explain::Failure;
use crate::base::{Cancelled, Explain, Minutes, Task};

use super::features::{FeatureTable, Value};

pub use artifact::{Artifact, ArtifactError, GoldenRow, Origin, Scalar};
pub use boosted::MONOTONE;
pub use calendar_median::{CalendarMedian, Group, Grouping};
pub use constant::Constant;
pub use contract::{Contract, ContractFeature, Difference, Mismatch};
pub use explanation::{Contribution, Explanation};
pub use intervals::{
    EDGE_QUANTILES, EdgeValues, Edges, FEWEST_CALIBRATED, Followed, Intervals, KnownDays, LEVELS, Queues,
    RATES as ADAPTIVE_RATES, SHARE_IDS, Shares, Tails, WaitInterval,
};
pub use last_wait::LastWait;
pub use linear_model::LinearModel;
pub use parameters::{Choice, Parameter, ParameterError, ParameterKind, Parameters};
pub use rule::Rule;
pub use search::{
    BRACKET, DEFAULTS, Gain, Results as SearchResults, Searched, Space, Tried, best as best_step, next_step,
};
pub use training::{Curve, CurveLoss, Fit, Part, Training};
pub use trees::{Monotone, TreeError, Trees};

/// Every family, in the order in which they are listed.
pub const FAMILIES: &[&dyn Family] = &[
    &constant::Family,
    &calendar_median::Family,
    &rule::Family,
    &last_wait::Family,
    &linear::Family,
    &elastic_net::Family,
    &q_lasso::Family,
    &tweedie::Family,
    &boosted::Family,
];

/// The family of models that were trained elsewhere ([`foreign`]): kept and compared like others, but never fitted here.
pub const IMPORTED: &str = "imported";

/// A kind of model.
pub trait Family: Sync {
    /// The name in files; `family.ID` is the name for people.
    fn id(&self) -> &'static str;

    /// The parameters that may be set.
    fn parameters(&self) -> &'static [Parameter];

    /// The parameters that a search tries, and where; the others keep their defaults.
    fn searched(&self) -> &'static [Searched] {
        &[]
    }

    /// Fits a model. The same training data, parameters and seed give the same bytes. It reports its progress at least
    /// every second, and ends within one where `task` is cancelled.
    ///
    /// # Errors
    /// [`FitError`].
    fn fit(&self, training: &Training<'_>, parameters: &Parameters, task: &Task) -> Result<Fit, FitError>;

    /// Whether it is fitted in rounds, of which later visits can choose how many are kept.
    fn is_in_rounds(&self) -> bool {
        false
    }

    /// The parameters with which it fits the quantile at `level` (0 to 1) of the wait, where it can: its intervals then
    /// start from such quantiles.
    fn quantile(&self, _parameters: &Parameters, _level: f64) -> Option<Parameters> {
        None
    }
}

/// A fitted model of any family, as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "family", rename_all = "kebab-case")]
pub enum Fitted {
    /// The median of the training waits.
    Constant(Constant),
    /// The median of the site, hour and weekday.
    CalendarMedian(CalendarMedian),
    /// Today's estimator.
    Rule(Rule),
    /// The wait of those who came just before.
    LastWait(LastWait),
    /// Least squares on the logarithm.
    Linear(LinearModel),
    /// The same with penalties.
    ElasticNet(LinearModel),
    /// The same on estimators of queueing theory and their interactions.
    QLasso(LinearModel),
    /// A mean with Tweedie's variance.
    Tweedie(LinearModel),
    /// Gradient-boosted trees.
    Boosted(Box<Trees>),
    /// Trees that were grown elsewhere.
    Imported(Box<Trees>),
}

/// Why no model could be fitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// Not enough visits.
    #[error("{n} finished visits are too few to fit from, {needed} are needed")]
    TooFewVisits {
        /// Visits with a known wait.
        n: usize,
        /// How many it takes.
        needed: usize,
    },
    /// No feature varies.
    #[error("no feature varies in the training data")]
    NothingVaries,
    /// The solver gave up.
    #[error("the solver did not converge in {iterations} rounds")]
    NotConverged {
        /// Rounds that were run.
        iterations: u32,
    },
    /// The equations could not be solved.
    #[error("the normal equations cannot be solved")]
    Singular,
    /// More trees than a model may have.
    #[error(transparent)]
    Trees(#[from] TreeError),
    /// A wrong parameter.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// Stopped by request.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Visits below which no model is fitted.
pub const FEWEST_VISITS: usize = 100;

impl Explain for FitError {
    fn key(&self) -> &'static str {
        match self {
            FitError::TooFewVisits { .. } => "fit_too_few",
            FitError::NothingVaries => "fit_nothing_varies",
            FitError::NotConverged { .. } => "fit_not_converged",
            FitError::Singular => "fit_singular",
            FitError::Trees(error) => error.key(),
            FitError::Parameter(error) => error.key(),
            FitError::Cancelled(_) => "cancelled",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            FitError::TooFewVisits { n, needed } => vec![("n", n.to_string()), ("needed", needed.to_string())],
            FitError::NotConverged { iterations } => vec![("iterations", iterations.to_string())],
            FitError::Trees(error) => error.fields(),
            FitError::Parameter(error) => error.fields(),
            FitError::NothingVaries | FitError::Singular | FitError::Cancelled(_) => Vec::new(),
        }
    }

    fn failure(&self) -> Failure {
        match self {
            FitError::TooFewVisits { .. } => Failure::Inconclusive,
            FitError::Parameter(error) => error.failure(),
            FitError::Cancelled(_) => Failure::Cancelled,
            _ => Failure::Failed,
        }
    }
}

/// The family with this id.
#[must_use]
pub fn family(id: &str) -> Option<&'static dyn Family> {
    FAMILIES.iter().copied().find(|family| family.id() == id)
}

impl Fitted {
    /// The id of its family.
    #[must_use]
    pub fn family(&self) -> &'static str {
        match self {
            Fitted::Constant(_) => constant::Family.id(),
            Fitted::CalendarMedian(_) => calendar_median::Family.id(),
            Fitted::Rule(_) => rule::Family.id(),
            Fitted::LastWait(_) => last_wait::Family.id(),
            Fitted::Linear(_) => linear::Family.id(),
            Fitted::ElasticNet(_) => elastic_net::Family.id(),
            Fitted::QLasso(_) => q_lasso::Family.id(),
            Fitted::Tweedie(_) => tweedie::Family.id(),
            Fitted::Boosted(_) => boosted::Family.id(),
            Fitted::Imported(_) => IMPORTED,
        }
    }

    /// The ids of the features it predicts from: the catalogue's in its order, then expressions by name.
    #[must_use]
    pub fn features(&self) -> Vec<&str> {
        match self {
            Fitted::Constant(_) => Vec::new(),
            Fitted::CalendarMedian(_) => calendar_median::FEATURES.to_vec(),
            Fitted::Rule(model) => model.features().to_vec(),
            Fitted::LastWait(model) => model.features(),
            Fitted::Linear(model) | Fitted::ElasticNet(model) | Fitted::QLasso(model) | Fitted::Tweedie(model) => {
                model.features()
            }
            Fitted::Boosted(trees) | Fitted::Imported(trees) => trees.features(),
        }
    }

    /// The wait that is predicted, never below zero. `value` gives the value of a feature by its id.
    #[must_use]
    pub fn predict<'v>(&self, value: &dyn Fn(&str) -> Value<'v>) -> Minutes {
        match self {
            Fitted::Constant(model) => model.predict(),
            Fitted::CalendarMedian(model) => model.predict(value),
            Fitted::Rule(model) => model.predict(value),
            Fitted::LastWait(model) => model.predict(value),
            Fitted::Linear(model) | Fitted::ElasticNet(model) | Fitted::QLasso(model) | Fitted::Tweedie(model) => {
                model.predict(value)
            }
            Fitted::Boosted(trees) | Fitted::Imported(trees) => trees.predict(value),
        }
    }

    /// The predictions for every row of `features`, in minutes.
    ///
    /// # Errors
    /// [`Cancelled`] where `task` was.
    pub fn predict_all(&self, features: &FeatureTable, task: &Task) -> Result<Vec<f64>, Cancelled> {
        match self {
            Fitted::Constant(model) => Ok(vec![model.predict().get(); features.len()]),
            Fitted::CalendarMedian(model) => model.predict_all(features, task),
            Fitted::Rule(model) => model.predict_all(features, task),
            Fitted::LastWait(model) => model.predict_all(features, task),
            Fitted::Linear(model) | Fitted::ElasticNet(model) | Fitted::QLasso(model) | Fitted::Tweedie(model) => {
                model.predict_all(features, task)
            }
            Fitted::Boosted(trees) | Fitted::Imported(trees) => trees.predict_all(features, task),
        }
    }

    /// Why it predicts what it predicts: minutes by feature that add up to the prediction.
    #[must_use]
    pub fn explain<'v>(&self, value: &dyn Fn(&str) -> Value<'v>) -> Explanation {
        match self {
            Fitted::Constant(model) => Explanation::of_constant(model.predict()),
            Fitted::CalendarMedian(model) => {
                explanation::by_leaving_out(calendar_median::FEATURES, value, &|known| model.predict(known))
            }
            Fitted::Rule(model) => {
                explanation::by_leaving_out(model.features(), value, &|known| model.predict(known))
            }
            Fitted::LastWait(model) => {
                explanation::by_leaving_out(&model.features(), value, &|known| model.predict(known))
            }
            Fitted::Linear(model) | Fitted::ElasticNet(model) | Fitted::QLasso(model) | Fitted::Tweedie(model) => {
                model.explain(value)
            }
            Fitted::Boosted(trees) | Fitted::Imported(trees) => trees.explain(value),
        }
    }
}

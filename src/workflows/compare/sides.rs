//! The two sides of a comparison: what is kept, what is fitted on the spot, and what a file says.

use std::borrow::Cow;

use crate::analysis::evaluation::{PredictionAccount, Predictions};
use crate::analysis::features::{FeatureTable, feature};
use crate::analysis::models::{Artifact, EdgeValues, Fitted, Queues, WaitInterval};
use crate::base::{Moment, Task};
use crate::workflows::WorkflowError;
use crate::workflows::models::features_for;

/// What stands in the place of a family for predictions from a file; `family.predictions` is its name for people.
const PREDICTIONS: &str = "predictions";

/// One of the two.
pub(super) enum Contestant {
    /// A run or a version.
    Kept(Box<Artifact>),
    /// A baseline.
    Fitted(Fitted),
    /// Predictions from a file.
    Given(Box<Predictions>),
}

/// When the training of a model ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TrainedUntil {
    /// Every wait that it learned from was known before this moment.
    Known(Moment),
    /// Nobody said.
    Unknown,
}

/// What a model says of visits, minutes, with its 80 % intervals where it has them.
pub(super) type Said = (Vec<f64>, Option<Vec<WaitInterval>>);

impl Contestant {
    /// The id of its family.
    pub fn family(&self) -> &str {
        match self {
            Contestant::Kept(artifact) => artifact.model.family(),
            Contestant::Fitted(model) => model.family(),
            Contestant::Given(_) => PREDICTIONS,
        }
    }

    /// The critical features that it uses; `None` where nobody can say.
    pub fn critical_features(&self) -> Option<Vec<String>> {
        let ids = match self {
            Contestant::Kept(artifact) => {
                let critical = artifact.contract.features().iter().filter(|feature| feature.critical);
                return Some(critical.map(|feature| feature.id.clone()).collect());
            }
            Contestant::Fitted(model) => model.features(),
            Contestant::Given(_) => return None,
        };
        let is_critical = |id: &&str| feature(id).is_some_and(|feature| feature.critical);
        Some(ids.into_iter().filter(is_critical).map(str::to_owned).collect())
    }

    /// Whether it has a prediction of the visit in `row`.
    pub fn predicts(&self, row: usize) -> bool {
        match self {
            Contestant::Kept(_) | Contestant::Fitted(_) => true,
            Contestant::Given(given) => given.minutes.get(row).is_some_and(|minutes| !minutes.is_nan()),
        }
    }

    /// What became of the rows of the file that it is.
    pub fn account(&self) -> Option<PredictionAccount> {
        match self {
            Contestant::Kept(_) | Contestant::Fitted(_) => None,
            Contestant::Given(given) => Some(given.account.clone()),
        }
    }

    /// What it says of the visits in `rows`, whose features are `features`.
    pub fn predictions(
        &self,
        rows: &[usize],
        features: &FeatureTable,
        task: &Task,
    ) -> Result<Said, WorkflowError> {
        let model = match self {
            Contestant::Kept(artifact) => &artifact.model,
            Contestant::Fitted(model) => model,
            Contestant::Given(given) => return Ok((rows.iter().map(|row| given.minutes[*row]).collect(), None)),
        };
        let features = self.features(features)?;
        let predicted = model.predict_all(&features, task)?;
        let intervals = self.intervals(&features, &predicted, task)?;
        Ok((predicted, intervals))
    }

    /// `features` as the model needs them: with the expressions of its own contract, and refused where something is
    /// still different.
    fn features<'f>(&self, features: &'f FeatureTable) -> Result<Cow<'f, FeatureTable>, WorkflowError> {
        match self {
            Contestant::Kept(artifact) => Ok(features_for(artifact, Cow::Borrowed(features))?),
            Contestant::Fitted(_) | Contestant::Given(_) => Ok(Cow::Borrowed(features)),
        }
    }

    /// The 80 % interval of every row of `features`, for which `predicted` minutes are predicted; `None` for a model without.
    fn intervals(
        &self,
        features: &FeatureTable,
        predicted: &[f64],
        task: &Task,
    ) -> Result<Option<Vec<WaitInterval>>, WorkflowError> {
        let Contestant::Kept(artifact) = self else { return Ok(None) };
        let Some(intervals) = &artifact.intervals else { return Ok(None) };
        let values = EdgeValues::of(predicted.to_vec(), intervals.edges(), features, task)?;
        Ok(intervals.of_all(&values, &Queues::of(features)).into_iter().next())
    }

    /// The model that is kept, where it is one.
    pub fn into_artifact(self) -> Option<Artifact> {
        match self {
            Contestant::Kept(artifact) => Some(*artifact),
            Contestant::Fitted(_) | Contestant::Given(_) => None,
        }
    }
}

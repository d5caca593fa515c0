//! Insight: what a kept run leans on, how, where it errs, and why one visit got its prediction.
//!
//! The model is the artifact that was kept, and the visits are those of the run's own test part: served, of its data set,
//! arrived after its cut. Nothing is fitted and nothing is kept.

use std::borrow::Cow;

use serde::Serialize;

use crate::analysis::features::{FeatureTable, Value};
use crate::analysis::history::Outcome;
use crate::analysis::insight::{
    CalibrationBin, EffectSettings, Effects, Importance, ImportanceSettings, Residuals, Scored, calibration,
    effects, importance, residuals,
};
use crate::analysis::models::{Artifact, Contribution, Explanation, Scalar};
use crate::base::calendar::{CivilDate, LocalTime};
use crate::base::{Minutes, Moment, Task};
use crate::store::sqlite::Access;
use crate::store::workspace::Run;

use super::datasets::{Prepared, prepare, workspace};
use super::models::{ModelName, features_for, load};
use super::train::{RunDocument, waits_of};
use super::{Home, SEED, WorkflowError};

/// A kept run on its test part.
#[derive(Debug)]
pub struct TestPart {
    /// The run.
    pub run: Run,
    /// What is kept beside the model.
    pub document: RunDocument,
    /// The model.
    pub artifact: Artifact,
    /// The ids of the visits in order of arrival; rows of everything else here.
    pub visits: Vec<String>,
    /// Their arrivals.
    pub arrived: Vec<Moment>,
    /// The same by the clocks of their sites.
    pub local: Vec<LocalTime>,
    /// The features of the model.
    pub features: FeatureTable,
    /// Predictions, waits, and what they are sliced by.
    pub scored: Scored,
}

/// Which visit of a test part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VisitChoice {
    /// By the source's id.
    Id(String),
    /// By its place in order of arrival, from 1.
    Place(usize),
}

/// The prediction of one visit, in minutes feature by feature.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VisitExplanation {
    /// The run.
    pub run: i64,
    /// Its family.
    pub family: String,
    /// The source's id of the visit.
    pub visit: String,
    /// Its place in the test part, from 1.
    pub row: usize,
    /// The visits of the test part.
    pub rows: usize,
    /// The arrival.
    pub arrived: Moment,
    /// Its day by the clock of its site.
    pub day: CivilDate,
    /// Where it was.
    pub site: String,
    /// What is predicted when nothing is known of the visit.
    pub base_minutes: f64,
    /// What each feature adds, the largest in either direction first.
    pub contributions: Vec<ContributionLine>,
    /// What was taken off, or added, so that the prediction is neither negative nor longer than anything learned from.
    pub limited_minutes: f64,
    /// The prediction.
    pub predicted_minutes: f64,
    /// The wait that came true.
    pub actual_minutes: f64,
}

/// What a feature adds to a prediction.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ContributionLine {
    /// The feature's id.
    pub feature: String,
    /// Its value; absent where it is missing.
    pub value: Option<Scalar>,
    /// How many minutes longer the prediction is because of it.
    pub minutes: f64,
}

/// Residuals and calibration of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunResiduals {
    /// The run.
    pub run: i64,
    /// Its family.
    pub family: String,
    /// Residuals by what was predicted, hour, weekday and site.
    #[serde(flatten)]
    pub residuals: Residuals,
    /// Predictions beside waits.
    pub calibration: Vec<CalibrationBin>,
}

/// A document about a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OfRun<T> {
    /// The run.
    pub run: i64,
    /// Its family.
    pub family: String,
    /// What is said of it.
    #[serde(flatten)]
    pub said: T,
}

/// The test part of run `id`, which is read with its data set.
///
/// # Errors
/// [`WorkflowError`] where there is no such run, it has no model, or its data set or artifact is not what it was.
pub fn read_test_part(home: &Home, id: i64, task: &Task) -> Result<TestPart, WorkflowError> {
    let workspace = workspace(home, Access::Read)?;
    let run = workspace.run(id)?;
    if run.artifact_sha256.is_none() {
        return Err(WorkflowError::RunWithoutModel { run: id });
    }
    let prepared = prepare(&workspace, &workspace.dataset(run.dataset)?, task)?;
    test_part(home, &prepared, id, task)
}

/// As [`read_test_part`], with the visits at hand.
///
/// # Errors
/// [`WorkflowError`], [`WorkflowError::OtherDataset`] among them.
pub fn test_part(home: &Home, prepared: &Prepared, id: i64, task: &Task) -> Result<TestPart, WorkflowError> {
    let run = workspace(home, Access::Read)?.run(id)?;
    if run.dataset != prepared.digest {
        return Err(WorkflowError::OtherDataset { run: id, dataset: run.dataset });
    }
    let artifact = load(home, &mut ModelName::Run(id))?.ok_or(WorkflowError::RunWithoutModel { run: id })?;
    let document = RunDocument::read(&run)?;
    let cut = document.cut.unwrap_or(artifact.origin.trained_until);
    let visits = &prepared.history.visits;
    let is_tested = |row: &usize| visits.arrived[*row] >= cut && visits.outcome(*row) == Outcome::Served;
    let rows: Vec<usize> = (0..visits.len()).filter(is_tested).collect();
    let features = features_of(&artifact, prepared, &rows, task)?;
    let predicted = artifact.model.predict_all(&features, task)?;
    let mut scored = Scored {
        predicted,
        actual: waits_of(prepared, &rows),
        sites: visits.site.names().to_vec(),
        ..Scored::default()
    };
    let mut clocks = prepared.history.clocks();
    let local: Vec<LocalTime> = rows.iter().map(|row| clocks.arrival(*row)).collect();
    for (row, local) in rows.iter().zip(&local) {
        scored.day.push(local.date().epoch_days().cast_unsigned());
        scored.hour.push(local.hour());
        scored.weekday.push(local.date().weekday());
        scored.site.push(visits.site.codes()[*row]);
    }
    let name = |row: &usize| visits.visit_id.get(*row).unwrap_or_default().to_owned();
    Ok(TestPart {
        run,
        document,
        artifact,
        visits: rows.iter().map(name).collect(),
        arrived: rows.iter().map(|row| visits.arrived[*row]).collect(),
        local,
        features,
        scored,
    })
}

/// The features of the model at `rows`, its own expressions among them.
fn features_of(
    artifact: &Artifact,
    prepared: &Prepared,
    rows: &[usize],
    task: &Task,
) -> Result<FeatureTable, WorkflowError> {
    let features = features_for(artifact, Cow::Owned(prepared.features.take_watched(rows, task)?))?.into_owned();
    Ok(features.only(&artifact.model.features()))
}

impl TestPart {
    /// Why one visit got its prediction.
    ///
    /// # Errors
    /// [`WorkflowError::UnknownVisit`].
    pub fn explain(&self, choice: &VisitChoice) -> Result<VisitExplanation, WorkflowError> {
        let place = self.place(choice)?;
        let explanation = self.explain_with(place, &|_| None);
        let mut contributions: Vec<ContributionLine> = explanation.contributions.iter().map(Into::into).collect();
        contributions.sort_by(|a, b| b.minutes.abs().total_cmp(&a.minutes.abs()));
        Ok(VisitExplanation {
            run: self.run.id,
            family: self.run.family.clone(),
            visit: self.visits[place].clone(),
            row: place + 1,
            rows: self.visits.len(),
            arrived: self.arrived[place],
            day: self.local[place].date(),
            site: self.scored.sites.get(self.scored.site[place] as usize).cloned().unwrap_or_default(),
            base_minutes: explanation.base_minutes,
            contributions,
            limited_minutes: explanation.limited_minutes,
            predicted_minutes: explanation.predicted.get(),
            actual_minutes: self.scored.actual[place],
        })
    }

    /// What would be predicted, and why, for the visit at `place` (from 0) if `changed` held: `None` keeps a feature's value.
    #[must_use]
    pub fn explain_with<'v>(&'v self, place: usize, changed: &dyn Fn(&str) -> Option<Value<'v>>) -> Explanation {
        self.artifact.model.explain(&|id| changed(id).unwrap_or_else(|| self.features.value(id, place)))
    }

    /// As [`TestPart::explain_with`], without saying why, which costs a small part of it.
    #[must_use]
    pub fn predict_with<'v>(&'v self, place: usize, changed: &dyn Fn(&str) -> Option<Value<'v>>) -> Minutes {
        self.artifact.model.predict(&|id| changed(id).unwrap_or_else(|| self.features.value(id, place)))
    }

    /// The place, from 0, of a visit.
    ///
    /// # Errors
    /// [`WorkflowError::UnknownVisit`].
    pub fn place(&self, choice: &VisitChoice) -> Result<usize, WorkflowError> {
        let found = match choice {
            VisitChoice::Id(id) => self.visits.iter().position(|visit| visit == id),
            VisitChoice::Place(place) => place.checked_sub(1).filter(|place| *place < self.visits.len()),
        };
        found.ok_or_else(|| WorkflowError::UnknownVisit {
            name: match choice {
                VisitChoice::Id(id) => id.clone(),
                VisitChoice::Place(place) => place.to_string(),
            },
            visits: self.visits.len(),
        })
    }

    /// What the features of the model are worth to it.
    ///
    /// # Errors
    /// [`WorkflowError`] where there are too few visits, or the task was cancelled.
    pub fn importance(&self, task: &Task) -> Result<Importance, WorkflowError> {
        let model = &self.artifact.model;
        let ask = |table: &FeatureTable, task: &Task| model.predict_all(table, task);
        let on = (&self.features, self.scored.actual.as_slice(), self.scored.day.as_slice());
        Ok(importance(&ask, &model.features(), on, ImportanceSettings::seeded(SEED), task)?)
    }

    /// How the predictions move with `feature`.
    ///
    /// # Errors
    /// [`WorkflowError`] where the model does not use it, it does not vary, or the task was cancelled.
    pub fn effects(&self, feature: &str, task: &Task) -> Result<Effects, WorkflowError> {
        let model = &self.artifact.model;
        let ask = |table: &FeatureTable, task: &Task| model.predict_all(table, task);
        let settings = EffectSettings::seeded(SEED);
        Ok(effects(&ask, &model.features(), feature, &self.features, settings, task)?)
    }

    /// Where it errs.
    ///
    /// # Errors
    /// [`WorkflowError`] where there are too few visits, or the task was cancelled.
    pub fn residuals(&self, task: &Task) -> Result<RunResiduals, WorkflowError> {
        Ok(RunResiduals {
            run: self.run.id,
            family: self.run.family.clone(),
            residuals: residuals(&self.scored, SEED, task)?,
            calibration: calibration(&self.scored, SEED, task)?,
        })
    }

    /// `said` as a document about this run.
    pub fn saying<T>(&self, said: T) -> OfRun<T> {
        OfRun { run: self.run.id, family: self.run.family.clone(), said }
    }
}

impl From<&Contribution> for ContributionLine {
    fn from(contribution: &Contribution) -> ContributionLine {
        ContributionLine {
            feature: contribution.feature.clone(),
            value: contribution.value.clone(),
            minutes: contribution.minutes,
        }
    }
}

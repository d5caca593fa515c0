//! The model whose errors are watched, and its predictions on windows.

use std::borrow::Cow;

use serde::Serialize;

use crate::analysis::drift::{WeekError, Window};
use crate::analysis::features::FeatureTable;
use crate::analysis::models::{Artifact, Fitted};
use crate::base::{Moment, Task};
use crate::store::registry::Registry;
use crate::store::sqlite::Access;
use crate::workflows::models::{ModelName, features_for, load};
use crate::workflows::tested::fit_baseline;
use crate::workflows::{Home, WorkflowError};

use super::Watching;

/// Fewer visits do not make a baseline.
const FEWEST_VISITS: usize = 30;

/// What people are told of the model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Watched {
    /// What it is called.
    pub name: String,
    /// Its family; absent where it could not be fitted.
    pub family: Option<String>,
    /// The end of what it learned from.
    pub trained_until: Option<Moment>,
}

/// A model that is watched.
pub struct WatchedModel {
    /// What people are told of it.
    pub facts: Watched,
    /// The model; `None` where there was too little before the windows to fit the rule.
    pub fitted: Option<Fitted>,
    artifact: Option<Artifact>,
}

/// The model that `name` means: without it the live version, or the rule where nothing is live. A baseline is fitted on the visits
/// that were over before the first of `weeks` began.
///
/// # Errors
/// [`WorkflowError`] where there is no such model, or its bytes are not what they were.
pub(super) fn watched_model(
    home: &Home,
    watching: &Watching<'_>,
    name: Option<&ModelName>,
    weeks: &[Window],
    task: &Task,
) -> Result<WatchedModel, WorkflowError> {
    let mut name = match name {
        Some(name) => name.clone(),
        None if is_anything_live(home)? => ModelName::Live,
        None => ModelName::Baseline("rule"),
    };
    let artifact = load(home, &mut name)?;
    let mut facts = Watched { name: name.to_string(), family: None, trained_until: None };
    let fitted = match (&artifact, &name) {
        (Some(artifact), _) => {
            facts.trained_until = Some(artifact.origin.trained_until);
            Some(artifact.model.clone())
        }
        (None, ModelName::Baseline(family)) => {
            let until = first_arrival(watching, weeks);
            facts.trained_until = until;
            let called = &watching.prepared.history.visits.called;
            let is_known = |row: &usize| called[*row].zip(until).is_some_and(|(called, until)| called < until);
            let known: Vec<usize> = (0..called.len()).filter(is_known).collect();
            match known.len() {
                0..FEWEST_VISITS => None,
                _ => Some(fit_baseline(watching.prepared, family, &known, task)?),
            }
        }
        (None, _) => None,
    };
    facts.family = fitted.as_ref().map(|fitted| fitted.family().to_owned());
    Ok(WatchedModel { facts, fitted, artifact })
}

fn is_anything_live(home: &Home) -> Result<bool, WorkflowError> {
    Ok(home.registry().exists() && Registry::open(home.registry(), Access::Read)?.live()?.is_some())
}

fn first_arrival(watching: &Watching<'_>, weeks: &[Window]) -> Option<Moment> {
    let row = *weeks.first()?.rows.first()? as usize;
    watching.prepared.history.visits.arrived.get(row).copied()
}

impl WatchedModel {
    /// The features of the visits `rows`, as the model needs them.
    pub fn features(
        &self,
        watching: &Watching<'_>,
        rows: &[usize],
        task: &Task,
    ) -> Result<FeatureTable, WorkflowError> {
        let features = watching.prepared.features.take_watched(rows, task)?;
        match &self.artifact {
            Some(artifact) => Ok(features_for(artifact, Cow::Owned(features))?.into_owned()),
            None => Ok(features),
        }
    }

    /// The errors on the finished visits of a window.
    pub fn errors(
        &self,
        watching: &Watching<'_>,
        window: &Window,
        task: &Task,
    ) -> Result<WeekError, WorkflowError> {
        let wait = |row: &u32| watching.prepared.waits.get(*row as usize).copied().flatten();
        let finished = window.rows.iter().filter(|row| wait(row).is_some());
        let rows: Vec<usize> = finished.map(|row| *row as usize).collect();
        let mut predicted = match &self.fitted {
            Some(fitted) => fitted.predict_all(&self.features(watching, &rows, task)?, task)?,
            None => Vec::new(),
        }
        .into_iter();
        let pair = |row: &u32| wait(row).and_then(|wait| Some((predicted.next()?, wait)));
        let arrived = &watching.prepared.history.visits.arrived;
        let begins = window.rows.first().and_then(|row| arrived.get(*row as usize));
        let in_sample = begins.zip(self.facts.trained_until).is_some_and(|(begins, until)| *begins < until);
        Ok(WeekError::of_visits(window, window.rows.iter().map(pair), in_sample))
    }
}

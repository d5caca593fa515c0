//! Train: fit a family on the past of a data set, test it once on its future, keep the run.
//!
//! Time is divided as a [`SplitPlan`] says; how a fit comes to its intervals is in [`super::fitting`],
//! how it is tested, beside what it has to beat, in [`super::tested`].

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::analysis::evaluation::{Coverage, Errors, SplitPlan, TimeSplit};
use crate::analysis::features::Expression;
use crate::analysis::models::{Artifact, Curve, FAMILIES, Family, FitError, Parameters, family};
use crate::base::nearest::nearest;
use crate::base::{Digest, Moment, Task};
use crate::store::workspace::{NewRun, Run, RunEnd, RunOutcome, Workspace};

use super::datasets::Prepared;
use super::expressions::{ExpressionText, expressions};
use super::fitting::Recipe;
use super::tested::{as_map, fit_and_test};
use super::{Home, WorkflowError, now};

/// What is to be trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainRequest {
    /// The id of the family.
    pub family: String,
    /// Parameters as YAML; what is not named keeps its default.
    pub parameters: String,
    /// The seed.
    pub seed: u64,
    /// How the time is divided.
    pub split: SplitPlan,
    /// How much intervals follow what comes true, a day; without it they stay as they were calibrated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adaptive_rate: Option<f64>,
}

/// What is kept about a run beside its model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunDocument {
    /// The version of the program.
    pub program: String,
    /// Every parameter.
    pub parameters: BTreeMap<String, serde_json::Value>,
    /// What was asked for; not there in runs of programs before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<TrainRequest>,
    /// The expressions that the workspace held then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expressions: Vec<ExpressionText>,
    /// The midnight between past and future.
    pub cut: Option<Moment>,
    /// Visits that were learned from.
    pub train_n: u64,
    /// Visits that were tested on.
    pub test_n: u64,
    /// Visits of the test part that left unserved: not scored.
    pub test_abandoned: u64,
    /// Visits of the test part that are not over: not scored.
    pub test_unfinished: u64,
    /// The parts of the time before the cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<PartSizes>,
    /// Runs that had been tested on visits of the same test part before: the more, the likelier it is that one of them looks
    /// good by chance.
    #[serde(default)]
    pub earlier_tests: u64,
    /// The errors on the test part.
    pub test: Option<Errors>,
    /// How often the intervals hold the waits of the test part, level by level; empty where there are no intervals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coverage: Vec<Coverage>,
    /// The same as the intervals would have followed the waits of the test part, day by day, each no earlier than it was
    /// known; empty where they stay as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub followed: Vec<Coverage>,
    /// The errors of today's rule on the same visits.
    pub rule: Option<Errors>,
    /// The errors of the constant on the same visits.
    pub constant: Option<Errors>,
    /// How the loss fell while the model was fitted, of a family that is fitted in rounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub curve: Option<Curve>,
    /// Why there is no model, where there is none.
    pub failure: Option<String>,
}

/// The parts of the time before the cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartSizes {
    /// Where the visits that decide when to stop begin.
    pub stop_from: Moment,
    /// Where the visits for calibration begin.
    pub calibrate_from: Moment,
    /// Visits before either.
    pub fit_n: u64,
    /// Visits that decide when to stop.
    pub stop_n: u64,
    /// Visits for calibration.
    pub calibrate_n: u64,
}

/// What came of it.
#[derive(Debug)]
pub struct TrainOutcome {
    /// The run as it is kept.
    pub run: Run,
    /// What is kept beside the model.
    pub document: RunDocument,
    /// The model.
    pub artifact: Artifact,
}

/// A run as JSON: the test part, minutes.
#[derive(Debug, Serialize)]
pub struct TrainSummary {
    run: i64,
    family: String,
    seed: u64,
    artifact_sha256: Option<Digest>,
    train_n: u64,
    test_n: u64,
    mae: Option<f64>,
    mae_low: Option<f64>,
    mae_high: Option<f64>,
    mae_rule: Option<f64>,
    mae_constant: Option<f64>,
    within_20: Option<f64>,
    coverage_80: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage_80_followed: Option<f64>,
    seconds: f64,
}

/// Fits, tests and keeps a run. A run that fails or is cancelled is kept, too, without a model.
///
/// # Errors
/// [`WorkflowError`].
pub fn train(
    home: &Home,
    prepared: &Prepared,
    request: &TrainRequest,
    task: &Task,
) -> Result<TrainOutcome, WorkflowError> {
    let family = find_family(&request.family)?;
    let parameters = Parameters::from_yaml(family.parameters(), &request.parameters)?;
    let split = request.split.split(&prepared.history)?;
    let mut workspace = Workspace::open_or_create(home.folder())?;
    let own = expressions(&workspace)?;
    let (created_at, started) = (now(), Instant::now());
    let mut document = RunDocument::of(Some(request), &parameters, &own, &split);
    document.earlier_tests = workspace.tests_from(prepared.digest, split.cut)?;
    // Written down before anything is fitted: a training that is killed leaves a record, too.
    let begun = workspace.begin_run(&NewRun {
        dataset: prepared.digest,
        family: request.family.clone(),
        seed: request.seed,
        document: json(&document)?,
        created_at,
    })?;
    let recipe = Recipe { family, parameters: &parameters, seed: request.seed, rate: request.adaptive_rate };
    let fitted = fit_and_test(prepared, &own, recipe, &split, task);
    let seconds = started.elapsed().as_secs_f64();
    match fitted {
        Ok((artifact, tested)) => {
            document.test = tested.model;
            document.coverage = tested.covered.fixed;
            document.followed = tested.covered.followed;
            document.rule = tested.rule;
            document.constant = tested.constant;
            document.curve = tested.curve;
            let outcome = RunOutcome::Finished { artifact: artifact.to_bytes() };
            let run = workspace.finish_run(begun, &RunEnd { document: json(&document)?, seconds, outcome })?;
            Ok(TrainOutcome { run, document, artifact })
        }
        Err(error) => {
            document.failure = Some(error.to_string());
            let is_cancelled = matches!(error, FitError::Cancelled(_));
            let outcome = if is_cancelled { RunOutcome::Cancelled } else { RunOutcome::Failed };
            workspace.finish_run(begun, &RunEnd { document: json(&document)?, seconds, outcome })?;
            Err(error.into())
        }
    }
}

/// Fits and tests again what `request` asks for, with the expressions `own`, and keeps nothing.
///
/// # Errors
/// [`WorkflowError`].
pub(super) fn make(
    prepared: &Prepared,
    own: &[Arc<Expression>],
    request: &TrainRequest,
    task: &Task,
) -> Result<(Artifact, Option<Errors>), WorkflowError> {
    let family = find_family(&request.family)?;
    let parameters = Parameters::from_yaml(family.parameters(), &request.parameters)?;
    let split = request.split.split(&prepared.history)?;
    let recipe = Recipe { family, parameters: &parameters, seed: request.seed, rate: request.adaptive_rate };
    let (artifact, tested) = fit_and_test(prepared, own, recipe, &split, task)?;
    Ok((artifact, tested.model))
}

/// The family that `name` means.
///
/// # Errors
/// [`WorkflowError::UnknownFamily`].
pub fn find_family(name: &str) -> Result<&'static dyn Family, WorkflowError> {
    family(name).ok_or_else(|| WorkflowError::UnknownFamily {
        name: name.to_owned(),
        nearest: nearest(name, FAMILIES.iter().map(|family| family.id())),
        known: FAMILIES.iter().map(|family| family.id()).collect::<Vec<_>>().join(", "),
    })
}

/// The known waits of `rows`, in minutes.
#[must_use]
pub fn waits_of(prepared: &Prepared, rows: &[usize]) -> Vec<f64> {
    rows.iter().map(|row| prepared.waits[*row].unwrap_or_default()).collect()
}

pub(super) fn json(document: &RunDocument) -> Result<serde_json::Value, WorkflowError> {
    serde_json::to_value(document).map_err(|error| WorkflowError::Document { reason: error.to_string() })
}

impl RunDocument {
    /// Of a run that is about to begin; an imported model was not asked for.
    pub(super) fn of(
        request: Option<&TrainRequest>,
        parameters: &Parameters,
        own: &[Arc<Expression>],
        split: &TimeSplit,
    ) -> RunDocument {
        let parts = &split.parts;
        RunDocument {
            parts: Some(PartSizes {
                stop_from: parts.stop_from,
                calibrate_from: parts.calibrate_from,
                fit_n: parts.fit.len() as u64,
                stop_n: parts.stop.len() as u64,
                calibrate_n: parts.calibrate.len() as u64,
            }),
            earlier_tests: 0,
            coverage: Vec::new(),
            followed: Vec::new(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            parameters: as_map(parameters),
            request: request.cloned(),
            expressions: own.iter().map(|expression| ExpressionText::of(expression)).collect(),
            cut: Some(split.cut),
            train_n: split.train.len() as u64,
            test_n: split.test.len() as u64,
            test_abandoned: split.test_abandoned as u64,
            test_unfinished: split.test_unfinished as u64,
            test: None,
            rule: None,
            constant: None,
            curve: None,
            failure: None,
        }
    }

    /// The coverage of the intervals of this level.
    #[must_use]
    pub fn coverage_of(&self, level: f64) -> Option<&Coverage> {
        self.coverage.iter().find(|coverage| coverage.level == level)
    }

    /// The document of a kept run.
    ///
    /// # Errors
    /// [`WorkflowError::Document`].
    pub fn read(run: &Run) -> Result<RunDocument, WorkflowError> {
        RunDocument::deserialize(&run.document)
            .map_err(|error| WorkflowError::Document { reason: error.to_string() })
    }
}

impl TrainSummary {
    /// The number of the run.
    #[must_use]
    pub fn run(&self) -> i64 {
        self.run
    }

    /// The summary of a kept run.
    #[must_use]
    pub fn of(run: &Run, document: &RunDocument) -> TrainSummary {
        let test = document.test.as_ref();
        TrainSummary {
            run: run.id,
            family: run.family.clone(),
            seed: run.seed,
            artifact_sha256: run.artifact_sha256,
            train_n: document.train_n,
            test_n: document.test_n,
            mae: test.map(|errors| errors.mae),
            mae_low: test.and_then(|errors| errors.mae_low),
            mae_high: test.and_then(|errors| errors.mae_high),
            mae_rule: document.rule.as_ref().map(|errors| errors.mae),
            mae_constant: document.constant.as_ref().map(|errors| errors.mae),
            within_20: test.map(|errors| errors.within_20),
            coverage_80: document.coverage_of(0.8).map(|coverage| coverage.covered),
            coverage_80_followed: document
                .followed
                .iter()
                .find(|found| found.level == 0.8)
                .map(|found| found.covered),
            seconds: run.seconds,
        }
    }
}

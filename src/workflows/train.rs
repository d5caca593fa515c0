//! Train: fit a family on the past of a data set, test it once on its future, keep the run.
//!
//! The rule and the constant are fitted on the same past and tested on the same visits, so that a run is never shown
//! without what it has to beat.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::analysis::evaluation::{Errors, TimeSplit, errors, split_by_time};
use crate::analysis::features::Expression;
use crate::analysis::models::{
    Artifact, Curve, FAMILIES, Family, Fit, FitError, Fitted, Origin, Parameters, Training, family,
};
use crate::base::{Digest, Moment, Task};
use crate::store::workspace::{NewRun, Run, RunEnd, RunOutcome, Workspace};

use super::datasets::Prepared;
use super::expressions::{ExpressionText, expressions};
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
    /// The share of the time at the end that is tested on.
    pub test_share: f64,
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
    /// The errors on the test part.
    pub test: Option<Errors>,
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
    let split = split_by_time(&prepared.history, request.test_share)?;
    let mut workspace = Workspace::open_or_create(home.folder())?;
    let own = expressions(&workspace)?;
    let (created_at, started) = (now(), Instant::now());
    let mut document = RunDocument::of(request, &parameters, &own, &split);
    // Written down before anything is fitted: a training that is killed leaves a record, too.
    let begun = workspace.begin_run(&NewRun {
        dataset: prepared.digest,
        family: request.family.clone(),
        seed: request.seed,
        document: json(&document)?,
        created_at,
    })?;
    let fitted = fit_and_test(prepared, &own, family, &parameters, request.seed, &split, task);
    let seconds = started.elapsed().as_secs_f64();
    match fitted {
        Ok((artifact, tested)) => {
            document.test = tested.model;
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
    let split = split_by_time(&prepared.history, request.test_share)?;
    let (artifact, tested) = fit_and_test(prepared, own, family, &parameters, request.seed, &split, task)?;
    Ok((artifact, tested.model))
}

/// The family that `name` means.
///
/// # Errors
/// [`WorkflowError::UnknownFamily`].
pub fn find_family(name: &str) -> Result<&'static dyn Family, WorkflowError> {
    family(name).ok_or_else(|| WorkflowError::UnknownFamily {
        name: name.to_owned(),
        known: FAMILIES.iter().map(|family| family.id()).collect::<Vec<_>>().join(", "),
    })
}

/// A family with its default parameters, fitted on `rows` of `prepared`.
///
/// # Errors
/// [`FitError`].
pub fn fit_baseline(prepared: &Prepared, name: &str, rows: &[usize], task: &Task) -> Result<Fitted, FitError> {
    let family = family(name).ok_or(FitError::NothingVaries)?;
    // Nothing about a baseline is random.
    let fit = fit(prepared, &[], family, &Parameters::defaults(family.parameters()), rows, 0, task)?;
    Ok(fit.model)
}

/// The known waits of `rows`, in minutes.
#[must_use]
pub fn waits_of(prepared: &Prepared, rows: &[usize]) -> Vec<f64> {
    rows.iter().map(|row| prepared.waits[*row].unwrap_or_default()).collect()
}

struct Tested {
    model: Option<Errors>,
    rule: Option<Errors>,
    constant: Option<Errors>,
    curve: Option<Curve>,
}

fn fit(
    prepared: &Prepared,
    own: &[Arc<Expression>],
    family: &dyn Family,
    parameters: &Parameters,
    rows: &[usize],
    seed: u64,
    task: &Task,
) -> Result<Fit, FitError> {
    let waits = waits_of(prepared, rows);
    let features = prepared.features.take(rows).with_expressions(own);
    family.fit(&Training::new(&features, &waits, seed), parameters, task)
}

fn fit_and_test(
    prepared: &Prepared,
    own: &[Arc<Expression>],
    family: &dyn Family,
    parameters: &Parameters,
    seed: u64,
    split: &TimeSplit,
    task: &Task,
) -> Result<(Artifact, Tested), FitError> {
    let Fit { model, curve } = fit(prepared, own, family, parameters, &split.train, seed, task)?;
    let test = prepared.features.take(&split.test).with_expressions(own);
    let actual = waits_of(prepared, &split.test);
    let days = day_numbers(prepared, &split.test);
    let score = |model: &Fitted| -> Result<Option<Errors>, FitError> {
        Ok(errors(&model.predict_all(&test, task)?, &actual, &days, seed))
    };
    let tested = Tested {
        model: score(&model)?,
        rule: score(&fit_baseline(prepared, "rule", &split.train, task)?)?,
        constant: score(&fit_baseline(prepared, "constant", &split.train, task)?)?,
        curve: curve.map(|curve| curve.thinned()),
    };
    let trained_from = split.train.first().map_or(split.cut, |row| prepared.history.visits.arrived[*row]);
    let origin = Origin {
        dataset: prepared.digest,
        zone: prepared.history.zone.clone(),
        zones: prepared.history.zones.clone(),
        trained_from,
        trained_until: split.cut,
        train_n: split.train.len() as u64,
        seed,
        parameters: as_map(parameters),
        program: env!("CARGO_PKG_VERSION").to_owned(),
    };
    Ok((Artifact::new(model, origin, &test), tested))
}

/// The day of each of `rows` at its site, as days since 1970.
fn day_numbers(prepared: &Prepared, rows: &[usize]) -> Vec<u32> {
    let mut clock = prepared.history.zone.clock();
    let mut day = |row: &usize| clock.local(prepared.history.visits.arrived[*row]).date().epoch_days();
    rows.iter().map(|row| day(row).cast_unsigned()).collect()
}

fn as_map(parameters: &Parameters) -> BTreeMap<String, serde_json::Value> {
    match serde_json::to_value(parameters) {
        Ok(serde_json::Value::Object(map)) => map.into_iter().collect(),
        _ => BTreeMap::new(),
    }
}

fn json(document: &RunDocument) -> Result<serde_json::Value, WorkflowError> {
    serde_json::to_value(document).map_err(|error| WorkflowError::Document { reason: error.to_string() })
}

impl RunDocument {
    fn of(
        request: &TrainRequest,
        parameters: &Parameters,
        own: &[Arc<Expression>],
        split: &TimeSplit,
    ) -> RunDocument {
        RunDocument {
            program: env!("CARGO_PKG_VERSION").to_owned(),
            parameters: as_map(parameters),
            request: Some(request.clone()),
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
            seconds: run.seconds,
        }
    }
}

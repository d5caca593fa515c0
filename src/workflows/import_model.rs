//! Import a model that was trained elsewhere: tested once on visits after its training, and kept as a run.
//!
//! Such a file does not say what it learned from, so whoever imports it says when its training ended; the model is tested,
//! and later compared, on visits that arrived after that. The rule and the constant are fitted on what was known by then.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use crate::analysis::evaluation::{SplitPlan, TimeSplit, errors, split_from};
use crate::analysis::models::foreign::{self, MOST_BYTES};
use crate::analysis::models::{Artifact, Fitted, IMPORTED, Origin, Parameters};
use crate::base::{Digest, Moment, Task};
use crate::store::workspace::{NewRun, RunEnd, RunOutcome, Workspace};

use super::datasets::Prepared;
use super::expressions::expressions;
use super::files::read_text;
use super::fitting::places;
use super::tested::fit_baseline;
use super::train::{RunDocument, TrainOutcome, json, waits_of};
use super::{Home, SEED, WorkflowError, now};

/// What is to be imported.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportModelRequest {
    /// LightGBM's text form or XGBoost's JSON form.
    pub file: PathBuf,
    /// Every wait that it learned from was known before this moment.
    pub trained_until: Moment,
    /// The share of the time at the end that is tested on; less where the training ended later.
    pub test_share: f64,
}

/// Reads, tests and keeps a model. A file that cannot be read leaves no run.
///
/// # Errors
/// [`WorkflowError::Foreign`], [`WorkflowError::InSample`] where no served visit arrived after the training, and
/// [`WorkflowError`].
pub fn import_model(
    home: &Home,
    prepared: &Prepared,
    request: &ImportModelRequest,
    task: &Task,
) -> Result<TrainOutcome, WorkflowError> {
    let (created_at, started) = (now(), Instant::now());
    let text = read_text(&request.file, MOST_BYTES as u64)?;
    let split = split_after(prepared, request)?;
    let mut workspace = Workspace::open_or_create(home.folder())?;
    let own = expressions(&workspace)?;
    let features = prepared.features.take_watched(&split.test, task)?.with_expressions(&own);
    let imported = foreign::read(text.as_bytes(), &features)?;
    let said = [("source", imported.source.id().to_owned()), ("objective", imported.objective)];
    let said = said.map(|(name, value)| (name.to_owned(), serde_json::Value::from(value)));
    let mut parameters = BTreeMap::from(said);
    let model = Fitted::Imported(Box::new(imported.trees));

    let actual = waits_of(prepared, &split.test);
    let days = places(prepared, &split.test).day;
    let score = |model: &Fitted| -> Result<_, WorkflowError> {
        Ok(errors(&model.predict_all(&features, task)?, &actual, &days, SEED))
    };
    let mut document = RunDocument::of(None, &Parameters::defaults(&[]), &own, &split);
    document.parameters.clone_from(&parameters);
    parameters.insert("file_sha256".to_owned(), Digest::of(text.as_bytes()).to_string().into());
    // How many it learned from, nobody says.
    document.train_n = 0;
    document.test = score(&model)?;
    document.rule = score(&fit_baseline(prepared, "rule", &split.train, task)?)?;
    document.constant = score(&fit_baseline(prepared, "constant", &split.train, task)?)?;

    let origin = Origin {
        dataset: prepared.digest,
        zone: prepared.history.zone.clone(),
        zones: prepared.history.zones.clone(),
        trained_from: request.trained_until,
        trained_until: request.trained_until,
        train_n: 0,
        seed: SEED,
        parameters,
        program: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let artifact = Artifact::new(model, None, origin, &features);
    let begun = workspace.begin_run(&NewRun {
        dataset: prepared.digest,
        family: IMPORTED.to_owned(),
        seed: SEED,
        document: json(&document)?,
        created_at,
    })?;
    let outcome = RunOutcome::Finished { artifact: artifact.to_bytes() };
    let seconds = started.elapsed().as_secs_f64();
    let run = workspace.finish_run(begun, &RunEnd { document: json(&document)?, seconds, outcome })?;
    Ok(TrainOutcome { run, document, artifact })
}

/// The usual split, moved to the end of the model's training where that is later.
fn split_after(prepared: &Prepared, request: &ImportModelRequest) -> Result<TimeSplit, WorkflowError> {
    let usual = SplitPlan::default().testing(request.test_share).split(&prepared.history)?;
    let trained_until = request.trained_until;
    if trained_until <= usual.cut {
        return Ok(usual);
    }
    let split = split_from(&prepared.history, trained_until);
    match prepared.history.visits.arrived.last() {
        Some(last) if split.test.is_empty() => Err(WorkflowError::InSample { trained_until, last_arrival: *last }),
        _ => Ok(split),
    }
}

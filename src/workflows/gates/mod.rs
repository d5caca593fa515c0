//! What the gates rest on beside the comparison: how long answers take, whether the way from data to answers holds together,
//! whether the exported model predicts the same. It is measured here and decided in [`crate::analysis::evaluation::gates`].

mod words;

use std::sync::Arc;
use std::time::Instant;

use crate::analysis::answer::{PredictionRequest, Predictor};
use crate::analysis::evaluation::SplitPlan;
use crate::analysis::evaluation::gates::{EndToEnd, InferenceTimes, Parity, Simulated};
use crate::analysis::features::{Expression, build};
use crate::analysis::history::{self, History};
use crate::analysis::models::onnx::{self, OnnxGraph};
use crate::analysis::models::{Artifact, FitError, Parameters, family};
use crate::analysis::simulation::{Recipe as Simulation, simulate};
use crate::base::{Cancelled, Digest, Minutes, Task};

use super::datasets::Prepared;
use super::example::request_of;
use super::fitting::Recipe;
use super::tested::fit_and_test;
use super::{SEED, WorkflowError};

pub use words::{exact_words, gate_reason, gate_value, gate_words};

/// Visits whose requests are answered, and that the exported model predicts.
const MOST_VISITS: usize = 512;
/// Answers that are timed.
const TIMED: usize = 2_000;
/// One site, two queues, five weeks: 4,000 visits.
const SIMULATED: &str = "\
seed: 1404
start: 1404/01/15
days: 35
services:
  - {id: rec, name: پذیرش, median_minutes: 6.0}
  - {id: doc, name: نوبت پزشک, median_minutes: 11.0}
sites:
  - id: one
    name: کرج
    queues:
      - {service: rec, visits_a_day: 80, counters: 1, peak_counters: 2}
      - {service: doc, visits_a_day: 50, counters: 2, booked_share: 0.5}
";

/// What was measured of a candidate.
pub(super) struct Measured {
    pub inference: InferenceTimes,
    pub integration: EndToEnd,
    pub onnx: Parity,
}

/// Measures `artifact` on the visits `rows` of `prepared`.
pub(super) fn measure(
    prepared: &Prepared,
    artifact: &Artifact,
    rows: &[usize],
    task: &Task,
) -> Result<Measured, WorkflowError> {
    task.report("stage.gates", 0, 0)?;
    let step = rows.len().div_ceil(MOST_VISITS).max(1);
    let rows: Vec<usize> = rows.iter().copied().step_by(step).collect();
    let own: Vec<Arc<Expression>> = artifact.contract.expressions().into_iter().map(Arc::new).collect();
    let features = prepared.features.take_watched(&rows, task)?.with_expressions(&own);
    let expected = artifact.model.predict_all(&features, task)?;
    let (answers, inference) = answered(prepared, artifact, &rows, &expected, task)?;
    let simulated = on_simulated(artifact, &own, task)?;
    let onnx = exported(artifact, &rows, &expected, &|row, id| features.value(id, row));
    Ok(Measured { inference, integration: EndToEnd { answers, simulated }, onnx })
}

/// Asks for each visit as a caller would, by the code that the service answers with, and takes the time.
fn answered(
    prepared: &Prepared,
    artifact: &Artifact,
    rows: &[usize],
    expected: &[f64],
    task: &Task,
) -> Result<(Parity, InferenceTimes), Cancelled> {
    let arrived = &prepared.history.visits.arrived;
    let mut parity = Parity::default();
    let Some(first) = rows.first() else {
        return Ok((parity, InferenceTimes { n: 0, p50_ms: 0.0, p99_ms: 0.0 }));
    };
    let predictor = Predictor::new(artifact.clone(), arrived[*first]);
    let bodies: Vec<Vec<u8>> =
        rows.iter().map(|row| serde_json::to_vec(&request_of(prepared, *row)).unwrap_or_default()).collect();
    // The visit is the present of its request.
    let answer = |place: usize| {
        let request = PredictionRequest::parse(&bodies[place], arrived[rows[place]])?;
        let predicted = predictor.predict(&request, None, None);
        let body = serde_json::json!({ "minutes": predicted.minutes, "intervals": predicted.intervals,
            "missing": predicted.missing, "features": predicted.features });
        Ok((predicted.minutes, serde_json::to_vec(&body).unwrap_or_default()))
    };
    for (place, expected) in expected.iter().enumerate() {
        let answer: Result<(Minutes, Vec<u8>), crate::analysis::answer::RequestError> = answer(place);
        match answer {
            Ok((minutes, _)) => add(&mut parity, minutes.get(), *expected),
            Err(error) => {
                let first = error.errors.first().map(|of| format!("{} {}", of.field, of.detail));
                parity.failure.get_or_insert(first.unwrap_or(error.detail));
            }
        }
    }
    let mut taken: Vec<f64> = Vec::with_capacity(TIMED);
    for place in (0..rows.len()).cycle().take(TIMED) {
        task.check()?;
        let begun = Instant::now();
        let answered = std::hint::black_box(answer(place));
        let millis = begun.elapsed().as_secs_f64() * 1e3;
        if answered.is_ok() {
            taken.push(millis);
        }
    }
    taken.sort_by(f64::total_cmp);
    let at = |share: usize| taken.get(taken.len() * share / 100).copied().unwrap_or_default();
    Ok((parity, InferenceTimes { n: taken.len() as u64, p50_ms: at(50), p99_ms: at(99) }))
}

/// Another prediction of the same visit.
fn add(parity: &mut Parity, found: f64, expected: f64) {
    let difference = (found - expected).abs() / expected.abs().max(1.0);
    parity.n += 1;
    // What is not a number differs by more than anything.
    parity.largest = if difference.is_nan() { f64::INFINITY } else { parity.largest.max(difference) };
}

/// The whole pipeline on a simulated history; `None` for a family that is not fitted here.
fn on_simulated(
    artifact: &Artifact,
    own: &[Arc<Expression>],
    task: &Task,
) -> Result<Option<Simulated>, Cancelled> {
    let Some(family) = family(artifact.model.family()) else { return Ok(None) };
    let failed = |failure: String| {
        Ok(Some(Simulated { n: 0, mae: f64::NAN, mae_constant: f64::NAN, failure: Some(failure) }))
    };
    let recipe = match Simulation::from_yaml(SIMULATED) {
        Ok(recipe) => recipe,
        Err(error) => return failed(error.to_string()),
    };
    let history = History::new(recipe.zone().clone(), simulate(&recipe, task)?);
    let features = build(&history, task)?.with_expressions(own);
    let visits = &history.visits;
    let waits = (0..visits.len()).map(|row| visits.wait(row).map(Minutes::get)).collect();
    let digest = history::digest(&history);
    let prepared = Prepared { digest, history, features, waits };
    let split = match SplitPlan::default().split(&prepared.history) {
        Ok(split) => split,
        Err(error) => return failed(error.to_string()),
    };
    let parameters = Parameters::defaults(family.parameters());
    let recipe = Recipe { family, parameters: &parameters, seed: SEED, rate: None };
    match fit_and_test(&prepared, own, recipe, &split, task) {
        Ok((_, tested)) => {
            let mae = |errors: Option<crate::analysis::evaluation::Errors>| errors.map_or(f64::NAN, |of| of.mae);
            let n = tested.model.as_ref().map_or(0, |errors| errors.n);
            let (mae, mae_constant) = (mae(tested.model), mae(tested.constant));
            Ok(Some(Simulated { n, mae, mae_constant, failure: None }))
        }
        Err(FitError::Cancelled(cancelled)) => Err(cancelled),
        Err(error) => failed(error.to_string()),
    }
}

/// The exported model, read back and run on the same visits.
fn exported<'v>(
    artifact: &Artifact,
    rows: &[usize],
    expected: &[f64],
    value: &dyn Fn(usize, &str) -> crate::analysis::features::Value<'v>,
) -> Parity {
    let failed = |failure: String| Parity { failure: Some(failure), ..Parity::default() };
    let bytes = match onnx::export(artifact, Digest::of(&artifact.to_bytes())) {
        Ok(bytes) => bytes,
        Err(error) => return failed(error.to_string()),
    };
    let predicted = OnnxGraph::read(&bytes).and_then(|graph| graph.predict(rows.len(), value));
    match predicted {
        Ok(predicted) => {
            predicted.iter().zip(expected).fold(Parity::default(), |mut parity, (found, expected)| {
                add(&mut parity, *found, *expected);
                parity
            })
        }
        Err(error) => failed(error.to_string()),
    }
}

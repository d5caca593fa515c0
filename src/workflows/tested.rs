//! A test: a recipe is fitted on the past, and what it predicts of the future is held against what came true.
//!
//! The rule and the constant are fitted on the same past and tested on the same visits, so that a run is never shown
//! without what it has to beat.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::analysis::evaluation::{Errors, Places, TimeSplit, errors};
use crate::analysis::features::{Expression, FeatureTable};
use crate::analysis::models::{Artifact, Curve, FitError, Fitted, Origin, Parameters, Training, family};
use crate::base::Task;

use super::datasets::Prepared;
use super::fitting::{Covered, Recipe, Trained, coverage_of, places};
use super::train::waits_of;

/// A family with its default parameters, fitted on `rows` of `prepared`.
///
/// # Errors
/// [`FitError`].
pub(super) fn fit_baseline(
    prepared: &Prepared,
    name: &str,
    rows: &[usize],
    task: &Task,
) -> Result<Fitted, FitError> {
    let features = prepared.features.take_watched(rows, task)?;
    baseline(name, &features, &waits_of(prepared, rows), task)
}

fn baseline(name: &str, features: &FeatureTable, waits: &[f64], task: &Task) -> Result<Fitted, FitError> {
    let family = family(name).ok_or(FitError::NothingVaries)?;
    // Nothing about a baseline is random.
    let training = Training::new(features, waits, 0);
    Ok(family.fit(&training, &Parameters::defaults(family.parameters()), task)?.model)
}
/// What a test came to.
pub(super) struct Tested {
    pub model: Option<Errors>,
    pub covered: Covered,
    pub rule: Option<Errors>,
    pub constant: Option<Errors>,
    pub curve: Option<Curve>,
    pub scored: Scored,
}

/// The visits of a test, in minutes, with their days since 1970.
#[derive(Default)]
pub(super) struct Scored {
    pub actual: Vec<f64>,
    pub predicted: Vec<f64>,
    pub rule: Vec<f64>,
    pub days: Vec<u32>,
}

impl Scored {
    /// Those of another test, too.
    pub fn add(&mut self, other: Scored) {
        self.actual.extend(other.actual);
        self.predicted.extend(other.predicted);
        self.rule.extend(other.rule);
        self.days.extend(other.days);
    }
}

/// Fits a recipe on the past of `split` and tests it on its future.
pub(super) fn fit_and_test(
    prepared: &Prepared,
    own: &[Arc<Expression>],
    recipe: Recipe<'_>,
    split: &TimeSplit,
    task: &Task,
) -> Result<(Artifact, Tested), FitError> {
    let seed = recipe.seed;
    let Trained { model, intervals, curve } = recipe.fit(prepared, own, split, task)?;
    let test = prepared.features.take_watched(&split.test, task)?.with_expressions(own);
    let actual = waits_of(prepared, &split.test);
    let mut places = places(prepared, &split.test);
    let score = |model: &Fitted| -> Result<(Vec<f64>, Option<Errors>), FitError> {
        let predicted = model.predict_all(&test, task)?;
        let errors = errors(&predicted, &actual, &places.day, seed);
        task.check()?;
        Ok((predicted, errors))
    };
    let (predicted, errors) = score(&model)?;
    let [by_rule, by_constant] = {
        let features = prepared.features.take_watched(&split.train, task)?;
        let waits = waits_of(prepared, &split.train);
        [baseline("rule", &features, &waits, task)?, baseline("constant", &features, &waits, task)?]
    };
    let (by_rule, rule) = score(&by_rule)?;
    let constant = score(&by_constant)?.1;
    places.predicted = predicted;
    let covered = match &intervals {
        None => Covered::default(),
        Some(intervals) => coverage_of(intervals, (prepared, &split.test), (&test, &actual), &places, seed, task)?,
    };
    let Places { day: days, predicted, .. } = places;
    let scored = Scored { actual, predicted, rule: by_rule, days };
    let curve = curve.map(|curve| curve.thinned());
    let tested = Tested { model: errors, covered, rule, constant, curve, scored };
    let trained_from = split.train.first().map_or(split.cut, |row| prepared.history.visits.arrived[*row]);
    let origin = Origin {
        dataset: prepared.digest,
        zone: prepared.history.zone.clone(),
        zones: prepared.history.zones.clone(),
        trained_from,
        trained_until: split.cut,
        train_n: split.train.len() as u64,
        seed,
        parameters: as_map(recipe.parameters),
        program: env!("CARGO_PKG_VERSION").to_owned(),
    };
    Ok((Artifact::new(model, intervals, origin, &test), tested))
}

/// Parameters as they are kept.
pub(super) fn as_map(parameters: &Parameters) -> BTreeMap<String, serde_json::Value> {
    match serde_json::to_value(parameters) {
        Ok(serde_json::Value::Object(map)) => map.into_iter().collect(),
        _ => BTreeMap::new(),
    }
}

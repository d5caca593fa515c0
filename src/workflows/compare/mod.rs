//! Compare: two models on the same visits.
//!
//! Unless a period is asked for, these are the visits that arrived after both had been trained. A period may hold visits that
//! one of them has seen: the figures are then shown as what they are, and the gate decides nothing.

mod elsewhere;
mod pairs;
mod rolling;
mod sides;
mod words;

use crate::analysis::evaluation::gates::{Case, CriticalFeature, GateResult, decide};
use crate::analysis::evaluation::{
    Comparison, CostWeights, Pairs, Settings, Side, SplitPlan, compare, read_predictions,
};
use crate::analysis::features::{FeatureTable, Value};
use crate::analysis::models::{Artifact, FitError, Fitted};
use crate::base::calendar::{CivilDate, LocalTime};
use crate::base::{Moment, Task};

use super::datasets::Prepared;
use super::gates::measure;
use super::models::{ModelName, load};
use super::tested::fit_baseline;
use super::thresholds::limits;
use super::{Home, SEED, WorkflowError};

use elsewhere::learned_sites;
use pairs::{Both, pairs};
use sides::{Contestant, TrainedUntil};

pub use rolling::{Rolling, RollingOrigin, RollingRatio, RollingSide, compare_rolling, rolling_words};
pub use words::{
    account_words, bounds_words, difference_places, headline_key, level_words, method_words, ratio_places,
    reason_words, selection_words, tests_words, undecided_words, worst_words,
};

/// Which models are to be compared.
#[derive(Clone, Debug, PartialEq)]
pub struct CompareRequest {
    /// The model that is there now.
    pub current: ModelName,
    /// The model that may replace it.
    pub candidate: ModelName,
    /// When the training of the models behind predictions from files ended, where that is known.
    pub trained_until: Option<TrainingEnd>,
    /// Which visits are compared on.
    pub period: Period,
    /// What errors cost people.
    pub weights: CostWeights,
    /// The seed of the bootstrap.
    pub seed: u64,
}

/// When a training ended, as people say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrainingEnd {
    /// Every wait that was learned from was known before this moment.
    At(Moment),
    /// Before this day began, by the clock of the data set.
    DayBegins(CivilDate),
}

impl TrainingEnd {
    /// `None` where the clock knows no such day.
    fn moment(self, prepared: &Prepared) -> Option<Moment> {
        match self {
            TrainingEnd::At(moment) => Some(moment),
            TrainingEnd::DayBegins(day) => {
                let midnight = LocalTime::new(day, 0, 0)?;
                Some(prepared.history.zone.clock().moment(midnight)?.chosen())
            }
        }
    }
}

/// Days of arrivals, by the clocks of the sites, both of them included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// The first day; without it, the period begins where both models have been trained.
    pub from: Option<CivilDate>,
    /// The last day; without it, the period ends with the data set.
    pub until: Option<CivilDate>,
}

impl Period {
    fn holds(self, day: CivilDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

impl CompareRequest {
    /// The usual comparison of two models.
    #[must_use]
    pub fn of(current: ModelName, candidate: ModelName) -> CompareRequest {
        CompareRequest {
            current,
            candidate,
            trained_until: None,
            period: Period::default(),
            weights: CostWeights::default(),
            seed: SEED,
        }
    }
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct CompareOutcome {
    /// The comparison.
    pub comparison: Comparison,
    /// Mean absolute error of the training median on the same visits, minutes: what both have to beat.
    pub mae_constant: f64,
    /// What the gates say of the candidate.
    pub gates: Vec<GateResult>,
    /// What errors cost people, as it was compared by.
    pub weights: CostWeights,
    /// The current model; `None` where it is a baseline.
    pub current: Option<Artifact>,
    /// The candidate; `None` where it is a baseline.
    pub candidate: Option<Artifact>,
}

/// Compares two models on the visits of `prepared` that arrived in the period of `request` or, without one, after both were
/// trained. A baseline is fitted on the visits that were over when the other model's training ended.
///
/// # Errors
/// [`WorkflowError::InSample`] where no visit arrived after both were trained, [`WorkflowError::NoVisitsToCompare`] where none of
/// those that were asked for is predicted by both, and [`WorkflowError`].
pub fn compare_models(
    home: &Home,
    prepared: &Prepared,
    request: &CompareRequest,
    task: &Task,
) -> Result<CompareOutcome, WorkflowError> {
    let Period { from, until } = request.period;
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        return Err(WorkflowError::PeriodReversed { from, until });
    }
    if !request.weights.are_fit() {
        return Err(WorkflowError::CostUnfit);
    }
    let is_file = |name: &ModelName| matches!(name, ModelName::Predictions(_));
    if request.trained_until.is_some() && !is_file(&request.current) && !is_file(&request.candidate) {
        return Err(WorkflowError::NothingToDate);
    }
    let (mut current, mut candidate) = (request.current.clone(), request.candidate.clone());
    let artifacts = [load(home, &mut current)?, load(home, &mut candidate)?];
    let names = [&current, &candidate];
    let unseen_from = unseen_from(prepared, request, names, &artifacts)?;
    let known = known_before(prepared, unseen_from);
    let said_until = request.trained_until.and_then(|end| end.moment(prepared));
    let trained = [0, 1].map(|side: usize| match (&artifacts[side], names[side]) {
        (Some(artifact), _) => TrainedUntil::Known(artifact.origin.trained_until),
        (None, ModelName::Predictions(_)) => said_until.map_or(TrainedUntil::Unknown, TrainedUntil::Known),
        (None, _) => TrainedUntil::Known(unseen_from),
    });
    let baseline = |family: &str| {
        fit_baseline(prepared, family, &known, task).map_err(|error| match error {
            FitError::TooFewVisits { n, needed } => WorkflowError::NoPast { n, needed, before: unseen_from },
            error => error.into(),
        })
    };
    let constant = baseline("constant")?;
    let contestant = |name: &ModelName, artifact: Option<Artifact>| -> Result<Contestant, WorkflowError> {
        match (artifact, name) {
            (Some(artifact), _) => Ok(Contestant::Kept(Box::new(artifact))),
            (None, ModelName::Baseline(family)) => Ok(Contestant::Fitted(baseline(family)?)),
            (None, ModelName::Predictions(path)) => {
                Ok(Contestant::Given(Box::new(read_predictions(path, &prepared.history.visits, task)?)))
            }
            (None, _) => Err(WorkflowError::UnknownModel { name: name.to_string() }),
        }
    };
    let sites_of = |artifact: &Option<Artifact>| {
        artifact.as_ref().map_or(Ok(None), |artifact| learned_sites(home, prepared, artifact, task))
    };
    let sites = [sites_of(&artifacts[0])?, sites_of(&artifacts[1])?];
    let [of_current, of_candidate] = artifacts;
    let first = contestant(&current, of_current)?;
    let second = contestant(&candidate, of_candidate)?;
    let both = Both { current: &first, candidate: &second, trained, sites, unseen_from };
    let (pairs, rows) = pairs(prepared, request.period, &both, task)?;
    if pairs.actual.is_empty() {
        return Err(nothing_to_compare(prepared, request, &pairs, unseen_from));
    }
    task.report("stage.comparing", 0, 0)?;
    let side = |name: &ModelName, contestant: &Contestant| Side {
        name: name.to_string(),
        family: contestant.family().to_owned(),
    };
    let limits = limits(home)?;
    let settings = Settings { weights: request.weights, margin: limits.margin(), seed: request.seed };
    let comparison = compare(side(&current, &first), side(&candidate, &second), &pairs, settings)?;
    let mae_constant = mean_absolute_error(&constant, &pairs);
    let critical = first.critical_features().map(|ids| {
        let feature = |id: String| CriticalFeature { varies: varies(&prepared.features, &id), id };
        ids.into_iter().map(feature).collect::<Vec<CriticalFeature>>()
    });
    let (current, candidate) = (first.into_artifact(), second.into_artifact());
    let measured = candidate.as_ref().map(|artifact| measure(prepared, artifact, &rows, task)).transpose()?;
    let case = Case {
        comparison: &comparison,
        candidate: candidate.as_ref(),
        critical: critical.as_deref(),
        inference: measured.as_ref().map(|measured| &measured.inference),
        integration: measured.as_ref().map(|measured| &measured.integration),
        onnx: measured.as_ref().map(|measured| &measured.onnx),
    };
    let gates = decide(&case, &limits);
    Ok(CompareOutcome { comparison, mae_constant, gates, weights: request.weights, current, candidate })
}

/// Whether a feature has more than one value, missing ones included.
fn varies(features: &FeatureTable, id: &str) -> bool {
    let first = (!features.is_empty()).then(|| features.value(id, 0));
    first.is_some_and(|first| (1..features.len()).any(|row| features.value(id, row) != first))
}

/// Why no visit is compared.
fn nothing_to_compare(
    prepared: &Prepared,
    request: &CompareRequest,
    pairs: &Pairs,
    trained_until: Moment,
) -> WorkflowError {
    let arrived = &prepared.history.visits.arrived;
    let (first, last) = (arrived.first().copied(), arrived.last().copied());
    let [first, last] = [first, last].map(|moment| moment.unwrap_or(trained_until));
    if request.period == Period::default() && pairs.selection.unpredicted == 0 {
        return WorkflowError::InSample { trained_until, last_arrival: last };
    }
    WorkflowError::NoVisitsToCompare { unpredicted: pairs.selection.unpredicted, first, last }
}

impl CompareOutcome {
    /// The comparison as JSON: its fields, and the three mean absolute errors by name.
    #[must_use]
    pub fn summary(&self) -> serde_json::Value {
        let mut document = serde_json::to_value(&self.comparison).unwrap_or_default();
        if let Some(fields) = document.as_object_mut() {
            fields.insert("mae_current".to_owned(), self.comparison.current.errors.mae.into());
            fields.insert("mae_candidate".to_owned(), self.comparison.candidate.errors.mae.into());
            fields.insert("mae_constant".to_owned(), self.mae_constant.into());
            fields.insert("weights".to_owned(), serde_json::to_value(self.weights).unwrap_or_default());
            fields.insert("gates".to_owned(), serde_json::to_value(&self.gates).unwrap_or_default());
        }
        document
    }
}

/// Of a model that says the same of every visit.
fn mean_absolute_error(constant: &Fitted, pairs: &Pairs) -> f64 {
    let always = constant.predict(&|_| Value::Missing).get();
    pairs.actual.iter().map(|actual| (always - actual).abs()).sum::<f64>() / pairs.actual.len() as f64
}

/// Where the visits that neither model has seen begin: the later end of training of the two. Where nobody says when a training
/// ended, it is the beginning of the period, if something was over by then to fit baselines on, else the usual cut.
fn unseen_from(
    prepared: &Prepared,
    request: &CompareRequest,
    names: [&ModelName; 2],
    artifacts: &[Option<Artifact>; 2],
) -> Result<Moment, WorkflowError> {
    let said_until = request.trained_until.and_then(|end| end.moment(prepared));
    let said = |name: &ModelName| said_until.filter(|_| matches!(name, ModelName::Predictions(_)));
    let kept = artifacts.iter().flatten().map(|artifact| artifact.origin.trained_until);
    if let Some(latest) = kept.chain(names.into_iter().filter_map(said)).max() {
        return Ok(latest);
    }
    let mut clock = prepared.history.zone.clock();
    let midnight = |day| Some(clock.moment(LocalTime::new(day, 0, 0)?)?.chosen());
    let begins = request.period.from.and_then(midnight);
    match begins.filter(|begins| !known_before(prepared, *begins).is_empty()) {
        Some(begins) => Ok(begins),
        None => Ok(SplitPlan::default().split(&prepared.history)?.cut),
    }
}

/// The served visits that were called before `moment`.
fn known_before(prepared: &Prepared, moment: Moment) -> Vec<usize> {
    let called = &prepared.history.visits.called;
    (0..called.len()).filter(|row| called[*row].is_some_and(|called| called < moment)).collect()
}

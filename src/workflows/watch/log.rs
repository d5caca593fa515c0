//! Watching what was served: the log of predictions, and the outcomes of a data set that it can be joined with.
//!
//! The log keeps what the model saw and what it said, and what the caller called the visit. Where a data set has a visit of that
//! id, its wait is the outcome. Predictions without an outcome count for the data and for nothing else.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde::Serialize;

use crate::analysis::drift::{
    ConceptDrift, ConceptReason, DayWaits, DriftError, LabelDrift, Named, REFERENCE_WEEKS, Source, Timeline,
    WeekError, Window, concept_drift, data_drift, label_drift,
};
use crate::analysis::features::{Column, FeatureTable, Whole};
use crate::analysis::history::Categories;
use crate::base::calendar::{CivilDate, Zone};
use crate::base::{Task, Verdict};
use crate::store::predictions::{Prediction, Predictions};
use crate::workflows::WorkflowError;
use crate::workflows::datasets::Prepared;

use super::{DriftReport, Plan, Span, WatchRequest, Watched, Windows};

/// Different features of a log at most; more is no log of ours.
const MOST_FEATURES: usize = 1_000;

/// What people are told of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogFacts {
    /// Predictions.
    pub n: u64,
    /// Those whose outcome is known.
    pub with_outcome: u64,
    /// The versions that made them, the oldest first.
    pub versions: Vec<String>,
}

/// The features of one name, row by row.
enum Values {
    Numbers(Vec<f32>),
    Names { names: Categories, codes: Whole },
}

/// A log in memory.
#[derive(Default)]
struct Log {
    day: Vec<CivilDate>,
    predicted: Vec<f64>,
    keys: Vec<Option<String>>,
    columns: BTreeMap<String, Values>,
    versions: Vec<String>,
}

/// Looks for drift in the log of predictions at `path`. The days are those of the clock of `outcomes`, the data set whose visits have
/// the ids that callers gave, else of Tehran's.
///
/// # Errors
/// [`WorkflowError`], [`DriftError`] among them.
pub fn watch_log(
    path: &Path,
    outcomes: Option<&Prepared>,
    request: &WatchRequest,
    task: &Task,
) -> Result<DriftReport, WorkflowError> {
    task.report("stage.reading", 0, 0)?;
    let zone = outcomes.map_or_else(Zone::default, |prepared| prepared.history.zone.clone());
    let log = Log::read(path, &zone, task)?;
    let waits = log.waits(outcomes);
    task.report("stage.comparing", 0, 0)?;
    let timeline = Timeline::of_days(log.day.clone(), Vec::new()).ok_or(DriftError::NoVisits)?;
    let plan = Plan::of(&timeline, None, request)?;
    let rows = log.day.len();
    let versions = log.versions.clone();
    let predicted = log.predicted.clone();
    let table = log.into_table();
    let named = |(id, column)| Named { id, source: Source::Feature, column };
    let columns: Vec<Named<'_>> = table.columns().map(named).collect();
    let data = data_drift((&columns, &plan.current), (&columns, &plan.reference), request.seed, task)?;
    let with_outcome = waits.iter().flatten().count() as u64;
    let needed = if matches!(request.span, Span::Periods(..)) { 1 } else { REFERENCE_WEEKS };
    let concept = if with_outcome == 0 {
        ConceptDrift { reason: ConceptReason::NoOutcomes, ..concept_drift(&[], needed) }
    } else {
        let errors: Vec<WeekError> = plan.weeks.iter().map(|week| errors(week, &predicted, &waits)).collect();
        concept_drift(&errors, needed)
    };
    let label = match (&plan.label_current, &plan.label_reference) {
        (Some(month), Some(before)) => {
            label_drift(&by_day(month, &waits), &by_day(before, &waits), request.bounds, request.seed)
        }
        _ => LabelDrift::without_reference(request.bounds),
    };
    Ok(DriftReport {
        verdict: Verdict::all([data.verdict, concept.verdict, label.verdict]),
        dataset: outcomes.map(|prepared| prepared.digest),
        predictions: Some(LogFacts { n: rows as u64, with_outcome, versions: versions.clone() }),
        against: None,
        windows: Windows::of(&plan),
        months: request.months,
        model: Watched { name: versions.join(", "), family: None, trained_until: None },
        seed: request.seed,
        data,
        concept,
        label,
        matters: None,
    })
}

impl Log {
    fn read(path: &Path, zone: &Zone, task: &Task) -> Result<Log, WorkflowError> {
        let (mut log, mut clock, mut cancelled) = (Log::default(), zone.clock(), None);
        Predictions::open(path)?.each(|prediction| {
            log.day.push(clock.local(prediction.at).date());
            log.add(prediction);
            cancelled = task.check().err();
            cancelled.is_none() && log.columns.len() <= MOST_FEATURES
        })?;
        match cancelled {
            Some(cancelled) => Err(cancelled.into()),
            None if log.columns.len() > MOST_FEATURES => Err(WorkflowError::Document {
                reason: format!("more than {MOST_FEATURES} features in {}", path.display()),
            }),
            None => Ok(log),
        }
    }

    fn add(&mut self, prediction: Prediction) {
        let row = self.predicted.len();
        let version = prediction.version.to_string();
        if !self.versions.contains(&version) {
            self.versions.push(version);
        }
        self.predicted.push(prediction.predicted.get());
        self.keys.push(prediction.request_key);
        let serde_json::Value::Object(features) = prediction.features else { return };
        for (id, value) in features {
            let is_name = value.is_string();
            let values = self.columns.entry(id).or_insert_with(|| match is_name {
                true => Values::Names { names: Categories::default(), codes: Whole::default() },
                false => Values::Numbers(Vec::new()),
            });
            values.put(row, &value);
        }
    }

    /// The waits of the visits that callers named, where `outcomes` has them.
    fn waits(&self, outcomes: Option<&Prepared>) -> Vec<Option<f64>> {
        let Some(prepared) = outcomes else { return vec![None; self.keys.len()] };
        let wanted: HashMap<&str, usize> =
            self.keys.iter().enumerate().filter_map(|(row, key)| Some((key.as_deref()?, row))).collect();
        let mut by_key: HashMap<&str, Option<f64>> = HashMap::new();
        let ids = &prepared.history.visits.visit_id;
        for (row, wait) in prepared.waits.iter().enumerate() {
            if let Some(id) = ids.get(row).filter(|id| wanted.contains_key(id)) {
                by_key.insert(id, *wait);
            }
        }
        self.keys.iter().map(|key| by_key.get(key.as_deref()?).copied().flatten()).collect()
    }

    fn into_table(self) -> FeatureTable {
        let rows = self.day.len();
        let columns = self.columns.into_iter().map(|(id, values)| (id, values.into_column(rows)));
        FeatureTable::new(rows, columns.collect())
    }
}

impl Values {
    /// A value of another kind than the first one of its name is missing.
    fn put(&mut self, row: usize, value: &serde_json::Value) {
        match self {
            Values::Numbers(numbers) => {
                numbers.resize(row, f32::NAN);
                numbers.push(value.as_f64().map_or(f32::NAN, |number| number as f32));
            }
            Values::Names { names, codes } => {
                fill(codes, row);
                codes.push(value.as_str().map(|name| names.code_for(name)));
            }
        }
    }

    fn into_column(self, rows: usize) -> Column {
        match self {
            Values::Numbers(mut numbers) => {
                numbers.resize(rows, f32::NAN);
                Column::Real(numbers)
            }
            Values::Names { names, mut codes } => {
                fill(&mut codes, rows);
                Column::Categories { names: names.names().to_vec(), codes }
            }
        }
    }
}

/// Rows without a name until there are `rows`.
fn fill(codes: &mut Whole, rows: usize) {
    while codes.len() < rows {
        codes.push(None);
    }
}

fn errors(window: &Window, predicted: &[f64], waits: &[Option<f64>]) -> WeekError {
    let pair = |row: &u32| {
        let row = *row as usize;
        Some((*predicted.get(row)?, waits.get(row).copied()??))
    };
    // What is in the log was said before it came true.
    WeekError::of_visits(window, window.rows.iter().map(pair), false)
}

/// The known waits of a window, day by day.
pub(super) fn by_day(window: &Window, waits: &[Option<f64>]) -> Vec<DayWaits> {
    let mut days: Vec<DayWaits> = window.dates.iter().map(|day| (day.weekday().index(), Vec::new())).collect();
    for (row, day) in window.rows.iter().zip(&window.day) {
        let wait = waits.get(*row as usize).copied().flatten();
        if let Some((wait, (_, waits))) = wait.zip(days.get_mut(*day as usize)) {
            waits.push(wait);
        }
    }
    days
}

//! Watch: whether the world of a data set is still what it was. Three monitors, one report.
//!
//! Data drift compares every feature and raw input of a week with the week before, concept drift the error of a model with
//! that of the four weeks before, label drift the waits of a month with the month before. Instead of weeks and months, any two
//! periods can be compared, of one data set or of two. `model` makes the predictions, `log` takes them
//! from what was served, `matters` says which drift moves them,
//! `replay` runs the same rules over the whole past. Nothing is kept.

mod log;
mod matters;
mod model;
mod replay;
pub mod words;

use serde::Serialize;

use crate::analysis::drift::{
    ConceptDrift, ConceptReason, DataDrift, DayWaits, DriftError, LabelBounds, LabelDrift, Named, REFERENCE_WEEKS,
    Source, Timeline, WEEK, Window, WindowFacts, concept_drift, data_drift, inputs, label_drift,
};
use crate::analysis::features::Column;
use crate::base::calendar::{CivilDate, DateStyle};
use crate::base::{Digest, Task, Verdict};

use super::datasets::Prepared;
use super::models::ModelName;
use super::{Home, WorkflowError};

pub use log::{LogFacts, watch_log};
pub use matters::{Matter, Matters};
pub use model::Watched;
use model::watched_model;
pub use replay::{Alert, Monitor, Planted, Replay, ReplayMonth, ReplayWeek, replay};

/// What is to be compared.
#[derive(Clone, Debug, PartialEq)]
pub struct WatchRequest {
    /// The model whose errors are looked at; without it the live version, or the rule where nothing is live.
    pub model: Option<ModelName>,
    /// Which days.
    pub span: Span,
    /// Whose months.
    pub months: DateStyle,
    /// Whether weekdays on which either week has a public holiday are left out of the comparison of data.
    pub like_with_like: bool,
    /// Whether data are compared with what the model learned from instead of the week before.
    pub against_training: bool,
    /// What counts as drift of the waits.
    pub bounds: LabelBounds,
    /// What the dealings of the days follow from.
    pub seed: u64,
}

/// Which days are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// The newest whole week and the newest whole month, each with what came before.
    Newest,
    /// The week and the month of a day.
    Of(CivilDate),
    /// Two periods. Without the second, all of the other data set, or as many days before.
    Periods(Option<Period>, Option<Period>),
}

/// Days, the last of them included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub first: CivilDate,
    /// The last day.
    pub last: CivilDate,
}

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct DriftReport {
    /// Fail where a monitor says so; pass where all do.
    pub verdict: Verdict,
    /// The data set; of a log of predictions the one whose outcomes were joined, if any.
    pub dataset: Option<Digest>,
    /// Predictions of the log that was looked at; absent where a data set was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predictions: Option<LogFacts>,
    /// The data set of the reference window, where it is another one.
    pub against: Option<Digest>,
    /// The windows.
    pub windows: Windows,
    /// Whose months.
    pub months: DateStyle,
    /// The model.
    pub model: Watched,
    /// The seed.
    pub seed: u64,
    /// Data drift.
    pub data: DataDrift,
    /// Concept drift.
    pub concept: ConceptDrift,
    /// Label drift.
    pub label: LabelDrift,
    /// What the drift of each feature does to the predictions; absent without a model.
    pub matters: Option<Matters>,
}

/// The windows of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Windows {
    /// Of data and concept drift.
    pub current: WindowFacts,
    /// What data are compared with.
    pub reference: WindowFacts,
    /// Of label drift.
    pub label_current: Option<WindowFacts>,
    /// What waits are compared with.
    pub label_reference: Option<WindowFacts>,
}

impl Windows {
    fn of(plan: &Plan) -> Windows {
        let facts = |window: &Option<Window>| window.as_ref().map(|window| window.facts.clone());
        Windows {
            current: plan.current.facts.clone(),
            reference: plan.reference.facts.clone(),
            label_current: facts(&plan.label_current),
            label_reference: facts(&plan.label_reference),
        }
    }
}

impl DriftReport {
    /// The report as JSON, with the keys that scripts rely on.
    #[must_use]
    pub fn summary(&self) -> serde_json::Value {
        let mut document = serde_json::to_value(self).unwrap_or_default();
        let Some(fields) = document.as_object_mut() else { return document };
        // The columns stand under `data`, what is said of all of them beside it.
        if let Some(serde_json::Value::Object(mut summary)) = fields.remove("data") {
            let features = summary.remove("features").unwrap_or_default();
            fields.insert("data".to_owned(), features);
            fields.insert("data_summary".to_owned(), summary.into());
        }
        document
    }
}

/// A data set with its days and all its columns.
pub(super) struct Watching<'p> {
    pub prepared: &'p Prepared,
    pub timeline: Timeline,
    inputs: Vec<(String, Column)>,
}

impl<'p> Watching<'p> {
    pub fn of(prepared: &'p Prepared) -> Result<Watching<'p>, WorkflowError> {
        let timeline = Timeline::of(&prepared.history).ok_or(DriftError::NoVisits)?;
        Ok(Watching { prepared, timeline, inputs: inputs(&prepared.history) })
    }

    /// Features and raw inputs.
    pub fn columns(&self) -> Vec<Named<'_>> {
        let features = self.prepared.features.columns();
        let features = features.map(|(id, column)| Named { id, source: Source::Feature, column });
        let inputs = self.inputs.iter();
        features.chain(inputs.map(|(id, column)| Named { id, source: Source::Input, column })).collect()
    }

    /// The known waits of a window, day by day.
    pub fn waits(&self, window: &Window) -> Vec<DayWaits> {
        log::by_day(window, &self.prepared.waits)
    }
}

/// Looks for drift in `prepared`, as it was before or against `other`.
///
/// # Errors
/// [`WorkflowError`], [`DriftError`] among them.
pub fn watch(
    home: &Home,
    prepared: &Prepared,
    other: Option<&Prepared>,
    request: &WatchRequest,
    task: &Task,
) -> Result<DriftReport, WorkflowError> {
    task.report("stage.comparing", 0, 0)?;
    let ours = Watching::of(prepared)?;
    let theirs = other.map(Watching::of).transpose()?;
    let before = theirs.as_ref().unwrap_or(&ours);
    let plan = Plan::of(&ours.timeline, theirs.as_ref().map(|theirs| &theirs.timeline), request)?;
    let (mut current, mut reference) = (plan.current.clone(), plan.reference.clone());
    // A baseline learns from what was over before the first of these began.
    let model = watched_model(home, before, request.model.as_ref(), &plan.weeks, task)?;
    if request.against_training {
        reference = training_window(&ours, &model.facts, &current)?;
    }
    if request.like_with_like {
        let without = ours.timeline.like_with_like(&current, &reference);
        reference = before.timeline.like_with_like(&reference, &current);
        current = without;
    }
    let data = data_drift((&ours.columns(), &current), (&before.columns(), &reference), request.seed, task)?;
    let by_periods = theirs.is_some() || matches!(request.span, Span::Periods(..));
    let concept = match &model.fitted {
        None => ConceptDrift { reason: ConceptReason::NoModel, ..concept_drift(&[], REFERENCE_WEEKS) },
        Some(_) if by_periods => {
            let weeks = [model.errors(before, &reference, task)?, model.errors(&ours, &current, task)?];
            concept_drift(&weeks, 1)
        }
        Some(_) => {
            let errors = plan.weeks.iter().map(|week| model.errors(&ours, week, task));
            concept_drift(&errors.collect::<Result<Vec<_>, _>>()?, REFERENCE_WEEKS)
        }
    };
    let label = match (&plan.label_current, &plan.label_reference) {
        (Some(month), Some(earlier)) => {
            label_drift(&ours.waits(month), &before.waits(earlier), request.bounds, request.seed)
        }
        _ => LabelDrift::without_reference(request.bounds),
    };
    let sides = [(&ours, &current), (before, &reference)];
    let matters = matters::matters(&model, sides, &data, request.seed, task)?;
    Ok(DriftReport {
        verdict: Verdict::all([data.verdict, concept.verdict, label.verdict]),
        dataset: Some(prepared.digest),
        predictions: None,
        against: other.map(|other| other.digest),
        windows: Windows { current: current.facts, reference: reference.facts, ..Windows::of(&plan) },
        months: request.months,
        model: model.facts,
        seed: request.seed,
        data,
        concept,
        label,
        matters,
    })
}

/// The days that a model learned from, as far as the data set has them and they lie before `current`.
fn training_window(ours: &Watching<'_>, model: &Watched, current: &Window) -> Result<Window, WorkflowError> {
    let (first, _) = ours.timeline.span();
    let mut clock = ours.prepared.history.zone.clock();
    let until = model.trained_until.and_then(|until| clock.local(until).date().plus_days(-1));
    let before = current.facts.first.plus_days(-1).unwrap_or(first);
    let last = until.unwrap_or(before).min(before);
    let window = ours.timeline.period(first, last);
    if window.rows.is_empty() {
        return Err(DriftError::Empty { first, last }.into());
    }
    Ok(window)
}

/// The windows that a request means.
struct Plan {
    current: Window,
    reference: Window,
    label_current: Option<Window>,
    label_reference: Option<Window>,
    /// The weeks of concept drift, the oldest first; the windows themselves where periods are compared.
    weeks: Vec<Window>,
}

impl Plan {
    fn of(ours: &Timeline, theirs: Option<&Timeline>, request: &WatchRequest) -> Result<Plan, WorkflowError> {
        match (request.span, theirs) {
            (Span::Newest, None) => {
                let whole = ours.whole_weeks();
                let (first, last) = ours.span();
                let newest =
                    *whole.last().filter(|_| whole.len() > 1).ok_or(DriftError::TooShort { first, last })?;
                Plan::of_week(ours, newest, newest_month(ours, request.months), request.months)
            }
            (Span::Of(date), None) => Plan::of_week(ours, date, Some(date), request.months),
            (Span::Newest | Span::Of(_), Some(theirs)) => Plan::of_periods(ours.whole(), theirs.whole()),
            (Span::Periods(current, reference), theirs) => {
                let current = window_of(ours, current)?;
                let reference = match (reference, theirs) {
                    (Some(_), _) | (None, Some(_)) => window_of(theirs.unwrap_or(ours), reference)?,
                    (None, None) => window_of(ours, Some(just_before(&current.facts)))?,
                };
                if theirs.is_none() {
                    let first = current.facts.first.max(reference.facts.first);
                    if first <= current.facts.last.min(reference.facts.last) {
                        return Err(DriftError::Overlap { day: first }.into());
                    }
                }
                Plan::of_periods(current, reference)
            }
        }
    }

    fn of_week(
        ours: &Timeline,
        date: CivilDate,
        month: Option<CivilDate>,
        months: DateStyle,
    ) -> Result<Plan, WorkflowError> {
        let outside = DriftError::Empty { first: date, last: date };
        let week = |weeks_ago: i32| {
            let saturday = date.week_start().plus_days(-WEEK * weeks_ago)?;
            ours.week(saturday)
        };
        let current = week(0).filter(|week| !week.rows.is_empty()).ok_or(outside)?;
        let reference = week(1).filter(|week| !week.rows.is_empty());
        let reference = reference.ok_or_else(|| {
            let facts = &current.facts;
            DriftError::Empty { first: just_before(facts).first, last: just_before(facts).last }
        })?;
        // Weeks that the history does not reach over are no measure.
        let earlier = (0..=REFERENCE_WEEKS as i32).rev().filter_map(week);
        let weeks =
            earlier.filter(|week| week.facts.is_whole || week.facts.first == current.facts.first).collect();
        let label_current = month.and_then(|date| ours.month(months, date)).filter(|month| !month.rows.is_empty());
        let before = label_current.as_ref().and_then(|month| month.facts.first.plus_days(-1));
        let label_reference =
            before.and_then(|date| ours.month(months, date)).filter(|month| !month.rows.is_empty());
        Ok(Plan { current, reference, label_current, label_reference, weeks })
    }

    fn of_periods(current: Window, reference: Window) -> Result<Plan, WorkflowError> {
        for window in [&current, &reference] {
            if window.rows.is_empty() {
                return Err(DriftError::Empty { first: window.facts.first, last: window.facts.last }.into());
            }
        }
        Ok(Plan {
            label_current: Some(current.clone()),
            label_reference: Some(reference.clone()),
            weeks: vec![reference.clone(), current.clone()],
            current,
            reference,
        })
    }
}

/// A day of the newest whole month, or of the newest at all where none is whole.
fn newest_month(timeline: &Timeline, months: DateStyle) -> Option<CivilDate> {
    Some(timeline.whole_months(months).last().copied().unwrap_or(timeline.span().1))
}

fn window_of(timeline: &Timeline, period: Option<Period>) -> Result<Window, DriftError> {
    let Some(Period { first, last }) = period else { return Ok(timeline.whole()) };
    if first > last {
        return Err(DriftError::Backwards { first, last });
    }
    Ok(timeline.period(first, last))
}

/// As many days right before.
fn just_before(facts: &WindowFacts) -> Period {
    let days = facts.last.epoch_days() - facts.first.epoch_days() + 1;
    let earlier = |days: i32| facts.first.plus_days(-days).unwrap_or(CivilDate::MIN);
    Period { first: earlier(days), last: earlier(1) }
}

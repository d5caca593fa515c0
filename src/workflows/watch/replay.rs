//! Replay: today's rules over the whole past, week by week, and the alerts there would have been.
//!
//! Each week is looked at as it was when it ended: against the week before, by a model fitted before, and at the end of a month
//! against the month before. Beside the rules stand the plan's plain thresholds (KL above 0.2, 10 % more error, p below 0.05, with
//! nothing said of chance), so that one sees what the rest is for. Where a change was planted on a known day, alerts before it are
//! false, and the first one after it has a delay.

use serde::Serialize;

use crate::analysis::drift::{
    ColumnDrift, ConceptDrift, KL_LIMIT, LabelDrift, Named, RATIO_LIMIT, REFERENCE_WEEKS, Source, Timeline, WEEK,
    Window, WindowFacts, concept_drift, data_drift, label_drift,
};
use crate::base::calendar::{CivilDate, DateStyle};
use crate::base::{Digest, Task, Verdict};
use crate::workflows::datasets::Prepared;
use crate::workflows::{Home, WorkflowError};

use super::model::{Watched, WatchedModel, watched_model};
use super::{DriftError, WatchRequest, Watching};

/// The mean length of a month in days.
const MONTH_DAYS: f64 = 30.436_875;

/// What looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Monitor {
    /// The values of features and inputs.
    Data,
    /// The error of the model.
    Concept,
    /// The waits.
    Label,
}

impl Monitor {
    /// Every monitor.
    pub const ALL: [Monitor; 3] = [Monitor::Data, Monitor::Concept, Monitor::Label];

    /// The name in files; `drift.monitor.ID` is the name for people.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Monitor::Data => "data",
            Monitor::Concept => "concept",
            Monitor::Label => "label",
        }
    }
}

/// An alert of a monitor at the end of a week or month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alert {
    /// Which monitor.
    pub monitor: Monitor,
    /// The first day of the week or month.
    pub window: CivilDate,
    /// The day on which it was known: the first one after the window.
    pub at: CivilDate,
    /// The features and inputs that drifted; empty for the other monitors.
    pub features: Vec<String>,
}

/// One week of the past.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReplayWeek {
    /// The week.
    pub window: WindowFacts,
    /// The verdict on the data; absent where the week before is not there.
    pub data: Option<Verdict>,
    /// How many columns were measured.
    pub measured: u64,
    /// The columns and their KL, in the order of the report's `features`.
    pub kl: Vec<Option<f64>>,
    /// The verdicts on them.
    pub verdicts: Vec<Verdict>,
    /// The error of the model.
    pub concept: ConceptDrift,
}

/// One month of the past.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReplayMonth {
    /// The month.
    pub window: WindowFacts,
    /// Its waits against those of the month before.
    pub label: LabelDrift,
}

/// What came of a change that was planted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Planted {
    /// Its first day.
    pub from: CivilDate,
    /// Months that were watched before it.
    pub quiet_months: f64,
    /// Alerts before it, by our rules and by the plain thresholds.
    pub false_alarms: [u64; 2],
    /// The same a month; absent where nothing was watched before.
    pub false_alarms_per_month: Option<[f64; 2]>,
    /// Days from the change to the first alert after it, by our rules and by the plain thresholds; absent where there was none.
    pub delay_days: [Option<i32>; 2],
    /// Which monitors found it, in the order in which they did.
    pub found_by: Vec<Monitor>,
}

/// The whole past.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Replay {
    /// The data set.
    pub dataset: Digest,
    /// The model.
    pub model: Watched,
    /// The seed.
    pub seed: u64,
    /// The columns that were looked at.
    pub features: Vec<String>,
    /// Where each of them comes from.
    pub sources: Vec<Source>,
    /// The weeks, the oldest first.
    pub weeks: Vec<ReplayWeek>,
    /// The months, the oldest first.
    pub months: Vec<ReplayMonth>,
    /// The alerts, the oldest first.
    pub alerts: Vec<Alert>,
    /// The alerts of the plain thresholds.
    pub plain_alerts: Vec<Alert>,
    /// How many months were watched.
    pub watched_months: f64,
    /// What came of a planted change.
    pub planted: Option<Planted>,
}

/// Runs the rules of `request` over the whole past of `prepared`. A change that is known to have happened on `planted` tells false
/// alarms from true ones.
///
/// # Errors
/// [`WorkflowError`]; [`DriftError::TooShort`] where there are not two whole weeks.
pub fn replay(
    home: &Home,
    prepared: &Prepared,
    request: &WatchRequest,
    planted: Option<CivilDate>,
    task: &Task,
) -> Result<Replay, WorkflowError> {
    let watching = Watching::of(prepared)?;
    let timeline = &watching.timeline;
    let (first, last) = timeline.span();
    let weeks: Vec<Window> = timeline.whole_weeks().into_iter().filter_map(|day| timeline.week(day)).collect();
    if weeks.len() < 2 {
        return Err(DriftError::TooShort { first, last }.into());
    }
    // A baseline learns from the first week, which is not judged.
    let judged = weeks.get(1..).unwrap_or_default();
    let model = watched_model(home, &watching, request.model.as_ref(), judged, task)?;
    let mut alerts = Alerts::default();
    let found = replayed_weeks(&watching, &model, &weeks, request, &mut alerts, task)?;
    let months = replayed_months(&watching, request, &mut alerts);
    alerts.sort();
    let watched_days = weeks.len().saturating_sub(1) as f64 * f64::from(WEEK);
    let begin = judged.first().map_or(first, |week| week.facts.first);
    Ok(Replay {
        dataset: prepared.digest,
        model: model.facts,
        seed: request.seed,
        features: watching.columns().iter().map(|named| named.id.to_owned()).collect(),
        sources: watching.columns().iter().map(|named| named.source).collect(),
        weeks: found,
        months,
        watched_months: watched_days / MONTH_DAYS,
        planted: planted.map(|from| Planted::of(from, begin, &alerts)),
        alerts: alerts.ours,
        plain_alerts: alerts.plain,
    })
}

#[derive(Default)]
struct Alerts {
    ours: Vec<Alert>,
    plain: Vec<Alert>,
}

impl Alerts {
    fn sort(&mut self) {
        for alerts in [&mut self.ours, &mut self.plain] {
            alerts.sort_by_key(|alert| (alert.at, alert.monitor));
        }
    }

    fn add(&mut self, monitor: Monitor, window: &WindowFacts, [ours, plain]: [Option<Vec<String>>; 2]) {
        let at = window.last.plus_days(1).unwrap_or(window.last);
        let alert = |features| Alert { monitor, window: window.first, at, features };
        self.ours.extend(ours.map(alert));
        self.plain.extend(plain.map(alert));
    }
}

fn replayed_weeks(
    watching: &Watching<'_>,
    model: &WatchedModel,
    weeks: &[Window],
    request: &WatchRequest,
    alerts: &mut Alerts,
    task: &Task,
) -> Result<Vec<ReplayWeek>, WorkflowError> {
    let columns = watching.columns();
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for (place, window) in weeks.iter().enumerate() {
        task.report("stage.comparing", place as u64, weeks.len() as u64)?;
        errors.push(model.errors(watching, window, task)?);
        let concept = concept_drift(&errors, REFERENCE_WEEKS);
        let is_far = concept.ratio.is_some_and(|ratio| ratio > RATIO_LIMIT);
        let concept_alert = (concept.verdict == Verdict::Fail).then(Vec::new);
        alerts.add(Monitor::Concept, &window.facts, [concept_alert, is_far.then(Vec::new)]);
        let before = place.checked_sub(1).and_then(|before| weeks.get(before));
        let follows = |before: &&Window| before.facts.first.plus_days(WEEK) == Some(window.facts.first);
        let data = match before.filter(follows) {
            Some(before) => Some(data_drift((&columns, window), (&columns, before), request.seed, task)?),
            None => None,
        };
        let of = |named: &Named<'_>| {
            let features = &data.as_ref()?.features;
            let found =
                features.iter().find(|drift| (drift.feature.as_str(), drift.source) == (named.id, named.source));
            found.map(|drift| &drift.found)
        };
        let kl: Vec<Option<f64>> = columns.iter().map(|named| of(named)?.kl).collect();
        let verdict = |found: Option<&ColumnDrift>| found.map_or(Verdict::Inconclusive, |found| found.verdict);
        let verdicts: Vec<Verdict> = columns.iter().map(|named| verdict(of(named))).collect();
        let ours = names(&columns, verdicts.iter().map(|verdict| *verdict == Verdict::Fail));
        let plain = names(&columns, kl.iter().map(|kl| kl.is_some_and(|kl| kl > KL_LIMIT)));
        alerts.add(Monitor::Data, &window.facts, [ours, plain]);
        found.push(ReplayWeek {
            window: window.facts.clone(),
            data: data.as_ref().map(|data| data.verdict),
            measured: data.as_ref().map_or(0, |data| data.measured),
            kl,
            verdicts,
            concept,
        });
    }
    Ok(found)
}

/// The names of the columns that `are` such; `None` where none is.
fn names(columns: &[Named<'_>], are: impl Iterator<Item = bool>) -> Option<Vec<String>> {
    let such = columns.iter().zip(are).filter(|(_, is)| *is);
    let names: Vec<String> = such.map(|(named, _)| named.id.to_owned()).collect();
    (!names.is_empty()).then_some(names)
}

fn replayed_months(watching: &Watching<'_>, request: &WatchRequest, alerts: &mut Alerts) -> Vec<ReplayMonth> {
    let timeline: &Timeline = &watching.timeline;
    let months: Vec<Window> = whole_months(timeline, request.months);
    let mut found = Vec::new();
    for pair in months.windows(2) {
        let [before, month] = pair else { continue };
        let label = label_drift(&watching.waits(month), &watching.waits(before), request.bounds, request.seed);
        let ours = (label.verdict == Verdict::Fail).then(Vec::new);
        let plain = label.p.is_some_and(|p| p < request.bounds.p).then(Vec::new);
        alerts.add(Monitor::Label, &month.facts, [ours, plain]);
        found.push(ReplayMonth { window: month.facts.clone(), label });
    }
    found
}

fn whole_months(timeline: &Timeline, months: DateStyle) -> Vec<Window> {
    timeline.whole_months(months).into_iter().filter_map(|day| timeline.month(months, day)).collect()
}

impl Planted {
    /// `begin` is the first day that was watched.
    fn of(from: CivilDate, begin: CivilDate, alerts: &Alerts) -> Planted {
        let quiet_months = f64::from((from.epoch_days() - begin.epoch_days()).max(0)) / MONTH_DAYS;
        let both = [&alerts.ours, &alerts.plain];
        // What was known before the change, or on its day, cannot be its doing.
        let false_alarms = both.map(|alerts| alerts.iter().filter(|alert| alert.at <= from).count() as u64);
        let after = |alerts: &&Vec<Alert>| {
            let first = alerts.iter().find(|alert| alert.at > from)?;
            Some(first.at.epoch_days() - from.epoch_days())
        };
        let mut found_by = Vec::new();
        for alert in alerts.ours.iter().filter(|alert| alert.at > from) {
            if !found_by.contains(&alert.monitor) {
                found_by.push(alert.monitor);
            }
        }
        Planted {
            from,
            quiet_months,
            false_alarms,
            false_alarms_per_month: (quiet_months > 0.0).then(|| false_alarms.map(|n| n as f64 / quiet_months)),
            delay_days: [after(&both[0]), after(&both[1])],
            found_by,
        }
    }
}

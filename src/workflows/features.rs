//! The feature catalogue on a data set: what the values are, who uses them, and whether one has seen the future.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;

use crate::analysis::drift::{ColumnDrift, Side, Timeline, WEEK, Window, column_drift};
use crate::analysis::features::{
    CATALOGUE, Column, Expression, Feature, FeatureProfile, Kind, Known, LeakageAudit, MatrixError, MatrixKey,
    MissingRule, Sampling, Value, audit, build, feature_set, profile, write_matrix,
};
use crate::analysis::history::History;
use crate::analysis::models::Artifact;
use crate::base::calendar::CivilDate;
use crate::base::{Digest, Task, Verdict, Version};
use crate::store::registry::Registry;
use crate::store::sqlite::Access;

use super::datasets::Prepared;
use super::{Home, SEED, WorkflowError};

/// A feature of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FeatureEntry {
    /// The name in files; `feature.ID` is the name for people.
    pub id: String,
    /// The group; `feature_group.ID` is the name for people.
    pub group: &'static str,
    /// `number` or `category`.
    pub kind: &'static str,
    /// What a number counts; `unit.ID` is the name for people.
    pub unit: &'static str,
    /// From when on it can be known; `feature_known.ID` is the name for people.
    pub known: &'static str,
    /// What is used where it is missing; `feature_missing.ID` is the sentence for people.
    pub missing_rule: &'static str,
    /// Whether a version may only drop it with a new MAJOR.
    pub critical: bool,
    /// How it is computed, of a feature that was added as an expression; such a one has no words of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
}

/// The catalogue as it is on a data set: what the screen of features shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FeatureSheet {
    /// The data set.
    pub dataset: Digest,
    /// One for each feature, in the catalogue's order.
    pub features: Vec<FeatureRow>,
}

/// One feature on a data set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FeatureRow {
    /// The feature.
    #[serde(flatten)]
    pub entry: FeatureEntry,
    /// Its values.
    pub profile: FeatureProfile,
    /// The versions whose contract names it, the newest first.
    pub used_by: Vec<Version>,
    /// The newest complete week against the week before; none where the history does not hold two.
    pub drift: Option<WeekDrift>,
}

/// A feature in the newest whole week and in the week before.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WeekDrift {
    /// The Saturday of the newest whole week.
    pub week: CivilDate,
    /// Whether either week has a public holiday, so that unlike is compared with unlike; `None` where that is not known.
    pub has_holiday: Option<bool>,
    /// What was found.
    #[serde(flatten)]
    pub found: ColumnDrift,
}

/// Every feature of the catalogue.
#[must_use]
pub fn catalogue() -> Vec<FeatureEntry> {
    let entry = |feature: &Feature| FeatureEntry {
        id: feature.id.to_owned(),
        group: feature.group.id(),
        kind: feature.kind().id(),
        unit: feature.unit.id(),
        known: feature.known.id(),
        missing_rule: feature.missing.id(),
        critical: feature.critical,
        expression: None,
    };
    CATALOGUE.iter().map(entry).collect()
}

/// As [`catalogue`], with the expressions of the home's workspace.
///
/// # Errors
/// [`WorkflowError::Workspace`] or [`WorkflowError::Document`].
pub fn features(home: &Home) -> Result<Vec<FeatureEntry>, WorkflowError> {
    let mut entries = catalogue();
    if home.folder().join("workspace.db").exists() {
        let workspace = super::datasets::workspace(home, Access::Read)?;
        let own = super::expressions::expressions(&workspace)?;
        entries.extend(own.iter().map(|expression| of_expression(expression)));
    }
    Ok(entries)
}

fn of_expression(expression: &Expression) -> FeatureEntry {
    let known = expression.inputs().iter().map(|input| input.known).max_by_key(|known| *known as u8);
    FeatureEntry {
        id: expression.id().to_owned(),
        group: "expression",
        kind: Kind::Number.id(),
        unit: expression.unit().id(),
        known: known.unwrap_or(Known::AtTheArrival).id(),
        missing_rule: MissingRule::ModelFill.id(),
        critical: false,
        expression: Some(expression.text().to_owned()),
    }
}

/// The versions of the registry by the features that their contracts name, the newest first. A home without a
/// registry has none.
///
/// # Errors
/// [`WorkflowError`] where the registry or a version in it cannot be read.
pub fn users(home: &Home) -> Result<BTreeMap<String, Vec<Version>>, WorkflowError> {
    let mut users: BTreeMap<String, Vec<Version>> = BTreeMap::new();
    if !home.registry().exists() {
        return Ok(users);
    }
    let registry = Registry::open(home.registry(), Access::Read)?;
    for version in registry.versions()?.into_iter().map(|entry| entry.version) {
        let contract = Artifact::contract_of(&registry.artifact(version)?)?;
        for feature in contract.features() {
            users.entry(feature.id.clone()).or_default().push(version);
        }
    }
    Ok(users)
}

/// The catalogue on a data set, with the versions of `users` (see [`users`]).
///
/// # Errors
/// [`WorkflowError::Cancelled`].
pub fn sheet(
    prepared: &Prepared,
    mut users: BTreeMap<String, Vec<Version>>,
    task: &Task,
) -> Result<FeatureSheet, WorkflowError> {
    let mut entries = catalogue();
    entries.extend(prepared.features.expressions().map(of_expression));
    let total = entries.len() as u64;
    let mut features = Vec::with_capacity(entries.len());
    let weeks = newest_weeks(&prepared.history);
    for (done, entry) in entries.into_iter().enumerate() {
        task.report("stage.profiling", done as u64, total)?;
        let column = prepared.features.column(&entry.id);
        let value = |row| column.map_or(Value::Missing, |column| column.value(row));
        let missing = column.map_or(prepared.waits.len(), Column::missing);
        let profile = profile(value, missing, &prepared.waits);
        let used_by = users.remove(&entry.id).unwrap_or_default();
        let drift = weeks.as_ref().zip(column).map(|(weeks, column)| week_drift(weeks, column));
        features.push(FeatureRow { entry, profile, used_by, drift });
    }
    Ok(FeatureSheet { dataset: prepared.digest, features })
}

/// The newest whole week of a history and the week before; `None` where it does not hold two.
fn newest_weeks(history: &History) -> Option<[Window; 2]> {
    let timeline = Timeline::of(history)?;
    let newest = *timeline.whole_weeks().last()?;
    let before = newest.plus_days(-WEEK).filter(|saturday| *saturday >= timeline.span().0)?;
    Some([timeline.week(newest)?, timeline.week(before)?])
}

fn week_drift([window, before]: &[Window; 2], column: &Column) -> WeekDrift {
    let holidays = window.facts.has_holiday.zip(before.facts.has_holiday);
    WeekDrift {
        week: window.facts.first,
        has_holiday: holidays.map(|(this, that)| this || that),
        found: column_drift(Side { column, window }, Side { column, window: before }, SEED),
    }
}

/// Audits the catalogue and the expressions on a data set: a sample of arrivals is computed again, each from the history cut at its instant.
///
/// # Errors
/// [`WorkflowError::Cancelled`].
pub fn audit_catalogue(
    prepared: &Prepared,
    sampling: Sampling,
    task: &Task,
) -> Result<LeakageAudit, WorkflowError> {
    let own: Vec<Arc<Expression>> = prepared.features.expressions().cloned().map(Arc::new).collect();
    let known = CATALOGUE.iter().map(|feature| feature.id);
    let ids: Vec<&str> = known.chain(own.iter().map(|expression| expression.id())).collect();
    let compute = |cut: &History, task: &Task| Ok(build(cut, task)?.with_expressions(&own));
    Ok(audit(&prepared.history, &ids, &prepared.features, compute, sampling, task)?)
}

/// What came of computing and keeping the features of a data set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BuiltFeatures {
    /// The data set.
    pub dataset: Digest,
    /// The digest of the feature set.
    pub features: Digest,
    /// Visits.
    pub rows: u64,
    /// Features.
    pub columns: u64,
    /// The size of the file.
    pub bytes: u64,
    /// The file.
    pub file: PathBuf,
    /// How long computing took.
    pub seconds_to_compute: f64,
    /// How long reading the file and checking its digest took.
    pub seconds_to_read: f64,
}

/// Computes the features of a data set and keeps them as a file, which [`super::datasets::prepare`] reads from then on.
///
/// # Errors
/// [`WorkflowError`]; no half of a file is left behind.
pub fn build_features(home: &Home, name: &str, task: &Task) -> Result<BuiltFeatures, WorkflowError> {
    let workspace = super::datasets::workspace(home, Access::Write)?;
    let dataset = super::datasets::find(&workspace, name)?;
    let history = super::datasets::read_history(&workspace, &dataset, task)?;
    let begin = Instant::now();
    let table = build(&history, task)?;
    let seconds_to_compute = begin.elapsed().as_secs_f64();
    let key = MatrixKey { dataset: dataset.digest, features: feature_set(), rows: table.len() };
    let file = workspace.feature_file(key.dataset, key.features);
    let mut draft = workspace.draft_features()?;
    {
        let mut out = std::io::BufWriter::new(draft.file());
        write_matrix(&table, key, &mut out, task).map_err(|error| match error {
            MatrixError::Cancelled(cancelled) => cancelled.into(),
            other => WorkflowError::File { path: file.clone(), cause: std::io::Error::other(other) },
        })?;
    }
    workspace.keep_features(draft, &file)?;
    let begin = Instant::now();
    let kept = super::datasets::kept_features(&workspace, key.dataset, key.rows, task)?;
    let seconds_to_read = begin.elapsed().as_secs_f64();
    if kept.as_ref().is_none_or(|kept| kept.len() != table.len()) {
        let cause = std::io::Error::other("it does not read back");
        return Err(WorkflowError::File { path: file, cause });
    }
    let bytes = file.metadata().map_or(0, |metadata| metadata.len());
    let (rows, columns) = (table.len() as u64, table.columns().count() as u64);
    let (dataset, features) = (key.dataset, key.features);
    Ok(BuiltFeatures { dataset, features, rows, columns, bytes, file, seconds_to_compute, seconds_to_read })
}

/// What an audit says: nothing checked decides nothing.
#[must_use]
pub fn verdict(found: &LeakageAudit) -> Verdict {
    match (found.checked, found.leaks.is_empty()) {
        (0, _) => Verdict::Inconclusive,
        (_, true) => Verdict::Pass,
        (_, false) => Verdict::Fail,
    }
}

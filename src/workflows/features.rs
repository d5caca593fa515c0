//! The feature catalogue on a data set: what the values are, who uses them, and whether one has seen the future.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::analysis::features::{
    CATALOGUE, Column, Feature, FeatureProfile, Group, LeakageAudit, Sampling, Value, audit, build, profile,
};
use crate::analysis::models::Artifact;
use crate::base::{Digest, Task, Verdict, Version};
use crate::store::registry::Registry;
use crate::store::sqlite::Access;

use super::datasets::Prepared;
use super::{Home, WorkflowError};

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
    /// Whether a version may only drop it with a new MAJOR.
    pub critical: bool,
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
}

/// Every feature of the catalogue.
#[must_use]
pub fn catalogue() -> Vec<FeatureEntry> {
    let entry = |feature: &Feature| FeatureEntry {
        id: feature.id.to_owned(),
        group: group_id(feature.group),
        kind: feature.kind().id(),
        unit: feature.unit.id(),
        critical: feature.critical,
    };
    CATALOGUE.iter().map(entry).collect()
}

fn group_id(group: Group) -> &'static str {
    match group {
        Group::Calendar => "calendar",
        Group::Queue => "queue",
        Group::DelayHistory => "delay_history",
        Group::Visit => "visit",
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
    let entries = catalogue();
    let total = entries.len() as u64;
    let mut features = Vec::with_capacity(entries.len());
    for (done, entry) in entries.into_iter().enumerate() {
        task.report("stage.profiling", done as u64, total)?;
        let column = prepared.features.column(&entry.id);
        let value = |row| column.map_or(Value::Missing, |column| column.value(row));
        let missing = column.map_or(prepared.waits.len(), Column::missing);
        let profile = profile(value, missing, &prepared.waits);
        let used_by = users.remove(&entry.id).unwrap_or_default();
        features.push(FeatureRow { entry, profile, used_by });
    }
    Ok(FeatureSheet { dataset: prepared.digest, features })
}

/// Audits the catalogue on a data set: a sample of arrivals is computed again, each from the history cut at its instant.
///
/// # Errors
/// [`WorkflowError::Cancelled`].
pub fn audit_catalogue(
    prepared: &Prepared,
    sampling: Sampling,
    task: &Task,
) -> Result<LeakageAudit, WorkflowError> {
    let ids: Vec<&str> = CATALOGUE.iter().map(|feature| feature.id).collect();
    Ok(audit(&prepared.history, &ids, &prepared.features, build, sampling, task)?)
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

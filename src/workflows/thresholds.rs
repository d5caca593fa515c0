//! Thresholds: what the gates hold figures against, who set it and why.

use serde::Serialize;

use crate::analysis::evaluation::gates::{Limit, Limits};
use crate::base::{Explain, Moment};
use crate::store::registry::Registry;
use crate::store::sqlite::Access;

use super::{Home, WorkflowError, now};

/// A threshold as it holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeldThreshold {
    /// Its name, which is the key of what it means.
    pub name: String,
    /// What it is.
    pub value: f64,
    /// What it is where nobody sets it.
    pub usual: f64,
    /// The least it may be.
    pub least: f64,
    /// The most it may be.
    pub most: f64,
    /// Who set it; absent where nobody has.
    pub set_by: Option<String>,
    /// When.
    pub set_at: Option<Moment>,
    /// Why.
    pub reason: Option<String>,
}

/// Every threshold of the gates, in their order.
///
/// # Errors
/// [`WorkflowError::Registry`] where the registry is there and cannot be read.
pub fn thresholds(home: &Home) -> Result<Vec<HeldThreshold>, WorkflowError> {
    let set = set_ones(home)?;
    let held = |limit: &Limit| {
        let found = set.iter().find(|of| of.name == limit.id && limit.allows(of.value));
        HeldThreshold {
            name: limit.id.to_owned(),
            value: found.map_or(limit.usual, |of| of.value),
            usual: limit.usual,
            least: limit.least,
            most: limit.most,
            set_by: found.map(|of| of.person.clone()),
            set_at: found.map(|of| of.at),
            reason: found.map(|of| of.reason.clone()),
        }
    };
    Ok(Limit::all().map(held).collect())
}

/// The limits that hold.
///
/// # Errors
/// As [`thresholds`].
pub fn limits(home: &Home) -> Result<Limits, WorkflowError> {
    Ok(Limits::set(set_ones(home)?.into_iter().map(|of| (of.name, of.value))))
}

/// Sets a threshold; the change and its reason are in the audit log.
///
/// # Errors
/// [`WorkflowError::UnknownThreshold`], [`WorkflowError::ThresholdRange`] and what the registry refuses.
pub fn set_threshold(
    home: &Home,
    name: &str,
    value: f64,
    reason: &str,
    person: &str,
) -> Result<HeldThreshold, WorkflowError> {
    let limit = Limit::named(name).ok_or_else(|| WorkflowError::UnknownThreshold {
        name: name.to_owned(),
        known: Limit::all().map(|limit| limit.id).collect::<Vec<_>>().join(", "),
    })?;
    if !limit.allows(value) {
        let (least, most) = (limit.least, limit.most);
        return Err(WorkflowError::ThresholdRange { name: name.to_owned(), least, most });
    }
    Registry::open(home.registry(), Access::Write)?.set_threshold(name, value, reason, person, now())?;
    let held = thresholds(home)?.into_iter().find(|held| held.name == name);
    held.ok_or_else(|| WorkflowError::UnknownThreshold { name: name.to_owned(), known: String::new() })
}

/// What was set. In a registry of an earlier program nothing could be.
fn set_ones(home: &Home) -> Result<Vec<crate::store::registry::Threshold>, WorkflowError> {
    if !home.registry().exists() {
        return Ok(Vec::new());
    }
    match Registry::open(home.registry(), Access::Read) {
        Ok(registry) => Ok(registry.thresholds()?),
        Err(error) if error.key() == "database_older" => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

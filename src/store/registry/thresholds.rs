//! Thresholds: numbers that gates hold figures against, set by the model owner with a reason.
//!
//! A threshold is never changed: it is set anew by another event, and the last one holds. What a name means, and what it is
//! where nobody has set it, is not known here.

use serde::Serialize;

use super::audit::{Details, NewEvent, append};
use super::people::authorise;
use super::{EventKind, Registry, RegistryError};
use crate::base::Moment;
use crate::base::role::Permission;
use crate::store::sqlite::moment;

const ADD_THRESHOLD: &str = include_str!("sql/add_threshold.sql");
const THRESHOLDS: &str = include_str!("sql/thresholds.sql");

/// The longest name, in bytes.
const LONGEST_NAME: usize = 100;

/// A threshold that was set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Threshold {
    /// Its name.
    pub name: String,
    /// What it is.
    pub value: f64,
    /// Why.
    pub reason: String,
    /// The event by which it became so.
    pub event: i64,
    /// Who set it.
    pub person: String,
    /// When.
    pub at: Moment,
}

impl Registry {
    /// Sets a threshold; returns the event.
    ///
    /// # Errors
    /// [`RegistryError::ThresholdUnfit`], [`RegistryError::ReasonMissing`], [`RegistryError::PersonUnknown`],
    /// [`RegistryError::NotAllowed`] or [`RegistryError::Database`].
    pub fn set_threshold(
        &mut self,
        name: &str,
        value: f64,
        reason: &str,
        person: &str,
        at: Moment,
    ) -> Result<i64, RegistryError> {
        if !(1..=LONGEST_NAME).contains(&name.len()) || !value.is_finite() {
            return Err(RegistryError::ThresholdUnfit { name: name.chars().take(LONGEST_NAME).collect() });
        }
        if reason.trim().is_empty() {
            return Err(RegistryError::ReasonMissing);
        }
        self.write(|session| {
            authorise(session, person, Permission::SetThresholds)?;
            let details = Details::Threshold { name, value, reason };
            let event =
                append(session, &NewEvent { at, person, kind: EventKind::Threshold, version: None, details })?;
            session.execute(ADD_THRESHOLD, (event, name, value, reason))?;
            Ok(event)
        })
    }

    /// What was set and holds, by name.
    ///
    /// # Errors
    /// [`RegistryError::Database`].
    pub fn thresholds(&self) -> Result<Vec<Threshold>, RegistryError> {
        self.read(|session| {
            Ok(session.rows(THRESHOLDS, [], |row| {
                Ok(Threshold {
                    name: row.get(0)?,
                    value: row.get(1)?,
                    reason: row.get(2)?,
                    event: row.get(3)?,
                    person: row.get(4)?,
                    at: moment(row, 5)?,
                })
            })?)
        })
    }
}

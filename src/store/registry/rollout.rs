//! Which version is live: promote and roll back.
//!
//! **The rule of rollbacks.** Promoting lays a version on a pile; rolling back takes the top one off, and the
//! version below is live again. So after promoting A, B and C, a rollback restores B, a second one A, and a third is
//! refused; promoting D after that lays it on A. Each generation holds the generation that a rollback from it
//! restores (`returns_to`), so nothing is searched for: a rollback to generation g takes over g's own `returns_to`.

use rusqlite::Row;

use super::audit::{Details, NewEvent, append};
use super::people::authorise;
use super::read::release;
use super::{EventKind, Registry, RegistryError, Rollout, RolloutKind};
use crate::base::role::Permission;
use crate::base::{Moment, Version};
use crate::store::sqlite::{Session, moment, parsed, parsed_option};

const LIVE: &str = include_str!("sql/live.sql");
const ROLLOUT: &str = include_str!("sql/rollout.sql");
const ROLLOUTS: &str = include_str!("sql/rollouts.sql");
const ADD_ROLLOUT: &str = include_str!("sql/add_rollout.sql");

impl Registry {
    /// What is live now; `None` before the first promotion.
    ///
    /// # Errors
    /// [`RegistryError::Database`].
    pub fn live(&self) -> Result<Option<Rollout>, RegistryError> {
        self.read(live)
    }

    /// The newest `limit` generations, the newest first.
    ///
    /// # Errors
    /// [`RegistryError::Database`].
    pub fn rollouts(&self, limit: u32) -> Result<Vec<Rollout>, RegistryError> {
        self.read(|session| Ok(session.rows(ROLLOUTS, [limit], read_rollout)?))
    }

    /// Puts `version`, which must be approved, in front of people. Its artifact and its signature are checked again.
    ///
    /// # Errors
    /// [`RegistryError::PersonUnknown`], [`RegistryError::NotAllowed`], [`RegistryError::VersionUnknown`],
    /// [`RegistryError::NotApproved`], [`RegistryError::AlreadyLive`], [`RegistryError::WrongArtifact`],
    /// [`RegistryError::Signature`], [`RegistryError::StatementDiffers`] or [`RegistryError::Database`].
    pub fn promote(
        &mut self,
        version: Version,
        person: &str,
        reason: &str,
        at: Moment,
    ) -> Result<Rollout, RegistryError> {
        self.write(|session| {
            authorise(session, person, Permission::Promote)?;
            release(session, version)?;
            let now = live(session)?;
            if now.as_ref().is_some_and(|now| now.version == version) {
                return Err(RegistryError::AlreadyLive { version });
            }
            let returns_to = now.as_ref().map(|now| now.generation);
            let next = NewRollout { kind: RolloutKind::Promote, version, returns_to, person, reason, at };
            next.keep(session, now.as_ref())
        })
    }

    /// Returns to the version that was live before the present one, by the rule above. Its artifact and its
    /// signature are checked again.
    ///
    /// # Errors
    /// [`RegistryError::PersonUnknown`], [`RegistryError::NotAllowed`], [`RegistryError::NothingLive`],
    /// [`RegistryError::NothingBefore`], [`RegistryError::WrongArtifact`], [`RegistryError::Signature`],
    /// [`RegistryError::StatementDiffers`] or [`RegistryError::Database`].
    pub fn roll_back(&mut self, person: &str, reason: &str, at: Moment) -> Result<Rollout, RegistryError> {
        self.write(|session| {
            authorise(session, person, Permission::RollBack)?;
            let now = live(session)?.ok_or(RegistryError::NothingLive)?;
            let nothing = RegistryError::NothingBefore { version: now.version };
            let Some(target) = now.returns_to else { return Err(nothing) };
            let found = session.row(ROLLOUT, [target], |row| Ok((parsed(row, 0)?, row.get(1)?)))?;
            let Some((version, returns_to)) = found else { return Err(nothing) };
            release(session, version)?;
            let next = NewRollout { kind: RolloutKind::RollBack, version, returns_to, person, reason, at };
            next.keep(session, Some(&now))
        })
    }
}

fn live(session: &Session<'_>) -> Result<Option<Rollout>, RegistryError> {
    Ok(session.row(LIVE, [], read_rollout)?)
}

fn read_rollout(row: &Row<'_>) -> rusqlite::Result<Rollout> {
    Ok(Rollout {
        generation: row.get(0)?,
        version: parsed(row, 1)?,
        previous_version: parsed_option(row, 2)?,
        kind: parsed(row, 3)?,
        person: row.get(4)?,
        at: moment(row, 5)?,
        reason: row.get(6)?,
        returns_to: row.get(7)?,
    })
}

/// A generation that may follow.
struct NewRollout<'a> {
    kind: RolloutKind,
    version: Version,
    returns_to: Option<i64>,
    person: &'a str,
    reason: &'a str,
    at: Moment,
}

impl NewRollout<'_> {
    fn keep(&self, session: &Session<'_>, now: Option<&Rollout>) -> Result<Rollout, RegistryError> {
        let generation = now.map_or(1, |now| now.generation.saturating_add(1));
        let previous_version = now.map(|now| now.version);
        let previous = previous_version.map(|version| version.to_string());
        let (reason, returns_to) = (self.reason, self.returns_to);
        let details = Details::Rollout { generation, previous_version: previous.as_deref(), returns_to, reason };
        let kind = match self.kind {
            RolloutKind::Promote => EventKind::Promote,
            RolloutKind::RollBack => EventKind::RollBack,
        };
        let new = NewEvent { at: self.at, person: self.person, kind, version: Some(self.version), details };
        let event = append(session, &new)?;
        let version = self.version.to_string();
        session.execute(
            ADD_ROLLOUT,
            (generation, event, self.kind.id(), version, &previous, self.returns_to, self.reason),
        )?;
        Ok(Rollout {
            generation,
            version: self.version,
            previous_version,
            kind: self.kind,
            person: self.person.to_owned(),
            at: self.at,
            reason: self.reason.to_owned(),
            returns_to: self.returns_to,
        })
    }
}

//! The registry: people, versions with their artifacts and evidence, decisions, what is live, online values,
//! thresholds, and the audit log.
//!
//! It keeps bytes and documents and does not know what a model is; it has no clock. Every operation is one
//! transaction that checks the state, writes its row and writes its audit event, or does nothing. The invariants:
//! rows are only ever added (but for online values, of which the last publication's are kept); the events are a hash chain that repeats every row ([`Registry::verify`] walks it);
//! bytes are handed out only if they still have their digest, and a release only with a signature that fits.
//!
//! What it cannot show: someone who can write the file can also write a whole new chain. A model in front of
//! people is protected by the signature, which needs the owner's secret key; the log's last hash, noted elsewhere,
//! tells whether the log was rewritten.

mod audit;
mod error;
mod online;
mod people;
mod read;
mod release;
mod rollout;
mod rows;
mod statement;
mod thresholds;
mod verify;

use std::path::Path;

use crate::store::sqlite::{Access, Database, DatabaseError, Durability, Schema, Session};

pub use error::RegistryError;
pub use online::{MOST_ONLINE_VALUES, NewPublication, OnlineValue, Publication};
pub use rows::{
    Approval, Decision, Event, EventKind, NewPerson, Person, Proposal, Release, Rollout, RolloutKind, Stage,
    VersionEntry,
};
pub use statement::ReleaseStatement;
pub use thresholds::Threshold;
pub use verify::{Problem, Verification};

/// "NBTR".
const SCHEMA: Schema = Schema {
    application_id: 0x4E42_5452,
    migrations: &[
        include_str!("sql/0001_registry.sql"),
        include_str!("sql/0002_online_values.sql"),
        include_str!("sql/0003_thresholds.sql"),
    ],
    durability: Durability::PowerLoss,
};

/// An open registry.
#[derive(Debug)]
pub struct Registry {
    database: Database,
}

impl Registry {
    /// Opens the registry at `path`, which must be there already.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn open(path: &Path, access: Access) -> Result<Registry, DatabaseError> {
        Ok(Registry { database: Database::open_existing(path, &SCHEMA, access)? })
    }

    /// Opens the registry at `path` for writing, making an empty one where there is none.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn open_or_create(path: &Path) -> Result<Registry, DatabaseError> {
        Ok(Registry { database: Database::open_or_create(path, &SCHEMA)? })
    }

    /// Where the registry is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.database.path()
    }

    /// A number that is different after somebody else has changed the registry; takes about 10 µs.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn data_version(&self) -> Result<i64, DatabaseError> {
        self.database.data_version()
    }

    fn read<T>(&self, work: impl FnOnce(&Session<'_>) -> Result<T, RegistryError>) -> Result<T, RegistryError> {
        self.database.read(work)
    }

    fn write<T>(
        &mut self,
        work: impl FnOnce(&Session<'_>) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        self.database.write(work)
    }
}

#[cfg(test)]
pub(crate) mod tests;

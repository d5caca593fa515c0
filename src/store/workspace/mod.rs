//! What one analyst works with: data sets by the digest of their content, and experiment runs.
//!
//! A folder holds `workspace.db`, `datasets/<digest>.parquet` and `artifacts/<sha256>.json`. This module does not know
//! what is in the files. The invariants: a row speaks of a file only once that is whole and on the disk; a data set, and a
//! run that ended, is never changed from then on (a run may be marked, and removed where no mark forbids it); a file is
//! used only if it still has its digest.

mod documents;
mod error;
mod files;
mod marks;
mod runs;
mod training;
mod trials;

use std::path::{Path, PathBuf};

use rusqlite::{Row, params};
use serde::Serialize;
use serde_json::Value;

use crate::base::{Digest, Moment};
use crate::store::sqlite::{Access, Database, DatabaseError, Durability, Schema, Session, moment, parsed};

pub use error::WorkspaceError;
pub use files::Draft;
pub use marks::{LONGEST_NOTE, LONGEST_TAG, RunMark};
pub use runs::{Run, RunStatus};
pub use training::{BegunRun, NewRun, RunEnd, RunOutcome};
pub use trials::{NewSearch, Search, Trial};

/// "NBTW".
const SCHEMA: Schema = Schema {
    application_id: 0x4E42_5457,
    migrations: &[
        include_str!("sql/0001_workspace.sql"),
        include_str!("sql/0002_runs_in_order.sql"),
        include_str!("sql/0003_searches.sql"),
        include_str!("sql/0004_trial_days.sql"),
        include_str!("sql/0005_trial_intervals.sql"),
    ],
    durability: Durability::PowerLoss,
};

const DATASETS: &str = include_str!("sql/datasets.sql");
const ADD_DATASET: &str = include_str!("sql/add_dataset.sql");

/// An open workspace.
#[derive(Debug)]
pub struct Workspace {
    database: Database,
    folder: PathBuf,
}

/// What is said about a data set when it is kept.
#[derive(Clone, Debug)]
pub struct NewDataset {
    /// The digest of its content. The same content is the same data set.
    pub digest: Digest,
    /// What people call it.
    pub name: String,
    /// When it was made.
    pub created_at: Moment,
    /// Sources, mapping, report, counts.
    pub document: Value,
}

/// A data set that is kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dataset {
    /// The digest of its content.
    pub digest: Digest,
    /// What people call it.
    pub name: String,
    /// When it was made.
    pub created_at: Moment,
    /// The version of the program that wrote its file.
    pub program: String,
    /// The digest of its file.
    pub file_sha256: Digest,
    /// The size of its file, in bytes.
    pub file_bytes: u64,
    /// Sources, mapping, report, counts.
    pub document: Value,
}

impl Workspace {
    /// Opens the workspace in `folder`, which must be there already. One of an older program is brought up to date, even
    /// where it is only to be read: it belongs to the one person who opens it.
    ///
    /// # Errors
    /// [`WorkspaceError::Database`].
    pub fn open(folder: &Path, access: Access) -> Result<Workspace, WorkspaceError> {
        let path = folder.join("workspace.db");
        let mut opened = Database::open_existing(&path, &SCHEMA, access);
        if matches!(opened, Err(DatabaseError::Older { .. })) {
            drop(Database::open_existing(&path, &SCHEMA, Access::Write)?);
            opened = Database::open_existing(&path, &SCHEMA, access);
        }
        Ok(Workspace { database: opened?, folder: folder.to_owned() })
    }

    /// Opens the workspace in `folder` for writing, making an empty one where there is none.
    ///
    /// # Errors
    /// [`WorkspaceError::Database`].
    pub fn open_or_create(folder: &Path) -> Result<Workspace, WorkspaceError> {
        let database = Database::open_or_create(&folder.join("workspace.db"), &SCHEMA)?;
        Ok(Workspace { database, folder: folder.to_owned() })
    }

    /// Where the workspace is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// An empty file for the Parquet form of a data set, to be written and then handed to
    /// [`Workspace::keep_dataset`]; it disappears where it is dropped instead.
    ///
    /// # Errors
    /// [`WorkspaceError::Database`].
    pub fn draft_dataset(&self) -> Result<Draft, WorkspaceError> {
        Draft::new(&self.folder.join("datasets"))
    }

    /// Keeps a data set. Where the same content was kept before, that data set is returned and `draft` dropped, or
    /// put in the place of its file if that is gone.
    ///
    /// # Errors
    /// [`WorkspaceError::NameMissing`] or [`WorkspaceError::Database`].
    pub fn keep_dataset(&mut self, mut draft: Draft, new: &NewDataset) -> Result<Dataset, WorkspaceError> {
        if new.name.trim().is_empty() {
            return Err(WorkspaceError::NameMissing);
        }
        let measure = draft.measure()?;
        let path = self.dataset_path(new.digest);
        // The lock is held while the file is put in place, so that no other program puts another one there.
        self.database.write(|session| {
            if let Some(kept) = find_dataset(session, new.digest)? {
                if !path.exists() && kept.file_sha256 == measure.digest {
                    draft.keep(&path)?;
                }
                return Ok(kept);
            }
            draft.keep(&path)?;
            session.execute(
                ADD_DATASET,
                params![
                    new.digest.to_string(),
                    new.name,
                    new.created_at.millis(),
                    env!("CARGO_PKG_VERSION"),
                    measure.digest.to_string(),
                    i64::try_from(measure.bytes).unwrap_or(i64::MAX),
                    new.document.to_string(),
                ],
            )?;
            find_dataset(session, new.digest)?.ok_or(WorkspaceError::DatasetUnknown { digest: new.digest })
        })
    }

    /// Every data set, the newest first.
    ///
    /// # Errors
    /// [`WorkspaceError::Database`].
    pub fn datasets(&self) -> Result<Vec<Dataset>, WorkspaceError> {
        self.database.read(|session| Ok(session.rows(DATASETS, [None::<String>], read_dataset)?))
    }

    /// One data set.
    ///
    /// # Errors
    /// [`WorkspaceError::DatasetUnknown`] or [`WorkspaceError::Database`].
    pub fn dataset(&self, digest: Digest) -> Result<Dataset, WorkspaceError> {
        let found = self.database.read(|session| find_dataset(session, digest))?;
        found.ok_or(WorkspaceError::DatasetUnknown { digest })
    }

    /// The file of a data set, which was digested just now (a gigabyte takes 1 to 5 seconds).
    ///
    /// # Errors
    /// [`WorkspaceError::DatasetUnknown`], [`WorkspaceError::FileGone`], [`WorkspaceError::FileAltered`] or
    /// [`WorkspaceError::Database`].
    pub fn dataset_file(&self, digest: Digest) -> Result<PathBuf, WorkspaceError> {
        let path = self.dataset_path(digest);
        files::check(&path, self.dataset(digest)?.file_sha256)?;
        Ok(path)
    }

    /// A number that is different after another connection has changed the workspace; takes about 10 µs.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn data_version(&self) -> Result<i64, DatabaseError> {
        self.database.data_version()
    }

    fn dataset_path(&self, digest: Digest) -> PathBuf {
        self.folder.join("datasets").join(format!("{digest}.parquet"))
    }
}

fn find_dataset(session: &Session<'_>, digest: Digest) -> Result<Option<Dataset>, WorkspaceError> {
    Ok(session.row(DATASETS, [digest.to_string()], read_dataset)?)
}

fn read_dataset(row: &Row<'_>) -> rusqlite::Result<Dataset> {
    let bytes: i64 = row.get(5)?;
    Ok(Dataset {
        digest: parsed(row, 0)?,
        name: row.get(1)?,
        created_at: moment(row, 2)?,
        program: row.get(3)?,
        file_sha256: parsed(row, 4)?,
        file_bytes: u64::try_from(bytes).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(5, bytes))?,
        document: parsed(row, 6)?,
    })
}

#[cfg(test)]
mod tests;

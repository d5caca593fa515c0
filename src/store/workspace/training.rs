//! A training from its beginning to its end, so that one that is killed leaves a record, too.
//!
//! The row of a run is written when it begins. As long as it goes on, its program holds the lock of a file beside the
//! workspace; the system takes the lock back however the program ends, whatever became of its number, and a restart of
//! the machine takes it back as well. So a run that has not ended and whose lock is free was interrupted.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use rusqlite::params;
use serde_json::Value;

use super::runs::find_run;
use super::{Run, RunStatus, Workspace, WorkspaceError, files, find_dataset};
use crate::base::{Digest, Moment};
use crate::store::sqlite::DatabaseError;

const ADD_RUN: &str = include_str!("sql/add_run.sql");
const END_RUN: &str = include_str!("sql/end_run.sql");
const UNENDED_RUNS: &str = include_str!("sql/unended_runs.sql");

/// A training that begins.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// The data set it is trained on.
    pub dataset: Digest,
    /// The id of the family.
    pub family: String,
    /// The seed.
    pub seed: u64,
    /// Parameters and split.
    pub document: Value,
    /// When it begins.
    pub created_at: Moment,
}

/// How a training ended.
#[derive(Clone, Debug)]
pub struct RunEnd {
    /// Parameters, split, metrics.
    pub document: Value,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// With what.
    pub outcome: RunOutcome,
}

/// What a training ended with.
#[derive(Clone, Debug)]
pub enum RunOutcome {
    /// A model.
    Finished {
        /// The bytes of the fitted model.
        artifact: Vec<u8>,
    },
    /// It was stopped.
    Cancelled,
    /// An error, which the document tells.
    Failed,
}

/// A training that goes on. Dropped without an end, it counts as interrupted.
#[derive(Debug)]
pub struct BegunRun {
    id: i64,
    /// Held until the end; `None` where the file system knows no locks.
    _lock: Option<File>,
    path: PathBuf,
}

impl Drop for BegunRun {
    fn drop(&mut self) {
        // A file that stays is no obstacle: its lock is free.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl BegunRun {
    /// The number of the run.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }
}

impl Workspace {
    /// Writes down that a training begins.
    ///
    /// # Errors
    /// [`WorkspaceError::DatasetUnknown`] or [`WorkspaceError::Database`].
    pub fn begin_run(&mut self, new: &NewRun) -> Result<BegunRun, WorkspaceError> {
        self.end_interrupted_runs()?;
        let folder = self.locks();
        self.database.write(|session| {
            find_dataset(session, new.dataset)?.ok_or(WorkspaceError::DatasetUnknown { digest: new.dataset })?;
            let row = params![
                new.dataset.to_string(),
                new.family,
                new.seed.cast_signed(),
                new.created_at.millis(),
                new.document.to_string(),
            ];
            let id = session.execute(ADD_RUN, row)?;
            // Locked before anybody can see the row.
            lock(&folder, id)
        })
    }

    /// Writes down how a training ended, and keeps its model where it has one.
    ///
    /// # Errors
    /// [`WorkspaceError::Database`]; the run then counts as interrupted.
    pub fn finish_run(&mut self, begun: BegunRun, end: &RunEnd) -> Result<Run, WorkspaceError> {
        let (status, artifact) = match &end.outcome {
            RunOutcome::Finished { artifact } => (RunStatus::Finished, Some((Digest::of(artifact), artifact))),
            RunOutcome::Cancelled => (RunStatus::Cancelled, None),
            RunOutcome::Failed => (RunStatus::Failed, None),
        };
        let path = artifact.map(|(digest, _)| self.artifact_path(digest));
        let run = self.database.write(|session| {
            // The file is put in place under the lock of the database, so that pruning another run that ended with
            // the same model does not take it away.
            if let (Some(path), Some((_, bytes))) = (&path, artifact) {
                files::keep_bytes(path, bytes)?;
            }
            let row = params![
                begun.id,
                end.seconds.max(0.0),
                status.id(),
                end.document.to_string(),
                artifact.map(|(digest, _)| digest.to_string()),
            ];
            session.execute(END_RUN, row)?;
            find_run(session, begun.id)
        });
        drop(begun);
        run
    }

    /// Writes down which runs were interrupted.
    ///
    /// # Errors
    /// [`WorkspaceError::Database`].
    pub(super) fn end_interrupted_runs(&mut self) -> Result<(), WorkspaceError> {
        let folder = self.locks();
        self.database.write(|session| {
            // Under the writer's lock: a run that ends between the look at its row and that at its lock cannot be.
            for id in session.rows(UNENDED_RUNS, [], |row| row.get::<_, i64>(0))? {
                if !is_locked(&folder, id) {
                    let nothing = None::<String>;
                    session.execute(END_RUN, params![id, 0.0, RunStatus::Interrupted.id(), nothing, nothing])?;
                    // As in `drop` above.
                    let _ = std::fs::remove_file(lock_path(&folder, id));
                }
            }
            Ok(())
        })
    }

    /// A run whose row says that it goes on, but whose program is gone, was interrupted.
    pub(super) fn see_whether_it_goes_on(&self, run: &mut Run) -> Result<(), WorkspaceError> {
        if run.status == RunStatus::Running && !is_locked(&self.locks(), run.id) {
            // It may have ended since its row was read: the row is written before the lock is given back.
            *run = self.kept_run(run.id)?;
            if run.status == RunStatus::Running {
                run.status = RunStatus::Interrupted;
            }
        }
        Ok(())
    }

    fn locks(&self) -> PathBuf {
        self.folder.join("running")
    }
}

fn lock_path(folder: &Path, id: i64) -> PathBuf {
    folder.join(format!("run-{id}.lock"))
}

fn lock(folder: &Path, id: i64) -> Result<BegunRun, WorkspaceError> {
    let path = lock_path(folder, id);
    let open = || -> std::io::Result<Option<File>> {
        std::fs::create_dir_all(folder)?;
        let file = File::create(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Unsupported => Ok(None),
            Err(error) => Err(error.into()),
        }
    };
    let lock = open().map_err(|error| WorkspaceError::Database(DatabaseError::of_io(error, &path)))?;
    Ok(BegunRun { id, _lock: lock, path })
}

/// Whether somebody holds the lock of run `id`.
fn is_locked(folder: &Path, id: i64) -> bool {
    match File::open(lock_path(folder, id)) {
        Ok(file) => file.try_lock_shared().is_err(),
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    }
}

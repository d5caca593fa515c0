//! Experiment runs and the models they ended with.

use std::path::PathBuf;
use std::str::FromStr;

use rusqlite::{Row, params};
use serde::Serialize;
use serde_json::Value;

use super::{Workspace, WorkspaceError, files, find_dataset};
use crate::base::{Digest, Moment};
use crate::store::sqlite::{moment, parsed, parsed_option};

const RUNS: &str = include_str!("sql/runs.sql");
const ADD_RUN: &str = include_str!("sql/add_run.sql");

/// A training that ended, one way or another.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// The data set it was trained on.
    pub dataset: Digest,
    /// The id of the family.
    pub family: String,
    /// The seed.
    pub seed: u64,
    /// Parameters, split, metrics.
    pub document: Value,
    /// When it began.
    pub created_at: Moment,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// How it ended.
    pub outcome: RunOutcome,
}

/// How a training ended.
#[derive(Clone, Debug)]
pub enum RunOutcome {
    /// With a model.
    Finished {
        /// The bytes of the fitted model.
        artifact: Vec<u8>,
    },
    /// It was stopped.
    Cancelled,
    /// With an error, which the document tells.
    Failed,
}

/// How a training ended, without its model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// With a model.
    Finished,
    /// It was stopped.
    Cancelled,
    /// With an error.
    Failed,
}

/// A run that is kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Run {
    /// 1, 2, 3, … in this workspace.
    pub id: i64,
    /// The data set it was trained on.
    pub dataset: Digest,
    /// The id of the family.
    pub family: String,
    /// The seed.
    pub seed: u64,
    /// When it began.
    pub created_at: Moment,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// How it ended.
    pub status: RunStatus,
    /// Parameters, split, metrics.
    pub document: Value,
    /// The digest of the fitted model, where there is one.
    pub artifact_sha256: Option<Digest>,
}

impl Workspace {
    /// Keeps a run, and its model where it has one.
    ///
    /// # Errors
    /// [`WorkspaceError::DatasetUnknown`] or [`WorkspaceError::Database`].
    pub fn add_run(&mut self, new: &NewRun) -> Result<Run, WorkspaceError> {
        self.dataset(new.dataset)?;
        let artifact = match &new.outcome {
            RunOutcome::Finished { artifact } => {
                let digest = Digest::of(artifact);
                files::keep_bytes(&self.artifact_path(digest), artifact)?;
                Some(digest)
            }
            RunOutcome::Cancelled | RunOutcome::Failed => None,
        };
        let status = match new.outcome {
            RunOutcome::Finished { .. } => RunStatus::Finished,
            RunOutcome::Cancelled => RunStatus::Cancelled,
            RunOutcome::Failed => RunStatus::Failed,
        };
        self.database.write(|session| {
            find_dataset(session, new.dataset)?.ok_or(WorkspaceError::DatasetUnknown { digest: new.dataset })?;
            let id = session.execute(
                ADD_RUN,
                params![
                    new.dataset.to_string(),
                    new.family,
                    new.seed.cast_signed(),
                    new.created_at.millis(),
                    new.seconds.max(0.0),
                    status.id(),
                    new.document.to_string(),
                    artifact.map(|digest| digest.to_string()),
                ],
            )?;
            session.row(RUNS, [id], read_run)?.ok_or(WorkspaceError::RunUnknown { id })
        })
    }

    /// Every run, the newest first.
    ///
    /// # Errors
    /// [`WorkspaceError::Database`].
    pub fn runs(&self) -> Result<Vec<Run>, WorkspaceError> {
        self.database.read(|session| Ok(session.rows(RUNS, [None::<i64>], read_run)?))
    }

    /// One run.
    ///
    /// # Errors
    /// [`WorkspaceError::RunUnknown`] or [`WorkspaceError::Database`].
    pub fn run(&self, id: i64) -> Result<Run, WorkspaceError> {
        self.database.read(|session| session.row(RUNS, [id], read_run)?.ok_or(WorkspaceError::RunUnknown { id }))
    }

    /// The model of a run, which has the digest it was kept with.
    ///
    /// # Errors
    /// [`WorkspaceError::RunUnknown`], [`WorkspaceError::NoModel`], [`WorkspaceError::FileGone`],
    /// [`WorkspaceError::FileAltered`] or [`WorkspaceError::Database`].
    pub fn artifact(&self, id: i64) -> Result<Vec<u8>, WorkspaceError> {
        let run = self.run(id)?;
        let digest = run.artifact_sha256.ok_or(WorkspaceError::NoModel { id, status: run.status })?;
        files::read(&self.artifact_path(digest), digest)
    }

    pub(super) fn artifact_path(&self, digest: Digest) -> PathBuf {
        self.folder.join("artifacts").join(format!("{digest}.json"))
    }
}

impl RunStatus {
    /// The name in the file and in JSON, and the end of its key in the string catalogue: `run_status.finished`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            RunStatus::Finished => "finished",
            RunStatus::Cancelled => "cancelled",
            RunStatus::Failed => "failed",
        }
    }
}

/// A text that is not the name of a status.
#[derive(Debug, thiserror::Error)]
#[error("not the status of a run")]
pub struct UnknownStatus;

impl FromStr for RunStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<RunStatus, UnknownStatus> {
        let all = [RunStatus::Finished, RunStatus::Cancelled, RunStatus::Failed];
        all.into_iter().find(|status| status.id() == text).ok_or(UnknownStatus)
    }
}

fn read_run(row: &Row<'_>) -> rusqlite::Result<Run> {
    let seed: i64 = row.get(3)?;
    Ok(Run {
        id: row.get(0)?,
        dataset: parsed(row, 1)?,
        family: row.get(2)?,
        seed: seed.cast_unsigned(),
        created_at: moment(row, 4)?,
        seconds: row.get(5)?,
        status: parsed(row, 6)?,
        document: parsed(row, 7)?,
        artifact_sha256: parsed_option(row, 8)?,
    })
}

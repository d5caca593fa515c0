//! Experiment runs and the models they ended with.

use std::path::PathBuf;
use std::str::FromStr;

use rusqlite::Row;
use serde::Serialize;
use serde_json::Value;

use super::{Workspace, WorkspaceError, files};
use crate::base::{Digest, Moment};
use crate::store::sqlite::{Session, moment, parsed, parsed_option};

const RUNS: &str = include_str!("sql/runs.sql");
const TESTS_FROM: &str = include_str!("sql/tests_from.sql");

/// Where a training is, or how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// It goes on, in this program or another one.
    Running,
    /// With a model.
    Finished,
    /// It was stopped.
    Cancelled,
    /// With an error.
    Failed,
    /// The program that trained went away without a word: it was killed, or the power went.
    Interrupted,
}

/// A run that is kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Run {
    /// 1, 2, 3, … in this workspace; the number of a run that was removed is not given again.
    pub id: i64,
    /// The data set it was trained on.
    pub dataset: Digest,
    /// The id of the family.
    pub family: String,
    /// The seed.
    pub seed: u64,
    /// When it began.
    pub created_at: Moment,
    /// How long it took, in seconds; 0 where it goes on or was interrupted.
    pub seconds: f64,
    /// Where it is, or how it ended.
    pub status: RunStatus,
    /// Parameters, split, metrics.
    pub document: Value,
    /// The digest of the fitted model, where there is one.
    pub artifact_sha256: Option<Digest>,
    /// Whether it is kept in front, and never pruned.
    pub pinned: bool,
    /// What a person wrote about it.
    pub note: String,
    /// What it is tagged with, in order. A tagged run is never pruned.
    pub tags: Vec<String>,
}

impl Workspace {
    /// Every run, the newest first.
    ///
    /// # Errors
    /// [`WorkspaceError::Database`].
    pub fn runs(&self) -> Result<Vec<Run>, WorkspaceError> {
        let mut runs = self.database.read(|session| session.rows(RUNS, [None::<i64>], read_run))?;
        for run in runs.iter_mut().filter(|run| run.status == RunStatus::Running) {
            self.see_whether_it_goes_on(run)?;
        }
        Ok(runs)
    }

    /// One run.
    ///
    /// # Errors
    /// [`WorkspaceError::RunUnknown`] or [`WorkspaceError::Database`].
    pub fn run(&self, id: i64) -> Result<Run, WorkspaceError> {
        let mut run = self.kept_run(id)?;
        self.see_whether_it_goes_on(&mut run)?;
        Ok(run)
    }

    /// How many runs on the data set were tested on what arrived from `cut` on. Their documents stay where they are: they
    /// hold curves, and there may be thousands of them.
    ///
    /// # Errors
    /// [`WorkspaceError::Database`].
    pub fn tests_from(&self, dataset: Digest, cut: Moment) -> Result<u64, WorkspaceError> {
        let count = |session: &Session<'_>| -> Result<Option<i64>, WorkspaceError> {
            let row = [dataset.to_string(), cut.to_string()];
            Ok(session.row(TESTS_FROM, row, |row| row.get(0))?)
        };
        Ok(self.database.read(count)?.unwrap_or_default().cast_unsigned())
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

    /// The run as its row tells it.
    pub(super) fn kept_run(&self, id: i64) -> Result<Run, WorkspaceError> {
        self.database.read(|session| find_run(session, id))
    }
}

pub(super) fn find_run(session: &Session<'_>, id: i64) -> Result<Run, WorkspaceError> {
    session.row(RUNS, [id], read_run)?.ok_or(WorkspaceError::RunUnknown { id })
}

impl RunStatus {
    /// Every status.
    pub const ALL: [RunStatus; 5] =
        [RunStatus::Running, RunStatus::Finished, RunStatus::Cancelled, RunStatus::Failed, RunStatus::Interrupted];

    /// The name in the file and in JSON, and the end of its key in the string catalogue: `run_status.finished`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            RunStatus::Running => "running",
            RunStatus::Finished => "finished",
            RunStatus::Cancelled => "cancelled",
            RunStatus::Failed => "failed",
            RunStatus::Interrupted => "interrupted",
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
        RunStatus::ALL.into_iter().find(|status| status.id() == text).ok_or(UnknownStatus)
    }
}

fn read_run(row: &Row<'_>) -> rusqlite::Result<Run> {
    let seed: i64 = row.get(3)?;
    let tags: Value = parsed(row, 11)?;
    let tags = tags.as_array().map(|tags| tags.iter().filter_map(|tag| tag.as_str().map(str::to_owned)).collect());
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
        pinned: row.get(9)?,
        note: row.get(10)?,
        tags: tags.unwrap_or_default(),
    })
}

//! What can go wrong with an analyst's own data sets and runs.

use std::path::PathBuf;

use super::RunStatus;
use crate::base::explain::Failure;
use crate::base::{Digest, Explain};
use crate::store::sqlite::DatabaseError;

/// Why the workspace does not do something. Every one of these leaves it as it was.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// A file or folder of the workspace.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// There is no such data set.
    #[error("there is no data set {}", digest.short())]
    DatasetUnknown {
        /// Its digest.
        digest: Digest,
    },
    /// A data set needs a name.
    #[error("a data set needs a name")]
    NameMissing,
    /// There is no such run.
    #[error("there is no run {id}")]
    RunUnknown {
        /// Its number.
        id: i64,
    },
    /// The run goes on, is pinned or tagged, so it is not removed.
    #[error("run {id} goes on, is pinned or tagged")]
    RunKept {
        /// Its number.
        id: i64,
    },
    /// A note is too long.
    #[error("a note is too long")]
    NoteUnfit,
    /// Not a text that a run can be tagged with.
    #[error("\"{tag}\" is no tag")]
    TagUnfit {
        /// The text, or its beginning.
        tag: String,
    },
    /// The run was not finished, so there is no model.
    #[error("run {id} has no model: {}", status.id())]
    NoModel {
        /// Its number.
        id: i64,
        /// How it ended.
        status: RunStatus,
    },
    /// A file of the workspace is gone.
    #[error("a file is gone: {}", path.display())]
    FileGone {
        /// The file.
        path: PathBuf,
    },
    /// A file of the workspace is not the one that was kept.
    #[error("a file was altered (digest {found}, kept {expected}): {}", path.display())]
    FileAltered {
        /// The digest it was kept with.
        expected: Digest,
        /// The digest of what is there.
        found: Digest,
        /// The file.
        path: PathBuf,
    },
}

impl Explain for WorkspaceError {
    fn key(&self) -> &'static str {
        match self {
            WorkspaceError::Database(error) => error.key(),
            WorkspaceError::DatasetUnknown { .. } => "dataset_unknown",
            WorkspaceError::NameMissing => "dataset_name",
            WorkspaceError::RunUnknown { .. } => "run_unknown",
            WorkspaceError::RunKept { .. } => "run_kept",
            WorkspaceError::NoteUnfit => "note_unfit",
            WorkspaceError::TagUnfit { .. } => "tag_unfit",
            WorkspaceError::NoModel { .. } => "run_without_model",
            WorkspaceError::FileGone { .. } => "file_gone",
            WorkspaceError::FileAltered { .. } => "file_altered",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            WorkspaceError::Database(error) => error.fields(),
            WorkspaceError::DatasetUnknown { digest } => vec![("digest", digest.short())],
            WorkspaceError::NameMissing => Vec::new(),
            WorkspaceError::NoteUnfit => vec![("most", super::LONGEST_NOTE.to_string())],
            WorkspaceError::TagUnfit { tag } => {
                vec![("tag", tag.clone()), ("most", super::LONGEST_TAG.to_string())]
            }
            WorkspaceError::RunUnknown { id }
            | WorkspaceError::RunKept { id }
            | WorkspaceError::NoModel { id, .. } => vec![("id", id.to_string())],
            WorkspaceError::FileGone { path } => vec![("path", path.display().to_string())],
            WorkspaceError::FileAltered { expected, found, path } => vec![
                ("expected", expected.short()),
                ("found", found.short()),
                ("path", path.display().to_string()),
            ],
        }
    }

    fn failure(&self) -> Failure {
        match self {
            WorkspaceError::Database(error) => error.failure(),
            WorkspaceError::DatasetUnknown { .. }
            | WorkspaceError::NameMissing
            | WorkspaceError::RunUnknown { .. }
            | WorkspaceError::NoteUnfit
            | WorkspaceError::TagUnfit { .. }
            | WorkspaceError::NoModel { .. } => Failure::Usage,
            WorkspaceError::RunKept { .. } => Failure::Refused,
            WorkspaceError::FileGone { .. } => Failure::Failed,
            WorkspaceError::FileAltered { .. } => Failure::Refused,
        }
    }
}

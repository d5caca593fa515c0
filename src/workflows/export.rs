//! Export: a kept model as a file for a program that is not this one.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::analysis::models::{Artifact, onnx};
use crate::base::Digest;
use crate::store::sqlite::Access;
use crate::store::workspace::Workspace;

use super::files::write_new_bytes;
use super::{Home, WorkflowError};

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// The run whose model it is.
    pub run: i64,
    /// Where.
    pub file: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Its digest.
    pub sha256: Digest,
}

/// Writes the model of a run as an ONNX file. A file that is there already stays as it is.
///
/// # Errors
/// [`WorkflowError`].
pub fn export_onnx(home: &Home, run: i64, file: &Path) -> Result<Exported, WorkflowError> {
    let workspace = Workspace::open(home.folder(), Access::Read)?;
    let Some(sha256) = workspace.run(run)?.artifact_sha256 else {
        return Err(WorkflowError::RunWithoutModel { run });
    };
    let artifact = Artifact::from_bytes(&workspace.artifact(run)?)?;
    let bytes = onnx::export(&artifact, sha256)?;
    write_new_bytes(file, &bytes)?;
    Ok(Exported { run, file: file.to_owned(), bytes: bytes.len() as u64, sha256: Digest::of(&bytes) })
}

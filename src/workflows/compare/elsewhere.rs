//! Whether a model is compared on sites that it has learned from.
//!
//! On a data set of other sites its figures are shown, but they say nothing of where it would answer, and nothing is decided by
//! them. Where the data set that it learned from is no longer kept, nobody can tell, and nothing is said.

use std::collections::BTreeSet;

use crate::analysis::models::Artifact;
use crate::base::Task;
use crate::store::sqlite::Access;
use crate::workflows::datasets::{Prepared, read_history, workspace};
use crate::workflows::{Home, WorkflowError};

/// The sites that `artifact` learned from; `None` where its data set is not kept. Of that of `prepared` it is not asked: its visits
/// come after those that were learned from, at sites that may be new, which a slice tells.
pub(super) fn learned_sites(
    home: &Home,
    prepared: &Prepared,
    artifact: &Artifact,
    task: &Task,
) -> Result<Option<BTreeSet<String>>, WorkflowError> {
    if artifact.origin.dataset == prepared.digest {
        return Ok(None);
    }
    let workspace = workspace(home, Access::Read)?;
    let Ok(dataset) = workspace.dataset(artifact.origin.dataset) else { return Ok(None) };
    // A file that was removed is no reason to refuse a comparison on another one.
    match read_history(&workspace, &dataset, task) {
        Ok(history) => Ok(Some(history.visits.site.names().iter().cloned().collect())),
        Err(WorkflowError::Cancelled(cancelled)) => Err(cancelled.into()),
        Err(_) => Ok(None),
    }
}

//! What is in a data set: its profile, what it shares with another, and the rows that its import set aside.
//!
//! A profile is computed when it is asked for (a second for ten million visits) and never kept, so that it cannot be
//! older than the program that shows it.

use std::path::PathBuf;

use serde::Serialize;

use crate::analysis::history::difference::{Difference, compare_histories};
use crate::analysis::history::profile::Profile;
use crate::analysis::history::{Finding, History, read_visits};
use crate::base::Task;
use crate::store::sqlite::Access;
use crate::store::workspace::{Dataset, Workspace};

use super::datasets::{document, find, workspace};
use super::import::quarantine_file;
use super::{Home, WorkflowError};

/// The rows that an import set aside.
#[derive(Clone, Debug, Serialize)]
pub struct Quarantine {
    /// The data set.
    pub dataset: String,
    /// Where they are; `None` where there are none, or the file is gone.
    pub path: Option<PathBuf>,
    /// How many there were.
    pub rows: u64,
    /// Why, the most frequent reason first.
    pub reasons: Vec<Finding>,
}

/// The visits of `dataset`.
///
/// # Errors
/// [`WorkflowError`] where its file is gone, altered or unreadable.
pub fn history(workspace: &Workspace, dataset: &Dataset) -> Result<History, WorkflowError> {
    let path = workspace.dataset_file(dataset.digest)?;
    Ok(History::read_by(&document(dataset)?.mapping, read_visits(&path)?))
}

/// The data set called `name`, summed up.
///
/// # Errors
/// [`WorkflowError`].
pub fn profile(home: &Home, name: &str, task: &Task) -> Result<(Dataset, Profile), WorkflowError> {
    let workspace = workspace(home, Access::Read)?;
    let dataset = find(&workspace, name)?;
    task.report("stage.reading", 0, 0)?;
    let profile = Profile::of(&history(&workspace, &dataset)?, task)?;
    Ok((dataset, profile))
}

/// Two data sets side by side.
///
/// # Errors
/// [`WorkflowError`].
pub fn compare_datasets(
    home: &Home,
    names: (&str, &str),
    task: &Task,
) -> Result<(Dataset, Dataset, Difference), WorkflowError> {
    let workspace = workspace(home, Access::Read)?;
    let (a, b) = (find(&workspace, names.0)?, find(&workspace, names.1)?);
    task.report("stage.reading", 0, 0)?;
    // Without a mapped id, visits are numbered at their import, and equal numbers say nothing.
    let have_ids = [&a, &b].into_iter().map(document).collect::<Result<Vec<_>, _>>()?;
    let have_ids = have_ids.iter().all(|document| !document.mapping.visit.visit_id.is_empty());
    let histories = (history(&workspace, &a)?, history(&workspace, &b)?);
    let difference = compare_histories(&histories.0, &histories.1, have_ids, task)?;
    Ok((a, b, difference))
}

/// What the import of the data set called `name` set aside.
///
/// # Errors
/// [`WorkflowError`].
pub fn quarantine(home: &Home, name: &str) -> Result<Quarantine, WorkflowError> {
    let dataset = find(&workspace(home, Access::Read)?, name)?;
    let report = document(&dataset)?.report;
    let path = quarantine_file(home, dataset.digest);
    Ok(Quarantine {
        dataset: dataset.name,
        path: path.exists().then_some(path),
        rows: report.quarantined,
        reasons: report.set_aside().into_iter().cloned().collect(),
    })
}

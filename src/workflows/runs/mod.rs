//! Runs kept in order: list them, mark them, compare them, prune them, and make one again to prove what it was.
//!
//! A run is a record of what was tried; nothing here trains anything new. What is compared is what was kept when the run
//! ended: the errors of runs that were tested on different visits do not compare, and the table says so.

mod prune;
mod reproduce;
mod table;

use std::cmp::Ordering;

use serde::Serialize;

use crate::analysis::models::IMPORTED;
use crate::base::{Digest, Moment};
use crate::store::sqlite::Access;
use crate::store::workspace::{Run, RunMark, RunStatus, Workspace};

use super::train::{RunDocument, TrainSummary, find_family};
use super::{Home, WorkflowError};

pub use prune::{PruneRule, Pruned, prune};
pub use reproduce::{Reproduction, reproduce};
pub use table::{RunsTable, TableRow, compare, table};

/// A run and what is kept beside its model.
pub type KeptRun = (Run, RunDocument);

/// Which runs are asked for, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Only those of the family with this id.
    pub family: Option<String>,
    /// Only those with this tag.
    pub tag: Option<String>,
    /// In which order.
    pub order: RunOrder,
    /// At most this many, the first in that order.
    pub limit: Option<usize>,
}

/// In which order runs are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RunOrder {
    /// The newest first.
    #[default]
    Newest,
    /// The lowest mean absolute error first; runs without one last.
    Mae,
    /// The lowest error in relation to the rule's on the same visits first, since runs may be tested on different ones.
    Ratio,
    /// By the id of the family, then as [`RunOrder::Mae`].
    Family,
    /// The longest training first.
    Seconds,
}

/// A run in JSON: what a training says, and what a person said of it.
#[derive(Debug, Serialize)]
pub struct RunEntry {
    #[serde(flatten)]
    summary: TrainSummary,
    status: RunStatus,
    dataset: Digest,
    created_at: Moment,
    pinned: bool,
    note: String,
    tags: Vec<String>,
}

impl RunEntry {
    /// The entry of a kept run.
    #[must_use]
    pub fn of((run, document): &KeptRun) -> RunEntry {
        RunEntry {
            summary: TrainSummary::of(run, document),
            status: run.status,
            dataset: run.dataset,
            created_at: run.created_at,
            pinned: run.pinned,
            note: run.note.clone(),
            tags: run.tags.clone(),
        }
    }
}

/// The runs that `filter` asks for.
///
/// # Errors
/// [`WorkflowError::UnknownFamily`], or where the workspace cannot be read.
pub fn list(home: &Home, filter: &RunFilter) -> Result<Vec<KeptRun>, WorkflowError> {
    if let Some(family) = &filter.family {
        is_kept_under(family)?;
    }
    let mut runs = Workspace::open(home.folder(), Access::Read)?.runs()?;
    runs.retain(|run| {
        filter.family.as_ref().is_none_or(|family| run.family == *family)
            && filter.tag.as_ref().is_none_or(|tag| run.tags.contains(tag))
    });
    if filter.order == RunOrder::Newest {
        runs.truncate(filter.limit.unwrap_or(usize::MAX));
    }
    let mut kept = runs
        .into_iter()
        .map(|run| RunDocument::read(&run).map(|document| (run, document)))
        .collect::<Result<Vec<_>, _>>()?;
    kept.sort_by(|a, b| filter.order.of(a, b).then(b.0.id.cmp(&a.0.id)));
    kept.truncate(filter.limit.unwrap_or(usize::MAX));
    Ok(kept)
}

/// Whether runs may be of `family`: those that are fitted here, and that of models from elsewhere.
fn is_kept_under(family: &str) -> Result<(), WorkflowError> {
    match find_family(family) {
        Err(WorkflowError::UnknownFamily { .. }) if family == IMPORTED => Ok(()),
        Err(WorkflowError::UnknownFamily { name, known, nearest }) => {
            Err(WorkflowError::UnknownFamily { name, known: format!("{known}, {IMPORTED}"), nearest })
        }
        other => other.map(|_| ()),
    }
}

/// One run.
///
/// # Errors
/// Where there is none, or the workspace cannot be read.
pub fn show(home: &Home, id: i64) -> Result<KeptRun, WorkflowError> {
    let run = Workspace::open(home.folder(), Access::Read)?.run(id)?;
    RunDocument::read(&run).map(|document| (run, document))
}

/// Changes what is said about a run.
///
/// # Errors
/// Where there is none, or the mark does not fit.
pub fn mark(home: &Home, id: i64, mark: &RunMark) -> Result<KeptRun, WorkflowError> {
    let run = Workspace::open(home.folder(), Access::Write)?.mark_run(id, mark)?;
    RunDocument::read(&run).map(|document| (run, document))
}

/// The mean absolute error on the test part, minutes.
fn mae((_, document): &KeptRun) -> Option<f64> {
    document.test.as_ref().map(|errors| errors.mae)
}

/// What is not there stands last.
fn last(value: Option<f64>) -> f64 {
    value.unwrap_or(f64::INFINITY)
}

impl RunOrder {
    fn of(self, a: &KeptRun, b: &KeptRun) -> Ordering {
        let ratio = |kept: &KeptRun| Some(mae(kept)? / kept.1.rule.as_ref()?.mae.max(f64::MIN_POSITIVE));
        let by_mae = || last(mae(a)).total_cmp(&last(mae(b)));
        match self {
            RunOrder::Newest => Ordering::Equal,
            RunOrder::Mae => by_mae(),
            RunOrder::Ratio => last(ratio(a)).total_cmp(&last(ratio(b))),
            RunOrder::Family => a.0.family.cmp(&b.0.family).then_with(by_mae),
            RunOrder::Seconds => b.0.seconds.total_cmp(&a.0.seconds),
        }
    }
}

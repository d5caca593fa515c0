//! Pruning: remove the runs that nobody needs any more, and only those.
//!
//! Never removed: what goes on, is pinned or tagged, and what a version in the registry was made from. Nothing is removed
//! before it was listed.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::base::{Digest, Moment};
use crate::store::registry::{Registry, RegistryError};
use crate::store::sqlite::Access;
use crate::store::workspace::{Run, RunStatus, Workspace};
use crate::workflows::evidence::Evidence;
use crate::workflows::{Home, WorkflowError, now};

/// Which runs are no longer needed: those that both of these let go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PruneRule {
    /// The newest runs, as many as this, stay.
    pub keep: Option<usize>,
    /// Runs that began less than this many days ago stay.
    pub older_than_days: Option<u32>,
}

/// What was removed, or would be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pruned {
    /// Whether they were removed.
    pub removed: bool,
    /// The runs, the newest first.
    pub runs: Vec<PrunedRun>,
    /// Runs that the rule lets go and that stay all the same: they go on, are pinned, tagged, or named by a release.
    pub protected: Vec<i64>,
    /// Runs that stay.
    pub left: usize,
}

/// A run that was removed, or would be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PrunedRun {
    /// Its number.
    pub run: i64,
    /// Its family.
    pub family: String,
    /// When it began.
    pub created_at: Moment,
    /// How it ended.
    pub status: RunStatus,
}

/// Lists what `rule` lets go, and removes it where `is_meant`.
///
/// # Errors
/// [`WorkflowError`]; where the registry is there and cannot be read, nothing is removed either.
pub fn prune(home: &Home, rule: PruneRule, is_meant: bool) -> Result<Pruned, WorkflowError> {
    let access = if is_meant { Access::Write } else { Access::Read };
    let mut workspace = Workspace::open(home.folder(), access)?;
    let runs = workspace.runs()?;
    let released = Released::read(home)?;
    let oldest_kept = rule.older_than_days.and_then(|days| now().plus_millis(-i64::from(days) * 86_400_000));
    let (go, protected): (Vec<&Run>, Vec<&Run>) = runs
        .iter()
        .skip(rule.keep.unwrap_or(0))
        .filter(|run| oldest_kept.is_none_or(|oldest| run.created_at < oldest))
        .partition(|run| {
            let is_marked = run.pinned || !run.tags.is_empty() || run.status == RunStatus::Running;
            !is_marked && !released.names(run)
        });
    if is_meant {
        workspace.remove_runs(&go.iter().map(|run| run.id).collect::<Vec<_>>())?;
    }
    let told = |run: &&Run| PrunedRun {
        run: run.id,
        family: run.family.clone(),
        created_at: run.created_at,
        status: run.status,
    };
    Ok(Pruned {
        removed: is_meant,
        left: runs.len() - go.len(),
        runs: go.iter().map(told).collect(),
        protected: protected.iter().map(|run| run.id).collect(),
    })
}

/// What the registry says of runs. It may be shared by several people, whose runs are numbered by themselves: a number
/// counts only together with the data set.
#[derive(Default)]
struct Released {
    artifacts: BTreeSet<Digest>,
    runs: BTreeSet<(Digest, i64)>,
}

impl Released {
    fn read(home: &Home) -> Result<Released, WorkflowError> {
        let mut released = Released::default();
        if !home.registry().exists() {
            return Ok(released);
        }
        let registry = Registry::open(home.registry(), Access::Read)?;
        for entry in registry.versions()? {
            released.artifacts.insert(entry.artifact_sha256);
            match registry.evidence(entry.version) {
                Ok(text) => {
                    // Evidence that is not ours names no run of ours.
                    if let Ok(evidence) = Evidence::from_text(&text) {
                        released.runs.insert((evidence.dataset, evidence.run));
                    }
                }
                Err(error @ RegistryError::Database(_)) => return Err(error.into()),
                // Altered evidence is told by `nobat verify`; the digest of the model still protects its run.
                Err(_) => {}
            }
        }
        Ok(released)
    }

    fn names(&self, run: &Run) -> bool {
        run.artifact_sha256.is_some_and(|digest| self.artifacts.contains(&digest))
            || self.runs.contains(&(run.dataset, run.id))
    }
}

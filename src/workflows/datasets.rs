//! Data sets of the workspace: finding one by what a person calls it, and making it ready for models.

use std::fs::File;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::analysis::features::{
    Expression, FeatureTable, MatrixError, MatrixKey, build, feature_set, read_matrix,
};
use crate::analysis::history::{History, ImportReport, Mapping, Outcome, read_visits};
use crate::base::{Digest, Minutes, Moment, Task};
use crate::store::sqlite::Access;
use crate::store::workspace::{Dataset, Workspace};

use super::expressions::expressions;
use super::{Home, WorkflowError};

/// What is kept about a data set beside its visits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatasetDocument {
    /// The data set that the files were added to, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ParentSet>,
    /// The files that came in.
    pub sources: Vec<SourceFile>,
    /// How they were read.
    pub mapping: Mapping,
    /// What became of each of their rows.
    pub report: ImportReport,
    /// The visits of the whole data set; not there in data sets of programs before it was kept, which had no parents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcomes: Option<Outcomes>,
    /// Who imported it.
    #[serde(default)]
    pub imported_by: String,
    /// The first arrival.
    pub first: Moment,
    /// The last arrival.
    pub last: Moment,
    /// Sites.
    pub sites: u64,
    /// Queues: a service at a site.
    pub queues: u64,
}

/// The data set that files were added to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParentSet {
    /// Its digest.
    pub digest: Digest,
    /// What people called it.
    pub name: String,
    /// Its visits.
    pub visits: u64,
    /// Those of them that new rows, which knew more, took the place of.
    pub completed: u64,
}

/// How the visits of a data set ended, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcomes {
    /// Visits.
    pub visits: u64,
    /// Those that were called.
    pub served: u64,
    /// Those that left unserved: their waits are censored.
    pub abandoned: u64,
    /// Those that were neither called nor gone.
    pub unfinished: u64,
}

impl Outcomes {
    /// The outcomes of `history`.
    #[must_use]
    pub fn of(history: &History) -> Outcomes {
        let count = |outcome| history.visits.count(outcome) as u64;
        Outcomes {
            visits: history.visits.len() as u64,
            served: count(Outcome::Served),
            abandoned: count(Outcome::Abandoned),
            unfinished: count(Outcome::Unfinished),
        }
    }
}

/// A file that was imported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Its name, without the folder.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: Digest,
}

impl DatasetDocument {
    /// The names of the files: the first, and how many more there are.
    #[must_use]
    pub fn source_name(&self) -> (&str, usize) {
        let first = self.sources.first().map_or("", |source| source.name.as_str());
        (first, self.sources.len().saturating_sub(1))
    }

    /// How the visits of the data set ended.
    #[must_use]
    pub fn outcomes(&self) -> Outcomes {
        let report = &self.report;
        self.outcomes.unwrap_or(Outcomes {
            visits: report.accepted + report.repaired,
            served: report.served,
            abandoned: report.abandoned,
            unfinished: report.unfinished,
        })
    }

    /// The size of the files together.
    #[must_use]
    pub fn source_bytes(&self) -> u64 {
        self.sources.iter().map(|source| source.bytes).sum()
    }
}

/// A data set ready for models: visits, their features and their waits.
#[derive(Debug)]
pub struct Prepared {
    /// Its digest.
    pub digest: Digest,
    /// The visits.
    pub history: History,
    /// The features of each visit.
    pub features: FeatureTable,
    /// The wait of each visit in minutes, where it is known.
    pub waits: Vec<Option<f64>>,
}

/// The data set that `name` means: the beginning of its digest, its name (the newest of that name), or `latest`.
///
/// # Errors
/// [`WorkflowError::UnknownDataset`].
pub fn find(workspace: &Workspace, name: &str) -> Result<Dataset, WorkflowError> {
    let datasets = workspace.datasets()?;
    let unknown = || WorkflowError::UnknownDataset { name: name.to_owned() };
    if name == "latest" {
        return datasets.into_iter().next().ok_or_else(unknown);
    }
    let by_digest = |dataset: &&Dataset| name.len() >= 4 && dataset.digest.to_string().starts_with(name);
    let mut matching = datasets.iter().filter(by_digest);
    let found = match (matching.next(), matching.next()) {
        (Some(only), None) => Some(only),
        _ => datasets.iter().find(|dataset| dataset.name == name),
    };
    found.cloned().ok_or_else(unknown)
}

/// The document of `dataset`.
///
/// # Errors
/// [`WorkflowError::Document`].
pub fn document(dataset: &Dataset) -> Result<DatasetDocument, WorkflowError> {
    serde_json::from_value(dataset.document.clone())
        .map_err(|error| WorkflowError::Document { reason: error.to_string() })
}

/// Opens the workspace of `home`, which must be there.
///
/// # Errors
/// [`WorkflowError::Workspace`].
pub fn workspace(home: &Home, access: Access) -> Result<Workspace, WorkflowError> {
    Ok(Workspace::open(home.folder(), access)?)
}

/// Reads a data set and its features, which are computed where no file of them was kept or it is not what it should be.
///
/// # Errors
/// [`WorkflowError`] where the file is gone, altered or unreadable, or the task was cancelled.
pub fn prepare(workspace: &Workspace, dataset: &Dataset, task: &Task) -> Result<Arc<Prepared>, WorkflowError> {
    prepare_with(workspace, dataset, &expressions(workspace)?, task)
}

/// As [`prepare`], with the expressions `own` in the place of those that the workspace holds.
///
/// # Errors
/// As [`prepare`].
pub fn prepare_with(
    workspace: &Workspace,
    dataset: &Dataset,
    own: &[Arc<Expression>],
    task: &Task,
) -> Result<Arc<Prepared>, WorkflowError> {
    let history = read_history(workspace, dataset, task)?;
    let features = match kept_features(workspace, dataset.digest, history.visits.len(), task)? {
        Some(kept) => kept,
        None => build(&history, task)?,
    };
    ready(history, dataset.digest, features, own, task)
}

/// Reads the visits of a data set.
///
/// # Errors
/// [`WorkflowError`] where the file is gone, altered or unreadable.
pub fn read_history(workspace: &Workspace, dataset: &Dataset, task: &Task) -> Result<History, WorkflowError> {
    task.report("stage.reading", 0, 0)?;
    let path = workspace.dataset_file(dataset.digest)?;
    Ok(History::read_by(&document(dataset)?.mapping, read_visits(&path)?))
}

/// The features of a data set of `rows` visits that `nobat features build` kept; `None` where there are none that can be
/// used.
///
/// # Errors
/// [`WorkflowError::Cancelled`].
pub fn kept_features(
    workspace: &Workspace,
    dataset: Digest,
    rows: usize,
    task: &Task,
) -> Result<Option<FeatureTable>, WorkflowError> {
    let key = MatrixKey { dataset, features: feature_set(), rows };
    let Ok(mut file) = File::open(workspace.feature_file(dataset, key.features)) else { return Ok(None) };
    let Ok(length) = file.metadata().map(|metadata| metadata.len()) else { return Ok(None) };
    match read_matrix(key, length, &mut file, task) {
        Ok(kept) => Ok(Some(kept)),
        Err(MatrixError::Cancelled(cancelled)) => Err(cancelled.into()),
        // A shortcut that does not work is none; what it would have given is computed.
        Err(MatrixError::Io(_) | MatrixError::Unfit(_)) => Ok(None),
    }
}

/// Computes the features of a history that is at hand, those among them that `workspace` holds as expressions.
///
/// # Errors
/// [`WorkflowError`] where the expressions cannot be read, or the task was cancelled.
pub fn prepare_history(
    workspace: &Workspace,
    history: History,
    digest: Digest,
    task: &Task,
) -> Result<Arc<Prepared>, WorkflowError> {
    let features = build(&history, task)?;
    ready(history, digest, features, &expressions(workspace)?, task)
}

fn ready(
    history: History,
    digest: Digest,
    features: FeatureTable,
    own: &[Arc<Expression>],
    task: &Task,
) -> Result<Arc<Prepared>, WorkflowError> {
    task.report("stage.features", 0, 0)?;
    let features = features.with_expressions(own);
    let visits = &history.visits;
    let waits = (0..visits.len()).map(|row| visits.wait(row).map(Minutes::get)).collect();
    Ok(Arc::new(Prepared { digest, history, features, waits }))
}

//! Import: a file becomes a data set of the workspace, and what could not be read is set aside.

use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use crate::analysis::history::expectations::Violation;
use crate::analysis::history::{
    Check, History, ImportReport, ImportSettings, Imported, Mapping, Parent, digest, import, open, write_visits,
};
use crate::base::{Digest, Task};
use crate::store::sqlite::Access;
use crate::store::workspace::{Dataset, Draft, NewDataset, Workspace};

use super::databases::source_options;
use super::datasets::{
    DatasetDocument, Outcomes, ParentSet, Prepared, SourceFile, document, find, prepare_history, read_history,
    workspace,
};
use super::expect::{check_history, read_expectations};
use super::files::{file_error, is_same_file, read_text, stem};
use super::mapping::{keep_mapping, mapping_for};
use super::personal::personal_key;
use super::{Home, WorkflowError, now};

/// What is to be imported.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportRequest {
    /// Files, and folders of files, that are one history.
    pub paths: Vec<PathBuf>,
    /// The mapping file; without one, the mapping kept for files of this shape, or a guessed one that leaves no doubt.
    pub mapping: Option<PathBuf>,
    /// What to call the data set; without one, the name of the data set that it continues, or of the first file.
    pub name: Option<String>,
    /// The data set that the files are added to: its name, the beginning of its digest, or `latest`.
    pub append_to: Option<String>,
    /// The contract that the data set is held against.
    pub expectations: Option<PathBuf>,
    /// Who asks.
    pub person: String,
}

/// What came of it.
#[derive(Debug)]
pub struct ImportOutcome {
    /// The data set as it is kept.
    pub dataset: Dataset,
    /// What became of each row.
    pub report: ImportReport,
    /// The data set that the rows were added to.
    pub parent: Option<ParentSet>,
    /// How the visits of the whole data set ended.
    pub outcomes: Option<Outcomes>,
    /// The rows that were set aside, where there are any.
    pub quarantine: Option<PathBuf>,
    /// Where the data set is not as expected; `None` where no contract was given.
    pub violations: Option<Vec<Violation>>,
    /// The visits, at hand.
    pub history: History,
}

/// The account of an import as JSON.
#[derive(Debug, Serialize)]
pub struct ImportSummary {
    dataset: String,
    digest: Digest,
    #[serde(flatten)]
    report: ImportReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<ParentSet>,
    /// Of the whole data set; the counts above are of the rows that came in.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcomes: Option<Outcomes>,
    quarantine: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    violations: Option<Vec<Violation>>,
}

/// Where the import of the data set `digest` keeps the rows that it sets aside; there is such a file where there are any.
#[must_use]
pub fn quarantine_file(home: &Home, digest: Digest) -> PathBuf {
    home.quarantine().join(format!("{}.csv", digest.short()))
}

/// Imports files. On an error nothing is kept, and the files are only read.
///
/// Where `append_to` names a data set, its visits and the new ones become one; the older data set stays as it is. Where
/// every new visit is there already, the older data set is what comes out.
///
/// # Errors
/// [`WorkflowError`].
pub fn import_file(home: &Home, request: &ImportRequest, task: &Task) -> Result<ImportOutcome, WorkflowError> {
    let mapping = match request.mapping.as_deref().map(read_mapping).transpose()? {
        Some(mapping) => mapping,
        None => mapping_for(home, &request.paths, task)?,
    };
    let expectations = request.expectations.as_deref().map(read_expectations).transpose()?;
    let parent = request.append_to.as_deref().map(|name| read_parent(home, name, task)).transpose()?;
    let (set, parent) = parent.unzip();
    let mut aside = Aside::new(home)?;
    let Imported { history, report, files, columns } = {
        let mut out = BufWriter::new(aside.file.as_file_mut());
        let settings = ImportSettings {
            mapping: &mapping,
            now: now(),
            personal_key: &|| personal_key(home).map_err(std::io::Error::other),
        };
        let options = source_options(Some(&mapping));
        import(&|| open(&request.paths, &options), &settings, parent, &mut out, task)?
    };
    task.report("stage.keeping", 0, 0)?;
    let sources: Vec<SourceFile> = files.into_iter().map(source_file).collect();
    let name = name_of(request, set.as_ref(), &sources);
    let set = set.map(|set| ParentSet { completed: report.found(Check::CompletesParent), ..set });
    let document = describe(&history, set, sources, mapping, report, request)?;
    let mut workspace = Workspace::open_or_create(home.folder())?;
    let draft = draft_of(&workspace, &history)?;
    let violations = match &expectations {
        Some(expectations) => Some(check_history(expectations, &history, task)?),
        None => None,
    };
    task.check()?;
    let digest = digest(&history);
    let kept =
        serde_json::to_value(&document).map_err(|error| WorkflowError::Document { reason: error.to_string() })?;
    // The quarantine first: a data set that is kept has its account beside it.
    let quarantine = if document.report.quarantined == 0 { None } else { Some(aside.keep(home, digest)?) };
    let dataset =
        workspace.keep_dataset(draft, &NewDataset { digest, name, created_at: now(), document: kept })?;
    if request.mapping.is_some() {
        // The next file of this shape needs none.
        keep_mapping(home, &columns, &document.mapping)?;
    }
    let DatasetDocument { report, parent, outcomes, .. } = document;
    Ok(ImportOutcome { dataset, report, parent, outcomes, quarantine, violations, history })
}

/// The data set called `name`, to be added to.
fn read_parent(home: &Home, name: &str, task: &Task) -> Result<(ParentSet, Parent), WorkflowError> {
    let workspace = workspace(home, Access::Read)?;
    let dataset = find(&workspace, name)?;
    let has_ids = !document(&dataset)?.mapping.visit.visit_id.is_empty();
    let history = read_history(&workspace, &dataset, task)?;
    let visits = history.visits.len() as u64;
    let set = ParentSet { digest: dataset.digest, name: dataset.name, visits, completed: 0 };
    Ok((set, Parent { history, has_ids }))
}

/// What the data set is to be called: as asked, as the data set that it continues, or as its first file.
fn name_of(request: &ImportRequest, parent: Option<&ParentSet>, sources: &[SourceFile]) -> String {
    match (&request.name, parent, sources.first()) {
        (Some(name), _, _) => name.clone(),
        (None, Some(parent), _) => parent.name.clone(),
        (None, None, Some(source)) => stem(Path::new(&source.name)),
        (None, None, None) => String::new(),
    }
}

fn draft_of(workspace: &Workspace, history: &History) -> Result<Draft, WorkflowError> {
    let failed = |cause| file_error(&workspace.folder().join("datasets"), cause);
    let mut draft = workspace.draft_dataset()?;
    let mut out = BufWriter::new(draft.file());
    write_visits(&history.visits, &mut out).map_err(|reason| failed(std::io::Error::other(reason)))?;
    std::io::Write::flush(&mut out).map_err(failed)?;
    drop(out);
    Ok(draft)
}

/// The rows that are set aside, before it is known under which digest they are kept.
struct Aside {
    file: tempfile::NamedTempFile,
}

impl Aside {
    fn new(home: &Home) -> Result<Aside, WorkflowError> {
        let folder = home.quarantine();
        std::fs::create_dir_all(&folder).map_err(|cause| file_error(&folder, cause))?;
        let file = tempfile::Builder::new().prefix(".nobat-").tempfile_in(&folder);
        Ok(Aside { file: file.map_err(|cause| file_error(&folder, cause))? })
    }

    /// Keeps them under the digest of the data set. What another import of the same visits has set aside stays.
    fn keep(self, home: &Home, digest: Digest) -> Result<PathBuf, WorkflowError> {
        let first = quarantine_file(home, digest);
        let numbered = |n: u32| first.with_file_name(format!("{}-{n}.csv", digest.short()));
        let is_free = |path: &PathBuf| !path.exists() || is_same_file(path, self.file.path());
        let path = std::iter::once(first.clone()).chain((2..).map(numbered)).find(is_free).unwrap_or(first);
        self.file.persist(&path).map_err(|error| file_error(&path, error.error))?;
        Ok(path)
    }
}

impl ImportOutcome {
    /// The account as JSON.
    #[must_use]
    pub fn summary(&self) -> ImportSummary {
        ImportSummary {
            dataset: self.dataset.name.clone(),
            digest: self.dataset.digest,
            report: self.report.clone(),
            parent: self.parent.clone(),
            outcomes: self.outcomes,
            quarantine: self.quarantine.clone(),
            violations: self.violations.clone(),
        }
    }

    /// The data set with its features, as [`prepare`](super::datasets::prepare) gives it, without reading it again from
    /// the workspace of `home`.
    ///
    /// # Errors
    /// [`WorkflowError`] where the expressions of the workspace cannot be read, or the task was cancelled.
    pub fn prepare(self, home: &Home, task: &Task) -> Result<Arc<Prepared>, WorkflowError> {
        prepare_history(&workspace(home, Access::Read)?, self.history, self.dataset.digest, task)
    }
}

fn describe(
    history: &History,
    parent: Option<ParentSet>,
    sources: Vec<SourceFile>,
    mapping: Mapping,
    report: ImportReport,
    request: &ImportRequest,
) -> Result<DatasetDocument, WorkflowError> {
    let visits = &history.visits;
    let queues: std::collections::HashSet<(u32, u32)> =
        visits.site.codes().iter().copied().zip(visits.service.codes().iter().copied()).collect();
    let (Some(first), Some(last)) = (visits.arrived.first(), visits.arrived.last()) else {
        return Err(WorkflowError::Document { reason: "no visits".to_owned() });
    };
    Ok(DatasetDocument {
        parent,
        sources,
        mapping,
        report,
        outcomes: Some(Outcomes::of(history)),
        imported_by: request.person.clone(),
        first: *first,
        last: *last,
        sites: visits.site.names().len() as u64,
        queues: queues.len() as u64,
    })
}

/// Reads a mapping file.
///
/// # Errors
/// [`WorkflowError`] where it cannot be read or is no mapping.
pub fn read_mapping(path: &Path) -> Result<Mapping, WorkflowError> {
    Ok(Mapping::from_yaml(&read_text(path, Mapping::MAX_BYTES)?)?)
}

fn source_file((path, bytes, sha256): (PathBuf, u64, Digest)) -> SourceFile {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    SourceFile { name, bytes, sha256 }
}

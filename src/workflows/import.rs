//! Import: a file becomes a data set of the workspace, and what could not be read is set aside.

use std::fs::File;
use std::io::{BufWriter, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use crate::analysis::history::expectations::Violation;
use crate::analysis::history::{
    History, ImportReport, ImportSettings, Imported, Mapping, digest, import, open, write_visits,
};
use crate::base::{Digest, Task};
use crate::store::workspace::{Dataset, NewDataset, Workspace};

use super::databases::source_options;
use super::datasets::{DatasetDocument, Prepared, SourceFile, prepare_history};
use super::expect::{check_history, read_expectations};
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
    /// What to call the data set; without one, the name of the first file.
    pub name: Option<String>,
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
    quarantine: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    violations: Option<Vec<Violation>>,
}

/// Where the import of the data set `digest` keeps the rows that it sets aside; there is such a file where there are any.
#[must_use]
pub fn quarantine_file(home: &Home, digest: Digest) -> PathBuf {
    home.quarantine().join(format!("{}.csv", digest.short()))
}

/// Imports a file. On an error nothing is kept, and the file is only read.
///
/// # Errors
/// [`WorkflowError`].
pub fn import_file(home: &Home, request: &ImportRequest, task: &Task) -> Result<ImportOutcome, WorkflowError> {
    let mapping = match request.mapping.as_deref().map(read_mapping).transpose()? {
        Some(mapping) => mapping,
        None => mapping_for(home, &request.paths, task)?,
    };
    let expectations = request.expectations.as_deref().map(read_expectations).transpose()?;
    let given = request.mapping.is_some().then(|| mapping.clone());
    let mut aside = Aside::new(home)?;
    let options = source_options(Some(&mapping));
    let Imported { history, report, files } = {
        let mut out = BufWriter::new(aside.file.as_file_mut());
        let settings = ImportSettings {
            mapping: &mapping,
            now: now(),
            personal_key: &|| personal_key(home).map_err(std::io::Error::other),
        };
        import(&|| open(&request.paths, &options), &settings, &mut out, task)?
    };
    task.report("stage.keeping", 0, 0)?;
    let digest = digest(&history);
    let sources: Vec<SourceFile> = files.into_iter().map(source_file).collect();
    let name = match (&request.name, sources.first()) {
        (Some(name), _) => name.clone(),
        (None, Some(source)) => stem(&source.name),
        (None, None) => String::new(),
    };
    let document = describe(&history, sources, mapping, report.clone(), request)?;
    let mut workspace = Workspace::open_or_create(home.folder())?;
    let mut draft = workspace.draft_dataset()?;
    {
        let mut out = BufWriter::new(draft.file());
        write_visits(&history.visits, &mut out).map_err(|reason| WorkflowError::File {
            path: home.folder().join("datasets"),
            cause: std::io::Error::other(reason),
        })?;
        std::io::Write::flush(&mut out).map_err(|cause| file_error(&home.folder().join("datasets"), cause))?;
    }
    let violations = match &expectations {
        Some(expectations) => Some(check_history(expectations, &history, task)?),
        None => None,
    };
    task.check()?;
    if let Some(mapping) = &given {
        // The next file of this shape needs none.
        keep_mapping(home, open(&request.paths, &options)?.columns(), mapping)?;
    }
    let document =
        serde_json::to_value(&document).map_err(|error| WorkflowError::Document { reason: error.to_string() })?;
    // The quarantine first: a data set that is kept has its account beside it.
    let quarantine = if report.quarantined == 0 { None } else { Some(aside.keep(home, digest)?) };
    let dataset = workspace.keep_dataset(draft, &NewDataset { digest, name, created_at: now(), document })?;
    Ok(ImportOutcome { dataset, report, quarantine, violations, history })
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

    fn keep(self, home: &Home, digest: Digest) -> Result<PathBuf, WorkflowError> {
        let path = quarantine_file(home, digest);
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
            quarantine: self.quarantine.clone(),
            violations: self.violations.clone(),
        }
    }

    /// The data set with its features, without reading it again.
    ///
    /// # Errors
    /// [`WorkflowError::Cancelled`].
    pub fn prepare(self, task: &Task) -> Result<Arc<Prepared>, WorkflowError> {
        prepare_history(self.history, self.dataset.digest, task)
    }
}

fn describe(
    history: &History,
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
        sources,
        mapping,
        report,
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

/// The text of a small file that a person wrote.
pub(crate) fn read_text(path: &Path, most_bytes: u64) -> Result<String, WorkflowError> {
    let mut text = String::new();
    let file = File::open(path).map_err(|cause| file_error(path, cause))?;
    let read = file.take(most_bytes + 1).read_to_string(&mut text).map_err(|cause| file_error(path, cause))?;
    if read as u64 > most_bytes {
        return Err(file_error(path, std::io::Error::other(format!("larger than {most_bytes} bytes"))));
    }
    Ok(text)
}

fn source_file((path, bytes, sha256): (PathBuf, u64, Digest)) -> SourceFile {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    SourceFile { name, bytes, sha256 }
}

/// `visits` of `visits.csv.gz`.
fn stem(name: &str) -> String {
    let stem = name.split('.').next().unwrap_or_default();
    if stem.is_empty() { name.to_owned() } else { stem.to_owned() }
}

/// An error at a file.
pub(crate) fn file_error(path: &Path, cause: std::io::Error) -> WorkflowError {
    WorkflowError::File { path: path.to_owned(), cause }
}

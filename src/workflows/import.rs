//! Import: a file becomes a data set of the workspace, and what could not be read is set aside.

use std::fs::File;
use std::io::{BufWriter, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use crate::analysis::history::{History, ImportReport, Imported, Mapping, digest, import, write_visits};
use crate::base::digest::Digester;
use crate::base::{Digest, Task};
use crate::store::workspace::{Dataset, NewDataset, Workspace};

use super::datasets::{DatasetDocument, Prepared, SourceFile, prepare_history};
use super::mapping::mapping_for;
use super::{Home, WorkflowError, now};

/// What is to be imported.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportRequest {
    /// The file.
    pub path: PathBuf,
    /// The mapping file; without one, the mapping kept for files of this shape, or a guessed one that leaves no doubt.
    pub mapping: Option<PathBuf>,
    /// What to call the data set; without one, the name of the file.
    pub name: Option<String>,
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
    let given = request.mapping.as_deref().map(read_mapping).transpose()?;
    let mapping = match given {
        Some(mapping) => mapping,
        None => mapping_for(home, &request.path, task)?,
    };
    let folder = home.quarantine();
    std::fs::create_dir_all(&folder).map_err(|cause| file_error(&folder, cause))?;
    let aside = tempfile::Builder::new().prefix(".nobat-").tempfile_in(&folder);
    let mut aside = aside.map_err(|cause| file_error(&folder, cause))?;
    let Imported { history, report, mapping } = {
        let mut out = BufWriter::new(aside.as_file_mut());
        import(&request.path, Some(&mapping), &mut out, task)?
    };
    task.report("stage.keeping", 0, 0)?;
    let digest = digest(&history);
    let source = source_file(&request.path)?;
    let name = request.name.clone().unwrap_or_else(|| stem(&source.name));
    let document = describe(&history, source, mapping, report.clone())?;
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
    task.check()?;
    let document =
        serde_json::to_value(&document).map_err(|error| WorkflowError::Document { reason: error.to_string() })?;
    // The quarantine first: a data set that is kept has its account beside it.
    let quarantine = match report.quarantined {
        0 => None,
        _ => {
            let path = quarantine_file(home, digest);
            aside.persist(&path).map_err(|error| file_error(&path, error.error))?;
            Some(path)
        }
    };
    let dataset = workspace.keep_dataset(draft, &NewDataset { digest, name, created_at: now(), document })?;
    Ok(ImportOutcome { dataset, report, quarantine, history })
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
    source: SourceFile,
    mapping: Mapping,
    report: ImportReport,
) -> Result<DatasetDocument, WorkflowError> {
    let visits = &history.visits;
    let queues: std::collections::HashSet<(u32, u32)> =
        visits.site.codes().iter().copied().zip(visits.service.codes().iter().copied()).collect();
    let (Some(first), Some(last)) = (visits.arrived.first(), visits.arrived.last()) else {
        return Err(WorkflowError::Document { reason: "no visits".to_owned() });
    };
    Ok(DatasetDocument {
        source,
        mapping,
        report,
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

fn source_file(path: &Path) -> Result<SourceFile, WorkflowError> {
    let mut file = File::open(path).map_err(|cause| file_error(path, cause))?;
    let mut digester = Digester::default();
    let mut bytes = 0;
    let mut buffer = vec![0; 1 << 18];
    loop {
        let read = file.read(&mut buffer).map_err(|cause| file_error(path, cause))?;
        if read == 0 {
            break;
        }
        digester.update(&buffer[..read]);
        bytes += read as u64;
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(SourceFile { name, bytes, sha256: digester.finish() })
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

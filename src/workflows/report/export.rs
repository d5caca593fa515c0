//! A report into its file: whole or not at all, and never over a file that is there.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::base::calendar::{DateStyle, Zone};
use crate::base::language::Language;
use crate::base::{Digest, Task, Verdict};
use crate::store::registry::Registry;
use crate::store::sqlite::Access;
use crate::workflows::compare::{CompareOutcome, CompareRequest, compare_models};
use crate::workflows::datasets::{Prepared, workspace};
use crate::workflows::files::{file_error, unfinished, write_new_bytes, write_text};
use crate::workflows::models::ModelName;
use crate::workflows::watch::DriftReport;
use crate::workflows::{Home, WorkflowError, now};

use super::comparison::{ComparisonAccount, comparison_report};
use super::drift::{DriftAccount, drift_report};
use super::html::page;

/// Where a report goes, and how it is told.
#[derive(Clone, Debug)]
pub struct ReportTarget {
    /// The HTML file.
    pub file: PathBuf,
    /// Whether the result also goes beside it as JSON.
    pub with_json: bool,
    /// The language that is shown first; the other one is in the file, too.
    pub language: Language,
    /// In which calendar days are told; that of each language without it.
    pub calendar: Option<DateStyle>,
}

/// A report that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportedReport {
    /// What it is about: `comparison` or `drift`.
    pub kind: String,
    /// What was found.
    pub verdict: Verdict,
    /// The HTML file.
    pub file: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Its digest.
    pub sha256: Digest,
    /// The result as JSON, where that was asked for.
    pub json: Option<PathBuf>,
}

impl ReportTarget {
    fn json(&self) -> Option<PathBuf> {
        self.with_json.then(|| self.file.with_extension("json"))
    }

    /// Refuses, before anything is computed for it, what could not be written afterwards.
    ///
    /// # Errors
    /// [`WorkflowError::File`] where there is such a file already, no such folder, or where nothing may be written into it.
    pub fn check(&self) -> Result<(), WorkflowError> {
        for path in std::iter::once(self.file.clone()).chain(self.json()) {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let found = match (std::fs::symlink_metadata(&path), folder.metadata()) {
                (Ok(_), _) => std::io::ErrorKind::AlreadyExists.into(),
                (_, Ok(folder)) if !folder.is_dir() => std::io::ErrorKind::NotADirectory.into(),
                (_, Err(cause)) => cause,
                (Err(cause), _) if cause.kind() != std::io::ErrorKind::NotFound => cause,
                _ => {
                    // As it will be written.
                    drop(unfinished(&path, &[])?);
                    continue;
                }
            };
            return Err(file_error(&path, found));
        }
        Ok(())
    }
}

/// Compares the models of `request` on `prepared`, and writes the report.
///
/// # Errors
/// [`WorkflowError`]: what a comparison is refused for, and where the file cannot be written or is there already.
pub fn export_comparison(
    home: &Home,
    prepared: &Prepared,
    request: &CompareRequest,
    target: &ReportTarget,
    task: &Task,
) -> Result<ExportedReport, WorkflowError> {
    target.check()?;
    let outcome = compare_models(home, prepared, request, task)?;
    let page = comparison_page(home, prepared, &outcome, target)?;
    write("comparison", outcome.comparison.gate, &page, &outcome.summary(), target, write_new_bytes)
}

/// Writes the report of a comparison that was made already, over a file of that name: for the window, whose dialog has asked.
///
/// # Errors
/// [`WorkflowError`].
pub fn save_comparison(
    home: &Home,
    prepared: &Prepared,
    outcome: &CompareOutcome,
    target: &ReportTarget,
) -> Result<ExportedReport, WorkflowError> {
    let page = comparison_page(home, prepared, outcome, target)?;
    write("comparison", outcome.comparison.gate, &page, &outcome.summary(), target, put_text)
}

/// Writes the report of what the monitors found. `zone` is that whose clock the days were told by.
///
/// # Errors
/// [`WorkflowError`] where the file cannot be written or is there already.
pub fn export_drift(
    home: &Home,
    found: &DriftReport,
    zone: &Zone,
    target: &ReportTarget,
) -> Result<ExportedReport, WorkflowError> {
    let page = drift_page(home, found, zone, target)?;
    write("drift", found.verdict, &page, &found.summary(), target, write_new_bytes)
}

/// As [`export_drift`], over a file of that name: for the window, whose dialog has asked.
///
/// # Errors
/// [`WorkflowError`].
pub fn save_drift(
    home: &Home,
    found: &DriftReport,
    zone: &Zone,
    target: &ReportTarget,
) -> Result<ExportedReport, WorkflowError> {
    let page = drift_page(home, found, zone, target)?;
    write("drift", found.verdict, &page, &found.summary(), target, put_text)
}

/// Over what is there.
fn put_text(path: &Path, bytes: &[u8]) -> Result<(), WorkflowError> {
    write_text(path, &String::from_utf8_lossy(bytes))
}

fn drift_page(
    home: &Home,
    found: &DriftReport,
    zone: &Zone,
    target: &ReportTarget,
) -> Result<String, WorkflowError> {
    let name = |digest: Option<Digest>| -> Result<Option<String>, WorkflowError> {
        digest.map(|digest| Ok(workspace(home, Access::Read)?.dataset(digest)?.name)).transpose()
    };
    let account = DriftAccount {
        report: found,
        dataset: name(found.dataset)?,
        against: name(found.against)?,
        zone: zone.clone(),
        calendar: target.calendar,
        made_at: now(),
    };
    Ok(page(&Language::ALL.map(|language| drift_report(&account, language)), target.language))
}

fn comparison_page(
    home: &Home,
    prepared: &Prepared,
    outcome: &CompareOutcome,
    target: &ReportTarget,
) -> Result<String, WorkflowError> {
    let kept = |name: &str| artifact_digest(home, name);
    let comparison = &outcome.comparison;
    let account = ComparisonAccount {
        outcome,
        dataset: workspace(home, Access::Read)?.dataset(prepared.digest)?.name,
        digest: prepared.digest,
        zone: prepared.history.zone.clone(),
        artifacts: [kept(&comparison.current.name)?, kept(&comparison.candidate.name)?],
        calendar: target.calendar,
        made_at: now(),
    };
    Ok(page(&Language::ALL.map(|language| comparison_report(&account, language)), target.language))
}

/// Writes the page, and the result as JSON where that is asked for: the page is there only where both are.
fn write(
    kind: &str,
    verdict: Verdict,
    page: &str,
    result: &serde_json::Value,
    target: &ReportTarget,
    put: impl Fn(&Path, &[u8]) -> Result<(), WorkflowError>,
) -> Result<ExportedReport, WorkflowError> {
    let json = target.json();
    if let Some(path) = &json {
        let mut bytes = serde_json::to_vec_pretty(result)
            .map_err(|error| WorkflowError::Document { reason: error.to_string() })?;
        bytes.push(b'\n');
        put(path, &bytes)?;
    }
    put(&target.file, page.as_bytes()).inspect_err(|_| {
        // What was written a moment ago says nothing alone; that it may stay is no news beside the error.
        json.iter().for_each(|path| drop(std::fs::remove_file(path)));
    })?;
    Ok(ExportedReport {
        kind: kind.to_owned(),
        verdict,
        file: target.file.clone(),
        bytes: page.len() as u64,
        sha256: Digest::of(page.as_bytes()),
        json,
    })
}

/// The digest under which a model is kept; none of a baseline.
fn artifact_digest(home: &Home, name: &str) -> Result<Option<Digest>, WorkflowError> {
    Ok(match name.parse()? {
        ModelName::Run(run) => workspace(home, Access::Read)?.run(run)?.artifact_sha256,
        ModelName::Version(version) => {
            let bytes = Registry::open(home.registry(), Access::Read)?.artifact(version)?;
            Some(Digest::of(&bytes))
        }
        ModelName::Baseline(_) | ModelName::Predictions(_) | ModelName::Live => None,
    })
}

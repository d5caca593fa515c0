//! What the desk does when a result is to be handed on.

use std::sync::Arc;

use super::{Desk, work};
use crate::base::Task;
use crate::base::language::Language;
use crate::workbench::jobs::JobError;
use crate::workbench::state::{Arrival, DriftFound, Services};
use crate::workbench::theme::Look;
use crate::workflows::compare::CompareOutcome;
use crate::workflows::report::{self, ReportTarget, save_comparison};

impl Desk {
    /// Writes the report of the comparison that is shown, the language of the window first.
    pub(super) fn save_report(&self, services: &mut Services<'_>) {
        let Some(outcome) = self.state.comparison.clone() else { return };
        let language = Look::language(services.context);
        self.with_visits(services, "report", "job.report", move |visits, task| {
            save(visits, &outcome, language, task)
        });
    }

    /// The same of the drift that is shown.
    pub(super) fn save_drift_report(&self, services: &mut Services<'_>) {
        let Some(found) = self.state.drift.clone() else { return };
        let language = Look::language(services.context);
        self.with_visits(services, "report", "job.report", move |visits, task| {
            save_drift(visits, &found, language, task)
        });
    }
}

/// As [`save`], for drift.
fn save_drift(
    visits: &work::Visits,
    found: &DriftFound,
    language: Language,
    task: &Task,
) -> Result<Arrival, JobError> {
    let Ok(report) = &found.found else { return Ok(Arrival::Nothing) };
    let name = format!("drift-{}.html", report.windows.current.first);
    let Some(target) = target(name, language) else {
        return Ok(Arrival::Written("notice.no_report", Vec::new()));
    };
    let zone = visits.ready(task)?.history.zone.clone();
    let written = report::save_drift(&visits.home, report, &zone, &target)?;
    Ok(Arrival::Written("notice.report_saved", vec![("path", written.file.display().to_string())]))
}

/// Where the report goes. The dialog asks by itself before it replaces a file; one that cannot be opened looks like one that was
/// closed.
fn target(name: String, language: Language) -> Option<ReportTarget> {
    let dialog = rfd::FileDialog::new().add_filter("HTML", &["html"]);
    let file = dialog.set_file_name(name).save_file()?;
    Some(ReportTarget { file, with_json: false, language, calendar: None })
}

fn save(
    visits: &work::Visits,
    outcome: &Arc<CompareOutcome>,
    language: Language,
    task: &Task,
) -> Result<Arrival, JobError> {
    let name = |side: &str| side.replace(|letter: char| !letter.is_alphanumeric() && letter != '.', "-");
    let comparison = &outcome.comparison;
    let (candidate, current) = (name(&comparison.candidate.name), name(&comparison.current.name));
    let Some(target) = target(format!("{candidate}-{current}.html"), language) else {
        return Ok(Arrival::Written("notice.no_report", Vec::new()));
    };
    let written = save_comparison(&visits.home, visits.ready(task)?.as_ref(), outcome, &target)?;
    Ok(Arrival::Written("notice.report_saved", vec![("path", written.file.display().to_string())]))
}

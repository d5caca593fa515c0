//! What the desk does when a result is to be handed on.

use std::sync::Arc;

use super::{Desk, work};
use crate::analysis::evaluation::CostWeights;
use crate::base::Task;
use crate::base::language::Language;
use crate::workbench::jobs::JobError;
use crate::workbench::state::{Arrival, Services};
use crate::workbench::theme::Look;
use crate::workflows::compare::CompareOutcome;
use crate::workflows::report::{ReportTarget, save_comparison};

impl Desk {
    /// Writes the report of the comparison that is shown, the language of the window first.
    pub(super) fn save_report(&self, services: &mut Services<'_>) {
        let Some(outcome) = self.state.comparison.clone() else { return };
        let language = Look::language(services.context);
        self.with_visits(services, "report", "job.report", move |visits, task| {
            save(visits, &outcome, language, task)
        });
    }
}

/// The dialog asks by itself before it replaces a file.
fn save(
    visits: &work::Visits,
    outcome: &Arc<CompareOutcome>,
    language: Language,
    task: &Task,
) -> Result<Arrival, JobError> {
    let name = |side: &str| side.replace(|letter: char| !letter.is_alphanumeric() && letter != '.', "-");
    let comparison = &outcome.comparison;
    let (candidate, current) = (name(&comparison.candidate.name), name(&comparison.current.name));
    let dialog = rfd::FileDialog::new().add_filter("HTML", &["html"]);
    let Some(file) = dialog.set_file_name(format!("{candidate}-{current}.html")).save_file() else {
        // A dialog that cannot be opened looks like one that was closed.
        return Ok(Arrival::Written("notice.no_report", Vec::new()));
    };
    let target = ReportTarget { file, with_json: false, language, calendar: None };
    // The window compares with the usual weights.
    let weights = CostWeights::default();
    let written = save_comparison(&visits.home, visits.ready(task)?.as_ref(), outcome, weights, &target)?;
    Ok(Arrival::Written("notice.report_saved", vec![("path", written.file.display().to_string())]))
}

//! An import under way: which checks were made, which one is being made, and which are still to come.

use egui::{Role, Sense, Ui, WidgetInfo};
use egui_material_icons::icons;

use crate::workbench::command::{Command, Outbox};
use crate::workbench::jobs::JobStatus;
use crate::workbench::state::State;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{loading_ui, row_ui};

/// The stages that every import comes to, and those ([`IF_NEEDED`]) that only some do, in their order.
const STAGES: [&str; 13] = [
    "stage.reading",
    "stage.check_dates",
    "stage.check_names",
    "stage.check_clocks",
    "stage.check_presence",
    "stage.check_columns",
    "stage.check_leaks",
    "stage.check_duplicates",
    "stage.setting_aside",
    "stage.sorting",
    "stage.keeping",
    "stage.expecting",
    "stage.features",
];
/// Not every import sets rows aside, or is held against a contract.
const IF_NEEDED: [&str; 2] = ["stage.setting_aside", "stage.expecting"];

/// The job that imports, or looks at files, where one does.
pub(super) fn import_job(state: &State) -> Option<&JobStatus> {
    state.jobs.iter().find(|job| matches!(job.kind, "import" | "inspect"))
}

/// Shows how far `job` is, and a button that stops it.
pub(super) fn import_job_ui(ui: &mut Ui, job: &JobStatus, outbox: &mut Outbox) {
    if loading_ui(ui, &job.name, &job.progress) {
        outbox.send(Command::CancelJob(job.id));
    }
    if job.kind != "import" {
        return;
    }
    row_ui(ui, |ui| {
        for (stage, state) in steps(job) {
            step_ui(ui, stage, state);
        }
    });
}

/// How far a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Done,
    Present,
    ToCome,
}

impl Step {
    fn key(self) -> &'static str {
        match self {
            Step::Done => "step.done",
            Step::Present => "step.present",
            Step::ToCome => "step.to_come",
        }
    }
}

/// The stages that are shown, and how far each is. What comes after them (the sample is released with a model, say) is
/// told by the job's own line only.
fn steps(job: &JobStatus) -> Vec<(&'static str, Step)> {
    let was_begun = |stage: &&'static str| job.stages.contains(stage);
    let state = |stage: &'static str| match (was_begun(&stage), job.progress.stage == stage) {
        (_, true) => Step::Present,
        (true, false) => Step::Done,
        (false, false) => Step::ToCome,
    };
    let is_shown = |stage: &&'static str| was_begun(stage) || !IF_NEEDED.contains(stage);
    STAGES.into_iter().filter(is_shown).map(|stage| (stage, state(stage))).collect()
}

fn step_ui(ui: &mut Ui, stage: &'static str, step: Step) {
    let look = Look::of(ui);
    let (icon, ink) = match step {
        Step::Done => (icons::ICON_CHECK, Ink::Soft),
        Step::Present => (icons::ICON_HOURGLASS, Ink::Current),
        Step::ToCome => (icons::ICON_CIRCLE, Ink::Faint),
    };
    let icon = Text::icon(icon).size(sizes::ICON_SMALL).ink(ink);
    let words =
        Text::new(look.text(stage)).size(sizes::SMALL).ink(if step == Step::Present { Ink::Strong } else { ink });
    let (icon_size, words_size) = (icon.measure(ui), words.measure(ui));
    let size = egui::vec2(icon_size.x + sizes::GRID + words_size.x + sizes::GRID, sizes::CONTROL - 8.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let said = look.fill(step.key(), &[("stage", look.text(stage))]);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
    let (at, anchor) = if look.is_rtl() {
        (rect.right_center(), egui::Align2::RIGHT_CENTER)
    } else {
        (rect.left_center(), egui::Align2::LEFT_CENTER)
    };
    let behind = egui::vec2(icon_size.x + sizes::GRID, 0.0);
    icon.paint(ui, at, anchor);
    words.paint(ui, if look.is_rtl() { at - behind } else { at + behind }, anchor);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Task;
    use crate::base::language::Language;
    use crate::workflows::Home;
    use crate::workflows::import::{ImportRequest, import_file};

    #[test]
    fn the_stages_are_those_of_an_import_in_its_order() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::resolve(Some(folder.path()), None).unwrap();
        let path = folder.path().join("visits.csv");
        // The second one is set aside once all rows are known.
        let rows = "site,service,arrived_at,called_at\na,b,2026-01-05T08:00:00Z,2026-01-05T08:05:00Z\na,b,2999-01-05T09:00:00Z,\n";
        std::fs::write(&path, rows).unwrap();
        let contract = folder.path().join("e.yaml");
        std::fs::write(&contract, "served_share: { low: 0.5 }\n").unwrap();
        let request =
            ImportRequest { paths: vec![path], expectations: Some(contract), ..ImportRequest::default() };
        let task = Task::default();
        import_file(&home, &request, &task).unwrap().prepare(&home, &task).unwrap();
        // A profile is made for the contract, and again for the window: the job's own line tells it.
        let stages: Vec<&str> = task.stages().into_iter().filter(|stage| *stage != "stage.profile").collect();
        assert_eq!(stages, STAGES);
        for stage in STAGES {
            for language in Language::ALL {
                assert_ne!(language.text(stage), stage);
            }
        }
    }
}

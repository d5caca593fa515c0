//! Before there is anything to look at: a welcome, an import under way, or a project that could not be read.

use egui::Ui;
use egui_material_icons::icons;

use super::super::file_form::FileForm;
use super::super::import_job::import_job_ui;
use crate::workbench::command::{Command, Outbox};
use crate::workbench::jobs::JobStatus;
use crate::workbench::state::State;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Button, Card, Headline, MaterialIcon, empty_ui, grid_ui, loading_ui, row_ui};

/// An empty project: the sample, or a file.
pub(super) fn welcome_ui(ui: &mut Ui, state: &State, form: &mut FileForm, outbox: &mut Outbox) {
    let look = Look::of(ui);
    Headline::new(look.text("welcome.headline")).sentence(look.text("welcome.sentence")).ui(ui);
    grid_ui(ui, "welcome", &[1.0, 1.0], |ui, cell, height| match cell {
        0 => Card::titled(look.text("welcome.sample")).height(height).ui(ui, |ui| {
            Text::new(look.text("welcome.sample_line")).ink(Ink::Soft).wrap().ui(ui);
            ui.add_space(sizes::GAP);
            let command = Command::OpenSample;
            row_ui(ui, |ui| {
                let button = Button::primary(look.text("command.open_sample")).icon(icons::ICON_DATASET);
                if button.unless(command.refusal(state, &look)).ui(ui).clicked() {
                    outbox.send(command);
                }
            });
            ui.add_space(sizes::PADDING);
            steps_ui(ui);
        }),
        _ => Card::titled(look.text("welcome.own")).height(height).ui(ui, |ui| {
            Text::new(look.text("welcome.own_line")).ink(Ink::Soft).wrap().ui(ui);
            ui.add_space(sizes::GAP);
            form.ui(ui, state, false, outbox);
        }),
    });
}

/// The screens in the order of a model's life.
fn steps_ui(ui: &mut Ui) {
    let look = Look::of(ui);
    let steps: [(MaterialIcon, &str); 4] = [
        (icons::ICON_DATASET, "welcome.step_data"),
        (icons::ICON_MODEL_TRAINING, "welcome.step_train"),
        (icons::ICON_COMPARE_ARROWS, "welcome.step_compare"),
        (icons::ICON_ROCKET_LAUNCH, "welcome.step_release"),
    ];
    Text::new(look.text("welcome.path")).strong().ink(Ink::Soft).ui(ui);
    ui.spacing_mut().item_spacing.y = sizes::GRID;
    for (icon, key) in steps {
        row_ui(ui, |ui| {
            Text::icon(icon).ink(Ink::Current).ui(ui);
            let room = ui.available_width();
            Text::new(look.text(key)).ink(Ink::Soft).wrap_to(room).ui(ui);
        });
    }
}

/// An import into an empty project.
pub(super) fn importing_ui(ui: &mut Ui, job: &JobStatus, outbox: &mut Outbox) {
    Card::new().ui(ui, |ui| import_job_ui(ui, job, outbox));
}

/// What is kept is being read, or could not be.
pub(super) fn not_read_ui(ui: &mut Ui, state: &State, outbox: &mut Outbox) {
    let look = Look::of(ui);
    if let Some(job) = state.jobs.iter().find(|job| job.kind == "refresh") {
        Card::new().ui(ui, |ui| {
            if loading_ui(ui, &job.name, &job.progress) {
                outbox.send(Command::CancelJob(job.id));
            }
        });
        return;
    }
    Card::new().ui(ui, |ui| {
        let (headline, sentence) = (look.text("overview.not_read"), look.text("overview.not_read_line"));
        if empty_ui(ui, icons::ICON_ERROR, headline, sentence, Some(look.text("try_again"))) {
            outbox.send(Command::Refresh);
        }
    });
}

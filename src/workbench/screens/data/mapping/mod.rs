//! The page between a file and its import: where each canonical column comes from, what the first rows become, and what
//! has to be decided first. Every change is tried on the rows at hand at once.

mod edit;
mod fields;
mod rest;
mod rows;

use std::sync::Arc;

use egui::Ui;
use egui_material_icons::icons;

use crate::base::explain::Explanation;
use crate::workbench::command::{Command, Outbox};
use crate::workbench::intake::Intake;
use crate::workbench::state::State;
use crate::workbench::text::isolate;
use crate::workbench::theme::Look;
use crate::workbench::widgets::{Button, Card, Headline, Notice, loading_ui};
use crate::workflows::mapping::ask;

/// Shows the file that is about to be imported.
pub(super) fn mapping_ui(ui: &mut Ui, state: &State, intake: &Arc<Intake>, outbox: &mut Outbox) {
    let look = Look::of(ui);
    Headline::new(headline(intake, &look)).sentence(sentence(intake, &look)).with_actions_ui(ui, |ui| {
        let import = Command::ImportMapped;
        let button = Button::primary(look.text("command.import")).icon(icons::ICON_UPLOAD_FILE);
        if button.unless(import.refusal(state, &look)).ui(ui).clicked() {
            outbox.send(import);
        }
        let button = Button::plain(look.text("command.keep_mapping")).icon(icons::ICON_SAVE);
        if button.unless(Command::KeepMapping.refusal(state, &look)).ui(ui).clicked() {
            outbox.send(Command::KeepMapping);
        }
        if Button::plain(look.text("cancel")).ui(ui).clicked() {
            outbox.send(Command::CloseIntake);
        }
    });
    if let Some(job) = state.jobs.iter().find(|job| job.kind == "import") {
        Card::new().ui(ui, |ui| {
            if loading_ui(ui, &job.name, &job.progress) {
                outbox.send(Command::CancelJob(job.id));
            }
        });
    }
    if let Some(problem) = &intake.problem {
        let explanation = Explanation::of(problem, look.language);
        Notice::failure(format!("{} {}", explanation.happened, explanation.next)).ui(ui);
    }
    for question in &intake.guess.questions {
        Notice::warning(ask(question, look.language)).ui(ui);
    }
    if let Some(changed) = fields::fields_ui(ui, intake) {
        outbox.send(Command::TryMapping(Box::new(changed)));
    }
    let Some(mapping) = &intake.mapping else { return };
    rest::personal_ui(ui, intake, mapping);
    rows::rows_ui(ui, intake);
    if let Some(changed) = rest::rest_ui(ui, intake, mapping) {
        outbox.send(Command::TryMapping(Box::new(changed)));
    }
}

fn headline(intake: &Intake, look: &Look) -> String {
    let name = intake.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let columns = look.language.integer(intake.sample.columns.len() as u64);
    look.fill("mapping.headline", &[("file", &isolate(&name)), ("columns", &columns)])
}

fn sentence(intake: &Intake, look: &Look) -> String {
    if intake.mapping.is_none() {
        return look.text("mapping.no_arrival").to_owned();
    }
    let (readable, all) = intake.readable();
    let number = |n: usize| look.language.integer(n as u64);
    let key = if readable == all { "mapping.all_readable" } else { "mapping.some_readable" };
    look.language.fill_owned(key, &[("readable", number(readable)), ("all", number(all))])
}

#[cfg(test)]
mod tests;

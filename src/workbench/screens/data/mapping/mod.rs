//! The page between files and their import: where each canonical column comes from, what is done with personal data and
//! with what the checks find, what the first rows become, and what has to be decided first. Every change is tried on the
//! rows at hand at once.

mod checks;
mod edit;
mod fields;
mod personal;
mod rest;
mod rows;
mod treat;

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Rect, Sense, Ui, UiBuilder, pos2, vec2};
use egui_material_icons::icons;

use crate::base::Digest;
use crate::base::explain::Explanation;
use crate::store::workspace::Dataset;
use crate::workbench::command::{Command, ImportChoices, Outbox};
use crate::workbench::intake::Intake;
use crate::workbench::screens::contract_field::ContractField;
use crate::workbench::screens::field::Field;
use crate::workbench::screens::import_job::import_job_ui;
use crate::workbench::state::State;
use crate::workbench::text::{Text, isolate};
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Button, Card, Headline, Notice, Select, grid_ui};
use crate::workflows::mapping::ask;

/// What of the page is not in the mapping.
#[derive(Debug, Default)]
pub(super) struct MappingPage {
    /// The files that it is about; what was said of others is forgotten.
    of: Vec<PathBuf>,
    name: String,
    append_to: Option<Digest>,
    contract: ContractField,
    checks: checks::CheckList,
}

impl MappingPage {
    /// Shows the files that are about to be imported.
    pub fn ui(&mut self, ui: &mut Ui, state: &State, intake: &Arc<Intake>, outbox: &mut Outbox) {
        if self.of != intake.paths {
            let contract = ContractField::since(state);
            *self = MappingPage { of: intake.paths.clone(), contract, ..MappingPage::default() };
        }
        let look = Look::of(ui);
        Headline::new(headline(intake, &look))
            .sentence(sentence(intake, &look))
            .with_actions_ui(ui, |ui| self.actions_ui(ui, state, outbox));
        if let Some(job) = state.jobs.iter().find(|job| job.kind == "import") {
            Card::new().ui(ui, |ui| import_job_ui(ui, job, outbox));
        }
        if let Some(problem) = &intake.problem {
            let explanation = Explanation::of(problem, look.language);
            Notice::failure(format!("{} {}", explanation.happened, explanation.next)).ui(ui);
        }
        for question in &intake.guess.questions {
            Notice::warning(ask(question, look.language)).ui(ui);
        }
        let mut changed = fields::fields_ui(ui, intake);
        if let Some(mapping) = &intake.mapping {
            rows::rows_ui(ui, intake);
            changed = changed.or(personal::personal_ui(ui, intake, mapping));
            changed = changed.or(self.checks.ui(ui, intake, mapping));
            changed = changed.or(rest::rest_ui(ui, intake, mapping));
            self.choices_ui(ui, state, intake, outbox);
        }
        if let Some(changed) = changed {
            outbox.send(Command::TryMapping(Box::new(changed)));
        }
    }

    fn choices(&self) -> ImportChoices {
        let name = self.name.trim();
        ImportChoices {
            name: (!name.is_empty()).then(|| name.to_owned()),
            append_to: self.append_to,
            contract: self.contract.named(),
        }
    }

    fn actions_ui(&self, ui: &mut Ui, state: &State, outbox: &mut Outbox) {
        let look = Look::of(ui);
        let import = Command::ImportMapped(self.choices());
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
    }

    /// What the data set is called, what it is held against, and who imports it.
    fn choices_ui(&mut self, ui: &mut Ui, state: &State, intake: &Intake, outbox: &mut Outbox) {
        let look = Look::of(ui);
        let card = Card::titled(look.text("mapping.choices"));
        let card = if state.person.is_empty() {
            card
        } else {
            card.note(look.fill("mapping.by", &[("person", &isolate(&state.person))]))
        };
        card.ui(ui, |ui| {
            grid_ui(ui, "choices", &[1.0, 1.0, 1.4], |ui, cell, _| match cell {
                0 => {
                    Text::new(look.text("mapping.name")).weight(sizes::MEDIUM).ink(Ink::Soft).elide().ui(ui);
                    Field::line_ui(ui, look.text("mapping.name"), &intake.dataset_name(), &mut self.name);
                    Text::new(look.text("mapping.name_line")).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
                }
                1 => self.append_ui(ui, state),
                _ => {
                    self.contract.adopt(state);
                    self.contract.ui(ui, state, outbox);
                    Text::new(look.text("contract.line")).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
                }
            });
        });
    }
}

impl MappingPage {
    /// The data set that the files continue, where they continue one.
    fn append_ui(&mut self, ui: &mut Ui, state: &State) {
        let look = Look::of(ui);
        let datasets = state.snapshot.iter().flat_map(|snapshot| &snapshot.datasets);
        let words = |dataset: &Dataset, visits: u64| {
            let values = [
                ("name", isolate(&dataset.name)),
                ("digest", isolate(&dataset.digest.short())),
                ("visits", look.language.integer(visits)),
            ];
            look.language.fill_owned("mapping.append_one", &values)
        };
        let of =
            datasets.map(|(dataset, document)| (Some(dataset.digest), words(dataset, document.outcomes().visits)));
        let options = std::iter::once((None, look.text("mapping.append_none").to_owned())).chain(of);
        Text::new(look.text("mapping.append")).weight(sizes::MEDIUM).ink(Ink::Soft).elide().ui(ui);
        Select::new(look.text("mapping.append"), options).ui(ui, &mut self.append_to);
        Text::new(look.text("mapping.append_line")).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
    }
}

fn headline(intake: &Intake, look: &Look) -> String {
    let columns = look.language.integer(intake.sample.columns.len() as u64);
    let first = intake.files.first().map(|(name, _)| isolate(name)).unwrap_or_default();
    let file = match intake.files.len() {
        0 | 1 => first,
        n => look.fill("data.files", &[("name", &first), ("more", &look.language.integer(n as u64 - 1))]),
    };
    look.fill("mapping.headline", &[("file", &file), ("columns", &columns)])
}

fn sentence(intake: &Intake, look: &Look) -> String {
    if intake.mapping.is_none() {
        return look.text("mapping.no_arrival").to_owned();
    }
    let (readable, all) = intake.readable();
    let key = if readable == all { "mapping.all_readable" } else { "mapping.some_readable" };
    let values = [
        ("readable", look.language.integer(readable)),
        ("all", look.language.integer(all)),
        ("size", look.language.decimal(intake.bytes() as f64 / 1e6, 1)),
    ];
    look.language.fill_owned(key, &values)
}

/// A line of cells beside each other, as wide as `shares` say.
fn line_ui(ui: &mut Ui, id: &str, height: f32, shares: &[f32], mut cell: impl FnMut(&mut Ui, usize)) {
    let look = Look::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let whole: f32 = shares.iter().sum();
    #[expect(clippy::cast_precision_loss, reason = "a handful of cells")]
    let room = rect.width() - sizes::GUTTER * shares.len().saturating_sub(1) as f32;
    let mut offset = 0.0;
    for (index, share) in shares.iter().enumerate() {
        let width = room * share / whole;
        let left = if look.is_rtl() { rect.right() - offset - width } else { rect.left() + offset };
        let own = Rect::from_min_size(pos2(left, rect.top()), vec2(width, height));
        let mut child = ui.new_child(UiBuilder::new().id_salt((id, index)).max_rect(own).layout(look.row()));
        cell(&mut child, index);
        offset += width + sizes::GUTTER;
    }
}

/// Two lines of words, one above the other, in a cell of a line.
fn two_lines_ui(ui: &mut Ui, first: Text, second: Text) {
    let look = Look::of(ui);
    let size = ui.available_size();
    ui.allocate_ui_with_layout(size, look.column(), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let heights = first.measure(ui).y + second.measure(ui).y;
        ui.add_space(((size.y - heights) / 2.0).max(0.0));
        first.elide().ui(ui);
        second.elide().ui(ui);
    });
}

#[cfg(test)]
mod tests;

//! Contracts: what a data set lets expect of the next one, and where this one is not as a contract expects.

use egui::Ui;

use super::Part;
use super::columns::column_words;
use crate::analysis::history::expectations::Violation;
use crate::base::{Digest, Verdict};
use crate::workbench::command::{Command, Outbox};
use crate::workbench::screens::contract_field::{ContractField, name};
use crate::workbench::screens::file_form::{one_path_ui, typed_path};
use crate::workbench::state::{Held, State};
use crate::workbench::text::{Text, isolate};
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{
    Button, Card, Cell, Column, Notice, Pill, Table, grid_ui, icons, loading_ui, row_ui,
};

/// What was typed.
#[derive(Debug, Default)]
pub(super) struct ContractPart {
    against: ContractField,
    path: String,
}

/// Beyond this height the violations scroll.
const HIGHEST: f32 = 420.0;

impl ContractPart {
    /// Shows what is said of the data set `digest`, and what can be made of it.
    pub fn ui(&mut self, ui: &mut Ui, state: &State, digest: Digest, outbox: &mut Outbox) {
        self.against.adopt(state);
        if let Some(job) = state.jobs.iter().find(|job| job.kind == "contract") {
            Card::new().ui(ui, |ui| {
                if loading_ui(ui, &job.name, &job.progress) {
                    outbox.send(Command::CancelJob(job.id));
                }
            });
        }
        grid_ui(ui, "contract", &[1.0, 1.0], |ui, cell, height| match cell {
            0 => self.check_ui(ui, state, height, outbox),
            _ => self.save_ui(ui, state, height, outbox),
        });
        if let Some(held) = state.held.as_ref().filter(|held| held.dataset == digest) {
            violations_ui(ui, held);
        }
    }

    fn check_ui(&mut self, ui: &mut Ui, state: &State, height: f32, outbox: &mut Outbox) {
        let look = Look::of(ui);
        Card::titled(look.text("contract.check")).height(height).ui(ui, |ui| {
            Text::new(look.text("contract.check_line")).ink(Ink::Soft).wrap().ui(ui);
            ui.add_space(sizes::GRID);
            let entered = self.against.ui(ui, state, outbox);
            let request = self.against.named().map(Command::CheckContract);
            let refusal = match &request {
                None => Some(look.text("contract.no_path").to_owned()),
                Some(command) => command.refusal(state, &look),
            };
            let button = Button::primary(look.text("contract.hold")).icon(icons::ICON_FACT_CHECK);
            let pressed = button.unless(refusal.clone()).ui(ui).clicked();
            if let Some(command) = request.filter(|_| refusal.is_none() && (pressed || entered)) {
                outbox.send(command);
            }
        });
    }

    fn save_ui(&mut self, ui: &mut Ui, state: &State, height: f32, outbox: &mut Outbox) {
        let look = Look::of(ui);
        Card::titled(look.text("contract.make")).height(height).ui(ui, |ui| {
            Text::new(look.text("contract.make_line")).ink(Ink::Soft).wrap().ui(ui);
            ui.add_space(sizes::GRID);
            one_path_ui(ui, ("contract.save_path", "contract.save_hint"), &mut self.path);
            row_ui(ui, |ui| {
                let command = Command::SaveContract(typed_path(&self.path));
                let button = Button::plain(look.text("command.save_contract")).icon(command.icon(&look));
                if button.unless(command.refusal(state, &look)).ui(ui).clicked() {
                    outbox.send(command);
                    self.path.clear();
                }
                let command = Command::SaveContractAs;
                let button = Button::quiet(look.text("contract.save_as")).icon(command.icon(&look));
                if button.unless(command.refusal(state, &look)).ui(ui).clicked() {
                    outbox.send(command);
                }
            });
        });
    }
}

/// The button that makes a contract from the profile that is looked at, with one press.
pub(super) fn make_ui(ui: &mut Ui, state: &State, outbox: &mut Outbox) {
    let look = Look::of(ui);
    row_ui(ui, |ui| {
        let command = Command::SaveContract(None);
        let button = Button::plain(look.text("command.save_contract")).icon(command.icon(&look));
        if button.unless(command.refusal(state, &look)).ui(ui).clicked() {
            outbox.send(command);
        }
        let room = ui.available_width();
        Text::new(look.text("contract.make_short")).size(sizes::SMALL).ink(Ink::Faint).elide_to(room).ui(ui);
    });
}

/// What a contract said of the data set `digest`, if one was asked, in a line; a press shows the part with the details.
pub(super) fn held_ui(ui: &mut Ui, state: &State, digest: Digest, part: &mut Part) {
    let look = Look::of(ui);
    let Some(held) = state.held.as_ref().filter(|held| held.dataset == digest) else { return };
    let words = held_words(held, &look);
    if held.violations.is_empty() {
        return Notice::info(words).ui(ui);
    }
    Notice::failure(words).ui(ui);
    row_ui(ui, |ui| {
        if Button::plain(look.text("contract.show")).icon(icons::ICON_FACT_CHECK).ui(ui).clicked() {
            *part = Part::Contract;
        }
    });
}

fn held_words(held: &Held, look: &Look) -> String {
    let n = look.language.integer(held.violations.len() as u64);
    let values = [("contract", isolate(&name(&held.contract))), ("n", n)];
    let key = match held.violations.len() {
        0 => "contract.as_expected",
        1 => "contract.one_off",
        _ => "contract.off",
    };
    look.language.fill_owned(key, &values)
}

fn violations_ui(ui: &mut Ui, held: &Held) {
    let look = Look::of(ui);
    let path = held.contract.display().to_string();
    Card::titled(look.text("contract.held")).note(isolate(&path)).ui(ui, |ui| {
        row_ui(ui, |ui| {
            let (verdict, key) = if held.violations.is_empty() {
                (Verdict::Pass, "contract.met")
            } else {
                (Verdict::Fail, "contract.not_met")
            };
            Pill::saying(verdict, look.text(key)).ui(ui);
            let room = ui.available_width();
            Text::new(held_words(held, &look)).elide_to(room).copyable().ui(ui);
        });
        if held.violations.is_empty() {
            return;
        }
        let columns = [
            Column::words(look.text("contract.what")).share(1.3),
            Column::words(look.text("contract.expected")),
            Column::words(look.text("contract.found")),
            Column::words(look.text("contract.field")),
        ];
        Table::new("violations", columns).height(HIGHEST).ui(ui, held.violations.len(), |row, column| {
            let Some(violation) = held.violations.get(row) else { return Cell::text("") };
            match column {
                0 => Cell::text(what(violation, &look)).strong(),
                1 => Cell::code(violation.expected.clone()),
                2 => Cell::code(violation.found.clone()).ink(Ink::Fail),
                _ => Cell::code(violation.field.clone()).ink(Ink::Faint),
            }
        });
    });
}

/// What is not as expected, in words: the field of the contract holds them, but as the file has them.
fn what(violation: &Violation, look: &Look) -> String {
    let field = violation.field.as_str();
    if let Some(column) = field.strip_prefix("columns.") {
        // A column may have points in its name, the parts of the contract have none.
        let part = column.rsplit_once('.').map_or("", |(_, part)| part);
        let (column, key) = match part {
            "kind" => (cut(column), "expect.kind"),
            "missing_share_at_most" => (cut(column), "expect.missing_share"),
            "allowed" => (cut(column), "expect.allowed"),
            "numbers" => (cut(column), "expect.numbers"),
            _ => (column, "expect.column"),
        };
        return look.fill(key, &[("column", &isolate(&column_words(look, column)))]);
    }
    if let Some(day) = field.strip_prefix("visits_a_day.") {
        return look.fill("expect.visits_a_day", &[("day", look.text(&format!("calendar.weekday.{day}")))]);
    }
    match field {
        "sites" => look.text("expect.sites"),
        "newest_within_hours" => look.text("expect.newest"),
        "served_share" => look.text("expect.served_share"),
        "median_wait_minutes" => look.text("data.wait_median"),
        "p90_wait_minutes" => look.text("data.wait_p90"),
        other => other,
    }
    .to_owned()
}

fn cut(column: &str) -> &str {
    column.rsplit_once('.').map_or(column, |(name, _)| name)
}

//! Thresholds: what the gates hold figures against, who set it and why; and the form by which the owner sets one anew.
//!
//! What is set holds for what is decided from then on. The evidence of versions that were proposed before stays what it was.

use egui::Ui;

use super::decide::role_refusal;
use super::page::Page;
use crate::base::language::NO_VALUE;
use crate::base::role::Permission;
use crate::workbench::command::{Command, NewThreshold, Outbox};
use crate::workbench::screens::field::{Field, plain_number};
use crate::workbench::text::{Text, isolate};
use crate::workbench::theme::{Ink, sizes};
use crate::workbench::widgets::{Button, Card, Cell, Column, Table, grid_ui, icons, row_ui};
use crate::workflows::gates::exact_words;
use crate::workflows::thresholds::HeldThreshold;

/// The threshold that is chosen, and what was typed for it.
#[derive(Default)]
pub(super) struct ThresholdForm {
    chosen: Option<String>,
    value: String,
    reason: String,
}

impl ThresholdForm {
    /// Draws the card.
    pub fn card_ui(&mut self, ui: &mut Ui, page: &Page<'_>, outbox: &mut Outbox) {
        let (look, held) = (page.look, &page.snapshot.thresholds);
        let note = look.text("releases.thresholds.note");
        Card::titled(look.text("releases.thresholds")).note(note).ui(ui, |ui| {
            let columns = [
                Column::words(look.text("releases.thresholds.meaning")),
                Column::number(look.text("releases.thresholds.value")),
                Column::number(look.text("releases.thresholds.usual")),
                Column::fit(look.text("releases.column.person")),
                Column::words(look.text("releases.column.reason")),
            ];
            let selected = held.iter().position(|of| Some(&of.name) == self.chosen.as_ref());
            let table = Table::new("thresholds", columns).selectable(selected);
            let pressed = table.ui(ui, held.len(), |row, column| match held.get(row) {
                Some(of) => cell(page, of, column),
                None => Cell::text(NO_VALUE),
            });
            if let Some(of) = pressed.clicked.and_then(|row| held.get(row)) {
                *self = ThresholdForm { chosen: Some(of.name.clone()), ..ThresholdForm::default() };
            }
            let chosen = held.iter().find(|of| Some(&of.name) == self.chosen.as_ref());
            match (chosen, role_refusal(page, Permission::SetThresholds)) {
                (_, Some(refusal)) => drop(Text::new(refusal).ink(Ink::Faint).wrap().ui(ui)),
                (None, None) => {
                    Text::new(look.text("releases.thresholds.choose")).ink(Ink::Faint).wrap().ui(ui);
                }
                (Some(of), None) => self.form_ui(ui, page, of, outbox),
            }
        });
    }

    fn form_ui(&mut self, ui: &mut Ui, page: &Page<'_>, of: &HeldThreshold, outbox: &mut Outbox) {
        let look = page.look;
        ui.add_space(sizes::GRID);
        let bounds = look.language.fill_owned(
            "releases.thresholds.bounds",
            &[("least", exact_words(look.language, of.least)), ("most", exact_words(look.language, of.most))],
        );
        let found = self.read(of);
        let is_unfit = !self.value.trim().is_empty() && found == Err("releases.refused.threshold_value");
        grid_ui(ui, "threshold", &[0.6, 1.4], |ui, column, _| match column {
            0 => {
                let problem = is_unfit.then_some(bounds.as_str());
                let name = look.text("releases.thresholds.new_value");
                Field { name, hint: &bounds, problem, lines: 1 }.ui(ui, &mut self.value);
            }
            _ => {
                let (name, hint) =
                    (look.text("releases.thresholds.why"), look.text("releases.thresholds.why_hint"));
                Field { name, hint, problem: None, lines: 2 }.ui(ui, &mut self.reason);
            }
        });
        let refusal = found.clone().err().map(|key| look.text(key).to_owned());
        let changes = found.as_ref().ok().map(|set| {
            let values = [
                ("name", look.text(&of.name).to_owned()),
                ("from", exact_words(look.language, of.value)),
                ("to", exact_words(look.language, set.value)),
            ];
            look.language.fill_owned("releases.thresholds.changes", &values)
        });
        row_ui(ui, |ui| {
            let button = Button::primary(look.text("command.set_threshold")).icon(icons::ICON_TUNE);
            if let (true, Ok(set)) = (button.unless(refusal.clone()).ui(ui).clicked(), &found) {
                outbox.send(Command::SetThreshold(set.clone()));
                *self = ThresholdForm::default();
            }
            if Button::plain(look.text("cancel")).ui(ui).clicked() {
                *self = ThresholdForm::default();
            }
        });
        let (words, ink) = match (refusal, changes) {
            (Some(refusal), _) => (refusal, Ink::Faint),
            (None, changes) => (changes.unwrap_or_default(), Ink::Soft),
        };
        Text::new(words).size(sizes::SMALL).ink(ink).wrap().ui(ui);
    }

    /// What was typed for `of`; the key of what is missing where it is not all.
    fn read(&self, of: &HeldThreshold) -> Result<NewThreshold, &'static str> {
        let value = plain_number(&self.value).parse::<f64>().ok();
        let value = value.filter(|value| (of.least..=of.most).contains(value));
        let Some(value) = value else { return Err("releases.refused.threshold_value") };
        if self.reason.trim().is_empty() {
            return Err("releases.refused.threshold_reason");
        }
        Ok(NewThreshold { name: of.name.clone(), value, reason: self.reason.trim().to_owned() })
    }
}

fn cell(page: &Page<'_>, of: &HeldThreshold, column: usize) -> Cell {
    let language = page.look.language;
    match column {
        0 => Cell::text(page.look.text(&of.name)).strong(),
        1 => Cell::text(exact_words(language, of.value)),
        2 => Cell::text(exact_words(language, of.usual)).ink(Ink::Soft),
        3 => match (&of.set_by, of.set_at) {
            (Some(person), Some(at)) => {
                let values = [("person", isolate(person)), ("when", page.when(at))];
                Cell::text(language.fill_owned("releases.by_at", &values)).ink(Ink::Soft)
            }
            _ => Cell::text(page.look.text("releases.thresholds.nobody")).ink(Ink::Soft),
        },
        _ => Cell::text(of.reason.as_deref().unwrap_or(NO_VALUE)),
    }
}

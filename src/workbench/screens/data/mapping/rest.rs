//! What is kept beside the canonical columns, what is left out, and what is done with personal data.

use egui::Ui;

use crate::analysis::history::Mapping;
use crate::workbench::intake::Intake;
use crate::workbench::text::{Text, isolate};
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Button, Card, icons, row_ui};

/// The card of the columns with personal data: which, why, and whether the mapping uses them all the same.
pub(super) fn personal_ui(ui: &mut Ui, intake: &Intake, mapping: &Mapping) {
    let look = Look::of(ui);
    if intake.personal.is_empty() {
        return;
    }
    let used = mapping.columns();
    Card::titled(look.text("mapping.personal")).note(look.text("mapping.personal_note")).ui(ui, |ui| {
        for column in intake.personal.iter() {
            let values = [
                ("column", isolate(&column.column)),
                ("kind", look.text(column.kind.name_key()).to_owned()),
                ("share", look.language.percent(column.share, 0)),
                ("n", look.language.integer(column.n)),
            ];
            let (key, ink) = if used.contains(&column.column.as_str()) {
                ("mapping.personal_used", Ink::Warn)
            } else {
                ("mapping.personal_left_out", Ink::Soft)
            };
            let why = look.language.fill_owned("mapping.personal_why", &values);
            Text::new(why).span(" ").inked(look.text(key), ink).wrap().ui(ui);
        }
    });
}

/// The card of the other columns; returns the mapping where one was kept or left out.
pub(super) fn rest_ui(ui: &mut Ui, intake: &Intake, mapping: &Mapping) -> Option<Mapping> {
    let look = Look::of(ui);
    let used = mapping.columns();
    let kept: Vec<(&String, &String)> = mapping.extras.iter().collect();
    let left_out: Vec<&String> =
        intake.sample.columns.iter().filter(|column| !used.contains(&column.as_str())).collect();
    if kept.is_empty() && left_out.is_empty() {
        return None;
    }
    let mut changed = None;
    Card::titled(look.text("mapping.rest")).note(look.text("mapping.rest_note")).ui(ui, |ui| {
        if !kept.is_empty() {
            Text::new(look.text("mapping.kept")).size(sizes::SMALL).strong().ink(Ink::Soft).ui(ui);
            row_ui(ui, |ui| {
                for (name, column) in &kept {
                    let hint = look.fill("mapping.leave_out", &[("column", column)]);
                    if Button::plain(name.as_str()).icon(icons::ICON_CHECK).compact().hint(hint).ui(ui).clicked() {
                        let mut without = mapping.clone();
                        without.extras.remove(*name);
                        changed = Some(without);
                    }
                }
            });
        }
        if !left_out.is_empty() {
            Text::new(look.text("mapping.left_out")).size(sizes::SMALL).strong().ink(Ink::Soft).ui(ui);
            row_ui(ui, |ui| {
                for column in &left_out {
                    let hint = look.fill("mapping.keep", &[("column", column)]);
                    if Button::quiet(column.as_str()).icon(icons::ICON_ADD).hint(hint).ui(ui).clicked() {
                        let mut with = mapping.clone();
                        with.extras.insert((*column).clone(), (*column).clone());
                        changed = Some(with);
                    }
                }
            });
        }
    });
    changed
}

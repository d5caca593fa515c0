//! What is kept beside the canonical columns, and what is left out. Columns with personal data have a card of their own.

use egui::Ui;

use super::treat::with_extra;
use crate::analysis::history::Mapping;
use crate::workbench::intake::Intake;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Button, Card, icons, row_ui};

/// The card of the other columns; returns the mapping where one was kept or left out.
pub(super) fn rest_ui(ui: &mut Ui, intake: &Intake, mapping: &Mapping) -> Option<Mapping> {
    let look = Look::of(ui);
    let used = mapping.columns();
    let is_personal = |column: &String| intake.personal().iter().any(|found| found.column == *column);
    let kept: Vec<(&String, &String)> = mapping.extras.iter().filter(|(_, column)| !is_personal(column)).collect();
    let is_left_out = |column: &&String| !used.contains(&column.as_str()) && !is_personal(column);
    let left_out: Vec<&String> = intake.sample.columns.iter().filter(is_left_out).collect();
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
                        changed = Some(with_extra(mapping, column));
                    }
                }
            });
        }
    });
    changed
}

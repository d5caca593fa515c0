//! A gate in one row: its verdict, its name, and what it rests on.

use egui::{Ui, vec2};

use crate::analysis::evaluation::gates::GateResult;
use crate::base::Verdict;
use crate::base::language::Catalogue;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::Pill;

/// Draws it; `says` is what stands below the name.
pub(super) fn gate_row_ui(ui: &mut Ui, gate: &GateResult, says: &str) {
    let look = Look::of(ui);
    let key = format!("gate.{}", gate.id);
    let name = Catalogue::get(look.language).text(&key).unwrap_or(&gate.id);
    let row = look.row();
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 40.0), row, |ui| {
        ui.spacing_mut().item_spacing.x = sizes::GUTTER;
        // One width for every verdict, so that the names stand below each other.
        let pill = Pill::verdict(gate.verdict, &look);
        let widest = [Verdict::Pass, Verdict::Fail, Verdict::Inconclusive]
            .map(|verdict| Pill::verdict(verdict, &look).width(ui))
            .into_iter()
            .fold(0.0, f32::max);
        ui.allocate_ui_with_layout(vec2(widest, 24.0), row, |ui| {
            ui.set_min_width(widest);
            pill.ui(ui);
        });
        let width = ui.available_width();
        ui.allocate_ui_with_layout(vec2(width, 40.0), look.column(), |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            Text::new(name).weight(sizes::MEDIUM).elide().ui(ui);
            Text::new(says).size(sizes::SMALL).ink(Ink::Soft).wrap().copyable().ui(ui);
        });
    });
}

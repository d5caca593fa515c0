//! What the screens are made of: controls, cards, verdicts, tables, charts.
//!
//! Every widget draws its words through [`super::text`], takes its colours from [`super::theme`], says its name to
//! a screen reader and can be reached by keyboard where it can be pressed. None of them knows what a model or a
//! visit is.

mod button;
mod card;
pub mod charts;
mod choice;
mod figure;
mod layout;
mod notice;
mod pill;
mod select;
mod slider;
mod table;

pub use button::{Button, ConfirmButton};
pub use card::Card;
pub use choice::{Chip, Segmented};
pub use egui_material_icons::{MaterialIcon, icons};
pub use figure::KeyFigure;
pub use layout::{grid_ui, row_from_end_ui, row_ui};
pub use notice::{Headline, Notice, empty_ui, failed_ui, loading_ui};
pub use pill::{Pill, verdict_icon};
pub use select::Select;
pub use slider::Slider;
pub use table::{Cell, Column, Gauge, LongTable, LongView, Table, TableResponse};

use egui::{Response, StrokeKind, Ui};

use super::theme::{Look, sizes};

/// Draws the ring that shows where the keyboard is.
pub(in crate::workbench) fn focus_ring(ui: &Ui, response: &Response, radius: u8) {
    if response.has_focus() {
        let stroke = egui::Stroke::new(sizes::FOCUS, Look::of(ui).palette.current);
        ui.painter().rect_stroke(response.rect.expand(1.0), radius, stroke, StrokeKind::Outside);
    }
}

#[cfg(test)]
mod tests;

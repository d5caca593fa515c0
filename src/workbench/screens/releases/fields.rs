//! A field with its label above it, and facts: a name and a value on one line.

use egui::{Align, Align2, Margin, Role, Sense, TextEdit, Ui, WidgetInfo, vec2};

use crate::workbench::text::bidi::Direction;
use crate::workbench::text::{Face, Text};
use crate::workbench::theme::{Ink, Look, sizes};

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Words,
    /// Shown as dots.
    Passphrase,
}

/// A field of one line. Fields do not know how Persian is ordered, so what is typed is shown again below, as it reads.
pub(super) fn field_ui(ui: &mut Ui, label: &str, content: Content, text: &mut String) {
    let look = Look::of(ui);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = sizes::GRID;
        Text::new(label).size(sizes::SMALL).ink(Ink::Soft).wrap().ui(ui);
        let field = TextEdit::singleline(text)
            .password(content == Content::Passphrase)
            .margin(Margin::symmetric(8, 6))
            .align(Align2([look.start(), Align::Center]))
            .desired_width(f32::INFINITY);
        // Its name is its label.
        let _ = ui.add(field).accessible_name(label);
        let reads_from_right = Direction::of_value(text, Direction::LeftToRight) == Direction::RightToLeft;
        if content == Content::Words && reads_from_right {
            Text::new(text.as_str()).value().size(sizes::SMALL).ink(Ink::Soft).wrap().ui(ui);
        }
    });
}

/// Width of the names of facts.
const NAME: f32 = 132.0;
const HEIGHT: f32 = 24.0;

/// A name and a value, which is cut where it is too long; a right click copies the whole.
pub(in crate::workbench::screens) fn fact_ui(ui: &mut Ui, name: &str, value: Text) {
    named_ui(ui, name, HEIGHT, value.elide());
}

/// As [`fact_ui`] for a sentence, which takes as many lines as it needs.
pub(in crate::workbench::screens) fn wrapped_fact_ui(ui: &mut Ui, name: &str, value: Text) {
    let width = (ui.available_width() - NAME - sizes::GAP).max(NAME);
    let value = value.wrap_to(width);
    let height = value.galley(ui, width).size().y;
    named_ui(ui, name, HEIGHT.max(height), value);
}

fn named_ui(ui: &mut Ui, name: &str, height: f32, value: Text) {
    let look = Look::of(ui);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), height), look.row(), |ui| {
        ui.spacing_mut().item_spacing.x = sizes::GAP;
        let (rect, response) = ui.allocate_exact_size(vec2(NAME, height), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, name));
        let first_line = egui::Rect::from_min_size(rect.min, vec2(NAME, HEIGHT.min(height)));
        Text::new(name).size(sizes::SMALL).ink(Ink::Faint).paint_in(ui, first_line);
        value.copyable().ui(ui);
    });
}

/// A digest or the id of a key.
pub(in crate::workbench::screens) fn code(digits: impl Into<String>) -> Text {
    Text::new(digits).value().face(Face::Code).size(sizes::SMALL)
}

/// A small heading inside a card.
pub(super) fn heading_ui(ui: &mut Ui, words: &str) {
    ui.add_space(sizes::GRID);
    Text::new(words).strong().size(sizes::SMALL).ink(Ink::Soft).ui(ui);
}

//! One of many things, chosen from a list that opens below.

use egui::{Align2, Popup, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use egui_material_icons::icons;

use super::{Cell, Column, Table, focus_ring};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};

/// A choice among many.
#[derive(Clone, Debug)]
#[must_use = "a control does nothing until `ui` is called"]
pub struct Select<'a, T> {
    name: &'a str,
    options: Vec<(T, String)>,
}

/// Rows beyond this height are scrolled to.
const HIGHEST: f32 = 300.0;
/// The list is at least this wide.
const NARROWEST: f32 = 220.0;

impl<'a, T: PartialEq + Clone> Select<'a, T> {
    /// `name` is what the choice is about, for screen readers; unique in the screen.
    pub fn new(name: &'a str, options: impl IntoIterator<Item = (T, String)>) -> Select<'a, T> {
        Select { name, options: options.into_iter().collect() }
    }

    /// Shows it as wide as the place it stands in; true where `chosen` was changed.
    pub fn ui(self, ui: &mut Ui, chosen: &mut T) -> bool {
        let look = Look::of(ui);
        let at = self.options.iter().position(|(value, _)| value == chosen);
        let word = at.and_then(|at| self.options.get(at)).map_or("", |(_, word)| word.as_str());
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), sizes::CONTROL), Sense::click());
        let label = format!("{}: {word}", self.name);
        response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, ui.is_enabled(), &label));
        let fill = if response.hovered() { look.palette.raised } else { look.palette.card };
        let stroke = Stroke::new(sizes::LINE, look.palette.edge);
        ui.painter().rect(rect, sizes::CONTROL_RADIUS, fill, stroke, StrokeKind::Inside);
        focus_ring(ui, &response, sizes::CONTROL_RADIUS);
        let inner = rect.shrink2(vec2(10.0, 0.0));
        let (arrow, anchor, room) = if look.is_rtl() {
            let room = Rect::from_min_max(pos2(inner.left() + sizes::ICON, inner.top()), inner.max);
            (inner.left_center(), Align2::LEFT_CENTER, room)
        } else {
            let room = Rect::from_min_max(inner.min, pos2(inner.right() - sizes::ICON, inner.bottom()));
            (inner.right_center(), Align2::RIGHT_CENTER, room)
        };
        Text::icon(icons::ICON_ARROW_DROP_DOWN).ink(Ink::Soft).paint(ui, arrow, anchor);
        Text::new(word).value().paint_in(ui, room);
        let width = rect.width().max(NARROWEST);
        let shown = Popup::menu(&response).show(|ui| {
            ui.set_width(width);
            let table = Table::new(self.name, [Column::words("")]).height(HIGHEST).selectable(at);
            let pressed = ui.with_layout(look.column(), |ui| {
                table.ui(ui, self.options.len(), |row, _| {
                    self.options.get(row).map_or_else(|| Cell::text(""), |(_, word)| Cell::text(word.clone()))
                })
            });
            pressed.inner.clicked
        });
        let pressed = shown.and_then(|shown| shown.inner).and_then(|row| self.options.get(row));
        match pressed {
            Some((value, _)) if value != chosen => {
                *chosen = value.clone();
                true
            }
            _ => false,
        }
    }
}

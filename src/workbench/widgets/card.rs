//! Cards: a calm ground with a title, a note beside it, and contents.

use egui::{CornerRadius, Frame, Margin, Role, Stroke, Ui, WidgetInfo};

use super::layout::add_stretch;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};

/// Height of the edge above and below the contents of a card: its line and the room inside.
pub(super) const EDGE: f32 = 14.0 + sizes::LINE;

/// A card.
#[derive(Clone, Debug, Default)]
#[must_use = "a card does nothing until `ui` is called"]
pub struct Card {
    title: Option<String>,
    note: Option<String>,
    height: f32,
}

impl Card {
    /// A card without a title.
    pub fn new() -> Card {
        Card::default()
    }

    /// A card with a title.
    pub fn titled(title: impl Into<String>) -> Card {
        Card { title: Some(title.into()), ..Card::default() }
    }

    /// A short note at the end of the title's line: a unit, a count.
    pub fn note(mut self, note: impl Into<String>) -> Card {
        self.note = Some(note.into());
        self
    }

    /// Reaches down to `height` below the top of its column, edges included; what [`super::grid_ui`] tells its cells.
    pub fn height(mut self, height: f32) -> Card {
        self.height = height;
        self
    }

    /// Shows it with `contents`.
    pub fn ui<R>(self, ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
        self.with_actions_ui(ui, |_| {}, contents)
    }

    /// Shows it with `actions` (small buttons, from the end) on the title's line.
    pub fn with_actions_ui<R>(
        self,
        ui: &mut Ui,
        actions: impl FnOnce(&mut Ui),
        contents: impl FnOnce(&mut Ui) -> R,
    ) -> R {
        let look = Look::of(ui);
        let frame = Frame::new()
            .fill(look.palette.card)
            .stroke(Stroke::new(sizes::LINE, look.palette.line))
            .corner_radius(CornerRadius::same(sizes::CARD_RADIUS))
            .inner_margin(Margin::symmetric(16, 14));
        let edges = 2.0 * EDGE;
        let own_height = self.height - (ui.cursor().top() - ui.max_rect().top());
        let shown = frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            let inner = ui
                .with_layout(look.column(), |ui| {
                    if self.title.is_some() || self.note.is_some() {
                        self.title_ui(ui, actions);
                    }
                    contents(ui)
                })
                .inner;
            let missing = own_height - edges - ui.min_rect().height();
            if missing > 0.0 {
                ui.expand_to_include_y(ui.min_rect().top() + own_height - edges);
                add_stretch(ui, missing);
            }
            inner
        });
        if let Some(title) = &self.title {
            shown.response.widget_info(|| WidgetInfo::labeled(Role::Group, true, title));
        }
        shown.inner
    }

    fn title_ui(&self, ui: &mut Ui, actions: impl FnOnce(&mut Ui)) {
        let look = Look::of(ui);
        let size = egui::vec2(ui.available_width(), 24.0);
        ui.allocate_ui_with_layout(size, look.row_from_end(), |ui| {
            actions(ui);
            if let Some(note) = &self.note {
                Text::new(note).size(sizes::SMALL).ink(Ink::Faint).elide_to(ui.available_width() * 0.6).ui(ui);
            }
            if let Some(title) = &self.title {
                let size = egui::vec2(ui.available_width(), 24.0);
                ui.allocate_ui_with_layout(size, look.row(), |ui| {
                    Text::new(title).size(sizes::TITLE).strong().ink(Ink::Soft).elide().ui(ui);
                });
            }
        });
    }
}

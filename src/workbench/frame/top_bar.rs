//! The top bar: what is being looked at, and the field that opens the command palette.

use egui::{Align2, Frame, Margin, Panel, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use egui_material_icons::icons;

use crate::workbench::command::{Command, Outbox};
use crate::workbench::state::State;
use crate::workbench::text::{Direction, Text};
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Button, Chip, focus_ring};

/// Draws the top bar.
pub(super) fn top_bar_ui(ui: &mut Ui, state: &State, unread: usize, outbox: &mut Outbox) {
    let look = Look::of(ui);
    let frame = Frame::new().fill(look.palette.panel).inner_margin(Margin::symmetric(20, 0));
    let panel = Panel::top("top_bar").exact_size(sizes::TOP_BAR).frame(frame).show_separator_line(false);
    panel.show(ui, |ui| {
        let edge = ui.max_rect().expand2(vec2(20.0, 0.0));
        let line = Stroke::new(sizes::LINE, look.palette.line);
        ui.painter().hline(edge.x_range(), edge.bottom() - 0.5, line);
        let size = vec2(ui.available_width(), sizes::TOP_BAR);
        ui.allocate_ui_with_layout(size, look.row_from_end(), |ui| {
            bell_ui(ui, unread, outbox);
            search_ui(ui, outbox);
            ui.add_space(sizes::GUTTER);
            let size = vec2(ui.available_width(), sizes::TOP_BAR);
            ui.allocate_ui_with_layout(size, look.row(), |ui| chips_ui(ui, state, outbox));
        });
    });
}

fn chips_ui(ui: &mut Ui, state: &State, outbox: &mut Outbox) {
    let look = Look::of(ui);
    #[expect(clippy::cast_precision_loss, reason = "a handful of chips")]
    let widest = (ui.available_width() / state.chips.len().max(1) as f32 - sizes::GAP).clamp(96.0, 340.0);
    for chip in &state.chips {
        if ui.available_width() < 90.0 {
            break;
        }
        let shown = Chip::new(look.text(chip.name), &chip.value).icon(chip.icon).widest(widest).hint(&chip.hint);
        if shown.ui(ui).clicked()
            && let Some(command) = &chip.command
        {
            outbox.send(command.clone());
        }
    }
}

/// Looks like a field, and opens the palette, which is one.
fn search_ui(ui: &mut Ui, outbox: &mut Outbox) {
    let look = Look::of(ui);
    let keys =
        Command::ShowPalette.shortcut().map(|shortcut| ui.ctx().format_shortcut(&shortcut)).unwrap_or_default();
    let width = (ui.available_width() * 0.3).clamp(36.0, 272.0);
    let (rect, response) = ui.allocate_exact_size(vec2(width, sizes::CONTROL), Sense::click());
    let name = look.text("top.search");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    let fill = if response.hovered() { look.palette.raised } else { look.palette.card };
    let stroke = Stroke::new(sizes::LINE, look.palette.edge);
    ui.painter().rect(rect, sizes::CONTROL_RADIUS, fill, stroke, StrokeKind::Inside);
    focus_ring(ui, &response, sizes::CONTROL_RADIUS);
    let middle = rect.center().y;
    let place = |offset: f32| if look.is_rtl() { rect.right() - offset } else { rect.left() + offset };
    let (start, end) = if look.is_rtl() {
        (Align2::RIGHT_CENTER, Align2::LEFT_CENTER)
    } else {
        (Align2::LEFT_CENTER, Align2::RIGHT_CENTER)
    };
    Text::icon(icons::ICON_SEARCH).size(16.0).ink(Ink::Faint).paint(ui, pos2(place(10.0), middle), start);
    if width > 140.0 {
        let keys = Text::new(keys).direction(Direction::LeftToRight).size(11.0).ink(Ink::Faint);
        let keys_width = keys.measure(ui).x;
        let words = Text::new(name).ink(Ink::Faint).elide_to(width - keys_width - 56.0);
        words.paint(ui, pos2(place(32.0), middle), start);
        keys.paint(ui, pos2(place(width - 10.0), middle), end);
    }
    if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        outbox.send(Command::ShowPalette);
    }
}

fn bell_ui(ui: &mut Ui, unread: usize, outbox: &mut Outbox) {
    let look = Look::of(ui);
    let response = Button::symbol(icons::ICON_NOTIFICATIONS, Command::ToggleNotices.title(look.language)).ui(ui);
    if unread > 0 {
        let center = response.rect.right_top() + vec2(-8.0, 8.0);
        ui.painter().circle(center, 4.5, look.palette.fail, Stroke::new(1.5, look.palette.panel));
        let said = look.fill("top.unread", &[("count", &look.language.integer(unread as u64))]);
        // The dot alone would say nothing to a screen reader.
        let rect = Rect::from_center_size(center, vec2(9.0, 9.0));
        let dot = ui.interact(rect, ui.scope_id().with("unread"), Sense::hover());
        dot.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
    }
    if response.clicked() {
        outbox.send(Command::ToggleNotices);
    }
}

//! The toast and the list of notifications.

use egui::{
    Align2, Area, CornerRadius, Frame, Id, Margin, Order, Panel, Role, ScrollArea, Stroke, Ui, WidgetInfo, vec2,
};
use egui_material_icons::{MaterialIcon, icons};

use crate::base::Verdict;
use crate::base::explain::Explanation;
use crate::workbench::command::{Command, Outbox};
use crate::workbench::notices::{Content, Notice, Notices};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, durations, sizes};
use crate::workbench::widgets::{Button, empty_ui};

/// Draws the list at the side where the language ends.
pub(super) fn notice_panel_ui(ui: &mut Ui, notices: &Notices, outbox: &mut Outbox) {
    let look = Look::of(ui);
    let panel = if look.is_rtl() { Panel::left("notices") } else { Panel::right("notices") };
    let frame = Frame::new().fill(look.palette.panel).inner_margin(Margin::symmetric(16, 12));
    panel.resizable(false).exact_size(sizes::SIDE).frame(frame).show_separator_line(true).show(ui, |ui| {
        let size = vec2(ui.available_width(), sizes::CONTROL);
        ui.allocate_ui_with_layout(size, look.row_from_end(), |ui| {
            if Button::symbol(icons::ICON_CLOSE, look.text("notices.close")).ui(ui).clicked() {
                outbox.send(Command::ToggleNotices);
            }
            if notices.count() > 0 && Button::quiet(look.text("notices.clear")).ui(ui).clicked() {
                outbox.send(Command::ClearNotices);
            }
            let size = vec2(ui.available_width(), sizes::CONTROL);
            ui.allocate_ui_with_layout(size, look.row(), |ui| {
                Text::new(look.text("notices.title")).size(sizes::TITLE).strong().ui(ui);
            });
        });
        if notices.count() == 0 {
            empty_ui(
                ui,
                icons::ICON_NOTIFICATIONS,
                look.text("notices.none"),
                look.text("notices.none_line"),
                None,
            );
            return;
        }
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.with_layout(look.column(), |ui| {
                for notice in notices.newest_first() {
                    entry_ui(ui, notice);
                }
            });
        });
    });
}

/// Draws the newest notice for a short while, above the bottom bar.
pub(super) fn toast_ui(context: &egui::Context, notices: &mut Notices, outbox: &mut Outbox) {
    let look = Look::of_context(context);
    let Some(notice) = notices.toast().cloned() else { return };
    context.request_repaint_after(durations::TOAST.saturating_sub(notice.at.elapsed()));
    let (anchor, x) = if look.is_rtl() { (Align2::LEFT_BOTTOM, 20.0) } else { (Align2::RIGHT_BOTTOM, -20.0) };
    let mut close = false;
    Area::new(Id::unique("nobat.toast"))
        .order(Order::Foreground)
        .anchor(anchor, vec2(x, -sizes::BOTTOM_BAR - 12.0))
        .show(context, |ui| {
            let (icon, ink) = mark(&notice);
            let frame = Frame::new()
                .fill(look.palette.card)
                .stroke(Stroke::new(sizes::LINE, look.palette.mark(ink)))
                .corner_radius(CornerRadius::same(sizes::CARD_RADIUS))
                .inner_margin(Margin::symmetric(12, 8));
            frame.show(ui, |ui| {
                ui.allocate_ui_with_layout(vec2(sizes::SIDE + 60.0, sizes::CONTROL), look.row(), |ui| {
                    Text::icon(icon).ink(ink).ui(ui);
                    let width = sizes::SIDE - 64.0;
                    let text = Text::new(notice.headline(look.language)).wrap_to(width);
                    text.ui(ui);
                    let size = vec2(ui.available_width(), sizes::CONTROL);
                    ui.allocate_ui_with_layout(size, look.row_from_end(), |ui| {
                        close = Button::symbol(icons::ICON_CLOSE, look.text("close")).compact().ui(ui).clicked();
                        if Button::quiet(look.text("notices.open")).ui(ui).clicked() {
                            outbox.send(Command::ToggleNotices);
                        }
                    });
                });
            });
        });
    if close {
        notices.dismiss_toast();
    }
}

fn mark(notice: &Notice) -> (MaterialIcon, Ink) {
    match notice.verdict {
        None => (icons::ICON_INFO, Ink::Soft),
        Some(Verdict::Pass) => (icons::ICON_CHECK_CIRCLE, Ink::Candidate),
        Some(Verdict::Inconclusive) => (icons::ICON_WARNING, Ink::Warn),
        Some(Verdict::Fail) => (icons::ICON_ERROR, Ink::Fail),
    }
}

fn entry_ui(ui: &mut Ui, notice: &Notice) {
    let look = Look::of(ui);
    let (icon, ink) = mark(notice);
    let edge = if notice.verdict == Some(Verdict::Fail) { look.palette.fail } else { look.palette.line };
    let frame = Frame::new()
        .fill(look.palette.card)
        .stroke(Stroke::new(sizes::LINE, edge))
        .corner_radius(CornerRadius::same(sizes::CARD_RADIUS))
        .inner_margin(Margin::symmetric(12, 10));
    let headline = notice.headline(look.language);
    let shown = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.with_layout(look.column(), |ui| {
            ui.spacing_mut().item_spacing.y = sizes::GRID;
            let size = vec2(ui.available_width(), 22.0);
            ui.allocate_ui_with_layout(size, look.row_from_end(), |ui| {
                Text::new(age(notice, &look)).size(11.0).ink(Ink::Faint).ui(ui);
                let size = vec2(ui.available_width(), 22.0);
                ui.allocate_ui_with_layout(size, look.row(), |ui| {
                    Text::icon(icon).size(16.0).ink(ink).ui(ui);
                    Text::new(look.text(kind_key(notice))).size(sizes::SMALL).strong().ink(ink).ui(ui);
                });
            });
            Text::new(&headline).weight(sizes::MEDIUM).wrap().copyable().ui(ui);
            let Content::Failure(told) = &notice.content else { return };
            let Explanation { untouched, next, .. } = Explanation::of(told, look.language);
            Text::new(untouched).ink(Ink::Soft).wrap().copyable().ui(ui);
            Text::new(next).ink(Ink::Soft).wrap().copyable().ui(ui);
            if Button::quiet(look.text("copy_details")).icon(icons::ICON_CONTENT_COPY).ui(ui).clicked() {
                ui.ctx().copy_text(told.details(look.language));
            }
        });
    });
    shown.response.widget_info(|| WidgetInfo::labeled(Role::Group, true, &headline));
}

fn kind_key(notice: &Notice) -> &'static str {
    match notice.verdict {
        None => "notices.news",
        Some(Verdict::Pass) => "notices.done",
        Some(Verdict::Inconclusive) => "notices.mind",
        Some(Verdict::Fail) => "notices.failed",
    }
}

fn age(notice: &Notice, look: &Look) -> String {
    let minutes = notice.at.elapsed().as_secs() / 60;
    match minutes {
        0 => look.text("notices.now").to_owned(),
        1..60 => look.fill("notices.minutes_ago", &[("count", &look.language.integer(minutes))]),
        _ => look.fill("notices.hours_ago", &[("count", &look.language.integer(minutes / 60))]),
    }
}

//! The rail: the screens in the order of the model's life.

use egui::{Align2, Frame, Panel, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::workbench::command::{Command, Outbox};
use crate::workbench::state::{Screen, State};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, Palette, sizes};
use crate::workbench::widgets::focus_ring;

/// Below this width of the window the rail shows symbols only.
const NARROW_BELOW: f32 = 980.0;

/// Draws the rail at the side where the language starts.
pub(super) fn rail_ui(
    ui: &mut Ui,
    screens: &[Box<dyn Screen>],
    current: Option<usize>,
    state: &State,
    outbox: &mut Outbox,
) {
    let look = Look::of(ui);
    let is_narrow = ui.ctx().content_rect().width() < NARROW_BELOW;
    let width = if is_narrow { sizes::RAIL_NARROW } else { sizes::RAIL };
    let panel = if look.is_rtl() { Panel::right("rail") } else { Panel::left("rail") };
    let frame = Frame::new().fill(look.palette.panel).inner_margin(egui::Margin::symmetric(10, 14));
    panel.resizable(false).exact_size(width).frame(frame).show_separator_line(false).show(ui, |ui| {
        edge(ui, &look);
        ui.with_layout(look.column(), |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            brand_ui(ui, is_narrow);
            for (index, screen) in screens.iter().enumerate() {
                let badge = screen.badge(state);
                if entry_ui(ui, screen.as_ref(), index, current == Some(index), badge, is_narrow) {
                    outbox.send(Command::GoTo(screen.id()));
                }
            }
        });
    });
}

/// The line between the rail and the rest.
fn edge(ui: &Ui, look: &Look) {
    let rect = ui.max_rect().expand2(vec2(10.0, 14.0));
    let x = if look.is_rtl() { rect.left() + 0.5 } else { rect.right() - 0.5 };
    ui.painter().vline(x, rect.y_range(), Stroke::new(sizes::LINE, look.palette.line));
}

fn brand_ui(ui: &mut Ui, is_narrow: bool) {
    let look = Look::of(ui);
    let name = look.text("brand.name");
    let height = if is_narrow { 44.0 } else { 52.0 };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, name));
    let side = 28.0;
    let mark_left = if is_narrow {
        rect.center().x - side / 2.0
    } else if look.is_rtl() {
        rect.right() - 6.0 - side
    } else {
        rect.left() + 6.0
    };
    paint_mark(ui, Rect::from_min_size(pos2(mark_left, rect.top() + 2.0), vec2(side, side)), look.palette);
    if is_narrow {
        return;
    }
    let (x, anchor) = if look.is_rtl() {
        (mark_left - 10.0, Align2::RIGHT_CENTER)
    } else {
        (mark_left + side + 10.0, Align2::LEFT_CENTER)
    };
    let middle = rect.top() + 2.0 + side / 2.0;
    Text::new(name).size(16.0).strong().paint(ui, pos2(x, middle - 8.0), anchor);
    let line = Text::new(look.text("brand.line")).size(11.0).ink(Ink::Faint);
    line.paint(ui, pos2(x, middle + 9.0), anchor);
}

/// A queue: three people, the first of them called.
fn paint_mark(ui: &Ui, rect: Rect, palette: &Palette) {
    ui.painter().rect_filled(rect, 8, palette.current);
    let unit = rect.width() / 28.0;
    for (index, x) in [7.5_f32, 14.0, 20.5].into_iter().enumerate() {
        let strength = if index == 2 { 1.0 } else { 0.55 };
        let color = palette.on_fill.gamma_multiply(strength);
        let center = rect.min + vec2(x, 9.5) * unit;
        ui.painter().circle_filled(center, 2.4 * unit, color);
        let body = Rect::from_center_size(rect.min + vec2(x, 17.5) * unit, vec2(4.6, 8.0) * unit);
        ui.painter().rect_filled(body, 2.3 * unit, color);
    }
}

fn entry_ui(
    ui: &mut Ui,
    screen: &dyn Screen,
    index: usize,
    is_current: bool,
    badge: u32,
    is_narrow: bool,
) -> bool {
    let look = Look::of(ui);
    let name = look.text(&format!("screen.{}", screen.id())).to_owned();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 34.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, is_current, &name));
    let is_hot = response.hovered();
    if is_current || is_hot {
        let strength = if is_current { 1.0 } else { 0.6 };
        ui.painter().rect_filled(rect, sizes::CONTROL_RADIUS, look.palette.raised.gamma_multiply(strength));
    }
    focus_ring(ui, &response, sizes::CONTROL_RADIUS);
    let ink = if is_current || is_hot { Ink::Strong } else { Ink::Soft };
    let icon_ink = if is_current { Ink::Current } else { ink };
    let place = |offset: f32| if look.is_rtl() { rect.right() - offset } else { rect.left() + offset };
    let anchor = if look.is_rtl() { Align2::RIGHT_CENTER } else { Align2::LEFT_CENTER };
    let icon = Text::icon(screen.icon()).ink(icon_ink);
    if is_narrow {
        icon.paint(ui, rect.center(), Align2::CENTER_CENTER);
    } else {
        icon.paint(ui, pos2(place(10.0), rect.center().y), anchor);
        let weight = if is_current { sizes::BOLD } else { sizes::REGULAR };
        Text::new(&name).ink(ink).weight(weight).paint(ui, pos2(place(38.0), rect.center().y), anchor);
    }
    if badge > 0 {
        let count = Text::new(look.language.integer(u64::from(badge))).size(11.0).strong().ink(Ink::OnFill);
        let width = (count.measure(ui).x + 10.0).max(18.0);
        let x = if is_narrow {
            rect.center().x + 10.0
        } else if look.is_rtl() {
            rect.left() + 10.0 + width / 2.0
        } else {
            rect.right() - 10.0 - width / 2.0
        };
        let y = if is_narrow { rect.top() + 8.0 } else { rect.center().y };
        let own = Rect::from_center_size(pos2(x, y), vec2(width, 18.0));
        ui.painter().rect_filled(own, 9, look.palette.fail);
        count.paint(ui, own.center(), Align2::CENTER_CENTER);
    }
    let response = if is_narrow {
        response.on_hover_ui(|ui| drop(Text::new(&name).ui(ui)))
    } else {
        match super::shortcuts::for_screen(index) {
            Some(shortcut) => {
                let keys = super::shortcuts::keys_of(ui.ctx(), &shortcut);
                response.on_hover_ui(|ui| drop(Text::new(keys).ink(Ink::Soft).ui(ui)))
            }
            None => response,
        }
    };
    response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked()
}

//! Chips that name what is being looked at, and a choice between a few things that excludes the others.

use egui::{Align2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use egui_material_icons::MaterialIcon;

use super::focus_ring;
use crate::workbench::text::Text;
use crate::workbench::theme::tokens::CLEAR;
use crate::workbench::theme::{Ink, Look, sizes};

/// "Dataset **Tehran clinics**": a name and its value, in a frame; may be pressed.
#[derive(Clone, Debug)]
#[must_use = "a chip does nothing until `ui` is called"]
pub struct Chip {
    name: String,
    value: String,
    ink: Ink,
    icon: Option<MaterialIcon>,
    widest: f32,
    hint: Option<String>,
}

impl Chip {
    /// A chip.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Chip {
        Chip { name: name.into(), value: value.into(), ink: Ink::Strong, icon: None, widest: 320.0, hint: None }
    }

    /// Colour of the value, such as that of a model.
    pub fn ink(mut self, ink: Ink) -> Chip {
        self.ink = ink;
        self
    }

    /// With a symbol before the name.
    pub fn icon(mut self, icon: MaterialIcon) -> Chip {
        self.icon = Some(icon);
        self
    }

    /// Shown when pointed at.
    pub fn hint(mut self, hint: impl Into<String>) -> Chip {
        self.hint = Some(hint.into());
        self
    }

    /// Not wider than this; the value is cut with "…".
    pub fn widest(mut self, width: f32) -> Chip {
        self.widest = width;
        self
    }

    /// Shows it; `clicked()` tells that it was pressed.
    pub fn ui(self, ui: &mut Ui) -> Response {
        let look = Look::of(ui);
        let name = Text::new(&self.name).ink(Ink::Soft);
        let name_width = name.measure(ui).x;
        let icon = self.icon.map(|icon| Text::icon(icon).size(sizes::ICON_SMALL + 2.0).ink(Ink::Soft));
        let icon_width = icon.as_ref().map_or(0.0, |icon| icon.measure(ui).x + 4.0);
        let padding = 10.0;
        let room =
            (self.widest.min(ui.available_width()) - name_width - icon_width - 2.0 * padding - 6.0).max(24.0);
        let value = Text::new(&self.value).strong().value().ink(self.ink).elide_to(room);
        let value_width = value.measure(ui).x;
        let width = (2.0 * padding + icon_width + name_width + 6.0 + value_width).ceil();
        let (rect, response) = ui.allocate_exact_size(vec2(width, sizes::CONTROL), Sense::click());
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Button, ui.is_enabled(), format!("{} {}", self.name, self.value))
        });
        let fill = if response.hovered() { look.palette.raised } else { look.palette.card };
        let stroke = Stroke::new(sizes::LINE, look.palette.edge);
        ui.painter().rect(rect, sizes::CONTROL_RADIUS, fill, stroke, StrokeKind::Inside);
        focus_ring(ui, &response, sizes::CONTROL_RADIUS);
        let inner = rect.shrink2(vec2(padding, 0.0));
        let middle = rect.center().y;
        let place = |offset: f32| if look.is_rtl() { inner.right() - offset } else { inner.left() + offset };
        let anchor = if look.is_rtl() { Align2::RIGHT_CENTER } else { Align2::LEFT_CENTER };
        if let Some(icon) = icon {
            icon.paint(ui, pos2(place(0.0), middle), anchor);
        }
        name.paint(ui, pos2(place(icon_width), middle), anchor);
        value.paint(ui, pos2(place(icon_width + name_width + 6.0), middle), anchor);
        let hint = self.hint;
        let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
        match hint {
            Some(hint) => response.on_hover_ui(|ui| drop(Text::new(hint).value().wrap_to(sizes::TOOLTIP).ui(ui))),
            None => response,
        }
    }
}

/// A row of words of which one is chosen.
#[must_use = "a control does nothing until `ui` is called"]
pub struct Segmented<'a, T> {
    name: &'a str,
    options: Vec<(T, String)>,
}

impl<'a, T: PartialEq + Copy> Segmented<'a, T> {
    /// `name` is what the choice is about, for screen readers.
    pub fn new(name: &'a str, options: impl IntoIterator<Item = (T, String)>) -> Segmented<'a, T> {
        Segmented { name, options: options.into_iter().collect() }
    }

    /// Shows it; true where `chosen` was changed. The arrow keys move between the words, as Tab does.
    pub fn ui(self, ui: &mut Ui, chosen: &mut T) -> bool {
        let look = Look::of(ui);
        let texts: Vec<Text> =
            self.options.iter().map(|(_, word)| Text::new(word).weight(sizes::MEDIUM)).collect();
        let widths: Vec<f32> = texts.iter().map(|text| (text.measure(ui).x + 24.0).ceil()).collect();
        let whole: f32 = widths.iter().sum();
        let (rect, _) = ui.allocate_exact_size(vec2(whole + 4.0, sizes::CONTROL), Sense::hover());
        let stroke = Stroke::new(sizes::LINE, look.palette.edge);
        ui.painter().rect(rect, sizes::CONTROL_RADIUS, look.palette.raised, stroke, StrokeKind::Inside);
        let mut changed = false;
        let mut offset = 2.0;
        for (index, (((value, word), text), width)) in self.options.into_iter().zip(texts).zip(widths).enumerate()
        {
            let left = if look.is_rtl() { rect.right() - offset - width } else { rect.left() + offset };
            let own = Rect::from_min_size(pos2(left, rect.top() + 2.0), vec2(width, rect.height() - 4.0));
            let response = ui.interact(own, ui.scope_id().with((self.name, index)), Sense::click());
            if response.clicked() && *chosen != value {
                *chosen = value;
                changed = true;
            }
            let is_chosen = *chosen == value;
            let label = format!("{}: {word}", self.name);
            response.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), is_chosen, &label));
            let (fill, edge) = if is_chosen { (look.palette.card, look.palette.edge) } else { (CLEAR, CLEAR) };
            ui.painter().rect(
                own,
                sizes::CONTROL_RADIUS - 1,
                fill,
                Stroke::new(sizes::LINE, edge),
                StrokeKind::Inside,
            );
            focus_ring(ui, &response, sizes::CONTROL_RADIUS);
            let ink = if is_chosen || response.hovered() { Ink::Strong } else { Ink::Soft };
            text.ink(ink).paint(ui, own.center(), Align2::CENTER_CENTER);
            offset += width;
        }
        changed
    }
}

//! Buttons: primary, plain, quiet, dangerous; and one that must be pressed twice.

use std::time::Instant;

use egui::{Align2, Color32, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};
use egui_material_icons::MaterialIcon;

use super::focus_ring;
use crate::workbench::text::Text;
use crate::workbench::theme::tokens::CLEAR;
use crate::workbench::theme::{Ink, Look, durations, sizes};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Primary,
    Plain,
    Quiet,
    Danger,
    Armed,
}

/// A button with a word, a symbol or both.
#[derive(Clone, Debug)]
#[must_use = "a button does nothing until `ui` is called"]
pub struct Button {
    label: String,
    icon: Option<MaterialIcon>,
    kind: Kind,
    /// `Err` holds why it cannot be pressed.
    enabled: Result<(), String>,
    shows_label: bool,
    hint: Option<String>,
    small: bool,
    expanded: bool,
}

impl Button {
    fn new(label: impl Into<String>, kind: Kind) -> Button {
        Button {
            label: label.into(),
            icon: None,
            kind,
            enabled: Ok(()),
            shows_label: true,
            hint: None,
            small: false,
            expanded: false,
        }
    }

    /// The one thing to do next.
    pub fn primary(label: impl Into<String>) -> Button {
        Button::new(label, Kind::Primary)
    }

    /// Something else that can be done.
    pub fn plain(label: impl Into<String>) -> Button {
        Button::new(label, Kind::Plain)
    }

    /// Something small beside a title; without a frame until pointed at.
    pub fn quiet(label: impl Into<String>) -> Button {
        Button { small: true, ..Button::new(label, Kind::Quiet) }
    }

    /// Something that changes what people get. For what cannot be undone at once use [`ConfirmButton`].
    pub fn danger(label: impl Into<String>) -> Button {
        Button::new(label, Kind::Danger)
    }

    /// A symbol alone; `label` is its name and its tooltip.
    pub fn symbol(icon: MaterialIcon, label: impl Into<String>) -> Button {
        Button { shows_label: false, icon: Some(icon), ..Button::new(label, Kind::Quiet) }
    }

    /// With a symbol before the word.
    pub fn icon(mut self, icon: MaterialIcon) -> Button {
        self.icon = Some(icon);
        self
    }

    /// Cannot be pressed where `reason` says why.
    pub fn unless(mut self, reason: Option<impl Into<String>>) -> Button {
        if let Some(reason) = reason {
            self.enabled = Err(reason.into());
        }
        self
    }

    /// Shown when pointed at.
    pub fn hint(mut self, hint: impl Into<String>) -> Button {
        self.hint = Some(hint.into());
        self
    }

    /// Small enough to stand in the line of a title.
    pub fn compact(mut self) -> Button {
        self.small = true;
        self
    }

    /// As wide as the place it stands in.
    pub fn expanded(mut self) -> Button {
        self.expanded = true;
        self
    }

    /// Shows it; `clicked()` of the response is only ever true where it is enabled.
    pub fn ui(self, ui: &mut Ui) -> Response {
        let enabled = self.enabled.is_ok() && ui.is_enabled();
        // Faded here and not by a disabled child `Ui`, which would not take part in the wrapping of a row.
        let opacity = ui.opacity();
        if !enabled {
            ui.multiply_opacity(ui.visuals().disabled_alpha);
        }
        let response = self.draw_ui(ui, enabled);
        ui.set_opacity(opacity);
        if !enabled {
            return match &self.enabled {
                Err(reason) => response.on_hover_ui(|ui| tip_ui(ui, reason)),
                Ok(()) => response,
            };
        }
        let response = match &self.hint {
            Some(hint) => response.on_hover_ui(|ui| tip_ui(ui, hint)),
            None if !self.shows_label => response.on_hover_ui(|ui| tip_ui(ui, &self.label)),
            None => response,
        };
        response.on_hover_cursor(egui::CursorIcon::PointingHand)
    }

    fn draw_ui(&self, ui: &mut Ui, enabled: bool) -> Response {
        let look = Look::of(ui);
        let label = Text::new(&self.label).strong().size(if self.small { sizes::SMALL } else { sizes::BODY });
        let label_width = if self.shows_label { label.measure(ui).x.ceil() } else { 0.0 };
        let icon =
            self.icon.map(|icon| Text::icon(icon).size(if self.small { sizes::ICON_SMALL } else { sizes::ICON }));
        let icon_width = icon.as_ref().map_or(0.0, |icon| icon.measure(ui).x);
        let between = if icon_width > 0.0 && label_width > 0.0 { sizes::GRID + 2.0 } else { 0.0 };
        let padding = if !self.shows_label {
            6.0
        } else if self.small {
            sizes::GAP
        } else {
            14.0
        };
        let natural = padding * 2.0 + icon_width + between + label_width;
        let height = if self.small { 24.0 } else { sizes::CONTROL };
        let width = if self.expanded { ui.available_width().max(natural) } else { natural };
        let (rect, response) =
            ui.allocate_exact_size(vec2(width, height), if enabled { Sense::click() } else { Sense::hover() });
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, &self.label));
        if !ui.is_rect_visible(rect) {
            return response;
        }
        let (fill, edge, ink) = self.colors(&look, &response, enabled);
        let radius = sizes::CONTROL_RADIUS;
        ui.painter().rect(rect, radius, fill, Stroke::new(sizes::LINE, edge), StrokeKind::Inside);
        focus_ring(ui, &response, radius);
        let content = icon_width + between + label_width;
        let start = rect.center().x - content / 2.0;
        let end = rect.center().x + content / 2.0;
        let (icon_at, icon_anchor, label_at, label_anchor) = if look.is_rtl() {
            (end, Align2::RIGHT_CENTER, start, Align2::LEFT_CENTER)
        } else {
            (start, Align2::LEFT_CENTER, end, Align2::RIGHT_CENTER)
        };
        if let Some(icon) = icon {
            icon.ink(ink).paint(ui, egui::pos2(icon_at, rect.center().y), icon_anchor);
        }
        if self.shows_label {
            label.ink(ink).paint(ui, egui::pos2(label_at, rect.center().y), label_anchor);
        }
        response
    }

    fn colors(&self, look: &Look, response: &Response, enabled: bool) -> (Color32, Color32, Ink) {
        let palette = look.palette;
        let is_hot = enabled && (response.hovered() || response.is_pointer_button_down_on());
        let pressed = response.is_pointer_button_down_on();
        match self.kind {
            Kind::Primary => {
                let fill = if is_hot {
                    palette.current.lerp_to_gamma(palette.text_strong, if pressed { 0.25 } else { 0.12 })
                } else {
                    palette.current
                };
                (fill, fill, Ink::OnFill)
            }
            Kind::Plain => (
                if is_hot { palette.raised } else { palette.card },
                if pressed { palette.text_faint } else { palette.edge },
                Ink::Strong,
            ),
            Kind::Quiet => (
                if is_hot { palette.raised } else { CLEAR },
                if pressed { palette.edge } else { CLEAR },
                if is_hot { Ink::Strong } else { Ink::Soft },
            ),
            Kind::Danger if is_hot => (palette.fail.gamma_multiply(0.14), palette.fail, Ink::Fail),
            Kind::Danger => (palette.card, palette.fail, Ink::Fail),
            Kind::Armed => (palette.fail, palette.fail, Ink::OnFill),
        }
    }
}

fn tip_ui(ui: &mut Ui, text: &str) {
    Text::new(text).wrap_to(sizes::TOOLTIP).ui(ui);
}

/// A dangerous button that acts at the second press within five seconds; in between it says what will happen.
#[derive(Clone, Debug)]
#[must_use = "a button does nothing until `ui` is called"]
pub struct ConfirmButton {
    button: Button,
    armed_label: String,
}

impl ConfirmButton {
    /// `label` before the first press, `armed_label` ("Press again: …") after it.
    pub fn new(label: impl Into<String>, armed_label: impl Into<String>) -> ConfirmButton {
        ConfirmButton { button: Button::danger(label), armed_label: armed_label.into() }
    }

    /// With a symbol before the word.
    pub fn icon(mut self, icon: MaterialIcon) -> ConfirmButton {
        self.button = self.button.icon(icon);
        self
    }

    /// Cannot be pressed where `reason` says why.
    pub fn unless(mut self, reason: Option<impl Into<String>>) -> ConfirmButton {
        self.button = self.button.unless(reason);
        self
    }

    /// Shows it; true when it was pressed for the second time.
    pub fn ui(self, ui: &mut Ui, id: &str) -> bool {
        let id = ui.scope_id().with(id);
        let armed: Option<Option<Instant>> = ui.data(|data| data.get_temp(id));
        let armed = armed.flatten().filter(|since| since.elapsed() < durations::CONFIRM);
        let button = match armed {
            Some(_) => Button { kind: Kind::Armed, label: self.armed_label, ..self.button },
            None => self.button,
        };
        let clicked = button.ui(ui).clicked();
        match (armed, clicked) {
            (None, true) => {
                ui.data_mut(|data| data.insert_temp(id, Some(Instant::now())));
                ui.ctx().request_repaint_after(durations::CONFIRM);
                false
            }
            (Some(_), true) => {
                ui.data_mut(|data| data.remove_temp::<Option<Instant>>(id));
                true
            }
            (_, false) => false,
        }
    }
}

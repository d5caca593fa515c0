//! A number between two ends, moved by pointer or arrow keys. It grows towards where the language goes on.

use egui::{EventFilter, Key, Modifiers, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::focus_ring;
use crate::workbench::theme::{Look, sizes};

/// A control for a number.
#[derive(Clone, Debug)]
#[must_use = "a control does nothing until `ui` is called"]
pub struct Slider<'a> {
    name: &'a str,
    least: f64,
    most: f64,
    is_whole: bool,
}

/// Height of the track.
const TRACK: f32 = 4.0;
/// Radius of the knob.
const KNOB: f32 = 7.0;
/// Height of the control.
const HEIGHT: f32 = 22.0;
/// Steps of the arrow keys from one end to the other, of numbers that are not whole.
const STEPS: f64 = 50.0;

impl<'a> Slider<'a> {
    /// Between `least` and `most`; `name` is what it sets, for screen readers.
    pub fn new(name: &'a str, least: f64, most: f64) -> Slider<'a> {
        Slider { name, least, most: most.max(least), is_whole: false }
    }

    /// Whole numbers only.
    pub fn whole(mut self, is_whole: bool) -> Slider<'a> {
        self.is_whole = is_whole;
        self
    }

    /// Shows it as wide as there is room; true where `value` was changed.
    pub fn ui(self, ui: &mut Ui, value: &mut f64) -> bool {
        let look = Look::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click_and_drag());
        let span = self.most - self.least;
        let (left, right) = (rect.left() + KNOB, rect.right() - KNOB);
        let before = *value;
        if let Some(at) = response.interact_pointer_pos() {
            let share = f64::from(((at.x - left) / (right - left).max(1.0)).clamp(0.0, 1.0));
            let share = if look.is_rtl() { 1.0 - share } else { share };
            *value = self.rounded(self.least + span * share);
            response.request_focus();
        }
        if response.has_focus() {
            let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
            let pressed = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
            let (on, back) = (pressed(Key::ArrowRight), pressed(Key::ArrowLeft));
            #[expect(clippy::cast_precision_loss, reason = "a few presses a frame")]
            let steps = on as f64 - back as f64;
            let steps = if look.is_rtl() { -steps } else { steps };
            let step = if self.is_whole { 1.0 } else { span / STEPS };
            if steps != 0.0 {
                *value = self.rounded((*value + steps * step).clamp(self.least, self.most));
            }
        }
        response.widget_info(|| WidgetInfo::slider(ui.is_enabled(), *value, self.name));
        #[expect(clippy::cast_possible_truncation, reason = "a place on a screen")]
        let share = if span > 0.0 { ((*value - self.least) / span).clamp(0.0, 1.0) as f32 } else { 0.0 };
        let from = if look.is_rtl() { right } else { left };
        let to = if look.is_rtl() { right - (right - left) * share } else { left + (right - left) * share };
        let middle = rect.center().y;
        let bar = |a: f32, b: f32| {
            Rect::from_min_max(pos2(a.min(b), middle - TRACK / 2.0), pos2(a.max(b), middle + TRACK / 2.0))
        };
        let painter = ui.painter();
        painter.rect_filled(bar(left, right), 2, look.palette.line);
        painter.rect_filled(bar(from, to), 2, look.palette.current);
        let edge = if response.hovered() { look.palette.current } else { look.palette.edge };
        painter.circle(pos2(to, middle), KNOB, look.palette.card, Stroke::new(sizes::FOCUS, edge));
        focus_ring(ui, &response, sizes::CONTROL_RADIUS);
        before.to_bits() != value.to_bits()
    }

    fn rounded(&self, value: f64) -> f64 {
        if self.is_whole { value.round() } else { value }
    }
}

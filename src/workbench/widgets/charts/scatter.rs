//! A scatter of points: what was set, and what came of it.

use egui::{Align2, Rect, Response, Sense, Stroke, Ui, lerp, pos2, vec2};

use super::axis::{LABELS_BELOW, label, labels_below};
use super::dimension::{Dimension, decimals};
use super::parallel::{goodness, shade};
use super::{Chart, Numbers, Value, readout_ui};
use crate::workbench::theme::{Look, sizes};

/// A scatter plot; numbers grow from left to right in both languages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScatterData {
    /// What it shows.
    pub name: String,
    /// How to read it, beside the name.
    pub note: String,
    /// Head of the first column of its table.
    pub label_name: String,
    /// What runs to the right.
    pub across: Dimension,
    /// What runs up; the lower, the better.
    pub up: Dimension,
    /// The points.
    pub points: Vec<ScatterPoint>,
}

/// One point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScatterPoint {
    /// Its name.
    pub name: String,
    /// Its value across.
    pub across: f64,
    /// Its value upwards.
    pub up: f64,
    /// Whether it is looked at: drawn with a ring.
    pub is_marked: bool,
}

const LEFT: f32 = 52.0;
const RADIUS: f32 = 4.5;
const REACH: f32 = 14.0;

impl Chart for ScatterData {
    fn name(&self) -> &str {
        &self.name
    }

    fn note(&self) -> String {
        self.note.clone()
    }

    fn numbers(&self, look: &Look) -> Numbers {
        let value = |dimension: &Dimension, value: f64| {
            if dimension.words.is_empty() {
                Value::Number(value, decimals(value))
            } else {
                Value::word(dimension.shown(look, value))
            }
        };
        let row = |point: &ScatterPoint| {
            vec![Value::word(&point.name), value(&self.across, point.across), value(&self.up, point.up)]
        };
        Numbers {
            heads: vec![self.label_name.clone(), self.across.name.clone(), self.up.name.clone()],
            rows: self.points.iter().map(row).collect(),
        }
    }

    fn draw_ui(&self, ui: &mut Ui, height: f32) -> Response {
        let look = Look::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        let across = self.across.spread(self.points.iter().map(|point| point.across));
        let up = self.up.spread(self.points.iter().map(|point| point.up));
        let (Some(across), Some(up)) = (across, up) else {
            label(look.text("chart.nothing")).paint(ui, rect.center(), Align2::CENTER_CENTER);
            return response;
        };
        let frame = Rect::from_min_max(rect.min + vec2(LEFT, 6.0), rect.max - vec2(6.0, LABELS_BELOW));
        let plot = frame.shrink(RADIUS * 2.0);
        let line = Stroke::new(sizes::LINE, look.palette.line);
        for value in up.labels() {
            let y = lerp(plot.bottom()..=plot.top(), up.part(value));
            ui.painter().hline(frame.x_range(), y, line);
            label(&self.up.shown(&look, value)).paint(ui, pos2(frame.left() - 6.0, y), Align2::RIGHT_CENTER);
        }
        let x = |value: f64| lerp(plot.left()..=plot.right(), across.part(value));
        #[expect(clippy::cast_precision_loss, reason = "a handful of words")]
        let labels: Vec<f64> = match self.across.words.len() {
            0 => across.labels(),
            words => (0..words).map(|word| word as f64).collect(),
        };
        labels.iter().for_each(|value| {
            ui.painter().vline(x(*value), frame.y_range(), line);
        });
        labels_below(ui, frame, 0.0, labels.iter().map(|value| (x(*value), self.across.shown(&look, *value))));
        let goodness = goodness(self.points.iter().map(|point| Some(point.up)));
        let mut nearest: Option<(f32, usize)> = None;
        for (index, (point, good)) in self.points.iter().zip(goodness).enumerate() {
            let at = pos2(x(point.across), lerp(plot.bottom()..=plot.top(), up.part(point.up)));
            ui.painter().circle_filled(at, RADIUS, shade(&look, good));
            if point.is_marked {
                ui.painter().circle_stroke(at, RADIUS + 2.0, Stroke::new(1.5, look.palette.text_strong));
            }
            let distance = response.hover_pos().map_or(f32::INFINITY, |pointer| pointer.distance(at));
            if distance <= REACH && nearest.is_none_or(|(known, _)| distance < known) {
                nearest = Some((distance, index));
            }
        }
        let Some(point) = nearest.and_then(|(_, index)| self.points.get(index)) else { return response };
        let told = [
            (self.across.name.clone(), None, self.across.shown(&look, point.across)),
            (self.up.name.clone(), None, self.up.shown(&look, point.up)),
        ];
        response.on_hover_ui_at_pointer(|ui| readout_ui(ui, &point.name, &told))
    }
}

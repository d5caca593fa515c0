//! A scatter of points: what was set, and what came of it.

use egui::{Align2, CursorIcon, Pos2, Rect, Response, Sense, Stroke, Ui, lerp, pos2, vec2};

use super::axis::{LABELS_BELOW, label, labels_below};
use super::dimension::{Dimension, Spread};
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
        let (across, up) = self.spreads();
        let value = |dimension: &Dimension, spread: Option<Spread>, value: f64| {
            spread.map_or(Value::None, |spread| dimension.value(look, spread, value))
        };
        let row = |point: &ScatterPoint| {
            let across = value(&self.across, across, point.across);
            vec![Value::word(&point.name), across, value(&self.up, up, point.up)]
        };
        Numbers {
            heads: vec![self.label_name.clone(), self.across.name.clone(), self.up.name.clone()],
            rows: self.points.iter().map(row).collect(),
        }
    }

    fn draw_ui(&self, ui: &mut Ui, height: f32) -> Response {
        let look = Look::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
        let (Some(across), Some(up)) = self.spreads() else {
            label(look.text("chart.nothing")).paint(ui, rect.center(), Align2::CENTER_CENTER);
            return response;
        };
        let frame = frame(rect);
        let plot = frame.shrink(RADIUS * 2.0);
        let places = self.places(plot, across, up);
        let line = Stroke::new(sizes::LINE, look.palette.line);
        for value in up.labels() {
            let y = lerp(plot.bottom()..=plot.top(), up.part(value));
            ui.painter().hline(frame.x_range(), y, line);
            let word = self.up.shown(&look, value, up.label_decimals(value));
            label(&word).paint(ui, pos2(frame.left() - 6.0, y), Align2::RIGHT_CENTER);
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
        let word = |value: f64| self.across.shown(&look, value, across.label_decimals(value));
        labels_below(ui, frame, 0.0, labels.iter().map(|value| (x(*value), word(*value))));
        let goodness = goodness(self.points.iter().map(|point| Some(point.up)));
        for ((point, good), at) in self.points.iter().zip(goodness).zip(&places) {
            ui.painter().circle_filled(*at, RADIUS, shade(&look, good));
            if point.is_marked {
                ui.painter().circle_stroke(*at, RADIUS + 2.0, Stroke::new(1.5, look.palette.text_strong));
            }
        }
        let pointed = response.hover_pos().and_then(|at| nearest(at, &places));
        let Some(point) = pointed.and_then(|index| self.points.get(index)) else { return response };
        let told = [
            (
                self.across.name.clone(),
                None,
                self.across.shown(&look, point.across, across.decimals(point.across)),
            ),
            (self.up.name.clone(), None, self.up.shown(&look, point.up, up.decimals(point.up))),
        ];
        let response = response.on_hover_cursor(CursorIcon::PointingHand);
        response.on_hover_ui_at_pointer(|ui| readout_ui(ui, &point.name, &told))
    }

    fn pressed(&self, _: &Look, response: &Response) -> Option<usize> {
        let at = response.interact_pointer_pos().filter(|_| response.clicked())?;
        let (Some(across), Some(up)) = self.spreads() else { return None };
        nearest(at, &self.places(frame(response.rect).shrink(RADIUS * 2.0), across, up))
    }
}

impl ScatterData {
    fn spreads(&self) -> (Option<Spread>, Option<Spread>) {
        let across = self.across.spread(self.points.iter().map(|point| point.across));
        (across, self.up.spread(self.points.iter().map(|point| point.up)))
    }

    /// Where each point stands in `plot`.
    fn places(&self, plot: Rect, across: Spread, up: Spread) -> Vec<Pos2> {
        let place = |point: &ScatterPoint| {
            let x = lerp(plot.left()..=plot.right(), across.part(point.across));
            pos2(x, lerp(plot.bottom()..=plot.top(), up.part(point.up)))
        };
        self.points.iter().map(place).collect()
    }
}

/// What is left of `rect` beside the labels.
fn frame(rect: Rect) -> Rect {
    Rect::from_min_max(rect.min + vec2(LEFT, 6.0), rect.max - vec2(6.0, LABELS_BELOW))
}

/// Which of `places` is pointed at.
fn nearest(at: Pos2, places: &[Pos2]) -> Option<usize> {
    let near =
        places.iter().map(|place| place.distance(at)).enumerate().filter(|(_, distance)| *distance <= REACH);
    near.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index)
}

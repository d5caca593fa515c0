//! A history without axes, small enough to stand beside its number.

use egui::{Pos2, Rangef, Rect, Shape, Stroke, Ui, pos2};

use super::axis::{OnScreen, Scale, dashed};
use crate::workbench::theme::{Ink, Look};

/// A short history.
#[derive(Clone, Debug)]
pub struct SparkData {
    /// Values at equal distances, oldest first; `None` where nothing is known.
    pub values: Vec<Option<f64>>,
    /// A threshold, drawn dashed where it lies near.
    pub threshold: Option<f64>,
    /// Colour.
    pub ink: Ink,
}

/// Paints `data` into `rect`.
pub fn paint_spark(ui: &Ui, rect: Rect, data: &SparkData) {
    let look = Look::of(ui);
    let Some(mut scale) = Scale::of(data.values.iter().flatten().copied()) else { return };
    let spread = (scale.max - scale.min).max(scale.max.abs() * 0.05).max(f64::EPSILON);
    // A threshold far away would flatten the history.
    let near =
        data.threshold.filter(|value| *value <= scale.max + 3.0 * spread && *value >= scale.min - 3.0 * spread);
    if let Some(value) = near {
        scale = Scale { min: scale.min.min(value), max: scale.max.max(value) };
    }
    if scale.max <= scale.min {
        scale = Scale { min: scale.min - spread, max: scale.max + spread };
    }
    let vertical = Rangef::new(rect.bottom() - 3.0, rect.top() + 3.0);
    let count = data.values.len().saturating_sub(1).max(1);
    #[expect(clippy::cast_precision_loss, reason = "as many points as pixels at most")]
    let x = |index: usize| rect.left() + (rect.width() - 6.0) * index as f32 / count as f32;
    let points: Vec<Option<Pos2>> = data
        .values
        .iter()
        .enumerate()
        .map(|(index, value)| value.map(|value| pos2(x(index), scale.at(value, vertical))))
        .collect();
    let color = look.palette.mark(data.ink);
    for stretch in points.split(Option::is_none) {
        let stretch: Vec<Pos2> = stretch.iter().flatten().copied().collect();
        ui.painter().add(Shape::line(stretch, Stroke::new(1.5, color)));
    }
    if let Some(last) = points.iter().flatten().next_back() {
        ui.painter().circle_filled(*last, 2.5, color);
    }
    if let Some(value) = near {
        let y = scale.at(value, vertical);
        dashed(ui, pos2(rect.left(), y), pos2(rect.right(), y), look.palette.fail.gamma_multiply(0.8));
    }
}

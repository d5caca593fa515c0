//! Scales on the screen and the words along the axes of a chart.

use egui::{Align2, Color32, Pos2, Rangef, Rect, Shape, Stroke, Ui, lerp, pos2};

use super::area::Area;

pub(super) use crate::base::scale::{Scale, places};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};

/// Where the value of a scale lies on the screen.
pub(super) trait OnScreen {
    /// Where `value` lies in `range`.
    fn at(self, value: f64, range: Rangef) -> f32;
}

impl OnScreen for Scale {
    #[expect(clippy::cast_possible_truncation, reason = "positions on a screen")]
    fn at(self, value: f64, range: Rangef) -> f32 {
        lerp(range.min..=range.max, self.part(value) as f32)
    }
}

/// Room for the labels of a chart's axes.
pub(super) const LABELS_LEFT: f32 = 36.0;
pub(super) const LABELS_BELOW: f32 = 22.0;

/// Writes the multiples of `step` at the left of `area`.
pub(super) fn labels_left(ui: &Ui, area: &Area, scale: Scale, step: f64) {
    let look = Look::of(ui);
    let places = places(step);
    for value in scale.steps(step) {
        let at = pos2(area.frame().left() - 8.0, area.y(value));
        label(&look.language.decimal(value, places)).paint(ui, at, Align2::RIGHT_CENTER);
    }
}

/// Draws `labels` below `plot`, leaving out those that would touch the one before. They may reach `outside` beyond
/// its left edge.
pub(super) fn labels_below(ui: &Ui, plot: Rect, outside: f32, labels: impl IntoIterator<Item = (f32, String)>) {
    let leftmost = plot.left() - outside;
    let mut free_from = leftmost;
    for (x, word) in labels {
        let text = label(&word);
        let width = text.measure(ui).x;
        let left = (x - width / 2.0).clamp(leftmost, (plot.right() - width).max(leftmost));
        if left >= free_from {
            text.paint(ui, pos2(left, plot.bottom() + 4.0), Align2::LEFT_TOP);
            free_from = left + width + 12.0;
        }
    }
}

/// A dashed line.
pub(super) fn dashed(ui: &Ui, from: Pos2, to: Pos2, color: Color32) {
    ui.painter().extend(Shape::dashed_line(&[from, to], Stroke::new(1.25, color), 5.0, 4.0));
}

/// An axis label.
pub(super) fn label(word: &str) -> Text {
    Text::new(word).size(sizes::SMALL).ink(Ink::Faint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_lies_in_the_range_also_where_that_runs_upwards() {
        assert_eq!(Scale { min: 0.0, max: 10.0 }.at(5.0, Rangef::new(100.0, 0.0)), 50.0);
        assert_eq!(Scale { min: 0.0, max: 10.0 }.at(2.5, Rangef::new(0.0, 100.0)), 25.0);
    }
}

//! Cumulative shares: which part of a distribution lies at or below a value, as a step curve for each of several distributions.
//!
//! egui_plot draws grid and curves; words and the read-out are ours, see [`super::area`].

use egui::{Align2, Rect, Response, Sense, Stroke, Ui, Vec2, pos2, vec2};

use super::area::{Area, curve, hair};
use super::axis::{LABELS_BELOW, LABELS_LEFT, Scale, label, labels_below, labels_left, places};
use super::{Chart, Numbers, Value, readout_ui};
use crate::workbench::theme::{Ink, Look, sizes};

/// A distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct StepCurve {
    /// What it is.
    pub name: String,
    /// Its colour.
    pub ink: Ink,
    /// Values, ascending, and the share (0 to 1) at or below each.
    pub points: Vec<[f64; 2]>,
}

/// Cumulative curves over each other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CurvesData {
    /// What they show.
    pub name: String,
    /// Unit of the values, and that the shares are percent.
    pub note: String,
    /// Head of the first column of its table: the values with their unit.
    pub value_name: String,
    /// Decimals of the values.
    pub places: usize,
    /// The distributions.
    pub curves: Vec<StepCurve>,
    /// The axis ends where this share of every distribution lies before it, so that a few large values do not squeeze the rest.
    pub until_share: f64,
}

/// Room between the frame and the ends of the curves.
const INSET: Vec2 = vec2(4.0, 3.0);

impl StepCurve {
    /// The share at or below `value`.
    #[must_use]
    pub fn at(&self, value: f64) -> f64 {
        let after = self.points.partition_point(|[x, _]| *x <= value);
        let last = after.checked_sub(1).and_then(|place| self.points.get(place));
        last.map_or(0.0, |[_, share]| *share)
    }

    /// The value at or below which `share` lies.
    fn value(&self, share: f64) -> Option<f64> {
        let found = self.points.iter().find(|[_, reached]| *reached >= share).or(self.points.last());
        found.map(|[value, _]| *value)
    }

    /// The corners of its steps in percent, up to `end`.
    fn corners(&self, start: f64, end: f64) -> Vec<[f64; 2]> {
        let mut corners = vec![[start, 0.0]];
        let mut reached = 0.0;
        for [value, share] in self.points.iter().take_while(|[value, _]| *value <= end) {
            corners.push([*value, reached]);
            reached = share * 100.0;
            corners.push([*value, reached]);
        }
        corners.push([end, reached]);
        corners
    }
}

impl CurvesData {
    fn ends(&self) -> Option<Scale> {
        let whole = Scale::of(self.curves.iter().flat_map(|curve| curve.points.iter().map(|[value, _]| *value)))?;
        let cut = Scale::of(self.curves.iter().filter_map(|curve| curve.value(self.until_share)));
        let end = cut.map_or(whole.max, |cut| cut.max);
        // What ends a little later is drawn to its end.
        let is_long = whole.max - whole.min > 1.5 * (end - whole.min) && end > whole.min;
        Some(if is_long { Scale { min: whole.min, max: end } } else { whole })
    }
}

impl Chart for CurvesData {
    fn name(&self) -> &str {
        &self.name
    }

    fn note(&self) -> String {
        self.note.clone()
    }

    fn legend(&self) -> Vec<(String, Ink)> {
        self.curves.iter().map(|curve| (curve.name.clone(), curve.ink)).collect()
    }

    fn numbers(&self, look: &Look) -> Numbers {
        let mut values: Vec<f64> =
            self.curves.iter().flat_map(|curve| curve.points.iter().map(|[value, _]| *value)).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        let mut heads = vec![self.value_name.clone()];
        heads.extend(self.curves.iter().map(|curve| look.fill("chart.share_of", &[("name", &curve.name)])));
        let row = |value: f64| {
            let mut row = vec![Value::Number(value, self.places)];
            row.extend(self.curves.iter().map(|curve| Value::Number(curve.at(value), 4)));
            row
        };
        Numbers { heads, rows: values.into_iter().map(row).collect() }
    }

    fn draw_ui(&self, ui: &mut Ui, height: f32) -> Response {
        let look = Look::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        let Some(x) = self.ends() else {
            label(look.text("chart.nothing")).paint(ui, rect.center(), Align2::CENTER_CENTER);
            return response;
        };
        let (y, step) = (Scale { min: 0.0, max: 100.0 }, 25.0);
        let frame = Rect::from_min_max(
            rect.min + vec2(LABELS_LEFT, 8.0 - INSET.y),
            rect.max - vec2(0.0, LABELS_BELOW - INSET.y),
        );
        let area = Area::new(ui, frame, INSET, x, y);
        let pointer = response.hover_pos().filter(|at| frame.expand(2.0).contains(*at));
        let pointed = pointer.map(|at| area.value(at).clamp(x.min, x.max));
        let palette = look.palette;
        let shown = area.show(ui, &response, y.steps(step).collect(), |plot| {
            for of in &self.curves {
                let stroke = Stroke::new(sizes::CURVE, palette.mark(of.ink));
                plot.line(curve(of.corners(x.min, x.max), stroke));
            }
            if let Some(value) = pointed {
                plot.line(area.upright(value, hair(palette.edge)));
            }
        });
        labels_left(ui, &shown, y, step);
        let (_, across) = x.rounded(6);
        let labels = x.steps(across).map(|value| (shown.x(value), look.language.decimal(value, places(across))));
        labels_below(ui, shown.inner(), LABELS_LEFT, labels.collect::<Vec<_>>());
        let Some(value) = pointed else { return response };
        for of in &self.curves {
            let center = pos2(shown.x(value), shown.y(of.at(value) * 100.0));
            let ring = Stroke::new(sizes::FOCUS, palette.card);
            ui.painter().circle(center, 4.5, palette.mark(of.ink), ring);
        }
        let head = look.fill("chart.at_most", &[("n", &look.language.decimal(value, self.places))]);
        let told = |of: &StepCurve| (of.name.clone(), Some(of.ink), look.language.percent(of.at(value), 1));
        let lines: Vec<_> = self.curves.iter().map(told).collect();
        response.on_hover_ui_at_pointer(|ui| readout_ui(ui, &head, &lines))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve_of(points: &[[f64; 2]]) -> StepCurve {
        StepCurve { name: String::new(), ink: Ink::Shifted, points: points.to_vec() }
    }

    #[test]
    fn a_share_holds_until_the_next_value() {
        let curve = curve_of(&[[1.0, 0.25], [3.0, 0.75], [3.0, 0.9], [8.0, 1.0]]);
        for (value, share) in [(0.0, 0.0), (1.0, 0.25), (2.9, 0.25), (3.0, 0.9), (7.0, 0.9), (9.0, 1.0)] {
            assert_eq!(curve.at(value), share, "{value}");
        }
        let corners = curve.corners(0.0, 4.0);
        assert_eq!(corners[..3], [[0.0, 0.0], [1.0, 0.0], [1.0, 25.0]]);
        assert_eq!(corners.last(), Some(&[4.0, 90.0]));
    }

    #[test]
    fn a_long_tail_is_cut_and_a_short_one_is_not() {
        let with = |last: f64| CurvesData {
            curves: vec![curve_of(&[[0.0, 0.5], [10.0, 0.99], [last, 1.0]])],
            until_share: 0.99,
            ..CurvesData::default()
        };
        assert_eq!(with(500.0).ends(), Some(Scale { min: 0.0, max: 10.0 }));
        assert_eq!(with(12.0).ends(), Some(Scale { min: 0.0, max: 12.0 }));
        assert_eq!(CurvesData::default().ends(), None);
    }
}

//! Bars over ranges: one distribution in two colours around zero, or two distributions over each other.
//!
//! egui_plot draws the bars and their ground line; words and the read-out are ours, see [`super::area`].

use egui::{Align2, Rect, Response, Sense, Stroke, Ui, Vec2, vec2};
use egui_plot::{Bar, BarChart};

use super::area::Area;
use super::axis::{LABELS_BELOW, Scale, label, labels_below, places};
use super::{Chart, Numbers, Value, readout_ui};
use crate::workbench::theme::{Ink, Look};

/// What lies on one side of zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// In words: "candidate closer: 57 %".
    pub label: String,
    /// Its colour.
    pub ink: Ink,
}

/// One distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct HistogramSeries {
    /// What it is.
    pub name: String,
    /// Its colour, where the sides of zero have none.
    pub ink: Ink,
    /// The height of every bar.
    pub heights: Vec<f64>,
}

/// A histogram.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistogramData {
    /// What it shows.
    pub name: String,
    /// Unit of the edges.
    pub unit: String,
    /// What the heights are: "visits", "share of visits".
    pub height_name: String,
    /// Decimals of the heights.
    pub places: usize,
    /// The edges of the bars, ascending; one more than there are bars.
    pub edges: Vec<f64>,
    /// The distributions.
    pub series: Vec<HistogramSeries>,
    /// Below and above zero, where the two sides mean something.
    pub sides: Option<(Side, Side)>,
}

/// Room for the ground line.
const GROUND: Vec2 = vec2(0.0, 1.0);
/// Width of the line at zero.
const ZERO: f32 = 1.25;

impl HistogramData {
    fn bars(&self) -> impl Iterator<Item = (usize, f64, f64)> {
        self.edges.windows(2).enumerate().filter_map(|(index, pair)| match pair {
            [low, high] => Some((index, *low, *high)),
            _ => None,
        })
    }

    fn ink(&self, series: &HistogramSeries, low: f64, high: f64) -> Ink {
        match &self.sides {
            Some((below, _)) if (low + high) / 2.0 < 0.0 => below.ink,
            Some((_, above)) => above.ink,
            None => series.ink,
        }
    }

    /// The bars of `series`, the one at `hovered` stronger.
    fn bar_chart(&self, look: &Look, area: &Area, series: &HistogramSeries, hovered: Option<usize>) -> BarChart {
        let opacity = if self.series.len() > 1 { 0.6 } else { 0.85 };
        let bars = self.bars().filter_map(|(index, low, high)| {
            let height = series.heights.get(index).copied().filter(|height| height.is_finite())?;
            let gap = if high - low > area.wide(4.0) { area.wide(1.0) } else { 0.0 };
            let strength = if hovered == Some(index) { 1.0 } else { opacity };
            let color = look.palette.mark(self.ink(series, low, high)).gamma_multiply(strength);
            let width = high - low - gap;
            Some(Bar::new(low + width / 2.0, height).width(width).fill(color).stroke(Stroke::NONE))
        });
        BarChart::new("", bars.collect())
    }

    fn paint_sides(&self, ui: &Ui, frame: Rect) {
        let Some((below, above)) = &self.sides else { return };
        let side = |side: &Side| label(&side.label).ink(side.ink).strong();
        side(below).paint(ui, frame.left_top() + vec2(4.0, -18.0), Align2::LEFT_TOP);
        side(above).paint(ui, frame.right_top() + vec2(-4.0, -18.0), Align2::RIGHT_TOP);
    }
}

impl Chart for HistogramData {
    fn name(&self) -> &str {
        &self.name
    }

    fn note(&self) -> String {
        self.unit.clone()
    }

    fn legend(&self) -> Vec<(String, Ink)> {
        let several = self.series.len() > 1;
        self.series.iter().filter(|_| several).map(|series| (series.name.clone(), series.ink)).collect()
    }

    fn numbers(&self, look: &Look) -> Numbers {
        let end = |key: &str| look.fill(key, &[("unit", &self.unit)]);
        let mut heads = vec![end("chart.from"), end("chart.to")];
        heads.extend(self.series.iter().map(|series| format!("{} ({})", series.name, self.height_name)));
        let edge_places =
            self.edges.windows(2).filter_map(|pair| Some(places(pair.get(1)? - pair.first()?))).max();
        let rows = self.bars().map(|(index, low, high)| {
            let edge = |value: f64| Value::Number(value, edge_places.unwrap_or(0).min(3));
            let mut row = vec![edge(low), edge(high)];
            let height = |series: &HistogramSeries| series.heights.get(index).copied();
            row.extend(self.series.iter().map(|series| match height(series) {
                Some(value) => Value::Number(value, self.places),
                None => Value::None,
            }));
            row
        });
        Numbers { rows: rows.collect(), heads }
    }

    fn draw_ui(&self, ui: &mut Ui, height: f32) -> Response {
        let look = Look::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        let heights = Scale::of(self.series.iter().flat_map(|series| series.heights.iter().copied()));
        let (Some(x), Some(heights)) = (Scale::of(self.edges.iter().copied()), heights) else {
            label(look.text("chart.nothing")).paint(ui, rect.center(), Align2::CENTER_CENTER);
            return response;
        };
        let top = if self.sides.is_some() { 26.0 } else { 8.0 };
        let frame = Rect::from_min_max(rect.min + vec2(4.0, top), rect.max - vec2(4.0, LABELS_BELOW - 1.0));
        let highest = if heights.max > 0.0 { heights.max } else { 1.0 };
        let area = Area::new(ui, frame, GROUND, x, Scale { min: 0.0, max: highest });
        let pointed = response.hover_pos().filter(|at| frame.contains(*at)).map(|at| area.value(at));
        let hovered = pointed.and_then(|value| self.bars().find(|(_, low, high)| value >= *low && value < *high));
        let shown = area.show(ui, &response, vec![0.0], |plot| {
            for series in &self.series {
                plot.bar_chart(self.bar_chart(&look, &area, series, hovered.map(|(index, ..)| index)));
            }
            if self.sides.is_some() {
                plot.line(area.upright(0.0, Stroke::new(ZERO, look.palette.text_strong)));
            }
        });
        self.paint_sides(ui, shown.frame());
        let (_, step) = x.rounded(6);
        let labels = x.steps(step).map(|value| (shown.x(value), look.language.decimal(value, places(step))));
        labels_below(ui, shown.inner(), 0.0, labels.collect::<Vec<_>>());
        let Some((index, low, high)) = hovered else { return response };
        let edge = |value: f64| look.language.decimal(value, places(high - low).min(2));
        let head = look.fill("chart.range", &[("low", &edge(low)), ("high", &edge(high)), ("unit", &self.unit)]);
        let lines: Vec<_> = self
            .series
            .iter()
            .map(|series| {
                let value = series.heights.get(index).copied().unwrap_or(f64::NAN);
                let name = if self.series.len() > 1 { &series.name } else { &self.height_name };
                (name.clone(), Some(self.ink(series, low, high)), look.language.decimal(value, self.places))
            })
            .collect();
        response.on_hover_ui_at_pointer(|ui| readout_ui(ui, &head, &lines))
    }
}

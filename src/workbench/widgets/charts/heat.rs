//! A table of squares whose strength is their value: visits by day, divergence by feature and week.

use egui::{Align2, Rect, Response, Sense, Shape, Stroke, StrokeKind, Ui, pos2, vec2};

use super::axis::{LABELS_BELOW, label, labels_below};
use super::{Chart, Numbers, Value, readout_ui};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};

/// A heat map. Columns run from left to right, as time does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeatData {
    /// What it shows.
    pub name: String,
    /// Unit of the values.
    pub unit: String,
    /// Names of the rows.
    pub rows: Vec<String>,
    /// Labels below the columns; empty where a column has none.
    pub columns: Vec<String>,
    /// Name of each square in the read-out and in a copy, row by row: shown and plain.
    pub names: Vec<(String, String)>,
    /// The values, row by row; `None` leaves the square empty.
    pub values: Vec<Option<f64>>,
    /// Decimals.
    pub places: usize,
    /// Its colour at the highest value.
    pub ink: Ink,
    /// At this value and above its colour is full; the highest value where none is named.
    pub full_at: Option<f64>,
    /// What a square is outlined in, row by row: [`Ink::Fail`] by a line, all else by dashes.
    pub outlines: Vec<Option<Ink>>,
}

/// Width of outlines.
const OUTLINE: f32 = 2.0;
/// Rows are at least so high.
const ROW: f32 = 18.0;

impl HeatData {
    fn value(&self, row: usize, column: usize) -> Option<f64> {
        self.values.get(row * self.columns.len() + column).copied().flatten()
    }

    fn title(&self, row: usize, column: usize) -> (String, String) {
        let own = self.names.get(row * self.columns.len() + column).cloned();
        own.unwrap_or_else(|| {
            let column = self.columns.get(column).cloned().unwrap_or_default();
            let name = format!("{} {column}", self.rows.get(row).map_or("", String::as_str));
            (name.clone(), name)
        })
    }

    fn outline(&self, row: usize, column: usize) -> Option<Ink> {
        self.outlines.get(row * self.columns.len() + column).copied().flatten()
    }

    fn highest(&self) -> f64 {
        self.values.iter().flatten().copied().filter(|value| value.is_finite()).fold(0.0, f64::max)
    }
}

impl Chart for HeatData {
    fn name(&self) -> &str {
        &self.name
    }

    fn note(&self) -> String {
        self.unit.clone()
    }

    #[expect(clippy::cast_precision_loss, reason = "a few dozen rows")]
    fn least_height(&self) -> f32 {
        ROW * self.rows.len() as f32 + LABELS_BELOW
    }

    fn numbers(&self, look: &Look) -> Numbers {
        let mut rows = Vec::new();
        for row in 0..self.rows.len() {
            for column in 0..self.columns.len() {
                if let Some(value) = self.value(row, column) {
                    let (shown, plain) = self.title(row, column);
                    rows.push(vec![Value::Word(shown, plain), Value::Number(value, self.places)]);
                }
            }
        }
        Numbers { heads: vec![look.text("chart.square").to_owned(), self.unit.clone()], rows }
    }

    #[expect(clippy::cast_precision_loss, reason = "a few hundred squares")]
    fn draw_ui(&self, ui: &mut Ui, height: f32) -> Response {
        let look = Look::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        if self.rows.is_empty() || self.columns.is_empty() {
            return response;
        }
        let name = |name: &str| Text::new(name).value().size(sizes::SMALL).ink(Ink::Soft);
        let names =
            self.rows.iter().map(|row| name(row).measure(ui).x).fold(0.0_f32, f32::max).min(rect.width() * 0.3);
        let (left, right) = if look.is_rtl() { (0.0, names + sizes::GAP) } else { (names + sizes::GAP, 0.0) };
        let plot = Rect::from_min_max(rect.min + vec2(left, 0.0), rect.max - vec2(right, LABELS_BELOW));
        let square = vec2(plot.width() / self.columns.len() as f32, plot.height() / self.rows.len() as f32);
        let highest = self.full_at.unwrap_or_else(|| self.highest()).max(f64::MIN_POSITIVE);
        let mut hovered = None;
        for (row, row_name) in self.rows.iter().enumerate() {
            let top = plot.top() + square.y * row as f32;
            let at = if look.is_rtl() { plot.right() + sizes::GAP } else { rect.left() };
            name(row_name).paint_in(ui, Rect::from_min_size(pos2(at, top), vec2(names, square.y)));
            for column in 0..self.columns.len() {
                let corner = pos2(plot.left() + square.x * column as f32, top);
                let own = Rect::from_min_size(corner, square).shrink(1.0);
                ui.painter().rect_filled(own, 2, look.palette.raised);
                let Some(value) = self.value(row, column) else { continue };
                #[expect(clippy::cast_possible_truncation, reason = "a strength of colour")]
                let strength = 0.12 + 0.88 * (value / highest).clamp(0.0, 1.0).sqrt() as f32;
                ui.painter().rect_filled(own, 2, look.palette.mark(self.ink).gamma_multiply(strength));
                match self.outline(row, column) {
                    None => {}
                    Some(Ink::Fail) => {
                        let stroke = Stroke::new(OUTLINE, look.palette.fail);
                        ui.painter().rect_stroke(own, 2, stroke, StrokeKind::Inside);
                    }
                    Some(ink) => dashed_outline(ui, own, Stroke::new(OUTLINE, look.palette.mark(ink))),
                }
                if response.hover_pos().is_some_and(|at| own.contains(at)) {
                    ui.painter().rect_stroke(
                        own,
                        2,
                        Stroke::new(OUTLINE, look.palette.text_strong),
                        StrokeKind::Inside,
                    );
                    hovered = Some((row, column, value));
                }
            }
        }
        let labels = self.columns.iter().enumerate().filter(|(_, label)| !label.is_empty());
        let centre = |index: usize| plot.left() + square.x * (index as f32 + 0.5);
        labels_below(ui, plot, 0.0, labels.map(|(index, label)| (centre(index), label.clone())));
        let Some((row, column, value)) = hovered else {
            if self.highest() <= 0.0 {
                label(look.text("chart.nothing")).paint(ui, plot.center(), Align2::CENTER_CENTER);
            }
            return response;
        };
        let lines = [(self.unit.clone(), Some(self.ink), look.language.decimal(value, self.places))];
        response.on_hover_ui_at_pointer(|ui| readout_ui(ui, &self.title(row, column).0, &lines))
    }
}

fn dashed_outline(ui: &Ui, square: Rect, stroke: Stroke) {
    let inner = square.shrink(OUTLINE / 2.0);
    let corners =
        [inner.left_top(), inner.right_top(), inner.right_bottom(), inner.left_bottom(), inner.left_top()];
    ui.painter().extend(Shape::dashed_line(&corners, stroke, 2.5, 2.0));
}

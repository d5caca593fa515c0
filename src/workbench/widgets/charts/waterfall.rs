//! A sum, part by part: each bar begins where the one above it ended.

use egui::{Align2, Rangef, Rect, Response, Sense, Stroke, Ui, pos2, vec2};

use super::axis::{OnScreen, Scale};
use super::{Chart, Numbers, Value};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};

/// A part of a sum.
#[derive(Clone, Debug, PartialEq)]
pub struct WaterfallRow {
    /// What it is.
    pub label: String,
    /// How much it adds; of a total, how much the sum is there.
    pub value: f64,
    /// Whether it is the sum so far: its bar begins at zero.
    pub is_total: bool,
}

/// Parts of a sum below each other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WaterfallData {
    /// What it shows.
    pub name: String,
    /// Unit of the values.
    pub unit: String,
    /// Head of the first column of its table.
    pub label_name: String,
    /// Decimals.
    pub places: usize,
    /// The parts, in the order in which they are added.
    pub rows: Vec<WaterfallRow>,
}

const ROW: f32 = 26.0;
/// Height of a bar.
const BAR: f32 = 14.0;
/// The share of the width that names may take.
const NAMES: f32 = 0.46;

impl WaterfallData {
    /// Where the bar of each row begins and ends.
    fn spans(&self) -> Vec<(f64, f64)> {
        let mut sum = 0.0;
        let mut span = |row: &WaterfallRow| {
            let from = if row.is_total { 0.0 } else { sum };
            sum = if row.is_total { row.value } else { sum + row.value };
            (from, sum)
        };
        self.rows.iter().map(&mut span).collect()
    }

    fn words(&self, look: &Look, row: &WaterfallRow) -> String {
        if row.is_total {
            look.language.decimal(row.value, self.places)
        } else {
            look.language.signed_decimal(row.value, self.places)
        }
    }
}

/// Blue for a sum, and what makes a wait longer or shorter in colours of their own.
fn ink(row: &WaterfallRow) -> Ink {
    match row {
        WaterfallRow { is_total: true, .. } => Ink::Reference,
        WaterfallRow { value, .. } if *value >= 0.0 => Ink::Shifted,
        _ => Ink::Candidate,
    }
}

impl Chart for WaterfallData {
    fn name(&self) -> &str {
        &self.name
    }

    fn note(&self) -> String {
        self.unit.clone()
    }

    fn fills(&self) -> bool {
        false
    }

    #[expect(clippy::cast_precision_loss, reason = "a few dozen rows")]
    fn least_height(&self) -> f32 {
        ROW * self.rows.len() as f32
    }

    fn numbers(&self, _: &Look) -> Numbers {
        let heads = vec![self.label_name.clone(), self.unit.clone()];
        let row = |row: &WaterfallRow| vec![Value::word(&row.label), Value::Number(row.value, self.places)];
        Numbers { heads, rows: self.rows.iter().map(row).collect() }
    }

    fn draw_ui(&self, ui: &mut Ui, height: f32) -> Response {
        let look = Look::of(ui);
        let size = vec2(ui.available_width(), height.max(self.least_height()));
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let spans = self.spans();
        let Some(range) = Scale::of(spans.iter().flat_map(|(from, to)| [*from, *to])) else { return response };
        let x = if range.max > range.min { range } else { Scale { min: 0.0, max: 1.0 } };
        let text = |row: &WaterfallRow| {
            let text = Text::new(&row.label).value();
            if row.is_total { text.strong() } else { text }
        };
        let number = |row: &WaterfallRow| Text::new(self.words(&look, row)).tabular().strong();
        let widest = |width: &dyn Fn(&WaterfallRow) -> f32| self.rows.iter().map(width).fold(0.0_f32, f32::max);
        let name_width = widest(&|row| text(row).measure(ui).x).min(size.x * NAMES);
        let number_width = widest(&|row| number(row).measure(ui).x);
        let bars = (size.x - name_width - number_width - 2.0 * sizes::GUTTER).max(0.0);
        let mut top = rect.top();
        let mut before: Option<f32> = None;
        for (row, (from, to)) in self.rows.iter().zip(spans) {
            let start = |offset: f32, width: f32| {
                let left = if look.is_rtl() { rect.right() - offset - width } else { rect.left() + offset };
                Rect::from_min_size(pos2(left, top), vec2(width, ROW))
            };
            text(row).paint_in(ui, start(0.0, name_width));
            let track = start(name_width + sizes::GUTTER, bars).shrink2(vec2(0.0, (ROW - BAR) / 2.0));
            let across = if look.is_rtl() { Rangef::new(track.right(), track.left()) } else { track.x_range() };
            let (from, to) = (x.at(from, across), x.at(to, across));
            if let Some(before) = before.filter(|_| !row.is_total) {
                let stroke = Stroke::new(sizes::LINE, look.palette.edge);
                ui.painter().vline(before, Rangef::new(top - (ROW - BAR) / 2.0, track.top()), stroke);
            }
            // The smallest part that is not zero can still be seen.
            let bar = Rangef::new(from.min(to), from.max(to).max(from.min(to) + 1.0));
            ui.painter().rect_filled(Rect::from_x_y_ranges(bar, track.y_range()), 2, look.palette.mark(ink(row)));
            number(row).paint(ui, start(size.x - number_width, number_width).right_center(), Align2::RIGHT_CENTER);
            before = Some(to);
            top += ROW;
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_begins_where_the_one_before_ended() {
        let row = |value: f64, is_total: bool| WaterfallRow { label: String::new(), value, is_total };
        let rows = vec![row(10.0, true), row(5.0, false), row(-7.0, false), row(8.0, true)];
        let data = WaterfallData { rows, places: 1, ..WaterfallData::default() };
        assert_eq!(data.spans(), [(0.0, 10.0), (10.0, 15.0), (15.0, 8.0), (0.0, 8.0)]);
    }
}

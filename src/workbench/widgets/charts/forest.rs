//! Intervals below each other against a value that matters: which slices are better, which are worse.
//!
//! egui_plot draws the intervals between the columns of words; the words are ours, see [`super::area`].

use egui::{Align2, Rect, Response, Sense, Stroke, Ui, Vec2, pos2, vec2};
use egui_plot::{PlotUi, Points};

use super::area::{Area, band, curve, dashed_upright, hair};
use super::axis::{LABELS_BELOW, Scale, label, labels_below, places};
use super::{Chart, Numbers, Value, readout_ui};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};

/// One interval.
#[derive(Clone, Debug, PartialEq)]
pub struct ForestRow {
    /// What it is about.
    pub label: String,
    /// On how many visits.
    pub n: u64,
    /// The estimate.
    pub estimate: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// Its colour: better, worse, cannot be told.
    pub ink: Ink,
}

/// A forest plot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ForestData {
    /// What it shows.
    pub name: String,
    /// Method and the like, beside the name.
    pub note: String,
    /// Head of the first column of its table.
    pub label_name: String,
    /// The intervals, in the order in which they are to stand.
    pub rows: Vec<ForestRow>,
    /// Where nothing differs: 1 for a ratio, 0 for a difference.
    pub neutral: f64,
    /// What must not be reached; everything above it is shaded.
    pub bound: Option<f64>,
    /// Decimals.
    pub places: usize,
}

const ROW: f32 = 26.0;
/// Half the height of the ends of an interval.
const CAP: f32 = 3.0;
/// Radius of an estimate.
const ESTIMATE: f32 = 4.0;

impl ForestData {
    fn words(&self, look: &Look, row: &ForestRow) -> String {
        let number = |value| look.language.decimal(value, self.places);
        let fields = [("value", number(row.estimate)), ("low", number(row.low)), ("high", number(row.high))];
        look.language.fill_owned("chart.with_bounds", &fields)
    }

    /// The interval of `row` at the height `y`.
    fn draw_row(plot: &mut PlotUi<'_>, look: &Look, area: &Area, row: &ForestRow, y: f64) {
        let color = look.palette.mark(row.ink);
        let stroke = Stroke::new(sizes::CURVE, color);
        plot.line(curve(vec![[row.low, y], [row.high, y]], stroke));
        let cap = area.tall(CAP);
        for end in [row.low, row.high] {
            plot.line(curve(vec![[end, y - cap], [end, y + cap]], stroke));
        }
        plot.points(Points::new("", [row.estimate, y]).radius(ESTIMATE).color(color));
    }

    /// The intervals, the first at the top, each one unit high.
    fn draw_area(&self, ui: &mut Ui, response: &Response, area: &Area, x: Scale, total: f64) -> Area {
        let look = Look::of(ui);
        area.show(ui, response, Vec::new(), |plot| {
            if let Some(bound) = self.bound {
                let beyond = [(bound, 0.0, total), (x.max, 0.0, total)].into_iter();
                plot.add(band(beyond, look.palette.fail.gamma_multiply(0.08)));
                plot.vline(dashed_upright(bound, look.palette.fail));
            }
            plot.line(area.upright(self.neutral, hair(look.palette.reference)));
            let mut y = total - 0.5;
            for row in &self.rows {
                Self::draw_row(plot, &look, area, row, y);
                y -= 1.0;
            }
        })
    }
}

impl Chart for ForestData {
    fn name(&self) -> &str {
        &self.name
    }

    fn note(&self) -> String {
        self.note.clone()
    }

    #[expect(clippy::cast_precision_loss, reason = "a few dozen rows")]
    fn least_height(&self) -> f32 {
        ROW * self.rows.len() as f32 + LABELS_BELOW + 4.0
    }

    fn numbers(&self, look: &Look) -> Numbers {
        let heads =
            ["chart.n", "chart.estimate", "chart.lower", "chart.upper"].map(|key| look.text(key).to_owned());
        let rows = self.rows.iter().map(|row| {
            let number = |value| Value::Number(value, self.places);
            #[expect(clippy::cast_precision_loss, reason = "numbers of visits stay below 2^53")]
            let n = Value::Number(row.n as f64, 0);
            vec![Value::word(&row.label), n, number(row.estimate), number(row.low), number(row.high)]
        });
        Numbers { rows: rows.collect(), heads: std::iter::once(self.label_name.clone()).chain(heads).collect() }
    }

    fn draw_ui(&self, ui: &mut Ui, height: f32) -> Response {
        let look = Look::of(ui);
        let size = vec2(ui.available_width(), height.max(self.least_height()));
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let values = self.rows.iter().flat_map(|row| [row.low, row.high]).chain(self.bound).chain([self.neutral]);
        let Some(range) = Scale::of(values).filter(|_| !self.rows.is_empty()) else {
            label(look.text("chart.nothing")).paint(ui, rect.center(), Align2::CENTER_CENTER);
            return response;
        };
        let margin = (range.max - range.min).max(0.05) * 0.04;
        let x = Scale { min: range.min - margin, max: range.max + margin };
        // Names at the start, numbers at the end, the picture between them; its axis always runs to the right.
        let widest = |text: &dyn Fn(&ForestRow) -> Text| {
            self.rows.iter().map(|row| text(row).measure(ui).x).fold(0.0_f32, f32::max)
        };
        let name = |row: &ForestRow| Text::new(&row.label).value();
        let count = |row: &ForestRow| label(&look.language.integer(row.n)).tabular();
        let words = |row: &ForestRow| Text::new(self.words(&look, row)).tabular().size(sizes::SMALL);
        let name_width = widest(&name).min(size.x * 0.3);
        let (count_width, words_width) = (widest(&count), widest(&words));
        let (before, after) = (name_width + count_width + 2.0 * sizes::GUTTER, words_width + sizes::GUTTER);
        let (left, right) = if look.is_rtl() { (after, before) } else { (before, after) };
        #[expect(clippy::cast_precision_loss, reason = "a few dozen rows")]
        let total = self.rows.len() as f32;
        let row_height = ((size.y - LABELS_BELOW) / total).min(ROW * 1.4);
        let corner = pos2(rect.right() - right, rect.top() + row_height * total);
        let plot = Rect::from_min_max(rect.min + vec2(left, 0.0), corner);
        let area = Area::new(ui, plot, Vec2::ZERO, x, Scale { min: 0.0, max: f64::from(total) });
        let shown = self.draw_area(ui, &response, &area, x, f64::from(total));
        let mut hovered = None;
        for (index, row) in self.rows.iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "a few dozen rows")]
            let top = rect.top() + row_height * index as f32;
            let line = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), row_height));
            if response.hover_pos().is_some_and(|at| line.contains(at)) {
                hovered = Some(row);
            }
            let start = |offset: f32, width: f32| {
                let left = if look.is_rtl() { line.right() - offset - width } else { line.left() + offset };
                Rect::from_min_size(pos2(left, top), vec2(width, row_height))
            };
            name(row).paint_in(ui, start(0.0, name_width));
            let count_at = start(name_width + sizes::GUTTER, count_width);
            count(row).paint(ui, count_at.right_center(), Align2::RIGHT_CENTER);
            let words_at = start(size.x - words_width, words_width);
            words(row).paint(ui, words_at.right_center(), Align2::RIGHT_CENTER);
        }
        let (_, step) = x.rounded(5);
        let labels = x.steps(step).filter(|value| *value >= x.min && *value <= x.max);
        let labels = labels.map(|value| (shown.x(value), look.language.decimal(value, places(step))));
        labels_below(ui, shown.inner(), 0.0, labels.collect::<Vec<_>>());
        let Some(row) = hovered else { return response };
        let lines = [
            (self.note.clone(), Some(row.ink), self.words(&look, row)),
            (look.text("chart.n").to_owned(), None, look.language.integer(row.n)),
        ];
        response.on_hover_ui_at_pointer(|ui| readout_ui(ui, &row.label, &lines))
    }
}

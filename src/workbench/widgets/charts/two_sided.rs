//! Two distributions over the same things, back to back: how the shares were before, to the left, and how they are now, to the right.

use egui::{Align2, Rangef, Rect, Response, Sense, Stroke, Ui, pos2, vec2};

use super::axis::label;
use super::{Chart, Numbers, Value, readout_ui};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};

/// One thing and its share on both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct TwoSidedRow {
    /// What it is.
    pub label: String,
    /// Its shares, 0 to 1: to the left and to the right.
    pub shares: [f64; 2],
    /// How many that are.
    pub counts: [u64; 2],
}

/// Bars back to back. The earlier side lies to the left in both languages, as on every axis of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TwoSidedData {
    /// What it shows.
    pub name: String,
    /// Unit of the things and of the shares, beside the name.
    pub note: String,
    /// Head of the first column of its table.
    pub label_name: String,
    /// The sides: to the left and to the right.
    pub sides: [(String, Ink); 2],
    /// The things, from above.
    pub rows: Vec<TwoSidedRow>,
}

const ROW: f32 = 22.0;
/// Height of a bar.
const BAR: f32 = 12.0;
/// Room between a bar and its number.
const GAP: f32 = 5.0;

impl TwoSidedData {
    fn share(look: &Look, share: f64) -> String {
        look.language.percent(share, 1)
    }
}

impl Chart for TwoSidedData {
    fn name(&self) -> &str {
        &self.name
    }

    fn note(&self) -> String {
        self.note.clone()
    }

    fn legend(&self) -> Vec<(String, Ink)> {
        self.sides.to_vec()
    }

    fn fills(&self) -> bool {
        false
    }

    #[expect(clippy::cast_precision_loss, reason = "a few dozen rows")]
    fn least_height(&self) -> f32 {
        ROW * self.rows.len() as f32
    }

    fn numbers(&self, look: &Look) -> Numbers {
        let visits = look.text("chart.n");
        let mut heads = vec![self.label_name.clone()];
        for (name, _) in &self.sides {
            heads.push(look.fill("chart.share_of", &[("name", name)]));
            heads.push(format!("{name} ({visits})"));
        }
        #[expect(clippy::cast_precision_loss, reason = "numbers of visits stay below 2^53")]
        let row = |row: &TwoSidedRow| {
            let mut values = vec![Value::word(&row.label)];
            for (share, count) in row.shares.iter().zip(row.counts) {
                values.push(Value::Number(*share, 4));
                values.push(Value::Number(count as f64, 0));
            }
            values
        };
        Numbers { heads, rows: self.rows.iter().map(row).collect() }
    }

    fn draw_ui(&self, ui: &mut Ui, height: f32) -> Response {
        let look = Look::of(ui);
        let size = vec2(ui.available_width(), height.max(self.least_height()).max(ROW));
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let highest = self.rows.iter().flat_map(|row| row.shares).filter(|share| share.is_finite());
        let highest = highest.fold(0.0_f64, f64::max);
        if highest <= 0.0 {
            label(look.text("chart.nothing")).paint(ui, rect.center(), Align2::CENTER_CENTER);
            return response;
        }
        let name = |row: &TwoSidedRow| Text::new(&row.label).value().size(sizes::SMALL);
        let number = |share: f64| label(&Self::share(&look, share)).tabular();
        let widest = |width: &dyn Fn(&TwoSidedRow) -> f32| self.rows.iter().map(width).fold(0.0_f32, f32::max);
        let names = widest(&|row| name(row).measure(ui).x).min(rect.width() * 0.36);
        let numbers =
            widest(&|row| row.shares.iter().map(|share| number(*share).measure(ui).x).fold(0.0, f32::max));
        let taken = names + sizes::GUTTER;
        let plot = if look.is_rtl() {
            Rect::from_min_max(rect.min, rect.max - vec2(taken, 0.0))
        } else {
            Rect::from_min_max(rect.min + vec2(taken, 0.0), rect.max)
        };
        let middle = plot.center().x;
        let room = (plot.width() / 2.0 - numbers - GAP - 1.0).max(0.0);
        let mut hovered = None;
        for (index, row) in self.rows.iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "a few dozen rows")]
            let top = rect.top() + ROW * index as f32;
            let line = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), ROW));
            if response.hover_pos().is_some_and(|at| line.contains(at)) {
                ui.painter().rect_filled(line, 3, look.palette.raised);
                hovered = Some(row);
            }
            let at = if look.is_rtl() { rect.right() - names } else { rect.left() };
            name(row).paint_in(ui, Rect::from_min_size(pos2(at, top), vec2(names, ROW)));
            let y = line.center().y;
            for (side, (share, (_, ink))) in row.shares.iter().zip(&self.sides).enumerate() {
                #[expect(clippy::cast_possible_truncation, reason = "a length on a screen")]
                let length = room * (share / highest).clamp(0.0, 1.0) as f32;
                let sign = if side == 0 { -1.0 } else { 1.0 };
                let (from, to) = (middle + sign, middle + sign * (1.0 + length));
                let across = Rangef::new(from.min(to), from.max(to));
                let bar = Rect::from_x_y_ranges(across, Rangef::new(y - BAR / 2.0, y + BAR / 2.0));
                ui.painter().rect_filled(bar, 2, look.palette.mark(*ink));
                let anchor = if side == 0 { Align2::RIGHT_CENTER } else { Align2::LEFT_CENTER };
                number(*share).paint(ui, pos2(to + sign * GAP, y), anchor);
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a few dozen rows")]
        let bottom = rect.top() + ROW * self.rows.len() as f32;
        let axis = Rangef::new(rect.top(), bottom);
        ui.painter().vline(middle, axis, Stroke::new(sizes::LINE, look.palette.edge));
        let Some(row) = hovered else { return response };
        let told = |side: usize| {
            let (name, ink) = self.sides.get(side).cloned().unwrap_or_default();
            let count = row.counts.get(side).copied().unwrap_or_default();
            let share = row.shares.get(side).copied().unwrap_or(f64::NAN);
            let values = [("share", Self::share(&look, share)), ("n", look.language.integer(count))];
            (name, Some(ink), look.language.fill_owned("chart.share_and_n", &values))
        };
        let lines = [told(0), told(1)];
        response.on_hover_ui_at_pointer(|ui| readout_ui(ui, &row.label, &lines))
    }
}

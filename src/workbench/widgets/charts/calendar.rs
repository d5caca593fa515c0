//! Days as squares, a week a column: how busy, how slow, how often given up, and which days were holidays.
//!
//! Weeks run from left to right, as time does in every chart; a line follows where one month ends and the next begins.

use egui::{Align2, Rect, Response, Sense, Shape, Stroke, StrokeKind, Ui, pos2, vec2};

use super::axis::{LABELS_BELOW, label, labels_below};
use super::{Chart, Numbers, Value, readout_ui};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};

/// Days in a week.
pub const WEEK: usize = 7;

/// One square.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CalendarDay {
    /// The date as people read it; empty where the square is outside of what is shown.
    pub shown: String,
    /// The date as it is copied.
    pub plain: String,
    /// Its value; `None` leaves the square empty.
    pub value: Option<f64>,
    /// Why it is marked, in words; empty where it is not.
    pub mark: String,
}

/// A calendar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CalendarData {
    /// What it shows.
    pub name: String,
    /// Unit of the values.
    pub unit: String,
    /// Decimals.
    pub places: usize,
    /// Its colour at the highest value.
    pub ink: Ink,
    /// Names of the days of a week, in order.
    pub weekdays: Vec<String>,
    /// The days, beginning with the first day of a week.
    pub days: Vec<CalendarDay>,
    /// The first days of months, by their index in `days`, and the months' names.
    pub months: Vec<(usize, String)>,
    /// The head of the column of dates.
    pub day_name: String,
    /// What marked days are.
    pub mark_name: String,
}

/// Squares do not become wider than this.
const WIDEST: f32 = 40.0;
/// Steps of the legend.
const STEPS: u8 = 5;
/// Height of the legend.
const LEGEND: f32 = 22.0;
/// The side of the corner that marks a day.
const CORNER: f32 = 0.42;

impl CalendarData {
    fn weeks(&self) -> usize {
        self.days.len().div_ceil(WEEK)
    }

    /// The lowest and the highest value.
    fn range(&self) -> Option<(f64, f64)> {
        let values = self.days.iter().filter_map(|day| day.value).filter(|value| value.is_finite());
        values.fold(None, |range: Option<(f64, f64)>, value| {
            Some(range.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
        })
    }

    fn paint_day(&self, ui: &Ui, own: Rect, day: &CalendarDay, range: Option<(f64, f64)>) {
        let look = Look::of(ui);
        if day.shown.is_empty() {
            return;
        }
        ui.painter().rect_filled(own, 2, look.palette.raised);
        if let (Some(value), Some((low, high))) = (day.value, range) {
            let share = if high > low { (value - low) / (high - low) } else { 1.0 };
            let color = look.palette.mark(self.ink).gamma_multiply(strength(share));
            ui.painter().rect_filled(own, 2, color);
        }
        if !day.mark.is_empty() {
            paint_corner(ui, own);
        }
    }

    /// The line between two months, along the squares.
    #[expect(clippy::cast_precision_loss, reason = "a few hundred squares")]
    fn paint_borders(&self, ui: &Ui, plot: Rect, square: egui::Vec2) {
        let stroke = Stroke::new(sizes::LINE, Look::of(ui).palette.text_faint);
        for (index, _) in self.months.iter().filter(|(index, _)| *index > 0) {
            let (week, weekday) = (index / WEEK, index % WEEK);
            let x = plot.left() + square.x * week as f32;
            let y = plot.top() + square.y * weekday as f32;
            let mut line = vec![pos2(x, plot.bottom()), pos2(x, y)];
            if weekday > 0 {
                line.extend([pos2(x + square.x, y), pos2(x + square.x, plot.top())]);
            }
            ui.painter().add(Shape::line(line, stroke));
        }
    }

    fn paint_legend(&self, ui: &Ui, rect: Rect, (low, high): (f64, f64)) {
        let look = Look::of(ui);
        let side = 11.0;
        let mut at = if look.is_rtl() { rect.right() } else { rect.left() };
        let mut advance = |width: f32| {
            let left = if look.is_rtl() { at - width } else { at };
            at += if look.is_rtl() { -width } else { width };
            left
        };
        let middle = rect.center().y;
        let word = |ui: &Ui, words: &str, left: f32| {
            label(words).paint(ui, pos2(left, middle), Align2::LEFT_CENTER);
        };
        let least = look.language.decimal(low, self.places);
        let most =
            look.fill("chart.up_to", &[("n", &look.language.decimal(high, self.places)), ("unit", &self.unit)]);
        let width = label(&least).measure(ui).x;
        word(ui, &least, advance(width));
        advance(sizes::GRID);
        for step in 0..=STEPS {
            let own =
                Rect::from_center_size(pos2(advance(side + 2.0) + side / 2.0 + 1.0, middle), vec2(side, side));
            let color = look.palette.mark(self.ink).gamma_multiply(strength(f64::from(step) / f64::from(STEPS)));
            ui.painter().rect_filled(own, 2, look.palette.raised);
            ui.painter().rect_filled(own, 2, color);
        }
        advance(sizes::GRID);
        let width = label(&most).measure(ui).x;
        word(ui, &most, advance(width));
        if self.days.iter().any(|day| !day.mark.is_empty()) {
            advance(sizes::PADDING);
            let own = Rect::from_center_size(pos2(advance(side) + side / 2.0, middle), vec2(side, side));
            ui.painter().rect_filled(own, 2, look.palette.raised);
            paint_corner(ui, own);
            advance(sizes::GRID + 2.0);
            let width = label(&self.mark_name).measure(ui).x;
            word(ui, &self.mark_name, advance(width));
        }
    }

    fn lines(&self, look: &Look, day: &CalendarDay) -> Vec<(String, Option<Ink>, String)> {
        let value = day.value.unwrap_or(f64::NAN);
        let mut lines = vec![(self.unit.clone(), Some(self.ink), look.language.decimal(value, self.places))];
        if !day.mark.is_empty() {
            lines.push((day.mark.clone(), None, String::new()));
        }
        lines
    }
}

/// How strong the colour of a value is that lies so far between the lowest and the highest one.
#[expect(clippy::cast_possible_truncation, reason = "a strength of colour")]
fn strength(share: f64) -> f32 {
    0.14 + 0.86 * share.clamp(0.0, 1.0) as f32
}

fn paint_corner(ui: &Ui, own: Rect) {
    let side = (own.width().min(own.height()) * CORNER).max(4.0);
    let corner = own.right_top();
    let points = vec![corner - vec2(side, 0.0), corner, corner + vec2(0.0, side)];
    ui.painter().add(Shape::convex_polygon(points, Look::of(ui).palette.text_strong, Stroke::NONE));
}

impl Chart for CalendarData {
    fn name(&self) -> &str {
        &self.name
    }

    fn note(&self) -> String {
        self.unit.clone()
    }

    fn numbers(&self, _: &Look) -> Numbers {
        let days =
            self.days.iter().filter(|day| !day.shown.is_empty() && (day.value.is_some() || !day.mark.is_empty()));
        let row = |day: &CalendarDay| {
            let value = day.value.map_or(Value::None, |value| Value::Number(value, self.places));
            vec![Value::Word(day.shown.clone(), day.plain.clone()), value, Value::word(day.mark.clone())]
        };
        let heads = vec![self.day_name.clone(), self.unit.clone(), self.mark_name.clone()];
        Numbers { heads, rows: days.map(row).collect() }
    }

    #[expect(clippy::cast_precision_loss, reason = "a few hundred squares")]
    fn draw_ui(&self, ui: &mut Ui, height: f32) -> Response {
        let look = Look::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        if self.days.is_empty() || self.weekdays.is_empty() {
            label(look.text("chart.nothing")).paint(ui, rect.center(), Align2::CENTER_CENTER);
            return response;
        }
        let name = |name: &str| Text::new(name).size(sizes::SMALL).ink(Ink::Soft);
        let widest = self.weekdays.iter().map(|day| name(day).measure(ui).x).fold(0.0_f32, f32::max);
        let names = widest.min(rect.width() * 0.3) + sizes::GAP;
        let below = LABELS_BELOW + LEGEND;
        let room = vec2((rect.width() - names).max(1.0), (rect.height() - below).max(1.0));
        let weeks = self.weeks();
        let square = vec2((room.x / weeks as f32).min(WIDEST), room.y / WEEK as f32);
        let width = square.x * weeks as f32;
        let left = if look.is_rtl() { rect.right() - names - width } else { rect.left() + names };
        let plot = Rect::from_min_size(pos2(left, rect.top()), vec2(width, room.y));
        for (weekday, words) in self.weekdays.iter().enumerate() {
            let at = if look.is_rtl() { plot.right() + sizes::GAP } else { rect.left() };
            let top = plot.top() + square.y * weekday as f32;
            name(words).paint_in(ui, Rect::from_min_size(pos2(at, top), vec2(names - sizes::GAP, square.y)));
        }
        let range = self.range();
        let own = |index: usize| {
            let at = vec2(square.x * (index / WEEK) as f32, square.y * (index % WEEK) as f32);
            Rect::from_min_size(plot.min + at, square).shrink(1.0)
        };
        let mut hovered = None;
        for (index, day) in self.days.iter().enumerate() {
            self.paint_day(ui, own(index), day, range);
            if !day.shown.is_empty() && response.hover_pos().is_some_and(|at| own(index).contains(at)) {
                hovered = Some((index, day));
            }
        }
        self.paint_borders(ui, plot, square);
        // A month is named below its first whole week.
        let centre = |index: usize| plot.left() + square.x * (index.div_ceil(WEEK) as f32 + 0.5);
        let outside = if look.is_rtl() { 0.0 } else { names };
        labels_below(ui, plot, outside, self.months.iter().map(|(index, month)| (centre(*index), month.clone())));
        let legend = Rect::from_min_max(pos2(rect.left(), rect.bottom() - LEGEND + sizes::GRID), rect.max);
        if let Some(range) = range {
            self.paint_legend(ui, legend, range);
        }
        let Some((index, day)) = hovered else { return response };
        let stroke = Stroke::new(1.5, look.palette.text_strong);
        ui.painter().rect_stroke(own(index), 2, stroke, StrokeKind::Inside);
        let lines = self.lines(&look, day);
        response.on_hover_ui_at_pointer(|ui| readout_ui(ui, &day.shown, &lines))
    }
}

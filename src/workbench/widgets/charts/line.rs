//! Lines over time, with bands of uncertainty, thresholds and marks of what happened when.
//!
//! egui_plot draws grid, marks, bands, lines and thresholds; words and the read-out are ours, see [`super::area`].

use egui::{Align2, Color32, Rect, Response, Sense, Stroke, Ui, Vec2, pos2, vec2};
use egui_plot::{PlotUi, Points};

use super::area::{Area, band, curve, dashed_across, hair};
use super::axis::{LABELS_BELOW, LABELS_LEFT, Scale, label, labels_below, labels_left};
use super::{Chart, Numbers, Value, no_value, readout_ui};
use crate::base::calendar::{CivilDate, DateStyle};
use crate::base::language::Language;
use crate::workbench::theme::{Ink, Look, sizes};

/// A place on the horizontal axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct XPoint {
    /// Where it lies, in any unit.
    pub at: f64,
    /// Its label below the axis: "15 Aban".
    pub short: String,
    /// Its name in the read-out: "Saturday 15 Aban 1405".
    pub long: String,
    /// Its name in a copy: "2026-11-06".
    pub plain: String,
}

impl XPoint {
    /// A day, at its number of days since 1970.
    #[must_use]
    pub fn day(date: CivilDate, style: DateStyle, language: Language) -> XPoint {
        let long = style.long(date, language);
        // The year stands last in both languages, and the axis has no room for it.
        let short = long.rsplit_once(' ').map_or(long.as_str(), |(day, _)| day).to_owned();
        XPoint { at: f64::from(date.epoch_days()), short, long, plain: date.to_string() }
    }
}

/// A line.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What it is.
    pub name: String,
    /// Its colour.
    pub ink: Ink,
    /// A value for every [`LineData::x`]; `None` leaves a gap.
    pub values: Vec<Option<f64>>,
    /// Lower and upper bound for every [`LineData::x`]; empty where there are none.
    pub bounds: Vec<Option<(f64, f64)>>,
}

/// A value that matters.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// The value.
    pub value: f64,
    /// What it means: "20: level 2".
    pub label: String,
    /// Its colour.
    pub ink: Ink,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// When, in the unit of [`XPoint::at`].
    pub at: f64,
    /// What: "1.2.0".
    pub label: String,
}

/// A line chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LineData {
    /// What it shows.
    pub name: String,
    /// Unit of the values.
    pub unit: String,
    /// What the horizontal axis is, as head of the table.
    pub x_name: String,
    /// Whether the horizontal axis counts something, so that its labels are round numbers and not those of points.
    pub counts: bool,
    /// Decimals of the values.
    pub places: usize,
    /// The horizontal axis, ascending.
    pub x: Vec<XPoint>,
    /// The lines.
    pub series: Vec<Series>,
    /// Thin lines behind them, which have no name: a value for every [`LineData::x`] each.
    pub faint: Vec<Vec<f64>>,
    /// Values that matter.
    pub thresholds: Vec<Threshold>,
    /// What happened.
    pub marks: Vec<Mark>,
    /// Whether the vertical axis starts at zero.
    pub from_zero: bool,
    /// Whether every value is a point and its bounds the ends of a line through it, instead of a band: few values, each with
    /// an uncertainty of its own.
    pub whiskers: bool,
}

/// Room between the frame and the outermost points.
const INSET: Vec2 = vec2(5.0, 3.0);
/// Radius of a point without neighbours.
const ALONE: f32 = 2.0;
/// Radius of a point with whiskers.
const POINT: f32 = 3.5;
/// Half the width of the ends of whiskers.
const CAP: f32 = 4.0;
/// Height of the label of a threshold.
const LABEL: f32 = 18.0;
/// How much of what lies below the label of a threshold is covered.
const GROUND: f32 = 0.75;
/// How strong a band is beside its line.
const BAND: f32 = 0.2;
/// How strong a thin line is.
const FAINT: f32 = 0.45;

impl LineData {
    fn horizontal(&self) -> Option<Scale> {
        Scale::of(self.x.iter().map(|point| point.at))
    }

    fn vertical(&self) -> Option<Scale> {
        let values = self.series.iter().flat_map(|series| {
            let bounds = series.bounds.iter().flatten().flat_map(|&(low, high)| [low, high]);
            series.values.iter().flatten().copied().chain(bounds)
        });
        let thresholds = self.thresholds.iter().map(|threshold| threshold.value);
        let values = values.chain(self.faint.iter().flatten().copied());
        Scale::of(values.chain(thresholds).chain(self.from_zero.then_some(0.0)))
    }

    /// The values of `series` as points, each with its bounds.
    fn draw_whiskers(&self, plot: &mut PlotUi<'_>, area: &Area, series: &Series, color: Color32) {
        let stroke = Stroke::new(sizes::CURVE, color);
        let cap = area.wide(CAP);
        for (index, point) in self.x.iter().enumerate() {
            let at = point.at;
            let bounds = series.bounds.get(index).copied().flatten();
            if let Some((low, high)) = bounds.filter(|(low, high)| (low + high).is_finite()) {
                plot.line(curve(vec![[at, low], [at, high]], stroke));
                for end in [low, high] {
                    plot.line(curve(vec![[at - cap, end], [at + cap, end]], stroke));
                }
            }
            let value = series.values.get(index).copied().flatten();
            if let Some(value) = value.filter(|value| value.is_finite()) {
                plot.points(Points::new("", [at, value]).radius(POINT).color(color));
            }
        }
    }

    fn draw_series(&self, plot: &mut PlotUi<'_>, area: &Area, color_of: impl Fn(Ink) -> Color32) {
        for series in &self.series {
            let color = color_of(series.ink);
            if self.whiskers {
                self.draw_whiskers(plot, area, series, color);
                continue;
            }
            let bounds: Vec<_> = self
                .x
                .iter()
                .zip(&series.bounds)
                .map(|(point, bounds)| {
                    bounds.filter(|(low, high)| (low + high).is_finite()).map(|(low, high)| (point.at, low, high))
                })
                .collect();
            for stretch in bounds.split(Option::is_none).filter(|stretch| stretch.len() > 1) {
                plot.add(band(stretch.iter().flatten().copied(), color.gamma_multiply(BAND)));
            }
            let points: Vec<_> = self
                .x
                .iter()
                .zip(&series.values)
                .map(|(point, value)| value.filter(|value| value.is_finite()).map(|value| [point.at, value]))
                .collect();
            for stretch in points.split(Option::is_none) {
                let stretch: Vec<[f64; 2]> = stretch.iter().flatten().copied().collect();
                match stretch.as_slice() {
                    [] => {}
                    [alone] => plot.points(Points::new("", *alone).radius(ALONE).color(color)),
                    _ => plot.line(curve(stretch, Stroke::new(sizes::CURVE, color))),
                }
            }
        }
    }

    fn draw_faint(&self, plot: &mut PlotUi<'_>, color: Color32) {
        for line in &self.faint {
            let points = self.x.iter().zip(line).map(|(point, value)| [point.at, *value]).collect();
            plot.line(curve(points, hair(color.gamma_multiply(FAINT))));
        }
    }

    fn paint_thresholds(&self, ui: &Ui, area: &Area) {
        for threshold in &self.thresholds {
            let text = label(&threshold.label).ink(threshold.ink).weight(sizes::MEDIUM);
            let (right, y) = (area.frame().right(), area.y(threshold.value));
            // One that lies closely above takes the room above the line.
            let mut above = self.thresholds.iter().map(|other| y - area.y(other.value));
            let is_crowded = above.any(|distance| distance > 0.0 && distance < LABEL);
            let (y, anchor) =
                if is_crowded { (y + 1.0, Align2::RIGHT_TOP) } else { (y - 1.0, Align2::RIGHT_BOTTOM) };
            let at = pos2(right, y);
            // What is drawn below the words must not cross them.
            let ground = anchor.anchor_size(at, text.measure(ui));
            ui.painter().rect_filled(ground, 2, Look::of(ui).palette.card.gamma_multiply(GROUND));
            text.paint(ui, at, anchor);
        }
    }

    fn marks(&self, x: Scale) -> impl Iterator<Item = &Mark> {
        self.marks.iter().filter(move |mark| mark.at >= x.min && mark.at <= x.max)
    }

    fn paint_marks(&self, ui: &Ui, area: &Area, x: Scale) {
        let frame = area.frame();
        for mark in self.marks(x) {
            let at = area.x(mark.at);
            let text = label(&mark.label);
            let fits = at + 5.0 + text.measure(ui).x <= frame.right();
            let (at, anchor) = if fits { (at + 5.0, Align2::LEFT_TOP) } else { (at - 5.0, Align2::RIGHT_TOP) };
            text.paint(ui, pos2(at, area.inner().top()), anchor);
        }
    }

    /// The place nearest to the pointer.
    fn pointed(&self, response: &Response, area: &Area) -> Option<(usize, &XPoint)> {
        let pointer = response.hover_pos().filter(|at| area.frame().expand(2.0).contains(*at))?;
        let value = area.value(pointer);
        let distance = |point: &XPoint| (point.at - value).abs();
        self.x.iter().enumerate().min_by(|(_, one), (_, other)| distance(one).total_cmp(&distance(other)))
    }

    fn readout_ui(&self, ui: &Ui, response: Response, area: &Area, index: usize, point: &XPoint) -> Response {
        let look = Look::of(ui);
        let mut lines = Vec::new();
        for series in &self.series {
            let value = series.values.get(index).copied().flatten();
            if let Some(value) = value {
                let center = pos2(area.x(point.at), area.y(value));
                let ring = Stroke::new(sizes::FOCUS, look.palette.card);
                ui.painter().circle(center, 4.5, look.palette.mark(series.ink), ring);
            }
            let mut words =
                value.map_or_else(|| no_value(look.language), |value| look.language.decimal(value, self.places));
            if let Some((low, high)) = series.bounds.get(index).copied().flatten() {
                let bound = |value| look.language.decimal(value, self.places);
                words = look
                    .fill("chart.with_bounds", &[("value", &words), ("low", &bound(low)), ("high", &bound(high))]);
            }
            let name = if self.series.len() > 1 { series.name.clone() } else { self.unit.clone() };
            lines.push((name, Some(series.ink), words));
        }
        response.on_hover_ui_at_pointer(|ui| readout_ui(ui, &point.long, &lines))
    }
}

impl Chart for LineData {
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
        let mut heads = vec![self.x_name.clone()];
        for series in &self.series {
            heads.push(format!("{} ({})", series.name, self.unit));
            if !series.bounds.is_empty() {
                heads.push(look.fill("chart.low", &[("name", &series.name)]));
                heads.push(look.fill("chart.high", &[("name", &series.name)]));
            }
        }
        let number = |value: Option<f64>| value.map_or(Value::None, |value| Value::Number(value, self.places));
        let rows = self.x.iter().enumerate().map(|(index, point)| {
            let mut row = vec![Value::Word(point.long.clone(), point.plain.clone())];
            for series in &self.series {
                row.push(number(series.values.get(index).copied().flatten()));
                if !series.bounds.is_empty() {
                    let bounds = series.bounds.get(index).copied().flatten();
                    row.push(number(bounds.map(|(low, _)| low)));
                    row.push(number(bounds.map(|(_, high)| high)));
                }
            }
            row
        });
        Numbers { rows: rows.collect(), heads }
    }

    fn draw_ui(&self, ui: &mut Ui, height: f32) -> Response {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        let (Some(x), Some(y)) = (self.horizontal(), self.vertical()) else {
            label(Look::of(ui).text("chart.nothing")).paint(ui, rect.center(), Align2::CENTER_CENTER);
            return response;
        };
        let above = if self.thresholds.is_empty() { 8.0 } else { 18.0 } - INSET.y;
        let frame =
            Rect::from_min_max(rect.min + vec2(LABELS_LEFT, above), rect.max - vec2(0.0, LABELS_BELOW - INSET.y));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few lines on a screen")]
        let (y, step) = y.rounded((height / 56.0).clamp(2.0, 6.0) as usize);
        let area = Area::new(ui, frame, INSET, x, y);
        let pointed = self.pointed(&response, &area);
        let palette = Look::of(ui).palette;
        let shown = area.show(ui, &response, y.steps(step).collect(), |plot| {
            for mark in self.marks(x) {
                plot.line(area.upright(mark.at, hair(palette.reference)));
            }
            self.draw_faint(plot, palette.reference);
            self.draw_series(plot, &area, |ink| palette.mark(ink));
            for threshold in &self.thresholds {
                plot.hline(dashed_across(threshold.value, palette.mark(threshold.ink)));
            }
            if let Some((_, point)) = pointed {
                plot.line(area.upright(point.at, hair(palette.edge)));
            }
        });
        labels_left(ui, &shown, y, step);
        let labels = if self.counts { round_labels(ui, x, &shown) } else { spread_labels(&self.x, &shown) };
        labels_below(ui, shown.inner(), LABELS_LEFT + INSET.x, labels);
        self.paint_marks(ui, &shown, x);
        self.paint_thresholds(ui, &shown);
        match pointed {
            Some((index, point)) => self.readout_ui(ui, response, &shown, index, point),
            None => response,
        }
    }
}

/// Labels that have room beside each other.
fn most_labels(area: &Area) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few labels on a screen")]
    let most = (area.frame().width() / 96.0).max(1.0) as usize;
    most
}

/// Round numbers, whole ones.
fn round_labels(ui: &Ui, x: Scale, area: &Area) -> Vec<(f32, String)> {
    let step = x.rounded(most_labels(area)).1.max(1.0).ceil();
    let language = Look::of(ui).language;
    x.steps(step).map(|at| (area.x(at), language.decimal(at, 0))).collect()
}

/// Labels at equal steps that leave room for words, always with the first one.
fn spread_labels(points: &[XPoint], area: &Area) -> Vec<(f32, String)> {
    let step = points.len().div_ceil(most_labels(area)).max(1);
    let place = |point: &XPoint| (area.x(point.at), point.short.clone());
    points.iter().step_by(step).map(place).collect()
}

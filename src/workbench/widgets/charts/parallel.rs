//! Parallel coordinates: one upright axis for each setting, a line through all of them for each thing that was tried.
//!
//! Painted by hand, as egui_plot knows one pair of axes. The axes stand in the order of the language, the one that the
//! lines are judged by last; the better a line is by it, the stronger its colour. A line has a gap where its thing has
//! no such setting.

use egui::{Align2, Color32, CursorIcon, Pos2, Rect, Response, Sense, Shape, Stroke, Ui, lerp, pos2, vec2};

use super::dimension::{Dimension, Spread};
use super::{Chart, Numbers, Value, readout_ui};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};

/// A picture of things that were tried with different settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParallelData {
    /// What it shows.
    pub name: String,
    /// How to read it, beside the name.
    pub note: String,
    /// Head of the first column of its table.
    pub label_name: String,
    /// The axes, the one that the lines are judged by (lower is better) last.
    pub axes: Vec<Dimension>,
    /// The lines.
    pub lines: Vec<ParallelLine>,
}

/// One thing that was tried.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParallelLine {
    /// Its name.
    pub name: String,
    /// A value for each axis, where it has one.
    pub values: Vec<Option<f64>>,
    /// Whether it is looked at: drawn thicker, with a dot on each axis.
    pub is_marked: bool,
}

/// Room above the axes for their names, and below for the values at their lower ends.
const ABOVE: f32 = 40.0;
const BELOW: f32 = 22.0;
/// A line is pointed at within this distance.
const REACH: f32 = 9.0;

/// Where the axes and the lines stand.
struct Laid {
    plot: Rect,
    /// Of each axis, across.
    places: Vec<f32>,
    spreads: Vec<Option<Spread>>,
    /// The stretches of each line.
    lines: Vec<Vec<Vec<Pos2>>>,
}

impl Laid {
    /// The line that is pointed at.
    fn nearest(&self, at: Pos2) -> Option<usize> {
        let mut nearest: Option<(f32, usize)> = None;
        for (index, stretches) in self.lines.iter().enumerate() {
            for distance in stretches.iter().filter_map(|stretch| distance(at, stretch)) {
                if distance <= REACH && nearest.is_none_or(|(known, _)| distance < known) {
                    nearest = Some((distance, index));
                }
            }
        }
        nearest.map(|(_, index)| index)
    }
}

impl ParallelData {
    /// How each axis is spread; `None` where no line has a value on it.
    fn spreads(&self) -> Vec<Option<Spread>> {
        let values = |at: usize| self.lines.iter().filter_map(move |line| line.values.get(at).copied().flatten());
        self.axes.iter().enumerate().map(|(at, axis)| axis.spread(values(at))).collect()
    }

    /// How good each line is: from 1 for the best to 0 for the worst; `None` where it cannot be judged.
    fn goodness(&self) -> Vec<Option<f32>> {
        goodness(self.lines.iter().map(|line| line.values.last().copied().flatten()))
    }

    fn places(&self, look: &Look, plot: Rect) -> Vec<f32> {
        #[expect(clippy::cast_precision_loss, reason = "a handful of axes")]
        let part = |index: usize| index as f32 / self.axes.len().saturating_sub(1).max(1) as f32;
        let place = |index: usize| {
            let from_start = lerp(plot.left()..=plot.right(), part(index));
            if look.is_rtl() { plot.right() - (from_start - plot.left()) } else { from_start }
        };
        (0..self.axes.len()).map(place).collect()
    }

    /// The stretches of a line between its gaps.
    fn stretches(line: &ParallelLine, plot: Rect, places: &[f32], spreads: &[Option<Spread>]) -> Vec<Vec<Pos2>> {
        let mut stretches = vec![Vec::new()];
        for ((x, spread), value) in places.iter().zip(spreads).zip(&line.values) {
            match (spread, value) {
                (Some(spread), Some(value)) => {
                    let y = lerp(plot.bottom()..=plot.top(), spread.part(*value));
                    if let Some(last) = stretches.last_mut() {
                        last.push(pos2(*x, y));
                    }
                }
                _ => stretches.push(Vec::new()),
            }
        }
        stretches.retain(|stretch| !stretch.is_empty());
        stretches
    }

    /// Where everything stands within `rect`.
    fn laid(&self, look: &Look, rect: Rect) -> Laid {
        let plot = Rect::from_min_max(rect.min + vec2(48.0, ABOVE), rect.max - vec2(48.0, BELOW));
        let (places, spreads) = (self.places(look, plot), self.spreads());
        let lines = self.lines.iter().map(|line| Self::stretches(line, plot, &places, &spreads)).collect();
        Laid { plot, places, spreads, lines }
    }

    fn axes_ui(&self, ui: &Ui, Laid { plot, places, spreads, .. }: &Laid) {
        let look = Look::of(ui);
        let room = (plot.width() / places.len().max(2) as f32).max(40.0) - sizes::GAP;
        let small = |words: &str| Text::new(words).value().size(sizes::SMALL);
        for ((axis, spread), x) in self.axes.iter().zip(spreads).zip(places) {
            ui.painter().vline(*x, plot.y_range(), Stroke::new(sizes::LINE, look.palette.edge));
            let beside = |text: Text, y: f32, anchor: egui::Align| {
                let width = text.measure(ui).x;
                let left = (x - width / 2.0).clamp(plot.left() - 40.0, plot.right() + 40.0 - width);
                text.paint(ui, pos2(left, y), Align2([egui::Align::Min, anchor]));
            };
            let name = small(&axis.name).weight(sizes::MEDIUM).ink(Ink::Soft).elide_to(room);
            beside(name, plot.top() - 20.0, egui::Align::Max);
            let Some(spread) = spread else { continue };
            let shown = |value: f64| {
                small(&axis.shown(&look, value, spread.label_decimals(value))).ink(Ink::Faint).elide_to(room)
            };
            if axis.words.is_empty() {
                let labels = spread.labels();
                if let (Some(least), Some(most)) = (labels.first(), labels.last()) {
                    beside(shown(*least), plot.bottom() + 4.0, egui::Align::Min);
                    beside(shown(*most), plot.top() - 4.0, egui::Align::Max);
                }
            } else {
                for at in 0..axis.words.len() {
                    #[expect(clippy::cast_precision_loss, reason = "a handful of words")]
                    let value = at as f64;
                    let y = lerp(plot.bottom()..=plot.top(), spread.part(value));
                    let y = if at == 0 { y + 11.0 } else { y - 10.0 };
                    beside(shown(value), y, egui::Align::Center);
                }
            }
        }
    }
}

/// From 1 for the lowest of `values` to 0 for the highest, evenly by rank, so that one very bad value hides no difference.
pub(super) fn goodness(values: impl Iterator<Item = Option<f64>>) -> Vec<Option<f32>> {
    let values: Vec<Option<f64>> = values.map(|value| value.filter(|value| value.is_finite())).collect();
    let mut sorted: Vec<f64> = values.iter().flatten().copied().collect();
    sorted.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "a few hundred lines")]
    let part = |value: f64| {
        let below = sorted.partition_point(|other| *other < value);
        1.0 - below as f32 / sorted.len().saturating_sub(1).max(1) as f32
    };
    values.into_iter().map(|value| value.map(part)).collect()
}

/// The colour of something so good: the stronger, the better.
pub(super) fn shade(look: &Look, goodness: Option<f32>) -> Color32 {
    let (worst, best) = (look.palette.reference, look.palette.candidate);
    match goodness {
        Some(good) => worst.lerp_to_gamma(best, good).gamma_multiply(lerp(0.35..=1.0, good)),
        None => worst.gamma_multiply(0.35),
    }
}

impl Chart for ParallelData {
    fn name(&self) -> &str {
        &self.name
    }

    fn note(&self) -> String {
        self.note.clone()
    }

    fn numbers(&self, look: &Look) -> Numbers {
        let heads = std::iter::once(self.label_name.clone()).chain(self.axes.iter().map(|axis| axis.name.clone()));
        let spreads = self.spreads();
        let value = |((axis, spread), value): ((&Dimension, &Option<Spread>), &Option<f64>)| match (value, spread)
        {
            (Some(value), Some(spread)) => axis.value(look, *spread, *value),
            _ => Value::None,
        };
        let row = |line: &ParallelLine| {
            let values = self.axes.iter().zip(&spreads).zip(&line.values).map(value);
            std::iter::once(Value::word(&line.name)).chain(values).collect()
        };
        Numbers { heads: heads.collect(), rows: self.lines.iter().map(row).collect() }
    }

    fn draw_ui(&self, ui: &mut Ui, height: f32) -> Response {
        let look = Look::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
        let laid = self.laid(&look, rect);
        let goodness = self.goodness();
        let mut order: Vec<usize> = (0..self.lines.len()).collect();
        // The best on top, and above them what is looked at.
        let rank = |at: &usize| (self.lines[*at].is_marked, goodness[*at].unwrap_or(-1.0));
        order.sort_by(|a, b| rank(a).0.cmp(&rank(b).0).then(rank(a).1.total_cmp(&rank(b).1)));
        self.axes_ui(ui, &laid);
        let pointed = response.hover_pos().and_then(|at| laid.nearest(at));
        for index in order.into_iter().filter(|index| Some(*index) != pointed).chain(pointed) {
            let is_raised = self.lines[index].is_marked || Some(index) == pointed;
            let color =
                if Some(index) == pointed { look.palette.text_strong } else { shade(&look, goodness[index]) };
            let width = if is_raised { 2.5 } else { 1.25 };
            for stretch in &laid.lines[index] {
                if is_raised || stretch.len() == 1 {
                    ui.painter().extend(stretch.iter().map(|at| Shape::circle_filled(*at, 3.5, color)));
                }
                ui.painter().add(Shape::line(stretch.clone(), Stroke::new(width, color)));
            }
        }
        let Some(line) = pointed.and_then(|index| self.lines.get(index)) else { return response };
        let told = self.axes.iter().zip(&laid.spreads).zip(&line.values).filter_map(|((axis, spread), value)| {
            let value = (*value)?;
            Some((axis.name.clone(), None, axis.shown(&look, value, (*spread)?.decimals(value))))
        });
        let told: Vec<_> = told.collect();
        let response = response.on_hover_cursor(CursorIcon::PointingHand);
        response.on_hover_ui_at_pointer(|ui| readout_ui(ui, &line.name, &told))
    }

    fn pressed(&self, look: &Look, response: &Response) -> Option<usize> {
        let at = response.interact_pointer_pos().filter(|_| response.clicked())?;
        self.laid(look, response.rect).nearest(at)
    }
}

/// How far above or below `at` the line through `points` runs; `None` beside its ends.
fn distance(at: Pos2, points: &[Pos2]) -> Option<f32> {
    // A line that has a value on one axis alone is a dot there.
    if let [only] = points {
        return ((at.x - only.x).abs() <= REACH).then_some((at.y - only.y).abs());
    }
    points.windows(2).find_map(|pair| {
        let &[a, b] = pair else { return None };
        let (left, right) = if a.x <= b.x { (a, b) } else { (b, a) };
        if at.x < left.x || at.x > right.x || right.x <= left.x {
            return None;
        }
        let y = lerp(left.y..=right.y, (at.x - left.x) / (right.x - left.x));
        Some((at.y - y).abs())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_is_best_and_what_is_not_known_is_not_judged() {
        let found = goodness([Some(6.0), None, Some(5.0), Some(900.0), Some(f64::NAN)].into_iter());
        assert_eq!(found, [Some(0.5), None, Some(1.0), Some(0.0), None]);
        assert_eq!(goodness([Some(1.0)].into_iter()), [Some(1.0)]);
    }

    #[test]
    fn a_line_has_a_gap_where_its_thing_has_no_such_setting() {
        let data = ParallelData {
            axes: ["a", "b", "c", "d"].map(Dimension::numbers).to_vec(),
            lines: vec![
                ParallelLine { values: vec![Some(1.0), None, Some(3.0), Some(4.0)], ..ParallelLine::default() },
                ParallelLine {
                    values: vec![Some(2.0), Some(1.0), Some(1.0), Some(5.0)],
                    ..ParallelLine::default()
                },
            ],
            ..ParallelData::default()
        };
        let plot = Rect::from_min_size(pos2(0.0, 0.0), vec2(300.0, 100.0));
        let places = [0.0, 100.0, 200.0, 300.0];
        let stretches = ParallelData::stretches(&data.lines[0], plot, &places, &data.spreads());
        assert_eq!(stretches.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(stretches[0][0], pos2(0.0, 100.0));
        assert_eq!(distance(pos2(250.0, 50.0), &stretches[1]), Some(0.0));
        assert_eq!(distance(pos2(350.0, 50.0), &stretches[1]), None);
    }
}

//! Bars that divide a whole, lie along time, or rank things; and the bar of progress.

use egui::{Align2, Rangef, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::axis::{LABELS_BELOW, OnScreen, Scale, label, labels_below};
use super::{Chart, Numbers, Value, readout_ui};
use crate::base::Progress;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};

/// A part of a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct SplitPart {
    /// What it is: "blue 1.2.0".
    pub label: String,
    /// Share of the whole, 0 to 1.
    pub share: f64,
    /// Its colour.
    pub ink: Ink,
}

/// A whole and its parts, such as the traffic of blue and green.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SplitData {
    /// What it shows.
    pub name: String,
    /// The parts, from the left.
    pub parts: Vec<SplitPart>,
}

impl Chart for SplitData {
    fn name(&self) -> &str {
        &self.name
    }

    fn note(&self) -> String {
        String::new()
    }

    fn legend(&self) -> Vec<(String, Ink)> {
        self.parts.iter().map(|part| (part.label.clone(), part.ink)).collect()
    }

    fn fills(&self) -> bool {
        false
    }

    fn numbers(&self, look: &Look) -> Numbers {
        let heads = vec![look.text("chart.part").to_owned(), look.text("chart.share").to_owned()];
        let row = |part: &SplitPart| vec![Value::word(&part.label), Value::Number(part.share, 4)];
        Numbers { heads, rows: self.parts.iter().map(row).collect() }
    }

    fn draw_ui(&self, ui: &mut Ui, height: f32) -> Response {
        let look = Look::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        ui.painter().rect_filled(rect, height.min(12.0) / 2.0, look.palette.raised);
        let whole: f64 = self.parts.iter().map(|part| part.share.max(0.0)).sum();
        if whole <= 0.0 {
            return response;
        }
        let clip = ui.painter().clip_rect();
        let mut from = rect.left();
        for part in &self.parts {
            // The smallest share that is not zero can still be seen.
            #[expect(clippy::cast_possible_truncation, reason = "a width on a screen")]
            let natural = (rect.width() * (part.share.max(0.0) / whole) as f32).min(rect.right() - from);
            let least = if part.share > 0.0 { 3.0 } else { 0.0 };
            let to = (from + natural.max(least)).min(rect.right());
            let own = Rect::from_x_y_ranges(Rangef::new(from, to), rect.y_range());
            let painter = ui.painter().with_clip_rect(own.intersect(clip));
            painter.rect_filled(rect, height.min(12.0) / 2.0, look.palette.mark(part.ink));
            if height >= 22.0 {
                let share =
                    look.language.percent(part.share / whole, if part.share / whole < 0.01 { 1 } else { 0 });
                let text = Text::new(share).strong().size(sizes::SMALL).ink(Ink::OnFill);
                if text.measure(ui).x + 8.0 < own.width() {
                    let inset = 8.0_f32.min((own.width() - text.measure(ui).x) / 2.0);
                    text.paint(ui, own.left_center() + vec2(inset, 0.0), Align2::LEFT_CENTER);
                }
            }
            from = to;
        }
        let line =
            |part: &SplitPart| (part.label.clone(), Some(part.ink), look.language.percent(part.share / whole, 1));
        let lines: Vec<_> = self.parts.iter().map(line).collect();
        response.on_hover_ui_at_pointer(|ui| readout_ui(ui, &self.name, &lines))
    }
}

/// A stretch of time.
#[derive(Clone, Debug, PartialEq)]
pub struct BandPart {
    /// What it is: "training".
    pub label: String,
    /// More about it in the read-out: "1 Mehr – 30 Aban, 182,000 visits".
    pub detail: String,
    /// Start, in any unit.
    pub from: f64,
    /// End, in the same unit.
    pub to: f64,
    /// Its colour.
    pub ink: Ink,
}

/// Stretches of time beside each other: what a model is trained, calibrated and tested on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BandData {
    /// What it shows.
    pub name: String,
    /// The stretches, ascending.
    pub parts: Vec<BandPart>,
    /// Labels below: where and what.
    pub labels: Vec<(f64, String)>,
}

impl Chart for BandData {
    fn name(&self) -> &str {
        &self.name
    }

    fn note(&self) -> String {
        String::new()
    }

    fn fills(&self) -> bool {
        false
    }

    fn numbers(&self, look: &Look) -> Numbers {
        let heads = vec![look.text("chart.part").to_owned(), look.text("chart.detail").to_owned()];
        let row = |part: &BandPart| vec![Value::word(&part.label), Value::word(&part.detail)];
        Numbers { heads, rows: self.parts.iter().map(row).collect() }
    }

    fn draw_ui(&self, ui: &mut Ui, height: f32) -> Response {
        let look = Look::of(ui);
        let (rect, mut response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        let Some(x) = Scale::of(self.parts.iter().flat_map(|part| [part.from, part.to])) else { return response };
        let plot = Rect::from_min_max(rect.min, rect.max - vec2(0.0, LABELS_BELOW));
        for part in &self.parts {
            let across = Rangef::new(x.at(part.from, plot.x_range()), x.at(part.to, plot.x_range()) - 2.0);
            let own = Rect::from_x_y_ranges(across, plot.y_range());
            let color = look.palette.mark(part.ink);
            ui.painter().rect_filled(own, 4, color.gamma_multiply(0.22));
            ui.painter().rect_filled(
                Rect::from_x_y_ranges(across, Rangef::new(plot.bottom() - 3.0, plot.bottom())),
                0,
                color,
            );
            let inner = own.shrink2(vec2(8.0, 0.0));
            if inner.width() > 24.0 {
                Text::new(&part.label).strong().size(sizes::SMALL).elide_to(inner.width()).paint(
                    ui,
                    own.center(),
                    Align2::CENTER_CENTER,
                );
            }
            if response.hover_pos().is_some_and(|at| own.contains(at)) {
                let lines = [(part.label.clone(), Some(part.ink), String::new())];
                response = response.on_hover_ui_at_pointer(|ui| readout_ui(ui, &part.detail, &lines));
            }
        }
        labels_below(
            ui,
            plot,
            0.0,
            self.labels.iter().map(|(at, word)| (x.at(*at, plot.x_range()), word.clone())),
        );
        response
    }
}

/// One thing that is ranked.
#[derive(Clone, Debug, PartialEq)]
pub struct RankRow {
    /// What it is.
    pub label: String,
    /// How much.
    pub value: f64,
    /// Its colour.
    pub ink: Ink,
}

/// Things below each other with a bar each: importances, reasons, counts. Values below zero go to the left.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RankData {
    /// What it shows.
    pub name: String,
    /// Unit of the values.
    pub unit: String,
    /// Head of the first column of its table.
    pub label_name: String,
    /// Decimals.
    pub places: usize,
    /// The things, in the order in which they are to stand.
    pub rows: Vec<RankRow>,
}

const RANK_ROW: f32 = 26.0;

impl Chart for RankData {
    fn name(&self) -> &str {
        &self.name
    }

    fn note(&self) -> String {
        self.unit.clone()
    }

    #[expect(clippy::cast_precision_loss, reason = "a few dozen rows")]
    fn least_height(&self) -> f32 {
        RANK_ROW * self.rows.len() as f32
    }

    fn numbers(&self, _: &Look) -> Numbers {
        let heads = vec![self.label_name.clone(), self.unit.clone()];
        let row = |row: &RankRow| vec![Value::word(&row.label), Value::Number(row.value, self.places)];
        Numbers { heads, rows: self.rows.iter().map(row).collect() }
    }

    fn draw_ui(&self, ui: &mut Ui, height: f32) -> Response {
        let look = Look::of(ui);
        #[expect(clippy::cast_precision_loss, reason = "a few dozen rows")]
        let count = self.rows.len().max(1) as f32;
        let size = vec2(ui.available_width(), height.max(self.least_height()));
        let row_height = (size.y / count).min(RANK_ROW * 1.4);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let Some(range) = Scale::of(self.rows.iter().map(|row| row.value).chain([0.0])) else { return response };
        let x = if range.max > range.min { range } else { Scale { min: 0.0, max: 1.0 } };
        let name = |row: &RankRow| Text::new(&row.label).value();
        let number = |row: &RankRow| Text::new(look.language.decimal(row.value, self.places)).tabular();
        let widest = |text: &dyn Fn(&RankRow) -> Text| {
            self.rows.iter().map(|row| text(row).measure(ui).x).fold(0.0_f32, f32::max)
        };
        let name_width = widest(&name).min(size.x * 0.42);
        let number_width = widest(&number);
        let bars = (size.x - name_width - number_width - 2.0 * sizes::GUTTER).max(0.0);
        for (index, row) in self.rows.iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "a few dozen rows")]
            let top = rect.top() + row_height * index as f32;
            let start = |offset: f32, width: f32| {
                let left = if look.is_rtl() { rect.right() - offset - width } else { rect.left() + offset };
                Rect::from_min_size(pos2(left, top), vec2(width, row_height))
            };
            name(row).paint_in(ui, start(0.0, name_width));
            let track = start(name_width + sizes::GUTTER, bars).shrink2(vec2(0.0, (row_height - 6.0) / 2.0));
            ui.painter().rect_filled(track, 3, look.palette.raised);
            let across = if look.is_rtl() { Rangef::new(track.right(), track.left()) } else { track.x_range() };
            let (zero, end) = (x.at(0.0, across), x.at(row.value, across));
            let bar = Rect::from_x_y_ranges(Rangef::new(zero.min(end), zero.max(end)), track.y_range());
            ui.painter().rect_filled(bar, 3, look.palette.mark(row.ink));
            if x.min < 0.0 && x.max > 0.0 {
                let line = Stroke::new(sizes::LINE, look.palette.text_faint);
                ui.painter().vline(zero, Rangef::new(top, top + row_height), line);
            }
            let at = start(size.x - number_width, number_width);
            number(row).paint(ui, at.right_center(), Align2::RIGHT_CENTER);
        }
        response
    }
}

/// The bar of `progress`, `width` wide; it moves by itself where the end is not known.
pub fn progress_ui(ui: &mut Ui, progress: &Progress, width: f32) -> Response {
    let look = Look::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 6.0), Sense::hover());
    ui.painter().rect_filled(rect, 3, look.palette.line);
    let share = progress.share();
    let (from, to) = share.map_or_else(
        || {
            let phase = (ui.ctx().time() / 1.6).fract();
            (phase * 0.8, phase * 0.8 + 0.2)
        },
        |share| (0.0, share),
    );
    #[expect(clippy::cast_possible_truncation, reason = "positions on a screen")]
    let at = |part: f64| {
        let part = part as f32;
        if look.is_rtl() { rect.right() - rect.width() * part } else { rect.left() + rect.width() * part }
    };
    let across = Rangef::new(at(from).min(at(to)), at(from).max(at(to)));
    ui.painter().rect_filled(Rect::from_x_y_ranges(across, rect.y_range()), 3, look.palette.current);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, label(look.text("progress")).logical());
        info.value = Some(share.unwrap_or_default());
        info
    });
    response
}

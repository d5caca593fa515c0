//! What a table is made of: columns, and what stands in their cells.

use egui::{Align2, Rangef, Rect, Shape, Stroke, Ui, pos2, vec2};

use crate::workbench::text::{Face, Text};
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::Pill;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Width {
    /// As wide as the widest of the head and the first rows.
    Fit,
    /// A share of what the others leave.
    Share(f32),
}

/// A column.
#[derive(Clone, Debug)]
#[must_use = "a column does nothing by itself"]
pub struct Column {
    pub(super) head: String,
    pub(super) width: Width,
    pub(super) is_number: bool,
    pub(super) sortable: bool,
}

impl Column {
    /// Words, taking a share of the width that is left.
    pub fn words(head: impl Into<String>) -> Column {
        Column { head: head.into(), width: Width::Share(1.0), is_number: false, sortable: false }
    }

    /// Numbers, as wide as needed, aligned at their units.
    pub fn number(head: impl Into<String>) -> Column {
        Column { width: Width::Fit, is_number: true, ..Column::words(head) }
    }

    /// Words or pills, as wide as needed.
    pub fn fit(head: impl Into<String>) -> Column {
        Column { width: Width::Fit, ..Column::words(head) }
    }

    /// Takes `share` of what is left, 1 being usual.
    pub fn share(mut self, share: f32) -> Column {
        self.width = Width::Share(share);
        self
    }

    /// Its head can be pressed to sort by it.
    pub fn sortable(mut self) -> Column {
        self.sortable = true;
        self
    }
}

#[derive(Clone, Debug)]
enum Content {
    Text(Text),
    Marked(Ink, Text),
    Pill(Pill),
    Bar(f32, Ink),
    Bars(Vec<f32>, Ink),
    Gauge(Gauge),
}

/// A bar beside two values that it is held against, all as shares (0 to 1) of the cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gauge {
    /// What was measured; above 1 it ends in an arrow.
    pub value: f32,
    /// What would be chance: a tick. Above 1 it is not seen.
    pub tick: Option<f32>,
    /// What it is held against: a line through the row.
    pub limit: f32,
    /// Its colour.
    pub ink: Ink,
}

/// What stands in a cell.
#[derive(Clone, Debug)]
#[must_use = "a cell does nothing by itself"]
pub struct Cell {
    content: Content,
    pub(super) said: String,
}

impl Cell {
    /// Words or a number.
    pub fn text(words: impl Into<String>) -> Cell {
        let said = words.into();
        Cell { content: Content::Text(Text::new(&said).value()), said }
    }

    /// Words beside a square of colour.
    pub fn marked(ink: Ink, words: impl Into<String>) -> Cell {
        let said = words.into();
        Cell { content: Content::Marked(ink, Text::new(&said).value()), said }
    }

    /// A digest or a key.
    pub fn code(words: impl Into<String>) -> Cell {
        let said = words.into();
        Cell { content: Content::Text(Text::new(&said).value().face(Face::Code).size(sizes::SMALL)), said }
    }

    /// A verdict; `said` is what a screen reader says.
    pub fn pill(pill: Pill, said: impl Into<String>) -> Cell {
        Cell { content: Content::Pill(pill), said: said.into() }
    }

    /// A bar as long as `share` (0 to 1) of the cell.
    pub fn bar(share: f32, ink: Ink) -> Cell {
        Cell { content: Content::Bar(share.clamp(0.0, 1.0), ink), said: String::new() }
    }

    /// A distribution: bars as high as each share (0 to 1) of the cell, from left to right.
    pub fn bars(shares: Vec<f32>, ink: Ink) -> Cell {
        Cell { content: Content::Bars(shares, ink), said: String::new() }
    }

    /// A bar with a tick and a limit.
    pub fn gauge(gauge: Gauge) -> Cell {
        Cell { content: Content::Gauge(gauge), said: String::new() }
    }

    /// In this colour.
    pub fn ink(self, ink: Ink) -> Cell {
        self.map(|text| text.ink(ink))
    }

    /// Semi-bold.
    pub fn strong(self) -> Cell {
        self.map(Text::strong)
    }

    fn map(mut self, change: impl Fn(Text) -> Text) -> Cell {
        self.content = match self.content {
            Content::Text(text) => Content::Text(change(text)),
            Content::Marked(ink, text) => Content::Marked(ink, change(text)),
            other => other,
        };
        self
    }

    pub(super) fn width(&self, ui: &Ui, is_number: bool) -> f32 {
        match &self.content {
            Content::Text(text) if is_number => text.clone().tabular().measure(ui).x,
            Content::Text(text) => text.measure(ui).x,
            Content::Marked(_, text) => text.measure(ui).x + 18.0,
            Content::Pill(pill) => pill.width(ui),
            Content::Bar(..) | Content::Bars(..) | Content::Gauge(_) => 96.0,
        }
    }

    pub(super) fn paint(self, ui: &Ui, rect: Rect, is_number: bool) {
        let look = Look::of(ui);
        match self.content {
            Content::Text(text) if is_number => {
                text.tabular().elide_to(rect.width()).paint(ui, rect.right_center(), Align2::RIGHT_CENTER);
            }
            Content::Text(text) => drop(text.paint_in(ui, rect)),
            Content::Marked(ink, text) => {
                let at = if look.is_rtl() {
                    rect.right_center() - vec2(5.5, 0.0)
                } else {
                    rect.left_center() + vec2(5.5, 0.0)
                };
                ui.painter().rect_filled(Rect::from_center_size(at, vec2(11.0, 11.0)), 3, look.palette.mark(ink));
                let rest = if look.is_rtl() {
                    Rect::from_min_max(rect.min, rect.max - vec2(18.0, 0.0))
                } else {
                    Rect::from_min_max(rect.min + vec2(18.0, 0.0), rect.max)
                };
                text.paint_in(ui, rest);
            }
            Content::Pill(pill) => pill.paint_in(ui, rect),
            Content::Bar(share, ink) => {
                let track = rect.shrink2(vec2(0.0, (rect.height() - 6.0) / 2.0));
                ui.painter().rect_filled(track, 3, look.palette.raised);
                let width = track.width() * share;
                let left = if look.is_rtl() { track.right() - width } else { track.left() };
                let bar = Rect::from_min_size(pos2(left, track.top()), vec2(width, track.height()));
                ui.painter().rect_filled(bar, 3, look.palette.mark(ink));
            }
            Content::Bars(shares, ink) => paint_bars(ui, rect, &shares, ink),
            Content::Gauge(gauge) => paint_gauge(ui, rect, gauge),
        }
    }
}

/// As many bars as there are shares, on a ground line.
#[expect(clippy::cast_precision_loss, reason = "a few dozen bars")]
fn paint_bars(ui: &Ui, rect: Rect, shares: &[f32], ink: Ink) {
    let look = Look::of(ui);
    let inner = rect.shrink2(vec2(0.0, 5.0));
    ui.painter().hline(inner.x_range(), inner.bottom(), Stroke::new(sizes::LINE, look.palette.line));
    let width = (inner.width() / shares.len().max(1) as f32).min(WIDEST_BAR);
    for (index, share) in shares.iter().enumerate() {
        // What is there at all is seen.
        let height = if *share > 0.0 { (inner.height() * share.min(1.0)).max(1.0) } else { 0.0 };
        let left = inner.left() + width * index as f32;
        let bar = Rect::from_min_size(pos2(left, inner.bottom() - height), vec2((width - 1.0).max(1.0), height));
        ui.painter().rect_filled(bar, 0, look.palette.mark(ink));
    }
}

fn paint_gauge(ui: &Ui, rect: Rect, gauge: Gauge) {
    let look = Look::of(ui);
    let track = rect.shrink2(vec2(0.0, (rect.height() - 6.0) / 2.0));
    let at = |share: f32| {
        let offset = track.width() * share.clamp(0.0, 1.0);
        if look.is_rtl() { track.right() - offset } else { track.left() + offset }
    };
    let painter = ui.painter();
    painter.rect_filled(track, 3, look.palette.raised);
    let color = look.palette.mark(gauge.ink);
    let (from, to) = (at(0.0), at(gauge.value));
    let across = Rangef::new(from.min(to), from.max(to));
    painter.rect_filled(Rect::from_x_y_ranges(across, track.y_range()), 3, color);
    if gauge.value > 1.0 {
        let (tip, foot) = if look.is_rtl() { (to - 5.0, to + 2.0) } else { (to + 5.0, to - 2.0) };
        let y = track.center().y;
        let corners = vec![pos2(tip, y), pos2(foot, y - 6.0), pos2(foot, y + 6.0)];
        painter.add(Shape::convex_polygon(corners, color, Stroke::NONE));
    }
    let tall = |height: f32| Rangef::new(track.center().y - height / 2.0, track.center().y + height / 2.0);
    painter.vline(at(gauge.limit), tall(20.0), Stroke::new(sizes::LINE, look.palette.fail));
    if let Some(tick) = gauge.tick.filter(|tick| *tick <= 1.0) {
        painter.vline(at(tick), tall(14.0), Stroke::new(2.0, look.palette.text_strong));
    }
}

/// The bars of few values do not become wider than this.
const WIDEST_BAR: f32 = 16.0;

//! Charts in one style, drawn from pre-aggregated data.
//!
//! A chart is a plain struct with a name, a picture and a table of the same numbers; [`chart_card_ui`] gives it a
//! card with "show as table" and "copy". Time runs from left to right in both languages. Nothing here aggregates:
//! a chart never gets more points than there are pixels.
//!
//! What has two axes (line chart, cumulative curves, histogram, forest plot) is drawn by egui_plot through [`area`]; its words stay
//! ours. Painted by hand are the heat map, whose cells have gaps, round corners and outlines that
//! `egui_plot::Heatmap` does not draw, and which writes its own numbers; the calendar, for the same reasons; sparklines, which are a few pixels high and
//! stand by the dozen in tables; bars and bands of shares and of sums, and bars back to back, which have no axes; and parallel coordinates, which
//! have many, with the scatter that shares their colours.

mod area;
mod axis;
mod bars;
mod calendar;
mod curves;
mod dimension;
mod forest;
mod heat;
mod histogram;
mod line;
mod parallel;
mod scatter;
mod spark;
mod two_sided;
mod waterfall;

pub use bars::{BandData, BandPart, RankData, RankRow, SplitData, SplitPart, progress_ui};
pub use calendar::{CalendarData, CalendarDay, WEEK};
pub use curves::{CurvesData, StepCurve};
pub use dimension::Dimension;
pub use forest::{ForestData, ForestRow};
pub use heat::HeatData;
pub use histogram::{HistogramData, HistogramSeries, Side};
pub use line::{LineData, Mark, Series, Threshold, XPoint};
pub use parallel::{ParallelData, ParallelLine};
pub use scatter::{ScatterData, ScatterPoint};
pub use spark::{SparkData, paint_spark};
pub use two_sided::{TwoSidedData, TwoSidedRow};
pub use waterfall::{WaterfallData, WaterfallRow};

use egui::{Response, Role, Sense, Ui, WidgetInfo, vec2};
use egui_material_icons::icons;

use super::{Button, Card, Cell, Column, Table};
use crate::base::language::Language;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};

/// A number or a word of a chart's table.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A word: as people read it, and as it is copied (ISO dates, ASCII digits).
    Word(String, String),
    /// A number with this many decimals.
    Number(f64, usize),
    /// Nothing is known.
    None,
}

impl Value {
    /// A word that is the same on the screen and in a copy.
    #[must_use]
    pub fn word(word: impl Into<String>) -> Value {
        let word = word.into();
        Value::Word(word.clone(), word)
    }

    /// As people of `language` read it.
    #[must_use]
    pub fn shown(&self, language: Language) -> String {
        match self {
            Value::Word(shown, _) => shown.clone(),
            Value::Number(number, places) => language.decimal(*number, *places),
            Value::None => no_value(language),
        }
    }

    fn copied(&self) -> String {
        match self {
            Value::Word(_, copied) => copied.replace(['\t', '\n'], " "),
            Value::Number(number, _) if number.is_finite() => number.to_string(),
            Value::Number(..) | Value::None => String::new(),
        }
    }
}

/// What `language` writes where there is no number.
fn no_value(language: Language) -> String {
    language.decimal(f64::NAN, 0)
}

/// The numbers of a chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Numbers {
    /// Heads of the columns, with units.
    pub heads: Vec<String>,
    /// One value for each head in every row.
    pub rows: Vec<Vec<Value>>,
}

impl Numbers {
    /// Tab-separated lines for a spreadsheet: ASCII digits, ISO dates, empty where nothing is known.
    #[must_use]
    pub fn tsv(&self) -> String {
        let mut lines = vec![self.heads.join("\t")];
        lines.extend(self.rows.iter().map(|row| row.iter().map(Value::copied).collect::<Vec<_>>().join("\t")));
        lines.join("\n") + "\n"
    }

    /// Shows them as a table of at most `height`.
    pub fn ui(&self, ui: &mut Ui, id: &str, height: f32) {
        let look = Look::of(ui);
        let is_number =
            |index: usize| self.rows.iter().any(|row| matches!(row.get(index), Some(Value::Number(..))));
        let columns = self
            .heads
            .iter()
            .enumerate()
            .map(|(index, head)| if is_number(index) { Column::number(head) } else { Column::words(head) });
        Table::new(id, columns).height(height).ui(ui, self.rows.len(), |row, column| {
            let value = self.rows.get(row).and_then(|row| row.get(column));
            Cell::text(value.map_or_else(String::new, |value| value.shown(look.language)))
        });
    }
}

/// A picture of numbers.
pub trait Chart {
    /// What it shows, in words; its name for screen readers.
    fn name(&self) -> &str;

    /// Unit and the like, shown beside the name.
    fn note(&self) -> String;

    /// Names and inks of what is drawn, where there is more than one thing.
    fn legend(&self) -> Vec<(String, Ink)> {
        Vec::new()
    }

    /// Whether it may grow to the height of its card.
    fn fills(&self) -> bool {
        true
    }

    /// Below this height it cannot be read.
    fn least_height(&self) -> f32 {
        0.0
    }

    /// The same numbers.
    fn numbers(&self, look: &Look) -> Numbers;

    /// Draws it at the next place of `ui`, `height` high and as wide as there is room. Call [`Chart::ui`] instead.
    fn draw_ui(&self, ui: &mut Ui, height: f32) -> Response;

    /// Which of the things that it shows was pressed, by its place among them; `None` where nothing can be.
    fn pressed(&self, _look: &Look, _response: &Response) -> Option<usize> {
        None
    }

    /// Draws it and says its name to a screen reader.
    fn ui(&self, ui: &mut Ui, height: f32) -> Response {
        let response = self.draw_ui(ui, height);
        response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, self.name()));
        response
    }
}

/// `chart` in a card that reaches down to `card_height`, with its legend, "show as table" and "copy".
pub fn chart_card_ui(ui: &mut Ui, chart: &dyn Chart, height: f32, card_height: f32) {
    let _ = chart_card_with_ui(ui, chart, height, card_height, |_| {});
}

/// As [`chart_card_ui`], with `controls` above the picture: what it shows, which part of it. Which of the things in the
/// picture was pressed, by [`Chart::pressed`].
pub fn chart_card_with_ui(
    ui: &mut Ui,
    chart: &dyn Chart,
    height: f32,
    card_height: f32,
    controls: impl FnOnce(&mut Ui),
) -> Option<usize> {
    let look = Look::of(ui);
    let id = ui.scope_id().with(("chart", chart.name()));
    let mut as_table: bool = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let before = as_table;
    let height = height.max(chart.least_height());
    let numbers = || chart.numbers(&look);
    let bottom = ui.max_rect().top() + card_height - super::card::EDGE;
    let mut pressed = None;
    Card::titled(chart.name()).note(chart.note()).height(card_height).with_actions_ui(
        ui,
        |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let (icon, key) = if as_table {
                (icons::ICON_SSID_CHART, "chart.as_picture")
            } else {
                (icons::ICON_TABLE, "chart.as_table")
            };
            if Button::symbol(icon, look.text(key)).compact().ui(ui).clicked() {
                as_table = !as_table;
            }
            if Button::symbol(icons::ICON_CONTENT_COPY, look.text("chart.copy")).compact().ui(ui).clicked() {
                ui.ctx().copy_text(numbers().tsv());
            }
            ui.add_space(sizes::GRID);
        },
        |ui| {
            controls(ui);
            if before {
                numbers().ui(ui, chart.name(), height);
            } else {
                legend_ui(ui, &chart.legend());
                let room = bottom - ui.cursor().top();
                let height = if chart.fills() { super::layout::stretched(ui, height, room) } else { height };
                let response = chart.ui(ui, height);
                pressed = chart.pressed(&look, &response);
            }
        },
    );
    if as_table != before {
        ui.data_mut(|data| data.insert_temp(id, as_table));
    }
    pressed
}

/// Names beside squares of their colour.
pub fn legend_ui(ui: &mut Ui, entries: &[(String, Ink)]) {
    if entries.is_empty() {
        return;
    }
    let look = Look::of(ui);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 20.0), look.row(), |ui| {
        for (name, ink) in entries {
            let (rect, _) = ui.allocate_exact_size(vec2(11.0, 11.0), Sense::hover());
            ui.painter().rect_filled(rect, 3, look.palette.mark(*ink));
            Text::new(name).size(sizes::SMALL).weight(sizes::MEDIUM).ink(Ink::Soft).ui(ui);
            ui.add_space(sizes::GRID);
        }
    });
}

/// The tooltip of a chart: a head and lines of name and value.
fn readout_ui(ui: &mut Ui, head: &str, lines: &[(String, Option<Ink>, String)]) {
    const SQUARE: f32 = 9.0;
    let look = Look::of(ui);
    let gap = ui.spacing().item_spacing.x;
    let head = Text::new(head).size(sizes::SMALL).ink(Ink::Faint);
    let words = |name: &str, value: &str| (Text::new(name).ink(Ink::Soft), Text::new(value).strong().tabular());
    let width = lines.iter().fold(head.measure(ui).x, |width, (name, ink, value)| {
        let (name, value) = words(name, value);
        let square = if ink.is_some() { SQUARE + gap } else { 0.0 };
        width.max(square + name.measure(ui).x + gap + value.measure(ui).x)
    });
    // From right to left a column would take all the room there is.
    ui.set_max_width(width.ceil().min(ui.available_width()));
    ui.with_layout(look.column(), |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        head.ui(ui);
        for (name, ink, value) in lines {
            ui.allocate_ui_with_layout(vec2(0.0, 20.0), look.row(), |ui| {
                if let Some(ink) = ink {
                    let (rect, _) = ui.allocate_exact_size(vec2(SQUARE, SQUARE), Sense::hover());
                    ui.painter().rect_filled(rect, 2, look.palette.mark(*ink));
                }
                let (name, value) = words(name, value);
                name.ui(ui);
                value.ui(ui);
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_plain_digits_and_nothing_where_nothing_is_known() {
        let numbers = Numbers {
            heads: vec!["day".to_owned(), "min".to_owned()],
            rows: vec![
                vec![Value::Word("۲ آذر".to_owned(), "2026-11-23".to_owned()), Value::Number(12.5, 1)],
                vec![Value::word("a\tb"), Value::None],
            ],
        };
        assert_eq!(numbers.tsv(), "day\tmin\n2026-11-23\t12.5\na b\t\n");
        assert_eq!(numbers.rows[0][1].shown(Language::Persian), "۱۲٫۵");
    }
}

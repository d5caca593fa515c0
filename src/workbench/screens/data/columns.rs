//! The columns of a data set: how full, how varied, and what they hold.

use egui::Ui;

use crate::analysis::history::profile::{ColumnKind, ColumnProfile, NumberProfile, TimeProfile};
use crate::base::calendar::{DateStyle, Zone};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::charts::{
    Chart, HistogramData, HistogramSeries, Numbers, RankData, RankRow, Value,
};
use crate::workbench::widgets::{Card, Cell, Column, Table, grid_ui};

/// Which column is looked at.
#[derive(Debug, Default)]
pub(super) struct Columns {
    selected: usize,
}

/// Beyond this height the columns scroll.
const HIGHEST: f32 = 420.0;
/// Height of a picture.
const PICTURE: f32 = 130.0;
/// Bars of a histogram in a cell.
const MOST_BARS: usize = 30;

impl Columns {
    /// Shows `columns`, whose moments are those of `zone`.
    pub fn ui(&mut self, ui: &mut Ui, columns: &[ColumnProfile], zone: &Zone) {
        if columns.is_empty() {
            return;
        }
        self.selected = self.selected.min(columns.len() - 1);
        grid_ui(ui, "columns", &[1.7, 1.0], |ui, cell, height| match cell {
            0 => self.list_ui(ui, columns, height),
            _ => {
                if let Some(column) = columns.get(self.selected) {
                    column_ui(ui, column, zone, height);
                }
            }
        });
    }

    fn list_ui(&mut self, ui: &mut Ui, columns: &[ColumnProfile], height: f32) {
        let look = Look::of(ui);
        let count = look.language.integer(columns.len() as u64);
        let note = look.fill("data.columns_count", &[("n", &count)]);
        Card::titled(look.text("data.columns")).note(note).height(height).ui(ui, |ui| {
            let heads = [
                Column::words(look.text("data.column")),
                Column::fit(look.text("data.kind")),
                Column::number(look.text("data.filled")),
                Column::number(look.text("data.missing_share")),
                Column::number(look.text("data.distinct")),
                Column::fit(look.text("data.distribution")),
            ];
            let table = Table::new("columns", heads).height(HIGHEST).selectable(Some(self.selected));
            let pressed = table.ui(ui, columns.len(), |row, place| {
                columns.get(row).map_or_else(|| Cell::text(""), |column| cell(&look, column, place))
            });
            self.selected = pressed.clicked.unwrap_or(self.selected);
        });
    }
}

fn name(look: &Look, column: &ColumnProfile) -> String {
    column_words(look, &column.name)
}

/// What people call a column: canonical ones by their words, extra ones by their own name.
pub(super) fn column_words(look: &Look, name: &str) -> String {
    let key = match name {
        "visit_id" => "data.visit_id",
        "site" => "data.site",
        "service" => "data.service",
        "arrived_at" => "data.arrived",
        "called_at" => "data.called",
        "finished_at" => "data.finished",
        "left_at" => "data.left",
        "priority" => "data.priority",
        "channel" => "data.channel",
        "booked_for" => "data.booked_for",
        "open_counters" => "data.counters",
        "people_ahead" => "data.ahead",
        _ => return name.to_owned(),
    };
    look.text(key).to_owned()
}

fn cell(look: &Look, column: &ColumnProfile, place: usize) -> Cell {
    let language = look.language;
    match place {
        0 => Cell::text(name(look, column)).strong(),
        1 => Cell::text(look.text(&format!("profile.kind_{}", column.kind.id()))).ink(Ink::Soft),
        2 => Cell::text(language.integer(column.filled)),
        3 => {
            let all = column.filled + column.missing;
            let share = if all == 0 { f64::NAN } else { column.missing as f64 / all as f64 };
            let places = if share > 0.0 && share < 0.001 { 3 } else { 1 };
            let ink = if column.missing > 0 { Ink::Strong } else { Ink::Faint };
            Cell::text(language.percent(share, places)).ink(ink)
        }
        4 => Cell::text(distinct(look, column)),
        _ => Cell::bars(heights(column), Ink::Shifted),
    }
}

fn distinct(look: &Look, column: &ColumnProfile) -> String {
    let n = look.language.integer(column.distinct.n);
    if column.distinct.is_exact { n } else { look.fill("data.at_least", &[("n", &n)]) }
}

fn heights(column: &ColumnProfile) -> Vec<f32> {
    let counts: Vec<u64> = match &column.numbers {
        Some(numbers) => numbers.histogram.counts.clone(),
        None if column.times.is_some() => column.times.iter().flat_map(|times| times.counts.clone()).collect(),
        None if column.kind == ColumnKind::Category => column.top.iter().map(|(_, rows)| *rows).collect(),
        None => Vec::new(),
    };
    let highest = counts.iter().copied().max().unwrap_or(0).max(1);
    #[expect(clippy::cast_possible_truncation, reason = "the height of a bar")]
    let height = |count: &u64| (*count as f64 / highest as f64) as f32;
    counts.iter().take(MOST_BARS).map(height).collect()
}

/// One column in full.
fn column_ui(ui: &mut Ui, column: &ColumnProfile, zone: &Zone, height: f32) {
    let look = Look::of(ui);
    Card::titled(name(&look, column)).note(column.name.clone()).height(height).ui(ui, |ui| {
        let values = [
            ("filled", look.language.integer(column.filled)),
            ("missing", look.language.integer(column.missing)),
            ("distinct", distinct(&look, column)),
        ];
        Text::new(look.language.fill_owned("data.column_line", &values)).wrap().copyable().ui(ui);
        if let Some(times) = &column.times {
            ui.add_space(sizes::GRID);
            times_ui(ui, &look, times, zone);
        }
        if let Some(numbers) = &column.numbers {
            ui.add_space(sizes::GRID);
            numbers_ui(ui, &look, numbers);
        } else if !column.top.is_empty() {
            ui.add_space(sizes::GRID);
            top_ui(ui, &look, column);
        }
    });
}

fn numbers_ui(ui: &mut Ui, look: &Look, numbers: &NumberProfile) {
    let bars = numbers.histogram.counts.len();
    let edge = |bar: usize| numbers.histogram.from + numbers.histogram.width * bar as f64;
    let series = HistogramSeries {
        name: look.text("data.visits").to_owned(),
        ink: Ink::Shifted,
        heights: numbers.histogram.counts.iter().map(|count| *count as f64).collect(),
    };
    let chart = HistogramData {
        name: look.text("data.distribution").to_owned(),
        height_name: look.text("data.visits").to_owned(),
        edges: (0..=bars).map(edge).collect(),
        series: vec![series],
        ..HistogramData::default()
    };
    chart.ui(ui, PICTURE);
    let share = |share: f64| look.language.percent(share, 0);
    let word = |key: &str| look.text(key).to_owned();
    let rows = [
        (word("features.least"), numbers.min),
        (share(0.05), numbers.p05),
        (share(0.25), numbers.p25),
        (word("features.median"), numbers.median),
        (share(0.75), numbers.p75),
        (share(0.95), numbers.p95),
        (share(0.99), numbers.p99),
        (word("features.most"), numbers.max),
        (word("features.mean"), numbers.mean),
    ];
    let rows = rows.into_iter().map(|(name, value)| vec![Value::word(name), Value::Number(value, 2)]).collect();
    let heads = vec![word("features.quantile"), word("features.value")];
    Numbers { heads, rows }.ui(ui, "column quantiles", HIGHEST);
}

/// Bars by time, then the quarters.
fn times_ui(ui: &mut Ui, look: &Look, times: &TimeProfile, zone: &Zone) {
    let mut clock = zone.clock();
    let mut time = |at| DateStyle::usual(look.language).date_and_time(clock.local(at), look.language);
    let days = |millis: i64| millis as f64 / 86_400_000.0;
    let (bars, long) = (times.counts.len(), days(times.last.millis() - times.first.millis()));
    let series = HistogramSeries {
        name: look.text("data.visits").to_owned(),
        ink: Ink::Shifted,
        heights: times.counts.iter().map(|count| *count as f64).collect(),
    };
    let chart = HistogramData {
        name: look.text("data.days_from_first").to_owned(),
        height_name: look.text("data.visits").to_owned(),
        edges: (0..=bars).map(|bar| long.max(f64::MIN_POSITIVE) * bar as f64 / bars as f64).collect(),
        series: vec![series],
        ..HistogramData::default()
    };
    chart.ui(ui, PICTURE);
    let word = |key: &str| look.text(key).to_owned();
    let rows = [
        (word("features.least"), times.first),
        (look.language.percent(0.25, 0), times.p25),
        (word("features.median"), times.median),
        (look.language.percent(0.75, 0), times.p75),
        (word("features.most"), times.last),
    ];
    let rows = rows.into_iter().map(|(name, at)| vec![Value::word(name), Value::word(time(at))]).collect();
    let heads = vec![word("features.quantile"), word("features.value")];
    Numbers { heads, rows }.ui(ui, "column times", HIGHEST);
}

fn top_ui(ui: &mut Ui, look: &Look, column: &ColumnProfile) {
    let row =
        |(label, rows): &(String, u64)| RankRow { label: label.clone(), value: *rows as f64, ink: Ink::Shifted };
    let chart = RankData {
        name: look.text("data.top").to_owned(),
        unit: look.text("data.visits").to_owned(),
        label_name: look.text("features.value").to_owned(),
        places: 0,
        rows: column.top.iter().take(MOST_TOP).map(row).collect(),
    };
    Text::new(look.text("data.top")).size(sizes::SMALL).strong().ink(Ink::Soft).ui(ui);
    chart.ui(ui, PICTURE);
}

/// The most frequent values that are drawn.
const MOST_TOP: usize = 12;

//! Every feature and raw input as a table: how far it moved beside what is chance and the limit, and what is said of it. The one
//! that is chosen is told in full below.

use egui::Ui;

use super::bins::Detail;
use super::summary::pill;
use super::words;
use crate::analysis::drift::{ColumnDrift, DataReason, FeatureDrift, KL_LIMIT, Source};
use crate::analysis::features::Unit;
use crate::base::Verdict;
use crate::workbench::screens::names::{drift_key, listed};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::charts::{Numbers, Value};
use crate::workbench::widgets::{Button, Card, Cell, Column, Gauge, Table, icons};
use crate::workflows::watch::{DriftReport, words as said};

/// The bars reach to this many times the limit.
const GAUGE_LIMITS: f64 = 2.0;
/// Height of the table in a window that has little.
const LEAST: f32 = 300.0;
/// Height that the rest of the screen takes, with a look at the chosen column.
const REST: f32 = 620.0;

/// Rows by which the widths are measured.
const MEASURED: usize = 80;

const NAME: usize = 0;
const VERDICT: usize = 10;
/// The heads; those without words are not sorted by.
const HEADS: [&str; 11] = [
    "drift_screen.column",
    "drift_screen.gauge",
    "drift_screen.kl",
    "drift_screen.floor",
    "drift_screen.psi",
    "drift_screen.js",
    "drift_screen.distance",
    "drift_screen.n",
    "drift_screen.missing",
    "drift_screen.levels",
    "drift_screen.verdict",
];

/// Which column is looked at and how they are sorted; kept when another report arrives.
#[derive(Clone, Debug, Default)]
pub(super) struct Choice {
    selected: Option<(Source, String)>,
    sorted: Option<(usize, bool)>,
    /// The rows in order; none until they are sorted anew.
    order: Option<Vec<usize>>,
}

impl Choice {
    /// The rows are others now.
    pub fn forget_details(&mut self) {
        self.order = None;
    }
}

/// The columns of a report.
#[derive(Debug)]
pub(super) struct Columns {
    rows: Vec<Row>,
    line: String,
    note: String,
    /// Everything as a copy has it.
    numbers: Numbers,
}

#[derive(Debug)]
struct Row {
    id: (Source, String),
    name: String,
    cells: Vec<Cell>,
    /// What the columns after the name are sorted by.
    keys: [f64; HEADS.len()],
    verdict: Verdict,
    detail: Detail,
}

impl Columns {
    pub fn of(look: &Look, report: &DriftReport) -> Columns {
        let n = [&report.windows.current, &report.windows.reference].map(|facts| facts.visits);
        let values = [("n", look.language.integer(n[0])), ("m", look.language.integer(n[1]))];
        Columns {
            rows: report.data.features.iter().map(|feature| Row::of(look, feature)).collect(),
            line: said::data_words(look.language, report),
            note: look.language.fill_owned("drift_screen.columns_note", &values),
            numbers: numbers(look, report),
        }
    }

    pub fn ui(&self, ui: &mut Ui, choice: &mut Choice) {
        let look = Look::of(ui);
        let copy = |ui: &mut Ui| {
            let button = Button::symbol(icons::ICON_CONTENT_COPY, look.text("chart.copy")).compact();
            if button.ui(ui).clicked() {
                ui.ctx().copy_text(self.numbers.tsv());
            }
        };
        Card::titled(look.text("drift_screen.columns")).note(self.note.as_str()).with_actions_ui(ui, copy, |ui| {
            Text::new(self.line.as_str()).ink(Ink::Soft).wrap().copyable().ui(ui);
            self.table_ui(ui, choice);
            let limits = [
                ("limit", look.language.decimal(KL_LIMIT, 1)),
                ("end", look.language.decimal(KL_LIMIT * GAUGE_LIMITS, 1)),
            ];
            let legend = look.language.fill_owned("drift_screen.gauge_legend", &limits);
            Text::new(legend).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
        });
        if let Some(row) = self.chosen(choice) {
            row.detail.ui(ui, &row.name, pill(&look, row.verdict));
        }
    }

    /// The column that was pressed, else the first.
    fn chosen(&self, choice: &Choice) -> Option<&Row> {
        self.rows.iter().find(|row| Some(&row.id) == choice.selected.as_ref()).or(self.rows.first())
    }

    fn table_ui(&self, ui: &mut Ui, choice: &mut Choice) {
        let look = Look::of(ui);
        let heads = HEADS.iter().enumerate().map(|(index, key)| {
            let head = look.text(key).to_owned();
            match index {
                NAME => Column::words(head).sortable(),
                1 => Column::fit(head),
                9 => Column::fit(head).sortable(),
                VERDICT => Column::fit(head).sortable(),
                _ => Column::number(head).sortable(),
            }
        });
        let heads: Vec<Column> = heads.collect();
        let order = choice.order.get_or_insert_with(|| self.order(choice.sorted));
        let chosen = self.chosen_id(choice.selected.as_ref());
        let place =
            |order: &[usize]| order.iter().position(|row| self.rows.get(*row).map(|row| &row.id) == chosen);
        let height = (ui.ctx().content_rect().height() - REST).max(LEAST);
        let table =
            Table::new("drift columns", heads).height(height).selectable(place(order)).sorted(choice.sorted);
        // A data set has a few dozen columns: none of them is cut.
        let table = table.measured(MEASURED);
        let pressed = table.ui(ui, order.len(), |row, column| {
            let row = order.get(row).and_then(|row| self.rows.get(*row));
            row.and_then(|row| row.cells.get(column)).cloned().unwrap_or_else(|| Cell::text(""))
        });
        let row = pressed.clicked.and_then(|row| order.get(row)).and_then(|row| self.rows.get(*row));
        if let Some(row) = row {
            choice.selected = Some(row.id.clone());
        }
        if let Some(column) = pressed.sort {
            choice.sorted = match choice.sorted {
                Some((sorted, true)) if sorted == column => Some((column, false)),
                Some((sorted, false)) if sorted == column => None,
                _ => Some((column, column != NAME)),
            };
            choice.order = None;
        }
    }

    fn chosen_id(&self, selected: Option<&(Source, String)>) -> Option<&(Source, String)> {
        let known = self.rows.iter().map(|row| &row.id).find(|id| Some(*id) == selected);
        known.or(self.rows.first().map(|row| &row.id))
    }

    /// The rows as they are to stand: as the report has them, what drifted first, where nothing else was chosen.
    fn order(&self, sorted: Option<(usize, bool)>) -> Vec<usize> {
        let mut order: Vec<(usize, &Row)> = self.rows.iter().enumerate().collect();
        if let Some((column, descending)) = sorted {
            let key = |row: &Row| row.keys.get(column).copied().unwrap_or_default();
            order.sort_by(|(_, a), (_, b)| match column {
                NAME => a.name.cmp(&b.name),
                _ => key(a).total_cmp(&key(b)),
            });
            if descending {
                order.reverse();
            }
        }
        order.into_iter().map(|(index, _)| index).collect()
    }
}

/// The rows of the table with plain names, and with what stands in their details only.
fn numbers(look: &Look, report: &DriftReport) -> Numbers {
    let column = look.text("drift_screen.column").to_owned();
    let ids = ["kl", "floor", "psi", "js", "hellinger", "wasserstein", "p", "p_any", "p_adjusted"];
    let counts = ["n_current", "n_reference", "missing_current", "missing_reference"];
    let words = ["verdict", "reason"];
    let heads = ids.into_iter().chain(counts).chain(words).map(str::to_owned);
    let row = |feature: &FeatureDrift| {
        let found = &feature.found;
        let measures = [found.kl, found.floor, found.psi, found.js, found.hellinger, found.wasserstein, found.p];
        let counts = [found.n_current, found.n_reference, found.missing_current, found.missing_reference];
        let measures = measures.into_iter().chain([feature.p_any, feature.p_adjusted]);
        let mut row = vec![Value::Word(said::column_words(look.language, feature), feature.feature.clone())];
        row.extend(measures.map(|value| value.map_or(Value::None, |value| Value::Number(value, 3))));
        row.extend(counts.map(|count| Value::Number(count as f64, 0)));
        row.extend([found.verdict.id(), found.reason.id()].map(Value::word));
        row
    };
    Numbers {
        heads: std::iter::once(column).chain(heads).collect(),
        rows: report.data.features.iter().map(row).collect(),
    }
}

impl Row {
    fn of(look: &Look, feature: &FeatureDrift) -> Row {
        let found = &feature.found;
        let name = said::column_words(look.language, feature);
        let number = |value: Option<f64>| match value {
            Some(value) => Cell::text(look.language.decimal(value, 3)),
            None => Cell::text(look.language.decimal(f64::NAN, 0)).ink(Ink::Faint),
        };
        let known = known(found);
        let missing = missing(found);
        // Of a column that could not be measured nothing is counted.
        let pair = |words: [String; 2]| match found.kl {
            Some(_) => Cell::text(now_and_before(look, words)),
            None => Cell::text(look.language.decimal(f64::NAN, 0)),
        };
        let levels = [found.new_levels.len(), found.missing_levels.len()];
        Row {
            cells: vec![
                Cell::text(name.as_str()).strong(),
                gauge(found),
                number(found.kl).strong(),
                number(found.floor),
                number(found.psi),
                number(found.js),
                distance_cell(look, feature),
                pair(known.map(|n| look.language.integer(n))).ink(Ink::Soft),
                pair(missing.map(|share| look.language.percent(share, 0)))
                    .ink(if missing.iter().any(|share| *share > 0.0) { Ink::Strong } else { Ink::Faint }),
                Cell::text(levels_words(look, levels)),
                verdict_cell(look, found),
            ],
            keys: [
                0.0,
                found.kl.unwrap_or(-1.0),
                found.kl.unwrap_or(-1.0),
                found.floor.unwrap_or(-1.0),
                found.psi.unwrap_or(-1.0),
                found.js.unwrap_or(-1.0),
                found.wasserstein.unwrap_or(-1.0),
                known[0] as f64,
                missing[0],
                (levels[0] + levels[1]) as f64,
                rank(found),
            ],
            verdict: found.verdict,
            detail: Detail::of(look, feature),
            id: (feature.source, feature.feature.clone()),
            name,
        }
    }
}

/// Visits with a value, now and before.
fn known(found: &ColumnDrift) -> [u64; 2] {
    [(found.n_current, found.missing_current), (found.n_reference, found.missing_reference)]
        .map(|(n, missing)| n.saturating_sub(missing))
}

/// The share of visits without a value, now and before.
pub(super) fn missing(found: &ColumnDrift) -> [f64; 2] {
    [(found.n_current, found.missing_current), (found.n_reference, found.missing_reference)]
        .map(|(n, missing)| missing as f64 / n.max(1) as f64)
}

fn now_and_before(look: &Look, [current, reference]: [String; 2]) -> String {
    look.fill("drift_screen.now_before", &[("now", &current), ("before", &reference)])
}

fn gauge(found: &ColumnDrift) -> Cell {
    let Some(kl) = found.kl else { return Cell::text("") };
    #[expect(clippy::cast_possible_truncation, reason = "a length on a screen")]
    let part = |value: f64| (value / (KL_LIMIT * GAUGE_LIMITS)) as f32;
    let ink = match (found.reason, found.verdict) {
        (DataReason::Calendar, _) => Ink::Reference,
        (_, Verdict::Fail) => Ink::Fail,
        (_, Verdict::Inconclusive) => Ink::Warn,
        (_, Verdict::Pass) => Ink::Shifted,
    };
    Cell::gauge(Gauge { value: part(kl), tick: found.floor.map(part), limit: part(KL_LIMIT), ink })
}

/// Wasserstein-1 with its unit.
fn distance_cell(look: &Look, feature: &FeatureDrift) -> Cell {
    let Some(distance) = feature.found.wasserstein else {
        return Cell::text(look.language.decimal(f64::NAN, 0)).ink(Ink::Faint);
    };
    Cell::text(distance_words(look, feature, distance))
}

/// A distance between values of a column, with its unit where it has one.
pub(super) fn distance_words(look: &Look, feature: &FeatureDrift, distance: f64) -> String {
    let number = look.language.decimal(distance, 2);
    let counted = words::unit(feature).filter(|unit| !matches!(unit, Unit::YesNo | Unit::Class));
    let Some(unit) = counted else { return number };
    let unit = look.text(&format!("drift_screen.unit_{}", unit.id())).to_owned();
    let values = [("value", number), ("unit", unit)];
    look.language.fill_owned("drift_screen.with_unit", &values)
}

/// "2 new, 1 gone".
fn levels_words(look: &Look, counts: [usize; 2]) -> String {
    let keys = ["drift_screen.new_count", "drift_screen.gone_count"];
    let there = counts.into_iter().zip(keys).filter(|(count, _)| *count > 0);
    let words = there.map(|(count, key)| look.fill(key, &[("n", &look.language.integer(count as u64))]));
    listed(look, &words.collect::<Vec<_>>())
}

/// Only what is not steady stands out.
fn verdict_cell(look: &Look, found: &ColumnDrift) -> Cell {
    match found.reason {
        DataReason::Calendar => Cell::text(look.text("drift_screen.by_date")).ink(Ink::Soft),
        DataReason::NoValues => Cell::text(look.text("drift_screen.no_values")).ink(Ink::Faint),
        _ if found.verdict == Verdict::Pass => Cell::text(look.text("drift.pass")).ink(Ink::Soft),
        _ => Cell::pill(pill(look, found.verdict), look.text(drift_key(found.verdict))),
    }
}

fn rank(found: &ColumnDrift) -> f64 {
    match (found.reason, found.verdict) {
        (DataReason::NoValues, _) => 0.0,
        (DataReason::Calendar, _) => 1.0,
        (_, Verdict::Pass) => 2.0,
        (_, Verdict::Inconclusive) => 3.0,
        (_, Verdict::Fail) => 4.0,
    }
}

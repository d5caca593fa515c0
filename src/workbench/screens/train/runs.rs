//! The table of all runs.

use std::cmp::Ordering;

use egui::Ui;

use crate::analysis::evaluation::Errors;
use crate::base::Verdict;
use crate::base::calendar::DateStyle;
use crate::store::workspace::{Run, RunStatus};
use crate::workbench::screens::metrics::{METRICS, interval_words};
use crate::workbench::screens::names::family_words;
use crate::workbench::snapshot::Snapshot;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::{Card, Cell, Column, Pill, Table};
use crate::workbench::{Command, Outbox};
use crate::workflows::train::RunDocument;

/// Below this width the columns that tell least are left out.
const ROOMY: f32 = 940.0;
/// Rows beyond this height are scrolled to.
const HEIGHT: f32 = 360.0;

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RunColumn {
    Run,
    Family,
    Dataset,
    Mae,
    Rule,
    Constant,
    Within,
    Visits,
    When,
    Status,
}

use RunColumn as C;

const ALL: [RunColumn; 10] =
    [C::Run, C::Family, C::Dataset, C::Mae, C::Rule, C::Constant, C::Within, C::Visits, C::When, C::Status];
const NARROW: [RunColumn; 8] = [C::Run, C::Family, C::Mae, C::Rule, C::Within, C::Visits, C::When, C::Status];

/// How the table is sorted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Runs {
    by: RunColumn,
    descending: bool,
}

impl Default for Runs {
    /// The newest first.
    fn default() -> Runs {
        Runs { by: C::Run, descending: true }
    }
}

impl Runs {
    /// Draws the card, the run that is `shown` raised, and sends which one was pressed.
    pub fn ui(&mut self, ui: &mut Ui, snapshot: &Snapshot, shown: Option<i64>, outbox: &mut Outbox) {
        let look = Look::of(ui);
        let mut rows: Vec<&(Run, RunDocument)> = snapshot.runs.iter().collect();
        rows.sort_by(|a, b| {
            let order = self.by.order(a, b);
            (if self.descending { order.reverse() } else { order }).then(b.0.id.cmp(&a.0.id))
        });
        let count = look.language.integer(snapshot.runs.len() as u64);
        let note = look.fill("train.runs_note", &[("count", &count)]);
        let selected = shown.and_then(|id| rows.iter().position(|(run, _)| run.id == id));
        Card::titled(look.text("train.runs")).note(note).ui(ui, |ui| {
            let columns: &[RunColumn] = if ui.available_width() < ROOMY { &NARROW } else { &ALL };
            let sorted = columns.iter().position(|column| *column == self.by).map(|at| (at, self.descending));
            let response = Table::new("runs", columns.iter().map(|column| column.column(&look)))
                .height(HEIGHT)
                .selectable(selected)
                .sorted(sorted)
                .ui(ui, rows.len(), |row, column| match (rows.get(row), columns.get(column)) {
                    (Some((run, document)), Some(column)) => column.cell(&look, snapshot, run, document),
                    _ => Cell::text(""),
                });
            if let Some(column) = response.sort.and_then(|at| columns.get(at)) {
                // What is pressed for the first time shows its best end: low errors, late dates.
                self.descending = if self.by == *column { !self.descending } else { column.starts_descending() };
                self.by = *column;
            }
            if let Some((run, _)) = response.clicked.and_then(|row| rows.get(row)) {
                outbox.send(Command::SelectRun(run.id));
            }
        });
    }
}

impl RunColumn {
    fn column(self, look: &Look) -> Column {
        let (key, column): (&str, fn(String) -> Column) = match self {
            C::Run => ("train.column_run", |head| Column::number(head)),
            C::Family => ("train.family", |head| Column::words(head)),
            C::Dataset => ("train.column_dataset", |head| Column::words(head)),
            C::Mae => ("train.column_mae", |head| Column::number(head)),
            C::Rule => ("train.column_rule", |head| Column::number(head)),
            C::Constant => ("train.column_constant", |head| Column::number(head)),
            C::Within => ("train.column_within", |head| Column::number(head)),
            C::Visits => ("chart.n", |head| Column::number(head)),
            C::When => ("train.column_when", |head| Column::fit(head)),
            C::Status => ("train.column_status", |head| Column::fit(head)),
        };
        column(look.text(key).to_owned()).sortable()
    }

    fn cell(self, look: &Look, snapshot: &Snapshot, run: &Run, document: &RunDocument) -> Cell {
        let mae = |errors: &Option<Errors>| METRICS[0].words(look, errors.as_ref());
        match self {
            C::Run => Cell::text(look.language.integer(run.id.unsigned_abs())).strong(),
            C::Family => Cell::text(family_words(look, &run.family)),
            C::Dataset => Cell::text(dataset_name(snapshot, run)),
            C::Mae => match &document.test {
                Some(Errors { mae, mae_low: Some(low), mae_high: Some(high), .. }) => {
                    Cell::text(interval_words(look, &look.language.decimal(*mae, 2), *low, *high, 2))
                }
                test => Cell::text(mae(test)),
            },
            C::Rule => Cell::text(mae(&document.rule)).ink(Ink::Soft),
            C::Constant => Cell::text(mae(&document.constant)).ink(Ink::Soft),
            C::Within => {
                let share = document.test.as_ref().map_or(f64::NAN, |errors| errors.within_20);
                Cell::text(look.language.percent(share, 1))
            }
            C::Visits => {
                let n = document.test.as_ref().map(|errors| look.language.integer(errors.n));
                Cell::text(n.unwrap_or_else(|| look.language.decimal(f64::NAN, 0)))
            }
            C::When => Cell::text(when(look, snapshot, run)).ink(Ink::Soft),
            C::Status => {
                let words = look.text(status_key(run.status)).to_owned();
                Cell::pill(status_pill(run.status, &words), words)
            }
        }
    }

    fn starts_descending(self) -> bool {
        matches!(self, C::Run | C::Within | C::Visits | C::When)
    }

    fn order(self, (a, first): &(Run, RunDocument), (b, second): &(Run, RunDocument)) -> Ordering {
        // What has no number stands at the end of an ascending table.
        let by = |value: &dyn Fn(&RunDocument) -> Option<f64>| {
            value(first).unwrap_or(f64::INFINITY).total_cmp(&value(second).unwrap_or(f64::INFINITY))
        };
        match self {
            C::Run => a.id.cmp(&b.id),
            C::Family => a.family.cmp(&b.family),
            C::Dataset => a.dataset.bytes().cmp(b.dataset.bytes()),
            C::Mae => by(&|document| document.test.as_ref().map(|errors| errors.mae)),
            C::Rule => by(&|document| document.rule.as_ref().map(|errors| errors.mae)),
            C::Constant => by(&|document| document.constant.as_ref().map(|errors| errors.mae)),
            C::Within => by(&|document| document.test.as_ref().map(|errors| errors.within_20)),
            C::Visits => by(&|document| document.test.as_ref().map(|_| document.test_n as f64)),
            C::When => a.created_at.cmp(&b.created_at),
            C::Status => status_key(a.status).cmp(status_key(b.status)),
        }
    }
}

/// When the run began, at the sites of its data set.
pub(super) fn when(look: &Look, snapshot: &Snapshot, run: &Run) -> String {
    let document = snapshot.datasets.iter().find(|(dataset, _)| dataset.digest == run.dataset);
    let mut clock = document.map(|(_, document)| document.mapping.zone.clone()).unwrap_or_default().clock();
    DateStyle::usual(look.language).date_and_time(clock.local(run.created_at), look.language)
}

fn dataset_name(snapshot: &Snapshot, run: &Run) -> String {
    let found = snapshot.datasets.iter().find(|(dataset, _)| dataset.digest == run.dataset);
    found.map_or_else(|| run.dataset.short(), |(dataset, _)| dataset.name.clone())
}

/// Key of the status in words.
pub(super) fn status_key(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Running => "train.running",
        RunStatus::Finished => "train.finished",
        RunStatus::Cancelled => "train.cancelled",
        RunStatus::Failed => "train.failed",
        RunStatus::Interrupted => "train.interrupted",
    }
}

/// The status as a pill.
pub(super) fn status_pill(status: RunStatus, words: &str) -> Pill {
    match status {
        RunStatus::Finished => Pill::saying(Verdict::Pass, words),
        RunStatus::Running | RunStatus::Cancelled | RunStatus::Interrupted => Pill::plain(words),
        RunStatus::Failed => Pill::saying(Verdict::Fail, words),
    }
}

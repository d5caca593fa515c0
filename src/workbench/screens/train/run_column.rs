//! The columns of the table of runs: what each says, and how it sorts.

use std::cmp::Ordering;

use super::marks::marks_words;
use crate::analysis::evaluation::Errors;
use crate::base::Verdict;
use crate::base::calendar::DateStyle;
use crate::store::workspace::{Run, RunStatus};
use crate::workbench::screens::metrics::{METRICS, interval_words};
use crate::workbench::screens::names::family_words;
use crate::workbench::snapshot::Snapshot;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::{Cell, Column, Pill};
use crate::workflows::runs::KeptRun;
use crate::workflows::train::RunDocument;

/// A column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum RunColumn {
    #[default]
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
    Marks,
}

use RunColumn as C;

const ALL: [RunColumn; 11] = [
    C::Run,
    C::Family,
    C::Dataset,
    C::Mae,
    C::Rule,
    C::Constant,
    C::Within,
    C::Visits,
    C::When,
    C::Status,
    C::Marks,
];
/// Those that tell least.
const LEFT_OUT: [RunColumn; 2] = [C::Dataset, C::Constant];

impl RunColumn {
    /// The columns that there is room for; that of marks only where there are some.
    pub fn shown(is_roomy: bool, has_marks: bool) -> Vec<RunColumn> {
        let is_shown =
            |column: &RunColumn| (is_roomy || !LEFT_OUT.contains(column)) && (has_marks || *column != C::Marks);
        ALL.into_iter().filter(is_shown).collect()
    }

    /// Its head.
    pub fn column(self, look: &Look) -> Column {
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
            C::Marks => ("train.column_marks", |head| Column::words(head)),
        };
        column(look.text(key).to_owned()).sortable()
    }

    /// What it says of a run, which is marked where it was `picked` for the comparison.
    pub fn cell(self, look: &Look, snapshot: &Snapshot, (run, document): &KeptRun, picked: bool) -> Cell {
        let mae = |errors: &Option<Errors>| METRICS[0].words(look, errors.as_ref());
        match self {
            C::Run => {
                let words = look.language.integer(run.id.unsigned_abs());
                if picked { Cell::marked(Ink::Candidate, words).strong() } else { Cell::text(words).strong() }
            }
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
            C::Marks => Cell::text(marks_words(look, run).unwrap_or_default()).ink(Ink::Soft),
        }
    }

    /// Whether its best end is the upper one.
    pub fn starts_descending(self) -> bool {
        matches!(self, C::Run | C::Within | C::Visits | C::When)
    }

    /// Which of two runs comes first.
    pub fn order(self, (a, first): &KeptRun, (b, second): &KeptRun) -> Ordering {
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
            // Those that something is said of first.
            C::Marks => (b.tags.len(), &b.tags, &b.note).cmp(&(a.tags.len(), &a.tags, &a.note)),
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

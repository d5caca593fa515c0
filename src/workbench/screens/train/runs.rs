//! The table of all runs: pinned ones first, found by family, marked, and chosen to stand side by side.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use egui::{Ui, vec2};

use super::marks::{Marks, marks_words};
use super::run_column::RunColumn;
use super::side_by_side::SideBySide;
use crate::workbench::screens::field::named_ui;
use crate::workbench::screens::names::{family_words, run_words};
use crate::workbench::snapshot::Snapshot;
use crate::workbench::theme::Look;
use crate::workbench::widgets::{Button, Card, Cell, Select, Table, grid_ui, icons, row_ui};
use crate::workbench::{Command, Outbox};
use crate::workflows::runs::KeptRun;

/// Below this width the columns that tell least are left out.
const ROOMY: f32 = 940.0;
/// Rows beyond this height are scrolled to.
const HEIGHT: f32 = 360.0;

/// How the table is sorted, whom it shows, and which of them stand side by side.
#[derive(Debug, Default)]
pub(super) struct Runs {
    by: RunColumn,
    ascending: bool,
    family: Option<String>,
    picked: BTreeSet<i64>,
    marks: Marks,
    side_by_side: SideBySide,
}

impl Runs {
    /// Draws the card, the run that is `shown` raised, and sends which one was pressed.
    pub fn ui(&mut self, ui: &mut Ui, snapshot: &Snapshot, shown: Option<i64>, outbox: &mut Outbox) {
        let look = Look::of(ui);
        self.picked.retain(|id| snapshot.runs.iter().any(|(run, _)| run.id == *id));
        let is_shown = |(run, _): &&KeptRun| self.family.as_ref().is_none_or(|family| run.family == *family);
        let mut rows: Vec<&KeptRun> = snapshot.runs.iter().filter(is_shown).collect();
        rows.sort_by(|a, b| self.order(a, b));
        let counts = [
            ("count", look.language.integer(snapshot.runs.len() as u64)),
            ("shown", look.language.integer(rows.len() as u64)),
        ];
        let key = if rows.len() < snapshot.runs.len() { "train.runs_note_some" } else { "train.runs_note" };
        Card::titled(look.text("train.runs")).note(look.language.fill_owned(key, &counts)).ui(ui, |ui| {
            let chosen = snapshot.runs.iter().find(|(run, _)| Some(run.id) == shown);
            self.controls_ui(ui, snapshot, chosen, outbox);
            ui.add_space(4.0);
            self.table_ui(ui, snapshot, &rows, shown, outbox);
        });
        let picked: Vec<i64> = self.picked.iter().copied().collect();
        // What was picked stands side by side even where the filter hides it. Else only what compares with the run that is
        // shown: the same settings, on the same data.
        let lead = rows.iter().find(|(run, _)| Some(run.id) == shown).or(rows.first()).map(|(run, _)| run);
        let compares = |(run, _): &&KeptRun| {
            lead.is_some_and(|lead| lead.family == run.family && lead.dataset == run.dataset)
        };
        let beside: Vec<&KeptRun> = if picked.len() > 1 {
            snapshot.runs.iter().collect()
        } else {
            rows.iter().copied().filter(compares).collect()
        };
        if let Some(run) = self.side_by_side.ui(ui, &beside, &picked, shown) {
            outbox.send(Command::SelectRun(run));
        }
    }

    fn order(&self, a: &KeptRun, b: &KeptRun) -> Ordering {
        let order = self.by.order(a, b);
        let order = if self.ascending { order } else { order.reverse() };
        b.0.pinned.cmp(&a.0.pinned).then(order).then(b.0.id.cmp(&a.0.id))
    }

    /// What may be done: with the table, and with the run that is shown.
    fn controls_ui(&mut self, ui: &mut Ui, snapshot: &Snapshot, chosen: Option<&KeptRun>, outbox: &mut Outbox) {
        let look = Look::of(ui);
        grid_ui(ui, "runs controls", &[1.0, 2.6], |ui, column, _| {
            if column == 0 {
                let name = look.text("train.filter_family");
                let families: BTreeSet<&str> = snapshot.runs.iter().map(|(run, _)| run.family.as_str()).collect();
                let all = (None, look.text("train.all_families").to_owned());
                let named =
                    families.iter().map(|family| (Some((*family).to_owned()), family_words(&look, family)));
                let options = std::iter::once(all).chain(named);
                named_ui(ui, name, "", |ui| Select::new(name, options).ui(ui, &mut self.family));
            } else if let Some(kept) = chosen {
                let name = look.fill("train.with_run", &[("run", &run_words(&look, kept.0.id))]);
                named_ui(ui, &name, "", |ui| row_ui(ui, |ui| self.actions_ui(ui, kept, outbox)));
            }
        });
        if let Some((run, _)) = chosen {
            self.marks.ui(ui, run, outbox);
        }
    }

    fn actions_ui(&mut self, ui: &mut Ui, (run, _): &KeptRun, outbox: &mut Outbox) {
        let look = Look::of(ui);
        let (icon, key) = match self.picked.contains(&run.id) {
            true => (icons::ICON_REMOVE, "train.unpick"),
            false => (icons::ICON_ADD, "train.pick"),
        };
        if Button::plain(look.text(key)).icon(icon).ui(ui).clicked() && !self.picked.remove(&run.id) {
            self.picked.insert(run.id);
        }
        if !self.picked.is_empty() {
            let count = look.language.integer(self.picked.len() as u64);
            let words = look.fill("train.unpick_all", &[("count", &count)]);
            if Button::quiet(words).icon(icons::ICON_CLOSE).ui(ui).clicked() {
                self.picked.clear();
            }
        }
        let key = if run.pinned { "train.unpin" } else { "train.pin" };
        if Button::plain(look.text(key)).icon(icons::ICON_KEEP).ui(ui).clicked() {
            outbox.send(Command::MarkRun(run.id, vec![crate::store::workspace::RunMark::Pinned(!run.pinned)]));
        }
        ui.allocate_space(vec2(0.0, 0.0));
    }

    fn table_ui(
        &mut self,
        ui: &mut Ui,
        snapshot: &Snapshot,
        rows: &[&KeptRun],
        shown: Option<i64>,
        outbox: &mut Outbox,
    ) {
        let look = Look::of(ui);
        let has_marks = rows.iter().any(|(run, _)| marks_words(&look, run).is_some());
        let columns = RunColumn::shown(ui.available_width() >= ROOMY, has_marks);
        let sorted = columns.iter().position(|column| *column == self.by).map(|at| (at, !self.ascending));
        let selected = shown.and_then(|id| rows.iter().position(|(run, _)| run.id == id));
        let response = Table::new("runs", columns.iter().map(|column| column.column(&look)))
            .height(HEIGHT)
            .selectable(selected)
            .sorted(sorted)
            .ui(ui, rows.len(), |row, column| match (rows.get(row), columns.get(column)) {
                (Some(kept), Some(column)) => column.cell(&look, snapshot, kept, self.picked.contains(&kept.0.id)),
                _ => Cell::text(""),
            });
        if let Some(column) = response.sort.and_then(|at| columns.get(at)) {
            // What is pressed for the first time shows its best end: low errors, late dates.
            self.ascending = if self.by == *column { !self.ascending } else { !column.starts_descending() };
            self.by = *column;
        }
        if let Some((run, _)) = response.clicked.and_then(|row| rows.get(row)) {
            // With Ctrl or Shift, by mouse or keyboard, it is taken into the comparison, or out of it.
            let adds = ui.input(|input| input.modifiers.command || input.modifiers.shift);
            if adds && !self.picked.remove(&run.id) {
                self.picked.insert(run.id);
            }
            if !adds {
                outbox.send(Command::SelectRun(run.id));
            }
        }
    }
}

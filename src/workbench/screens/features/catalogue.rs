//! The catalogue as a table: every feature with its distribution, its gaps and how it goes with the wait.

use egui::Ui;

use super::{name, strength};
use crate::analysis::features::{Bars, Distribution, Measure};
use crate::base::Verdict;
use crate::workbench::screens::names::drift_key;
use crate::workbench::state::State;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Card, Cell, Column, Pill, Segmented, Table};
use crate::workflows::features::{FeatureRow, FeatureSheet};

/// What was chosen in the table.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    /// The group that is listed; all where none is chosen.
    group: Option<&'static str>,
    /// The feature that is looked at.
    selected: Option<String>,
    /// The column that it is sorted by, and whether from the highest.
    sorted: Option<(usize, bool)>,
}

/// Height of the table in a window that has little.
const LEAST: f32 = 420.0;
/// Height that the rest of the screen takes.
const REST: f32 = 250.0;
/// Bars of a distribution in a cell.
const MOST_BARS: usize = 24;

/// The columns that can be sorted by.
const NAME: usize = 0;
const MISSING: usize = 3;
const WAIT: usize = 4;
const DRIFT: usize = 5;
const USED: usize = 7;

impl Catalogue {
    /// The feature that is looked at: the one that was pressed, else the first.
    pub fn chosen<'s>(&self, sheet: &'s FeatureSheet) -> Option<&'s FeatureRow> {
        let chosen = self.selected.as_ref();
        let found = sheet.features.iter().find(|row| Some(&row.entry.id) == chosen);
        found.or_else(|| sheet.features.iter().find(|row| row.entry.critical)).or(sheet.features.first())
    }

    /// Shows the features of `sheet` in a card that reaches down to `height`.
    pub fn ui(&mut self, ui: &mut Ui, state: &State, sheet: &FeatureSheet, height: f32) {
        let look = Look::of(ui);
        let rows = self.rows(state, sheet, &look);
        let count = look.language.integer(rows.len() as u64);
        let note = look.fill("features.count", &[("n", &count)]);
        Card::titled(look.text("features.catalogue")).note(note).height(height).ui(ui, |ui| {
            self.groups_ui(ui, sheet);
            ui.add_space(sizes::GRID);
            self.table_ui(ui, state, sheet, &rows);
        });
    }

    fn groups_ui(&mut self, ui: &mut Ui, sheet: &FeatureSheet) {
        let look = Look::of(ui);
        let mut groups: Vec<Option<&'static str>> = vec![None];
        for row in &sheet.features {
            if !groups.contains(&Some(row.entry.group)) {
                groups.push(Some(row.entry.group));
            }
        }
        let words = |group: Option<&str>| match group {
            None => look.text("features.all").to_owned(),
            Some(group) => look.text(&format!("feature_group.{group}")).to_owned(),
        };
        let options = groups.into_iter().map(|group| (group, words(group)));
        Segmented::new(look.text("features.group"), options).ui(ui, &mut self.group);
    }

    /// The features that are listed, in order.
    fn rows<'s>(&self, state: &State, sheet: &'s FeatureSheet, look: &Look) -> Vec<&'s FeatureRow> {
        let is_listed = |row: &&FeatureRow| self.group.is_none_or(|group| group == row.entry.group);
        let mut rows: Vec<&FeatureRow> = sheet.features.iter().filter(is_listed).collect();
        let Some((column, descending)) = self.sorted else { return rows };
        match column {
            NAME => rows.sort_by_cached_key(|row| name(look, &row.entry.id)),
            MISSING => rows.sort_by_key(|row| row.profile.missing),
            DRIFT => rows.sort_by(|a, b| divergence(a).total_cmp(&divergence(b))),
            WAIT => rows.sort_by(|a, b| strength(a).total_cmp(&strength(b))),
            _ => rows.sort_by_key(|row| users(state, row)),
        }
        if descending {
            rows.reverse();
        }
        rows
    }

    fn table_ui(&mut self, ui: &mut Ui, state: &State, sheet: &FeatureSheet, rows: &[&FeatureRow]) {
        let look = Look::of(ui);
        let columns = [
            Column::words(look.text("features.feature")).sortable(),
            Column::fit(""),
            Column::fit(look.text("features.distribution")),
            Column::number(look.text("features.missing")).sortable(),
            Column::number(look.text("features.with_wait")).sortable(),
            Column::fit(look.text("features.drift")).sortable(),
            Column::fit(look.text("features.unit")),
            Column::number(look.text("features.used")).sortable(),
        ];
        let chosen = self.chosen(sheet).map(|row| row.entry.id.clone());
        let selected = rows.iter().position(|row| Some(&row.entry.id) == chosen.as_ref());
        let height = (ui.ctx().content_rect().height() - REST).max(LEAST);
        let table = Table::new("features", columns).height(height).selectable(selected).sorted(self.sorted);
        let pressed = table.ui(ui, rows.len(), |row, column| {
            rows.get(row).map_or_else(|| Cell::text(""), |row| cell(&look, state, row, column))
        });
        if let Some(row) = pressed.clicked.and_then(|row| rows.get(row)) {
            self.selected = Some(row.entry.id.clone());
        }
        if let Some(column) = pressed.sort {
            self.sorted = match self.sorted {
                Some((sorted, true)) if sorted == column => Some((column, false)),
                Some((sorted, false)) if sorted == column => None,
                _ => Some((column, column != NAME)),
            };
        }
    }
}

/// How many versions use the feature.
fn users(state: &State, row: &FeatureRow) -> usize {
    let known = state.snapshot.as_ref().and_then(|snapshot| snapshot.feature_users.get(&row.entry.id));
    known.map_or(0, Vec::len)
}

fn cell(look: &Look, state: &State, row: &FeatureRow, column: usize) -> Cell {
    let language = look.language;
    match column {
        NAME => Cell::text(name(look, &row.entry.id)).strong(),
        1 if row.entry.critical => {
            let words = look.text("features.critical");
            Cell::pill(Pill::plain(words), words)
        }
        1 => Cell::text(""),
        2 => Cell::bars(heights(row.profile.distribution.as_ref()), Ink::Shifted),
        MISSING => {
            let share = row.profile.missing as f64 / row.profile.rows.max(1) as f64;
            let share = if row.profile.rows == 0 { f64::NAN } else { share };
            let ink = if share > 0.0 { Ink::Strong } else { Ink::Faint };
            Cell::text(language.percent(share, places(share))).ink(ink)
        }
        WAIT => match row.profile.association {
            None => Cell::text(language.decimal(f64::NAN, 0)).ink(Ink::Faint),
            Some(association) if association.measure == Measure::EtaSquared => {
                let value = language.decimal(association.value, 2);
                Cell::text(look.fill("features.eta", &[("value", &value)]))
            }
            Some(association) => Cell::text(language.signed_decimal(association.value, 2)),
        },
        DRIFT => drift_cell(look, row),
        USED => Cell::text(language.integer(users(state, row) as u64)).ink(Ink::Soft),
        _ => Cell::text(look.text(&format!("unit.{}", row.entry.unit))).ink(Ink::Soft),
    }
}

/// How far the newest complete week is from the week before; below everything else where that cannot be said.
fn divergence(row: &FeatureRow) -> f64 {
    row.drift.as_ref().and_then(|drift| drift.found.kl).unwrap_or(-1.0)
}

fn drift_cell(look: &Look, row: &FeatureRow) -> Cell {
    let Some(drift) = row.drift.as_ref().map(|drift| &drift.found).filter(|found| found.kl.is_some()) else {
        return Cell::text(look.language.decimal(f64::NAN, 0)).ink(Ink::Faint);
    };
    let words = look.text(drift_key(drift.verdict));
    match drift.verdict {
        // Most features are steady: only what is not stands out.
        Verdict::Pass => Cell::text(words).ink(Ink::Soft),
        verdict => Cell::pill(Pill::saying(verdict, words), words),
    }
}

/// Small shares are not rounded to nothing.
pub(super) fn places(share: f64) -> usize {
    if share > 0.0 && share < 0.001 { 3 } else { 1 }
}

/// The bars of a distribution, the highest being 1.
fn heights(distribution: Option<&Distribution>) -> Vec<f32> {
    let counts: Vec<u64> = match distribution {
        None => Vec::new(),
        Some(Distribution::Numbers { bars: Bars::Values(values), .. }) => {
            values.iter().map(|(_, count)| *count).collect()
        }
        Some(Distribution::Numbers { bars: Bars::Ranges { counts, .. }, .. }) => counts.clone(),
        Some(Distribution::Names { top, .. }) => top.iter().map(|(_, count)| *count).collect(),
    };
    let highest = counts.iter().copied().max().unwrap_or(0).max(1);
    #[expect(clippy::cast_possible_truncation, reason = "the height of a bar")]
    let height = |count: &u64| (*count as f64 / highest as f64) as f32;
    counts.iter().take(MOST_BARS).map(height).collect()
}

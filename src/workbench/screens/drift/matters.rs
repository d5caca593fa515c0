//! Which drift matters: what the shift of each feature alone does to the predicted wait, and divergence times importance.

use egui::Ui;

use crate::base::Verdict;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::charts::{RankData, RankRow, chart_card_ui};
use crate::workbench::widgets::{Card, empty_ui, grid_ui, icons};
use crate::workflows::card::feature_words;
use crate::workflows::watch::{Matter, Matters, words as said};

/// Features that are drawn; those that matter most.
const MOST: usize = 10;
/// Drifted features that are told of in words.
const MOST_TOLD: usize = 3;
/// A shift that this share of visits is left out of is worth a word.
const MUCH_UNKNOWN: f64 = 0.01;

/// The pictures and what is said of them.
#[derive(Debug)]
pub(super) struct MattersView {
    predicted: String,
    lines: Vec<String>,
    shifts: RankData,
    scores: Option<RankData>,
    note: String,
}

impl MattersView {
    pub fn of(look: &Look, found: &Matters) -> MattersView {
        let drifted = found.features.iter().filter(|matter| matter.verdict == Verdict::Fail);
        let mut lines: Vec<String> =
            drifted.take(MOST_TOLD).map(|matter| said::matter_words(look.language, matter)).collect();
        if lines.is_empty() {
            lines.push(look.text("drift.nothing_matters").to_owned());
        }
        let unknown: Vec<&Matter> =
            found.features.iter().filter(|matter| matter.unknown_share > Some(MUCH_UNKNOWN)).collect();
        lines.extend(unknown.into_iter().take(MOST_TOLD).map(|matter| unknown_words(look, matter)));
        let shifts = ranked(look, found, |matter| matter.shift_minutes, 2);
        let scores = ranked(look, found, |matter| matter.score.filter(|score| *score > 0.0), 3);
        let note = match found.importance_n {
            Some(n) => look.fill("drift_screen.importance_n", &[("n", &look.language.integer(n))]),
            None => look.text("drift_screen.no_importance").to_owned(),
        };
        MattersView {
            predicted: said::predicted_words(look.language, found),
            lines,
            shifts: RankData {
                name: look.text("drift_screen.shifts").to_owned(),
                unit: look.text("drift_screen.shifts_unit").to_owned(),
                ..shifts
            },
            scores: (!scores.rows.is_empty()).then(|| RankData {
                name: look.text("drift_screen.scores").to_owned(),
                unit: look.text("drift_screen.scores_unit").to_owned(),
                ..scores
            }),
            note,
        }
    }

    pub fn ui(&self, ui: &mut Ui) {
        let look = Look::of(ui);
        Card::titled(look.text("drift_screen.matters")).note(self.note.as_str()).ui(ui, |ui| {
            Text::new(self.predicted.as_str()).strong().wrap().copyable().ui(ui);
            for line in &self.lines {
                Text::new(line.as_str()).ink(Ink::Soft).wrap().copyable().ui(ui);
            }
        });
        if self.shifts.rows.is_empty() {
            return;
        }
        match &self.scores {
            Some(scores) => grid_ui(ui, "drift matters", &[1.0, 1.0], |ui, cell, height| match cell {
                0 => chart_card_ui(ui, &self.shifts, 0.0, height),
                _ => chart_card_ui(ui, scores, 0.0, height),
            }),
            None => chart_card_ui(ui, &self.shifts, 0.0, 0.0),
        }
    }
}

/// There was no model whose predictions could move.
pub(super) fn without_model_ui(ui: &mut Ui) {
    let look = Look::of(ui);
    Card::titled(look.text("drift_screen.matters")).ui(ui, |ui| {
        let (head, line) = (look.text("drift_screen.no_model"), look.text("drift_screen.no_model_line"));
        empty_ui(ui, icons::ICON_MODEL_TRAINING, head, line, None);
    });
}

fn unknown_words(look: &Look, matter: &Matter) -> String {
    let values = [
        ("feature", feature_words(look.language, &matter.feature)),
        ("share", look.language.percent(matter.unknown_share.unwrap_or(f64::NAN), 1)),
    ];
    look.language.fill_owned("drift_screen.unknown_share", &values)
}

/// The features for which there is a `value`, the largest first, whatever its sign.
fn ranked(look: &Look, found: &Matters, value: impl Fn(&Matter) -> Option<f64>, places: usize) -> RankData {
    let mut rows: Vec<RankRow> = found
        .features
        .iter()
        .filter_map(|matter| {
            Some(RankRow {
                label: feature_words(look.language, &matter.feature),
                value: value(matter)?,
                ink: if matter.verdict == Verdict::Fail { Ink::Fail } else { Ink::Shifted },
            })
        })
        .collect();
    rows.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()));
    rows.truncate(MOST);
    let label_name = look.text("drift_screen.column").to_owned();
    RankData { label_name, places, rows, ..RankData::default() }
}

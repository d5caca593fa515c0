//! Compare: two models on the same visits, what the difference is, where it is not there, and whether it may go on.
//!
//! The pictures are made when a comparison arrives. The screen asks for a first comparison by itself, once, when there
//! is something to compare; every further one is asked for by a person.

mod charts;
mod figures;
mod form;
mod more;
mod picks;
mod propose;
mod rolling;
#[cfg(test)]
mod tests;
mod words;

use std::sync::Arc;

use egui::Ui;
use egui_material_icons::MaterialIcon;

use super::train::{no_data_ui, reading_ui};
use crate::analysis::evaluation::Comparison;
use crate::base::language::Language;
use crate::workbench::snapshot::Snapshot;
use crate::workbench::state::{Screen, State};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::charts::chart_card_ui;
use crate::workbench::widgets::{Button, Card, Headline, Pill, empty_ui, grid_ui, icons, loading_ui, row_ui};
use crate::workbench::{Command, Outbox};
use crate::workflows::compare::{CompareOutcome, selection_words, worst_words};

/// Height of the pictures over time.
const PICTURE: f32 = 220.0;
/// From this width on, the table of figures and the gates stand beside each other.
const ROOMY: f32 = 1_320.0;

/// What was found alone, and with the form for comparing otherwise.
const PARTS: [&str; 2] = ["found", "otherwise"];

/// The screen.
#[derive(Debug, Default)]
pub(super) struct Compare {
    picks: picks::Picks,
    form: form::Form,
    propose: propose::Propose,
    shown: Option<Shown>,
    rolled: Option<rolling::ShownRolling>,
    /// Whether the first comparison was asked for.
    asked: bool,
}

/// A comparison with its pictures in one language.
#[derive(Debug)]
struct Shown {
    outcome: Arc<CompareOutcome>,
    language: Language,
    charts: charts::Charts,
}

impl Screen for Compare {
    fn id(&self) -> &'static str {
        "compare"
    }

    fn icon(&self) -> MaterialIcon {
        icons::ICON_COMPARE_ARROWS
    }

    fn parts(&self) -> Vec<&'static str> {
        PARTS.to_vec()
    }

    fn show_part(&mut self, part: &str) {
        self.form.is_open = part == PARTS[1];
    }

    fn ui(&mut self, ui: &mut Ui, state: &State, outbox: &mut Outbox) {
        let Some(snapshot) = state.snapshot.clone() else {
            return reading_ui(ui, state, outbox, "compare.reading");
        };
        if snapshot.datasets.is_empty() {
            return no_data_ui(ui, state, outbox, "compare.no_data", "compare.no_data_line");
        }
        self.take(&Look::of(ui), state);
        self.ask_first(state, &snapshot, outbox);
        self.headline_ui(ui, state, &snapshot, outbox);
        self.picks_ui(ui, state, &snapshot, outbox);
        if self.form.is_open {
            self.form.ui(ui, state, self.picks.both(state, &snapshot), outbox);
        }
        if let Some(job) = state.jobs.iter().find(|job| job.kind == "compare") {
            Card::new().ui(ui, |ui| {
                if loading_ui(ui, &job.name, &job.progress) {
                    outbox.send(Command::CancelJob(job.id));
                }
            });
        }
        match &self.shown {
            Some(shown) => {
                if self.propose.is_open {
                    self.propose.ui(ui, state, &snapshot, &shown.outcome.comparison, outbox);
                }
                gate_ui(ui, &shown.outcome.comparison);
                if let Some(rolled) = &self.rolled {
                    rolled.ui(ui);
                }
                result_ui(ui, shown);
            }
            None if state.is_running("compare") => {}
            None => nothing_ui(ui, state, &snapshot, outbox),
        }
    }
}

impl Compare {
    /// Takes in a comparison that has arrived, and another language.
    fn take(&mut self, look: &Look, state: &State) {
        if let Some(rolling) = &state.rolling
            && self.rolled.as_ref().is_none_or(|shown| !shown.shows(look, rolling))
        {
            self.rolled = Some(rolling::ShownRolling::of(look, rolling));
        }
        let Some(outcome) = &state.comparison else { return };
        let is_new = self.shown.as_ref().is_none_or(|shown| !Arc::ptr_eq(&shown.outcome, outcome));
        if is_new {
            self.picks.follow(outcome);
            self.propose = propose::Propose::default();
        }
        if is_new || self.shown.as_ref().is_some_and(|shown| shown.language != look.language) {
            let charts = charts::Charts::of(look, &outcome.comparison);
            self.shown = Some(Shown { outcome: outcome.clone(), language: look.language, charts });
        }
    }

    /// Asks for the first comparison, once the visits are there and nobody has asked for another one.
    fn ask_first(&mut self, state: &State, snapshot: &Snapshot, outbox: &mut Outbox) {
        if self.asked || self.shown.is_some() || state.profile.is_none() || !state.jobs.is_empty() {
            self.asked |= self.shown.is_some() || state.is_running("compare");
            return;
        }
        if let Some((current, candidate)) = self.picks.both(state, snapshot) {
            self.asked = true;
            outbox.send(Command::Compare(current, candidate));
        }
    }

    fn headline_ui(&mut self, ui: &mut Ui, state: &State, snapshot: &Snapshot, outbox: &mut Outbox) {
        let look = Look::of(ui);
        let Some(shown) = &self.shown else {
            Headline::new(look.text("compare.headline")).sentence(look.text("compare.line")).ui(ui);
            return;
        };
        let comparison = &shown.outcome.comparison;
        let refused = propose::refusal(&look, state, snapshot, comparison);
        Headline::new(words::headline(&look, comparison))
            .sentence(words::sentence(&look, comparison))
            .with_actions_ui(ui, |ui| {
                let button = Button::primary(look.text("compare.propose")).icon(icons::ICON_UPLOAD);
                if button.unless(refused).ui(ui).clicked() {
                    self.propose.is_open = !self.propose.is_open;
                }
                let report = Command::SaveReportAs;
                if Button::plain(report.title(look.language)).icon(report.icon(&look)).ui(ui).clicked() {
                    outbox.send(report);
                }
            });
    }

    fn picks_ui(&mut self, ui: &mut Ui, state: &State, snapshot: &Snapshot, outbox: &mut Outbox) {
        let look = Look::of(ui);
        row_ui(ui, |ui| {
            self.picks.ui(ui, state, snapshot);
            let both = self.picks.both(state, snapshot);
            let refused = match &both {
                None => Some(look.text("compare.no_candidate").to_owned()),
                Some((current, candidate)) if current == candidate => Some(look.text("compare.same").to_owned()),
                Some((current, candidate)) => {
                    Command::Compare(current.clone(), candidate.clone()).refusal(state, &look)
                }
            };
            let button = Button::plain(look.text("command.compare")).icon(icons::ICON_COMPARE_ARROWS);
            let pressed = button.unless(refused.clone()).ui(ui).clicked();
            let otherwise = Button::quiet(look.text("compare.more")).icon(icons::ICON_TUNE);
            if otherwise.ui(ui).clicked() {
                self.form.is_open = !self.form.is_open;
            }
            if let Some(reason) = refused {
                Text::new(reason).ink(Ink::Faint).ui(ui);
            }
            if let Some((current, candidate)) = both.filter(|_| pressed) {
                self.asked = true;
                outbox.send(Command::Compare(current, candidate));
            }
        });
    }
}

/// Nothing was compared yet.
fn nothing_ui(ui: &mut Ui, state: &State, snapshot: &Snapshot, outbox: &mut Outbox) {
    let look = Look::of(ui);
    Card::new().ui(ui, |ui| {
        if let Some(job) = state.jobs.iter().find(|job| job.kind == "prepare") {
            if loading_ui(ui, &job.name, &job.progress) {
                outbox.send(Command::CancelJob(job.id));
            }
        } else if snapshot.runs.is_empty() {
            let (head, line) = (look.text("compare.nothing_trained"), look.text("compare.nothing_trained_line"));
            let next = Command::GoTo("train");
            let title = next.title(look.language);
            if empty_ui(ui, icons::ICON_MODEL_TRAINING, head, line, Some(&title)) {
                outbox.send(next);
            }
        } else {
            let (head, line) = (look.text("compare.nothing"), look.text("compare.nothing_line"));
            empty_ui(ui, icons::ICON_COMPARE_ARROWS, head, line, None);
        }
    });
}

fn result_ui(ui: &mut Ui, shown: &Shown) {
    let comparison = &shown.outcome.comparison;
    grid_ui(ui, "pictures", &[1.0, 1.0], |ui, column, height| match column {
        0 => chart_card_ui(ui, &shown.charts.daily, PICTURE, height),
        _ => chart_card_ui(ui, &shown.charts.differences, PICTURE, height),
    });
    // Beside the gates, the names of the figures could not be read in a window of usual width.
    let shares: &[f32] = if ui.available_width() < ROOMY { &[1.0] } else { &[1.4, 1.0] };
    grid_ui(ui, "figures", shares, |ui, column, height| match column {
        0 => figures::metrics_ui(ui, &shown.outcome, height),
        _ => figures::gates_ui(ui, &shown.outcome, height),
    });
    if shares.len() == 1 {
        figures::gates_ui(ui, &shown.outcome, 0.0);
    }
    grid_ui(ui, "tenths", &[1.0, 1.0], |ui, column, height| match column {
        0 => chart_card_ui(ui, &shown.charts.by_predicted, PICTURE, height),
        _ => chart_card_ui(ui, &shown.charts.by_wait, PICTURE, height),
    });
    grid_ui(ui, "slices", &[1.0, 1.0], |ui, column, height| match column {
        0 => chart_card_ui(ui, &shown.charts.slices, 0.0, height),
        _ => chart_card_ui(ui, &shown.charts.sites, 0.0, height),
    });
    more::power_ui(ui, comparison, 0.0);
    let look = Look::of(ui);
    let mut said: Vec<String> =
        comparison.worst_slice.iter().map(|worst| worst_words(look.language, worst)).collect();
    said.extend(selection_words(look.language, comparison));
    said.push(words::unscored(&look, comparison));
    for line in said {
        Text::new(line).ink(Ink::Soft).wrap().copyable().ui(ui);
    }
}

fn gate_ui(ui: &mut Ui, comparison: &Comparison) {
    let look = Look::of(ui);
    Card::titled(look.text("gate.error")).with_actions_ui(
        ui,
        |ui| drop(Pill::verdict(comparison.gate, &look).ui(ui)),
        |ui| drop(Text::new(words::gate(&look, comparison)).wrap().copyable().ui(ui)),
    );
}

//! Drift: whether the world of a data set is still what it was. One sentence, three monitors, and what each of them rests on; and
//! the same rules over the whole past.
//!
//! Words, rows and pictures are made when a finding arrives, not while a frame is drawn. The screen asks by itself once for each
//! data set, and once for its past when that part is opened; a person asks for everything else.

mod bins;
mod choices;
mod columns;
mod form;
mod matters;
mod model;
mod replay;
mod replay_words;
mod summary;
#[cfg(test)]
mod tests;
mod waits;
mod words;

use std::sync::Arc;

use egui::Ui;
use egui_material_icons::{MaterialIcon, icons};

use super::train::{no_data_ui, reading_ui};
use crate::base::explain::Explanation;
use crate::base::language::Language;
use crate::base::{Digest, Verdict};
use crate::workbench::state::{DriftFound, Screen, State};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::{Button, Card, Headline, Segmented, empty_ui, failed_ui, loading_ui, row_ui};
use crate::workbench::{Command, Outbox};
use crate::workflows::watch::{DriftReport, words as said};

/// What of the screen is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    /// The three monitors, and which drift matters.
    #[default]
    Summary,
    /// Every feature and raw input.
    Data,
    /// The error of the model.
    Model,
    /// The waits.
    Waits,
    /// The rules over the whole past.
    Replay,
}

/// The parts, their ids on the command line, and the keys of their names.
const PARTS: [(Part, &str, &str); 5] = [
    (Part::Summary, "summary", "drift_screen.part_summary"),
    (Part::Data, "data", "drift_screen.part_data"),
    (Part::Model, "model", "drift_screen.part_model"),
    (Part::Waits, "waits", "drift_screen.part_waits"),
    (Part::Replay, "replay", "drift_screen.part_replay"),
];

/// The screen.
#[derive(Debug, Default)]
pub(super) struct Drift {
    part: Part,
    form: form::Form,
    /// The data set that was asked about by the screen itself.
    asked: Option<Digest>,
    choice: columns::Choice,
    shown: Option<Shown>,
    replay: replay::ReplayPart,
}

/// A finding in the words and pictures of one language.
#[derive(Debug)]
struct Shown {
    found: Arc<DriftFound>,
    language: Language,
    view: Result<Box<View>, Explanation>,
}

/// A report, ready to be drawn.
#[derive(Debug)]
struct View {
    headline: String,
    sentence: String,
    summary: summary::Summary,
    matters: Option<matters::MattersView>,
    columns: columns::Columns,
    model: model::ModelView,
    waits: waits::WaitsView,
}

impl View {
    fn of(look: &Look, report: &DriftReport) -> View {
        View {
            headline: said::headline(look.language, report),
            sentence: words::sentence(look, report),
            summary: summary::Summary::of(look, report),
            matters: report.matters.as_ref().map(|found| matters::MattersView::of(look, found)),
            columns: columns::Columns::of(look, report),
            model: model::ModelView::of(look, report),
            waits: waits::WaitsView::of(look, report),
        }
    }
}

impl Screen for Drift {
    fn id(&self) -> &'static str {
        "drift"
    }

    fn icon(&self) -> MaterialIcon {
        icons::ICON_WAVES
    }

    /// The monitors that found drift.
    fn badge(&self, state: &State) -> u32 {
        let verdicts = |report: &DriftReport| [report.data.verdict, report.concept.verdict, report.label.verdict];
        state.drift_report().map_or(0, |report| {
            verdicts(report).into_iter().map(|verdict| u32::from(verdict == Verdict::Fail)).sum()
        })
    }

    fn parts(&self) -> Vec<&'static str> {
        PARTS.iter().map(|(_, id, _)| *id).collect()
    }

    fn show_part(&mut self, part: &str) {
        if let Some((part, _, _)) = PARTS.iter().find(|(_, id, _)| *id == part) {
            self.part = *part;
        }
    }

    fn ui(&mut self, ui: &mut Ui, state: &State, outbox: &mut Outbox) {
        let Some(snapshot) = state.snapshot.clone() else {
            return reading_ui(ui, state, outbox, "drift_screen.reading");
        };
        if snapshot.datasets.is_empty() {
            return no_data_ui(ui, state, outbox, "drift_screen.no_data", "drift_screen.no_data_line");
        }
        let look = Look::of(ui);
        self.take(&look, state);
        self.ask_first(state, outbox);
        self.headline_ui(ui, state, outbox);
        self.form.ui(ui, state, &snapshot, outbox);
        row_ui(ui, |ui| {
            let options = PARTS.map(|(part, _, key)| (part, look.text(key).to_owned()));
            Segmented::new(look.text("drift_screen.part"), options).ui(ui, &mut self.part);
            self.changed_ui(ui, &look);
        });
        if self.part == Part::Replay {
            return self.replay.ui(ui, state, &mut self.form, outbox);
        }
        busy_ui(ui, state, "drift", outbox);
        match self.shown.as_mut().map(|shown| &mut shown.view) {
            Some(Ok(view)) => part_ui(ui, self.part, view, &mut self.choice),
            Some(Err(explanation)) => {
                if Card::new().ui(ui, |ui| failed_ui(ui, explanation)) {
                    self.ask(outbox);
                }
            }
            None if state.is_running("drift") => {}
            None => nothing_ui(ui, state, outbox),
        }
    }
}

impl Drift {
    /// Takes in a finding that has arrived, or is gone, and another language.
    fn take(&mut self, look: &Look, state: &State) {
        let Some(found) = &state.drift else {
            self.shown = None;
            return;
        };
        let is_known = |shown: &Shown| Arc::ptr_eq(&shown.found, found) && shown.language == look.language;
        if !self.shown.as_ref().is_some_and(is_known) {
            let view = match &found.found {
                Ok(report) => Ok(Box::new(View::of(look, report))),
                Err(error) => Err(Explanation::of(error, look.language)),
            };
            self.choice.forget_details();
            self.shown = Some(Shown { found: found.clone(), language: look.language, view });
        }
    }

    /// Asks about the newest week, once for each data set whose visits are ready.
    fn ask_first(&mut self, state: &State, outbox: &mut Outbox) {
        let is_ready = state.profile.is_some() && !state.is_running("drift") && !state.is_running("prepare");
        let Some(dataset) = state.dataset.filter(|_| is_ready) else { return };
        if self.asked != Some(dataset) {
            self.asked = Some(dataset);
            if self.shown.is_none() {
                self.ask(outbox);
            }
        }
    }

    fn ask(&self, outbox: &mut Outbox) {
        if let Ok(ask) = self.form.ask() {
            outbox.send(Command::LookForDrift(ask));
        }
    }

    fn headline_ui(&self, ui: &mut Ui, state: &State, outbox: &mut Outbox) {
        let look = Look::of(ui);
        let (head, sentence) = match self.shown.as_ref().map(|shown| &shown.view) {
            Some(Ok(view)) => (view.headline.as_str(), view.sentence.as_str()),
            Some(Err(_)) => (look.text("drift_screen.not_comparable"), look.text("drift_screen.line")),
            None => (look.text("drift_screen.headline"), look.text("drift_screen.line")),
        };
        Headline::new(head).sentence(sentence).with_actions_ui(ui, |ui| {
            let asked = self.form.ask();
            let refused = match &asked {
                Ok(ask) => Command::LookForDrift(ask.clone()).refusal(state, &look),
                Err(key) => Some(look.text(key).to_owned()),
            };
            let button = Button::primary(look.text("drift_screen.look")).icon(icons::ICON_WAVES);
            if button.unless(refused).ui(ui).clicked()
                && let Ok(ask) = asked
            {
                outbox.send(Command::LookForDrift(ask));
            }
            let report = Command::SaveDriftReportAs;
            if state.drift_report().is_some()
                && Button::plain(look.text("command.save_report_as")).icon(report.icon(&look)).ui(ui).clicked()
            {
                outbox.send(report);
            }
        });
    }

    /// What is shown is not what the form says any more, or the form cannot be used as it is.
    fn changed_ui(&self, ui: &mut Ui, look: &Look) {
        let Some(shown) = &self.shown else { return };
        let words = match self.form.ask() {
            Ok(ask) if ask == shown.found.ask => return,
            Ok(_) => look.text("drift_screen.changed"),
            Err(key) => look.text(key),
        };
        Text::new(words).ink(Ink::Warn).ui(ui);
    }
}

fn part_ui(ui: &mut Ui, part: Part, view: &View, choice: &mut columns::Choice) {
    match part {
        Part::Summary => {
            view.summary.ui(ui);
            match &view.matters {
                Some(matters) => matters.ui(ui),
                None => matters::without_model_ui(ui),
            }
        }
        Part::Data => view.columns.ui(ui, choice),
        Part::Model => view.model.ui(ui),
        Part::Waits => view.waits.ui(ui),
        Part::Replay => {}
    }
}

/// The job of this kind, where one runs, with how far it is and a button that stops it.
fn busy_ui(ui: &mut Ui, state: &State, kind: &str, outbox: &mut Outbox) {
    let Some(job) = state.jobs.iter().find(|job| job.kind == kind) else { return };
    Card::new().ui(ui, |ui| {
        if loading_ui(ui, &job.name, &job.progress) {
            outbox.send(Command::CancelJob(job.id));
        }
    });
}

/// Nothing was found yet: the visits are being read, or the look was stopped or did not work.
fn nothing_ui(ui: &mut Ui, state: &State, outbox: &mut Outbox) {
    if state.is_running("prepare") {
        return busy_ui(ui, state, "prepare", outbox);
    }
    let look = Look::of(ui);
    Card::new().ui(ui, |ui| {
        let (head, line) = (look.text("drift_screen.nothing"), look.text("drift_screen.nothing_line"));
        empty_ui(ui, icons::ICON_WAVES, head, line, None);
    });
}

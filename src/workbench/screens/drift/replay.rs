//! Replay: the alert rules over the whole past, beside the plan's plain thresholds, and where a change is known, how soon it was
//! found and how often there was an alarm before it.

use std::sync::Arc;

use egui::Ui;

use super::busy_ui;
use super::form::{Form, PLANTED};
use super::replay_words::ReplayView;
use crate::base::Digest;
use crate::base::explain::Explanation;
use crate::base::language::Language;
use crate::workbench::state::{ReplayFound, State};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::charts::{chart_card_ui, chart_card_with_ui};
use crate::workbench::widgets::{Button, Card, Cell, Column, Table, empty_ui, failed_ui, grid_ui, icons};
use crate::workbench::{Command, Outbox};

/// Height of the list of alerts; further ones are scrolled to.
const LIST: f32 = 300.0;
/// Height of the picture of the errors.
const PICTURE: f32 = 240.0;

/// The part of the screen.
#[derive(Debug, Default)]
pub(super) struct ReplayPart {
    /// The data set whose past was asked for by the screen itself.
    asked: Option<Digest>,
    shown: Option<Shown>,
}

/// A replay in the words and pictures of one language.
#[derive(Debug)]
struct Shown {
    found: Arc<ReplayFound>,
    language: Language,
    view: Result<Box<ReplayView>, Explanation>,
}

impl ReplayPart {
    pub fn ui(&mut self, ui: &mut Ui, state: &State, form: &mut Form, outbox: &mut Outbox) {
        let look = Look::of(ui);
        self.take(&look, state);
        self.ask_first(state, form, outbox);
        self.form_ui(ui, state, form, outbox);
        busy_ui(ui, state, "replay", outbox);
        match self.shown.as_ref().map(|shown| &shown.view) {
            Some(Ok(view)) => view_ui(ui, view),
            Some(Err(explanation)) => {
                if Card::new().ui(ui, |ui| failed_ui(ui, explanation)) {
                    ask(form, outbox);
                }
            }
            None if state.is_running("replay") => {}
            None if state.is_running("prepare") => busy_ui(ui, state, "prepare", outbox),
            None => Card::new().ui(ui, |ui| {
                let (head, line) = (look.text("drift_screen.no_replay"), look.text("drift_screen.no_replay_line"));
                empty_ui(ui, icons::ICON_HISTORY, head, line, None);
            }),
        }
    }

    fn take(&mut self, look: &Look, state: &State) {
        let Some(found) = &state.replay else {
            self.shown = None;
            return;
        };
        let is_known = |shown: &Shown| Arc::ptr_eq(&shown.found, found) && shown.language == look.language;
        if !self.shown.as_ref().is_some_and(is_known) {
            let view = match &found.found {
                Ok(replay) => Ok(Box::new(ReplayView::of(look, replay))),
                Err(error) => Err(Explanation::of(error, look.language)),
            };
            self.shown = Some(Shown { found: found.clone(), language: look.language, view });
        }
    }

    /// Asks for the past once for each data set whose visits are ready, when this part is opened.
    fn ask_first(&mut self, state: &State, form: &Form, outbox: &mut Outbox) {
        let is_ready = state.profile.is_some() && !state.is_running("replay") && !state.is_running("prepare");
        let Some(dataset) = state.dataset.filter(|_| is_ready) else { return };
        if self.asked != Some(dataset) {
            self.asked = Some(dataset);
            if self.shown.is_none() {
                ask(form, outbox);
            }
        }
    }

    fn form_ui(&self, ui: &mut Ui, state: &State, form: &mut Form, outbox: &mut Outbox) {
        let look = Look::of(ui);
        let asked = form.replay_ask();
        let refused = match &asked {
            Ok(ask) => Command::ReplayAlerts(ask.clone()).refusal(state, &look),
            Err(key) => Some(look.text(key).to_owned()),
        };
        let is_changed = self.shown.as_ref().is_some_and(|shown| asked.as_ref() != Ok(&shown.found.ask));
        let mut pressed = false;
        Card::titled(look.text("drift_screen.replay")).with_actions_ui(
            ui,
            |ui| {
                let button = Button::plain(look.text("drift_screen.replay_now")).icon(icons::ICON_HISTORY);
                pressed = button.unless(refused).ui(ui).clicked();
            },
            |ui| {
                grid_ui(ui, "drift planted", &[1.0, 2.0], |ui, cell, _| match cell {
                    0 => form.date_ui(ui, PLANTED),
                    _ => {
                        if let Some(Ok(view)) = self.shown.as_ref().map(|shown| &shown.view) {
                            Text::new(view.head.as_str()).strong().wrap().copyable().ui(ui);
                        }
                        Text::new(look.text("drift_screen.replay_line")).ink(Ink::Soft).wrap().ui(ui);
                        if is_changed {
                            Text::new(look.text("drift_screen.replay_changed")).ink(Ink::Warn).wrap().ui(ui);
                        }
                    }
                });
            },
        );
        if pressed {
            ask(form, outbox);
        }
    }
}

fn ask(form: &Form, outbox: &mut Outbox) {
    if let Ok(ask) = form.replay_ask() {
        outbox.send(Command::ReplayAlerts(ask));
    }
}

fn view_ui(ui: &mut Ui, view: &ReplayView) {
    let look = Look::of(ui);
    grid_ui(ui, "drift alarms", &vec![1.0; view.figures.len()], |ui, cell, height| {
        if let Some(figure) = view.figures.get(cell) {
            figure.clone().ui(ui, height);
        }
    });
    if let Some(heat) = &view.heat {
        let _ = chart_card_with_ui(ui, heat, 0.0, 0.0, |ui| {
            Text::new(view.heat_note.as_str()).size(sizes::SMALL).ink(Ink::Faint).wrap().ui(ui);
        });
    }
    grid_ui(ui, "drift past", &[1.4, 1.0], |ui, cell, height| match cell {
        0 => chart_card_ui(ui, &view.ratios, PICTURE, height),
        _ => Card::titled(look.text("drift_screen.months_past")).height(height).ui(ui, |ui| {
            if view.months.rows.is_empty() {
                Text::new(look.text("drift_screen.no_months")).ink(Ink::Soft).wrap().ui(ui);
            } else {
                view.months.ui(ui, "drift months", LIST);
            }
        }),
    });
    grid_ui(ui, "drift alerts", &[1.0, 1.0], |ui, cell, height| {
        let (key, list) = match cell {
            0 => ("drift_screen.alerts", &view.alerts),
            _ => ("drift_screen.plain_alerts", &view.plain),
        };
        let count = look.language.integer(list.len() as u64);
        Card::titled(look.text(key)).note(count).height(height).ui(ui, |ui| {
            if list.is_empty() {
                Text::new(look.text("drift.no_alerts")).ink(Ink::Soft).ui(ui);
                return;
            }
            let columns = [
                Column::fit(look.text("drift_screen.known_on")),
                Column::fit(look.text("drift_screen.monitor")),
                Column::words(look.text("drift_screen.what")),
            ];
            Table::new(key, columns).height(LIST).ui(ui, list.len(), |row, column| {
                let cell = list.get(row).and_then(|cells| cells.get(column)).cloned();
                cell.unwrap_or_else(|| Cell::text(""))
            });
        });
    });
}

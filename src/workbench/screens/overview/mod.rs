//! Overview: is the model healthy?
//!
//! It shows what is kept and what the service says, and leads on to the screen where the next step is. What only
//! monitoring could know, such as response times, is not here.

mod drift;
mod facts;
mod figures;
mod lists;
mod welcome;

use std::sync::Arc;

use egui::Ui;
use egui_material_icons::{MaterialIcon, icons};

use super::file_form::FileForm;
use super::import_job::import_job;
use super::roll_back::RollBackForm;
use crate::base::language::Language;
use crate::base::role::Permission;
use crate::workbench::command::{Command, Outbox};
use crate::workbench::snapshot::Snapshot;
use crate::workbench::state::{Screen, State};
use crate::workbench::theme::Look;
use crate::workbench::widgets::charts::{LineData, chart_card_ui};
use crate::workbench::widgets::{Card, Headline, empty_ui, grid_ui};
use facts::Facts;

/// The screen.
#[derive(Debug, Default)]
pub(super) struct Overview {
    form: FileForm,
    roll_back: RollBackForm,
    /// The daily error, as it was drawn last; made anew when what is kept or the language changes.
    daily: Option<Daily>,
}

#[derive(Debug)]
struct Daily {
    of: Arc<Snapshot>,
    language: Language,
    chart: Option<LineData>,
}

impl Screen for Overview {
    fn id(&self) -> &'static str {
        "overview"
    }

    fn icon(&self) -> MaterialIcon {
        icons::ICON_SPACE_DASHBOARD
    }

    fn badge(&self, state: &State) -> u32 {
        let Some(snapshot) = state.snapshot.as_ref().filter(|snapshot| !is_empty(snapshot)) else { return 0 };
        u32::try_from(lists::waiting(snapshot, &state.person).len()).unwrap_or(u32::MAX)
    }

    fn ui(&mut self, ui: &mut Ui, state: &State, outbox: &mut Outbox) {
        self.form.take_dropped(ui, state, outbox);
        let Some(snapshot) = state.snapshot.clone() else { return welcome::not_read_ui(ui, state, outbox) };
        if is_empty(&snapshot) {
            return match import_job(state) {
                Some(job) => welcome::importing_ui(ui, job, outbox),
                None => welcome::welcome_ui(ui, state, &mut self.form, outbox),
            };
        }
        let look = Look::of(ui);
        let facts = Facts::of(&snapshot, &look);
        headline_ui(ui, state, &facts, &mut self.roll_back);
        if let (Some(live), Some(target)) = (facts.live, facts.returns_to) {
            self.roll_back.form_ui(ui, live, target, outbox);
        }
        figures::figures_ui(ui, &facts);
        let daily = self.daily(&snapshot, &facts, look.language);
        grid_ui(ui, "history", &[2.6, 1.0], |ui, cell, height| match (cell, daily) {
            (0, Some(chart)) => chart_card_ui(ui, chart, 190.0, height),
            (0, None) => Card::titled(look.text("overview.daily")).height(height).ui(ui, |ui| {
                let next = facts.next_step();
                if empty_ui(
                    ui,
                    icons::ICON_SSID_CHART,
                    look.text("overview.no_evaluation"),
                    look.text("overview.no_evaluation_line"),
                    next.map(|step| look.text(step.action)),
                ) && let Some(step) = next
                {
                    outbox.send(Command::GoTo(step.screen));
                }
            }),
            _ => figures::service_ui(ui, state, height, outbox),
        });
        if state.dataset.is_some() {
            drift::drift_ui(ui, state, outbox);
        }
        grid_ui(ui, "lists", &[1.0, 1.0], |ui, cell, height| match cell {
            0 => lists::waiting_ui(ui, state, &snapshot, height, outbox),
            _ => lists::releases_ui(ui, &facts, height, outbox),
        });
    }
}

/// Whether there is nothing to look at yet.
fn is_empty(snapshot: &Snapshot) -> bool {
    snapshot.datasets.is_empty() && snapshot.versions.is_empty()
}

impl Overview {
    fn daily(&mut self, snapshot: &Arc<Snapshot>, facts: &Facts<'_>, language: Language) -> Option<&LineData> {
        let known = self.daily.as_ref();
        if !known.is_some_and(|known| Arc::ptr_eq(&known.of, snapshot) && known.language == language) {
            let chart = figures::daily_chart(facts, language);
            self.daily = Some(Daily { of: snapshot.clone(), language, chart });
        }
        self.daily.as_ref()?.chart.as_ref()
    }
}

fn headline_ui(ui: &mut Ui, state: &State, facts: &Facts<'_>, roll_back: &mut RollBackForm) {
    let look = Look::of(ui);
    let (headline, sentence) = (facts.headline(&look), facts.sentence(&look));
    Headline::new(headline).rich_sentence(sentence).with_actions_ui(ui, |ui| {
        let Some(live) = facts.live else { return };
        let role = facts.snapshot.person(&state.person).map(|person| person.role);
        let refusal = Command::RollBack(String::new()).refusal(state, &look).or_else(|| {
            let may = role.is_some_and(|role| role.may(Permission::RollBack));
            (!may).then(|| look.text("overview.may_not_roll_back").to_owned())
        });
        roll_back.button_ui(ui, live, look.text("command.roll_back"), refusal);
    });
}

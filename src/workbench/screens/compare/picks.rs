//! The two models that are to be compared, and the pickers in which they are chosen.

use std::str::FromStr as _;

use egui::{Popup, Ui};

use crate::store::workspace::RunStatus;
use crate::workbench::screens::metrics::METRICS;
use crate::workbench::screens::names::{family_words, model_words};
use crate::workbench::snapshot::Snapshot;
use crate::workbench::state::State;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Cell, Chip, Column, Table, icons};
use crate::workflows::compare::CompareOutcome;
use crate::workflows::models::ModelName;

/// Rows beyond this height are scrolled to.
const LIST_HEIGHT: f32 = 320.0;
const LIST_WIDTH: f32 = 380.0;

/// What is chosen; before that, what is live (else the rule) and the newest run that is not live.
#[derive(Clone, Debug, Default)]
pub(super) struct Picks {
    current: Option<ModelName>,
    candidate: Option<ModelName>,
}

/// A model that can be chosen.
struct Offer {
    name: ModelName,
    words: String,
    detail: String,
}

impl Picks {
    /// Both, where there is a candidate at all.
    pub fn both(&self, state: &State, snapshot: &Snapshot) -> Option<(ModelName, ModelName)> {
        let current = self.current.clone().unwrap_or_else(|| usual_current(snapshot));
        let candidate = self.candidate.clone().or_else(|| usual_candidate(state, snapshot))?;
        Some((current, candidate))
    }

    /// Chooses the two of `outcome`.
    pub fn follow(&mut self, outcome: &CompareOutcome) {
        self.current = ModelName::from_str(&outcome.comparison.current.name).ok();
        self.candidate = ModelName::from_str(&outcome.comparison.candidate.name).ok();
    }

    /// Draws the two pickers.
    pub fn ui(&mut self, ui: &mut Ui, state: &State, snapshot: &Snapshot) {
        let look = Look::of(ui);
        let current = Some(self.current.clone().unwrap_or_else(|| usual_current(snapshot)));
        if let Some(chosen) = picker_ui(ui, &look, snapshot, "compare.current", Ink::Current, current.as_ref()) {
            self.current = Some(chosen);
        }
        let candidate = self.candidate.clone().or_else(|| usual_candidate(state, snapshot));
        if let Some(chosen) =
            picker_ui(ui, &look, snapshot, "compare.candidate", Ink::Candidate, candidate.as_ref())
        {
            self.candidate = Some(chosen);
        }
    }
}

fn usual_current(snapshot: &Snapshot) -> ModelName {
    if snapshot.live.is_some() { ModelName::Live } else { ModelName::Baseline("rule") }
}

/// The newest run on this data set that is not a baseline, else the newest one.
fn usual_candidate(state: &State, snapshot: &Snapshot) -> Option<ModelName> {
    let finished = || {
        let runs = snapshot.runs.iter().map(|(run, _)| run);
        runs.filter(|run| run.status == RunStatus::Finished && state.dataset == Some(run.dataset))
    };
    let learned = finished().find(|run| !matches!(run.family.as_str(), "rule" | "constant"));
    learned.or_else(|| finished().next()).map(|run| ModelName::Run(run.id))
}

fn picker_ui(
    ui: &mut Ui,
    look: &Look,
    snapshot: &Snapshot,
    key: &str,
    ink: Ink,
    chosen: Option<&ModelName>,
) -> Option<ModelName> {
    let words =
        chosen.map_or_else(|| look.text("compare.none").to_owned(), |name| chosen_words(look, snapshot, name));
    let chip = Chip::new(look.text(key), words).ink(ink).icon(icons::ICON_ARROW_DROP_DOWN).widest(420.0).ui(ui);
    let shown = Popup::menu(&chip).show(|ui| {
        ui.set_width(LIST_WIDTH);
        ui.with_layout(look.column(), |ui| {
            Text::new(look.text(key)).size(sizes::SMALL).ink(Ink::Faint).ui(ui);
            let offers = offers(look, snapshot);
            let selected = offers.iter().position(|offer| Some(&offer.name) == chosen);
            let pressed = Table::new(key, [Column::fit(""), Column::words("")])
                .height(LIST_HEIGHT)
                .selectable(selected)
                .ui(ui, offers.len(), |row, column| match (offers.get(row), column) {
                    (Some(offer), 0) => Cell::text(offer.words.as_str()).strong(),
                    (Some(offer), _) => Cell::text(offer.detail.as_str()).ink(Ink::Soft),
                    (None, _) => Cell::text(""),
                })
                .clicked;
            pressed.and_then(|row| offers.into_iter().nth(row)).map(|offer| offer.name)
        })
        .inner
    });
    shown.and_then(|shown| shown.inner)
}

/// The name and, for what is kept, its family.
fn chosen_words(look: &Look, snapshot: &Snapshot, name: &ModelName) -> String {
    let words = model_words(look, name);
    let family = match name {
        ModelName::Baseline(_) | ModelName::Predictions(_) => None,
        ModelName::Run(id) => {
            snapshot.runs.iter().find(|(run, _)| run.id == *id).map(|(run, _)| run.family.as_str())
        }
        ModelName::Version(version) => family_of(snapshot, *version),
        ModelName::Live => {
            let live = snapshot.live.as_ref().map(|live| live.version);
            return live.map_or(words.clone(), |version| {
                let family =
                    family_of(snapshot, version).map_or_else(String::new, |family| family_words(look, family));
                let values = [("version", version.to_string()), ("family", family)];
                look.language.fill_owned("compare.live_is", &values)
            });
        }
    };
    family.map_or(words.clone(), |family| {
        look.fill("model.with_family", &[("model", &words), ("family", &family_words(look, family))])
    })
}

fn family_of(snapshot: &Snapshot, version: crate::base::Version) -> Option<&str> {
    snapshot.versions.iter().find(|entry| entry.version == version).map(|entry| entry.family.as_str())
}

/// Everything that can be compared: what is live, the baselines, the runs and the versions, the newest first.
fn offers(look: &Look, snapshot: &Snapshot) -> Vec<Offer> {
    let offer = |name: ModelName, detail: String| Offer { words: model_words(look, &name), name, detail };
    let mut offers = Vec::new();
    if let Some(live) = &snapshot.live {
        offers.push(offer(ModelName::Live, live.version.to_string()));
    }
    for family in ["rule", "constant"] {
        offers.push(offer(ModelName::Baseline(family), look.text(&format!("compare.about_{family}")).to_owned()));
    }
    for (run, document) in snapshot.runs.iter().filter(|(run, _)| run.status == RunStatus::Finished) {
        let mae = METRICS[0].words(look, document.test.as_ref());
        let values = [("family", family_words(look, &run.family)), ("mae", mae)];
        offers.push(offer(ModelName::Run(run.id), look.language.fill_owned("compare.about_run", &values)));
    }
    for entry in &snapshot.versions {
        offers.push(offer(ModelName::Version(entry.version), family_words(look, &entry.family)));
    }
    offers
}

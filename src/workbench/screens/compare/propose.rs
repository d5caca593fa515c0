//! "Propose as version…": what exactly will happen, notes, and the button that does it.

use egui::Ui;

use crate::analysis::evaluation::Comparison;
use crate::base::Role;
use crate::base::role::Permission;
use crate::store::workspace::Run;
use crate::workbench::screens::field::Field;
use crate::workbench::screens::names::{family_words, listed, run_words};
use crate::workbench::snapshot::Snapshot;
use crate::workbench::state::State;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::{Button, Card, Notice, icons, row_ui};
use crate::workbench::{Command, Outbox};
use crate::workflows::models::ModelName;
use crate::workflows::release::next_version;

/// What was typed, and whether the card is open.
#[derive(Clone, Debug, Default)]
pub(super) struct Propose {
    pub is_open: bool,
    notes: String,
}

/// Why the candidate of `comparison` cannot be proposed now, in words.
pub(super) fn refusal(look: &Look, state: &State, snapshot: &Snapshot, comparison: &Comparison) -> Option<String> {
    let Some(run) = candidate(snapshot, comparison) else {
        return Some(look.text("compare.not_a_run").to_owned());
    };
    if snapshot.people.is_empty() {
        return Some(look.text("compare.nobody").to_owned());
    }
    let Some(person) = snapshot.person(&state.person) else {
        return Some(look.fill("compare.unknown_person", &[("name", &state.person)]));
    };
    if !person.role.may(Permission::Propose) {
        let may = Role::ALL.into_iter().filter(|role| role.may(Permission::Propose));
        let may: Vec<String> = may.map(|role| look.text(role_key(role)).to_owned()).collect();
        let may = listed(look, &may);
        return Some(look.fill("compare.may_not", &[("role", look.text(role_key(person.role))), ("may", &may)]));
    }
    Command::Propose(run.id, String::new()).refusal(state, look)
}

fn role_key(role: Role) -> &'static str {
    match role {
        Role::ModelOwner => "role.model_owner",
        Role::MlEngineer => "role.ml_engineer",
        Role::SoftwareEngineer => "role.software_engineer",
        Role::DataAnalyst => "role.data_analyst",
        Role::Ops => "role.ops",
    }
}

fn candidate<'a>(snapshot: &'a Snapshot, comparison: &Comparison) -> Option<&'a Run> {
    let Ok(ModelName::Run(id)) = comparison.candidate.name.parse() else { return None };
    snapshot.runs.iter().map(|(run, _)| run).find(|run| run.id == id)
}

impl Propose {
    /// Draws the card.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        state: &State,
        snapshot: &Snapshot,
        comparison: &Comparison,
        outbox: &mut Outbox,
    ) {
        let look = Look::of(ui);
        let Some(run) = candidate(snapshot, comparison) else {
            self.is_open = false;
            return;
        };
        let version = next_version(&snapshot.versions, &run.family).to_string();
        let title =
            look.fill("compare.propose_title", &[("run", &run_words(&look, run.id)), ("version", &version)]);
        Card::titled(title).ui(ui, |ui| {
            Text::new(what_happens(&look, snapshot, run, &version)).ink(Ink::Soft).wrap().ui(ui);
            let same = snapshot.versions.iter().find(|entry| Some(entry.artifact_sha256) == run.artifact_sha256);
            if let Some(entry) = same {
                let words = look.fill("compare.already", &[("version", &entry.version.to_string())]);
                Notice::warning(words).ui(ui);
            }
            let field = Field {
                name: look.text("compare.notes"),
                hint: look.text("compare.notes_hint"),
                problem: None,
                lines: 2,
            };
            field.ui(ui, &mut self.notes);
            row_ui(ui, |ui| {
                let label = look.fill("compare.propose_now", &[("version", &version)]);
                let button = Button::primary(label).icon(icons::ICON_UPLOAD);
                if button.unless(refusal(&look, state, snapshot, comparison)).ui(ui).clicked() {
                    outbox.send(Command::Propose(run.id, self.notes.trim().to_owned()));
                    *self = Propose::default();
                }
                if Button::plain(look.text("cancel")).ui(ui).clicked() {
                    self.is_open = false;
                }
            });
        });
    }
}

fn what_happens(look: &Look, snapshot: &Snapshot, run: &Run, version: &str) -> String {
    let values = [("run", run_words(look, run.id)), ("version", version.to_owned())];
    let kept = look.language.fill_owned("compare.what_is_kept", &values);
    let against = match &snapshot.live {
        Some(live) => look.fill("compare.against_live", &[("version", &live.version.to_string())]),
        None => look.fill("compare.against_constant", &[("family", &family_words(look, "constant"))]),
    };
    let both = look.fill("compare.sentences", &[("first", &kept), ("second", &against)]);
    look.fill("compare.sentences", &[("first", &both), ("second", look.text("compare.nothing_changes"))])
}

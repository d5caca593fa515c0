//! What waits for the person, by their role, and the last releases.

use egui::Ui;
use egui_material_icons::icons;

use super::facts::Facts;
use crate::base::Role;
use crate::base::role::Permission;
use crate::store::registry::{RolloutKind, Stage};
use crate::store::workspace::RunStatus;
use crate::workbench::command::{Command, Outbox};
use crate::workbench::snapshot::Snapshot;
use crate::workbench::state::State;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::{Card, Cell, Column, Pill, Table, empty_ui, row_ui};

/// Something that waits: its sentence with its values, and where it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    /// The sentence's key.
    pub key: &'static str,
    /// Its values.
    pub values: Vec<(&'static str, String)>,
    /// The screen.
    pub screen: &'static str,
}

/// Releases that are listed.
const LISTED: usize = 6;

/// What waits for `person`. Somebody whom the registry does not know is taken for an analyst, who may look and train.
pub(super) fn waiting(snapshot: &Snapshot, person: &str) -> Vec<Waiting> {
    let role = snapshot.person(person).map(|person| person.role);
    let may = |permission| role.is_some_and(|role| role.may(permission));
    let mut waiting = Vec::new();
    let mut add = |key, values, screen| waiting.push(Waiting { key, values, screen });
    if snapshot.verification.as_ref().is_some_and(|found| !found.problems.is_empty()) {
        add("waiting.verification", Vec::new(), "releases");
    }
    for entry in snapshot.versions.iter().rev() {
        let values = vec![("version", entry.version.to_string()), ("person", entry.proposed_by.clone())];
        match entry.stage {
            Stage::Proposed if may(Permission::Approve) => add("waiting.review", values, "releases"),
            Stage::Approved if may(Permission::Promote) => add("waiting.promote", values, "releases"),
            _ => {}
        }
    }
    if role.is_none_or(|role| role.may(Permission::Propose)) {
        analysis(snapshot, &mut add);
    }
    if snapshot.people.is_empty() && !snapshot.runs.is_empty() {
        add("waiting.owner", Vec::new(), "releases");
    }
    if role.is_none() && !snapshot.people.is_empty() {
        add("waiting.unknown", vec![("person", person.to_owned())], "releases");
    }
    waiting
}

/// The next step of an analysis.
fn analysis(snapshot: &Snapshot, add: &mut impl FnMut(&'static str, Vec<(&'static str, String)>, &'static str)) {
    let Some((dataset, _)) = snapshot.datasets.first() else {
        return add("waiting.import", Vec::new(), "data");
    };
    let newest = snapshot.runs.iter().find(|(run, _)| run.status == RunStatus::Finished);
    let Some((run, _)) = newest else {
        return add("waiting.train", vec![("dataset", dataset.name.clone())], "train");
    };
    if !snapshot.evidence.values().any(|evidence| evidence.run == run.id) {
        add("waiting.compare", vec![("run", run.id.to_string())], "compare");
    }
}

/// The card of what waits.
pub(super) fn waiting_ui(ui: &mut Ui, state: &State, snapshot: &Snapshot, height: f32, outbox: &mut Outbox) {
    let look = Look::of(ui);
    let role = snapshot.person(&state.person).map(|person| person.role);
    let note = role
        .map_or_else(|| state.person.clone(), |role: Role| look.text(&format!("role.{}", role.id())).to_owned());
    let waiting = waiting(snapshot, &state.person);
    Card::titled(look.text("overview.waiting")).note(note).height(height).ui(ui, |ui| {
        if waiting.is_empty() {
            row_ui(ui, |ui| {
                Text::icon(icons::ICON_TASK_ALT).ink(Ink::Soft).ui(ui);
                Text::new(look.text("waiting.none")).strong().ui(ui);
            });
            Text::new(look.text("waiting.none_line")).ink(Ink::Soft).wrap().ui(ui);
            return;
        }
        let columns = [Column::words(""), Column::fit("")];
        let pressed = Table::new("waiting", columns).selectable(None).ui(ui, waiting.len(), |row, column| {
            let Some(item) = waiting.get(row) else { return Cell::text("") };
            match column {
                0 => Cell::text(sentence(&look, item)),
                _ => Cell::text(look.text(&format!("screen.{}", item.screen))).ink(Ink::Faint),
            }
        });
        if let Some(item) = pressed.clicked.and_then(|row| waiting.get(row)) {
            outbox.send(Command::GoTo(item.screen));
        }
    });
}

/// Its words: the number of a run in the digits of the language, a version in Latin ones.
fn sentence(look: &Look, item: &Waiting) -> String {
    let shown = |(name, value): &(&'static str, String)| match *name {
        "run" => (*name, look.language.digits(value)),
        _ => (*name, value.clone()),
    };
    look.language.fill_owned(item.key, &item.values.iter().map(shown).collect::<Vec<_>>())
}

/// The card of the last releases.
pub(super) fn releases_ui(ui: &mut Ui, facts: &Facts<'_>, height: f32, outbox: &mut Outbox) {
    let look = Look::of(ui);
    let rollouts = &facts.snapshot.rollouts;
    let count = look.fill("overview.releases_count", &[("n", &look.language.integer(rollouts.len() as u64))]);
    Card::titled(look.text("overview.releases")).note(count).height(height).ui(ui, |ui| {
        if rollouts.is_empty() {
            let sentence = facts.next_step().map_or("overview.look_at_releases", |step| step.sentence);
            empty_ui(ui, icons::ICON_ROCKET_LAUNCH, look.text("overview.no_releases"), look.text(sentence), None);
            return;
        }
        let columns = [
            Column::fit(look.text("overview.version")),
            Column::fit(look.text("overview.kind")),
            Column::words(look.text("overview.who")),
            Column::fit(look.text("overview.when")),
        ];
        let shown = rollouts.len().min(LISTED);
        let pressed = Table::new("releases", columns).selectable(None).ui(ui, shown, |row, column| {
            let Some(rollout) = rollouts.get(row) else { return Cell::text("") };
            let kind = look.text(match rollout.kind {
                RolloutKind::Promote => "overview.promoted",
                RolloutKind::RollBack => "overview.rolled_back",
            });
            match column {
                0 if row == 0 => Cell::marked(Ink::Current, rollout.version.to_string()).strong(),
                0 => Cell::marked(Ink::Reference, rollout.version.to_string()),
                1 if rollout.kind == RolloutKind::RollBack => {
                    Cell::pill(Pill::plain(kind).icon(icons::ICON_UNDO), kind)
                }
                1 => Cell::pill(Pill::plain(kind).icon(icons::ICON_ROCKET_LAUNCH), kind),
                2 => Cell::text(rollout.person.clone()).ink(Ink::Soft),
                _ => Cell::text(facts.time(rollout.at, &look)).ink(Ink::Soft),
            }
        });
        if pressed.clicked.is_some() {
            outbox.send(Command::GoTo("releases"));
        }
        if rollouts.len() > shown {
            let more = look
                .fill("overview.more_releases", &[("n", &look.language.integer((rollouts.len() - shown) as u64))]);
            row_ui(ui, |ui| Text::new(more).ink(Ink::Faint).ui(ui));
        }
    });
}

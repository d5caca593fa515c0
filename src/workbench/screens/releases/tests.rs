//! The screen on a real project, driven by what a screen reader would say, in both languages.

use std::sync::{Arc, LazyLock};

use egui::{Role, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::*;
use crate::base::Task;
use crate::base::language::Language;
use crate::workbench::command::NewThreshold;
use crate::workbench::snapshot::Snapshot;
use crate::workbench::{text, theme};
use crate::workflows::Home;
use crate::workflows::demo::{SAMPLE_PERSON, open_sample};
use crate::workflows::release::{ProposeRequest, propose};
use crate::workflows::server::{LiveStatus, RefusedGeneration};

/// The sample with today's rule live as 1.0.0, and the same run proposed again as 1.1.0.
static SAMPLE: LazyLock<Arc<Snapshot>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::resolve(Some(folder.path()), None).unwrap();
    let task = Task::default();
    let prepared = open_sample(&home, &task).unwrap();
    let person = SAMPLE_PERSON.to_owned();
    let request = ProposeRequest { run: 1, version: None, notes: "again".to_owned(), person, seed: 1 };
    propose(&home, &prepared, &request, &task).unwrap();
    Arc::new(Snapshot::read(&home).unwrap())
});

struct Shown {
    screen: Releases,
    state: State,
    outbox: Outbox,
}

fn shown(language: Language, state: State) -> Harness<'static, Shown> {
    let setup = move |context: &egui::Context| {
        text::install(context);
        theme::apply(context);
        Look::set_language(context, language);
    };
    let shown = Shown { screen: Releases::default(), state, outbox: Outbox::default() };
    let mut harness = Harness::builder().with_size(vec2(1200.0, 3000.0)).with_context_setup(setup).build_ui_state(
        |ui, shown: &mut Shown| {
            ui.with_layout(Look::of(ui).column(), |ui| shown.screen.ui(ui, &shown.state, &mut shown.outbox));
        },
        shown,
    );
    harness.run();
    let labels = harness.root().children_recursive().filter_map(|node| node.accesskit_node().label());
    for label in labels {
        assert!(!label.contains("NaN") && !label.contains('{') && !label.contains("releases."), "{label}");
    }
    harness
}

fn sample(person: &str) -> State {
    State { snapshot: Some(SAMPLE.clone()), person: person.to_owned(), ..State::default() }
}

fn press(harness: &mut Harness<'_, Shown>, label: &str) -> Vec<Command> {
    harness.get_by_role_and_label(Role::Button, label).click();
    harness.run();
    harness.state_mut().outbox.take()
}

#[test]
fn what_waits_is_reviewed_and_can_be_approved_in_both_languages() {
    for language in Language::ALL {
        let mut harness = shown(language, sample(SAMPLE_PERSON));
        let title = language.fill("releases.review", &[("version", "1.1.0")]);
        assert!(harness.query_by_role_and_label(Role::Group, &title).is_some(), "{title}");
        assert!(harness.query_by_label(language.text("gate.reproduction")).is_some());
        let sent = press(&mut harness, language.text("command.approve"));
        assert!(matches!(&sent[..], [Command::Approve(approval)] if approval.version.to_string() == "1.1.0"));
        // Without a reason nothing is rejected.
        let reject = harness.get_by_role_and_label(Role::Button, language.text("command.reject"));
        assert!(reject.accesskit_node().is_disabled());
    }
}

#[test]
fn a_rejection_needs_a_reason_and_two_presses() {
    let language = Language::English;
    let mut harness = shown(language, sample(SAMPLE_PERSON));
    let reason = harness.get_by_role_and_label(Role::TextInput, language.text("releases.reason"));
    reason.focus();
    reason.type_text("worse at night");
    harness.run();
    assert!(press(&mut harness, language.text("command.reject")).is_empty());
    let again = language.fill("releases.reject.again", &[("version", "1.1.0")]);
    let sent = press(&mut harness, &again);
    assert!(matches!(&sent[..], [Command::Reject(_, reason)] if reason == "worse at night"), "{sent:?}");
}

#[test]
fn a_stranger_may_look_and_change_nothing() {
    let mut harness = shown(Language::English, sample("stranger"));
    let approve = harness.get_by_role_and_label(Role::Button, "Approve and sign");
    assert!(approve.accesskit_node().is_disabled());
    let act_as = Language::English.fill("releases.people.act_as", &[("name", &isolate(SAMPLE_PERSON))]);
    assert_eq!(press(&mut harness, &act_as), [Command::ActAs(SAMPLE_PERSON.to_owned())]);
}

#[test]
fn an_empty_registry_asks_for_its_owner() {
    for language in Language::ALL {
        let state = State { snapshot: Some(Arc::default()), person: "Sara".to_owned(), ..State::default() };
        let mut harness = shown(language, state);
        assert!(harness.query_by_label(language.text("releases.nobody")).is_some());
        let sent = press(&mut harness, language.text("command.become_owner"));
        assert!(matches!(&sent[..], [Command::BecomeOwner(owner)] if owner.name == "Sara"), "{sent:?}");
    }
}

#[test]
fn what_could_not_be_read_can_be_read_again() {
    let mut harness = shown(Language::English, State::default());
    assert_eq!(press(&mut harness, "Try again"), [Command::Refresh]);
}

#[test]
fn a_generation_counts_as_answered_only_where_the_service_says_so() {
    let live = SAMPLE.live.clone().unwrap();
    let calendar = Calendar::default();
    let acknowledged = |said: Option<LiveStatus>| {
        let mut state = sample(SAMPLE_PERSON);
        state.server.address = Some(([127, 0, 0, 1], 8787).into());
        state.server.live = said;
        let look = Look::of_context(&egui::Context::default());
        Page { look, state: &state, snapshot: &SAMPLE, calendar: &calendar }.acknowledged().0
    };
    let said = LiveStatus {
        generation: Some(live.generation),
        version: Some(live.version),
        loaded_at: Some(live.at),
        refused: None,
    };
    let refused = RefusedGeneration {
        generation: live.generation,
        version: live.version,
        reason: "no key".to_owned(),
        key: String::new(),
        fields: std::collections::BTreeMap::new(),
    };
    assert_eq!(acknowledged(None), crate::base::Verdict::Inconclusive);
    assert_eq!(acknowledged(Some(said)), crate::base::Verdict::Pass);
    let silent = LiveStatus { generation: None, version: None, loaded_at: None, refused: Some(refused) };
    assert_eq!(acknowledged(Some(silent)), crate::base::Verdict::Fail);
}

#[test]
fn the_owner_sets_a_threshold_with_a_reason_in_both_languages() {
    for language in Language::ALL {
        let mut harness = shown(language, sample(SAMPLE_PERSON));
        let name = |key: &str| language.text(key).to_owned();
        let title = name("releases.thresholds");
        assert!(harness.query_by_role_and_label(Role::Group, &title).is_some(), "{title}");
        let row = row_of(&harness, language.text("gate.error.margin"));
        harness.get_by_role_and_label(Role::Row, &row).click();
        harness.run();
        // Neither without a value that it may be, nor without a reason.
        let button = name("command.set_threshold");
        let is_disabled = |harness: &Harness<'_, Shown>| {
            harness.get_by_role_and_label(Role::Button, &button).accesskit_node().is_disabled()
        };
        assert!(is_disabled(&harness));
        type_in(&mut harness, Role::TextInput, &name("releases.thresholds.new_value"), "9");
        type_in(
            &mut harness,
            Role::MultilineTextInput,
            &name("releases.thresholds.why"),
            "people have complained",
        );
        assert!(is_disabled(&harness));
        assert!(harness.query_all_by_label(language.text("releases.refused.threshold_value")).next().is_some());
        let field = name("releases.thresholds.new_value");
        harness.get_by_role_and_label(Role::TextInput, &field).focus();
        harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
        harness.run();
        type_in(&mut harness, Role::TextInput, &name("releases.thresholds.new_value"), "۱٫۰۲");
        let sent = press(&mut harness, &button);
        let expected = NewThreshold {
            name: "gate.error.margin".to_owned(),
            value: 1.02,
            reason: "people have complained".to_owned(),
        };
        assert_eq!(sent, [Command::SetThreshold(expected)]);
    }
}

#[test]
fn an_analyst_sees_the_thresholds_and_is_told_who_sets_them() {
    let mut snapshot = Snapshot::clone(&SAMPLE);
    snapshot.people[0].role = crate::base::Role::DataAnalyst;
    snapshot.thresholds[0].set_by = Some("Sara".to_owned());
    snapshot.thresholds[0].set_at = snapshot.live.as_ref().map(|live| live.at);
    snapshot.thresholds[0].reason = Some("people have complained".to_owned());
    for language in Language::ALL {
        let state = State { snapshot: Some(Arc::new(snapshot.clone())), ..sample(SAMPLE_PERSON) };
        let mut harness = shown(language, state);
        let row = row_of(&harness, language.text("gate.error.margin"));
        assert!(row.contains("people have complained") && row.contains("Sara"), "{row}");
        harness.get_by_role_and_label(Role::Row, &row).click();
        harness.run();
        let button = language.text("command.set_threshold");
        assert!(harness.query_by_role_and_label(Role::Button, button).is_none());
        let values = [("name", isolate(SAMPLE_PERSON)), ("role", language.text("role.data_analyst").to_owned())];
        let refusal = language.fill_owned("releases.refused.owner_only", &values);
        assert!(harness.query_all_by_label(&refusal).next().is_some(), "{refusal}");
    }
}

/// The whole of the row of a table that begins so.
fn row_of(harness: &Harness<'_, Shown>, begins: &str) -> String {
    let nodes = harness.root().children_recursive();
    let mut rows = nodes.filter(|node| node.accesskit_node().role() == Role::Row);
    let label = |node: egui_kittest::Node<'_>| node.accesskit_node().label().unwrap_or_default();
    rows.by_ref().map(label).find(|label| label.starts_with(begins)).unwrap()
}

fn type_in(harness: &mut Harness<'_, Shown>, role: Role, field: &str, typed: &str) {
    harness.get_by_role_and_label(role, field).focus();
    harness.run();
    harness.get_by_role_and_label(role, field).type_text(typed);
    harness.run();
}

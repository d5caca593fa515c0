//! The screen on the sample, described and audited by the real workflows.

use std::sync::{Arc, LazyLock};

use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::*;
use crate::analysis::features::{Leak, LeakageAudit, Sampling};
use crate::base::language::Language;
use crate::base::{Digest, Task};
use crate::workbench::screens::fixture::{Stage, assert_in_words, shown};
use crate::workbench::snapshot::Snapshot;
use crate::workflows::Home;
use crate::workflows::demo::{SAMPLE_PERSON, open_sample};
use crate::workflows::features::{audit_catalogue, sheet};
use crate::workflows::online::{PublishRequest, publish};

struct Sample {
    dataset: Digest,
    sheet: Arc<FeatureSheet>,
    audit: Arc<LeakageAudit>,
    before: Arc<Snapshot>,
    published: Arc<Snapshot>,
}

static SAMPLE: LazyLock<Sample> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::resolve(Some(folder.path()), None).unwrap();
    let task = Task::default();
    let prepared = open_sample(&home, &task).unwrap();
    let before = Arc::new(Snapshot::read(&home).unwrap());
    publish(&home, &prepared, PublishRequest::default(), SAMPLE_PERSON, &task).unwrap();
    let sampling = Sampling { arrivals: 20, seed: 1 };
    Sample {
        dataset: prepared.digest,
        sheet: Arc::new(sheet(&prepared, std::collections::BTreeMap::new(), &task).unwrap()),
        audit: Arc::new(audit_catalogue(&prepared, sampling, &task).unwrap()),
        before,
        published: Arc::new(Snapshot::read(&home).unwrap()),
    }
});

fn state() -> State {
    State {
        snapshot: Some(SAMPLE.published.clone()),
        dataset: Some(SAMPLE.dataset),
        features: Some(SAMPLE.sheet.clone()),
        person: SAMPLE_PERSON.to_owned(),
        ..State::default()
    }
}

fn open(state: State, language: Language) -> Harness<'static, Stage> {
    let harness = shown(Features::default(), state, language);
    harness.check_accessibility();
    assert_in_words(&harness);
    harness
}

fn press(harness: &mut Harness<'static, Stage>, label: &str) {
    harness.get_by_role_and_label(Role::Button, label).click();
    harness.run();
}

#[test]
fn every_feature_is_listed_and_one_is_told_in_full() {
    for language in Language::ALL {
        let mut harness = open(state(), language);
        let features = &SAMPLE.sheet.features;
        let count = language.fill("features.count", &[("n", &language.integer(features.len() as u64))]);
        assert!(harness.query_by_label(&count).is_some());
        let label = language.text("feature.weekday");
        let row = harness
            .query_all_by_role(Role::Row)
            .find(|row| row.accesskit_node().label().is_some_and(|said| said.starts_with(label)));
        row.unwrap().click();
        harness.run();
        assert!(harness.query_by_label(language.text("feature_about.weekday")).is_some());
        assert!(harness.query_by_role_and_label(Role::Group, label).is_some());
        let values = language.fill("features.values_of", &[("feature", label)]);
        assert!(harness.query_by_role_and_label(Role::Figure, &values).is_some());
    }
}

#[test]
fn a_group_is_listed_alone_and_a_column_sorts() {
    let language = Language::English;
    let mut harness = open(state(), language);
    harness.get_by_role_and_label(Role::RadioButton, "Group: The visit").click();
    harness.run();
    let visit = SAMPLE.sheet.features.iter().filter(|row| row.entry.group == "visit");
    let count = language.fill("features.count", &[("n", &language.integer(visit.count() as u64))]);
    assert!(harness.query_by_label(&count).is_some());
    harness.get_by_role_and_label(Role::ColumnHeader, language.text("features.missing")).click();
    harness.run();
    let first = harness.query_all_by_role(Role::Row).next().unwrap().accesskit_node().label().unwrap();
    assert!(first.starts_with("Minutes after the booked time"), "{first} is not missing the most often");
}

#[test]
fn the_audit_is_asked_for_and_nothing_checked_is_no_pass() {
    for language in Language::ALL {
        let mut harness = open(state(), language);
        press(&mut harness, language.text("command.audit_features"));
        assert_eq!(harness.state().sent, [Command::AuditFeatures]);
        let audited = |audit: LeakageAudit| State { audit: Some(Arc::new(audit)), ..state() };
        let harness = open(audited(LeakageAudit::clone(&SAMPLE.audit)), language);
        assert!(SAMPLE.audit.checked > 0 && SAMPLE.audit.leaks.is_empty());
        assert!(harness.query_by_label(language.text("verdict.pass")).is_some());
        let harness = open(audited(LeakageAudit::default()), language);
        assert!(harness.query_by_label(language.text("verdict.pass")).is_none());
        assert!(harness.query_by_label(language.text("features.audit_nothing")).is_some());
        let leak = Leak {
            feature: "people_ahead".to_owned(),
            visit_id: "v-17".to_owned(),
            offline: serde_json::json!(4.0),
            recomputed: serde_json::Value::Null,
        };
        let harness = open(audited(LeakageAudit { checked: 9, leaks: vec![leak] }), language);
        assert!(harness.query_by_label(language.text("verdict.fail")).is_some());
        assert!(harness.query_all_by_label_contains("v-17").count() > 0);
    }
}

#[test]
fn online_values_tell_their_age_and_their_absence() {
    for language in Language::ALL {
        let harness = open(state(), language);
        // Whether they are too old is a matter of the day on which this runs.
        let is_fresh = SAMPLE.published.online.as_ref().unwrap().sheet.fresh;
        let line = if is_fresh { "features.fresh_line" } else { "features.stale_line" };
        assert!(harness.query_by_label(language.text(line)).is_some());
        let mut harness = open(State { snapshot: Some(SAMPLE.before.clone()), ..state() }, language);
        assert!(harness.query_by_label(language.text("features.online_none")).is_some());
        press(&mut harness, language.text("command.publish_online"));
        assert_eq!(harness.state().sent, [Command::PublishOnline]);
        let stranger = State { person: "stranger".to_owned(), ..state() };
        let harness = open(stranger, language);
        let button = harness.get_by_role_and_label(Role::Button, language.text("command.publish_online"));
        assert!(button.accesskit_node().is_disabled());
    }
}

#[test]
fn without_a_data_set_the_way_to_one_is_shown() {
    for language in Language::ALL {
        let mut harness = open(State { snapshot: Some(Arc::default()), ..State::default() }, language);
        press(&mut harness, language.text("overview.go_data"));
        assert_eq!(harness.state().sent, [Command::GoTo("data")]);
        let failed = State { features: None, ..state() };
        let mut harness = open(failed, language);
        press(&mut harness, language.text("try_again"));
        assert_eq!(harness.state().sent, [Command::DescribeFeatures]);
    }
}

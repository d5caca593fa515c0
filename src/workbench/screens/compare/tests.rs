//! The screen driven by what a screen reader would say, on a comparison that the workflows made.

use std::sync::Arc;

use egui::Role;
use egui_kittest::kittest::Queryable as _;

use super::{Compare, words};
use crate::base::Verdict;
use crate::base::language::Language;
use crate::base::role;
use crate::workbench::Command;
use crate::workbench::screens::fixture::{assert_in_words, compared, empty, full, said, shown};
use crate::workbench::snapshot::Snapshot;
use crate::workbench::state::State;
use crate::workbench::theme::{LIGHT, Look};
use crate::workflows::models::ModelName;

#[test]
fn the_sentence_the_gate_and_every_picture_are_there_in_both_languages() {
    for language in Language::ALL {
        let look = Look { language, palette: &LIGHT };
        let state = compared();
        let comparison = state.comparison.clone().unwrap().comparison.clone();
        let harness = shown(Compare::default(), state, language);
        assert_in_words(&harness);
        assert!(harness.query_by_role_and_label(Role::Heading, &words::headline(&look, &comparison)).is_some());
        for words in [
            words::sentence(&look, &comparison),
            words::gate(&look, &comparison),
            words::unscored(&look, &comparison),
            language.text("verdict.pass").to_owned(),
        ] {
            assert!(harness.query_by_label(&words).is_some(), "{words}");
        }
        for picture in ["compare.daily", "compare.differences", "compare.sites", "compare.slices"] {
            assert!(harness.query_by_role_and_label(Role::Figure, language.text(picture)).is_some(), "{picture}");
        }
        let mae = language.text("metric.mae");
        assert!(said(&harness).iter().any(|said| said.starts_with(mae) && said.contains('(')), "{mae}");
        assert!(words::sentence(&look, &comparison).contains(&language.integer(comparison.n)));
        assert!(words::gate(&look, &comparison).contains(&language.decimal(comparison.ratio_upper_bound, 2)));
    }
}

#[test]
fn the_first_comparison_is_asked_for_once() {
    let mut harness = shown(Compare::default(), full(), Language::English);
    let first = Command::Compare(ModelName::Live, ModelName::Run(2));
    assert_eq!(harness.state().sent, std::slice::from_ref(&first));
    assert!(harness.query_by_label("Nothing compared yet").is_some());
    harness.run();
    assert_eq!(harness.state().sent.len(), 1);
    harness.get_by_role_and_label(Role::Button, "Compare").click();
    harness.run();
    assert_eq!(harness.state().sent, [first.clone(), first]);
}

#[test]
fn other_models_are_chosen_in_the_pickers() {
    let mut harness = shown(Compare::default(), compared(), Language::English);
    harness.get_by_role_and_label(Role::Button, "Current 1.0.0 (today's rule)").click();
    harness.run();
    harness.get_by_role_and_label(Role::Row, "constant, the median of all waits").click();
    harness.run();
    harness.get_by_role_and_label(Role::Button, "Compare").click();
    harness.run();
    let compare = Command::Compare(ModelName::Baseline("constant"), ModelName::Run(2));
    assert_eq!(harness.state().sent, [compare]);
}

#[test]
fn a_run_is_proposed_with_notes_after_it_was_said_what_will_happen() {
    for language in Language::ALL {
        let mut harness = shown(Compare::default(), compared(), language);
        harness.get_by_role_and_label(Role::Button, language.text("compare.propose")).click();
        harness.run();
        assert_in_words(&harness);
        let against = language.fill("compare.against_live", &[("version", "1.0.0")]);
        assert!(said(&harness).iter().any(|said| said.contains(&against)), "{against}");
        harness.get_by_role_and_label(Role::MultilineTextInput, language.text("compare.notes")).focus();
        harness.run();
        harness.get_by_role(Role::MultilineTextInput).type_text("قاعده کند است");
        harness.run();
        let propose = language.fill("compare.propose_now", &[("version", "2.0.0")]);
        harness.get_by_role_and_label(Role::Button, &propose).click();
        harness.run();
        assert_eq!(harness.state().sent, [Command::Propose(2, "قاعده کند است".to_owned())]);
    }
}

#[test]
fn who_may_not_propose_is_told_why() {
    let look = Look { language: Language::English, palette: &LIGHT };
    let state = compared();
    let comparison = &state.comparison.as_ref().unwrap().comparison;
    let refusal = |state: &State, snapshot: &Snapshot| super::propose::refusal(&look, state, snapshot, comparison);
    let mut snapshot = Snapshot::clone(state.snapshot.as_ref().unwrap());
    assert_eq!(refusal(&state, &snapshot), None);
    snapshot.people[0].role = role::Role::Ops;
    let may_not = "Operations may not propose. These may: Model owner, ML engineer, Data analyst.";
    assert_eq!(refusal(&state, &snapshot).as_deref(), Some(may_not));
    let stranger = State { person: "علی".to_owned(), ..compared() };
    assert!(refusal(&stranger, &snapshot).unwrap().contains("علی"));
    snapshot.people.clear();
    assert_eq!(refusal(&state, &snapshot).as_deref(), Some(look.text("compare.nobody")));
    let mut baseline = comparison.clone();
    baseline.candidate.name = "rule".to_owned();
    let refused = super::propose::refusal(&look, &state, &snapshot, &baseline);
    assert_eq!(refused.as_deref(), Some(look.text("compare.not_a_run")));
}

#[test]
fn worse_alike_and_undecided_are_said_as_such() {
    let look = Look { language: Language::English, palette: &LIGHT };
    let mut comparison = compared().comparison.unwrap().comparison.clone();
    (comparison.delta, comparison.delta_low, comparison.delta_high) = (0.5, 0.2, 0.8);
    assert!(words::headline(&look, &comparison).contains("0.5 minutes worse"));
    assert!(words::sentence(&look, &comparison).starts_with("95 %: 0.2–0.8 minutes"));
    (comparison.delta, comparison.delta_low, comparison.delta_high) = (0.1, -0.2, 0.4);
    assert!(words::headline(&look, &comparison).ends_with("cannot be told apart"));
    assert!(words::sentence(&look, &comparison).contains("0.2 minutes better to 0.4 minutes worse"));
    comparison.gate = Verdict::Inconclusive;
    comparison.days_needed = Some(61);
    assert!(words::gate(&look, &comparison).contains("About 61 days"));
    for site in &mut comparison.sites {
        (site.ratio, site.ratio_low, site.ratio_high) = (None, None, None);
    }
    assert!(words::sentence(&look, &comparison).contains("No site"));
    assert!(words::unscored(&look, &comparison).contains("Too few visits to judge: "));
    comparison.sites[0].ratio = Some(1.24);
    comparison.sites[0].ratio_low = Some(1.1);
    let worse = format!("worse at one site: 24 % at {}", comparison.sites[0].site);
    assert!(words::sentence(&look, &comparison).contains(&worse));
}

#[test]
fn nothing_kept_offers_the_sample_and_nothing_trained_leads_to_training() {
    for language in Language::ALL {
        let harness = shown(Compare::default(), empty(), language);
        assert_in_words(&harness);
        assert!(harness.query_by_role_and_label(Role::Heading, language.text("compare.no_data")).is_some());
        let mut snapshot = Snapshot::clone(full().snapshot.as_ref().unwrap());
        snapshot.runs.clear();
        let state = State { snapshot: Some(Arc::new(snapshot)), ..full() };
        let mut harness = shown(Compare::default(), state, language);
        let next = Command::GoTo("train");
        harness.get_by_role_and_label(Role::Button, &next.title(language)).click();
        harness.run();
        assert_eq!(harness.state().sent, [next]);
    }
}

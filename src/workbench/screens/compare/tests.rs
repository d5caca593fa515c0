//! The screen driven by what a screen reader would say, on a comparison that the workflows made.

use std::sync::Arc;

use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::{Compare, words};
use crate::analysis::evaluation::SliceVerdict;
use crate::base::Verdict;
use crate::base::calendar::CivilDate;
use crate::base::language::Language;
use crate::base::role;
use crate::workbench::Command;
use crate::workbench::command::Comparing;
use crate::workbench::screens::fixture::{Stage, assert_in_words, compared, empty, full, said, shown};
use crate::workbench::snapshot::Snapshot;
use crate::workbench::state::State;
use crate::workbench::theme::{LIGHT, Look};
use crate::workflows::compare::{
    CompareRequest, Period, Rolling, RollingOrigin, RollingRatio, RollingSide, TrainingEnd,
};
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
            assert!(harness.query_all_by_label(&words).next().is_some(), "{words}");
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
    // What leaves out zero does not look like it.
    (comparison.delta, comparison.delta_low, comparison.delta_high) = (-0.14, -0.27, -0.003);
    assert!(words::headline(&look, &comparison).contains("0.140 minutes better"));
    assert!(words::sentence(&look, &comparison).starts_with("95 %: 0.003–0.270 minutes"));
    (comparison.delta, comparison.delta_low, comparison.delta_high) = (0.1, -0.2, 0.4);
    assert!(words::headline(&look, &comparison).ends_with("cannot be told apart"));
    assert!(words::sentence(&look, &comparison).contains("0.2 minutes better to 0.4 minutes worse"));
    comparison.gate = Verdict::Inconclusive;
    comparison.days_needed = Some(61);
    assert!(words::gate(&look, &comparison).contains("About 61 days"));
    for site in &mut comparison.sites {
        (site.ratio, site.ratio_low, site.ratio_high) = (None, None, None);
    }
    for slice in &mut comparison.slices {
        slice.verdict = SliceVerdict::NotJudged;
    }
    assert!(words::sentence(&look, &comparison).contains("No site"));
    assert!(words::unscored(&look, &comparison).contains("Too few visits to judge: "));
    comparison.sites[0].ratio = Some(1.24);
    comparison.sites[0].ratio_low = Some(1.1);
    // Its interval alone says nothing: it is one of many, and what decides was found over all of them.
    assert!(words::sentence(&look, &comparison).contains("not worse at the one site"));
    let site = comparison.sites[0].site.clone();
    let slice = comparison.slices.iter_mut().find(|slice| slice.dimension == "site" && slice.level == site);
    slice.unwrap().verdict = SliceVerdict::Worse;
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

/// Types into the field of this name.
fn type_in(harness: &mut Harness<'static, Stage>, field: &str, text: &str) {
    harness.get_by_role_and_label(Role::TextInput, field).focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
    harness.run();
}

#[test]
fn a_period_a_file_and_past_dates_are_asked_for_in_a_form() {
    for language in Language::ALL {
        let mut harness = shown(Compare::default(), compared(), language);
        let name = |key: &str| language.text(key).to_owned();
        harness.get_by_role_and_label(Role::Button, &name("compare.more")).click();
        harness.run();
        assert_in_words(&harness);
        type_in(&mut harness, &name("compare.from"), "1404/07/01");
        type_in(&mut harness, &name("compare.until"), "2025-10-01");
        harness.get_by_role_and_label(Role::Button, &name("compare.so")).click();
        harness.run();
        let request = CompareRequest::of(ModelName::Live, ModelName::Run(2));
        let from = CivilDate::new(2025, 9, 23);
        let period = Period { from, until: CivilDate::new(2025, 10, 1) };
        let asked = |request, origins| Command::CompareAs(Box::new(Comparing { request, origins }));
        let chosen = harness.state().sent.clone();
        let [Command::CompareAs(of)] = chosen.as_slice() else { panic!("{chosen:?}") };
        assert_eq!((of.request.period, of.origins), (period, None));

        harness.get_by_role_and_label(Role::Button, &name("compare.at_past_dates")).click();
        harness.run();
        let rolled = harness.state().sent.last().cloned();
        let Some(Command::CompareAs(of)) = rolled else { panic!("{rolled:?}") };
        assert_eq!((of.request.period, of.origins), (Period::default(), Some(4)));

        type_in(&mut harness, &name("compare.file"), "/tmp/p.csv");
        type_in(&mut harness, &name("compare.trained_until"), "2025-09-01");
        harness.get_by_role_and_label(Role::Button, &name("compare.so")).click();
        harness.run();
        let day = CivilDate::new(2025, 9, 1).unwrap();
        let expected = CompareRequest {
            current: of.request.current.clone(),
            candidate: ModelName::Predictions("/tmp/p.csv".into()),
            trained_until: Some(TrainingEnd::DayBegins(day)),
            period,
            ..request
        };
        assert_eq!(harness.state().sent.last(), Some(&asked(expected, None)));
        // What errors cost is asked for; what is no cost is told.
        harness.get_by_role_and_label(Role::TextInput, &name("compare.cost_turn")).focus();
        harness.run();
        harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
        harness.run();
        type_in(&mut harness, &name("compare.cost_turn"), "300");
        harness.get_by_role_and_label(Role::Button, &name("compare.so")).click();
        harness.run();
        let Some(Command::CompareAs(of)) = harness.state().sent.last().cloned() else { panic!() };
        assert_eq!((of.request.weights.per_minute_needless, of.request.weights.per_turn_missed), (1.0, 300.0));
        type_in(&mut harness, &name("compare.cost_minute"), "x");
        assert!(said(&harness).iter().any(|said| said.contains(language.text("compare.not_a_cost"))));
        // What is no day is told, and nothing is sent.
        let before = harness.state().sent.len();
        type_in(&mut harness, &name("compare.from"), "/99");
        assert!(said(&harness).iter().any(|said| said.contains(language.text("compare.not_a_day"))));
        harness.get_by_role_and_label(Role::Button, &name("compare.so")).click();
        harness.run();
        assert_eq!(harness.state().sent.len(), before);
    }
}

#[test]
fn gates_figures_tenths_and_past_dates_are_shown() {
    for language in Language::ALL {
        let state = compared();
        let comparison = state.comparison.clone().unwrap();
        let ratio = RollingRatio {
            n: 900,
            days: 9,
            mae_current: 8.0,
            mae_candidate: 6.0,
            ratio: 0.75,
            ratio_low: 0.7,
            ratio_high: 0.8,
            gate: Verdict::Pass,
        };
        let side = |name: &str, family: &str| RollingSide { name: name.to_owned(), family: family.to_owned() };
        let origin = |found| RollingOrigin {
            cut: comparison.comparison.from,
            day: CivilDate::new(2025, 10, 1).unwrap(),
            train_n: 4_000,
            found,
        };
        let rolling = Rolling {
            dataset: state.dataset.unwrap(),
            current: side("rule", "rule"),
            candidate: side("run:2", "elastic-net"),
            split: crate::analysis::evaluation::SplitPlan::default(),
            seed: 1,
            margin: 1.05,
            origins: vec![origin(Some(ratio)), origin(None)],
            compared: 1,
            won: 1,
            clearly_won: 1,
            clearly_lost: 0,
            won_share: Some(1.0),
            overall: Some(ratio),
        };
        let state = State { rolling: Some(Arc::new(rolling)), ..state };
        let harness = shown(Compare::default(), state, language);
        assert_in_words(&harness);
        for picture in ["compare.by_predicted", "compare.by_wait", "compare.rolling"] {
            assert!(harness.query_by_role_and_label(Role::Figure, language.text(picture)).is_some(), "{picture}");
        }
        let all = said(&harness);
        for metric in &comparison.comparison.metrics {
            let name = language.text(&format!("metric.{}", metric.id)).to_owned();
            assert!(all.iter().any(|said| said.starts_with(&name)), "{name}");
        }
        for gate in comparison.gates.iter().filter(|gate| gate.id != "error") {
            let name = language.text(&format!("gate.{}", gate.id)).to_owned();
            assert!(all.contains(&name), "{name}");
        }
        let number = |n: u64| language.integer(n);
        let values =
            [("won", number(1)), ("compared", number(1)), ("clearly_won", number(1)), ("clearly_lost", number(0))];
        let says = language.fill_owned("compare.rolling_head", &values);
        assert!(all.iter().any(|said| said.contains(&says)), "{says}");
    }
}

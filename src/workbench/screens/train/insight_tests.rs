//! A run that is looked at, driven by what a screen reader would say.

use egui::Role;
use egui_kittest::kittest::Queryable as _;

use super::Train;
use super::insight::PARTS;
use crate::base::language::Language;
use crate::workbench::Command;
use crate::workbench::screens::fixture::{assert_in_words, full, looked, said, shown};
use crate::workbench::state::{Screen as _, State};

fn screen(part: &str) -> Train {
    let mut train = Train::default();
    train.show_part(part);
    train
}

#[test]
fn every_part_has_its_pictures_in_both_languages() {
    for language in Language::ALL {
        for (_, id, key) in PARTS {
            let harness = shown(screen(id), looked(false), language);
            assert_in_words(&harness);
            let name = format!("{}: {}", language.text("insight.part"), language.text(key));
            assert!(harness.query_by_role_and_label(Role::RadioButton, &name).is_some(), "{name}");
            let pictures = harness.query_all_by_role(Role::Figure).count();
            // The elastic net is solved at once and says so.
            let expected = match id {
                "curve" => 0,
                "residuals" => 4,
                _ => 1,
            };
            assert!(pictures >= expected, "{id}: {pictures}");
            assert!(harness.state().sent.is_empty(), "{:?}", harness.state().sent);
        }
        let said = said(&shown(screen("curve"), looked(false), language));
        assert!(said.iter().any(|words| words == language.text("insight.no_curve")), "{said:?}");
    }
}

#[test]
fn what_is_not_there_is_asked_for_once_and_can_be_asked_for_again() {
    let run = looked(false).run.unwrap();
    let mut harness = shown(screen("residuals"), State { run: Some(run), ..full() }, Language::English);
    assert_eq!(harness.state().sent, [Command::LookAtRun(run)]);
    harness.run();
    assert_eq!(harness.state().sent.len(), 1);
    harness.get_by_role_and_label(Role::Button, "Compute").click();
    harness.run();
    assert_eq!(harness.state().sent.len(), 2);
    // Importance and effects are asked for by themselves, each when it is opened.
    let bare = State { importance: None, effects: None, ..looked(false) };
    let harness = shown(screen("importance"), bare, Language::English);
    assert_eq!(harness.state().sent, [Command::Importance(run)]);
    let bare = State { importance: None, effects: None, ..looked(false) };
    let harness = shown(screen("effects"), bare, Language::English);
    assert_eq!(harness.state().sent, [Command::Effects(run, "people_ahead".to_owned())]);
}

#[test]
fn a_run_of_other_data_or_without_a_model_says_so() {
    let other = State { dataset: Some(crate::base::Digest::of(b"other")), ..looked(false) };
    let mut harness = shown(screen("importance"), other, Language::English);
    harness.get_by_role_and_label(Role::Button, "Choose its data set").click();
    harness.run();
    assert!(matches!(harness.state().sent.as_slice(), [Command::SelectDataset(_)]));
    let stopped =
        full().snapshot.unwrap().runs.iter().find(|(run, _)| run.artifact_sha256.is_none()).unwrap().0.id;
    let harness = shown(screen("visit"), State { run: Some(stopped), ..full() }, Language::English);
    assert!(said(&harness).iter().any(|words| words == "This run has no model"));
    assert!(harness.state().sent.is_empty());
}

#[test]
fn what_if_answers_at_once_and_can_be_taken_back() {
    let mut harness = shown(screen("visit"), looked(false), Language::English);
    let title = |harness: &egui_kittest::Harness<'_, _>| -> String {
        said(harness).into_iter().find(|words| words.starts_with("Why ")).unwrap()
    };
    let before = title(&harness);
    let slider = harness.get_all_by_role(Role::Slider).next().unwrap();
    slider.focus();
    harness.run();
    for _ in 0..20 {
        harness.key_press(egui::Key::ArrowRight);
        harness.run();
    }
    let is_told = |harness: &egui_kittest::Harness<'_, _>| {
        said(harness).iter().any(|words| words.contains("from what it was"))
    };
    if !is_told(&harness) {
        // It stood at its right end.
        for _ in 0..20 {
            harness.key_press(egui::Key::ArrowLeft);
            harness.run();
        }
    }
    assert!(is_told(&harness));
    harness.get_by_role_and_label(Role::Button, "As it was").click();
    harness.run();
    harness.run();
    assert_eq!(title(&harness), before);
    harness.get_by_role_and_label(Role::Button, "Next visit").click();
    harness.run();
    harness.run();
    let run = looked(false).insight.unwrap();
    assert!(
        said(&harness).iter().any(|words| words.contains(run.test.visits[run.test.visits.len() / 2 + 1].as_str()))
    );
    let mut harness = shown(screen("run"), looked(false), Language::English);
    harness.get_by_role_and_label(Role::Button, "Model card").click();
    harness.run();
    assert_eq!(harness.state().sent, [Command::SaveCard(run.test.run.id)]);
}

#[test]
fn while_a_slider_is_dragged_only_the_prediction_is_made() {
    let mut harness = shown(screen("visit"), looked(false), Language::English);
    let told = |harness: &egui_kittest::Harness<'_, _>, start: &str, end: &str| -> Option<String> {
        said(harness).into_iter().find(|words| words.starts_with(start) && words.contains(end))
    };
    let why = |harness: &egui_kittest::Harness<'_, _>| told(harness, "Why ", "").unwrap();
    let before = why(&harness);
    let moved = |harness: &egui_kittest::Harness<'_, _>| told(harness, "", "from what it was");
    // One that moves the prediction: a slider at its end, or of a feature that tells nothing here, does not.
    for at in 0..harness.get_all_by_role(Role::Slider).count() {
        let bar = harness.get_all_by_role(Role::Slider).nth(at).unwrap().rect();
        for part in [0.05, 0.95] {
            harness.drag_at(bar.left_center() + egui::vec2(bar.width() * 0.5, 0.0));
            harness.run();
            harness.hover_at(bar.left_center() + egui::vec2(bar.width() * part, 0.0));
            harness.run();
            let now = moved(&harness);
            assert_eq!(why(&harness), before, "why is not told anew while the button is down");
            harness.drop_at(bar.left_center() + egui::vec2(bar.width() * part, 0.0));
            harness.run();
            harness.run();
            if let Some(now) = now.filter(|_| why(&harness) != before) {
                // What was said while it was dragged is what is said now.
                assert_eq!(moved(&harness), Some(now));
                return;
            }
            harness.get_by_role_and_label(Role::Button, "As it was").click();
            harness.run();
            harness.run();
        }
    }
    panic!("no slider moved the prediction: {before}");
}

#[test]
fn the_effect_of_a_category_is_told_by_name() {
    let mut harness = shown(screen("effects"), looked(true), Language::English);
    // The list still says people ahead, whose effect is not at hand.
    assert!(matches!(harness.state().sent.as_slice(), [Command::Effects(..)]));
    harness.get_all_by_role(Role::ComboBox).next().unwrap().click();
    harness.run();
    harness.get_by_label("Site").click();
    harness.run();
    harness.run();
    assert!(harness.query_by_role_and_label(Role::Figure, "Effect of Site").is_some());
}

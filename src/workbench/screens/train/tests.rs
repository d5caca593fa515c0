//! The screen driven by what a screen reader would say, on a project that the workflows made.

use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::Train;
use super::form::{Form, allowed_words, choice_words, parameter_name};
use crate::analysis::models::{FAMILIES, ParameterKind, Parameters};
use crate::base::language::Language;
use crate::store::workspace::RunMark;
use crate::workbench::Command;
use crate::workbench::screens::fixture::{Stage, assert_in_words, empty, full, said, shown};
use crate::workbench::state::State;
use crate::workbench::theme::{LIGHT, Look};
use crate::workflows::models::ModelName;

#[test]
fn the_best_run_the_form_and_the_table_are_there_in_both_languages() {
    for language in Language::ALL {
        let harness = shown(Train::default(), full(), language);
        assert_in_words(&harness);
        assert!(harness.query_by_role(Role::Heading).is_some());
        let run = language.fill("model.run", &[("run", &language.integer(2))]);
        assert!(said(&harness).iter().any(|words| words.starts_with(&run)), "{run}");
        for key in
            ["train.runs", "train.form", "parameter.penalty", "train.seed", "train.split", "train.cancelled"]
        {
            let words = language.text(key);
            assert!(said(&harness).iter().any(|said| said.contains(words)), "{words}");
        }
        assert!(harness.query_by_role_and_label(Role::Figure, language.text("train.split")).is_some());
    }
}

#[test]
fn training_sends_what_the_form_says_and_names_what_is_wrong() {
    let mut harness = shown(Train::default(), full(), Language::English);
    harness.get_by_role_and_label(Role::Button, "Train").click();
    harness.run();
    let Some(Command::Train(request)) = harness.state().sent.first() else { panic!("{:?}", harness.state().sent) };
    assert_eq!((request.family.as_str(), request.seed, request.split.test_share), ("boosted", 1404, 0.2));
    assert!(request.parameters.contains("learning_rate: 0.03\n"), "{}", request.parameters);
    harness.get_by_role_and_label(Role::TextInput, "Learning rate").focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Learning rate").type_text("x");
    harness.run();
    assert!(harness.query_by_label("Must be: 0.001 to 1.").is_some());
    assert!(harness.query_by_label("Mend first: Learning rate.").is_some());
    let sent = harness.state().sent.len();
    harness.get_by_role_and_label(Role::Button, "Train").click();
    harness.run();
    assert_eq!(harness.state().sent.len(), sent);
}

#[test]
fn a_run_can_be_chosen_sorted_and_compared() {
    let mut harness = shown(Train::default(), State { run: Some(2), ..full() }, Language::English);
    harness.get_by_role_and_label(Role::Button, "Compare with the rule").click();
    harness.run();
    let compare = Command::Compare(ModelName::Baseline("rule"), ModelName::Run(2));
    assert_eq!(harness.state().sent, [compare, Command::GoTo("compare")]);
    let first = |harness: &Harness<'_, Stage>| {
        said(harness).into_iter().find(|said| said.contains(", sample, ")).unwrap_or_default()
    };
    assert!(first(&harness).starts_with("3, "), "the newest first: {}", first(&harness));
    let head = "Mean abs. error (95 %), min";
    harness.get_by_role_and_label(Role::ColumnHeader, head).click();
    harness.run();
    let best = first(&harness);
    assert!(best.starts_with("2, elastic net, "), "the lowest error first: {best}");
    harness.get_by_role_and_label(Role::ColumnHeader, head).click();
    harness.run();
    harness.get_by_role_and_label(Role::Row, &first(&harness)).click();
    harness.run();
    assert_eq!(harness.state().sent.last(), Some(&Command::SelectRun(3)));
}

#[test]
fn nothing_kept_offers_the_sample() {
    for language in Language::ALL {
        let mut harness = shown(Train::default(), empty(), language);
        assert_in_words(&harness);
        assert!(harness.query_by_role_and_label(Role::Heading, language.text("train.no_data")).is_some());
        harness.get_by_role_and_label(Role::Button, language.text("command.open_sample")).click();
        harness.run();
        assert_eq!(harness.state().sent, [Command::OpenSample]);
        let harness = shown(Train::default(), State::default(), language);
        assert!(harness.query_by_label(language.text("train.reading")).is_some());
    }
}

#[test]
fn every_family_has_words_a_form_and_defaults_that_may_be_used() {
    for language in Language::ALL {
        let look = Look { language, palette: &LIGHT };
        for family in FAMILIES {
            let form = Form { family: family.id(), ..Form::default() };
            assert_eq!(form.problems(&look), Vec::<String>::new(), "{}", family.id());
            let request = form.request().unwrap();
            let read = Parameters::from_yaml(family.parameters(), &request.parameters).unwrap();
            assert_eq!(read, Parameters::defaults(family.parameters()));
            let about = format!("train.about_{}", family.id());
            assert_ne!(look.text(&about), about);
            for parameter in family.parameters() {
                assert_ne!(parameter_name(&look, parameter), format!("parameter.{}", parameter.id));
                assert!(!allowed_words(&look, parameter).is_empty());
                let about = format!("parameter_about.{}", parameter.id);
                let is_choice = matches!(parameter.kind, ParameterKind::Choice(_));
                assert_eq!(look.text(&about) == about, is_choice, "a number is told the meaning of: {about}");
                if let ParameterKind::Choice(choice) = parameter.kind {
                    for option in choice.options {
                        assert_ne!(choice_words(&look, option), format!("choice.{option}"));
                    }
                }
            }
        }
    }
}

#[test]
fn what_is_typed_in_persian_digits_is_read_and_what_is_out_of_range_is_not() {
    let look = Look { language: Language::Persian, palette: &LIGHT };
    let mut form = Form { family: "elastic-net", ..Form::default() };
    "۰٫۲۵".clone_into(form.typed("penalty"));
    "۳۰".clone_into(form.split.get_mut("test_share").unwrap());
    let request = form.request().unwrap();
    assert!(request.parameters.contains("penalty: 0.25\n"));
    assert_eq!(request.split.test_share, 0.3);
    for wrong in ["-1", "11", "NaN", "1e999", "", "0.1\nseed: 2"] {
        wrong.clone_into(form.typed("penalty"));
        assert_eq!(form.problems(&look), [look.text("parameter.penalty")], "{wrong}");
        assert_eq!(form.request(), None);
    }
}

#[test]
fn a_run_is_marked_by_what_is_typed_and_pressed() {
    let mut harness = shown(Train::default(), State { run: Some(2), ..full() }, Language::English);
    harness.get_by_role_and_label(Role::Button, "Pin").click();
    harness.run();
    assert_eq!(harness.state().sent, [Command::MarkRun(2, vec![RunMark::Pinned(true)])]);
    for (field, typed) in [("Tags", "floor, نوروز,,floor"), ("Note", " the one to beat ")] {
        harness.get_by_role_and_label(Role::TextInput, field).focus();
        harness.run();
        harness.get_by_role_and_label(Role::TextInput, field).type_text(typed);
        harness.run();
    }
    harness.get_by_role_and_label(Role::Button, "Keep").click();
    harness.run();
    let tag = |tag: &str| RunMark::Tag(tag.to_owned());
    let marks = vec![tag("floor"), tag("نوروز"), RunMark::Note("the one to beat".to_owned())];
    assert_eq!(harness.state().sent.last(), Some(&Command::MarkRun(2, marks)));
    harness.get_by_role_and_label(Role::TextInput, "Tags").focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Tags").type_text(&"x".repeat(41));
    harness.run();
    assert!(harness.query_by_label("A tag has at most 40 characters.").is_some());
    let sent = harness.state().sent.len();
    harness.get_by_role_and_label(Role::Button, "Keep").click();
    harness.run();
    assert_eq!(harness.state().sent.len(), sent, "nothing is sent that would be refused");
}

#[test]
fn runs_stand_side_by_side_in_both_languages() {
    for language in Language::ALL {
        let mut harness = shown(Train::default(), State { run: Some(2), ..full() }, language);
        assert!(!said(&harness).contains(&language.text("train.setting").to_owned()));
        harness.get_by_role_and_label(Role::Button, language.text("train.pick")).click();
        harness.run();
        harness.state_mut().state.run = Some(1);
        harness.run();
        harness.get_by_role_and_label(Role::Button, language.text("train.pick")).click();
        harness.run();
        for name in ["train.parallel", "train.scatter"] {
            assert!(harness.query_by_role_and_label(Role::Figure, language.text(name)).is_some(), "{name}");
        }
        assert_in_words(&harness);
        // The rule and the elastic net: what one of them has no parameter for is left open.
        let family = format!("{}, ", language.text("runs.family"));
        let row = said(&harness).into_iter().find(|said| said.starts_with(&family)).unwrap_or_default();
        assert!(
            row.contains(language.text("family.rule")) && row.contains(language.text("family.elastic-net")),
            "{row}"
        );
        let all = language.fill("train.unpick_all", &[("count", &language.integer(2))]);
        harness.get_by_role_and_label(Role::Button, &all).click();
        harness.run();
        assert!(harness.query_by_role_and_label(Role::Button, &all).is_none());
    }
}

/// Presses from top to bottom along the line `x` of the figure with this name; the runs that were chosen, in their order.
fn pressed_along(harness: &mut Harness<'_, Stage>, name: &str, x: impl Fn(egui::Rect) -> f32) -> Vec<i64> {
    let rect = harness.get_by_role_and_label(Role::Figure, name).rect();
    let at = x(rect);
    let mut y = rect.top() + 24.0;
    while y < rect.bottom() - 8.0 {
        let place = egui::pos2(at, y);
        harness.hover_at(place);
        harness.drag_at(place);
        harness.drop_at(place);
        harness.run();
        y += 6.0;
    }
    let mut chosen: Vec<i64> = Vec::new();
    for command in &harness.state().sent {
        if let Command::SelectRun(run) = command {
            chosen.push(*run);
        }
    }
    chosen.dedup();
    chosen
}

#[test]
fn a_line_or_a_point_that_is_pressed_chooses_its_run() {
    let language = Language::English;
    let mut harness = shown(Train::default(), State { run: Some(2), ..full() }, language);
    harness.set_size(egui::vec2(1240.0, 3000.0));
    harness.run();
    for run in [2, 1] {
        harness.state_mut().state.run = Some(run);
        harness.run();
        harness.get_by_role_and_label(Role::Button, language.text("train.pick")).click();
        harness.run();
    }
    // Where the lines end, the one with the greater error is above the other: the rule above the elastic net.
    let snapshot = full().snapshot.unwrap();
    let error = |id: i64| {
        let (_, document) = snapshot.runs.iter().find(|(run, _)| run.id == id).unwrap();
        document.test.as_ref().unwrap().mae
    };
    assert!(error(1) > error(2));
    let parallel = language.text("train.parallel");
    let mut near_the_end = (48..80).step_by(4).map(|left: i16| {
        harness.state_mut().sent.clear();
        pressed_along(&mut harness, parallel, |rect| rect.right() - f32::from(left))
    });
    assert!(near_the_end.any(|chosen| chosen == [1, 2]));
    // The points stand at the families, one at each end, and the higher one is again the rule.
    harness.state_mut().sent.clear();
    let scatter = language.text("train.scatter");
    let mut found = std::collections::BTreeSet::new();
    let width = harness.get_by_role_and_label(Role::Figure, scatter).rect().width();
    for across in 1..32 {
        if found.len() < 2 {
            let x = width * across as f32 / 32.0;
            found.extend(pressed_along(&mut harness, scatter, |rect| rect.left() + x));
        }
    }
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn the_table_shows_one_family_where_that_is_asked_for() {
    let mut harness = shown(Train::default(), full(), Language::English);
    harness.get_by_role_and_label(Role::ComboBox, "Shown families: All families").click();
    harness.run();
    harness.get_by_role_and_label(Role::Row, "today's rule").click();
    harness.run();
    assert!(said(&harness).iter().any(|said| said.starts_with("1 of 3 runs")), "{:?}", said(&harness));
    let rows: Vec<String> = said(&harness).into_iter().filter(|said| said.contains(", sample, ")).collect();
    assert_eq!(rows.len(), 1, "{rows:?}");
}

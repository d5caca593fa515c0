//! The page on a file with Persian heads and Jalali dates, read by the real guess.

use std::fmt::Write as _;

use egui::{Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::*;
use crate::analysis::history::personal::HIDDEN;
use crate::analysis::history::{Action, Check, Mapping};
use crate::base::Task;
use crate::base::language::Language;
use crate::workbench::screens::data::Data;
use crate::workbench::screens::fixture::{Stage, assert_in_words, shown};
use crate::workbench::snapshot::Snapshot;
use crate::workbench::text;
use crate::workflows::Home;

/// Forty visits to two sites.
fn intake() -> Arc<Intake> {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::resolve(Some(folder.path()), None).unwrap();
    let path = folder.path().join("نوبت.csv");
    let mut text = "شعبه,خدمت,زمان ورود,زمان فراخوان,یادداشت\n".to_owned();
    for row in 0..40 {
        let site = ["ونک", "تجریش"][row % 2];
        let (minute, call) = (row, row + 7);
        writeln!(text, "{site},پذیرش,1404/05/02 08:{minute:02}:00,1404/05/02 08:{call:02}:10,x{row}").unwrap();
    }
    std::fs::write(&path, text).unwrap();
    Arc::new(Intake::read(&home, &[path], None, &Task::default()).unwrap())
}

fn open(intake: Arc<Intake>, language: Language) -> Harness<'static, Stage> {
    let state = State { intake: Some(intake), ..State::default() };
    let harness = shown(Data::default(), state, language);
    harness.check_accessibility();
    assert_in_words(&harness);
    harness
}

fn origin_label(language: Language, field: &str, origin: &str) -> String {
    let field = language.text(&format!("field.{field}")).to_owned();
    format!("{}: {origin}", language.fill("mapping.origin_of", &[("field", &field)]))
}

#[test]
fn the_guess_is_shown_with_what_its_cells_become_and_can_be_imported() {
    let intake = intake();
    assert_eq!(intake.readable(), (40, 40));
    for language in Language::ALL {
        let mut harness = open(intake.clone(), language);
        for (field, column) in [("site", "شعبه"), ("arrived", "زمان ورود"), ("called", "زمان فراخوان")]
        {
            let label = origin_label(language, field, column);
            assert!(harness.query_by_role_and_label(Role::ComboBox, &label).is_some(), "{label}");
        }
        assert!(harness.query_all_by_label_contains("1404/05/02 08:00:00").count() > 0, "a cell as it stands");
        assert!(harness.query_all_by_label_contains("2025-07-24").count() > 0, "and what becomes of it");
        let import = language.text("command.import");
        harness.get_by_role_and_label(Role::Button, import).click();
        harness.run();
        harness.get_by_role_and_label(Role::Button, language.text("command.keep_mapping")).click();
        harness.run();
        assert_eq!(harness.state().sent, [Command::ImportMapped(ImportChoices::default()), Command::KeepMapping]);
    }
}

#[test]
fn another_column_is_tried_at_once() {
    let language = Language::English;
    let mut harness = open(intake(), language);
    let label = origin_label(language, "called", "زمان فراخوان");
    harness.get_by_role_and_label(Role::ComboBox, &label).click();
    harness.run();
    harness.get_by_role_and_label(Role::Row, language.text("mapping.nowhere")).click();
    harness.run();
    let sent = harness.state().sent.clone();
    let [Command::TryMapping(tried)] = sent.as_slice() else { panic!("{sent:?}") };
    assert!(tried.visit.called.is_none());
}

#[test]
fn a_mapping_that_does_not_fit_says_why_and_is_not_imported() {
    for language in Language::ALL {
        let fits = intake();
        let mut mapping = fits.mapping.clone().unwrap();
        mapping.visit.priority = Some("urgency".to_owned());
        let harness = open(Arc::new(fits.with(mapping)), language);
        assert!(harness.query_all_by_label_contains("urgency").count() > 0);
        let import = harness.get_by_role_and_label(Role::Button, language.text("command.import"));
        assert!(import.accesskit_node().is_disabled());
    }
}

#[test]
fn a_file_without_a_known_arrival_asks_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::resolve(Some(folder.path()), None).unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, "colour,shape\nred,round\nblue,flat\n").unwrap();
    let intake = Arc::new(Intake::read(&home, &[path], None, &Task::default()).unwrap());
    assert!(intake.mapping.is_none());
    for language in Language::ALL {
        let harness = open(intake.clone(), language);
        assert!(harness.query_all_by_label_contains(language.text("mapping.no_arrival")).count() > 0);
        let import = harness.get_by_role_and_label(Role::Button, language.text("command.import"));
        assert!(import.accesskit_node().is_disabled());
    }
}

/// Sixty visits with a mobile number and a national code; every tenth was called before it arrived.
fn personal_intake() -> Arc<Intake> {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::resolve(Some(folder.path()), None).unwrap();
    let path = folder.path().join("visits.csv");
    let mut text = "site,service,arrived_at,called_at,mobile,code\n".to_owned();
    // National codes with a right checksum, by the rule that the golden script has.
    let codes = ["0084575948", "0079180183", "0013542419"];
    for row in 0..60 {
        let (minute, code) = (row % 60, codes[row % 3]);
        let called = if row % 10 == 9 { "07:00" } else { "09:59" };
        writeln!(text, "a,b,2026-01-05T08:{minute:02}:00Z,2026-01-05T{called}:00Z,0912345{row:04},{code}")
            .unwrap();
    }
    std::fs::write(&path, text).unwrap();
    Arc::new(Intake::read(&home, &[path], None, &Task::default()).unwrap())
}

/// The mapping that a press on the choice `label` tries.
fn tried(intake: &Arc<Intake>, language: Language, label: &str) -> Mapping {
    let mut harness = open(intake.clone(), language);
    harness.get_by_role_and_label(Role::RadioButton, label).click();
    harness.run();
    let sent = harness.state().sent.clone();
    let [Command::TryMapping(tried)] = sent.as_slice() else { panic!("{sent:?}") };
    Mapping::clone(tried)
}

#[test]
fn what_is_done_about_a_finding_is_chosen_and_seen_in_the_rows() {
    let intake = personal_intake();
    assert_eq!(intake.readable(), (54, 60));
    let check = Check::CalledBeforeArrived;
    assert_eq!(intake.preview.report.found(check), 6);
    for language in Language::ALL {
        let name = language.text("check.called_before_arrived").to_owned();
        let name = language.fill("mapping.checks_choice", &[("check", &name)]);
        let label = format!("{name}: {}", language.text("do.repair"));
        let mapping = tried(&intake, language, &label);
        assert_eq!(mapping.checks.action(check), Action::Repair);
        let repaired = Arc::new(intake.with(mapping));
        assert_eq!(repaired.readable(), (60, 60), "they are read without their calls");
        assert_eq!(repaired.preview.report.found(check), 6);
        let row = &repaired.preview.rows[9];
        assert_eq!((row.set_aside, row.found.as_slice()), (None, [check].as_slice()));
        // What was changed stays listed, and can be changed back.
        let label = format!("{name}: {}", language.text("do.quarantine"));
        let back = tried(&repaired, language, &label);
        assert!(back.checks.actions.is_empty());
    }
}

#[test]
fn every_check_that_leaves_a_choice_can_be_listed_and_has_only_its_own_choices() {
    for language in Language::ALL {
        let mut harness = open(personal_intake(), language);
        let all = Check::ALL.iter().filter(|check| check.actions().len() > 1).count() as u64;
        let option = language.fill("mapping.checks_all", &[("n", &language.integer(all))]);
        let label = format!("{}: {option}", language.text("mapping.checks_shown"));
        harness.get_by_role_and_label(Role::RadioButton, &label).click();
        harness.run();
        for check in Check::ALL.iter().filter(|check| check.actions().len() > 1) {
            let name = language.text(&format!("check.{}", check.id())).to_owned();
            let name = language.fill("mapping.checks_choice", &[("check", &name)]);
            for action in [Action::Repair, Action::Quarantine, Action::Accept] {
                let word = language.text(&format!("do.{}", action.id())).to_owned();
                let found =
                    harness.query_by_role_and_label(Role::RadioButton, &format!("{name}: {word}")).is_some();
                assert_eq!(found, check.actions().contains(&action), "{name}: {word}");
            }
        }
    }
}

#[test]
fn a_limit_that_is_one_is_tried() {
    let mut harness = open(personal_intake(), Language::Persian);
    let option = Language::Persian.fill("mapping.checks_all", &[("n", &Language::Persian.integer(25))]);
    let shown: Vec<String> = harness
        .query_all_by_role(Role::RadioButton)
        .filter_map(|node| node.accesskit_node().label())
        .filter(|label| label.contains(Language::Persian.text("mapping.checks_shown")))
        .collect();
    let all = shown.last().unwrap_or(&option).clone();
    harness.get_by_role_and_label(Role::RadioButton, &all).click();
    harness.run();
    let name = Language::Persian.text("check.wait_above_cap").to_owned();
    let name = Language::Persian.fill("mapping.checks_limit_of", &[("check", &name)]);
    let field = harness.get_by_role_and_label(Role::TextInput, &name);
    field.focus();
    field.type_text("x");
    harness.run();
    assert!(harness.state().sent.is_empty(), "what is no number changes nothing");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::TextInput, &name).type_text("۹۰");
    harness.run();
    let sent = harness.state().sent.clone();
    let Some(Command::TryMapping(tried)) = sent.last() else { panic!("{sent:?}") };
    assert_eq!(tried.checks.wait_cap_minutes, 90.0);
}

#[test]
fn personal_data_is_left_out_hashed_or_kept_and_the_rows_show_it() {
    let intake = personal_intake();
    let columns: Vec<&str> = intake.personal().iter().map(|found| found.column.as_str()).collect();
    assert_eq!(columns, ["mobile", "code"]);
    assert!(intake.preview.extras.is_empty());
    for language in Language::ALL {
        let harness = open(intake.clone(), language);
        assert_eq!(harness.query_all_by_label_contains("09123450000").count(), 0, "what is left out is not shown");
        let choice = language.fill("mapping.personal_choice", &[("column", "mobile")]);
        let hashed = tried(&intake, language, &format!("{choice}: {}", language.text("treatment.hash")));
        let hashed = Arc::new(intake.with(hashed));
        assert_eq!(hashed.preview.extras, ["mobile"]);
        assert_eq!(hashed.preview.rows[0].extras, [Some(HIDDEN.to_owned())]);
        let harness = open(hashed.clone(), language);
        assert!(harness.query_all_by_label_contains(HIDDEN).count() > 0);
        assert_eq!(harness.query_all_by_label_contains("09123450000").count(), 0);
        let kept = tried(&hashed, language, &format!("{choice}: {}", language.text("treatment.keep")));
        let kept = Arc::new(intake.with(kept));
        assert_eq!(kept.preview.rows[0].extras, [Some("09123450000".to_owned())]);
        let harness = open(kept.clone(), language);
        assert!(harness.query_all_by_label_contains("09123450000").count() > 0, "what is kept is shown");
        let back = tried(&kept, language, &format!("{choice}: {}", language.text("treatment.leave_out")));
        assert_eq!(Some(&back), intake.mapping.as_ref());
    }
}

#[test]
fn the_name_and_the_contract_go_with_the_import_and_the_person_is_named() {
    let mut snapshot = Snapshot { contracts: vec!["/contracts/spring.yaml".into()], ..Snapshot::default() };
    snapshot.people.clear();
    for language in Language::ALL {
        let state = State {
            intake: Some(personal_intake()),
            snapshot: Some(Arc::new(snapshot.clone())),
            person: "mina".to_owned(),
            // Made before these files were looked at: it is not theirs.
            contract: Some("/contracts/old.yaml".into()),
            ..State::default()
        };
        let mut harness = shown(Data::default(), state, language);
        assert!(harness.query_all_by_label_contains("mina").count() > 0);
        let field = harness.get_by_role_and_label(Role::TextInput, language.text("mapping.name"));
        field.focus();
        field.type_text(" winter ");
        harness.run();
        harness.get_by_role_and_label(Role::Button, "spring").click();
        harness.run();
        harness.get_by_role_and_label(Role::Button, language.text("command.import")).click();
        harness.run();
        let choices = ImportChoices {
            name: Some("winter".to_owned()),
            append_to: None,
            contract: Some("/contracts/spring.yaml".into()),
        };
        assert_eq!(harness.state().sent, [Command::ImportMapped(choices)]);
    }
}

#[test]
fn several_files_are_named_together() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::resolve(Some(folder.path()), None).unwrap();
    let months = folder.path().join("months");
    std::fs::create_dir(&months).unwrap();
    for month in ["a", "b", "c"] {
        let text = "site,service,arrived_at\ns,t,2026-01-05T08:00:00Z\n";
        std::fs::write(months.join(format!("{month}.csv")), text).unwrap();
    }
    let intake = Arc::new(Intake::read(&home, &[months], None, &Task::default()).unwrap());
    assert_eq!((intake.files.len(), intake.readable()), (3, (3, 3)));
    for language in Language::ALL {
        let harness = open(intake.clone(), language);
        let values = [("name", text::isolate("a.csv")), ("more", language.integer(2))];
        let files = language.fill_owned("data.files", &values);
        assert!(harness.query_all_by_label_contains(&files).count() > 0, "{files}");
    }
}

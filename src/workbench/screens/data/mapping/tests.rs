//! The page on a file with Persian heads and Jalali dates, read by the real guess.

use std::fmt::Write as _;

use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::*;
use crate::base::Task;
use crate::base::language::Language;
use crate::workbench::screens::data::Data;
use crate::workbench::screens::fixture::{Stage, assert_in_words, shown};
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
    Arc::new(Intake::read(&home, &path, None, &Task::default()).unwrap())
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
        assert_eq!(harness.state().sent, [Command::ImportMapped, Command::KeepMapping]);
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
    let intake = Arc::new(Intake::read(&home, &path, None, &Task::default()).unwrap());
    assert!(intake.mapping.is_none());
    for language in Language::ALL {
        let harness = open(intake.clone(), language);
        assert!(harness.query_all_by_label_contains(language.text("mapping.no_arrival")).count() > 0);
        let import = harness.get_by_role_and_label(Role::Button, language.text("command.import"));
        assert!(import.accesskit_node().is_disabled());
    }
}

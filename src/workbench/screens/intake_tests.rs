//! Files on their way in, their checks, and contracts: what is shown and what is asked for.

use std::sync::Arc;

use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::data::Data;
use super::tests::{SAMPLE, choose, nothing, press, sample, shown};
use crate::analysis::history::expectations::Violation;
use crate::base::Task;
use crate::base::language::Language;
use crate::workbench::command::{Command, ImportChoices};
use crate::workbench::intake::Intake;
use crate::workbench::jobs::{JobStatus, Jobs};
use crate::workbench::snapshot::Snapshot;
use crate::workbench::state::{Arrival, Held, State};
use crate::workbench::text;
use crate::workflows::Home;
use crate::workflows::datasets::ParentSet;

#[test]
fn several_paths_are_one_history_and_the_enter_key_looks_at_them() {
    for language in Language::ALL {
        let (mut harness, sent) = shown(Data::default(), nothing(), language);
        let field = harness.get_by_role_and_label(Role::MultilineTextInput, language.text("file.path"));
        field.focus();
        field.type_text("/data/january.csv");
        harness.run();
        harness.key_press_modifiers(Modifiers::SHIFT, Key::Enter);
        harness.run();
        assert!(sent.lock().unwrap().is_empty(), "with Shift it begins a line");
        harness.get_by_role(Role::MultilineTextInput).type_text("/data/february");
        harness.run();
        harness.key_press(Key::Enter);
        harness.run();
        let paths = vec!["/data/january.csv".into(), "/data/february".into()];
        assert_eq!(*sent.lock().unwrap(), [Command::Inspect(paths, None), Command::GoTo("data")]);
        press(&mut harness, language.text("file.choose_folder"));
        assert_eq!(sent.lock().unwrap().last(), Some(&Command::ChooseFolder));
    }
}

#[test]
fn an_import_tells_which_checks_were_made_and_which_are_to_come() {
    let task = Task::default();
    for stage in ["stage.reading", "stage.check_dates", "stage.check_names"] {
        task.report(stage, 0, 0).unwrap();
    }
    for language in Language::ALL {
        let mut jobs = Jobs::new(egui::Context::default());
        let job = jobs.start("import", language.text("job.import"), |_| Ok(Arrival::Nothing));
        let status = jobs.statuses().pop().unwrap();
        let status = JobStatus { id: job, progress: task.progress(), stages: task.stages(), ..status };
        let (mut harness, sent) = shown(Data::default(), State { jobs: vec![status], ..nothing() }, language);
        for (step, stage) in [
            ("step.done", "stage.reading"),
            ("step.done", "stage.check_dates"),
            ("step.present", "stage.check_names"),
            ("step.to_come", "stage.check_clocks"),
            ("step.to_come", "stage.sorting"),
        ] {
            let said = language.fill(step, &[("stage", language.text(stage))]);
            assert!(harness.query_by_label(&said).is_some(), "{said}");
        }
        let aside = language.text("stage.setting_aside");
        assert_eq!(harness.query_all_by_label_contains(aside).count(), 0, "not every import does that");
        press(&mut harness, language.text("cancel"));
        assert_eq!(*sent.lock().unwrap(), [Command::CancelJob(job)]);
    }
}

/// The sample, as a contract that is off in two places finds it.
fn held() -> Held {
    let off = |field: &str, expected: &str, found: &str| Violation {
        field: field.to_owned(),
        expected: expected.to_owned(),
        found: found.to_owned(),
    };
    Held {
        dataset: SAMPLE.prepared.digest,
        contract: "/contracts/spring.yaml".into(),
        violations: vec![
            off("columns.service.allowed", "a, b", "c"),
            off("visits_a_day.saturday", "10 … 20", "2026-03-21: 4"),
        ],
    }
}

#[test]
fn a_contract_is_made_with_one_press_and_held_against_the_data_set() {
    let mut snapshot = Snapshot::clone(&SAMPLE.snapshot);
    snapshot.contracts = vec!["/contracts/spring.yaml".into()];
    let snapshot = Arc::new(snapshot);
    for language in Language::ALL {
        let state = State { snapshot: Some(snapshot.clone()), ..sample() };
        let (mut harness, sent) = shown(Data::default(), state, language);
        choose(&mut harness, language, "data.part_profile");
        press(&mut harness, language.text("command.save_contract"));
        choose(&mut harness, language, "data.part_contract");
        let hold = language.text("contract.hold");
        assert!(harness.get_by_role_and_label(Role::Button, hold).accesskit_node().is_disabled());
        press(&mut harness, "spring");
        press(&mut harness, hold);
        let field = harness.get_by_role_and_label(Role::TextInput, language.text("contract.save_path"));
        field.focus();
        field.type_text("/other/e.yaml");
        harness.run();
        press(&mut harness, language.text("command.save_contract"));
        let expected = [
            Command::SaveContract(None),
            Command::CheckContract("/contracts/spring.yaml".into()),
            Command::SaveContract(Some("/other/e.yaml".into())),
        ];
        assert_eq!(*sent.lock().unwrap(), expected);
    }
}

#[test]
fn what_is_not_as_expected_is_told_in_words_beside_the_line_of_the_contract() {
    for language in Language::ALL {
        let state = State { held: Some(Arc::new(held())), ..sample() };
        let (mut harness, _) = shown(Data::default(), state, language);
        press(&mut harness, language.text("contract.show"));
        let service =
            language.fill("expect.allowed", &[("column", &text::isolate(language.text("data.service")))]);
        let saturday =
            language.fill("expect.visits_a_day", &[("day", language.text("calendar.weekday.saturday"))]);
        for said in [service.as_str(), &saturday, "2026-03-21: 4", "columns.service.allowed"] {
            assert!(harness.query_all_by_label_contains(said).count() > 0, "{said}");
        }
        assert!(harness.query_by_label(language.text("contract.not_met")).is_some());
        let kept = Held { violations: Vec::new(), ..held() };
        let state = State { held: Some(Arc::new(kept)), ..sample() };
        let (harness, _) = shown(Data::default(), state, language);
        assert!(harness.query_by_role_and_label(Role::Button, language.text("contract.show")).is_none());
    }
}

/// Files are added to the data set that is chosen, and what came of it is told.
#[test]
fn files_can_be_added_to_a_data_set() {
    let digest = SAMPLE.prepared.digest;
    let name = SAMPLE.snapshot.datasets[0].0.name.clone();
    let folder = tempfile::tempdir().unwrap();
    let home = Home::resolve(Some(folder.path()), None).unwrap();
    let path = folder.path().join("more.csv");
    std::fs::write(&path, "visit_id,site,service,arrived_at\n1,a,b,2026-01-05T08:00:00Z\n").unwrap();
    let intake = Arc::new(Intake::read(&home, &[path], None, &Task::default()).unwrap());
    for language in Language::ALL {
        let (mut harness, sent) =
            shown(Data::default(), State { intake: Some(intake.clone()), ..sample() }, language);
        let none = format!("{}: {}", language.text("mapping.append"), language.text("mapping.append_none"));
        harness.get_by_role_and_label(Role::ComboBox, &none).click();
        harness.run();
        harness.query_all_by_label_contains(&digest.short()).next().unwrap().click();
        harness.run();
        press(&mut harness, language.text("command.import"));
        let choices = ImportChoices { append_to: Some(digest), ..ImportChoices::default() };
        assert_eq!(sent.lock().unwrap().last(), Some(&Command::ImportMapped(choices)));

        let mut snapshot = Snapshot::clone(&SAMPLE.snapshot);
        let document = &mut snapshot.datasets[0].1;
        document.parent = Some(ParentSet { digest, name: name.clone(), visits: 1_234, completed: 56 });
        let state = State { snapshot: Some(Arc::new(snapshot)), ..sample() };
        let (harness, _) = shown(Data::default(), state, language);
        assert!(harness.query_all_by_label_contains(&language.integer(1_234)).count() > 0);
        assert!(harness.query_all_by_label_contains(&language.integer(56)).count() > 0);
    }
}

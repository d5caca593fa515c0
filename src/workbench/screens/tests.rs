//! Drives the screens on the sample, read through the real workflows, and on nothing at all.

use std::sync::{Arc, LazyLock, Mutex};

use egui::{Role, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::data::Data;
use super::overview::Overview;
use crate::analysis::history::checks::{NotEvaluated, Why};
use crate::analysis::history::difference::compare_histories;
use crate::analysis::history::{Action, Check, Finding};
use crate::base::Task;
use crate::base::language::Language;
use crate::workbench::command::{Command, DriftAsk, Outbox};
use crate::workbench::snapshot::{Profile, Snapshot};
use crate::workbench::state::{DatasetDifference, Screen, State};
use crate::workbench::text;
use crate::workbench::theme::{self, Look};
use crate::workflows::Home;
use crate::workflows::datasets::Prepared;
use crate::workflows::demo::{SAMPLE_PERSON, open_sample};

pub(super) struct Sample {
    pub snapshot: Arc<Snapshot>,
    pub prepared: Arc<Prepared>,
    pub profile: Arc<Profile>,
}

pub(super) static SAMPLE: LazyLock<Sample> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::resolve(Some(folder.path()), None).unwrap();
    let prepared = open_sample(&home, &Task::default()).unwrap();
    let profile = Arc::new(Profile::of(&prepared, &Task::default()).unwrap());
    Sample { snapshot: Arc::new(Snapshot::read(&home).unwrap()), prepared, profile }
});

pub(super) fn sample() -> State {
    State {
        snapshot: Some(SAMPLE.snapshot.clone()),
        dataset: Some(SAMPLE.prepared.digest),
        profile: Some(SAMPLE.profile.clone()),
        prepared: Some(SAMPLE.prepared.clone()),
        person: SAMPLE_PERSON.to_owned(),
        ..State::default()
    }
}

pub(super) fn nothing() -> State {
    State { snapshot: Some(Arc::default()), ..State::default() }
}

pub(super) type Sent = Arc<Mutex<Vec<Command>>>;

/// Draws `screen`; missing glyphs and controls without a name fail the test by themselves.
pub(super) fn shown(
    mut screen: impl Screen + 'static,
    state: State,
    language: Language,
) -> (Harness<'static>, Sent) {
    let sent = Sent::default();
    let sender = sent.clone();
    let setup = move |context: &egui::Context| {
        text::install(context);
        theme::apply(context);
        Look::set_language(context, language);
    };
    let mut harness =
        Harness::builder().with_size(vec2(1240.0, 2600.0)).with_context_setup(setup).build_ui(move |ui| {
            let mut outbox = Outbox::default();
            ui.with_layout(Look::of(ui).column(), |ui| screen.ui(ui, &state, &mut outbox));
            sender.lock().unwrap().extend(outbox.take());
        });
    harness.run();
    harness.check_accessibility();
    assert_eq!(harness.query_all_by_label_contains("NaN").count(), 0);
    (harness, sent)
}

pub(super) fn press(harness: &mut Harness<'static>, label: &str) {
    harness.get_by_role_and_label(Role::Button, label).click();
    harness.run();
}

#[test]
fn the_overview_says_what_is_live_and_how_good_it_is() {
    for language in Language::ALL {
        let (mut harness, sent) = shown(Overview::default(), sample(), language);
        let live = SAMPLE.snapshot.live.as_ref().unwrap();
        let errors = &SAMPLE.snapshot.evidence[&live.version].comparison.candidate.errors;
        let headline = language.fill("overview.live_pass", &[("version", &live.version.to_string())]);
        assert!(harness.query_by_role_and_label(Role::Heading, &headline).is_some());
        // The sentence gives the error with its interval and n.
        for number in [language.decimal(errors.mae_low.unwrap(), 1), language.integer(errors.n)] {
            assert!(harness.query_all_by_label_contains(&number).count() > 0, "{number}");
        }
        let chart = language.fill("overview.daily_of", &[("version", &live.version.to_string())]);
        assert!(harness.query_by_role_and_label(Role::Figure, &chart).is_some());
        press(&mut harness, language.text("command.start_serving"));
        assert_eq!(*sent.lock().unwrap(), [Command::StartServing]);
    }
}

#[test]
fn the_lights_of_drift_say_that_nobody_has_looked_until_somebody_has() {
    for language in Language::ALL {
        let dataset = sample().snapshot.and_then(|snapshot| Some(snapshot.datasets.first()?.0.digest));
        assert!(dataset.is_some());
        let (mut harness, sent) = shown(Overview::default(), State { dataset, ..sample() }, language);
        assert!(harness.query_by_label(language.text("overview.drift_nobody")).is_some());
        for verdict in ["drift.pass", "drift.fail", "drift.inconclusive"] {
            assert_eq!(harness.query_all_by_label(language.text(verdict)).count(), 0, "no light without data");
        }
        press(&mut harness, language.text("drift_screen.look"));
        assert_eq!(*sent.lock().unwrap(), [Command::LookForDrift(DriftAsk::default())]);
    }
}

#[test]
fn rolling_back_asks_for_a_reason_and_cannot_be_done_where_there_is_nothing_before() {
    let language = Language::English;
    let (harness, _) = shown(Overview::default(), sample(), language);
    let button = harness.get_by_role_and_label(Role::Button, language.text("command.roll_back"));
    assert!(button.accesskit_node().is_disabled());
    let mut snapshot = Snapshot::clone(&SAMPLE.snapshot);
    let first = snapshot.live.clone().unwrap();
    if let Some(live) = &mut snapshot.live {
        live.generation += 1;
        live.returns_to = Some(first.generation);
    }
    let snapshot = Arc::new(snapshot);
    let state = || State { snapshot: Some(snapshot.clone()), ..sample() };
    for language in Language::ALL {
        let (mut harness, sent) = shown(Overview::default(), state(), language);
        press(&mut harness, language.text("command.roll_back"));
        let now = language.text("releases.roll_back.now");
        let button = harness.get_by_role_and_label(Role::Button, now);
        assert!(button.accesskit_node().is_disabled(), "without a reason nothing is rolled back");
        assert!(harness.query_all_by_label_contains(&first.version.to_string()).count() > 0);
        let field = language.text("releases.roll_back.why");
        harness.get_by_role_and_label(Role::TextInput, field).type_text("too slow");
        harness.run();
        press(&mut harness, now);
        assert_eq!(*sent.lock().unwrap(), [Command::RollBack("too slow".to_owned())]);
        assert!(harness.query_by_role_and_label(Role::Button, now).is_none(), "the question is answered");
    }
}

#[test]
fn what_waits_leads_to_its_screen() {
    let mut snapshot = Snapshot::clone(&SAMPLE.snapshot);
    snapshot.runs.clear();
    let state = State { snapshot: Some(Arc::new(snapshot)), ..sample() };
    assert_eq!(Overview::default().badge(&state), 1);
    let (mut harness, sent) = shown(Overview::default(), state, Language::English);
    harness.get_by_label_contains("Train a first model").click();
    harness.run();
    assert_eq!(*sent.lock().unwrap(), [Command::GoTo("train")]);
}

#[test]
fn an_empty_project_offers_the_sample_and_a_file() {
    for language in Language::ALL {
        let (mut harness, sent) = shown(Overview::default(), nothing(), language);
        assert!(harness.query_by_role_and_label(Role::Heading, language.text("welcome.headline")).is_some());
        let import = harness.get_by_role_and_label(Role::Button, language.text("file.look"));
        assert!(import.accesskit_node().is_disabled(), "no path was typed");
        press(&mut harness, language.text("command.open_sample"));
        let (mut harness, sent_by_data) = shown(Data::default(), nothing(), language);
        assert!(harness.query_by_role_and_label(Role::Heading, language.text("data.none")).is_some());
        press(&mut harness, language.text("file.choose"));
        assert_eq!(*sent.lock().unwrap(), [Command::OpenSample]);
        assert_eq!(*sent_by_data.lock().unwrap(), [Command::GoTo("data"), Command::ChooseFile]);
    }
}

#[test]
fn a_typed_path_is_looked_at_before_it_is_imported() {
    let (mut harness, sent) = shown(Data::default(), nothing(), Language::Persian);
    let field = harness.get_by_role_and_label(Role::MultilineTextInput, Language::Persian.text("file.path"));
    field.focus();
    field.type_text("/data/visits.csv");
    harness.run();
    press(&mut harness, Language::Persian.text("file.look"));
    let expected = [Command::Inspect(vec!["/data/visits.csv".into()], None), Command::GoTo("data")];
    assert_eq!(*sent.lock().unwrap(), expected);
}

/// Chooses a part of the screen Data.
pub(super) fn choose(harness: &mut Harness<'static>, language: Language, part: &str) {
    let label = format!("{}: {}", language.text("data.part"), language.text(part));
    harness.get_by_role_and_label(Role::RadioButton, &label).click();
    harness.run();
}

#[test]
fn the_data_are_counted_and_accounted_for() {
    for language in Language::ALL {
        let (mut harness, _) = shown(Data::default(), sample(), language);
        let report = &SAMPLE.snapshot.datasets[0].1.report;
        let visits = language.integer(report.accepted + report.repaired);
        assert!(
            harness
                .query_all_by_role(Role::Heading)
                .any(|heading| { heading.accesskit_node().label().is_some_and(|label| label.contains(&visits)) })
        );
        let sum = language.integer(report.read);
        assert!(harness.query_all_by_label_contains(&sum).count() > 0);
        choose(&mut harness, language, "data.part_profile");
        for key in ["data.wait_histogram", "data.by_hour", "data.calendar", "data.by_day", "data.missing"] {
            assert!(harness.query_by_role_and_label(Role::Figure, language.text(key)).is_some(), "{key}");
        }
        harness.check_accessibility();
    }
}

#[test]
fn the_calendar_shows_visits_waits_or_those_who_left() {
    let language = Language::Persian;
    let (mut harness, _) = shown(Data::default(), sample(), language);
    choose(&mut harness, language, "data.part_profile");
    for (choice, chart) in
        [("data.median_wait", "data.calendar_waits"), ("data.abandoned", "data.calendar_abandoned")]
    {
        let label = format!("{}: {}", language.text("data.calendar_shows"), language.text(choice));
        harness.get_by_role_and_label(Role::RadioButton, &label).click();
        harness.run();
        assert!(harness.query_by_role_and_label(Role::Figure, language.text(chart)).is_some(), "{chart}");
    }
}

#[test]
fn only_the_visits_that_are_seen_are_drawn_and_a_day_can_be_gone_to() {
    for language in Language::ALL {
        let (mut harness, _) = shown(Data::default(), sample(), language);
        choose(&mut harness, language, "data.part_visits");
        assert!(harness.query_all_by_role(Role::Row).count() < 120);
        let visits = &SAMPLE.prepared.history.visits;
        assert!(visits.len() > 100_000);
        let row = visits.len() / 2;
        let field = harness.get_by_role_and_label(Role::TextInput, language.text("data.go_to"));
        field.focus();
        field.type_text(&(row + 1).to_string());
        harness.run();
        press(&mut harness, language.text("data.go"));
        let id = visits.visit_id.get(row).unwrap();
        let of_row = harness
            .query_all_by_role(Role::Row)
            .find(|node| node.accesskit_node().label().is_some_and(|label| label.ends_with(id)));
        assert_eq!(of_row.unwrap().accesskit_node().is_selected(), Some(true));
        assert!(harness.query_all_by_label_contains(language.text("data.called")).count() > 0);
    }
}

#[test]
fn each_column_tells_how_full_and_how_varied_it_is() {
    for language in Language::ALL {
        let (mut harness, _) = shown(Data::default(), sample(), language);
        choose(&mut harness, language, "data.part_columns");
        let columns = &SAMPLE.profile.columns;
        let service = columns.iter().find(|column| column.name == "service").unwrap();
        let label = language.text("data.service");
        let row = harness
            .query_all_by_role(Role::Row)
            .find(|row| row.accesskit_node().label().is_some_and(|said| said.starts_with(label)));
        row.unwrap().click();
        harness.run();
        let values = [
            ("filled", language.integer(service.filled)),
            ("missing", language.integer(service.missing)),
            ("distinct", language.integer(service.distinct.n)),
        ];
        let line = language.fill_owned("data.column_line", &values);
        assert!(harness.query_by_label(&line).is_some(), "{line}");
        assert!(harness.query_by_role_and_label(Role::Figure, language.text("data.top")).is_some());
    }
}

#[test]
fn two_data_sets_are_seen_side_by_side() {
    let own = SAMPLE.prepared.digest;
    let mut snapshot = Snapshot::clone(&SAMPLE.snapshot);
    let (mut other, document) = snapshot.datasets[0].clone();
    other.digest = "ef".repeat(32).parse().unwrap();
    let of = (own, other.digest);
    snapshot.datasets.push((other, document));
    let snapshot = Arc::new(snapshot);
    let history = &SAMPLE.prepared.history;
    let difference = compare_histories(history, history, true, &Task::default()).unwrap();
    for language in Language::ALL {
        let (mut harness, _) = shown(Data::default(), sample(), language);
        choose(&mut harness, language, "data.part_difference");
        assert!(harness.query_by_label(language.text("data.alone")).is_some());
        let difference = Some(Arc::new(DatasetDifference { of, difference: difference.clone() }));
        let state = State { snapshot: Some(snapshot.clone()), difference, ..sample() };
        let (mut harness, sent) = shown(Data::default(), state, language);
        choose(&mut harness, language, "data.part_difference");
        let all = language.integer(history.visits.len() as u64);
        assert!(harness.query_all_by_label_contains(&all).count() > 0, "they share every visit");
        press(&mut harness, language.text("command.compare"));
        assert_eq!(*sent.lock().unwrap(), [Command::CompareDatasets(of.0, of.1)]);
    }
}

#[test]
fn what_could_not_be_judged_is_said_with_its_reason() {
    let mut snapshot = Snapshot::clone(&SAMPLE.snapshot);
    let report = &mut snapshot.datasets[0].1.report;
    report.not_evaluated = vec![NotEvaluated { check: Check::VanishedSite, why: Why::FewDays, n: 3, needed: 14 }];
    report.left_out = vec!["mobile".to_owned()];
    let snapshot = Arc::new(snapshot);
    for language in Language::ALL {
        let state = State { snapshot: Some(snapshot.clone()), ..sample() };
        let (harness, _) = shown(Data::default(), state, language);
        let values = [("n", language.integer(3)), ("needed", language.integer(14))];
        let why = language.fill_owned("check.unclear_few_days", &values);
        assert!(harness.query_all_by_label_contains(&why).count() > 0, "{why}");
        assert!(harness.query_all_by_label_contains("mobile").count() > 0);
    }
}

#[test]
fn findings_are_named_counted_and_explained() {
    let mut snapshot = Snapshot::clone(&SAMPLE.snapshot);
    snapshot.datasets[0].1.report.findings = vec![
        Finding { check: Check::StuckClock, count: 2, action: Action::Accept, examples: Vec::new() },
        Finding {
            check: Check::CalledBeforeArrived,
            count: 1_234,
            action: Action::Quarantine,
            examples: vec!["line 17".to_owned()],
        },
    ];
    let snapshot = Arc::new(snapshot);
    for language in Language::ALL {
        let state = State { snapshot: Some(snapshot.clone()), ..sample() };
        let (harness, _) = shown(Data::default(), state, language);
        // What was set aside comes first, and is told in full.
        assert!(harness.query_by_label(language.text("check.called_before_arrived_why")).is_some());
        assert!(harness.query_by_label("line 17").is_some());
        assert!(harness.query_all_by_label_contains(&language.integer(1_234)).count() > 0);
        assert!(harness.query_all_by_label_contains(language.text("check.stuck_clock")).count() > 0);
    }
}

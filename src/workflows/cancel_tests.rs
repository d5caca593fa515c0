//! Training, search and backtests that are stopped: wherever they ask, each leaves a record and nothing half-written.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use super::backtest::backtest;
use super::datasets::{Prepared, find, prepare, workspace};
use super::import::{ImportRequest, import_file};
use super::search::{SearchRequest, search};
use super::simulate::simulate_file;
use super::train::{RunDocument, TrainRequest, train};
use super::{Home, SEED, WorkflowError};
use crate::analysis::evaluation::SplitPlan;
use crate::analysis::models::FAMILIES;
use crate::analysis::simulation::Recipe;
use crate::base::explain::{Explain as _, Failure};
use crate::base::{CancelToken, Task};
use crate::store::sqlite::Access;
use crate::store::workspace::{RunStatus, Workspace};

/// Work is told to stop within this.
const SOON: Duration = Duration::from_secs(1);
/// Places at which each is stopped, spread over all of its asks.
const PLACES: u64 = 12;

pub(super) struct Project {
    pub folder: tempfile::TempDir,
    pub prepared: Arc<Prepared>,
}

/// Two queues for a month and a half: some six thousand visits.
pub(super) static SMALL: LazyLock<Project> = LazyLock::new(|| project(80, 50));

fn project(reception: u32, doctor: u32) -> Project {
    let folder = tempfile::tempdir().unwrap();
    let recipe = format!(
        "seed: 7\nstart: 2025-09-20\ndays: 45\nservices:\n  - {{id: rec, name: Reception, median_minutes: 6.0}}\n  \
         - {{id: doc, name: Doctor, median_minutes: 11.0}}\nsites:\n  - id: one\n    name: Tehran\n    queues:\n      \
         - {{service: rec, visits_a_day: {reception}, counters: {}}}\n      - {{service: doc, visits_a_day: {doctor}, \
         counters: {}}}\n",
        1 + reception / 100,
        2 + doctor / 50,
    );
    let file = folder.path().join("visits.parquet");
    let task = Task::default();
    simulate_file(Recipe::from_yaml(&recipe).unwrap(), &[], &file, &task).unwrap();
    let home = home(&folder);
    import_file(&home, &ImportRequest { paths: vec![file], ..ImportRequest::default() }, &task).unwrap();
    let workspace = workspace(&home, Access::Read).unwrap();
    let prepared = prepare(&workspace, &find(&workspace, "latest").unwrap(), &task).unwrap();
    Project { folder, prepared }
}

pub(super) fn home(folder: &tempfile::TempDir) -> Home {
    Home::resolve(Some(folder.path()), None).unwrap()
}

pub(super) fn request(family: &str) -> TrainRequest {
    let parameters = if family == "boosted" { "rounds: 12\nleaves: 7\n" } else { "" };
    TrainRequest {
        family: family.to_owned(),
        parameters: parameters.to_owned(),
        seed: SEED,
        split: SplitPlan::default(),
        adaptive_rate: Some(0.2),
    }
}

/// The asks at which work that asks `all` times is stopped.
fn places(all: u64) -> Vec<u64> {
    let mut places: Vec<u64> = (0..PLACES).map(|place| 1 + place * (all - 1) / (PLACES - 1)).collect();
    places.dedup();
    places
}

fn is_cancelled(error: &WorkflowError) -> bool {
    error.failure() == Failure::Cancelled && error.key() == "cancelled"
}

/// The files below a folder but those of the database.
fn files(home: &Home) -> Vec<std::path::PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![home.folder().to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() { folders.push(entry.path()) } else { files.push(entry.path()) }
        }
    }
    files.retain(|file| !file.to_string_lossy().contains("workspace.db"));
    files.sort();
    files
}

#[test]
fn a_training_of_any_family_stops_where_it_is_asked_to_and_leaves_a_record() {
    let home = home(&SMALL.folder);
    for family in FAMILIES {
        let id = family.id();
        let watched = Task::default();
        train(&home, &SMALL.prepared, &request(id), &watched).unwrap();
        let (asks, _) = watched.cancel_token().asks();
        assert!(asks > 0, "{id} never asks");
        let before = files(&home);
        for ask in places(asks) {
            let task = Task::with_cancel(CancelToken::cancelling_at(ask));
            let begun = Instant::now();
            let error = train(&home, &SMALL.prepared, &request(id), &task).unwrap_err();
            assert!(is_cancelled(&error), "{id} at {ask} of {asks}: {error}");
            let run = Workspace::open(home.folder(), Access::Read).unwrap().runs().unwrap().remove(0);
            assert_eq!((run.family.as_str(), run.status), (id, RunStatus::Cancelled), "at {ask} of {asks}");
            let document = RunDocument::read(&run).unwrap();
            assert!(run.artifact_sha256.is_none() && document.test.is_none() && document.failure.is_some());
            assert!(begun.elapsed() < 30 * SOON);
        }
        assert_eq!(files(&home), before, "{id} left something behind");
    }
}

#[test]
fn a_search_and_a_backtest_stop_where_they_are_asked_to_and_go_on_later() {
    let home = home(&SMALL.folder);
    let asked = SearchRequest {
        family: "elastic-net".to_owned(),
        space: String::new(),
        seed: 91,
        minutes: 5.0,
        most_trials: Some(3),
        test_share: 0.2,
        adaptive_rate: None,
    };
    let backtest = |task: &Task| backtest(&home, &SMALL.prepared, &request("boosted"), 2, task);
    let watched = Task::default();
    let whole = backtest(&watched).unwrap();
    let (asks, _) = watched.cancel_token().asks();
    let runs = || Workspace::open(home.folder(), Access::Read).unwrap().runs().unwrap().len();
    let before = runs();
    for ask in places(asks) {
        let error = backtest(&Task::with_cancel(CancelToken::cancelling_at(ask))).unwrap_err();
        assert!(is_cancelled(&error), "at {ask} of {asks}: {error}");
    }
    assert_eq!(runs(), before, "a backtest keeps nothing");
    assert_eq!(backtest(&Task::default()).unwrap(), whole);

    // Each search goes on where the one before was stopped, so that it comes to its end after a while; the last are stopped
    // while the best is trained as a run, which leaves its own record.
    let mut kept = 0;
    let outcome = (1..200).find_map(|round: u64| {
        let task = Task::with_cancel(CancelToken::cancelling_at(3 + 4 * round));
        let mut seen = 0;
        match search(&home, &SMALL.prepared, &asked, &task, &mut |_, _| seen += 1) {
            Err(error) => {
                assert!(is_cancelled(&error), "in round {round}: {error}");
                assert!(seen >= kept, "trials are kept: {seen}, {kept} before");
                kept = seen;
                None
            }
            Ok(outcome) => Some((round, outcome)),
        }
    });
    let (round, outcome) = outcome.unwrap();
    assert!(round > 3, "it was never stopped");
    let fresh = tempfile::tempdir().unwrap();
    let copy = self::home(&fresh);
    for name in ["workspace.db", "datasets"] {
        copy_all(&home.folder().join(name), &copy.folder().join(name));
    }
    let again = search(&copy, &SMALL.prepared, &asked, &Task::default(), &mut |_, _| {}).unwrap();
    assert_eq!((again.best.trial, again.best.mae), (outcome.best.trial, outcome.best.mae));
}

fn copy_all(from: &std::path::Path, to: &std::path::Path) {
    if from.is_dir() {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
            copy_all(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        std::fs::copy(from, to).unwrap();
    }
}

#[test]
fn no_family_works_for_a_second_without_asking() {
    let large = project(1_600, 1_000);
    let home = home(&large.folder);
    let visits = large.prepared.history.visits.len();
    assert!(visits > 80_000, "{visits}");
    for family in FAMILIES {
        let task = Task::default();
        let begun = Instant::now();
        train(&home, &large.prepared, &request(family.id()), &task).unwrap();
        let all = begun.elapsed();
        // What came after the last ask counts, too.
        task.check().unwrap();
        let (asks, longest) = task.cancel_token().asks();
        println!("{}: {asks} asks in {all:?}, at most {longest:?} apart", family.id());
        assert!(longest < SOON, "{}: {longest:?} without asking", family.id());
    }
}

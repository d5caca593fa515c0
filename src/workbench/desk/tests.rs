//! The desk with real jobs on real homes: nothing waits, nothing is lost, nothing is done twice.

use std::time::Instant;

use egui::Context;

use super::*;
use crate::analysis::drift::DriftError;
use crate::base::Task;
use crate::base::calendar::CivilDate;
use crate::base::language::Language;
use crate::workbench::command::{DriftAsk, ReplayAsk};
use crate::workbench::jobs::{JobError, Jobs};
use crate::workbench::notices::Notices;
use crate::workbench::state::DriftFound;
use crate::workflows::demo::open_sample;
use crate::workflows::search::SearchRequest;
use crate::workflows::watch::Span;

/// A desk and what it needs of the window.
struct Room {
    desk: Desk,
    jobs: Jobs,
    notices: Notices,
    context: Context,
    /// Snapshots that arrived.
    reads: usize,
    _folder: tempfile::TempDir,
}

impl Room {
    fn new() -> Room {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::resolve(Some(folder.path()), None).unwrap();
        let context = Context::default();
        Look::set_language(&context, Language::English);
        Room {
            desk: Desk::new(home, None, "somebody".to_owned()),
            jobs: Jobs::new(context.clone()),
            notices: Notices::default(),
            context,
            reads: 0,
            _folder: folder,
        }
    }

    fn with<R>(&mut self, act: impl FnOnce(&mut Desk, &mut Services<'_>) -> R) -> R {
        let mut services = Services { jobs: &mut self.jobs, notices: &mut self.notices, context: &self.context };
        act(&mut self.desk, &mut services)
    }

    fn running(&self, kind: &str) -> usize {
        self.jobs.statuses().iter().filter(|job| job.kind == kind).count()
    }

    /// Frames until every job has ended and nothing is left to be read.
    fn rest(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            for finished in self.jobs.poll() {
                match finished.outcome {
                    Ok(arrival) => {
                        self.reads += usize::from(matches!(arrival, Arrival::Snapshot(_)));
                        self.with(|desk, services| desk.receive(arrival, services));
                    }
                    Err(JobError::Cancelled) => self.notices.say("notice.cancelled", Vec::new()),
                    Err(JobError::Failed(error)) => self.notices.fail(error.as_ref()),
                }
            }
            self.with(|desk, services| desk.tick(services));
            if self.jobs.is_idle() && !self.desk.is_stale {
                return;
            }
            assert!(Instant::now() < deadline, "the jobs did not end");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

#[test]
fn a_change_during_a_read_is_read_afterwards() {
    let mut room = Room::new();
    room.with(|desk, services| desk.opened(services));
    room.with(|desk, services| desk.run(Command::Refresh, services));
    room.with(|desk, services| desk.run(Command::Refresh, services));
    assert_eq!(room.running("refresh"), 1, "one read at a time");
    room.rest();
    assert_eq!(room.reads, 2, "what changed while the first one ran is seen by a second one");
}

#[test]
fn a_data_set_is_made_ready_once_and_a_late_one_is_ignored() {
    let mut room = Room::new();
    let first = open_sample(&room.desk.home, &Task::default()).unwrap();
    let absent: Digest = "ab".repeat(32).parse().unwrap();
    room.with(|desk, services| desk.run(Command::SelectDataset(first.digest), services));
    room.with(|desk, services| desk.run(Command::SelectDataset(first.digest), services));
    assert_eq!(room.running("prepare"), 1);
    room.with(|desk, services| desk.run(Command::SelectDataset(absent), services));
    let late = Arrival::Prepared(first.clone(), Arc::default());
    room.with(|desk, services| desk.receive(late, services));
    assert!(room.desk.state.prepared.is_none(), "another data set was chosen since");
    room.rest();
    assert!(room.desk.state.prepared.is_none());
    assert_eq!(room.desk.state.dataset, Some(absent));
    assert_eq!(room.notices.count(), 1, "that it is not there is told, that the first one was given up is not");
    // What failed is not tried again by itself, but where a person asks for it.
    room.with(|desk, services| desk.run(Command::Refresh, services));
    room.rest();
    assert_eq!(room.notices.count(), 1);
    room.with(|desk, services| desk.run(Command::SelectDataset(absent), services));
    assert_eq!(room.running("prepare"), 1);
    room.with(|desk, services| desk.run(Command::SelectDataset(first.digest), services));
    room.rest();
    assert_eq!(room.desk.state.prepared.as_ref().map(|prepared| prepared.digest), Some(first.digest));
    let profile = room.desk.state.profile.clone().unwrap();
    assert_eq!(profile.days.iter().map(|day| day.visits).sum::<u64>(), first.history.visits.len() as u64);
}

#[test]
fn what_was_found_in_one_data_set_is_not_said_of_another() {
    let mut room = Room::new();
    let prepared = open_sample(&room.desk.home, &Task::default()).unwrap();
    let absent: Digest = "ab".repeat(32).parse().unwrap();
    room.with(|desk, services| desk.run(Command::SelectDataset(prepared.digest), services));
    room.rest();
    room.with(|desk, services| desk.run(Command::LookForDrift(DriftAsk::default()), services));
    room.with(|desk, services| desk.run(Command::ReplayAlerts(ReplayAsk::default()), services));
    assert_eq!((room.running("drift"), room.running("replay")), (1, 1));
    room.rest();
    let found = room.desk.state.drift.clone().unwrap();
    assert!(found.found.is_ok() && room.desk.state.replay.is_some());
    room.with(|desk, services| desk.run(Command::LookForDrift(DriftAsk::default()), services));
    room.with(|desk, services| desk.run(Command::SelectDataset(absent), services));
    assert!(room.desk.state.drift.is_none() && room.desk.state.replay.is_none());
    // One that was still on its way is given up, and one that comes all the same is not shown.
    let late = Arrival::Drifted(Box::new(DriftFound::clone(&found)));
    room.with(|desk, services| desk.receive(late, services));
    room.rest();
    assert!(room.desk.state.drift.is_none());
    // Days that cannot be compared are found, not failed: nothing but the data set that is not there is notified.
    room.with(|desk, services| desk.run(Command::SelectDataset(prepared.digest), services));
    room.rest();
    let notices = room.notices.count();
    let mut ask = DriftAsk::default();
    ask.request.span = Span::Of(CivilDate::new(1999, 1, 1).unwrap());
    room.with(|desk, services| desk.run(Command::LookForDrift(ask), services));
    room.rest();
    let found = room.desk.state.drift.clone().unwrap();
    assert!(matches!(found.found, Err(DriftError::Empty { .. })));
    assert_eq!(room.notices.count(), notices);
}

#[test]
fn a_search_stops_within_a_second_keeps_its_trials_and_goes_on_to_a_run() {
    let mut room = Room::new();
    let prepared = open_sample(&room.desk.home, &Task::default()).unwrap();
    room.with(|desk, services| desk.run(Command::SelectDataset(prepared.digest), services));
    room.rest();
    let request = SearchRequest {
        family: "elastic-net".to_owned(),
        space: String::new(),
        seed: 7,
        minutes: 60.0,
        most_trials: None,
        test_share: 0.2,
        adaptive_rate: None,
    };
    room.with(|desk, services| desk.run(Command::Search(request.clone()), services));
    let deadline = Instant::now() + Duration::from_secs(60);
    while room.desk.state.search.as_ref().is_some_and(|search| search.trials.all.len() < 3) {
        assert!(Instant::now() < deadline, "no trial came");
        room.with(|desk, services| desk.tick(services));
        std::thread::sleep(Duration::from_millis(1));
    }
    let asked = Instant::now();
    room.jobs.cancel_all();
    room.rest();
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    assert!(room.desk.state.search.is_none());
    let kept = room.desk.state.snapshot.clone().unwrap().searches[0].clone();
    assert!(kept.trials.all.len() >= 3 && kept.search.run.is_none());
    // The best is trained without a further trial, and looked at.
    let again = kept.request.unwrap();
    assert_eq!(SearchRequest { minutes: 60.0, ..again.clone() }, request);
    room.with(|desk, services| desk.run(Command::Search(again), services));
    let known = room.desk.state.search.as_ref().map(|search| search.trials.all.len());
    assert_eq!(known, Some(kept.trials.all.len()), "those that are kept are seen at once");
    room.rest();
    let snapshot = room.desk.state.snapshot.clone().unwrap();
    assert_eq!(snapshot.searches[0].trials, kept.trials);
    let run = snapshot.searches[0].search.run;
    assert!(run.is_some() && run == room.desk.state.run);
}

#[test]
fn an_import_is_looked_at_whatever_is_being_made_ready() {
    let mut room = Room::new();
    let imported = open_sample(&room.desk.home, &Task::default()).unwrap();
    let absent: Digest = "cd".repeat(32).parse().unwrap();
    room.with(|desk, services| desk.run(Command::SelectDataset(absent), services));
    let arrival = Arrival::Imported(imported.clone(), Arc::default(), None);
    room.with(|desk, services| desk.receive(arrival, services));
    room.rest();
    assert_eq!(room.desk.state.dataset, Some(imported.digest));
    assert_eq!(room.notices.count(), 0);
}

/// A program that says that it listens, and ends when its input is closed, as `nobat serve` does.
#[cfg(unix)]
fn stand_in(folder: &std::path::Path) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join("serve.sh");
    std::fs::write(&path, "#!/bin/sh\necho '{\"listening\":\"127.0.0.1:9\"}'\ncat > /dev/null\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[cfg(unix)]
#[test]
fn the_window_does_not_wait_for_the_service_to_end() {
    let mut room = Room::new();
    let program = stand_in(room.desk.home.folder());
    // Another thread that forks right now may still hold the script open for writing.
    let started = (0..50).find_map(|_| {
        std::thread::sleep(Duration::from_millis(10));
        crate::workflows::server::start(&room.desk.home, &program, ADDRESS).ok()
    });
    let arrival = Arrival::Serving(Box::new(started.unwrap()));
    room.with(|desk, services| desk.receive(arrival, services));
    assert!(room.desk.state.server.address.is_some());
    room.with(|desk, services| desk.run(Command::StopServing, services));
    assert!(room.desk.server.is_none(), "a job has it now");
    assert_eq!(room.desk.state.server, ServerState::default());
    room.desk.state.jobs = room.jobs.statuses();
    assert_eq!(room.desk.state.jobs[0].name, Language::English.text("job.stop_serving"));
    assert_eq!(Command::StartServing.check(&room.desk.state), Err("refused.serving"), "not before it has ended");
    room.rest();
    assert_eq!(room.notices.count(), 0);
}

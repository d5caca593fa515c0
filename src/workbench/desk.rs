//! The project behind the window: turns commands into jobs, and what they bring into the state.
//!
//! Nothing here waits. Everything that reads, computes or writes runs as a job; a watcher thread notices what others
//! change in the registry and what the serving side says.

mod chips;
mod data;
mod drift;
mod insight;
mod report;
mod search;
mod watch;
mod work;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use super::command::{Approval, Command, NewOwner};
use super::jobs::{JobError, JobId};
use super::state::{Arrival, Project, ServerState, Services, State};
use super::theme::Look;
use crate::base::language::Language;
use crate::base::{Digest, Task};
use crate::workflows::Home;
use crate::workflows::compare::CompareRequest;
use crate::workflows::demo::SAMPLE_PERSON;
use crate::workflows::server::Server;
use watch::Watch;

/// Where the service that the window starts listens; any free port where this one is taken.
const ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8787);

/// How soon it is looked again whether what is kept can be read once more.
const AGAIN: Duration = Duration::from_millis(50);

/// The project.
pub(super) struct Desk {
    home: Home,
    state: State,
    server: Option<Server>,
    watch: Option<Watch>,
    /// The job that reads what is kept.
    reading: Option<JobId>,
    /// Something changed while what is kept was being read: it is read once more.
    is_stale: bool,
    /// The data set that is made ready, or could not be, and the job that does it.
    preparing: Option<(Digest, JobId)>,
    /// The search that is going on.
    searching: Option<search::Searching>,
    /// The jobs that look for drift in the data set.
    drifting: Vec<JobId>,
    /// Whether the person was named on the command line.
    person_was_given: bool,
}

impl Desk {
    /// A project in `home`, used by `person`.
    pub fn new(home: Home, person: Option<String>, system_person: String) -> Desk {
        let person_was_given = person.is_some();
        let state = State { person: person.unwrap_or(system_person), ..State::default() };
        Desk {
            home,
            state,
            server: None,
            watch: None,
            reading: None,
            is_stale: false,
            preparing: None,
            searching: None,
            drifting: Vec::new(),
            person_was_given,
        }
    }

    fn refresh(&mut self, services: &mut Services<'_>) {
        if self.reading.is_some_and(|job| services.jobs.is_running(job)) {
            // What it reads may be older than the change.
            self.is_stale = true;
            return;
        }
        self.is_stale = false;
        self.reading = Some(self.job(services, "refresh", "job.refresh", |home, _| work::read(home)));
    }

    /// Makes the visits of `digest` ready, unless they are or are being made so.
    fn prepare(&mut self, digest: Digest, services: &mut Services<'_>) {
        self.state.dataset = Some(digest);
        let running = self.preparing.filter(|(_, job)| services.jobs.is_running(*job));
        if let Some((other, job)) = running {
            if other == digest {
                return;
            }
            services.jobs.abandon(job);
        }
        self.preparing = None;
        if self.state.prepared.as_ref().is_some_and(|prepared| prepared.digest == digest) {
            return;
        }
        // What was said of another data set says nothing of this one.
        self.state.prepared = None;
        self.forget_features();
        self.state.profile = None;
        self.state.comparison = None;
        self.forget_drift(services);
        let job =
            self.job(services, "prepare", "job.prepare", move |home, task| work::prepare(home, digest, task));
        self.preparing = Some((digest, job));
    }

    /// Starts `work` beside the window, under the name with the key `name`.
    fn job(
        &self,
        services: &mut Services<'_>,
        kind: &'static str,
        name: &str,
        work: impl FnOnce(&Home, &Task) -> Result<Arrival, JobError> + Send + 'static,
    ) -> JobId {
        let home = self.home.clone();
        services.jobs.start(kind, words(services, name), move |task| work(&home, task))
    }

    /// As [`Desk::job`], on the visits of the data set that is looked at: those that are ready, or they are made so.
    fn with_visits(
        &self,
        services: &mut Services<'_>,
        kind: &'static str,
        name: &str,
        work: impl FnOnce(&work::Visits, &Task) -> Result<Arrival, JobError> + Send + 'static,
    ) {
        let Some(digest) = self.state.dataset else { return };
        let prepared = self.state.prepared.clone();
        self.job(services, kind, name, move |home, task| {
            work(&work::Visits { home: home.clone(), digest, prepared }, task)
        });
    }

    fn release(
        &self,
        services: &mut Services<'_>,
        work: impl FnOnce(&Home, &str) -> Result<Arrival, crate::workflows::WorkflowError> + Send + 'static,
    ) {
        let person = self.state.person.clone();
        self.job(services, "release", "job.release", move |home, _| Ok(work(home, &person)?));
    }

    /// Whoever the registry knows: the person who was named, else the sample's owner, else the only one there is.
    fn settle_person(&mut self) {
        let Some(snapshot) = &self.state.snapshot else { return };
        if self.person_was_given || snapshot.person(&self.state.person).is_some() {
            return;
        }
        let sample = snapshot.person(SAMPLE_PERSON);
        let only = if snapshot.people.len() == 1 { snapshot.people.first() } else { None };
        if let Some(person) = sample.or(only) {
            self.state.person.clone_from(&person.name);
        }
    }

    /// The service is given time to end, which the window does not wait for.
    pub(super) fn stop_serving(&mut self, services: &mut Services<'_>) {
        self.state.server = ServerState::default();
        if let Some(watch) = &self.watch {
            watch.follow(None);
        }
        if let Some(server) = self.server.take() {
            services.jobs.start("serve", words(services, "job.stop_serving"), move |_| {
                drop(server);
                Ok(Arrival::Nothing)
            });
        }
    }

    fn describe(&mut self, language: Language) {
        self.state.chips = chips::chips(&self.state, &self.home, language);
        self.state.serving = Some(chips::serving_line(&self.state, language));
    }
}

fn words(services: &Services<'_>, key: &str) -> String {
    Look::language(services.context).text(key).to_owned()
}

impl Project for Desk {
    fn state(&self) -> &State {
        &self.state
    }

    fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    fn opened(&mut self, services: &mut Services<'_>) {
        self.watch = Some(Watch::start(self.home.clone(), services.context.clone()));
        self.describe(Look::language(services.context));
        self.refresh(services);
    }

    fn tick(&mut self, services: &mut Services<'_>) {
        self.follow_search(services);
        let Some(watch) = &self.watch else { return };
        if watch.take_change() || self.is_stale {
            self.refresh(services);
        }
        if self.is_stale {
            services.context.request_repaint_after(AGAIN);
        }
        let Some(watch) = &self.watch else { return };
        let live = watch.live();
        if self.state.server.live != live {
            self.state.server.live = live;
        }
        self.describe(Look::language(services.context));
    }

    fn closed(&mut self) {
        // The service first, which is killed where it does not end by itself: the watcher may be waiting for its answer.
        self.server = None;
        self.watch = None;
    }

    fn run(&mut self, command: Command, services: &mut Services<'_>) {
        match command {
            Command::Refresh => self.refresh(services),
            Command::OpenSample => drop(self.job(services, "import", "job.sample", work::sample)),
            Command::ChooseFile => drop(self.job(services, "inspect", "job.choose", work::choose_files)),
            Command::ChooseFolder => drop(self.job(services, "inspect", "job.choose_folder", work::choose_folder)),
            Command::Inspect(paths, mapping) => self.inspect(paths, mapping, services),
            Command::TryMapping(mapping) => self.try_mapping(*mapping),
            Command::KeepMapping => self.with_intake("release", "job.keep_mapping", services, work::keep_mapping),
            Command::ImportMapped(choices) => self.import(choices, services),
            Command::CloseIntake => self.state.intake = None,
            Command::SelectDataset(digest) => self.prepare(digest, services),
            Command::CompareDatasets(a, b) => {
                let work = move |home: &Home, task: &Task| work::compare_datasets(home, (a, b), task);
                self.job(services, "difference", "job.compare", work);
            }
            Command::SaveContract(path) => self.save_contract(path, services),
            Command::SaveContractAs => {
                self.with_visits(services, "contract", "job.save_contract", work::Visits::save_contract_as);
            }
            Command::ChooseContract => {
                self.job(services, "contract", "job.choose_contract", |_, _| work::choose_contract());
            }
            Command::CheckContract(path) => {
                self.with_visits(services, "contract", "job.check_contract", move |visits, task| {
                    visits.hold_against(&path, task)
                });
            }
            Command::DescribeFeatures => self.describe_features(services),
            Command::AuditFeatures => self.with_visits(services, "audit", "job.audit", work::Visits::audit),
            Command::PublishOnline => {
                let person = self.state.person.clone();
                self.with_visits(services, "release", "job.publish", move |visits, task| {
                    visits.publish(&person, task)
                });
            }
            Command::SelectRun(run) => self.state.run = Some(run),
            Command::LookAtRun(run) => self.look_at(run, services),
            Command::Importance(run) => self.weigh(run, services),
            Command::Effects(run, feature) => self.move_feature(run, feature, services),
            Command::SaveCard(run) => self.save_card(run, services),
            Command::MarkRun(run, marks) => {
                self.job(services, "mark", "job.mark_run", move |home, _| work::mark_run(home, run, &marks));
            }
            Command::Train(request) => {
                self.with_visits(services, "train", "job.train", move |visits, task| visits.train(&request, task));
            }
            Command::Search(request) => self.search(request, services),
            Command::Compare(current, candidate) => {
                self.with_visits(services, "compare", "job.compare", move |visits, task| {
                    visits.compare(&CompareRequest::of(current, candidate), None, task)
                });
            }
            Command::CompareAs(of) => self.with_visits(services, "compare", "job.compare", move |visits, task| {
                visits.compare(&of.request, of.origins, task)
            }),
            Command::SaveReportAs => self.save_report(services),
            Command::SaveDriftReportAs => self.save_drift_report(services),
            Command::LookForDrift(ask) => self.look_for_drift(ask, services),
            Command::ReplayAlerts(ask) => self.replay_alerts(ask, services),
            Command::Propose(run, notes) => {
                let person = self.state.person.clone();
                self.with_visits(services, "release", "job.propose", move |visits, task| {
                    visits.propose(run, notes, person, task)
                });
            }
            Command::Approve(Approval { version, reason, passphrase }) => self
                .release(services, move |home, person| work::approve(home, version, person, &passphrase, &reason)),
            Command::Reject(version, reason) => {
                self.release(services, move |home, person| work::reject(home, version, person, &reason));
            }
            Command::Promote(version, reason) => {
                self.release(services, move |home, person| work::promote(home, version, person, &reason));
            }
            Command::RollBack(reason) => {
                self.release(services, move |home, person| work::roll_back(home, person, &reason));
            }
            Command::SetThreshold(set) => {
                self.release(services, move |home, person| work::set_threshold(home, &set, person));
            }
            Command::BecomeOwner(NewOwner { name, passphrase }) => {
                self.state.person.clone_from(&name);
                self.release(services, move |home, person| work::become_owner(home, person, &passphrase));
            }
            Command::ActAs(name) => self.state.person = name,
            Command::StartServing => {
                self.job(services, "serve", "job.serve", |home, _| work::serve(home, ADDRESS));
            }
            Command::StopServing => self.stop_serving(services),
            // The frame keeps these to itself.
            Command::GoTo(_)
            | Command::ShowPalette
            | Command::ShowShortcuts
            | Command::ToggleNotices
            | Command::ClearNotices
            | Command::SetTheme(_)
            | Command::SetLanguage(_)
            | Command::ZoomIn
            | Command::ZoomOut
            | Command::ZoomReset
            | Command::CancelJob(_)
            | Command::CancelJobs => {}
        }
    }

    fn receive(&mut self, arrival: Arrival, services: &mut Services<'_>) {
        match arrival {
            Arrival::Snapshot(snapshot) => {
                self.state.snapshot = Some(Arc::from(snapshot));
                self.settle_person();
                let newest = self.state.snapshot.as_ref().and_then(|snapshot| snapshot.datasets.first());
                let digest = self.state.dataset.or(newest.map(|(dataset, _)| dataset.digest));
                // What could not be made ready is tried again when a person asks for it.
                let was_tried = self.preparing.map(|(digest, _)| digest);
                if let Some(digest) = digest.filter(|digest| was_tried != Some(*digest)) {
                    self.prepare(digest, services);
                }
            }
            Arrival::Prepared(prepared, profile) => {
                // Another data set may have been chosen since.
                if self.state.dataset == Some(prepared.digest) {
                    self.preparing = None;
                    self.state.prepared = Some(prepared);
                    self.state.profile = Some(profile);
                    self.describe_features(services);
                }
            }
            Arrival::Described(sheet) => {
                if self.state.dataset == Some(sheet.dataset) {
                    self.state.features = Some(Arc::from(sheet));
                }
            }
            Arrival::Audited(digest, audit) => {
                if self.state.dataset == Some(digest) {
                    self.state.audit = Some(Arc::from(audit));
                }
            }
            Arrival::Inspected(intake) => self.state.intake = Some(Arc::from(intake)),
            Arrival::Imported(prepared, profile, held) => {
                self.take_imported(prepared, profile, services);
                self.state.held = held.map(Arc::from);
            }
            Arrival::Held(held) => self.state.held = Some(Arc::from(held)),
            Arrival::ChosenContract(path) => self.state.contract = Some(path),
            Arrival::SavedContract(path) => {
                services.notices.done("notice.contract_saved", vec![("path", path.display().to_string())]);
                self.state.contract = Some(path);
                self.refresh(services);
            }
            Arrival::Trained(run) => {
                self.state.run = Some(run);
                services.notices.done("notice.trained", vec![("run", run.to_string())]);
                self.refresh(services);
            }
            Arrival::Searched(search, run) => self.take_searched(search, run, services),
            Arrival::Marked => self.refresh(services),
            Arrival::Differ(difference) => self.state.difference = Some(Arc::from(difference)),
            Arrival::Looked(insight) => self.state.insight = Some(Arc::from(insight)),
            Arrival::Weighed(run, importance) => self.state.importance = Some((run, Arc::from(importance))),
            Arrival::Moved(run, effects) => self.state.effects = Some((run, Arc::from(effects))),
            Arrival::Compared(outcome) => self.state.comparison = Some(Arc::from(outcome)),
            Arrival::Rolled(rolling) => self.state.rolling = Some(Arc::from(rolling)),
            Arrival::Drifted(found) => self.take_drift(found),
            Arrival::Replayed(found) => self.take_replay(found),
            Arrival::Written(key, values) => {
                services.notices.done(key, values);
                self.refresh(services);
            }
            Arrival::Serving(server) => {
                self.state.server = ServerState { address: Some(server.address()), live: None };
                if let Some(watch) = &self.watch {
                    watch.follow(Some(server.address()));
                }
                self.server = Some(*server);
            }
            Arrival::Nothing => {}
        }
        self.describe(Look::language(services.context));
    }
}

#[cfg(test)]
mod tests;

//! Demo: the whole loop on the sample, with its numbers, step by step.
//!
//! It uses nothing that a person could not: the same workflows, a real service as a child process on the loopback
//! interface, a key pair made for it. In a temporary home everything is gone afterwards.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::analysis::evaluation::SplitPlan;
use crate::base::{Role, Task, Verdict, Version};
use crate::store::keys::SigningKey;

use super::datasets::Prepared;
use super::evidence::Evidence;
use super::example::busiest_request;
use super::files::file_error;
use super::import::{ImportRequest, import_file};
use super::people::{add_person, new_key, secret_key_path, trust};
use super::release::{ProposeOutcome, ProposeRequest, approve, promote, propose, roll_back, unlock_key};
use super::server::{Answer, Client, Server, start};
use super::simulate::{SAMPLE_MAPPING, SAMPLE_VISITS};
use super::train::{TrainOutcome, TrainRequest, train};
use super::{Home, SEED, WorkflowError};

/// The person of the sample project, who is its model owner.
pub const SAMPLE_PERSON: &str = "owner";
/// The name of the sample's data set.
pub const SAMPLE_NAME: &str = "sample";

/// The demo as JSON. Errors are in minutes.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DemoReport {
    /// Whether every step did what it should.
    pub ok: bool,
    /// Visits of the sample.
    pub visits: u64,
    /// Mean absolute error of today's rule on the test part.
    pub mae_rule: f64,
    /// Mean absolute error of the candidate on the same visits.
    pub mae_candidate: f64,
    /// Their ratio.
    pub ratio: f64,
    /// Lower end of its 95 % interval.
    pub ratio_low: f64,
    /// Upper end.
    pub ratio_high: f64,
    /// The gate of the candidate against the rule.
    pub gate: Option<Verdict>,
    /// The version of the candidate.
    pub version: Option<Version>,
    /// From the promotion to the first answer by the new version.
    pub promote_to_answer_ms: f64,
    /// From the rollback to the first answer by the old version.
    pub rollback_to_answer_ms: f64,
    /// The steps.
    pub steps: Vec<DemoStep>,
}

/// One step.
#[derive(Clone, Debug, Serialize)]
pub struct DemoStep {
    /// `import`, `features`, …; `demo.NAME` is its name for people.
    pub name: &'static str,
    /// How long it took.
    pub seconds: f64,
    /// What came of it, in ASCII.
    pub note: String,
}

/// A step fails the demo when the live version did not change within this time.
const LONGEST_SWITCH: Duration = Duration::from_secs(10);

/// Runs the loop in `home`; `program` is what serves. `on_step` is told each step when it is over.
///
/// # Errors
/// [`WorkflowError`] of the step that failed; the home keeps what the steps before it made.
pub fn run(
    home: &Home,
    program: &Path,
    task: &Task,
    on_step: &mut dyn FnMut(&DemoStep),
) -> Result<DemoReport, WorkflowError> {
    let mut demo = Demo { home, task, report: DemoReport::default(), on_step };
    let prepared = demo.import_sample()?;
    let rule = demo.train(&prepared, "rule")?;
    let key = demo.make_owner()?;
    let old = demo.release_rule(&prepared, &rule, &key)?;
    let candidate = demo.train(&prepared, "elastic-net")?;
    let new = demo.propose_candidate(&prepared, &candidate)?;
    demo.approve(&new, &key)?;
    demo.serve_and_switch(program, &prepared, old, new.version.version)?;
    demo.report.ok = demo.report.gate == Some(Verdict::Pass);
    Ok(demo.report)
}

/// Imports the sample into `home`, and gives it ready for models.
///
/// # Errors
/// [`WorkflowError`].
pub fn import_sample(home: &Home, task: &Task) -> Result<super::import::ImportOutcome, WorkflowError> {
    std::fs::create_dir_all(home.folder()).map_err(|cause| file_error(home.folder(), cause))?;
    let folder = tempfile::tempdir_in(home.folder()).map_err(|cause| file_error(home.folder(), cause))?;
    let (visits, mapping) = (folder.path().join("visits.parquet"), folder.path().join("sample.yaml"));
    std::fs::write(&visits, SAMPLE_VISITS).map_err(|cause| file_error(&visits, cause))?;
    std::fs::write(&mapping, SAMPLE_MAPPING).map_err(|cause| file_error(&mapping, cause))?;
    let request = ImportRequest {
        paths: vec![visits],
        mapping: Some(mapping),
        name: Some(SAMPLE_NAME.to_owned()),
        ..ImportRequest::default()
    };
    import_file(home, &request, task)
}

/// Makes a project of the sample: imports it, and releases today's rule as the first version, so that there is something
/// to be better than. What is there already stays.
///
/// # Errors
/// [`WorkflowError`] of the step that failed; what the steps before it made stays.
pub fn open_sample(home: &Home, task: &Task) -> Result<Arc<Prepared>, WorkflowError> {
    let mut demo = Demo { home, task, report: DemoReport::default(), on_step: &mut |_| {} };
    let prepared = demo.import_sample()?;
    if !home.registry().exists() {
        let key = demo.make_owner()?;
        let rule = demo.train(&prepared, "rule")?;
        demo.release_rule(&prepared, &rule, &key)?;
    }
    Ok(prepared)
}

/// Makes the sample's owner with a key that is not locked, and has the home's serving side trust it. Does nothing where
/// they are there already.
///
/// # Errors
/// [`WorkflowError`].
pub fn make_sample_owner(home: &Home) -> Result<(), WorkflowError> {
    let secret = secret_key_path(home, SAMPLE_PERSON);
    if secret.exists() {
        return Ok(());
    }
    let key = new_key(home, SAMPLE_PERSON, None)?;
    trust(home, &key.public)?;
    add_person(home, SAMPLE_PERSON, Role::ModelOwner, Some(&key.public), SAMPLE_PERSON)?;
    Ok(())
}

struct Demo<'a> {
    home: &'a Home,
    task: &'a Task,
    report: DemoReport,
    on_step: &'a mut dyn FnMut(&DemoStep),
}

impl Demo<'_> {
    fn step<T>(
        &mut self,
        name: &'static str,
        work: impl FnOnce(&mut Self) -> Result<(T, String), WorkflowError>,
    ) -> Result<T, WorkflowError> {
        self.task.check()?;
        let started = Instant::now();
        let (value, note) = work(self)?;
        let step = DemoStep { name, seconds: started.elapsed().as_secs_f64(), note };
        (self.on_step)(&step);
        self.report.steps.push(step);
        Ok(value)
    }

    fn import_sample(&mut self) -> Result<Arc<Prepared>, WorkflowError> {
        let imported = self.step("import", |demo| {
            let imported = import_sample(demo.home, demo.task)?;
            let report = &imported.report;
            demo.report.visits = report.accepted + report.repaired;
            let note = format!(
                "{} rows: {} served, {} left unserved, {} unfinished, {} set aside; digest {}",
                report.read,
                report.served,
                report.abandoned,
                report.unfinished,
                report.quarantined,
                imported.dataset.digest.short()
            );
            Ok((imported, note))
        })?;
        self.step("features", |demo| {
            let prepared = imported.prepare(demo.home, demo.task)?;
            let features = crate::analysis::features::CATALOGUE.len();
            let note = format!("{features} features of {} arrivals", prepared.features.len());
            Ok((prepared, note))
        })
    }

    fn train(&mut self, prepared: &Prepared, family: &str) -> Result<TrainOutcome, WorkflowError> {
        self.step("train", |demo| {
            let request = TrainRequest {
                family: family.to_owned(),
                parameters: String::new(),
                seed: SEED,
                split: SplitPlan::default(),
                adaptive_rate: None,
            };
            let outcome = train(demo.home, prepared, &request, demo.task)?;
            let document = &outcome.document;
            let mae = document.test.as_ref().map_or(f64::NAN, |errors| errors.mae);
            let note = format!(
                "{family}: learned from {} visits, MAE {mae:.2} min on {} later ones",
                document.train_n, document.test_n
            );
            Ok((outcome, note))
        })
    }

    fn make_owner(&mut self) -> Result<SigningKey, WorkflowError> {
        self.step("key", |demo| {
            make_sample_owner(demo.home)?;
            let path = secret_key_path(demo.home, SAMPLE_PERSON);
            let key = unlock_key(&path, None)?;
            let note = format!("key {} made for {SAMPLE_PERSON}", key.public().id());
            Ok((key, note))
        })
    }

    /// What is live at first, so that there is something to compare with and to return to.
    fn release_rule(
        &mut self,
        prepared: &Prepared,
        rule: &TrainOutcome,
        key: &SigningKey,
    ) -> Result<Version, WorkflowError> {
        let proposed = self.step("propose", |demo| demo.propose(prepared, rule, "Today's rule"))?;
        let version = proposed.version.version;
        self.approve(&proposed, key)?;
        self.step("promote", |demo| {
            let rollout = promote(demo.home, version, SAMPLE_PERSON, "the rule goes first")?;
            Ok((version, format!("{version} is live, generation {}", rollout.generation)))
        })
    }

    fn propose(
        &self,
        prepared: &Prepared,
        run: &TrainOutcome,
        notes: &str,
    ) -> Result<(ProposeOutcome, String), WorkflowError> {
        let request = ProposeRequest {
            run: run.run.id,
            version: None,
            notes: notes.to_owned(),
            person: SAMPLE_PERSON.to_owned(),
            seed: SEED,
        };
        let outcome = propose(self.home, prepared, &request, self.task)?;
        let comparison = &outcome.evidence.comparison;
        let note = format!(
            "{} against {}: MAE {:.2} against {:.2} min, ratio {:.3} (95 %: {:.3} to {:.3}) on {} visits of {} days; gates: {}",
            outcome.version.version,
            comparison.current.name,
            comparison.candidate.errors.mae,
            comparison.current.errors.mae,
            comparison.ratio,
            comparison.ratio_low,
            comparison.ratio_high,
            comparison.n,
            comparison.days,
            outcome.evidence.verdict().id()
        );
        Ok((outcome, note))
    }

    fn propose_candidate(
        &mut self,
        prepared: &Prepared,
        candidate: &TrainOutcome,
    ) -> Result<ProposeOutcome, WorkflowError> {
        let outcome = self.step("compare", |demo| demo.propose(prepared, candidate, "Elastic net"))?;
        let comparison = &outcome.evidence.comparison;
        self.report.mae_rule = comparison.current.errors.mae;
        self.report.mae_candidate = comparison.candidate.errors.mae;
        self.report.ratio = comparison.ratio;
        self.report.ratio_low = comparison.ratio_low;
        self.report.ratio_high = comparison.ratio_high;
        self.report.gate = Some(comparison.gate);
        self.report.version = Some(outcome.version.version);
        Ok(outcome)
    }

    fn approve(&mut self, proposed: &ProposeOutcome, key: &SigningKey) -> Result<(), WorkflowError> {
        let version = proposed.version.version;
        self.step("approve", |demo| {
            let reason = reason_of(&proposed.evidence);
            approve(demo.home, version, SAMPLE_PERSON, key, &reason)?;
            Ok(((), format!("{version} signed with {}; reason given: {reason}", key.public().id())))
        })
    }

    fn serve_and_switch(
        &mut self,
        program: &Path,
        prepared: &Prepared,
        old: Version,
        new: Version,
    ) -> Result<(), WorkflowError> {
        let server = self.step("serve", |demo| {
            let server = start(demo.home, program, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
            let note = format!("listening on {}", server.address());
            Ok((server, note))
        })?;
        let client = Client::new(server.address());
        let request = busiest_request(prepared);
        let home = self.home;
        self.answered_by(&client, &request, "predict_old", old, || Ok(()))?;
        self.report.promote_to_answer_ms = self.answered_by(&client, &request, "predict_new", new, || {
            promote(home, new, SAMPLE_PERSON, "gates passed").map(|_| ())
        })?;
        self.report.rollback_to_answer_ms = self.answered_by(&client, &request, "predict_back", old, || {
            roll_back(home, SAMPLE_PERSON, "shown how").map(|_| ())
        })?;
        stop(server);
        Ok(())
    }

    /// Does `act` and asks until `version` answers; the time between in milliseconds.
    fn answered_by(
        &mut self,
        client: &Client,
        request: &serde_json::Value,
        step: &'static str,
        version: Version,
        act: impl FnOnce() -> Result<(), WorkflowError>,
    ) -> Result<f64, WorkflowError> {
        self.step(step, |demo| {
            act()?;
            let acted = Instant::now();
            let answer = wait_for_version(client, request, version, demo.task)?;
            let millis = acted.elapsed().as_secs_f64() * 1_000.0;
            let Answer { minutes, generation, .. } = answer;
            let note = format!("{minutes:.1} min by {version}, generation {generation}, after {millis:.0} ms");
            Ok((millis, note))
        })
    }
}

/// Why the owner of the demo approves: gates that do not pass are named, and overridden knowingly.
fn reason_of(evidence: &Evidence) -> String {
    let open: Vec<String> = evidence
        .gates
        .iter()
        .filter(|gate| gate.verdict != Verdict::Pass)
        .map(|gate| format!("{} is {}", gate.id, gate.verdict.id()))
        .collect();
    if open.is_empty() {
        "every gate passes".to_owned()
    } else {
        format!("{}; approved all the same, to show the loop", open.join(", "))
    }
}

fn stop(server: Server) {
    drop(server);
}

fn wait_for_version(
    client: &Client,
    request: &serde_json::Value,
    version: Version,
    task: &Task,
) -> Result<Answer, WorkflowError> {
    let deadline = Instant::now() + LONGEST_SWITCH;
    loop {
        task.check()?;
        let last = match client.predict(request) {
            Ok(answer) if answer.version == version => return Ok(answer),
            Ok(answer) => format!("{} answers, not {version}", answer.version),
            Err(WorkflowError::ServiceRefused { detail, .. }) => detail,
            Err(error) => return Err(error),
        };
        if Instant::now() > deadline {
            return Err(WorkflowError::Service { reason: last });
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

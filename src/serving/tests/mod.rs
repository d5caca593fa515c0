//! The service without a port, over real registries with generated keys; one test goes over a socket.

mod following;
mod following_intervals;
mod latency;
mod online;
mod parity;
mod requests;
mod running;
mod told;

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::clock::{Clock, now};
use super::deployment::Live;
use super::online::OnlineCounts;
use super::routes::{App, routes};
use super::watcher::Watcher;
use crate::analysis::features::{FeatureTable, QueueState, build, queue_states};
use crate::analysis::history::History;
use crate::analysis::models::{Artifact, Origin, Parameters, Training, family};
use crate::analysis::simulation::{Recipe, simulate};
use crate::base::{Digest, Moment, Role, Task, Version};
use crate::store::keys::{SigningKey, TrustedKeys};
use crate::store::predictions::PredictionLog;
use crate::store::registry::{NewPerson, Proposal, Registry, Rollout};
use crate::store::sqlite::Access;

pub(super) const RECIPE: &str = "
seed: 7
start: 1404/07/05
days: 21
services:
  - {id: rec, name: پذیرش, median_minutes: 5}
  - {id: doc, name: نوبت پزشک, median_minutes: 10}
sites:
  - {id: krj, name: کرج, queues: [
      {service: rec, visits_a_day: 110, counters: 2},
      {service: doc, visits_a_day: 65, counters: 2, booked_share: 0.6}]}
  - {id: mhd, name: مشهد, queues: [
      {service: rec, visits_a_day: 80, counters: 1},
      {service: doc, visits_a_day: 50, counters: 2, booked_share: 0.6}]}
";

/// A simulated history with its features.
pub(super) struct Learned {
    pub history: History,
    pub features: FeatureTable,
    pub states: Vec<QueueState>,
}

pub(super) static LEARNED: LazyLock<Learned> = LazyLock::new(|| Learned::from(RECIPE));

impl Learned {
    pub fn from(recipe: &str) -> Learned {
        let (recipe, task) = (Recipe::from_yaml(recipe).unwrap(), Task::default());
        let history = History::new(recipe.zone().clone(), simulate(&recipe, &task).unwrap());
        let features = build(&history, &task).unwrap();
        let states = queue_states(&history, &task).unwrap();
        Learned { history, features, states }
    }

    /// A model of this family, fitted on every visit but those of the first hours, which the median of a constant
    /// would not notice.
    pub fn artifact(&self, family_id: &str, from: usize) -> Artifact {
        let family = family(family_id).unwrap();
        let visits = &self.history.visits;
        let served: Vec<usize> = (from..visits.len()).filter(|row| visits.wait(*row).is_some()).collect();
        let waits: Vec<f64> = served.iter().map(|row| visits.wait(*row).unwrap().get()).collect();
        let features = self.features.take(&served);
        let training = Training::new(&features, &waits, 7);
        let parameters = Parameters::defaults(family.parameters());
        let model = family.fit(&training, &parameters, &Task::default()).unwrap().model;
        let origin = Origin {
            dataset: Digest::of(b"data"),
            zone: self.history.zone.clone(),
            zones: self.history.zones.clone(),
            trained_from: visits.arrived[from],
            trained_until: *visits.arrived.last().unwrap(),
            train_n: served.len() as u64,
            seed: 7,
            parameters: std::collections::BTreeMap::new(),
            program: "test".to_owned(),
        };
        Artifact::new(model, None, origin, &features)
    }
}

/// The time at which the simulated history ends.
pub(super) fn end_of_history() -> Moment {
    *LEARNED.history.visits.arrived.last().unwrap()
}

/// A registry, its writer, and a service that follows it when told to.
pub(super) struct World {
    pub folder: tempfile::TempDir,
    pub registry: Registry,
    pub key: SigningKey,
    pub trusted: TrustedKeys,
    pub app: Arc<App>,
    pub watcher: Watcher,
}

pub(super) fn v(minor: u32) -> Version {
    Version::new(1, minor, 0)
}

impl World {
    pub fn new() -> World {
        World::at(now)
    }

    pub fn at(clock: Clock) -> World {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("registry.db");
        let mut registry = Registry::open_or_create(&path).unwrap();
        let key = SigningKey::new().unwrap();
        name_owner(&mut registry, &key);
        let log = PredictionLog::open(&folder.path().join("predictions.db")).unwrap();
        let app = Arc::new(App { live: Live::default(), log, online: OnlineCounts::default(), clock });
        let trusted = TrustedKeys::new(key.public().clone(), []);
        let reader = Registry::open(&path, Access::Read).unwrap();
        let watcher = Watcher::new(Arc::clone(&app), reader, trusted.clone());
        World { folder, registry, key, trusted, app, watcher }
    }

    /// With these models registered as 1.0.0, 1.1.0, … and the first one live and loaded.
    pub fn with(artifacts: &[Artifact]) -> World {
        let mut world = World::new();
        world.register_all(artifacts);
        world
    }

    pub fn register_all(&mut self, artifacts: &[Artifact]) {
        for (minor, artifact) in (0..).zip(artifacts) {
            self.register(v(minor), artifact, artifact.contract.digest());
        }
        self.promote(v(0));
        self.watcher.look();
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("registry.db")
    }

    pub fn register(&mut self, version: Version, artifact: &Artifact, contract_sha256: Digest) {
        self.register_bytes(version, &artifact.to_bytes(), contract_sha256);
    }

    pub fn register_bytes(&mut self, version: Version, artifact: &[u8], contract_sha256: Digest) {
        let evidence = format!(r#"{{"version":"{version}"}}"#);
        let evidence = evidence.as_bytes();
        let proposal =
            Proposal { version, family: "constant", artifact, contract_sha256, evidence, notes: "for a test" };
        self.registry.propose(&proposal, "Sara", now()).unwrap();
        let statement = self.registry.statement(version).unwrap().text();
        let signature = self.key.sign(statement.as_bytes(), &format!("{version} by Sara")).unwrap();
        self.registry.approve(version, "Sara", &signature, "good", now()).unwrap();
    }

    /// From now on Sara signs with another key, which the service does not trust.
    pub fn change_key(&mut self) {
        self.key = SigningKey::new().unwrap();
        name_owner(&mut self.registry, &self.key);
    }

    pub fn promote(&mut self, version: Version) -> Rollout {
        self.registry.promote(version, "Sara", "go", now()).unwrap()
    }

    pub fn roll_back(&mut self) -> Rollout {
        self.registry.roll_back("Sara", "alerts", now()).unwrap()
    }

    pub fn answering(&self) -> Option<(i64, Version)> {
        self.app.live.deployment().map(|live| (live.generation, live.model.statement.version))
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap())
    }

    pub fn predict(&self, body: &Value) -> Answer {
        self.predict_bytes(serde_json::to_vec(body).unwrap())
    }

    pub fn predict_bytes(&self, body: Vec<u8>) -> Answer {
        let request = Request::post("/v1/predict").header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body)).unwrap())
    }

    pub fn send(&self, request: Request<Body>) -> Answer {
        send(routes(Arc::clone(&self.app)), request)
    }
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

pub(super) fn send(router: axum::Router, request: Request<Body>) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let response = router.oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: serde_json::from_slice(&bytes).unwrap() }
    })
}

impl Answer {
    /// Holds the answer to be a problem of this status and kind, whose errors are about these fields.
    pub fn is_problem(&self, status: u16, kind: &str, fields: &[&str]) {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(self.body["type"], format!("tag:nobatnou.ir,2026:problem/{kind}"));
        assert_eq!(self.body["status"], status);
        for member in ["title", "detail"] {
            assert!(!self.body[member].as_str().unwrap().is_empty(), "{member} of {self:?}");
        }
        let errors = self.body["errors"].as_array().unwrap();
        let names: Vec<&str> = errors.iter().map(|error| error["field"].as_str().unwrap()).collect();
        assert_eq!(names, fields, "{self:?}");
        assert!(errors.iter().all(|error| !error["detail"].as_str().unwrap().is_empty()));
    }
}

pub(super) fn simple() -> Value {
    json!({"site": "کرج", "service": "پذیرش"})
}

fn name_owner(registry: &mut Registry, key: &SigningKey) {
    let sara =
        NewPerson { name: "Sara".to_owned(), role: Role::ModelOwner, public_key: Some(key.public().clone()) };
    registry.add_person(&sara, "Sara", now()).unwrap();
}

//! What is live in the registry answers here, soon; what may not answer does not.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use super::*;
use crate::serving::POLL;
use crate::store::predictions::Predictions;
use crate::store::registry::tests::alter_artifact;

/// Two models that answer differently.
fn two() -> Vec<Artifact> {
    vec![LEARNED.artifact("constant", 0), LEARNED.artifact("rule", 0)]
}

fn loads(world: &World) -> Vec<(i64, Option<String>)> {
    let reader = Predictions::open(&world.folder.path().join("predictions.db")).unwrap();
    let mut entries = reader.live_log(100).unwrap();
    entries.reverse();
    entries.into_iter().map(|entry| (entry.generation, entry.refused)).collect()
}

#[test]
fn without_a_promotion_it_runs_and_is_not_ready() {
    let mut world = World::new();
    world.watcher.look();
    assert_eq!(world.get("/livez").status, StatusCode::OK);
    world.get("/readyz").is_problem(503, "not-ready", &[]);
    world.predict(&simple()).is_problem(503, "not-ready", &[]);
    let live = world.get("/v1/live").body;
    assert_eq!(live["generation"], Value::Null);
    assert_eq!(live["refused"], Value::Null);
    world.register_all(&two());
    assert_eq!(world.get("/readyz").status, StatusCode::OK);
    assert_eq!(world.predict(&simple()).body["version"], "1.0.0");
}

#[test]
fn promotions_and_rollbacks_are_noticed_within_a_quarter_of_a_second() {
    let world = World::with(&two());
    let first = world.app.live.deployment().unwrap();
    let (stop, stopped) = channel();
    let World { watcher, mut registry, app, folder, .. } = world;
    let watching = std::thread::spawn(move || watcher.run(POLL, &stopped));
    let wait_for = |generation: i64, begin: Instant| {
        while app.live.deployment().unwrap().generation != generation {
            assert!(begin.elapsed() < Duration::from_secs(5), "generation {generation} was never noticed");
            std::thread::sleep(Duration::from_millis(1));
        }
        begin.elapsed()
    };
    let mut slowest = Duration::ZERO;
    for round in 0..8 {
        registry.promote(v(1), "Sara", "go", now()).unwrap();
        slowest = slowest.max(wait_for(2 * round + 2, Instant::now()));
        assert_eq!(app.live.deployment().unwrap().model.statement.version, v(1));
        registry.roll_back("Sara", "alerts", now()).unwrap();
        slowest = slowest.max(wait_for(2 * round + 3, Instant::now()));
        let back = app.live.deployment().unwrap();
        assert!(Arc::ptr_eq(&back.model, &first.model), "a rollback swaps a pointer");
    }
    println!("slowest change was noticed after {slowest:?}");
    assert!(slowest <= Duration::from_millis(250), "{slowest:?}");
    drop(stop);
    watching.join().unwrap();
    let reader = Predictions::open(&folder.path().join("predictions.db")).unwrap();
    let generations: Vec<i64> = reader.live_log(100).unwrap().iter().rev().map(|entry| entry.generation).collect();
    assert_eq!(generations, (1..=17).collect::<Vec<i64>>());
}

#[test]
fn a_version_signed_by_an_untrusted_key_is_refused_and_the_old_one_goes_on() {
    let mut world = World::with(&two()[..1]);
    world.change_key();
    let rule = &two()[1];
    world.register(v(1), rule, rule.contract.digest());
    world.promote(v(1));
    world.watcher.look();
    assert_eq!(world.answering(), Some((1, v(0))));
    assert_eq!(world.predict(&simple()).headers["x-nobat-generation"], "1");
    let live = world.get("/v1/live").body;
    assert_eq!((&live["generation"], &live["version"]), (&json!(1), &json!("1.0.0")));
    let refused = &live["refused"];
    assert_eq!((&refused["generation"], &refused["version"]), (&json!(2), &json!("1.1.0")));
    assert_eq!(refused["key"], "signature_not_trusted");
    assert_eq!(refused["fields"]["key_id"], world.key.public().id().to_string());
    assert_eq!(world.get("/readyz").body["refused"], *refused);
    world.watcher.look();
    world.roll_back();
    world.watcher.look();
    assert_eq!(world.answering(), Some((3, v(0))));
    assert_eq!(world.get("/v1/live").body["refused"], Value::Null);
    let reason = refused["reason"].as_str().map(str::to_owned);
    assert_eq!(loads(&world), [(1, None), (2, reason), (3, None)]);
}

#[test]
fn an_altered_artifact_is_refused_running_and_at_the_start() {
    let mut world = World::with(&two());
    world.promote(v(1));
    alter_artifact(&world.path(), v(1));
    world.watcher.look();
    assert_eq!(world.answering(), Some((1, v(0))));
    assert_eq!(world.get("/v1/live").body["refused"]["key"], "artifact_altered");
    let log = PredictionLog::open(&world.folder.path().join("other.db")).unwrap();
    let app = Arc::new(App { live: Live::default(), log, online: OnlineCounts::default(), clock: now });
    let reader = Registry::open(&world.path(), Access::Read).unwrap();
    Watcher::new(Arc::clone(&app), reader, world.trusted.clone()).look();
    let router = || routes(Arc::clone(&app));
    let ready = send(router(), Request::get("/readyz").body(Body::empty()).unwrap());
    ready.is_problem(503, "not-ready", &[]);
    assert!(ready.body["detail"].as_str().unwrap().contains("was altered"), "{ready:?}");
}

#[test]
fn an_approved_artifact_that_is_not_what_it_says_is_refused() {
    let mut world = World::with(&two()[..1]);
    let rule = LEARNED.artifact("rule", 0);
    world.register(v(1), &rule, Digest::of(b"another contract"));
    world.register_bytes(v(2), b"{\"format\":\"nobat-model\",\"format_version\":99}", rule.contract.digest());
    world.register_bytes(v(3), b"not a model", rule.contract.digest());
    let text = String::from_utf8(rule.to_bytes()).unwrap();
    let (head, golden) = text.rsplit_once("\"minutes\":").unwrap();
    let forged = format!("{head}\"minutes\":9{golden}");
    world.register_bytes(v(4), forged.as_bytes(), rule.contract.digest());
    let keys = ["contract_differs", "artifact_newer", "artifact_unreadable", "artifact_golden"];
    for (minor, key) in (1..).zip(keys) {
        world.promote(v(minor));
        world.watcher.look();
        assert_eq!(world.answering(), Some((1, v(0))), "{key}");
        assert_eq!(world.get("/v1/live").body["refused"]["key"], key);
    }
}

#[test]
fn a_registry_that_goes_away_leaves_the_live_version_answering() {
    let mut world = World::with(&two());
    let (path, away) = (world.path(), world.folder.path().join("away.db"));
    std::fs::rename(&path, &away).unwrap();
    world.watcher.look();
    let live = world.get("/v1/live").body;
    assert_eq!(live["registry_error"]["key"], "database_missing", "{live}");
    assert_eq!(world.predict(&simple()).status, StatusCode::OK);
    let ready = world.get("/readyz");
    assert_eq!((ready.status, &ready.body["registry_error"]), (StatusCode::OK, &live["registry_error"]));
    std::fs::write(&path, b"something else, longer than a header of a database would have to be").unwrap();
    std::thread::sleep(Duration::from_millis(1_050));
    world.watcher.look();
    assert_eq!(world.get("/v1/live").body["registry_error"]["key"], "database_not_sqlite");
    std::fs::rename(&away, &path).unwrap();
    world.promote(v(1));
    std::thread::sleep(Duration::from_millis(1_050));
    world.watcher.look();
    assert_eq!(world.answering(), Some((2, v(1))));
    assert_eq!(world.get("/v1/live").body["registry_error"], Value::Null);
    assert_eq!(loads(&world), [(1, None), (2, None)]);
}

#[test]
fn few_versions_stay_loaded() {
    let artifacts: Vec<Artifact> = (0..6).map(|n| LEARNED.artifact("constant", n * 150)).collect();
    let mut world = World::with(&artifacts);
    let first = Arc::downgrade(&world.app.live.deployment().unwrap().model);
    for minor in 1..4 {
        world.promote(v(minor));
        world.watcher.look();
    }
    assert!(first.upgrade().is_some());
    world.promote(v(4));
    world.watcher.look();
    assert!(first.upgrade().is_none());
    assert_eq!(world.answering(), Some((5, v(4))));
}

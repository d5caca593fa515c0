//! What a request leaves out comes from the published values: the same bits, only while they are fresh, and counted.

use super::parity::request;
use super::*;
use crate::analysis::features::{OnlineKind, Parts, aggregates};
use crate::store::registry::{NewPublication, OnlineValue};

const HOUR_MS: i64 = 3_600_000;

/// Publishes the values as of the arrival of `row`, for two hours.
fn publish_as_of(world: &mut World, row: usize) -> i64 {
    let history = &LEARNED.history;
    let as_of = history.visits.arrived[row];
    let values: Vec<OnlineValue> = aggregates(history, as_of, &Task::default())
        .unwrap()
        .into_iter()
        .map(|found| OnlineValue {
            feature: found.kind.id().to_owned(),
            site: found.site,
            service: found.service,
            hour: found.hour,
            value: found.value,
            n: found.n,
        })
        .collect();
    let new = NewPublication { dataset: Digest::of(b"data"), as_of, max_age_ms: 2 * HOUR_MS, values: &values };
    let event = world.registry.publish(&new, "Sara", now()).unwrap();
    world.watcher.look();
    event
}

/// The request of `row`, without what a history knows.
fn without_history(row: usize) -> Value {
    let mut body = request(&LEARNED, row);
    for field in ["avg_wait_time_last_week", "opening_minute"] {
        body.as_object_mut().unwrap().remove(field).unwrap();
    }
    body
}

fn serving() -> World {
    let mut world = World::at(end_of_history);
    world.register_all(&[LEARNED.artifact("elastic-net", 0)]);
    world
}

#[test]
fn a_value_that_was_left_out_is_taken_from_the_published_ones_bit_for_bit() {
    let mut world = serving();
    let rows: Vec<usize> = (0..40).map(|n| LEARNED.features.len() / 2 + n * 70).collect();
    let mut taken = 0;
    for row in rows.iter().copied() {
        publish_as_of(&mut world, row);
        let (full, lean) = (world.predict(&request(&LEARNED, row)), world.predict(&without_history(row)));
        let is_known = OnlineKind::lacking(&LEARNED.states[row], Parts::ALL).is_empty();
        assert_eq!(full.body.get("online"), (!is_known).then_some(&json!("absent")));
        assert_eq!(lean.body["online"], if is_known { "taken" } else { "absent" }, "row {row}");
        assert_eq!(lean.body["minutes"], full.body["minutes"], "row {row}");
        assert_eq!(lean.body["missing"], full.body["missing"], "row {row}");
        taken += u64::from(is_known);
    }
    assert!(taken > 30, "{taken}");
    let live = world.get("/v1/live");
    assert_eq!(live.body["online"]["taken"], taken);
    assert_eq!(live.body["online"]["stale"], 0);
}

#[test]
fn a_stale_or_later_value_is_missing_named_and_counted() {
    let mut world = serving();
    let row = LEARNED.features.len() - 600;
    assert!(LEARNED.states[row].avg_wait_last_week.is_some());
    assert_eq!(world.predict(&without_history(row)).body["online"], "absent");
    assert_eq!(world.get("/v1/live").body["online"]["published"], Value::Null);
    let event = publish_as_of(&mut world, row);
    let as_of = LEARNED.history.visits.arrived[row];
    let ask = |millis: i64| {
        let mut body = without_history(row);
        body["arrived_at"] = json!(as_of.plus_millis(millis).unwrap());
        let answer = world.predict(&body);
        let missing = answer.body["missing"].as_array().unwrap().contains(&json!("avg_wait_time_last_week"));
        (answer.body["online"].as_str().unwrap().to_owned(), missing)
    };
    assert_eq!(ask(0), ("taken".to_owned(), false));
    assert_eq!(ask(2 * HOUR_MS + 1), ("stale".to_owned(), true));
    // An arrival before the moment of the values must not learn from what came after it.
    assert_eq!(ask(-1), ("stale".to_owned(), true));
    let online = world.get("/v1/live").body["online"].clone();
    assert_eq!((&online["taken"], &online["stale"], &online["absent"]), (&json!(1), &json!(2), &json!(1)));
    assert_eq!(online["published"]["event"], event);
    assert_eq!(online["published"]["as_of"], json!(as_of));
    assert_eq!(online["published"]["max_age_minutes"], 120.0);
    assert_eq!(online["published"]["fresh"], false);
}

#[test]
fn values_that_were_altered_are_not_used_and_said_so_until_new_ones_come() {
    let mut world = serving();
    let row = LEARNED.features.len() - 600;
    publish_as_of(&mut world, row);
    assert_eq!(world.predict(&without_history(row)).body["online"], "taken");
    crate::store::registry::tests::alter_online_values(&world.path());
    // Another publication's event is not needed to notice: the service may just have started.
    let reader = Registry::open(&world.path(), Access::Read).unwrap();
    let mut second =
        World { watcher: Watcher::new(Arc::clone(&world.app), reader, world.trusted.clone()), ..world };
    second.app.live.put_online(None);
    second.watcher.look();
    assert_eq!(second.predict(&without_history(row)).body["online"], "absent");
    assert_eq!(second.get("/v1/live").body["online_error"]["key"], "online_values_altered");
    publish_as_of(&mut second, row);
    assert_eq!(second.predict(&without_history(row)).body["online"], "taken");
    assert_eq!(second.get("/v1/live").body["online_error"], Value::Null);
}

#[test]
fn a_model_that_needs_no_history_asks_for_none() {
    let world = World::with(&[LEARNED.artifact("rule", 0)]);
    assert_eq!(world.predict(&simple()).body.get("online"), None);
    assert_eq!(world.get("/v1/live").body["online"]["absent"], 0);
}

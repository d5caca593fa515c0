//! Intervals that follow what came true: by the shares that are published for the version, and only while they are fresh.

use super::parity::request;
use super::*;
use crate::analysis::features::Value as Feature;
use crate::analysis::models::{EdgeValues, Edges, Intervals, Queues, SHARE_IDS, Shares};
use crate::store::registry::{NewPublication, OnlineValue};

const HOUR_MS: i64 = 3_600_000;

/// A model with intervals; with a rate, they can follow.
fn with_intervals(rate: Option<f64>) -> Artifact {
    let plain = LEARNED.artifact("elastic-net", 0);
    let visits = &LEARNED.history.visits;
    let served: Vec<usize> = (0..visits.len()).filter(|row| visits.wait(*row).is_some()).collect();
    let waits: Vec<f64> = served.iter().map(|row| visits.wait(*row).unwrap().get()).collect();
    let (features, task) = (LEARNED.features.take(&served), Task::default());
    let predicted = plain.model.predict_all(&features, &task).unwrap();
    let values = EdgeValues::of(predicted, &Edges::Prediction, &features, &task).unwrap();
    let between = (plain.origin.trained_from, plain.origin.trained_until);
    let queues = Queues::of(&features);
    let fixed = Intervals::calibrated(between, Edges::Prediction, &values, &waits, &queues).unwrap();
    let intervals = match rate {
        Some(rate) => fixed.following(rate, &values, &waits, &queues),
        None => fixed,
    };
    Artifact::new(plain.model, Some(intervals), plain.origin, &features)
}

/// Publishes shares in percent for a version as of the end of the history, for two hours.
fn publish(world: &mut World, version: &str, percent: [[f64; 2]; 2]) {
    let shares = SHARE_IDS.as_flattened().iter().zip(percent.as_flattened());
    let values: Vec<OnlineValue> = shares
        .map(|(id, value)| OnlineValue {
            feature: (*id).to_owned(),
            site: "*".to_owned(),
            service: version.to_owned(),
            hour: 0,
            value: *value,
            n: 500,
        })
        .collect();
    let (as_of, dataset) = (end_of_history(), Digest::of(b"data"));
    let new = NewPublication { dataset, as_of, max_age_ms: 2 * HOUR_MS, values: &values };
    world.registry.publish(&new, "Sara", now()).unwrap();
    world.watcher.look();
}

fn ask(world: &World, after_millis: i64) -> Answer {
    let mut body = request(&LEARNED, LEARNED.features.len() - 40);
    body["arrived_at"] = json!(end_of_history().plus_millis(after_millis).unwrap());
    world.predict(&body)
}

fn ends(answer: &Answer) -> Vec<[f64; 2]> {
    let of = |interval: &Value| ["low", "high"].map(|end| interval[end].as_f64().unwrap());
    answer.body["intervals"].as_array().unwrap().iter().map(of).collect()
}

#[test]
fn shares_of_the_version_move_its_intervals_while_they_are_fresh() {
    let artifact = with_intervals(Some(0.2));
    // Documents that older programs read stay as they were.
    assert_eq!((artifact.format_version(), with_intervals(None).format_version()), (3, 2));
    assert_eq!(Artifact::from_bytes(&artifact.to_bytes()), Ok(artifact.clone()));
    let mut world = World::at(end_of_history);
    world.register_all(std::slice::from_ref(&artifact));
    let fixed = ask(&world, 0);
    assert_eq!((fixed.status, ends(&fixed).len()), (StatusCode::OK, 2));
    assert_eq!(fixed.body.get("intervals_as_of"), None);

    publish(&mut world, "1.0.0", [[1.0, 2.0], [0.0, 0.5]]);
    let wider = ask(&world, 0);
    assert_eq!(wider.body["intervals_as_of"], json!(end_of_history()));
    assert_eq!(wider.body["minutes"], fixed.body["minutes"], "the prediction stays");
    for (wide, narrow) in ends(&wider).iter().zip(ends(&fixed)) {
        assert!(wide[0] <= narrow[0] && wide[1] > narrow[1], "{wide:?} around {narrow:?}");
    }
    // As the artifact itself has them at these shares, from the features that were used.
    let known: std::collections::BTreeMap<&str, f64> =
        SHARE_IDS.as_flattened().iter().copied().zip([1.0, 2.0, 0.0, 0.5]).collect();
    let shares = Shares::from_published(|id| known.get(id).copied()).unwrap();
    let mut body = request(&LEARNED, LEARNED.features.len() - 40);
    body["arrived_at"] = json!(end_of_history());
    let bytes = serde_json::to_vec(&body).unwrap();
    let read = crate::analysis::answer::PredictionRequest::parse(&bytes, end_of_history()).unwrap();
    let deployment = world.app.live.deployment().unwrap();
    let direct = deployment.model.predictor.predict(&read, None, Some(&shares));
    let expected: Vec<[f64; 2]> = direct.intervals.iter().map(|interval| [interval.low, interval.high]).collect();
    assert_eq!(ends(&wider), expected);
    assert_eq!(world.get("/v1/live").body["online"]["published"]["intervals_of"], "1.0.0");

    for late in [2 * HOUR_MS + 1, -1] {
        let stale = ask(&world, late);
        assert_eq!((ends(&stale), stale.body.get("intervals_as_of")), (ends(&fixed), None), "{late}");
    }
    // Shares of another version, that cannot be, or of which one is missing, move nothing.
    for (version, percent) in [("1.1.0", [[1.0, 2.0], [0.0, 0.5]]), ("1.0.0", [[60.0, 2.0], [0.0, 0.5]])] {
        publish(&mut world, version, percent);
        let other = ask(&world, 0);
        assert_eq!((ends(&other), other.body.get("intervals_as_of")), (ends(&fixed), None), "{version}");
    }
    let unknown = artifact.predict(&|_| Feature::Missing, Some(&shares)).1;
    assert!(unknown.iter().all(|interval| interval.low.is_finite() && interval.high.is_finite()));
}

#[test]
fn intervals_that_are_fixed_stay_so_whatever_is_published() {
    let mut world = World::at(end_of_history);
    world.register_all(&[with_intervals(None)]);
    let fixed = ask(&world, 0);
    publish(&mut world, "1.0.0", [[1.0, 2.0], [0.0, 0.5]]);
    let answer = ask(&world, 0);
    assert_eq!((ends(&answer), answer.body.get("intervals_as_of")), (ends(&fixed), None));
}

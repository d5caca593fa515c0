//! Intervals against what split conformal prediction promises.

use super::*;
use crate::analysis::models::Constant;
use crate::base::statistics::draws;

/// A model that predicts ten minutes for everybody.
fn ten() -> Fitted {
    Fitted::Constant(serde_json::from_str::<Constant>(r#"{"median":10.0}"#).unwrap())
}

fn edge_values(features: &FeatureTable) -> EdgeValues {
    let task = Task::default();
    let predicted = ten().predict_all(features, &task).unwrap();
    EdgeValues::of(predicted, &Edges::Prediction, features, &task).unwrap()
}

fn calibrated(waits: &[f64], queues: &[(&str, &str)]) -> Intervals {
    let features = FeatureTable::new(waits.len(), Vec::new());
    let values = edge_values(&features);
    let between = (Moment::from_millis(0).unwrap(), Moment::from_millis(1).unwrap());
    Intervals::calibrated(between, Edges::Prediction, &values, waits, &Queues(queues.to_vec())).unwrap()
}

#[test]
fn ranks_are_those_of_split_conformal_prediction() {
    assert_eq!(
        [rank(99, 0.8), rank(100, 0.8), rank(199, 0.9), rank(18, 0.9), rank(19, 0.9)],
        [Some(90), Some(91), Some(190), None, Some(19)]
    );
}

#[test]
fn new_waits_are_held_as_often_as_is_said_whatever_they_are() {
    // Many draws of a calibration and one wait more: over all of them, the share that is held.
    let mut draw = draws(77);
    let mut held = [0.0; 2];
    let times = 4_000;
    for _ in 0..times {
        let mut wait = || 40.0 * (draw(1_000_000) as f64 / 1e6).powi(3);
        let waits: Vec<f64> = (0..150).map(|_| wait()).collect();
        let intervals = calibrated(&waits, &[("a", "x"); 150]);
        let next = wait();
        let found = intervals.of_visit(Minutes::new(10.0).unwrap(), &|_| Value::Missing);
        for (held, interval) in held.iter_mut().zip(found) {
            *held += f64::from(u8::from(interval.holds(next)));
        }
    }
    for (held, level) in held.iter().zip(LEVELS) {
        let share = held / f64::from(times);
        // Between the level and the level + 2/(n + 1), give or take 2.5 standard errors.
        assert!(share > level - 0.016 && share < level + 0.013 + 0.016, "{share} at {level}");
    }
}

#[test]
fn queues_with_enough_visits_have_their_own_reach() {
    let waits: Vec<f64> = (0..400).map(|row| if row % 2 == 0 { 10.0 } else { f64::from(row % 40) }).collect();
    let queues: Vec<(&str, &str)> = (0..400).map(|row| (["calm", "wild"][row % 2], "x")).collect();
    let intervals = calibrated(&waits, &queues);
    assert_eq!((intervals.groups(), intervals.n()), (2, 400));
    let of = |site: &'static str| {
        let value = |id: &str| if id == "site" { Value::Category(site) } else { Value::Category("x") };
        intervals.of_visit(Minutes::new(10.0).unwrap(), &value)
    };
    let calm = of("calm")[0];
    assert!((calm.low - 10.0).abs() < 1e-9 && (calm.high - 10.0).abs() < 1e-9, "{calm:?}");
    assert!(of("wild")[0].high > 30.0 && of("elsewhere")[0].high > 20.0);
    assert!(of("wild")[1].high >= of("wild")[0].high && of("wild")[1].low <= of("wild")[0].low);
    assert_eq!(intervals.features(), ["site", "service"]);
    assert_eq!(intervals.check(), Ok(()));
    let kept = serde_json::to_string(&intervals).unwrap();
    assert_eq!(serde_json::from_str::<Intervals>(&kept).unwrap(), intervals);
    let broken = serde_json::from_str::<Intervals>(&kept.replace("\"level\":0.9", "\"level\":0.99")).unwrap();
    assert!(broken.check().is_err());
}

#[test]
fn people_are_shown_intervals_rounded_outward() {
    let shown = WaitInterval { level: 0.8, low: 7.0, high: 15.5 }.shown();
    assert_eq!((shown.low, shown.high), (5.0, 20.0));
    let exact = WaitInterval { level: 0.8, low: 0.0, high: 10.0 }.shown();
    assert_eq!((exact.low, exact.high), (0.0, 10.0));
}

#[test]
fn too_few_visits_calibrate_nothing() {
    let features = FeatureTable::new(99, Vec::new());
    let values = edge_values(&features);
    let between = (Moment::from_millis(0).unwrap(), Moment::from_millis(1).unwrap());
    let queues = Queues(vec![("a", "x"); 99]);
    assert_eq!(Intervals::calibrated(between, Edges::Prediction, &values, &[5.0; 99], &queues), None);
}

//! Intervals that follow what comes true: against NumPy, and against worlds whose truth is known.

use serde::Deserialize;

use super::super::*;
use super::*;
use crate::base::statistics::draws;

/// Visits of a simulated day.
const A_DAY: usize = 200;

#[derive(Deserialize)]
struct Golden {
    rate: f64,
    calibration: GoldenVisits,
    queue: Vec<String>,
    predicted: Vec<f64>,
    waits: Vec<f64>,
    arrived: Vec<u32>,
    called: Vec<u32>,
    until: u32,
    intervals: Vec<[[f64; 2]; 2]>,
    shares: [[f64; 2]; 2],
    n: u64,
}

#[derive(Deserialize)]
struct GoldenVisits {
    queue: Vec<String>,
    predicted: Vec<f64>,
    waits: Vec<f64>,
}

fn edges(predicted: &[f64]) -> EdgeValues {
    let features = FeatureTable::new(predicted.len(), Vec::new());
    EdgeValues::of(predicted.to_vec(), &Edges::Prediction, &features, &Task::default()).unwrap()
}

fn calibrated(predicted: &[f64], waits: &[f64], queues: &Queues<'_>, rate: f64) -> Intervals {
    let between = (Moment::from_millis(0).unwrap(), Moment::from_millis(1).unwrap());
    let values = edges(predicted);
    let fixed = Intervals::calibrated(between, Edges::Prediction, &values, waits, queues).unwrap();
    fixed.following(rate, &values, waits, queues)
}

fn queues(names: &[String]) -> Queues<'_> {
    Queues(names.iter().map(|name| (name.as_str(), "x")).collect())
}

#[test]
fn numpy_follows_to_the_same_intervals() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/adaptive.json");
    let golden: Golden = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let GoldenVisits { queue, predicted, waits } = &golden.calibration;
    let intervals = calibrated(predicted, waits, &queues(queue), golden.rate);
    let days = KnownDays { arrived: golden.arrived.clone(), called: golden.called.clone() };
    let values = edges(&golden.predicted);
    let found = intervals.followed(&values, &golden.waits, &queues(&golden.queue), &days, golden.until).unwrap();
    let near = |ours: f64, theirs: f64| (ours - theirs).abs() < 1e-9 * theirs.abs().max(1.0);
    for (row, expected) in golden.intervals.iter().enumerate() {
        for (level, [low, high]) in expected.iter().enumerate() {
            let ours = found.intervals[level][row];
            assert!(near(ours.low, *low) && near(ours.high, *high), "{row}: {ours:?}, not {low} to {high}");
        }
    }
    let mut shares = found.shares.published().zip(golden.shares.as_flattened());
    assert!(shares.all(|((_, ours), theirs)| near(ours, theirs * 100.0)), "{:?}", found.shares);
    assert_eq!(found.n, golden.n);
    let published: BTreeMap<&str, f64> = found.shares.published().collect();
    let read = Shares::from_published(|id| published.get(id).copied()).unwrap();
    assert!(read.0.as_flattened().iter().zip(found.shares.0.as_flattened()).all(|(a, b)| near(*a, *b)));
    assert_eq!(Shares::from_published(|id| published.get(id).filter(|_| id != SHARE_IDS[1][0]).copied()), None);
    assert_eq!(Shares::from_published(|_| Some(50.1)), None, "more than half cannot lie beyond");
}

/// Days of a world in which every wait is predicted as ten minutes and lies around it by a factor that is log-normal; from
/// `drift` on, the scatter of its logarithm is so many times as wide.
fn world(days: usize, drift: Option<(usize, f64)>, seed: u64) -> Vec<f64> {
    let mut draw = draws(seed);
    let mut unit = || (draw(1 << 30) as f64 + 0.5) / f64::from(1 << 30);
    let mut normal = || (-2.0 * unit().ln()).sqrt() * (std::f64::consts::TAU * unit()).cos();
    let mut wait = |day: usize| {
        let scale = drift.filter(|(from, _)| day >= *from).map_or(1.0, |(_, times)| times);
        (11.0_f64.ln() + 0.4 * scale * normal()).exp() - 1.0
    };
    (0..days * A_DAY).map(|row| wait(row / A_DAY)).map(|wait| wait.max(0.0)).collect()
}

/// The shares of the waits that fixed intervals hold, and those that follow hold, on days from `from` on, level by level.
fn held(intervals: &Intervals, waits: &[f64], from: usize) -> [[f64; 2]; 2] {
    let values = edges(&vec![10.0; waits.len()]);
    let queues = Queues(vec![("a", "x"); waits.len()]);
    let arrived: Vec<u32> = (0..waits.len()).map(|row| (row / A_DAY) as u32).collect();
    let days = KnownDays { called: arrived.clone(), arrived };
    let followed = intervals.followed(&values, waits, &queues, &days, u32::MAX).unwrap();
    let fixed = intervals.of_all(&values, &queues);
    let share = |level: &[WaitInterval]| {
        let rows = level.iter().zip(waits).skip(from * A_DAY);
        let n = rows.len() as f64;
        rows.filter(|(interval, wait)| interval.holds(**wait)).count() as f64 / n
    };
    [[share(&fixed[0]), share(&fixed[1])], [share(&followed.intervals[0]), share(&followed.intervals[1])]]
}

#[test]
fn under_drift_they_hold_in_the_long_run_what_fixed_ones_do_not() {
    let calibration = world(10, None, 1);
    let n = calibration.len();
    let names = vec!["a".to_owned(); n];
    for rate in [0.05, 0.2, 0.5] {
        let intervals = calibrated(&vec![10.0; n], &calibration, &queues(&names), rate);
        let [fixed, followed] = held(&intervals, &world(600, None, 2), 0);
        assert!((fixed[0] - 0.8).abs() < 0.02 && (fixed[1] - 0.9).abs() < 0.02, "without drift: {fixed:?}");
        assert!((followed[0] - 0.8).abs() < 0.02 && (followed[1] - 0.9).abs() < 0.02, "{rate}: {followed:?}");
        // An error that scatters 1.5 times as wide: 2 Φ(1.2816 / 1.5) − 1 = 0.607 and 2 Φ(1.6449 / 1.5) − 1 = 0.727.
        let [fixed, followed] = held(&intervals, &world(600, Some((300, 1.5)), 3), 300);
        assert!((fixed[0] - 0.607).abs() < 0.02 && (fixed[1] - 0.727).abs() < 0.02, "with drift: {fixed:?}");
        println!("rate {rate}: fixed {fixed:?}, following {followed:?}");
        assert!((followed[0] - 0.8).abs() < 0.02, "rate {rate}: {followed:?}");
        assert!((followed[1] - 0.9).abs() < 0.02, "rate {rate}: {followed:?}");
        // Smaller errors: fixed intervals are too wide, and those that follow shrink.
        let [fixed, followed] = held(&intervals, &world(600, Some((300, 0.5)), 4), 300);
        assert!(fixed[0] > 0.97 && (followed[0] - 0.8).abs() < 0.03, "rate {rate}: {fixed:?}, {followed:?}");
    }
}

#[test]
fn nothing_is_used_before_it_was_known() {
    let calibration = world(5, None, 5);
    let names = vec!["a".to_owned(); calibration.len()];
    let intervals = calibrated(&vec![10.0; calibration.len()], &calibration, &queues(&names), 0.5);
    let waits = world(6, Some((2, 3.0)), 6);
    let values = edges(&vec![10.0; waits.len()]);
    let queues = Queues(vec![("a", "x"); waits.len()]);
    let arrived: Vec<u32> = (0..waits.len()).map(|row| (row / A_DAY) as u32).collect();
    let follow = |waits: &[f64], called: Vec<u32>| {
        let days = KnownDays { arrived: arrived.clone(), called };
        intervals.followed(&values, waits, &queues, &days, u32::MAX).unwrap()
    };
    let usual = follow(&waits, arrived.clone());
    // Other waits from the third day on, or called on other days from then on, leave the intervals of three days as they are.
    let day = |level: &[WaitInterval], day: usize| level[day * A_DAY];
    let altered: Vec<f64> =
        waits.iter().enumerate().map(|(row, wait)| wait * if row < 3 * A_DAY { 1.0 } else { 9.0 }).collect();
    let other = follow(&altered, arrived.clone());
    for level in 0..2 {
        assert!((0..4).all(|at| day(&usual.intervals[level], at) == day(&other.intervals[level], at)));
        assert_ne!(day(&usual.intervals[level], 4), day(&other.intervals[level], 4));
        // The first day has the fixed intervals.
        assert_eq!(day(&usual.intervals[level], 0), intervals.of_all(&values, &queues)[level][0]);
        assert_ne!(day(&usual.intervals[level], 0), day(&usual.intervals[level], 3));
    }
    // Waits that are known three days later move nothing until then.
    let late = follow(&waits, arrived.iter().map(|day| day + 3).collect());
    assert!((0..4).all(|at| day(&late.intervals[0], at) == day(&usual.intervals[0], 0)));
    assert_ne!(day(&late.intervals[0], 5), day(&usual.intervals[0], 0));
    assert_eq!(follow(&[], Vec::new()).n, 0);
}

#[test]
fn higher_levels_hold_lower_ones_and_documents_are_checked() {
    let calibration = world(5, None, 7);
    let names = vec!["a".to_owned(); calibration.len()];
    let intervals = calibrated(&vec![10.0; calibration.len()], &calibration, &queues(&names), 0.2);
    let of = |shares: &Shares| {
        intervals.of_visit_at(Some(shares), Minutes::new(10.0).unwrap(), &|_| Value::Category("a"))
    };
    for crossed in [[0.01, 0.3, 0.2, 0.02], [0.0; 4], [0.5; 4], [0.1, 0.1, 0.05, 0.05]] {
        let shares = Shares([[crossed[0], crossed[1]], [crossed[2], crossed[3]]]);
        let [inner, outer] = of(&shares)[..] else { panic!("two levels") };
        assert!(outer.low <= inner.low && outer.high >= inner.high, "{inner:?} in {outer:?}");
        assert!(inner.holds(10.0) && inner.low >= 0.0);
    }
    let fixed = intervals.of_visit(Minutes::new(10.0).unwrap(), &|_| Value::Category("x"));
    let nominal =
        intervals.of_visit_at(Some(&Shares::nominal()), Minutes::new(10.0).unwrap(), &|_| Value::Category("x"));
    assert_eq!(fixed, nominal);
    assert_eq!((intervals.check(), intervals.rate()), (Ok(()), Some(0.2)));
    let kept = serde_json::to_value(&intervals).unwrap();
    assert_eq!(serde_json::from_value::<Intervals>(kept.clone()).unwrap(), intervals);
    let broken: [(&str, serde_json::Value); 4] = [
        ("/adaptive/rate", 0.9.into()),
        ("/adaptive/pooled/below", serde_json::json!([1.0, 2.0])),
        ("/adaptive/pooled/above/3", 1e9.into()),
        ("/adaptive/groups/0/reach/below/26", (-1e9).into()),
    ];
    for (place, value) in broken {
        let mut altered = kept.clone();
        *altered.pointer_mut(place).unwrap() = value;
        assert!(serde_json::from_value::<Intervals>(altered).unwrap().check().is_err(), "{place}");
    }
}

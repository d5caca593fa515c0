//! The trainer against plain ways to do the same, and against what it promises.

use proptest::prelude::*;
use rayon::ThreadPoolBuilder;

use super::*;
use crate::analysis::features::{Column, FeatureTable, Value, build};
use crate::analysis::history::{History, Visits};
use crate::analysis::models::{EDGE_QUANTILES, EdgeValues, Edges, Family as _, Intervals, LEVELS, Part, Queues};
use crate::analysis::simulation::{Recipe, simulate};
use crate::base::statistics::draws;

const RECIPE: &str = "\
seed: 8
start: 2025-08-30
days: 40
services:
  - {id: rec, name: Reception, median_minutes: 6.0}
  - {id: lab, name: Laboratory, median_minutes: 9.0}
sites:
  - id: one
    name: Tehran
    queues:
      - {service: rec, visits_a_day: 160, counters: 2}
      - {service: lab, visits_a_day: 60, counters: 1}
  - id: two
    name: Shiraz
    queues:
      - {service: rec, visits_a_day: 90, counters: 1}
";

/// A simulated history: features and waits of those who were served.
fn learned() -> (FeatureTable, Vec<f64>) {
    let recipe = Recipe::from_yaml(RECIPE).unwrap();
    let visits: Visits = simulate(&recipe, &Task::default()).unwrap();
    let history = History::new(recipe.zone().clone(), visits);
    let features = build(&history, &Task::default()).unwrap();
    let known: Vec<usize> = (0..history.visits.len()).filter(|row| history.visits.wait(*row).is_some()).collect();
    let waits = known.iter().map(|row| history.visits.wait(*row).unwrap().get()).collect();
    (features.take(&known), waits)
}

fn parameters(yaml: &str) -> Parameters {
    Parameters::from_yaml(Family.parameters(), yaml).unwrap()
}

fn fit(training: &Training<'_>, yaml: &str) -> Fit {
    Family.fit(training, &parameters(yaml), &Task::default()).unwrap()
}

fn error(model: &Fitted, features: &FeatureTable, waits: &[f64]) -> f64 {
    let predicted = model.predict_all(features, &Task::default()).unwrap();
    predicted.iter().zip(waits).map(|(a, b)| (a - b).abs()).sum::<f64>() / waits.len() as f64
}

#[test]
fn the_same_bytes_come_from_any_number_of_threads() {
    let (features, waits) = learned();
    let training = Training::new(&features, &waits, 3);
    for yaml in
        ["rounds: 12", "rounds: 6\nloss: tweedie", "rounds: 6\nrow_share: 0.6\ncolumn_share: 0.5\nloss: squared"]
    {
        let with = |threads: usize| {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            serde_json::to_string(&pool.install(|| fit(&training, yaml)).model).unwrap()
        };
        let one = with(1);
        assert_eq!(one, with(2), "{yaml}");
        assert_eq!(one, with(5), "{yaml}");
    }
    let other_seed = Training::new(&features, &waits, 4);
    let drawn = "rounds: 5\nrow_share: 0.5";
    assert_ne!(fit(&training, drawn).model, fit(&other_seed, drawn).model);
}

#[test]
fn every_loss_is_brought_down_and_early_stop_keeps_the_best() {
    let (features, waits) = learned();
    let cut = waits.len() * 3 / 4;
    let rows = |range: std::ops::Range<usize>| features.take(&range.collect::<Vec<_>>());
    let (past, future) = (rows(0..cut), rows(cut..waits.len()));
    let part = Part { features: &future, waits_minutes: &waits[cut..] };
    let training = Training::new(&past, &waits[..cut], 3).stopped_by(part);
    for loss in ["absolute", "quantile", "squared", "tweedie"] {
        let fitted =
            fit(&training, &format!("loss: {loss}\nrounds: 150\nlearning_rate: 0.3\nearly_stop_rounds: 12"));
        let curve = fitted.curve.unwrap();
        let Fitted::Boosted(trees) = &fitted.model else { panic!() };
        assert_eq!(trees.len(), curve.kept_rounds as usize, "{loss}");
        let stop: Vec<f64> = curve.points.iter().map(|point| point.stop_loss.unwrap()).collect();
        let best = stop.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1)).unwrap().0;
        assert_eq!(curve.points[best].round, curve.kept_rounds, "{loss}");
        assert!(stop.len() < 150, "{loss} stopped early, after {}", stop.len());
        assert!(curve.points.last().unwrap().train_loss < 0.9 * curve.points[0].train_loss, "{loss}");
    }
    // Without visits that decide, every round is kept.
    let whole = fit(&Training::new(&past, &waits[..cut], 3), "rounds: 20");
    assert_eq!(whole.curve.unwrap().kept_rounds, 20);
    let median = fit(
        &Training::new(&past, &waits[..cut], 3),
        "rounds: 300\nlearning_rate: 0.1\nloss: quantile\nquantile_level: 0.9",
    );
    let predicted = median.model.predict_all(&past, &Task::default()).unwrap();
    let below = predicted.iter().zip(&waits).filter(|(p, wait)| *wait <= p).count() as f64 / cut as f64;
    assert!((below - 0.9).abs() < 0.02, "{below} of the waits are below their 90th percentile");
}

#[test]
fn more_people_ahead_is_never_a_shorter_wait_unless_it_is_switched_off() {
    let (features, waits) = learned();
    let training = Training::new(&features, &waits, 3);
    let falls = |model: &Fitted| {
        let mut falls = 0;
        for row in (0..features.len()).step_by(37) {
            for (id, _) in MONOTONE {
                let mut last = f64::NEG_INFINITY;
                for step in 0..40_u32 {
                    let value = |asked: &str| match asked == *id {
                        true => Value::Number(f64::from(step) * 1.5),
                        false => features.value(asked, row),
                    };
                    let minutes = model.predict(&value).get();
                    falls += u32::from(minutes < last - 1e-9);
                    last = minutes;
                }
            }
        }
        falls
    };
    for loss in ["absolute", "tweedie"] {
        let on = fit(&training, &format!("rounds: 60\nlearning_rate: 0.2\nloss: {loss}")).model;
        assert_eq!(falls(&on), 0, "{loss}");
        let Fitted::Boosted(trees) = &on else { panic!() };
        assert!(trees.monotone().count() > 0);
        let off = fit(&training, &format!("rounds: 60\nlearning_rate: 0.2\nmonotone: free\nloss: {loss}")).model;
        assert!(falls(&off) > 0, "{loss}: without the constraint there is something to constrain");
        assert!(error(&on, &features, &waits) < 1.1 * error(&off, &features, &waits), "{loss}: it costs little");
    }
}

#[test]
fn cancelling_ends_it_at_once() {
    let (features, waits) = learned();
    let task = Task::default();
    let token = task.cancel_token().clone();
    let started = std::time::Instant::now();
    std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(100));
        token.cancel();
    });
    let fitted = Family.fit(&Training::new(&features, &waits, 1), &parameters("rounds: 5000\nleaves: 255"), &task);
    assert_eq!(fitted, Err(FitError::Cancelled(crate::base::Cancelled)));
    assert!(started.elapsed().as_secs_f64() < 2.0, "{:?}", started.elapsed());
}

#[test]
fn what_does_not_vary_and_waits_that_are_all_the_same_are_answered() {
    let (features, waits) = learned();
    let same = vec![7.0; waits.len()];
    let fitted = fit(&Training::new(&features, &same, 1), "rounds: 10");
    assert_eq!(error(&fitted.model, &features, &same), 0.0);
    let one = features.take(&vec![0; 200]);
    let stuck = Family.fit(&Training::new(&one, &waits[..200], 1), &parameters(""), &Task::default());
    assert_eq!(stuck, Err(FitError::NothingVaries));
}

/// One split of one input, found the plain way: every threshold, every leaf with the sums of squares.
fn best_threshold(numbers: &[f64], targets: &[f64], min_leaf: usize) -> Option<(f64, f64)> {
    let mean = targets.iter().sum::<f64>() / targets.len() as f64;
    let mut distinct = numbers.to_vec();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    let mut best: Option<(f64, f64)> = None;
    for pair in distinct.windows(2) {
        let side = |left: bool| -> Vec<f64> {
            let rows = numbers.iter().zip(targets).filter(|(number, _)| (**number <= pair[0]) == left);
            rows.map(|(_, target)| target - mean).collect()
        };
        let (left, right) = (side(true), side(false));
        if left.len() < min_leaf || right.len() < min_leaf {
            continue;
        }
        let score = |side: &[f64]| side.iter().sum::<f64>().powi(2) / side.len() as f64;
        let gain = score(&left) + score(&right);
        if best.is_none_or(|(_, most)| gain > most * (1.0 + 1e-9)) {
            best = Some((pair[0], gain));
        }
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// A tree of two leaves on squared error is the best split that there is.
    #[test]
    fn one_split_is_the_best_of_all(seed in any::<u64>(), rows in 120..400_usize, kinds in 2..60_usize) {
        let mut draw = draws(seed);
        let hours: Vec<f64> = (0..rows).map(|_| draw(kinds) as f64).collect();
        let targets: Vec<f64> = hours.iter().map(|hour| 10.0 + hour.sqrt() + draw(100) as f64 / 20.0).collect();
        let column = Column::Real(hours.iter().map(|hour| *hour as f32).collect());
        let features = FeatureTable::new(rows, vec![("minute_of_day".to_owned(), column)]);
        let yaml = "loss: squared\nrounds: 1\nleaves: 2\nlearning_rate: 1.0\nl2: 0\nmin_leaf: 20";
        let fitted = fit(&Training::new(&features, &targets, 1), yaml);
        let predicted = fitted.model.predict_all(&features, &Task::default()).unwrap();
        match best_threshold(&hours, &targets, 20) {
            None => prop_assert!(predicted.iter().all(|minutes| (minutes - predicted[0]).abs() < 1e-9)),
            Some((threshold, gain)) => {
                let mean = targets.iter().sum::<f64>() / rows as f64;
                let ours: f64 = predicted.iter().map(|minutes| (minutes - mean).powi(2)).sum();
                prop_assert!((ours / gain - 1.0).abs() < 2e-3, "at {threshold}: {ours} of {gain}");
            }
        }
    }
}

/// Waits that are drawn around a known median, with a spread that grows with it: the best prediction is that median.
fn known(rows: usize, seed: u64) -> (FeatureTable, Vec<f64>, Vec<f64>) {
    let mut draw = draws(seed);
    let mut share = move || (draw(1 << 30) as f64 + 0.5) / f64::from(1 << 30);
    let (mut ahead, mut counters, mut minute, mut site) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut medians, mut waits) = (Vec::new(), Vec::new());
    for _ in 0..rows {
        let people = (share() * 25.0).floor();
        let open = 1.0 + (share() * 4.0).floor();
        let time = 480.0 + (share() * 480.0).floor();
        let place = (share() * 4.0).floor();
        let rush = if time > 700.0 && time < 800.0 { 1.4 } else { 1.0 };
        let median = 4.0 + people * (5.0 + place) / open * rush;
        // Laplace: symmetric around the median.
        let level = share() - 0.5;
        let noise = -level.signum() * (1.0 - 2.0 * level.abs()).ln() * 0.12 * median;
        ahead.push(people as f32);
        counters.push(open as f32);
        minute.push(time as f32);
        site.push(Some(place as u32));
        medians.push(median);
        waits.push((median + noise).max(0.0));
    }
    let names = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
    let columns = vec![
        ("site".to_owned(), Column::Categories { names, codes: site.into_iter().collect() }),
        ("minute_of_day".to_owned(), Column::Real(minute)),
        ("people_ahead".to_owned(), Column::Real(ahead)),
        ("open_counters".to_owned(), Column::Real(counters)),
    ];
    (FeatureTable::new(rows, columns), waits, medians)
}

#[test]
fn it_comes_near_the_best_prediction_there_is_and_its_intervals_hold_what_they_say() {
    let task = Task::default();
    let (features, waits, _) = known(40_000, 1);
    let (later, later_waits, _) = known(6_000, 2);
    let (calibration, calibration_waits, _) = known(8_000, 3);
    let (unseen, actual, best) = known(30_000, 4);
    let part = Part { features: &later, waits_minutes: &later_waits };
    let training = Training::new(&features, &waits, 5).stopped_by(part);
    let own = parameters("learning_rate: 0.1\nmin_leaf: 100");
    let fit = |parameters: &Parameters| Family.fit(&training, parameters, &task).unwrap().model;
    let model = fit(&own);
    let least = best.iter().zip(&actual).map(|(a, b)| (a - b).abs()).sum::<f64>() / actual.len() as f64;
    let ours = error(&model, &unseen, &actual);
    assert!(ours < 1.03 * least, "{ours} minutes, the best there is makes {least}");

    let [low, high] = EDGE_QUANTILES.map(|level| Box::new(fit(&Family.quantile(&own, level).unwrap())));
    let edges = Edges::Quantiles { low, high };
    let between = (crate::base::Moment::from_millis(0).unwrap(), crate::base::Moment::from_millis(1).unwrap());
    let predict = |features: &FeatureTable| model.predict_all(features, &task).unwrap();
    let values = EdgeValues::of(predict(&calibration), &edges, &calibration, &task).unwrap();
    let queues = Queues::of(&calibration);
    let intervals = Intervals::calibrated(between, edges, &values, &calibration_waits, &queues).unwrap();
    let values = EdgeValues::of(predict(&unseen), intervals.edges(), &unseen, &task).unwrap();
    for (level, of) in LEVELS.into_iter().zip(intervals.of_all(&values, &Queues::of(&unseen))) {
        let held = of.iter().zip(&actual).filter(|(interval, wait)| interval.holds(**wait)).count();
        let share = held as f64 / actual.len() as f64;
        assert!((share - level).abs() < 0.02, "{share} at {level}");
        // They are as narrow as the spread allows: of a Laplace distribution, ±0.12 median × ln(1 / (1 − level)).
        let width = of.iter().map(|interval| interval.high - interval.low).sum::<f64>();
        let ideal: f64 = best.iter().map(|median| 2.0 * 0.12 * median * -(1.0 - level).ln()).sum();
        assert!(width / ideal < 1.1, "{} times the narrowest at {level}", width / ideal);
        for (row, interval) in of.iter().enumerate().step_by(997) {
            let value = |id: &str| unseen.value(id, row);
            let one = intervals.of_visit(model.predict(&value), &value);
            assert!(one.contains(interval), "one visit has the interval that it has among many");
        }
    }
}

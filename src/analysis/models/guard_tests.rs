//! What a solver would not notice: each family is either right about it or says what is wrong.

use super::*;
use crate::analysis::features::{Column, Whole};

const ROWS: usize = 600;

/// A number that looks random, from 0 to 1.
fn noise(row: usize, of: usize) -> f64 {
    let mixed = (row * 2_654_435_761 + of * 40_503).wrapping_mul(2_246_822_519) % 1_000_003;
    f64::from(u32::try_from(mixed).unwrap()) / 1_000_003.0
}

fn real(value: impl Fn(usize) -> f64) -> Column {
    #[expect(clippy::cast_possible_truncation, reason = "the precision in which features are kept")]
    Column::Real((0..ROWS).map(|row| value(row) as f32).collect())
}

fn sites(names: &[&str]) -> Column {
    let codes: Whole = (0..ROWS).map(|row| u32::try_from(row % names.len()).ok()).collect();
    Column::Categories { names: names.iter().map(|name| (*name).to_owned()).collect(), codes }
}

fn work(row: usize) -> f64 {
    30.0 * noise(row, 1)
}

/// Minutes that follow from the work ahead, with noise; never below zero.
fn waits() -> Vec<f64> {
    (0..ROWS).map(|row| (0.8 * work(row) + 4.0 * noise(row, 2) - 1.0).max(0.0)).collect()
}

/// The work ahead, a site, and what a test adds.
fn table(more: Vec<(&str, Column)>) -> FeatureTable {
    let mut columns = vec![("site", sites(&["a", "b"])), ("work_ahead", real(work))];
    columns.extend(more);
    FeatureTable::new(ROWS, columns.into_iter().map(|(id, column)| (id.to_owned(), column)).collect())
}

fn fit(id: &str, yaml: &str, features: &FeatureTable, waits: &[f64]) -> Result<Fitted, FitError> {
    let family = family(id).unwrap();
    let parameters = Parameters::from_yaml(family.parameters(), yaml).unwrap();
    Ok(family.fit(&Training::new(features, waits, 1), &parameters, &Task::default())?.model)
}

fn error(model: &Fitted, features: &FeatureTable, waits: &[f64]) -> f64 {
    let predicted = model.predict_all(features, &Task::default()).unwrap();
    predicted.iter().zip(waits).map(|(predicted, wait)| (predicted - wait).abs()).sum::<f64>() / waits.len() as f64
}

const LINEAR: [&str; 4] = ["linear", "elastic-net", "q-lasso", "tweedie"];

#[test]
fn columns_that_follow_from_others_do_no_harm() {
    let features = table(vec![
        ("time_to_drain", real(|row| 2.0 * work(row))),
        ("head_of_line_wait", real(|row| work(row) + 10.0 * noise(row, 3))),
        ("median_wait_last_5", real(|row| 10.0 * noise(row, 3))),
        ("median_wait_last_20", real(work)),
    ]);
    let waits = waits();
    for id in LINEAR {
        let model = fit(id, "", &features, &waits).unwrap();
        let found = error(&model, &features, &waits);
        assert!(found < 1.4, "{id}: {found}");
        // Nor does a visit at which the columns no longer follow from each other: the prediction stays a wait.
        let odd = model.predict(&|id| match id {
            "time_to_drain" => Value::Number(31.0),
            "site" => Value::Category("a"),
            _ => Value::Number(15.0),
        });
        assert!((1.0..40.0).contains(&odd.get()), "{id}: {odd}");
    }
}

#[test]
fn columns_that_are_always_the_same_are_left_out() {
    let same = table(vec![("time_to_drain", real(|_| 7.25)), ("channel", sites(&["booked"]))]);
    for id in LINEAR {
        let model = fit(id, "", &same, &waits()).unwrap();
        assert!(!model.features().contains(&"time_to_drain") && !model.features().contains(&"channel"), "{id}");
    }
    let nothing = FeatureTable::new(ROWS, vec![("time_to_drain".to_owned(), real(|_| 7.25))]);
    for id in LINEAR {
        assert_eq!(fit(id, "", &nothing, &waits()), Err(FitError::NothingVaries), "{id}");
    }
}

#[test]
fn what_is_not_known_is_filled_and_marked() {
    let gappy = table(vec![
        ("time_to_drain", real(|_| f64::NAN)),
        ("median_wait_last_5", real(|row| if row % 3 == 0 { f64::NAN } else { work(row) })),
    ]);
    for family in FAMILIES {
        let model = fit(family.id(), "", &gappy, &waits()).unwrap();
        let predicted = model.predict_all(&gappy, &Task::default()).unwrap();
        assert!(predicted.iter().all(|minutes| minutes.is_finite() && *minutes >= 0.0), "{}", family.id());
        for value in [Value::Missing, Value::Number(f64::NAN), Value::Number(f64::INFINITY), Value::Category("?")]
        {
            let minutes = model.predict(&|_| value).get();
            assert!(minutes.is_finite() && minutes >= 0.0, "{} {value:?}: {minutes}", family.id());
        }
    }
}

#[test]
fn the_unit_of_a_column_makes_no_difference() {
    let of = |scale: f64| table(vec![("minutes_after_booking", real(|row| scale * (noise(row, 4) - 0.5)))]);
    for id in LINEAR {
        // Powers of two, so that the columns themselves are not rounded differently.
        let [plain, large] = [of(1.0), of(1_048_576.0)];
        let [a, b] = [&plain, &large].map(|features| {
            fit(id, "", features, &waits()).unwrap().predict_all(features, &Task::default()).unwrap()
        });
        assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-3), "{id}");
    }
}

#[test]
fn a_solver_that_gives_up_says_so() {
    let features = table(vec![
        ("head_of_line_wait", real(|row| work(row) + 0.01 * noise(row, 3))),
        ("median_wait_last_5", real(|row| work(row) + 0.01 * noise(row, 5))),
    ]);
    for (id, yaml, iterations) in [
        ("elastic-net", "penalty: 0.00001\nmax_iterations: 10", 10),
        ("q-lasso", "penalty: 0.00001\nmax_iterations: 10", 10),
        ("tweedie", "max_iterations: 1", 1),
    ] {
        assert_eq!(fit(id, yaml, &features, &waits()), Err(FitError::NotConverged { iterations }), "{id}");
    }
}

#[test]
fn odd_histories_are_fitted_or_refused_by_name() {
    let features = table(Vec::new());
    for family in FAMILIES {
        let id = family.id();
        for constant in [0.0, 12.0] {
            let model = fit(id, "", &features, &[constant; ROWS]);
            // Those that announce what stands in the queue do so whatever was learned.
            if let (Ok(model), false) = (&model, ["rule", "last-wait"].contains(&id)) {
                let found = error(model, &features, &[constant; ROWS]);
                assert!(found < 1e-6, "{id} {constant}: {found}");
            }
            assert!(model.is_ok(), "{id} {constant}: {model:?}");
        }
        let one_site = FeatureTable::new(
            ROWS,
            vec![("site".to_owned(), sites(&["only"])), ("work_ahead".to_owned(), real(work))],
        );
        let model = fit(id, "", &one_site, &waits()).unwrap();
        let stranger = model.predict(&|id| match id {
            "site" | "service" | "weekday" => Value::Category("never seen"),
            _ => Value::Number(9.0),
        });
        assert!(stranger.get() >= 0.0, "{id}");
        let nobody = FeatureTable::new(0, Vec::new());
        assert_eq!(fit(id, "", &nobody, &[]), Err(FitError::TooFewVisits { n: 0, needed: FEWEST_VISITS }), "{id}");
    }
}

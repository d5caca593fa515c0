//! The golden values of `tests/golden/drift.py`.

use serde::Deserialize;

use super::*;
use crate::analysis::features::Column;
use crate::base::calendar::CivilDate;
use crate::base::statistics::golden::assert_close;

#[derive(Deserialize)]
struct Golden {
    columns: Vec<ColumnCase>,
    concept: Vec<ConceptCase>,
    label: Vec<LabelCase>,
}

#[derive(Deserialize)]
struct ColumnCase {
    kind: String,
    current: Vec<Vec<serde_json::Value>>,
    reference: Vec<Vec<serde_json::Value>>,
    bins: usize,
    kl: f64,
    psi: f64,
    js: f64,
    hellinger: f64,
    wasserstein: Option<f64>,
    floors: [f64; 2],
    p: f64,
}

#[derive(Deserialize)]
struct ConceptCase {
    weeks: Vec<Vec<(u64, f64)>>,
    maes: Vec<f64>,
    errors: Vec<f64>,
    ratio: f64,
    low: f64,
    high: f64,
    apart: [f64; 2],
}

#[derive(Deserialize)]
struct LabelCase {
    current: Vec<DayWaits>,
    reference: Vec<DayWaits>,
    d: f64,
    p: f64,
    wasserstein: f64,
    p_days: f64,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/drift.json"))).unwrap()
}

/// The week after `weeks` others, whose rows begin at `from`.
fn window(weeks: i32, from: usize, days: &[Vec<serde_json::Value>]) -> Window {
    let saturday: CivilDate = "2024-01-06".parse().unwrap();
    let date = |day: usize| saturday.plus_days(weeks * WEEK + i32::try_from(day).unwrap()).unwrap();
    let day: Vec<u32> = days.iter().zip(0..).flat_map(|(rows, day)| rows.iter().map(move |_| day)).collect();
    let facts = WindowFacts {
        first: date(0),
        last: date(6),
        visits: day.len() as u64,
        days: days.len() as u64,
        has_holiday: None,
        is_whole: true,
        unfinished: 0,
        preliminary: false,
        without: Vec::new(),
    };
    let rows = (from..from + day.len()).map(|row| u32::try_from(row).unwrap()).collect();
    Window { facts, rows, day, dates: (0..days.len()).map(date).collect() }
}

fn column_of(kind: &str, values: &[&serde_json::Value]) -> Column {
    match kind {
        "real" => Column::Real(
            values.iter().map(|value| value.as_f64().map_or(f32::NAN, |value| value as f32)).collect(),
        ),
        "whole" => Column::Whole(values.iter().map(|value| value.as_f64().map(|value| value as u32)).collect()),
        _ => {
            let mut names: Vec<String> = Vec::new();
            let codes = values
                .iter()
                .map(|value| {
                    let name = value.as_str()?;
                    let code = names.iter().position(|known| known == name).unwrap_or_else(|| {
                        names.push(name.to_owned());
                        names.len() - 1
                    });
                    u32::try_from(code).ok()
                })
                .collect();
            Column::Categories { names, codes }
        }
    }
}

#[test]
fn columns_agree_with_scipy() {
    let cases = golden().columns;
    assert!(cases.len() >= 7);
    for case in cases {
        let all: Vec<&serde_json::Value> = case.current.iter().chain(&case.reference).flatten().collect();
        let column = column_of(&case.kind, &all);
        let current = window(1, 0, &case.current);
        let reference = window(0, current.rows.len(), &case.reference);
        let side = |window| Side { column: &column, window };
        let found = column_drift(side(&current), side(&reference), 11);
        assert_eq!(found.bins.len(), case.bins, "{}", case.kind);
        assert_close(found.kl.unwrap(), case.kl, 1e-9);
        assert_close(found.psi.unwrap(), case.psi, 1e-9);
        assert_close(found.js.unwrap(), case.js, 1e-7);
        assert_close(found.hellinger.unwrap(), case.hellinger, 1e-9);
        assert_eq!(found.wasserstein.is_some(), case.wasserstein.is_some());
        if let Some((ours, theirs)) = found.wasserstein.zip(case.wasserstein) {
            assert_close(ours, theirs, 1e-9);
        }
        let [low, high] = case.floors;
        let floor = found.floor.unwrap();
        assert!(floor >= low - 1e-12 && floor <= high + 1e-12, "{floor} of {low} to {high}");
        assert!((found.p.unwrap() - case.p).abs() < 0.08, "{:?} and {}", found.p, case.p);
    }
}

#[test]
fn errors_of_weeks_agree_with_statsmodels() {
    let cases = golden().concept;
    assert!(cases.len() >= 5);
    for case in cases {
        let saturday: CivilDate = "2024-01-06".parse().unwrap();
        let weeks: Vec<WeekError> = case
            .weeks
            .iter()
            .map(|days| {
                let day = |(place, (n, sum_abs)): (i32, &(u64, f64))| ErrorDay {
                    day: saturday.plus_days(place).unwrap(),
                    n: *n,
                    sum_abs: *sum_abs,
                };
                WeekError::of(saturday, &(0..).zip(days).map(day).collect::<Vec<_>>(), false)
            })
            .collect();
        for (week, (mae, error)) in weeks.iter().zip(case.maes.iter().zip(&case.errors)) {
            assert_close(week.mae.unwrap(), *mae, 1e-9);
            assert_close(week.se.unwrap(), *error, 1e-9);
        }
        let found = concept_drift(&weeks, REFERENCE_WEEKS);
        assert_close(found.ratio.unwrap(), case.ratio, 1e-9);
        assert_close(found.ratio_low.unwrap(), case.low, 1e-9);
        assert_close(found.ratio_high.unwrap(), case.high, 1e-9);
        // Days of one weekday each, so that no weekday is in all weeks.
        let elsewhere: Vec<WeekError> = weeks
            .into_iter()
            .zip(0..)
            .map(|(week, number)| WeekError { shares: vec![(number, 0.0)], ..week })
            .collect();
        let apart = concept_drift(&elsewhere, REFERENCE_WEEKS);
        assert_close(apart.ratio_low.unwrap(), case.apart[0], 1e-9);
        assert_close(apart.ratio_high.unwrap(), case.apart[1], 1e-9);
    }
}

#[test]
fn waits_of_months_agree_with_scipy() {
    let cases = golden().label;
    assert!(cases.len() >= 4);
    for case in cases {
        let found = label_drift(&case.current, &case.reference, LabelBounds::default(), 5);
        assert_close(found.d.unwrap(), case.d, 1e-12);
        assert_close(found.p.unwrap(), case.p, 1e-9);
        assert_close(found.wasserstein_minutes.unwrap(), case.wasserstein, 1e-9);
        // Both are of drawn dealings; 200 give three standard errors of about 0.1 in the middle.
        assert!((found.p_days.unwrap() - case.p_days).abs() < 0.12, "{:?} and {}", found.p_days, case.p_days);
    }
}

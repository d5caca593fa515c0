//! Models whose effects are known, brute force, and what scikit-learn and SciPy say (`tests/golden/insight.py`).

use serde::Deserialize;

use super::groups::{clusters, cramers_v};
use super::importance::{Looking, absolute_errors};
use super::*;
use crate::analysis::features::{Column, Value};
use crate::base::statistics::draws;

#[derive(Deserialize)]
struct Golden {
    linear: Linear,
    clusters: Vec<Clusters>,
}

#[derive(Deserialize)]
struct Linear {
    columns: Vec<Vec<f64>>,
    target: Vec<f64>,
    coefficients: Vec<f64>,
    intercept: f64,
    mae: f64,
    orders: Vec<Vec<usize>>,
    importances: Vec<Vec<f64>>,
    effects: Vec<GoldenEffect>,
}

#[derive(Deserialize)]
struct GoldenEffect {
    grid: Vec<f64>,
    average: Vec<f64>,
    first: Vec<f64>,
}

#[derive(Deserialize)]
struct Clusters {
    similar: Vec<Vec<f64>>,
    labels: Vec<u32>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/insight.json"))).unwrap()
}

#[expect(clippy::cast_possible_truncation, reason = "the precision in which the program keeps numbers")]
fn real(numbers: impl IntoIterator<Item = f64>) -> Column {
    Column::Real(numbers.into_iter().map(|number| number as f32).collect())
}

fn table(columns: Vec<(&str, Column)>) -> FeatureTable {
    let rows = columns.first().map_or(0, |(_, column)| column.len());
    FeatureTable::new(rows, columns.into_iter().map(|(id, column)| (id.to_owned(), column)).collect())
}

fn number(table: &FeatureTable, id: &str, row: usize) -> f64 {
    table.column(id).and_then(|column| column.number(row)).unwrap_or(f64::NAN)
}

/// A model that is a function of a row.
fn model(
    row: impl Fn(&FeatureTable, usize) -> f64 + Sync,
) -> impl Fn(&FeatureTable, &Task) -> Result<Vec<f64>, Cancelled> + Sync {
    move |table, task| {
        task.check()?;
        Ok((0..table.len()).map(|at| row(table, at)).collect())
    }
}

/// `n` numbers between 0 and 1, from a seed.
fn uniform(n: usize, seed: u64) -> Vec<f64> {
    let mut draw = draws(seed);
    (0..n).map(|_| draw(1 << 20) as f64 / f64::from(1 << 20)).collect()
}

#[track_caller]
pub(super) fn close(a: f64, b: f64, by: f64) {
    assert!((a - b).abs() <= by, "{a} is not {b}");
}

const IDS: [&str; 3] = ["a", "b", "c"];

impl Linear {
    fn table(&self) -> FeatureTable {
        table(IDS.into_iter().zip(&self.columns).map(|(id, column)| (id, real(column.iter().copied()))).collect())
    }

    fn predict(&self, table: &FeatureTable, row: usize) -> f64 {
        let terms = IDS.iter().zip(&self.coefficients).map(|(id, weight)| weight * number(table, id, row));
        self.intercept + terms.sum::<f64>()
    }
}

#[test]
fn permutation_importance_agrees_with_scikit_learn() {
    let linear = golden().linear;
    let table = linear.table();
    let ask = model(|table, row| linear.predict(table, row));
    let task = Task::default();
    let before = absolute_errors(&ask(&table, &task).unwrap(), &linear.target);
    close(before.iter().sum::<f64>() / before.len() as f64, linear.mae, 1e-9);
    let looking = Looking { ask: &ask, table: &table, actual: &linear.target, before: &before, task: &task };
    for (id, expected) in IDS.iter().zip(&linear.importances) {
        for (order, expected) in linear.orders.iter().zip(expected) {
            let growth = looking.growth(&[(*id).to_owned()], order).unwrap();
            close(growth.iter().sum::<f64>() / growth.len() as f64, *expected, 1e-9);
        }
    }
}

#[test]
fn partial_dependence_agrees_with_scikit_learn() {
    let linear = golden().linear;
    let table = linear.table();
    let ask = model(|table, row| linear.predict(table, row));
    // As many bins as visits: every value is an edge, as scikit-learn's grid has every value.
    let settings = EffectSettings { bins: linear.target.len(), ..EffectSettings::seeded(1) };
    for ((id, expected), weight) in IDS.iter().zip(&linear.effects).zip(&linear.coefficients) {
        let found = effects(&ask, &IDS, id, &table, settings, &Task::default()).unwrap();
        let Effect::Number(found) = found.effect else { panic!("{id} is a number") };
        assert_eq!(found.at, expected.grid);
        for place in 0..found.at.len() {
            close(found.partial_dependence[place], expected.average[place], 1e-9);
            close(found.ice[0][place], expected.first[place], 1e-9);
            // Of a linear model, every kind of effect is the same line.
            let step = found.ale[place] - found.ale[0];
            close(step, weight * (found.at[place] - found.at[0]), 1e-9);
        }
    }
}

#[test]
fn clusters_are_those_of_scipy() {
    for Clusters { similar, labels } in golden().clusters {
        let found = clusters(&similar, GROUPED_FROM);
        assert!(found.len() > 1 && found.len() < labels.len());
        for (place, cluster) in found.iter().enumerate() {
            assert!(cluster.iter().all(|member| labels[*member] == labels[cluster[0]]), "{found:?} {labels:?}");
            let other = found.iter().skip(place + 1).any(|other| labels[other[0]] == labels[cluster[0]]);
            assert!(!other, "{found:?} {labels:?}");
        }
        let mut all: Vec<usize> = found.concat();
        all.sort_unstable();
        assert_eq!(all, (0..labels.len()).collect::<Vec<_>>());
    }
}

#[test]
fn features_that_say_the_same_are_one_group_whatever_their_kind() {
    let x = uniform(500, 1);
    let noise = uniform(500, 2);
    let name = |x: &f64| Some(u32::from(*x > 0.5));
    let names = || vec!["low".to_owned(), "high".to_owned()];
    let table = table(vec![
        ("x", real(x.iter().copied())),
        ("minus_x", real(x.iter().map(|x| -3.0 * x.powi(3)))),
        ("half", Column::Categories { names: names(), codes: x.iter().map(name).collect() }),
        ("half_again", Column::Categories { names: names(), codes: x.iter().map(name).collect() }),
        ("noise", real(noise)),
        ("constant", real(vec![1.0; 500])),
        ("missing", real(vec![f64::NAN; 500])),
    ]);
    let ids = ["x", "minus_x", "half", "half_again", "noise", "constant", "missing", "not there"];
    let found = groups(&ids, &table, &Task::default()).unwrap();
    let features: Vec<Vec<&str>> =
        found.iter().map(|group| group.features.iter().map(String::as_str).collect()).collect();
    // √η² of two halves of ranks is √3/2.
    assert_eq!(
        features,
        [&["x", "minus_x", "half", "half_again"][..], &["noise"], &["constant"], &["missing"], &["not there"]]
    );
    close(found[0].least_similar, 0.75_f64.sqrt(), 0.01);
    assert_eq!(found[1].least_similar, 1.0);
}

#[test]
fn cramers_v_by_hand() {
    close(cramers_v(&["a", "a", "b", "b"], &["x", "x", "y", "y"]), 1.0, 1e-12);
    close(cramers_v(&["a", "a", "b", "b"], &["x", "y", "x", "y"]), 0.0, 1e-12);
    // χ² of [[3, 1], [1, 3]] is 2, n = 8.
    let (a, b) = (["a"; 4], ["b"; 4]);
    close(cramers_v(&[a, b].concat(), &["x", "x", "x", "y", "x", "y", "y", "y"]), 0.5, 1e-12);
    close(cramers_v(&["a", "a"], &["x", "y"]), 0.0, 0.0);
}

#[test]
fn what_a_model_does_not_use_is_worth_nothing_and_twins_are_worth_something_together() {
    let n = 2_000;
    let (x, z) = (uniform(n, 3), uniform(n, 4));
    let table = table(vec![
        ("x", real(x.iter().map(|x| 10.0 * x))),
        ("twin", real(x.iter().map(|x| 10.0 * x))),
        ("z", real(z.iter().copied())),
    ]);
    let ask = model(|table, row| f64::midpoint(number(table, "x", row), number(table, "twin", row)));
    let actual: Vec<f64> = (0..n).map(|row| number(&table, "x", row)).collect();
    let day: Vec<u32> = (0..n).map(|row| (row / 100) as u32).collect();
    let settings = ImportanceSettings::seeded(5);
    let ids = ["x", "twin", "z"];
    let found = importance(&ask, &ids, (&table, &actual, &day), settings, &Task::default()).unwrap();
    assert_eq!((found.n, found.of, found.days, found.mae), (2_000, 2_000, 20, 0.0));
    let [twins, nothing] = &found.groups[..] else { panic!("{found:?}") };
    assert_eq!(twins.features, ["x", "twin"]);
    // The mean distance of two uniform numbers on (0, 10) is 10/3.
    close(twins.increase, 10.0 / 3.0, 0.15);
    assert!(twins.increase_low.unwrap() < twins.increase && twins.increase < twins.increase_high.unwrap());
    assert!(twins.spread > 0.0 && twins.spread < 0.2 && twins.by_order.len() == 5);
    assert_eq!((nothing.increase, nothing.spread, nothing.increase_low), (0.0, 0.0, Some(0.0)));
    // The same seed, the same numbers; fewer visits where fewer are asked for.
    assert_eq!(found, importance(&ask, &ids, (&table, &actual, &day), settings, &Task::default()).unwrap());
    let fewer = ImportanceSettings { most_visits: 300, ..settings };
    let fewer = importance(&ask, &ids, (&table, &actual, &day), fewer, &Task::default()).unwrap();
    assert_eq!((fewer.n, fewer.of), (300, 2_000));
}

fn number_effect(ask: &Ask<'_>, feature: &str, table: &FeatureTable, bins: usize) -> NumberEffect {
    let ids: Vec<&str> = table.columns().map(|(id, _)| id).collect();
    let settings = EffectSettings { most_visits: table.len(), bins, ..EffectSettings::seeded(2) };
    let found = effects(ask, &ids, feature, table, settings, &Task::default()).unwrap();
    let Effect::Number(effect) = found.effect else { panic!("{feature} is a number") };
    assert_eq!(effect.bin_n.iter().sum::<u64>() + found.missing, found.n);
    effect
}

/// ALE as the paper writes it: for each bin, the mean of the differences over its own visits, summed; less its mean over the
/// visits, each with the middle of its bin.
fn ale_by_brute_force(f: &dyn Fn(f64, f64) -> f64, rows: &[(f64, f64)], at: &[f64]) -> Vec<f64> {
    let is_in = |x: f64, bin: usize| (x > at[bin] || bin == 0) && x <= at[bin + 1];
    let mut heights = vec![0.0];
    for bin in 0..at.len() - 1 {
        let inside: Vec<_> = rows.iter().filter(|(x, _)| is_in(*x, bin)).collect();
        let sum: f64 = inside.iter().map(|(_, z)| f(at[bin + 1], *z) - f(at[bin], *z)).sum();
        heights.push(heights[bin] + sum / inside.len() as f64);
    }
    let middle = |x: f64| {
        let bin = (0..at.len() - 1).find(|bin| is_in(x, *bin)).unwrap();
        f64::midpoint(heights[bin], heights[bin + 1])
    };
    let centre = rows.iter().map(|(x, _)| middle(*x)).sum::<f64>() / rows.len() as f64;
    heights.iter().map(|height| height - centre).collect()
}

#[test]
fn of_an_additive_model_ale_is_the_centred_effect_of_the_feature_alone() {
    let n = 4_000;
    let x: Vec<f64> = uniform(n, 6).iter().map(|x| f64::from((x * 30.0) as f32)).collect();
    let z: Vec<f64> = x.iter().zip(uniform(n, 7)).map(|(x, noise)| x + noise).collect();
    let effect = |x: f64| 2.0 * x + 0.1 * x * x;
    let table = table(vec![("x", real(x.iter().copied())), ("z", real(z))]);
    let ask = model(move |table, row| effect(number(table, "x", row)) - 5.0 * number(table, "z", row));
    let found = number_effect(&ask, "x", &table, 20);
    assert_eq!((found.at.len(), found.bin_n.len()), (21, 20));
    assert!(found.bin_n.iter().all(|n| n.abs_diff(200) <= 1), "{:?}", found.bin_n);
    let mean = x.iter().map(|x| effect(*x)).sum::<f64>() / n as f64;
    for (at, ale) in found.at.iter().zip(&found.ale) {
        // Middles of bins instead of values in them: 0.1 · (width of a bin)² / 12 at most.
        close(*ale, effect(*at) - mean, 0.05);
    }
    // Steps are exact.
    for place in 1..found.at.len() {
        close(found.ale[place] - found.ale[0], effect(found.at[place]) - effect(found.at[0]), 1e-6);
    }
}

#[test]
fn where_features_go_together_partial_dependence_and_ale_differ_as_they_should() {
    let n = 5_000;
    let x: Vec<f64> = uniform(n, 8).iter().map(|x| f64::from(*x as f32)).collect();
    let z: Vec<f64> = x.iter().zip(uniform(n, 9)).map(|(x, noise)| f64::from((x + 0.01 * noise) as f32)).collect();
    let table = table(vec![("x", real(x.iter().copied())), ("z", real(z.iter().copied()))]);
    let f = |x: f64, z: f64| x * z;
    let ask = model(move |table, row| f(number(table, "x", row), number(table, "z", row)));
    let found = number_effect(&ask, "x", &table, 25);
    let rows: Vec<(f64, f64)> = x.iter().copied().zip(z.iter().copied()).collect();
    for (ale, expected) in found.ale.iter().zip(ale_by_brute_force(&f, &rows, &found.at)) {
        close(*ale, expected, 1e-9);
    }
    let mean_z = z.iter().sum::<f64>() / n as f64;
    let last = found.at.len() - 1;
    for place in [0, 6, 12, 18, last] {
        // Partial dependence: x · E z, a line. ALE: the slope at x is z, which is x: half of x², a parabola.
        close(found.partial_dependence[place], found.at[place] * mean_z, 1e-6);
        let height = found.ale[place] - found.ale[0];
        close(height, f64::midpoint(found.at[place], found.at[0]) * (found.at[place] - found.at[0]), 0.02);
    }
    let curved = found.ale[12] - found.ale[0] - (found.ale[last] - found.ale[0]) / 2.0;
    assert!(curved < -0.1, "{curved}");
    let straight =
        found.partial_dependence[12] - f64::midpoint(found.partial_dependence[0], found.partial_dependence[last]);
    close(straight, 0.0, 0.02);
}

#[test]
fn counts_have_edges_that_occur_and_missing_values_are_told() {
    let n = 600_usize;
    let people = (0..n).map(|row| (row % 7 != 0).then_some((row % 5) as u32)).collect();
    let table = table(vec![("people", Column::Whole(people))]);
    let ask = model(|table, row| match table.value("people", row) {
        Value::Number(people) => 10.0 * people,
        _ => 100.0,
    });
    let ids = ["people"];
    let found = effects(&ask, &ids, "people", &table, EffectSettings::seeded(2), &Task::default()).unwrap();
    assert_eq!(found.missing, 86);
    let Effect::Number(effect) = found.effect else { panic!() };
    assert_eq!(effect.at, [0.0, 1.0, 2.0, 3.0, 4.0]);
    assert_eq!(effect.partial_dependence, [0.0, 10.0, 20.0, 30.0, 40.0]);
    assert_eq!(effect.bin_n.len(), 4);
    assert_eq!((effect.ice.len(), effect.ice[3].len()), (40, 5));
}

#[test]
fn a_category_has_partial_dependence_by_name() {
    let n = 400;
    let code = |row: usize| if row.is_multiple_of(4) { None } else { Some(u32::from(row.is_multiple_of(3))) };
    let names = vec!["often".to_owned(), "seldom".to_owned(), "never".to_owned()];
    let table = table(vec![
        ("site", Column::Categories { names, codes: (0..n).map(code).collect() }),
        ("x", real((0..n).map(|row| row as f64))),
    ]);
    let ask = model(|table, row| {
        let site = if table.value("site", row) == Value::Category("seldom") { 7.0 } else { 2.0 };
        site + number(table, "x", row)
    });
    let ids = ["site", "x"];
    let found = effects(&ask, &ids, "site", &table, EffectSettings::seeded(2), &Task::default()).unwrap();
    let Effect::Category(effect) = &found.effect else { panic!() };
    assert_eq!(effect.names, ["often", "seldom"]);
    assert_eq!((effect.name_n.clone(), found.missing, effect.names_left_out), (vec![200, 100], 100, 0));
    close(effect.partial_dependence[1] - effect.partial_dependence[0], 5.0, 1e-9);
    let one = EffectSettings { bins: 1, ..EffectSettings::seeded(2) };
    let found = effects(&ask, &ids, "site", &table, one, &Task::default()).unwrap();
    assert!(matches!(found.effect, Effect::Category(CategoryEffect { names_left_out: 1, .. })));
}

#[test]
fn what_cannot_be_looked_at_is_said() {
    let few = table(vec![("x", real(uniform(10, 1)))]);
    let ask = model(|table, row| number(table, "x", row));
    let task = Task::default();
    let settings = EffectSettings::seeded(1);
    let error = effects(&ask, &["x"], "x", &few, settings, &task).unwrap_err();
    assert_eq!(error, InsightError::TooFew { n: 10, needed: 30 });
    let error = effects(&ask, &["x"], "y", &few, settings, &task).unwrap_err();
    assert!(matches!(error, InsightError::NotUsed { .. }) && error.failure() == Failure::Usage);
    let constant = table(vec![("x", real(vec![4.0; 50]))]);
    let error = effects(&ask, &["x"], "x", &constant, settings, &task).unwrap_err();
    assert_eq!(error, InsightError::DoesNotVary { feature: "x".to_owned(), n: 50 });
    let missing = table(vec![("x", real(vec![f64::NAN; 50]))]);
    let error = effects(&ask, &["x"], "x", &missing, settings, &task).unwrap_err();
    assert_eq!(error, InsightError::DoesNotVary { feature: "x".to_owned(), n: 0 });
    let settings = ImportanceSettings::seeded(1);
    let error = importance(&ask, &["x"], (&few, &[1.0; 10], &[1; 10]), settings, &task).unwrap_err();
    assert!(matches!(error, InsightError::TooFew { .. }));
    assert!(matches!(residuals(&Scored::default(), 1, &task), Err(InsightError::TooFew { n: 0, .. })));
    assert!(matches!(calibration(&Scored::default(), 1, &task), Err(InsightError::TooFew { n: 0, .. })));
}

#[test]
fn a_cancelled_look_ends() {
    let task = Task::default();
    task.cancel_token().cancel();
    let table = table(vec![("x", real(uniform(100, 1)))]);
    let ask = model(|table, row| number(table, "x", row));
    let cancelled = InsightError::Cancelled(Cancelled);
    let effect = effects(&ask, &["x"], "x", &table, EffectSettings::seeded(1), &task).unwrap_err();
    let actual = vec![1.0; 100];
    let settings = ImportanceSettings::seeded(1);
    let found = importance(&ask, &["x"], (&table, &actual, &[1; 100]), settings, &task).unwrap_err();
    assert_eq!((effect, found), (cancelled.clone(), cancelled.clone()));
    assert_eq!(residuals(&super::residual_tests::scored(100, 5), 1, &task).unwrap_err(), cancelled);
}

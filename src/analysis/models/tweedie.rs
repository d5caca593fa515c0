//! The generalised linear model with Tweedie's variance (a mass at zero and a heavy tail) and the logarithm as link.
//!
//! The expected wait is `μ = exp(intercept + Xw)` and its variance proportional to `μᵖ`, 1 < p < 2. It is fitted by
//! iteratively reweighted least squares (McCullagh & Nelder, Generalized Linear Models, 2nd ed., 2.5): each round is a
//! weighted least squares with the weights `μ^(2−p)` and the working target `ln μ + (y − μ)/μ`, reduced by
//! [`super::gram`] and solved by linfa. A round that would raise the penalised deviance is halved until it does not. The
//! objective is that of scikit-learn's `TweedieRegressor`: half the mean deviance plus half the penalty times the squared
//! coefficients, without the intercept.
//!
//! What is fitted is the *mean*. By default the prediction is that mean times the one factor with the least absolute error
//! on the training visits, since medians are what the absolute error rewards; `estimate: mean` leaves it as it is.

use ndarray::Array1;

use crate::base::Task;

use super::design::terms;
use super::gram::{Design, Gram, Rows, linear_predictions};
use super::linear_model::{ESTIMATE, LinearModel, Link};
use super::{Fit, FitError, Fitted, Parameter, ParameterKind, Parameters, Searched, Training, linear};

/// The family.
pub(super) struct Family;

/// Rounds end when the objective falls by less than this share of it.
const TOLERANCE: f64 = 1e-10;
/// How often a step is halved.
const HALVINGS: u32 = 20;
/// The linear prediction stays within this: waits of 2·10⁻⁹ to 5·10⁸ minutes.
const RANGE: f64 = 20.0;

/// The coefficients of a fit.
pub(super) struct Solution {
    /// The intercept.
    pub intercept: f64,
    /// Of each column.
    pub coefficients: Array1<f64>,
}

/// What is minimised.
#[derive(Clone, Copy)]
pub(super) struct Objective {
    /// The power of the variance, above 1 and below 2.
    pub power: f64,
    /// The penalty on squared coefficients.
    pub penalty: f64,
    /// Rounds after which it gives up.
    pub most_rounds: u32,
}

impl super::Family for Family {
    fn id(&self) -> &'static str {
        "tweedie"
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[
            Parameter { id: "power", kind: ParameterKind::Number { least: 1.05, most: 1.95, default: 1.3 } },
            Parameter { id: "penalty", kind: ParameterKind::Number { least: 0.0, most: 10.0, default: 0.001 } },
            Parameter {
                id: "max_iterations",
                kind: ParameterKind::Whole { least: 1, most: 10_000, default: 100 },
            },
            ESTIMATE,
        ]
    }

    fn searched(&self) -> &'static [Searched] {
        const {
            &[
                Searched::evenly("power", 1.05, 1.95),
                Searched::by_logarithm("penalty", 1e-5, 1.0),
                Searched::words("estimate"),
            ]
        }
    }

    fn fit(&self, training: &Training<'_>, parameters: &Parameters, task: &Task) -> Result<Fit, FitError> {
        training.check()?;
        let terms = terms(training.features, |_| true, task)?;
        if terms.is_empty() {
            return Err(FitError::NothingVaries);
        }
        let waits = training.waits_minutes;
        let objective = Objective {
            power: parameters.number("power"),
            penalty: parameters.number("penalty"),
            most_rounds: u32::try_from(parameters.whole("max_iterations")).unwrap_or(u32::MAX),
        };
        let design = Design::new(&terms, training.features);
        let Solution { intercept, coefficients } = solve(&design, waits, objective, task)?;
        let factor = if parameters.choice("estimate") == "mean" {
            1.0
        } else {
            let means = linear_predictions(&design, intercept, &coefficients, task)?;
            best_factor(waits, means.into_iter().map(|log| libm::exp(bounded(log))))
        };
        let model = LinearModel::with(Link::Log, intercept, terms, coefficients, training)?.times(factor);
        Ok(Fitted::Tweedie(model).into())
    }
}

/// The coefficients that minimise `objective` for `waits`, which are zero or more.
pub(super) fn solve(
    design: &impl Rows,
    waits: &[f64],
    objective: Objective,
    task: &Task,
) -> Result<Solution, FitError> {
    let mean = waits.iter().sum::<f64>() / waits.len().max(1) as f64;
    let nothing = Array1::zeros(design.width());
    let varies = waits.iter().any(|wait| (wait - mean).abs() > 1e-12 * mean);
    if !varies {
        // The same wait whatever the features are; a logarithm of zero is as low as it gets.
        return Ok(Solution { intercept: bounded(libm::log(mean)), coefficients: nothing });
    }
    let mut logs: Vec<f64> = waits.iter().map(|wait| bounded(libm::log((wait + mean) / 2.0))).collect();
    let mut now = Solution { intercept: libm::log(mean), coefficients: nothing };
    let mut value = f64::INFINITY;
    for _ in 0..objective.most_rounds {
        let next = objective.step(design, waits, &logs, task)?;
        let before = value;
        let mut share = 1.0;
        let mut halvings = 0;
        loop {
            let tried = now.towards(&next, share);
            let of_tried = linear_predictions(design, tried.intercept, &tried.coefficients, task)?;
            let tried_value = objective.value(waits, &of_tried, &tried.coefficients);
            // The first round starts from the waits themselves, not from coefficients that could be worse.
            if tried_value.is_finite() && tried_value <= value {
                (now, logs, value) = (tried, of_tried, tried_value);
                break;
            }
            halvings += 1;
            if halvings > HALVINGS {
                break;
            }
            share /= 2.0;
        }
        if (before - value).abs() <= TOLERANCE * value.abs().max(f64::MIN_POSITIVE) {
            return Ok(now);
        }
    }
    Err(FitError::NotConverged { iterations: objective.most_rounds })
}

impl Solution {
    /// The point at `share` of the way to `other`.
    fn towards(&self, other: &Solution, share: f64) -> Solution {
        Solution {
            intercept: self.intercept + share * (other.intercept - self.intercept),
            coefficients: &self.coefficients + &((&other.coefficients - &self.coefficients) * share),
        }
    }
}

impl Objective {
    /// The coefficients of the weighted least squares around the linear predictions `logs`.
    fn step(&self, design: &impl Rows, waits: &[f64], logs: &[f64], task: &Task) -> Result<Solution, FitError> {
        let mut weights = Vec::with_capacity(waits.len());
        let mut targets = Vec::with_capacity(waits.len());
        for (wait, log) in waits.iter().zip(logs) {
            let log = bounded(*log);
            let mean = libm::exp(log);
            weights.push(libm::exp(log * (2.0 - self.power)));
            targets.push(log + (wait - mean) / mean);
        }
        let (gram, centre) = Gram::weighted(design, &targets, &weights, task)?;
        let coefficients = linear::solve(&gram.with_ridge(self.penalty, waits.len() as f64))?;
        if !coefficients.iter().all(|coefficient| coefficient.is_finite()) {
            return Err(FitError::Singular);
        }
        Ok(Solution { intercept: centre.target - centre.columns.dot(&coefficients), coefficients })
    }

    /// Half the mean deviance plus the penalty. The terms of the deviance that do not depend on the prediction are left
    /// out, so that a wait of zero needs no case of its own.
    fn value(&self, waits: &[f64], logs: &[f64], coefficients: &Array1<f64>) -> f64 {
        let (one, two) = (1.0 - self.power, 2.0 - self.power);
        let of = |(wait, log): (&f64, &f64)| {
            let log = bounded(*log);
            libm::exp(two * log) / two - wait * libm::exp(one * log) / one
        };
        let deviance = waits.iter().zip(logs).map(of).sum::<f64>() / waits.len().max(1) as f64;
        deviance + self.penalty / 2.0 * coefficients.dot(coefficients)
    }
}

fn bounded(log: f64) -> f64 {
    log.clamp(-RANGE, RANGE)
}

/// The factor by which `means` come closest to `waits` in absolute error: the median of their ratios, each weighing as
/// much as its mean.
fn best_factor(waits: &[f64], means: impl Iterator<Item = f64>) -> f64 {
    let mut ratios: Vec<(f64, f64)> = waits.iter().zip(means).map(|(wait, mean)| (wait / mean, mean)).collect();
    ratios.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let half = ratios.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    let mut sum = 0.0;
    for (ratio, weight) in &ratios {
        sum += weight;
        if sum >= half {
            return *ratio;
        }
    }
    1.0
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use serde::Deserialize;

    use super::*;

    /// A matrix that stands in memory after all.
    struct Whole(Array2<f64>);

    impl Rows for Whole {
        fn rows(&self) -> usize {
            self.0.nrows()
        }

        fn width(&self) -> usize {
            self.0.ncols()
        }

        fn block(&self, first: usize, rows: usize) -> Array2<f64> {
            Array2::from_shape_fn((rows, self.0.ncols()), |(row, column)| self.0[[first + row, column]])
        }
    }

    #[derive(Deserialize)]
    struct Golden {
        columns: Vec<Vec<f64>>,
        target: Vec<f64>,
        cases: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        made_with: String,
        power: f64,
        penalty: f64,
        intercept: f64,
        coefficients: Vec<f64>,
    }

    /// `tests/golden/tweedie.py` made the coefficients with statsmodels (no penalty) and scikit-learn.
    #[test]
    fn coefficients_agree_with_statsmodels_and_scikit_learn() {
        let golden: Golden = serde_json::from_str(include_str!("../../../tests/golden/tweedie.json")).unwrap();
        let (width, rows) = (golden.columns.len(), golden.target.len());
        let x = Array2::from_shape_vec((width, rows), golden.columns.concat()).unwrap().reversed_axes();
        assert!(golden.target.iter().filter(|wait| **wait == 0.0).count() > rows / 10, "zeros are part of it");
        for Case { made_with, power, penalty, intercept, coefficients } in golden.cases {
            let objective = Objective { power, penalty, most_rounds: 200 };
            let found = solve(&Whole(x.clone()), &golden.target, objective, &Task::default()).unwrap();
            let close = |a: f64, b: f64| (a - b).abs() < 2e-5 * b.abs().max(1.0);
            assert!(close(found.intercept, intercept), "{made_with} {power} {penalty}: {}", found.intercept);
            for (ours, theirs) in found.coefficients.iter().zip(&coefficients) {
                assert!(close(*ours, *theirs), "{made_with} {power} {penalty}: {ours} {theirs}");
            }
        }
    }

    #[test]
    fn a_constant_wait_needs_no_rounds_and_too_few_rounds_are_told() {
        let x = || Whole(Array2::from_shape_fn((200, 2), |(row, column)| ((row * (column + 3)) % 7) as f64 - 3.0));
        let objective = |most_rounds| Objective { power: 1.5, penalty: 0.0, most_rounds };
        let task = Task::default();
        let constant = solve(&x(), &[4.0; 200], objective(1), &task).unwrap();
        assert!((constant.intercept - 4.0_f64.ln()).abs() < 1e-12);
        let nothing = solve(&x(), &[0.0; 200], objective(1), &task).unwrap();
        assert_eq!(nothing.intercept, -RANGE);
        let waits: Vec<f64> = (0..200).map(|row| f64::from(row % 13)).collect();
        let stopped = solve(&x(), &waits, objective(2), &task).map(|solution| solution.intercept);
        assert_eq!(stopped, Err(FitError::NotConverged { iterations: 2 }));
    }

    #[test]
    fn the_best_factor_has_the_least_absolute_error() {
        let waits = [0.0, 3.0, 4.0, 40.0, 9.0, 0.0];
        let means = [2.0, 3.0, 8.0, 20.0, 5.0, 1.0];
        let error =
            |factor: f64| waits.iter().zip(means).map(|(wait, mean)| (wait - factor * mean).abs()).sum::<f64>();
        let best = best_factor(&waits, means.into_iter());
        assert!((0..400).all(|step| error(best) <= error(f64::from(step) / 100.0) + 1e-12), "{best}");
    }
}

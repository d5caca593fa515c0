//! An elastic net on what queueing theory estimates the wait to be, and on the interactions of those estimates.
//!
//! After Ang, Kwasnick, Bayati, Plambeck and Aratow 2016, "Accurate Emergency Department Wait Time Prediction", M&SOM
//! 18(1):141–156, who let a lasso choose among fluid-model estimators (work ahead ÷ rate of service, by class of patients)
//! and their interactions, and found less underestimation than with rolling averages. Here the inputs are:
//!
//! - the fluid estimators of the catalogue: `work_ahead` (people × service time ÷ counters) and `time_to_drain` (people ÷
//!   throughput), and the counts and times that they are made of: people ahead, people who will be called before, people
//!   in service, open counters, mean service time;
//! - the delay estimators: last to enter service, head of the line, medians of the last waits, last week's average;
//! - each of them plain and as `ln(1 + x)`; interactions are the products `ln(1 + x) · ln(1 + y)` of each two of
//!   [`CROSSED`];
//! - the site, service, channel, priority and hour as levels, so that a bias of an estimator at one place can be mended.
//!
//! Unlike the paper, the target is `ln(1 + wait)` with medians brought back (see [`super::linear_model`]), and the penalty
//! may have a share of L2, since estimators of one queue are strongly correlated.

use crate::base::Task;

use super::design::{products, terms};
use super::elastic_net::{self, L1_RATIO, MAX_ITERATIONS};
use super::linear_model::{ESTIMATE, LinearModel};
use super::{Fit, FitError, Fitted, Parameter, ParameterKind, Parameters, Searched, Training};

/// The family.
pub(super) struct Family;

/// What is used as it is.
const INPUTS: &[&str] = &[
    "site",
    "service",
    "channel",
    "priority",
    "hour_of_day",
    "people_ahead",
    "people_called_before",
    "in_service",
    "open_counters",
    "head_of_line_wait",
    "last_to_enter_service_wait",
    "mean_service_time",
    "work_ahead",
    "time_to_drain",
    "avg_wait_time_last_week",
    "median_wait_last_5",
    "median_wait_last_20",
    "median_wait_30min",
];
/// Whose products are used, each two.
const CROSSED: &[&str] = &[
    "people_ahead",
    "in_service",
    "open_counters",
    "head_of_line_wait",
    "last_to_enter_service_wait",
    "mean_service_time",
    "work_ahead",
    "time_to_drain",
    "median_wait_last_5",
];

impl super::Family for Family {
    fn id(&self) -> &'static str {
        "q-lasso"
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[
            // Estimators of one queue say nearly the same: a smaller penalty takes the solver long.
            Parameter { id: "penalty", kind: ParameterKind::Number { least: 0.0, most: 10.0, default: 0.003 } },
            L1_RATIO,
            MAX_ITERATIONS,
            ESTIMATE,
        ]
    }

    fn searched(&self) -> &'static [Searched] {
        const {
            &[
                Searched::by_logarithm("penalty", 1e-5, 1.0),
                Searched::evenly("l1_ratio", 0.0, 1.0),
                Searched::words("estimate"),
            ]
        }
    }

    fn fit(&self, training: &Training<'_>, parameters: &Parameters, task: &Task) -> Result<Fit, FitError> {
        training.check()?;
        let mut inputs = terms(training.features, |id| INPUTS.contains(&id), task)?;
        inputs.extend(products(training.features, CROSSED, task)?);
        let solve = |gram: &_| elastic_net::solve(gram, parameters);
        LinearModel::fit(inputs, training, parameters.choice("estimate"), task, solve)
            .map(|model| Fitted::QLasso(model).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::features::{Kind, feature};

    #[test]
    fn every_input_is_a_feature_and_every_crossed_one_a_number() {
        assert!(INPUTS.iter().all(|id| feature(id).is_some()));
        let is_number = |id: &&str| INPUTS.contains(id) && feature(id).is_some_and(|it| it.kind() == Kind::Number);
        assert!(CROSSED.iter().all(is_number));
    }
}

//! The linear model with L1 and L2 penalties, solved by linfa's coordinate descent.
//!
//! linfa multiplies the penalty by the number of rows that it is given, so the penalty is scaled by the ratio of the
//! visits to the rows of the reduced problem. It stops without an error when its rounds are used up: that is noticed
//! here by the duality gap.

use linfa::prelude::Fit as _;
use linfa::{Dataset, ParamGuard as _};
use linfa_elasticnet::ElasticNet as Solver;
use ndarray::Array1;

use crate::base::Task;

use super::design::terms;
use super::gram::Gram;
use super::linear_model::{ESTIMATE, LinearModel};
use super::{Fit, FitError, Fitted, Parameter, ParameterKind, Parameters, Searched, Training};

/// The family.
pub(super) struct Family;

/// Of the duality gap, relative to the sum of squares of the target.
const TOLERANCE: f64 = 1e-6;

/// How much of the penalty is on absolute rather than on squared coefficients; a parameter of what is solved so.
pub(super) const L1_RATIO: Parameter =
    Parameter { id: "l1_ratio", kind: ParameterKind::Number { least: 0.0, most: 1.0, default: 0.5 } };
/// Rounds after which the solver gives up; a parameter of what is solved so.
pub(super) const MAX_ITERATIONS: Parameter =
    Parameter { id: "max_iterations", kind: ParameterKind::Whole { least: 10, most: 100_000, default: 20_000 } };

impl super::Family for Family {
    fn id(&self) -> &'static str {
        "elastic-net"
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[
            Parameter { id: "penalty", kind: ParameterKind::Number { least: 0.0, most: 10.0, default: 0.001 } },
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
        let terms = terms(training.features, |_| true, task)?;
        LinearModel::fit(terms, training, parameters.choice("estimate"), task, |gram| solve(gram, parameters))
            .map(|model| Fitted::ElasticNet(model).into())
    }
}

pub(super) fn solve(gram: &Gram, parameters: &Parameters) -> Result<Array1<f64>, FitError> {
    let (records, target) = gram.reduced().ok_or(FitError::Singular)?;
    let width = records.nrows() as f64;
    let iterations = u32::try_from(parameters.whole("max_iterations")).unwrap_or(u32::MAX);
    let solver = Solver::params()
        .penalty(parameters.number("penalty") * gram.weight / width)
        .l1_ratio(parameters.number("l1_ratio"))
        .with_intercept(false)
        .max_iterations(iterations)
        .tolerance(TOLERANCE)
        .check()
        .map_err(|_| FitError::Singular)?;
    let scale = target.dot(&target);
    let fitted = solver.fit(&Dataset::new(records, target)).map_err(|_| FitError::Singular)?;
    if fitted.duality_gap() > TOLERANCE * scale && scale > 0.0 {
        return Err(FitError::NotConverged { iterations: fitted.n_steps() });
    }
    Ok(fitted.hyperplane().clone())
}

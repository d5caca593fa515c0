//! The linear model without a penalty: linfa's least squares.

use linfa::Dataset;
use linfa::prelude::Fit as _;
use linfa_linear::LinearRegression;
use ndarray::Array1;

use crate::base::Task;

use super::design::terms;
use super::gram::Gram;
use super::linear_model::{ESTIMATE, LinearModel};
use super::{Fit, FitError, Fitted, Parameter, Parameters, Searched, Training};

/// The family.
pub(super) struct Family;

impl super::Family for Family {
    fn id(&self) -> &'static str {
        "linear"
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[ESTIMATE]
    }

    fn searched(&self) -> &'static [Searched] {
        const { &[Searched::words("estimate")] }
    }

    fn fit(&self, training: &Training<'_>, parameters: &Parameters, task: &Task) -> Result<Fit, FitError> {
        let terms = terms(training.features, |_| true, task)?;
        LinearModel::fit(terms, training, parameters.choice("estimate"), task, solve)
            .map(|model| Fitted::Linear(model).into())
    }
}

pub(super) fn solve(gram: &Gram) -> Result<Array1<f64>, FitError> {
    let (records, target) = gram.reduced().ok_or(FitError::Singular)?;
    let solver = LinearRegression::new().with_intercept(false);
    let fitted = solver.fit(&Dataset::new(records, target)).map_err(|_| FitError::Singular)?;
    Ok(fitted.params().clone())
}

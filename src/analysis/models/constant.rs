//! The median wait of the training data, whoever asks: what every other family has to beat.

use serde::{Deserialize, Serialize};

use crate::base::statistics::Sample;
use crate::base::{Minutes, Task};

use super::{Fit, FitError, Fitted, Parameter, Parameters, Training};

/// The family.
pub(super) struct Family;

/// The fitted model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constant {
    median: Minutes,
}

impl super::Family for Family {
    fn id(&self) -> &'static str {
        "constant"
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[]
    }

    fn fit(&self, training: &Training<'_>, _: &Parameters, _: &Task) -> Result<Fit, FitError> {
        training.check()?;
        let median = Sample::new(training.waits_minutes.to_vec())
            .ok()
            .and_then(|waits| Minutes::new(waits.quantile(0.5)))
            .ok_or(FitError::NothingVaries)?;
        Ok(Fitted::Constant(Constant { median }).into())
    }
}

impl Constant {
    pub(super) fn predict(&self) -> Minutes {
        self.median
    }
}

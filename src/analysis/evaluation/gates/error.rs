//! The plan: the mean absolute error is lower, or at most 5 % higher; by the one-sided bounds of the ratio.

use super::{Case, Decision, Gate, Limit, Limits, Unit};
use crate::base::statistics::NonInferiority;

pub(super) struct Error;

/// The largest ratio of the mean absolute errors.
pub const MARGIN: Limit = Limit { id: "gate.error.margin", usual: 1.05, least: 1.0, most: 1.5 };

impl Gate for Error {
    fn id(&self) -> &'static str {
        "error"
    }

    fn unit(&self) -> Unit {
        Unit::Ratio
    }

    fn limits(&self) -> &'static [Limit] {
        &[MARGIN]
    }

    /// The comparison has decided already, by the margin that it was made with.
    fn decide(&self, case: &Case<'_>, _: &Limits) -> Decision {
        let of = case.comparison;
        let decision = Decision::new(of.gate, of.ratio_upper_bound, of.margin, of.n)
            .with("ratio", of.ratio)
            .with("ratio_low", of.ratio_low)
            .with("ratio_high", of.ratio_high)
            .with("upper_bound", of.ratio_upper_bound)
            .with("lower_bound", of.ratio_lower_bound)
            .with("margin", of.margin)
            .with("days", of.days)
            .with("n", of.n)
            .with("days_needed", of.days_needed);
        match &of.gate_reason {
            Some(reason) => decision.because(reason),
            None => decision,
        }
    }
}

impl Limits {
    /// The margin of the comparison of the errors.
    #[must_use]
    pub fn margin(&self) -> NonInferiority {
        NonInferiority::new(self.of(&MARGIN)).unwrap_or_default()
    }
}

//! The way from data to answers holds together: the pipeline runs from a simulated history to tested predictions, and the service
//! answers requests for visits as the workbench predicts these visits.

use super::{Case, Decision, Gate, Limit, Limits, Unit};
use crate::base::Verdict;

pub(super) struct Integration;

/// How much an answer may differ from the workbench's prediction, as a share of it or of a minute where that is longer.
const DIFFERENCE: Limit = Limit { id: "gate.integration.difference", usual: 1e-6, least: 0.0, most: 1e-3 };

impl Gate for Integration {
    fn id(&self) -> &'static str {
        "integration"
    }

    fn unit(&self) -> Unit {
        Unit::Difference
    }

    fn limits(&self) -> &'static [Limit] {
        &[DIFFERENCE]
    }

    fn decide(&self, case: &Case<'_>, limits: &Limits) -> Decision {
        if case.candidate.is_none() {
            return Decision::inconclusive("no_model");
        }
        let Some(tried) = case.integration else { return Decision::inconclusive("not_measured") };
        let (answers, limit) = (&tried.answers, limits.of(&DIFFERENCE));
        let simulated = tried.simulated.as_ref();
        let told = |verdict| {
            Decision::new(verdict, answers.largest, limit, answers.n)
                .with("simulated_visits", simulated.map(|of| of.n))
                .with("simulated_mae", simulated.filter(|of| of.failure.is_none()).map(|of| of.mae))
                .with(
                    "simulated_mae_constant",
                    simulated.filter(|of| of.failure.is_none()).map(|of| of.mae_constant),
                )
                .with("failure", simulated.and_then(|of| of.failure.clone()).or_else(|| answers.failure.clone()))
        };
        match simulated {
            _ if answers.failure.is_some() => told(Verdict::Fail).because("answers_refused"),
            _ if answers.largest > limit || !answers.largest.is_finite() => {
                told(Verdict::Fail).because("answers_differ")
            }
            Some(simulated) if simulated.failure.is_some() => told(Verdict::Fail).because("pipeline_failed"),
            Some(simulated) if !(simulated.mae.is_finite() && simulated.mae_constant.is_finite()) => {
                told(Verdict::Fail).because("pipeline_failed")
            }
            _ if answers.n == 0 => told(Verdict::Inconclusive).because("few"),
            Some(simulated) if simulated.n == 0 => told(Verdict::Inconclusive).because("few"),
            Some(_) => told(Verdict::Pass),
            // Trained elsewhere: of the pipeline, only the half from request to answer is its own.
            None => told(Verdict::Pass).because("not_fitted_here"),
        }
    }
}

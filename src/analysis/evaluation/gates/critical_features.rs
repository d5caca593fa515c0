//! The plan: no critical feature was removed. One that does not vary in the data set (the site, where there is one) cannot be
//! learned from; that it is not used is said, and is no removal.

use super::{Case, Decision, Gate, Limits, Unit};
use crate::base::Verdict;

pub(super) struct CriticalFeatures;

impl Gate for CriticalFeatures {
    fn id(&self) -> &'static str {
        "critical_features"
    }

    fn unit(&self) -> Unit {
        Unit::Count
    }

    fn decide(&self, case: &Case<'_>, _: &Limits) -> Decision {
        let Some(candidate) = case.candidate else { return Decision::inconclusive("no_model") };
        let Some(critical) = case.critical else { return Decision::inconclusive("unknown_features") };
        let is_kept = |id: &str| candidate.contract.features().iter().any(|feature| feature.id == id);
        let gone = |varies: bool| -> Vec<String> {
            let gone = critical.iter().filter(|feature| feature.varies == varies && !is_kept(&feature.id));
            gone.map(|feature| feature.id.clone()).collect()
        };
        let (removed, constant) = (gone(true), gone(false));
        let verdict = if removed.is_empty() { Verdict::Pass } else { Verdict::Fail };
        let decision = Decision::new(verdict, removed.len() as f64, 0.0, critical.len() as u64)
            .with("critical", critical.len());
        let decision = if removed.is_empty() { decision } else { decision.because("features_removed") };
        decision.with("removed", removed).with("do_not_vary", constant)
    }
}

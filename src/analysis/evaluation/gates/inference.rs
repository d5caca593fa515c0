//! The plan: inference takes less than 500 ms; at the 99th percentile, through the code that the service answers with.

use super::{Case, Decision, Gate, Limit, Limits, Unit};
use crate::base::Verdict;

pub(super) struct Inference;

/// Milliseconds.
const P99: Limit = Limit { id: "gate.inference.p99_ms", usual: 500.0, least: 0.1, most: 10_000.0 };
/// With fewer requests there is no 99th percentile to speak of.
const FEWEST: u64 = 200;

impl Gate for Inference {
    fn id(&self) -> &'static str {
        "inference"
    }

    fn unit(&self) -> Unit {
        Unit::Milliseconds
    }

    fn limits(&self) -> &'static [Limit] {
        &[P99]
    }

    fn decide(&self, case: &Case<'_>, limits: &Limits) -> Decision {
        if case.candidate.is_none() {
            return Decision::inconclusive("no_model");
        }
        let Some(times) = case.inference else { return Decision::inconclusive("not_measured") };
        let limit = limits.of(&P99);
        let decision = |verdict| Decision::new(verdict, times.p99_ms, limit, times.n).with("p50_ms", times.p50_ms);
        if times.n < FEWEST {
            decision(Verdict::Inconclusive).because("few")
        } else if times.p99_ms < limit {
            decision(Verdict::Pass)
        } else {
            decision(Verdict::Fail).because("slow")
        }
    }
}

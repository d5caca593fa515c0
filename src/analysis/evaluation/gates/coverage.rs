//! The candidate's 80 % intervals hold what they say, up to a tolerance, by the ends of the interval of their coverage.
//!
//! Too little is what it looks for: a wait beyond its interval costs somebody the turn. Intervals that hold more than they say
//! are only wide (where half of the waits are zero they cannot hold less); how wide is in the metrics.

use super::{Case, Decision, Gate, Limit, Limits};
use crate::base::Verdict;

pub(super) struct Coverage;

/// How much less than 80 % the intervals may hold.
const TOLERANCE: Limit = Limit { id: "gate.coverage.tolerance", usual: 0.05, least: 0.0, most: 0.3 };
const LEVEL: f64 = 0.8;

impl Gate for Coverage {
    fn id(&self) -> &'static str {
        "coverage"
    }

    fn limits(&self) -> &'static [Limit] {
        &[TOLERANCE]
    }

    fn decide(&self, case: &Case<'_>, limits: &Limits) -> Decision {
        if let Some(reason) = case.unfit_visits() {
            return Decision::inconclusive(reason);
        }
        let limit = LEVEL - limits.of(&TOLERANCE);
        let metric = case.comparison.metrics.iter().find(|metric| metric.id == "coverage_80");
        let Some(found) = metric.and_then(|metric| metric.candidate) else {
            return Decision::inconclusive("no_intervals");
        };
        let n = metric.map_or(0, |metric| metric.n);
        let verdict = match (found.low, found.high) {
            (Some(low), _) if low >= limit => Verdict::Pass,
            (_, Some(high)) if high < limit => Verdict::Fail,
            _ => Verdict::Inconclusive,
        };
        let decision = Decision::new(verdict, found.value, limit, n)
            .with("level", LEVEL)
            .with("low", found.low)
            .with("high", found.high);
        match verdict {
            Verdict::Pass => decision,
            Verdict::Fail => decision.because("coverage_low"),
            Verdict::Inconclusive if found.low.is_none() => decision.because("few"),
            Verdict::Inconclusive => decision.because("undecided"),
        }
    }
}

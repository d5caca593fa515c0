//! The candidate's 80 % intervals hold what they say, up to a tolerance, by the ends of the interval of their coverage.
//!
//! Too little fails: a wait beyond its interval costs somebody the turn. Intervals that hold more than they say are no danger but
//! of little use: the gate passes and says how much they hold and how wide they are. Where many waits are zero they cannot hold
//! less, since no interval reaches below zero, and that is said instead.

use super::{Case, Decision, Gate, Limit, Limits, Unit};
use crate::base::Verdict;

pub(super) struct Coverage;

/// How much less than 80 % the intervals may hold.
const TOLERANCE: Limit = Limit { id: "gate.coverage.tolerance", usual: 0.05, least: 0.0, most: 0.3 };
const LEVEL: f64 = 0.8;
/// Each end of the intervals leaves out this share of the waits, but for those that are zero: from so many zeros on, the lower end
/// can leave out none.
const TAIL: f64 = 0.1;

impl Gate for Coverage {
    fn id(&self) -> &'static str {
        "coverage"
    }

    fn unit(&self) -> Unit {
        Unit::Share
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
            .with("high", found.high)
            .with("width", width(case))
            .with("zero", zero_waits(case));
        let too_much = found.low.is_some_and(|low| low > LEVEL + limits.of(&TOLERANCE));
        match verdict {
            Verdict::Pass if too_much && zero_waits(case) >= TAIL => decision.because("coverage_zero"),
            Verdict::Pass if too_much => decision.because("coverage_wide"),
            Verdict::Pass => decision,
            Verdict::Fail => decision.because("coverage_low"),
            Verdict::Inconclusive if found.low.is_none() => decision.because("few"),
            Verdict::Inconclusive => decision.because("undecided"),
        }
    }
}

/// Mean width of the intervals, minutes.
fn width(case: &Case<'_>) -> Option<f64> {
    let metric = case.comparison.metrics.iter().find(|metric| metric.id == "width_80")?;
    Some(metric.candidate?.value)
}

/// The share of the visits that did not wait at all; visits of equal wait lie in one tenth.
fn zero_waits(case: &Case<'_>) -> f64 {
    let of = case.comparison;
    let zero: u64 = of.by_wait.iter().filter(|tenth| tenth.to <= 0.0).map(|tenth| tenth.n).sum();
    if of.n == 0 { 0.0 } else { zero as f64 / of.n as f64 }
}

//! No slice is much worse: what is better on the whole may be worse for some.
//!
//! A slice fails where its ratio is above the limit and it is worse beyond chance among all slices that were judged (Benjamini and
//! Hochberg). What does not fail is not passed by that. A slice of twenty site-days and more is held to its one-sided 95 % upper
//! bound, as the error as a whole is: at a limit of 1.2 a slice that is in truth 1.25 times as bad passes in at most one of twenty
//! cases. Fewer site-days have a bound that says little, above the limit even for a candidate that is as good as the current model
//! everywhere, and one such slice among fifty would leave every candidate undecided for ever: there the ratio itself is held to
//! the limit. A slice that is above by either is open, and the gate inconclusive; it says how many days would close the worst.
//! A slice that is not judged is not passed: how many there are is said. The tests measure how often this is wrong.

use super::{Case, Decision, Gate, Limit, Limits, Unit};
use crate::analysis::evaluation::{Slice, SliceVerdict};
use crate::base::Verdict;
use crate::base::statistics::gate::days_needed;

pub(super) struct Slices;

/// The largest ratio of the mean absolute errors of a slice.
const RATIO: Limit = Limit { id: "gate.slices.ratio", usual: 1.2, least: 1.0, most: 3.0 };
/// From so many site-days on, the upper bound of a slice is held to the limit, not its ratio alone.
pub(super) const BOUNDED_SITE_DAYS: u64 = 20;

impl Gate for Slices {
    fn id(&self) -> &'static str {
        "slices"
    }

    fn unit(&self) -> Unit {
        Unit::Ratio
    }

    fn limits(&self) -> &'static [Limit] {
        &[RATIO]
    }

    fn decide(&self, case: &Case<'_>, limits: &Limits) -> Decision {
        if let Some(reason) = case.unfit_visits() {
            return Decision::inconclusive(reason);
        }
        let limit = limits.of(&RATIO);
        let slices = &case.comparison.slices;
        let judged: Vec<(&Slice, f64)> = slices
            .iter()
            .filter(|slice| slice.verdict != SliceVerdict::NotJudged)
            .filter_map(|slice| Some((slice, slice.ratio?)))
            .collect();
        let failing: Vec<(&Slice, f64)> = judged
            .iter()
            .copied()
            .filter(|(slice, ratio)| *ratio > limit && slice.verdict == SliceVerdict::Worse)
            .collect();
        let open: Vec<(&Slice, f64)> =
            judged.iter().copied().filter(|(slice, ratio)| held(slice, *ratio) > limit).collect();
        let (verdict, reason, shown) = if let Some(worst) = highest(&failing) {
            (Verdict::Fail, Some("slice_worse"), Some(worst))
        } else if let Some(worst) = highest(&open) {
            (Verdict::Inconclusive, Some("slice_open"), Some(worst))
        } else {
            (Verdict::Pass, None, highest(&judged))
        };
        let Some((slice, ratio)) = shown else {
            return Decision::inconclusive("no_slice").with("not_judged", slices.len());
        };
        let decision = Decision::new(verdict, ratio, limit, judged.len() as u64)
            .with("not_judged", slices.len() - judged.len())
            .with("worse", failing.len())
            .with("open", open.len().saturating_sub(failing.len()))
            .with("dimension", slice.dimension.clone())
            .with("level", slice.level.clone())
            .with("ratio_low", slice.ratio_low)
            .with("ratio_high", slice.ratio_high)
            .with("upper_bound", slice.ratio_bounds.map(|[_, upper]| upper))
            .with("visits", slice.n)
            .with("days_needed", days_to_close(slice, ratio, limit));
        match reason {
            Some(reason) => decision.because(reason),
            None => decision,
        }
    }
}

/// The slice with the highest ratio.
fn highest<'s>(of: &[(&'s Slice, f64)]) -> Option<(&'s Slice, f64)> {
    of.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))
}

/// What of a slice is held to the limit.
fn held(slice: &Slice, ratio: f64) -> f64 {
    match slice.ratio_bounds {
        Some([_, upper]) if slice.site_days >= BOUNDED_SITE_DAYS => upper,
        _ => ratio,
    }
}

/// About how many days in all would show on which side of the limit a slice is.
fn days_to_close(slice: &Slice, ratio: f64, limit: f64) -> Option<u64> {
    let [lower, upper] = slice.ratio_bounds?;
    days_needed(limit, ratio, lower, upper, slice.days)
}

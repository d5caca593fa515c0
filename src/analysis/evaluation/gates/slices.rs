//! No slice is much worse: what is better on the whole may be worse for some.
//!
//! It fails where a slice is worse by more than the limit and that is beyond chance among all slices that were judged
//! (Benjamini and Hochberg). A slice that is not judged is not passed: how many there are is said.

use super::{Case, Decision, Gate, Limit, Limits};
use crate::analysis::evaluation::SliceVerdict;
use crate::base::Verdict;

pub(super) struct Slices;

/// The largest ratio of the mean absolute errors of a slice.
const RATIO: Limit = Limit { id: "gate.slices.ratio", usual: 1.2, least: 1.0, most: 3.0 };

impl Gate for Slices {
    fn id(&self) -> &'static str {
        "slices"
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
        let judged = || slices.iter().filter(|slice| slice.verdict != SliceVerdict::NotJudged);
        let above = || judged().filter(|slice| slice.ratio.is_some_and(|ratio| ratio > limit));
        let failing = above().find(|slice| slice.verdict == SliceVerdict::Worse);
        let largest = |a: &f64, b: &f64| a.total_cmp(b);
        let worst = judged().filter_map(|slice| slice.ratio).max_by(largest);
        let Some(worst) = worst else {
            return Decision::inconclusive("no_slice").with("not_judged", slices.len());
        };
        let shown = failing.or_else(|| judged().find(|slice| slice.ratio == Some(worst)));
        let verdict = if failing.is_some() { Verdict::Fail } else { Verdict::Pass };
        let value = failing.and_then(|slice| slice.ratio).unwrap_or(worst);
        let decision = Decision::new(verdict, value, limit, judged().count() as u64)
            .with("not_judged", slices.len() - judged().count())
            .with(
                "above_within_chance",
                above().count() - above().filter(|of| of.verdict == SliceVerdict::Worse).count(),
            )
            .with("dimension", shown.map(|slice| slice.dimension.clone()))
            .with("level", shown.map(|slice| slice.level.clone()))
            .with("ratio_low", shown.and_then(|slice| slice.ratio_low))
            .with("ratio_high", shown.and_then(|slice| slice.ratio_high))
            .with("visits", shown.map(|slice| slice.n));
        if failing.is_some() { decision.because("slice_worse") } else { decision }
    }
}

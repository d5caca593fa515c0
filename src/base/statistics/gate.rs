//! The plan's rule "at most 5 % worse", as a non-inferiority gate on the ratio of the MAEs.
//!
//! It decides on the one-sided bounds of [`PairedEstimate`]; it draws nothing itself. The plain comparison of the
//! two MAEs is shown next to it by those who show it, and decides nothing.

use serde::{Deserialize, Serialize};

use super::{PairedEstimate, real};
use crate::base::Verdict;

/// A gate with its margin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NonInferiority {
    limit: f64,
}

/// What the gate says, with the numbers it says it from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GateDecision {
    /// `pass`: the upper bound is at most the limit. `fail`: the lower bound is above it. Else, and with fewer than
    /// [`FEWEST_DAYS`] or [`FEWEST_VISITS`], `inconclusive`.
    pub verdict: Verdict,
    /// The largest ratio that is allowed.
    pub limit: f64,
    /// `mae_candidate / mae_current`.
    pub ratio: f64,
    /// Its lower one-sided 95 % bound.
    pub lower: f64,
    /// Its upper one-sided 95 % bound.
    pub upper: f64,
    /// Where the verdict is inconclusive: about how many days in all would decide, if the ratio stayed what it
    /// is. `None` where it would take more than [`MOST_DAYS`], and where the verdict is not inconclusive.
    pub days_needed: Option<u64>,
}

/// Fewer days have bounds that mean little, since a bootstrap cannot draw what it has not seen; the same least
/// that a slice of a comparison must have.
pub const FEWEST_DAYS: u64 = 5;

/// Fewer visits do not decide, either.
pub const FEWEST_VISITS: u64 = 100;

/// A hundred years: a ratio that needs more days is as good as at the limit.
pub const MOST_DAYS: u64 = 36_500;

impl Default for NonInferiority {
    /// The plan's margin: 1.05.
    fn default() -> NonInferiority {
        NonInferiority { limit: 1.05 }
    }
}

impl NonInferiority {
    /// A gate that allows a ratio up to `limit`; `None` unless that is a finite number above zero.
    #[must_use]
    pub fn new(limit: f64) -> Option<NonInferiority> {
        (limit.is_finite() && limit > 0.0).then_some(NonInferiority { limit })
    }

    /// The largest ratio that is allowed.
    #[must_use]
    pub fn limit(self) -> f64 {
        self.limit
    }

    /// Decides on an estimate whose visits lie on `days` days.
    #[must_use]
    pub fn decide(self, estimate: &PairedEstimate, days: u64) -> GateDecision {
        let (lower, upper) = (estimate.ratio_lower_one_sided_95(), estimate.ratio_upper_one_sided_95());
        let verdict = if days < FEWEST_DAYS || estimate.n_visits < FEWEST_VISITS {
            Verdict::Inconclusive
        } else if upper <= self.limit {
            Verdict::Pass
        } else if lower > self.limit {
            Verdict::Fail
        } else {
            Verdict::Inconclusive
        };
        let days_needed = match verdict {
            Verdict::Inconclusive => days_needed(self.limit, estimate.ratio, lower, upper, days),
            Verdict::Pass | Verdict::Fail => None,
        };
        GateDecision { verdict, limit: self.limit, ratio: estimate.ratio, lower, upper, days_needed }
    }
}

/// `⌈days · (w / |ln limit − ln ratio|)²⌉`, where `w = (ln upper − ln lower)/2`.
///
/// The log of the ratio is taken as normal, with a standard error that falls with the root of the days. Its
/// one-sided 95 % bounds lie `w = 1.645 · se` to either side, and a bound reaches the limit when `w`, shrunk by
/// `√(days/needed)`, is as small as the distance to the limit. The estimate itself will move: at this many days
/// the chance of a decision is about one half.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be between 0 and MOST_DAYS"
)]
#[must_use]
pub fn days_needed(limit: f64, ratio: f64, lower: f64, upper: f64, days: u64) -> Option<u64> {
    let half_width = (upper.ln() - lower.ln()) / 2.0;
    let distance = (limit.ln() - ratio.ln()).abs();
    let needed = (real(days) * (half_width / distance).powi(2)).ceil();
    // A lower bound of zero or a ratio at the limit makes this infinite or NaN, which is not in the range.
    // Where the interval is lopsided, the formula can ask for no more than there are, and yet it did not decide.
    (0.0..=real(MOST_DAYS)).contains(&needed).then(|| (needed as u64).max(days.saturating_add(1)).max(FEWEST_DAYS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::statistics::{BlockBootstrap, PairedBlock};

    /// Forty days whose candidate errors are `ratio` times the current ones, give or take `noise`.
    fn estimate(ratio: f64, noise: f64) -> PairedEstimate {
        let blocks: Vec<PairedBlock> = (0..40)
            .map(|day| {
                let sign = if day % 2 == 0 { 1.0 } else { -1.0 };
                PairedBlock {
                    n: 10,
                    sum_abs_error_current: 100.0,
                    sum_abs_error_candidate: 100.0 * (ratio + sign * noise),
                }
            })
            .collect();
        BlockBootstrap::seeded(1).paired(&blocks).unwrap()
    }

    #[test]
    fn the_bounds_decide_not_the_point() {
        let gate = NonInferiority::default();
        let verdict = |ratio, noise| gate.decide(&estimate(ratio, noise), 40).verdict;
        assert_eq!(verdict(0.95, 0.1), Verdict::Pass);
        assert_eq!(verdict(1.02, 0.01), Verdict::Pass);
        assert_eq!(verdict(1.04, 0.3), Verdict::Inconclusive);
        assert_eq!(verdict(1.10, 0.3), Verdict::Inconclusive);
        assert_eq!(verdict(1.10, 0.05), Verdict::Fail);
        assert_eq!(verdict(1.05, 0.0), Verdict::Pass);
    }

    #[test]
    fn a_few_days_or_visits_decide_nothing() {
        let clear = estimate(0.9, 0.0);
        let gate = NonInferiority::default();
        assert_eq!(gate.decide(&clear, 5).verdict, Verdict::Pass);
        let decision = gate.decide(&clear, 4);
        assert_eq!((decision.verdict, decision.days_needed), (Verdict::Inconclusive, Some(5)));
        assert_eq!(gate.decide(&PairedEstimate { n_visits: 99, ..clear }, 40).verdict, Verdict::Inconclusive);
    }

    #[test]
    fn undecided_gates_say_how_many_days_would_decide() {
        let gate = NonInferiority::default();
        let decision = gate.decide(&estimate(1.0, 0.3), 40);
        // The candidate's standard error is 0.3/√40 = 0.0474; Student's t with 39 degrees of freedom reaches 1.685 · √(40/39) =
        // 1.706 of them, 0.081; ln 1.05 is 0.0488.
        let expected = 40.0 * (0.081_f64 / 0.0488).powi(2);
        let needed = decision.days_needed.unwrap();
        assert_eq!(decision.verdict, Verdict::Inconclusive);
        assert!((needed as f64 / expected - 1.0).abs() < 0.1, "{needed} for about {expected}");
        assert_eq!(gate.decide(&estimate(0.9, 0.1), 40).days_needed, None);
        assert_eq!(days_needed(1.05, 1.05, 0.9, 1.2, 40), None);
        assert_eq!(days_needed(1.05, 1.0, 0.0, 1.2, 40), None);
        assert_eq!(days_needed(1.05, 1.0, 0.99, 1.0501, 40), Some(41));
    }

    #[test]
    fn a_margin_is_a_positive_number() {
        assert_eq!(NonInferiority::new(1.05), Some(NonInferiority::default()));
        for limit in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(NonInferiority::new(limit), None);
        }
    }
}

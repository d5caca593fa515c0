//! Concept drift: whether a model errs more this week than in the four weeks before.
//!
//! `ratio = MAE of the week / mean of the MAEs of the last four whole weeks`. Visits of one day are not independent, so days are
//! the units. The MAE of a week is a ratio of sums over its `D` days, whose standard error is
//! `se² = D/(D − 1) · Σ (S_d − MAE·n_d)² / (Σ n_d)²` (Cochran 1977, 6.4, without the finite population).
//!
//! Weekdays differ, and every week has the same ones: that is no noise. So the share that a day adds to the logarithm of its week's
//! MAE, `u = (S_d − MAE·n_d) / (MAE · Σ n)`, is freed of what its weekday adds in all weeks. With `W` weeks and `K` weekdays that all
//! of them have, the week itself has `s² = Σ e² · W / ((K − 1)(W − 1))` from its own residuals, so that one wild day is no drift, the
//! weeks before have theirs together, and `var(ln ratio) = D·s_week² + D·s_before²/(W − 1)`, with Student's quantile of the degrees of
//! Welch and Satterthwaite. Where fewer than four weekdays are in all weeks, or only one period stands before, the standard errors
//! are put together instead, `se_w²/MAE_w² + Σ se_i² / (Σ MAE_i)²`.
//!
//! Drift needs both: more than 10 % above, and an interval that leaves out 1. Not here: which model, and its predictions.

use serde::{Deserialize, Serialize};

use crate::base::Verdict;
use crate::base::calendar::CivilDate;
use crate::base::statistics::student;

use super::window::Window;

/// The MAE may be this many times that of the weeks before (section 4.2 of the plan).
pub const RATIO_LIMIT: f64 = 1.1;
/// Whole weeks before.
pub const REFERENCE_WEEKS: usize = 4;
/// Fewer days with finished visits in a week say nothing of their spread.
pub const FEWEST_DAYS: u64 = 4;
/// Fewer finished visits in a week say nothing.
const FEWEST_VISITS: u64 = 30;
/// An interval that reaches beyond this leaves too much open for a pass: half as much error again would not be seen.
const WIDEST_PASS: f64 = 1.5;
const ALPHA: f64 = 0.05;

/// The absolute errors of a day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErrorDay {
    /// The day.
    pub day: CivilDate,
    /// Finished visits.
    pub n: u64,
    /// The sum of `|predicted − waited|`, minutes.
    pub sum_abs: f64,
}

/// A week of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WeekError {
    /// Its Saturday.
    pub week: CivilDate,
    /// Finished visits.
    pub n: u64,
    /// Days that have any.
    pub days: u64,
    /// Mean absolute error, minutes; absent without visits.
    pub mae: Option<f64>,
    /// Standard error of it by days, minutes; absent with fewer than two days.
    pub se: Option<f64>,
    /// What each day adds to the logarithm of the MAE, with the day's weekday.
    #[serde(default, skip_serializing)]
    pub(super) shares: Vec<(u8, f64)>,
    /// Whether the model learned from visits of this week or later.
    pub in_sample: bool,
}

/// A week against the four before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConceptDrift {
    /// Mean absolute error of the week, minutes.
    pub mae_week: Option<f64>,
    /// The mean of the mean absolute errors of the four weeks before, minutes.
    pub mae_mean_4: Option<f64>,
    /// The first over the second.
    pub ratio: Option<f64>,
    /// The lower end of its 95 % interval.
    pub ratio_low: Option<f64>,
    /// The upper end.
    pub ratio_high: Option<f64>,
    /// Finished visits of the week.
    pub n: u64,
    /// Days of the week that have any.
    pub days: u64,
    /// The weeks before, the oldest first, and the week itself.
    pub weeks: Vec<WeekError>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    pub reason: ConceptReason,
    /// About how many finished visits the week would need for the difference to be told from chance.
    pub visits_needed: Option<u64>,
}

/// Why a verdict on a week is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConceptReason {
    /// More than 10 % above, and not by chance.
    Drift,
    /// Not more than 10 % above.
    BelowLimit,
    /// More than 10 % above, and perhaps by chance.
    MayBeChance,
    /// Not more than 10 % above, and half as much again could not be told either.
    TooUncertain,
    /// There are no four whole weeks before.
    TooFewWeeks,
    /// A week has fewer than four days or 30 finished visits.
    TooFewVisits,
    /// The model learned from visits of the weeks before: its errors on them are too small.
    InSample,
    /// The model made no error at all in the weeks before.
    NoError,
    /// There is no model.
    NoModel,
    /// Of no prediction it is known what came true.
    NoOutcomes,
}

impl ConceptReason {
    /// Every reason.
    pub const ALL: [ConceptReason; 10] = [
        ConceptReason::Drift,
        ConceptReason::BelowLimit,
        ConceptReason::MayBeChance,
        ConceptReason::TooUncertain,
        ConceptReason::TooFewWeeks,
        ConceptReason::TooFewVisits,
        ConceptReason::InSample,
        ConceptReason::NoError,
        ConceptReason::NoModel,
        ConceptReason::NoOutcomes,
    ];

    /// The name in files; `drift.concept.ID` is the sentence for people.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            ConceptReason::Drift => "drift",
            ConceptReason::BelowLimit => "below_limit",
            ConceptReason::MayBeChance => "may_be_chance",
            ConceptReason::TooUncertain => "too_uncertain",
            ConceptReason::TooFewWeeks => "too_few_weeks",
            ConceptReason::TooFewVisits => "too_few_visits",
            ConceptReason::InSample => "in_sample",
            ConceptReason::NoError => "no_error",
            ConceptReason::NoModel => "no_model",
            ConceptReason::NoOutcomes => "no_outcomes",
        }
    }
}

impl ErrorDay {
    /// The days of a window. `errors` are the absolute errors of its visits, in its order; none of a visit that is not finished.
    #[must_use]
    pub fn of(window: &Window, errors: impl IntoIterator<Item = Option<f64>>) -> Vec<ErrorDay> {
        let mut days: Vec<ErrorDay> =
            window.dates.iter().map(|day| ErrorDay { day: *day, n: 0, sum_abs: 0.0 }).collect();
        for (day, error) in window.day.iter().zip(errors) {
            if let Some((day, error)) = days.get_mut(*day as usize).zip(error) {
                day.n += 1;
                day.sum_abs += error;
            }
        }
        days
    }
}

impl WeekError {
    /// The errors of the week from `week` on. A day of `days` without visits is left out.
    #[must_use]
    pub fn of(week: CivilDate, days: &[ErrorDay], in_sample: bool) -> WeekError {
        let with_visits = || days.iter().filter(|day| day.n > 0);
        let (n, count) = (with_visits().map(|day| day.n).sum::<u64>(), with_visits().count() as f64);
        let mae = (n > 0).then(|| with_visits().map(|day| day.sum_abs).sum::<f64>() / n as f64);
        let se = mae.filter(|_| count >= 2.0).map(|mae| {
            let squares: f64 = with_visits().map(|day| (day.sum_abs - mae * day.n as f64).powi(2)).sum();
            (count / (count - 1.0) * squares).sqrt() / n as f64
        });
        let share = |mae: f64| move |day: &ErrorDay| (day.sum_abs - mae * day.n as f64) / (mae * n as f64);
        let shares = mae
            .filter(|mae| *mae > 0.0)
            .map(|mae| with_visits().map(|day| (day.day.weekday().index(), share(mae)(day))).collect());
        WeekError { week, n, days: count as u64, mae, se, shares: shares.unwrap_or_default(), in_sample }
    }

    fn is_enough(&self) -> bool {
        self.days >= FEWEST_DAYS && self.n >= FEWEST_VISITS
    }
}

/// Judges the last of `weeks` by the `needed` before it: [`REFERENCE_WEEKS`], or one where two periods are compared.
#[must_use]
pub fn concept_drift(weeks: &[WeekError], needed: usize) -> ConceptDrift {
    let weeks = weeks.get(weeks.len().saturating_sub(needed + 1)..).unwrap_or_default();
    let mut found = ConceptDrift {
        mae_week: weeks.last().and_then(|week| week.mae),
        mae_mean_4: None,
        ratio: None,
        ratio_low: None,
        ratio_high: None,
        n: weeks.last().map_or(0, |week| week.n),
        days: weeks.last().map_or(0, |week| week.days),
        weeks: weeks.to_vec(),
        verdict: Verdict::Inconclusive,
        reason: ConceptReason::TooFewWeeks,
        visits_needed: None,
    };
    let [before @ .., week] = weeks else { return found };
    if before.len() < needed || needed == 0 {
        return found;
    }
    let known: Option<Vec<(f64, f64)>> = before.iter().map(|week| week.mae.zip(week.se)).collect();
    found.reason = ConceptReason::TooFewVisits;
    let (Some(known), Some((mae, se))) = (known, week.mae.zip(week.se)) else { return found };
    let mean = known.iter().map(|(mae, _)| mae).sum::<f64>() / needed as f64;
    found.mae_mean_4 = Some(mean);
    if !weeks.iter().all(WeekError::is_enough) {
        return found;
    }
    if mean <= 0.0 || mae <= 0.0 {
        // No error before and some now is no ratio; no error at all in the week is no drift.
        found.reason = ConceptReason::NoError;
        return found;
    }
    let (variance, degrees) = by_weekday(weeks).unwrap_or_else(|| apart(&known, mae, se, weeks));
    let ratio = mae / mean;
    found.ratio = Some(ratio);
    let reach = match student::two_sided_quantile(ALPHA, degrees) {
        Some(quantile) => quantile * variance.sqrt(),
        None => 0.0, // every day of every week has the very same error: nothing spreads
    };
    let (low, high) = (ratio * (-reach).exp(), ratio * reach.exp());
    (found.ratio_low, found.ratio_high) = (Some(low), Some(high).filter(|high| high.is_finite()));
    if before.iter().any(|week| week.in_sample) {
        found.reason = ConceptReason::InSample;
        return found;
    }
    (found.verdict, found.reason) = match (ratio > RATIO_LIMIT, low > 1.0, high > WIDEST_PASS) {
        (true, true, _) => (Verdict::Fail, ConceptReason::Drift),
        (true, false, _) => (Verdict::Inconclusive, ConceptReason::MayBeChance),
        (false, _, true) => (Verdict::Inconclusive, ConceptReason::TooUncertain),
        (false, _, false) => (Verdict::Pass, ConceptReason::BelowLimit),
    };
    if found.reason == ConceptReason::MayBeChance {
        found.visits_needed = Some(visits_needed(week.n, reach, ratio.ln()));
    } else if found.reason == ConceptReason::TooUncertain {
        found.visits_needed = Some(visits_needed(week.n, reach, (WIDEST_PASS / ratio).ln()));
    }
    found
}

/// The variance of the logarithm of the ratio and its degrees of freedom, from what days of one weekday have in common; `None` with
/// fewer than three weeks, or four weekdays that all of them have.
fn by_weekday(weeks: &[WeekError]) -> Option<(f64, f64)> {
    let of = |week: &WeekError, kind: u8| {
        let found = week.shares.iter().find(|(weekday, _)| *weekday == kind);
        found.map(|(_, share)| *share)
    };
    let is_short = weeks.iter().all(|week| week.shares.len() <= 7);
    let kinds: Vec<u8> = (0..7).filter(|kind| weeks.iter().all(|week| of(week, *kind).is_some())).collect();
    if weeks.len() < 3 || kinds.len() < FEWEST_DAYS as usize || !is_short {
        return None;
    }
    let (w, k) = (weeks.len() as f64, kinds.len() as f64);
    let table: Vec<Vec<f64>> =
        weeks.iter().map(|week| kinds.iter().filter_map(|kind| of(week, *kind)).collect()).collect();
    let of_week: Vec<f64> = table.iter().map(|week| week.iter().sum::<f64>() / k).collect();
    let of_kind: Vec<f64> =
        (0..kinds.len()).map(|kind| table.iter().filter_map(|week| week.get(kind)).sum::<f64>() / w).collect();
    let all = of_week.iter().sum::<f64>() / w;
    let squares = |(week, mean): (&Vec<f64>, &f64)| -> f64 {
        week.iter().zip(&of_kind).map(|(share, usual)| (share - mean - usual + all).powi(2)).sum()
    };
    let by_week: Vec<f64> = table.iter().zip(&of_week).map(squares).collect();
    let (own, before) = by_week.split_last()?;
    let freedom = (k - 1.0) * (w - 1.0) / w;
    let days = weeks.last()?.days as f64;
    let own = days * own / freedom;
    let before = days * before.iter().sum::<f64>() / (freedom * (w - 1.0)) / (w - 1.0);
    let spread = own.powi(2) / (k - 1.0) + before.powi(2) / ((k - 1.0) * (w - 2.0));
    Some((own + before, (own + before).powi(2) / spread))
}

/// The same from the standard errors of the weeks, each on its own.
fn apart(known: &[(f64, f64)], mae: f64, se: f64, weeks: &[WeekError]) -> (f64, f64) {
    let all_before: f64 = known.iter().map(|(mae, _)| mae).sum();
    let of_week = weeks.last().map_or(0.0, |week| week.days as f64 - 1.0);
    let mut parts = vec![((se / mae).powi(2), of_week)];
    parts.extend(
        known.iter().zip(weeks).map(|((_, se), week)| ((se / all_before).powi(2), week.days as f64 - 1.0)),
    );
    let variance: f64 = parts.iter().map(|(variance, _)| variance).sum();
    let spread: f64 = parts.iter().map(|(variance, degrees)| variance.powi(2) / degrees).sum();
    (variance, variance.powi(2) / spread)
}

/// With how many visits a week, `n` of which reach to `reach` on the logarithmic scale, they would reach to `wanted`.
fn visits_needed(n: u64, reach: f64, wanted: f64) -> u64 {
    (n as f64 * (reach / wanted).powi(2)).ceil().min(1e15) as u64
}

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
//! Drift needs both: more than 10 % above, and an interval that leaves out 1. The same is asked of visits that were predicted alike
//! (`like_for_like`), and what either finds is drift: the load alone moves the plain ratio by a tenth and more (a standard deviation of
//! 0.10 to 0.17 in quiet simulated weeks, 0.04 to 0.07 among visits predicted alike), so that it found an error a fifth larger in 27 of
//! 60 worlds, and both together find it in 59. Not here: which model, and its predictions.

use serde::{Deserialize, Serialize};

use crate::base::Verdict;
use crate::base::calendar::CivilDate;
use crate::base::statistics::student;

use super::like_for_like::{LikeForLike, Missed, like_for_like};
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
    /// The days of the window that `missed` counts by.
    #[serde(default, skip)]
    pub(super) dates: Vec<CivilDate>,
    /// The finished visits, where they are known one by one.
    #[serde(default, skip)]
    pub(super) missed: Vec<Missed>,
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
    /// The same ratio among visits that were predicted alike; absent where the predictions are not known.
    #[serde(default)]
    pub like_for_like: Option<LikeForLike>,
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
    /// Among visits predicted alike more than 10 % above, and not by chance.
    DriftAlike,
    /// Not more than 10 % above.
    BelowLimit,
    /// Above, and not by chance, but not more than 10 %.
    WorseWithinLimit,
    /// More than 10 % above, and not among visits predicted alike.
    HarderVisits,
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
    pub const ALL: [ConceptReason; 13] = [
        ConceptReason::Drift,
        ConceptReason::DriftAlike,
        ConceptReason::BelowLimit,
        ConceptReason::WorseWithinLimit,
        ConceptReason::HarderVisits,
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
            ConceptReason::DriftAlike => "drift_alike",
            ConceptReason::BelowLimit => "below_limit",
            ConceptReason::WorseWithinLimit => "worse_within_limit",
            ConceptReason::HarderVisits => "harder_visits",
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

impl WeekError {
    /// The errors of the week from `week` on. A day of `days` without visits is left out.
    #[must_use]
    pub fn of(week: CivilDate, days: &[ErrorDay], in_sample: bool) -> WeekError {
        let sums: Vec<DaySum> = days.iter().map(|day| DaySum { of: *day, expected: day.n as f64 }).collect();
        WeekError { week, in_sample, ..WeekError::of_sums(week, &sums) }
    }

    /// The errors on the visits of `window`. `pairs` are their predictions and waits in minutes, in its order; none of a visit that is
    /// not finished.
    #[must_use]
    pub fn of_visits(
        window: &Window,
        pairs: impl IntoIterator<Item = Option<(f64, f64)>>,
        in_sample: bool,
    ) -> WeekError {
        let visit = |(day, pair): (&u32, Option<(f64, f64)>)| {
            let (predicted, waited) = pair?;
            Some(Missed { day: *day, predicted, error: (predicted - waited).abs() })
        };
        let missed = window.day.iter().zip(pairs).filter_map(visit).collect();
        WeekError::of_missed(window.facts.first, window.dates.clone(), missed, in_sample)
    }

    pub(super) fn of_missed(
        week: CivilDate,
        dates: Vec<CivilDate>,
        missed: Vec<Missed>,
        in_sample: bool,
    ) -> WeekError {
        let found = WeekError::of(week, &days_of(&dates, &missed), in_sample);
        WeekError { dates, missed, ..found }
    }

    /// The same week with its error over what was expected of each visit instead of over their number.
    pub(super) fn against(&self, expected: impl Fn(&Missed) -> f64) -> Option<WeekError> {
        let mut sums: Vec<DaySum> =
            days_of(&self.dates, &self.missed).into_iter().map(|of| DaySum { of, expected: 0.0 }).collect();
        for missed in &self.missed {
            sums.get_mut(missed.day as usize)?.expected += expected(missed);
        }
        Some(WeekError { in_sample: self.in_sample, ..WeekError::of_sums(self.week, &sums) })
    }

    fn of_sums(week: CivilDate, days: &[DaySum]) -> WeekError {
        let with_visits = || days.iter().filter(|day| day.of.n > 0);
        let (n, count) = (with_visits().map(|day| day.of.n).sum::<u64>(), with_visits().count() as f64);
        let expected: f64 = with_visits().map(|day| day.expected).sum();
        let mae = (expected > 0.0).then(|| with_visits().map(|day| day.of.sum_abs).sum::<f64>() / expected);
        let beyond = |mae: f64| move |day: &DaySum| day.of.sum_abs - mae * day.expected;
        let se = mae.filter(|_| count >= 2.0).map(|mae| {
            let squares: f64 = with_visits().map(|day| beyond(mae)(day).powi(2)).sum();
            (count / (count - 1.0) * squares).sqrt() / expected
        });
        let share = |mae: f64| move |day: &DaySum| beyond(mae)(day) / (mae * expected);
        let shares = mae
            .filter(|mae| *mae > 0.0)
            .map(|mae| with_visits().map(|day| (day.of.day.weekday().index(), share(mae)(day))).collect());
        WeekError {
            week,
            n,
            days: count as u64,
            mae,
            se,
            shares: shares.unwrap_or_default(),
            dates: Vec::new(),
            missed: Vec::new(),
            in_sample: false,
        }
    }

    /// The week without its single visits, which a result does not carry along.
    fn told(&self) -> WeekError {
        WeekError { shares: self.shares.clone(), dates: Vec::new(), missed: Vec::new(), ..*self }
    }

    fn is_enough(&self) -> bool {
        self.days >= FEWEST_DAYS && self.n >= FEWEST_VISITS
    }
}

/// A day with what its errors are held against: the number of its visits, or what was expected of them.
struct DaySum {
    of: ErrorDay,
    expected: f64,
}

fn days_of(dates: &[CivilDate], missed: &[Missed]) -> Vec<ErrorDay> {
    let mut days: Vec<ErrorDay> = dates.iter().map(|day| ErrorDay { day: *day, n: 0, sum_abs: 0.0 }).collect();
    for visit in missed {
        if let Some(day) = days.get_mut(visit.day as usize) {
            day.n += 1;
            day.sum_abs += visit.error;
        }
    }
    days
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
        like_for_like: None,
        n: weeks.last().map_or(0, |week| week.n),
        days: weeks.last().map_or(0, |week| week.days),
        weeks: weeks.iter().map(WeekError::told).collect(),
        verdict: Verdict::Inconclusive,
        reason: ConceptReason::TooFewWeeks,
        visits_needed: None,
    };
    let [before @ .., week] = weeks else { return found };
    if before.len() < needed || needed == 0 {
        return found;
    }
    found.reason = ConceptReason::TooFewVisits;
    let known: Option<Vec<f64>> = before.iter().map(|week| week.mae.filter(|_| week.se.is_some())).collect();
    let (Some(known), Some((mae, _))) = (known, week.mae.zip(week.se)) else { return found };
    let mean = known.iter().sum::<f64>() / needed as f64;
    found.mae_mean_4 = Some(mean);
    if !weeks.iter().all(WeekError::is_enough) {
        return found;
    }
    let Some((ratio, reach)) = log_ratio(weeks).filter(|_| mean > 0.0 && mae > 0.0) else {
        // No error before and some now is no ratio; no error at all in the week is no drift.
        found.reason = ConceptReason::NoError;
        return found;
    };
    found.ratio = Some(ratio);
    found.like_for_like = like_for_like(weeks);
    let (low, high) = (ratio * (-reach).exp(), ratio * reach.exp());
    (found.ratio_low, found.ratio_high) = (Some(low), Some(high).filter(|high| high.is_finite()));
    if before.iter().any(|week| week.in_sample) {
        found.reason = ConceptReason::InSample;
        return found;
    }
    (found.verdict, found.reason) = judge((ratio, low, high), found.like_for_like.as_ref());
    if found.reason == ConceptReason::MayBeChance {
        found.visits_needed = Some(visits_needed(week.n, reach, ratio.ln()));
    } else if found.reason == ConceptReason::TooUncertain {
        found.visits_needed = Some(visits_needed(week.n, reach, (WIDEST_PASS / ratio).ln()));
    }
    found
}

/// The plain ratio and that of visits predicted alike: what either finds is drift.
fn judge((ratio, low, high): (f64, f64, f64), alike: Option<&LikeForLike>) -> (Verdict, ConceptReason) {
    let is_worse = |alike: &LikeForLike| alike.ratio_low > 1.0;
    let is_within = |alike: &LikeForLike| alike.ratio_high.is_some_and(|high| high <= RATIO_LIMIT);
    if ratio > RATIO_LIMIT && low > 1.0 {
        (Verdict::Fail, ConceptReason::Drift)
    } else if alike.is_some_and(|alike| alike.ratio > RATIO_LIMIT && is_worse(alike)) {
        (Verdict::Fail, ConceptReason::DriftAlike)
    } else if ratio > RATIO_LIMIT && alike.is_some_and(is_within) {
        (Verdict::Inconclusive, ConceptReason::HarderVisits)
    } else if ratio > RATIO_LIMIT {
        (Verdict::Inconclusive, ConceptReason::MayBeChance)
    } else if high > WIDEST_PASS {
        (Verdict::Inconclusive, ConceptReason::TooUncertain)
    } else if low > 1.0 || alike.is_some_and(is_worse) {
        (Verdict::Pass, ConceptReason::WorseWithinLimit)
    } else {
        (Verdict::Pass, ConceptReason::BelowLimit)
    }
}

/// The error of the last of `weeks` over the mean of those before it, and how far its 95 % interval reaches on the logarithmic scale;
/// `None` where a week has no error.
pub(super) fn log_ratio(weeks: &[WeekError]) -> Option<(f64, f64)> {
    let (week, before) = weeks.split_last()?;
    let known: Vec<(f64, f64)> = before.iter().map(|week| week.mae.zip(week.se)).collect::<Option<_>>()?;
    let (mae, se) = week.mae.zip(week.se)?;
    let mean = known.iter().map(|(mae, _)| mae).sum::<f64>() / known.len() as f64;
    let (variance, degrees) = by_weekday(weeks).unwrap_or_else(|| apart(&known, mae, se, weeks));
    let reach = match student::two_sided_quantile(ALPHA, degrees) {
        Some(quantile) => quantile * variance.sqrt(),
        None => 0.0, // every day of every week has the very same error: nothing spreads
    };
    Some((mae / mean, reach)).filter(|(ratio, reach)| ratio.is_finite() && *ratio > 0.0 && reach.is_finite())
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

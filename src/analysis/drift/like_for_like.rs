//! Whether a model errs more on visits like those before, or the visits are harder than those before.
//!
//! Where queues are long, every model errs more. So the mean absolute error of a week goes up and down with the load, by a tenth and
//! more in quiet times, and hides a model that has become worse. Here the visits of the weeks before are put into twentieths by what
//! was predicted for them, and the mean error of each says what to expect of a visit predicted like that: `E` is the sum of what was to
//! be expected, `S` that of the errors. `S/E` is the indirectly standardised ratio (Breslow and Day 1987, 2.3), compared between the
//! week and the weeks before like a mean absolute error, with the same intervals by days; `ratio` over it is what harder visits
//! account for.
//!
//! Not here: a verdict. What a model predicts too high on all visits looks like harder visits, and is seen in the plain ratio alone.

use serde::{Deserialize, Serialize};

use super::concept::{WeekError, log_ratio};

/// Groups of visits that were predicted alike.
const GROUPS: usize = 20;
/// A group of fewer visits is put together with the next one.
const FEWEST_VISITS: usize = 30;

/// The prediction and the error of one finished visit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Missed {
    /// The place of the day among those of the window.
    pub day: u32,
    /// What was predicted, minutes.
    pub predicted: f64,
    /// `|predicted − waited|`, minutes.
    pub error: f64,
}

/// The error of a week over what visits predicted like these erred in the weeks before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LikeForLike {
    /// The standardised ratio of the week over the mean of those of the weeks before.
    pub ratio: f64,
    /// The lower end of its 95 % interval.
    pub ratio_low: f64,
    /// The upper end; absent where it is beyond every number.
    pub ratio_high: Option<f64>,
    /// How many times as much error was to be expected of a visit as in the weeks before.
    pub harder: f64,
}

/// What to expect of a visit by its prediction: means of groups, and straight lines between them.
struct Expected(Vec<(f64, f64)>);

impl Expected {
    fn of(weeks: &[WeekError]) -> Option<Expected> {
        let mut all: Vec<(f64, f64)> =
            weeks.iter().flat_map(|week| &week.missed).map(|missed| (missed.predicted, missed.error)).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let size = all.len().div_ceil(GROUPS).max(FEWEST_VISITS);
        let (mut groups, mut rest) = (Vec::new(), &all[..]);
        while let Some((last, _)) = rest.get(size.min(rest.len()).checked_sub(1)?) {
            // Equal predictions stay together.
            let end = rest.partition_point(|(predicted, _)| predicted <= last);
            let (group, more) = rest.split_at(end);
            let n = group.len() as f64;
            let mean = |of: fn(&(f64, f64)) -> f64| group.iter().map(of).sum::<f64>() / n;
            groups.push((mean(|(predicted, _)| *predicted), mean(|(_, error)| *error)));
            rest = more;
            if rest.is_empty() {
                break;
            }
        }
        (!groups.is_empty()).then_some(Expected(groups))
    }

    /// Beyond the outer groups as much as in them.
    fn at(&self, predicted: f64) -> f64 {
        let after = self.0.partition_point(|(group, _)| *group <= predicted);
        match (after.checked_sub(1).and_then(|before| self.0.get(before)), self.0.get(after)) {
            (Some((from, low)), Some((to, high))) => low + (high - low) * (predicted - from) / (to - from),
            (Some((_, only)), None) | (None, Some((_, only))) => *only,
            (None, None) => 0.0,
        }
    }
}

/// The last of `weeks` against those before it; `None` where a week has no errors to compare or nothing spreads.
pub(super) fn like_for_like(weeks: &[WeekError]) -> Option<LikeForLike> {
    let (week, before) = weeks.split_last()?;
    let expected = Expected::of(before)?;
    let against = |week: &WeekError| week.against(|missed| expected.at(missed.predicted));
    let standard: Vec<WeekError> = weeks.iter().map(against).collect::<Option<_>>()?;
    let (ratio, reach) = log_ratio(&standard)?;
    let plain = week.mae? / (before.iter().filter_map(|week| week.mae).sum::<f64>() / before.len() as f64);
    Some(LikeForLike {
        ratio,
        ratio_low: ratio * (-reach).exp(),
        ratio_high: Some(ratio * reach.exp()).filter(|high| high.is_finite()),
        harder: plain / ratio,
    })
}

#[cfg(test)]
mod tests {
    use crate::analysis::drift::{REFERENCE_WEEKS, concept_drift};
    use crate::base::calendar::CivilDate;

    use super::*;

    /// A week whose days have as many visits of each of three predictions as `mix` says, with an error of a third of the prediction,
    /// times `factor`, up and down from day to day.
    fn week(number: i32, mix: [u32; 3], factor: f64) -> WeekError {
        let saturday = CivilDate::from_epoch_days(20_002 + 7 * number).unwrap();
        let dates: Vec<CivilDate> = (0..7).map(|day| saturday.plus_days(day).unwrap()).collect();
        let mut missed = Vec::new();
        for (day, _) in (0..).zip(&dates) {
            for (predicted, visits) in [3.0, 12.0, 30.0].into_iter().zip(mix) {
                let wobble = 1.0 + 0.02 * f64::from((day * 5 + number.unsigned_abs() * 3) % 7) - 0.06;
                let error = predicted / 3.0 * factor * wobble;
                missed.extend((0..visits).map(|_| Missed { day, predicted, error }));
            }
        }
        WeekError::of_missed(saturday, dates, missed, false)
    }

    fn found(mix: [u32; 3], factor: f64) -> (f64, LikeForLike) {
        let mut weeks: Vec<WeekError> = (0..4).map(|number| week(number, [60, 30, 10], 1.0)).collect();
        weeks.push(week(4, mix, factor));
        let found = concept_drift(&weeks, REFERENCE_WEEKS);
        (found.ratio.unwrap(), found.like_for_like.unwrap())
    }

    #[test]
    fn harder_visits_are_told_from_a_worse_model() {
        // Twice as many long waits: the plain error is that of the mix, and the model is as it was.
        let (plain, alike) = found([40, 30, 30], 1.0);
        let of_mix = |mix: [f64; 3]| (mix[0] * 3.0 + mix[1] * 12.0 + mix[2] * 30.0) / (mix[0] + mix[1] + mix[2]);
        let harder = of_mix([40.0, 30.0, 30.0]) / of_mix([60.0, 30.0, 10.0]);
        assert!((plain - harder).abs() < 0.02 && (alike.harder - harder).abs() < 0.02, "{plain} {alike:?}");
        assert!((alike.ratio - 1.0).abs() < 0.01, "{alike:?}");
        // Easier visits hide that it errs a fifth more.
        let (plain, alike) = found([90, 15, 5], 1.2);
        assert!(plain < 1.0, "{plain}");
        assert!((alike.ratio - 1.2).abs() < 0.012 && alike.ratio_low > 1.1, "{alike:?}");
        assert!((alike.harder * alike.ratio - plain).abs() < 1e-12);
    }

    /// With as many groups as there are predictions it is the observed over the expected error, by hand.
    #[test]
    fn it_is_the_standardised_ratio() {
        let weeks: Vec<WeekError> =
            (0..5).map(|number| week(number, [60 + 4 * number as u32, 30, 10], 1.1)).collect();
        let found = concept_drift(&weeks, REFERENCE_WEEKS).like_for_like.unwrap();
        let (week, before) = weeks.split_last().unwrap();
        let mean = |predicted: f64| {
            let all =
                || before.iter().flat_map(|week| &week.missed).filter(|missed| missed.predicted == predicted);
            all().map(|missed| missed.error).sum::<f64>() / all().count() as f64
        };
        let standard = |week: &WeekError| {
            let observed: f64 = week.missed.iter().map(|missed| missed.error).sum();
            observed / week.missed.iter().map(|missed| mean(missed.predicted)).sum::<f64>()
        };
        let expected = standard(week) / (before.iter().map(standard).sum::<f64>() / 4.0);
        assert!((found.ratio - expected).abs() < 1e-12, "{found:?} {expected}");
    }

    #[test]
    fn without_predictions_nothing_is_said() {
        let strip = |week: WeekError| WeekError { missed: Vec::new(), ..week };
        let weeks: Vec<WeekError> = (0..5).map(|number| strip(week(number, [60, 30, 10], 1.0))).collect();
        assert!(concept_drift(&weeks, REFERENCE_WEEKS).like_for_like.is_none());
        assert_eq!(like_for_like(&[]), None);
    }
}

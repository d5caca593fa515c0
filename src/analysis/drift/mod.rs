//! Whether the values of a feature are still what they were: the newest complete week against the week before.
//!
//! Weeks run from Saturday to Friday by the clock of the data set. The reference week fixes the bins, KL(P‖Q) is measured over them,
//! and a floor from days dealt anew says how much of it is chance. What is not here yet: other windows, the prediction log,
//! concept and label drift, several features at once, alerts.
//!
//! The invariant: what cannot be compared is inconclusive with a reason, never a pass.

use serde::Serialize;

use crate::analysis::features::{Column, Value};
use crate::analysis::history::History;
use crate::base::Verdict;
use crate::base::calendar::{CivilDate, Holidays};
use crate::base::statistics::noise_floor::{NoiseFloor, noise_floor};
use crate::base::statistics::{CategoryBins, NotEvaluable, NumericBins};

/// A divergence above this is an alarm (section 4.2 of the plan).
pub const KL_LIMIT: f64 = 0.2;
/// Days of a week.
const WEEK: i32 = 7;

/// The newest complete week of a history and the week before, as rows by day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weeks {
    /// The Saturday of the newest complete week.
    pub current: CivilDate,
    /// The Saturday of the week before.
    pub reference: CivilDate,
    /// Whether either week has a public holiday; `None` where the table of holidays does not reach.
    pub has_holiday: Option<bool>,
    /// The rows of each day of the newest complete week that has any.
    current_days: Vec<std::ops::Range<usize>>,
    /// The same of the week before.
    reference_days: Vec<std::ops::Range<usize>>,
}

/// A feature in two weeks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FeatureDrift {
    /// The Saturday of the week that is judged.
    pub week: CivilDate,
    /// Fail: KL is above [`KL_LIMIT`] and above the floor. Pass: it is not above the limit. Inconclusive: it is above the
    /// limit and below the floor, or cannot be measured.
    pub verdict: Verdict,
    /// The divergence and its floor; none where it cannot be measured.
    pub measured: Option<NoiseFloor>,
    /// Whether either week has a public holiday, so that unlike is compared with unlike.
    pub has_holiday: Option<bool>,
}

impl Weeks {
    /// The newest complete week of `history` and the one before; `None` where the history does not hold two.
    #[must_use]
    pub fn newest(history: &History) -> Option<Weeks> {
        let arrived = &history.visits.arrived;
        let mut clock = history.zone.clock();
        let first = clock.local(*arrived.first()?).date();
        let last = clock.local(*arrived.last()?).date();
        // The last day is over only where a later one has begun, as far as the history tells.
        let current = last.week_start().plus_days(-WEEK)?;
        let reference = current.plus_days(-WEEK)?;
        if reference < first {
            return None;
        }
        let mut day_of = |row: usize| arrived.get(row).map(|moment| clock.local(*moment).date());
        let mut begin = |date: CivilDate| {
            let (mut low, mut high) = (0, arrived.len());
            while low < high {
                let middle = low.midpoint(high);
                if day_of(middle).is_some_and(|day| day < date) { low = middle + 1 } else { high = middle }
            }
            low
        };
        let mut days = |saturday: CivilDate| -> Option<Vec<std::ops::Range<usize>>> {
            let mut days = Vec::new();
            for offset in 0..WEEK {
                let rows = begin(saturday.plus_days(offset)?)..begin(saturday.plus_days(offset + 1)?);
                if !rows.is_empty() {
                    days.push(rows);
                }
            }
            Some(days)
        };
        let (current_days, reference_days) = (days(current)?, days(reference)?);
        let has_holiday = (0..2 * WEEK).try_fold(false, |found, offset| {
            Some(found | Holidays::iran().is_holiday(reference.plus_days(offset)?)?)
        });
        Some(Weeks { current, reference, has_holiday, current_days, reference_days })
    }

    /// How far the values of `column`, whose rows are those of the history, differ between the two weeks. The noise floor
    /// follows from `seed`.
    #[must_use]
    pub fn drift(&self, column: &Column, seed: u64) -> FeatureDrift {
        let measured = self.measure(column, seed).ok();
        let verdict = match &measured {
            None => Verdict::Inconclusive,
            Some(found) if found.kl <= KL_LIMIT => Verdict::Pass,
            Some(found) if found.kl > found.floor => Verdict::Fail,
            Some(_) => Verdict::Inconclusive,
        };
        FeatureDrift { week: self.current, verdict, measured, has_holiday: self.has_holiday }
    }

    fn measure(&self, column: &Column, seed: u64) -> Result<NoiseFloor, NotEvaluable> {
        let number = |row: usize| column.number(row);
        let name = |row: usize| match column.value(row) {
            Value::Category(name) => (Some(name), 1),
            Value::Number(_) | Value::Missing => (None, 1),
        };
        let reference = || self.reference_days.iter().cloned().flatten();
        // A feature that nobody knows is the same in both weeks, and says nothing.
        let mut rows = self.current_days.iter().cloned().flatten().chain(reference());
        if rows.all(|row| column.value(row) == Value::Missing) {
            return Err(NotEvaluable::NoValues);
        }
        let (current, before): (Vec<_>, Vec<_>) = match column {
            Column::Categories { .. } => {
                let bins = CategoryBins::from_reference(reference().map(name))?;
                let count = |days: &[std::ops::Range<usize>]| {
                    days.iter().cloned().map(|day| bins.counts(day.map(name))).collect()
                };
                (count(&self.current_days), count(&self.reference_days))
            }
            Column::Whole(_) | Column::Real(_) => {
                let bins = NumericBins::from_reference(reference().map(number))?;
                let count = |days: &[std::ops::Range<usize>]| {
                    days.iter().cloned().map(|day| bins.counts(day.map(number))).collect::<Result<Vec<_>, _>>()
                };
                (count(&self.current_days)?, count(&self.reference_days)?)
            }
        };
        noise_floor(&current, &before, seed)
    }
}

#[cfg(test)]
mod tests;

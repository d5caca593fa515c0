//! Past and future: the one split that an honest test of a forecast allows.
//!
//! Time is cut at midnights of the sites: *train | early stop | calibrate | test*. A visit is learned from only if it was
//! *called* before a cut, since its wait was not known earlier; it belongs to the part behind a cut only if it *arrived* at or
//! after it. Visits that straddle a cut belong to neither side, and a gap of days takes more away before each cut.

use serde::{Deserialize, Serialize};

use crate::analysis::history::{History, Outcome};
use crate::base::calendar::{CivilDate, LocalTime, WallClock};
use crate::base::explain::Failure;
use crate::base::{Explain, Moment};

const DAY_MILLIS: i64 = 86_400_000;

/// How the time of a history is divided.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitPlan {
    /// The share of the time, at its end, that is tested on.
    pub test_share: f64,
    /// The share of the time before the test that decides when a fit in rounds stops.
    pub stop_share: f64,
    /// The share of the time before the test, at its end, that intervals are calibrated on; without it there are none.
    pub calibrate_share: f64,
    /// Days before each cut that are left out.
    pub gap_days: u32,
}

/// The days with which the parts begin, and the day after the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SplitDates {
    /// What is learned from.
    pub train: CivilDate,
    /// What decides when to stop.
    pub stop: CivilDate,
    /// What intervals are calibrated on.
    pub calibrate: CivilDate,
    /// What is tested on.
    pub test: CivilDate,
    /// The end.
    pub end: CivilDate,
}

/// Rows of a history to learn from and to test on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeSplit {
    /// The midnight between the two.
    pub cut: Moment,
    /// Served visits that were called before the cut.
    pub train: Vec<usize>,
    /// Served visits that arrived at or after the cut.
    pub test: Vec<usize>,
    /// Visits that arrived at or after the cut and left unserved.
    pub test_abandoned: usize,
    /// Visits that arrived at or after the cut and are not over.
    pub test_unfinished: usize,
    /// How the time before the cut is divided.
    pub parts: Parts,
}

/// The parts of the time before a cut; a part that was not asked for is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Where the visits that decide when to stop begin.
    pub stop_from: Moment,
    /// Where the visits for calibration begin.
    pub calibrate_from: Moment,
    /// Served visits that were called before `stop_from`.
    pub fit: Vec<usize>,
    /// Served visits that arrived at or after `stop_from` and were called before `calibrate_from`.
    pub stop: Vec<usize>,
    /// Served visits that were called before `calibrate_from`: what a family without rounds is fitted to.
    pub before_calibration: Vec<usize>,
    /// Served visits that arrived at or after `calibrate_from` and were called before the cut.
    pub calibrate: Vec<usize>,
}

/// A history that cannot be split.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
pub enum SplitError {
    /// One side would be empty.
    #[error("a history of {days} days cannot be split into a past and a future; {needed} would do")]
    TooShort {
        /// Days from the first to the last arrival.
        days: i64,
        /// So many days with served visits on each of them are always enough for what was asked.
        needed: i64,
    },
    /// Nobody was served, so that no wait is known.
    #[error("none of {visits} visits was served: {abandoned} left before, {unfinished} are not over")]
    NobodyServed {
        /// Visits.
        visits: u64,
        /// Those that left unserved.
        abandoned: u64,
        /// Those that are not over.
        unfinished: u64,
    },
}

impl Explain for SplitError {
    fn key(&self) -> &'static str {
        match self {
            SplitError::TooShort { .. } => "split_too_short",
            SplitError::NobodyServed { .. } => "split_nobody_served",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            SplitError::TooShort { days, needed } => {
                vec![("days", days.to_string()), ("needed", needed.to_string())]
            }
            SplitError::NobodyServed { visits, abandoned, unfinished } => vec![
                ("visits", visits.to_string()),
                ("abandoned", abandoned.to_string()),
                ("unfinished", unfinished.to_string()),
            ],
        }
    }

    fn failure(&self) -> Failure {
        Failure::Inconclusive
    }
}

impl Default for SplitPlan {
    fn default() -> SplitPlan {
        SplitPlan { test_share: 0.2, stop_share: 0.1, calibrate_share: 0.15, gap_days: 0 }
    }
}

impl SplitPlan {
    /// The same with another share that is tested on.
    #[must_use]
    pub fn testing(self, test_share: f64) -> SplitPlan {
        SplitPlan { test_share, ..self }
    }

    /// The days of the parts of a history from `first` to `last`, at the sites of `clock`. A part that is asked for has at
    /// least a day, and learning keeps at least half of the days before the test.
    #[must_use]
    pub fn dates(&self, first: Moment, last: Moment, clock: &mut WallClock) -> Option<SplitDates> {
        let test = cut_date(first, last, clock, self.test_share)?;
        let (train, end) = (clock.local(first).date(), clock.local(last).date().plus_days(1)?);
        self.parts_before(test, SplitDates { train, stop: test, calibrate: test, test, end })
    }

    /// The same dates with a test from `test` on, and the parts of the time before it.
    fn parts_before(&self, test: CivilDate, dates: SplitDates) -> Option<SplitDates> {
        let known = test.days_since(dates.train);
        #[expect(clippy::cast_possible_truncation, reason = "a share of some thousand days")]
        let days = |share: f64| {
            let wanted = (f64::from(known) * share).round() as i32;
            if share > 0.0 { wanted.max(1).min(known / 4) } else { 0 }
        };
        let calibrate = test.plus_days(-days(self.calibrate_share))?;
        let stop = calibrate.plus_days(-days(self.stop_share))?;
        Some(SplitDates { stop, calibrate, test, ..dates })
    }

    /// The split at these dates.
    fn at(&self, history: &History, dates: SplitDates, clock: &mut WallClock) -> Option<TimeSplit> {
        let gap = i32::try_from(self.gap_days).unwrap_or(i32::MAX);
        let mut midnight = |date| Some(clock.moment(LocalTime::new(date, 0, 0)?)?.chosen());
        let mut cut =
            |date: CivilDate| Some(Cut { until: midnight(date.plus_days(-gap)?)?, from: midnight(date)? });
        let (stop, calibrate, test) = (cut(dates.stop)?, cut(dates.calibrate)?, cut(dates.test)?);
        Some(split_at(history, [stop, calibrate, test], midnight(dates.end)?))
    }

    /// Splits of the time *before* the test part of `history`, the oldest first: each learns from what was over before a
    /// day, and is tested on the days until the next (a rolling origin). They cover the second half of that time in `count`
    /// stretches of the same number of days; what the test part holds is not looked at.
    ///
    /// # Errors
    /// [`SplitError`] where a stretch would have less than a day, or no served visit.
    pub fn rolling(&self, history: &History, count: u32) -> Result<Vec<TimeSplit>, SplitError> {
        let visits = &history.visits;
        // The stretches cover half of the time before the test, and the oldest learns from the other half.
        let needed = self.days_needed(2 * i64::from(count.max(1)).max(i64::from(self.gap_days) + 1));
        let mut clock = history.zone.clock();
        let (Some(first), Some(last)) = (visits.arrived.first(), visits.arrived.last()) else {
            return Err(SplitError::TooShort { days: 0, needed });
        };
        somebody_served(history)?;
        let too_short = SplitError::TooShort { days: days_from(*first, *last), needed };
        let dates = self.dates(*first, *last, &mut clock).ok_or_else(|| too_short.clone())?;
        let known = dates.test.days_since(dates.train);
        let stretch = known / 2 / i32::try_from(count.max(1)).unwrap_or(i32::MAX);
        if stretch < 1 {
            return Err(too_short);
        }
        let of_origin = |from_end: u32| {
            let back = stretch * i32::try_from(from_end).unwrap_or(i32::MAX);
            let test = dates.test.plus_days(-back).ok_or_else(|| too_short.clone())?;
            let dates = SplitDates { end: test.plus_days(stretch).ok_or_else(|| too_short.clone())?, ..dates };
            let dates = self.parts_before(test, dates).ok_or_else(|| too_short.clone())?;
            let split = self.at(history, dates, &mut history.zone.clock()).ok_or_else(|| too_short.clone())?;
            if split.train.is_empty() || split.test.is_empty() { Err(too_short.clone()) } else { Ok(split) }
        };
        (1..=count.max(1)).rev().map(of_origin).collect()
    }

    /// Splits `history`.
    ///
    /// # Errors
    /// [`SplitError`] where there would be no served visit to learn from, or none to test on.
    pub fn split(&self, history: &History) -> Result<TimeSplit, SplitError> {
        let visits = &history.visits;
        let needed = self.days_needed(i64::from(self.gap_days) + 1);
        let (Some(first), Some(last)) = (visits.arrived.first(), visits.arrived.last()) else {
            return Err(SplitError::TooShort { days: 0, needed });
        };
        somebody_served(history)?;
        let too_short = SplitError::TooShort { days: days_from(*first, *last), needed };
        let mut clock = history.zone.clock();
        let dates = self.dates(*first, *last, &mut clock).ok_or_else(|| too_short.clone())?;
        let split = self.at(history, dates, &mut clock).ok_or_else(|| too_short.clone())?;
        if split.train.is_empty() || split.test.is_empty() { Err(too_short) } else { Ok(split) }
    }
}

impl SplitPlan {
    /// The fewest days of which at least `known` midnights lie before the test, whenever in the first and the last of them
    /// somebody came: from the first midnight to the last they span a day less, and a later first visit only moves the cut
    /// to later. Days are of 24 hours here.
    fn days_needed(&self, known: i64) -> i64 {
        let is_enough = |span: i64| kept_millis(span * DAY_MILLIS, self.test_share) >= known * DAY_MILLIS;
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "some thousand days")]
        let span = (known as f64 / (1.0 - self.test_share).max(1e-4)).ceil().min(1e8) as i64;
        // Rounding may take a millisecond from a span that is just enough.
        if is_enough(span) { span + 1 } else { span + 2 }
    }
}

/// A history in which nobody was served has no wait to learn from, however long it is.
fn somebody_served(history: &History) -> Result<(), SplitError> {
    let visits = &history.visits;
    if (0..visits.len()).any(|row| visits.outcome(row) == Outcome::Served) {
        return Ok(());
    }
    let count = |outcome: Outcome| visits.count(outcome) as u64;
    Err(SplitError::NobodyServed {
        visits: visits.len() as u64,
        abandoned: count(Outcome::Abandoned),
        unfinished: count(Outcome::Unfinished),
    })
}

/// The days from one arrival to another, both counted.
fn days_from(first: Moment, last: Moment) -> i64 {
    (last.millis() - first.millis()) / DAY_MILLIS + 1
}

/// A cut, and the gap before it.
#[derive(Clone, Copy)]
struct Cut {
    /// What comes before was called before this.
    until: Moment,
    /// What comes after arrived from here on.
    from: Moment,
}

/// The day with whose midnight the last `test_share` of the time from `first` to `last` begins, at the sites of
/// `clock`.
#[must_use]
pub fn cut_date(first: Moment, last: Moment, clock: &mut WallClock, test_share: f64) -> Option<CivilDate> {
    let kept = kept_millis(last.millis() - first.millis(), test_share);
    first.plus_millis(kept).map(|moment| clock.local(moment).date())
}

/// What is not tested on of so many milliseconds.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "spans are far below 2^53 ms")]
fn kept_millis(span: i64, test_share: f64) -> i64 {
    (span as f64 * (1.0 - test_share)) as i64
}

/// Splits `history` at `cut`, without further parts; either side may be empty.
#[must_use]
pub fn split_from(history: &History, cut: Moment) -> TimeSplit {
    let after_all = history.visits.arrived.last().and_then(|last| last.plus_millis(1));
    split_at(history, [Cut { until: cut, from: cut }; 3], after_all.unwrap_or(cut))
}

/// The split at three cuts; visits that arrived at or after `end` are not looked at.
fn split_at(history: &History, [stop, calibrate, test]: [Cut; 3], end: Moment) -> TimeSplit {
    let visits = &history.visits;
    let parts = Parts {
        stop_from: stop.from,
        calibrate_from: calibrate.from,
        fit: Vec::new(),
        stop: Vec::new(),
        before_calibration: Vec::new(),
        calibrate: Vec::new(),
    };
    let mut split = TimeSplit {
        cut: test.from,
        train: Vec::new(),
        test: Vec::new(),
        test_abandoned: 0,
        test_unfinished: 0,
        parts,
    };
    for row in 0..visits.len() {
        let arrived = visits.arrived[row];
        if arrived >= end {
            break;
        }
        let is_future = arrived >= test.from;
        match (visits.outcome(row), visits.called[row]) {
            (Outcome::Served, _) if is_future => split.test.push(row),
            (Outcome::Served, Some(called)) => {
                let parts = &mut split.parts;
                let put = |belongs: bool, part: &mut Vec<usize>| {
                    if belongs {
                        part.push(row)
                    }
                };
                put(called < test.until, &mut split.train);
                put(called < stop.until, &mut parts.fit);
                put(arrived >= stop.from && called < calibrate.until, &mut parts.stop);
                put(called < calibrate.until, &mut parts.before_calibration);
                put(arrived >= calibrate.from && called < test.until, &mut parts.calibrate);
            }
            (Outcome::Abandoned, _) if is_future => split.test_abandoned += 1,
            (Outcome::Unfinished, _) if is_future => split.test_unfinished += 1,
            _ => {}
        }
    }
    split
}

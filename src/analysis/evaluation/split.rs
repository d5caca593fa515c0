//! Past and future: the one split that an honest test of a forecast allows.
//!
//! The cut is a midnight at the sites. A visit is learned from only if it was *called* before the cut, since its wait was
//! not known earlier; it is tested on only if it *arrived* at or after the cut. Visits that straddle the cut belong to
//! neither side.

use serde::{Deserialize, Serialize};

use crate::analysis::history::{History, Outcome};
use crate::base::calendar::{CivilDate, LocalTime, WallClock};
use crate::base::explain::Failure;
use crate::base::{Explain, Moment};

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
}

/// A history that cannot be split.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
pub enum SplitError {
    /// One side would be empty.
    #[error("a history of {days} days cannot be split into a past and a future")]
    TooShort {
        /// Days from the first to the last arrival.
        days: i64,
    },
}

impl Explain for SplitError {
    fn key(&self) -> &'static str {
        "split_too_short"
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let SplitError::TooShort { days } = self;
        vec![("days", days.to_string())]
    }

    fn failure(&self) -> Failure {
        Failure::Inconclusive
    }
}

/// Splits `history` so that about the last `test_share` of its *time* is the future.
///
/// # Errors
/// [`SplitError`] where one side would hold no served visit.
pub fn split_by_time(history: &History, test_share: f64) -> Result<TimeSplit, SplitError> {
    let visits = &history.visits;
    let (Some(first), Some(last)) = (visits.arrived.first(), visits.arrived.last()) else {
        return Err(SplitError::TooShort { days: 0 });
    };
    let span = last.millis() - first.millis();
    let too_short = SplitError::TooShort { days: span / 86_400_000 + 1 };
    let mut clock = history.zone.clock();
    let midnight =
        cut_date(*first, *last, &mut clock, test_share).and_then(|date| clock.moment(LocalTime::new(date, 0, 0)?));
    let cut = midnight.map(|moment| moment.chosen()).ok_or_else(|| too_short.clone())?;
    let split = split_at(history, cut);
    if split.train.is_empty() || split.test.is_empty() { Err(too_short) } else { Ok(split) }
}

/// The day with whose midnight the last `test_share` of the time from `first` to `last` begins, at the sites of
/// `clock`.
#[must_use]
pub fn cut_date(first: Moment, last: Moment, clock: &mut WallClock, test_share: f64) -> Option<CivilDate> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "spans are far below 2^53 ms"
    )]
    let kept = ((last.millis() - first.millis()) as f64 * (1.0 - test_share)) as i64;
    first.plus_millis(kept).map(|moment| clock.local(moment).date())
}

/// Splits `history` at `cut`; either side may be empty.
#[must_use]
pub fn split_at(history: &History, cut: Moment) -> TimeSplit {
    let visits = &history.visits;
    let mut split = TimeSplit { cut, train: Vec::new(), test: Vec::new(), test_abandoned: 0, test_unfinished: 0 };
    for row in 0..visits.len() {
        let is_future = visits.arrived[row] >= cut;
        match visits.outcome(row) {
            Outcome::Served if is_future => split.test.push(row),
            Outcome::Served if visits.called[row].is_some_and(|called| called < cut) => split.train.push(row),
            Outcome::Abandoned if is_future => split.test_abandoned += 1,
            Outcome::Unfinished if is_future => split.test_unfinished += 1,
            _ => {}
        }
    }
    split
}

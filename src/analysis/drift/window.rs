//! Windows of time: weeks from Saturday to Friday, months of either calendar, and any days in between.
//!
//! A visit belongs to the day on which it arrived by the clock of its site. A day is over only where a later one has begun,
//! as far as the history tells, so that the newest days of a history never count as a whole week.

use serde::{Deserialize, Serialize};

use crate::analysis::history::{History, Outcome};
use crate::base::calendar::{CivilDate, DateStyle, Holidays, JalaliDate, Weekday};

/// Days of a week.
pub const WEEK: i32 = 7;

/// The days of a history, or of a log.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// The day of each visit.
    day: Vec<CivilDate>,
    /// The rows that were neither called nor gone, ascending.
    unfinished: Vec<u32>,
    first: CivilDate,
    last: CivilDate,
    /// Whether no visit's day is earlier than that of the one before it.
    is_ordered: bool,
}

/// Visits of some consecutive days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// What it is.
    pub facts: WindowFacts,
    /// Its visits: rows of the history in order of arrival.
    pub rows: Vec<u32>,
    /// For each of these, the place of its day in `dates`.
    pub day: Vec<u32>,
    /// The days that have visits.
    pub dates: Vec<CivilDate>,
}

/// What people are told of a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowFacts {
    /// The first day.
    pub first: CivilDate,
    /// The last day, which is in it.
    pub last: CivilDate,
    /// Visits.
    pub visits: u64,
    /// Days with visits.
    pub days: u64,
    /// Whether a public holiday lies in it; `None` where the table of holidays does not reach.
    pub has_holiday: Option<bool>,
    /// Whether the history reaches over all of it.
    pub is_whole: bool,
    /// Visits that were neither called nor gone by the end of the history.
    pub unfinished: u64,
    /// Whether what is found in it may still change: the history does not reach over all of it, or visits in it are unfinished.
    pub preliminary: bool,
    /// Weekdays that were left out, so that like is compared with like.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<Weekday>,
}

impl Timeline {
    /// The days of `history`; `None` where it has no visits.
    #[must_use]
    pub fn of(history: &History) -> Option<Timeline> {
        let visits = &history.visits;
        let mut clocks = history.clocks();
        let day = (0..visits.len()).map(|row| clocks.arrival(row).date()).collect();
        let unfinished = (0..visits.len()).filter(|row| visits.outcome(*row) == Outcome::Unfinished);
        Timeline::of_days(day, unfinished.filter_map(|row| u32::try_from(row).ok()).collect())
    }

    /// The days of rows; those of `unfinished`, ascending, may still change. `None` where there are none.
    #[must_use]
    pub fn of_days(day: Vec<CivilDate>, unfinished: Vec<u32>) -> Option<Timeline> {
        let (first, last) = (*day.iter().min()?, *day.iter().max()?);
        let is_ordered = day.is_sorted();
        Some(Timeline { day, unfinished, first, last, is_ordered })
    }

    /// The first and the last day with visits.
    #[must_use]
    pub fn span(&self) -> (CivilDate, CivilDate) {
        (self.first, self.last)
    }

    /// The day of the visit of `row`.
    #[must_use]
    pub fn day(&self, row: u32) -> Option<CivilDate> {
        self.day.get(row as usize).copied()
    }

    /// All of it.
    #[must_use]
    pub fn whole(&self) -> Window {
        self.period(self.first, self.last)
    }

    /// The Saturdays of the weeks that the history reaches over, the oldest first.
    #[must_use]
    pub fn whole_weeks(&self) -> Vec<CivilDate> {
        let mut saturday = self.first.week_start();
        let mut found = Vec::new();
        while let Some(next) = saturday.plus_days(WEEK).filter(|next| *next <= self.last) {
            if saturday >= self.first {
                found.push(saturday);
            }
            saturday = next;
        }
        found
    }

    /// The first days of the months of `calendar` that the history reaches over, the oldest first.
    #[must_use]
    pub fn whole_months(&self, calendar: DateStyle) -> Vec<CivilDate> {
        let mut found = Vec::new();
        let mut month = month_of(calendar, self.first);
        while let Some((first, last)) = month {
            let Some(next) = last.plus_days(1).filter(|next| *next <= self.last) else { break };
            if first >= self.first {
                found.push(first);
            }
            month = month_of(calendar, next);
        }
        found
    }

    /// The week that `date` lies in.
    #[must_use]
    pub fn week(&self, date: CivilDate) -> Option<Window> {
        let saturday = date.week_start();
        Some(self.period(saturday, saturday.plus_days(WEEK - 1)?))
    }

    /// The month of `calendar` that `date` lies in.
    #[must_use]
    pub fn month(&self, calendar: DateStyle, date: CivilDate) -> Option<Window> {
        let (first, last) = month_of(calendar, date)?;
        Some(self.period(first, last))
    }

    /// The days from `first` to `last`, both of which are in it.
    #[must_use]
    pub fn period(&self, first: CivilDate, last: CivilDate) -> Window {
        self.select(first, last, &[])
    }

    /// The same days of both windows without the weekdays on which either has a public holiday.
    #[must_use]
    pub fn like_with_like(&self, of: &Window, other: &Window) -> Window {
        let holidays = [&of.facts, &other.facts].into_iter().flat_map(holidays_of);
        let mut without: Vec<Weekday> = holidays.map(CivilDate::weekday).collect();
        without.sort_unstable();
        without.dedup();
        self.select(of.facts.first, of.facts.last, &without)
    }

    fn select(&self, first: CivilDate, last: CivilDate, without: &[Weekday]) -> Window {
        let range = if self.is_ordered {
            self.day.partition_point(|day| *day < first)..self.day.partition_point(|day| *day <= last)
        } else {
            0..self.day.len()
        };
        let mut placed: Vec<(CivilDate, u32)> = range
            .filter_map(|row| Some((*self.day.get(row)?, u32::try_from(row).ok()?)))
            .filter(|(day, _)| (first..=last).contains(day) && !without.contains(&day.weekday()))
            .collect();
        let mut dates: Vec<CivilDate> = placed.iter().map(|(day, _)| *day).collect();
        dates.sort_unstable();
        dates.dedup();
        let is_unfinished = |row: &u32| self.unfinished.binary_search(row).is_ok();
        let unfinished = placed.iter().filter(|(_, row)| is_unfinished(row)).count() as u64;
        let is_whole = self.first <= first && last < self.last;
        let place = |day: &CivilDate| dates.binary_search(day).unwrap_or_default() as u32; // each is there
        let day = placed.iter().map(|(day, _)| place(day)).collect();
        let rows: Vec<u32> = placed.drain(..).map(|(_, row)| row).collect();
        let facts = WindowFacts {
            first,
            last,
            visits: rows.len() as u64,
            days: dates.len() as u64,
            has_holiday: has_holiday(first, last),
            is_whole,
            unfinished,
            preliminary: !is_whole || unfinished > 0,
            without: without.to_vec(),
        };
        Window { facts, rows, day, dates }
    }
}

/// The first and the last day of the month of `calendar` that `date` lies in.
#[must_use]
pub fn month_of(calendar: DateStyle, date: CivilDate) -> Option<(CivilDate, CivilDate)> {
    let (first, next) = match calendar {
        DateStyle::Jalali => {
            let day = JalaliDate::from(date);
            let (year, month) = following(day.year(), day.month())?;
            (JalaliDate::new(day.year(), day.month(), 1)?.into(), JalaliDate::new(year, month, 1)?.into())
        }
        DateStyle::Gregorian => {
            let (year, month) = following(date.year(), date.month())?;
            (CivilDate::new(date.year(), date.month(), 1)?, CivilDate::new(year, month, 1)?)
        }
    };
    Some((first, next.plus_days(-1)?))
}

fn following(year: i16, month: u8) -> Option<(i16, u8)> {
    if month < 12 { Some((year, month + 1)) } else { Some((year.checked_add(1)?, 1)) }
}

fn has_holiday(first: CivilDate, last: CivilDate) -> Option<bool> {
    days_between(first, last).try_fold(false, |found, day| Some(found | Holidays::iran().is_holiday(day)?))
}

fn holidays_of(facts: &WindowFacts) -> impl Iterator<Item = CivilDate> {
    days_between(facts.first, facts.last).filter(|day| Holidays::iran().is_holiday(*day) == Some(true))
}

fn days_between(first: CivilDate, last: CivilDate) -> impl Iterator<Item = CivilDate> {
    (first.epoch_days()..=last.epoch_days()).filter_map(CivilDate::from_epoch_days)
}

//! What is known about one person at the moment of joining the queue.

use std::collections::HashMap;

use crate::analysis::history::Channel;
use crate::base::calendar::{CivilDate, Holidays, JalaliDate, LocalTime, Weekday};
use crate::base::{Minutes, Moment};

/// The queue (site and service) and its site just before the arrival. `None`: not known.
///
/// Everything but `open_counters` and a `people_ahead` that the source states follows from events strictly before the
/// arrival; [`super::queue_states`] computes it for a history, a request brings it along.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct QueueState {
    /// People waiting: as the source states it, else as the sweep counts it.
    pub people_ahead: Option<u32>,
    /// People waiting whose class is called no later than the arriving person's; counted, never stated.
    pub people_called_before: Option<u32>,
    /// People being served.
    pub in_service: Option<u32>,
    /// Counters open.
    pub open_counters: Option<u32>,
    /// People waiting at the whole site, whatever the service.
    pub site_waiting: Option<u32>,
    /// People being served at the whole site.
    pub site_in_service: Option<u32>,
    /// How long the person at the head of the line has waited; zero for an empty line.
    pub head_of_line: Option<Minutes>,
    /// The wait of the person who was called last.
    pub last_wait: Option<Minutes>,
    /// Arrivals of the last quarter of an hour.
    pub arrivals_15min: Option<u32>,
    /// Arrivals of the last half hour.
    pub arrivals_30min: Option<u32>,
    /// Arrivals of the last hour.
    pub arrivals_60min: Option<u32>,
    /// Calls of the last quarter of an hour.
    pub calls_15min: Option<u32>,
    /// Calls of the last half hour.
    pub calls_30min: Option<u32>,
    /// Calls of the last hour.
    pub calls_60min: Option<u32>,
    /// Mean length of the last services that ended.
    pub mean_service: Option<Minutes>,
    /// Mean wait of arrivals of the same hour of the day that were called in the last week.
    pub avg_wait_last_week: Option<Minutes>,
    /// Median wait of the last 5 people called.
    pub median_wait_last_5: Option<Minutes>,
    /// Median wait of the last 20 people called.
    pub median_wait_last_20: Option<Minutes>,
    /// Median wait of those called in the last quarter of an hour.
    pub median_wait_15min: Option<Minutes>,
    /// Median wait of those called in the last half hour.
    pub median_wait_30min: Option<Minutes>,
    /// Median wait of those called in the last hour.
    pub median_wait_60min: Option<Minutes>,
    /// The local minute of the day, 0–1,439, at which the site usually opens on this weekday.
    pub opening_minute: Option<u16>,
}

/// Everything that a feature may use.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// The site.
    pub site: &'a str,
    /// The service.
    pub service: &'a str,
    /// The moment of prediction.
    pub at: Moment,
    /// What the wall clock at the site showed.
    pub local: LocalTime,
    /// The day.
    pub day: Day,
    /// The queue.
    pub queue: QueueState,
    /// How the visit came about.
    pub channel: Option<Channel>,
    /// The priority class.
    pub priority: Option<u8>,
    /// The booked time.
    pub booked_for: Option<Moment>,
    /// The length of a service as the source publishes it (the extra column `expected_service_min`).
    pub expected_service: Option<Minutes>,
}

/// What the calendar says of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day of the week.
    pub weekday: Weekday,
    /// The Jalali month, 1–12.
    pub jalali_month: u8,
    /// Whether it is a public holiday; `None` where the table does not reach.
    pub holiday: Option<bool>,
    /// Whether the day before is one.
    pub after_holiday: Option<bool>,
    /// Whether the day after is one.
    pub before_holiday: Option<bool>,
    /// Whether it lies in Ramadan; `None` where the table does not reach.
    pub ramadan: Option<bool>,
}

/// Remembers days, since many visits share one.
#[derive(Default)]
pub struct Days {
    last: Option<(CivilDate, Day)>,
    seen: HashMap<CivilDate, Day>,
}

impl Days {
    /// What the calendar says of `date`.
    pub fn get(&mut self, date: CivilDate) -> Day {
        match self.last {
            Some((last, day)) if last == date => day,
            _ => {
                let day = *self.seen.entry(date).or_insert_with(|| Day::of(date));
                self.last = Some((date, day));
                day
            }
        }
    }
}

impl Day {
    /// What the calendar says of `date`.
    #[must_use]
    pub fn of(date: CivilDate) -> Day {
        let holidays = Holidays::iran();
        let holiday = |days: i32| date.plus_days(days).and_then(|date| holidays.is_holiday(date));
        Day {
            weekday: date.weekday(),
            jalali_month: JalaliDate::from(date).month(),
            holiday: holiday(0),
            after_holiday: holiday(-1),
            before_holiday: holiday(1),
            ramadan: holidays.is_ramadan(date),
        }
    }
}

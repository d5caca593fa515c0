//! One queue while it is replayed.

use std::collections::VecDeque;

use crate::base::Minutes;

use super::arrival::QueueState;
use super::parts::Parts;
use super::windows::{RecentCalls, RecentTimes};

/// `avg_wait_time_last_week` looks back this many days.
pub const LAST_WEEK_DAYS: i64 = 7;
/// `mean_service_time` is over this many last ends of service.
pub const KEPT_SERVICES: usize = 20;

const MINUTE_MILLIS: i64 = 60_000;
const DAY_MILLIS: i64 = 24 * 60 * MINUTE_MILLIS;

/// What is known of a queue at an instant. Times and waits are in milliseconds.
#[derive(Default)]
pub(super) struct Queue {
    pub waiting: u32,
    pub in_service: u32,
    /// Arrivals that may still wait, oldest first, by their number; who no longer does is dropped at the front.
    pub line: VecDeque<u32>,
    pub last_wait: Option<i64>,
    pub arrivals: RecentTimes,
    pub calls: RecentCalls,
    /// How many wait of each rank, ranks ascending.
    classes: Vec<(u16, u32)>,
    services: VecDeque<i64>,
    services_millis: i64,
    past_waits: ByHour,
}

/// Waits of the last week by the hour of the arrival, 0–23; only hours that were seen take room.
#[derive(Default)]
struct ByHour {
    /// For each hour, its place in `hours` plus one.
    place: [u8; 24],
    hours: Vec<PastWaits>,
}

/// Waits of the last week, of arrivals of one hour of the day; in call order.
#[derive(Default)]
struct PastWaits {
    calls: VecDeque<(i64, i64)>,
    sum_millis: i64,
}

impl Queue {
    /// Somebody of this rank joins the line.
    pub fn join(&mut self, rank: u16, parts: Parts) {
        self.waiting += 1;
        if parts.any(Parts::CLASSES) {
            match self.classes.binary_search_by_key(&rank, |(other, _)| *other) {
                Ok(place) => self.classes[place].1 += 1,
                Err(place) => self.classes.insert(place, (rank, 1)),
            }
        }
    }

    /// Somebody of this rank is no longer in the line.
    pub fn leave(&mut self, rank: u16, parts: Parts) {
        self.waiting -= 1;
        if parts.any(Parts::CLASSES)
            && let Ok(place) = self.classes.binary_search_by_key(&rank, |(other, _)| *other)
        {
            self.classes[place].1 -= 1;
        }
    }

    /// How many of this rank or a more urgent one wait.
    pub fn called_before(&self, rank: u16) -> u32 {
        self.classes.iter().rev().take_while(|(other, _)| *other >= rank).map(|(_, waiting)| waiting).sum()
    }

    /// Somebody who arrived at `hour` was called.
    pub fn call(&mut self, called: i64, wait: i64, hour: u8, parts: Parts) {
        self.last_wait = Some(wait);
        if parts.any(Parts::CALLS.and(Parts::LAST_MEDIANS).and(Parts::RECENT_MEDIANS)) {
            self.calls.push(called, wait, parts.any(Parts::RECENT_MEDIANS), parts.any(Parts::LAST_MEDIANS));
        }
        if parts.any(Parts::LAST_WEEK) {
            self.past_waits.push(hour, called, wait);
        }
    }

    /// A service ended.
    pub fn served(&mut self, length: i64) {
        self.services.push_back(length);
        self.services_millis += length;
        if self.services.len() > KEPT_SERVICES {
            self.services_millis -= self.services.pop_front().unwrap_or_default();
        }
    }

    /// Writes what the queue alone tells to somebody who arrives `now`, at the local `hour`, into `state`.
    pub fn read_into(&mut self, state: &mut QueueState, now: i64, hour: u8, parts: Parts) {
        if parts.any(Parts::LAST_WAIT) {
            state.last_wait = self.last_wait.map(Minutes::from_millis);
        }
        if parts.any(Parts::ARRIVALS) {
            let [short, middle, long] = self.arrivals.counts(now);
            (state.arrivals_15min, state.arrivals_30min, state.arrivals_60min) =
                (Some(short), Some(middle), Some(long));
        }
        if parts.any(Parts::CALLS.and(Parts::RECENT_MEDIANS).and(Parts::LAST_MEDIANS)) {
            let [short, middle, long] = self.calls.counts(now, parts.any(Parts::RECENT_MEDIANS));
            (state.calls_15min, state.calls_30min, state.calls_60min) = (Some(short), Some(middle), Some(long));
        }
        if parts.any(Parts::RECENT_MEDIANS) {
            [state.median_wait_15min, state.median_wait_30min, state.median_wait_60min] =
                self.calls.timed_medians();
        }
        if parts.any(Parts::LAST_MEDIANS) {
            [state.median_wait_last_5, state.median_wait_last_20] = self.calls.last_medians();
        }
        if parts.any(Parts::MEAN_SERVICE) {
            state.mean_service = mean(self.services_millis, self.services.len());
        }
        if parts.any(Parts::LAST_WEEK) {
            state.avg_wait_last_week = self.past_waits.mean(hour, now);
        }
    }
}

impl ByHour {
    fn push(&mut self, hour: u8, called: i64, wait: i64) {
        let hour = usize::from(hour % 24);
        if self.place[hour] == 0 {
            self.hours.push(PastWaits::default());
            self.place[hour] = u8::try_from(self.hours.len()).unwrap_or(0);
        }
        if let Some(waits) = self.hours.get_mut(usize::from(self.place[hour]).wrapping_sub(1)) {
            waits.calls.push_back((called, wait));
            waits.sum_millis += wait;
        }
    }

    fn mean(&mut self, hour: u8, now: i64) -> Option<Minutes> {
        let place = usize::from(self.place[usize::from(hour % 24)]);
        let waits = self.hours.get_mut(place.checked_sub(1)?)?;
        let oldest = now - LAST_WEEK_DAYS * DAY_MILLIS;
        while let Some((called, wait)) = waits.calls.front() {
            if *called >= oldest {
                break;
            }
            waits.sum_millis -= wait;
            waits.calls.pop_front();
        }
        mean(waits.sum_millis, waits.calls.len())
    }
}

/// The sums are whole milliseconds, so that adding and taking away leaves no rounding behind.
#[expect(clippy::cast_precision_loss, reason = "sums of a week of waits stay far below 2^53 ms")]
fn mean(sum_millis: i64, count: usize) -> Option<Minutes> {
    if count == 0 { None } else { Minutes::new(sum_millis as f64 / count as f64 / MINUTE_MILLIS as f64) }
}

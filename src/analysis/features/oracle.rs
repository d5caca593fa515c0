//! The queue state by its definition, one arrival at a time over the whole history: slow, and without any state that
//! could go wrong. The sweep must give the same.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::analysis::history::{History, LONGEST_STAY, PriorityOrder, Visit, Visits};
use crate::base::calendar::{WallClock, Zone};
use crate::base::{Minutes, Moment, Task};

use super::arrival::QueueState;
use super::queue_states;
use super::{KEPT_OPENINGS, KEPT_SERVICES, LAST_WAITS, LAST_WEEK_DAYS, RECENT_MINUTES};

/// The history as it looks at one arrival.
struct Before<'a> {
    history: &'a History,
    row: usize,
    now: Moment,
}

impl Before<'_> {
    fn visits(&self) -> &Visits {
        &self.history.visits
    }

    /// Rows of the same site.
    fn site(&self) -> Vec<usize> {
        let visits = self.visits();
        (0..visits.len()).filter(|other| visits.site.get(*other) == visits.site.get(self.row)).collect()
    }

    /// Rows of the same site and service.
    fn queue(&self) -> Vec<usize> {
        let service = |row: usize| self.visits().service.get(row);
        self.site().into_iter().filter(|other| service(*other) == service(self.row)).collect()
    }

    fn arrived(&self, other: usize) -> bool {
        let arrived = self.visits().arrived[other];
        arrived < self.now || (arrived == self.now && other < self.row)
    }

    /// The call, which never lies before the arrival, where it lies before now.
    fn called(&self, other: usize) -> Option<Moment> {
        let called = self.visits().called[other]?.max(self.visits().arrived[other]);
        (called < self.now).then_some(called)
    }

    /// The end of service, which never lies before the call, where it lies before now.
    fn finished(&self, other: usize) -> Option<Moment> {
        let finished = self.visits().finished[other]?.max(self.called(other)?);
        (finished < self.now).then_some(finished)
    }

    fn left(&self, other: usize) -> bool {
        self.visits().called[other].is_none()
            && self.visits().left[other].is_some_and(|left| left.max(self.visits().arrived[other]) < self.now)
    }

    fn is_waiting(&self, other: usize) -> bool {
        self.arrived(other)
            && self.called(other).is_none()
            && !self.left(other)
            && self.now.minutes_since(self.visits().arrived[other]) <= LONGEST_STAY
    }

    fn is_in_service(&self, other: usize) -> bool {
        self.finished(other).is_none()
            && self.called(other).is_some_and(|called| self.now.minutes_since(called) <= LONGEST_STAY)
    }

    fn wait(&self, other: usize) -> Option<i64> {
        Some(self.called(other)?.millis() - self.visits().arrived[other].millis())
    }

    /// Rows of the queue that were called before now, in the order of the calls.
    fn calls(&self) -> Vec<usize> {
        let mut calls: Vec<usize> = self.queue();
        calls.retain(|other| self.called(*other).is_some());
        calls.sort_by_key(|other| (self.called(*other), *other));
        calls
    }

    fn is_recent(&self, time: Moment, minutes: i64) -> bool {
        self.now.millis() - time.millis() <= minutes * 60_000
    }

    fn clock(&self) -> WallClock {
        self.history.zone_of(self.visits().site.get(self.row)).clock()
    }

    fn hour(&self, moment: Moment) -> u8 {
        self.clock().local(moment).hour()
    }

    /// The median of the first arrivals of the last days of this weekday.
    fn opening(&self) -> Option<u16> {
        let local = |other: usize| self.clock().local(self.visits().arrived[other]);
        let today = local(self.row).date();
        let mut first: BTreeMap<_, u16> = BTreeMap::new();
        for other in self.site().into_iter().filter(|other| self.arrived(*other)) {
            first.entry(local(other).date()).or_insert(local(other).minute_of_day());
        }
        let days = first.iter().rev().filter(|(date, _)| **date < today && date.weekday() == today.weekday());
        let mut openings: Vec<u16> = days.take(KEPT_OPENINGS).map(|(_, minute)| *minute).collect();
        openings.sort_unstable();
        if openings.is_empty() { None } else { Some(openings[(openings.len() - 1) / 2]) }
    }
}

fn mean(millis: &[i64]) -> Option<Minutes> {
    let sum: i64 = millis.iter().sum();
    (!millis.is_empty()).then(|| Minutes::new(sum as f64 / millis.len() as f64 / 60_000.0).unwrap())
}

fn median(mut millis: Vec<i64>) -> Option<Minutes> {
    millis.sort_unstable();
    let (lower, upper) = (millis.get(millis.len().checked_sub(1)? / 2)?, millis.get(millis.len() / 2)?);
    Minutes::new((lower + upper) as f64 / 2.0 / 60_000.0)
}

fn state_by_definition(history: &History, row: usize) -> QueueState {
    let visits = &history.visits;
    let before = Before { history, row, now: visits.arrived[row] };
    let count = |rows: &[usize], holds: &dyn Fn(usize) -> bool| {
        Some(rows.iter().filter(|other| holds(**other)).count() as u32)
    };
    let (site, queue, calls) = (before.site(), before.queue(), before.calls());
    let ends_recorded = visits.finished.iter().any(Option::is_some);
    let waiting: Vec<usize> = queue.iter().copied().filter(|other| before.is_waiting(*other)).collect();
    let rank = |other: usize| history.priority_order.rank(visits.priority[other]);
    let mut finished: Vec<usize> = queue.clone();
    finished.retain(|other| before.finished(*other).is_some());
    finished.sort_by_key(|other| (before.finished(*other), *other));
    let length =
        |other: &usize| before.finished(*other).unwrap().millis() - before.called(*other).unwrap().millis();
    let services: Vec<i64> = finished.iter().rev().take(KEPT_SERVICES).map(length).collect();
    let last_week: Vec<i64> = calls
        .iter()
        .filter(|other| before.is_recent(before.called(**other).unwrap(), LAST_WEEK_DAYS * 24 * 60))
        .filter(|other| before.hour(visits.arrived[**other]) == before.hour(before.now))
        .map(|other| before.wait(*other).unwrap())
        .collect();
    let arrivals = |minutes| {
        count(&queue, &|other| before.arrived(other) && before.is_recent(visits.arrived[other], minutes))
    };
    let recent_calls = |minutes| {
        let is_recent = |other: &&usize| before.is_recent(before.called(**other).unwrap(), minutes);
        calls.iter().filter(is_recent).map(|other| before.wait(*other).unwrap()).collect::<Vec<i64>>()
    };
    let last_calls =
        |n: usize| calls.iter().rev().take(n).map(|other| before.wait(*other).unwrap()).collect::<Vec<i64>>();
    let head = waiting
        .iter()
        .map(|other| before.now.minutes_since(visits.arrived[*other]))
        .reduce(|a, b| if a >= b { a } else { b });
    QueueState {
        people_ahead: Some(visits.people_ahead[row].unwrap_or(waiting.len() as u32)),
        people_called_before: count(&waiting, &|other| rank(other) >= rank(row)),
        in_service: count(&queue, &|other| before.is_in_service(other)).filter(|_| ends_recorded),
        open_counters: visits.open_counters[row],
        site_waiting: count(&site, &|other| before.is_waiting(other)),
        site_in_service: count(&site, &|other| before.is_in_service(other)).filter(|_| ends_recorded),
        head_of_line: Some(head.unwrap_or(Minutes::ZERO)),
        last_wait: calls.last().map(|other| Minutes::from_millis(before.wait(*other).unwrap())),
        arrivals_15min: arrivals(RECENT_MINUTES[0]),
        arrivals_30min: arrivals(RECENT_MINUTES[1]),
        arrivals_60min: arrivals(RECENT_MINUTES[2]),
        calls_15min: Some(recent_calls(RECENT_MINUTES[0]).len() as u32),
        calls_30min: Some(recent_calls(RECENT_MINUTES[1]).len() as u32),
        calls_60min: Some(recent_calls(RECENT_MINUTES[2]).len() as u32),
        mean_service: mean(&services),
        avg_wait_last_week: mean(&last_week),
        median_wait_last_5: median(last_calls(LAST_WAITS[0])),
        median_wait_last_20: median(last_calls(LAST_WAITS[1])),
        median_wait_15min: median(recent_calls(RECENT_MINUTES[0])),
        median_wait_30min: median(recent_calls(RECENT_MINUTES[1])),
        median_wait_60min: median(recent_calls(RECENT_MINUTES[2])),
        opening_minute: before.opening(),
    }
}

/// Coarse times, so that many events fall on one instant; some visits never end, some stay for days, and some have
/// clocks that disagree.
fn any_visit() -> impl Strategy<Value = Visit> {
    let minutes = prop_oneof![0_i64..60, 0_i64..3_000, -30_i64..1];
    (
        (0..2_usize, 0..2_usize, 0_i64..200, prop::option::of(0..3_u8)),
        prop_oneof![0_i64..400, 0_i64..50_000],
        minutes.clone(),
        minutes,
        0..6_u8,
    )
        .prop_map(|((site, service, id, priority), arrived, wait, length, fate)| {
            let moment = |minutes: i64| Moment::from_millis(1_770_000_000_000 + minutes * 60_000).unwrap();
            Visit {
                visit_id: id.to_string(),
                site: ["a", "b"][site].to_owned(),
                service: ["x", "y"][service].to_owned(),
                arrived: moment(arrived),
                called: (fate < 4).then(|| moment(arrived + wait)),
                finished: (fate < 3).then(|| moment(arrived + wait + length)),
                left: (fate == 4).then(|| moment(arrived + wait)),
                priority,
                channel: None,
                booked_for: None,
                open_counters: (fate % 2 == 0).then_some(2),
                people_ahead: (fate == 1).then_some(9),
            }
        })
}

fn elsewhere() -> Zone {
    "Europe/Warsaw".parse().unwrap()
}

pub(super) fn history(visits: Vec<Visit>) -> History {
    let mut visits: Visits = visits.into_iter().collect();
    visits.sort();
    History { visits, ..History::default() }
}

proptest! {
    #[test]
    fn the_sweep_equals_the_definition(visits in prop::collection::vec(any_visit(), 1..90)) {
        let mut history = history(visits);
        // One of the sites keeps the clock of another zone, which changes hours and openings.
        history.zones = history.visits.site.names().iter().skip(1).take(1).map(|site| (site.clone(), elsewhere())).collect();
        for order in [PriorityOrder::HighFirst, PriorityOrder::LowFirst, PriorityOrder::NoOrder] {
            history.priority_order = order;
            let swept = queue_states(&history, &Task::default()).unwrap();
            for (row, state) in swept.iter().enumerate() {
                prop_assert_eq!(*state, state_by_definition(&history, row), "row {}", row);
            }
        }
    }

    /// Whatever happens after an arrival, or at the same instant, changes nothing of what was known at it.
    #[test]
    fn the_future_does_not_leak(visits in prop::collection::vec(any_visit(), 2..60), at in 0..60_usize) {
        let history = history(visits);
        let row = at % history.visits.len();
        let now = history.visits.arrived[row];
        let mut cut = history.clone();
        cut.visits = history.visits.take(&(0..=row).collect::<Vec<_>>());
        for column in [&mut cut.visits.called, &mut cut.visits.finished, &mut cut.visits.left] {
            for time in column.iter_mut() {
                if time.is_some_and(|time| time >= now) {
                    *time = None;
                }
            }
        }
        // That the source records ends of service at all is known before any visit.
        if cut.visits.finished.iter().any(Option::is_some) == history.visits.finished.iter().any(Option::is_some) {
            let full = queue_states(&history, &Task::default()).unwrap();
            let known = queue_states(&cut, &Task::default()).unwrap();
            prop_assert_eq!(full[row], known[row]);
        }
    }
}

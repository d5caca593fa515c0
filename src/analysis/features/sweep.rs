//! The state of each queue at each arrival, by one chronological sweep per site.
//!
//! A queue is a site and a service. The sweep replays arrivals, calls, ends of service and departures in time order
//! and reads the state when a person arrives. **Only what lies strictly before the arrival is seen**: at the same
//! instant, arrivals come first (in canonical order, so an earlier row counts as ahead), then calls, ends of service
//! and departures. So the future wait of somebody still waiting can never leak in. O(n log n) time; sites run in
//! parallel.
//!
//! Records that never end (nobody pressed the button) would wait for ever: after [`LONGEST_STAY`] without a call or a
//! departure, a visit no longer counts as waiting, and after as long a service no longer as in service.

use std::collections::{HashMap, VecDeque};

use rayon::prelude::*;

use crate::analysis::history::{History, LONGEST_STAY, Visits};
use crate::base::calendar::WallClock;
use crate::base::{Cancelled, Minutes, Moment, Task};

use super::arrival::QueueState;

/// `arrivals_30min` counts arrivals of this many minutes.
pub const RECENT_MINUTES: i64 = 30;
/// `avg_wait_time_last_week` looks back this many days.
pub const LAST_WEEK_DAYS: i64 = 7;
/// `mean_service_minutes` is over this many last ends of service.
pub const KEPT_SERVICES: usize = 20;

const MINUTE_MILLIS: i64 = 60_000;
const DAY_MILLIS: i64 = 24 * 60 * MINUTE_MILLIS;

/// The order of this enum is the order of events at one instant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Happening {
    Arrival,
    Call,
    End,
    Departure,
}

#[derive(Clone, Copy)]
struct Event {
    at: Moment,
    what: Happening,
    row: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    NotThere,
    Waiting,
    InService,
    Gone,
}

/// The state of its queue at each arrival of `history`, in the order of its rows.
///
/// # Errors
/// [`Cancelled`] where `task` was.
pub fn queue_states(history: &History, task: &Task) -> Result<Vec<QueueState>, Cancelled> {
    let visits = &history.visits;
    let mut rows_of_site: Vec<Vec<u32>> = vec![Vec::new(); visits.site.names().len()];
    for (row, site) in visits.site.codes().iter().enumerate() {
        rows_of_site[*site as usize].push(u32::try_from(row).unwrap_or(u32::MAX));
    }
    // Whether the source records ends of service at all; it says nothing about any one visit.
    let ends_recorded = visits.finished.iter().any(Option::is_some);
    let sites = rows_of_site.len() as u64;
    let swept: Vec<Vec<(u32, QueueState)>> = rows_of_site
        .par_iter()
        .enumerate()
        .map(|(site, rows)| {
            task.report("stage.queues", site as u64, sites)?;
            let clock = history.zone.clock();
            Ok(Sweep::new(visits, clock, ends_recorded).run(rows))
        })
        .collect::<Result<_, Cancelled>>()?;
    let mut states = vec![QueueState::default(); visits.len()];
    for (row, state) in swept.into_iter().flatten() {
        states[row as usize] = state;
    }
    task.check()?;
    Ok(states)
}

/// The sweep over one site.
struct Sweep<'a> {
    visits: &'a Visits,
    clock: WallClock,
    ends_recorded: bool,
    queues: HashMap<u32, Queue>,
    /// Where each visit of the site is, by row.
    stages: HashMap<u32, Stage>,
}

/// One queue while it is replayed.
#[derive(Default)]
struct Queue {
    /// Arrivals that may still wait, oldest first; those that do not are dropped when they come to the front.
    line: VecDeque<u32>,
    waiting: u32,
    /// Calls whose service may still go on, oldest first.
    serving: VecDeque<u32>,
    in_service: u32,
    last_wait: Option<Minutes>,
    arrivals: VecDeque<Moment>,
    services: VecDeque<i64>,
    services_millis: i64,
    /// By hour of the arrival, 0–23.
    past_waits: [PastWaits; 24],
}

/// Waits of the last week, of arrivals of one hour of the day; in call order.
#[derive(Default)]
struct PastWaits {
    calls: VecDeque<(Moment, i64)>,
    sum_millis: i64,
}

impl<'a> Sweep<'a> {
    fn new(visits: &'a Visits, clock: WallClock, ends_recorded: bool) -> Sweep<'a> {
        Sweep { visits, clock, ends_recorded, queues: HashMap::new(), stages: HashMap::new() }
    }

    fn run(mut self, rows: &[u32]) -> Vec<(u32, QueueState)> {
        let mut states = Vec::with_capacity(rows.len());
        for event in self.events(rows) {
            match event.what {
                Happening::Arrival => states.push((event.row, self.arrive(event.row))),
                Happening::Call => self.call(event.row),
                Happening::End => self.end(event.row),
                Happening::Departure => self.depart(event.row),
            }
        }
        states
    }

    fn events(&self, rows: &[u32]) -> Vec<Event> {
        let mut events = Vec::with_capacity(rows.len() * 3);
        for &row in rows {
            let index = row as usize;
            let mut add = |at: Option<Moment>, what| {
                if let Some(at) = at {
                    events.push(Event { at, what, row });
                }
            };
            let called = self.visits.called[index];
            add(Some(self.visits.arrived[index]), Happening::Arrival);
            add(called, Happening::Call);
            if called.is_some() {
                add(self.visits.finished[index], Happening::End);
            } else {
                add(self.visits.left[index], Happening::Departure);
            }
        }
        events.sort_unstable_by(|a, b| {
            a.at.cmp(&b.at).then_with(|| a.what.cmp(&b.what)).then_with(|| a.row.cmp(&b.row))
        });
        events
    }

    fn arrive(&mut self, row: u32) -> QueueState {
        let index = row as usize;
        let now = self.visits.arrived[index];
        let hour = self.clock.local(now).hour();
        let queue = self.queues.entry(self.visits.service.codes()[index]).or_default();
        queue.forget_stays_before(now, self.visits, &mut self.stages);
        let counted = queue.waiting;
        let head = queue.line.front().map(|row| now.minutes_since(self.visits.arrived[*row as usize]));
        let state = QueueState {
            people_ahead: Some(self.visits.people_ahead[index].unwrap_or(counted)),
            in_service: self.ends_recorded.then_some(queue.in_service),
            open_counters: self.visits.open_counters[index],
            // An empty line has waited for no time; so says the field, and so do we.
            head_of_line: Some(head.unwrap_or(Minutes::ZERO)),
            last_wait: queue.last_wait,
            arrivals_30min: Some(queue.recent_arrivals(now)),
            mean_service: queue.mean_service(),
            avg_wait_last_week: queue.past_waits[usize::from(hour)].mean(now),
        };
        queue.line.push_back(row);
        queue.waiting += 1;
        queue.arrivals.push_back(now);
        self.stages.insert(row, Stage::Waiting);
        state
    }

    fn call(&mut self, row: u32) {
        let index = row as usize;
        let arrived = self.visits.arrived[index];
        let Some(called) = self.visits.called[index] else { return };
        let hour = self.clock.local(arrived).hour();
        let Some(queue) = self.queues.get_mut(&self.visits.service.codes()[index]) else { return };
        if self.stages.get(&row) == Some(&Stage::Waiting) {
            queue.waiting -= 1;
        }
        self.stages.insert(row, Stage::InService);
        queue.in_service += 1;
        queue.serving.push_back(row);
        queue.last_wait = Some(called.minutes_since(arrived));
        queue.past_waits[usize::from(hour)].push(called, called.millis() - arrived.millis());
    }

    fn end(&mut self, row: u32) {
        let index = row as usize;
        let (Some(called), Some(finished)) = (self.visits.called[index], self.visits.finished[index]) else {
            return;
        };
        let Some(queue) = self.queues.get_mut(&self.visits.service.codes()[index]) else { return };
        if self.stages.insert(row, Stage::Gone) == Some(Stage::InService) {
            queue.in_service -= 1;
        }
        queue.add_service(finished.millis() - called.millis());
    }

    fn depart(&mut self, row: u32) {
        let Some(queue) = self.queues.get_mut(&self.visits.service.codes()[row as usize]) else { return };
        if self.stages.insert(row, Stage::Gone) == Some(Stage::Waiting) {
            queue.waiting -= 1;
        }
    }
}

impl Queue {
    /// Drops the fronts that no longer wait or are no longer served, or have been for longer than is believed.
    fn forget_stays_before(&mut self, now: Moment, visits: &Visits, stages: &mut HashMap<u32, Stage>) {
        let mut stage_of = |row: u32, over: bool, present: Stage, count: &mut u32| {
            let stage = stages.get(&row).copied().unwrap_or(Stage::NotThere);
            if stage == present && over {
                stages.insert(row, Stage::NotThere);
                *count -= 1;
            }
            stage != present || over
        };
        while let Some(&row) = self.line.front() {
            let over = now.minutes_since(visits.arrived[row as usize]) > LONGEST_STAY;
            if !stage_of(row, over, Stage::Waiting, &mut self.waiting) {
                break;
            }
            self.line.pop_front();
        }
        while let Some(&row) = self.serving.front() {
            let since = visits.called[row as usize].unwrap_or(visits.arrived[row as usize]);
            if !stage_of(row, now.minutes_since(since) > LONGEST_STAY, Stage::InService, &mut self.in_service) {
                break;
            }
            self.serving.pop_front();
        }
    }

    fn recent_arrivals(&mut self, now: Moment) -> u32 {
        let oldest = now.millis() - RECENT_MINUTES * MINUTE_MILLIS;
        while self.arrivals.front().is_some_and(|arrival| arrival.millis() < oldest) {
            self.arrivals.pop_front();
        }
        u32::try_from(self.arrivals.len()).unwrap_or(u32::MAX)
    }

    fn add_service(&mut self, millis: i64) {
        self.services.push_back(millis);
        self.services_millis += millis;
        if self.services.len() > KEPT_SERVICES {
            self.services_millis -= self.services.pop_front().unwrap_or_default();
        }
    }

    fn mean_service(&self) -> Option<Minutes> {
        mean(self.services_millis, self.services.len())
    }
}

impl PastWaits {
    fn push(&mut self, called: Moment, wait_millis: i64) {
        self.calls.push_back((called, wait_millis));
        self.sum_millis += wait_millis;
    }

    fn mean(&mut self, now: Moment) -> Option<Minutes> {
        let oldest = now.millis() - LAST_WEEK_DAYS * DAY_MILLIS;
        while let Some((called, wait)) = self.calls.front() {
            if called.millis() >= oldest {
                break;
            }
            self.sum_millis -= wait;
            self.calls.pop_front();
        }
        mean(self.sum_millis, self.calls.len())
    }
}

/// The sums are whole milliseconds, so that adding and taking away leaves no rounding behind.
#[expect(clippy::cast_precision_loss, reason = "sums of a week of waits stay far below 2^53 ms")]
fn mean(sum_millis: i64, count: usize) -> Option<Minutes> {
    if count == 0 { None } else { Minutes::new(sum_millis as f64 / count as f64 / MINUTE_MILLIS as f64) }
}

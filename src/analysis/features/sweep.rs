//! The state of each queue at each arrival, by one chronological sweep per site.
//!
//! A queue is a site and a service. The sweep replays arrivals, calls, ends of service and departures in time order
//! and reads the state when a person arrives. **Only what lies strictly before the arrival is seen**: at the same
//! instant, arrivals come first (in canonical order, so an earlier row counts as ahead), then calls, ends of service
//! and departures, each in canonical order. So the future wait of somebody still waiting can never leak in.
//!
//! Records that never end (nobody pressed the button) would wait for ever: after [`LONGEST_STAY`] without a call or a
//! departure, a visit no longer counts as waiting, and after as long a service no longer as in service. Where a
//! source's clocks disagree and a row was accepted all the same, a call before the arrival counts as one at the
//! arrival, and an end before the call as one at the call.
//!
//! The rows of a site are handed over in batches. O(n log n) time for the sorting of events; what is kept are the
//! visits of a batch, those that are still open, and the windows of each queue.

use crate::analysis::history::LONGEST_STAY;
use crate::base::calendar::{LocalTime, WallClock};
use crate::base::{Minutes, Moment};

use super::arrival::QueueState;
use super::batch::Record;
use super::opening::Openings;
use super::parts::Parts;
use super::queue::Queue;
use crate::analysis::history::PriorityOrder;

/// What every sweep of a history shares.
#[derive(Clone, Copy)]
pub(super) struct Setting {
    pub order: PriorityOrder,
    pub parts: Parts,
    /// Whether the source records ends of service at all; it says nothing about any one visit.
    pub ends_recorded: bool,
}

/// Who is told the states of one site, in the order of its arrivals.
pub(super) trait Sink {
    /// A batch begins.
    fn begin(&mut self);

    /// Where the state at this arrival is to be written. What is not asked for is not written.
    fn next(&mut self, record: &Record, local: LocalTime) -> &mut QueueState;

    /// The batch is over.
    fn end(&mut self);
}

/// The sweep over one site.
pub(super) struct SiteSweep {
    setting: Setting,
    clock: WallClock,
    longest_stay: i64,
    /// The places of services in `queues`, services ascending.
    place_of: Vec<(u32, u32)>,
    queues: Vec<Queue>,
    waiting: u32,
    in_service: u32,
    openings: Openings,
    /// Visits from number `first` on, in canonical order; those before have nothing left to happen.
    visits: Vec<Open>,
    first: u32,
    /// What is still to happen, in order, from `next` on.
    events: Vec<u128>,
    next: usize,
}

/// A visit to which something is still to happen. Times in milliseconds.
struct Open {
    arrived: i64,
    called: i64,
    finished: i64,
    queue: u32,
    rank: u16,
    /// The local hour of the arrival.
    hour: u8,
    /// How many events are still to happen.
    pending: u8,
    is_waiting: bool,
    is_in_service: bool,
}

/// The order of this list is the order of events at one instant; an arrival comes before all of them.
#[derive(Clone, Copy)]
enum Happening {
    Call,
    End,
    /// Left unserved, or waits for longer than is believed.
    Departure,
    /// Is in service for longer than is believed.
    Forgotten,
}

/// Events as numbers whose order is theirs: the instant, what happens, the number of the visit.
fn event(millis: i64, what: Happening, number: u32) -> u128 {
    let instant = millis.cast_unsigned() ^ (1 << 63);
    u128::from(instant) << 64 | u128::from(what as u8) << 32 | u128::from(number)
}

#[expect(clippy::cast_possible_truncation, reason = "each part is cut out of the number")]
fn parts_of(event: u128) -> (i64, u8, u32) {
    let instant = (event >> 64) as u64 ^ (1 << 63);
    (instant.cast_signed(), (event >> 32) as u8, event as u32)
}

impl SiteSweep {
    pub fn new(setting: Setting, clock: WallClock) -> SiteSweep {
        SiteSweep {
            setting,
            clock,
            longest_stay: millis_of(LONGEST_STAY),
            place_of: Vec::new(),
            queues: Vec::new(),
            waiting: 0,
            in_service: 0,
            openings: Openings::default(),
            visits: Vec::new(),
            first: 0,
            events: Vec::new(),
            next: 0,
        }
    }

    /// Replays the next visits of the site, in their order.
    pub fn run(&mut self, records: &[Record], sink: &mut impl Sink) {
        let begin = self.begin_batch();
        for record in records {
            self.add(record);
        }
        self.events.sort_unstable();
        for (index, record) in (begin..).zip(records) {
            self.catch_up(record.arrived.millis());
            let local = self.clock.local(record.arrived);
            self.arrive(index, record, local, sink.next(record, local));
        }
    }

    /// Drops what is over, and says where the visits of the next batch will stand.
    fn begin_batch(&mut self) -> usize {
        self.events.drain(..self.next);
        self.next = 0;
        let over = self.visits.iter().take_while(|visit| visit.pending == 0).count();
        self.visits.drain(..over);
        self.first += u32::try_from(over).unwrap_or(u32::MAX);
        self.visits.len()
    }

    /// Takes up a visit and what will happen to it; nothing of that is looked at before its time.
    fn add(&mut self, record: &Record) {
        let Setting { parts, order, ends_recorded } = self.setting;
        let number = self.first + u32::try_from(self.visits.len()).unwrap_or(u32::MAX);
        let arrived = record.arrived.millis();
        let called = record.called.map(|called| called.millis().max(arrived));
        let finished = record.finished.map(Moment::millis);
        let mut pending = 0;
        let mut add = |millis, what| {
            self.events.push(event(millis, what, number));
            pending += 1;
        };
        let longest_wait = arrived + self.longest_stay;
        let mut end = 0;
        if let Some(called) = called {
            add(called, Happening::Call);
            if called > longest_wait {
                add(longest_wait, Happening::Departure);
            }
            if ends_recorded && parts.any(Parts::SERVICE.and(Parts::SITE).and(Parts::MEAN_SERVICE)) {
                let longest_service = called + self.longest_stay;
                if let Some(finished) = finished {
                    end = finished.max(called);
                    add(end, Happening::End);
                }
                if finished.is_none_or(|finished| finished > longest_service) {
                    add(longest_service, Happening::Forgotten);
                }
            }
        } else {
            let left = record.left.map_or(i64::MAX, |left| left.millis().max(arrived));
            add(left.min(longest_wait), Happening::Departure);
        }
        let queue = self.queue_of(record.service);
        self.visits.push(Open {
            arrived,
            called: called.unwrap_or_default(),
            finished: end,
            queue,
            rank: if parts.any(Parts::CLASSES) { order.rank(record.priority) } else { 0 },
            hour: 0,
            pending,
            is_waiting: false,
            is_in_service: false,
        });
    }

    fn queue_of(&mut self, service: u32) -> u32 {
        match self.place_of.binary_search_by_key(&service, |(service, _)| *service) {
            Ok(found) => self.place_of[found].1,
            Err(place) => {
                let queue = u32::try_from(self.queues.len()).unwrap_or(u32::MAX);
                self.queues.push(Queue::default());
                self.place_of.insert(place, (service, queue));
                queue
            }
        }
    }

    /// Lets everything happen that lies before `now`.
    fn catch_up(&mut self, now: i64) {
        while let Some(event) = self.events.get(self.next) {
            let (millis, what, number) = parts_of(*event);
            if millis >= now {
                break;
            }
            self.next += 1;
            self.happen(what, (number - self.first) as usize);
        }
    }

    fn happen(&mut self, what: u8, index: usize) {
        let Some(visit) = self.visits.get_mut(index) else { return };
        let Some(queue) = self.queues.get_mut(visit.queue as usize) else { return };
        let parts = self.setting.parts;
        visit.pending -= 1;
        let is_call = what == Happening::Call as u8;
        if visit.is_waiting && (is_call || what == Happening::Departure as u8) {
            visit.is_waiting = false;
            queue.leave(visit.rank, parts);
            self.waiting -= 1;
        }
        if is_call {
            visit.is_in_service = true;
            queue.in_service += 1;
            self.in_service += 1;
            queue.call(visit.called, visit.called - visit.arrived, visit.hour, parts);
        } else if what != Happening::Departure as u8 {
            if visit.is_in_service {
                visit.is_in_service = false;
                queue.in_service -= 1;
                self.in_service -= 1;
            }
            if what == Happening::End as u8 {
                queue.served(visit.finished - visit.called);
            }
        }
    }

    fn arrive(&mut self, index: usize, record: &Record, local: LocalTime, state: &mut QueueState) {
        let Setting { parts, ends_recorded, .. } = self.setting;
        let number = self.first + u32::try_from(index).unwrap_or(u32::MAX);
        let Some((rank, place)) = self.visits.get(index).map(|visit| (visit.rank, visit.queue)) else { return };
        let Some(queue) = self.queues.get_mut(place as usize) else { return };
        let now = record.arrived.millis();
        state.open_counters = record.open_counters;
        if parts.any(Parts::LINE) {
            state.people_ahead = Some(record.people_ahead.unwrap_or(queue.waiting));
        }
        if parts.any(Parts::CLASSES) {
            state.people_called_before = Some(queue.called_before(rank));
        }
        if ends_recorded && parts.any(Parts::SERVICE) {
            state.in_service = Some(queue.in_service);
        }
        if parts.any(Parts::SITE) {
            state.site_waiting = Some(self.waiting);
            state.site_in_service = ends_recorded.then_some(self.in_service);
        }
        if parts.any(Parts::HEAD) {
            state.head_of_line = Some(head_of_line(queue, &self.visits, self.first, now));
            queue.line.push_back(number);
        }
        queue.read_into(state, now, local.hour(), parts);
        if parts.any(Parts::OPENING) {
            state.opening_minute = self.openings.at(local);
        }
        queue.join(rank, parts);
        if parts.any(Parts::ARRIVALS) {
            queue.arrivals.push(now);
        }
        self.waiting += 1;
        if let Some(visit) = self.visits.get_mut(index) {
            visit.is_waiting = true;
            visit.hour = local.hour();
        }
    }
}

/// How long the first in line has waited. An empty line has waited for no time; so says the field, and so do we.
fn head_of_line(queue: &mut Queue, visits: &[Open], first: u32, now: i64) -> Minutes {
    while let Some(number) = queue.line.front() {
        match number.checked_sub(first).and_then(|index| visits.get(index as usize)) {
            Some(visit) if visit.is_waiting => return Minutes::from_millis(now - visit.arrived),
            _ => queue.line.pop_front(),
        };
    }
    Minutes::ZERO
}

#[expect(clippy::cast_possible_truncation, reason = "a day in milliseconds")]
fn millis_of(minutes: Minutes) -> i64 {
    (minutes.get() * 60_000.0) as i64
}

//! One queue on one day: events in the order of time, people called to counters.
//!
//! It draws no numbers: people, counters and service times are given. The invariants, which the tests hold it
//! to: a service starts only while the site is open and at a counter that is open and free; who left is never
//! called; and nobody is called while somebody waits who goes before them. *Before* means: people with priority
//! go before all others; booked people whose time has come, and whoever has waited so long that bookings yield to
//! them, go before the rest; among equals, who came first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::arrivals::Person;
use super::recipe::{Booking, Second};
use super::roster::Counter;

/// What became of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Called to the counter with this index.
    Served { counter: usize, called: Second, finished: Second },
    /// Gave up, or was sent away when the site closed.
    Left(Second),
}

/// A person's stay in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stay {
    /// Counters with a clerk at the arrival: due to be open, or finishing a service past their time.
    pub open_counters: u32,
    /// People waiting at the arrival.
    pub people_ahead: u32,
    pub end: End,
}

/// What happens, in the order in which it does within a second. The numbers are indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A service ends, or a counter opens: somebody may be called.
    CounterFree,
    PatienceEnds(usize),
    Arrives(usize),
    Closes,
}

struct Line<'a> {
    people: &'a [Person],
    counters: &'a [Counter],
    booking: &'a Booking,
    /// When each counter has finished its last service.
    free_from: Vec<Second>,
    /// Who waits, by arrival.
    waiting: Vec<usize>,
    stays: Vec<Option<Stay>>,
}

/// Lets `people` (by arrival) wait for `counters` until the site `closes`. `duration` gives the seconds that a
/// person's service takes when it starts at a given second at a given counter.
pub(super) fn run(
    people: &[Person],
    counters: &[Counter],
    booking: &Booking,
    closes: Second,
    duration: impl Fn(&Person, Second, &Counter) -> Second,
) -> Vec<Stay> {
    let mut events = first_events(people, counters, closes);
    let mut line = Line {
        people,
        counters,
        booking,
        free_from: vec![Second::MIN; counters.len()],
        waiting: Vec::new(),
        stays: vec![None; people.len()],
    };
    while let Some(Reverse((now, event))) = events.pop() {
        line.take(now, event);
        let is_last_of_second = events.peek().is_none_or(|Reverse((next, _))| *next > now);
        if !is_last_of_second || now >= closes {
            continue;
        }
        while let Some((person, counter)) = line.next_call(now) {
            let finished = now + duration(&people[person], now, &counters[counter]);
            line.call(person, counter, now, finished);
            events.push(Reverse((finished, Event::CounterFree)));
        }
    }
    // Everybody arrives before the site closes, and whoever still waits then leaves: each stay has been set.
    line.stays.into_iter().flatten().collect()
}

fn first_events(people: &[Person], counters: &[Counter], closes: Second) -> BinaryHeap<Reverse<(Second, Event)>> {
    let opening =
        counters.iter().flat_map(|counter| counter.open.iter().map(|(from, _)| (*from, Event::CounterFree)));
    let arrivals = people.iter().enumerate().map(|(index, person)| (person.arrives, Event::Arrives(index)));
    let giving_up = people.iter().enumerate().filter_map(|(index, person)| {
        person.patience.map(|patience| (person.arrives + patience, Event::PatienceEnds(index)))
    });
    opening.chain(arrivals).chain(giving_up).chain([(closes, Event::Closes)]).map(Reverse).collect()
}

impl Line<'_> {
    fn take(&mut self, now: Second, event: Event) {
        match event {
            Event::CounterFree => {}
            Event::Arrives(person) => {
                let has_clerk =
                    |(counter, free_from): (&Counter, &Second)| *free_from > now || counter.is_open(now);
                let open = self.counters.iter().zip(&self.free_from).filter(|pair| has_clerk(*pair)).count();
                self.stays[person] = Some(Stay {
                    open_counters: u32::try_from(open).unwrap_or(u32::MAX),
                    people_ahead: u32::try_from(self.waiting.len()).unwrap_or(u32::MAX),
                    end: End::Left(now),
                });
                self.waiting.push(person);
            }
            Event::PatienceEnds(person) => {
                if let Some(place) = self.waiting.iter().position(|waiting| *waiting == person) {
                    self.waiting.remove(place);
                    self.end(person, End::Left(now));
                }
            }
            Event::Closes => {
                for person in std::mem::take(&mut self.waiting) {
                    self.end(person, End::Left(now));
                }
            }
        }
    }

    /// Who is to be called now, and to which counter: the one that has been free for the longest time.
    fn next_call(&self, now: Second) -> Option<(usize, usize)> {
        let person = *self.waiting.iter().min_by_key(|person| (self.rank(**person, now), **person))?;
        let free = |counter: &usize| self.free_from[*counter] <= now && self.counters[*counter].is_open(now);
        let counter = (0..self.counters.len()).filter(free).min_by_key(|counter| self.free_from[*counter])?;
        Some((person, counter))
    }

    fn call(&mut self, person: usize, counter: usize, now: Second, finished: Second) {
        self.waiting.retain(|waiting| *waiting != person);
        self.free_from[counter] = finished;
        self.end(person, End::Served { counter, called: now, finished });
    }

    fn end(&mut self, person: usize, end: End) {
        if let Some(stay) = &mut self.stays[person] {
            stay.end = end;
        }
    }

    fn rank(&self, person: usize, now: Second) -> u8 {
        rank(&self.people[person], self.booking, now)
    }
}

/// Lower ranks are called first.
fn rank(person: &Person, booking: &Booking, now: Second) -> u8 {
    let is_due = person.booked_for.is_some_and(|booked_for| {
        booked_for - booking.called_early <= now && person.arrives <= booked_for + booking.forfeits_after
    });
    let has_waited_long = now - person.arrives >= booking.yields_after;
    match (person.has_priority, is_due || has_waited_long) {
        (true, _) => 0,
        (false, true) => 1,
        (false, false) => 2,
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;

//! Who comes to a queue on a day, when, and with what: everything about a person that is not decided by waiting.
//!
//! It does not know the counters. The invariant: people stand in the order of their arrival, all between the
//! opening and the last ticket; and what a person brings along is drawn here, so that changing the staff changes
//! what becomes of the people, never who they are.

use super::day::Day;
use super::draw::{Purpose, Stream};
use super::recipe::{Queue, Recipe, Second, Service, Site};

/// A person on arrival.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Person {
    pub arrives: Second,
    /// The booked time, of those who booked.
    pub booked_for: Option<Second>,
    /// Elderly or ill: goes before all others.
    pub has_priority: bool,
    /// How long the service takes, the hour and the clerk apart.
    pub effort_seconds: f64,
    /// How long the person waits before giving up; `None` where they never do.
    pub patience: Option<Second>,
}

/// Nobody gives up sooner than this.
const LEAST_PATIENCE: f64 = 120.0;

/// The people who come to `queue` on `day`, by arrival.
pub(super) fn people(recipe: &Recipe, site: &Site, queue: &Queue, service: &Service, day: &Day) -> Vec<Person> {
    let stream = |purpose| Stream::new(recipe.seed, &site.id, &service.id, day.date.epoch_days(), purpose);
    let newcomers = Newcomers { recipe, queue, service, day };
    let mut people = newcomers.walk_ins(&mut stream(Purpose::WalkIns));
    people.extend(newcomers.booked(&mut stream(Purpose::Bookings)));
    // Stable: who walked in goes before who had booked and came in the same second.
    people.sort_by_key(|person| person.arrives);
    people
}

struct Newcomers<'a> {
    recipe: &'a Recipe,
    queue: &'a Queue,
    service: &'a Service,
    day: &'a Day,
}

impl Newcomers<'_> {
    /// A Poisson process whose rate follows the profile of the day: a process of rate 1 on the scale of the
    /// expected number of arrivals so far, read back in time.
    fn walk_ins(&self, stream: &mut Stream) -> Vec<Person> {
        let (day, hours) = (self.day, &self.recipe.demand.hours);
        let minutes = || (day.opens..day.last_ticket).step_by(60);
        let weight_of_day: f64 = minutes().map(|minute| hours.at(minute)).sum();
        let expected = self.queue.visits_a_day * (1.0 - self.queue.booked_share) * day.walk_in_demand;
        let mut people = Vec::new();
        let mut expected_so_far = 0.0;
        let mut next = stream.exponential();
        for minute in minutes() {
            let in_minute = expected * hours.at(minute) / weight_of_day;
            while next < expected_so_far + in_minute {
                let within = second((next - expected_so_far) / in_minute * 60.0).clamp(0, 59);
                let arrives = (minute + within).min(day.last_ticket - 1);
                people.push(self.person(stream, arrives, None));
                next += stream.exponential();
            }
            expected_so_far += in_minute;
        }
        people
    }

    /// Bookings are spread evenly over the slots; some people never come, most come a little early, a few late,
    /// and who comes after the last ticket is sent away.
    fn booked(&self, stream: &mut Stream) -> Vec<Person> {
        let (day, booking) = (self.day, &self.recipe.booking);
        let slots = (day.last_ticket - day.opens) / booking.slot;
        let expected = self.queue.visits_a_day * self.queue.booked_share * day.demand;
        let a_slot = if slots == 0 { 0.0 } else { expected / f64::from(slots) };
        let mut people = Vec::new();
        let mut booked_so_far = 0.0;
        for slot in 0..slots {
            let booked_for = day.opens + slot * booking.slot;
            let booked_before = libm::floor(booked_so_far);
            // A random phase within each slot keeps the same slots from always being the full ones.
            booked_so_far += a_slot * 2.0 * stream.uniform();
            for _ in 0..second(libm::floor(booked_so_far) - booked_before) {
                let stays_away = stream.chance(booking.no_show);
                let arrives = (booked_for + self.lateness(stream)).max(day.opens);
                let person = self.person(stream, arrives, Some(booked_for));
                if !stays_away && arrives < day.last_ticket {
                    people.push(person);
                }
            }
        }
        people
    }

    /// Seconds after the booked time; negative for who comes early.
    fn lateness(&self, stream: &mut Stream) -> Second {
        let booking = &self.recipe.booking;
        let usual = booking.early_spread_minutes * stream.normal() - booking.early_minutes;
        let is_late = stream.chance(booking.late_share);
        let extra = booking.late_minutes * stream.exponential();
        second((if is_late { usual + extra } else { usual }) * 60.0)
    }

    fn person(&self, stream: &mut Stream, arrives: Second, booked_for: Option<Second>) -> Person {
        let (people, work) = (&self.recipe.people, &self.recipe.work);
        let has_priority = stream.chance(people.priority_share);
        let is_patient = stream.chance(people.patient_share);
        let patience = stream.lognormal(people.patience_minutes * 60.0, people.patience_spread);
        let mut effort = stream.lognormal(self.service.median_minutes * 60.0, self.service.spread);
        if stream.chance(work.long_share) {
            effort *= stream.lognormal(work.long_factor, work.long_spread);
        }
        if booked_for.is_some() {
            effort *= work.booked_factor;
        }
        if has_priority {
            effort *= work.priority_factor;
        }
        let slowness = self.day.slowness * self.day.effects.slowness(self.queue.service);
        Person {
            arrives,
            booked_for,
            has_priority,
            effort_seconds: effort * slowness,
            patience: (!is_patient).then(|| second(patience.max(LEAST_PATIENCE))),
        }
    }
}

/// Whole seconds; whatever is longer than about 11 days counts as that.
#[expect(clippy::cast_possible_truncation, reason = "clamped before")]
fn second(seconds: f64) -> Second {
    libm::floor(seconds.clamp(-1e6, 1e6)) as Second
}

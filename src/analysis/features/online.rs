//! Online values: what the sweep knows of a queue that no request can bring along, as of a moment, for the day after it.
//!
//! The mean wait of the last week and the hour at which a site opens need a history. So they are computed from one, by
//! the sweep itself: the history is cut at the moment, and in each queue somebody is let arrive at the beginning of each
//! hour of the 24 that follow. What the sweep tells them is published, and used for those who do arrive in that hour
//! ([`OnlineQueues`]).
//!
//! A value is only used for arrivals at or after the moment it is of, so that it never brings a future along, and only
//! up to its age limit.

use std::collections::{BTreeSet, HashMap};

use crate::analysis::history::{History, Visit};
use crate::base::calendar::{CivilDate, WallClock, Zone};
use crate::base::{Cancelled, Minutes, Moment, Task};

use super::arrival::QueueState;
use super::cut::{DAY_MILLIS, Facts, NO_SITE, cut, rows_of_sites};
use super::opening::KEPT_OPENINGS;
use super::parts::Parts;
use super::queue::LAST_WEEK_DAYS;
use super::replay::queue_states;

/// A value of the queue's state that is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OnlineKind {
    /// [`QueueState::avg_wait_last_week`], in minutes.
    AvgWaitLastWeek,
    /// [`QueueState::opening_minute`], in minutes after midnight.
    OpeningMinute,
}

/// Every kind, in the order in which they are listed.
pub const PUBLISHED: [OnlineKind; 2] = [OnlineKind::AvgWaitLastWeek, OnlineKind::OpeningMinute];

impl OnlineKind {
    /// The name in files, and of the field of a request; `online.ID` is the name for people.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            OnlineKind::AvgWaitLastWeek => "avg_wait_time_last_week",
            OnlineKind::OpeningMinute => "opening_minute",
        }
    }

    /// The kind with this [`OnlineKind::id`].
    #[must_use]
    pub fn from_id(id: &str) -> Option<OnlineKind> {
        PUBLISHED.into_iter().find(|kind| kind.id() == id)
    }

    /// The part of the state that it belongs to.
    #[must_use]
    pub fn part(self) -> Parts {
        match self {
            OnlineKind::AvgWaitLastWeek => Parts::LAST_WEEK,
            OnlineKind::OpeningMinute => Parts::OPENING,
        }
    }

    /// What `queue` lacks of `parts`.
    #[must_use]
    pub fn lacking(queue: &QueueState, parts: Parts) -> Vec<OnlineKind> {
        let lacks = |kind: &OnlineKind| parts.any(kind.part()) && kind.read(queue).is_none();
        PUBLISHED.into_iter().filter(lacks).collect()
    }

    fn read(self, queue: &QueueState) -> Option<f64> {
        match self {
            OnlineKind::AvgWaitLastWeek => queue.avg_wait_last_week.map(Minutes::get),
            OnlineKind::OpeningMinute => queue.opening_minute.map(f64::from),
        }
    }

    /// Writes `value` into `queue`, where it can be one.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
    fn write(self, queue: &mut QueueState, value: f64) {
        match self {
            OnlineKind::AvgWaitLastWeek => {
                queue.avg_wait_last_week = Minutes::new(value).filter(|minutes| *minutes >= Minutes::ZERO);
            }
            OnlineKind::OpeningMinute => {
                queue.opening_minute = (0.0..1_440.0).contains(&value).then_some(value as u16);
            }
        }
    }
}

const HOUR_MILLIS: i64 = 60 * 60 * 1_000;
const HOURS: usize = 24;

/// A value for a queue and an hour of the local day.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// Which value.
    pub kind: OnlineKind,
    /// The site.
    pub site: String,
    /// The service.
    pub service: String,
    /// The hour of the local day, 0–23.
    pub hour: u8,
    /// The value.
    pub value: f64,
    /// Visits that it is computed from; of openings, days.
    pub n: u32,
}

/// The values of every queue as of `as_of`, for the 24 hours from then on; by kind, site, service and hour.
/// A queue has a value for an hour where the sweep has one.
///
/// # Errors
/// [`Cancelled`] where `task` was.
pub fn aggregates(history: &History, as_of: Moment, task: &Task) -> Result<Vec<Aggregate>, Cancelled> {
    let sites = rows_of_sites(&history.visits);
    let facts = Facts::of(&history.visits);
    let mut found = Vec::new();
    for (done, rows) in sites.iter().enumerate() {
        task.report("stage.queues", done as u64, sites.len() as u64)?;
        let known = rows.partition_point(|row| history.visits.arrived[*row] < as_of);
        let past = cut(history, &rows[..known], as_of, facts);
        let site = rows.first().map_or("", |row| history.visits.site.get(*row));
        found.extend(of_site(past, history.zone_of(site), as_of, task)?);
    }
    found.sort_by(|a, b| (a.kind, &a.site, &a.service, a.hour).cmp(&(b.kind, &b.site, &b.service, b.hour)));
    Ok(found)
}

/// For each hour of the local day, the first moment at or after `as_of` at which it is that hour. Where clocks are set,
/// an hour may not come that day, and has none.
fn next_hours(clock: &mut WallClock, as_of: Moment) -> [Option<Moment>; HOURS] {
    let mut hours = [None; HOURS];
    let mut try_moment = |millis: i64| {
        if let Some(moment) = Moment::from_millis(millis)
            && let Some(first) = hours.get_mut(usize::from(clock.local(moment).hour()))
        {
            first.get_or_insert(moment);
        }
    };
    try_moment(as_of.millis());
    // Every zone's offset is a multiple of a quarter of an hour (of those with sites: see the zone's data).
    let quarter = HOUR_MILLIS / 4;
    let first = as_of.millis().div_euclid(quarter) + 1;
    (first..first + 4 * HOURS as i64).for_each(|n| try_moment(n * quarter));
    hours
}

/// The values of one site, whose history `past` is already cut.
fn of_site(mut past: History, zone: &Zone, as_of: Moment, task: &Task) -> Result<Vec<Aggregate>, Cancelled> {
    let mut clock = zone.clock();
    let hours = next_hours(&mut clock, as_of);
    let mut visits = std::mem::take(&mut past.visits);
    let real = visits.len();
    let mut probes: Vec<Visit> = Vec::new();
    let mut seen = vec![false; visits.service.names().len()];
    for (row, service) in visits.service.codes().iter().enumerate() {
        // A cut holds visits to no site, which say what the source records.
        if visits.site.get(row) != NO_SITE && !std::mem::replace(&mut seen[*service as usize], true) {
            let (site, service) = (visits.site.get(row), visits.service.get(row));
            probes.extend(hours.iter().flatten().map(|at| probe(site, service, *at)));
        }
    }
    // All of them come after every visit, so that the whole stays in canonical order.
    probes.sort_by(|a, b| (a.arrived, &a.service).cmp(&(b.arrived, &b.service)));
    probes.iter().for_each(|probe| visits.push(probe));
    let probed = History { visits, ..past };
    let states = queue_states(&probed, &Task::with_cancel(task.cancel_token()))?;
    let counts = Counts::of(&probed, real, &mut clock);
    let mut found = Vec::new();
    for (state, probe) in states.iter().skip(real).zip(&probes) {
        let hour = clock.local(probe.arrived).hour();
        for kind in PUBLISHED {
            if let Some(value) = kind.read(state) {
                let n = counts.n(kind, probe, &mut clock);
                let (site, service) = (probe.site.clone(), probe.service.clone());
                found.push(Aggregate { kind, site, service, hour, value, n });
            }
        }
    }
    Ok(found)
}

/// What values are computed from, to say of how much.
struct Counts<'h> {
    /// When visits were called, in milliseconds, by service and by the local hour of their arrival.
    calls: HashMap<(&'h str, u8), Vec<i64>>,
    /// The days on which somebody came.
    days: BTreeSet<CivilDate>,
}

impl<'h> Counts<'h> {
    /// Of the first `rows` visits.
    fn of(history: &'h History, rows: usize, clock: &mut WallClock) -> Counts<'h> {
        let visits = &history.visits;
        let mut counts = Counts { calls: HashMap::new(), days: BTreeSet::new() };
        for row in (0..rows).filter(|row| visits.site.get(*row) != NO_SITE) {
            let local = clock.local(visits.arrived[row]);
            counts.days.insert(local.date());
            if let Some(called) = visits.called[row] {
                let queue = (visits.service.get(row), local.hour());
                counts.calls.entry(queue).or_default().push(called.millis());
            }
        }
        counts
    }

    fn n(&self, kind: OnlineKind, probe: &Visit, clock: &mut WallClock) -> u32 {
        let local = clock.local(probe.arrived);
        let n = match kind {
            OnlineKind::AvgWaitLastWeek => {
                let oldest = probe.arrived.millis() - LAST_WEEK_DAYS * DAY_MILLIS;
                let calls = self.calls.get(&(probe.service.as_str(), local.hour()));
                calls.map_or(0, |calls| calls.iter().filter(|called| **called >= oldest).count())
            }
            OnlineKind::OpeningMinute => {
                let weekday = local.date().weekday();
                let earlier = self.days.range(..local.date()).filter(|date| date.weekday() == weekday);
                earlier.count().min(KEPT_OPENINGS)
            }
        };
        u32::try_from(n).unwrap_or(u32::MAX)
    }
}

/// Somebody who arrives and of whom nothing else is known.
fn probe(site: &str, service: &str, at: Moment) -> Visit {
    Visit {
        visit_id: String::new(),
        site: site.to_owned(),
        service: service.to_owned(),
        arrived: at,
        called: None,
        finished: None,
        left: None,
        priority: None,
        channel: None,
        booked_for: None,
        open_counters: None,
        people_ahead: None,
    }
}

/// Published values, ready to be looked up by requests.
#[derive(Clone, Debug)]
pub struct OnlineQueues {
    as_of: Moment,
    max_age_ms: i64,
    count: usize,
    /// By site, service and hour; only what is published stands in a state.
    by_site: HashMap<String, HashMap<String, [QueueState; HOURS]>>,
}

/// What the online values gave an arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnlineOutcome {
    /// The request brought every value itself.
    NotNeeded,
    /// Everything that was lacking was taken.
    Taken,
    /// The values are older than they may be, or of a moment after the arrival.
    Stale,
    /// There is none for this queue and hour, or not of every kind.
    Absent,
}

impl OnlineOutcome {
    /// The name in answers; `None` where no value was looked for.
    #[must_use]
    pub fn id(self) -> Option<&'static str> {
        match self {
            OnlineOutcome::NotNeeded => None,
            OnlineOutcome::Taken => Some("taken"),
            OnlineOutcome::Stale => Some("stale"),
            OnlineOutcome::Absent => Some("absent"),
        }
    }
}

impl OnlineQueues {
    /// Values as of `as_of` that may be used for `max_age_ms` milliseconds, each with the id of its kind, its site, service
    /// and hour; those that cannot be are left out.
    pub fn new<'a>(
        as_of: Moment,
        max_age_ms: i64,
        values: impl IntoIterator<Item = (&'a str, &'a str, &'a str, u8, f64)>,
    ) -> OnlineQueues {
        let mut online = OnlineQueues { as_of, max_age_ms, count: 0, by_site: HashMap::new() };
        for (id, site, service, hour, value) in values {
            let Some(kind) = OnlineKind::from_id(id) else { continue };
            let hours = online.by_site.entry(site.to_owned()).or_default().entry(service.to_owned()).or_default();
            if let Some(queue) = hours.get_mut(usize::from(hour)) {
                kind.write(queue, value);
                online.count += usize::from(kind.read(queue).is_some());
            }
        }
        online
    }

    /// The moment that the values are of.
    #[must_use]
    pub fn as_of(&self) -> Moment {
        self.as_of
    }

    /// How old the values may become, in milliseconds.
    #[must_use]
    pub fn max_age_ms(&self) -> i64 {
        self.max_age_ms
    }

    /// How many values there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether the values may be used for an arrival at `at`: not before they were known, not when they are too old.
    #[must_use]
    pub fn is_usable(&self, at: Moment) -> bool {
        let age = at.millis().saturating_sub(self.as_of.millis());
        (0..=self.max_age_ms).contains(&age)
    }

    /// Fills what `queue` lacks of `parts` for an arrival at `at`, when it is `hour` at the site.
    pub fn fill(
        &self,
        queue: &mut QueueState,
        parts: Parts,
        (site, service): (&str, &str),
        hour: u8,
        at: Moment,
    ) -> OnlineOutcome {
        let lacking = OnlineKind::lacking(queue, parts);
        if lacking.is_empty() {
            return OnlineOutcome::NotNeeded;
        }
        if !self.is_usable(at) {
            return OnlineOutcome::Stale;
        }
        let hours = self.by_site.get(site).and_then(|services| services.get(service));
        if let Some(known) = hours.and_then(|hours| hours.get(usize::from(hour))) {
            lacking.iter().for_each(|kind| {
                if let Some(value) = kind.read(known) {
                    kind.write(queue, value);
                }
            });
        }
        if OnlineKind::lacking(queue, parts).is_empty() { OnlineOutcome::Taken } else { OnlineOutcome::Absent }
    }
}

#[cfg(test)]
#[path = "online_tests.rs"]
mod tests;

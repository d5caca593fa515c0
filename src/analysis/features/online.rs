//! Online values: what the sweep knows of a queue that no request can bring along, as of a moment, for the day after it.
//!
//! The mean wait of the last week needs a history. So it is computed from one, by the sweep itself: the history is cut
//! at the moment, and in each queue somebody is let arrive at the beginning of each hour of the 24 that follow. What the
//! sweep tells them is published, and used for those who do arrive in that hour ([`OnlineQueues`]).
//!
//! A value is only used for arrivals at or after the moment it is of, so that it never brings a future along, and only
//! up to its age limit.

use std::collections::HashMap;

use crate::analysis::history::{History, Visit};
use crate::base::calendar::WallClock;
use crate::base::{Cancelled, Minutes, Moment, Task};

use super::arrival::QueueState;
use super::cut::{DAY_MILLIS, Facts, NO_SITE, cut, rows_of_sites};
use super::queue::LAST_WEEK_DAYS;
use super::replay::queue_states;

/// The features whose values are published.
pub const AGGREGATED: &[&str] = &["avg_wait_time_last_week"];

const HOUR_MILLIS: i64 = 60 * 60 * 1_000;
const HOURS: usize = 24;

/// A value of one of the features [`AGGREGATED`] for a queue and an hour of the local day.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// The feature's id.
    pub feature: &'static str,
    /// The site.
    pub site: String,
    /// The service.
    pub service: String,
    /// The hour of the local day, 0–23.
    pub hour: u8,
    /// The value, in the feature's unit.
    pub value: f64,
    /// Visits that it is computed from.
    pub n: u32,
}

/// The values of every queue as of `as_of`, for the 24 hours from then on; of the site, service and hour in this order.
/// A queue has a value for an hour where the sweep has one.
///
/// # Errors
/// [`Cancelled`] where `task` was.
pub fn aggregates(history: &History, as_of: Moment, task: &Task) -> Result<Vec<Aggregate>, Cancelled> {
    let sites = rows_of_sites(&history.visits);
    let facts = Facts::of(&history.visits);
    let hours = next_hours(&mut history.zone.clock(), as_of);
    let mut found = Vec::new();
    for (done, rows) in sites.iter().enumerate() {
        task.report("stage.queues", done as u64, sites.len() as u64)?;
        let known = rows.partition_point(|row| history.visits.arrived[*row] < as_of);
        let past = cut(history, &rows[..known], as_of, facts);
        found.extend(of_site(past, &hours, task)?);
    }
    found.sort_by(|a, b| (&a.site, &a.service, a.hour).cmp(&(&b.site, &b.service, b.hour)));
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
fn of_site(past: History, hours: &[Option<Moment>; HOURS], task: &Task) -> Result<Vec<Aggregate>, Cancelled> {
    let mut visits = past.visits;
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
    let probed = History { zone: past.zone, visits };
    let states = queue_states(&probed, &Task::with_cancel(task.cancel_token()))?;
    let mut clock = probed.zone.clock();
    let calls = calls(&probed, real, &mut clock);
    let mut found = Vec::new();
    for (state, probe) in states.iter().skip(real).zip(&probes) {
        let hour = clock.local(probe.arrived).hour();
        let Some(value) = state.avg_wait_last_week else { continue };
        let oldest = probe.arrived.millis() - LAST_WEEK_DAYS * DAY_MILLIS;
        let calls = calls.get(&(probe.service.as_str(), hour)).map_or(&[][..], Vec::as_slice);
        let n = calls.iter().filter(|called| **called >= oldest).count();
        found.push(Aggregate {
            feature: AGGREGATED[0],
            site: probe.site.clone(),
            service: probe.service.clone(),
            hour,
            value: value.get(),
            n: u32::try_from(n).unwrap_or(u32::MAX),
        });
    }
    Ok(found)
}

/// When the first `rows` visits were called, by service and by the local hour of their arrival; in milliseconds.
fn calls<'h>(history: &'h History, rows: usize, clock: &mut WallClock) -> HashMap<(&'h str, u8), Vec<i64>> {
    let visits = &history.visits;
    let mut calls: HashMap<(&str, u8), Vec<i64>> = HashMap::new();
    for row in 0..rows {
        if let Some(called) = visits.called[row] {
            let hour = clock.local(visits.arrived[row]).hour();
            calls.entry((visits.service.get(row), hour)).or_default().push(called.millis());
        }
    }
    calls
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
    /// Mean waits by site, service and hour.
    by_site: HashMap<String, HashMap<String, [Option<Minutes>; HOURS]>>,
}

/// What the online values gave an arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnlineOutcome {
    /// The request brought every value itself.
    NotNeeded,
    /// A value was taken.
    Taken,
    /// The values are older than they may be, or of a moment after the arrival.
    Stale,
    /// There is none for this queue and hour.
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
    /// Values as of `as_of` that may be used for `max_age_ms` milliseconds; those of features that are not
    /// [`AGGREGATED`], or that cannot be, are left out.
    pub fn new<'a>(
        as_of: Moment,
        max_age_ms: i64,
        values: impl IntoIterator<Item = (&'a str, &'a str, &'a str, u8, f64)>,
    ) -> OnlineQueues {
        let mut online = OnlineQueues { as_of, max_age_ms, count: 0, by_site: HashMap::new() };
        for (feature, site, service, hour, value) in values {
            let minutes = Minutes::new(value).filter(|minutes| *minutes >= Minutes::ZERO);
            if !AGGREGATED.contains(&feature) || minutes.is_none() || usize::from(hour) >= HOURS {
                continue;
            }
            let hours = online.by_site.entry(site.to_owned()).or_default().entry(service.to_owned()).or_default();
            hours[usize::from(hour)] = minutes;
            online.count += 1;
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

    /// Fills what `queue` lacks for an arrival at `at`, when it is `hour` at the site.
    pub fn fill(&self, queue: &mut QueueState, site: &str, service: &str, hour: u8, at: Moment) -> OnlineOutcome {
        if queue.avg_wait_last_week.is_some() {
            return OnlineOutcome::NotNeeded;
        }
        if !self.is_usable(at) {
            return OnlineOutcome::Stale;
        }
        let hours = self.by_site.get(site).and_then(|services| services.get(service));
        queue.avg_wait_last_week = hours.and_then(|hours| *hours.get(usize::from(hour))?);
        if queue.avg_wait_last_week.is_some() { OnlineOutcome::Taken } else { OnlineOutcome::Absent }
    }
}

#[cfg(test)]
#[path = "online_tests.rs"]
mod tests;

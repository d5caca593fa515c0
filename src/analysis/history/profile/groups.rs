//! Waits by site, service, hour, day of the week and day.

use rayon::prelude::*;

use super::numbers::of_millis;
use super::ranks::{NONE, grouped};
use super::{
    DayProfile, GroupProfile, HourProfile, MOST_GROUPS, NumberProfile, Visitors, WaitProfile, WeekdayProfile,
};
use crate::analysis::history::{Categories, History, Outcome, Visits};
use crate::base::Moment;
use crate::base::calendar::{CivilDate, Weekday};

/// Rows that one piece of work takes.
const CHUNK: usize = 1 << 18;
/// Days whose numbers are looked up in a table: those of ninety years.
const DAYS_IN_A_TABLE: u32 = 1 << 15;
/// The wait of a visit that was not called; longer than any stay that is believed.
const LEFT: u32 = u32::MAX;
/// The wait of a visit that is neither called nor gone.
const UNFINISHED: u32 = NONE;

/// What groups are made of, by row.
pub(super) struct Groups {
    /// The wait in milliseconds, [`LEFT`] or [`UNFINISHED`].
    waits: Vec<u32>,
    /// The hour of the arrival on the site's clock.
    hours: Vec<u8>,
    /// The day of the arrival, counted from `first_day`.
    days: Vec<u32>,
    first_day: i32,
}

/// Milliseconds from one moment to the next; what is longer than seven weeks is as long as that.
fn span(from: Moment, to: Moment) -> u32 {
    u32::try_from(to.millis() - from.millis()).unwrap_or(UNFINISHED - 1)
}

impl Groups {
    pub fn of(history: &History) -> Groups {
        let visits = &history.visits;
        let waits = (0..visits.len())
            .into_par_iter()
            .with_min_len(CHUNK)
            .map(|row| match (visits.called[row], visits.left[row]) {
                (Some(called), _) => span(visits.arrived[row], called),
                (None, Some(_)) => LEFT,
                (None, None) => UNFINISHED,
            })
            .collect();
        let local: Vec<Vec<(i32, u8)>> = visits
            .arrived
            .par_chunks(CHUNK)
            .map(|arrived| {
                let mut clock = history.zone.clock();
                let local = arrived.iter().map(|moment| clock.local(*moment));
                local.map(|local| (local.date().epoch_days(), local.hour())).collect()
            })
            .collect();
        let all_days = || local.iter().flatten().map(|(day, _)| *day);
        let first_day = all_days().min().unwrap_or(0);
        let mut days: Vec<u32> = Vec::with_capacity(visits.len());
        days.extend(all_days().map(|day| day.abs_diff(first_day)));
        let hours = local.iter().flatten().map(|(_, hour)| *hour).collect();
        Groups { waits, hours, days, first_day }
    }

    pub fn count(&self, outcome: Outcome) -> u64 {
        let is = |wait: u32| match outcome {
            Outcome::Served => wait < UNFINISHED,
            Outcome::Abandoned => wait == LEFT,
            Outcome::Unfinished => wait == UNFINISHED,
        };
        self.waits.iter().filter(|wait| is(**wait)).count() as u64
    }

    pub fn all_waits(&self) -> Option<NumberProfile> {
        of_millis(&self.waits)
    }

    pub fn sites(&self, visits: &Visits) -> Vec<GroupProfile> {
        self.names(&visits.site)
    }

    pub fn services(&self, visits: &Visits) -> Vec<GroupProfile> {
        self.names(&visits.service)
    }

    fn names(&self, column: &Categories) -> Vec<GroupProfile> {
        let groups = self.by(column.names().len(), |row| column.codes()[row] as usize);
        let named = groups.into_iter().zip(column.names());
        let mut profiles: Vec<GroupProfile> = named
            .filter(|(visitors, _)| visitors.visits > 0)
            .map(|(visitors, name)| GroupProfile { name: name.clone(), visitors })
            .collect();
        profiles.sort_by(|a, b| b.visitors.visits.cmp(&a.visitors.visits).then_with(|| a.name.cmp(&b.name)));
        profiles.truncate(MOST_GROUPS);
        profiles
    }

    pub fn hours(&self) -> Vec<HourProfile> {
        let groups = (0..).zip(self.by(24, |row| usize::from(self.hours[row])));
        let profiles = groups.map(|(hour, visitors)| HourProfile { hour, visitors });
        profiles.filter(|profile| profile.visitors.visits > 0).collect()
    }

    pub fn weekdays(&self) -> Vec<WeekdayProfile> {
        let weekday = |day: u32| {
            let date = CivilDate::from_epoch_days(self.first_day.saturating_add_unsigned(day));
            date.map_or(Weekday::Saturday, CivilDate::weekday)
        };
        // The first day's place in the week, so that a row needs no calendar.
        let first = usize::from(weekday(0).index());
        let groups = self.by(7, |row| (first + self.days[row] as usize) % 7);
        let days = self.present_days();
        let profile = |(weekday_index, visitors): (Weekday, Visitors)| WeekdayProfile {
            weekday: weekday_index,
            days: days.iter().filter(|day| weekday(**day) == weekday_index).count() as u64,
            visitors,
        };
        let profiles = Weekday::ALL.into_iter().zip(groups).map(profile);
        profiles.filter(|profile| profile.visitors.visits > 0).collect()
    }

    pub fn days(&self) -> Vec<DayProfile> {
        let present = self.present_days();
        // The newest are kept where there are too many.
        let present = present.get(present.len().saturating_sub(MOST_GROUPS)..).unwrap_or_default();
        let (Some(&first), Some(&last)) = (present.first(), present.last()) else { return Vec::new() };
        let groups = if last.abs_diff(first) < DAYS_IN_A_TABLE {
            let mut place = vec![usize::MAX; last.abs_diff(first) as usize + 1];
            for (index, day) in present.iter().enumerate() {
                place[day.abs_diff(first) as usize] = index;
            }
            self.by(present.len(), |row| {
                let day = self.days[row].checked_sub(first);
                day.and_then(|day| place.get(day as usize).copied()).unwrap_or(usize::MAX)
            })
        } else {
            self.by(present.len(), |row| present.binary_search(&self.days[row]).unwrap_or(usize::MAX))
        };
        let dated = present.iter().zip(groups).filter_map(|(day, visitors)| {
            let date = CivilDate::from_epoch_days(self.first_day.checked_add_unsigned(*day)?)?;
            Some(DayProfile { date, visitors })
        });
        dated.collect()
    }

    /// The days with visits, ascending, counted from the first.
    fn present_days(&self) -> Vec<u32> {
        let mut days = self.days.clone();
        days.dedup();
        days.par_sort_unstable();
        days.dedup();
        days
    }

    /// The visits of each of `count` groups; `group` names that of a row.
    fn by(&self, count: usize, group: impl Fn(usize) -> usize + Sync) -> Vec<Visitors> {
        let mut visitors = vec![Visitors::default(); count];
        for (row, wait) in self.waits.iter().enumerate() {
            let Some(visitors) = visitors.get_mut(group(row)) else { continue };
            visitors.visits += 1;
            visitors.abandoned += u64::from(*wait == LEFT);
        }
        for (visitors, group) in visitors.iter_mut().zip(grouped(&self.waits, count, group, [0.5, 0.9])) {
            let [median, p90] = group.quantiles;
            visitors.served = group.n;
            visitors.waits = (group.n > 0).then_some(WaitProfile { n: group.n, mean: group.mean, median, p90 });
        }
        visitors
    }
}

/// From the call to the end of the service.
pub(super) fn services_took(visits: &Visits) -> Option<NumberProfile> {
    let pairs = visits.called.iter().zip(&visits.finished);
    let spans: Vec<u32> = pairs
        .map(|(called, finished)| called.zip(*finished).map_or(NONE, |(called, finished)| span(called, finished)))
        .collect();
    of_millis(&spans)
}

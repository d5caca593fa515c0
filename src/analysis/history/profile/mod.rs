//! A history, summed up: what each column holds, how long people waited where and when, and how many came on each day.
//!
//! Everything is counted exactly, unless its type says otherwise ([`Distinct`]); quantiles are those of
//! [`crate::base::statistics::Sample`] (type 7). A profile is small however long the history is: lists have a longest
//! length, and what lies beyond is counted.

mod columns;
mod groups;
mod numbers;
mod ranks;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::base::calendar::{CivilDate, Weekday};
use crate::base::{Cancelled, Moment, Task};

use super::{History, Outcome};
use groups::Groups;

/// The most sites, services or days that a profile lists.
pub const MOST_GROUPS: usize = 4_000;
/// The most frequent values that a column lists.
pub const MOST_TOP_VALUES: usize = 20;
/// Bars of a histogram.
pub const BARS: usize = 30;
/// Distinct values are counted up to here.
pub const MOST_DISTINCT: u64 = 100_000;

/// A history, summed up. Waits are in minutes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Visits.
    pub visits: u64,
    /// Visits that were called.
    pub served: u64,
    /// Visits that left unserved.
    pub abandoned: u64,
    /// Visits that were neither called nor gone.
    pub unfinished: u64,
    /// The first arrival.
    pub first: Option<Moment>,
    /// The last arrival.
    pub last: Option<Moment>,
    /// The canonical columns that hold anything, then the extra ones.
    pub columns: Vec<ColumnProfile>,
    /// Waits of the served.
    pub waits: Option<NumberProfile>,
    /// Lengths of services.
    pub services_took: Option<NumberProfile>,
    /// By site, the busiest first.
    pub sites: Vec<GroupProfile>,
    /// By service, the busiest first.
    pub services: Vec<GroupProfile>,
    /// By hour of the arrival on the site's clock; hours without visits are left out.
    pub hours: Vec<HourProfile>,
    /// By day of the week, Saturday first; days without visits are left out.
    pub weekdays: Vec<WeekdayProfile>,
    /// By day, in order; days without visits are left out.
    pub days: Vec<DayProfile>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// Its canonical name, or the name of the extra column.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// Rows that have a value.
    pub filled: u64,
    /// Rows that have none.
    pub missing: u64,
    /// How many values there are.
    pub distinct: Distinct,
    /// The most frequent values, where values repeat: value and rows.
    pub top: Vec<(String, u64)>,
    /// Of a column of numbers.
    pub numbers: Option<NumberProfile>,
    /// Of a column of times.
    pub times: Option<TimeProfile>,
}

/// Moments, summed up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeProfile {
    /// The first.
    pub first: Moment,
    /// One in four lies before it (the lower of two neighbours).
    pub p25: Moment,
    /// Half lie before it.
    pub median: Moment,
    /// Three in four lie before it.
    pub p75: Moment,
    /// The last.
    pub last: Moment,
    /// Rows in each of [`BARS`] equal stretches from the first to the last.
    pub counts: Vec<u64>,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Names of few things.
    Category,
    /// Numbers.
    Number,
    /// Moments.
    Time,
    /// Texts of any other kind.
    Text,
}

impl ColumnKind {
    /// The name in files; `profile.kind_ID` is the name for people.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            ColumnKind::Category => "category",
            ColumnKind::Number => "number",
            ColumnKind::Time => "time",
            ColumnKind::Text => "text",
        }
    }
}

/// A number of distinct values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distinct {
    /// The number, or a lower bound.
    pub n: u64,
    /// Whether it is the number itself.
    pub is_exact: bool,
}

/// Numbers, summed up; in the unit of the column (minutes for lengths of time).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumberProfile {
    /// Numbers that were looked at: all, or in a text column at most [`MOST_NUMBERS`], spread evenly over the rows.
    pub n: u64,
    /// Mean.
    pub mean: f64,
    /// Smallest.
    pub min: f64,
    /// 5th percentile.
    pub p05: f64,
    /// 25th percentile.
    pub p25: f64,
    /// Median.
    pub median: f64,
    /// 75th percentile.
    pub p75: f64,
    /// 90th percentile.
    pub p90: f64,
    /// 95th percentile.
    pub p95: f64,
    /// 99th percentile.
    pub p99: f64,
    /// Largest.
    pub max: f64,
    /// Bars of equal width from the smallest number to beyond the 99th percentile.
    pub histogram: Histogram,
}

/// The most cells of a text column that are read as numbers.
pub const MOST_NUMBERS: usize = 500_000;

/// Bars of equal width; the last one holds everything beyond.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// Where the first bar begins.
    pub from: f64,
    /// The width of a bar, above zero.
    pub width: f64,
    /// Numbers in each bar.
    pub counts: Vec<u64>,
}

/// The waits of some served visits, minutes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WaitProfile {
    /// Served visits.
    pub n: u64,
    /// Mean.
    pub mean: f64,
    /// Median.
    pub median: f64,
    /// 90th percentile.
    pub p90: f64,
}

/// Visits of some group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Visitors {
    /// Visits that arrived.
    pub visits: u64,
    /// Of them served.
    pub served: u64,
    /// Of them left unserved.
    pub abandoned: u64,
    /// Waits of those served.
    pub waits: Option<WaitProfile>,
}

/// A site or a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupProfile {
    /// Its name.
    pub name: String,
    /// Its visits.
    #[serde(flatten)]
    pub visitors: Visitors,
}

/// An hour of the day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HourProfile {
    /// The hour of the arrival, 0–23.
    pub hour: u8,
    /// Its visits.
    #[serde(flatten)]
    pub visitors: Visitors,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WeekdayProfile {
    /// The day.
    pub weekday: Weekday,
    /// How many such days of the history have visits.
    pub days: u64,
    /// Its visits.
    #[serde(flatten)]
    pub visitors: Visitors,
}

/// A day. Its Jalali date is [`crate::base::calendar::JalaliDate::from`] its date.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DayProfile {
    /// The date at the sites.
    pub date: CivilDate,
    /// Its visits.
    #[serde(flatten)]
    pub visitors: Visitors,
}

impl Profile {
    /// Sums `history` up.
    ///
    /// # Errors
    /// [`Cancelled`] where `task` was.
    pub fn of(history: &History, task: &Task) -> Result<Profile, Cancelled> {
        let visits = &history.visits;
        task.report("stage.profile", 0, 4)?;
        let groups = Groups::of(history);
        task.report("stage.profile", 1, 4)?;
        // Each of them uses all cores.
        let (sites, services) = (groups.sites(visits), groups.services(visits));
        task.report("stage.profile", 2, 4)?;
        let (hours, weekdays, days) = (groups.hours(), groups.weekdays(), groups.days());
        task.report("stage.profile", 3, 4)?;
        let (columns, (waits, services_took)) =
            rayon::join(|| columns::profiles(visits), || (groups.all_waits(), groups::services_took(visits)));
        Ok(Profile {
            visits: visits.len() as u64,
            served: groups.count(Outcome::Served),
            abandoned: groups.count(Outcome::Abandoned),
            unfinished: groups.count(Outcome::Unfinished),
            first: visits.arrived.iter().min().copied(),
            last: visits.arrived.iter().max().copied(),
            columns,
            waits,
            services_took,
            sites,
            services,
            hours,
            weekdays,
            days,
        })
    }

    /// The column called `name`.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&ColumnProfile> {
        self.columns.iter().find(|column| column.name == name)
    }
}

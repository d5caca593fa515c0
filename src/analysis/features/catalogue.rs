//! The catalogue: every feature, each defined once.
//!
//! To add one, add an entry to [`CATALOGUE`] and its two names to `assets/strings/*/features.txt`. Nothing else
//! lists features.

use crate::analysis::history::Channel;
use crate::base::Minutes;

use super::arrival::Arrival;

/// The value of a feature for one arrival.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// A finite number in the feature's [`Unit`].
    Number(f64),
    /// One of a set of names.
    Category(&'a str),
    /// Not known at this arrival.
    Missing,
}

/// Whether values are numbers or names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// [`Value::Number`] or missing.
    Number,
    /// [`Value::Category`] or missing.
    Category,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Minutes, zero or more.
    Minutes,
    /// Minutes before (negative) or after.
    SignedMinutes,
    /// People.
    People,
    /// Counters.
    Counters,
    /// Hour of the day, 0–23.
    HourOfDay,
    /// Minutes since midnight, 0–1,439.
    MinuteOfDay,
    /// Month of the Jalali year, 1–12.
    Month,
    /// 0 or 1.
    YesNo,
    /// A class without a unit.
    Class,
}

/// The group under which a feature is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Day and time.
    Calendar,
    /// The queue at the arrival.
    Queue,
    /// Waits that are over.
    DelayHistory,
    /// The visit itself.
    Visit,
}

/// The definition of a feature.
pub struct Feature {
    /// The name in files, requests and contracts; `feature.ID` is the name for people.
    pub id: &'static str,
    /// The group.
    pub group: Group,
    /// What a number counts.
    pub unit: Unit,
    /// Whether a version may only drop it with a new MAJOR.
    pub critical: bool,
    definition: Definition,
}

/// How a value follows from what is known at the arrival.
enum Definition {
    Number(fn(&Arrival<'_>) -> Option<f64>),
    Category(for<'a> fn(&Arrival<'a>) -> Option<&'a str>),
}

/// Every feature, in the order in which they are listed.
pub const CATALOGUE: &[Feature] = &[
    category("site", Group::Visit, true, |arrival| Some(arrival.site)),
    category("service", Group::Visit, true, |arrival| Some(arrival.service)),
    category("channel", Group::Visit, false, |arrival| arrival.channel.map(Channel::id)),
    number("priority", Group::Visit, Unit::Class, false, |arrival| arrival.priority.map(f64::from)),
    number("minutes_after_booking", Group::Visit, Unit::SignedMinutes, false, |arrival| {
        arrival.booked_for.map(|booked| arrival.at.minutes_since(booked).get())
    }),
    number("hour_of_day", Group::Calendar, Unit::HourOfDay, true, |arrival| Some(f64::from(arrival.local.hour()))),
    number("minute_of_day", Group::Calendar, Unit::MinuteOfDay, false, |arrival| {
        Some(f64::from(arrival.local.minute_of_day()))
    }),
    category("weekday", Group::Calendar, true, |arrival| Some(arrival.day.weekday.id())),
    number("jalali_month", Group::Calendar, Unit::Month, false, |arrival| {
        Some(f64::from(arrival.day.jalali_month))
    }),
    number("is_holiday", Group::Calendar, Unit::YesNo, false, |arrival| arrival.day.holiday.map(yes_no)),
    number("is_before_holiday", Group::Calendar, Unit::YesNo, false, |arrival| {
        arrival.day.before_holiday.map(yes_no)
    }),
    number("is_after_holiday", Group::Calendar, Unit::YesNo, false, |arrival| {
        arrival.day.after_holiday.map(yes_no)
    }),
    number("is_ramadan", Group::Calendar, Unit::YesNo, false, |arrival| arrival.day.ramadan.map(yes_no)),
    number("people_ahead", Group::Queue, Unit::People, true, |arrival| arrival.queue.people_ahead.map(f64::from)),
    number("in_service", Group::Queue, Unit::People, false, |arrival| arrival.queue.in_service.map(f64::from)),
    number("open_counters", Group::Queue, Unit::Counters, true, |arrival| {
        arrival.queue.open_counters.map(f64::from)
    }),
    number("head_of_line_wait", Group::Queue, Unit::Minutes, false, |arrival| minutes(arrival.queue.head_of_line)),
    number("last_to_enter_service_wait", Group::Queue, Unit::Minutes, false, |arrival| {
        minutes(arrival.queue.last_wait)
    }),
    number("arrivals_30min", Group::Queue, Unit::People, false, |arrival| {
        arrival.queue.arrivals_30min.map(f64::from)
    }),
    number("mean_service_time", Group::Queue, Unit::Minutes, false, |arrival| minutes(mean_service(arrival))),
    number("work_ahead", Group::Queue, Unit::Minutes, true, work_ahead),
    number("avg_wait_time_last_week", Group::DelayHistory, Unit::Minutes, true, |arrival| {
        minutes(arrival.queue.avg_wait_last_week)
    }),
];

/// The feature with this id.
#[must_use]
pub fn feature(id: &str) -> Option<&'static Feature> {
    CATALOGUE.iter().find(|feature| feature.id == id)
}

impl Feature {
    /// Whether its values are numbers or names.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.definition {
            Definition::Number(_) => Kind::Number,
            Definition::Category(_) => Kind::Category,
        }
    }

    /// The value for `arrival`.
    #[must_use]
    pub fn value<'a>(&self, arrival: &Arrival<'a>) -> Value<'a> {
        match self.definition {
            Definition::Number(value) => {
                value(arrival).filter(|value| value.is_finite()).map_or(Value::Missing, Value::Number)
            }
            Definition::Category(value) => value(arrival).map_or(Value::Missing, Value::Category),
        }
    }
}

impl Kind {
    /// The name in files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Kind::Number => "number",
            Kind::Category => "category",
        }
    }
}

impl Unit {
    /// The name in files; `unit.ID` is the name for people.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Unit::Minutes => "minutes",
            Unit::SignedMinutes => "signed_minutes",
            Unit::People => "people",
            Unit::Counters => "counters",
            Unit::HourOfDay => "hour_of_day",
            Unit::MinuteOfDay => "minute_of_day",
            Unit::Month => "month",
            Unit::YesNo => "yes_no",
            Unit::Class => "class",
        }
    }
}

const fn number(
    id: &'static str,
    group: Group,
    unit: Unit,
    critical: bool,
    value: fn(&Arrival<'_>) -> Option<f64>,
) -> Feature {
    Feature { id, group, unit, critical, definition: Definition::Number(value) }
}

const fn category(
    id: &'static str,
    group: Group,
    critical: bool,
    value: for<'a> fn(&Arrival<'a>) -> Option<&'a str>,
) -> Feature {
    Feature { id, group, unit: Unit::Class, critical, definition: Definition::Category(value) }
}

fn minutes(value: Option<Minutes>) -> Option<f64> {
    value.map(Minutes::get)
}

fn yes_no(value: bool) -> f64 {
    f64::from(u8::from(value))
}

/// The mean of the last services where any ended yet, else what the source publishes.
fn mean_service(arrival: &Arrival<'_>) -> Option<Minutes> {
    arrival.queue.mean_service.or(arrival.expected_service)
}

/// People ahead × mean service time ÷ open counters (people in service where the counters are not known, at least
/// one): today's estimate of the wait.
fn work_ahead(arrival: &Arrival<'_>) -> Option<f64> {
    let counters = arrival.queue.open_counters.or(arrival.queue.in_service)?.max(1);
    let people = arrival.queue.people_ahead?;
    Some(f64::from(people) * mean_service(arrival)?.get() / f64::from(counters))
}

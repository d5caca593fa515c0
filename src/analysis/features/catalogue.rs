//! What a feature is: the fields of its definition, and the one place where a value gets the precision it is kept in.

use super::arrival::Arrival;
use super::definitions::CATALOGUE;
use super::parts::Parts;

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

/// From when on a value can be known; what makes it so. Nothing later than the arrival is ever used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Long before: it follows from the clock and the calendar alone.
    InAdvance,
    /// Before the day began: it follows from earlier days.
    BeforeTheDay,
    /// Just before the arrival: it follows from events at earlier instants, and from arrivals at the same instant that
    /// stand earlier in the history.
    BeforeTheArrival,
    /// At the arrival: the source or the request states it of this visit.
    AtTheArrival,
}

/// What is used where a value is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingRule {
    /// It never is: every arrival has it.
    Never,
    /// It stays missing, and the model puts its own fill there (the training median, or the most frequent name) and a
    /// mark that says so.
    ModelFill,
    /// The service length that the source publishes (`expected_service_min`), and without that as [`Self::ModelFill`].
    PublishedService,
}

/// The definition of a feature.
pub struct Feature {
    /// The name in files, requests and contracts.
    pub id: &'static str,
    /// The group.
    pub group: Group,
    /// What a number counts.
    pub unit: Unit,
    /// From when on it can be known.
    pub known: Known,
    /// What is used where it is missing.
    pub missing: MissingRule,
    /// Whether a version may only drop it with a new MAJOR.
    pub critical: bool,
    /// The parts of the queue's state that it is computed from.
    pub needs: Parts,
    pub(super) definition: Definition,
}

/// How a value follows from what is known at the arrival.
pub(super) enum Definition {
    /// A number that counts something.
    Whole(fn(&Arrival<'_>) -> Option<u32>),
    /// Any other number.
    Real(fn(&Arrival<'_>) -> Option<f64>),
    /// A name.
    Category(for<'a> fn(&Arrival<'a>) -> Option<&'a str>),
}

/// The feature with this id.
#[must_use]
pub fn feature(id: &str) -> Option<&'static Feature> {
    CATALOGUE.iter().find(|feature| feature.id == id)
}

/// The precision in which counts are kept; every count goes through here, offline and online.
pub(super) fn kept_whole(value: Option<u32>) -> Option<u32> {
    value.filter(|value| *value != u32::MAX)
}

/// The precision in which other numbers are kept (32 bits: a day in minutes to 7 ms); every such number goes through
/// here, offline and online. NaN where missing.
#[expect(clippy::cast_possible_truncation, reason = "this is where numbers get the precision they are kept in")]
pub(super) fn kept_real(value: Option<f64>) -> f32 {
    value.map_or(f32::NAN, |value| value as f32)
}

impl Feature {
    /// Whether its values are numbers or names.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.definition {
            Definition::Whole(_) | Definition::Real(_) => Kind::Number,
            Definition::Category(_) => Kind::Category,
        }
    }

    /// The value for `arrival`, in the precision in which [`super::FeatureTable`] keeps it.
    #[must_use]
    pub fn value<'a>(&self, arrival: &Arrival<'a>) -> Value<'a> {
        match self.definition {
            Definition::Whole(value) => Value::of_whole(kept_whole(value(arrival))),
            Definition::Real(value) => Value::of_real(kept_real(value(arrival))),
            Definition::Category(value) => value(arrival).map_or(Value::Missing, Value::Category),
        }
    }

    /// The key of its name for people.
    #[must_use]
    pub fn name_key(&self) -> String {
        format!("feature.{}", self.id)
    }

    /// The key of the sentence that says what it is.
    #[must_use]
    pub fn about_key(&self) -> String {
        format!("feature_about.{}", self.id)
    }
}

impl Value<'static> {
    pub(super) fn of_whole(value: Option<u32>) -> Value<'static> {
        value.map_or(Value::Missing, |value| Value::Number(f64::from(value)))
    }

    pub(super) fn of_real(value: f32) -> Value<'static> {
        if value.is_finite() { Value::Number(f64::from(value)) } else { Value::Missing }
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

    /// The key of its name for people.
    #[must_use]
    pub fn name_key(self) -> String {
        format!("unit.{}", self.id())
    }
}

impl Group {
    /// The name in files; `feature_group.ID` is the name for people.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Group::Calendar => "calendar",
            Group::Queue => "queue",
            Group::DelayHistory => "delay_history",
            Group::Visit => "visit",
        }
    }

    /// The key of its name for people.
    #[must_use]
    pub fn name_key(self) -> String {
        format!("feature_group.{}", self.id())
    }
}

impl Known {
    /// The name in files; `feature_known.ID` is the name for people.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Known::InAdvance => "in_advance",
            Known::BeforeTheDay => "before_the_day",
            Known::BeforeTheArrival => "before_the_arrival",
            Known::AtTheArrival => "at_the_arrival",
        }
    }

    /// The key of its name for people.
    #[must_use]
    pub fn name_key(self) -> String {
        format!("feature_known.{}", self.id())
    }
}

impl MissingRule {
    /// The name in files; `feature_missing.ID` is the name for people.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            MissingRule::Never => "never",
            MissingRule::ModelFill => "model_fill",
            MissingRule::PublishedService => "published_service",
        }
    }

    /// The key of its name for people.
    #[must_use]
    pub fn name_key(self) -> String {
        format!("feature_missing.{}", self.id())
    }
}

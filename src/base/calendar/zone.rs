//! Zones, and the clock on a wall in one of them.
//!
//! The zone database is the one compiled in, never the machine's. A [`WallClock`] remembers the stretch of time
//! over which the zone's offset stayed the same, so that turning a column of nearby moments into local times
//! costs a few nanoseconds each. It never reads the time of day from the system.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};

use super::CivilDate;
use crate::base::{Explain, Moment};

/// A zone of the IANA database, such as `Asia/Tehran` (the default).
#[derive(Clone)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

/// A name that is not in the IANA zone database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such time zone: \"{name}\"")]
pub struct ZoneError {
    /// The name as it was given.
    pub name: String,
}

/// What calendar and clock say: a date and a time to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalTime {
    date: CivilDate,
    minute_of_day: u16,
    second: u8,
}

/// The moment that a local time means, and whether it is the only one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalMoment {
    /// The clock showed this time once.
    Unique(Moment),
    /// The clock was set back and showed this time twice; the **earlier** moment is taken.
    Ambiguous {
        /// The first time, before the clock was set back.
        chosen: Moment,
        /// The second time.
        later: Moment,
    },
    /// The clock was set forward over this time; it is read by the offset **before** the change, and so comes to
    /// lie as far after it as the time lies after the start of the gap.
    Missing {
        /// The moment that is taken for it.
        chosen: Moment,
    },
}

/// Turns moments into local times of one zone, and back.
#[derive(Clone)]
pub struct WallClock {
    rules: TimeZone,
    /// The stretch `from..until` (in ms since the epoch) over which `offset_ms` holds.
    from: i64,
    until: i64,
    offset_ms: i64,
}

const MS_A_DAY: i64 = 86_400_000;

impl Zone {
    /// The name in the database, in its own spelling.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A clock in this zone.
    #[must_use]
    pub fn clock(&self) -> WallClock {
        // An empty stretch, so that the first use looks the offset up.
        WallClock { rules: self.rules.clone(), from: 0, until: 0, offset_ms: 0 }
    }
}

impl Default for Zone {
    /// `Asia/Tehran`.
    #[expect(clippy::expect_used, reason = "the name is compiled in, and so is the database it stands in")]
    fn default() -> Zone {
        "Asia/Tehran".parse().expect("the zone database is compiled in, and a test asks it for this zone")
    }
}

impl LocalTime {
    /// `None` where `minute_of_day` is not below 1,440 or `second` not below 60.
    #[must_use]
    pub fn new(date: CivilDate, minute_of_day: u16, second: u8) -> Option<LocalTime> {
        (minute_of_day < 1_440 && second < 60).then_some(LocalTime { date, minute_of_day, second })
    }

    /// The date.
    #[must_use]
    pub fn date(self) -> CivilDate {
        self.date
    }

    /// Minutes since midnight as the clock shows them, 0–1,439.
    #[must_use]
    pub fn minute_of_day(self) -> u16 {
        self.minute_of_day
    }

    /// The hour, 0–23.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "minute_of_day is below 1,440")]
    pub fn hour(self) -> u8 {
        (self.minute_of_day / 60) as u8
    }

    /// The minute of the hour, 0–59.
    #[must_use]
    pub fn minute(self) -> u8 {
        (self.minute_of_day % 60) as u8
    }

    /// The second, 0–59.
    #[must_use]
    pub fn second(self) -> u8 {
        self.second
    }
}

impl LocalMoment {
    /// The moment that is taken, unique or not.
    #[must_use]
    pub fn chosen(self) -> Moment {
        match self {
            LocalMoment::Unique(chosen)
            | LocalMoment::Ambiguous { chosen, .. }
            | LocalMoment::Missing { chosen } => chosen,
        }
    }
}

impl WallClock {
    /// What the clock shows at `moment`; fractions of a second are cut off.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a moment is within ±4 million days of the epoch, and a remainder within one day"
    )]
    pub fn local(&mut self, moment: Moment) -> LocalTime {
        let millis = moment.millis();
        if millis < self.from || millis >= self.until {
            self.look_up(millis);
        }
        let shown = millis + self.offset_ms;
        let second_of_day = (shown.rem_euclid(MS_A_DAY) / 1_000) as u32;
        LocalTime {
            date: CivilDate::from_moment_days(shown.div_euclid(MS_A_DAY) as i32),
            minute_of_day: (second_of_day / 60) as u16,
            second: (second_of_day % 60) as u8,
        }
    }

    /// The moment at which the clock shows `local`; `None` beyond the range of [`Moment`].
    #[must_use]
    pub fn moment(&mut self, local: LocalTime) -> Option<LocalMoment> {
        // Offsets lie within a day of UTC. Where the guess is further than that from the ends of the stretch, no
        // other offset can give this local time.
        const MARGIN: i64 = 2 * MS_A_DAY;
        let second_of_day = i64::from(local.minute_of_day) * 60 + i64::from(local.second);
        let shown = i64::from(local.date.epoch_days()) * MS_A_DAY + second_of_day * 1_000;
        let guess = Moment::from_millis(shown - self.offset_ms)?;
        if guess.millis() >= self.from.saturating_add(MARGIN) && guess.millis() < self.until.saturating_sub(MARGIN)
        {
            return Some(LocalMoment::Unique(guess));
        }
        self.look_up(guess.millis());
        self.resolve(local)
    }

    /// The moment of midnight on `date`, where the clock is not set on that day nor within two days of it: then every
    /// time of the day lies as far after this moment as the clock shows. `None` where it is set.
    #[must_use]
    pub fn steady_midnight(&mut self, date: CivilDate) -> Option<Moment> {
        let midnight = self.moment(LocalTime { date, minute_of_day: 0, second: 0 })?.chosen();
        let (before, after) = (midnight.millis() - 2 * MS_A_DAY, midnight.millis() + 3 * MS_A_DAY);
        (before >= self.from && after < self.until).then_some(midnight)
    }

    fn resolve(&self, local: LocalTime) -> Option<LocalMoment> {
        let (year, month, day) = local.date.parts();
        let time = DateTime::new(
            year,
            i8::try_from(month).ok()?,
            i8::try_from(day).ok()?,
            i8::try_from(local.hour()).ok()?,
            i8::try_from(local.minute()).ok()?,
            i8::try_from(local.second).ok()?,
            0,
        )
        .ok()?;
        let possible = self.rules.to_ambiguous_timestamp(time);
        let moment = |stamp: Result<Timestamp, jiff::Error>| Moment::from_millis(stamp.ok()?.as_millisecond());
        Some(match possible.offset() {
            AmbiguousOffset::Unambiguous { .. } => LocalMoment::Unique(moment(possible.compatible())?),
            AmbiguousOffset::Fold { .. } => {
                LocalMoment::Ambiguous { chosen: moment(possible.earlier())?, later: moment(possible.later())? }
            }
            AmbiguousOffset::Gap { .. } => LocalMoment::Missing { chosen: moment(possible.compatible())? },
        })
    }

    /// Makes the stretch around `millis` the remembered one.
    fn look_up(&mut self, millis: i64) {
        // Every `Moment` is within the range of `Timestamp`.
        let stamp = Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH);
        self.offset_ms = i64::from(self.rules.to_offset(stamp).seconds()) * 1_000;
        // `preceding` is strict, and transitions fall on whole seconds.
        let just_after = Timestamp::from_millisecond(millis.saturating_add(1)).unwrap_or(stamp);
        let before = self.rules.preceding(just_after).next();
        let after = self.rules.following(stamp).next();
        self.from = before.map_or(i64::MIN, |transition| transition.timestamp().as_millisecond());
        self.until = after.map_or(i64::MAX, |transition| transition.timestamp().as_millisecond());
    }
}

impl Explain for ZoneError {
    fn key(&self) -> &'static str {
        "no_such_zone"
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![("name", self.name.clone())]
    }
}

impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(name: &str) -> Result<Zone, ZoneError> {
        let error = || ZoneError { name: name.to_owned() };
        let rules = TimeZoneDatabase::bundled().get(name).map_err(|_| error())?;
        if rules.is_unknown() {
            return Err(error());
        }
        let name = rules.iana_name().ok_or_else(error)?.to_owned();
        Ok(Zone { name, rules })
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({self})")
    }
}

impl fmt::Debug for WallClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WallClock({})", self.rules.iana_name().unwrap_or_default())
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Zone) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl Serialize for Zone {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Zone, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn moment(text: &str) -> Moment {
        Moment::parse_rfc3339(text).unwrap()
    }

    fn local(date: &str, hour: u16, minute: u16) -> LocalTime {
        LocalTime::new(date.parse().unwrap(), hour * 60 + minute, 0).unwrap()
    }

    #[test]
    fn zones_are_checked_and_spelt_as_the_database_does() {
        assert_eq!(Zone::default().name(), "Asia/Tehran");
        assert_eq!("asia/tehran".parse(), Ok(Zone::default()));
        assert_eq!(serde_json::to_string(&Zone::default()).unwrap(), "\"Asia/Tehran\"");
        for name in ["", "Tehran", "Etc/Unknown", "+03:30", "Asia/Nowhere"] {
            assert_eq!(name.parse::<Zone>(), Err(ZoneError { name: name.to_owned() }));
        }
    }

    #[test]
    fn tehran_had_summer_time_until_2022_and_has_none_since() {
        let mut clock = Zone::default().clock();
        assert_eq!(clock.local(moment("2022-07-01T00:00:00Z")), local("2022-07-01", 4, 30));
        assert_eq!(clock.local(moment("2022-09-21T19:29:00Z")), local("2022-09-21", 23, 59));
        assert_eq!(clock.local(moment("2022-09-21T19:30:00Z")), local("2022-09-21", 23, 0));
        assert_eq!(clock.local(moment("2023-07-01T00:00:00Z")), local("2023-07-01", 3, 30));
        assert_eq!(clock.local(moment("1960-01-01T23:59:59.999Z")).second(), 59);
    }

    #[test]
    fn hours_that_come_twice_or_never_are_reported_and_decided_by_the_rule() {
        let mut clock = Zone::default().clock();
        // Set back from 24:00 to 23:00 on 30 Shahrivar 1401.
        assert_eq!(
            clock.moment(local("2022-09-21", 23, 30)),
            Some(LocalMoment::Ambiguous {
                chosen: moment("2022-09-21T19:00:00Z"),
                later: moment("2022-09-21T20:00:00Z")
            })
        );
        // Set forward from 00:00 to 01:00 on 1 Farvardin 1401 … the clock never showed 00:20.
        assert_eq!(
            clock.moment(local("2022-03-22", 0, 20)),
            Some(LocalMoment::Missing { chosen: moment("2022-03-21T20:50:00Z") })
        );
        assert_eq!(clock.local(moment("2022-03-21T20:50:00Z")), local("2022-03-22", 1, 20));
        assert_eq!(
            clock.moment(local("2026-11-23", 14, 5)),
            Some(LocalMoment::Unique(moment("2026-11-23T10:35:00Z")))
        );
    }

    #[test]
    fn the_ends_of_time_have_dates() {
        for name in ["Asia/Tehran", "Pacific/Kiritimati", "UTC"] {
            let mut clock = name.parse::<Zone>().unwrap().clock();
            for millis in [-Moment::RANGE_MILLIS, Moment::RANGE_MILLIS] {
                let date = clock.local(Moment::from_millis(millis).unwrap()).date();
                assert!(CivilDate::MIN < date && date < CivilDate::MAX);
            }
        }
    }

    proptest! {
        #[test]
        fn agrees_with_jiff_in_any_order(
            seconds in prop::collection::vec(-2_000_000_000_i64..4_000_000_000, 1..50),
            zone in prop::sample::select(vec!["Asia/Tehran", "Europe/Warsaw", "Pacific/Apia", "UTC"]),
        ) {
            let zone: Zone = zone.parse().unwrap();
            let mut clock = zone.clock();
            let mut back = zone.clock();
            for second in seconds {
                let moment = Moment::from_seconds(second).unwrap();
                let ours = clock.local(moment);
                let theirs = zone.rules.to_datetime(Timestamp::from_second(second).unwrap());
                prop_assert_eq!(ours.date.to_string(), theirs.date().to_string());
                prop_assert_eq!((ours.hour() as i8, ours.minute() as i8, ours.second as i8),
                    (theirs.hour(), theirs.minute(), theirs.second()));
                match back.moment(ours).unwrap() {
                    LocalMoment::Unique(same) => prop_assert_eq!(same, moment),
                    LocalMoment::Ambiguous { chosen, later } => prop_assert!(chosen == moment || later == moment),
                    LocalMoment::Missing { .. } => prop_assert!(false, "the clock did show it"),
                }
            }
        }
    }
}

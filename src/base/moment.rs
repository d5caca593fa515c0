//! An instant of time, in milliseconds since 1970-01-01T00:00:00Z.
//!
//! It knows no zone: what a clock on a site's wall says is the business of [`super::calendar`]. Its layout
//! leaves a niche, so that a column of `Option<Moment>` takes eight bytes a row.

use std::fmt;
use std::num::NonZeroI64;

use serde::{Deserialize, Serialize};

use super::Minutes;

/// A UTC instant with millisecond resolution, between the years −9999 and 9999.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Moment(NonZeroI64);

/// `millis ^ FLIP` is zero for `i64::MIN` alone, which lies outside of [`Moment::RANGE_MILLIS`].
const FLIP: i64 = i64::MIN;

impl Moment {
    /// The largest distance from the epoch, in milliseconds (about 9,999 years).
    pub const RANGE_MILLIS: i64 = 253_370_764_800_000;

    /// `None` where `millis` lies outside of ±[`Moment::RANGE_MILLIS`].
    #[must_use]
    pub fn from_millis(millis: i64) -> Option<Moment> {
        if !(-Self::RANGE_MILLIS..=Self::RANGE_MILLIS).contains(&millis) {
            return None;
        }
        NonZeroI64::new(millis ^ FLIP).map(Moment)
    }

    /// As [`Moment::from_millis`], from whole seconds.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Option<Moment> {
        seconds.checked_mul(1_000).and_then(Moment::from_millis)
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0.get() ^ FLIP
    }

    /// This moment moved by `millis` (may be negative); `None` beyond the range.
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Option<Moment> {
        self.millis().checked_add(millis).and_then(Moment::from_millis)
    }

    /// The time from `earlier` to `self`; negative where `earlier` is later.
    #[must_use]
    pub fn minutes_since(self, earlier: Moment) -> Minutes {
        Minutes::from_millis(self.millis() - earlier.millis())
    }

    /// Parses RFC 3339 (`2026-11-23T05:00:00Z`, any offset).
    #[must_use]
    pub fn parse_rfc3339(text: &str) -> Option<Moment> {
        let stamp: jiff::Timestamp = text.parse().ok()?;
        Moment::from_millis(stamp.as_millisecond())
    }
}

impl Ord for Moment {
    fn cmp(&self, other: &Moment) -> std::cmp::Ordering {
        self.millis().cmp(&other.millis())
    }
}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Moment) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Moment {
    /// RFC 3339 in UTC, with milliseconds only where there are any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.millis()) {
            Ok(stamp) => write!(f, "{stamp}"),
            Err(_) => write!(f, "{} ms", self.millis()),
        }
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Moment({self})")
    }
}

impl Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Moment, D::Error> {
        let text = String::deserialize(deserializer)?;
        Moment::parse_rfc3339(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("\"{text}\" is not an RFC 3339 time")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_optional_moment_takes_eight_bytes() {
        assert_eq!(size_of::<Option<Moment>>(), 8);
    }

    #[test]
    fn order_text_and_arithmetic_agree_around_the_epoch() {
        let before = Moment::from_millis(-1).unwrap();
        let epoch = Moment::from_millis(0).unwrap();
        assert!(before < epoch);
        assert_eq!(before.plus_millis(1), Some(epoch));
        assert_eq!(epoch.to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(Moment::parse_rfc3339("1970-01-01T03:30:00+03:30"), Some(epoch));
        assert_eq!(epoch.minutes_since(before).get(), 1.0 / 60_000.0);
        assert_eq!(Moment::from_millis(i64::MIN), None);
        assert_eq!(Moment::from_seconds(i64::MAX), None);
    }
}

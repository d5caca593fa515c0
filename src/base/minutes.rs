//! A length of time in minutes, the unit in which waits are predicted, scored and shown.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A finite number of minutes. Negative values are allowed, since differences are minutes, too.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Minutes(f64);

impl Minutes {
    /// No time at all.
    pub const ZERO: Minutes = Minutes(0.0);

    /// Twenty-four hours.
    pub const DAY: Minutes = Minutes(1_440.0);

    /// `None` where `value` is NaN or infinite.
    #[must_use]
    pub fn new(value: f64) -> Option<Minutes> {
        value.is_finite().then_some(Minutes(value))
    }

    /// A whole number of milliseconds, as minutes.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "spans of time stay far below 2^53 ms")]
    pub fn from_millis(millis: i64) -> Minutes {
        Minutes(millis as f64 / 60_000.0)
    }

    /// The number of minutes; always finite.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Minutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} min", self.0)
    }
}

impl<'de> Deserialize<'de> for Minutes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Minutes, D::Error> {
        let value = f64::deserialize(deserializer)?;
        Minutes::new(value).ok_or_else(|| serde::de::Error::custom("minutes must be a finite number"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_finite_minutes_exist() {
        assert_eq!(Minutes::new(f64::NAN), None);
        assert_eq!(Minutes::new(f64::INFINITY), None);
        assert_eq!(Minutes::from_millis(90_000).get(), 1.5);
        assert!(serde_json::from_str::<Minutes>("1e999").is_err());
    }
}

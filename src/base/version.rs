//! `MAJOR.MINOR.PATCH` of a registered model, as section 5 of the plan defines its parts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A version of a model. Ordered by MAJOR, then MINOR, then PATCH.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

/// What a new version changes, which decides the part that is raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The model's architecture or its features change fundamentally.
    Major,
    /// Better accuracy, or a new feature.
    Minor,
    /// A fix or a small optimisation.
    Patch,
}

/// A text that is not a version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not a version; write three whole numbers, such as 1.2.0")]
pub struct VersionError {
    /// What was given.
    pub text: String,
}

impl Version {
    /// The version with these parts.
    #[must_use]
    pub const fn new(major: u32, minor: u32, patch: u32) -> Version {
        Version { major, minor, patch }
    }

    /// MAJOR.
    #[must_use]
    pub fn major(self) -> u32 {
        self.major
    }

    /// MINOR.
    #[must_use]
    pub fn minor(self) -> u32 {
        self.minor
    }

    /// PATCH.
    #[must_use]
    pub fn patch(self) -> u32 {
        self.patch
    }

    /// The version that follows this one after `change`.
    #[must_use]
    pub fn next(self, change: Change) -> Version {
        match change {
            Change::Major => Version::new(self.major.saturating_add(1), 0, 0),
            Change::Minor => Version::new(self.major, self.minor.saturating_add(1), 0),
            Change::Patch => Version::new(self.major, self.minor, self.patch.saturating_add(1)),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Version, VersionError> {
        let wrong = || VersionError { text: text.chars().take(64).collect() };
        let part = |text: &str| {
            let canonical = text == "0" || (!text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()));
            canonical.then(|| text.parse::<u32>().ok()).flatten().ok_or_else(wrong)
        };
        let mut parts = text.split('.');
        let mut following = || parts.next().ok_or_else(wrong).and_then(part);
        let version = Version::new(following()?, following()?, following()?);
        if parts.next().is_some() { Err(wrong()) } else { Ok(version) }
    }
}

impl Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Version, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_versions_parse_and_print_back() {
        for text in ["0.0.0", "1.2.3", "10.0.4294967295"] {
            assert_eq!(text.parse::<Version>().unwrap().to_string(), text);
        }
        for text in
            ["", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.-3", "1.2.+3", "1.2.4294967296", "1.2.۳", "v1.2.3", "1..3"]
        {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_raised_part_resets_those_after_it() {
        let version = Version::new(1, 2, 3);
        assert_eq!(version.next(Change::Major), Version::new(2, 0, 0));
        assert_eq!(version.next(Change::Minor), Version::new(1, 3, 0));
        assert_eq!(version.next(Change::Patch), Version::new(1, 2, 4));
        assert!(Version::new(1, 9, 0) < Version::new(1, 10, 0));
    }
}

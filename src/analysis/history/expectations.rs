//! What a history is expected to look like, as a YAML contract, and where one does not.
//!
//! A contract is made from the profile of a history that was good ([`Expectations::from_profile`], with slack for the
//! next one) and then is a person's to change. What is expected and cannot be seen is not met: no data is never a pass.

mod check;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::Explain;
use crate::base::calendar::Weekday;
use crate::base::explain::Failure;

use super::profile::{ColumnKind, ColumnProfile, DayProfile, MOST_GROUPS, NumberProfile, Profile};

/// Values of a category are listed where there are at most so many.
const MOST_ALLOWED: u64 = 20;
/// The missing share may be this much larger, beside three standard errors.
const MISSING_SLACK: f64 = 0.02;
/// A range of numbers may be wider by this share of its width at either end.
const RANGE_SLACK: f64 = 0.5;
/// A quantile of the waits may be so many times larger or smaller.
const WAIT_FACTOR: f64 = 2.0;
/// A day may have so many times fewer visits than the quietest of twenty, or more than the busiest.
const VOLUME_FACTOR: f64 = 2.0;
/// The share of served visits may be lower by this much.
const SERVED_SLACK: f64 = 0.1;
/// The newest arrival may be older than the longest pause between days with visits by so many hours.
const FRESHNESS_SLACK_HOURS: f64 = 48.0;

/// What a history is expected to look like; what is not named is not expected.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expectations {
    /// Columns by name, which must be there.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, ColumnExpectation>,
    /// Sites that must have visits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<String>,
    /// The newest arrival is at most so many hours old.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newest_within_hours: Option<f64>,
    /// Visits a day, by the day of the week. The first and the last day are not looked at, since exports begin and end
    /// in the middle of days; neither are days without any visit.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub visits_a_day: BTreeMap<Weekday, Range>,
    /// The share of visits that are served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub served_share: Option<Range>,
    /// The median wait, minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_wait_minutes: Option<Range>,
    /// The 90th percentile of the waits, minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90_wait_minutes: Option<Range>,
}

/// What is expected of a column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ColumnExpectation {
    /// What it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<ColumnKind>,
    /// At most this share of the rows has no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_share_at_most: Option<f64>,
    /// The values there may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Vec<String>>,
    /// Where the numbers lie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numbers: Option<Range>,
}

/// From `low` to `high`, both included; an end that is left out is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Range {
    /// The lowest value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// The highest value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
}

/// Something that is not as expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Where in the contract: `columns.priority.missing_share_at_most`.
    pub field: String,
    /// What is expected, in signs that need no language.
    pub expected: String,
    /// What there is; `—` where there is nothing.
    pub found: String,
}

/// Why a contract cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpectationsError {
    /// Not YAML, or not the document that a contract is.
    #[error("the expectations cannot be read: {reason}")]
    Unreadable {
        /// What the parser says, with line and column.
        reason: String,
    },
    /// A number that cannot be meant.
    #[error("\"{field}\" has a limit that nothing can meet")]
    Limit {
        /// Where in the contract.
        field: String,
    },
}

impl Explain for ExpectationsError {
    fn key(&self) -> &'static str {
        match self {
            ExpectationsError::Unreadable { .. } => "expectations_unreadable",
            ExpectationsError::Limit { .. } => "expectations_limit",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            ExpectationsError::Unreadable { reason } => vec![("reason", reason.clone())],
            ExpectationsError::Limit { field } => vec![("field", field.clone())],
        }
    }

    fn failure(&self) -> Failure {
        Failure::Usage
    }
}

impl Range {
    /// From `low` to `high`.
    #[must_use]
    pub fn between(low: f64, high: f64) -> Range {
        Range { low: Some(low), high: Some(high) }
    }

    /// Whether `value` lies in it.
    #[must_use]
    pub fn holds(self, value: f64) -> bool {
        self.low.is_none_or(|low| value >= low) && self.high.is_none_or(|high| value <= high)
    }

    fn makes_sense(self) -> bool {
        self.low.is_none_or(f64::is_finite)
            && self.high.is_none_or(f64::is_finite)
            && self.low.zip(self.high).is_none_or(|(low, high)| low <= high)
    }
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.low, self.high) {
            (Some(low), Some(high)) => write!(f, "{low} … {high}"),
            (Some(low), None) => write!(f, "≥ {low}"),
            (None, Some(high)) => write!(f, "≤ {high}"),
            (None, None) => f.write_str("…"),
        }
    }
}

impl Expectations {
    /// The largest file of expectations that is read, in bytes.
    pub const MAX_BYTES: u64 = 1024 * 1024;

    /// Reads the YAML of a contract.
    ///
    /// # Errors
    /// [`ExpectationsError`].
    pub fn from_yaml(text: &str) -> Result<Expectations, ExpectationsError> {
        let expectations: Expectations = serde_saphyr::from_str(text)
            .map_err(|error| ExpectationsError::Unreadable { reason: error.without_snippet().to_string() })?;
        expectations.validate()?;
        Ok(expectations)
    }

    /// The YAML of the contract.
    ///
    /// # Errors
    /// [`ExpectationsError::Unreadable`] where it cannot be written down.
    pub fn to_yaml(&self) -> Result<String, ExpectationsError> {
        serde_saphyr::to_string(self).map_err(|error| ExpectationsError::Unreadable { reason: error.to_string() })
    }

    fn validate(&self) -> Result<(), ExpectationsError> {
        let limit = |field: String| Err(ExpectationsError::Limit { field });
        for (name, column) in &self.columns {
            if column.missing_share_at_most.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
                return limit(format!("columns.{name}.missing_share_at_most"));
            }
            if column.numbers.is_some_and(|range| !range.makes_sense()) {
                return limit(format!("columns.{name}.numbers"));
            }
        }
        for (weekday, range) in &self.visits_a_day {
            if !range.makes_sense() {
                return limit(format!("visits_a_day.{}", weekday.id()));
            }
        }
        if self.newest_within_hours.is_some_and(|hours| !(hours > 0.0 && hours.is_finite())) {
            return limit("newest_within_hours".to_owned());
        }
        let ranges = [
            ("served_share", self.served_share),
            ("median_wait_minutes", self.median_wait_minutes),
            ("p90_wait_minutes", self.p90_wait_minutes),
        ];
        for (field, range) in ranges {
            if range.is_some_and(|range| !range.makes_sense()) {
                return limit(field.to_owned());
            }
        }
        Ok(())
    }

    /// What `profile` lets expect of the next history, with slack:
    ///
    /// - a column's missing share may be larger by 0.02 and three standard errors (none where nothing may be missing);
    /// - a category of at most 20 values has no others; numbers may lie beyond their range by half its width, but not
    ///   below zero where none did;
    /// - waits' median and 90th percentile may double or halve; the served share may be lower by 0.1;
    /// - a day of the week may have half the visits of its 5th percentile, and twice those of its 95th;
    /// - the newest arrival may be older than the longest pause between days by two days; every site has visits.
    #[must_use]
    pub fn from_profile(profile: &Profile) -> Expectations {
        let columns = profile.columns.iter().filter(|column| column.filled > 0);
        let factor = |value: f64| Range::between(rounded(value / WAIT_FACTOR), rounded(value * WAIT_FACTOR));
        // Of waits that are nearly nothing, half and double say nothing: a minute always may be.
        let wait = |value: f64| Range { high: Some(rounded(value * WAIT_FACTOR).max(1.0)), ..factor(value) };
        let served_share = profile.served as f64 / profile.visits.max(1) as f64;
        Expectations {
            columns: columns
                .map(|column| (column.name.clone(), expected_column(column, profile.visits)))
                .collect(),
            // Of a list that is cut off, nobody knows who is next to be left out.
            sites: match profile.sites.len() {
                MOST_GROUPS.. => Vec::new(),
                _ => profile.sites.iter().map(|site| site.name.clone()).collect(),
            },
            newest_within_hours: longest_pause_days(&profile.days).map(|days| 24.0 * days + FRESHNESS_SLACK_HOURS),
            visits_a_day: volumes(&profile.days),
            served_share: (profile.visits > 0)
                .then(|| Range { low: Some(rounded((served_share - SERVED_SLACK).max(0.0))), high: None }),
            median_wait_minutes: profile.waits.as_ref().map(|waits| wait(waits.median)),
            p90_wait_minutes: profile.waits.as_ref().map(|waits| wait(waits.p90)),
        }
    }
}

fn expected_column(column: &ColumnProfile, rows: u64) -> ColumnExpectation {
    let always = ["visit_id", "site", "service", "arrived_at"].contains(&column.name.as_str());
    let share = column.missing as f64 / rows.max(1) as f64;
    let error = (share * (1.0 - share) / rows.max(1) as f64).sqrt();
    let slack = if always { 0.0 } else { MISSING_SLACK + 3.0 * error };
    let is_small_category = column.kind == ColumnKind::Category
        && column.distinct.is_exact
        && column.distinct.n <= MOST_ALLOWED
        && column.name != "site";
    ColumnExpectation {
        kind: Some(column.kind),
        missing_share_at_most: Some(rounded_up((share + slack).clamp(0.0, 1.0))),
        allowed: is_small_category.then(|| {
            let mut values: Vec<String> = column.top.iter().map(|(value, _)| value.clone()).collect();
            values.sort();
            values
        }),
        numbers: column.numbers.as_ref().map(expected_numbers),
    }
}

fn expected_numbers(numbers: &NumberProfile) -> Range {
    let NumberProfile { min, max, .. } = *numbers;
    let slack = RANGE_SLACK * (max - min);
    let low = if min >= 0.0 { (min - slack).max(0.0) } else { min - slack };
    Range::between(low, max + slack)
}

/// The longest time between two days with visits, in days; at least one.
fn longest_pause_days(days: &[DayProfile]) -> Option<f64> {
    let pauses = days.windows(2).map(|pair| match pair {
        [before, after] => after.date.days_since(before.date),
        _ => 1,
    });
    let longest = pauses.max().unwrap_or(1);
    (!days.is_empty()).then(|| f64::from(longest))
}

/// Whole days with visits: neither the first nor the last.
fn whole_days(days: &[DayProfile]) -> &[DayProfile] {
    match days {
        [_, whole @ .., _] => whole,
        _ => &[],
    }
}

fn volumes(days: &[DayProfile]) -> BTreeMap<Weekday, Range> {
    let mut by_weekday = BTreeMap::<Weekday, Vec<f64>>::new();
    for day in whole_days(days) {
        by_weekday.entry(day.date.weekday()).or_default().push(day.visitors.visits as f64);
    }
    let range = |visits: Vec<f64>| {
        let visits = crate::base::statistics::Sample::new(visits).ok()?;
        let (low, high) = (visits.quantile(0.05) / VOLUME_FACTOR, visits.quantile(0.95) * VOLUME_FACTOR);
        Some(Range::between(low.floor(), high.ceil()))
    };
    by_weekday.into_iter().filter_map(|(weekday, visits)| Some((weekday, range(visits)?))).collect()
}

/// To hundredths, for people to read.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn rounded_up(share: f64) -> f64 {
    ((share * 10_000.0).ceil() / 10_000.0).min(1.0)
}

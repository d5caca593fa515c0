//! Where moments and lengths of time come from, and how they are written.

use serde::{Deserialize, Serialize};

use super::Condition;

/// A moment: one column, a date and a time column, or so long after another moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeSource {
    /// A column with date and time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// A column with a date; goes with `time`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// A column with a time of day; goes with `date`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// A column with a length of time after `after`; goes with `unit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plus: Option<String>,
    /// What `plus` counts from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Anchor>,
    /// The unit of `plus`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<SpanUnit>,
    /// How dates are written.
    #[serde(default, skip_serializing_if = "DateForm::is_default")]
    pub dates: DateForm,
    /// Only rows for which this holds have the moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Condition>,
}

/// The moment that a length of time counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// The arrival.
    Arrived,
    /// The call.
    Called,
}

/// A unit of a length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpanUnit {
    /// Seconds.
    Seconds,
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Milliseconds.
    Milliseconds,
    /// `h:mm:ss` or `mm:ss`.
    Clock,
}

impl SpanUnit {
    /// Milliseconds in one unit; `None` where a length is written with colons.
    #[must_use]
    pub fn millis(self) -> Option<f64> {
        match self {
            SpanUnit::Seconds => Some(1_000.0),
            SpanUnit::Minutes => Some(60_000.0),
            SpanUnit::Hours => Some(3_600_000.0),
            SpanUnit::Milliseconds => Some(1.0),
            SpanUnit::Clock => None,
        }
    }

    /// The name in files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            SpanUnit::Seconds => "seconds",
            SpanUnit::Minutes => "minutes",
            SpanUnit::Hours => "hours",
            SpanUnit::Milliseconds => "milliseconds",
            SpanUnit::Clock => "clock",
        }
    }
}

/// How dates are written in a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateForm {
    /// `2026-11-23`, also with `/` or `.`, and `20261123`; Gregorian.
    #[default]
    Iso,
    /// `261123`: years 00–68 are 2000–2068, 69–99 are 1969–1999, as in POSIX.
    Yymmdd,
    /// `1405/09/02`, also with `-` or `.`, as `14050902`, with the day first where the year has four digits, and
    /// with a year of two digits (00–49 are 1400–1449, 50–99 are 1350–1399); Jalali.
    Jalali,
    /// `23/11/2026`, also with `-` or `.`; a year of two digits is read as in `yymmdd`.
    DayFirst,
    /// `11/23/2026`; otherwise as `day_first`.
    MonthFirst,
    /// Seconds since 1970-01-01T00:00:00Z.
    EpochSeconds,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    EpochMillis,
    /// Days since 1899-12-30 and the part of a day, as workbooks keep them; the clock on the wall.
    ExcelSerial,
}

impl DateForm {
    /// Every form.
    pub const ALL: [DateForm; 8] = [
        DateForm::Iso,
        DateForm::Yymmdd,
        DateForm::Jalali,
        DateForm::DayFirst,
        DateForm::MonthFirst,
        DateForm::EpochSeconds,
        DateForm::EpochMillis,
        DateForm::ExcelSerial,
    ];

    /// The name in files; `date_form.ID` is the name for people.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            DateForm::Iso => "iso",
            DateForm::Yymmdd => "yymmdd",
            DateForm::Jalali => "jalali",
            DateForm::DayFirst => "day_first",
            DateForm::MonthFirst => "month_first",
            DateForm::EpochSeconds => "epoch_seconds",
            DateForm::EpochMillis => "epoch_millis",
            DateForm::ExcelSerial => "excel_serial",
        }
    }

    fn is_default(&self) -> bool {
        *self == DateForm::default()
    }
}

/// The wait as the source states it beside the moments, to be compared with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedWait {
    /// The source column.
    pub column: String,
    /// Its unit.
    pub unit: SpanUnit,
    /// A column with the clock at which the wait began, where that is not the arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// A column with the clock at which it ended; goes with `from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl TimeSource {
    /// One column with date and time.
    #[must_use]
    pub fn of_column(column: String, dates: DateForm) -> TimeSource {
        TimeSource { column: Some(column), dates, ..TimeSource::default() }
    }

    /// A column with a date and one with a time of day.
    #[must_use]
    pub fn of_two(date: String, time: String, dates: DateForm) -> TimeSource {
        TimeSource { date: Some(date), time: Some(time), dates, ..TimeSource::default() }
    }

    /// So long after another moment.
    #[must_use]
    pub fn of_span(after: Anchor, plus: String, unit: SpanUnit) -> TimeSource {
        TimeSource { plus: Some(plus), after: Some(after), unit: Some(unit), ..TimeSource::default() }
    }

    /// Every source column that it names.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let only = self.only.as_ref().map(|condition| &condition.column);
        [self.column.as_ref(), self.date.as_ref(), self.time.as_ref(), self.plus.as_ref(), only]
            .into_iter()
            .flatten()
            .map(String::as_str)
    }
}

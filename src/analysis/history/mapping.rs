//! Which columns of a source mean what: the mapping file, as written and as checked.
//!
//! [`Mapping`] is the YAML document as a person writes it; [`Plan`] is the mapping resolved against the columns
//! that a source really has. Unknown fields are refused, and so is a mapping that names absent columns: a
//! mapping that was written for another file fails before the first row is read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::calendar::Zone;

use super::checks::{CheckSettings, SettingsError};

/// The mapping file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The zone of wall-clock times and of the sites' days.
    #[serde(default)]
    pub zone: Zone,
    /// How cells are separated in a delimited file; guessed from the header where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<Delimiter>,
    /// Cells that mean "nothing", beside the empty one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Known mistakes of the source, mended while reading and counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
    /// What is done about what the checks find.
    #[serde(default, skip_serializing_if = "CheckSettings::is_default")]
    pub checks: CheckSettings,
    /// Rows that are not visits, set aside and counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_visits: Vec<Condition>,
    /// Where each canonical column comes from.
    pub visit: VisitMapping,
    /// Further columns to keep, as `our name: source column`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extras: BTreeMap<String, String>,
}

/// A separator of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delimiter {
    /// `,`
    Comma,
    /// Tab
    Tab,
    /// `;`
    Semicolon,
}

/// A prefix of a column's cells that is known to be wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The source column.
    pub column: String,
    /// What the cell starts with.
    pub starts_with: String,
    /// What it should start with.
    pub replace_with: String,
    /// Why, for the report.
    pub reason: String,
}

/// Holds where a cell is one of some values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The source column.
    pub column: String,
    /// The values.
    pub values: Vec<String>,
}

/// Where the canonical columns come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitMapping {
    /// Columns that identify a visit together; without it, visits are numbered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub visit_id: Vec<String>,
    /// The site.
    pub site: NameSource,
    /// The service.
    pub service: NameSource,
    /// The arrival.
    pub arrived: TimeSource,
    /// The call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called: Option<TimeSource>,
    /// The end of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished: Option<TimeSource>,
    /// The departure without service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<TimeSource>,
    /// A small whole number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// The channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelSource>,
    /// The booked time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booked_for: Option<TimeSource>,
    /// A whole number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_counters: Option<String>,
    /// A whole number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people_ahead: Option<String>,
}

/// A name: from a column, or one for all rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum NameSource {
    /// The source column.
    Column(String),
    /// The same name for every row.
    Value(String),
}

/// A moment: one column, a date and a time column, or so long after another moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    #[serde(default)]
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
}

impl SpanUnit {
    /// Milliseconds in one unit.
    #[must_use]
    pub fn millis(self) -> f64 {
        match self {
            SpanUnit::Seconds => 1_000.0,
            SpanUnit::Minutes => 60_000.0,
            SpanUnit::Hours => 3_600_000.0,
        }
    }
}

/// How dates are written in a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateForm {
    /// `2026-11-23`, or with `/`; Gregorian.
    #[default]
    Iso,
    /// `261123`: years 00–68 are 2000–2068, 69–99 are 1969–1999, as in POSIX.
    Yymmdd,
    /// `1405/09/02`, also with `-`; Jalali.
    Jalali,
}

/// The channel: a column, and which of its values mean what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelSource {
    /// The source column.
    pub column: String,
    /// Values that mean a walk-in.
    pub walk_in: Vec<String>,
    /// Values that mean a booking.
    pub booked: Vec<String>,
}

/// Why a mapping cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// Not YAML, or not the document that a mapping is.
    #[error("the mapping cannot be read: {reason}")]
    Unreadable {
        /// What the parser says, with line and column.
        reason: String,
    },
    /// It names columns that the source lacks.
    #[error("the mapping names columns that the source does not have: {}", absent.join(", "))]
    AbsentColumns {
        /// The absent columns.
        absent: Vec<String>,
        /// The columns that there are.
        present: Vec<String>,
    },
    /// A moment is described by too little or too much.
    #[error("\"{field}\" needs either `column`, or `date` and `time`, or `plus`, `after` and `unit`")]
    UnclearTime {
        /// The canonical column.
        field: &'static str,
    },
    /// A moment counts from one that is not mapped, or from itself.
    #[error("\"{field}\" counts from a moment that is not there before it")]
    Circular {
        /// The canonical column.
        field: &'static str,
    },
    /// A setting of the checks makes no sense.
    #[error(transparent)]
    Checks(#[from] SettingsError),
    /// No mapping was given and the columns are not the canonical ones.
    #[error("the columns are not the canonical ones, and no mapping was given")]
    Needed {
        /// The columns that there are.
        present: Vec<String>,
    },
}

impl crate::base::Explain for MappingError {
    fn key(&self) -> &'static str {
        match self {
            MappingError::Unreadable { .. } => "mapping_unreadable",
            MappingError::AbsentColumns { .. } => "mapping_absent_columns",
            MappingError::UnclearTime { .. } => "mapping_unclear_time",
            MappingError::Circular { .. } => "mapping_circular",
            MappingError::Checks(error) => error.key(),
            MappingError::Needed { .. } => "mapping_needed",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            MappingError::Unreadable { reason } => vec![("reason", reason.clone())],
            MappingError::AbsentColumns { absent, present } => {
                vec![("absent", absent.join(", ")), ("present", present.join(", "))]
            }
            MappingError::UnclearTime { field } | MappingError::Circular { field } => {
                vec![("field", (*field).to_owned())]
            }
            MappingError::Checks(error) => error.fields(),
            MappingError::Needed { present } => vec![("present", present.join(", "))],
        }
    }

    fn failure(&self) -> crate::base::explain::Failure {
        crate::base::explain::Failure::Usage
    }
}

impl Mapping {
    /// The largest mapping file that is read, in bytes.
    pub const MAX_BYTES: u64 = 256 * 1024;

    /// Reads the YAML of a mapping file.
    ///
    /// # Errors
    /// [`MappingError::Unreadable`] where the text is not such a document.
    pub fn from_yaml(text: &str) -> Result<Mapping, MappingError> {
        let mapping: Mapping = serde_saphyr::from_str(text)
            .map_err(|error| MappingError::Unreadable { reason: error.without_snippet().to_string() })?;
        mapping.checks.validate()?;
        Ok(mapping)
    }

    /// The mapping of a source whose columns have the canonical names; those that are absent are left out.
    ///
    /// # Errors
    /// [`MappingError::Needed`] where a column that every history needs is absent.
    pub fn canonical(present: &[String]) -> Result<Mapping, MappingError> {
        let has = |name: &str| present.iter().any(|column| column == name);
        if !["site", "service", "arrived_at"].into_iter().all(has) {
            return Err(MappingError::Needed { present: present.to_vec() });
        }
        let optional = |name: &str| has(name).then(|| name.to_owned());
        let time = |name: &str| optional(name).map(TimeSource::of_column);
        Ok(Mapping {
            zone: Zone::default(),
            delimiter: None,
            missing: Vec::new(),
            corrections: Vec::new(),
            checks: CheckSettings::default(),
            not_visits: Vec::new(),
            visit: VisitMapping {
                visit_id: optional("visit_id").into_iter().collect(),
                site: NameSource::Column("site".to_owned()),
                service: NameSource::Column("service".to_owned()),
                arrived: TimeSource::of_column("arrived_at".to_owned()),
                called: time("called_at"),
                finished: time("finished_at"),
                left: time("left_at"),
                priority: optional("priority"),
                channel: optional("channel").map(|column| ChannelSource {
                    column,
                    walk_in: vec!["walk_in".to_owned()],
                    booked: vec!["booked".to_owned()],
                }),
                booked_for: time("booked_for"),
                open_counters: optional("open_counters"),
                people_ahead: optional("people_ahead"),
            },
            extras: BTreeMap::new(),
        })
    }
}

impl TimeSource {
    fn of_column(column: String) -> TimeSource {
        TimeSource {
            column: Some(column),
            date: None,
            time: None,
            plus: None,
            after: None,
            unit: None,
            dates: DateForm::Iso,
            only: None,
        }
    }
}

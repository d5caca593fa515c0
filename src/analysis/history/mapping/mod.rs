//! Which columns of a source mean what: the mapping file, as written and as checked.
//!
//! [`Mapping`] is the YAML document as a person writes it; [`Plan`] is the mapping resolved against the columns
//! that a source really has. Unknown fields are refused, and so is a mapping that names absent columns: a
//! mapping that was written for another file fails before the first row is read.

mod error;
mod moments;
mod shape;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::calendar::Zone;

pub use error::MappingError;
pub use moments::{Anchor, DateForm, SpanUnit, StatedWait, TimeSource};
pub(in crate::analysis::history) use shape::normal_name;

use super::checks::CheckSettings;
use super::personal::Treatment;
use super::source::Encoding;
use super::{PriorityOrder, one_spelling};

/// The mapping file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The zone of wall-clock times and of the sites' days.
    #[serde(default)]
    pub zone: Zone,
    /// Sites whose wall-clock times are of another zone, as `site: zone`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub zones: BTreeMap<String, Zone>,
    /// How a text file is encoded; recognised where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// The table of a database, or the sheet of a workbook; the only one where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Whether the first row holds the names of the columns; recognised where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
    /// How cells are separated in a delimited file; guessed from the header where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<Delimiter>,
    /// Cells that mean "nothing", beside the empty one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Cells that mean "nothing" in one column, as `column: [values]`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub missing_in: BTreeMap<String, Vec<String>>,
    /// Known mistakes of the source, mended while reading and counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
    /// What is done about what the checks find.
    #[serde(default, skip_serializing_if = "CheckSettings::is_default")]
    pub checks: CheckSettings,
    /// Rows that are not visits, set aside and counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_visits: Vec<Condition>,
    /// Rows that are visits, but not to be relied on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubtful: Vec<Doubt>,
    /// What is done with columns that hold personal data, where it is not what is done by default.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub personal: BTreeMap<String, Treatment>,
    /// Which priorities are the urgent ones.
    #[serde(default, skip_serializing_if = "PriorityOrder::is_usual")]
    pub priority_order: PriorityOrder,
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
    /// `|`
    Pipe,
}

impl Delimiter {
    /// The character.
    #[must_use]
    pub fn byte(self) -> u8 {
        match self {
            Delimiter::Comma => b',',
            Delimiter::Tab => b'\t',
            Delimiter::Semicolon => b';',
            Delimiter::Pipe => b'|',
        }
    }
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

/// Marks rows as doubtful where a cell is one of some values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Doubt {
    /// The source column.
    pub column: String,
    /// The values.
    pub values: Vec<String>,
    /// Why, for the report.
    pub reason: String,
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
    /// The wait that the source states beside the moments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated_wait: Option<StatedWait>,
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

    /// The mapping as YAML, the same text for the same mapping.
    ///
    /// # Errors
    /// [`MappingError::Unreadable`] where it would not be read again.
    pub fn to_yaml(&self) -> Result<String, MappingError> {
        let text = serde_saphyr::to_string(self)
            .map_err(|error| MappingError::Unreadable { reason: error.to_string() })?;
        if Mapping::from_yaml(&text)? == *self {
            Ok(text)
        } else {
            Err(MappingError::Unreadable { reason: "the text does not say the same".to_owned() })
        }
    }

    /// Every source column that the mapping names, once, in alphabetical order.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        let visit = &self.visit;
        let names = [&visit.site, &visit.service].into_iter().filter_map(|name| match name {
            NameSource::Column(column) => Some(column.as_str()),
            NameSource::Value(_) => None,
        });
        let optional = [&visit.priority, &visit.open_counters, &visit.people_ahead];
        let times = [&visit.called, &visit.finished, &visit.left, &visit.booked_for];
        let wait =
            visit.stated_wait.iter().flat_map(|wait| [Some(&wait.column), wait.from.as_ref(), wait.to.as_ref()]);
        let columns = names
            .chain(visit.visit_id.iter().map(String::as_str))
            .chain(optional.into_iter().flatten().map(String::as_str))
            .chain(visit.arrived.columns())
            .chain(times.into_iter().flatten().flat_map(TimeSource::columns))
            .chain(visit.channel.iter().map(|channel| channel.column.as_str()))
            .chain(wait.flatten().map(String::as_str))
            .chain(self.not_visits.iter().map(|condition| condition.column.as_str()))
            .chain(self.doubtful.iter().map(|doubt| doubt.column.as_str()))
            .chain(self.corrections.iter().map(|correction| correction.column.as_str()))
            .chain(self.extras.values().map(String::as_str));
        let unique: std::collections::BTreeSet<&str> = columns.collect();
        unique.into_iter().collect()
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
        let time = |name: &str| optional(name).map(|name| TimeSource::of_column(name, DateForm::Iso));
        Ok(Mapping::of(VisitMapping {
            visit_id: optional("visit_id").into_iter().collect(),
            site: NameSource::Column("site".to_owned()),
            service: NameSource::Column("service".to_owned()),
            arrived: TimeSource::of_column("arrived_at".to_owned(), DateForm::Iso),
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
            stated_wait: None,
        }))
    }

    /// The zones of sites that keep another clock, by the name that the site has in a data set.
    #[must_use]
    pub fn zones_of_sites(&self) -> BTreeMap<String, Zone> {
        let named = |(site, zone): (&String, &Zone)| (one_spelling(site).into_owned(), zone.clone());
        self.zones.iter().map(named).filter(|(_, zone)| *zone != self.zone).collect()
    }

    /// A mapping that says nothing but where the canonical columns come from.
    #[must_use]
    pub fn of(visit: VisitMapping) -> Mapping {
        Mapping {
            zone: Zone::default(),
            zones: BTreeMap::new(),
            encoding: None,
            table: None,
            header: None,
            delimiter: None,
            missing: Vec::new(),
            missing_in: BTreeMap::new(),
            corrections: Vec::new(),
            checks: CheckSettings::default(),
            not_visits: Vec::new(),
            doubtful: Vec::new(),
            personal: BTreeMap::new(),
            priority_order: PriorityOrder::default(),
            visit,
            extras: BTreeMap::new(),
        }
    }
}

impl VisitMapping {
    /// The canonical columns that it names.
    #[must_use]
    pub fn fields(&self) -> Vec<&'static str> {
        let named = [
            ("visit_id", !self.visit_id.is_empty()),
            ("site", true),
            ("service", true),
            ("arrived", true),
            ("called", self.called.is_some()),
            ("finished", self.finished.is_some()),
            ("left", self.left.is_some()),
            ("priority", self.priority.is_some()),
            ("channel", self.channel.is_some()),
            ("booked_for", self.booked_for.is_some()),
            ("open_counters", self.open_counters.is_some()),
            ("people_ahead", self.people_ahead.is_some()),
            ("stated_wait", self.stated_wait.is_some()),
        ];
        named.into_iter().filter(|(_, is_named)| *is_named).map(|(field, _)| field).collect()
    }
}

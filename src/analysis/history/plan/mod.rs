//! A mapping resolved against the columns of a source: turns one row of cells into one visit.
//!
//! A row either becomes a [`RowVisit`] with marks for what was found in it, or gets one [`Check`] and is set aside.
//! Nothing is guessed, and an ordinary row allocates nothing.

mod clocks;
mod read;
mod resolve;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use crate::base::Minutes;
use crate::base::calendar::Zone;

use super::checks::{Check, CheckSettings};
use super::mapping::{Anchor, DateForm, Mapping, MappingError, SpanUnit};
use super::row::RowVisit;

pub use clocks::Clocks;

/// The longest stay that is believed: a wait or service beyond it is a mistake of the clocks.
pub const LONGEST_STAY: Minutes = Minutes::DAY;

/// A mapping with column numbers in place of names.
pub struct Plan {
    settings: CheckSettings,
    zones: Vec<Zone>,
    /// The place in `zones` for sites that are not in the first one.
    zone_of_site: HashMap<String, usize>,
    not_visits: Vec<Holds>,
    doubtful: Vec<Holds>,
    visit_id: Vec<Column>,
    site: Name,
    service: Name,
    arrived: Time,
    called: Option<Time>,
    finished: Option<Time>,
    left: Option<Time>,
    priority: Option<Column>,
    channel: Option<Channels>,
    booked_for: Option<Time>,
    open_counters: Option<Column>,
    people_ahead: Option<Column>,
    stated_wait: Option<Stated>,
    extras: Vec<(String, usize)>,
    times: usize,
}

/// A column, and what the mapping says about its cells.
struct Column {
    index: usize,
    missing: Vec<String>,
    /// What a wrong cell starts with, and what it should start with.
    corrections: Vec<(String, String)>,
}

enum Name {
    Column(Column),
    Value(String),
}

struct Holds {
    index: usize,
    values: Vec<String>,
}

struct Channels {
    column: Column,
    walk_in: Vec<String>,
    booked: Vec<String>,
}

struct Time {
    /// The check for a cell that cannot be read.
    bad: Check,
    /// Where [`Clocks`] remembers the day of the column's last cell.
    slot: usize,
    from: TimeFrom,
    form: DateForm,
    only: Option<Holds>,
}

enum TimeFrom {
    Column(Column),
    DateAndTime(Column, Column),
    After { anchor: Anchor, span: Column, unit: SpanUnit },
}

struct Stated {
    wait: Column,
    unit: SpanUnit,
    clocks: Option<(Column, Column)>,
}

impl Plan {
    /// Resolves `mapping` against the `columns` of a source.
    ///
    /// # Errors
    /// [`MappingError`] where columns are absent or a moment is not described in one of the three ways.
    pub fn resolve(mapping: &Mapping, columns: &[String]) -> Result<Plan, MappingError> {
        resolve::resolve(mapping, columns)
    }

    /// The extra columns: our name and the number of the source's column.
    #[must_use]
    pub fn extras(&self) -> &[(String, usize)] {
        &self.extras
    }

    /// The numbers of the columns that identify a visit together.
    #[must_use]
    pub fn id_columns(&self) -> Vec<usize> {
        self.visit_id.iter().map(|column| column.index).collect()
    }

    /// What one thread needs to read rows: clocks of the zones, and the days that it saw last.
    #[must_use]
    pub fn clocks(&self) -> Clocks {
        Clocks::new(&self.zones, self.times)
    }

    /// The visit that a row describes, by its cells alone. `clocks` are those of [`Plan::clocks`], kept from row to
    /// row. Whether the moments stand in order is another question (`checks`).
    ///
    /// # Errors
    /// Why the row has to be set aside.
    pub fn read<'a>(&'a self, cells: &[&'a str], clocks: &mut Clocks) -> Result<RowVisit<'a>, Check> {
        read::read(self, cells, clocks)
    }
}

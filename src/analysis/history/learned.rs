//! What the first rows of a source say about its columns, and what a mapping makes of that.
//!
//! An import and the preview before it learn from the same rows, so that what is shown is what happens.

use std::collections::BTreeMap;

use super::checks::{ShapeProfile, SpanColumns};
use super::mapping::Mapping;
use super::personal::{PersonalColumn, Treatment, recognise};

/// Rows that are learned from.
pub(super) const LEARNED_ROWS: usize = 2_000;

/// What the first rows say about the columns.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Learned {
    /// What the cells of each column look like; `None` where there are too few rows.
    pub shape: Option<ShapeProfile>,
    /// Columns of lengths of time.
    pub spans: SpanColumns,
    /// Columns that hold personal data.
    pub personal: Vec<PersonalColumn>,
}

impl Learned {
    /// Learns from the first [`LEARNED_ROWS`] of `rows`.
    pub fn from(columns: &[String], rows: &[Vec<&str>]) -> Learned {
        let sample = rows.get(..LEARNED_ROWS).unwrap_or(rows);
        let of_column = |(index, column): (usize, &String)| {
            recognise(column, sample.iter().filter_map(|row| row.get(index)).copied())
        };
        Learned {
            shape: ShapeProfile::learn(columns.len(), sample),
            spans: SpanColumns::learn(columns, sample),
            personal: columns.iter().enumerate().filter_map(of_column).collect(),
        }
    }

    /// The columns with personal data that `mapping` may leave out or hash.
    ///
    /// Those that are no canonical column: what a site is called, say, has to reach the data set whatever it looks
    /// like, and the person who mapped it has seen it.
    pub fn personal_of(&self, mapping: &Mapping) -> Vec<PersonalColumn> {
        let bare = Mapping { extras: BTreeMap::new(), ..mapping.clone() };
        let needed = bare.columns();
        let is_id = |column: &String| mapping.visit.visit_id.contains(column);
        let free = |found: &&PersonalColumn| is_id(&found.column) || !needed.contains(&found.column.as_str());
        self.personal.iter().filter(free).cloned().collect()
    }
}

/// The mapping without the extra columns that hold personal data and are to be left out, and their names.
pub(super) fn without_personal_extras(mapping: &Mapping, found: &[PersonalColumn]) -> (Mapping, Vec<String>) {
    let is_left_out = |column: &String| {
        found.iter().any(|found| found.column == *column)
            && mapping.personal.get(column).copied().unwrap_or_default() == Treatment::LeaveOut
    };
    let mut kept = mapping.clone();
    kept.extras.retain(|_, column| !is_left_out(column));
    let left_out = mapping.extras.iter().filter(|(_, column)| is_left_out(column)).map(|(name, _)| name.clone());
    (kept, left_out.collect())
}

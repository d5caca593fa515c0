//! Features of many arrivals, column by column.

use super::catalogue::Value;
use super::column::Column;

/// Features of some arrivals.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeatureTable {
    rows: usize,
    /// By the feature's id, each of `rows` rows.
    columns: Vec<(String, Column)>,
}

impl FeatureTable {
    /// A table of `rows` rows. A column of another length is left out.
    #[must_use]
    pub fn new(rows: usize, columns: Vec<(String, Column)>) -> FeatureTable {
        let columns = columns.into_iter().filter(|(_, column)| column.len() == rows).collect();
        FeatureTable { rows, columns }
    }

    /// The number of arrivals.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The columns with the ids of their features.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &Column)> {
        self.columns.iter().map(|(id, column)| (id.as_str(), column))
    }

    /// The column of the feature with this id. Whoever reads more than one row of it looks it up once.
    #[must_use]
    pub fn column(&self, id: &str) -> Option<&Column> {
        self.columns.iter().find(|(candidate, _)| candidate == id).map(|(_, column)| column)
    }

    /// The value of a feature in `row`.
    #[must_use]
    pub fn value(&self, id: &str, row: usize) -> Value<'_> {
        self.column(id).map_or(Value::Missing, |column| column.value(row))
    }

    /// The rows of `self` at `rows`, in that order. Panics where there is no such row.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> FeatureTable {
        let take = |(id, column): &(String, Column)| (id.clone(), column.take(rows));
        FeatureTable { rows: rows.len(), columns: self.columns.iter().map(take).collect() }
    }

    /// The bytes that the values take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.columns.iter().map(|(_, column)| column.bytes()).sum()
    }
}

//! Features of many arrivals, column by column.

use std::sync::Arc;

use rayon::prelude::*;

use crate::base::{Cancelled, Task};

use super::catalogue::Value;
use super::column::Column;
use super::expression::Expression;

/// Features of some arrivals.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeatureTable {
    rows: usize,
    /// By the feature's id, each of `rows` rows.
    columns: Vec<(String, Column)>,
    /// The definitions of the columns that are expressions.
    expressions: Vec<Arc<Expression>>,
}

impl FeatureTable {
    /// A table of `rows` rows. A column of another length is left out.
    #[must_use]
    pub fn new(rows: usize, columns: Vec<(String, Column)>) -> FeatureTable {
        let columns = columns.into_iter().filter(|(_, column)| column.len() == rows).collect();
        FeatureTable { rows, columns, expressions: Vec::new() }
    }

    /// The table with a column for each of `expressions`; one that is there already is replaced.
    #[must_use]
    pub fn with_expressions(mut self, expressions: &[Arc<Expression>]) -> FeatureTable {
        for expression in expressions {
            let column = expression.column(&self);
            self.columns.retain(|(id, _)| id != expression.id());
            self.expressions.retain(|known| known.id() != expression.id());
            self.columns.push((expression.id().to_owned(), column));
            self.expressions.push(Arc::clone(expression));
        }
        self
    }

    /// The table with `column` as the values of the feature with this id; a column of another length changes nothing.
    #[must_use]
    pub fn with_column(mut self, id: &str, column: Column) -> FeatureTable {
        if column.len() == self.rows {
            match self.columns.iter_mut().find(|(known, _)| known == id) {
                Some((_, place)) => *place = column,
                None => self.columns.push((id.to_owned(), column)),
            }
        }
        self
    }

    /// The definitions of the columns that are expressions.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.expressions.iter().map(AsRef::as_ref)
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

    /// The table with the features of these ids only, in its own order.
    #[must_use]
    pub fn only(mut self, ids: &[&str]) -> FeatureTable {
        self.columns.retain(|(id, _)| ids.contains(&id.as_str()));
        self.expressions.retain(|expression| ids.contains(&expression.id()));
        self
    }

    /// The rows of `self` at `rows`, in that order. Panics where there is no such row.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> FeatureTable {
        let take = |(id, column): &(String, Column)| (id.clone(), column.take(rows));
        self.with(rows.len(), self.columns.par_iter().map(take).collect())
    }

    /// As [`Self::take`] of many rows, which takes a while: seconds for ten million.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn take_watched(&self, rows: &[usize], task: &Task) -> Result<FeatureTable, Cancelled> {
        let take = |(id, column): &(String, Column)| {
            task.check()?;
            Ok((id.clone(), column.take(rows)))
        };
        Ok(self.with(rows.len(), self.columns.par_iter().map(take).collect::<Result<_, Cancelled>>()?))
    }

    /// The same features with other rows.
    fn with(&self, rows: usize, columns: Vec<(String, Column)>) -> FeatureTable {
        FeatureTable { rows, columns, expressions: self.expressions.clone() }
    }

    /// The bytes that the values take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.columns.iter().map(|(_, column)| column.bytes()).sum()
    }
}

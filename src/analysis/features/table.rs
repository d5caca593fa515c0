//! Features of many arrivals, column by column.

use crate::analysis::history::{Categories, History};
use crate::base::{Cancelled, Minutes, Task};

use super::arrival::{Arrival, Days};
use super::catalogue::{CATALOGUE, Feature, Kind, Value};
use super::sweep::queue_states;

/// A column of values; every number is finite or missing.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Numbers; NaN where missing.
    Numbers(Vec<f64>),
    /// Codes of names; `None` where missing.
    Categories {
        /// The distinct names.
        names: Vec<String>,
        /// The code of each row.
        codes: Vec<Option<u32>>,
    },
}

/// Every feature of the catalogue for some arrivals.
#[derive(Clone, Debug)]
pub struct FeatureTable {
    rows: usize,
    /// As [`CATALOGUE`].
    columns: Vec<Column>,
}

/// The features of each visit of `history`, in the order of its rows.
///
/// # Errors
/// [`Cancelled`] where `task` was.
pub fn build(history: &History, task: &Task) -> Result<FeatureTable, Cancelled> {
    let states = queue_states(history, task)?;
    let mut table = TableBuilder::new(states.len());
    let mut clock = history.zone.clock();
    let mut days = Days::default();
    let visits = &history.visits;
    let expected = visits.extras.get("expected_service_min");
    for (row, queue) in states.into_iter().enumerate() {
        if row.is_multiple_of(1 << 14) {
            task.report("stage.features", row as u64, visits.len() as u64)?;
        }
        let at = visits.arrived[row];
        let local = clock.local(at);
        table.add(&Arrival {
            site: visits.site.get(row),
            service: visits.service.get(row),
            at,
            local,
            day: days.get(local.date()),
            queue,
            channel: visits.channel[row],
            priority: visits.priority[row],
            booked_for: visits.booked_for[row],
            expected_service: expected
                .and_then(|extra| extra.get(row)?.parse().ok())
                .and_then(Minutes::new)
                .filter(|minutes| *minutes >= Minutes::ZERO),
        });
    }
    Ok(table.finish())
}

impl FeatureTable {
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

    /// The column of the feature with this id.
    #[must_use]
    pub fn column(&self, id: &str) -> Option<&Column> {
        let index = CATALOGUE.iter().position(|feature| feature.id == id)?;
        self.columns.get(index)
    }

    /// The value of a feature in `row`.
    #[must_use]
    pub fn value(&self, id: &str, row: usize) -> Value<'_> {
        self.column(id).map_or(Value::Missing, |column| column.value(row))
    }

    /// The rows of `self` at `rows`, in that order. Panics where there is no such row.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> FeatureTable {
        FeatureTable { rows: rows.len(), columns: self.columns.iter().map(|column| column.take(rows)).collect() }
    }
}

impl Column {
    /// The value in `row`; missing where there is no such row.
    #[must_use]
    pub fn value(&self, row: usize) -> Value<'_> {
        match self {
            Column::Numbers(numbers) => match numbers.get(row) {
                Some(number) if number.is_finite() => Value::Number(*number),
                _ => Value::Missing,
            },
            Column::Categories { names, codes } => codes
                .get(row)
                .and_then(|code| names.get((*code)? as usize))
                .map_or(Value::Missing, |name| Value::Category(name)),
        }
    }

    /// The number of rows without a value.
    #[must_use]
    pub fn missing(&self) -> usize {
        match self {
            Column::Numbers(numbers) => numbers.iter().filter(|number| number.is_nan()).count(),
            Column::Categories { codes, .. } => codes.iter().filter(|code| code.is_none()).count(),
        }
    }

    fn take(&self, rows: &[usize]) -> Column {
        match self {
            Column::Numbers(numbers) => Column::Numbers(rows.iter().map(|row| numbers[*row]).collect()),
            Column::Categories { names, codes } => {
                Column::Categories { names: names.clone(), codes: rows.iter().map(|row| codes[*row]).collect() }
            }
        }
    }
}

/// A column while it grows.
enum Growing {
    Numbers(Vec<f64>),
    Categories { names: Categories, codes: Vec<Option<u32>> },
}

struct TableBuilder {
    rows: usize,
    columns: Vec<Growing>,
}

impl TableBuilder {
    fn new(capacity: usize) -> TableBuilder {
        let column = |feature: &Feature| match feature.kind() {
            Kind::Number => Growing::Numbers(Vec::with_capacity(capacity)),
            Kind::Category => {
                Growing::Categories { names: Categories::default(), codes: Vec::with_capacity(capacity) }
            }
        };
        TableBuilder { rows: 0, columns: CATALOGUE.iter().map(column).collect() }
    }

    fn add(&mut self, arrival: &Arrival<'_>) {
        self.rows += 1;
        for (feature, column) in CATALOGUE.iter().zip(&mut self.columns) {
            match (column, feature.value(arrival)) {
                (Growing::Numbers(numbers), Value::Number(number)) => numbers.push(number),
                (Growing::Numbers(numbers), _) => numbers.push(f64::NAN),
                (Growing::Categories { names, codes }, Value::Category(name)) => {
                    codes.push(Some(names.code_for(name)));
                }
                (Growing::Categories { codes, .. }, _) => codes.push(None),
            }
        }
    }

    fn finish(self) -> FeatureTable {
        let finish = |column| match column {
            Growing::Numbers(numbers) => Column::Numbers(numbers),
            Growing::Categories { names, codes } => Column::Categories { names: names.names().to_vec(), codes },
        };
        FeatureTable { rows: self.rows, columns: self.columns.into_iter().map(finish).collect() }
    }
}

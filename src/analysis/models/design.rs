//! From feature values to the row of numbers that a linear model multiplies.
//!
//! What the solver would not notice is settled here: constant columns are left out, one level of each category is
//! dropped (the most frequent), numbers are standardised, and a missing number becomes the training median with a
//! column of its own that says so.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::analysis::features::{CATALOGUE, Column, FeatureTable, Unit, Value};
use crate::base::statistics::Sample;
use crate::base::{Cancelled, Task};

/// Levels with fewer training visits are not told apart from the most frequent one.
const FEWEST_OF_LEVEL: usize = 30;
/// A category's most frequent levels that get a column.
const MOST_LEVELS: usize = 256;
/// Minutes around a booking beyond which it makes no more difference.
const BOOKING_RANGE: f64 = 120.0;

/// One column of the design.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Term {
    /// The feature's id.
    pub feature: String,
    /// What is made of its value.
    pub shape: Shape,
    /// The mean of the column in training.
    pub mean: f64,
    /// The standard deviation of the column in training; above zero.
    pub deviation: f64,
}

/// What is made of a feature's value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Shape {
    /// The number; `fill` where missing.
    Plain {
        /// The training median.
        fill: f64,
    },
    /// `ln(1 + number)`; `fill` for the number where missing.
    Log {
        /// The training median.
        fill: f64,
    },
    /// One where missing.
    Missing,
    /// One where the category is this.
    Level(String),
    /// One where the number is this.
    Equals(f64),
    /// `ln(1 + number) × ln(1 + the number of another feature)`; `fill` and `with_fill` where missing.
    Product {
        /// The other feature's id.
        with: String,
        /// The training median.
        fill: f64,
        /// The training median of the other.
        with_fill: f64,
    },
}

/// The columns of a table that a [`Term`] is made from.
#[derive(Clone, Copy)]
pub(super) struct Columns<'f> {
    first: Option<&'f Column>,
    second: Option<&'f Column>,
}

impl Shape {
    /// Of the feature's value, and of the other's where there is one.
    fn of(&self, value: Value<'_>, other: Value<'_>) -> f64 {
        let known = |value: Value<'_>, fill: f64| match value {
            Value::Number(number) => number,
            _ => fill,
        };
        let log = |value: Value<'_>, fill: f64| libm::log1p(known(value, fill).clamp(0.0, 1e9));
        match self {
            Shape::Plain { fill } => known(value, *fill).clamp(-1e9, 1e9),
            Shape::Log { fill } => log(value, *fill),
            Shape::Product { fill, with_fill, .. } => log(value, *fill) * log(other, *with_fill),
            Shape::Missing => flag(value == Value::Missing),
            Shape::Level(level) => flag(value == Value::Category(level)),
            Shape::Equals(number) => flag(value == Value::Number(*number)),
        }
    }
}

impl Term {
    /// The ids of the features that it is made from.
    pub fn features(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.feature.as_str()).chain(self.other())
    }

    /// The columns of `features` that it is made from.
    pub fn columns<'f>(&self, features: &'f FeatureTable) -> Columns<'f> {
        Columns {
            first: features.column(&self.feature),
            second: self.other().and_then(|other| features.column(other)),
        }
    }

    /// The standardised column where `value` gives the features' values.
    pub fn standardised<'v>(&self, value: &dyn Fn(&str) -> Value<'v>) -> f64 {
        let other = self.other().map_or(Value::Missing, value);
        self.of(value(&self.feature), other)
    }

    /// Fills `out` with the standardised column for the rows from `first` on.
    pub fn fill(&self, columns: Columns<'_>, first: usize, out: &mut [f64]) {
        match (&self.shape, columns.first) {
            (Shape::Level(level), Some(Column::Categories { names, codes })) => {
                // The level's code is looked up once, so that names are not compared row by row.
                let code = names.iter().position(|name| name == level).and_then(|code| u32::try_from(code).ok());
                let [off, on] = [false, true].map(|holds| (flag(holds) - self.mean) / self.deviation);
                for (row, cell) in (first..).zip(out) {
                    *cell = if code.is_some() && codes.get(row) == code { on } else { off };
                }
            }
            _ => {
                for (row, cell) in (first..).zip(out) {
                    *cell = self.of(columns.first_value(row), columns.second_value(row));
                }
            }
        }
    }

    fn of(&self, value: Value<'_>, other: Value<'_>) -> f64 {
        (self.shape.of(value, other) - self.mean) / self.deviation
    }

    fn other(&self) -> Option<&str> {
        match &self.shape {
            Shape::Product { with, .. } => Some(with),
            _ => None,
        }
    }
}

impl Columns<'_> {
    fn first_value(&self, row: usize) -> Value<'_> {
        self.first.map_or(Value::Missing, |column| column.value(row))
    }

    fn second_value(&self, row: usize) -> Value<'_> {
        self.second.map_or(Value::Missing, |column| column.value(row))
    }
}

/// The columns that the training data support, of the features that `wanted` lets through.
pub(super) fn terms(
    features: &FeatureTable,
    wanted: impl Fn(&str) -> bool,
    task: &Task,
) -> Result<Vec<Term>, Cancelled> {
    let mut terms = Vec::new();
    let mut taken: Vec<&Column> = Vec::new();
    let known = CATALOGUE.iter().map(|feature| (feature.id, feature.unit));
    let own = features.expressions().map(|expression| (expression.id(), expression.unit()));
    for (id, unit) in known.chain(own).filter(|(id, _)| wanted(id)) {
        let Some(column) = features.column(id) else { continue };
        task.report("stage.fitting", 0, 0)?;
        // Where a site has one service, say, its queue is the whole site: the same column twice tells nothing more.
        if taken.contains(&column) {
            continue;
        }
        taken.push(column);
        terms.extend(shapes(unit, column).into_iter().filter_map(|shape| term(features, id, shape)));
    }
    Ok(terms)
}

/// The products of each two of `ids`, on the logarithms, that vary in the training data.
pub(super) fn products(features: &FeatureTable, ids: &[&str], task: &Task) -> Result<Vec<Term>, Cancelled> {
    let fill = |id: &str| {
        let known = Sample::new(features.column(id)?.numbers().collect()).ok()?;
        // The product with a number that never varies says what the other one says.
        (known.quantile(0.0) < known.quantile(1.0)).then(|| known.quantile(0.5))
    };
    let known: Vec<(&str, f64)> = ids.iter().filter_map(|id| Some((*id, fill(id)?))).collect();
    let mut terms = Vec::new();
    for (index, (id, fill)) in known.iter().enumerate() {
        for (with, with_fill) in &known[index + 1..] {
            task.report("stage.fitting", 0, 0)?;
            let shape = Shape::Product { with: (*with).to_owned(), fill: *fill, with_fill: *with_fill };
            terms.extend(term(features, id, shape));
        }
    }
    Ok(terms)
}

/// The standardised column of this shape; `None` where it does not vary.
fn term(features: &FeatureTable, id: &str, shape: Shape) -> Option<Term> {
    let mut term = Term { feature: id.to_owned(), shape, mean: 0.0, deviation: 1.0 };
    let columns = term.columns(features);
    let values = (0..features.len()).map(|row| term.shape.of(columns.first_value(row), columns.second_value(row)));
    let (mean, deviation) = mean_and_deviation(values, features.len());
    (term.mean, term.deviation) = (mean, deviation);
    // What varies by less than its own rounding does not vary.
    (deviation > 1e-9 * mean.abs().max(1.0)).then_some(term)
}

fn shapes(unit: Unit, column: &Column) -> Vec<Shape> {
    let mut shapes = match (column, unit) {
        (Column::Categories { names, codes }, _) => {
            levels(codes.iter().flatten().map(|code| names.get(code as usize)))
                .into_iter()
                .filter_map(|name| name.map(|name| Shape::Level(name.clone())))
                .collect()
        }
        (Column::Whole(numbers), Unit::HourOfDay | Unit::Month) => {
            levels(numbers.iter().flatten()).into_iter().map(|level| Shape::Equals(f64::from(level))).collect()
        }
        // The hour says it, and the time of day is not monotone in the wait.
        (_, Unit::MinuteOfDay) => Vec::new(),
        (column, unit) => {
            let Ok(known) = Sample::new(column.numbers().collect()) else { return Vec::new() };
            let fill = known.quantile(0.5);
            match unit {
                Unit::Minutes | Unit::People | Unit::Counters => vec![Shape::Plain { fill }, Shape::Log { fill }],
                Unit::SignedMinutes => vec![Shape::Plain { fill: fill.clamp(-BOOKING_RANGE, BOOKING_RANGE) }],
                _ => vec![Shape::Plain { fill }],
            }
        }
    };
    if column.missing() >= FEWEST_OF_LEVEL {
        shapes.push(Shape::Missing);
    }
    shapes
}

/// The levels that get a column: all that are frequent enough but the most frequent one, in their own order.
fn levels<L: Ord + Copy>(values: impl Iterator<Item = L>) -> Vec<L> {
    let mut counts: BTreeMap<L, usize> = BTreeMap::new();
    values.for_each(|level| *counts.entry(level).or_default() += 1);
    let mut by_count: Vec<(L, usize)> = counts.into_iter().filter(|(_, n)| *n >= FEWEST_OF_LEVEL).collect();
    by_count.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut levels: Vec<L> = by_count.into_iter().skip(1).take(MOST_LEVELS).map(|(level, _)| level).collect();
    levels.sort();
    levels
}

fn mean_and_deviation(values: impl Iterator<Item = f64> + Clone, n: usize) -> (f64, f64) {
    let n = n.max(1) as f64;
    let mean = values.clone().sum::<f64>() / n;
    let variance = values.map(|value| (value - mean) * (value - mean)).sum::<f64>() / n;
    (mean, variance.sqrt())
}

fn flag(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

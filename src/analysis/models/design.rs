//! From feature values to the row of numbers that a linear model multiplies.
//!
//! What the solver would not notice is settled here: constant columns are left out, one level of each category is
//! dropped (the most frequent), numbers are standardised, and a missing number becomes the training median with a
//! column of its own that says so.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::analysis::features::{CATALOGUE, Column, FeatureTable, Unit, Value};
use crate::base::statistics::Sample;

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
}

impl Shape {
    fn of(&self, value: Value<'_>) -> f64 {
        let number = |fill: f64| match value {
            Value::Number(number) => number,
            _ => fill,
        };
        match self {
            Shape::Plain { fill } => number(*fill).clamp(-1e9, 1e9),
            Shape::Log { fill } => libm::log1p(number(*fill).clamp(0.0, 1e9)),
            Shape::Missing => flag(value == Value::Missing),
            Shape::Level(level) => flag(value == Value::Category(level)),
            Shape::Equals(number) => flag(value == Value::Number(*number)),
        }
    }
}

impl Term {
    /// The standardised column for one value.
    pub fn standardised(&self, value: Value<'_>) -> f64 {
        (self.shape.of(value) - self.mean) / self.deviation
    }

    /// Fills `out` with the standardised column for the rows from `first` on of the feature's `column`.
    pub fn fill(&self, column: Option<&Column>, first: usize, out: &mut [f64]) {
        match (&self.shape, column) {
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
                    *cell = self.standardised(column.map_or(Value::Missing, |column| column.value(row)));
                }
            }
        }
    }
}

/// The columns that the training data support.
pub(super) fn terms(features: &FeatureTable) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut taken: Vec<&Column> = Vec::new();
    let known = CATALOGUE.iter().map(|feature| (feature.id, feature.unit));
    let own = features.expressions().map(|expression| (expression.id(), expression.unit()));
    for (id, unit) in known.chain(own) {
        let Some(column) = features.column(id) else { continue };
        // Where a site has one service, say, its queue is the whole site: the same column twice tells nothing more.
        if taken.contains(&column) {
            continue;
        }
        taken.push(column);
        for shape in shapes(unit, column) {
            let values = (0..features.len()).map(|row| shape.of(column.value(row)));
            let (mean, deviation) = mean_and_deviation(values, features.len());
            if deviation > 1e-9 {
                terms.push(Term { feature: id.to_owned(), shape, mean, deviation });
            }
        }
    }
    terms
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

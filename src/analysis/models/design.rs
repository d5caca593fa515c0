//! From feature values to the row of numbers that a linear model multiplies.
//!
//! What the solver would not notice is settled here: constant columns are left out, one level of each category is
//! dropped (the most frequent), numbers are standardised, and a missing number becomes the training median with a
//! column of its own that says so.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::analysis::features::{CATALOGUE, Column, FeatureTable, Unit, Value, Whole};
use crate::base::statistics::Sample;
use crate::base::{Cancelled, Task};

/// Levels with fewer training visits are not told apart from the most frequent one.
const FEWEST_OF_LEVEL: usize = 30;
/// A category's most frequent levels that get a column.
const MOST_LEVELS: usize = 256;
/// Minutes around a booking beyond which it makes no more difference.
const BOOKING_RANGE: f64 = 120.0;
/// Rows that are read of a column at a time: they stay in the nearest cache.
const BLOCK: usize = 1 << 10;

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
        match self {
            Shape::Plain { fill } => limited(known(value, *fill)),
            Shape::Log { fill } => log(known(value, *fill)),
            Shape::Product { fill, with_fill, .. } => log(known(value, *fill)) * log(known(other, *with_fill)),
            Shape::Missing => flag(value == Value::Missing),
            Shape::Level(level) => flag(value == Value::Category(level)),
            Shape::Equals(number) => flag(value == Value::Number(*number)),
        }
    }

    /// As [`Self::of`] of the rows from `first` on, to the last bit.
    fn fill(&self, columns: Columns<'_>, first: usize, out: &mut [f64]) {
        match self {
            Shape::Plain { fill } => {
                numbers(columns.first, first, *fill, out);
                out.iter_mut().for_each(|cell| *cell = limited(*cell));
            }
            Shape::Log { fill } => {
                numbers(columns.first, first, *fill, out);
                logs(out);
            }
            Shape::Product { fill, with_fill, .. } => {
                let mut others = [0.0; BLOCK];
                for (block, out) in out.chunks_mut(BLOCK).enumerate() {
                    let others = &mut others[..out.len()];
                    numbers(columns.first, first + block * BLOCK, *fill, out);
                    numbers(columns.second, first + block * BLOCK, *with_fill, others);
                    logs(out);
                    logs(others);
                    out.iter_mut().zip(others).for_each(|(cell, other)| *cell *= *other);
                }
            }
            Shape::Missing => match columns.first {
                Some(Column::Categories { names, codes }) => {
                    let known = |code: u32| names.len() > code as usize;
                    fill_by(codes, first, out, |code| flag(!code.is_some_and(known)));
                }
                column => {
                    numbers(column, first, f64::NAN, out);
                    out.iter_mut().for_each(|cell| *cell = flag(cell.is_nan()));
                }
            },
            Shape::Level(level) => match columns.first {
                Some(Column::Categories { names, codes }) => {
                    // The level's code is looked up once, so that names are not compared row by row.
                    let code =
                        names.iter().position(|name| name == level).and_then(|code| u32::try_from(code).ok());
                    fill_by(codes, first, out, |own| flag(code.is_some() && own == code));
                }
                _ => out.fill(0.0),
            },
            Shape::Equals(number) => {
                numbers(columns.first, first, f64::NAN, out);
                out.iter_mut().for_each(|cell| *cell = flag(cell == number));
            }
        }
    }
}

/// The numbers of `column` from `first` on; `missing` where there is none.
fn numbers(column: Option<&Column>, first: usize, missing: f64, out: &mut [f64]) {
    match column {
        Some(column) => column.numbers_into(first, missing, out),
        None => out.fill(missing),
    }
}

/// Each cell of `out` from the code of its row; rows beyond the last one have none.
fn fill_by(codes: &Whole, first: usize, out: &mut [f64], of: impl Fn(Option<u32>) -> f64) {
    for (row, cell) in (first..).zip(out) {
        *cell = of(codes.get(row));
    }
}

fn limited(number: f64) -> f64 {
    number.clamp(-1e9, 1e9)
}

fn log(number: f64) -> f64 {
    libm::log1p(number.clamp(0.0, 1e9))
}

/// The logarithm of each; counts repeat, so that of the number before is not taken again.
fn logs(numbers: &mut [f64]) {
    let mut before = (0.0, log(0.0));
    for number in numbers {
        if *number != before.0 {
            before = (*number, log(*number));
        }
        *number = before.1;
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
        self.shape.fill(columns, first, out);
        out.iter_mut().for_each(|cell| *cell = (*cell - self.mean) / self.deviation);
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

/// The columns that the training data support, of the features that `wanted` lets through.
pub(super) fn terms(
    features: &FeatureTable,
    wanted: impl Fn(&str) -> bool,
    task: &Task,
) -> Result<Vec<Term>, Cancelled> {
    let known = CATALOGUE.iter().map(|feature| (feature.id, feature.unit));
    let own = features.expressions().map(|expression| (expression.id(), expression.unit()));
    let mut taken: Vec<(&str, Unit, &Column)> = Vec::new();
    for (id, unit) in known.chain(own).filter(|(id, _)| wanted(id)) {
        let Some(column) = features.column(id) else { continue };
        task.report("stage.fitting", 0, 0)?;
        // Where a site has one service, say, its queue is the whole site: the same column twice tells nothing more.
        if !taken.iter().any(|(_, _, other)| *other == column) {
            taken.push((id, unit, column));
        }
    }
    let of_column = |(id, unit, column): &(&str, Unit, &Column)| {
        task.check()?;
        Ok(shapes(*unit, column).into_iter().filter_map(|shape| term(features, id, shape)).collect())
    };
    let terms: Vec<Vec<Term>> = taken.par_iter().map(of_column).collect::<Result<_, Cancelled>>()?;
    Ok(terms.into_iter().flatten().collect())
}

/// The products of each two of `ids`, on the logarithms, that vary in the training data.
pub(super) fn products(features: &FeatureTable, ids: &[&str], task: &Task) -> Result<Vec<Term>, Cancelled> {
    let fill = |id: &str| {
        let known = Sample::new(features.column(id)?.numbers().collect()).ok()?;
        // The product with a number that never varies says what the other one says.
        (known.quantile(0.0) < known.quantile(1.0)).then(|| known.quantile(0.5))
    };
    let known: Vec<(&str, f64)> = ids.iter().filter_map(|id| Some((*id, fill(id)?))).collect();
    let pairs: Vec<_> = known
        .iter()
        .enumerate()
        .flat_map(|(index, one)| known[index + 1..].iter().map(move |with| (one, with)))
        .collect();
    let of_pair = |((id, fill), (with, with_fill)): &(&(&str, f64), &(&str, f64))| {
        task.check()?;
        let shape = Shape::Product { with: (*with).to_owned(), fill: *fill, with_fill: *with_fill };
        Ok(term(features, id, shape))
    };
    let terms: Vec<Option<Term>> = pairs.par_iter().map(of_pair).collect::<Result<_, Cancelled>>()?;
    Ok(terms.into_iter().flatten().collect())
}

/// The standardised column of this shape; `None` where it does not vary.
fn term(features: &FeatureTable, id: &str, shape: Shape) -> Option<Term> {
    let mut term = Term { feature: id.to_owned(), shape, mean: 0.0, deviation: 1.0 };
    (term.mean, term.deviation) = mean_and_deviation(&term.shape, term.columns(features), features.len());
    // What varies by less than its own rounding does not vary.
    (term.deviation > 1e-9 * term.mean.abs().max(1.0)).then_some(term)
}

fn shapes(unit: Unit, column: &Column) -> Vec<Shape> {
    let mut shapes = match (column, unit) {
        (Column::Categories { names, codes }, _) => {
            let named = |(code, n): (u32, usize)| Some((names.get(code as usize)?, n));
            levels(counts(codes).filter_map(named)).into_iter().cloned().map(Shape::Level).collect()
        }
        (Column::Whole(numbers), Unit::HourOfDay | Unit::Month) => {
            levels(counts(numbers)).into_iter().map(|level| Shape::Equals(f64::from(level))).collect()
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

/// How often each number occurs.
fn counts(numbers: &Whole) -> impl Iterator<Item = (u32, usize)> {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    numbers.iter().flatten().for_each(|number| *counts.entry(number).or_default() += 1);
    counts.into_iter()
}

/// The levels that get a column: all that are frequent enough but the most frequent one, in their own order.
fn levels<L: Ord + Copy>(counts: impl Iterator<Item = (L, usize)>) -> Vec<L> {
    let mut by_count: Vec<(L, usize)> = counts.filter(|(_, n)| *n >= FEWEST_OF_LEVEL).collect();
    by_count.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut levels: Vec<L> = by_count.into_iter().skip(1).take(MOST_LEVELS).map(|(level, _)| level).collect();
    levels.sort();
    levels
}

/// Of the shape's column, made block by block: means and squares of blocks are put together as by Chan, Golub & LeVeque
/// (1983), The American Statistician 37:242.
fn mean_and_deviation(shape: &Shape, columns: Columns<'_>, rows: usize) -> (f64, f64) {
    let mut block = [0.0; BLOCK];
    let (mut mean, mut squares) = (0.0, 0.0);
    for first in (0..rows).step_by(BLOCK) {
        let block = &mut block[..BLOCK.min(rows - first)];
        shape.fill(columns, first, block);
        let n = block.len() as f64;
        let own = block.iter().sum::<f64>() / n;
        let share = n / (first as f64 + n);
        squares += block.iter().map(|value| (value - own) * (value - own)).sum::<f64>();
        squares += (own - mean) * (own - mean) * first as f64 * share;
        mean += (own - mean) * share;
    }
    (mean, (squares / rows.max(1) as f64).sqrt())
}

fn flag(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Not a multiple of the blocks.
    const ROWS: usize = 2_500;

    /// A count, a real number, hours and names, each with missing values; two columns alike, one that is not there.
    fn table() -> FeatureTable {
        let every = |n: usize, value: u32, row: usize| (!row.is_multiple_of(n)).then_some(value);
        let whole = |n: usize, of: &dyn Fn(usize) -> u32| -> Whole {
            (0..ROWS).map(|row| every(n, of(row), row)).collect()
        };
        let count = |row: usize| u32::try_from(row * row % 311).unwrap();
        #[expect(clippy::cast_possible_truncation, reason = "the precision in which features are kept")]
        let real =
            (0..ROWS).map(|row| if row % 9 == 0 { f32::NAN } else { (row as f64).sin().exp() as f32 }).collect();
        let columns = [
            ("people_ahead", Column::Whole(whole(7, &count))),
            ("site_waiting", Column::Whole(whole(7, &count))),
            ("work_ahead", Column::Real(real)),
            ("hour_of_day", Column::Whole(whole(50, &|row| 8 + u32::try_from(row % 5).unwrap()))),
            (
                "site",
                Column::Categories {
                    names: ["b", "a", "c"].map(str::to_owned).to_vec(),
                    codes: whole(11, &|row| u32::try_from(row % 3).unwrap()),
                },
            ),
        ];
        FeatureTable::new(ROWS, columns.map(|(id, column)| (id.to_owned(), column)).into())
    }

    #[test]
    fn columns_are_what_single_visits_give_and_are_standardised() {
        let features = table();
        let mut all = terms(&features, |_| true, &Task::default()).unwrap();
        all.extend(products(&features, &["people_ahead", "work_ahead"], &Task::default()).unwrap());
        let names: Vec<String> = all.iter().map(|term| format!("{} {:?}", term.feature, term.shape)).collect();
        for kind in ["Plain", "Log", "Missing", "Level", "Equals", "Product"] {
            assert!(names.iter().any(|name| name.contains(kind)), "{kind}: {names:?}");
        }
        assert_eq!(names.iter().filter(|name| name.contains("people_ahead")).count(), 4, "{names:?}");
        for (term, name) in all.iter().zip(&names) {
            let mut column = vec![0.0; ROWS];
            term.fill(term.columns(&features), 0, &mut column);
            for (row, cell) in column.iter().enumerate() {
                let single = term.standardised(&|id| features.value(id, row));
                assert_eq!(cell.to_bits(), single.to_bits(), "{name}, row {row}");
            }
            let mean = column.iter().sum::<f64>() / ROWS as f64;
            let variance = column.iter().map(|cell| (cell - mean) * (cell - mean)).sum::<f64>() / ROWS as f64;
            assert!(mean.abs() < 1e-12 && (variance - 1.0).abs() < 1e-12, "{name}: {mean}, {variance}");
            let mut part = vec![0.0; 1_100];
            term.fill(term.columns(&features), 777, &mut part);
            assert_eq!(part, column[777..777 + 1_100], "{name}");
            // A column that is not there is missing everywhere.
            let none = FeatureTable::new(ROWS, Vec::new());
            term.fill(term.columns(&none), 0, &mut part);
            assert!(part.iter().all(|cell| *cell == term.standardised(&|_| Value::Missing)), "{name}");
        }
    }
}

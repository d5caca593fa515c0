//! Features that an analyst adds: an expression over features of the catalogue.
//!
//! `people_ahead / max(open_counters, 1)`, `if(is_holiday == 1, 0, arrivals_30min)`. The text is read by evalexpr's
//! parser; what it may hold is decided here: numbers, yes or no, arithmetic, comparisons, `and` (`&&`), `or` (`||`), not
//! (`!`), `if`, `min`, `max`, `abs`, `sqrt`, `log1p`, `floor`, `round`. Types are checked when it is added, so that none
//! fails later. Inputs are features of the catalogue, which are known at the arrival; so is whatever follows from them.
//!
//! Missing in, missing out; a result that is no finite number, or below zero where its unit allows none, is missing.
//! Offline and online run the same code on the same values.

mod error;
mod parse;

use std::fmt;

use evalexpr::build_operator_tree;
use rayon::prelude::*;

use super::arrival::Arrival;
use super::catalogue::{Feature, Unit, Value, kept_real};
use super::column::Column;
use super::table::FeatureTable;

pub use error::ExpressionError;
use parse::{depth, term};

/// The longest expression, in characters.
pub const LONGEST_EXPRESSION: usize = 400;
/// Brackets in each other.
pub const DEEPEST_EXPRESSION: usize = 16;
/// The longest name, in characters.
pub const LONGEST_EXPRESSION_NAME: usize = 40;

/// A feature that is computed by an expression.
#[derive(Clone)]
pub struct Expression {
    id: String,
    text: String,
    unit: Unit,
    /// What it is computed from; a term names one by its place here.
    inputs: Vec<&'static Feature>,
    root: Term,
}

/// What a part of an expression is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Number,
    YesNo,
}

#[derive(Clone, Debug)]
enum Term {
    Number(f64),
    Input(usize),
    Call(Function, Vec<Term>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Negate,
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
    And,
    Or,
    Not,
    If,
    Min,
    Max,
    Abs,
    Sqrt,
    Log1p,
    Floor,
    Round,
}

impl Expression {
    /// The beginning of every id of an expression; no feature of the catalogue has a dot.
    pub const PREFIX: &'static str = "x.";

    /// The feature `x.NAME`, computed by `text`.
    ///
    /// # Errors
    /// [`ExpressionError`].
    pub fn new(name: &str, text: &str, unit: Unit) -> Result<Expression, ExpressionError> {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
        if !begins || !name.chars().all(is_plain) || name.len() > LONGEST_EXPRESSION_NAME {
            return Err(ExpressionError::Name { name: name.chars().take(LONGEST_EXPRESSION_NAME).collect() });
        }
        let text = text.trim();
        if text.chars().count() > LONGEST_EXPRESSION || depth(text) > DEEPEST_EXPRESSION {
            return Err(ExpressionError::TooLarge);
        }
        let tree = build_operator_tree(text).map_err(|error| ExpressionError::Unreadable {
            reason: error.to_string().chars().take(120).collect(),
        })?;
        let mut inputs = Vec::new();
        let (root, found) = term(&tree, &mut inputs)?;
        if (found == Type::YesNo) != (unit == Unit::YesNo) {
            return Err(ExpressionError::WrongUnit { unit: unit.id() });
        }
        if inputs.is_empty() {
            return Err(ExpressionError::NoInput);
        }
        Ok(Expression { id: format!("{}{name}", Expression::PREFIX), text: text.to_owned(), unit, inputs, root })
    }

    /// `x.` and the name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it counts.
    #[must_use]
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// The features that it is computed from.
    #[must_use]
    pub fn inputs(&self) -> &[&'static Feature] {
        &self.inputs
    }

    /// The value for `arrival`.
    #[must_use]
    pub fn value(&self, arrival: &Arrival<'_>) -> Value<'static> {
        self.value_of(|input| match self.inputs.get(input).map(|feature| feature.value(arrival)) {
            Some(Value::Number(number)) => Some(number),
            _ => None,
        })
    }

    /// The column of its values in `table`, which holds its inputs; an input that is not there is missing.
    #[must_use]
    pub fn column(&self, table: &FeatureTable) -> Column {
        let inputs: Vec<Option<&Column>> = self.inputs.iter().map(|input| table.column(input.id)).collect();
        let value = |row: usize| {
            let number = |place: usize| inputs.get(place).copied().flatten().and_then(|column| column.number(row));
            match self.value_of(number) {
                // It has this precision already.
                #[expect(clippy::cast_possible_truncation, reason = "a number that was an f32")]
                Value::Number(number) => number as f32,
                _ => f32::NAN,
            }
        };
        Column::Real((0..table.len()).into_par_iter().with_min_len(1 << 12).map(value).collect())
    }

    /// The value where the input in each place of [`Expression::inputs`] has this value.
    fn value_of(&self, input: impl Fn(usize) -> Option<f64>) -> Value<'static> {
        let mut numbers = [0.0; MOST_INPUTS];
        for (place, number) in numbers.iter_mut().enumerate().take(self.inputs.len()) {
            match input(place) {
                Some(known) => *number = known,
                None => return Value::Missing,
            }
        }
        let result = self.root.of(&numbers);
        let is_signed = !matches!(self.unit, Unit::Minutes | Unit::People | Unit::Counters);
        Value::of_real(kept_real(
            Some(result).filter(|result| result.is_finite() && (is_signed || *result >= 0.0)),
        ))
    }
}

impl PartialEq for Expression {
    /// Equal where name, text and unit are.
    fn eq(&self, other: &Expression) -> bool {
        (&self.id, &self.text, self.unit) == (&other.id, &other.text, other.unit)
    }
}

/// Features that one expression may use.
const MOST_INPUTS: usize = 16;

impl Term {
    fn of(&self, inputs: &[f64; MOST_INPUTS]) -> f64 {
        let (function, terms) = match self {
            Term::Number(number) => return *number,
            Term::Input(place) => return inputs.get(*place).copied().unwrap_or(f64::NAN),
            Term::Call(function, terms) => (*function, terms),
        };
        let mut values = terms.iter().map(|term| term.of(inputs));
        let mut next = || values.next().unwrap_or(f64::NAN);
        let yes_no = |holds: bool| f64::from(u8::from(holds));
        match function {
            Function::Add => next() + next(),
            Function::Subtract => next() - next(),
            Function::Multiply => next() * next(),
            Function::Divide => next() / next(),
            Function::Power => libm::pow(next(), next()),
            Function::Negate => -next(),
            Function::Equal => yes_no(next() == next()),
            Function::Unequal => yes_no(next() != next()),
            Function::Less => yes_no(next() < next()),
            Function::AtMost => yes_no(next() <= next()),
            Function::More => yes_no(next() > next()),
            Function::AtLeast => yes_no(next() >= next()),
            Function::And => next() * next(),
            Function::Or => next().max(next()),
            Function::Not => 1.0 - next(),
            Function::If => {
                let (holds, then, otherwise) = (next(), next(), next());
                if holds == 0.0 { otherwise } else { then }
            }
            // `f64::min` would hide what is no number.
            Function::Min => values.fold(f64::INFINITY, |a, b| if b.is_nan() || b < a { b } else { a }),
            Function::Max => values.fold(f64::NEG_INFINITY, |a, b| if b.is_nan() || b > a { b } else { a }),
            Function::Abs => next().abs(),
            Function::Sqrt => next().sqrt(),
            Function::Log1p => libm::log1p(next()),
            Function::Floor => next().floor(),
            Function::Round => next().round(),
        }
    }
}

impl Unit {
    /// The unit with this [`Unit::id`].
    #[must_use]
    pub fn from_id(id: &str) -> Option<Unit> {
        let all = [
            Unit::Minutes,
            Unit::SignedMinutes,
            Unit::People,
            Unit::Counters,
            Unit::HourOfDay,
            Unit::MinuteOfDay,
            Unit::Month,
            Unit::YesNo,
            Unit::Class,
        ];
        all.into_iter().find(|unit| unit.id() == id)
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expression({self}, {})", self.unit.id())
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.id, self.text)
    }
}

#[cfg(test)]
mod tests;

//! Why a text is not an expression.

use crate::base::Explain;
use crate::base::explain::Failure;

use super::{DEEPEST_EXPRESSION, LONGEST_EXPRESSION, MOST_INPUTS};

/// Why a text is not an expression. Nothing was added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// Not a name: lower-case letters, digits and underscores.
    #[error("\"{name}\" is not a name of an expression")]
    Name {
        /// What was given.
        name: String,
    },
    /// Longer or deeper than is allowed.
    #[error("the expression is too long or too deep")]
    TooLarge,
    /// Not an expression.
    #[error("the expression cannot be read: {reason}")]
    Unreadable {
        /// What the parser says.
        reason: String,
    },
    /// Uses what is not in the catalogue.
    #[error("\"{name}\" is not a feature of the catalogue")]
    UnknownInput {
        /// What was named.
        name: String,
    },
    /// Uses a feature whose values are names.
    #[error("\"{name}\" is not a number")]
    NotANumber {
        /// What was named.
        name: String,
    },
    /// Uses something that is not part of the language.
    #[error("\"{what}\" is not part of the language")]
    NotAllowed {
        /// What was used.
        what: String,
    },
    /// A number stands where yes or no is needed, or the other way round.
    #[error("\"{at}\" is given a number for yes or no, or the other way round")]
    WrongType {
        /// Where.
        at: String,
    },
    /// A function has another number of values.
    #[error("\"{function}\" takes another number of values")]
    WrongCount {
        /// Which.
        function: String,
    },
    /// The result is yes or no and the unit is not, or the other way round.
    #[error("the result does not have the unit {unit}")]
    WrongUnit {
        /// The unit that was given.
        unit: &'static str,
    },
    /// The same for every visit.
    #[error("the expression uses no feature")]
    NoInput,
}

impl Explain for ExpressionError {
    fn key(&self) -> &'static str {
        match self {
            ExpressionError::Name { .. } => "expression_name",
            ExpressionError::TooLarge => "expression_too_large",
            ExpressionError::Unreadable { .. } => "expression_unreadable",
            ExpressionError::UnknownInput { .. } => "expression_unknown_input",
            ExpressionError::NotANumber { .. } => "expression_not_a_number",
            ExpressionError::NotAllowed { .. } => "expression_not_allowed",
            ExpressionError::WrongType { .. } => "expression_wrong_type",
            ExpressionError::WrongCount { .. } => "expression_wrong_count",
            ExpressionError::WrongUnit { .. } => "expression_wrong_unit",
            ExpressionError::NoInput => "expression_no_input",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            ExpressionError::Name { name }
            | ExpressionError::UnknownInput { name }
            | ExpressionError::NotANumber { name } => vec![("name", name.clone())],
            ExpressionError::Unreadable { reason } => vec![("reason", reason.clone())],
            ExpressionError::NotAllowed { what } => vec![("what", what.clone())],
            ExpressionError::WrongType { at } => vec![("at", at.clone())],
            ExpressionError::WrongCount { function } => vec![("function", function.clone())],
            ExpressionError::WrongUnit { unit } => vec![("unit", (*unit).to_owned())],
            ExpressionError::TooLarge => vec![
                ("most", LONGEST_EXPRESSION.to_string()),
                ("deepest", DEEPEST_EXPRESSION.to_string()),
                ("inputs", MOST_INPUTS.to_string()),
            ],
            ExpressionError::NoInput => Vec::new(),
        }
    }

    fn failure(&self) -> Failure {
        Failure::Usage
    }
}

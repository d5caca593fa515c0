//! What can be wrong with a recipe.

use crate::base::Explain;
use crate::base::calendar::ZoneError;
use crate::base::explain::Failure;

/// A recipe that cannot be used, and where in it the fault lies.
///
/// `field` is the path of the field in the document, such as `sites[2].queues[0].counters`.
#[derive(Debug, thiserror::Error)]
pub enum RecipeError {
    /// Not a YAML document with the fields of a recipe.
    #[error("{detail}")]
    Unreadable {
        /// What the parser says, in English, with line and column.
        detail: String,
    },
    /// A number outside of what the simulator can do.
    #[error("{field} is {value}; it must be between {low} and {high}")]
    OutOfRange {
        /// The field.
        field: String,
        /// What it says.
        value: String,
        /// The least that is allowed.
        low: String,
        /// The most that is allowed.
        high: String,
    },
    /// Not a time of day.
    #[error("{field} is \"{text}\"; it must be a time of day between 00:00 and 24:00")]
    NotATime {
        /// The field.
        field: String,
        /// What it says.
        text: String,
    },
    /// Not a day.
    #[error("{field} is \"{text}\"; it must be a date such as 2025-09-20 or 1404/06/29")]
    NotADate {
        /// The field.
        field: String,
        /// What it says.
        text: String,
    },
    /// Not a zone of the IANA database.
    #[error("zone: {source}")]
    NotAZone {
        /// What the zone database says.
        source: ZoneError,
    },
    /// Not a name, or not an id.
    #[error("{field} is \"{text}\"; an id has 1 to 16 of a-z and 0-9, a name 1 to 80 characters")]
    NotAName {
        /// The field.
        field: String,
        /// What it says.
        text: String,
    },
    /// The same id or name twice.
    #[error("{field} is \"{text}\", which stands there already")]
    Twice {
        /// The second of the two fields.
        field: String,
        /// What both say.
        text: String,
    },
    /// An id that nothing in the recipe has.
    #[error("{field} is \"{text}\"; it must be one of {known}")]
    Unknown {
        /// The field.
        field: String,
        /// What it says.
        text: String,
        /// The ids that there are.
        known: String,
    },
    /// A field that this kind of scenario needs.
    #[error("{field} is missing")]
    Missing {
        /// The field.
        field: String,
    },
    /// A field that this kind of scenario does not know.
    #[error("{field} does not belong to this kind of scenario")]
    Unwanted {
        /// The field.
        field: String,
    },
}

impl Explain for RecipeError {
    fn key(&self) -> &'static str {
        match self {
            RecipeError::Unreadable { .. } => "recipe_unreadable",
            RecipeError::OutOfRange { .. } => "recipe_out_of_range",
            RecipeError::NotATime { .. } => "recipe_not_a_time",
            RecipeError::NotADate { .. } => "recipe_not_a_date",
            RecipeError::NotAZone { source } => source.key(),
            RecipeError::NotAName { .. } => "recipe_not_a_name",
            RecipeError::Twice { .. } => "recipe_twice",
            RecipeError::Unknown { .. } => "recipe_unknown",
            RecipeError::Missing { .. } => "recipe_missing",
            RecipeError::Unwanted { .. } => "recipe_unwanted",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            RecipeError::Unreadable { detail } => vec![("detail", detail.clone())],
            RecipeError::OutOfRange { field, value, low, high } => vec![
                ("field", field.clone()),
                ("value", value.clone()),
                ("low", low.clone()),
                ("high", high.clone()),
            ],
            RecipeError::NotAZone { source } => source.fields(),
            RecipeError::NotATime { field, text }
            | RecipeError::NotADate { field, text }
            | RecipeError::NotAName { field, text }
            | RecipeError::Twice { field, text } => vec![("field", field.clone()), ("text", text.clone())],
            RecipeError::Unknown { field, text, known } => {
                vec![("field", field.clone()), ("text", text.clone()), ("known", known.clone())]
            }
            RecipeError::Missing { field } | RecipeError::Unwanted { field } => vec![("field", field.clone())],
        }
    }

    fn failure(&self) -> Failure {
        Failure::Usage
    }
}

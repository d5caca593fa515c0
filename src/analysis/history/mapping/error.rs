//! Why a mapping cannot be used.

use crate::base::Explain;

use super::super::checks::SettingsError;

/// Why a mapping cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// Not YAML, or not the document that a mapping is.
    #[error("the mapping cannot be read: {reason}")]
    Unreadable {
        /// What the parser says, with line and column.
        reason: String,
    },
    /// It names columns that the source lacks.
    #[error("the mapping names columns that the source does not have: {}", absent.join(", "))]
    AbsentColumns {
        /// The absent columns.
        absent: Vec<String>,
        /// The columns that there are.
        present: Vec<String>,
    },
    /// A moment is described by too little or too much.
    #[error("\"{field}\" needs either `column`, or `date` and `time`, or `plus`, `after` and `unit`")]
    UnclearTime {
        /// The canonical column.
        field: &'static str,
    },
    /// A moment counts from one that is not mapped, or from itself.
    #[error("\"{field}\" counts from a moment that is not there before it")]
    Circular {
        /// The canonical column.
        field: &'static str,
    },
    /// A setting of the checks makes no sense.
    #[error(transparent)]
    Checks(#[from] SettingsError),
    /// No mapping was given, and the guessed one leaves questions open.
    #[error("the mapping cannot be guessed without asking: {question} ({columns})")]
    Unsure {
        /// The first question, by its name.
        question: &'static str,
        /// What it is about.
        columns: String,
    },
    /// No mapping was given and the columns are not the canonical ones.
    #[error("the columns are not the canonical ones, and no mapping was given")]
    Needed {
        /// The columns that there are.
        present: Vec<String>,
    },
}

impl Explain for MappingError {
    fn key(&self) -> &'static str {
        match self {
            MappingError::Unreadable { .. } => "mapping_unreadable",
            MappingError::AbsentColumns { .. } => "mapping_absent_columns",
            MappingError::UnclearTime { .. } => "mapping_unclear_time",
            MappingError::Circular { .. } => "mapping_circular",
            MappingError::Checks(error) => error.key(),
            MappingError::Unsure { .. } => "mapping_unsure",
            MappingError::Needed { .. } => "mapping_needed",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            MappingError::Unreadable { reason } => vec![("reason", reason.clone())],
            MappingError::AbsentColumns { absent, present } => {
                vec![("absent", absent.join(", ")), ("present", present.join(", "))]
            }
            MappingError::UnclearTime { field } | MappingError::Circular { field } => {
                vec![("field", (*field).to_owned())]
            }
            MappingError::Checks(error) => error.fields(),
            MappingError::Unsure { question, columns } => {
                vec![("question", format!("@guess.asked_{question}")), ("columns", columns.clone())]
            }
            MappingError::Needed { present } => vec![("present", present.join(", "))],
        }
    }

    fn failure(&self) -> crate::base::explain::Failure {
        crate::base::explain::Failure::Usage
    }
}

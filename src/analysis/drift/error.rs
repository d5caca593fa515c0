//! What a look for drift is refused for.

use crate::base::Explain;
use crate::base::calendar::CivilDate;
use crate::base::explain::{Failure, day_field};

/// Why two windows cannot be compared at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DriftError {
    /// The data set has no visits.
    #[error("there are no visits")]
    NoVisits,
    /// The data set does not hold two whole weeks.
    #[error("there are not two whole weeks between {first} and {last}")]
    TooShort {
        /// The first day of the history.
        first: CivilDate,
        /// Its last day.
        last: CivilDate,
    },
    /// A window lies outside the history.
    #[error("no visits between {first} and {last}")]
    Empty {
        /// The first day that was asked for.
        first: CivilDate,
        /// The last day.
        last: CivilDate,
    },
    /// A period ends before it begins.
    #[error("{first} comes after {last}")]
    Backwards {
        /// The first day that was asked for.
        first: CivilDate,
        /// The last day.
        last: CivilDate,
    },
    /// Two periods of one data set have days in common.
    #[error("both periods hold {day}")]
    Overlap {
        /// The first common day.
        day: CivilDate,
    },
}

impl Explain for DriftError {
    fn key(&self) -> &'static str {
        match self {
            DriftError::NoVisits => "drift_no_visits",
            DriftError::TooShort { .. } => "drift_too_short",
            DriftError::Empty { .. } => "drift_empty",
            DriftError::Backwards { .. } => "drift_backwards",
            DriftError::Overlap { .. } => "drift_overlap",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            DriftError::NoVisits => Vec::new(),
            DriftError::TooShort { first, last }
            | DriftError::Empty { first, last }
            | DriftError::Backwards { first, last } => {
                vec![("first", day_field(*first)), ("last", day_field(*last))]
            }
            DriftError::Overlap { day } => vec![("day", day_field(*day))],
        }
    }

    fn failure(&self) -> Failure {
        match self {
            DriftError::NoVisits | DriftError::TooShort { .. } | DriftError::Empty { .. } => Failure::Inconclusive,
            DriftError::Backwards { .. } | DriftError::Overlap { .. } => Failure::Usage,
        }
    }
}

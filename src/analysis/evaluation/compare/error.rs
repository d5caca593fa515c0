//! What a comparison is refused for.

use crate::base::Explain;
use crate::base::explain::Failure;

/// Why two models cannot be compared.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ComparisonError {
    /// Too few visits or days.
    #[error("{visits} visits on {site_days} site-days are too few to compare on")]
    TooLittle {
        /// Visits.
        visits: usize,
        /// Site-days.
        site_days: usize,
    },
    /// The current model makes no errors, so that nothing can be said in relation to it.
    #[error("the current model has no error on these visits, so that there is no ratio to it")]
    NoCurrentError,
}

impl Explain for ComparisonError {
    fn key(&self) -> &'static str {
        match self {
            ComparisonError::TooLittle { .. } => "compare_too_little",
            ComparisonError::NoCurrentError => "compare_no_error",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            ComparisonError::TooLittle { visits, site_days } => {
                vec![("visits", visits.to_string()), ("site_days", site_days.to_string())]
            }
            ComparisonError::NoCurrentError => Vec::new(),
        }
    }

    fn failure(&self) -> Failure {
        Failure::Inconclusive
    }
}

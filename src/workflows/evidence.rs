//! Evidence: why a version may be released, as the document that is kept and signed with it.

use serde::{Deserialize, Serialize};

use crate::analysis::evaluation::Comparison;
use crate::analysis::evaluation::gates::GateResult;
use crate::base::{Digest, Verdict};

use super::WorkflowError;

/// The document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    format: String,
    format_version: u32,
    /// The version of the program that made it.
    pub program: String,
    /// The data set on which the comparison was made.
    pub dataset: Digest,
    /// The run whose model is proposed.
    pub run: i64,
    /// The virtual A/B against what was live, or against the constant where nothing was.
    pub comparison: Comparison,
    /// The gates.
    pub gates: Vec<GateResult>,
}

const FORMAT: &str = "nobat-evidence";
const FORMAT_VERSION: u32 = 1;

impl Evidence {
    /// The evidence that a comparison and its gates are.
    #[must_use]
    pub fn of(dataset: Digest, run: i64, comparison: Comparison, gates: Vec<GateResult>) -> Evidence {
        Evidence {
            format: FORMAT.to_owned(),
            format_version: FORMAT_VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            dataset,
            run,
            comparison,
            gates,
        }
    }

    /// What all gates say together.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        Verdict::all(self.gates.iter().map(|gate| gate.verdict))
    }

    /// The bytes that are kept.
    ///
    /// # Errors
    /// [`WorkflowError::Document`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, WorkflowError> {
        serde_json::to_vec(self).map_err(|error| WorkflowError::Document { reason: error.to_string() })
    }

    /// Reads a kept document.
    ///
    /// # Errors
    /// [`WorkflowError::Document`].
    pub fn from_text(text: &str) -> Result<Evidence, WorkflowError> {
        let unreadable = |reason: String| WorkflowError::Document { reason };
        let evidence: Evidence = serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))?;
        if evidence.format != FORMAT || evidence.format_version > FORMAT_VERSION {
            return Err(unreadable(format!("{} {}", evidence.format, evidence.format_version)));
        }
        Ok(evidence)
    }
}

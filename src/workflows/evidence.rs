//! Evidence: why a version may be released, as the document that is kept and signed with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::analysis::evaluation::Comparison;
use crate::analysis::models::{Artifact, Contract};
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
    pub gates: Vec<Gate>,
}

/// A condition of a release; `gate.ID` is its name for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// Its name in files.
    pub id: String,
    /// What it says.
    pub verdict: Verdict,
    /// The figures it rests on, by name.
    pub figures: BTreeMap<String, serde_json::Value>,
}

const FORMAT: &str = "nobat-evidence";
const FORMAT_VERSION: u32 = 1;

impl Evidence {
    /// Puts the gates to a candidate. `current` is the contract of the model it is to replace.
    #[must_use]
    pub fn of(
        dataset: Digest,
        run: i64,
        comparison: Comparison,
        candidate: &Artifact,
        current: &Contract,
    ) -> Evidence {
        let gates = vec![
            error_gate(&comparison),
            critical_features_gate(&candidate.contract, current),
            reproduction_gate(candidate),
        ];
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

fn gate(id: &str, verdict: Verdict, figures: &[(&str, serde_json::Value)]) -> Gate {
    let figures = figures.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Gate { id: id.to_owned(), verdict, figures }
}

/// The plan: the error is lower, or at most 5 % higher.
fn error_gate(comparison: &Comparison) -> Gate {
    gate(
        "error",
        comparison.gate,
        &[
            ("ratio", comparison.ratio.into()),
            ("upper_bound", comparison.ratio_upper_bound.into()),
            ("margin", comparison.margin.into()),
            ("n", comparison.n.into()),
        ],
    )
}

/// The plan: no critical feature was removed.
fn critical_features_gate(candidate: &Contract, current: &Contract) -> Gate {
    let removed = candidate.critical_missing_from(current);
    let critical = current.features().iter().filter(|feature| feature.critical).count();
    let verdict = if removed.is_empty() { Verdict::Pass } else { Verdict::Fail };
    gate("critical_features", verdict, &[("critical", critical.into()), ("removed", removed.into())])
}

/// The model that is kept is the model that was tested: read back from its bytes, it predicts the same.
fn reproduction_gate(candidate: &Artifact) -> Gate {
    let reproduced = Artifact::from_bytes(&candidate.to_bytes());
    let verdict = match &reproduced {
        Ok(read) if read == candidate && candidate.golden_rows() > 0 => Verdict::Pass,
        Ok(_) if candidate.golden_rows() == 0 => Verdict::Inconclusive,
        _ => Verdict::Fail,
    };
    gate("reproduction", verdict, &[("golden_rows", candidate.golden_rows().into())])
}

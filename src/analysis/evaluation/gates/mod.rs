//! Gates: the conditions of a release, one file each, decided on evidence that is kept.
//!
//! A gate is a function of a [`Case`] and of [`Limits`]; it measures nothing itself and knows no registry. The invariant: a gate
//! whose evidence is missing is `inconclusive` and says why; no data is never a pass.

mod coverage;
mod critical_features;
mod error;
mod inference;
mod integration;
mod limits;
mod onnx;
mod reproduction;
mod slices;
#[cfg(test)]
mod slices_tests;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::analysis::models::Artifact;
use crate::base::Verdict;

use super::compare::lineage::{ELSEWHERE, UNPREDICTED};
use super::{Comparison, LineageKind};

pub use limits::{Limit, Limits};

/// A condition of a release; `gate.ID` is its name for people.
pub trait Gate: Sync {
    /// Its name in files.
    fn id(&self) -> &'static str;

    /// What its figure is measured in.
    fn unit(&self) -> Unit;

    /// What of it can be set; the id of each is the key of its name for people.
    fn limits(&self) -> &'static [Limit] {
        &[]
    }

    /// What it says of a candidate.
    fn decide(&self, case: &Case<'_>, limits: &Limits) -> Decision;
}

/// What the figure of a gate, and what it is held against, are measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// One error ÷ another.
    Ratio,
    /// A share of the visits.
    Share,
    /// Things.
    Count,
    /// Milliseconds.
    Milliseconds,
    /// How much two predictions of one visit differ, as a share of them.
    Difference,
}

/// Every gate, in the order in which they are told.
pub static GATES: &[&dyn Gate] = &[
    &error::Error,
    &slices::Slices,
    &coverage::Coverage,
    &critical_features::CriticalFeatures,
    &reproduction::Reproduction,
    &inference::Inference,
    &integration::Integration,
    &onnx::Onnx,
];

/// What the gates look at.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The virtual A/B.
    pub comparison: &'a Comparison,
    /// The candidate; `None` where it is not a model that is kept, and nothing of it but its predictions is known.
    pub candidate: Option<&'a Artifact>,
    /// The critical features of the model that is to be replaced; `None` where they are not known.
    pub critical: Option<&'a [CriticalFeature]>,
    /// How long the candidate takes to answer, where that was measured.
    pub inference: Option<&'a InferenceTimes>,
    /// Whether the way from data to answers holds together, where that was tried.
    pub integration: Option<&'a EndToEnd>,
    /// Whether the exported model predicts the same, where that was tried.
    pub onnx: Option<&'a Parity>,
}

/// A critical feature of the model that is to be replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CriticalFeature {
    /// Its id.
    pub id: String,
    /// Whether the data set holds more than one value of it. No model can learn from one that does not vary.
    pub varies: bool,
}

/// How long answers take, from the bytes of a request to the prediction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct InferenceTimes {
    /// Requests.
    pub n: u64,
    /// The median, milliseconds.
    pub p50_ms: f64,
    /// The 99th percentile, milliseconds.
    pub p99_ms: f64,
}

/// Predictions by one way beside those by another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Parity {
    /// Visits.
    pub n: u64,
    /// The largest difference, as a share of the prediction, or of a minute where that is longer.
    pub largest: f64,
    /// Why they cannot be compared, for programmers; absent where they can.
    pub failure: Option<String>,
}

/// The way from data to answers, tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndToEnd {
    /// What the model says of visits in the workbench, and of the requests for the same visits where it answers.
    pub answers: Parity,
    /// Visits of the simulated history that a model of the same family was fitted on and tested with; absent for a family that is
    /// not fitted here.
    pub simulated: Option<Simulated>,
}

/// A family, fitted and tested on a simulated history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Simulated {
    /// Visits of the test part.
    pub n: u64,
    /// Mean absolute error on it, minutes.
    pub mae: f64,
    /// That of the constant.
    pub mae_constant: f64,
    /// Why it did not come to its end, for programmers.
    pub failure: Option<String>,
}

/// What a gate says.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The verdict.
    pub verdict: Verdict,
    /// The figure that decides.
    pub value: Option<f64>,
    /// What it is held against.
    pub limit: Option<f64>,
    /// What it rests on: visits, requests, features.
    pub n: u64,
    /// Why it is not a pass, or what must be known of one; `gate_reason.REASON` is it for people.
    pub reason: Option<String>,
    /// Other figures, by name.
    pub figures: BTreeMap<String, serde_json::Value>,
}

/// A gate and what it said, as it is kept and printed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GateResult {
    /// The gate; as `gate`, for those who read evidence of earlier programs.
    pub id: String,
    /// The gate.
    #[serde(default)]
    pub gate: String,
    /// What it says.
    pub verdict: Verdict,
    /// The figure that decides.
    #[serde(default)]
    pub value: Option<f64>,
    /// What it is held against.
    #[serde(default)]
    pub limit: Option<f64>,
    /// What it rests on.
    #[serde(default)]
    pub n: Option<u64>,
    /// Why it is not a pass, or what must be known of one.
    #[serde(default)]
    pub reason: Option<String>,
    /// Other figures, by name.
    pub figures: BTreeMap<String, serde_json::Value>,
}

/// Puts every gate to `case`.
#[must_use]
pub fn decide(case: &Case<'_>, limits: &Limits) -> Vec<GateResult> {
    let put = |gate: &&dyn Gate| {
        let Decision { verdict, value, limit, n, reason, figures } = gate.decide(case, limits);
        // What is not a number has no JSON form, and decides nothing.
        let value = value.filter(|value| value.is_finite());
        GateResult {
            id: gate.id().to_owned(),
            gate: gate.id().to_owned(),
            verdict,
            value,
            limit,
            n: Some(n),
            reason,
            figures,
        }
    };
    GATES.iter().map(put).collect()
}

impl Decision {
    fn new(verdict: Verdict, value: f64, limit: f64, n: u64) -> Decision {
        let (value, limit) = (Some(value), Some(limit));
        Decision { verdict, value, limit, n, reason: None, figures: BTreeMap::new() }
    }

    fn inconclusive(reason: &str) -> Decision {
        Decision {
            verdict: Verdict::Inconclusive,
            value: None,
            limit: None,
            n: 0,
            reason: Some(reason.to_owned()),
            figures: BTreeMap::new(),
        }
    }

    fn because(mut self, reason: &str) -> Decision {
        self.reason = Some(reason.to_owned());
        self
    }

    fn with(mut self, name: &str, value: impl Into<serde_json::Value>) -> Decision {
        self.figures.insert(name.to_owned(), value.into());
        self
    }
}

impl Case<'_> {
    /// Why no gate may rest on the visits that were compared; `None` where one may.
    fn unfit_visits(&self) -> Option<&str> {
        match self.comparison.lineage.kind {
            LineageKind::InSample => Some("in_sample"),
            LineageKind::Unknown => Some("unknown_lineage"),
            LineageKind::After => {
                self.comparison.gate_reason.as_deref().filter(|reason| [ELSEWHERE, UNPREDICTED].contains(reason))
            }
        }
    }
}

//! Models as ONNX files, for a serving side that is not this program.
//!
//! Every family becomes one graph of standard operators (`ai.onnx` 17, `ai.onnx.ml` 3): an input for each feature of the
//! contract, by its id and in the contract's order, and an output, `minutes`, kept between zero and the model's longest
//! wait as the model itself does. A model with intervals has four outputs more, their ends: `low_80`, `high_80`, `low_90`,
//! `high_90`, by the distances of each queue as the model itself has them.
//!
//! | input | type | missing |
//! |---|---|---|
//! | a number | float `[N, 1]` | NaN |
//! | a category | string `[N, 1]` | the empty string |
//!
//! Inside, numbers have 64 bits, so that predictions are those of [`Fitted`] but for the order of a sum; where trees are
//! added up, the sum leaves its operator as a 32-bit float (it has no other output). A model whose contract names no feature
//! has no input and answers `[1, 1]`. Expressions are inputs like any other feature: whoever asks computes them, by their text in
//! the contract.
//!
//! Not in the file: what lets intervals follow what comes true (those in the file stay as they were calibrated),
//! explanations, golden rows. What the model is and where it came from is in the file's
//! metadata ([`export`]).

mod graph;
mod intervals;
mod linear;
mod proto;
mod run;
mod tables;
#[cfg(test)]
mod tests;
mod trees;

use prost::Message;

use crate::analysis::features::Value;
use crate::base::explain::Failure;
use crate::base::{Digest, Explain};

use super::{Artifact, Fitted};
use graph::{Graph, ML, Wire};
use proto::{GraphProto, ModelProto, OperatorSetIdProto, StringStringEntryProto};

pub use run::{OnnxGraph, RunError};

/// The version of the file's own form: of opset 17, and read by everything since.
const IR_VERSION: i64 = 8;
const OPSET: i64 = 17;
/// The first one with 64-bit trees.
const ML_OPSET: i64 = 3;
const PRODUCER: &str = "nobat";
/// The output with the prediction.
const MINUTES: &str = "minutes";

/// Why a model has no ONNX form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OnnxError {
    /// It would be larger than runtimes take.
    #[error("the graph would have {n} {what}, at most {most} are written")]
    TooLarge {
        /// Nodes of trees, or cells of a table.
        what: &'static str,
        /// How many.
        n: usize,
        /// How many there may be.
        most: usize,
    },
    /// The model uses a feature otherwise than its contract says.
    #[error("the model uses {feature} otherwise than its contract says")]
    Unfit {
        /// The feature's id.
        feature: String,
    },
}

impl Explain for OnnxError {
    fn key(&self) -> &'static str {
        match self {
            OnnxError::TooLarge { .. } => "onnx_too_large",
            OnnxError::Unfit { .. } => "onnx_unfit",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            OnnxError::TooLarge { n, most, .. } => vec![("n", n.to_string()), ("most", most.to_string())],
            OnnxError::Unfit { feature } => vec![("feature", feature.clone())],
        }
    }

    fn failure(&self) -> Failure {
        Failure::Failed
    }
}

/// The bytes of the ONNX file of `artifact`, whose kept bytes have the digest `sha256`.
///
/// Its metadata: `nobat.family`, `nobat.contract` (JSON), `nobat.contract_sha256`, `nobat.artifact_sha256`,
/// `nobat.intervals` (JSON, where there are intervals: levels, the time of their calibration, its visits, the queues with
/// distances of their own), `nobat.format_version` (of the artifact), `nobat.dataset_sha256`, `nobat.trained_until`, `nobat.program` (the version
/// that trained it; the version that wrote the file is its producer's).
///
/// # Errors
/// [`OnnxError`].
pub fn export(artifact: &Artifact, sha256: Digest) -> Result<Vec<u8>, OnnxError> {
    let operators = [(None, OPSET), (Some(ML.to_owned()), ML_OPSET)];
    let model = ModelProto {
        ir_version: Some(IR_VERSION),
        opset_import: operators
            .map(|(domain, version)| OperatorSetIdProto { domain, version: Some(version) })
            .to_vec(),
        producer_name: Some(PRODUCER.to_owned()),
        producer_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        graph: Some(graph_of(artifact)?),
        metadata_props: metadata(artifact, sha256),
    };
    Ok(model.encode_to_vec())
}

fn metadata(artifact: &Artifact, sha256: Digest) -> Vec<StringStringEntryProto> {
    let origin = &artifact.origin;
    let entries = [
        ("family", artifact.model.family().to_owned()),
        // A list of strings and booleans always has a JSON form.
        ("contract", serde_json::to_string(&artifact.contract).unwrap_or_default()),
        ("contract_sha256", artifact.contract.digest().to_string()),
        ("artifact_sha256", sha256.to_string()),
        ("format_version", artifact.format_version().to_string()),
        ("dataset_sha256", origin.dataset.to_string()),
        ("trained_until", origin.trained_until.to_string()),
        ("program", origin.program.clone()),
    ];
    let intervals = artifact.intervals.as_ref().map(|own| ("intervals", intervals::told(own)));
    let entry =
        |(key, value)| StringStringEntryProto { key: Some(format!("{PRODUCER}.{key}")), value: Some(value) };
    entries.into_iter().chain(intervals).map(entry).collect()
}

fn graph_of(artifact: &Artifact) -> Result<GraphProto, OnnxError> {
    let mut graph = Graph::new(&artifact.contract);
    let minutes = minutes(&artifact.model, &mut graph)?;
    let mut outputs = vec![(MINUTES.to_owned(), minutes.clone())];
    if let Some(own) = &artifact.intervals {
        outputs.extend(intervals::ends(own, &minutes, &mut graph)?);
    }
    Ok(graph.finish(&outputs, artifact.model.family()))
}

/// The wire on which the prediction comes out.
fn minutes(model: &Fitted, graph: &mut Graph<'_>) -> Result<Wire, OnnxError> {
    // Whatever the family: what looks at no feature says the same of every visit.
    if model.features().is_empty() {
        let always = model.predict(&|_| Value::Missing).get();
        return Ok(graph.everywhere(always));
    }
    match model {
        Fitted::Constant(model) => Ok(graph.everywhere(model.predict().get())),
        Fitted::CalendarMedian(model) => tables::calendar_median(model, graph),
        Fitted::Rule(model) => tables::rule(model, graph),
        Fitted::LastWait(model) => tables::last_wait(model, graph),
        Fitted::Linear(model) | Fitted::ElasticNet(model) | Fitted::QLasso(model) | Fitted::Tweedie(model) => {
            linear::minutes(model, graph)
        }
        Fitted::Boosted(model) | Fitted::Imported(model) => trees::minutes(model, graph),
    }
}

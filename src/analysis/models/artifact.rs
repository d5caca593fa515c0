//! The document that a fitted model is kept as.
//!
//! JSON, versioned, self-contained: contract, model, where it came from, and golden rows. Reading one checks all of it
//! and *reproduces the golden rows*; a document that this program would predict differently from is refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::analysis::features::{CATALOGUE, FeatureTable, Value};
use crate::base::calendar::Zone;
use crate::base::{Digest, Explain, Minutes, Moment};

use super::{Contract, Difference, Fitted, Intervals, Shares, WaitInterval};

/// The version of the document that this program writes, and the newest it reads.
const FORMAT_VERSION: u32 = 3;
/// The version of a document with intervals that stay as they are.
const WITH_FIXED_INTERVALS: u32 = 2;
/// The version of a document without intervals, which older programs read.
const WITHOUT_INTERVALS: u32 = 1;
const FORMAT: &str = "nobat-model";
/// The largest artifact that is read, in bytes.
pub const MAX_BYTES: usize = 256 << 20;
/// Golden rows in an artifact.
const GOLDEN_ROWS: usize = 16;
/// Predictions may differ by this share of the value (and at least of one minute) on another processor.
const GOLDEN_TOLERANCE: f64 = 1e-9;

/// A fitted model with its contract, origin and golden rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artifact {
    format: String,
    format_version: u32,
    /// The features it must be given.
    pub contract: Contract,
    /// The model.
    pub model: Fitted,
    /// Between which waits the actual one lies, where there was enough to calibrate that with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intervals: Option<Intervals>,
    /// Where it came from.
    pub origin: Origin,
    golden: Vec<GoldenRow>,
}

/// Where a model came from: enough to make it again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The digest of the history.
    pub dataset: Digest,
    /// The zone whose wall clock the sites keep: hours and days are by it.
    pub zone: Zone,
    /// Sites that keep the clock of another zone.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub zones: BTreeMap<String, Zone>,
    /// The first arrival of the training part.
    pub trained_from: Moment,
    /// Every wait that was learned from was known before this moment.
    pub trained_until: Moment,
    /// Visits that were learned from.
    pub train_n: u64,
    /// The seed.
    pub seed: u64,
    /// The parameters.
    pub parameters: BTreeMap<String, serde_json::Value>,
    /// The version of the program.
    pub program: String,
}

/// Inputs, and the prediction that they must give.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoldenRow {
    inputs: BTreeMap<String, Scalar>,
    minutes: Minutes,
    /// The ends of its intervals, level by level.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    intervals: Vec<[f64; 2]>,
}

/// A feature's value in JSON; a missing one is left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// A number.
    Number(f64),
    /// A category.
    Text(String),
}

/// Why a document is not a model that this program can use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArtifactError {
    /// Not JSON, or not this document.
    #[error("the artifact cannot be read: {reason}")]
    Unreadable {
        /// What the parser says.
        reason: String,
    },
    /// Written by a newer program.
    #[error("the artifact has format {found}, this program reads up to {FORMAT_VERSION}")]
    Newer {
        /// Its format.
        found: u32,
    },
    /// Its features are not those of this program, or not those of its model.
    #[error("the features of the artifact do not match: {}", listed(differences))]
    ContractDiffers {
        /// What is different.
        differences: Vec<Difference>,
    },
    /// It does not predict what it should.
    #[error("golden row {row} of the artifact predicts {predicted}, not {expected}")]
    GoldenMismatch {
        /// The row, from 1.
        row: usize,
        /// What it should be.
        expected: String,
        /// What came out.
        predicted: String,
    },
}

fn listed(differences: &[Difference]) -> String {
    differences.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl Explain for ArtifactError {
    fn key(&self) -> &'static str {
        match self {
            ArtifactError::Unreadable { .. } => "artifact_unreadable",
            ArtifactError::Newer { .. } => "artifact_newer",
            ArtifactError::ContractDiffers { .. } => "artifact_features",
            ArtifactError::GoldenMismatch { .. } => "artifact_golden",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            ArtifactError::Unreadable { reason } => vec![("reason", reason.clone())],
            ArtifactError::Newer { found } => {
                vec![("found", found.to_string()), ("known", FORMAT_VERSION.to_string())]
            }
            ArtifactError::ContractDiffers { differences } => vec![("differences", Difference::told(differences))],
            ArtifactError::GoldenMismatch { row, expected, predicted } => {
                vec![("row", row.to_string()), ("expected", expected.clone()), ("predicted", predicted.clone())]
            }
        }
    }
}

/// The ids of the features that a prediction and its intervals need: the catalogue's in its order, then others by name.
fn used<'a>(model: &'a Fitted, intervals: Option<&'a Intervals>) -> Vec<&'a str> {
    let mut ids: std::collections::BTreeSet<&str> = model.features().into_iter().collect();
    ids.extend(intervals.into_iter().flat_map(Intervals::features));
    let known: Vec<&str> = CATALOGUE.iter().filter_map(|feature| ids.take(feature.id)).collect();
    known.into_iter().chain(ids).collect()
}

fn ends<'v>(
    intervals: Option<&Intervals>,
    predicted: Minutes,
    value: &dyn Fn(&str) -> Value<'v>,
) -> Vec<[f64; 2]> {
    let found = intervals.map(|intervals| intervals.of_visit(predicted, value));
    found.into_iter().flatten().map(|interval| [interval.low, interval.high]).collect()
}

impl Scalar {
    /// The value of a feature.
    #[must_use]
    pub fn value(&self) -> Value<'_> {
        match self {
            Scalar::Number(number) if number.is_finite() => Value::Number(*number),
            Scalar::Number(_) => Value::Missing,
            Scalar::Text(text) => Value::Category(text),
        }
    }

    /// The JSON form of a value that is not missing.
    #[must_use]
    pub fn of(value: Value<'_>) -> Option<Scalar> {
        match value {
            Value::Number(number) => Some(Scalar::Number(number)),
            Value::Category(name) => Some(Scalar::Text(name.to_owned())),
            Value::Missing => None,
        }
    }
}

impl Artifact {
    /// The artifact of `model`, with golden rows spread over `features`.
    #[must_use]
    pub fn new(model: Fitted, intervals: Option<Intervals>, origin: Origin, features: &FeatureTable) -> Artifact {
        let contract = Contract::of(&used(&model, intervals.as_ref()), features.expressions());
        let step = (features.len() / GOLDEN_ROWS).max(1);
        let golden = (0..features.len())
            .step_by(step)
            .take(GOLDEN_ROWS)
            .map(|row| {
                let input = |id: &str| Some((id.to_owned(), Scalar::of(features.value(id, row))?));
                let inputs = contract.features().iter().filter_map(|feature| input(&feature.id)).collect();
                let value = |id: &str| features.value(id, row);
                let minutes = model.predict(&value);
                GoldenRow { minutes, intervals: ends(intervals.as_ref(), minutes, &value), inputs }
            })
            .collect();
        let format_version = match intervals.as_ref().map(Intervals::rate) {
            None => WITHOUT_INTERVALS,
            Some(None) => WITH_FIXED_INTERVALS,
            Some(Some(_)) => FORMAT_VERSION,
        };
        Artifact { format: FORMAT.to_owned(), format_version, contract, model, intervals, origin, golden }
    }

    /// The wait that is predicted, and between which waits it lies, level by level; no intervals where it has none. With
    /// `shares`, the intervals are those that followed what came true, where they can.
    #[must_use]
    pub fn predict<'v>(
        &self,
        value: &dyn Fn(&str) -> Value<'v>,
        shares: Option<&Shares>,
    ) -> (Minutes, Vec<WaitInterval>) {
        let minutes = self.model.predict(value);
        let intervals = self.intervals.as_ref().map(|intervals| intervals.of_visit_at(shares, minutes, value));
        (minutes, intervals.unwrap_or_default())
    }

    /// The number of golden rows.
    #[must_use]
    pub fn golden_rows(&self) -> usize {
        self.golden.len()
    }

    /// The version of the document.
    #[must_use]
    pub fn format_version(&self) -> u32 {
        self.format_version
    }

    /// The bytes that are kept and digested.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Every map has text keys and every number is finite, so that there always is a JSON form.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads an artifact and reproduces its golden rows.
    ///
    /// # Errors
    /// [`ArtifactError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Artifact, ArtifactError> {
        /// Read first, so that a newer document is told apart from a broken one.
        #[derive(Deserialize)]
        struct Head {
            format: String,
            format_version: u32,
        }
        let unreadable = |reason: String| ArtifactError::Unreadable { reason };
        if bytes.len() > MAX_BYTES {
            return Err(unreadable(format!("larger than {MAX_BYTES} bytes")));
        }
        let head: Head = serde_json::from_slice(bytes).map_err(|error| unreadable(error.to_string()))?;
        if head.format != FORMAT {
            return Err(unreadable(format!("not a {FORMAT} document")));
        }
        if head.format_version > FORMAT_VERSION {
            return Err(ArtifactError::Newer { found: head.format_version });
        }
        let artifact: Artifact = serde_json::from_slice(bytes).map_err(|error| unreadable(error.to_string()))?;
        artifact.check()?;
        Ok(artifact)
    }

    /// The contract of an artifact, without reading its model.
    ///
    /// # Errors
    /// [`ArtifactError::Unreadable`].
    pub fn contract_of(bytes: &[u8]) -> Result<Contract, ArtifactError> {
        #[derive(Deserialize)]
        struct Part {
            contract: Contract,
        }
        let part: Part = serde_json::from_slice(bytes)
            .map_err(|error| ArtifactError::Unreadable { reason: error.to_string() })?;
        Ok(part.contract)
    }

    fn check(&self) -> Result<(), ArtifactError> {
        let mut differences = self.contract.differences();
        differences.extend(self.contract.differences_from_model(&used(&self.model, self.intervals.as_ref())));
        if !differences.is_empty() {
            return Err(ArtifactError::ContractDiffers { differences });
        }
        if let Some(Err(what)) = self.intervals.as_ref().map(Intervals::check) {
            return Err(ArtifactError::Unreadable { reason: what.to_owned() });
        }
        for (row, golden) in self.golden.iter().enumerate() {
            let value = |id: &str| golden.inputs.get(id).map_or(Value::Missing, Scalar::value);
            let predicted = self.model.predict(&value);
            let differs =
                |ours: f64, theirs: f64| (ours - theirs).abs() > GOLDEN_TOLERANCE * theirs.abs().max(1.0);
            let intervals = ends(self.intervals.as_ref(), predicted, &value);
            let has_other_ends = intervals.len() != golden.intervals.len()
                || intervals.iter().flatten().zip(golden.intervals.iter().flatten()).any(|(a, b)| differs(*a, *b));
            if differs(predicted.get(), golden.minutes.get()) || has_other_ends {
                return Err(ArtifactError::GoldenMismatch {
                    row: row + 1,
                    expected: golden.minutes.to_string(),
                    predicted: predicted.to_string(),
                });
            }
        }
        Ok(())
    }
}

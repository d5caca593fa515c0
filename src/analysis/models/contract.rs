//! The features that a model was fitted with and must be given, as a document with a digest.

use serde::{Deserialize, Serialize};

use crate::analysis::features::{Feature, feature};
use crate::base::Digest;

/// One feature of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractFeature {
    /// The feature's id in the catalogue.
    pub id: String,
    /// `number` or `category`.
    pub kind: String,
    /// The unit of a number.
    pub unit: String,
    /// Whether it may not be dropped without a new MAJOR.
    pub critical: bool,
}

/// The features of a model, in the catalogue's order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Contract(Vec<ContractFeature>);

impl Contract {
    /// The contract of a model that uses the features with these ids; an id that is not in the catalogue is left out.
    pub(super) fn of(ids: &[&str]) -> Contract {
        let entry = |feature: &Feature| ContractFeature {
            id: feature.id.to_owned(),
            kind: feature.kind().id().to_owned(),
            unit: feature.unit.id().to_owned(),
            critical: feature.critical,
        };
        Contract(ids.iter().filter_map(|id| feature(id)).map(entry).collect())
    }

    /// The features.
    #[must_use]
    pub fn features(&self) -> &[ContractFeature] {
        &self.0
    }

    /// The SHA-256 of the contract's JSON.
    #[must_use]
    pub fn digest(&self) -> Digest {
        // A list of strings and booleans always has a JSON form.
        Digest::of(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// The ids of critical features of `before` that this contract no longer has.
    #[must_use]
    pub fn critical_missing_from(&self, before: &Contract) -> Vec<String> {
        let kept = |id: &str| self.0.iter().any(|feature| feature.id == id);
        before
            .0
            .iter()
            .filter(|feature| feature.critical && !kept(&feature.id))
            .map(|feature| feature.id.clone())
            .collect()
    }

    /// Why this program cannot serve the contract: the features that its catalogue lacks or defines otherwise.
    #[must_use]
    pub fn unknown(&self) -> Vec<String> {
        let ids: Vec<&str> = self.0.iter().map(|feature| feature.id.as_str()).collect();
        let ours = Contract::of(&ids);
        self.0.iter().filter(|theirs| !ours.0.contains(theirs)).map(|theirs| theirs.id.clone()).collect()
    }
}

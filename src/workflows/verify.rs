//! Verify: what the registry holds against itself, and its versions against what this program can compute.

use crate::analysis::models::{Artifact, ArtifactError, Difference};
use crate::base::Version;
use crate::store::registry::{Registry, RegistryError, Stage, Verification};
use crate::store::sqlite::Access;

use super::{Home, WorkflowError};

/// What verifying found.
#[derive(Debug)]
pub struct Verified {
    /// The registry itself.
    pub registry: Verification,
    /// Versions that this program cannot compute, with why.
    pub contracts: Vec<ContractProblem>,
}

/// A version whose feature contract does not match.
#[derive(Clone, Debug, PartialEq)]
pub struct ContractProblem {
    /// The version.
    pub version: Version,
    /// What is different; empty where the contract is not the one that was registered.
    pub differences: Vec<Difference>,
}

impl ContractProblem {
    /// The key of its sentence in the string catalogue.
    #[must_use]
    pub fn key(&self) -> &'static str {
        if self.differences.is_empty() { "problem.contract_other" } else { "problem.contract_differs" }
    }

    /// The values of the placeholders of its sentence, as [`crate::base::explain::in_words`] reads them.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        vec![("version", self.version.to_string()), ("differences", Difference::told(&self.differences))]
    }
}

/// Verifies the registry of `home`, and that the contract of each version that was not rejected can be computed.
///
/// # Errors
/// [`WorkflowError::Registry`] where the registry cannot be read at all.
pub fn verify(home: &Home) -> Result<Verified, WorkflowError> {
    let registry = Registry::open(home.registry(), Access::Read)?;
    let verification = registry.verify()?;
    let mut contracts = Vec::new();
    for entry in registry.versions()?.into_iter().filter(|entry| entry.stage != Stage::Rejected) {
        let version = entry.version;
        let bytes = match registry.artifact(version) {
            Ok(bytes) => bytes,
            Err(RegistryError::Database(error)) => return Err(error.into()),
            // What was altered is among the registry's own problems.
            Err(_) => continue,
        };
        let differences = match Artifact::contract_of(&bytes) {
            Ok(contract) if contract.digest() != entry.contract_sha256 => Some(Vec::new()),
            Ok(contract) => Some(contract.differences()).filter(|differences| !differences.is_empty()),
            Err(ArtifactError::ContractDiffers { differences }) => Some(differences),
            Err(_) => Some(Vec::new()),
        };
        contracts.extend(differences.map(|differences| ContractProblem { version, differences }));
    }
    Ok(Verified { registry: verification, contracts })
}

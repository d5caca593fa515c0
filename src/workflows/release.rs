//! Release: propose a run as a version, review it, sign it, put it in front of people, and turn back.
//!
//! Each step is one transaction of the registry, which also writes the audit log. What a person may do is checked
//! there; what a model has to show is checked here, when it is proposed, and kept as its evidence.

use serde::Serialize;

use crate::base::version::Change;
use crate::base::{Task, Verdict, Version};
use crate::store::keys::{SecretKeyFile, SigningKey};
use crate::store::registry::{Proposal, Registry, Rollout, VersionEntry};
use crate::store::sqlite::Access;

use super::compare::{CompareRequest, compare_models};
use super::datasets::Prepared;
use super::evidence::Evidence;
use super::models::ModelName;
use super::{Home, WorkflowError, now};

/// What is proposed.
#[derive(Clone, Debug)]
pub struct ProposeRequest {
    /// The run.
    pub run: i64,
    /// The version; without one, the next that fits what changes.
    pub version: Option<Version>,
    /// What changed, in the proposer's words.
    pub notes: String,
    /// Who proposes.
    pub person: String,
    /// The seed of the comparison.
    pub seed: u64,
}

/// A proposal that was made.
#[derive(Clone, Debug, Serialize)]
pub struct ProposeOutcome {
    /// The version.
    pub version: VersionEntry,
    /// Its evidence.
    pub evidence: Evidence,
}

/// The families that count as one architecture for the version number.
fn architecture(family: &str) -> &str {
    match family {
        "linear" | "elastic-net" => "linear",
        other => other,
    }
}

/// Compares a run with what is live on `prepared`, and registers it with that evidence as a proposal.
///
/// # Errors
/// [`WorkflowError`]; nothing is registered then.
pub fn propose(
    home: &Home,
    prepared: &Prepared,
    request: &ProposeRequest,
    task: &Task,
) -> Result<ProposeOutcome, WorkflowError> {
    let mut registry = Registry::open_or_create(home.registry())?;
    let live = registry.live()?;
    let current = live.as_ref().map_or(ModelName::Baseline("constant"), |live| ModelName::Version(live.version));
    let candidate = ModelName::Run(request.run);
    let asked = CompareRequest { seed: request.seed, ..CompareRequest::of(current, candidate) };
    let outcome = compare_models(home, prepared, &asked, task)?;
    let artifact = outcome.candidate.ok_or(WorkflowError::RunWithoutModel { run: request.run })?;
    let evidence = Evidence::of(prepared.digest, request.run, outcome.comparison, outcome.gates);
    let version = match request.version {
        Some(version) => version,
        None => next_version(&registry.versions()?, artifact.model.family()),
    };
    task.check()?;
    let entry = registry.propose(
        &Proposal {
            version,
            family: artifact.model.family(),
            artifact: &artifact.to_bytes(),
            contract_sha256: artifact.contract.digest(),
            evidence: &evidence.to_bytes()?,
            notes: &request.notes,
        },
        &request.person,
        now(),
    )?;
    Ok(ProposeOutcome { version: entry, evidence })
}

/// 1.0.0 first; then MAJOR where the architecture is another one than the newest version's, else MINOR.
#[must_use]
pub fn next_version(versions: &[VersionEntry], family: &str) -> Version {
    match versions.iter().max_by_key(|entry| entry.version) {
        None => Version::new(1, 0, 0),
        Some(newest) if architecture(&newest.family) == architecture(family) => newest.version.next(Change::Minor),
        Some(newest) => newest.version.next(Change::Major),
    }
}

/// The evidence of a version.
///
/// # Errors
/// [`WorkflowError`].
pub fn evidence(home: &Home, version: Version) -> Result<Evidence, WorkflowError> {
    Evidence::from_text(&Registry::open(home.registry(), Access::Read)?.evidence(version)?)
}

/// Reads a secret key that will sign an approval.
///
/// # Errors
/// [`WorkflowError::Key`].
pub fn unlock_key(path: &std::path::Path, passphrase: Option<&str>) -> Result<SigningKey, WorkflowError> {
    Ok(SecretKeyFile::read(path)?.unlock(passphrase)?)
}

/// Approves a version: signs what it is. Where not every gate passes, a reason has to be given.
///
/// # Errors
/// [`WorkflowError::ReasonNeeded`], [`WorkflowError`].
pub fn approve(
    home: &Home,
    version: Version,
    person: &str,
    key: &SigningKey,
    reason: &str,
) -> Result<VersionEntry, WorkflowError> {
    let mut registry = Registry::open(home.registry(), Access::Write)?;
    let verdict = Evidence::from_text(&registry.evidence(version)?)?.verdict();
    if verdict != Verdict::Pass && reason.trim().is_empty() {
        return Err(WorkflowError::ReasonNeeded { version, verdict });
    }
    let statement = registry.statement(version)?;
    let signature = key.sign(statement.text().as_bytes(), &format!("nobat {version} approved by {person}"))?;
    Ok(registry.approve(version, person, &signature, reason, now())?)
}

/// Rejects a version, for good.
///
/// # Errors
/// [`WorkflowError`].
pub fn reject(home: &Home, version: Version, person: &str, reason: &str) -> Result<VersionEntry, WorkflowError> {
    Ok(Registry::open(home.registry(), Access::Write)?.reject(version, person, reason, now())?)
}

/// Makes an approved version live.
///
/// # Errors
/// [`WorkflowError`].
pub fn promote(home: &Home, version: Version, person: &str, reason: &str) -> Result<Rollout, WorkflowError> {
    Ok(Registry::open(home.registry(), Access::Write)?.promote(version, person, reason, now())?)
}

/// Returns to the version that was live before.
///
/// # Errors
/// [`WorkflowError`].
pub fn roll_back(home: &Home, person: &str, reason: &str) -> Result<Rollout, WorkflowError> {
    Ok(Registry::open(home.registry(), Access::Write)?.roll_back(person, reason, now())?)
}

/// Every version, the newest first.
///
/// # Errors
/// [`WorkflowError`].
pub fn versions(home: &Home) -> Result<Vec<VersionEntry>, WorkflowError> {
    Ok(Registry::open(home.registry(), Access::Read)?.versions()?)
}

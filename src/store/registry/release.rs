//! From a fitted model to a decision: propose, approve, reject.

use rusqlite::params;

use super::audit::{Details, NewEvent, append};
use super::people::authorise;
use super::read::{check_contents, entry, statement};
use super::{Decision, EventKind, Proposal, Registry, RegistryError, ReleaseStatement, Stage, VersionEntry};
use crate::base::role::Permission;
use crate::base::{Digest, Moment, Version};
use crate::store::keys::Signed;
use crate::store::sqlite::{Session, parsed};

const NEWEST_VERSION: &str = include_str!("sql/newest_version.sql");
const ADD_ARTIFACT: &str = include_str!("sql/add_artifact.sql");
const ADD_EVIDENCE: &str = include_str!("sql/add_evidence.sql");
const ADD_VERSION: &str = include_str!("sql/add_version.sql");
const ADD_APPROVAL: &str = include_str!("sql/add_approval.sql");

impl Registry {
    /// Registers a fitted model for review. Its digests are computed here.
    ///
    /// # Errors
    /// [`RegistryError::PersonUnknown`], [`RegistryError::NotAllowed`], [`RegistryError::EvidenceUnfit`],
    /// [`RegistryError::VersionExists`], [`RegistryError::VersionNotNewer`] or [`RegistryError::Database`].
    pub fn propose(
        &mut self,
        new: &Proposal<'_>,
        person: &str,
        at: Moment,
    ) -> Result<VersionEntry, RegistryError> {
        let unfit = |detail: String| RegistryError::EvidenceUnfit { detail };
        let document = std::str::from_utf8(new.evidence).map_err(|error| unfit(error.to_string()))?;
        serde_json::from_str::<serde::de::IgnoredAny>(document).map_err(|error| unfit(error.to_string()))?;
        let (artifact, evidence) = (Digest::of(new.artifact), Digest::of(new.evidence));
        self.write(|session| {
            authorise(session, person, Permission::Propose)?;
            let newest = session.row(NEWEST_VERSION, [], |row| parsed::<Version>(row, 0))?;
            if let Some(newest) = newest.filter(|newest| new.version <= *newest) {
                return Err(match entry(session, new.version) {
                    Ok(_) => RegistryError::VersionExists { version: new.version },
                    Err(_) => RegistryError::VersionNotNewer { version: new.version, newest },
                });
            }
            let texts = [artifact, new.contract_sha256, evidence].map(|digest| digest.to_string());
            let [artifact, contract, evidence] = &texts;
            let details = Details::Proposal {
                family: new.family,
                artifact_sha256: artifact,
                contract_sha256: contract,
                evidence_sha256: evidence,
                notes: new.notes,
            };
            let (kind, version) = (EventKind::Propose, Some(new.version));
            let event = append(session, &NewEvent { at, person, kind, version, details })?;
            session.execute(ADD_ARTIFACT, (artifact, new.artifact))?;
            session.execute(ADD_EVIDENCE, (evidence, document))?;
            let text = new.version.to_string();
            let [major, minor, patch] = [new.version.major(), new.version.minor(), new.version.patch()];
            session.execute(
                ADD_VERSION,
                params![text, major, minor, patch, event, new.family, artifact, contract, evidence, new.notes],
            )?;
            entry(session, new.version)
        })
    }

    /// What there is to sign for `version`.
    ///
    /// # Errors
    /// [`RegistryError::VersionUnknown`] or [`RegistryError::Database`].
    pub fn statement(&self, version: Version) -> Result<ReleaseStatement, RegistryError> {
        self.read(|session| statement(session, version))
    }

    /// Approves `version`. `signature` is a `.minisig` file over [`ReleaseStatement::text`], made with the key that is
    /// registered for `person`; it is checked before anything is written.
    ///
    /// # Errors
    /// [`RegistryError::PersonUnknown`], [`RegistryError::NotAllowed`], [`RegistryError::VersionUnknown`],
    /// [`RegistryError::AlreadyDecided`], [`RegistryError::NoKey`], [`RegistryError::Signature`],
    /// [`RegistryError::WrongArtifact`], [`RegistryError::WrongEvidence`] or [`RegistryError::Database`].
    pub fn approve(
        &mut self,
        version: Version,
        person: &str,
        signature: &str,
        reason: &str,
        at: Moment,
    ) -> Result<VersionEntry, RegistryError> {
        self.write(|session| {
            let person = authorise(session, person, Permission::Approve)?;
            let proposed = undecided(session, version)?;
            let statement = check_contents(session, version)?.statement;
            let key = person.public_key.ok_or_else(|| RegistryError::NoKey { name: person.name.clone() })?;
            let signed = key
                .verify(statement.text().as_bytes(), signature)
                .map_err(|source| RegistryError::Signature { version, source })?;
            let decided = Decided {
                decision: Decision::Approve,
                person: &person.name,
                reason,
                at,
                signed: Some((&signed, signature)),
            };
            decided.keep(session, &proposed, &statement)
        })
    }

    /// Rejects `version`, for good. Says why.
    ///
    /// # Errors
    /// [`RegistryError::PersonUnknown`], [`RegistryError::NotAllowed`], [`RegistryError::VersionUnknown`],
    /// [`RegistryError::AlreadyDecided`], [`RegistryError::ReasonMissing`] or [`RegistryError::Database`].
    pub fn reject(
        &mut self,
        version: Version,
        person: &str,
        reason: &str,
        at: Moment,
    ) -> Result<VersionEntry, RegistryError> {
        if reason.trim().is_empty() {
            return Err(RegistryError::ReasonMissing);
        }
        self.write(|session| {
            authorise(session, person, Permission::Approve)?;
            let proposed = undecided(session, version)?;
            let statement = statement(session, version)?;
            let decided = Decided { decision: Decision::Reject, person, reason, at, signed: None };
            decided.keep(session, &proposed, &statement)
        })
    }
}

fn undecided(session: &Session<'_>, version: Version) -> Result<VersionEntry, RegistryError> {
    let proposed = entry(session, version)?;
    match proposed.stage {
        Stage::Proposed => Ok(proposed),
        stage => Err(RegistryError::AlreadyDecided { version, stage }),
    }
}

/// A decision that may be kept.
struct Decided<'a> {
    decision: Decision,
    person: &'a str,
    reason: &'a str,
    at: Moment,
    signed: Option<(&'a Signed, &'a str)>,
}

impl Decided<'_> {
    fn keep(
        &self,
        session: &Session<'_>,
        proposed: &VersionEntry,
        statement: &ReleaseStatement,
    ) -> Result<VersionEntry, RegistryError> {
        let version = proposed.version;
        let statement = statement.text();
        let key_id = self.signed.map(|(signed, _)| signed.key_id.to_string());
        let signature = self.signed.map(|(_, text)| text);
        let details = Details::Decision {
            reason: self.reason,
            statement_sha256: Digest::of(statement.as_bytes()),
            key_id: key_id.as_deref(),
            signature_sha256: signature.map(|text| Digest::of(text.as_bytes())),
            // In a small team that is allowed, but it is not hidden.
            by_its_proposer: self.person == proposed.proposed_by,
        };
        let kind = match self.decision {
            Decision::Approve => EventKind::Approve,
            Decision::Reject => EventKind::Reject,
        };
        let new = NewEvent { at: self.at, person: self.person, kind, version: Some(version), details };
        let event = append(session, &new)?;
        let row = (version.to_string(), event, self.decision.id(), self.reason, statement, key_id, signature);
        session.execute(ADD_APPROVAL, row)?;
        entry(session, version)
    }
}

//! What is handed out about versions, checked before it is.

use rusqlite::Row;

use super::people::person_before;
use super::{Approval, Decision, Registry, RegistryError, Release, ReleaseStatement, Stage, VersionEntry};
use crate::base::{Digest, Version};
use crate::store::keys::{KeyId, Signed};
use crate::store::sqlite::{Session, moment, parsed, parsed_option};

const VERSION: &str = include_str!("sql/version.sql");
const VERSIONS: &str = include_str!("sql/versions.sql");
const ARTIFACT: &str = include_str!("sql/artifact.sql");
const EVIDENCE: &str = include_str!("sql/evidence.sql");
const APPROVAL: &str = include_str!("sql/approval.sql");

impl Registry {
    /// Every version, the newest first.
    ///
    /// # Errors
    /// [`RegistryError::Database`].
    pub fn versions(&self) -> Result<Vec<VersionEntry>, RegistryError> {
        self.read(|session| Ok(session.rows(VERSIONS, [None::<String>], read_entry)?))
    }

    /// One version.
    ///
    /// # Errors
    /// [`RegistryError::VersionUnknown`] or [`RegistryError::Database`].
    pub fn version(&self, version: Version) -> Result<VersionEntry, RegistryError> {
        self.read(|session| entry(session, version))
    }

    /// The bytes of the fitted model, which have the digest they were registered with.
    ///
    /// # Errors
    /// [`RegistryError::VersionUnknown`], [`RegistryError::WrongArtifact`] or [`RegistryError::Database`].
    pub fn artifact(&self, version: Version) -> Result<Vec<u8>, RegistryError> {
        self.read(|session| artifact(session, &statement(session, version)?))
    }

    /// The evidence document, which has the digest it was registered with.
    ///
    /// # Errors
    /// [`RegistryError::VersionUnknown`], [`RegistryError::WrongEvidence`] or [`RegistryError::Database`].
    pub fn evidence(&self, version: Version) -> Result<String, RegistryError> {
        self.read(|session| evidence(session, &statement(session, version)?))
    }

    /// What was decided about `version`; `None` where nothing was yet.
    ///
    /// # Errors
    /// [`RegistryError::VersionUnknown`], [`RegistryError::Signature`], [`RegistryError::StatementDiffers`] or
    /// [`RegistryError::Database`].
    pub fn approval(&self, version: Version) -> Result<Option<Approval>, RegistryError> {
        self.read(|session| approval(session, &statement(session, version)?))
    }

    /// `version` with its artifact and signature. It must have been approved.
    ///
    /// # Errors
    /// [`RegistryError::VersionUnknown`], [`RegistryError::NotApproved`], [`RegistryError::WrongArtifact`],
    /// [`RegistryError::WrongEvidence`], [`RegistryError::Signature`], [`RegistryError::StatementDiffers`] or
    /// [`RegistryError::Database`].
    pub fn release(&self, version: Version) -> Result<Release, RegistryError> {
        self.read(|session| release(session, version))
    }
}

/// Columns as `sql/versions.sql` has them.
fn read_entry(row: &Row<'_>) -> rusqlite::Result<VersionEntry> {
    let generation: Option<i64> = row.get(9)?;
    let is_live: bool = row.get(10)?;
    let stage = match parsed_option(row, 8)? {
        None => Stage::Proposed,
        Some(Decision::Reject) => Stage::Rejected,
        Some(Decision::Approve) if is_live => Stage::Live,
        Some(Decision::Approve) if generation.is_some() => Stage::Retired,
        Some(Decision::Approve) => Stage::Approved,
    };
    Ok(VersionEntry {
        version: parsed(row, 0)?,
        family: row.get(1)?,
        artifact_sha256: parsed(row, 2)?,
        contract_sha256: parsed(row, 3)?,
        evidence_sha256: parsed(row, 4)?,
        notes: row.get(5)?,
        proposed_by: row.get(6)?,
        proposed_at: moment(row, 7)?,
        stage,
        generation,
    })
}

pub(super) fn entry(session: &Session<'_>, version: Version) -> Result<VersionEntry, RegistryError> {
    session.row(VERSIONS, [version.to_string()], read_entry)?.ok_or(RegistryError::VersionUnknown { version })
}

pub(super) fn statement(session: &Session<'_>, version: Version) -> Result<ReleaseStatement, RegistryError> {
    let read = |row: &Row<'_>| {
        Ok(ReleaseStatement::new(parsed(row, 0)?, parsed(row, 1)?, parsed(row, 2)?, parsed(row, 3)?))
    };
    session.row(VERSION, [version.to_string()], read)?.ok_or(RegistryError::VersionUnknown { version })
}

fn artifact(session: &Session<'_>, statement: &ReleaseStatement) -> Result<Vec<u8>, RegistryError> {
    let (version, expected) = (statement.version, statement.artifact_sha256);
    let bytes: Vec<u8> = session.row(ARTIFACT, [expected.to_string()], |row| row.get(0))?.unwrap_or_default();
    let found = Digest::of(&bytes);
    if found == expected { Ok(bytes) } else { Err(RegistryError::WrongArtifact { version, expected, found }) }
}

fn evidence(session: &Session<'_>, statement: &ReleaseStatement) -> Result<String, RegistryError> {
    let (version, expected) = (statement.version, statement.evidence_sha256);
    let document: String = session.row(EVIDENCE, [expected.to_string()], |row| row.get(0))?.unwrap_or_default();
    let found = Digest::of(document.as_bytes());
    if found == expected { Ok(document) } else { Err(RegistryError::WrongEvidence { version, expected, found }) }
}

/// A version whose artifact and evidence have their digests.
pub(super) struct Contents {
    pub statement: ReleaseStatement,
    pub artifact: Vec<u8>,
}

pub(super) fn check_contents(session: &Session<'_>, version: Version) -> Result<Contents, RegistryError> {
    let statement = statement(session, version)?;
    evidence(session, &statement)?;
    let artifact = artifact(session, &statement)?;
    Ok(Contents { statement, artifact })
}

/// The decision about a version. Its statement is that of the version, and an approval's signature was made over
/// it with the key the person had at that time.
fn approval(session: &Session<'_>, statement: &ReleaseStatement) -> Result<Option<Approval>, RegistryError> {
    let version = statement.version;
    let read = |row: &Row<'_>| {
        let approval = Approval {
            version,
            person: row.get(0)?,
            at: moment(row, 1)?,
            decision: parsed(row, 2)?,
            reason: row.get(3)?,
            statement: statement.clone(),
            key_id: parsed_option::<KeyId>(row, 5)?,
            signature: row.get(6)?,
        };
        Ok((approval, row.get::<_, String>(4)?, row.get::<_, i64>(7)?))
    };
    let Some((approval, kept_statement, event)) = session.row(APPROVAL, [version.to_string()], read)? else {
        return Ok(None);
    };
    if kept_statement != statement.text() {
        return Err(RegistryError::StatementDiffers { version });
    }
    if approval.decision == Decision::Approve {
        let signed = check_signature(session, &approval, event)?;
        if approval.key_id != Some(signed.key_id) {
            return Err(RegistryError::StatementDiffers { version });
        }
    }
    Ok(Some(approval))
}

fn check_signature(session: &Session<'_>, approval: &Approval, event: i64) -> Result<Signed, RegistryError> {
    let version = approval.version;
    let person = person_before(session, &approval.person, event)?;
    let key = person.public_key.ok_or(RegistryError::NoKey { name: person.name })?;
    let signature = approval.signature.as_deref().unwrap_or_default();
    key.verify(approval.statement.text().as_bytes(), signature)
        .map_err(|source| RegistryError::Signature { version, source })
}

pub(super) fn release(session: &Session<'_>, version: Version) -> Result<Release, RegistryError> {
    let entry = entry(session, version)?;
    let not_approved = RegistryError::NotApproved { version, stage: entry.stage };
    if matches!(entry.stage, Stage::Proposed | Stage::Rejected) {
        return Err(not_approved);
    }
    let Contents { statement, artifact } = check_contents(session, version)?;
    let approval = approval(session, &statement)?.filter(|approval| approval.decision == Decision::Approve);
    let Some(Approval { person, signature: Some(signature), .. }) = approval else { return Err(not_approved) };
    Ok(Release { statement, signature, family: entry.family, artifact, approved_by: person })
}

//! Why the registry does not do something. Every one of these leaves it as it was.

use std::path::PathBuf;

use super::Stage;
use crate::base::explain::Failure;
use crate::base::role::Permission;
use crate::base::{Digest, Explain, Role, Version};
use crate::store::keys::KeyError;
use crate::store::sqlite::DatabaseError;

/// Why the registry does not do something.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The file.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// Nobody of this name is registered.
    #[error("nobody named \"{name}\" is in the registry")]
    PersonUnknown {
        /// The name.
        name: String,
    },
    /// Not a name.
    #[error(
        "\"{name}\" is not a name: 1 to 100 characters, none of them a control character, no space around them"
    )]
    PersonUnfit {
        /// What was given.
        name: String,
    },
    /// The first person of a registry must name themselves and be allowed to manage people.
    #[error("the first person of a registry names themselves and is a model owner, unlike \"{name}\"")]
    FirstMustManage {
        /// The name.
        name: String,
    },
    /// Nobody who may manage people would be left.
    #[error("\"{name}\" is the last who may manage people and must stay so")]
    NoManagerLeft {
        /// The name.
        name: String,
    },
    /// The person's role does not allow this.
    #[error("\"{name}\" ({}) may not do this: {permission:?}", role.id())]
    NotAllowed {
        /// The name.
        name: String,
        /// The person's role.
        role: Role,
        /// What would be needed.
        permission: Permission,
    },
    /// There is no such version.
    #[error("there is no version {version}")]
    VersionUnknown {
        /// The version.
        version: Version,
    },
    /// The version is there already; versions are never changed.
    #[error("version {version} is there already")]
    VersionExists {
        /// The version.
        version: Version,
    },
    /// Versions only go up.
    #[error("version {version} is not above {newest}, the newest")]
    VersionNotNewer {
        /// The version that was to be.
        version: Version,
        /// The newest there is.
        newest: Version,
    },
    /// The evidence is not a JSON document.
    #[error("the evidence is not JSON: {detail}")]
    EvidenceUnfit {
        /// What is wrong.
        detail: String,
    },
    /// A decision is final.
    #[error("version {version} has been decided about: {}", stage.id())]
    AlreadyDecided {
        /// The version.
        version: Version,
        /// Where it is now.
        stage: Stage,
    },
    /// The approver has no public key in the registry.
    #[error("no public key is registered for \"{name}\"")]
    NoKey {
        /// The name.
        name: String,
    },
    /// The signature is missing, unreadable, by another key, or over something else.
    #[error("the signature of version {version} is not accepted: {source}")]
    Signature {
        /// The version.
        version: Version,
        /// What is wrong with it.
        source: KeyError,
    },
    /// The version is not approved.
    #[error("version {version} is not approved: {}", stage.id())]
    NotApproved {
        /// The version.
        version: Version,
        /// Where it is now.
        stage: Stage,
    },
    /// The version is live already.
    #[error("version {version} is live already")]
    AlreadyLive {
        /// The version.
        version: Version,
    },
    /// Nothing was ever promoted.
    #[error("no version is live")]
    NothingLive,
    /// The live version is the first one.
    #[error("nothing was live before version {version}")]
    NothingBefore {
        /// The live version.
        version: Version,
    },
    /// A reason is needed.
    #[error("a reason is needed")]
    ReasonMissing,
    /// The artifact is not the one that was registered.
    #[error("the artifact of version {version} was altered: digest {found}, registered {expected}")]
    WrongArtifact {
        /// The version.
        version: Version,
        /// The digest it was registered with.
        expected: Digest,
        /// The digest of what is there.
        found: Digest,
    },
    /// The evidence is not the one that was registered.
    #[error("the evidence of version {version} was altered: digest {found}, registered {expected}")]
    WrongEvidence {
        /// The version.
        version: Version,
        /// The digest it was registered with.
        expected: Digest,
        /// The digest of what is there.
        found: Digest,
    },
    /// What was decided about is not what the version holds now.
    #[error("the decision about version {version} was made about something else")]
    StatementDiffers {
        /// The version.
        version: Version,
    },
    /// Values that cannot be published.
    #[error("these values cannot be published: {detail}")]
    ValuesUnfit {
        /// What is wrong.
        detail: String,
    },
    /// What cannot be a threshold.
    #[error("\"{name}\" and its value cannot be a threshold")]
    ThresholdUnfit {
        /// Its name.
        name: String,
    },
    /// The online values are not those that were published.
    #[error("the online values of event {event} were altered: digest {found}, published {expected}")]
    WrongValues {
        /// The event of their publication.
        event: i64,
        /// The digest they were published with.
        expected: Digest,
        /// The digest of what is there.
        found: Digest,
    },
    /// An event was altered, or one is missing.
    #[error("the audit log does not hold together at event {seq}: {}", path.display())]
    AuditBroken {
        /// The event.
        seq: i64,
        /// The registry.
        path: PathBuf,
    },
}

impl Explain for RegistryError {
    fn key(&self) -> &'static str {
        match self {
            RegistryError::Database(error) => error.key(),
            RegistryError::PersonUnknown { .. } => "person_unknown",
            RegistryError::PersonUnfit { .. } => "person_unfit",
            RegistryError::FirstMustManage { .. } => "person_first",
            RegistryError::NoManagerLeft { .. } => "person_last_manager",
            RegistryError::NotAllowed { permission, .. } => match permission {
                Permission::Propose => "not_allowed_propose",
                Permission::Approve => "not_allowed_approve",
                Permission::Promote => "not_allowed_promote",
                Permission::RollBack => "not_allowed_roll_back",
                Permission::ManagePeople => "not_allowed_manage",
                Permission::Publish => "not_allowed_publish",
                Permission::SetThresholds => "not_allowed_thresholds",
            },
            RegistryError::VersionUnknown { .. } => "version_unknown",
            RegistryError::VersionExists { .. } => "version_exists",
            RegistryError::VersionNotNewer { .. } => "version_not_newer",
            RegistryError::EvidenceUnfit { .. } => "evidence_unfit",
            RegistryError::AlreadyDecided { .. } => "version_decided",
            RegistryError::NoKey { .. } => "person_no_key",
            RegistryError::Signature { source, .. } => source.key(),
            RegistryError::NotApproved { .. } => "version_not_approved",
            RegistryError::AlreadyLive { .. } => "version_live",
            RegistryError::NothingLive => "nothing_live",
            RegistryError::NothingBefore { .. } => "nothing_before",
            RegistryError::ReasonMissing => "reason_missing",
            RegistryError::WrongArtifact { .. } => "artifact_altered",
            RegistryError::WrongEvidence { .. } => "evidence_altered",
            RegistryError::StatementDiffers { .. } => "statement_differs",
            RegistryError::ValuesUnfit { .. } => "online_values_unfit",
            RegistryError::WrongValues { .. } => "online_values_altered",
            RegistryError::ThresholdUnfit { .. } => "threshold_unfit",
            RegistryError::AuditBroken { .. } => "audit_broken",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            RegistryError::Database(error) => error.fields(),
            RegistryError::Signature { source, .. } => source.fields(),
            RegistryError::PersonUnknown { name }
            | RegistryError::PersonUnfit { name }
            | RegistryError::FirstMustManage { name }
            | RegistryError::NoManagerLeft { name }
            | RegistryError::NotAllowed { name, .. }
            | RegistryError::ThresholdUnfit { name }
            | RegistryError::NoKey { name } => vec![("name", name.clone())],
            RegistryError::VersionNotNewer { version, newest } => {
                vec![("version", version.to_string()), ("newest", newest.to_string())]
            }
            RegistryError::VersionUnknown { version }
            | RegistryError::VersionExists { version }
            | RegistryError::AlreadyDecided { version, .. }
            | RegistryError::NotApproved { version, .. }
            | RegistryError::AlreadyLive { version }
            | RegistryError::NothingBefore { version }
            | RegistryError::StatementDiffers { version } => vec![("version", version.to_string())],
            RegistryError::WrongArtifact { version, expected, found }
            | RegistryError::WrongEvidence { version, expected, found } => {
                vec![("version", version.to_string()), ("expected", expected.short()), ("found", found.short())]
            }
            RegistryError::EvidenceUnfit { detail } | RegistryError::ValuesUnfit { detail } => {
                vec![("detail", detail.clone())]
            }
            RegistryError::WrongValues { event, expected, found } => {
                vec![("event", event.to_string()), ("expected", expected.short()), ("found", found.short())]
            }
            RegistryError::AuditBroken { seq, path } => {
                vec![("seq", seq.to_string()), ("path", path.display().to_string())]
            }
            RegistryError::NothingLive | RegistryError::ReasonMissing => Vec::new(),
        }
    }

    fn failure(&self) -> Failure {
        match self {
            RegistryError::Database(error) => error.failure(),
            RegistryError::PersonUnfit { .. }
            | RegistryError::ReasonMissing
            | RegistryError::EvidenceUnfit { .. }
            | RegistryError::ValuesUnfit { .. }
            | RegistryError::ThresholdUnfit { .. }
            | RegistryError::VersionUnknown { .. }
            | RegistryError::PersonUnknown { .. } => Failure::Usage,
            _ => Failure::Refused,
        }
    }
}

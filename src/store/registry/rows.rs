//! What the registry hands out and takes in.

use serde::Serialize;

use super::ReleaseStatement;
use crate::base::{Digest, Moment, Role, Version};
use crate::store::keys::{KeyId, PublicKey};

/// Somebody who is to be named, or named anew with another role or key.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// The name, by which the person is known from then on.
    pub name: String,
    /// What the person is here to do.
    pub role: Role,
    /// The key whose signatures are this person's.
    pub public_key: Option<PublicKey>,
}

/// Somebody as the registry knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// What the person is here to do.
    pub role: Role,
    /// The key whose signatures are this person's.
    pub public_key: Option<PublicKey>,
    /// The event by which this became so.
    pub event: i64,
}

/// A fitted model that is put up for review.
#[derive(Clone, Copy, Debug)]
pub struct Proposal<'a> {
    /// Above every version there is.
    pub version: Version,
    /// The id of the family.
    pub family: &'a str,
    /// The bytes of the fitted model.
    pub artifact: &'a [u8],
    /// The digest of the feature contract.
    pub contract_sha256: Digest,
    /// A JSON document, in UTF-8.
    pub evidence: &'a [u8],
    /// What changed, in the proposer's words.
    pub notes: &'a str,
}

/// Where in its life a version is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Waits for a decision.
    Proposed,
    /// Approved, never live yet.
    Approved,
    /// Rejected, for good.
    Rejected,
    /// Answers now.
    Live,
    /// Was live.
    Retired,
}

/// A version, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VersionEntry {
    /// The version.
    pub version: Version,
    /// The id of the family.
    pub family: String,
    /// The digest of the artifact.
    pub artifact_sha256: Digest,
    /// The digest of the feature contract.
    pub contract_sha256: Digest,
    /// The digest of the evidence.
    pub evidence_sha256: Digest,
    /// What changed.
    pub notes: String,
    /// Who proposed it.
    pub proposed_by: String,
    /// When it was proposed.
    pub proposed_at: Moment,
    /// Where in its life it is.
    pub stage: Stage,
    /// The last generation in which it was or is live.
    pub generation: Option<i64>,
}

/// What was decided about a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// May be put in front of people.
    Approve,
    /// May not.
    Reject,
}

/// A decision that was checked: its statement fits the version and an approval's signature fits both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Approval {
    /// The version.
    pub version: Version,
    /// Who decided.
    pub person: String,
    /// When.
    pub at: Moment,
    /// What.
    pub decision: Decision,
    /// Why.
    pub reason: String,
    /// What was decided about.
    pub statement: ReleaseStatement,
    /// The key that signed; for approvals.
    pub key_id: Option<KeyId>,
    /// The signature, as a `.minisig` file; for approvals.
    pub signature: Option<String>,
}

/// A version with everything that is needed to trust and to load it. The artifact has its digest, and the signature
/// is the approver's; whether the approver is trusted is for [`crate::store::keys::verify_release`] to say.
#[derive(Clone, Debug)]
pub struct Release {
    /// What was approved.
    pub statement: ReleaseStatement,
    /// The signature over [`ReleaseStatement::text`].
    pub signature: String,
    /// The id of the family.
    pub family: String,
    /// The bytes of the fitted model.
    pub artifact: Vec<u8>,
    /// Who approved it.
    pub approved_by: String,
}

/// How a version came to be live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RolloutKind {
    /// It was put there.
    Promote,
    /// It was returned to.
    RollBack,
}

/// One generation: which version is live from then on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rollout {
    /// 1, 2, 3, …
    pub generation: i64,
    /// Live from then on.
    pub version: Version,
    /// Live until then.
    pub previous_version: Option<Version>,
    /// How it came.
    pub kind: RolloutKind,
    /// Who did it.
    pub person: String,
    /// When.
    pub at: Moment,
    /// Why.
    pub reason: String,
    /// The generation that a rollback from here restores; `None` where there is nothing to go back to.
    pub returns_to: Option<i64>,
}

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Somebody was named, or named anew.
    Person,
    /// A version was proposed.
    Propose,
    /// A version was approved.
    Approve,
    /// A version was rejected.
    Reject,
    /// A version went live.
    Promote,
    /// A version was returned to.
    RollBack,
    /// Online values were published.
    Publish,
    /// A threshold was set.
    Threshold,
}

/// An entry of the audit log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    /// 1, 2, 3, …
    pub seq: i64,
    /// When.
    pub at: Moment,
    /// Who.
    pub person: String,
    /// What it is about.
    pub kind: EventKind,
    /// Which version.
    pub version: Option<Version>,
    /// The content of the row that came with it.
    pub details: serde_json::Value,
    /// Covers all of the above and the event before.
    pub hash: Digest,
}

/// A text that names none of the values of a closed set.
#[derive(Debug, thiserror::Error)]
#[error("\"{0}\" is not one of the words used here")]
pub struct UnknownWord(String);

/// Names of the values of an enum, both ways.
macro_rules! words {
    ($kind:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        impl $kind {
            /// The name in the file and in JSON.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $($kind::$variant => $word),* }
            }
        }

        impl std::str::FromStr for $kind {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<$kind, UnknownWord> {
                match text {
                    $($word => Ok($kind::$variant),)*
                    _ => Err(UnknownWord(text.chars().take(40).collect())),
                }
            }
        }
    };
}

words!(Decision { Approve = "approve", Reject = "reject" });
words!(RolloutKind { Promote = "promote", RollBack = "roll_back" });
words!(EventKind {
    Person = "person",
    Propose = "propose",
    Approve = "approve",
    Reject = "reject",
    Promote = "promote",
    RollBack = "roll_back",
    Publish = "publish",
    Threshold = "threshold",
});

impl Stage {
    /// The name in JSON, and the end of its key in the string catalogue: `version_stage.live`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Stage::Proposed => "proposed",
            Stage::Approved => "approved",
            Stage::Rejected => "rejected",
            Stage::Live => "live",
            Stage::Retired => "retired",
        }
    }
}

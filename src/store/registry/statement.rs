//! What the model owner signs: which bytes, by which contract, on which evidence, under which version.

use serde::Serialize;

use crate::base::{Digest, Version};

/// The content of a release. One value has one text, so that a signature over the text is one over the value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReleaseStatement {
    /// The form of the statement.
    nobat_release: u32,
    /// The version.
    pub version: Version,
    /// The digest of the artifact's bytes.
    pub artifact_sha256: Digest,
    /// The digest of the feature contract: what the model takes, in which order and form.
    pub contract_sha256: Digest,
    /// The digest of the evidence document.
    pub evidence_sha256: Digest,
}

impl ReleaseStatement {
    /// The statement about these contents.
    #[must_use]
    pub fn new(version: Version, artifact: Digest, contract: Digest, evidence: Digest) -> ReleaseStatement {
        ReleaseStatement {
            nobat_release: 1,
            version,
            artifact_sha256: artifact,
            contract_sha256: contract,
            evidence_sha256: evidence,
        }
    }

    /// The text that is signed: JSON without spaces, its members in the order above.
    #[must_use]
    pub fn text(&self) -> String {
        // Digests and versions need no escapes.
        let ReleaseStatement { nobat_release, version, artifact_sha256, contract_sha256, evidence_sha256 } = self;
        format!(
            r#"{{"nobat_release":{nobat_release},"version":"{version}","artifact_sha256":"{artifact_sha256}","contract_sha256":"{contract_sha256}","evidence_sha256":"{evidence_sha256}"}}"#
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_the_json_of_the_statement() {
        let statement =
            ReleaseStatement::new(Version::new(1, 2, 0), Digest::of(b"a"), Digest::of(b"b"), Digest::of(b"c"));
        assert_eq!(statement.text(), serde_json::to_string(&statement).unwrap());
        assert!(statement.text().starts_with(r#"{"nobat_release":1,"version":"1.2.0","artifact_sha256":"ca97"#));
    }
}

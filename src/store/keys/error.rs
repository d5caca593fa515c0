//! What can go wrong with keys and signatures.

use std::path::PathBuf;

use super::KeyId;
use crate::base::Explain;
use crate::base::explain::Failure;

/// Why a key cannot be made or read, or a signature is not accepted. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The text is not a minisign public key.
    #[error("not a minisign public key")]
    PublicKeyUnreadable,
    /// A file of trusted keys is not one.
    #[error("not a minisign public key: {}", path.display())]
    PublicKeyFileUnreadable {
        /// The file.
        path: PathBuf,
    },
    /// The file is not a minisign secret key.
    #[error("not a minisign secret key: {}", path.display())]
    SecretKeyUnreadable {
        /// The file.
        path: PathBuf,
    },
    /// The secret key is locked and no passphrase was given.
    #[error("the secret key needs its passphrase: {}", path.display())]
    PassphraseNeeded {
        /// The file.
        path: PathBuf,
    },
    /// The passphrase does not unlock the key.
    #[error("wrong passphrase for the secret key: {}", path.display())]
    PassphraseWrong {
        /// The file.
        path: PathBuf,
    },
    /// A key file is there already; keys are never overwritten.
    #[error("there is a file already: {}", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The text is not a minisign signature.
    #[error("not a minisign signature")]
    SignatureUnreadable,
    /// The signature was made over something else, or was altered.
    #[error("the signature by key {key_id} does not fit what it was given for")]
    SignatureWrong {
        /// The key it names.
        key_id: KeyId,
    },
    /// The signature was made with another key than the one expected.
    #[error("signed with key {found}, expected key {expected}")]
    OtherKey {
        /// The key it names.
        found: KeyId,
        /// The key expected.
        expected: KeyId,
    },
    /// No trusted key has the id that the signature names.
    #[error("key {key_id} is not trusted here")]
    NotTrusted {
        /// The key it names.
        key_id: KeyId,
    },
    /// There is not one public key where trusted keys were said to be.
    #[error("no public key (.pub) here: {}", path.display())]
    NoTrustedKeys {
        /// The folder or file.
        path: PathBuf,
    },
    /// The comment has more than one line.
    #[error("the comment of a signature is one line without control characters")]
    CommentUnfit,
    /// The system gave no random numbers.
    #[error("the system gave no random numbers")]
    NoRandomness,
    /// The operating system said no.
    #[error("{source}: {}", path.display())]
    Io {
        /// What it said.
        source: std::io::Error,
        /// The file or folder.
        path: PathBuf,
    },
}

impl Explain for KeyError {
    fn key(&self) -> &'static str {
        match self {
            KeyError::PublicKeyUnreadable => "key_public_unreadable",
            KeyError::PublicKeyFileUnreadable { .. } => "key_public_file_unreadable",
            KeyError::SecretKeyUnreadable { .. } => "key_secret_unreadable",
            KeyError::PassphraseNeeded { .. } => "key_passphrase_needed",
            KeyError::PassphraseWrong { .. } => "key_passphrase_wrong",
            KeyError::Exists { .. } => "key_exists",
            KeyError::SignatureUnreadable => "signature_unreadable",
            KeyError::SignatureWrong { .. } => "signature_wrong",
            KeyError::OtherKey { .. } => "signature_other_key",
            KeyError::NotTrusted { .. } => "signature_not_trusted",
            KeyError::NoTrustedKeys { .. } => "key_none_trusted",
            KeyError::CommentUnfit => "signature_comment",
            KeyError::NoRandomness => "key_no_randomness",
            KeyError::Io { .. } => "key_io",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            KeyError::PublicKeyFileUnreadable { path }
            | KeyError::SecretKeyUnreadable { path }
            | KeyError::PassphraseNeeded { path }
            | KeyError::PassphraseWrong { path }
            | KeyError::Exists { path }
            | KeyError::NoTrustedKeys { path } => vec![("path", path.display().to_string())],
            KeyError::SignatureWrong { key_id } | KeyError::NotTrusted { key_id } => {
                vec![("key_id", key_id.to_string())]
            }
            KeyError::OtherKey { found, expected } => {
                vec![("found", found.to_string()), ("expected", expected.to_string())]
            }
            KeyError::Io { source, path } => {
                vec![("detail", source.to_string()), ("path", path.display().to_string())]
            }
            KeyError::PublicKeyUnreadable
            | KeyError::SignatureUnreadable
            | KeyError::CommentUnfit
            | KeyError::NoRandomness => Vec::new(),
        }
    }

    fn failure(&self) -> Failure {
        match self {
            KeyError::SignatureWrong { .. } | KeyError::OtherKey { .. } | KeyError::NotTrusted { .. } => {
                Failure::Refused
            }
            KeyError::PassphraseNeeded { .. } | KeyError::CommentUnfit | KeyError::Exists { .. } => Failure::Usage,
            _ => Failure::Failed,
        }
    }
}

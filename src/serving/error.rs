//! Why the service cannot start, and why a version is not loaded.

use std::io;
use std::net::SocketAddr;

use crate::analysis::models::ArtifactError;
use crate::base::explain::Failure;
use crate::base::{Digest, Explain, Version};
use crate::store::keys::KeyError;
use crate::store::registry::RegistryError;
use crate::store::sqlite::DatabaseError;

/// Why the service does not start. Nothing is answered, and the registry is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Something listens there already.
    #[error("something else listens on {address}")]
    AddressInUse {
        /// The address.
        address: SocketAddr,
    },
    /// This user may not listen there.
    #[error("listening on {address} is not allowed")]
    AddressNotAllowed {
        /// The address.
        address: SocketAddr,
    },
    /// No network card of this machine has the address.
    #[error("{address} is not an address of this machine")]
    AddressNotHere {
        /// The address.
        address: SocketAddr,
    },
    /// Listening does not work for another reason.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// What the system says.
        source: io::Error,
        /// The address.
        address: SocketAddr,
    },
    /// The keys to trust cannot be read, or there are none.
    #[error("no keys to trust: {0}")]
    Trust(#[source] KeyError),
    /// The registry cannot be opened.
    #[error("the registry cannot be opened: {0}")]
    Registry(#[source] DatabaseError),
    /// The prediction log cannot be opened.
    #[error("the prediction log cannot be opened: {0}")]
    Predictions(#[source] DatabaseError),
    /// The system gave no threads.
    #[error("the system gave no threads: {source}")]
    Threads {
        /// What the system says.
        source: io::Error,
    },
}

/// Why a version is not loaded. Whatever answered before goes on answering.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The registry does not hand it out: not approved, altered, or unreadable.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// No key that is trusted here signed it.
    #[error("the signature of version {version} is not accepted: {source}")]
    Signature {
        /// The version.
        version: Version,
        /// What is wrong with it.
        source: KeyError,
    },
    /// The features of the artifact are not those that were approved.
    #[error("version {version} was approved with feature contract {approved}, its artifact has {found}")]
    ContractDiffers {
        /// The version.
        version: Version,
        /// The digest in the signed statement.
        approved: Digest,
        /// The digest of the artifact's contract.
        found: Digest,
    },
    /// The artifact is not a model that this program can use.
    #[error("version {version} cannot be used: {source}")]
    Artifact {
        /// The version.
        version: Version,
        /// What is wrong with it.
        source: ArtifactError,
    },
}

impl ServeError {
    pub(super) fn of_listening(source: io::Error, address: SocketAddr) -> ServeError {
        match source.kind() {
            io::ErrorKind::AddrInUse => ServeError::AddressInUse { address },
            io::ErrorKind::PermissionDenied => ServeError::AddressNotAllowed { address },
            io::ErrorKind::AddrNotAvailable => ServeError::AddressNotHere { address },
            _ => ServeError::Listen { source, address },
        }
    }
}

impl Explain for ServeError {
    fn key(&self) -> &'static str {
        match self {
            ServeError::AddressInUse { .. } => "address_in_use",
            ServeError::AddressNotAllowed { .. } => "address_not_allowed",
            ServeError::AddressNotHere { .. } => "address_not_here",
            ServeError::Listen { .. } => "cannot_listen",
            ServeError::Trust(error) => error.key(),
            ServeError::Registry(error) | ServeError::Predictions(error) => error.key(),
            ServeError::Threads { .. } => "no_threads",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            ServeError::AddressInUse { address }
            | ServeError::AddressNotAllowed { address }
            | ServeError::AddressNotHere { address } => vec![("address", address.to_string())],
            ServeError::Listen { source, address } => {
                vec![("detail", source.to_string()), ("address", address.to_string())]
            }
            ServeError::Trust(error) => error.fields(),
            ServeError::Registry(error) | ServeError::Predictions(error) => error.fields(),
            ServeError::Threads { source } => vec![("detail", source.to_string())],
        }
    }

    fn failure(&self) -> Failure {
        match self {
            ServeError::Trust(error) => error.failure(),
            ServeError::Registry(error) | ServeError::Predictions(error) => error.failure(),
            _ => Failure::Failed,
        }
    }
}

impl Explain for LoadError {
    fn key(&self) -> &'static str {
        match self {
            LoadError::Registry(error) => error.key(),
            LoadError::Signature { source, .. } => source.key(),
            LoadError::ContractDiffers { .. } => "contract_differs",
            LoadError::Artifact { source, .. } => source.key(),
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            LoadError::Registry(error) => error.fields(),
            LoadError::Signature { source, .. } => source.fields(),
            LoadError::ContractDiffers { version, approved, found } => {
                vec![("version", version.to_string()), ("approved", approved.short()), ("found", found.short())]
            }
            LoadError::Artifact { source, .. } => source.fields(),
        }
    }

    fn failure(&self) -> Failure {
        match self {
            LoadError::Registry(error) => error.failure(),
            LoadError::Signature { source, .. } => source.failure(),
            LoadError::ContractDiffers { .. } => Failure::Refused,
            LoadError::Artifact { source, .. } => source.failure(),
        }
    }
}

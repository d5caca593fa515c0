//! What commands carry that is more than one value.

use std::fmt;
use std::path::PathBuf;

use crate::base::{Digest, Version};
use crate::workflows::compare::CompareRequest;

/// What of an import is not in its mapping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportChoices {
    /// What to call the data set; where it is none, the name of the data set that it continues, or of the first file.
    pub name: Option<String>,
    /// The data set that the files continue.
    pub append_to: Option<Digest>,
    /// The contract that it is held against.
    pub contract: Option<PathBuf>,
}

/// A comparison other than the usual one.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparing {
    /// What is compared.
    pub request: CompareRequest,
    /// At so many past dates, with both trained anew.
    pub origins: Option<u32>,
}

/// An approval that is to be signed.
#[derive(Clone, PartialEq, Eq)]
pub struct Approval {
    /// The version.
    pub version: Version,
    /// Why; needed where not every gate passes.
    pub reason: String,
    /// The passphrase of the person's key; empty where it is not locked.
    pub passphrase: String,
}

/// Somebody who is to own the models.
#[derive(Clone, PartialEq, Eq)]
pub struct NewOwner {
    /// The name.
    pub name: String,
    /// What locks the key; empty leaves it open.
    pub passphrase: String,
}

impl fmt::Debug for Approval {
    /// Without the passphrase.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Approval({}, {:?})", self.version, self.reason)
    }
}

impl fmt::Debug for NewOwner {
    /// Without the passphrase.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewOwner({})", self.name)
    }
}

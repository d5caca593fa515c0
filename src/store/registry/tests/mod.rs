//! The registry as a whole: the life of versions, refusals, tampering, concurrency.

mod life;
mod machine;
mod online;
mod tampering;
mod thresholds;

#[cfg(feature = "serve")]
pub(crate) use tampering::{alter_artifact, alter_online_values};

use std::path::PathBuf;

use super::*;
use crate::base::{Digest, Moment, Role, Version};
use crate::store::keys::SigningKey;

/// A registry with an owner, Sara, who has a key, and an analyst, Reza, who has none.
pub(super) struct Fixture {
    folder: tempfile::TempDir,
    pub registry: Registry,
    pub key: SigningKey,
}

pub(super) fn at(second: i64) -> Moment {
    Moment::from_seconds(1_795_000_000 + second).unwrap()
}

pub(super) fn v(minor: u32) -> Version {
    Version::new(1, minor, 0)
}

pub(super) fn proposal(version: Version) -> (Vec<u8>, String) {
    (format!("model {version} \0").into_bytes(), format!(r#"{{"gate":"pass","version":"{version}"}}"#))
}

impl Fixture {
    pub fn new() -> Fixture {
        let folder = tempfile::tempdir().unwrap();
        let mut registry = Registry::open_or_create(&folder.path().join("registry.db")).unwrap();
        let key = SigningKey::new().unwrap();
        let sara =
            NewPerson { name: "Sara".to_owned(), role: Role::ModelOwner, public_key: Some(key.public().clone()) };
        let reza = NewPerson { name: "Reza".to_owned(), role: Role::DataAnalyst, public_key: None };
        registry.add_person(&sara, "Sara", at(0)).unwrap();
        registry.add_person(&reza, "Sara", at(1)).unwrap();
        Fixture { folder, registry, key }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("registry.db")
    }

    pub fn propose(&mut self, version: Version) -> Result<VersionEntry, RegistryError> {
        let (artifact, evidence) = proposal(version);
        let proposal = Proposal {
            version,
            family: "elastic-net",
            artifact: &artifact,
            contract_sha256: Digest::of(b"contract"),
            evidence: evidence.as_bytes(),
            notes: "notes",
        };
        self.registry.propose(&proposal, "Reza", at(10))
    }

    pub fn signature(&self, version: Version) -> String {
        let statement = self.registry.statement(version).unwrap().text();
        self.key.sign(statement.as_bytes(), &format!("{version} by Sara")).unwrap()
    }

    pub fn approve(&mut self, version: Version) -> Result<VersionEntry, RegistryError> {
        let signature = self.signature(version);
        self.registry.approve(version, "Sara", &signature, "good", at(20))
    }

    pub fn promote(&mut self, version: Version) -> Result<Rollout, RegistryError> {
        self.registry.promote(version, "Sara", "go", at(30))
    }

    pub fn roll_back(&mut self) -> Result<Rollout, RegistryError> {
        self.registry.roll_back("Sara", "alerts", at(40))
    }

    /// Versions 1.0.0 … 1.(n−1).0, approved.
    pub fn with_approved(n: u32) -> Fixture {
        let mut fixture = Fixture::new();
        for minor in 0..n {
            fixture.propose(v(minor)).unwrap();
            fixture.approve(v(minor)).unwrap();
        }
        fixture
    }

    pub fn live(&self) -> Option<(i64, Version)> {
        self.registry.live().unwrap().map(|live| (live.generation, live.version))
    }

    pub fn problems(&self) -> Vec<Problem> {
        self.registry.verify().unwrap().problems
    }
}

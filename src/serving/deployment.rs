//! A version that was loaded and trusted, and the place from which requests take the live one.
//!
//! Requests read [`Live`] without a lock; only the watcher writes to it.

use std::sync::Arc;

use arc_swap::{ArcSwap, ArcSwapOption};
use serde::Serialize;

use super::LoadError;
use super::clock::now;
use super::online::Online;
use crate::analysis::answer::Predictor;
use crate::analysis::models::Artifact;
use crate::base::{Explain, Moment, Version};
use crate::store::keys::{TrustedKeys, verify_release};
use crate::store::registry::{Registry, ReleaseStatement};

/// A version that may answer.
pub(super) struct Model {
    /// What was signed.
    pub statement: ReleaseStatement,
    /// What answers.
    pub predictor: Predictor,
}

/// A version in front of people.
pub(super) struct Deployment {
    /// The generation that put it there.
    pub generation: i64,
    /// When it was put in place here.
    pub loaded_at: Moment,
    /// The version.
    pub model: Arc<Model>,
}

/// What answers, and what the watcher has to say about it.
#[derive(Default)]
pub(super) struct Live {
    deployment: ArcSwapOption<Deployment>,
    online: ArcSwapOption<Online>,
    notes: ArcSwap<Notes>,
}

/// What the watcher found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Notes {
    /// The registry's live generation, where it was refused.
    pub refused: Option<Refused>,
    /// Why the registry cannot be read now.
    pub registry_error: Option<Told>,
    /// Why the online values that were published last are not used.
    pub online_error: Option<Told>,
    /// Why the last change could not be written to the prediction log.
    #[serde(skip)]
    pub log_error: Option<String>,
}

/// A generation that is not answered with.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Refused {
    /// The generation.
    pub generation: i64,
    /// Its version.
    pub version: Version,
    /// Why.
    #[serde(flatten)]
    pub why: Told,
}

/// An error for programs: an English line, and what is needed to tell it in any language.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Told {
    /// The line.
    pub reason: String,
    /// The key of its sentences in the string catalogue.
    pub key: &'static str,
    /// What stands in their placeholders.
    pub fields: std::collections::BTreeMap<&'static str, String>,
}

impl Told {
    pub fn of(error: &dyn Explain) -> Told {
        Told { reason: error.to_string(), key: error.key(), fields: error.fields().into_iter().collect() }
    }
}

impl Model {
    /// Loads `version`: its artifact has the digest that was approved, the approval is signed by a trusted key, the
    /// features are those that were approved, and the golden rows come out.
    pub fn load(registry: &Registry, version: Version, trusted: &TrustedKeys) -> Result<Model, LoadError> {
        let release = registry.release(version)?;
        verify_release(release.statement.text().as_bytes(), &release.signature, trusted)
            .map_err(|source| LoadError::Signature { version, source })?;
        let artifact =
            Artifact::from_bytes(&release.artifact).map_err(|source| LoadError::Artifact { version, source })?;
        let (approved, found) = (release.statement.contract_sha256, artifact.contract.digest());
        if found != approved {
            return Err(LoadError::ContractDiffers { version, approved, found });
        }
        Ok(Model { statement: release.statement, predictor: Predictor::new(artifact, now()) })
    }
}

impl Live {
    /// What answers now.
    pub fn deployment(&self) -> Option<Arc<Deployment>> {
        self.deployment.load_full()
    }

    /// The online values in place.
    pub fn online(&self) -> Option<Arc<Online>> {
        self.online.load_full()
    }

    /// Uses `online` from now on; none where there are none, or they cannot be trusted.
    pub fn put_online(&self, online: Option<Online>) {
        self.online.store(online.map(Arc::new));
    }

    /// What the watcher found last.
    pub fn notes(&self) -> Arc<Notes> {
        self.notes.load_full()
    }

    /// Lets `deployment` answer from now on.
    pub fn deploy(&self, deployment: Deployment) {
        self.deployment.store(Some(Arc::new(deployment)));
    }

    /// Changes what the watcher has to say.
    pub fn note(&self, change: impl FnOnce(&mut Notes)) {
        let mut notes = Notes::clone(&self.notes());
        change(&mut notes);
        self.notes.store(Arc::new(notes));
    }
}

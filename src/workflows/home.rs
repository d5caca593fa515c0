//! Where things are kept.

use std::path::{Path, PathBuf};

use super::WorkflowError;

/// A folder that holds a project, and the registry, which may be somewhere else where several people share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    folder: PathBuf,
    registry: PathBuf,
}

impl Home {
    /// The given places; else those of this user on this system.
    ///
    /// # Errors
    /// [`WorkflowError::NoHome`] where the system names no folder for the user's data.
    pub fn resolve(folder: Option<&Path>, registry: Option<&Path>) -> Result<Home, WorkflowError> {
        let folder = match folder {
            Some(folder) => folder.to_owned(),
            None => directories::ProjectDirs::from("ir", "nobatnou", "nobat")
                .ok_or(WorkflowError::NoHome)?
                .data_dir()
                .to_owned(),
        };
        let registry = registry.map_or_else(|| folder.join("registry.db"), Path::to_owned);
        Ok(Home { folder, registry })
    }

    /// The folder; it is also the analyst's workspace.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The registry's file.
    #[must_use]
    pub fn registry(&self) -> &Path {
        &self.registry
    }

    /// What the serving side keeps.
    #[must_use]
    pub fn predictions(&self) -> PathBuf {
        self.folder.join("predictions.db")
    }

    /// Rows that imports set aside.
    #[must_use]
    pub fn quarantine(&self) -> PathBuf {
        self.folder.join("quarantine")
    }

    /// Contracts for data sets.
    #[must_use]
    pub fn contracts(&self) -> PathBuf {
        self.folder.join("contracts")
    }

    /// Secret keys and their public keys.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.folder.join("keys")
    }

    /// Public keys that the serving side of this home trusts. Not in the registry: whoever can write that must not be
    /// able to say whom to trust.
    #[must_use]
    pub fn trusted(&self) -> PathBuf {
        self.folder.join("trusted")
    }

    /// Whether nothing was kept here yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.folder.join("workspace.db").exists() && !self.registry.exists()
    }
}

//! Documents of the analyst beside data sets and runs, and columns that can be computed again.
//!
//! A document is small and put in place whole. A file of columns is only ever a shortcut: whoever reads it checks it, and
//! computes anew where it is not what it should be.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::{Draft, Workspace, WorkspaceError, files};
use crate::base::Digest;
use crate::store::sqlite::DatabaseError;

/// The largest document, in bytes.
const MOST_DOCUMENT_BYTES: u64 = 1 << 20;

impl Workspace {
    /// The document `name`; `None` where none was kept.
    ///
    /// # Errors
    /// [`WorkspaceError::Database`] where it cannot be read, or is larger than any that is written.
    pub fn document(&self, name: &'static str) -> Result<Option<Vec<u8>>, WorkspaceError> {
        let path = self.document_path(name);
        let wrong = |error| WorkspaceError::Database(DatabaseError::of_io(error, &path));
        let file = match File::open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(wrong)?,
        };
        let mut bytes = Vec::new();
        file.take(MOST_DOCUMENT_BYTES + 1).read_to_end(&mut bytes).map_err(wrong)?;
        if bytes.len() as u64 > MOST_DOCUMENT_BYTES {
            return Err(wrong(std::io::Error::other("too large")));
        }
        Ok(Some(bytes))
    }

    /// Puts the document `name` in place.
    ///
    /// # Errors
    /// [`WorkspaceError::Database`]; the one before is then still there.
    pub fn keep_document(&self, name: &'static str, bytes: &[u8]) -> Result<(), WorkspaceError> {
        files::keep_bytes(&self.document_path(name), bytes)
    }

    /// Where the columns of the features with the digest `features` of a data set are, if they were kept.
    #[must_use]
    pub fn feature_file(&self, dataset: Digest, features: Digest) -> PathBuf {
        self.folder().join("features").join(format!("{dataset}-{features}.columns"))
    }

    /// An empty file for columns, to be written and then handed to [`Workspace::keep_features`].
    ///
    /// # Errors
    /// [`WorkspaceError::Database`].
    pub fn draft_features(&self) -> Result<Draft, WorkspaceError> {
        Draft::new(&self.folder().join("features"))
    }

    /// Puts a file of columns in place.
    ///
    /// # Errors
    /// [`WorkspaceError::Database`].
    pub fn keep_features(&self, mut draft: Draft, path: &Path) -> Result<(), WorkspaceError> {
        draft.measure()?;
        draft.keep(path)
    }

    fn document_path(&self, name: &str) -> PathBuf {
        self.folder().join("documents").join(format!("{name}.json"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_what_was_kept_last_and_a_large_one_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::open_or_create(folder.path()).unwrap();
        assert_eq!(workspace.document("expressions").unwrap(), None);
        workspace.keep_document("expressions", b"{}").unwrap();
        workspace.keep_document("expressions", b"[]").unwrap();
        assert_eq!(workspace.document("expressions").unwrap().unwrap(), b"[]");
        let large = vec![b' '; usize::try_from(MOST_DOCUMENT_BYTES).unwrap() + 1];
        workspace.keep_document("expressions", &large).unwrap();
        assert!(workspace.document("expressions").is_err());
    }
}

//! The public keys that the serving side trusts.

use std::path::Path;

use super::{KeyError, PublicKey};

/// One or more public keys; never none, since nothing could be served then.
#[derive(Clone, Debug)]
pub struct TrustedKeys(Vec<PublicKey>);

impl TrustedKeys {
    /// Trusts exactly `first` and `more`.
    #[must_use]
    pub fn new(first: PublicKey, more: impl IntoIterator<Item = PublicKey>) -> TrustedKeys {
        TrustedKeys(std::iter::once(first).chain(more).collect())
    }

    /// Reads one `.pub` file, or every `.pub` file of a folder.
    ///
    /// # Errors
    /// [`KeyError::NoTrustedKeys`], [`KeyError::PublicKeyFileUnreadable`] where one of them is not a key (none is
    /// trusted then), or [`KeyError::Io`].
    pub fn read(path: &Path) -> Result<TrustedKeys, KeyError> {
        let wrong = |source| KeyError::Io { source, path: path.to_owned() };
        let mut files = Vec::new();
        if path.metadata().map_err(wrong)?.is_dir() {
            for entry in path.read_dir().map_err(wrong)? {
                let file = entry.map_err(wrong)?.path();
                if file.extension().is_some_and(|extension| extension == "pub") {
                    files.push(file);
                }
            }
            files.sort();
        } else {
            files.push(path.to_owned());
        }
        let keys = files.iter().map(|file| read_key(file)).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Err(KeyError::NoTrustedKeys { path: path.to_owned() });
        }
        Ok(TrustedKeys(keys))
    }

    /// The keys.
    pub fn iter(&self) -> impl Iterator<Item = &PublicKey> {
        self.0.iter()
    }
}

fn read_key(path: &Path) -> Result<PublicKey, KeyError> {
    let bytes = std::fs::read(path).map_err(|source| KeyError::Io { source, path: path.to_owned() })?;
    let unreadable = || KeyError::PublicKeyFileUnreadable { path: path.to_owned() };
    String::from_utf8(bytes).map_err(|_| unreadable())?.parse().map_err(|_| unreadable())
}

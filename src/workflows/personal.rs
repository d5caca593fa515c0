//! The key of a home by which personal data is hashed: made once, readable by its owner alone, never shown.
//!
//! With the same key the same person has the same hash in all data sets of a home. Without it a hash cannot be traced
//! back, not even by trying all telephone numbers; whoever loses it can no longer join new data sets to old ones.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::analysis::history::personal::KEY_BYTES;
use crate::base::Digest;

use super::files::{file_error, read_text};
use super::{Home, WorkflowError};

/// Where the key of `home` is.
#[must_use]
pub fn personal_key_file(home: &Home) -> PathBuf {
    home.folder().join("personal.key")
}

/// The key of `home`, which is made where there is none.
///
/// # Errors
/// [`WorkflowError::File`] where it cannot be read or made, or is not a key.
pub fn personal_key(home: &Home) -> Result<[u8; KEY_BYTES], WorkflowError> {
    let path = personal_key_file(home);
    if !path.exists() {
        make(home.folder(), &path)?;
    }
    let text = read_text(&path, 1_024)?;
    // A key is written as a digest is: 64 hexadecimal digits.
    let key: Digest = text.trim().parse().map_err(|error| file_error(&path, std::io::Error::other(error)))?;
    Ok(*key.bytes())
}

fn make(folder: &Path, path: &Path) -> Result<(), WorkflowError> {
    let failed = |cause| file_error(path, cause);
    let mut key = [0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(|error| failed(std::io::Error::other(error)))?;
    let digits: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    std::fs::create_dir_all(folder).map_err(failed)?;
    // Temporary files are made for their owner alone (mode 0600 where there are modes).
    let mut draft = tempfile::Builder::new().prefix(".nobat-").tempfile_in(folder).map_err(failed)?;
    writeln!(draft, "{digits}").map_err(failed)?;
    draft.as_file().sync_all().map_err(failed)?;
    match draft.persist_noclobber(path) {
        // Another import made one at the same time: that one is the key.
        Err(error) if error.error.kind() != std::io::ErrorKind::AlreadyExists => Err(failed(error.error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::resolve(Some(&folder.path().join("new")), None).unwrap();
        let key = personal_key(&home).unwrap();
        assert_eq!(personal_key(&home).unwrap(), key);
        assert_ne!(key, [0; KEY_BYTES]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(personal_key_file(&home)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let other = Home::resolve(Some(&folder.path().join("other")), None).unwrap();
        assert_ne!(personal_key(&other).unwrap(), key);
        std::fs::write(personal_key_file(&home), "not a key").unwrap();
        assert!(matches!(personal_key(&home), Err(WorkflowError::File { .. })));
        assert_eq!(std::fs::read_to_string(personal_key_file(&home)).unwrap(), "not a key");
    }
}

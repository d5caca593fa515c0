//! People and their keys.

use std::path::{Path, PathBuf};

use crate::base::Role;
use crate::store::keys::{PublicKey, generate};
use crate::store::registry::{NewPerson, Person, Registry};
use crate::store::sqlite::Access;

use super::files::{file_error, read_text};
use super::{Home, WorkflowError, now};

/// A key pair that was made.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// The secret key; it never leaves this file.
    pub secret: PathBuf,
    /// The public key.
    pub public: PathBuf,
    /// Its id.
    pub id: String,
}

/// The largest public key file that is read, in bytes.
const MOST_KEY_BYTES: u64 = 4_096;

/// Makes a key pair called `name` in the home. Without a passphrase, whoever reads the file can sign.
///
/// # Errors
/// [`WorkflowError::KeyName`], [`WorkflowError::Key`]; nothing is left behind then, and no key is ever overwritten.
pub fn new_key(home: &Home, name: &str, passphrase: Option<&str>) -> Result<NewKey, WorkflowError> {
    if !is_file_name(name) {
        return Err(WorkflowError::KeyName { name: name.chars().take(64).collect() });
    }
    let secret = secret_key_path(home, name);
    let public = home.keys().join(format!("{name}.pub"));
    let key = generate(&secret, &public, passphrase)?;
    Ok(NewKey { secret, public, id: key.id().to_string() })
}

/// Whether `name` stays in the folder that it is put in, on every system.
fn is_file_name(name: &str) -> bool {
    let kept = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ' | '\u{200c}' | '.' | '@');
    !name.trim().is_empty()
        && name.trim() == name
        && !name.starts_with('.')
        && name.len() <= 128
        && name.chars().all(kept)
}

/// Where the secret key called `name` is kept.
#[must_use]
pub fn secret_key_path(home: &Home, name: &str) -> PathBuf {
    home.keys().join(format!("{name}.key"))
}

/// Tells the serving side of this home to trust a public key.
///
/// # Errors
/// [`WorkflowError::Key`] where the file is not a public key, [`WorkflowError::File`].
pub fn trust(home: &Home, public: &Path) -> Result<PathBuf, WorkflowError> {
    let key = read_public_key(public)?;
    let folder = home.trusted();
    std::fs::create_dir_all(&folder).map_err(|cause| file_error(&folder, cause))?;
    let path = folder.join(format!("{}.pub", key.id()));
    std::fs::write(&path, key.to_string()).map_err(|cause| file_error(&path, cause))?;
    Ok(path)
}

/// Adds somebody to the registry, or gives them another role or key.
///
/// # Errors
/// [`WorkflowError`].
pub fn add_person(
    home: &Home,
    name: &str,
    role: Role,
    public: Option<&Path>,
    by: &str,
) -> Result<Person, WorkflowError> {
    let public_key = public.map(read_public_key).transpose()?;
    let mut registry = Registry::open_or_create(home.registry())?;
    Ok(registry.add_person(&NewPerson { name: name.to_owned(), role, public_key }, by, now())?)
}

/// Everybody in the registry.
///
/// # Errors
/// [`WorkflowError`].
pub fn people(home: &Home) -> Result<Vec<Person>, WorkflowError> {
    Ok(Registry::open(home.registry(), Access::Read)?.people()?)
}

fn read_public_key(path: &Path) -> Result<PublicKey, WorkflowError> {
    Ok(read_text(path, MOST_KEY_BYTES)?.parse()?)
}

#[cfg(test)]
mod tests {
    use super::is_file_name;

    #[test]
    fn a_key_stays_in_its_folder() {
        for name in ["owner", "علی رضایی", "a.b-c_d", "x@y"] {
            assert!(is_file_name(name), "{name}");
        }
        for name in ["", " ", " a", "../a", "a/b", "a\\b", ".hidden", "c:d", "a\0b", &"x".repeat(129)] {
            assert!(!is_file_name(name), "{name}");
        }
    }
}

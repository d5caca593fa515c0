//! Key pairs as files of the `minisign` tool.
//!
//! A locked secret key takes about a second to make or to unlock, on purpose (scrypt).

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};

use minisign::{KeyPair, SecretKeyBox};

use super::{KeyError, PublicKey, SigningKey};

/// Bytes of a secret key: algorithms (6), scrypt's salt and limits (48), key id (8), key (64), checksum (32).
const SECRET_KEY_BYTES: usize = 158;

/// A secret key file that was read and may still be locked.
pub struct SecretKeyFile {
    text: String,
    bytes: Vec<u8>,
    path: PathBuf,
}

/// Makes a key pair and keeps it in two files, neither of which may be there already. Without a passphrase, or
/// with an empty one, the secret key is not locked.
///
/// # Errors
/// [`KeyError::Exists`], [`KeyError::NoRandomness`] or [`KeyError::Io`]; no file is left behind then.
pub fn generate(secret: &Path, public: &Path, passphrase: Option<&str>) -> Result<PublicKey, KeyError> {
    if let Some(path) = [secret, public].into_iter().find(|path| path.symlink_metadata().is_ok()) {
        return Err(KeyError::Exists { path: path.to_owned() });
    }
    let passphrase = passphrase.filter(|passphrase| !passphrase.is_empty());
    let (pair, comment) = match passphrase {
        Some(words) => {
            (KeyPair::generate_encrypted_keypair(Some(words.to_owned())), "minisign encrypted secret key")
        }
        None => (KeyPair::generate_unencrypted_keypair(), "minisign secret key, not locked"),
    };
    let pair = pair.map_err(|_| KeyError::NoRandomness)?;
    let secret_text = pair.sk.to_box(Some(comment)).map_err(|_| KeyError::NoRandomness)?;
    let public_text = pair.pk.to_box().map_err(|_| KeyError::NoRandomness)?;
    write_new(public, &public_text.into_string(), 0o644)?;
    if let Err(error) = write_new(secret, &secret_text.into_string(), 0o600) {
        // A public key without its secret key would only be taken for one that can sign.
        let _ = std::fs::remove_file(public);
        return Err(error);
    }
    Ok(PublicKey(pair.pk))
}

/// Puts a whole file in place, or none; never over another.
fn write_new(path: &Path, text: &str, mode: u32) -> Result<(), KeyError> {
    let wrong = |source| KeyError::Io { source, path: path.to_owned() };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(wrong)?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = builder.tempfile_in(folder).map_err(wrong)?;
    file.write_all(text.as_bytes()).map_err(wrong)?;
    file.as_file().sync_all().map_err(wrong)?;
    file.persist_noclobber(path).map_err(|error| match error.error.kind() {
        std::io::ErrorKind::AlreadyExists => KeyError::Exists { path: path.to_owned() },
        _ => wrong(error.error),
    })?;
    crate::store::sync_folder(folder).map_err(wrong)
}

impl SecretKeyFile {
    /// Reads the file.
    ///
    /// # Errors
    /// [`KeyError::Io`], or [`KeyError::SecretKeyUnreadable`] where it is something else.
    pub fn read(path: &Path) -> Result<SecretKeyFile, KeyError> {
        let unreadable = || KeyError::SecretKeyUnreadable { path: path.to_owned() };
        let bytes = std::fs::read(path).map_err(|source| KeyError::Io { source, path: path.to_owned() })?;
        let text = String::from_utf8(bytes).map_err(|_| unreadable())?;
        let bytes = text.lines().nth(1).and_then(|line| base64_bytes(line.trim())).unwrap_or_default();
        let is_secret_key = bytes.len() == SECRET_KEY_BYTES && bytes.starts_with(b"Ed");
        if is_secret_key { Ok(SecretKeyFile { text, bytes, path: path.to_owned() }) } else { Err(unreadable()) }
    }

    /// Whether a passphrase is needed.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.bytes.get(2..4) != Some(&[0, 0])
    }

    /// Whether the checksum was left empty, as the `minisign` tool does for keys without a passphrase.
    fn has_no_checksum(&self) -> bool {
        self.bytes.iter().rev().take(32).all(|byte| *byte == 0)
    }

    /// The key, ready to sign.
    ///
    /// # Errors
    /// [`KeyError::PassphraseNeeded`], [`KeyError::PassphraseWrong`] or [`KeyError::SecretKeyUnreadable`].
    pub fn unlock(&self, passphrase: Option<&str>) -> Result<SigningKey, KeyError> {
        let text = SecretKeyBox::from(self.text.clone());
        let is_locked = self.is_locked();
        let secret = match passphrase {
            _ if !is_locked && self.has_no_checksum() => minisign::SecretKey::from_bytes(&self.bytes),
            _ if !is_locked => text.into_unencrypted_secret_key(),
            // Without words the library would ask on the terminal.
            Some(words) => text.into_secret_key(Some(words.to_owned())),
            None => return Err(KeyError::PassphraseNeeded { path: self.path.clone() }),
        };
        let secret = secret.map_err(|error| match error.kind() {
            minisign::ErrorKind::Verify if is_locked => KeyError::PassphraseWrong { path: self.path.clone() },
            _ => KeyError::SecretKeyUnreadable { path: self.path.clone() },
        })?;
        SigningKey::of(secret).ok_or_else(|| KeyError::SecretKeyUnreadable { path: self.path.clone() })
    }
}

/// The bytes of a base64 text (RFC 4648, section 4), or `None` where it is not one.
fn base64_bytes(text: &str) -> Option<Vec<u8>> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - digits.len() > 2 {
        return None;
    }
    let (mut bytes, mut bits, mut held) = (Vec::with_capacity(text.len() / 4 * 3), 0, 0u32);
    for digit in digits.bytes() {
        let value = DIGITS.iter().position(|candidate| *candidate == digit)?;
        held = (held << 6 | u32::try_from(value).ok()?) & 0xFFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    Some(bytes)
}

impl fmt::Debug for SecretKeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKeyFile({})", self.path.display())
    }
}

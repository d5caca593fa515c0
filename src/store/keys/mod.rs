//! Who may put a model in front of people: minisign keys, and signatures over what was approved.
//!
//! Files are those of the `minisign` tool. A signature stands over the bytes of a statement (see
//! [`crate::store::registry::ReleaseStatement`]); its trusted comment, which is signed as well, says which version
//! and who. The serving side holds [`TrustedKeys`] only. The invariant: a secret key is never overwritten, never
//! readable by others where the system knows rights, and never printed.

mod error;
mod files;
mod trusted;

use std::fmt;
use std::io::Cursor;
use std::str::FromStr;

use minisign::SignatureBox;

pub use error::KeyError;
pub use files::{SecretKeyFile, generate};
pub use trusted::TrustedKeys;

/// Digits of the base64 text of a signature over the trusted comment (64 bytes).
const COMMENT_SIGNATURE_DIGITS: usize = 88;

/// A public key. Written as the one line of base64 that stands in a `.pub` file.
#[derive(Clone)]
pub struct PublicKey(minisign::PublicKey);

/// The 8 bytes by which a signature names its key, as minisign prints them: 16 upper-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId([u8; 8]);

/// A secret key that is ready to sign.
pub struct SigningKey {
    secret: minisign::SecretKey,
    public: PublicKey,
}

/// A signature that verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The key that made it.
    pub key_id: KeyId,
    /// What the signer wrote beside it; signed, too.
    pub trusted_comment: String,
}

impl PublicKey {
    /// The id of the key.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId::of(self.0.keynum())
    }

    /// Checks that `signature`, the text of a `.minisig` file, was made over `statement` with this key.
    ///
    /// # Errors
    /// [`KeyError::SignatureUnreadable`], [`KeyError::OtherKey`] or [`KeyError::SignatureWrong`].
    pub fn verify(&self, statement: &[u8], signature: &str) -> Result<Signed, KeyError> {
        let parsed = parse_signature(signature)?;
        let key_id = KeyId::of(parsed.keynum());
        if key_id != self.id() {
            return Err(KeyError::OtherKey { found: key_id, expected: self.id() });
        }
        let wrong = |_| KeyError::SignatureWrong { key_id };
        minisign::verify(&self.0, &parsed, Cursor::new(statement), true, false, false).map_err(wrong)?;
        Ok(Signed { key_id, trusted_comment: parsed.trusted_comment().map_err(wrong)? })
    }
}

/// The key id that `signature` names, before anything is checked.
///
/// # Errors
/// [`KeyError::SignatureUnreadable`].
pub fn key_id_of(signature: &str) -> Result<KeyId, KeyError> {
    parse_signature(signature).map(|parsed| KeyId::of(parsed.keynum()))
}

/// Checks that `signature` was made over `statement` with one of the keys that are trusted.
///
/// # Errors
/// [`KeyError::NotTrusted`] where no trusted key has the id that the signature names, else as
/// [`PublicKey::verify`].
pub fn verify_release(statement: &[u8], signature: &str, trusted: &TrustedKeys) -> Result<Signed, KeyError> {
    let key_id = key_id_of(signature)?;
    // Ids are not unique by construction: any trusted key of that id may be the one.
    let mut candidates = trusted.iter().filter(|key| key.id() == key_id).peekable();
    if candidates.peek().is_none() {
        return Err(KeyError::NotTrusted { key_id });
    }
    candidates.find_map(|key| key.verify(statement, signature).ok()).ok_or(KeyError::SignatureWrong { key_id })
}

fn parse_signature(text: &str) -> Result<SignatureBox, KeyError> {
    // The library takes a comment signature of any length and would read past a short one.
    let comment_signature = text.lines().nth(3).unwrap_or("").trim();
    if comment_signature.len() != COMMENT_SIGNATURE_DIGITS || !comment_signature.ends_with("==") {
        return Err(KeyError::SignatureUnreadable);
    }
    let parsed = SignatureBox::from_string(text).map_err(|_| KeyError::SignatureUnreadable)?;
    // One signature has one text: spare bits and bytes of its base64 are refused.
    let written = parsed.to_string();
    let lines = |text: &str| text.lines().skip(1).take(3).map(|line| line.trim().to_owned()).collect::<Vec<_>>();
    if lines(&written) == lines(text) { Ok(parsed) } else { Err(KeyError::SignatureUnreadable) }
}

impl SigningKey {
    /// A new key pair that is in no file.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`].
    pub fn new() -> Result<SigningKey, KeyError> {
        let pair = minisign::KeyPair::generate_unencrypted_keypair().map_err(|_| KeyError::NoRandomness)?;
        Ok(SigningKey { secret: pair.sk, public: PublicKey(pair.pk) })
    }

    fn of(secret: minisign::SecretKey) -> Option<SigningKey> {
        let public = PublicKey(minisign::PublicKey::from_secret_key(&secret).ok()?);
        Some(SigningKey { secret, public })
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs `statement`. `comment` is signed as well and stays readable in the signature: the version and who
    /// signs it.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`]; [`KeyError::CommentUnfit`] where `comment` is more than one line.
    pub fn sign(&self, statement: &[u8], comment: &str) -> Result<String, KeyError> {
        if comment.chars().any(char::is_control) || comment.trim() != comment {
            return Err(KeyError::CommentUnfit);
        }
        minisign::sign(
            Some(&self.public.0),
            &self.secret,
            statement,
            Some(comment),
            Some("signature of a release"),
        )
        .map(SignatureBox::into_string)
        .map_err(|_| KeyError::NoRandomness)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public.id())
    }
}

impl KeyId {
    fn of(keynum: &[u8]) -> KeyId {
        let mut bytes = [0; 8];
        bytes.iter_mut().zip(keynum).for_each(|(byte, value)| *byte = *value);
        KeyId(bytes)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", u64::from_le_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl serde::Serialize for KeyId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for KeyId {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<KeyId, KeyError> {
        let is_plain = text.len() == 16 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F'));
        let number = is_plain.then(|| u64::from_str_radix(text, 16).ok()).flatten();
        number.map(|number| KeyId(number.to_le_bytes())).ok_or(KeyError::PublicKeyUnreadable)
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &PublicKey) -> bool {
        self.0.to_bytes() == other.0.to_bytes()
    }
}

impl Eq for PublicKey {}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_base64())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.id())
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    /// Reads the whole text of a `.pub` file, or its line of base64 alone.
    fn from_str(text: &str) -> Result<PublicKey, KeyError> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let line = lines.find(|line| !line.starts_with("untrusted comment:"));
        let key = line.and_then(|line| minisign::PublicKey::from_base64(line).ok());
        key.filter(|key| key.to_bytes().starts_with(b"Ed")).map(PublicKey).ok_or(KeyError::PublicKeyUnreadable)
    }
}

#[cfg(test)]
mod tests;

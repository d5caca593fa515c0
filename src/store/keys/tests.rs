//! Keys and signatures, good and bad, and agreement with the `minisign` tool where it is installed.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::prelude::*;

use super::*;

const STATEMENT: &[u8] = br#"{"nobat_release":1,"version":"1.2.0"}"#;

fn pair(folder: &Path, name: &str, passphrase: Option<&str>) -> (SecretKeyFile, PublicKey) {
    let (secret, public) = (folder.join(format!("{name}.key")), folder.join(format!("{name}.pub")));
    let key = generate(&secret, &public, passphrase).unwrap();
    (SecretKeyFile::read(&secret).unwrap(), key)
}

#[test]
fn a_signature_verifies_over_its_statement_and_its_key_alone() {
    let (key, other) = (SigningKey::new().unwrap(), SigningKey::new().unwrap());
    let signature = key.sign(STATEMENT, "1.2.0 by Sara").unwrap();
    let signed = key.public().verify(STATEMENT, &signature).unwrap();
    assert_eq!(signed, Signed { key_id: key.public().id(), trusted_comment: "1.2.0 by Sara".to_owned() });
    assert!(matches!(key.public().verify(b"else", &signature), Err(KeyError::SignatureWrong { .. })));
    assert!(matches!(other.public().verify(STATEMENT, &signature), Err(KeyError::OtherKey { .. })));
    assert!(matches!(key.sign(STATEMENT, "two\nlines"), Err(KeyError::CommentUnfit)));

    let trusted = TrustedKeys::new(other.public().clone(), [key.public().clone()]);
    assert_eq!(verify_release(STATEMENT, &signature, &trusted).unwrap().key_id, key.public().id());
    assert!(matches!(verify_release(b"else", &signature, &trusted), Err(KeyError::SignatureWrong { .. })));
    let trusted = TrustedKeys::new(other.public().clone(), []);
    assert!(matches!(verify_release(STATEMENT, &signature, &trusted), Err(KeyError::NotTrusted { .. })));
}

#[test]
fn a_key_that_only_shares_the_id_does_not_count() {
    let (key, other) = (SigningKey::new().unwrap(), SigningKey::new().unwrap());
    let mut bytes = other.public().0.to_bytes();
    bytes[2..10].copy_from_slice(&key.public().0.to_bytes()[2..10]);
    let twin = PublicKey(minisign::PublicKey::from_bytes(&bytes).unwrap());
    assert_eq!(twin.id(), key.public().id());
    let signature = key.sign(STATEMENT, "c").unwrap();
    let twin_only = TrustedKeys::new(twin.clone(), []);
    assert!(matches!(verify_release(STATEMENT, &signature, &twin_only), Err(KeyError::SignatureWrong { .. })));
    let both = TrustedKeys::new(twin, [key.public().clone()]);
    assert!(verify_release(STATEMENT, &signature, &both).is_ok());
}

#[test]
fn key_files_are_made_once_kept_private_and_locked_by_their_passphrase() {
    let folder = tempfile::tempdir().unwrap();
    let (locked, public) = pair(folder.path(), "locked", Some("صبر کن"));
    assert!(locked.is_locked());
    assert!(matches!(locked.unlock(None), Err(KeyError::PassphraseNeeded { .. })));
    assert!(matches!(locked.unlock(Some("wrong")), Err(KeyError::PassphraseWrong { .. })));
    let key = locked.unlock(Some("صبر کن")).unwrap();
    assert_eq!(key.public(), &public);
    public.verify(STATEMENT, &key.sign(STATEMENT, "c").unwrap()).unwrap();

    let (open, public) = pair(folder.path(), "open", Some(""));
    assert!(!open.is_locked());
    assert_eq!(open.unlock(None).unwrap().public(), &public);

    let before = fs::read(folder.path().join("open.key")).unwrap();
    let again = generate(&folder.path().join("open.key"), &folder.path().join("new.pub"), None);
    assert!(matches!(again, Err(KeyError::Exists { .. })));
    let again = generate(&folder.path().join("new.key"), &folder.path().join("open.pub"), None);
    assert!(matches!(again, Err(KeyError::Exists { .. })));
    assert_eq!(fs::read(folder.path().join("open.key")).unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4, "nothing half-made");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(folder.path().join("locked.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let file = fs::read_to_string(folder.path().join("locked.key")).unwrap();
    let secret = file.lines().nth(1).unwrap();
    assert!(secret.len() > 100, "the line of the secret key");
    assert!(!format!("{key:?}{locked:?}").contains(&secret[..20]), "a secret key is never printed");
}

#[test]
fn what_is_not_a_key_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (_, public) = pair(folder.path(), "a", None);
    let file = folder.path().join("x.key");
    for text in ["", "one line", "untrusted comment: x\nRW", "untrusted comment: x\nRWQAA", "c\nRWRTY0Iy"] {
        fs::write(&file, text).unwrap();
        let error = SecretKeyFile::read(&file).and_then(|file| file.unlock(Some("p"))).unwrap_err();
        assert!(matches!(error, KeyError::SecretKeyUnreadable { .. }), "{text:?}: {error:?}");
    }
    for text in ["", "untrusted comment: x", "RWQ", &public.to_string()[1..], &"A".repeat(56)] {
        assert!(text.parse::<PublicKey>().is_err(), "{text:?}");
    }
    assert_eq!(public.to_string().parse::<PublicKey>().unwrap(), public);
    assert_eq!(public.id().to_string().parse::<KeyId>().unwrap(), public.id());

    let keys = folder.path().join("trusted");
    fs::create_dir(&keys).unwrap();
    assert!(matches!(TrustedKeys::read(&keys), Err(KeyError::NoTrustedKeys { .. })));
    fs::copy(folder.path().join("a.pub"), keys.join("a.pub")).unwrap();
    fs::write(keys.join("readme.txt"), "not a key").unwrap();
    assert_eq!(TrustedKeys::read(&keys).unwrap().iter().collect::<Vec<_>>(), [&public]);
    assert_eq!(TrustedKeys::read(&keys.join("a.pub")).unwrap().iter().count(), 1);
    fs::write(keys.join("b.pub"), "not a key").unwrap();
    assert!(matches!(TrustedKeys::read(&keys), Err(KeyError::PublicKeyFileUnreadable { .. })));
    assert!(matches!(TrustedKeys::read(&folder.path().join("nowhere")), Err(KeyError::Io { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_altered_signature_never_panics_and_verifies_only_where_nothing_signed_changed(
        position in 0usize..400, byte in 0u8..128, cut in 0usize..400,
    ) {
        let key = SigningKey::new().unwrap();
        let good = key.sign(STATEMENT, "1.2.0 by Sara").unwrap();
        let mut bytes = good.clone().into_bytes();
        let position = position % bytes.len();
        bytes[position] = byte;
        let altered = String::from_utf8(bytes).unwrap();
        let signed_part = |text: &str| text.lines().skip(1).map(|line| line.trim().to_owned()).collect::<Vec<_>>();
        if key.public().verify(STATEMENT, &altered).is_ok() {
            prop_assert_eq!(signed_part(&altered)[..3].to_vec(), signed_part(&good)[..3].to_vec());
        }
        let cut = cut % (good.len() - 1);
        prop_assert!(key.public().verify(STATEMENT, &good[..cut]).is_err());
    }
}

/// Runs the `minisign` tool; `None` where it is not installed.
fn minisign_tool(folder: &Path, arguments: &[&str]) -> Option<bool> {
    let mut command = Command::new("minisign");
    command.current_dir(folder).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().ok().map(|status| status.success())
}

#[test]
fn the_minisign_tool_reads_our_files_and_we_read_its() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    if minisign_tool(folder, &["-v"]).is_none() {
        println!("skipped: the tool `minisign` is not installed");
        return;
    }
    let (ours, public) = pair(folder, "ours", None);
    fs::write(folder.join("statement"), STATEMENT).unwrap();
    let signature = ours.unlock(None).unwrap().sign(STATEMENT, "1.2.0 by Sara").unwrap();
    fs::write(folder.join("statement.minisig"), signature).unwrap();
    assert_eq!(minisign_tool(folder, &["-V", "-p", "ours.pub", "-m", "statement"]), Some(true));
    assert_eq!(minisign_tool(folder, &["-S", "-s", "ours.key", "-m", "statement", "-x", "by-tool"]), Some(true));
    let by_tool = fs::read_to_string(folder.join("by-tool")).unwrap();
    public.verify(STATEMENT, &by_tool).unwrap();

    assert_eq!(minisign_tool(folder, &["-G", "-W", "-p", "theirs.pub", "-s", "theirs.key"]), Some(true));
    let theirs = SecretKeyFile::read(&folder.join("theirs.key")).unwrap().unlock(None).unwrap();
    let trusted = TrustedKeys::read(&folder.join("theirs.pub")).unwrap();
    assert!(verify_release(STATEMENT, &theirs.sign(STATEMENT, "c").unwrap(), &trusted).is_ok());
}

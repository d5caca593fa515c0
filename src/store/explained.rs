//! Every error of the store has its sentences, in both languages, with every placeholder filled.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use crate::base::explain::Explanation;
use crate::base::language::Language;
use crate::base::role::Permission;
use crate::base::{Digest, Explain, Role, Version};
use crate::store::keys::{KeyError, SigningKey};
use crate::store::registry::{Problem, RegistryError, Stage};
use crate::store::sqlite::DatabaseError;
use crate::store::workspace::{RunStatus, WorkspaceError};

fn path() -> PathBuf {
    PathBuf::from("/data/file")
}

fn database() -> Vec<DatabaseError> {
    let (path, detail) = (path(), "detail".to_owned());
    vec![
        DatabaseError::Missing { path: path.clone() },
        DatabaseError::NotADatabase { path: path.clone() },
        DatabaseError::Foreign { found: 0, expected: 1, path: path.clone() },
        DatabaseError::Newer { found: 2, known: 1, path: path.clone() },
        DatabaseError::Older { found: 1, known: 2, path: path.clone() },
        DatabaseError::Damaged { detail: detail.clone(), path: path.clone() },
        DatabaseError::Altered { object: detail.clone(), path: path.clone() },
        DatabaseError::ReadOnly { path: path.clone() },
        DatabaseError::Full { path: path.clone() },
        DatabaseError::Busy { path: path.clone() },
        DatabaseError::Unfinished { path: path.clone() },
        DatabaseError::NetworkFileSystem { kind: "nfs4".to_owned(), mount: "/data".into(), path: path.clone() },
        DatabaseError::OldLibrary { found: "3.40.1".to_owned(), needed: "3.51.3" },
        DatabaseError::Sqlite { source: rusqlite::Error::InvalidQuery, path: path.clone() },
        DatabaseError::Io { source: io::Error::other("x"), path },
    ]
}

fn keys() -> Vec<KeyError> {
    let path = path();
    let key_id = SigningKey::new().unwrap().public().id();
    vec![
        KeyError::PublicKeyUnreadable,
        KeyError::PublicKeyFileUnreadable { path: path.clone() },
        KeyError::SecretKeyUnreadable { path: path.clone() },
        KeyError::PassphraseNeeded { path: path.clone() },
        KeyError::PassphraseWrong { path: path.clone() },
        KeyError::Exists { path: path.clone() },
        KeyError::SignatureUnreadable,
        KeyError::SignatureWrong { key_id },
        KeyError::OtherKey { found: key_id, expected: key_id },
        KeyError::NotTrusted { key_id },
        KeyError::NoTrustedKeys { path: path.clone() },
        KeyError::CommentUnfit,
        KeyError::NoRandomness,
        KeyError::Io { source: io::Error::other("x"), path },
    ]
}

fn registry() -> Vec<RegistryError> {
    let (name, version, digest) = ("Sara".to_owned(), Version::new(1, 0, 0), Digest::of(b""));
    let permissions = [
        Permission::Propose,
        Permission::Approve,
        Permission::Promote,
        Permission::RollBack,
        Permission::ManagePeople,
        Permission::Publish,
        Permission::SetThresholds,
    ];
    let mut errors = vec![
        RegistryError::PersonUnknown { name: name.clone() },
        RegistryError::PersonUnfit { name: name.clone() },
        RegistryError::FirstMustManage { name: name.clone() },
        RegistryError::NoManagerLeft { name: name.clone() },
        RegistryError::VersionUnknown { version },
        RegistryError::VersionExists { version },
        RegistryError::VersionNotNewer { version, newest: version },
        RegistryError::EvidenceUnfit { detail: name.clone() },
        RegistryError::AlreadyDecided { version, stage: Stage::Live },
        RegistryError::NoKey { name: name.clone() },
        RegistryError::Signature { version, source: KeyError::SignatureUnreadable },
        RegistryError::NotApproved { version, stage: Stage::Proposed },
        RegistryError::AlreadyLive { version },
        RegistryError::NothingLive,
        RegistryError::NothingBefore { version },
        RegistryError::ReasonMissing,
        RegistryError::WrongArtifact { version, expected: digest, found: digest },
        RegistryError::WrongEvidence { version, expected: digest, found: digest },
        RegistryError::StatementDiffers { version },
        RegistryError::AuditBroken { seq: 1, path: path() },
        RegistryError::ValuesUnfit { detail: name.clone() },
        RegistryError::ThresholdUnfit { name: name.clone() },
        RegistryError::WrongValues { event: 1, expected: digest, found: digest },
    ];
    errors.extend(permissions.map(|permission| RegistryError::NotAllowed {
        name: name.clone(),
        role: Role::Ops,
        permission,
    }));
    errors
}

fn workspace() -> Vec<WorkspaceError> {
    let digest = Digest::of(b"");
    vec![
        WorkspaceError::DatasetUnknown { digest },
        WorkspaceError::NameMissing,
        WorkspaceError::RunUnknown { id: 1 },
        WorkspaceError::RunKept { id: 1 },
        WorkspaceError::NoteUnfit,
        WorkspaceError::TagUnfit { tag: "a,b".to_owned() },
        WorkspaceError::NoModel { id: 1, status: RunStatus::Failed },
        WorkspaceError::FileGone { path: path() },
        WorkspaceError::FileAltered { expected: digest, found: digest, path: path() },
    ]
}

/// The words in quotes after `=>` in the source of an error: its keys.
fn keys_in(source: &str) -> BTreeSet<&str> {
    source.lines().filter_map(|line| line.split_once("=> \"")?.1.split_once('"')).map(|(key, _)| key).collect()
}

#[test]
fn every_error_is_told_in_both_languages_with_nothing_left_open() {
    let (database, keys, registry, workspace) = (database(), keys(), registry(), workspace());
    let told = |errors: Vec<&dyn Explain>, source: &str| {
        for error in &errors {
            for language in Language::ALL {
                let Explanation { happened, untouched, next } = Explanation::of(*error, language);
                for sentence in [happened, untouched, next] {
                    let is_told = !sentence.starts_with("error.") && !sentence.contains('{');
                    assert!(is_told, "{} in {language:?}: {sentence}", error.key());
                }
            }
        }
        let told: BTreeSet<&str> = errors.iter().map(|error| error.key()).collect();
        assert_eq!(keys_in(source).difference(&told).collect::<Vec<_>>(), [&""; 0], "not tried above");
    };
    told(database.iter().map(|error| error as &dyn Explain).collect(), include_str!("sqlite/error.rs"));
    told(keys.iter().map(|error| error as &dyn Explain).collect(), include_str!("keys/error.rs"));
    told(registry.iter().map(|error| error as &dyn Explain).collect(), include_str!("registry/error.rs"));
    told(workspace.iter().map(|error| error as &dyn Explain).collect(), include_str!("workspace/error.rs"));
}

#[test]
fn every_problem_and_every_stage_has_its_words() {
    let (sha256, person, table) = ("ab".repeat(32), "Sara".to_owned(), "people");
    let problems = [
        Problem::EventAltered { seq: 1 },
        Problem::LinkBroken { seq: 1 },
        Problem::RowMissing { seq: 1 },
        Problem::RowAltered { seq: 1, table },
        Problem::EventMissing { seq: 1, table },
        Problem::NotAllowed { seq: 1, person },
        Problem::OutOfOrder { seq: 1 },
        Problem::StatementAltered { seq: 1 },
        Problem::SignatureWrong { seq: 1 },
        Problem::ArtifactAltered { seq: None, sha256: sha256.clone() },
        Problem::EvidenceAltered { seq: Some(1), sha256 },
        Problem::FileDamaged { detail: "x".to_owned() },
        Problem::ValuesAltered { seq: 1 },
    ];
    for language in Language::ALL {
        for problem in &problems {
            let text = language.fill_owned(problem.key(), &problem.fields());
            assert!(text != problem.key() && !text.contains('{'), "{language:?}: {text}");
        }
        let stages = [Stage::Proposed, Stage::Approved, Stage::Rejected, Stage::Live, Stage::Retired];
        let keys = stages.map(|stage| format!("version_stage.{}", stage.id())).into_iter();
        for key in keys.chain(RunStatus::ALL.map(|status| format!("run_status.{}", status.id()))) {
            assert_ne!(language.text(&key), key);
        }
    }
}

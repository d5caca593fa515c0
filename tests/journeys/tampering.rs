//! Somebody who can write the registry's file still cannot put a model in front of people: `verify` names what was
//! altered, and the service keeps answering with what it has or does not answer at all.

use std::path::Path;

use rusqlite::Connection;

use crate::fixture::{Project, Service, wait_until};

/// Changes rows with the triggers out of the way, and puts them back, so that only the data differ.
fn tamper(registry: &Path, sql: &str) {
    let shell = Connection::open(registry).unwrap();
    shell.pragma_update(None, "foreign_keys", false).unwrap();
    shell.pragma_update(None, "ignore_check_constraints", true).unwrap();
    let triggers: Vec<(String, String)> = shell
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(!triggers.is_empty());
    for (name, _) in &triggers {
        shell.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    assert!(shell.execute(sql, []).unwrap() > 0, "{sql} changed nothing");
    for (_, text) in &triggers {
        shell.execute_batch(text).unwrap();
    }
    shell.close().unwrap();
}

const ARTIFACT: &str = "UPDATE artifacts SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || ' ' AS BLOB)
    WHERE sha256 = (SELECT artifact_sha256 FROM versions WHERE version = '2.0.0')";
const AUDIT: &str = "UPDATE events SET person = 'nobody' WHERE kind = 'approve' AND version = '2.0.0'";
const DECISION: &str = "UPDATE approvals SET reason = 'of course' WHERE version = '2.0.0'";
const SIGNATURE: &str = "UPDATE approvals SET signature = '', key_id = '0000000000000000' WHERE version = '2.0.0'";
const APPROVAL: &str = "DELETE FROM approvals WHERE version = '2.0.0'";

#[test]
fn verify_names_what_was_altered_and_says_no() {
    for (sql, key) in [
        (ARTIFACT, "artifact_altered"),
        (AUDIT, "event_altered"),
        (DECISION, "row_altered"),
        (SIGNATURE, "signature_wrong"),
        (APPROVAL, "row_missing"),
    ] {
        let project = Project::released();
        project.nobat(["verify"]).exits(0);
        tamper(&project.registry(), sql);
        let found = project.nobat(["verify", "--json"]).exits(3).json();
        let problems: Vec<&str> =
            found["problems"].as_array().unwrap().iter().map(|p| p.as_str().unwrap()).collect();
        // The sentence of the catalogue, as far as its first placeholder.
        let key = format!("problem.{key}");
        let sentence = nobat::base::language::Language::English.text(&key);
        let longest = sentence.split(['{', '}']).max_by_key(|part| part.len()).unwrap();
        assert!(problems.iter().any(|problem| problem.contains(longest)), "{key}: {problems:?}");
        for language in ["en", "fa"] {
            let told = project.nobat(["--lang", language, "verify"]).exits(3);
            assert!(!told.out.contains("problem.") && !told.out.contains('{'), "{told}");
        }
        let inside: Vec<&str> = project.verification().problems.iter().map(|problem| problem.key()).collect();
        assert!(inside.contains(&key.as_str()), "{inside:?}");
    }
}

#[test]
fn an_altered_version_is_not_promoted() {
    // Whoever the altered log names is nobody of the registry, which is told as a wrong name.
    for (sql, code) in [(ARTIFACT, 3), (SIGNATURE, 3), (APPROVAL, 3), (AUDIT, 2)] {
        let project = Project::released();
        tamper(&project.registry(), sql);
        project.nobat(["release", "promote", "2.0.0"]).refuses(code);
        assert_eq!(project.verification().events, 6, "nothing was added");
    }
}

#[test]
fn a_service_that_starts_on_an_altered_version_does_not_answer() {
    for sql in [ARTIFACT, SIGNATURE, APPROVAL] {
        let project = Project::released();
        project.nobat(["release", "promote", "2.0.0"]).exits(0);
        tamper(&project.registry(), sql);
        let service = Service::of(&project);
        service.get("/readyz").is_problem(503);
        service.predict().is_problem(503);
        assert_eq!(service.get("/livez").status, 200);
        let live = service.get("/v1/live").body;
        assert!(live["generation"].is_null(), "{live}");
    }
}

#[test]
fn a_running_service_keeps_the_old_version_where_the_new_one_was_altered() {
    let project = Project::released();
    let service = Service::of(&project);
    assert_eq!(service.predict().body["version"], "1.0.0");
    // Promoted in another copy, altered, and only then put in place: what the registry itself would have refused.
    let other = project.copy();
    other.nobat(["release", "promote", "2.0.0"]).exits(0);
    tamper(&other.registry(), ARTIFACT);
    std::fs::rename(other.registry(), project.registry()).unwrap();
    wait_until("the altered version is refused", || !service.get("/v1/live").body["refused"].is_null());
    let answer = service.predict();
    assert_eq!((answer.status, answer.body["version"].as_str()), (200, Some("1.0.0")), "{answer:?}");
    let live = service.get("/v1/live").body;
    assert_eq!(live["version"], "1.0.0", "{live}");
}

#[test]
fn a_service_trusts_no_key_but_its_own() {
    let project = Project::released();
    project.nobat(["key", "new", "stranger", "--no-passphrase"]).exits(0);
    let key = project.home().join("keys").join("stranger.pub");
    let trusted = project.home().join("trusted");
    std::fs::remove_dir_all(&trusted).unwrap();
    project.nobat(["serve", "--listen", "127.0.0.1:0"]).refuses(1);
    project.nobat(["key", "trust", crate::fixture::text(&key)]).exits(0);
    let service = Service::of(&project);
    service.get("/readyz").is_problem(503);
    service.predict().is_problem(503);
}

//! Somebody with a SQLite shell: found by `verify`, and refused by what reads.

use rusqlite::Connection;

use super::*;
use crate::base::Explain;

/// Changes the last byte of the artifact of `version`, for whoever loads artifacts.
#[cfg(feature = "serve")]
pub(crate) fn alter_artifact(path: &std::path::Path, version: Version) {
    let sql = format!(
        "UPDATE artifacts SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || ' ' AS BLOB)
         WHERE sha256 = (SELECT artifact_sha256 FROM versions WHERE version = '{version}')"
    );
    tamper_at(path, &sql);
}

/// Makes every online value larger, for whoever uses them.
#[cfg(feature = "serve")]
pub(crate) fn alter_online_values(path: &std::path::Path) {
    tamper_at(path, "UPDATE online_values SET value = value + 1");
}

/// Changes a registry with the triggers out of the way, and puts them back, so that only the data differ.
pub(super) fn tamper(fixture: &Fixture, sql: &str) {
    tamper_at(&fixture.path(), sql);
}

fn tamper_at(path: &std::path::Path, sql: &str) {
    let shell = Connection::open(path).unwrap();
    shell.pragma_update(None, "foreign_keys", false).unwrap();
    shell.pragma_update(None, "ignore_check_constraints", true).unwrap();
    let triggers: Vec<(String, String)> = {
        let mut query = shell.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").unwrap();
        query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    };
    for (name, _) in &triggers {
        shell.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    assert!(shell.execute(sql, []).unwrap() > 0, "{sql} changed nothing");
    for (_, text) in &triggers {
        shell.execute_batch(text).unwrap();
    }
}

fn lived() -> Fixture {
    let mut fixture = Fixture::with_approved(2);
    fixture.promote(v(0)).unwrap();
    fixture.promote(v(1)).unwrap();
    fixture
}

/// What `verify` says after `sql`.
fn problems_after(sql: &str) -> Vec<Problem> {
    let fixture = lived();
    assert_eq!(fixture.problems(), []);
    tamper(&fixture, sql);
    fixture.problems()
}

#[test]
fn triggers_refuse_changes_of_every_table() {
    let fixture = lived();
    let shell = Connection::open(fixture.path()).unwrap();
    for table in ["events", "people", "artifacts", "evidence", "versions", "approvals", "rollouts"] {
        let column: String =
            shell.query_row("SELECT name FROM pragma_table_info(?1) LIMIT 1", [table], |row| row.get(0)).unwrap();
        for sql in [format!("UPDATE {table} SET {column} = {column}"), format!("DELETE FROM {table}")] {
            let error = shell.execute(&sql, []).unwrap_err().to_string();
            assert!(error.contains("never"), "{sql}: {error}");
        }
    }
    let gap = "INSERT INTO events SELECT seq + 5, at, person, kind, version, details, hash, hex(randomblob(32))
               FROM events WHERE seq = 3";
    assert!(shell.execute(gap, []).unwrap_err().to_string().contains("follows"));
}

#[test]
fn a_dropped_trigger_is_noticed_when_the_registry_is_opened() {
    let fixture = lived();
    Connection::open(fixture.path()).unwrap().execute_batch("DROP TRIGGER events_stay").unwrap();
    let error = Registry::open(&fixture.path(), Access::Read).unwrap_err();
    assert_eq!(error.key(), "database_altered");
}

#[test]
fn an_altered_event_is_found_and_not_shown() {
    for (sql, seq) in [
        ("UPDATE events SET person = 'Ali' WHERE seq = 4", 4),
        ("UPDATE events SET at = at + 1 WHERE seq = 5", 5),
        ("UPDATE events SET details = replace(details, 'good', 'fine') WHERE seq = 4", 4),
        ("UPDATE events SET version = '1.1.0' WHERE seq = 4", 4),
    ] {
        let fixture = lived();
        tamper(&fixture, sql);
        assert!(fixture.problems().contains(&Problem::EventAltered { seq }), "{sql}");
        assert_eq!(fixture.registry.events(100, None).unwrap_err().key(), "audit_broken", "{sql}");
    }
    let removed = problems_after("DELETE FROM events WHERE seq = 4");
    assert!(removed.contains(&Problem::LinkBroken { seq: 5 }));
    assert!(removed.contains(&Problem::EventMissing { seq: 4, table: "approvals" }));
}

#[test]
fn an_event_with_a_new_hash_breaks_the_link_after_it() {
    let fixture = lived();
    let mut raw = {
        let shell = Connection::open(fixture.path()).unwrap();
        let sql = "SELECT seq, at, person, kind, version, details, previous_hash, hash FROM events WHERE seq = 4";
        shell.query_row(sql, [], super::super::audit::RawEvent::read).unwrap()
    };
    raw.at += 1;
    tamper(&fixture, &format!("UPDATE events SET at = {}, hash = '{}' WHERE seq = 4", raw.at, raw.digest()));
    assert_eq!(fixture.problems(), [Problem::LinkBroken { seq: 5 }]);
    assert_eq!(fixture.registry.events(100, None).unwrap_err().key(), "audit_broken");
}

#[test]
fn an_altered_artifact_byte_is_found_and_never_handed_out() {
    let fixture = &mut lived();
    tamper(
        fixture,
        "UPDATE artifacts SET bytes = unhex(replace(hex(bytes), '6D6F', '6E6F')) WHERE hex(bytes) LIKE hex('model 1.0.0') || '%'",
    );
    let problems = fixture.problems();
    assert!(matches!(problems.as_slice(), [Problem::ArtifactAltered { seq: Some(3), .. }]), "{problems:?}");
    assert_eq!(fixture.registry.artifact(v(0)).unwrap_err().key(), "artifact_altered");
    assert_eq!(fixture.registry.release(v(0)).unwrap_err().key(), "artifact_altered");
    assert_eq!(fixture.roll_back().unwrap_err().key(), "artifact_altered");
    assert_eq!(fixture.promote(v(0)).unwrap_err().key(), "artifact_altered");
    assert_eq!(fixture.live(), Some((2, v(1))));
}

#[test]
fn altered_evidence_is_found_and_never_handed_out() {
    let fixture = lived();
    tamper(
        &fixture,
        "UPDATE evidence SET document = replace(document, 'pass', 'fail') WHERE document LIKE '%1.0.0%'",
    );
    assert!(matches!(fixture.problems().as_slice(), [Problem::EvidenceAltered { seq: Some(3), .. }]));
    assert_eq!(fixture.registry.evidence(v(0)).unwrap_err().key(), "evidence_altered");
    assert_eq!(fixture.registry.release(v(0)).unwrap_err().key(), "evidence_altered");
}

#[test]
fn a_signature_that_was_altered_removed_or_moved_is_found_and_refused() {
    for (sql, key) in [
        (
            "UPDATE approvals SET signature = replace(signature, 'by Sara', 'by Reza') WHERE version = '1.0.0'",
            "signature_wrong",
        ),
        ("UPDATE approvals SET signature = '' WHERE version = '1.0.0'", "signature_unreadable"),
        (
            "UPDATE approvals SET signature = (SELECT o.signature FROM approvals AS o WHERE o.version = '1.1.0')
             WHERE version = '1.0.0'",
            "signature_wrong",
        ),
    ] {
        let fixture = &mut lived();
        tamper(fixture, sql);
        let problems = fixture.problems();
        assert!(problems.contains(&Problem::SignatureWrong { seq: 4 }), "{problems:?}");
        assert!(problems.contains(&Problem::RowAltered { seq: 4, table: "approvals" }), "{problems:?}");
        assert_eq!(fixture.registry.release(v(0)).unwrap_err().key(), key);
        assert_eq!(fixture.registry.approval(v(0)).unwrap_err().key(), key);
        assert_eq!(fixture.roll_back().unwrap_err().key(), key);
    }
    let missing = problems_after("UPDATE approvals SET signature = NULL, key_id = NULL WHERE version = '1.0.0'");
    assert!(missing.contains(&Problem::SignatureWrong { seq: 4 }));
}

#[test]
fn a_version_that_points_to_another_artifact_does_not_pass_as_approved() {
    let fixture = lived();
    tamper(
        &fixture,
        "UPDATE versions SET artifact_sha256 = (SELECT artifact_sha256 FROM versions WHERE version = '1.0.0')
         WHERE version = '1.1.0'",
    );
    let problems = fixture.problems();
    assert!(problems.contains(&Problem::RowAltered { seq: 5, table: "versions" }), "{problems:?}");
    assert!(problems.contains(&Problem::StatementAltered { seq: 6 }), "{problems:?}");
    assert_eq!(fixture.registry.release(v(1)).unwrap_err().key(), "statement_differs");
}

#[test]
fn rows_without_events_and_steps_that_were_not_allowed_are_found() {
    let fixture = &mut lived();
    fixture.propose(v(2)).unwrap();
    tamper(
        fixture,
        "INSERT INTO rollouts (generation, event, kind, version, previous_version, returns_to, reason)
         VALUES (3, 10, 'promote', '1.2.0', '1.1.0', 2, 'mine')",
    );
    let problems = fixture.problems();
    assert!(problems.contains(&Problem::EventMissing { seq: 10, table: "rollouts" }), "{problems:?}");
    assert!(problems.iter().any(|problem| matches!(problem, Problem::FileDamaged { .. })), "{problems:?}");
    let demoted = problems_after("UPDATE people SET role = 'ops' WHERE name = 'Sara'");
    assert!(demoted.contains(&Problem::RowAltered { seq: 1, table: "people" }));
    assert!(demoted.contains(&Problem::NotAllowed { seq: 4, person: "Sara".to_owned() }));
    let rerouted = problems_after("UPDATE rollouts SET returns_to = NULL WHERE generation = 2");
    assert!(rerouted.contains(&Problem::RowAltered { seq: 8, table: "rollouts" }));
    assert!(rerouted.contains(&Problem::OutOfOrder { seq: 8 }));
    let removed = problems_after("DELETE FROM rollouts WHERE generation = 2");
    assert!(removed.contains(&Problem::RowMissing { seq: 8 }));
}

//! Online values: published by whom, replaced whole, refused where altered; and a registry from before there were any.

use super::tampering::tamper;
use super::*;
use crate::base::Explain;
use crate::store::sqlite::{Database, Schema};

fn value(site: &str, hour: u8, value: f64) -> OnlineValue {
    OnlineValue {
        feature: "avg_wait_time_last_week".to_owned(),
        site: site.to_owned(),
        service: "پذیرش".to_owned(),
        hour,
        value,
        n: 12,
    }
}

fn publication(values: &[OnlineValue]) -> NewPublication<'_> {
    NewPublication { dataset: Digest::of(b"data"), as_of: at(100), max_age_ms: 3_600_000, values }
}

#[test]
fn a_publication_replaces_the_one_before_and_is_in_the_log() {
    let mut fixture = Fixture::new();
    assert_eq!(fixture.registry.publication().unwrap(), None);
    assert_eq!(fixture.registry.last_publication().unwrap(), None);
    let first = [value("کرج", 9, 4.5), value("مشهد", 8, 0.0), value("کرج", 8, 1.25)];
    assert_eq!(fixture.registry.publish(&publication(&first), "Reza", at(110)).unwrap(), 3);
    let kept = fixture.registry.publication().unwrap().unwrap();
    // By the bytes of the names.
    assert_eq!(kept.values, [first[1].clone(), first[2].clone(), first[0].clone()]);
    assert_eq!((kept.person.as_str(), kept.published_at, kept.as_of), ("Reza", at(110), at(100)));
    assert!(kept.is_fresh(at(3_700)) && !kept.is_fresh(at(3_701)));
    assert_eq!(kept.age_ms(at(90)), -10_000);
    let second = [value("کرج", 9, 7.0)];
    assert_eq!(fixture.registry.publish(&publication(&second), "Sara", at(120)).unwrap(), 4);
    assert_eq!(fixture.registry.publication().unwrap().unwrap().values, second);
    let last = fixture.registry.publication().unwrap().map(|last| (last.event, last.values_sha256));
    assert_eq!(fixture.registry.last_publication().unwrap(), last);
    assert_eq!(last.map(|(event, _)| event), Some(4));
    let kinds: Vec<EventKind> = fixture.registry.events(2, None).unwrap().iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [EventKind::Publish; 2]);
    assert_eq!(fixture.problems(), []);
}

#[test]
fn what_cannot_be_published_changes_nothing() {
    let mut fixture = Fixture::new();
    let good = [value("کرج", 9, 4.5)];
    fixture.registry.publish(&publication(&good), "Sara", at(110)).unwrap();
    let omid = NewPerson { name: "Omid".to_owned(), role: Role::Ops, public_key: None };
    fixture.registry.add_person(&omid, "Sara", at(111)).unwrap();
    let mut refused = |new: &NewPublication<'_>, person: &str, key: &str| {
        assert_eq!(fixture.registry.publish(new, person, at(120)).unwrap_err().key(), key);
    };
    refused(&publication(&good), "Omid", "not_allowed_publish");
    refused(&publication(&good), "Nobody", "person_unknown");
    refused(&publication(&[]), "Sara", "online_values_unfit");
    refused(&publication(&[value("کرج", 9, 1.0), value("کرج", 9, 2.0)]), "Sara", "online_values_unfit");
    refused(&publication(&[value("کرج", 24, 1.0)]), "Sara", "online_values_unfit");
    refused(&publication(&[value("", 9, 1.0)]), "Sara", "online_values_unfit");
    refused(&publication(&[value("کرج", 9, f64::NAN)]), "Sara", "online_values_unfit");
    refused(&NewPublication { max_age_ms: 0, ..publication(&good) }, "Sara", "online_values_unfit");
    assert_eq!(fixture.registry.publication().unwrap().unwrap().values, good);
    assert_eq!(fixture.problems(), []);
}

#[test]
fn values_that_were_altered_are_found_and_not_handed_out() {
    for sql in [
        "UPDATE online_values SET value = value + 1 WHERE hour = 9",
        "DELETE FROM online_values WHERE hour = 9",
        "INSERT INTO online_values SELECT publication, feature, site, service, 23, value, n FROM online_values LIMIT 1",
        "UPDATE publications SET values_sha256 = hex(randomblob(32))",
    ] {
        let mut fixture = Fixture::new();
        let values = [value("کرج", 8, 1.0), value("کرج", 9, 4.5)];
        fixture.registry.publish(&publication(&values), "Sara", at(110)).unwrap();
        tamper(&fixture, sql);
        assert!(fixture.problems().contains(&Problem::ValuesAltered { seq: 3 }), "{sql}");
        assert!(fixture.registry.publication().is_err(), "{sql}");
    }
    let mut fixture = Fixture::new();
    fixture.registry.publish(&publication(&[value("کرج", 8, 1.0)]), "Sara", at(110)).unwrap();
    tamper(&fixture, "UPDATE publications SET max_age_ms = max_age_ms * 1000");
    assert_eq!(fixture.problems(), [Problem::RowAltered { seq: 3, table: "publications" }]);
}

#[test]
fn a_shell_cannot_change_them() {
    let mut fixture = Fixture::new();
    fixture.registry.publish(&publication(&[value("کرج", 8, 1.0)]), "Sara", at(110)).unwrap();
    let shell = rusqlite::Connection::open(fixture.path()).unwrap();
    for table in ["publications", "online_values"] {
        let column: String =
            shell.query_row("SELECT name FROM pragma_table_info(?1) LIMIT 1", [table], |row| row.get(0)).unwrap();
        for sql in [format!("UPDATE {table} SET {column} = {column}"), format!("DELETE FROM {table}")] {
            assert!(shell.execute(&sql, []).unwrap_err().to_string().contains("never"), "{sql}");
        }
    }
}

/// Makes a registry as the first version of the program did, and lets a version live in it.
#[test]
fn an_old_registry_is_brought_up_to_date_with_every_event_in_place() {
    const OLD: Schema = Schema { migrations: &[SCHEMA.migrations[0]], ..SCHEMA };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.db");
    let mut registry = Registry { database: Database::open_or_create(&path, &OLD).unwrap() };
    let key = SigningKey::new().unwrap();
    for (name, role) in [("Sara", Role::ModelOwner), ("Reza", Role::DataAnalyst)] {
        let public_key = (name == "Sara").then(|| key.public().clone());
        let person = NewPerson { name: name.to_owned(), role, public_key };
        registry.add_person(&person, "Sara", at(0)).unwrap();
    }
    let mut fixture = Fixture { folder, registry, key };
    fixture.propose(v(0)).unwrap();
    fixture.approve(v(0)).unwrap();
    fixture.promote(v(0)).unwrap();
    let before = fixture.registry.events(100, None).unwrap();
    assert_eq!(Registry::open(&path, Access::Read).unwrap_err().key(), "database_older");
    fixture.registry = Registry::open(&path, Access::Write).unwrap();
    assert_eq!(fixture.registry.events(100, None).unwrap(), before);
    assert_eq!(fixture.live(), Some((1, v(0))));
    fixture.registry.publish(&publication(&[value("کرج", 8, 1.0)]), "Reza", at(60)).unwrap();
    fixture.propose(v(1)).unwrap();
    assert_eq!(fixture.problems(), []);
    // Opened anew, it is what a new one is.
    drop(fixture.registry);
    assert!(Registry::open(&path, Access::Read).unwrap().publication().unwrap().is_some());
}

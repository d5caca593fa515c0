//! Versions from proposal to rollback, and everything that is refused on the way.

use super::*;
use crate::base::Explain;
use crate::store::keys::{KeyError, TrustedKeys, verify_release};

fn stages(fixture: &Fixture) -> Vec<(Version, Stage)> {
    fixture.registry.versions().unwrap().iter().map(|entry| (entry.version, entry.stage)).collect()
}

#[test]
fn a_version_lives_from_proposal_to_retirement_and_all_of_it_is_in_the_log() {
    let mut fixture = Fixture::new();
    let entry = fixture.propose(v(0)).unwrap();
    let (artifact, evidence) = proposal(v(0));
    assert_eq!((entry.stage, entry.artifact_sha256), (Stage::Proposed, Digest::of(&artifact)));
    assert_eq!(entry.proposed_by, "Reza");
    assert_eq!(fixture.registry.approval(v(0)).unwrap(), None);
    assert!(matches!(fixture.registry.release(v(0)), Err(RegistryError::NotApproved { .. })));
    assert_eq!(fixture.approve(v(0)).unwrap().stage, Stage::Approved);
    assert_eq!(fixture.live(), None);
    assert_eq!(fixture.promote(v(0)).unwrap().generation, 1);
    assert_eq!(fixture.live(), Some((1, v(0))));
    fixture.propose(v(1)).unwrap();
    fixture.approve(v(1)).unwrap();
    fixture.promote(v(1)).unwrap();
    fixture.propose(v(2)).unwrap();
    assert_eq!(fixture.registry.reject(v(2), "Sara", "worse at night", at(50)).unwrap().stage, Stage::Rejected);
    assert_eq!(stages(&fixture), [(v(2), Stage::Rejected), (v(1), Stage::Live), (v(0), Stage::Retired)]);

    let release = fixture.registry.release(v(0)).unwrap();
    assert_eq!((release.artifact, release.approved_by.as_str()), (artifact.clone(), "Sara"));
    let trusted = TrustedKeys::new(fixture.key.public().clone(), []);
    verify_release(release.statement.text().as_bytes(), &release.signature, &trusted).unwrap();
    assert_eq!(fixture.registry.artifact(v(0)).unwrap(), artifact);
    assert_eq!(fixture.registry.evidence(v(0)).unwrap(), evidence);

    let events = fixture.registry.events(100, None).unwrap();
    let kinds: Vec<&str> = events.iter().rev().map(|event| event.kind.id()).collect();
    let expected = [
        "person", "person", "propose", "approve", "promote", "propose", "approve", "promote", "propose", "reject",
    ];
    assert_eq!(kinds, expected);
    assert_eq!(events[0].details["reason"], "worse at night");
    assert_eq!(events[6].details["by_its_proposer"], false);
    let page = fixture.registry.events(3, Some(5)).unwrap();
    assert_eq!(page.iter().map(|event| event.seq).collect::<Vec<_>>(), [4, 3, 2]);
    let report = fixture.registry.verify().unwrap();
    assert_eq!(report.problems, []);
    assert_eq!((report.events, report.versions, report.artifacts, report.signatures), (10, 3, 3, 2));
    assert_eq!(report.head, Some(events[0].hash));
}

#[test]
fn rollbacks_go_down_the_pile_of_promotions_and_stop_at_its_bottom() {
    let mut fixture = Fixture::with_approved(4);
    assert!(matches!(fixture.roll_back(), Err(RegistryError::NothingLive)));
    for minor in [0, 1, 2] {
        fixture.promote(v(minor)).unwrap();
    }
    assert_eq!(fixture.roll_back().unwrap().version, v(1));
    assert_eq!(fixture.roll_back().unwrap().version, v(0));
    let error = fixture.roll_back().unwrap_err();
    assert!(matches!(error, RegistryError::NothingBefore { version } if version == v(0)), "{error:?}");
    assert_eq!(fixture.live(), Some((5, v(0))));
    fixture.promote(v(3)).unwrap();
    let back = fixture.roll_back().unwrap();
    assert_eq!((back.version, back.previous_version, back.generation), (v(0), Some(v(3)), 7));
    let generations: Vec<i64> =
        fixture.registry.rollouts(3).unwrap().iter().map(|rollout| rollout.generation).collect();
    assert_eq!(generations, [7, 6, 5]);
    assert_eq!(fixture.problems(), []);
}

#[test]
fn what_is_refused_changes_nothing() {
    let mut fixture = Fixture::with_approved(1);
    fixture.promote(v(0)).unwrap();
    fixture.propose(v(2)).unwrap();
    let before = fixture.registry.events(100, None).unwrap();
    let stages_before = stages(&fixture);
    let good = fixture.signature(v(2));
    let other = SigningKey::new().unwrap();
    let statement = fixture.registry.statement(v(2)).unwrap().text();
    let stranger = other.sign(statement.as_bytes(), "c").unwrap();
    let elsewhere = fixture.key.sign(b"{}", "c").unwrap();
    let old = fixture.signature(v(0));
    let registry = &mut fixture.registry;
    let expect = |result: Result<(), RegistryError>, key: &str| {
        assert_eq!(result.unwrap_err().key(), key);
    };
    let mut approve =
        |person: &str, signature: &str| registry.approve(v(2), person, signature, "", at(60)).map(|_| ());
    expect(approve("Nobody", &good), "person_unknown");
    expect(approve("Reza", &good), "not_allowed_approve");
    expect(approve("Sara", ""), "signature_unreadable");
    expect(approve("Sara", &stranger), "signature_other_key");
    expect(approve("Sara", &elsewhere), "signature_wrong");
    expect(approve("Sara", &old), "signature_wrong");
    expect(registry.reject(v(2), "Sara", " ", at(60)).map(|_| ()), "reason_missing");
    expect(registry.reject(v(2), "Reza", "no", at(60)).map(|_| ()), "not_allowed_approve");
    expect(registry.reject(v(0), "Sara", "no", at(60)).map(|_| ()), "version_decided");
    expect(registry.approve(v(0), "Sara", &old, "", at(60)).map(|_| ()), "version_decided");
    expect(registry.promote(v(2), "Sara", "", at(60)).map(|_| ()), "version_not_approved");
    expect(registry.promote(v(0), "Sara", "", at(60)).map(|_| ()), "version_live");
    expect(registry.promote(v(0), "Reza", "", at(60)).map(|_| ()), "not_allowed_promote");
    expect(registry.promote(v(9), "Sara", "", at(60)).map(|_| ()), "version_unknown");
    expect(registry.roll_back("Reza", "", at(60)).map(|_| ()), "not_allowed_roll_back");
    expect(registry.roll_back("Sara", "", at(60)).map(|_| ()), "nothing_before");
    expect(registry.artifact(v(9)).map(|_| ()), "version_unknown");
    expect(fixture.propose(v(2)).map(|_| ()), "version_exists");
    expect(fixture.propose(v(1)).map(|_| ()), "version_not_newer");
    let unfit = Proposal {
        version: v(3),
        family: "rule",
        artifact: b"m",
        contract_sha256: Digest::of(b"c"),
        evidence: b"{\"half\":",
        notes: "",
    };
    expect(fixture.registry.propose(&unfit, "Reza", at(60)).map(|_| ()), "evidence_unfit");
    let binary = Proposal { evidence: b"\"\xFF\"", ..unfit };
    expect(fixture.registry.propose(&binary, "Reza", at(60)).map(|_| ()), "evidence_unfit");
    assert_eq!(fixture.registry.events(100, None).unwrap(), before);
    assert_eq!(stages(&fixture), stages_before);
    assert_eq!(fixture.problems(), []);
}

#[test]
fn an_owner_without_a_key_cannot_approve_and_an_old_signature_stays_good_after_a_change_of_keys() {
    let mut fixture = Fixture::with_approved(1);
    let old_key = fixture.key.public().clone();
    let without = NewPerson { name: "Sara".to_owned(), role: Role::ModelOwner, public_key: None };
    fixture.registry.add_person(&without, "Sara", at(70)).unwrap();
    fixture.propose(v(1)).unwrap();
    assert!(matches!(fixture.approve(v(1)), Err(RegistryError::NoKey { .. })));
    fixture.key = SigningKey::new().unwrap();
    let with_new = NewPerson { public_key: Some(fixture.key.public().clone()), ..without };
    fixture.registry.add_person(&with_new, "Sara", at(71)).unwrap();
    fixture.approve(v(1)).unwrap();
    fixture.promote(v(0)).unwrap();
    assert_eq!(fixture.problems(), []);
    let old_release = fixture.registry.release(v(0)).unwrap();
    let trusts_new_only = TrustedKeys::new(fixture.key.public().clone(), []);
    let statement = old_release.statement.text();
    let refused = verify_release(statement.as_bytes(), &old_release.signature, &trusts_new_only);
    assert!(matches!(refused, Err(KeyError::NotTrusted { .. })));
    assert!(verify_release(statement.as_bytes(), &old_release.signature, &TrustedKeys::new(old_key, [])).is_ok());
    assert_eq!(fixture.registry.people().unwrap().len(), 2);
}

#[test]
fn only_those_who_may_name_people_and_the_last_of_them_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut registry = Registry::open_or_create(&folder.path().join("r.db")).unwrap();
    let person = |name: &str, role| NewPerson { name: name.to_owned(), role, public_key: None };
    let mut key = |new: NewPerson, by: &str| registry.add_person(&new, by, at(0)).map_err(|error| error.key());
    assert_eq!(key(person("Sara", Role::DataAnalyst), "Sara"), Err("person_first"));
    assert_eq!(key(person("Sara", Role::ModelOwner), "Reza"), Err("person_first"));
    for name in ["", " Sara", "a\nb", &"x".repeat(101)] {
        assert_eq!(key(person(name, Role::ModelOwner), name), Err("person_unfit"));
    }
    assert!(key(person("سارا", Role::ModelOwner), "سارا").is_ok());
    assert_eq!(key(person("Reza", Role::Ops), "Reza"), Err("person_unknown"));
    assert!(key(person("Reza", Role::Ops), "سارا").is_ok());
    assert_eq!(key(person("Ali", Role::Ops), "Reza"), Err("not_allowed_manage"));
    assert_eq!(key(person("سارا", Role::Ops), "سارا"), Err("person_last_manager"));
    assert!(key(person("Reza", Role::ModelOwner), "سارا").is_ok());
    assert!(key(person("سارا", Role::Ops), "سارا").is_ok());
    let people = registry.people().unwrap();
    let roles: Vec<_> = people.iter().map(|person| (person.name.as_str(), person.role)).collect();
    assert_eq!(roles, [("سارا", Role::Ops), ("Reza", Role::ModelOwner)]);
    assert_eq!(registry.verify().unwrap().problems, []);
}

#[test]
fn whoever_promotes_at_the_same_time_takes_turns_and_a_reader_notices() {
    let mut fixture = Fixture::with_approved(8);
    fixture.promote(v(0)).unwrap();
    let reader = Registry::open(&fixture.path(), Access::Read).unwrap();
    let seen = reader.data_version().unwrap();
    assert_eq!(reader.data_version().unwrap(), seen, "nothing new yet");
    std::thread::scope(|scope| {
        for minor in 1..8 {
            let path = fixture.path();
            scope.spawn(move || {
                let mut registry = Registry::open(&path, Access::Write).unwrap();
                registry.promote(v(minor), "Sara", "mine", at(80)).unwrap();
            });
        }
    });
    assert_ne!(reader.data_version().unwrap(), seen);
    let rollouts = reader.rollouts(100).unwrap();
    assert_eq!(rollouts.iter().map(|r| r.generation).collect::<Vec<_>>(), [8, 7, 6, 5, 4, 3, 2, 1]);
    for pair in rollouts.windows(2) {
        assert_eq!(pair[0].previous_version, Some(pair[1].version));
    }
    assert_eq!(reader.verify().unwrap().problems, []);
}

#[test]
fn a_reader_cannot_write_and_a_full_disk_leaves_the_log_whole() {
    let mut fixture = Fixture::with_approved(1);
    let mut reader = Registry::open(&fixture.path(), Access::Read).unwrap();
    assert_eq!(reader.promote(v(0), "Sara", "", at(90)).unwrap_err().key(), "database_read_only");
    fixture.registry.database.fill_disk();
    let big = vec![7; 200_000];
    let proposal = Proposal {
        version: v(5),
        family: "rule",
        artifact: &big,
        contract_sha256: Digest::of(b"c"),
        evidence: b"{}",
        notes: "",
    };
    assert_eq!(fixture.registry.propose(&proposal, "Reza", at(90)).unwrap_err().key(), "database_full");
    assert_eq!(fixture.registry.versions().unwrap().len(), 1);
    assert_eq!(fixture.problems(), []);
}

//! Thresholds: set by whom, in the log, refused where altered; the last one holds.

use super::tampering::tamper;
use super::*;
use crate::base::Explain;

#[test]
fn the_owner_sets_them_with_a_reason_and_the_last_one_holds() {
    let mut fixture = Fixture::new();
    assert_eq!(fixture.registry.thresholds().unwrap(), []);
    let mut set = |name: &str, value: f64, reason: &str, person: &str| {
        fixture.registry.set_threshold(name, value, reason, person, at(110)).map_err(|error| error.key())
    };
    assert_eq!(set("gate.error.margin", 1.02, "be careful", "Sara"), Ok(3));
    assert_eq!(set("gate.slices.ratio", 1.3, "small sites", "Sara"), Ok(4));
    assert_eq!(set("gate.error.margin", 1.05, "as the plan", "Sara"), Ok(5));
    assert_eq!(set("gate.error.margin", 1.5, "why not", "Reza"), Err("not_allowed_thresholds"));
    assert_eq!(set("gate.error.margin", 1.5, "why not", "Nobody"), Err("person_unknown"));
    assert_eq!(set("gate.error.margin", 1.5, " ", "Sara"), Err("reason_missing"));
    assert_eq!(set("gate.error.margin", f64::NAN, "no", "Sara"), Err("threshold_unfit"));
    assert_eq!(set("", 1.0, "no", "Sara"), Err("threshold_unfit"));
    let kept = fixture.registry.thresholds().unwrap();
    let told: Vec<_> = kept.iter().map(|of| (of.name.as_str(), of.value, of.person.as_str(), of.event)).collect();
    assert_eq!(told, [("gate.error.margin", 1.05, "Sara", 5), ("gate.slices.ratio", 1.3, "Sara", 4)]);
    let kinds: Vec<EventKind> = fixture.registry.events(3, None).unwrap().iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [EventKind::Threshold; 3]);
    assert_eq!(fixture.problems(), []);
}

#[test]
fn what_was_altered_is_found() {
    for (sql, problem) in [
        ("UPDATE thresholds SET value = 9", Problem::RowAltered { seq: 3, table: "thresholds" }),
        ("DELETE FROM thresholds", Problem::RowMissing { seq: 3 }),
    ] {
        let mut fixture = Fixture::new();
        fixture.registry.set_threshold("gate.error.margin", 1.02, "be careful", "Sara", at(110)).unwrap();
        tamper(&fixture, sql);
        assert!(fixture.problems().contains(&problem), "{sql}: {:?}", fixture.problems());
    }
}

//! The mapping file: read strictly, written so that it reads the same.

use super::*;

const EVERYTHING: &str = "
zone: Asia/Tehran
zones: { Warszawa: Europe/Warsaw }
encoding: windows-1256
table: visits
header: true
delimiter: semicolon
missing: ['-', 'NULL']
missing_in: { q_start: ['0:00:00'] }
corrections:
  - { column: came, starts_with: '2020-12-3', replace_with: '2019-12-3', reason: week-year }
checks:
  wait_cap_minutes: 300
  actions: { doubtful: quarantine }
not_visits: [{ column: end, values: [test] }]
doubtful: [{ column: first, values: ['1'], reason: 'no: the ticket is an estimate' }]
personal: { customer: hash, remark: leave_out, nick: keep }
priority_order: low_first
visit:
  visit_id: [id, no]
  site: { value: 'یک مرکز' }
  service: { column: خدمت }
  arrived: { date: came, time: at, dates: jalali }
  called: { after: arrived, plus: wait, unit: clock, only: { column: end, values: [served] } }
  stated_wait: { column: q_time, unit: seconds, from: q_start, to: q_end }
extras: { note: remark }
";

#[test]
fn what_is_written_is_read_as_the_same_mapping() {
    let mapping = Mapping::from_yaml(EVERYTHING).unwrap();
    let text = mapping.to_yaml().unwrap();
    assert_eq!(Mapping::from_yaml(&text).unwrap(), mapping);
    assert_eq!(Mapping::from_yaml(&text).unwrap().to_yaml().unwrap(), text);
    let names = mapping.columns();
    for name in ["q_start", "q_end", "wait", "end", "first", "remark", "خدمت", "at"] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    let plain = Mapping::canonical(&["site", "service", "arrived_at"].map(str::to_owned)).unwrap();
    let text = plain.to_yaml().unwrap();
    assert!(text.lines().count() < 12, "what is as by default is not written: {text}");
}

#[test]
fn a_field_that_there_is_not_is_refused() {
    for (right, wrong) in [
        ("zones:", "zonen:"),
        ("unit: clock", "unit: days"),
        ("dates: jalali", "dates: lunar"),
        ("low_first", "lowest"),
        ("utf", "utf"),
        ("from: q_start", "since: q_start"),
        ("hash", "hashed"),
        ("windows-1256", "latin-1"),
    ] {
        let changed = EVERYTHING.replacen(right, wrong, 1);
        if changed != EVERYTHING {
            assert!(matches!(Mapping::from_yaml(&changed), Err(MappingError::Unreadable { .. })), "{wrong}");
        }
    }
}

#[test]
fn files_of_one_shape_are_known_by_their_columns() {
    let shape = |names: [&str; 3]| Mapping::shape_digest(&names.map(str::to_owned));
    let first = shape(["arrivalTime", "زمان ورود", "Queue_ID"]);
    assert_eq!(first, shape(["arrival_time", "زمان\u{200c}ورود", "queue id"]));
    assert_ne!(first, shape(["زمان ورود", "arrival_time", "queue id"]));
    assert_eq!(normal_name("مرکز شماره ۲ (كرج)"), "مرکز شماره 2 کرج");
    assert_eq!(normal_name("vru+line"), "vru line");
}

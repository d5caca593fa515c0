//! Rows through a plan: what is read, what is marked, what is set aside.

use proptest::prelude::*;

use super::*;
use crate::analysis::history::Channel;
use crate::base::Moment;

fn plan(yaml: &str, columns: &[&str]) -> Plan {
    let columns: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
    Plan::resolve(&Mapping::from_yaml(yaml).unwrap(), &columns).unwrap()
}

fn moment(text: &str) -> Option<Moment> {
    Some(Moment::parse_rfc3339(text).unwrap())
}

const COLUMNS: [&str; 9] = ["id", "site", "service", "came", "called", "done", "wait", "pri", "kind"];
const YAML: &str = "
zone: Asia/Tehran
zones: { Warsaw: Europe/Warsaw }
missing: ['-']
missing_in: { done: ['0:00:00'] }
doubtful: [{ column: kind, values: [maybe], reason: the ticket is an estimate }]
visit:
  visit_id: [id]
  site: { column: site }
  service: { column: service }
  arrived: { column: came }
  called: { column: called }
  finished: { column: done }
  stated_wait: { column: wait, unit: seconds }
  priority: pri
  channel: { column: kind, walk_in: [w], booked: [b] }
";
const ROW: [&str; 9] =
    ["1", "Karaj", "cash", "2026-11-23 08:00", "2026-11-23 08:05:00", "2026-11-23T08:06Z", "300", "2", "b"];

/// [`ROW`] with other cells in some columns.
fn row(changes: &[(&str, &'static str)]) -> Vec<&'static str> {
    let mut cells = ROW.to_vec();
    for (column, cell) in changes {
        cells[COLUMNS.iter().position(|name| name == column).unwrap()] = cell;
    }
    cells
}

#[test]
fn an_ordinary_row_borrows_its_texts() {
    let plan = plan(YAML, &COLUMNS);
    let visit = plan.read(&ROW, &mut plan.clocks()).unwrap();
    assert!(matches!(visit.visit_id, std::borrow::Cow::Borrowed("1")));
    assert!(matches!(visit.site, std::borrow::Cow::Borrowed("Karaj")));
    assert_eq!(Some(visit.arrived), moment("2026-11-23T04:30:00Z"));
    assert_eq!(visit.called, moment("2026-11-23T04:35:00Z"));
    assert_eq!(visit.finished, moment("2026-11-23T08:06:00Z"));
    assert_eq!((visit.priority, visit.channel), (Some(2), Some(Channel::Booked)));
    assert_eq!(visit.stated_wait_millis, Some(300_000));
    assert!(visit.marks.is_empty());
}

#[test]
fn every_finding_has_its_mark_or_sets_the_row_aside() {
    let lenient =
        YAML.to_owned() + "checks:\n  actions: { bad_call: repair, bad_finish: repair, bad_priority: repair }\n";
    let strict = YAML.to_owned()
        + "checks:\n  actions: { ambiguous_hour: quarantine, skipped_hour: quarantine, doubtful: quarantine }\n";
    let (lenient, strict) = (plan(&lenient, &COLUMNS), plan(&strict, &COLUMNS));
    for (changes, check, stricter) in [
        (vec![("site", " Karaj ")], Check::PaddedCells, false),
        (vec![("kind", "maybe")], Check::Doubtful, true),
        (vec![("called", "soon")], Check::BadCall, true),
        (vec![("done", "later")], Check::BadFinish, true),
        (vec![("pri", "1000")], Check::BadPriority, true),
        (vec![("pri", "high")], Check::BadPriority, true),
        (vec![("came", "2021-09-21 23:30"), ("called", "-"), ("done", "-")], Check::AmbiguousHour, true),
        (vec![("came", "2021-03-22 00:30"), ("called", "-"), ("done", "-")], Check::SkippedHour, true),
    ] {
        let cells = row(&changes);
        let visit = lenient.read(&cells, &mut lenient.clocks()).unwrap();
        assert_eq!(visit.marks.iter().collect::<Vec<_>>(), [check], "{changes:?}");
        let strictly = strict.read(&cells, &mut strict.clocks());
        if stricter {
            assert_eq!(strictly, Err(check), "{changes:?}");
        } else {
            assert_eq!(strictly.map(|visit| visit.site.into_owned()).as_deref(), Ok("Karaj"));
        }
    }
    for (changes, check) in [
        (vec![("site", " ")], Check::NoSite),
        (vec![("service", "-")], Check::NoService),
        (vec![("came", "-")], Check::NoArrival),
        (vec![("came", "2026-11-31 08:00")], Check::BadArrival),
        (vec![("id", "")], Check::NoVisitId),
    ] {
        assert_eq!(lenient.read(&row(&changes), &mut lenient.clocks()), Err(check));
    }
}

#[test]
fn hours_that_came_twice_or_never_are_decided_and_zones_go_by_site() {
    let plan = plan(YAML, &COLUMNS);
    let mut clocks = plan.clocks();
    let mut arrived = |site: &'static str, came: &'static str| {
        let cells = row(&[("site", site), ("came", came), ("called", "-")]);
        Some(plan.read(&cells, &mut clocks).unwrap().arrived)
    };
    assert_eq!(arrived("Karaj", "2021-09-21 23:30"), moment("2021-09-21T19:00:00Z"));
    assert_eq!(arrived("Karaj", "2021-03-22 00:30"), moment("2021-03-21T21:00:00Z"));
    assert_eq!(arrived("Karaj", "2023-09-21 23:30"), moment("2023-09-21T20:00:00Z"));
    // One day's text in two zones.
    for _ in 0..2 {
        assert_eq!(arrived("Karaj", "2026-11-23 08:00"), moment("2026-11-23T04:30:00Z"));
        assert_eq!(arrived("Warsaw", "2026-11-23 08:00"), moment("2026-11-23T07:00:00Z"));
    }
}

/// Made by `tests/golden/zones.py`.
const ZONES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/zones.json"));

#[derive(serde::Deserialize)]
struct Zones {
    cases: Vec<(String, String, i64, String)>,
}

#[test]
fn wall_clocks_agree_with_zoneinfo() {
    let zones: Zones = serde_json::from_str(ZONES).unwrap();
    assert!(zones.cases.len() > 1_500);
    let mut plans: HashMap<String, (Plan, Clocks)> = HashMap::new();
    for (zone, local, seconds, finding) in &zones.cases {
        plans.entry(zone.clone()).or_insert_with(|| {
            let plan = plan(&YAML.replace("Asia/Tehran", zone), &COLUMNS);
            let clocks = plan.clocks();
            (plan, clocks)
        });
        let (plan, clocks) = plans.get_mut(zone).unwrap();
        let mut cells = ROW.to_vec();
        (cells[3], cells[4]) = (local, "");
        let visit = plan.read(&cells, clocks).unwrap();
        assert_eq!(visit.arrived.millis(), seconds * 1_000, "{zone} {local}");
        let expected: &[Check] = match finding.as_str() {
            "ambiguous" => &[Check::AmbiguousHour],
            "skipped" => &[Check::SkippedHour],
            _ => &[],
        };
        assert_eq!(visit.marks.iter().collect::<Vec<_>>(), expected, "{zone} {local}");
    }
}

#[test]
#[ignore = "a measurement"]
fn what_a_row_costs() {
    let yaml = "
visit:
  visit_id: [id]
  site: { column: site }
  service: { column: service }
  arrived: { column: came }
  called: { column: called }
  finished: { column: done }
  priority: pri
  channel: { column: kind, walk_in: [walk_in], booked: [booked] }
";
    let plan = plan(yaml, &["id", "site", "service", "came", "called", "done", "pri", "kind"]);
    let rows: Vec<[String; 8]> = (0..100_000_i64)
        .map(|n| {
            let at = |seconds: i64| {
                let minute = 480 + n / 40 % 600;
                format!(
                    "2025-{:02}-{:02} {:02}:{:02}:{seconds:02}",
                    n / 9_000 + 1,
                    n / 330 % 28 + 1,
                    minute / 60,
                    minute % 60
                )
            };
            [
                n.to_string(),
                format!("site {}", n % 50),
                "cash".into(),
                at(1),
                at(2),
                at(3),
                "1".into(),
                "walk_in".into(),
            ]
        })
        .collect();
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let mut clocks = plan.clocks();
    let start = std::time::Instant::now();
    let read: usize = (0..20).map(|_| rows.iter().filter(|row| plan.read(row, &mut clocks).is_ok()).count()).sum();
    println!("{read} rows, {:.0} ns each", start.elapsed().as_nanos() as f64 / read as f64);
}

#[test]
fn a_word_for_nothing_holds_in_its_own_column() {
    let plan = plan(YAML, &COLUMNS);
    let visit =
        plan.read(&row(&[("done", "0:00:00")]), &mut plan.clocks()).unwrap_or_else(|check| panic!("{check:?}"));
    assert_eq!(visit.finished, None);
    assert_eq!(plan.read(&row(&[("called", "0:00:00")]), &mut plan.clocks()), Err(Check::BadCall));
}

#[test]
fn a_date_and_a_clock_of_their_own_and_lengths() {
    let yaml = "
zone: Asia/Jerusalem
missing_in: { start: ['0:00:00'], end: ['0:00:00'] }
visit:
  site: { value: Bank }
  service: { column: type }
  arrived: { date: date, time: exit, dates: yymmdd }
  called: { after: arrived, plus: q, unit: seconds, only: { column: outcome, values: [AGENT] } }
  left: { after: arrived, plus: q, unit: seconds, only: { column: outcome, values: [HANG] } }
  stated_wait: { column: q, unit: seconds, from: start, to: end }
";
    let plan = plan(yaml, &["type", "date", "exit", "start", "end", "q", "outcome"]);
    let mut clocks = plan.clocks();
    let mut read = |cells: [&'static str; 7]| plan.read(&cells, &mut clocks).unwrap();
    let hung = read(["PS", "990101", "0:00:36", "0:00:36", "0:03:09", "153", "HANG"]);
    assert_eq!((Some(hung.arrived), hung.called), (moment("1998-12-31T22:00:36Z"), None));
    assert_eq!(hung.left, moment("1998-12-31T22:03:09Z"));
    assert!(hung.marks.is_empty());
    let served = read(["PS", "990101", "8:03:24", "0:00:00", "0:00:00", "0", "AGENT"]);
    assert_eq!(served.called, Some(served.arrived));
    assert!(served.marks.is_empty());
    let wrong = read(["PS", "990101", "8:03:24", "8:03:24", "8:05:24", "1", "AGENT"]);
    assert!(wrong.marks.has(Check::WaitDisagrees));
    let past_midnight = read(["PS", "990101", "23:59:58", "23:59:58", "00:00:08", "10", "AGENT"]);
    assert!(past_midnight.marks.is_empty());
}

proptest! {
    #[test]
    fn no_row_of_cells_makes_it_panic(cells in prop::collection::vec("\\PC{0,24}|[0-9: -]{0,20}", 0..12)) {
        let plan = plan(YAML, &COLUMNS);
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let _ = plan.read(&cells, &mut plan.clocks());
    }

    #[test]
    fn a_remembered_day_changes_nothing(
        minutes in prop::collection::vec(26_800_000_i64..27_900_000, 1..40),
        zone in prop::sample::select(vec!["Asia/Tehran", "Europe/Warsaw", "America/New_York"]),
    ) {
        let yaml = YAML.replace("Asia/Tehran", zone);
        let plan = plan(&yaml, &COLUMNS);
        let mut kept = plan.clocks();
        for minute in minutes {
            let moment = Moment::from_seconds(minute * 60).unwrap();
            let local = plan.zones[0].clock().local(moment);
            let text = format!("{} {:02}:{:02}", local.date(), local.hour(), local.minute());
            let mut cells = ROW.to_vec();
            cells[3] = &text;
            cells[4] = "";
            let fresh = plan.read(&cells, &mut plan.clocks());
            prop_assert_eq!(plan.read(&cells, &mut kept), fresh.clone());
            let fresh = fresh.unwrap();
            // The first of two moments that the clock shows alike.
            let earlier = fresh.arrived.minutes_since(moment).get();
            prop_assert!(fresh.arrived == moment || fresh.marks.has(Check::AmbiguousHour) && earlier == -60.0);
        }
    }
}

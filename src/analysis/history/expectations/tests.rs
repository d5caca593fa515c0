//! A contract made from a history holds for it and for the next one, and names what is off in a bad one.

use std::sync::LazyLock;

use super::*;
use crate::analysis::history::{History, Visits};
use crate::analysis::simulation::{Recipe, simulate};
use crate::base::calendar::Zone;
use crate::base::{Moment, Task};

const SAMPLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/recipe.yaml"));

static VISITS: LazyLock<Visits> =
    LazyLock::new(|| simulate(&Recipe::from_yaml(SAMPLE).unwrap(), &Task::default()).unwrap());

fn rows(keep: impl Fn(usize) -> bool) -> Visits {
    VISITS.take(&(0..VISITS.len()).filter(|row| keep(*row)).collect::<Vec<_>>())
}

fn profile(visits: Visits) -> Profile {
    Profile::of(&History::new(Zone::default(), visits), &Task::default()).unwrap()
}

fn a_day_after(profile: &Profile) -> Moment {
    profile.last.unwrap().plus_millis(86_400_000).unwrap()
}

fn fields(violations: &[Violation]) -> Vec<&str> {
    violations.iter().map(|violation| violation.field.as_str()).collect()
}

#[test]
fn a_contract_holds_for_its_own_history_and_for_the_months_after() {
    let half = VISITS.len() / 2;
    let learned = profile(rows(|row| row < half));
    let expectations = Expectations::from_profile(&learned);
    assert_eq!(expectations.check(&learned, a_day_after(&learned)), []);
    let later = profile(rows(|row| row >= half));
    let off = expectations.check(&later, a_day_after(&later));
    // In the sample's second half a site opened and Ramadan began; neither is a breach, but quiet days may be.
    assert!(off.iter().all(|violation| violation.field.starts_with("visits_a_day.")), "{off:?}");
    let yaml = expectations.to_yaml().unwrap();
    assert_eq!(Expectations::from_yaml(&yaml).unwrap(), expectations, "{yaml}");
    assert!(expectations.visits_a_day.contains_key(&Weekday::Saturday));
    assert_eq!(expectations.columns["arrived_at"].missing_share_at_most, Some(0.0));
}

#[test]
fn what_is_off_is_named() {
    let good = profile(VISITS.clone());
    let expectations = Expectations::from_profile(&good);
    let now = a_day_after(&good);
    let off = |visits: Visits| expectations.check(&profile(visits), now);

    let gone = VISITS.site.name(0).to_owned();
    let violations = off(rows(|row| VISITS.site.get(row) != gone));
    let sites = violations.iter().find(|violation| violation.field == "sites").unwrap();
    assert_eq!((sites.expected.as_str(), sites.found.as_str()), (gone.as_str(), "—"));

    // A month without a file.
    let late = now.plus_millis(30 * 86_400_000).unwrap();
    assert_eq!(fields(&expectations.check(&good, late)), ["newest_within_hours"]);

    // One visit in ten on one Monday.
    let monday = good.days.iter().filter(|day| day.date.weekday() == Weekday::Monday).nth(5).unwrap().date;
    let mut clock = Zone::default().clock();
    let on_monday: Vec<bool> = VISITS.arrived.iter().map(|moment| clock.local(*moment).date() == monday).collect();
    let violations = off(rows(|row| !on_monday[row] || row % 10 == 0));
    assert_eq!(fields(&violations), ["visits_a_day.monday"]);
    assert!(violations[0].found.starts_with(&monday.to_string()), "{violations:?}");

    // Waits three times as long, priorities that are out of range or missing, nobody booked.
    let mut changed = VISITS.clone();
    for row in 0..changed.len() {
        let arrived = changed.arrived[row];
        changed.called[row] =
            changed.called[row].and_then(|called| arrived.plus_millis(3 * (called.millis() - arrived.millis())));
        changed.priority.set(row, (row % 2 == 0).then_some(200));
        changed.channel.set(row, None);
        changed.open_counters.set(row, None);
    }
    let violations = off(changed);
    for field in [
        "columns.priority.missing_share_at_most",
        "columns.priority.numbers",
        "columns.channel",
        "columns.open_counters",
        "median_wait_minutes",
        "p90_wait_minutes",
    ] {
        assert!(fields(&violations).contains(&field), "{field}: {violations:?}");
    }
}

#[test]
fn values_that_are_not_allowed_are_named_and_no_data_meets_nothing() {
    let good = profile(rows(|row| row < 5_000));
    let mut expectations = Expectations::from_profile(&good);
    let service = expectations.columns.get_mut("service").unwrap();
    let dropped = service.allowed.as_mut().unwrap().pop().unwrap();
    let violations = expectations.check(&good, a_day_after(&good));
    assert_eq!(fields(&violations), ["columns.service.allowed"]);
    assert_eq!(violations[0].found, dropped);

    let nothing = Expectations::from_profile(&good).check(&Profile::default(), a_day_after(&good));
    for field in ["columns.site", "sites", "newest_within_hours", "served_share", "median_wait_minutes"] {
        assert!(fields(&nothing).contains(&field), "{field}: {nothing:?}");
    }
    assert_eq!(Expectations::default().check(&Profile::default(), a_day_after(&good)), []);
    assert_eq!(Expectations::from_profile(&Profile::default()), Expectations::default());
}

#[test]
fn contracts_are_read_strictly() {
    let limit = |yaml: &str| match Expectations::from_yaml(yaml) {
        Err(ExpectationsError::Limit { field }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(limit("visits_a_day: { monday: { low: 9, high: 1 } }"), "visits_a_day.monday");
    assert_eq!(
        limit("columns: { priority: { missing_share_at_most: 1.5 } }"),
        "columns.priority.missing_share_at_most"
    );
    assert_eq!(limit("newest_within_hours: -1"), "newest_within_hours");
    assert_eq!(limit("served_share: { low: .nan }"), "served_share");
    for wrong in ["columns: [", "colums: {}", "visits_a_day: { someday: { low: 1 } }", "sites: 7"] {
        let error = Expectations::from_yaml(wrong).unwrap_err();
        assert!(matches!(error, ExpectationsError::Unreadable { .. }), "{wrong}: {error:?}");
    }
    let open = Expectations::from_yaml("visits_a_day: { friday: { high: 0 } }").unwrap();
    assert_eq!(open.visits_a_day[&Weekday::Friday].to_string(), "≤ 0");
}

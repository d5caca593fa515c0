//! Dirt that is planted in a simulated history is found, all of it and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::*;
use crate::analysis::history::Texts;
use crate::analysis::simulation::{Recipe, simulate};
use crate::base::calendar::CivilDate;

const SAMPLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/recipe.yaml"));
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// Half a year of twelve sites, without the scenarios of the sample: nothing is wrong with it.
static CLEAN: LazyLock<Visits> = LazyLock::new(|| {
    let mut recipe = Recipe::from_yaml(SAMPLE).unwrap();
    for kind in recipe.scenarios().iter().map(|scenario| scenario.kind()).collect::<Vec<_>>() {
        recipe.switch(kind, false);
    }
    simulate(&recipe, &Task::default()).unwrap()
});

fn checked(visits: &mut Visits, settings: &CheckSettings) -> TableAccount {
    let place = |row: usize| row.to_string();
    let context = TableContext {
        place: &place,
        file_starts: &[0],
        zone: &Zone::default(),
        zones: &BTreeMap::new(),
        settings,
        now: Moment::parse_rfc3339("2026-03-20T00:00:00Z").unwrap(),
    };
    check_table(visits, &context, &Task::default()).unwrap()
}

fn only_finding(account: &TableAccount) -> &Finding {
    assert_eq!(account.findings.len(), 1, "{:?}", account.findings);
    &account.findings[0]
}

fn move_row(visits: &mut Visits, row: usize, by: i64) {
    let moved = |moment: &mut Moment| *moment = moment.plus_millis(by).unwrap();
    moved(&mut visits.arrived[row]);
    for column in [&mut visits.called, &mut visits.finished, &mut visits.left] {
        column[row].iter_mut().for_each(moved);
    }
    let mut booked = visits.booked_for[row];
    booked.iter_mut().for_each(moved);
    visits.booked_for.set(row, booked);
}

fn local(visits: &Visits, row: usize) -> LocalTime {
    Zone::default().clock().local(visits.arrived[row])
}

fn rows_where(visits: &Visits, keep: impl Fn(usize, LocalTime) -> bool) -> Vec<usize> {
    let mut clock = Zone::default().clock();
    (0..visits.len()).filter(|row| keep(*row, clock.local(visits.arrived[*row]))).collect()
}

fn without(visits: &Visits, gone: &[usize]) -> Visits {
    let gone: BTreeSet<usize> = gone.iter().copied().collect();
    visits.take(&(0..visits.len()).filter(|row| !gone.contains(row)).collect::<Vec<_>>())
}

/// The busiest site, where the most can be told.
fn busiest(visits: &Visits) -> String {
    let count =
        |name: &&String| visits.site.codes().iter().filter(|code| visits.site.name(**code) == **name).count();
    visits.site.names().iter().max_by_key(count).unwrap().clone()
}

#[test]
fn nothing_is_found_in_a_clean_history() {
    let mut visits = CLEAN.clone();
    let account = checked(&mut visits, &CheckSettings::default());
    assert_eq!(account, TableAccount { rows: visits.len(), ..TableAccount::default() });
    assert_eq!(visits, *CLEAN);
}

#[test]
fn the_year_of_the_week_is_mended() {
    let mut visits = CLEAN.clone();
    let turn =
        rows_where(&visits, |_, local| (29..=31).contains(&local.date().day()) && local.date().month() == 12);
    assert!(turn.len() > 500);
    // 2025-12-29 to 31 belong to the first ISO week of 2026.
    turn.iter().for_each(|row| move_row(&mut visits, *row, 365 * DAY));
    let dirty = visits.clone();
    let account = checked(&mut visits, &CheckSettings::default());
    let finding = only_finding(&account);
    assert_eq!((finding.check, finding.action), (Check::WrongYear, Action::Repair));
    assert_eq!(finding.count, turn.len() as u64);
    assert_eq!(finding.examples[0], format!("{}: 2026-12-29 → 2025-12-29", turn[0]));
    assert!(turn.iter().all(|row| account.is_repaired(*row)) && !account.is_repaired(turn[0] - 1));
    assert_eq!(visits, *CLEAN);

    // Set aside: nothing is changed, and only those rows are named.
    let mut visits = dirty;
    let mut settings = CheckSettings::default();
    settings.actions.insert(Check::WrongYear, Action::Quarantine);
    let account = checked(&mut visits, &settings);
    let aside: Vec<usize> =
        account.aside().iter().filter(|(_, check)| *check == Check::WrongYear).map(|(row, _)| *row).collect();
    assert_eq!(aside, turn);
    assert!(account.aside().windows(2).all(|pair| pair[0].0 < pair[1].0));
}

#[test]
fn a_december_among_its_neighbours_is_left_alone() {
    // The whole history a year later has a real turn of the year, too, and nothing else near its week-year dates.
    let mut visits = CLEAN.clone();
    (0..visits.len()).for_each(|row| move_row(&mut visits, row, -364 * DAY));
    let before = visits.clone();
    assert_eq!(checked(&mut visits, &CheckSettings::default()).findings, []);
    assert_eq!(visits, before);
    // One day alone says nothing about its year.
    let day = rows_where(&CLEAN, |_, local| local.date().to_string() == "2025-12-30");
    let mut visits = CLEAN.take(&day);
    let account = checked(&mut visits, &CheckSettings::default());
    assert_eq!(account.findings, []);
    assert!(
        account.not_evaluated.iter().any(|not| (not.check, not.why, not.n) == (Check::WrongYear, Why::FewDays, 0))
    );
}

#[test]
fn another_century_is_mended_and_the_future_is_set_aside() {
    let mut visits = CLEAN.clone();
    let day = rows_where(&visits, |_, local| local.date().to_string() == "2026-01-10");
    // From 1926-01-10 to 2026-01-10 there are 36,525 days.
    day.iter().for_each(|row| move_row(&mut visits, *row, -36_525 * DAY));
    let last = visits.len() - 1;
    for row in [100, 200, last] {
        move_row(&mut visits, row, 40 * 365 * DAY);
    }
    let dirty = visits.clone();
    let account = checked(&mut visits, &CheckSettings::default());
    let found: Vec<(Check, Action, u64)> =
        account.findings.iter().map(|finding| (finding.check, finding.action, finding.count)).collect();
    let expected =
        [(Check::WrongCentury, Action::Repair, day.len() as u64), (Check::FutureDate, Action::Quarantine, 3)];
    // The clocks of the sites go forth and back by decades at those rows.
    assert_eq!(found[..2], expected, "{:?}", account.findings);
    assert!(found[2..].iter().all(|(check, ..)| *check == Check::ClockJump) || found.len() == 2, "{found:?}");
    assert_eq!(account.aside(), [(100, Check::FutureDate), (200, Check::FutureDate), (last, Check::FutureDate)]);
    // The clock on the wall shows the same time, a hundred years later.
    let (before, after) = (local(&dirty, day[0]), local(&visits, day[0]));
    assert_eq!((before.minute_of_day(), before.second()), (after.minute_of_day(), after.second()));
    assert_eq!(
        (before.date().to_string(), after.date().to_string()),
        ("1926-01-10".to_owned(), "2026-01-10".to_owned())
    );
}

#[test]
fn near_duplicates_of_names_become_the_most_frequent() {
    let mut visits = CLEAN.clone();
    let spelled = |name: &str, variant: usize| match variant {
        0 => name.replace('ک', "ك"),
        1 => name.replace(' ', "\u{200c}"),
        _ => format!("{name} ."),
    };
    let mut site = crate::analysis::history::Categories::default();
    let mut changed = 0;
    for row in 0..visits.len() {
        let name = visits.site.get(row);
        let written = if row % 10 == 0 { spelled(name, row / 10 % 3) } else { name.to_owned() };
        changed += u64::from(written != name);
        site.push(&written);
    }
    visits.site = site;
    let dirty = visits.clone();
    let account = checked(&mut visits, &CheckSettings::default());
    let finding = only_finding(&account);
    assert_eq!((finding.check, finding.count), (Check::NearDuplicateName, changed));
    assert_eq!((0..visits.len()).filter(|row| account.is_repaired(*row)).count() as u64, changed);
    assert_eq!(visits, *CLEAN);
    assert_eq!(visits.site.names().len(), CLEAN.site.names().len());
    assert!(visits.site.names().iter().all(|name| visits.site.find(name).is_some()));

    let mut visits = dirty.clone();
    let mut settings = CheckSettings::default();
    settings.actions.insert(Check::NearDuplicateName, Action::Accept);
    let account = checked(&mut visits, &settings);
    assert!(account.findings.iter().any(|finding| (finding.action, finding.count) == (Action::Accept, changed)));
    assert_eq!(visits, dirty);
}

#[test]
fn clocks_that_jump_or_stand_still_are_found() {
    let mut visits = CLEAN.clone();
    let site = busiest(&visits);
    let rows = rows_where(&visits, |row, local| CLEAN.site.get(row) == site && local.hour() == 10);
    // Three times, twenty visits of the site are an hour and a half early.
    for start in [500, 1_500, 2_500] {
        for row in &rows[start..start + 20] {
            visits.arrived[*row] = visits.arrived[*row].plus_millis(-HOUR * 3 / 2).unwrap();
        }
    }
    let mut expected = 0;
    let mut last: Option<Moment> = None;
    for row in rows_where(&visits, |row, _| CLEAN.site.get(row) == site) {
        let arrived = visits.arrived[row];
        expected += u64::from(last.is_some_and(|last| last.millis() - arrived.millis() > 5 * 60_000));
        last = Some(arrived);
    }
    assert!(expected >= 3);
    let account = checked(&mut visits, &CheckSettings::default());
    let jumps: Vec<&Finding> =
        account.findings.iter().filter(|finding| finding.check == Check::ClockJump).collect();
    assert_eq!(jumps[0].count, expected);
    assert!(jumps[0].examples[0].starts_with(&format!("{}: ", rows[500])), "{jumps:?}");

    let mut visits = CLEAN.clone();
    let stuck = &rows[2_000..2_030];
    let instant = visits.arrived[stuck[0]];
    stuck.iter().for_each(|row| visits.arrived[*row] = instant);
    let account = checked(&mut visits, &CheckSettings::default());
    let finding = account.findings.iter().find(|finding| finding.check == Check::StuckClock).unwrap();
    assert_eq!(finding.count, 30, "{finding:?}");
    assert!(finding.examples[0].starts_with(&site) && finding.examples[0].ends_with("× 30"), "{finding:?}");
}

#[test]
fn rows_in_no_order_say_nothing_about_clocks() {
    let mut order: Vec<usize> = (0..CLEAN.len()).collect();
    order.sort_by_key(|row| (*row as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20);
    let account = checked(&mut CLEAN.take(&order), &CheckSettings::default());
    assert_eq!(account.findings, []);
    let sites = CLEAN.site.names().len() as u64;
    let expected = NotEvaluated { check: Check::ClockJump, why: Why::NotInOrder, n: sites, needed: sites };
    assert_eq!(account.not_evaluated, [expected]);
    // From the newest to the oldest is an order.
    let newest_first: Vec<usize> = (0..CLEAN.len()).rev().collect();
    assert_eq!(checked(&mut CLEAN.take(&newest_first), &CheckSettings::default()).not_evaluated, []);
}

#[test]
fn sites_and_hours_that_are_not_there_are_missed() {
    let site = busiest(&CLEAN);
    let other = CLEAN.site.names().iter().find(|name| **name != site).unwrap().clone();
    let date = |text: &str| text.parse::<CivilDate>().unwrap();
    let silent =
        rows_where(&CLEAN, |row, local| CLEAN.site.get(row) == other && local.date() > date("2026-02-10"));
    let account = checked(&mut without(&CLEAN, &silent), &CheckSettings::default());
    let finding = only_finding(&account);
    assert_eq!((finding.check, finding.count), (Check::VanishedSite, 1));
    assert!(finding.examples[0].starts_with(&format!("{other}: 2026-02-")), "{finding:?}");

    let silent =
        rows_where(&CLEAN, |row, local| CLEAN.site.get(row) == other && local.date() < date("2025-11-10"));
    let account = checked(&mut without(&CLEAN, &silent), &CheckSettings::default());
    assert_eq!(only_finding(&account).check, Check::AppearedSite);

    // Four Sundays on which nothing was recorded between ten and twelve.
    let days = ["2025-10-12", "2025-11-09", "2025-12-14", "2026-02-08"];
    let gone = rows_where(&CLEAN, |row, local| {
        CLEAN.site.get(row) == site
            && (10..12).contains(&local.hour())
            && days.contains(&local.date().to_string().as_str())
    });
    let account = checked(&mut without(&CLEAN, &gone), &CheckSettings::default());
    let finding = only_finding(&account);
    assert_eq!((finding.check, finding.count), (Check::MissingHours, 4), "{finding:?}");
    assert_eq!(finding.examples[0], format!("{site}: 2025-10-12 10, 11"));
}

#[test]
fn columns_that_say_nothing_or_too_much_are_found() {
    let mut visits = CLEAN.clone();
    let text = |cell: &dyn Fn(usize) -> Option<String>| -> Texts {
        let mut texts = Texts::default();
        (0..CLEAN.len()).for_each(|row| texts.push(cell(row).as_deref()));
        texts
    };
    let wait = |row: usize| CLEAN.wait(row).map(|wait| wait.get());
    let noise = |row: usize| ((row as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as f64 / 16_777_216.0;
    let columns: [(&str, Texts); 9] = [
        ("country", text(&|_| Some("IR".to_owned()))),
        ("empty", text(&|_| None)),
        ("a", text(&|row| wait(row).map(|wait| format!("{:.2}", wait * 3.0 + noise(row))))),
        ("b", text(&|row| CLEAN.called[row].map(|called| called.to_string()))),
        ("c", text(&|row| Some(if CLEAN.called[row].is_some() { "x" } else { "y" }.to_owned()))),
        ("duration", text(&|row| Some(noise(row).to_string()))),
        ("ticket", text(&|row| Some(row.to_string()))),
        ("colour", text(&|row| Some(["red", "green", "blue"][row % 3].to_owned()))),
        (
            "half",
            text(&|row| {
                wait(row).map(|wait| (wait + 60.0 * noise(row)).to_string()).or_else(|| Some("7".to_owned()))
            }),
        ),
    ];
    visits.extras.extend(columns.map(|(name, texts)| (name.to_owned(), texts)));
    let dirty = visits.clone();
    let account = checked(&mut visits, &CheckSettings::default());
    let of = |check: Check| account.findings.iter().find(|finding| finding.check == check).unwrap();
    assert_eq!(of(Check::ConstantColumn).examples, ["country = IR", "empty = —"]);
    assert_eq!((of(Check::LeakingColumn).count, of(Check::LeakingColumn).action), (4, Action::Repair));
    assert_eq!(account.left_out, ["a", "b", "c", "duration"]);
    assert_eq!(visits.extras.keys().collect::<Vec<_>>(), ["colour", "country", "empty", "half", "ticket"]);
    let mut settings = CheckSettings::default();
    settings.actions.insert(Check::LeakingColumn, Action::Accept);
    let mut visits = dirty.clone();
    assert_eq!(checked(&mut visits, &settings).left_out, Vec::<String>::new());
    assert_eq!(visits, dirty);
}

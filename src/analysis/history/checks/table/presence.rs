//! Sites and hours that are not there although they usually are.

use std::collections::{BTreeMap, BTreeSet};

use super::hours::{Cell, HourCounts};
use super::{Action, Check, TableAccount, Why};
use crate::analysis::history::Visits;
use crate::base::calendar::CivilDate;

/// A history of fewer days with visits says nothing about when a site began or ended.
const FEWEST_DAYS: usize = 10;
/// A site is not missed for fewer open days of the others than this.
const FEWEST_SILENT: usize = 5;
/// A usual day of the week is known from so many.
const FEWEST_WEEKDAYS: usize = 8;
/// An hour is usual where visits arrive in it on at least this share of the days on which the site is open.
const USUAL_SHARE: f64 = 0.8;
/// The chance of a finding in a history from which nothing is missing.
const FALSE_ALARM: f64 = 1e-3;

pub(super) fn check(visits: &Visits, hours: &HourCounts, account: &mut TableAccount) {
    let sites: Vec<&[Cell]> = hours.by_site().collect();
    comings_and_goings(visits, hours, &sites, account);
    missing_hours(visits, hours, &sites, account);
}

fn days_of(cells: &[Cell]) -> BTreeSet<i32> {
    cells.iter().map(|cell| cell.day()).collect()
}

fn name<'a>(visits: &'a Visits, cells: &[Cell]) -> &'a str {
    let code = cells.first().map(|cell| cell.site());
    code.and_then(|code| visits.site.names().get(code)).map_or("", String::as_str)
}

fn date(day: i32) -> String {
    CivilDate::from_epoch_days(day).map_or_else(|| day.to_string(), |date| date.to_string())
}

/// Sites that have no visits from some day on, or until some day, while others have.
///
/// With p, the share of all sites' days between a site's first and last on which it had visits, a silence of g such
/// days after (or before) them is unlikely where sites · (1 − p)^g < 10⁻³; and g is at least five.
fn comings_and_goings(visits: &Visits, hours: &HourCounts, sites: &[&[Cell]], account: &mut TableAccount) {
    let all: Vec<i32> = hours.days().into_keys().collect();
    for check in [Check::VanishedSite, Check::AppearedSite] {
        if sites.len() < 2 {
            account.cannot(check, Why::FewSites, sites.len(), 2);
        } else if all.len() < FEWEST_DAYS {
            account.cannot(check, Why::FewDays, all.len(), FEWEST_DAYS);
        }
    }
    if sites.len() < 2 || all.len() < FEWEST_DAYS {
        return;
    }
    for cells in sites {
        let days = days_of(cells);
        let (Some(&first), Some(&last)) = (days.first(), days.last()) else { continue };
        let before = all.partition_point(|day| *day < first);
        let after = all.len() - all.partition_point(|day| *day <= last);
        let span = all.len() - before - after;
        // One day more of each, so that a site that never missed a day is not certain to come tomorrow.
        #[expect(clippy::cast_precision_loss, reason = "counts of days")]
        let absent = (span + 1 - days.len()) as f64 / (span + 1) as f64;
        #[expect(clippy::cast_precision_loss, reason = "counts of days and sites")]
        let is_unlikely = |silent: usize| {
            silent >= FEWEST_SILENT && sites.len() as f64 * absent.powf(silent as f64) < FALSE_ALARM
        };
        let site = name(visits, cells);
        if is_unlikely(after) {
            account.find(Check::VanishedSite, Action::Accept, 1, || format!("{site}: {} → …", date(last)));
        }
        if is_unlikely(before) {
            account.find(Check::AppearedSite, Action::Accept, 1, || format!("{site}: … → {}", date(first)));
        }
    }
}

/// The visits of one site in one kind of day of the week.
#[derive(Default)]
struct UsualDay {
    days: Vec<(i32, [u32; 24])>,
}

/// Days on which a site that had visits lacks hours of its usual day.
///
/// An hour is usual on a day of the week where visits arrive in it on four of five such days. It is missing on a day
/// on which it has none, although so many are expected (its share of the usual day, times the day's other visits) that
/// the chance of none at all is below 10⁻³ over all the hours that are looked at.
/// The first and the last day of the history are not judged: exports begin and end in the middle of days.
fn missing_hours(visits: &Visits, hours: &HourCounts, sites: &[&[Cell]], account: &mut TableAccount) {
    let all = hours.days();
    let (first, last) = (all.keys().next().copied(), all.keys().next_back().copied());
    let is_whole = |day: i32| Some(day) != first && Some(day) != last;
    let mut unjudged = 0;
    let mut looked_at = 0_u64;
    let mut lacking = Vec::new();
    for (index, cells) in sites.iter().enumerate() {
        let weekdays = usual_days(cells);
        if weekdays.values().all(|usual| usual.days.len() < FEWEST_WEEKDAYS) {
            unjudged += 1;
        }
        for usual in weekdays.values().filter(|usual| usual.days.len() >= FEWEST_WEEKDAYS) {
            for (hour, share) in usual_hours(&usual.days) {
                for (day, counts) in usual.days.iter().filter(|(day, _)| is_whole(*day)) {
                    looked_at += 1;
                    if counts[hour] == 0 {
                        let others = f64::from(counts.iter().sum::<u32>());
                        lacking.push((index, *day, hour, others * share / (1.0 - share)));
                    }
                }
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a bound")]
    let enough = (looked_at.max(1) as f64 / FALSE_ALARM).ln();
    let mut days = BTreeMap::<(usize, i32), Vec<usize>>::new();
    for (index, day, hour, _) in lacking.into_iter().filter(|(.., expected)| *expected >= enough) {
        days.entry((index, day)).or_default().push(hour);
    }
    for ((index, day), mut hours) in days {
        hours.sort_unstable();
        let site = sites.get(index).map_or("", |cells| name(visits, cells));
        account.find(Check::MissingHours, Action::Accept, 1, || {
            let hours: Vec<String> = hours.iter().map(|hour| format!("{hour:02}")).collect();
            format!("{site}: {} {}", date(day), hours.join(", "))
        });
    }
    if unjudged > 0 {
        account.cannot(Check::MissingHours, Why::NoUsualDay, unjudged, sites.len());
    }
}

fn usual_days(cells: &[Cell]) -> BTreeMap<u8, UsualDay> {
    let mut weekdays = BTreeMap::<u8, UsualDay>::new();
    for cells in cells.chunk_by(|a, b| a.day() == b.day()) {
        let Some(day) = cells.first().map(|cell| cell.day()) else { continue };
        let mut counts = [0; 24];
        for cell in cells {
            counts[cell.hour_of_day()] += cell.count;
        }
        let weekday = CivilDate::from_epoch_days(day).map_or(0, |date| date.weekday().index());
        weekdays.entry(weekday).or_default().days.push((day, counts));
    }
    weekdays
}

/// The usual hours, with their shares of the day's visits.
fn usual_hours(days: &[(i32, [u32; 24])]) -> Vec<(usize, f64)> {
    let all: u64 = days.iter().flat_map(|(_, counts)| counts).copied().map(u64::from).sum();
    let mut usual = Vec::new();
    for hour in 0..24 {
        let with = days.iter().filter(|(_, counts)| counts[hour] > 0).count();
        let visits: u64 = days.iter().map(|(_, counts)| u64::from(counts[hour])).sum();
        #[expect(clippy::cast_precision_loss, reason = "counts of days and visits")]
        let (share_of_days, share) = (with as f64 / days.len() as f64, visits as f64 / all as f64);
        // A site with one hour only has no other visits to expect it from.
        if share_of_days >= USUAL_SHARE && share < 1.0 {
            usual.push((hour, share));
        }
    }
    usual
}

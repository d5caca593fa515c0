//! Dates that cannot be meant: in a wrong century, in the year of the week instead of their own, in the future.
//!
//! Days are judged, not rows: a day is compared with the other days of the history, and then all its rows move.

use std::collections::{BTreeMap, BTreeSet};

use super::hours::HourCounts;
use super::{Action, Check, TableAccount, TableContext, Why, written};
use crate::analysis::history::Visits;
use crate::base::Moment;
use crate::base::calendar::{CivilDate, LocalTime, WallClock, Weekday};

/// A date further than this from the median date, in days, may be of a wrong century: half of one.
const HALF_CENTURY: i32 = 18_262;
/// A misdated day lies at least so many days from every other day of the history …
const FAR: i32 = 60;
/// … and its right date at most so many: closed days around New Year are fewer.
const NEAR: i32 = 14;
/// So many other days with visits are needed to say what the history's time is.
const FEWEST_DAYS: usize = 5;
/// Weeks whose year exports confuse with the date's: ISO 8601 (Monday, four days), and those of locales whose weeks
/// start on Sunday or Saturday and count from the one with 1 January.
const WEEKS: [(Weekday, i32); 3] = [(Weekday::Monday, 4), (Weekday::Sunday, 1), (Weekday::Saturday, 1)];

pub(super) fn check(
    visits: &mut Visits,
    hours: &mut HourCounts,
    context: &TableContext<'_>,
    account: &mut TableAccount,
) {
    let moved = wrong_centuries(&hours.days());
    if treat(visits, Check::WrongCentury, &moved, context, account) {
        *hours = HourCounts::of(visits, &context.zones());
    }
    let days = hours.days();
    let years = wrong_years(&days);
    if let Err(n) = years {
        account.cannot(Check::WrongYear, Why::FewDays, n, FEWEST_DAYS);
    }
    if treat(visits, Check::WrongYear, &years.unwrap_or_default(), context, account) {
        *hours = HourCounts::of(visits, &context.zones());
    }
    account.moved.clone_from(&account.repaired);
    futures(visits, context, account);
}

/// Days that lie whole centuries from nearly all others, with the days that are meant.
fn wrong_centuries(days: &BTreeMap<i32, u64>) -> BTreeMap<i32, i32> {
    let all: u64 = days.values().sum();
    let mut below = 0;
    let median = days.iter().find(|(_, count)| {
        below += *count;
        below * 2 >= all
    });
    let Some((&median, _)) = median else { return BTreeMap::new() };
    let Some(median_year) = CivilDate::from_epoch_days(median).map(CivilDate::year) else {
        return BTreeMap::new();
    };
    let is_far = |day: i32| (day - median).abs() > HALF_CENTURY;
    let near = || days.keys().copied().filter(|day| !is_far(*day));
    let (Some(first), Some(last)) = (near().min(), near().max()) else { return BTreeMap::new() };
    let mut moved = BTreeMap::new();
    for &day in days.keys().filter(|day| is_far(**day)) {
        let meant = CivilDate::from_epoch_days(day).and_then(|date| {
            let (year, month, day) = date.parts();
            let years = f64::from(median_year) - f64::from(year);
            #[expect(clippy::cast_possible_truncation, reason = "dates have years of four digits")]
            let centuries = (years / 100.0).round() as i16;
            CivilDate::new(year.checked_add(centuries.checked_mul(100)?)?, month, day)
        });
        if let Some(meant) = meant.map(CivilDate::epoch_days)
            && (first - 366..=last + 366).contains(&meant)
        {
            moved.insert(day, meant);
        }
    }
    moved
}

/// Days whose year is that of their week, with the days that are meant.
///
/// An export that writes the year of the week (`YYYY` or `%G` where `yyyy` or `%Y` is meant) dates the last days of a
/// December a year too late, and the first of a January a year too early. Such a day is believed to be misdated
/// where it stands alone ([`FAR`] from all other days) and its right date does not ([`NEAR`] one of them).
///
/// # Errors
/// The number of other days, where there are such days and too few others to tell.
fn wrong_years(days: &BTreeMap<i32, u64>) -> Result<BTreeMap<i32, i32>, usize> {
    let suspects: BTreeMap<i32, i32> = days.keys().filter_map(|&day| Some((day, meant_by_week(day)?))).collect();
    if suspects.is_empty() {
        return Ok(suspects);
    }
    let others: BTreeSet<i32> = days.keys().copied().filter(|day| !suspects.contains_key(day)).collect();
    if others.len() < FEWEST_DAYS {
        return Err(others.len());
    }
    let nearest = |day: i32| {
        let before = others.range(..=day).next_back().map(|other| day - other);
        let after = others.range(day..).next().map(|other| other - day);
        before.into_iter().chain(after).min().unwrap_or(i32::MAX)
    };
    Ok(suspects.into_iter().filter(|(day, meant)| nearest(*day) >= FAR && nearest(*meant) <= NEAR).collect())
}

/// The day whose week has the year of `day`, where that is another day of the same month and number.
fn meant_by_week(day: i32) -> Option<i32> {
    let date = CivilDate::from_epoch_days(day)?;
    let (year, month, number) = date.parts();
    let meant = match (month, number) {
        (12, 26..) => CivilDate::new(year.checked_sub(1)?, month, number)?,
        (1, ..=3) => CivilDate::new(year.checked_add(1)?, month, number)?,
        _ => return None,
    };
    let confused = WEEKS.iter().any(|(first, days)| week_year(meant, *first, *days) == Some(year));
    confused.then_some(meant.epoch_days())
}

/// The year to which the week of `date` belongs, where weeks start with `first` and the first week of a year is the
/// one that has at least `fewest_days` of its days.
fn week_year(date: CivilDate, first: Weekday, fewest_days: i32) -> Option<i16> {
    let into = (i32::from(date.weekday().index()) - i32::from(first.index())).rem_euclid(7);
    let start = date.plus_days(-into)?;
    // The week belongs to the year of its last day, unless too few of its days do.
    let end = start.plus_days(6)?;
    let of_next = end.days_since(CivilDate::new(end.year(), 1, 1)?) + 1;
    if of_next >= fewest_days { Some(end.year()) } else { Some(start.year()) }
}

/// Does what the settings say about the rows of the days in `moved`; whether any visit was changed.
fn treat(
    visits: &mut Visits,
    check: Check,
    moved: &BTreeMap<i32, i32>,
    context: &TableContext<'_>,
    account: &mut TableAccount,
) -> bool {
    if moved.is_empty() {
        return false;
    }
    let action = context.settings.action(check);
    let mut clock = context.zone.clock();
    for row in 0..visits.len() {
        let before = clock.local(visits.arrived[row]);
        let Some(meant) = moved.get(&before.date().epoch_days()) else { continue };
        let Some(meant) = CivilDate::from_epoch_days(*meant) else { continue };
        if action == Action::Repair && !move_row(visits, row, meant, moved, &mut clock) {
            continue;
        }
        account.find_row(check, action, row, || format!("{}: {} → {meant}", (context.place)(row), before.date()));
    }
    action == Action::Repair
}

/// Moves the visit in `row` to the date `meant`, by the clock on the wall; whether that was possible. The other
/// moments move with the arrival; a booking only where its own day is one of those that are wrong.
fn move_row(
    visits: &mut Visits,
    row: usize,
    meant: CivilDate,
    moved: &BTreeMap<i32, i32>,
    clock: &mut WallClock,
) -> bool {
    let arrived = visits.arrived[row];
    let Some(now) = on_date(arrived, meant, clock) else { return false };
    let by = now.millis() - arrived.millis();
    visits.arrived[row] = now;
    for column in [&mut visits.called, &mut visits.finished, &mut visits.left] {
        column[row] = column[row].and_then(|moment| moment.plus_millis(by));
    }
    if let Some(booked) = visits.booked_for[row]
        && let Some(meant) = moved.get(&clock.local(booked).date().epoch_days())
    {
        let meant = CivilDate::from_epoch_days(*meant);
        visits.booked_for.set(row, meant.and_then(|meant| on_date(booked, meant, clock)));
    }
    true
}

/// The moment with the same time of day on another date.
fn on_date(moment: Moment, date: CivilDate, clock: &mut WallClock) -> Option<Moment> {
    let local = clock.local(moment);
    let there = LocalTime::new(date, local.minute_of_day(), local.second())?;
    clock.moment(there)?.chosen().plus_millis(moment.millis().rem_euclid(1_000))
}

/// Arrivals after the time of the import.
fn futures(visits: &Visits, context: &TableContext<'_>, account: &mut TableAccount) {
    let action = context.settings.action(Check::FutureDate);
    let mut clock = context.zone.clock();
    let aside: BTreeSet<usize> = account.aside().iter().map(|(row, _)| *row).collect();
    for (row, arrived) in visits.arrived.iter().enumerate() {
        if *arrived > context.now && !aside.contains(&row) {
            account.find_row(Check::FutureDate, action, row, || {
                format!("{}: {}", (context.place)(row), written(clock.local(*arrived)))
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// ISO weeks as jiff has them; the other two by their definition: the week with 1 January is the year's first.
        #[test]
        fn years_of_weeks(days in -200_000_i32..200_000) {
            let date = CivilDate::from_epoch_days(days).unwrap();
            let theirs = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            prop_assert_eq!(week_year(date, Weekday::Monday, 4), Some(theirs.iso_week_date().year()));
            for first in [Weekday::Sunday, Weekday::Saturday] {
                let start = (0..7).map(|back| date.plus_days(-back).unwrap()).find(|day| day.weekday() == first);
                let start = start.unwrap();
                let january = (0..7).map(|on| start.plus_days(on).unwrap()).find(|day| (day.month(), day.day()) == (1, 1));
                let expected = january.map_or(date.year(), |day| day.year());
                prop_assert_eq!(week_year(date, first, 1), Some(expected));
            }
        }
    }
}

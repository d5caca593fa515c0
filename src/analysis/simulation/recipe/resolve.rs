//! From the raw recipe to the checked one.

use std::fmt::Display;
use std::ops::RangeInclusive;

use crate::base::calendar::{CivilDate, Holidays, date_of_either_calendar};

use super::raw::{RawBreak, RawHours, RawPoint, RawQueue, RawRecipe, RawService, RawSite};
use super::resolve_scenario::scenario;
use super::{
    Booking, Break, Demand, Export, Hours, People, Profile, Queue, Recipe, RecipeError, Second, Service, Site,
    Staff, Work,
};

const DAY_MINUTES: f64 = 1_440.0;

/// More visits than any queue of people could be, and more than fit into the memory of a laptop.
const MOST_A_QUEUE_DAY: f64 = 20_000.0;
const MOST_IN_ALL: f64 = 20_000_000.0;

/// Checks every field and puts the parts together.
pub(super) fn resolve(raw: RawRecipe) -> Result<Recipe, RecipeError> {
    let start = date("start", &raw.start)?;
    let (first, last) = Holidays::iran().covered();
    if start < first || start > last {
        return Err(out_of_range("start", start, first, last));
    }
    let longest = last.days_since(start) + 1;
    let days = i32::try_from(raw.days).ok().filter(|days| (1..=longest).contains(days));
    let days = days.ok_or_else(|| out_of_range("days", raw.days, 1, longest))?;
    let zone = raw.zone.parse().map_err(|source| RecipeError::NotAZone { source })?;
    let export = Export {
        at: raw.export.at.as_deref().map(|at| time("export.at", at)).transpose()?,
        people_ahead: raw.export.people_ahead,
    };
    let services = each("services", &raw.services, 1..=40, service)?;
    unique("services", services.iter().map(|service| (&*service.id, &*service.name)))?;
    let sites =
        each("sites", &raw.sites, 1..=1_000, |field, site| resolve_site(field, site, &raw.hours, &services))?;
    unique("sites", sites.iter().map(|site| (&*site.id, &*site.name)))?;
    let scenarios =
        each("scenarios", &raw.scenarios, 0..=100, |field, raw| scenario(field, raw, &services, &sites))?;
    let demand = demand(&raw)?;
    refuse_too_many(&sites, demand.level, days)?;
    Ok(Recipe {
        seed: raw.seed,
        start,
        days,
        zone,
        export,
        demand,
        booking: booking(&raw)?,
        people: people(&raw)?,
        staff: staff(&raw)?,
        work: work(&raw)?,
        services,
        sites,
        scenarios,
    })
}

/// The limits of the single fields multiply; this is the one on their product.
fn refuse_too_many(sites: &[Site], level: f64, days: i32) -> Result<(), RecipeError> {
    let mut in_all = 0.0;
    for (site_index, site) in sites.iter().enumerate() {
        for (queue_index, queue) in site.queues.iter().enumerate() {
            let a_day = queue.visits_a_day * level * site.level;
            let field = format!("sites[{site_index}].queues[{queue_index}].visits_a_day (times both levels)");
            in_all += number(&field, a_day, 0.0..=MOST_A_QUEUE_DAY)? * f64::from(days);
        }
    }
    number("visits_a_day (of all queues and days)", in_all, 0.0..=MOST_IN_ALL).map(|_| ())
}

fn demand(raw: &RawRecipe) -> Result<Demand, RecipeError> {
    let demand = &raw.demand;
    let week = &demand.weekdays;
    let mut months = [1.0; 12];
    if demand.months.len() != months.len() {
        return Err(out_of_range("demand.months (numbers in the list)", demand.months.len(), 12, 12));
    }
    for (index, (month, factor)) in months.iter_mut().zip(&demand.months).enumerate() {
        *month = number(&format!("demand.months[{index}]"), *factor, 0.0..=10.0)?;
    }
    Ok(Demand {
        level: number("demand.level", demand.level, 0.0..=100.0)?,
        day_spread: number("demand.day_spread", demand.day_spread, 0.0..=1.0)?,
        after_holiday: number("demand.after_holiday", demand.after_holiday, 0.0..=10.0)?,
        weekdays: [
            number("demand.weekdays.saturday", week.saturday, 0.0..=10.0)?,
            number("demand.weekdays.sunday", week.sunday, 0.0..=10.0)?,
            number("demand.weekdays.monday", week.monday, 0.0..=10.0)?,
            number("demand.weekdays.tuesday", week.tuesday, 0.0..=10.0)?,
            number("demand.weekdays.wednesday", week.wednesday, 0.0..=10.0)?,
            number("demand.weekdays.thursday", week.thursday, 0.0..=10.0)?,
        ],
        months,
        hours: profile("demand.hours", &demand.hours)?,
    })
}

fn booking(raw: &RawRecipe) -> Result<Booking, RecipeError> {
    let booking = &raw.booking;
    Ok(Booking {
        slot: span("booking.slot_minutes", booking.slot_minutes, 1.0..=240.0)?,
        no_show: share("booking.no_show", booking.no_show)?,
        early_minutes: number("booking.early_minutes", booking.early_minutes, -120.0..=120.0)?,
        early_spread_minutes: number("booking.early_spread_minutes", booking.early_spread_minutes, 0.0..=120.0)?,
        late_share: share("booking.late_share", booking.late_share)?,
        late_minutes: number("booking.late_minutes", booking.late_minutes, 0.0..=240.0)?,
        called_early: span("booking.called_early_minutes", booking.called_early_minutes, 0.0..=240.0)?,
        forfeits_after: span("booking.forfeits_after_minutes", booking.forfeits_after_minutes, 0.0..=240.0)?,
        yields_after: span("booking.yields_after_minutes", booking.yields_after_minutes, 0.0..=DAY_MINUTES)?,
    })
}

fn people(raw: &RawRecipe) -> Result<People, RecipeError> {
    let people = &raw.people;
    Ok(People {
        priority_share: share("people.priority_share", people.priority_share)?,
        patient_share: share("people.patient_share", people.patient_share)?,
        patience_minutes: number("people.patience_minutes", people.patience_minutes, 1.0..=DAY_MINUTES)?,
        patience_spread: number("people.patience_spread", people.patience_spread, 0.0..=2.0)?,
    })
}

fn staff(raw: &RawRecipe) -> Result<Staff, RecipeError> {
    let staff = &raw.staff;
    let peak = (time("staff.peak.from", &staff.peak.from)?, time("staff.peak.until", &staff.peak.until)?);
    later("staff.peak.until", peak.1, peak.0)?;
    Ok(Staff {
        absence: share("staff.absence", staff.absence)?,
        pace_spread: number("staff.pace_spread", staff.pace_spread, 0.0..=1.0)?,
        jitter_minutes: number("staff.jitter_minutes", staff.jitter_minutes, 0.0..=60.0)?,
        tea: resolve_break("staff.tea", &staff.tea)?,
        midday: resolve_break("staff.midday", &staff.midday)?,
        peak,
    })
}

fn resolve_break(field: &str, raw: &RawBreak) -> Result<Break, RecipeError> {
    Ok(Break {
        at: time(&format!("{field}.at"), &raw.at)?,
        length: span(&format!("{field}.minutes"), raw.minutes, 0.0..=240.0)?,
        stagger: span(&format!("{field}.stagger_minutes"), raw.stagger_minutes, 0.0..=240.0)?,
    })
}

fn work(raw: &RawRecipe) -> Result<Work, RecipeError> {
    let work = &raw.work;
    Ok(Work {
        long_share: share("work.long_share", work.long_share)?,
        long_factor: number("work.long_factor", work.long_factor, 1.0..=20.0)?,
        long_spread: number("work.long_spread", work.long_spread, 0.0..=2.0)?,
        booked_factor: number("work.booked_factor", work.booked_factor, 0.1..=10.0)?,
        priority_factor: number("work.priority_factor", work.priority_factor, 0.1..=10.0)?,
        day_spread: number("work.day_spread", work.day_spread, 0.0..=1.0)?,
        shortest_seconds: number("work.shortest_seconds", work.shortest_seconds, 1.0..=3_600.0)?,
        longest_minutes: number("work.longest_minutes", work.longest_minutes, 60.0..=DAY_MINUTES)?,
        hours: profile("work.hours", &work.hours)?,
    })
}

fn service(field: &str, raw: &RawService) -> Result<Service, RecipeError> {
    Ok(Service {
        id: id(&format!("{field}.id"), &raw.id)?,
        name: name(&format!("{field}.name"), &raw.name)?,
        median_minutes: number(&format!("{field}.median_minutes"), raw.median_minutes, 0.1..=240.0)?,
        spread: number(&format!("{field}.spread"), raw.spread, 0.0..=2.0)?,
    })
}

fn resolve_site(field: &str, raw: &RawSite, usual: &RawHours, all: &[Service]) -> Result<Site, RecipeError> {
    let queues = each(&format!("{field}.queues"), &raw.queues, 1..=40, |field, raw| queue(field, raw, all))?;
    unique(&format!("{field}.queues"), queues.iter().map(|queue| (&*all[queue.service].id, "")))?;
    Ok(Site {
        id: id(&format!("{field}.id"), &raw.id)?,
        name: name(&format!("{field}.name"), &raw.name)?,
        level: number(&format!("{field}.level"), raw.level, 0.0..=100.0)?,
        pace: number(&format!("{field}.pace"), raw.pace, 0.1..=10.0)?,
        hours: hours(field, raw, usual)?,
        queues,
    })
}

fn hours(field: &str, raw: &RawSite, usual: &RawHours) -> Result<Hours, RecipeError> {
    let own_or_usual = |name: &str, own: &Option<String>, usual: &str| match own {
        Some(own) => time(&format!("{field}.hours.{name}"), own),
        None => time(&format!("hours.{name}"), usual),
    };
    let hours = Hours {
        opens: own_or_usual("opens", &raw.hours.opens, &usual.opens)?,
        closes: own_or_usual("closes", &raw.hours.closes, &usual.closes)?,
        thursday_closes: own_or_usual("thursday_closes", &raw.hours.thursday_closes, &usual.thursday_closes)?,
        last_ticket_before: span("hours.last_ticket_minutes", usual.last_ticket_minutes, 0.0..=240.0)?,
    };
    let first_end = hours.opens + hours.last_ticket_before + 60;
    later(&format!("{field}.hours.closes"), hours.closes, first_end)?;
    later(&format!("{field}.hours.thursday_closes"), hours.thursday_closes, first_end)?;
    Ok(hours)
}

fn queue(field: &str, raw: &RawQueue, services: &[Service]) -> Result<Queue, RecipeError> {
    let ids = || services.iter().map(|service| service.id.as_str());
    let count = |name: &str, value: i64, low: usize| {
        let count = usize::try_from(value).ok().filter(|count| (low..=100).contains(count));
        count.ok_or_else(|| out_of_range(&format!("{field}.{name}"), value, low, 100))
    };
    Ok(Queue {
        service: find(&format!("{field}.service"), &raw.service, ids)?,
        visits_a_day: number(&format!("{field}.visits_a_day"), raw.visits_a_day, 0.0..=5_000.0)?,
        counters: count("counters", raw.counters, 1)?,
        peak_counters: count("peak_counters", raw.peak_counters, 0)?,
        booked_share: share(&format!("{field}.booked_share"), raw.booked_share)?,
    })
}

fn profile(field: &str, raw: &[RawPoint]) -> Result<Profile, RecipeError> {
    let points = each(field, raw, 1..=96, |field, point| {
        let factor = number(&format!("{field}.factor"), point.factor, 0.01..=100.0)?;
        Ok((time(&format!("{field}.at"), &point.at)?, factor))
    })?;
    for (index, pair) in points.windows(2).enumerate() {
        if let [(before, _), (after, _)] = pair {
            later(&format!("{field}[{}].at", index + 1), *after, *before)?;
        }
    }
    Ok(Profile(points))
}

/// Resolves each item of a list of allowed length; the field of the third is `list[2]`.
fn each<R, T>(
    field: &str,
    raw: &[R],
    length: RangeInclusive<usize>,
    resolve: impl Fn(&str, &R) -> Result<T, RecipeError>,
) -> Result<Vec<T>, RecipeError> {
    if !length.contains(&raw.len()) {
        let what = format!("{field} (items in the list)");
        return Err(out_of_range(&what, raw.len(), length.start(), length.end()));
    }
    raw.iter().enumerate().map(|(index, item)| resolve(&format!("{field}[{index}]"), item)).collect()
}

/// The index of the item with the id `text`.
pub(super) fn find<'a, I: Iterator<Item = &'a str>>(
    field: &str,
    text: &str,
    ids: impl Fn() -> I,
) -> Result<usize, RecipeError> {
    ids().position(|id| id == text).ok_or_else(|| RecipeError::Unknown {
        field: field.to_owned(),
        text: text.to_owned(),
        known: ids().collect::<Vec<_>>().join(", "),
    })
}

fn unique<'a>(field: &str, items: impl Iterator<Item = (&'a str, &'a str)>) -> Result<(), RecipeError> {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for (index, (id, name)) in items.enumerate() {
        let again = seen.iter().find_map(|(other_id, other_name)| match () {
            () if *other_id == id => Some(id),
            () if !name.is_empty() && *other_name == name => Some(name),
            () => None,
        });
        if let Some(text) = again {
            return Err(RecipeError::Twice { field: format!("{field}[{index}]"), text: text.to_owned() });
        }
        seen.push((id, name));
    }
    Ok(())
}

fn id(field: &str, text: &str) -> Result<String, RecipeError> {
    let is_id =
        (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    is_id.then(|| text.to_owned()).ok_or_else(|| not_a_name(field, text))
}

fn name(field: &str, text: &str) -> Result<String, RecipeError> {
    let is_name =
        (1..=80).contains(&text.chars().count()) && text.trim() == text && !text.chars().any(char::is_control);
    is_name.then(|| text.to_owned()).ok_or_else(|| not_a_name(field, text))
}

fn not_a_name(field: &str, text: &str) -> RecipeError {
    RecipeError::NotAName { field: field.to_owned(), text: text.to_owned() }
}

/// A date of either calendar: Jalali where the year is below 1700.
pub(super) fn date(field: &str, text: &str) -> Result<CivilDate, RecipeError> {
    date_of_either_calendar(text)
        .map_err(|_| RecipeError::NotADate { field: field.to_owned(), text: text.to_owned() })
}

/// `07:30` as seconds since midnight; `24:00` is allowed.
fn time(field: &str, text: &str) -> Result<Second, RecipeError> {
    let error = || RecipeError::NotATime { field: field.to_owned(), text: text.to_owned() };
    let (hour, minute) = text.split_once(':').ok_or_else(error)?;
    let part = |part: &str| {
        let is_number = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { part.parse::<Second>().map_err(|_| error()) } else { Err(error()) }
    };
    let (hour, minute) = (part(hour)?, part(minute)?);
    let second = (hour * 60 + minute) * 60;
    if minute < 60 && second <= 86_400 { Ok(second) } else { Err(error()) }
}

fn later(field: &str, time: Second, than: Second) -> Result<(), RecipeError> {
    let shown = |second: Second| format!("{:02}:{:02}", second / 3_600, second / 60 % 60);
    if time > than { Ok(()) } else { Err(out_of_range(field, shown(time), shown(than + 60), "24:00")) }
}

fn share(field: &str, value: f64) -> Result<f64, RecipeError> {
    number(field, value, 0.0..=1.0)
}

/// Minutes, as whole seconds.
#[expect(clippy::cast_possible_truncation, reason = "every allowed range lies within a day")]
pub(super) fn span(field: &str, minutes: f64, range: RangeInclusive<f64>) -> Result<Second, RecipeError> {
    Ok((number(field, minutes, range)? * 60.0).round() as Second)
}

pub(super) fn number(field: &str, value: f64, range: RangeInclusive<f64>) -> Result<f64, RecipeError> {
    // NaN lies in no range.
    if range.contains(&value) { Ok(value) } else { Err(out_of_range(field, value, range.start(), range.end())) }
}

fn out_of_range(field: &str, value: impl Display, low: impl Display, high: impl Display) -> RecipeError {
    RecipeError::OutOfRange {
        field: field.to_owned(),
        value: value.to_string(),
        low: low.to_string(),
        high: high.to_string(),
    }
}

//! What the service's own system wrote down of a day: ids, names, and times as its clocks showed them.
//!
//! What happened is decided before; nothing here feeds back into it. The ticket machine records arrivals, the
//! counters record everything after, so a counter's broken clock gives waits that are wrong or negative.

use crate::analysis::history::{Channel, Visit};
use crate::base::Moment;
use crate::base::calendar::{LocalTime, WallClock};

use super::QueueDay;
use super::day::Day;
use super::queue::End;
use super::recipe::{Queue, Recipe, Second, Site};

/// When the history was exported; `None` where it was after the last day.
pub(super) fn end_of_history(recipe: &Recipe, clock: &mut WallClock) -> Option<Moment> {
    let at = recipe.export.at?;
    let last_day = recipe.start.plus_days(recipe.days - 1)?;
    // 24:00 is no time of the last day: then nothing is cut off.
    let time = LocalTime::new(last_day, u16::try_from(at / 60).ok()?, 0)?;
    Some(clock.moment(time)?.chosen())
}

/// Adds the visits of one queue's day, as far as they had come by `cut`.
pub(super) fn record(
    recipe: &Recipe,
    site: &Site,
    queue: &Queue,
    day: &Day,
    events: &QueueDay,
    cut: Option<Moment>,
    visits: &mut Vec<Visit>,
) {
    let service = &recipe.services[queue.service];
    let (year, month, date) = day.date.parts();
    let prefix = format!("{}-{year:04}{month:02}{date:02}-{}", site.id, service.id);
    let by_cut = |moment: &Moment| cut.is_none_or(|cut| *moment <= cut);
    for (index, (person, stay)) in events.people.iter().zip(&events.stays).enumerate() {
        let Some(arrived) = day.moment(person.arrives).filter(by_cut) else { continue };
        // Times of the counters: whether they were known by the cut goes by the true time.
        let shown = |second: Second| {
            day.moment(second).filter(by_cut).and_then(|_| day.moment(day.effects.clock.shows(second)))
        };
        let (called, finished, left) = match stay.end {
            End::Served { called, finished, .. } => (shown(called), shown(finished), None),
            End::Left(left) => (None, None, shown(left)),
        };
        visits.push(Visit {
            visit_id: format!("{prefix}-{:04}", index + 1),
            site: site.name.clone(),
            service: service.name.clone(),
            arrived,
            called,
            finished,
            left,
            priority: Some(u8::from(person.has_priority)),
            channel: Some(if person.booked_for.is_some() { Channel::Booked } else { Channel::WalkIn }),
            booked_for: person.booked_for.and_then(|second| day.moment(second)),
            open_counters: Some(stay.open_counters),
            people_ahead: recipe.export.people_ahead.then_some(stay.people_ahead),
        });
    }
}

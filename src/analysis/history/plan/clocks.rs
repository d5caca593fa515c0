//! Wall clocks of the zones, and the day that each column of times named last.
//!
//! Rows of one source are near each other in time, so a column's cells name the same day again and again. The day's
//! text is remembered with its midnight in UTC; where the clock is not set on that day or near it, a time of that
//! day is the midnight and the time of day.

use crate::base::Moment;
use crate::base::calendar::{CivilDate, LocalMoment, LocalTime, WallClock, Zone};

use super::super::checks::Check;
use super::super::mapping::DateForm;
use super::super::times::{self, Scratch, Stamp, clock, latin};

/// What one thread needs to read times; made by [`Plan::clocks`](super::Plan::clocks).
pub struct Clocks {
    walls: Vec<WallClock>,
    days: Vec<Option<Day>>,
}

/// A day as a column wrote it.
#[derive(Clone, Copy)]
struct Day {
    text: [u8; Day::ROOM],
    zone: usize,
    date: CivilDate,
    /// Milliseconds since the epoch at its midnight, where the clock is not set near it.
    midnight: Option<i64>,
}

impl Day {
    /// `2026-11-23` and its kind.
    const ROOM: usize = 10;
}

/// A moment on a wall clock, and what there is to say about it.
pub(super) struct Placed {
    pub(super) moment: Moment,
    /// The clock showed this time twice or never.
    pub(super) finding: Option<Check>,
}

impl Placed {
    fn plain(moment: Moment) -> Placed {
        Placed { moment, finding: None }
    }
}

impl Clocks {
    pub(super) fn new(zones: &[Zone], times: usize) -> Clocks {
        Clocks { walls: zones.iter().map(Zone::clock).collect(), days: vec![None; times] }
    }

    /// The moment in one cell.
    pub(super) fn stamp(&mut self, slot: usize, zone: usize, cell: &str, form: DateForm) -> Option<Placed> {
        let mut scratch = Scratch::default();
        let text = latin(cell, &mut scratch)?;
        if let Some((&day, &[b' ' | b'T', ref rest @ ..])) = text.as_bytes().split_first_chunk()
            && let Some((millis, offset)) = clock::quick(rest)
            && let Some(day) = self.day(slot, zone, day, form)
        {
            return match (offset, day.midnight) {
                (Some(minutes), _) => times::at_offset(day.date, millis, minutes).map(Placed::plain),
                (None, Some(midnight)) => Moment::from_millis(midnight + i64::from(millis)).map(Placed::plain),
                (None, None) => self.place(zone, day.date, millis),
            };
        }
        match times::stamp(text, form)? {
            Stamp::Instant(moment) => Some(Placed::plain(moment)),
            Stamp::Wall { date, millis } => self.place(zone, date, millis),
        }
    }

    /// The moment in a cell with a date and one with a time of day.
    pub(super) fn date_and_time(
        &mut self,
        slot: usize,
        zone: usize,
        date: &str,
        time: &str,
        form: DateForm,
    ) -> Option<Placed> {
        let millis = times::time_of_day(time, form)?;
        let mut scratch = Scratch::default();
        let text = latin(date, &mut scratch)?;
        let mut short = [b' '; Day::ROOM];
        let Some(room) = short.get_mut(..text.len()) else {
            return self.place(zone, date_of(text, form)?, millis);
        };
        room.copy_from_slice(text.as_bytes());
        let Some(day) = self.day(slot, zone, short, form) else {
            return self.place(zone, date_of(text, form)?, millis);
        };
        match day.midnight {
            Some(midnight) => Moment::from_millis(midnight + i64::from(millis)).map(Placed::plain),
            None => self.place(zone, day.date, millis),
        }
    }

    /// The day that `text` names, which may end in spaces.
    fn day(&mut self, slot: usize, zone: usize, text: [u8; Day::ROOM], form: DateForm) -> Option<Day> {
        if let Some(Some(day)) = self.days.get(slot)
            && day.text == text
            && day.zone == zone
        {
            return Some(*day);
        }
        let date = times::date(std::str::from_utf8(&text).ok()?.trim_end(), form)?;
        let midnight = self.walls.get_mut(zone)?.steady_midnight(date).map(Moment::millis);
        let day = Day { text, zone, date, midnight };
        if let Some(slot) = self.days.get_mut(slot) {
            *slot = Some(day);
        }
        Some(day)
    }

    /// The moment at which the wall clock shows `millis` after the midnight of `date`. A time that the clock showed
    /// twice is the first, one that it skipped counts on from before the gap ([`LocalMoment`]).
    fn place(&mut self, zone: usize, date: CivilDate, millis: u32) -> Option<Placed> {
        let minute = u16::try_from(millis / 60_000).ok()?;
        let second = u8::try_from(millis / 1_000 % 60).ok()?;
        let local = self.walls.get_mut(zone)?.moment(LocalTime::new(date, minute, second)?)?;
        let finding = match local {
            LocalMoment::Unique(_) => None,
            LocalMoment::Ambiguous { .. } => Some(Check::AmbiguousHour),
            LocalMoment::Missing { .. } => Some(Check::SkippedHour),
        };
        let moment = local.chosen().plus_millis(i64::from(millis % 1_000))?;
        Some(Placed { moment, finding })
    }
}

/// A date with a midnight after it, as workbooks and databases write a date alone.
fn date_of(text: &str, form: DateForm) -> Option<CivilDate> {
    match times::stamp(text, form)? {
        Stamp::Wall { date, millis: 0 } => Some(date),
        _ => None,
    }
}

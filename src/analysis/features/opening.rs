//! When a site opens, as far as earlier days tell.
//!
//! No source states opening hours, so they follow from arrivals: the *opening* of a day is the local minute of the
//! site's first arrival on it, and the usual opening of a weekday is the median of the last [`KEPT_OPENINGS`] openings
//! on that weekday (the lower one of two in the middle). Only days before today count, so that it is known in the
//! morning, and the queue before the door has a negative time since opening.

use std::collections::VecDeque;

use crate::base::calendar::{CivilDate, LocalTime, Weekday};

/// Openings of a weekday that are remembered.
pub const KEPT_OPENINGS: usize = 4;

/// The openings of a site.
#[derive(Default)]
pub(super) struct Openings {
    /// The date and its opening.
    today: Option<(CivilDate, u16)>,
    /// The usual opening of today's weekday, from earlier days.
    usual: Option<u16>,
    /// The last openings by weekday.
    past: [VecDeque<u16>; 7],
}

impl Openings {
    /// The usual opening of the day of `local`, at which somebody arrives. Arrivals are given in order.
    pub fn at(&mut self, local: LocalTime) -> Option<u16> {
        // Where a clock is set back at midnight, it shows yesterday's date again; that is still today.
        if self.today.is_none_or(|(today, _)| local.date() > today) {
            self.begin_day(local);
        }
        self.usual
    }

    fn begin_day(&mut self, first: LocalTime) {
        if let Some((day, opening)) = self.today.replace((first.date(), first.minute_of_day())) {
            let past = &mut self.past[place(day.weekday())];
            past.push_back(opening);
            if past.len() > KEPT_OPENINGS {
                past.pop_front();
            }
        }
        let mut sorted: Vec<u16> = self.past[place(first.date().weekday())].iter().copied().collect();
        sorted.sort_unstable();
        self.usual = sorted.get(sorted.len().saturating_sub(1) / 2).copied();
    }
}

fn place(weekday: Weekday) -> usize {
    weekday as usize
}

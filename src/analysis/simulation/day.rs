//! One day at one site: when it is open, how busy and how quick it is.
//!
//! It knows nothing of people or counters. Sites work from Saturday to Thursday, on Thursdays for a short day,
//! and not on Iranian public holidays.

use crate::base::Moment;
use crate::base::calendar::{CivilDate, Holidays, JalaliDate, LocalTime, WallClock, Weekday};

use super::draw::{Purpose, Stream};
use super::recipe::{Recipe, Second, Site};
use super::scenario::Effects;

/// A day on which a site is open.
#[derive(Clone, Debug)]
pub(super) struct Day {
    pub date: CivilDate,
    pub opens: Second,
    pub closes: Second,
    /// From then on nobody may join a queue.
    pub last_ticket: Second,
    /// Factor of the bookings, which people made before they knew the day.
    pub demand: f64,
    /// Factor of the people who walk in: `demand` and the luck of the day.
    pub walk_in_demand: f64,
    /// Factor of all service times at this site today.
    pub slowness: f64,
    pub effects: Effects,
    /// The moment from which the seconds of this day are counted.
    midnight: Moment,
}

impl Day {
    /// The day at the site with this index; `None` where it is closed.
    pub fn of(recipe: &Recipe, site_index: usize, date: CivilDate, clock: &mut WallClock) -> Option<Day> {
        let site = recipe.sites.get(site_index)?;
        let effects = Effects::of(recipe, site_index, date);
        if !effects.is_open || Holidays::iran().is_holiday(date) == Some(true) {
            return None;
        }
        let weekday_demand = *recipe.demand.weekdays.get(usize::from(date.weekday().index()))?;
        let (opens, closes) = opening(site, date, &effects);
        let last_ticket = closes - site.hours.last_ticket_before;
        if last_ticket <= opens {
            return None;
        }
        let demand = recipe.demand.level
            * site.level
            * weekday_demand
            * month_demand(recipe, date)
            * after_holiday(recipe, date)
            * effects.demand;
        let mut luck = Stream::new(recipe.seed, &site.id, "", date.epoch_days(), Purpose::Day);
        Some(Day {
            date,
            opens,
            closes,
            last_ticket,
            demand,
            walk_in_demand: demand * luck.factor(recipe.demand.day_spread),
            slowness: site.pace * luck.factor(recipe.work.day_spread),
            effects,
            midnight: midnight(clock, date, opens)?,
        })
    }

    /// The moment that is `second` seconds after this day's midnight; `None` beyond the range of [`Moment`].
    pub fn moment(&self, second: Second) -> Option<Moment> {
        self.midnight.plus_millis(i64::from(second) * 1_000)
    }
}

fn opening(site: &Site, date: CivilDate, effects: &Effects) -> (Second, Second) {
    let is_thursday = date.weekday() == Weekday::Thursday;
    let closes = if is_thursday { site.hours.thursday_closes } else { site.hours.closes };
    (site.hours.opens + effects.opens_later, closes - effects.closes_earlier)
}

fn month_demand(recipe: &Recipe, date: CivilDate) -> f64 {
    let month = usize::from(JalaliDate::from(date).month());
    month.checked_sub(1).and_then(|index| recipe.demand.months.get(index)).copied().unwrap_or(1.0)
}

/// More people come where the day before was a holiday, Fridays between them apart.
fn after_holiday(recipe: &Recipe, date: CivilDate) -> f64 {
    let mut before = date.plus_days(-1);
    if before.is_some_and(|day| day.weekday() == Weekday::Friday) {
        before = date.plus_days(-2);
    }
    let follows = before.and_then(|day| Holidays::iran().is_holiday(day)) == Some(true);
    if follows { recipe.demand.after_holiday } else { 1.0 }
}

/// The opening by the wall clock, less the seconds until then: hours pass evenly while a site is open, even
/// where the clock was changed in the night before.
fn midnight(clock: &mut WallClock, date: CivilDate, opens: Second) -> Option<Moment> {
    // `opens` may be 24:00 or later only where the site does not open before midnight, which is no day at all.
    let opening = LocalTime::new(date, u16::try_from(opens / 60).ok()?, u8::try_from(opens % 60).ok()?)?;
    clock.moment(opening)?.chosen().plus_millis(-i64::from(opens) * 1_000)
}

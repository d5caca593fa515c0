//! Who works at a queue's counters on a day, and when.
//!
//! It does not know the people. The invariants: of the counters that work all day at least one is there, however
//! many are absent; and the times at which a counter is open lie within the opening hours, in order, apart.

use super::day::Day;
use super::draw::{Purpose, Stream};
use super::recipe::{Break, Queue, Recipe, Second, Service, Site};

/// A counter on a day.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Counter {
    /// When somebody works there, from (inclusive) and until (exclusive), in order.
    pub open: Vec<(Second, Second)>,
    /// Factor of the time that this clerk takes.
    pub slowness: f64,
}

impl Counter {
    /// Whether somebody is due to work there at `second`.
    pub fn is_open(&self, second: Second) -> bool {
        self.open.iter().any(|(from, until)| (*from..*until).contains(&second))
    }
}

/// The counters of `queue` on `day`; those that are absent are left out.
pub(super) fn roster(recipe: &Recipe, site: &Site, queue: &Queue, service: &Service, day: &Day) -> Vec<Counter> {
    let mut stream = Stream::new(recipe.seed, &site.id, &service.id, day.date.epoch_days(), Purpose::Staff);
    let absence = 1.0 - (1.0 - recipe.staff.absence) * (1.0 - day.effects.missing_share);
    let mut present = Vec::new();
    let mut last_resort: Option<(f64, Counter)> = None;
    for index in 0..queue.counters + queue.peak_counters {
        // All numbers are drawn for absent counters, too, so that the others do not change with them.
        let luck = stream.uniform();
        let works_all_day = index < queue.counters;
        let counter = counter(recipe, index, works_all_day, day, &mut stream);
        if luck >= absence {
            present.push((works_all_day, counter));
        } else if works_all_day && last_resort.as_ref().is_none_or(|(best, _)| luck > *best) {
            last_resort = Some((luck, counter));
        }
    }
    let has_all_day = present.iter().any(|(works_all_day, _)| *works_all_day);
    let stand_in = last_resort.filter(|_| !has_all_day).map(|(_, counter)| counter);
    stand_in.into_iter().chain(present.into_iter().map(|(_, counter)| counter)).collect()
}

fn counter(recipe: &Recipe, index: usize, works_all_day: bool, day: &Day, stream: &mut Stream) -> Counter {
    let staff = &recipe.staff;
    let slowness = stream.factor(staff.pace_spread);
    let tea = pause(&staff.tea, index, staff.jitter_minutes * stream.normal());
    let midday = pause(&staff.midday, index, staff.jitter_minutes * stream.normal());
    let mut open = if works_all_day {
        vec![(day.opens, day.closes)]
    } else {
        let (from, until) = staff.peak;
        vec![(from.max(day.opens), until.min(day.closes))]
    };
    if works_all_day {
        if !day.effects.is_fasting {
            open = without(&open, tea);
        }
        open = without(&open, midday);
    }
    open.retain(|(from, until)| from < until);
    Counter { open, slowness }
}

/// The break of the counter with this index.
#[expect(clippy::cast_possible_truncation, reason = "the jitter is a few hours at most, and clamped")]
fn pause(rule: &Break, index: usize, jitter_minutes: f64) -> (Second, Second) {
    let turn = Second::try_from(index).unwrap_or(0);
    let from = rule.at + turn * rule.stagger + libm::round(jitter_minutes.clamp(-600.0, 600.0)) as Second * 60;
    (from, from + rule.length)
}

fn without(spans: &[(Second, Second)], (from, until): (Second, Second)) -> Vec<(Second, Second)> {
    let parts = spans.iter().flat_map(|(start, end)| [(*start, (*end).min(from)), ((*start).max(until), *end)]);
    parts.filter(|(start, end)| start < end).collect()
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn a_break_is_cut_out_wherever_it_lies() {
        assert_eq!(without(&[(0, 100)], (40, 60)), [(0, 40), (60, 100)]);
        assert_eq!(without(&[(0, 40), (60, 100)], (30, 70)), [(0, 30), (70, 100)]);
        assert_eq!(without(&[(50, 100)], (0, 60)), [(60, 100)]);
        assert_eq!(without(&[(50, 100)], (120, 140)), [(50, 100)]);
        assert_eq!(without(&[(50, 100)], (20, 40)), [(50, 100)]);
        assert_eq!(without(&[(50, 100)], (50, 100)), []);
    }
}

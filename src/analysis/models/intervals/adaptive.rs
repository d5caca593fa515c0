//! Intervals that follow what comes true: adaptive conformal inference, a step a day.
//!
//! Each tail of each level has a *share*: how much of the calibration lies beyond the end of an interval. It begins with
//! α/2, where the fixed intervals stay. When a day is over, its share moves by `rate × (α/2 − the part of the waits that
//! became known that day and lay beyond)`: too many beyond and the intervals grow, too few and they shrink (Gibbs and Candès
//! 2021, "Adaptive conformal inference under distribution shift", with a day as the unit of time and the mean of its misses
//! as its error). Over T days the part beyond is within about `1 / (rate × T)` of α/2, whatever the world does, as long as the
//! share stays inside of `0 ..= 0.5`: it is held there, since beyond the largest distance of the calibration nothing is known,
//! and an interval that does not hold the middle is none.
//!
//! A queue with distances of its own uses them; the shares are those of all queues together. A wait counts on the day on which
//! the visit was called, not when it arrived: nothing is used before it was known.
//!
//! The distances are kept as a grid of shares ([`GRID`]), linear between its points, so that any share can be looked up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{EdgeValues, FEWEST_IN_GROUP, Intervals, LEVELS, MOST_GROUPS, Queues, Tails, WaitInterval, rank};

/// The least and the most that shares move in a day in which everything, or nothing, lies beyond.
pub const RATES: (f64, f64) = (0.01, 0.5);
/// The shares whose distances are kept, from the middle outward; those of [`LEVELS`] are among them.
pub const GRID: [f64; 27] = [
    0.5, 0.45, 0.4, 0.35, 0.3, 0.25, 0.2, 0.175, 0.15, 0.125, 0.1, 0.09, 0.08, 0.07, 0.06, 0.05, 0.04, 0.03,
    0.025, 0.02, 0.015, 0.01, 0.0075, 0.005, 0.0025, 0.001, 0.0,
];
/// The names under which shares are published, level by level, `[below, above]`; `online.ID` is the name for people.
pub const SHARE_IDS: [[&str; 2]; LEVELS.len()] =
    [["tail_below_80", "tail_above_80"], ["tail_below_90", "tail_above_90"]];
/// A share never leaves what the grid holds.
const MOST_SHARE: f64 = GRID[0];

/// What is kept so that intervals can follow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Adaptive {
    /// How much a share moves in a day.
    rate: f64,
    /// The distances of all visits of the calibration.
    pooled: Reach,
    /// Those of queues that have enough, in the order of site and service.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    groups: Vec<GroupReach>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupReach {
    site: String,
    service: String,
    reach: Reach,
}

/// The distances at the shares of [`GRID`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reach {
    below: Vec<f64>,
    above: Vec<f64>,
}

/// The shares of the calibration beyond both ends of the intervals, level by level: `[below, above]`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Shares([[f64; 2]; LEVELS.len()]);

/// Where some visits belong in time: days since 1970 by one clock, a value a visit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownDays {
    /// The day of the arrival; never earlier than that of the visit before.
    pub arrived: Vec<u32>,
    /// The day at whose end the wait is known.
    pub called: Vec<u32>,
}

/// How intervals would have followed.
#[derive(Clone, Debug, PartialEq)]
pub struct Followed {
    /// The interval of each visit, level by level, from what was known when its day began.
    pub intervals: Vec<Vec<WaitInterval>>,
    /// The shares that hold after the last day that is over.
    pub shares: Shares,
    /// Visits that they follow from.
    pub n: u64,
}

/// What lay beyond on a day.
#[derive(Clone, Copy, Debug, Default)]
struct Misses {
    n: u32,
    beyond: [[u32; 2]; LEVELS.len()],
}

impl Shares {
    /// Those of the fixed intervals.
    #[must_use]
    pub fn nominal() -> Shares {
        Shares(LEVELS.map(|level| [target(level); 2]))
    }

    /// Their names and the shares in percent, as they are published.
    pub fn published(self) -> impl Iterator<Item = (&'static str, f64)> {
        SHARE_IDS.into_iter().flatten().zip(self.0.into_iter().flatten().map(|share| share * 100.0))
    }

    /// Those that were published, by the percentages of their names; `None` where one is missing or cannot be.
    #[must_use]
    pub fn from_published(percent: impl Fn(&str) -> Option<f64>) -> Option<Shares> {
        let mut shares = Shares::nominal();
        for (share, id) in shares.0.iter_mut().flatten().zip(SHARE_IDS.into_iter().flatten()) {
            *share = percent(id)? / 100.0;
        }
        shares.0.iter().flatten().all(|share| (0.0..=MOST_SHARE).contains(share)).then_some(shares)
    }

    /// The shares after a day of which so much lay beyond.
    fn step(&mut self, rate: f64, misses: &Misses) {
        let levels = self.0.iter_mut().zip(&misses.beyond).zip(LEVELS);
        for ((shares, beyond), level) in levels {
            for (share, beyond) in shares.iter_mut().zip(beyond) {
                let missed = f64::from(*beyond) / f64::from(misses.n.max(1));
                *share = (*share + rate * (target(level) - missed)).clamp(0.0, MOST_SHARE);
            }
        }
    }

    /// Those that are looked up: an interval of a higher level never ends inside of one of a lower.
    fn nested(&self) -> [[f64; 2]; LEVELS.len()] {
        let mut most = [MOST_SHARE; 2];
        self.0.map(|shares| {
            most = [shares[0].min(most[0]), shares[1].min(most[1])];
            most
        })
    }
}

/// The share that lies beyond either end of an interval of `level`.
fn target(level: f64) -> f64 {
    (1.0 - level) / 2.0
}

impl Intervals {
    /// The same, able to follow at `rate` what comes true, with the distances of the visits that it was calibrated with.
    #[must_use]
    pub fn following(mut self, rate: f64, values: &EdgeValues, actual: &[f64], queues: &Queues<'_>) -> Intervals {
        let distances = values.distances(actual);
        let groups = by_queue(queues, &distances);
        let group = |((site, service), distances): (&(&str, &str), &Vec<[f64; 2]>)| GroupReach {
            site: (*site).to_owned(),
            service: (*service).to_owned(),
            reach: Reach::of(distances),
        };
        self.adaptive = Some(Adaptive {
            rate: rate.clamp(RATES.0, RATES.1),
            pooled: Reach::of(&distances),
            groups: groups.iter().map(group).collect(),
        });
        self
    }

    /// How much a share moves in a day, where the intervals can follow what comes true.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        self.adaptive.as_ref().map(|adaptive| adaptive.rate)
    }

    /// The tails of a queue at these shares, level by level; `None` where the intervals are fixed.
    pub(super) fn tails_at(
        &self,
        shares: &Shares,
        (site, service): (&str, &str),
    ) -> Option<[Tails; LEVELS.len()]> {
        let adaptive = self.adaptive.as_ref()?;
        let key = |group: &GroupReach| (group.site.as_str(), group.service.as_str()).cmp(&(site, service));
        let found = adaptive.groups.binary_search_by(key).ok().and_then(|place| adaptive.groups.get(place));
        let reach = found.map_or(&adaptive.pooled, |group| &group.reach);
        Some(shares.nested().map(|[below, above]| Tails {
            below: at(&reach.below, below),
            above: at(&reach.above, above),
            n: self.n(),
        }))
    }

    /// How the intervals would have followed these visits, which are in the order of their arrival, from the fixed ones on.
    /// Days from `until` on are not over. `None` where the intervals are fixed.
    #[must_use]
    pub fn followed(
        &self,
        values: &EdgeValues,
        actual: &[f64],
        queues: &Queues<'_>,
        days: &KnownDays,
        until: u32,
    ) -> Option<Followed> {
        let rate = self.rate()?;
        let mut shares = Shares::nominal();
        let mut intervals: Vec<Vec<WaitInterval>> = LEVELS.map(|_| Vec::with_capacity(actual.len())).into();
        let mut waiting = BTreeMap::<u32, Misses>::new();
        let mut n = 0;
        let mut end_days = |shares: &mut Shares, waiting: &mut BTreeMap<u32, Misses>, before: u32| {
            while let Some(day) = waiting.first_entry().filter(|day| *day.key() < before) {
                let misses = day.remove();
                n += u64::from(misses.n);
                shares.step(rate, &misses);
            }
        };
        let visits = actual.iter().zip(&queues.0).zip(days.arrived.iter().zip(&days.called)).enumerate();
        for (row, ((wait, queue), (arrived, called))) in visits {
            end_days(&mut shares, &mut waiting, (*arrived).min(until));
            let misses = waiting.entry(*called).or_default();
            misses.n += 1;
            let tails = self.tails_at(&shares, *queue)?;
            let levels = intervals.iter_mut().zip(&mut misses.beyond).zip(LEVELS.into_iter().zip(tails));
            for ((intervals, beyond), (level, tails)) in levels {
                let interval = values.interval(row, level, tails)?;
                beyond[0] += u32::from(*wait < interval.low);
                beyond[1] += u32::from(*wait > interval.high);
                intervals.push(interval);
            }
        }
        end_days(&mut shares, &mut waiting, until);
        Some(Followed { intervals, shares, n })
    }
}

/// The distances of each queue that has enough of them.
pub(super) fn by_queue<'q>(
    queues: &Queues<'q>,
    distances: &[[f64; 2]],
) -> BTreeMap<(&'q str, &'q str), Vec<[f64; 2]>> {
    let mut found = BTreeMap::<(&str, &str), Vec<[f64; 2]>>::new();
    for (queue, distance) in queues.0.iter().zip(distances) {
        found.entry(*queue).or_default().push(*distance);
    }
    found.retain(|_, distances| distances.len() >= FEWEST_IN_GROUP);
    found
}

impl Adaptive {
    /// Whether it is what [`Intervals::following`] makes; what is wrong, where not.
    pub fn check(&self) -> Result<(), &'static str> {
        if !(RATES.0..=RATES.1).contains(&self.rate) {
            return Err("the rate at which the intervals follow");
        }
        let is_grid = |tail: &[f64]| {
            tail.len() == GRID.len() && tail.iter().all(|distance| distance.is_finite()) && tail.is_sorted()
        };
        let reaches = self.groups.iter().map(|group| &group.reach).chain([&self.pooled]);
        if reaches.into_iter().any(|reach| !is_grid(&reach.below) || !is_grid(&reach.above)) {
            return Err("the distances that the intervals follow on");
        }
        let is_sorted = self.groups.is_sorted_by(|a, b| (&a.site, &a.service) < (&b.site, &b.service));
        if self.groups.len() > MOST_GROUPS || !is_sorted {
            return Err("the queues of the distances that the intervals follow on");
        }
        Ok(())
    }

    /// Whether queues have distances of their own.
    pub fn has_groups(&self) -> bool {
        !self.groups.is_empty()
    }
}

impl Reach {
    fn of(distances: &[[f64; 2]]) -> Reach {
        let tail = |side: usize| {
            let mut sorted: Vec<f64> = distances.iter().map(|distance| distance[side]).collect();
            sorted.sort_by(f64::total_cmp);
            // Beyond what so many visits can tell, the largest.
            let of_share = |share: f64| {
                let place = rank(sorted.len(), 1.0 - 2.0 * share).unwrap_or(sorted.len());
                sorted.get(place.saturating_sub(1)).copied().unwrap_or_default()
            };
            GRID.map(of_share).to_vec()
        };
        Reach { below: tail(0), above: tail(1) }
    }
}

/// The distance at `share`, linear between the points of the grid.
fn at(tail: &[f64], share: f64) -> f64 {
    // The first point that is at most as large; the grid falls.
    let place = GRID.partition_point(|point| *point > share);
    let of = |place: usize| Some((*GRID.get(place)?, *tail.get(place)?));
    match (place.checked_sub(1).and_then(of), of(place)) {
        (_, Some((point, distance))) if point == share => distance,
        (Some((larger, before)), Some((smaller, after))) => {
            before + (after - before) * (larger - share) / (larger - smaller)
        }
        (Some((_, distance)), None) | (None, Some((_, distance))) => distance,
        (None, None) => 0.0,
    }
}

#[cfg(test)]
#[path = "adaptive_tests.rs"]
mod tests;

//! How often intervals hold what they say, and how wide they are for it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::analysis::models::WaitInterval;
use crate::base::statistics::{Block, BlockBootstrap};

/// Tenths of the visits by their predictions.
const DECILES: usize = 10;
/// Parts that are kept of a division: those with the most visits.
const MOST_PARTS: usize = 200;

/// The coverage of the intervals of one level on some visits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// The share that the intervals mean to hold.
    pub level: f64,
    /// Visits.
    pub n: u64,
    /// Days that they lie on.
    pub days: u64,
    /// The share of the waits that lie in their intervals.
    pub covered: f64,
    /// Lower end of the 95 % interval of that share, days as blocks; absent with fewer than two days.
    pub covered_low: Option<f64>,
    /// Upper end.
    pub covered_high: Option<f64>,
    /// The share of the waits below their intervals.
    pub below: f64,
    /// The share above.
    pub above: f64,
    /// The mean width, minutes.
    pub mean_width: f64,
    /// The share that is held by the intervals as they are shown, rounded outward.
    pub shown_covered: f64,
    /// The mean width of those, minutes.
    pub shown_width: f64,
    /// The coverage of parts of the visits.
    pub parts: Vec<CoveragePart>,
}

/// The coverage of some of the visits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoveragePart {
    /// By what the visits are divided: `day`, `site`, `hour` or `decile` (of the prediction).
    pub by: String,
    /// The day (days since 1970), site, hour or tenth (from 1).
    pub part: String,
    /// Visits.
    pub n: u64,
    /// The share that is covered.
    pub covered: f64,
}

/// Where some visits belong, a value a visit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places<'a> {
    /// Days since 1970, by the clock of the site.
    pub day: Vec<u32>,
    /// Hours of the day.
    pub hour: Vec<u32>,
    /// The sites.
    pub site: Vec<&'a str>,
    /// What was predicted, minutes.
    pub predicted: Vec<f64>,
}

/// The coverage of `intervals` of one level of visits with the waits `actual` (minutes), an interval a visit. `None` where
/// there are no visits.
#[must_use]
pub fn coverage(intervals: &[WaitInterval], actual: &[f64], places: &Places<'_>, seed: u64) -> Option<Coverage> {
    let first = intervals.first()?;
    let n = intervals.len();
    let visits = || intervals.iter().zip(actual);
    let share = |holds: &dyn Fn(WaitInterval, f64) -> bool| {
        visits().filter(|(interval, wait)| holds(**interval, **wait)).count() as f64 / n as f64
    };
    let mean = |width: &dyn Fn(WaitInterval) -> f64| intervals.iter().map(|of| width(*of)).sum::<f64>() / n as f64;
    let held: Vec<bool> = visits().map(|(interval, wait)| interval.holds(*wait)).collect();
    let mut blocks = BTreeMap::<u32, Block>::new();
    for (day, held) in places.day.iter().zip(&held) {
        let block = blocks.entry(*day).or_insert(Block { n: 0, sum: 0.0 });
        block.n += 1;
        block.sum += f64::from(u8::from(*held));
    }
    let blocks: Vec<Block> = blocks.into_values().collect();
    let interval = BlockBootstrap::seeded(seed).mean(&blocks).ok().map(|estimate| estimate.interval.deciding());
    Some(Coverage {
        level: first.level,
        n: n as u64,
        days: blocks.len() as u64,
        covered: share(&WaitInterval::holds),
        covered_low: interval.map(|interval| interval.low),
        covered_high: interval.map(|interval| interval.high),
        below: share(&|interval, wait| wait < interval.low),
        above: share(&|interval, wait| wait > interval.high),
        mean_width: mean(&|interval| interval.high - interval.low),
        shown_covered: share(&|interval, wait| interval.shown().holds(wait)),
        shown_width: mean(&|interval| interval.shown().high - interval.shown().low),
        parts: parts(&held, places),
    })
}

fn parts(held: &[bool], places: &Places<'_>) -> Vec<CoveragePart> {
    let mut parts = by("day", held, places.day.iter().copied());
    parts.extend(by("site", held, places.site.iter().map(|site| (*site).to_owned())));
    parts.extend(by("hour", held, places.hour.iter().copied()));
    parts.extend(by("decile", held, deciles(&places.predicted)));
    parts
}

fn by<K: Ord + ToString>(name: &str, held: &[bool], keys: impl IntoIterator<Item = K>) -> Vec<CoveragePart> {
    let mut counts = BTreeMap::<K, (u64, u64)>::new();
    for (key, held) in keys.into_iter().zip(held) {
        let count = counts.entry(key).or_default();
        count.0 += 1;
        count.1 += u64::from(*held);
    }
    let part = |(key, (n, held)): (K, (u64, u64))| CoveragePart {
        by: name.to_owned(),
        part: key.to_string(),
        n,
        covered: held as f64 / n as f64,
    };
    let mut counts: Vec<(K, (u64, u64))> = counts.into_iter().collect();
    if counts.len() > MOST_PARTS {
        counts.sort_by_key(|count| std::cmp::Reverse(count.1.0));
        counts.truncate(MOST_PARTS);
        counts.sort_by(|a, b| a.0.cmp(&b.0));
    }
    counts.into_iter().map(part).collect()
}

/// The tenth, from 1, to which each prediction belongs; equal predictions belong to one.
fn deciles(predicted: &[f64]) -> Vec<u32> {
    let mut sorted = predicted.to_vec();
    sorted.sort_by(f64::total_cmp);
    let tenth = |minutes: &f64| {
        let below = sorted.partition_point(|other| other < minutes);
        let tenth = below * DECILES / sorted.len().max(1);
        u32::try_from(tenth).unwrap_or_default() + 1
    };
    predicted.iter().map(tenth).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coverage_counts_what_lies_inside() {
        let interval = |low: f64, high: f64| WaitInterval { level: 0.8, low, high };
        let intervals = [interval(0.0, 10.0), interval(5.0, 6.0), interval(7.0, 8.0), interval(1.0, 2.0)];
        let actual = [10.0, 4.0, 9.0, 1.5];
        let places = Places {
            day: vec![1, 1, 2, 2],
            hour: vec![8, 8, 8, 9],
            site: vec!["a", "b", "a", "b"],
            predicted: vec![1.0, 2.0, 3.0, 4.0],
        };
        let found = coverage(&intervals, &actual, &places, 1).unwrap();
        assert_eq!((found.n, found.days, found.covered, found.below, found.above), (4, 2, 0.5, 0.25, 0.25));
        assert_eq!((found.mean_width, found.shown_width), (13.0 / 4.0, 25.0 / 4.0));
        // Shown, 5 to 10 minutes hold 9; 5 to 10 do not hold 4.
        assert_eq!(found.shown_covered, 0.75);
        assert!(found.covered_low.unwrap() <= 0.5 && found.covered_high.unwrap() >= 0.5);
        let part = |by: &str, part: &str| {
            let found = found.parts.iter().find(|of| of.by == by && of.part == part).unwrap();
            (found.n, found.covered)
        };
        assert_eq!([part("day", "1"), part("site", "b"), part("hour", "8")], [(2, 0.5), (2, 0.5), (3, 1.0 / 3.0)]);
        assert_eq!((part("decile", "1"), part("decile", "8")), ((1, 1.0), (1, 1.0)));
        assert_eq!(coverage(&[], &[], &Places::default(), 1), None);
        // Of many parts alike, as many are kept as may be.
        assert_eq!(by("day", &vec![true; 300], 0..300).len(), MOST_PARTS);
    }
}

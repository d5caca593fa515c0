//! Predictions beside what came true, with what they are sliced by.

use std::collections::BTreeMap;

use crate::base::calendar::Weekday;
use crate::base::statistics::{Block, BlockBootstrap, Interval, Sample};

/// Served visits, a row each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scored {
    /// What was predicted, minutes.
    pub predicted: Vec<f64>,
    /// The waits, minutes.
    pub actual: Vec<f64>,
    /// A number for the day of each arrival at its site.
    pub day: Vec<u32>,
    /// The hour of each arrival at its site, 0–23.
    pub hour: Vec<u8>,
    /// The weekday of each arrival at its site.
    pub weekday: Vec<Weekday>,
    /// The site of each visit, as an index into `sites`.
    pub site: Vec<u32>,
    /// The names of the sites.
    pub sites: Vec<String>,
}

impl Scored {
    /// The number of visits.
    #[must_use]
    pub fn len(&self) -> usize {
        self.actual.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.actual.is_empty()
    }

    /// The days that the visits lie on.
    #[must_use]
    pub fn days(&self) -> u64 {
        let mut days = self.day.clone();
        days.sort_unstable();
        days.dedup();
        days.len() as u64
    }

    /// The rows by tenths of what was predicted: every row with a prediction above the d-th decile and up to the next.
    /// Deciles that fall together are one, so that there may be fewer than ten, none of them empty.
    pub(super) fn deciles(&self) -> Vec<Vec<usize>> {
        let Ok(sample) = Sample::new(self.predicted.clone()) else { return Vec::new() };
        let mut edges: Vec<f64> = (1..10).map(|tenth| sample.quantile(f64::from(tenth) / 10.0)).collect();
        edges.dedup();
        let mut rows = vec![Vec::new(); edges.len() + 1];
        for (row, predicted) in self.predicted.iter().enumerate() {
            let tenth = edges.partition_point(|edge| edge < predicted);
            if let Some(rows) = rows.get_mut(tenth) {
                rows.push(row);
            }
        }
        rows.retain(|rows| !rows.is_empty());
        rows
    }
}

/// A mean over visits with its 95 % interval, which blocks of days give; none with fewer than two days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct MeanOverDays {
    pub mean: f64,
    pub interval: Option<Interval>,
    pub days: u64,
}

/// The mean of `values`, which lie on `days`.
pub(super) fn mean_over_days(
    values: impl Iterator<Item = (u32, f64)>,
    bootstrap: BlockBootstrap,
) -> Option<MeanOverDays> {
    let mut blocks = BTreeMap::<u32, Block>::new();
    for (day, value) in values {
        let block = blocks.entry(day).or_insert(Block { n: 0, sum: 0.0 });
        block.n += 1;
        block.sum += value;
    }
    let blocks: Vec<Block> = blocks.into_values().collect();
    let n: u64 = blocks.iter().map(|block| block.n).sum();
    let sum: f64 = blocks.iter().map(|block| block.sum).sum();
    let interval = bootstrap.mean(&blocks).ok().map(|estimate| estimate.interval.deciding());
    (n > 0).then(|| MeanOverDays { mean: sum / n as f64, interval, days: blocks.len() as u64 })
}

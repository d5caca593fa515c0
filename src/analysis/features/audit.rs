//! The leakage audit: arrivals of a history are computed again from what was known at their instant.
//!
//! For each arrival of a seeded sample, the history is *cut*: later arrivals are removed, and calls, ends and
//! departures at or after the instant are blanked. What comes out of the cut history must be what stands in the table
//! of the whole one, bit for bit; a feature that differs has seen the future.
//!
//! A queue never depends on another site, so that a cut holds one site. It is tried with the recent past first: where
//! even less than the whole past gives the same values, the whole past was not needed. Only where something differs is
//! the site's whole past taken, and only what differs then is a leak.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use serde::Serialize;

use crate::analysis::history::History;
use crate::base::{Cancelled, Task};

use super::catalogue::Value;
use super::cut::{DAY_MILLIS, Facts, cut, rows_of_sites};
use super::queue::LAST_WEEK_DAYS;
use super::table::FeatureTable;

/// Arrivals that are audited where nothing else is said.
pub const AUDITED_ARRIVALS: usize = 200;

/// The past that is tried first: the last week, and what was still going on at its beginning.
const RECENT_MILLIS: i64 = (LAST_WEEK_DAYS + 2) * DAY_MILLIS;

/// Features of each visit of a history: what an audit compares.
pub trait Computed {
    /// The value of the feature `id` at the visit in `row`.
    fn value(&self, id: &str, row: usize) -> Value<'_>;
}

impl Computed for FeatureTable {
    fn value(&self, id: &str, row: usize) -> Value<'_> {
        FeatureTable::value(self, id, row)
    }
}

/// Which arrivals are audited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampling {
    /// How many; fewer where the history has fewer.
    pub arrivals: usize,
    /// The seed of the draw.
    pub seed: u64,
}

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LeakageAudit {
    /// Values that were computed again: arrivals × features.
    pub checked: u64,
    /// Those that differ, by arrival and feature.
    pub leaks: Vec<Leak>,
}

/// A value that depends on what was not known yet.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Leak {
    /// The feature's id.
    pub feature: String,
    /// The visit.
    pub visit_id: String,
    /// The value computed from the whole history; `null` where missing.
    pub offline: serde_json::Value,
    /// The value computed from the history cut at the arrival.
    pub recomputed: serde_json::Value,
}

/// Computes the features `ids` of a sample of arrivals again with `compute`, each from the history cut at its instant,
/// and compares them with `offline`, which was computed from the whole `history`.
///
/// # Errors
/// [`Cancelled`] where `task` was.
pub fn audit<T: Computed>(
    history: &History,
    ids: &[&str],
    offline: &T,
    compute: impl Fn(&History, &Task) -> Result<T, Cancelled>,
    sampling: Sampling,
    task: &Task,
) -> Result<LeakageAudit, Cancelled> {
    let rows_of_site = rows_of_sites(&history.visits);
    let sample = draw(&rows_of_site, sampling);
    let facts = Facts::of(&history.visits);
    let mut found = LeakageAudit::default();
    for (done, (site, place)) in sample.iter().copied().enumerate() {
        task.report("stage.auditing", done as u64, sample.len() as u64)?;
        let past = &rows_of_site[site][..=place];
        let row = past[place];
        let differing = |rows: &[usize]| -> Result<Vec<Leak>, Cancelled> {
            let cut = cut(history, rows, history.visits.arrived[row], facts);
            let last = cut.visits.len() - 1;
            // Progress is reported by arrival; the inner one would jump.
            let inner = Task::with_cancel(task.cancel_token());
            let recomputed = compute(&cut, &inner)?;
            let compare = |id: &&str| {
                let (before, after) = (offline.value(id, row), recomputed.value(id, last));
                (before != after).then(|| Leak {
                    feature: (*id).to_owned(),
                    visit_id: history.visits.visit_id.get(row).unwrap_or_default().to_owned(),
                    offline: json(before),
                    recomputed: json(after),
                })
            };
            Ok(ids.iter().filter_map(compare).collect())
        };
        let oldest = history.visits.arrived[row].millis() - RECENT_MILLIS;
        let first = past.partition_point(|row| history.visits.arrived[*row].millis() < oldest);
        let mut leaks = differing(&past[first..])?;
        if !leaks.is_empty() && first > 0 {
            leaks = differing(past)?;
        }
        found.checked += ids.len() as u64;
        found.leaks.extend(leaks);
    }
    Ok(found)
}

/// Arrivals as site and place among the site's rows: the same number from each site as far as it has them, and of a
/// site one from each of as many equal parts of its rows, so that the sample is spread over the whole time.
fn draw(rows_of_site: &[Vec<usize>], sampling: Sampling) -> Vec<(usize, usize)> {
    let mut random = ChaCha8Rng::seed_from_u64(sampling.seed);
    let mut below = |bound: usize| {
        // The bias of the product is below 2^-40 for every number of rows that fits into memory.
        let product = u128::from(random.next_u64()) * bound as u128;
        usize::try_from(product >> 64).unwrap_or(0)
    };
    let mut sites: Vec<usize> = (0..rows_of_site.len()).filter(|site| !rows_of_site[*site].is_empty()).collect();
    for last in (1..sites.len()).rev() {
        sites.swap(last, below(last + 1));
    }
    // The smallest sites first, so that what they lack is shared among the others.
    sites.truncate(sampling.arrivals);
    sites.sort_by_key(|site| rows_of_site[*site].len());
    let (mut left, mut sample) = (sampling.arrivals, Vec::new());
    for (index, site) in sites.iter().copied().enumerate() {
        let rows = rows_of_site[site].len();
        let parts = left.div_ceil(sites.len() - index).min(rows);
        for part in 0..parts {
            let (from, until) = (part * rows / parts, (part + 1) * rows / parts);
            sample.push((site, from + below(until - from)));
        }
        left -= parts;
    }
    sample
}

fn json(value: Value<'_>) -> serde_json::Value {
    match value {
        Value::Number(number) => number.into(),
        Value::Category(name) => name.into(),
        Value::Missing => serde_json::Value::Null,
    }
}

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;

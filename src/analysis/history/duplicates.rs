//! Visits that a source holds more than once.
//!
//! A visit with an id is the same as another of that id; one without is the same as another that agrees with it in
//! everything. Rows are first told apart by a hash; whatever shares one is then compared in full, so that no chance
//! agreement of hashes ever loses a visit. It does not take anything out; [`Visits::remove`] does. 8 bytes a row.

use std::cmp::Ordering;
use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::RandomState;
use rayon::prelude::*;

use super::Visits;
use super::order::{RowOrder, runs};

/// A visit that was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The row.
    pub row: u32,
    /// The first row with the same visit.
    pub first: u32,
    /// Whether the two agree in everything, or only in the id.
    pub same: bool,
}

/// The rows that repeat a visit of an earlier row, in ascending order.
#[must_use]
pub fn duplicates(visits: &Visits) -> Vec<Duplicate> {
    let hashes = RandomState::default();
    let order = RowOrder::new(visits);
    let key = |row: u32| row_hash(visits, row as usize, &hashes) & !u64::from(u32::MAX) | u64::from(row);
    let mut keys: Vec<u64> = (0..visits.len() as u32).into_par_iter().map(key).collect();
    keys.par_sort_unstable();
    let suspects = runs(&keys, |a, b| a >> u32::BITS == b >> u32::BITS);
    let mut found: Vec<Duplicate> = suspects
        .into_par_iter()
        .flat_map_iter(|run| {
            let rows = keys[run].iter().map(|key| (key & u64::from(u32::MAX)) as u32);
            among(visits, &order, rows.collect())
        })
        .collect();
    found.par_sort_unstable_by_key(|duplicate| duplicate.row);
    found
}

/// The duplicates among rows that share a hash.
fn among(visits: &Visits, order: &RowOrder<'_>, mut rows: Vec<u32>) -> Vec<Duplicate> {
    let identity = |a: u32, b: u32| match (id(visits, a), id(visits, b)) {
        (None, None) => order.compare(a as usize, b as usize),
        (a, b) => a.cmp(&b),
    };
    rows.sort_unstable_by(|a, b| identity(*a, *b).then(a.cmp(b)));
    let mut found = Vec::new();
    for run in runs(&rows, |a, b| identity(*a, *b) == Ordering::Equal) {
        let first = rows[run.start];
        found.extend(rows[run].iter().skip(1).map(|row| Duplicate {
            row: *row,
            first,
            same: order.compare(first as usize, *row as usize) == Ordering::Equal,
        }));
    }
    found
}

fn id(visits: &Visits, row: u32) -> Option<&str> {
    visits.visit_id.get(row as usize).filter(|id| !id.is_empty())
}

fn row_hash(visits: &Visits, row: usize, hashes: &RandomState) -> u64 {
    if let Some(id) = id(visits, row as u32) {
        return hashes.hash_one(id);
    }
    let mut hasher = hashes.build_hasher();
    (visits.site.codes()[row], visits.service.codes()[row], visits.arrived[row]).hash(&mut hasher);
    (visits.called[row], visits.left[row], visits.finished[row]).hash(&mut hasher);
    (visits.priority[row], visits.channel[row], visits.booked_for[row]).hash(&mut hasher);
    (visits.open_counters[row], visits.people_ahead[row]).hash(&mut hasher);
    visits.extras.values().for_each(|extra| extra.get(row).hash(&mut hasher));
    hasher.finish()
}

//! A whole history, replayed: batches of rows one after the other, the sites of a batch in parallel.
//!
//! A batch is a stretch of the history in time, so that a site's sweep, the rows it reads and the rows it writes stay
//! close together in memory, and nothing is kept of a site but its open visits and windows.

use rayon::prelude::*;

use crate::analysis::history::{History, Visits};
use crate::base::{Cancelled, Task};

use super::arrival::QueueState;
use super::column::scatter;
use super::parts::{Parts, PriorityOrder};
use super::sweep::{Setting, SiteSweep};

/// Rows of a batch: few enough for the caches of a processor, enough for each of many sites to have work.
const BATCH: usize = 1 << 16;

/// The state of its queue at each arrival of `history`, in the order of its rows.
///
/// # Errors
/// [`Cancelled`] where `task` was.
pub fn queue_states(history: &History, task: &Task) -> Result<Vec<QueueState>, Cancelled> {
    queue_states_by(history, PriorityOrder::default(), task)
}

/// As [`queue_states`], with classes called in this order.
///
/// # Errors
/// [`Cancelled`] where `task` was.
pub fn queue_states_by(
    history: &History,
    order: PriorityOrder,
    task: &Task,
) -> Result<Vec<QueueState>, Cancelled> {
    let mut states = vec![QueueState::default(); history.visits.len()];
    let each = |out: &mut Vec<QueueState>, sweep: &mut SiteSweep<'_>, rows: &[u32]| {
        out.clear();
        sweep.run(rows, |_, _, state| out.push(state));
    };
    replay(history, order, Parts::ALL, task, Vec::new, each, |batch, lanes| {
        for (_, rows, of_site) in batch.sites(lanes) {
            scatter(&mut states, rows, of_site, |state| state);
        }
    })?;
    Ok(states)
}

/// Rows of a stretch of the history, site by site.
pub(super) struct Batch {
    /// By site and then in order.
    rows: Vec<u32>,
    /// Where the rows of each site begin in `rows`, by its code; one more at the end.
    begins: Vec<u32>,
}

/// A site's sweep and what it has to say about the rows of the batch.
pub(super) struct Lane<'a, O> {
    sweep: SiteSweep<'a>,
    output: O,
}

/// The lanes by the codes of their sites; those that were not seen yet are none.
pub(super) type Lanes<'a, O> = [Option<Box<Lane<'a, O>>>];

impl Batch {
    /// By counting: O(rows + sites).
    fn new(visits: &Visits, first: usize) -> Batch {
        let range = first..visits.len().min(first + BATCH);
        let codes = visits.site.codes().get(range).unwrap_or_default();
        let mut begins = vec![0_u32; visits.site.names().len() + 1];
        for code in codes {
            begins[*code as usize + 1] += 1;
        }
        for site in 1..begins.len() {
            begins[site] += begins[site - 1];
        }
        let mut places = begins.clone();
        let mut rows = vec![0; codes.len()];
        for (row, code) in (first..).zip(codes) {
            let place = &mut places[*code as usize];
            rows[*place as usize] = u32::try_from(row).unwrap_or(u32::MAX);
            *place += 1;
        }
        Batch { rows, begins }
    }

    /// The rows of a site.
    fn rows_of(&self, site: usize) -> &[u32] {
        self.rows.get(self.begins[site] as usize..self.begins[site + 1] as usize).unwrap_or_default()
    }

    /// Each site that has rows, by its code: the rows and what the site's lane says of them.
    pub fn sites<'b, O>(&'b self, lanes: &'b Lanes<'_, O>) -> impl Iterator<Item = (usize, &'b [u32], &'b O)> {
        let of = |(site, lane): (usize, &'b Option<Box<Lane<'_, O>>>)| {
            Some((site, self.rows_of(site), &lane.as_deref()?.output))
        };
        lanes.iter().enumerate().filter_map(of).filter(|(_, rows, _)| !rows.is_empty())
    }
}

/// Replays `history`. `each` lets a site's sweep run over its rows of a batch and fills the site's output; `collect` is
/// then given the outputs of all sites.
///
/// # Errors
/// [`Cancelled`] where `task` was.
pub(super) fn replay<'a, O: Send>(
    history: &'a History,
    order: PriorityOrder,
    parts: Parts,
    task: &Task,
    output: impl Fn() -> O + Sync,
    each: impl Fn(&mut O, &mut SiteSweep<'a>, &[u32]) + Sync,
    mut collect: impl FnMut(&Batch, &Lanes<'a, O>),
) -> Result<(), Cancelled> {
    let visits = &history.visits;
    let ends_recorded = visits.finished.iter().any(Option::is_some);
    let setting = Setting { visits, order, parts, ends_recorded };
    let clock = history.zone.clock();
    let mut lanes: Vec<Option<Box<Lane<'a, O>>>> = Vec::new();
    lanes.resize_with(visits.site.names().len(), || None);
    for first in (0..visits.len()).step_by(BATCH) {
        task.report("stage.queues", first as u64, visits.len() as u64)?;
        let batch = Batch::new(visits, first);
        lanes.par_iter_mut().enumerate().try_for_each(|(site, lane)| {
            let rows = batch.rows_of(site);
            if rows.is_empty() {
                return Ok(());
            }
            task.check()?;
            let lane = lane.get_or_insert_with(|| {
                Box::new(Lane { sweep: SiteSweep::new(setting, clock.clone()), output: output() })
            });
            each(&mut lane.output, &mut lane.sweep, rows);
            Ok(())
        })?;
        collect(&batch, &lanes);
    }
    task.check()
}

//! A whole history, replayed: batches of rows one after the other, the sites of a batch in parallel.
//!
//! A batch is a stretch of the history in time, so that a site's sweep, the rows it reads and the rows it writes stay
//! close together in memory, and nothing is kept of a site but its open visits and windows.

use rayon::prelude::*;

use crate::analysis::history::{History, PriorityOrder};
use crate::base::calendar::{LocalTime, WallClock};
use crate::base::{Cancelled, Task};

use super::arrival::QueueState;
use super::batch::{BATCH, Batch, Record};
use super::column::scatter;
use super::parts::Parts;
use super::sweep::{Setting, Sink, SiteSweep};

/// The state of its queue at each arrival of `history`, in the order of its rows.
///
/// # Errors
/// [`Cancelled`] where `task` was.
pub fn queue_states(history: &History, task: &Task) -> Result<Vec<QueueState>, Cancelled> {
    let mut states = vec![QueueState::default(); history.visits.len()];
    replay(
        history,
        history.priority_order,
        Parts::ALL,
        (task, "stage.queues"),
        |_| States::default(),
        |batch, lanes| {
            let of_site = by_site(lanes, |states| &states.0);
            batch.spread(of_site, |rows, of_rows| scatter(&mut states, rows, of_rows, |state| state));
        },
    )?;
    Ok(states)
}

/// The states of one site's rows of a batch.
#[derive(Default)]
struct States(Vec<QueueState>);

impl Sink for States {
    fn begin(&mut self) {
        self.0.clear();
    }

    fn next(&mut self, _: &Record, _: LocalTime) -> &mut QueueState {
        self.0.push(QueueState::default());
        let last = self.0.len() - 1;
        &mut self.0[last]
    }

    fn end(&mut self) {}
}

/// A site's sweep and what it has to say about the rows of the batch.
pub(super) struct Lane<O> {
    sweep: SiteSweep,
    output: O,
}

/// The lanes by the codes of their sites; those that were not seen yet are none.
pub(super) type Lanes<O> = [Option<Box<Lane<O>>>];

/// What each site has to say, by its code; nothing of sites that were not seen yet.
pub(super) fn by_site<'n, O, N>(lanes: &'n Lanes<O>, of: impl Fn(&'n O) -> &'n [N]) -> Vec<&'n [N]> {
    lanes.iter().map(|lane| lane.as_deref().map_or(&[][..], |lane| of(&lane.output))).collect()
}

/// Replays `history`: each site's sweep tells its output what it finds, and `collect` is given the outputs of all sites
/// after each batch. `task` is told the `stage`.
///
/// # Errors
/// [`Cancelled`] where `task` was.
pub(super) fn replay<O: Sink + Send>(
    history: &History,
    order: PriorityOrder,
    parts: Parts,
    (task, stage): (&Task, &'static str),
    output: impl Fn(usize) -> O + Sync,
    mut collect: impl FnMut(&Batch, &Lanes<O>),
) -> Result<(), Cancelled> {
    let visits = &history.visits;
    let ends_recorded = visits.finished.iter().any(Option::is_some);
    let setting = Setting { order, parts, ends_recorded };
    let names = visits.site.names();
    let clocks: Vec<WallClock> = names.iter().map(|site| history.zone_of(site).clock()).collect();
    let mut lanes: Vec<Option<Box<Lane<O>>>> = Vec::new();
    lanes.resize_with(names.len(), || None);
    for first in (0..visits.len()).step_by(BATCH) {
        task.report(stage, first as u64, visits.len() as u64)?;
        let batch = Batch::new(visits, first, parts);
        lanes.par_iter_mut().zip(&clocks).enumerate().try_for_each(|(site, (lane, clock))| {
            if let Some(lane) = lane {
                lane.output.begin();
            }
            for records in batch.records_of(site) {
                task.check()?;
                let lane = lane.get_or_insert_with(|| {
                    Box::new(Lane { sweep: SiteSweep::new(setting, clock.clone()), output: output(site) })
                });
                lane.sweep.run(records, &mut lane.output);
            }
            if let Some(lane) = lane {
                lane.output.end();
            }
            Ok(())
        })?;
        collect(&batch, &lanes);
    }
    task.check()
}

//! Visits, one at a time and as columns.
//!
//! The invariant of [`Visits`]: all columns have one length, at most `u32::MAX`, and after [`Visits::sort`] the rows
//! stand in *canonical order*. "Row `i` came before row `j`" means `i < j` everywhere, so ties of the arrival are
//! decided once, in [`super::order`].

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::{Minutes, Moment};

use super::{Categories, Optional, RowVisit, Texts};

/// How a visit came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Took a ticket on arrival.
    WalkIn,
    /// Had booked a time.
    Booked,
}

impl Channel {
    /// The name in files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Channel::WalkIn => "walk_in",
            Channel::Booked => "booked",
        }
    }

    /// The key of the name in the string catalogue.
    #[must_use]
    pub const fn name_key(self) -> &'static str {
        match self {
            Channel::WalkIn => "data.walk_in",
            Channel::Booked => "data.booked",
        }
    }

    /// The channel with this [`Channel::id`].
    #[must_use]
    pub fn from_id(id: &str) -> Option<Channel> {
        [Channel::WalkIn, Channel::Booked].into_iter().find(|channel| channel.id() == id)
    }
}

/// How a visit ended, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Called: the wait is known.
    Served,
    /// Left before being called: the wait is only known to be longer (censored).
    Abandoned,
    /// Neither called nor gone by the end of the history.
    Unfinished,
}

/// One person's stay in one queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// The source's own id of the visit.
    pub visit_id: String,
    /// Where: branch, clinic or office.
    pub site: String,
    /// What for.
    pub service: String,
    /// When the person joined the queue: the moment of prediction.
    pub arrived: Moment,
    /// When the person was called.
    pub called: Option<Moment>,
    /// When the service was finished.
    pub finished: Option<Moment>,
    /// When the person left unserved.
    pub left: Option<Moment>,
    /// The source's priority class; its meaning is the source's.
    pub priority: Option<u8>,
    /// How the visit came about.
    pub channel: Option<Channel>,
    /// The time that was booked.
    pub booked_for: Option<Moment>,
    /// Counters open for this queue at the arrival, as the source says it.
    pub open_counters: Option<u32>,
    /// People ahead in this queue at the arrival, as the source says it.
    pub people_ahead: Option<u32>,
}

/// Visits as columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Visits {
    /// The source's ids.
    pub visit_id: Texts,
    /// Sites.
    pub site: Categories,
    /// Services.
    pub service: Categories,
    /// Arrivals.
    pub arrived: Vec<Moment>,
    /// Calls.
    pub called: Vec<Option<Moment>>,
    /// Ends of service.
    pub finished: Vec<Option<Moment>>,
    /// Departures without service.
    pub left: Vec<Option<Moment>>,
    /// Priority classes.
    pub priority: Optional<u8>,
    /// Channels.
    pub channel: Optional<Channel>,
    /// Booked times.
    pub booked_for: Optional<Moment>,
    /// Open counters at the arrival.
    pub open_counters: Optional<u32>,
    /// People ahead at the arrival.
    pub people_ahead: Optional<u32>,
    /// Further columns of the source, by our name.
    pub extras: BTreeMap<String, Texts>,
}

/// Sets the columns of one table to `rows` of another, one column after the other.
macro_rules! take_columns {
    ($rows:expr, $from:expr => $to:expr) => {
        $to.visit_id = $from.visit_id.take($rows);
        $to.site = $from.site.take($rows);
        $to.service = $from.service.take($rows);
        $to.arrived = gathered(&$from.arrived, $rows);
        $to.called = gathered(&$from.called, $rows);
        $to.finished = gathered(&$from.finished, $rows);
        $to.left = gathered(&$from.left, $rows);
        $to.priority = $from.priority.take($rows);
        $to.channel = $from.channel.take($rows);
        $to.booked_for = $from.booked_for.take($rows);
        $to.open_counters = $from.open_counters.take($rows);
        $to.people_ahead = $from.people_ahead.take($rows);
        [&mut $to.site, &mut $to.service].into_iter().for_each(Categories::order_names);
    };
}

fn gathered<T: Copy + Send + Sync>(column: &[T], rows: &[u32]) -> Vec<T> {
    rows.par_iter().map(|row| column[*row as usize]).collect()
}

impl Visits {
    /// The number of visits.
    #[must_use]
    pub fn len(&self) -> usize {
        self.arrived.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.arrived.is_empty()
    }

    /// Adds a visit at the end.
    pub fn push(&mut self, visit: &Visit) {
        self.visit_id.push(Some(&visit.visit_id));
        self.site.push(&visit.site);
        self.service.push(&visit.service);
        self.arrived.push(visit.arrived);
        self.called.push(visit.called);
        self.finished.push(visit.finished);
        self.left.push(visit.left);
        self.priority.push(visit.priority);
        self.channel.push(visit.channel);
        self.booked_for.push(visit.booked_for);
        self.open_counters.push(visit.open_counters);
        self.people_ahead.push(visit.people_ahead);
        self.extras.values_mut().for_each(|extra| extra.push(None));
    }

    /// Adds a row of a source at the end; its extra columns are the caller's.
    pub(super) fn push_row(&mut self, row: &RowVisit<'_>) {
        self.visit_id.push(Some(&row.visit_id));
        self.site.push(&row.site);
        self.service.push(&row.service);
        self.arrived.push(row.arrived);
        self.called.push(row.called);
        self.finished.push(row.finished);
        self.left.push(row.left);
        self.priority.push(row.priority);
        self.channel.push(row.channel);
        self.booked_for.push(row.booked_for);
        self.open_counters.push(row.open_counters);
        self.people_ahead.push(row.people_ahead);
    }

    /// The visit in `row`. Panics where there is no such row.
    #[must_use]
    pub fn get(&self, row: usize) -> Visit {
        Visit {
            visit_id: self.visit_id.get(row).unwrap_or_default().to_owned(),
            site: self.site.get(row).to_owned(),
            service: self.service.get(row).to_owned(),
            arrived: self.arrived[row],
            called: self.called[row],
            finished: self.finished[row],
            left: self.left[row],
            priority: self.priority[row],
            channel: self.channel[row],
            booked_for: self.booked_for[row],
            open_counters: self.open_counters[row],
            people_ahead: self.people_ahead[row],
        }
    }

    /// The wait of `row`, where it is known. Panics where there is no such row.
    #[must_use]
    pub fn wait(&self, row: usize) -> Option<Minutes> {
        self.called[row].map(|called| called.minutes_since(self.arrived[row]))
    }

    /// How the visit in `row` ended. Panics where there is no such row.
    #[must_use]
    pub fn outcome(&self, row: usize) -> Outcome {
        match (self.called[row], self.left[row]) {
            (Some(_), _) => Outcome::Served,
            (None, Some(_)) => Outcome::Abandoned,
            (None, None) => Outcome::Unfinished,
        }
    }

    /// The number of visits with this outcome.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        (0..self.len()).filter(|row| self.outcome(*row) == outcome).count()
    }

    /// The visits of `rows`, in that order. Panics where there is no such row.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Visits {
        let rows: &[u32] = &rows.iter().map(|row| *row as u32).collect::<Vec<_>>();
        let mut taken = Visits::default();
        take_columns!(rows, self => taken);
        taken.extras = self.extras.iter().map(|(name, extra)| (name.clone(), extra.take(rows))).collect();
        taken
    }

    /// Takes out `rows`, which stand in ascending order; those that do not exist are passed over.
    pub fn remove(&mut self, rows: &[u32]) {
        if rows.is_empty() {
            return;
        }
        let mut gone = rows.iter().copied().peekable();
        let kept = (0..self.len() as u32).filter(|row| {
            while gone.next_if(|gone| gone < row).is_some() {}
            gone.peek() != Some(row)
        });
        let kept: Vec<u32> = kept.collect();
        self.keep(&kept);
    }

    /// Keeps the visits of `rows`, in that order. Panics where there is no such row.
    ///
    /// One column after the other is replaced, so that there are never two of all of them.
    pub(super) fn keep(&mut self, rows: &[u32]) {
        take_columns!(rows, self => self);
        self.extras.values_mut().for_each(|extra| *extra = extra.take(rows));
    }

    /// The visits of `chunks` one after the other. A chunk without an extra column that another has lacks its cells.
    ///
    /// One column after the other is joined and let go, so that there are never two of all of them.
    #[must_use]
    pub fn concat(mut chunks: Vec<Visits>) -> Visits {
        if chunks.len() <= 1 {
            return chunks.pop().unwrap_or_default();
        }
        let lengths: Vec<usize> = chunks.iter().map(Visits::len).collect();
        let mut extras: BTreeMap<String, Vec<Texts>> = BTreeMap::new();
        for name in chunks.iter().flat_map(|chunk| chunk.extras.keys()) {
            if !extras.contains_key(name) {
                extras.insert(name.clone(), Vec::new());
            }
        }
        for (name, parts) in &mut extras {
            let part = |(chunk, rows): (&mut Visits, &usize)| {
                chunk.extras.remove(name).unwrap_or_else(|| (0..*rows).map(|_| None).collect())
            };
            parts.extend(chunks.iter_mut().zip(&lengths).map(part));
        }
        let (visit_id, site) = (each(&mut chunks, |of| &mut of.visit_id), each(&mut chunks, |of| &mut of.site));
        let (service, arrived) =
            (each(&mut chunks, |of| &mut of.service), each(&mut chunks, |of| &mut of.arrived));
        let (called, finished) =
            (each(&mut chunks, |of| &mut of.called), each(&mut chunks, |of| &mut of.finished));
        let left = each(&mut chunks, |of| &mut of.left);
        let ((called, finished, left, arrived), (visit_id, site, service)) = rayon::join(
            || (joined(called), joined(finished), joined(left), joined(arrived)),
            || (Texts::concat(visit_id), Categories::concat(site), Categories::concat(service)),
        );
        Visits {
            visit_id,
            site,
            service,
            arrived,
            called,
            finished,
            left,
            priority: Optional::concat(each(&mut chunks, |of| &mut of.priority)),
            channel: Optional::concat(each(&mut chunks, |of| &mut of.channel)),
            booked_for: Optional::concat(each(&mut chunks, |of| &mut of.booked_for)),
            open_counters: Optional::concat(each(&mut chunks, |of| &mut of.open_counters)),
            people_ahead: Optional::concat(each(&mut chunks, |of| &mut of.people_ahead)),
            extras: extras.into_iter().map(|(name, parts)| (name, Texts::concat(parts))).collect(),
        }
    }

    /// Gives visits without an id of their own a number in canonical order.
    pub fn number(&mut self) {
        let mut numbers = Texts::default();
        numbers.reserve(self.len(), self.len() * self.len().to_string().len());
        (1..=self.len() as u64).for_each(|row| numbers.push_number(row));
        self.visit_id = numbers;
    }
}

/// One column of each chunk; an empty one stays.
fn each<T: Default>(chunks: &mut [Visits], column: impl Fn(&mut Visits) -> &mut T) -> Vec<T> {
    chunks.iter_mut().map(|chunk| std::mem::take(column(chunk))).collect()
}

fn joined<T: Copy>(parts: Vec<Vec<T>>) -> Vec<T> {
    let mut all = Vec::new();
    all.reserve_exact(parts.iter().map(Vec::len).sum());
    parts.into_iter().for_each(|part| all.extend_from_slice(&part));
    all
}

impl FromIterator<Visit> for Visits {
    fn from_iter<I: IntoIterator<Item = Visit>>(visits: I) -> Visits {
        let mut columns = Visits::default();
        visits.into_iter().for_each(|visit| columns.push(&visit));
        columns
    }
}

//! Visits, one at a time and as columns.
//!
//! The invariant of [`Visits`]: all columns have one length, and after [`Visits::sort`] the rows stand in
//! *canonical order*: by arrival, then site, service, visit id, call and departure. "Row `i` came before row `j`" means `i < j`
//! everywhere, so ties of the arrival are decided once, here.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::calendar::Zone;
use crate::base::{Minutes, Moment};

use super::{Categories, Texts};

/// How a visit came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    pub priority: Vec<Option<u8>>,
    /// Channels.
    pub channel: Vec<Option<Channel>>,
    /// Booked times.
    pub booked_for: Vec<Option<Moment>>,
    /// Open counters at the arrival.
    pub open_counters: Vec<Option<u32>>,
    /// People ahead at the arrival.
    pub people_ahead: Vec<Option<u32>>,
    /// Further columns of the source, by our name.
    pub extras: BTreeMap<String, Texts>,
}

/// Visits and the zone of their sites.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// The zone whose wall clock the sites keep.
    pub zone: Zone,
    /// The visits, in canonical order.
    pub visits: Visits,
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

    /// Puts the rows into canonical order.
    pub fn sort(&mut self) {
        if (1..self.len()).all(|row| self.order(row - 1, row).is_le()) {
            return;
        }
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|a, b| self.order(*a, *b));
        *self = self.take(&order);
    }

    /// The visits of `rows`, in that order. Panics where there is no such row.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Visits {
        let mut taken = Visits::default();
        for row in rows {
            taken.push(&self.get(*row));
        }
        for (name, extra) in &self.extras {
            taken.extras.insert(name.clone(), rows.iter().map(|row| extra.get(*row)).collect());
        }
        taken
    }

    /// Gives visits without an id of their own a number in canonical order.
    pub fn number(&mut self) {
        self.visit_id = Texts::default();
        for row in 1..=self.len() {
            self.visit_id.push(Some(&row.to_string()));
        }
    }

    fn order(&self, a: usize, b: usize) -> Ordering {
        self.arrived[a]
            .cmp(&self.arrived[b])
            .then_with(|| self.site.get(a).cmp(self.site.get(b)))
            .then_with(|| self.service.get(a).cmp(self.service.get(b)))
            .then_with(|| self.visit_id.get(a).cmp(&self.visit_id.get(b)))
            .then_with(|| self.called[a].cmp(&self.called[b]))
            .then_with(|| self.left[a].cmp(&self.left[b]))
    }
}

impl FromIterator<Visit> for Visits {
    fn from_iter<I: IntoIterator<Item = Visit>>(visits: I) -> Visits {
        let mut columns = Visits::default();
        visits.into_iter().for_each(|visit| columns.push(&visit));
        columns
    }
}

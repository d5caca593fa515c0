//! Two histories side by side: how many, when, where, how long they waited, and which visits they share.

use std::hash::{DefaultHasher, Hash, Hasher};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::{Cancelled, Moment, Task};

use super::profile::{NumberProfile, Profile};
use super::{Categories, History, Visits};

/// The most names that are listed.
pub const MOST_NAMES: usize = 200;

/// Two histories side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The first.
    pub a: Side,
    /// The second.
    pub b: Side,
    /// Sites that only one has.
    pub sites: OnlyIn,
    /// Services that only one has.
    pub services: OnlyIn,
    /// Visits that both have.
    pub shared: Shared,
}

/// One of two histories.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// Visits.
    pub visits: u64,
    /// Visits that were called.
    pub served: u64,
    /// Visits that left unserved.
    pub abandoned: u64,
    /// The first arrival.
    pub first: Option<Moment>,
    /// The last arrival.
    pub last: Option<Moment>,
    /// Days with visits.
    pub days: u64,
    /// Sites.
    pub sites: u64,
    /// Services.
    pub services: u64,
    /// Waits of the served, minutes.
    pub waits: Option<NumberProfile>,
}

/// Names that only one of two histories has, the first [`MOST_NAMES`] in order of letters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OnlyIn {
    /// Only in the first.
    pub a: Vec<String>,
    /// Only in the second.
    pub b: Vec<String>,
}

/// Visits that both histories have. A visit that one has twice counts as often as both have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    /// With one id; `None` where the ids of one are only numbers given at its import.
    pub by_id: Option<u64>,
    /// With the same site, service, arrival, call, end and departure.
    pub by_content: u64,
}

/// Compares `a` with `b`; `have_ids` says whether the ids of both are those of their sources.
///
/// # Errors
/// [`Cancelled`] where `task` was.
pub fn compare_histories(a: &History, b: &History, have_ids: bool, task: &Task) -> Result<Difference, Cancelled> {
    let profiles = (Profile::of(a, task)?, Profile::of(b, task)?);
    task.check()?;
    let by_content = shared(contents(&a.visits), contents(&b.visits));
    task.check()?;
    let by_id = have_ids.then(|| shared(ids(&a.visits), ids(&b.visits)));
    Ok(Difference {
        a: side(&profiles.0, a),
        b: side(&profiles.1, b),
        sites: only_in(&a.visits.site, &b.visits.site),
        services: only_in(&a.visits.service, &b.visits.service),
        shared: Shared { by_id, by_content },
    })
}

fn side(profile: &Profile, history: &History) -> Side {
    Side {
        visits: profile.visits,
        served: profile.served,
        abandoned: profile.abandoned,
        first: profile.first,
        last: profile.last,
        days: profile.days.len() as u64,
        sites: history.visits.site.names().len() as u64,
        services: history.visits.service.names().len() as u64,
        waits: profile.waits.clone(),
    }
}

fn only_in(a: &Categories, b: &Categories) -> OnlyIn {
    let without = |a: &Categories, b: &Categories| {
        let mut names: Vec<String> = a.names().iter().filter(|name| b.find(name).is_none()).cloned().collect();
        names.sort();
        names.truncate(MOST_NAMES);
        names
    };
    OnlyIn { a: without(a, b), b: without(b, a) }
}

fn digest(value: impl Hash) -> u64 {
    // Always the same keys: 64 bits of SipHash, of which two of ten million agree by chance once in 10⁵ times.
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn ids(visits: &Visits) -> Vec<u64> {
    (0..visits.len()).into_par_iter().map(|row| digest(visits.visit_id.get(row))).collect()
}

fn contents(visits: &Visits) -> Vec<u64> {
    let names = |column: &Categories| column.names().iter().map(digest).collect::<Vec<u64>>();
    let (sites, services) = (names(&visits.site), names(&visits.service));
    (0..visits.len())
        .into_par_iter()
        .map(|row| {
            digest((
                sites[visits.site.codes()[row] as usize],
                services[visits.service.codes()[row] as usize],
                visits.arrived[row],
                visits.called[row],
                visits.finished[row],
                visits.left[row],
            ))
        })
        .collect()
}

/// How many values both lists have, each as often as both have it.
fn shared(mut a: Vec<u64>, mut b: Vec<u64>) -> u64 {
    rayon::join(|| a.par_sort_unstable(), || b.par_sort_unstable());
    let mut shared = 0;
    let mut others = b.into_iter().peekable();
    for value in a {
        while others.next_if(|other| *other < value).is_some() {}
        shared += u64::from(others.next_if(|other| *other == value).is_some());
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::history::Visit;

    fn visit(id: u64, site: &str, second: i64, wait: Option<i64>) -> Visit {
        let arrived = Moment::from_seconds(1_700_000_000 + second).unwrap();
        Visit {
            visit_id: id.to_string(),
            site: site.to_owned(),
            service: "s".to_owned(),
            arrived,
            called: wait.map(|minutes| arrived.plus_millis(minutes * 60_000).unwrap()),
            finished: None,
            left: None,
            priority: None,
            channel: None,
            booked_for: None,
            open_counters: None,
            people_ahead: None,
        }
    }

    fn history(visits: Vec<Visit>) -> History {
        History { visits: visits.into_iter().collect(), ..History::default() }
    }

    #[test]
    fn shared_visits_and_lone_names_are_found() {
        let a = history(vec![
            visit(1, "x", 0, Some(1)),
            visit(2, "x", 60, Some(2)),
            visit(3, "y", 90, None),
            visit(4, "y", 90, None),
        ]);
        let b = history(vec![
            visit(2, "x", 60, Some(2)),
            visit(3, "y", 91, None),
            visit(9, "y", 90, None),
            visit(8, "z", 5, Some(30)),
        ]);
        let difference = compare_histories(&a, &b, true, &Task::default()).unwrap();
        assert_eq!(difference.shared, Shared { by_id: Some(2), by_content: 2 });
        assert_eq!(difference.sites, OnlyIn { a: vec![], b: vec!["z".to_owned()] });
        assert_eq!(difference.services, OnlyIn::default());
        assert_eq!((difference.a.visits, difference.a.served, difference.b.served), (4, 2, 2));
        assert_eq!(difference.b.waits.as_ref().map(|waits| waits.median), Some(16.0));
        let itself = compare_histories(&a, &a, false, &Task::default()).unwrap();
        assert_eq!(itself.shared, Shared { by_id: None, by_content: 4 });
        assert_eq!((itself.a, itself.sites), (itself.b, OnlyIn::default()));
        let back = compare_histories(&b, &a, true, &Task::default()).unwrap();
        assert_eq!((back.shared, back.sites.a), (difference.shared, difference.sites.b));
    }
}

//! A history as it was known at an instant.

use crate::analysis::history::{History, Visit, Visits};
use crate::base::Moment;

pub(super) const DAY_MILLIS: i64 = 24 * 60 * 60 * 1_000;
/// What no site is called.
pub(super) const NO_SITE: &str = "\0";

/// The rows of each site, in canonical order; by the site's code.
pub(super) fn rows_of_sites(visits: &Visits) -> Vec<Vec<usize>> {
    let mut rows = vec![Vec::new(); visits.site.names().len()];
    for (row, site) in visits.site.codes().iter().enumerate() {
        rows[*site as usize].push(row);
    }
    rows
}

/// What is known of the source before any visit: which times it records at all.
#[derive(Clone, Copy)]
pub(super) struct Facts {
    called: bool,
    finished: bool,
    left: bool,
}

impl Facts {
    pub fn of(visits: &Visits) -> Facts {
        let any = |times: &[Option<Moment>]| times.iter().any(Option::is_some);
        Facts { called: any(&visits.called), finished: any(&visits.finished), left: any(&visits.left) }
    }
}

/// What was known of the visits in `rows` at the instant `now`, by which all of them had arrived. All rows are of one
/// site and in canonical order; the last of them is in the last row of the cut.
pub(super) fn cut(history: &History, rows: &[usize], now: Moment, facts: Facts) -> History {
    let mut visits = history.visits.take(rows);
    for times in [&mut visits.called, &mut visits.finished, &mut visits.left] {
        for time in times.iter_mut() {
            *time = time.filter(|time| *time < now);
        }
    }
    for visit in tellers(&visits, facts) {
        visits.push(&visit);
    }
    visits.sort();
    history.with(visits)
}

/// Visits to a place that no site is called, over before the first visit: they tell which times the source records,
/// which the cut may have removed.
fn tellers(visits: &Visits, facts: Facts) -> Vec<Visit> {
    let Some(first) = visits.arrived.first() else { return Vec::new() };
    let Some(then) = first.plus_millis(-2 * DAY_MILLIS) else { return Vec::new() };
    let teller = Visit {
        visit_id: String::new(),
        site: NO_SITE.to_owned(),
        service: NO_SITE.to_owned(),
        arrived: then,
        called: None,
        finished: None,
        left: None,
        priority: None,
        channel: None,
        booked_for: None,
        open_counters: None,
        people_ahead: None,
    };
    let called = facts.called.then_some(then);
    let served = Visit { called, finished: called.filter(|_| facts.finished), ..teller.clone() };
    let gone = Visit { left: facts.left.then_some(then), ..teller };
    vec![served, gone]
}

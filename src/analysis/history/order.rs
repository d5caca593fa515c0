//! Canonical order, which is the same whatever the order of the source was.
//!
//! Rows stand by arrival, then site, service, visit id, call, departure, end of service, priority, channel, booked time,
//! open counters, people ahead, and then the extra columns by name. A missing cell comes before one that is there; names
//! and texts are compared by their bytes, visit ids by their length first, so that the numbers 9 and 10 stand as people
//! count. Invariant: rows that tie in this order are the same in every column.

use std::cmp::Ordering;
use std::ops::Range;

use rayon::prelude::*;

use super::Visits;

/// How many rows a thread looks at before it is worth another.
const ROWS_EACH: usize = 1 << 14;

/// Compares rows of one table.
pub(super) struct RowOrder<'a> {
    visits: &'a Visits,
    sites: Vec<u32>,
    services: Vec<u32>,
}

impl<'a> RowOrder<'a> {
    pub fn new(visits: &'a Visits) -> RowOrder<'a> {
        RowOrder { visits, sites: visits.site.ranks(), services: visits.service.ranks() }
    }

    fn site(&self, row: usize) -> u32 {
        self.sites[self.visits.site.codes()[row] as usize]
    }

    fn service(&self, row: usize) -> u32 {
        self.services[self.visits.service.codes()[row] as usize]
    }

    /// How rows `a` and `b` stand to each other in canonical order.
    pub fn compare(&self, a: usize, b: usize) -> Ordering {
        let arrived = &self.visits.arrived;
        arrived[a]
            .cmp(&arrived[b])
            .then_with(|| self.site(a).cmp(&self.site(b)))
            .then_with(|| self.service(a).cmp(&self.service(b)))
            .then_with(|| by_length(self.visits.visit_id.get(a), self.visits.visit_id.get(b)))
            .then_with(|| self.compare_rest(a, b))
    }

    /// As [`RowOrder::compare`], of rows that agree in arrival, site, service and visit id.
    fn compare_rest(&self, a: usize, b: usize) -> Ordering {
        let visits = self.visits;
        let mut order = visits.called[a]
            .cmp(&visits.called[b])
            .then_with(|| visits.left[a].cmp(&visits.left[b]))
            .then_with(|| visits.finished[a].cmp(&visits.finished[b]))
            .then_with(|| visits.priority[a].cmp(&visits.priority[b]))
            .then_with(|| visits.channel[a].cmp(&visits.channel[b]))
            .then_with(|| visits.booked_for[a].cmp(&visits.booked_for[b]))
            .then_with(|| visits.open_counters[a].cmp(&visits.open_counters[b]))
            .then_with(|| visits.people_ahead[a].cmp(&visits.people_ahead[b]));
        for extra in visits.extras.values() {
            order = order.then_with(|| extra.get(a).cmp(&extra.get(b)));
        }
        order
    }

    fn is_sorted(&self) -> bool {
        (1..self.visits.len())
            .into_par_iter()
            .with_min_len(ROWS_EACH)
            .all(|row| self.compare(row - 1, row).is_le())
    }

    /// The rows in canonical order.
    fn rows(&self) -> Vec<u32> {
        let mut keys = self.keys();
        keys.par_sort_unstable();
        let mut rows: Vec<u32> = keys.par_iter().map(|key| row_of(*key)).collect();
        // Only rows that agree in all that the keys hold are left to be compared one by one.
        let tied = runs(&keys, |a, b| a >> u32::BITS == b >> u32::BITS);
        drop(keys);
        for run in tied {
            let compare = |a: &u32, b: &u32| self.compare(*a as usize, *b as usize).then_with(|| a.cmp(b));
            rows[run].par_sort_unstable_by(compare);
        }
        rows
    }

    /// Arrival, site and service, as far as there is room for them, and the row, packed into numbers of one order.
    fn keys(&self) -> Vec<u128> {
        let millis = |row: usize| self.visits.arrived[row].millis();
        let rows = 0..self.visits.len();
        let Some(first) = rows.clone().into_par_iter().map(millis).min() else { return Vec::new() };
        let last = rows.clone().into_par_iter().map(millis).max().unwrap_or(first);
        let (sites, services) = (bits(self.sites.len() as u64), bits(self.services.len() as u64));
        // A site takes at most 32 bits and a moment 49, which leave too little for as many services.
        let services_fit = bits(last.abs_diff(first)) + sites + services <= u128::BITS - u32::BITS;
        let key = |row: usize| {
            let mut key = u128::from(millis(row).abs_diff(first));
            key = key << sites | u128::from(self.site(row));
            if services_fit {
                key = key << services | u128::from(self.service(row));
            }
            key << u32::BITS | row as u128
        };
        rows.into_par_iter().with_min_len(ROWS_EACH).map(key).collect()
    }
}

/// The number of bits that `value` takes.
fn bits(value: u64) -> u32 {
    u64::BITS - value.leading_zeros()
}

fn row_of(key: u128) -> u32 {
    (key & u128::from(u32::MAX)) as u32
}

fn by_length(a: Option<&str>, b: Option<&str>) -> Ordering {
    a.map(|a| (a.len(), a)).cmp(&b.map(|b| (b.len(), b)))
}

/// The longest runs of more than one neighbour that are all the `same`.
pub(super) fn runs<T>(sorted: &[T], same: impl Fn(&T, &T) -> bool) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0;
    for at in 1..=sorted.len() {
        if at < sorted.len() && same(&sorted[start], &sorted[at]) {
            continue;
        }
        if at - start > 1 {
            runs.push(start..at);
        }
        start = at;
    }
    runs
}

impl Visits {
    /// Puts the rows into canonical order, and the names of sites and services into the order of their bytes: the
    /// same visits give the same columns, whatever order they came in.
    pub fn sort(&mut self) {
        let order = RowOrder::new(self);
        if order.is_sorted() {
            self.site.order_names();
            self.service.order_names();
        } else {
            let rows = order.rows();
            self.keep(&rows);
        }
    }
}

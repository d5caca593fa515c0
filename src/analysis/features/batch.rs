//! A stretch of a history, put in order by site.
//!
//! The history stands in order of time, so that the rows of one site lie far from each other in memory. Each stretch is
//! read once from front to back and copied into records that lie side by side, site by site; reading them costs next to
//! nothing.

use rayon::prelude::*;

use crate::analysis::history::{Channel, Visits};
use crate::base::Moment;

use super::parts::Parts;

/// Rows that are put in order at a time: their records fit into the cache of one processor.
const STRETCH: usize = 1 << 13;
/// Stretches of a batch, so that each of many sites has work.
const STRETCHES: usize = 16;
/// Rows of a batch.
pub(super) const BATCH: usize = STRETCH * STRETCHES;

/// What a visit is to the sweep. What is not asked for is `None`.
#[derive(Clone, Copy)]
pub(super) struct Record {
    pub arrived: Moment,
    pub called: Option<Moment>,
    pub finished: Option<Moment>,
    pub left: Option<Moment>,
    pub booked_for: Option<Moment>,
    pub people_ahead: Option<u32>,
    pub open_counters: Option<u32>,
    pub row: u32,
    pub service: u32,
    pub priority: Option<u8>,
    pub channel: Option<Channel>,
}

/// Some stretches of the history that follow each other.
pub(super) struct Batch(Vec<Stretch>);

/// Rows that follow each other, by site and then in order.
struct Stretch {
    first: usize,
    rows: Vec<u32>,
    records: Vec<Record>,
    /// Where each site begins, by its code; one more at the end.
    begins: Vec<u32>,
}

impl Batch {
    /// The batch that begins at row `first`, with what `parts` need.
    pub fn new(visits: &Visits, first: usize, parts: Parts) -> Batch {
        let stretches: Vec<usize> = (first..visits.len().min(first + BATCH)).step_by(STRETCH).collect();
        Batch(stretches.into_par_iter().map(|first| Stretch::new(visits, first, parts)).collect())
    }

    /// The records of a site, stretch by stretch.
    pub fn records_of(&self, site: usize) -> impl Iterator<Item = &[Record]> {
        self.0
            .iter()
            .map(move |stretch| stretch.records.get(stretch.range_of(site)).unwrap_or_default())
            .filter(|records| !records.is_empty())
    }

    /// The row after the last.
    pub fn end(&self) -> usize {
        self.0.iter().map(|stretch| stretch.first + stretch.rows.len()).max().unwrap_or_default()
    }

    /// Hands `put` the rows of each site with what `of_site` (by the code of the site) holds for them; a stretch after
    /// the other, so that what is written close together in time lies close together in memory.
    pub fn spread<'n, N>(&self, mut of_site: Vec<&'n [N]>, mut put: impl FnMut(&[u32], &'n [N])) {
        for stretch in &self.0 {
            for (site, rest) in of_site.iter_mut().enumerate() {
                let rows = stretch.rows.get(stretch.range_of(site)).unwrap_or_default();
                let (now, later) = rest.split_at(rows.len().min(rest.len()));
                put(rows, now);
                *rest = later;
            }
        }
    }
}

impl Stretch {
    /// By counting: O(rows + sites).
    fn new(visits: &Visits, first: usize, parts: Parts) -> Stretch {
        let end = visits.len().min(first + STRETCH);
        let codes = visits.site.codes().get(first..end).unwrap_or_default();
        let mut begins = vec![0_u32; visits.site.names().len() + 1];
        for code in codes {
            begins[*code as usize + 1] += 1;
        }
        for site in 1..begins.len() {
            begins[site] += begins[site - 1];
        }
        let mut places = begins.clone();
        let mut rows = vec![0; codes.len()];
        let mut records = vec![Record::read(visits, first, parts); codes.len()];
        for (row, code) in (first..).zip(codes) {
            let place = &mut places[*code as usize];
            let record = Record::read(visits, row, parts);
            rows[*place as usize] = record.row;
            records[*place as usize] = record;
            *place += 1;
        }
        Stretch { first, rows, records, begins }
    }

    fn range_of(&self, site: usize) -> std::ops::Range<usize> {
        self.begins[site] as usize..self.begins[site + 1] as usize
    }
}

impl Record {
    fn read(visits: &Visits, row: usize, parts: Parts) -> Record {
        let own = parts.any(Parts::VISIT);
        let ends = parts.any(Parts::SERVICE.and(Parts::SITE).and(Parts::MEAN_SERVICE));
        Record {
            arrived: visits.arrived[row],
            called: visits.called[row],
            finished: if ends { visits.finished[row] } else { None },
            left: visits.left[row],
            booked_for: if own { visits.booked_for[row] } else { None },
            people_ahead: if parts.any(Parts::LINE) { visits.people_ahead[row] } else { None },
            open_counters: if own { visits.open_counters[row] } else { None },
            row: u32::try_from(row).unwrap_or(u32::MAX),
            service: visits.service.codes()[row],
            priority: if parts.any(Parts::VISIT.and(Parts::CLASSES)) { visits.priority[row] } else { None },
            channel: if own { visits.channel[row] } else { None },
        }
    }
}

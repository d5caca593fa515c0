//! How many visits arrived at each site in each hour of its clock: small, and all that most checks need.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::TableAccount;
use crate::analysis::history::Visits;
use crate::base::Moment;
use crate::base::calendar::{WallClock, Zone};

/// Rows that one piece of work counts.
const CHUNK: usize = 1 << 18;

/// Visits by site and local hour, ascending; hours without visits are left out.
pub(super) struct HourCounts {
    cells: Vec<Cell>,
}

/// The visits of one site in one hour.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    /// The site's code and the hour, in one number that sorts as the pair does.
    key: u64,
    /// Visits.
    pub count: u32,
}

impl Cell {
    /// The site's code.
    pub fn site(self) -> usize {
        (self.key >> 32) as usize
    }

    /// Hours since the midnight of 1970-01-01 on the site's clock.
    #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "the lower half of the key")]
    pub fn hour(self) -> i32 {
        (self.key as u32 ^ 1 << 31) as i32
    }

    /// Days since 1970-01-01.
    pub fn day(self) -> i32 {
        self.hour().div_euclid(24)
    }

    /// The hour of the day, 0–23.
    pub fn hour_of_day(self) -> usize {
        self.hour().rem_euclid(24) as usize
    }
}

/// The zones of the sites: one for most, others by name.
#[derive(Clone, Copy)]
pub(super) struct SiteZones<'a> {
    /// The zone of sites that are not named.
    pub usual: &'a Zone,
    /// The zones of others.
    pub others: &'a BTreeMap<String, Zone>,
}

impl SiteZones<'_> {
    /// A clock for each site, by its code.
    fn clocks(self, visits: &Visits) -> Vec<WallClock> {
        visits.site.names().iter().map(|site| self.others.get(site).unwrap_or(self.usual).clock()).collect()
    }
}

fn key(site: u32, hour: i32) -> u64 {
    u64::from(site) << 32 | u64::from(hour.cast_unsigned() ^ 1 << 31)
}

fn hour_of(clock: &mut WallClock, moment: Moment) -> i32 {
    let local = clock.local(moment);
    local.date().epoch_days() * 24 + i32::from(local.hour())
}

impl HourCounts {
    /// Counts `visits` by the clocks of their sites.
    pub fn of(visits: &Visits, zones: &SiteZones<'_>) -> HourCounts {
        let clocks = zones.clocks(visits);
        let mut cells: Vec<Cell> = visits
            .arrived
            .par_chunks(CHUNK)
            .zip(visits.site.codes().par_chunks(CHUNK))
            .flat_map_iter(|(arrived, codes)| count_chunk(arrived, codes, clocks.clone()))
            .collect();
        cells.par_sort_unstable_by_key(|cell| cell.key);
        cells.dedup_by(|next, kept| {
            let same = next.key == kept.key;
            if same {
                kept.count += next.count;
            }
            same
        });
        HourCounts { cells }
    }

    /// Takes the rows that are to be set aside out of the counts.
    pub fn leave_out(&mut self, visits: &Visits, zones: &SiteZones<'_>, account: &TableAccount) {
        let mut clocks = zones.clocks(visits);
        for (row, _) in account.aside() {
            let (Some(arrived), Some(code)) = (visits.arrived.get(*row), visits.site.codes().get(*row)) else {
                continue;
            };
            let Some(clock) = clocks.get_mut(*code as usize) else { continue };
            let key = key(*code, hour_of(clock, *arrived));
            if let Ok(place) = self.cells.binary_search_by_key(&key, |cell| cell.key)
                && let Some(cell) = self.cells.get_mut(place)
            {
                cell.count = cell.count.saturating_sub(1);
            }
        }
        self.cells.retain(|cell| cell.count > 0);
    }

    /// The hours of each site that has any: ascending by site, then by hour.
    pub fn by_site(&self) -> impl Iterator<Item = &[Cell]> {
        self.cells.chunk_by(|a, b| a.site() == b.site())
    }

    /// Visits by day since 1970-01-01, all sites together.
    pub fn days(&self) -> BTreeMap<i32, u64> {
        let mut days = BTreeMap::new();
        for cell in &self.cells {
            *days.entry(cell.day()).or_default() += u64::from(cell.count);
        }
        days
    }
}

/// Counts by run: in most sources a site's next visit falls into the same hour as its last.
fn count_chunk(arrived: &[Moment], codes: &[u32], mut clocks: Vec<WallClock>) -> Vec<Cell> {
    let mut open = vec![(0, 0_u32); clocks.len()];
    let mut cells = Vec::new();
    for (moment, code) in arrived.iter().zip(codes) {
        let site = *code as usize;
        let (Some((open_hour, count)), Some(clock)) = (open.get_mut(site), clocks.get_mut(site)) else { continue };
        let hour = hour_of(clock, *moment);
        if *open_hour == hour {
            *count += 1;
            continue;
        }
        if *count > 0 {
            cells.push(Cell { key: key(*code, *open_hour), count: *count });
        }
        (*open_hour, *count) = (hour, 1);
    }
    for (code, (hour, count)) in (0_u32..).zip(open) {
        if count > 0 {
            cells.push(Cell { key: key(code, hour), count });
        }
    }
    cells
}

//! A large history as a queue system would export it: 50 sites, six services, opening hours, queues with counters, people
//! who give up. The same seed gives the same bytes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Write};

/// The columns, under the canonical names: no mapping is needed.
pub const HEADER: &str = "visit_id,site,service,arrived_at,called_at,finished_at,priority,channel\n";

const SITES: u64 = 50;
const SERVICES: [(&str, u32); 6] = [
    ("deposits", 240),
    ("withdrawal", 180),
    ("loans", 900),
    ("cards", 300),
    ("transfers", 200),
    ("documents", 420),
];
/// Visits of a site on a day, on average.
const A_DAY: u64 = 700;
const OPENS: u32 = 7 * 3_600 + 1_800;
const CLOSES: u32 = 15 * 3_600;

struct Visit {
    arrived: u32,
    called: Option<u32>,
    finished: u32,
    site: u8,
    service: u8,
    priority: u8,
    is_booked: bool,
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Draw(u64);

impl Draw {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    fn below(&mut self, end: u32) -> u32 {
        let bits = self.bits() >> 32;
        ((bits * u64::from(end)) >> 32) as u32
    }

    /// Up to 2.5 × `mean`, `mean` on average and skewed: half a uniform number, half a squared one.
    fn around(&mut self, mean: u32) -> u32 {
        let share = f64::from(self.below(1 << 16)) / f64::from(1 << 16);
        self.below(mean) + (share * share * 1.5 * f64::from(mean)) as u32
    }
}

/// Writes `rows` visits from 2 January 2025 on, ordered by arrival.
pub fn write_csv(rows: u64, seed: u64, out: &mut impl Write) -> io::Result<()> {
    out.write_all(HEADER.as_bytes())?;
    let mut draw = Draw(seed);
    let mut line = Vec::with_capacity(128);
    let (mut id, mut day) = (0, 0);
    while id < rows {
        // Closed on Fridays; 2 January 2025 is a Thursday.
        if day % 7 == 1 {
            day += 1;
            continue;
        }
        let date = date(day);
        for visit in visits_of_day(&mut draw) {
            id += 1;
            line.clear();
            write_visit(&mut line, id, &visit, &date);
            out.write_all(&line)?;
            if id == rows {
                break;
            }
        }
        day += 1;
    }
    out.flush()
}

fn visits_of_day(draw: &mut Draw) -> Vec<Visit> {
    let mut visits = Vec::new();
    for site in 0..SITES as u8 {
        let count = A_DAY as u32 * (60 + draw.below(80)) / 100;
        let mut arrivals: Vec<u32> = (0..count).map(|_| arrival(draw)).collect();
        arrivals.sort_unstable();
        // As many counters as are busy nine tenths of the time on average.
        let counters = count * 340 / (CLOSES - OPENS) * 10 / 9 + 1;
        let mut free: BinaryHeap<Reverse<u32>> = (0..counters).map(|_| Reverse(OPENS)).collect();
        for arrived in arrivals {
            let service = draw.below(SERVICES.len() as u32) as u8;
            let patience = 600 + draw.around(2_400);
            let Some(Reverse(next)) = free.pop() else { continue };
            let start = next.max(arrived + 2 + draw.below(20));
            let called = (start - arrived <= patience && start < 18 * 3_600).then_some(start);
            let finished = start + 20 + draw.around(SERVICES[usize::from(service)].1);
            free.push(Reverse(if called.is_some() { finished } else { next }));
            let priority = if draw.below(10) == 0 { 2 } else { 1 };
            let is_booked = draw.below(5) == 0;
            visits.push(Visit { arrived, called, finished, site, service, priority, is_booked });
        }
    }
    visits.sort_by_key(|visit| visit.arrived);
    visits
}

/// Most come in the morning: the earlier of two moments for two in three.
fn arrival(draw: &mut Draw) -> u32 {
    let (one, other) = (draw.below(CLOSES - OPENS), draw.below(CLOSES - OPENS));
    OPENS + if draw.below(3) > 0 { one.min(other) } else { one.max(other) }
}

/// `2025-01-02T` after `day` days.
fn date(day: u64) -> String {
    // Days since 1970-01-01 to a civil date (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    let since = 20_090 + day + 719_468;
    let (era, of_era) = (since / 146_097, since % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march + 2) / 5 + 1;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T")
}

fn write_visit(line: &mut Vec<u8>, id: u64, visit: &Visit, date: &str) {
    line.extend_from_slice(format!("v{id:08}").as_bytes());
    line.extend_from_slice(b",site-");
    two_digits(line, u32::from(visit.site) + 1);
    line.push(b',');
    line.extend_from_slice(SERVICES[usize::from(visit.service)].0.as_bytes());
    line.push(b',');
    time(line, date, visit.arrived);
    line.push(b',');
    if let Some(called) = visit.called {
        time(line, date, called);
        line.push(b',');
        time(line, date, visit.finished);
    } else {
        line.push(b',');
    }
    line.push(b',');
    line.push(b'0' + visit.priority);
    line.extend_from_slice(if visit.is_booked { b",booked\n" } else { b",walk_in\n" });
}

fn time(line: &mut Vec<u8>, date: &str, second: u32) {
    line.extend_from_slice(date.as_bytes());
    two_digits(line, second / 3_600);
    line.push(b':');
    two_digits(line, second / 60 % 60);
    line.push(b':');
    two_digits(line, second % 60);
}

fn two_digits(line: &mut Vec<u8>, number: u32) {
    line.extend_from_slice(&[b'0' + (number / 10 % 10) as u8, b'0' + (number % 10) as u8]);
}

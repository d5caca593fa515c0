//! Histories of any size, made fast from a seed: 50 sites with four services each, a queue with counters, a priority
//! class, bookings and people who give up. In canonical order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use nobat::analysis::history::{Channel, History, Visits};
use nobat::base::Moment;

const SITES: usize = 50;
/// Visits a day, counters and the median length of a service in seconds.
const SERVICES: [(&str, usize, usize, f64); 4] =
    [("a", 200, 3, 300.0), ("b", 140, 2, 280.0), ("c", 90, 3, 700.0), ("d", 50, 1, 380.0)];
/// 1402/01/01 in Tehran, which has had no daylight saving since.
const START_MILLIS: i64 = 1_679_344_200_000;
const DAY_MILLIS: i64 = 86_400_000;
const OPEN_MILLIS: i64 = 8 * 3_600_000;
const CLOSE_MILLIS: i64 = 17 * 3_600_000;

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Between 0 and 1, never either.
    fn share(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        -mean * self.share().ln()
    }
}

#[derive(Clone)]
struct Made {
    arrived: i64,
    site: usize,
    service: usize,
    urgent: bool,
    booked: bool,
    patience: i64,
    length: i64,
    called: Option<i64>,
}

/// A history of `rows` visits.
pub fn history(rows: usize, seed: u64) -> History {
    let mut random = Random(seed);
    let names: Vec<String> = (0..SITES).map(|site| format!("site {site:02}")).collect();
    let mut visits = Visits::default();
    let mut day = 0;
    while visits.len() < rows {
        let midnight = START_MILLIS + day * DAY_MILLIS;
        let mut made: Vec<Made> = Vec::new();
        for site in 0..SITES {
            for service in 0..SERVICES.len() {
                made.extend(queue(&mut random, midnight, site, service));
            }
        }
        made.sort_by_key(|visit| (visit.arrived, visit.site, visit.service));
        made.truncate(rows - visits.len());
        for visit in made {
            push(&mut visits, &visit, &names);
        }
        day += 1;
    }
    History { visits, ..History::default() }
}

/// A queue's day: urgent people first, then in order of arrival, by as many counters as there are.
fn queue(random: &mut Random, midnight: i64, site: usize, service: usize) -> Vec<Made> {
    let (_, visits, counters, length) = SERVICES[service];
    // Sites differ in size, by half up and down.
    let visits = visits as f64 * (0.5 + site as f64 / SITES as f64);
    let mut arrived = midnight + OPEN_MILLIS;
    let mut people: Vec<Made> = Vec::new();
    loop {
        arrived += random.exponential((CLOSE_MILLIS - OPEN_MILLIS) as f64 / visits) as i64 + 1;
        if arrived >= midnight + CLOSE_MILLIS {
            break;
        }
        people.push(Made {
            arrived,
            site,
            service,
            urgent: random.share() < 0.08,
            booked: random.share() < 0.3,
            patience: 60_000 + random.exponential(3_600_000.0) as i64,
            length: 20_000 + random.exponential(length * 1_000.0) as i64,
            called: None,
        });
    }
    let mut free: BinaryHeap<Reverse<i64>> = (0..counters).map(|_| Reverse(midnight + OPEN_MILLIS)).collect();
    let mut line: BinaryHeap<(bool, Reverse<usize>)> = BinaryHeap::new();
    let mut next = 0;
    while let Some(Reverse(mut now)) = free.pop() {
        if line.is_empty() {
            let Some(person) = people.get(next) else { break };
            now = now.max(person.arrived);
        }
        while let Some(person) = people.get(next).filter(|person| person.arrived <= now) {
            line.push((person.urgent, Reverse(next)));
            next += 1;
        }
        let called = line.pop().map(|(_, Reverse(index))| &mut people[index]);
        if let Some(person) = called.filter(|person| now - person.arrived <= person.patience) {
            person.called = Some(now);
            now += person.length;
        }
        free.push(Reverse(now));
    }
    people
}

fn push(visits: &mut Visits, visit: &Made, names: &[String]) {
    let moment = |millis| Moment::from_millis(millis);
    let number = visits.len();
    visits.visit_id.push(Some(&format!("{number:08}")));
    visits.site.push(&names[visit.site]);
    visits.service.push(SERVICES[visit.service].0);
    visits.arrived.push(moment(visit.arrived).expect("a moment"));
    visits.called.push(visit.called.and_then(moment));
    visits.finished.push(visit.called.and_then(|called| moment(called + visit.length)));
    let left = if visit.called.is_none() { moment(visit.arrived + visit.patience) } else { None };
    visits.left.push(left);
    visits.priority.push(Some(u8::from(visit.urgent)));
    visits.channel.push(Some(if visit.booked { Channel::Booked } else { Channel::WalkIn }));
    visits.booked_for.push(if visit.booked { moment(visit.arrived / 900_000 * 900_000) } else { None });
    visits.open_counters.push(Some(SERVICES[visit.service].2 as u32));
    visits.people_ahead.push(None);
}

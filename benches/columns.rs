//! What comes after the reading of rows: joining chunks of columns, finding duplicates, sorting, the digest, and Parquet.
//!
//! `cargo bench --bench columns [-- MOST_VISITS]` prints medians of three in seconds, and the peak of the memory.
//! The visits are made up by a seeded generator: 50 sites, 8 services, ids of up to 8 digits.

#![allow(missing_docs, clippy::unwrap_used, reason = "a measurement that stops where something goes wrong")]

use std::time::{Duration, Instant};

use nobat::analysis::history::{Channel, History, Visit, Visits, digest, duplicates, read_visits, write_visits};
use nobat::base::Moment;

const CHUNK: u64 = 1 << 16;

fn main() {
    let most = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(10_000_000);
    println!("{:>9} {}", "visits", STEPS.map(|step| format!("{step:>10}")).concat());
    for visits in [10_000, 100_000, 1_000_000, 10_000_000].into_iter().filter(|visits| *visits <= most) {
        let mut runs: Vec<Vec<Duration>> = (0..3).map(|_| run(visits)).collect();
        let median = |step: usize| {
            runs.sort_by_key(|run| run[step]);
            format!("{:>10.4}", runs[1][step].as_secs_f64())
        };
        println!("{visits:>9} {}  peak {} MB", (0..STEPS.len()).map(median).collect::<String>(), peak_megabytes());
    }
}

const STEPS: [&str; 8] = ["concat", "duplicates", "sort", "sorted", "digest", "write", "read", "MB"];

fn run(visits: u64) -> Vec<Duration> {
    let mut times = Vec::new();
    let mut timed = |start: Instant| times.push(start.elapsed());
    let chunks =
        (0..visits.div_ceil(CHUNK)).map(|chunk| made(chunk * CHUNK..visits.min((chunk + 1) * CHUNK), visits));
    let chunks: Vec<Visits> = chunks.collect();
    let start = Instant::now();
    let mut joined = Visits::concat(chunks);
    timed(start);
    let start = Instant::now();
    assert!(duplicates(&joined).is_empty());
    timed(start);
    let start = Instant::now();
    joined.sort();
    timed(start);
    let start = Instant::now();
    joined.sort();
    timed(start);
    let history = History { visits: joined, ..History::default() };
    let start = Instant::now();
    let of_content = digest(&history);
    timed(start);
    let file = tempfile::NamedTempFile::new().unwrap();
    let start = Instant::now();
    write_visits(&history.visits, file.as_file()).unwrap();
    timed(start);
    drop(history);
    let start = Instant::now();
    let read = read_visits(file.path()).unwrap();
    timed(start);
    assert_eq!(digest(&History { visits: read, ..History::default() }), of_content);
    times.push(Duration::from_micros(file.as_file().metadata().unwrap().len()));
    times
}

/// Visits whose arrivals come in no order.
fn made(rows: std::ops::Range<u64>, all: u64) -> Visits {
    let mut chunk = Visits::default();
    for row in rows {
        // An odd factor permutes the numbers below a power of two.
        let place = row.wrapping_mul(0x9E37_79B1) & (all.next_power_of_two() - 1);
        let chance = mixed(row);
        let at = |seconds: u64| Moment::from_seconds((1_600_000_000 + place * 3 + seconds).cast_signed());
        let wait = chance >> 8 & 1_023;
        let served = chance & 15 > 0;
        chunk.push(&Visit {
            visit_id: place.to_string(),
            site: format!("site {}", (chance >> 20) % 50),
            service: format!("service {}", (chance >> 30) % 8),
            arrived: at(0).unwrap(),
            called: at(wait).filter(|_| served),
            finished: at(wait + 60 + (chance >> 40 & 511)).filter(|_| served),
            left: None,
            priority: Some((chance >> 50 & 3) as u8),
            channel: Some(if chance >> 60 & 3 == 0 { Channel::Booked } else { Channel::WalkIn }),
            booked_for: None,
            open_counters: None,
            people_ahead: None,
        });
    }
    chunk
}

/// SplitMix64 (Steele, Lea, Flood 2014).
fn mixed(seed: u64) -> u64 {
    let mut value = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    value = (value ^ value >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ value >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ value >> 31
}

fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) / 1_024
}

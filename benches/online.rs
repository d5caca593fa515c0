//! One row of features from one request, as the service computes it: `cargo bench --bench online`.
//!
//! Prints one JSON line: the number of rows, and the median, 99th percentile and longest time of one, in microseconds.
//! A row is the body of a request, parsed and checked, with an online value looked up, and every feature of the
//! catalogue computed.

#![expect(clippy::expect_used, reason = "a bench that cannot go on ends")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use nobat::analysis::features::{CATALOGUE, OnlineQueues};
use nobat::base::Moment;
use nobat::base::calendar::Zone;
use nobat::serving::FeatureReader;

const ROWS: usize = 200_000;
const SITES: usize = 50;

fn main() {
    let now = Moment::from_seconds(1_795_000_000).expect("a moment");
    let name = |site: usize| format!("مرکز {site}");
    let sites: Vec<String> = (0..SITES).map(name).collect();
    let services = ["پذیرش", "پزشک", "آزمایشگاه"];
    let values = sites.iter().flat_map(|site| {
        services.iter().flat_map(move |service| {
            (0..24).map(move |hour| ("avg_wait_time_last_week", site.as_str(), *service, hour, 12.5))
        })
    });
    let online = OnlineQueues::new(now, 86_400_000, values);
    let reader =
        FeatureReader::new(CATALOGUE.iter().collect(), Vec::new(), (&Zone::default(), &BTreeMap::new()), now);
    // Requests over a day, of every site, with what a queue system knows.
    let bodies: Vec<Vec<u8>> = (0..1_000)
        .map(|n| {
            let at = now.plus_millis(n * 80_000).expect("a moment");
            let (site, service) = (&sites[n as usize % SITES], services[n as usize % services.len()]);
            let body = serde_json::json!({
                "site": site, "service": service, "arrived_at": at, "channel": "walk_in", "priority": 1,
                "people_ahead": n % 30, "in_service": 2, "open_counters": 3, "head_of_line_minutes": 11.5,
                "last_wait_minutes": 14.25, "arrivals_30min": 9, "mean_service_minutes": 5.1,
                "request_id": format!("visit {n}"),
            });
            body.to_string().into_bytes()
        })
        .collect();
    let mut micros: Vec<f64> = Vec::with_capacity(ROWS);
    for row in 0..ROWS {
        let body = &bodies[row % bodies.len()];
        let begin = Instant::now();
        let count = reader.read(body, now, Some(&online), |values| black_box(values).len());
        micros.push(begin.elapsed().as_secs_f64() * 1e6);
        assert_eq!(count, Some(CATALOGUE.len()));
    }
    micros.sort_by(f64::total_cmp);
    let at = |share: f64| micros[((ROWS - 1) as f64 * share) as usize];
    println!(
        r#"{{"bench":"online_feature_row","n":{ROWS},"features":{},"median_us":{:.2},"p99_us":{:.2},"longest_us":{:.2}}}"#,
        CATALOGUE.len(),
        at(0.5),
        at(0.99),
        at(1.0),
    );
}

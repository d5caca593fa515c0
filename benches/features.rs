//! How long features take, and how much memory: histories of 10⁴ to 10⁷ visits at 50 sites.
//!
//! `cargo bench --bench features` measures; `-- --rows N` one size only, `-- --times N` medians of N. With
//! `-- --parquet FILE` it measures nothing, but writes a history of `--rows` visits with our answers, from which
//! `benches/peers/features.py` lets pandas, Polars and DuckDB compute the same three features. Two threads, unless
//! `RAYON_NUM_THREADS` says otherwise.

#![expect(clippy::expect_used, reason = "a bench that cannot go on stops")]

#[path = "common/history.rs"]
mod generated;
#[path = "common/peak.rs"]
mod peak;

use std::path::PathBuf;
use std::time::Instant;

use nobat::analysis::features::{CATALOGUE, Feature, FeatureTable, build_columns, feature};
use nobat::analysis::history::History;
use nobat::base::Task;
use polars::prelude::*;

/// Those that the peers compute, too.
const THREE: [&str; 3] = ["people_ahead", "last_to_enter_service_wait", "avg_wait_time_last_week"];
const SIZES: [usize; 4] = [10_000, 100_000, 1_000_000, 10_000_000];
const SEED: u64 = 14_050_902;

struct Arguments {
    rows: Option<usize>,
    times: usize,
    parquet: Option<PathBuf>,
}

fn main() {
    let arguments = arguments();
    if let Some(path) = &arguments.parquet {
        let history = generated::history(arguments.rows.unwrap_or(SIZES[3]), SEED);
        write(&history, &compute(&history, &three()), path);
        return;
    }
    println!(
        "{:>10}  {:<9} {:>3} {:>9} {:>9} {:>9} {:>9} {:>10} {:>10}",
        "visits", "features", "n", "min s", "median s", "max s", "ns/visit", "table MB", "peak MB"
    );
    let sizes = arguments.rows.map_or(SIZES.to_vec(), |rows| vec![rows]);
    for rows in sizes {
        let history = generated::history(rows, SEED);
        let all: Vec<&'static Feature> = CATALOGUE.iter().collect();
        for (name, features) in [("three", three()), ("catalogue", all)] {
            measure(&history, name, &features, arguments.times);
        }
    }
}

fn measure(history: &History, name: &str, features: &[&'static Feature], times: usize) {
    peak::reset();
    let mut seconds = Vec::new();
    let mut bytes = 0;
    for _ in 0..times {
        let begin = Instant::now();
        let table = compute(history, features);
        seconds.push(begin.elapsed().as_secs_f64());
        bytes = table.bytes();
    }
    seconds.sort_by(f64::total_cmp);
    let rows = history.visits.len();
    let median = seconds[seconds.len() / 2];
    println!(
        "{rows:>10}  {name:<9} {times:>3} {:>9.4} {median:>9.4} {:>9.4} {:>9.0} {:>10} {:>10}",
        seconds[0],
        seconds[seconds.len() - 1],
        median * 1e9 / rows as f64,
        bytes >> 20,
        peak::kilobytes() >> 10,
    );
}

fn compute(history: &History, features: &[&'static Feature]) -> FeatureTable {
    build_columns(history, features, &Task::default()).expect("nothing cancels it")
}

fn three() -> Vec<&'static Feature> {
    THREE.iter().map(|id| feature(id).expect("it is in the catalogue")).collect()
}

/// The history as the peers like it best: codes and milliseconds; our answers beside it.
fn write(history: &History, answers: &FeatureTable, path: &PathBuf) {
    let visits = &history.visits;
    let name = PlSmallStr::from_static;
    let moments = |times: &[Option<nobat::base::Moment>]| -> Vec<Option<i64>> {
        times.iter().map(|time| time.map(nobat::base::Moment::millis)).collect()
    };
    let mut columns = vec![
        Column::new(name("site"), visits.site.codes()),
        Column::new(name("service"), visits.service.codes()),
        Column::new(name("arrived"), visits.arrived.iter().map(|time| time.millis()).collect::<Vec<_>>()),
        Column::new(name("called"), moments(&visits.called)),
        Column::new(name("left"), moments(&visits.left)),
    ];
    for id in THREE {
        let column = answers.column(id).expect("it was asked for");
        let numbers: Vec<Option<f64>> = (0..answers.len()).map(|row| column.number(row)).collect();
        columns.push(Column::new(name(id), numbers));
    }
    let mut frame = DataFrame::new(visits.len(), columns).expect("columns of one length");
    let file = std::fs::File::create(path).expect("the file can be written");
    ParquetWriter::new(file).finish(&mut frame).expect("the file can be written");
}

fn arguments() -> Arguments {
    let mut arguments = Arguments { rows: None, times: 5, parquet: None };
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        let mut value = || given.next().unwrap_or_default();
        match argument.as_str() {
            "--rows" => arguments.rows = value().replace('_', "").parse().ok(),
            "--times" => arguments.times = value().parse().unwrap_or(5).max(1),
            "--parquet" => arguments.parquet = Some(value().into()),
            // Cargo's own.
            "--bench" => {}
            other => eprintln!("left out: {other}"),
        }
    }
    arguments
}

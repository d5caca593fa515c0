//! How long models take to fit and to predict, and how good they are: 10⁵ to 10⁷ visits of every feature.
//!
//! `cargo bench --bench models` measures; `-- --rows N` one size only, `-- --family F` one family, `-- --times N` the median
//! of N. `boosted` runs 100 rounds of 63 leaves at a rate of 0.1, as its peers do, or as many as `-- --rounds N` says. With
//! `-- --dump DIR` it measures nothing, but writes the visits as arrays, which `benches/peers/models.py` lets LightGBM, XGBoost
//! and scikit-learn learn from. Two threads, unless `RAYON_NUM_THREADS` says otherwise.

#![expect(clippy::expect_used, reason = "a bench that cannot go on stops")]

#[path = "common/history.rs"]
mod generated;
#[path = "common/peak.rs"]
mod peak;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use nobat::analysis::features::{Column, FeatureTable, Value, build};
use nobat::analysis::models::{Fitted, Parameters, Training, family};
use nobat::base::Task;

const SIZES: [usize; 2] = [100_000, 1_000_000];
const SEED: u64 = 14_050_902;
const FAMILIES: [&str; 8] =
    ["boosted", "linear", "elastic-net", "q-lasso", "tweedie", "calendar-median", "rule", "last-wait"];
const BOOSTED: &str = "leaves: 63\nlearning_rate: 0.1\nmonotone: free\nl2: 0\nmin_leaf: 20\nrounds: ";
/// The share of the visits, the newest, that are tested on.
const TESTED: f64 = 0.2;
/// Visits that are predicted one by one, and those whose predictions are explained.
const SINGLY: usize = 20_000;
const EXPLAINED: usize = 1_000;

struct Arguments {
    rows: Option<usize>,
    family: Option<String>,
    times: usize,
    rounds: usize,
    dump: Option<PathBuf>,
}

/// Visits that are learned from, and later ones.
struct Visits {
    train: (FeatureTable, Vec<f64>),
    test: (FeatureTable, Vec<f64>),
}

fn main() {
    let arguments = arguments();
    if let Some(folder) = &arguments.dump {
        dump(&visits(arguments.rows.unwrap_or(SIZES[1])), folder);
        return;
    }
    println!(
        "{:>10}  {:<12} {:>2} {:>8} {:>8} {:>8} {:>9} {:>8} {:>10} {:>8} {:>8} {:>10} {:>10}",
        "visits",
        "family",
        "n",
        "min s",
        "median s",
        "max s",
        "peak MB",
        "test MAE",
        "1M batch s",
        "p50 µs",
        "p99 µs",
        "why p50 µs",
        "why p99 µs"
    );
    for rows in arguments.rows.map_or(SIZES.to_vec(), |rows| vec![rows]) {
        let visits = visits(rows);
        for id in FAMILIES.iter().filter(|id| arguments.family.as_deref().is_none_or(|wanted| wanted == **id)) {
            measure(&visits, id, &arguments);
        }
    }
}

fn visits(rows: usize) -> Visits {
    let history = generated::history(rows, SEED);
    let features = build(&history, &Task::default()).expect("nothing cancels it");
    let served: Vec<usize> = (0..history.visits.len()).filter(|row| history.visits.wait(*row).is_some()).collect();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count")]
    let cut = (served.len() as f64 * (1.0 - TESTED)) as usize;
    let part = |rows: &[usize]| {
        let wait = |row: &usize| history.visits.wait(*row).map_or(0.0, |wait| wait.get());
        (features.take(rows), rows.iter().map(wait).collect())
    };
    Visits { train: part(&served[..cut]), test: part(&served[cut..]) }
}

fn measure(visits: &Visits, id: &str, arguments: &Arguments) {
    let (times, rounds) = (arguments.times, arguments.rounds);
    let family = family(id).expect("it is one of the families");
    let yaml = if id == "boosted" { format!("{BOOSTED}{rounds}") } else { String::new() };
    let parameters = Parameters::from_yaml(family.parameters(), &yaml).expect("they are allowed");
    let (features, waits) = &visits.train;
    peak::reset();
    let mut seconds = Vec::new();
    let mut model = None;
    for _ in 0..times {
        let begin = Instant::now();
        let fit = family.fit(&Training::new(features, waits, SEED), &parameters, &Task::default());
        seconds.push(begin.elapsed().as_secs_f64());
        model = fit.ok().map(|fit| fit.model);
    }
    let peak = peak::kilobytes() >> 10;
    let Some(model) = model else {
        println!("{:>10}  {id:<12} could not be fitted", waits.len());
        return;
    };
    seconds.sort_by(f64::total_cmp);
    let (unseen, actual) = &visits.test;
    let begin = Instant::now();
    let predicted = model.predict_all(unseen, &Task::default()).expect("nothing cancels it");
    let batch = begin.elapsed().as_secs_f64() * 1e6 / actual.len() as f64;
    let mae = predicted.iter().zip(actual).map(|(a, b)| (a - b).abs()).sum::<f64>() / actual.len() as f64;
    let (half, most) = singly(&model, unseen, SINGLY, |model, value| {
        std::hint::black_box(model.predict(value));
    });
    let (why_half, why_most) = singly(&model, unseen, EXPLAINED, |model, value| {
        std::hint::black_box(model.explain(value));
    });
    println!(
        "{:>10}  {id:<12} {times:>2} {:>8.3} {:>8.3} {:>8.3} {peak:>9} {mae:>8.4} {batch:>10.3} {half:>8.2} {most:>8.2} {why_half:>10.1} {why_most:>10.1}",
        waits.len(),
        seconds[0],
        seconds[seconds.len() / 2],
        seconds[seconds.len() - 1],
    );
}

/// The median and the 99th percentile of the time that `work` takes on one visit, its features given, in microseconds.
fn singly<'v>(
    model: &Fitted,
    features: &'v FeatureTable,
    visits: usize,
    work: impl Fn(&Fitted, &dyn Fn(&str) -> Value<'v>),
) -> (f64, f64) {
    let ids: Vec<&str> = model.features();
    let rows = features.len().min(visits);
    let mut micros: Vec<f64> = (0..rows)
        .map(|row| {
            let values: Vec<(&str, Value<'_>)> = ids.iter().map(|id| (*id, features.value(id, row))).collect();
            let begin = Instant::now();
            work(model, &|id| {
                values.iter().find(|(own, _)| *own == id).map_or(Value::Missing, |(_, value)| *value)
            });
            begin.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    micros.sort_by(f64::total_cmp);
    (micros[rows / 2], micros[rows * 99 / 100])
}

/// The visits as NumPy arrays of 32-bit floats, row by row: codes of names, NaN where something is missing; and the names of
/// the columns, those of names marked by `*`.
fn dump(visits: &Visits, folder: &Path) {
    std::fs::create_dir_all(folder).expect("the folder can be made");
    for (name, (features, waits)) in [("train", &visits.train), ("test", &visits.test)] {
        let columns: Vec<(&str, &Column)> = features.columns().collect();
        let cells = (0..features.len()).flat_map(|row| {
            columns.iter().map(move |(_, column)| match column {
                Column::Categories { codes, .. } => codes.get(row).map_or(f32::NAN, |code| code as f32),
                column => column.number(row).map_or(f32::NAN, |number| number as f32),
            })
        });
        array(&folder.join(format!("{name}_x.npy")), &[features.len(), columns.len()], cells);
        array(&folder.join(format!("{name}_y.npy")), &[waits.len()], waits.iter().map(|wait| *wait as f32));
        let mark = |column: &Column| if matches!(column, Column::Categories { .. }) { "*" } else { "" };
        let names: Vec<String> = columns.iter().map(|(id, column)| format!("{id}{}", mark(column))).collect();
        std::fs::write(folder.join("columns.txt"), names.join("\n")).expect("the file can be written");
    }
}

fn array(path: &Path, shape: &[usize], cells: impl Iterator<Item = f32>) {
    let shape: Vec<String> = shape.iter().map(|size| format!("{size},")).collect();
    let mut head = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}), }}", shape.concat());
    while (head.len() + 11) % 64 != 0 {
        head.push(' ');
    }
    head.push('\n');
    let mut out = std::io::BufWriter::new(std::fs::File::create(path).expect("the file can be written"));
    out.write_all(b"\x93NUMPY\x01\x00").expect("the file can be written");
    let length = u16::try_from(head.len()).expect("a short head");
    out.write_all(&length.to_le_bytes()).expect("the file can be written");
    out.write_all(head.as_bytes()).expect("the file can be written");
    for cell in cells {
        out.write_all(&cell.to_le_bytes()).expect("the file can be written");
    }
}

fn arguments() -> Arguments {
    let mut arguments = Arguments { rows: None, family: None, times: 3, rounds: 100, dump: None };
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        let mut value = || given.next().unwrap_or_default();
        match argument.as_str() {
            "--rows" => arguments.rows = value().replace('_', "").parse().ok(),
            "--family" => arguments.family = Some(value()),
            "--times" => arguments.times = value().parse().unwrap_or(3).max(1),
            "--rounds" => arguments.rounds = value().parse().unwrap_or(100).max(1),
            "--dump" => arguments.dump = Some(value().into()),
            // Cargo's own.
            "--bench" => {}
            other => eprintln!("left out: {other}"),
        }
    }
    arguments
}

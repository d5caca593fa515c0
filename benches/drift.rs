//! How long the monitors take: 500,000 visits against 500,000, with 24 columns of numbers and 6 of names.
//!
//! `cargo bench --bench drift` measures; `-- --rows N` other sizes, `-- --times N` medians of N. With `-- --parquet FILE` it measures
//! nothing, but writes the two windows as one table with a column `window`, on which `benches/peers/drift.py` lets Evidently,
//! NannyML and alibi-detect do the same. With `-- --scenarios N` it replays N simulated half years of each scenario of the sample
//! recipe, whose truth is known, and tells false alarms and delays beside those of the plan's plain thresholds. Two threads, unless `RAYON_NUM_THREADS` says otherwise.

#![expect(clippy::expect_used, reason = "a bench that cannot go on stops")]

use std::path::PathBuf;
use std::time::Instant;

use nobat::analysis::drift::{DayWaits, LabelBounds, Named, Source, Timeline, Window, data_drift, label_drift};
use nobat::analysis::features::{Column, build};
use nobat::analysis::history::History;
use nobat::analysis::simulation::{Recipe, Scenario, ScenarioKind, simulate};
use nobat::base::calendar::{CivilDate, DateStyle};
use nobat::base::{Digest, Minutes, Task};
use nobat::workflows::Home;
use nobat::workflows::datasets::Prepared;
use nobat::workflows::models::ModelName;
use nobat::workflows::watch::{Planted, Replay, Span, WatchRequest, replay};
use polars::prelude::{Column as Series, DataFrame, ParquetWriter};

const ROWS: usize = 500_000;
const NUMBERS: usize = 24;
const NAMES: usize = 6;
const SEED: u64 = 14_050_905;

struct Arguments {
    rows: usize,
    times: usize,
    parquet: Option<PathBuf>,
    scenarios: u64,
}

fn main() {
    let arguments = arguments();
    if arguments.scenarios > 0 {
        scenarios(arguments.scenarios);
        return;
    }
    if std::env::var_os("RAYON_NUM_THREADS").is_none() {
        rayon::ThreadPoolBuilder::new().num_threads(2).build_global().expect("nothing was built before");
    }
    let columns = columns(arguments.rows);
    if let Some(path) = &arguments.parquet {
        write(&columns, arguments.rows, path);
        return;
    }
    // A week each; the reference window is the first half.
    let day = |row: usize| CivilDate::from_epoch_days(20_001 + (row * 14 / (2 * arguments.rows)) as i32);
    let days: Vec<CivilDate> = (0..2 * arguments.rows).filter_map(day).collect();
    let timeline = Timeline::of_days(days, Vec::new()).expect("there are rows");
    let (first, _) = timeline.span();
    let period = |from: i32| {
        let date = |days: i32| first.plus_days(days).expect("far from the ends of time");
        timeline.period(date(from), date(from + 6))
    };
    let (reference, current) = (period(0), period(7));
    let named: Vec<Named<'_>> =
        columns.iter().map(|(id, column)| Named { id, source: Source::Input, column }).collect();
    println!("{:>10} {:<28} {:>3} {:>9} {:>9} {:>9}", "rows", "what", "n", "min s", "median s", "max s");
    measure("all columns, all measures", &arguments, || {
        let found = data_drift((&named, &current), (&named, &reference), SEED, &Task::default());
        found.expect("nothing cancels it").measured as usize
    });
    let waits = |window: &Window| -> Vec<DayWaits> {
        let mut days: Vec<DayWaits> = (0..7).map(|day| (day, Vec::new())).collect();
        for (row, day) in window.rows.iter().zip(&window.day) {
            days[*day as usize].1.extend(columns[0].1.number(*row as usize));
        }
        days
    };
    let (month, before) = (waits(&current), waits(&reference));
    measure("waits", &arguments, || label_drift(&month, &before, LabelBounds::default(), SEED).n_current as usize);
}

fn measure(what: &str, arguments: &Arguments, mut work: impl FnMut() -> usize) {
    let mut seconds: Vec<f64> = (0..arguments.times)
        .map(|_| {
            let begin = Instant::now();
            assert!(work() > 0, "something was measured");
            begin.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    println!(
        "{:>10} {what:<28} {:>3} {:>9.4} {:>9.4} {:>9.4}",
        arguments.rows,
        seconds.len(),
        seconds[0],
        seconds[seconds.len() / 2],
        seconds[seconds.len() - 1]
    );
}

/// `2 · rows` rows. Of the numbers half are continuous, a quarter counts, and a quarter has missing values; every third column is
/// shifted in the second half.
fn columns(rows: usize) -> Vec<(String, Column)> {
    let mut state = SEED;
    let mut share = move || {
        // SplitMix64 (Steele, Lea, Flood 2014).
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((z ^ (z >> 31)) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    };
    let shift = |column: usize, row: usize| if column.is_multiple_of(3) && row >= rows { 0.3 } else { 0.0 };
    let mut all = Vec::with_capacity(NUMBERS + NAMES);
    for column in 0..NUMBERS {
        let mut number = |row: usize| (-share().ln() + shift(column, row)) * 10.0;
        let values = (0..2 * rows).map(|row| match column % 4 {
            0 | 1 => number(row) as f32,
            2 => number(row).floor() as f32,
            _ if row.is_multiple_of(17) => f32::NAN,
            _ => number(row) as f32,
        });
        all.push((format!("number_{column:02}"), Column::Real(values.collect())));
    }
    for column in 0..NAMES {
        let levels = 4 << column;
        let names = (0..levels).map(|level| format!("level {level}")).collect();
        let code = |row: usize| Some((share().powf(1.0 + shift(column, row)) * levels as f64) as u32);
        all.push((
            format!("name_{column}"),
            Column::Categories { names, codes: (0..2 * rows).map(code).collect() },
        ));
    }
    all
}

fn write(columns: &[(String, Column)], rows: usize, path: &PathBuf) {
    let window = (0..2 * rows).map(|row| if row < rows { "reference" } else { "current" }).collect::<Vec<_>>();
    let mut series = vec![Series::new("window".into(), window)];
    for (id, column) in columns {
        series.push(match column {
            Column::Real(numbers) => {
                let known = |number: &f32| number.is_finite().then_some(f64::from(*number));
                Series::new(id.as_str().into(), numbers.iter().map(known).collect::<Vec<_>>())
            }
            Column::Categories { names, codes } => {
                let name = |code: Option<u32>| code.and_then(|code| names.get(code as usize)).map(String::as_str);
                Series::new(id.as_str().into(), codes.iter().map(name).collect::<Vec<_>>())
            }
            Column::Whole(numbers) => Series::new(id.as_str().into(), numbers.iter().collect::<Vec<_>>()),
        });
    }
    let mut frame = DataFrame::new(2 * rows, series).expect("columns of one length");
    let file = std::fs::File::create(path).expect("the file can be written");
    ParquetWriter::new(file).finish(&mut frame).expect("the table can be written");
}

fn arguments() -> Arguments {
    let mut arguments = Arguments { rows: ROWS, times: 5, parquet: None, scenarios: 0 };
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--rows" => arguments.rows = given.next().and_then(|rows| rows.parse().ok()).expect("--rows N"),
            "--times" => arguments.times = given.next().and_then(|times| times.parse().ok()).expect("--times N"),
            "--parquet" => arguments.parquet = given.next().map(PathBuf::from),
            "--scenarios" => {
                arguments.scenarios = given.next().and_then(|seeds| seeds.parse().ok()).expect("--scenarios N");
            }
            _ => {} // what cargo adds
        }
    }
    arguments
}

/// The sample recipe without seasons of its own, so that what is not planted is no change.
fn recipe(seed: u64) -> Recipe {
    let text = include_str!("../sample-data/recipe.yaml");
    let steady = text
        .replace("demand: {level: 1.03}", "demand: {level: 1.03, months: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}");
    assert_ne!(text, steady, "the recipe names its demand");
    Recipe::from_yaml(&steady).expect("the sample recipe is one").with_seed(seed)
}

/// Half a year each, replayed: what was found, after how many days, and how often something was found before.
fn scenarios(seeds: u64) {
    println!(
        "{:<16} {:>3} {:>8} {:>7} {:>9} {:>9} | {:>11} {:>9} {:>9}",
        "scenario", "n", "months", "found", "median d", "false/mo", "plain found", "median d", "false/mo"
    );
    for kind in [None].into_iter().chain(ScenarioKind::ALL.map(Some)) {
        let found: Vec<Replay> = (1..=seeds).map(|seed| replayed(kind, seed)).collect();
        let planted: Vec<&Planted> = found.iter().filter_map(|replay| replay.planted.as_ref()).collect();
        let months: f64 = planted.iter().map(|planted| planted.quiet_months).sum();
        let of = |place: usize| {
            let mut delays: Vec<i32> = planted.iter().filter_map(|planted| planted.delay_days[place]).collect();
            delays.sort_unstable();
            let falsely: u64 = planted.iter().map(|planted| planted.false_alarms[place]).sum();
            let median = delays.get(delays.len() / 2).map_or("-".to_owned(), ToString::to_string);
            (delays.len(), median, falsely as f64 / months)
        };
        let ((ours, our_days, our_rate), (plain, plain_days, plain_rate)) = (of(0), of(1));
        let name = kind.map_or("none", ScenarioKind::id);
        println!(
            "{name:<16} {seeds:>3} {months:>8.1} {ours:>7} {our_days:>9} {our_rate:>9.2} | {plain:>11} {plain_days:>9} {plain_rate:>9.2}"
        );
    }
}

/// A history with `kind` alone, or with nothing at all and a day at which nothing happens.
fn replayed(kind: Option<ScenarioKind>, seed: u64) -> Replay {
    let mut recipe = recipe(seed);
    ScenarioKind::ALL.into_iter().for_each(|other| {
        recipe.switch(other, Some(other) == kind);
    });
    let of_kind = |scenario: &&Scenario| Some(scenario.kind()) == kind;
    let last = recipe.start().plus_days(recipe.days()).expect("far from the ends of time");
    let planted = recipe.scenarios().iter().find(of_kind).map_or(last, Scenario::from);
    let task = Task::default();
    let visits = simulate(&recipe, &task).expect("nothing cancels it");
    let history = History::new(recipe.zone().clone(), visits);
    let features = build(&history, &task).expect("nothing cancels it");
    let waits = (0..history.visits.len()).map(|row| history.visits.wait(row).map(Minutes::get)).collect();
    let prepared = Prepared { digest: Digest::of(&[]), history, features, waits };
    let request = WatchRequest {
        model: Some(ModelName::Baseline("rule")),
        span: Span::Newest,
        months: DateStyle::Jalali,
        like_with_like: false,
        against_training: false,
        bounds: LabelBounds::default(),
        seed: SEED,
    };
    let home = Home::resolve(Some(&std::env::temp_dir()), None).expect("it is named");
    replay(&home, &prepared, &request, Some(planted), &task).expect("half a year is enough")
}

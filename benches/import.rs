//! How fast a history is imported, and in how much memory.
//!
//! `cargo bench --bench import` imports CSV files of 10⁴ to 10⁷ visits, each into a home of its own: guess, every check,
//! sorting, digest, Parquet; then times the profile of what came in. `-- --rows N` measures one size only, `-- --times N`
//! medians of N. `-- generate FILE.csv [ROWS]` only writes the CSV, by default of ten million visits, for the peers of
//! `benches/peers/import.py`; `-- read FILE` cuts it into rows and cells on one thread.

mod generate;
#[path = "common/peak.rs"]
mod peak;

use std::convert::Infallible;
use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::time::Instant;

use nobat::analysis::history::profile::Profile;
use nobat::analysis::history::{SourceOptions, open};
use nobat::base::Task;
use nobat::workflows::Home;
use nobat::workflows::import::{ImportRequest, import_file};

const SEED: u64 = 1404;
const ROWS: u64 = 10_000_000;
const SIZES: [u64; 4] = [10_000, 100_000, 1_000_000, 10_000_000];

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo hands over `--bench` when it runs a benchmark.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["generate", path, rest @ ..] => {
            let rows = rest.first().map_or(Ok(ROWS), |rows| rows.parse())?;
            generate::write_csv(rows, SEED, &mut BufWriter::with_capacity(1 << 20, File::create(path)?))?;
            println!("{rows} visits, {} bytes", std::fs::metadata(path)?.len());
            Ok(())
        }
        ["read", paths @ ..] if !paths.is_empty() => read(paths.iter().map(PathBuf::from).collect()),
        options => measure_all(options),
    }
}

/// Measures each size, or the one that is asked for.
fn measure_all(options: &[&str]) -> Result<(), Box<dyn Error>> {
    let (mut sizes, mut times) = (SIZES.to_vec(), 3);
    for pair in options.chunks(2) {
        match pair {
            ["--rows", rows] => sizes = vec![rows.replace('_', "").parse()?],
            ["--times", given] => times = given.parse::<usize>()?.max(1),
            other => {
                return Err(format!("say `generate FILE [ROWS]`, `read FILE…`, or options; not {other:?}").into());
            }
        }
    }
    println!(
        "{:>10} {:>7} {:>3} {:>8} {:>9} {:>8} {:>9} {:>9} {:>10}",
        "visits", "MB", "n", "min s", "median s", "max s", "ns/visit", "peak MB", "profile s"
    );
    sizes.into_iter().try_for_each(|rows| measure(rows, times))
}

fn measure(rows: u64, times: usize) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("visits.csv");
    generate::write_csv(rows, SEED, &mut BufWriter::with_capacity(1 << 20, File::create(&path)?))?;
    let (mut seconds, mut largest, mut profile) = (Vec::new(), 0, 0.0);
    for run in 0..times {
        let home = Home::resolve(Some(&folder.path().join(format!("home-{run}"))), None)?;
        let request = ImportRequest { paths: vec![path.clone()], ..ImportRequest::default() };
        peak::reset();
        let begun = Instant::now();
        let outcome = import_file(&home, &request, &Task::default())?;
        seconds.push(begun.elapsed().as_secs_f64());
        largest = largest.max(peak::kilobytes());
        assert_eq!(outcome.report.read, rows, "every row is read");
        let begun = Instant::now();
        let profiled = Profile::of(&outcome.history, &Task::default())?;
        profile = begun.elapsed().as_secs_f64();
        assert_eq!(profiled.visits, outcome.history.visits.len() as u64);
        std::fs::remove_dir_all(home.folder())?;
    }
    seconds.sort_by(f64::total_cmp);
    let median = seconds[seconds.len() / 2];
    println!(
        "{rows:>10} {:>7.1} {times:>3} {:>8.3} {median:>9.3} {:>8.3} {:>9.0} {:>9} {profile:>10.3}",
        std::fs::metadata(&path)?.len() as f64 / 1e6,
        seconds[0],
        seconds[seconds.len() - 1],
        median * 1e9 / rows as f64,
        largest >> 10,
    );
    Ok(())
}

fn read(paths: Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    let begun = Instant::now();
    let mut source = open(&paths, &SourceOptions::default())?;
    let (mut rows, mut cells, mut bytes) = (0, 0, 0);
    let mut cutting = 0.0;
    loop {
        let cut = Instant::now();
        let block = source.next_block()?;
        cutting += cut.elapsed().as_secs_f64();
        let Some(block) = block else { break };
        rows += block.for_each_row::<Infallible>(&mut |row| {
            cells += row.cells.len();
            bytes += row.cells.iter().map(|cell| cell.len()).sum::<usize>();
            Ok(())
        })?;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let megabytes = source.total_bytes() as f64 / 1e6;
    println!("{rows} rows, {cells} cells, {bytes} bytes in cells");
    println!(
        "{megabytes:.0} MB in {seconds:.2} s: {:.0} MB/s, of which reading and cutting {cutting:.2} s",
        megabytes / seconds
    );
    Ok(())
}

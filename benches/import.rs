//! How fast a history is imported.
//!
//! `cargo bench --bench import -- generate FILE.csv [ROWS]` writes the CSV, by default of ten million visits;
//! `cargo bench --bench import -- read FILE` cuts it into rows and cells on one thread.

mod generate;

use std::convert::Infallible;
use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::time::Instant;

use nobat::analysis::history::{SourceOptions, open};

const SEED: u64 = 1404;
const ROWS: u64 = 10_000_000;

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
        _ => {
            println!("nothing to do: say `generate FILE [ROWS]` or `read FILE…`");
            Ok(())
        }
    }
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

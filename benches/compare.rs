//! Two models on a million visits, compared with 2,000 block resamples: `cargo bench --bench compare`.
//!
//! Prints one JSON line for each of two things, with the seconds of each round: `paired`, from pairs of errors to ΔMAE and ratio
//! with percentile, BCa and expanded intervals; and `whole`, everything that `nobat compare` says of the pairs (every figure,
//! slices with their tests, the tree, tenths, power). `--dump FILE` writes the absolute errors for `benches/peers/compare.py`.

#![expect(clippy::expect_used, reason = "a bench that cannot go on ends")]

#[path = "common/pairs.rs"]
mod million;
#[path = "common/peak.rs"]
mod peak;

use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use nobat::analysis::evaluation::{Pairs, Settings, Side, compare};
use nobat::base::statistics::{BlockBootstrap, PairedBlock};

use million::{DAYS, SITES, VISITS, pairs};

const ROUNDS: usize = 5;

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let dump = words.iter().position(|word| word == "--dump").and_then(|at| words.get(at + 1));
    let pairs = pairs();
    if let Some(path) = dump {
        write(&pairs, path);
    }
    let paired = rounds(|| {
        let found = BlockBootstrap::seeded(1).paired(&site_days(&pairs)).expect("site-days");
        black_box(found.ratio_interval)
    });
    let estimate = BlockBootstrap::seeded(1).paired(&site_days(&pairs)).expect("site-days");
    let interval = estimate.ratio_interval.percentile;
    println!(
        r#"{{"bench":"compare_paired","visits":{VISITS},"blocks":{},"resamples":2000,"seconds":{paired:?},"ratio":{:.6},"low":{:.6},"high":{:.6}}}"#,
        estimate.n_blocks, estimate.ratio, interval.low, interval.high
    );
    peak::reset();
    let side = |name: &str| Side { name: name.to_owned(), family: "rule".to_owned() };
    let whole = rounds(|| black_box(compare(side("a"), side("b"), &pairs, Settings::seeded(1)).expect("pairs")));
    let found = compare(side("a"), side("b"), &pairs, Settings::seeded(1)).expect("pairs");
    println!(
        r#"{{"bench":"compare_whole","visits":{VISITS},"metrics":{},"slices":{},"seconds":{whole:?},"peak_kb":{}}}"#,
        found.metrics.len(),
        found.slices.len(),
        peak::kilobytes()
    );
}

/// The seconds of each round, in order of length.
fn rounds<T>(mut work: impl FnMut() -> T) -> Vec<f64> {
    let round = |_| {
        let begun = Instant::now();
        black_box(work());
        (begun.elapsed().as_secs_f64() * 1e4).round() / 1e4
    };
    let mut seconds: Vec<f64> = (0..ROUNDS).map(round).collect();
    seconds.sort_by(f64::total_cmp);
    seconds
}

/// Sums by site-day: what a comparison is resampled from.
fn site_days(pairs: &Pairs) -> Vec<PairedBlock> {
    let first = pairs.day.iter().min().expect("visits").epoch_days();
    let none = PairedBlock { n: 0, sum_abs_error_current: 0.0, sum_abs_error_candidate: 0.0 };
    let mut blocks = vec![none; SITES * DAYS];
    for row in 0..pairs.actual.len() {
        let day = pairs.day[row].epoch_days() - first;
        let block = &mut blocks[pairs.site[row] as usize * DAYS + day as usize];
        block.n += 1;
        block.sum_abs_error_current += (pairs.current[row] - pairs.actual[row]).abs();
        block.sum_abs_error_candidate += (pairs.candidate[row] - pairs.actual[row]).abs();
    }
    blocks.retain(|block| block.n > 0);
    blocks
}

/// The absolute errors of the current model, then those of the candidate, then the number of each visit's site-day: 64-bit
/// little-endian floats.
fn write(pairs: &Pairs, path: &str) {
    let errors = |predicted: &[f64]| -> Vec<f64> {
        predicted.iter().zip(&pairs.actual).map(|(predicted, actual)| (predicted - actual).abs()).collect()
    };
    let blocks = (0..VISITS).map(|visit| (visit * SITES * DAYS / VISITS) as f64).collect();
    let mut bytes = Vec::with_capacity(VISITS * 24);
    for column in [errors(&pairs.current), errors(&pairs.candidate), blocks] {
        column.iter().for_each(|value| bytes.extend_from_slice(&value.to_le_bytes()));
    }
    std::fs::File::create(path).and_then(|mut file| file.write_all(&bytes)).expect("the dump");
}

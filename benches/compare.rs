//! Two models on a million visits, compared with 2,000 block resamples: `cargo bench --bench compare`.
//!
//! Prints one JSON line for each of two things, with the seconds of each round: `paired`, from pairs of errors to ΔMAE and ratio
//! with percentile, BCa and expanded intervals; and `whole`, everything that `nobat compare` says of the pairs (every figure,
//! slices with their tests, the tree, tenths, power). `--dump FILE` writes the absolute errors for `benches/peers/compare.py`.

#![expect(clippy::expect_used, reason = "a bench that cannot go on ends")]

#[path = "common/peak.rs"]
mod peak;

use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use nobat::analysis::evaluation::{Dimension, Factor, Pairs, Settings, Side, compare};
use nobat::analysis::models::WaitInterval;
use nobat::base::Moment;
use nobat::base::calendar::CivilDate;
use nobat::base::statistics::{BlockBootstrap, PairedBlock, draws, normal};

const VISITS: usize = 1_000_000;
const SITES: usize = 50;
const DAYS: usize = 90;
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

/// Visits of 50 sites on 90 days whose errors share the day: what a large service has in a quarter of a year.
fn pairs() -> Pairs {
    let mut draw = draws(7);
    let mut uniform = move || (draw(1 << 30) as f64 + 0.5) / f64::from(1 << 30);
    let names = |prefix: &str, n: usize| (0..n).map(|place| format!("{prefix} {place}")).collect::<Vec<String>>();
    let mut pairs = Pairs { sites: names("site", SITES), ..Pairs::default() };
    let sizes = [("service", 5_usize), ("hour", 12), ("weekday", 7), ("channel", 2), ("load", 2)];
    let mut dimensions: Vec<Dimension> =
        sizes.map(|(id, n)| Dimension { id, levels: names(id, n), code: Vec::with_capacity(VISITS) }).into();
    let mut factors: Vec<Factor> =
        (0..9).map(|place| Factor { id: format!("factor {place}"), values: Vec::with_capacity(VISITS) }).collect();
    let mut intervals = [Vec::with_capacity(VISITS), Vec::with_capacity(VISITS)];
    let mut levels = [1.0, 1.0];
    for visit in 0..VISITS {
        // In order of site and day, as blocks of rows need it; visits of a site-day are neighbours.
        let block = visit * SITES * DAYS / VISITS;
        if visit == 0 || block != (visit - 1) * SITES * DAYS / VISITS {
            let level = |sigma: f64, uniform: f64| (sigma * normal::quantile(uniform).unwrap_or(0.0)).exp();
            let shared = level(0.4, uniform());
            levels = [8.0 * shared, 7.6 * shared * level(0.2, uniform())];
        }
        let (site, day) = (block / DAYS, block % DAYS);
        let actual = -20.0 * uniform().ln();
        let mut off = |level: f64| {
            let size = -level * uniform().ln();
            if uniform() < 0.5 { size } else { -size }
        };
        let (current, candidate) = (actual + off(levels[0]), actual + off(levels[1]));
        pairs.actual.push(actual);
        pairs.current.push(current);
        pairs.candidate.push(candidate);
        let date = CivilDate::from_epoch_days(20_000 + day as i32).expect("a day");
        pairs.day.push(date);
        pairs.arrived.push(Moment::from_seconds(i64::from(20_000 + day as i32) * 86_400).expect("a moment"));
        pairs.site.push(site as u32);
        for (dimension, (_, n)) in dimensions.iter_mut().zip(sizes) {
            let code = if dimension.id == "weekday" { day % 7 } else { (uniform() * n as f64) as usize };
            dimension.code.push(code as u32);
        }
        factors.iter_mut().for_each(|factor| factor.values.push((uniform() * 40.0).floor() as f32));
        for (side, middle) in [current, candidate].into_iter().enumerate() {
            intervals[side].push(WaitInterval { level: 0.8, low: (middle - 15.0).max(0.0), high: middle + 15.0 });
        }
    }
    let sites = Dimension { id: "site", levels: pairs.sites.clone(), code: pairs.site.clone() };
    pairs.dimensions = std::iter::once(sites).chain(dimensions).collect();
    pairs.factors = factors;
    let [current, candidate] = intervals;
    (pairs.current_intervals, pairs.candidate_intervals) = (Some(current), Some(candidate));
    pairs
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

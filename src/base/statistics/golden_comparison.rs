//! The paired bootstrap beside arch's, and Diebold and Mariano's test beside that of scores, on `tests/golden/comparison.py`.

use std::num::NonZeroU32;
use std::sync::LazyLock;

use serde::Deserialize;

use super::golden::assert_close;
use super::{BlockBootstrap, Interval, PairedBlock, PairedEstimate, diebold_mariano};

static GOLDEN: LazyLock<Golden> = LazyLock::new(|| {
    serde_json::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/comparison.json")))
        .unwrap()
});

#[derive(Deserialize)]
struct Golden {
    shared: Vec<Shared>,
    many: Many,
    diebold_mariano: Vec<Series>,
}

#[derive(Deserialize)]
struct Shared {
    kind: String,
    #[serde(flatten)]
    of: Intervals,
    draws: Vec<Vec<usize>>,
}

#[derive(Deserialize)]
struct Many {
    #[serde(flatten)]
    of: Intervals,
    delta_standard_error: f64,
    ratio_standard_error: f64,
}

#[derive(Deserialize)]
struct Intervals {
    n: Vec<u64>,
    current: Vec<f64>,
    candidate: Vec<f64>,
    delta_percentile: (f64, f64),
    delta_bca: (f64, f64),
    ratio_percentile: (f64, f64),
    ratio_bca: (f64, f64),
}

#[derive(Deserialize)]
struct Series {
    differences: Vec<f64>,
    horizon: usize,
    statistic: f64,
    p: f64,
}

impl Intervals {
    fn blocks(&self) -> Vec<PairedBlock> {
        let sums = self.n.iter().zip(self.current.iter().zip(&self.candidate));
        sums.map(|(n, (current, candidate))| PairedBlock {
            n: *n,
            sum_abs_error_current: *current,
            sum_abs_error_candidate: *candidate,
        })
        .collect()
    }

    /// Both plain intervals of the difference and of the ratio.
    fn agree(&self, found: &PairedEstimate, of_delta: f64, of_ratio: f64) {
        let close = |ours: Interval, expected: (f64, f64), tolerance: f64| {
            assert_close(ours.low, expected.0, tolerance);
            assert_close(ours.high, expected.1, tolerance);
        };
        close(found.delta_interval.percentile, self.delta_percentile, of_delta);
        close(found.delta_interval.bca.unwrap(), self.delta_bca, of_delta);
        close(found.ratio_interval.percentile, self.ratio_percentile, of_ratio);
        close(found.ratio_interval.bca.unwrap(), self.ratio_bca, of_ratio);
        for intervals in [found.delta_interval, found.ratio_interval] {
            let (deciding, percentile, bca) = (intervals.deciding(), intervals.percentile, intervals.bca.unwrap());
            assert!(deciding.low <= percentile.low.min(bca.low) && deciding.high >= percentile.high.max(bca.high));
        }
    }
}

#[test]
fn on_the_places_that_arch_drew_every_interval_is_that_of_arch() {
    assert_eq!(GOLDEN.shared.iter().map(|of| of.kind.as_str()).collect::<Vec<_>>(), ["iid", "circular"]);
    for golden in &GOLDEN.shared {
        let resamples = NonZeroU32::new(golden.draws.len() as u32).unwrap();
        let mut given = golden.draws.iter().flatten().copied();
        let bootstrap = BlockBootstrap { resamples, seed: 0 };
        let found = bootstrap.paired_by(&golden.of.blocks(), &mut |_| given.next().unwrap()).unwrap();
        golden.of.agree(&found, 1e-9, 1e-9);
    }
}

/// An end of a 95 % interval from B resamples has a Monte-Carlo error of about √(0.025 · 0.975 / B) / φ(1.96) standard errors,
/// 0.0085 at B = 100,000; BCa adds that of its bias, 2 · 0.004. Of two sides it is √2 of that, 0.016; five times it is 0.08.
#[test]
fn with_many_resamples_the_intervals_are_those_of_archs_own() {
    let golden = &GOLDEN.many;
    let bootstrap = BlockBootstrap { resamples: NonZeroU32::new(100_000).unwrap(), seed: 3 };
    let found = bootstrap.paired(&golden.of.blocks()).unwrap();
    golden.of.agree(&found, 0.08 * golden.delta_standard_error, 0.08 * golden.ratio_standard_error);
}

#[test]
fn diebold_and_mariano_with_the_correction_is_that_of_scores() {
    assert!(GOLDEN.diebold_mariano.len() >= 6);
    for golden in &GOLDEN.diebold_mariano {
        let found = diebold_mariano(&golden.differences, golden.horizon).unwrap();
        assert_close(found.statistic, golden.statistic, 1e-9);
        assert_close(found.p, golden.p, 1e-9);
    }
}

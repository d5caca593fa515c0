//! The golden values of `tests/golden/statistics.py`, for the tests of this module.

use std::sync::LazyLock;

use serde::Deserialize;

use super::Sample;

pub(super) static GOLDEN: LazyLock<Golden> = LazyLock::new(|| {
    serde_json::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/statistics.json")))
        .unwrap()
});

#[derive(Deserialize)]
pub(super) struct Golden {
    pub quantiles: Vec<Quantiles>,
    pub normal: Normal,
    pub divergences: Vec<Binned>,
    pub small: Vec<Small>,
    pub large: Vec<Large>,
    pub kolmogorov: Vec<(u64, f64, f64)>,
    pub histogram: Histogram,
    pub shared_resamples: SharedResamples,
    pub single_rows: SingleRows,
}

#[derive(Deserialize)]
pub(super) struct Quantiles {
    pub values: Vec<f64>,
    pub shares: Vec<f64>,
    pub quantiles: Vec<f64>,
}

#[derive(Deserialize)]
pub(super) struct Normal {
    pub points: Vec<f64>,
    pub cdf: Vec<f64>,
    pub shares: Vec<f64>,
    pub quantiles: Vec<f64>,
}

#[derive(Deserialize)]
pub(super) struct Binned {
    pub current: Vec<u64>,
    pub reference: Vec<u64>,
    pub kl: f64,
    pub psi: f64,
    pub jensen_shannon: f64,
    pub hellinger: f64,
}

#[derive(Deserialize)]
pub(super) struct Small {
    pub x: Vec<f64>,
    pub y: Vec<f64>,
    pub wasserstein: f64,
    pub statistic: f64,
    pub p_value: f64,
}

#[derive(Deserialize)]
pub(super) struct Large {
    pub n: u32,
    pub m: u32,
    pub shift: f64,
    pub scale: f64,
    pub wasserstein: f64,
    pub statistic: f64,
    pub p_value: f64,
}

#[derive(Deserialize)]
pub(super) struct Histogram {
    pub reference: Vec<f64>,
    pub current: Vec<f64>,
    pub edges: Vec<f64>,
    pub reference_counts: Vec<u64>,
    pub current_counts: Vec<u64>,
}

#[derive(Deserialize)]
pub(super) struct SharedResamples {
    pub n: Vec<u64>,
    pub current: Vec<f64>,
    pub candidate: Vec<f64>,
    pub draws: Vec<Vec<usize>>,
    pub mae_current_percentile_95: (f64, f64),
    pub mae_current_bca_95: (f64, f64),
    pub delta_percentile_95: (f64, f64),
    pub delta_bca_95: (f64, f64),
    pub ratio_percentile_95: (f64, f64),
    pub ratio_bca_95: (f64, f64),
    pub ratio_percentile_90: (f64, f64),
    pub ratio_bca_90: (f64, f64),
}

#[derive(Deserialize)]
pub(super) struct SingleRows {
    pub current: Vec<f64>,
    pub candidate: Vec<f64>,
    pub mae_current_percentile: (f64, f64),
    pub mae_current_bca: (f64, f64),
    pub mae_current_standard_error: f64,
    pub ratio_percentile: (f64, f64),
    pub ratio_bca: (f64, f64),
    pub ratio_standard_error: f64,
}

/// The two samples of a case that is too large to be written down; see `large_ks` in the script.
pub(super) fn grid(case: &Large) -> (Sample, Sample) {
    let part = |index: u32, size: u32| f64::from(index) / f64::from(size);
    let x = (0..case.n).map(|i| part(i, case.n)).collect();
    let y = (0..case.m).map(|i| case.shift + part(i, case.m) * case.scale).collect();
    (Sample::new(x).unwrap(), Sample::new(y).unwrap())
}

#[track_caller]
pub(crate) fn assert_close(ours: f64, expected: f64, tolerance: f64) {
    assert!((ours - expected).abs() <= tolerance, "{ours} is not within {tolerance} of {expected}");
}

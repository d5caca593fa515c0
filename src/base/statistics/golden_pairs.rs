//! The golden values of `tests/golden/pairs.py`, for the tests of this module.

use std::sync::LazyLock;

use serde::Deserialize;

pub(super) static GOLDEN: LazyLock<Golden> = LazyLock::new(|| {
    serde_json::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/pairs.json"))).unwrap()
});

#[derive(Deserialize)]
pub(super) struct Golden {
    /// t, degrees of freedom, two-sided p.
    pub student: Vec<(f64, f64, f64)>,
    pub diebold_mariano: Vec<Series>,
    pub sign_flips: Vec<Flips>,
    /// p-values, and what they are adjusted to.
    pub benjamini_hochberg: Vec<(Vec<f64>, Vec<f64>)>,
}

#[derive(Deserialize)]
pub(super) struct Series {
    pub differences: Vec<f64>,
    pub horizon: usize,
    pub statistic: f64,
    pub p: f64,
    pub hac_lags: usize,
    pub hac_standard_error: f64,
}

#[derive(Deserialize)]
pub(super) struct Flips {
    pub sums: Vec<f64>,
    pub p: f64,
    pub p_above: f64,
    pub is_exact: bool,
}

//! Diebold and Mariano's test: whether two forecasts of one series differ in their losses by more than chance.
//!
//! It takes one number a day, the difference of the two mean losses, in the order of the days. With few days the normal
//! distribution is too sure of itself; Harvey, Leybourne and Newbold's correction and Student's t mend that.

use serde::{Deserialize, Serialize};

use super::{NotEvaluable, real_len, student};

/// Fewer days have no usable spread.
pub const FEWEST_DAYS: usize = 3;

/// What the test says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DieboldMariano {
    /// Days.
    pub n: u64,
    /// Their mean difference, in the unit of the losses; each day counts once, however many visits it has.
    pub mean: f64,
    /// Its standard error, with the correction.
    pub standard_error: f64,
    /// `mean / standard_error`.
    pub statistic: f64,
    /// Two-sided, by Student's t with n − 1 degrees of freedom.
    pub p: f64,
    /// Neighbouring days whose likeness the standard error counts.
    pub lags: u64,
}

/// The test on the daily differences, for forecasts `horizon` days ahead, at least 1 (those of one day are 1 ahead).
///
/// The variance of the mean is `(γ₀ + 2 Σ_{k<h} γ_k)/n` (Diebold and Mariano 1995), the statistic is multiplied by
/// `√((n + 1 − 2h + h(h−1)/n)/n)` (Harvey, Leybourne and Newbold 1997) and held against Student's t.
///
/// # Errors
/// [`NotEvaluable::TooFewBlocks`] with fewer than [`FEWEST_DAYS`] or `horizon` + 1 days, [`NotEvaluable::NotFinite`],
/// and [`NotEvaluable::NoSpread`] where the variance is not above zero.
pub fn diebold_mariano(differences: &[f64], horizon: usize) -> Result<DieboldMariano, NotEvaluable> {
    let gammas = autocovariances(differences, horizon.max(1) - 1)?;
    let variance = gammas.iter().skip(1).fold(gammas[0], |sum, gamma| sum + 2.0 * gamma);
    tested(differences, variance, horizon.max(1))
}

/// The same for days that resemble their neighbours: the variance counts likeness up to `⌊4 (n/100)^{2/9}⌋` days apart with
/// Bartlett's weights (Newey and West 1987; 1994 for the number of days), and cannot be negative.
///
/// # Errors
/// As [`diebold_mariano`].
pub fn diebold_mariano_robust(differences: &[f64]) -> Result<DieboldMariano, NotEvaluable> {
    let lags = bandwidth(differences.len());
    let variance = newey_west(differences, lags)?;
    let found = tested(differences, variance, 1)?;
    Ok(DieboldMariano { lags: lags as u64, ..found })
}

/// `γ₀ + 2 Σ_{k ≤ lags} (1 − k/(lags + 1)) γ_k`: the long-run variance of a series, in the square of its unit.
///
/// # Errors
/// [`NotEvaluable::TooFewBlocks`], [`NotEvaluable::NotFinite`].
pub fn newey_west(series: &[f64], lags: usize) -> Result<f64, NotEvaluable> {
    let gammas = autocovariances(series, lags)?;
    let weighted = gammas.iter().enumerate().skip(1);
    Ok(weighted
        .fold(gammas[0], |sum, (lag, gamma)| sum + 2.0 * (1.0 - real_len(lag) / (real_len(lags) + 1.0)) * gamma))
}

/// `⌊4 (n/100)^{2/9}⌋`.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number above zero")]
pub fn bandwidth(n: usize) -> usize {
    (4.0 * (real_len(n) / 100.0).powf(2.0 / 9.0)).floor() as usize
}

fn tested(differences: &[f64], variance: f64, horizon: usize) -> Result<DieboldMariano, NotEvaluable> {
    let (n, h) = (real_len(differences.len()), real_len(horizon));
    let mean = differences.iter().sum::<f64>() / n;
    let correction = (n + 1.0 - 2.0 * h + h * (h - 1.0) / n) / n;
    // Differences that are all alike up to rounding have no spread to be measured by.
    let noise = (f64::EPSILON * mean).powi(2) * n;
    if variance <= noise || correction <= 0.0 {
        return Err(NotEvaluable::NoSpread);
    }
    let standard_error = (variance / n / correction).sqrt();
    let statistic = mean / standard_error;
    let p = student::two_sided(statistic, n - 1.0).ok_or(NotEvaluable::NotFinite)?;
    let lags = horizon as u64 - 1;
    Ok(DieboldMariano { n: differences.len() as u64, mean, standard_error, statistic, p, lags })
}

/// `γ_k = Σ (d_t − d̄)(d_{t−k} − d̄)/n` for `k` from 0 to `lags`.
fn autocovariances(series: &[f64], lags: usize) -> Result<Vec<f64>, NotEvaluable> {
    let needed = FEWEST_DAYS.max(lags + 2);
    if series.len() < needed {
        return Err(NotEvaluable::TooFewBlocks { n: series.len() as u64, needed: needed as u64 });
    }
    let mean = series.iter().sum::<f64>() / real_len(series.len());
    let centred: Vec<f64> = series.iter().map(|value| value - mean).collect();
    let gammas: Vec<f64> = (0..=lags)
        .map(|lag| {
            let pairs = centred.iter().skip(lag).zip(&centred);
            pairs.map(|(later, earlier)| later * earlier).sum::<f64>() / real_len(series.len())
        })
        .collect();
    if gammas.iter().all(|gamma| gamma.is_finite()) { Ok(gammas) } else { Err(NotEvaluable::NotFinite) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::statistics::golden::assert_close;
    use crate::base::statistics::golden_pairs::GOLDEN;

    #[test]
    fn agrees_with_the_formula_in_numpy_and_with_statsmodels() {
        assert!(GOLDEN.diebold_mariano.len() >= 6);
        for case in &GOLDEN.diebold_mariano {
            let ours = diebold_mariano(&case.differences, case.horizon).unwrap();
            assert_close(ours.statistic, case.statistic, 1e-9);
            assert_close(ours.p, case.p, 1e-9);
            let lags = bandwidth(case.differences.len());
            let standard_error =
                (newey_west(&case.differences, lags).unwrap() / case.differences.len() as f64).sqrt();
            assert_close(standard_error, case.hac_standard_error, 1e-9);
            let robust = diebold_mariano_robust(&case.differences).unwrap();
            assert_eq!(robust.lags as usize, case.hac_lags);
            assert_eq!(robust.mean, ours.mean);
        }
    }

    #[test]
    fn too_few_days_and_days_that_are_all_alike_are_not_evaluable() {
        assert_eq!(diebold_mariano(&[1.0, 2.0], 1), Err(NotEvaluable::TooFewBlocks { n: 2, needed: 3 }));
        assert_eq!(diebold_mariano(&[0.1; 9], 1), Err(NotEvaluable::NoSpread));
        assert_eq!(diebold_mariano_robust(&[0.0; 9]), Err(NotEvaluable::NoSpread));
        assert_eq!(diebold_mariano(&[1.0, f64::NAN, 2.0], 1), Err(NotEvaluable::NotFinite));
        assert_eq!(diebold_mariano(&[], 1), Err(NotEvaluable::TooFewBlocks { n: 0, needed: 3 }));
    }
}

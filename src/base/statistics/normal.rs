//! The standard normal distribution.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// `Φ(x)`, the share of a standard normal variable below `x`, as `erfc(−x/√2) / 2`; good in both tails.
#[must_use]
pub fn cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * FRAC_1_SQRT_2)
}

/// `Φ⁻¹(share)`; `None` unless `0 < share < 1`.
///
/// Newton's steps on `ln Φ(x) = ln share`, from `x₀ = −√(−2 ln 2·share)` for the lower half (the upper half by
/// symmetry). `ln Φ` rises and is concave, and `Φ(x₀) ≤ exp(−x₀²/2)/2 = share`, so the steps come from the left
/// and never overshoot.
#[must_use]
pub fn quantile(share: f64) -> Option<f64> {
    if !(share > 0.0 && share < 1.0) {
        return None;
    }
    if share > 0.5 {
        return quantile(1.0 - share).map(|x| -x);
    }
    let mut x = -(-2.0 * (2.0 * share).ln()).sqrt();
    // Six steps are the most that any share needs; the bound is for safety.
    for _ in 0..50 {
        let below = cdf(x);
        let density = (-0.5 * x * x).exp() / (2.0 * PI).sqrt();
        let step = -(below / share).ln() * below / density;
        x += step;
        if step.abs() <= 4.0 * f64::EPSILON * x.abs() {
            break;
        }
    }
    Some(x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::statistics::golden::{GOLDEN, assert_close};

    #[test]
    fn agrees_with_scipy() {
        let golden = &GOLDEN.normal;
        for (x, expected) in golden.points.iter().zip(&golden.cdf) {
            assert_close(cdf(*x) / expected, 1.0, 1e-12);
        }
        for (share, expected) in golden.shares.iter().zip(&golden.quantiles) {
            assert_close(quantile(*share).unwrap(), *expected, 1e-12 * expected.abs().max(1.0));
        }
        for share in [0.0, 1.0, -0.1, 1.1, f64::NAN] {
            assert_eq!(quantile(share), None);
        }
    }
}

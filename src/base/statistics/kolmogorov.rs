//! The distribution of the one-sample two-sided Kolmogorov–Smirnov statistic `D_n`.
//!
//! Which formula where follows Simard and L'Ecuyer (2011), "Computing the two-sided Kolmogorov–Smirnov
//! distribution", as `scipy.stats.kstwo` does, so that the numbers are the same; where they use Pomeranz'
//! recursion the (equally exact) matrix of Durbin is used.

use std::f64::consts::{LN_2, PI};

use super::real;

/// `P(D_n ≥ x)` for `n ≥ 1` values from a continuous distribution.
pub(super) fn survival(n: u64, x: f64) -> f64 {
    let size = real(n);
    let scaled = size * x * x;
    let probability = if x <= 0.0 {
        1.0
    } else if x >= 1.0 {
        0.0
    } else if x >= 0.5 {
        2.0 * one_sided(n, x)
    } else if n <= 140 {
        if scaled <= 4.0 { 1.0 - durbin(n, x) } else { 2.0 * one_sided(n, x) }
    } else if scaled >= 370.0 {
        0.0
    } else if scaled >= 2.2 {
        2.0 * one_sided(n, x)
    } else if n <= 100_000 && size * x.powf(1.5) <= 1.4 {
        1.0 - durbin(n, x)
    } else {
        1.0 - pelz_good(size, x)
    };
    probability.clamp(0.0, 1.0)
}

/// `P(D⁺_n ≥ x) = Σ_j x/p_j · Binomial(j; n, p_j)` with `p_j = x + j/n`, over `j ≤ n(1 − x)` (Birnbaum and Tingey
/// 1951). Each binomial term is taken as a deviance from its mean, as Loader (2000) does it, since powers of
/// `n!` would eat the digits.
fn one_sided(n: u64, x: f64) -> f64 {
    let size = real(n);
    let excess = size * x; // how far the mean of each binomial lies above its j
    let mut sum = (size * (-x).ln_1p()).exp();
    for j in 1..n {
        let (taken, left) = (real(j), real(n - j));
        let left_mean = left - excess;
        if left_mean <= 0.0 {
            break;
        }
        let mean = taken + excess;
        // taken·ln(taken/mean) + left·ln(left/left_mean): the two deviances, whose linear parts cancel.
        let deviance = taken * (-excess / mean).ln_1p() + left * (excess / left_mean).ln_1p();
        let scale = (size / (2.0 * PI * taken * left)).sqrt();
        let term = stirling_error(size) - stirling_error(taken) - stirling_error(left) - deviance;
        sum += excess / mean * scale * term.exp();
    }
    sum
}

/// `ln n! − (n + ½) ln n + n − ½ ln 2π`, the error of Stirling's formula.
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        return libm::lgamma(n + 1.0) - (n + 0.5) * n.ln() + n - 0.5 * (2.0 * PI).ln();
    }
    let square = n * n;
    (1.0 / 12.0
        - (1.0 / 360.0 - (1.0 / 1_260.0 - (1.0 / 1_680.0 - 1.0 / 1_188.0 / square) / square) / square) / square)
        / n
}

/// `P(D_n < x)` by Durbin's matrix (Marsaglia, Tsang and Wang 2003): with `nx = k − h`, the middle entry of
/// `n!/nⁿ · Hⁿ`, where `H` is `2k − 1` wide.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "0 < nx, and below a hundred where this is used"
)]
fn durbin(n: u64, x: f64) -> f64 {
    let reach = real(n) * x;
    let k = (reach.ceil() as usize).max(1);
    let width = 2 * k - 1;
    let mut power = durbin_matrix(width, super::real_len(k) - reach);
    let mut row = vec![0.0; width];
    row[k - 1] = 1.0;
    // The numbers kept are the true ones times 2^−exponent.
    let (mut row_exponent, mut power_exponent) = (0.0, 0.0);
    let mut bits = n;
    loop {
        if bits & 1 == 1 {
            row = times(&row, &power, width);
            row_exponent += power_exponent + normalise(&mut row);
        }
        bits >>= 1;
        if bits == 0 {
            break;
        }
        power = times(&power, &power, width);
        power_exponent = 2.0 * power_exponent + normalise(&mut power);
    }
    let size = real(n);
    // n!/nⁿ by Stirling, of which −n·ln n has cancelled.
    let factorial = stirling_error(size) + 0.5 * (2.0 * PI * size).ln() - size;
    (row[k - 1].ln() + row_exponent * LN_2 + factorial).exp()
}

fn durbin_matrix(width: usize, h: f64) -> Vec<f64> {
    let mut inverse_factorial = vec![1.0; width + 1];
    for i in 1..=width {
        inverse_factorial[i] = inverse_factorial[i - 1] / super::real_len(i);
    }
    let mut matrix = vec![0.0; width * width];
    for row in 0..width {
        for column in 1..width.min(row + 2) {
            matrix[row * width + column] = inverse_factorial[row + 1 - column];
        }
    }
    let mut h_power = 1.0;
    for i in 0..width {
        h_power *= h;
        let both_ends = i + 1 == width;
        let mut corner = 1.0 - h_power;
        if both_ends {
            corner += (2.0 * h - 1.0).max(0.0).powf(super::real_len(width)) - h_power;
        }
        let entry = corner * inverse_factorial[i + 1];
        matrix[i * width] = entry;
        matrix[(width - 1) * width + (width - 1 - i)] = entry;
    }
    matrix
}

/// `left · right`, where `right` is a square of `width` and `left` has as many rows as it has.
fn times(left: &[f64], right: &[f64], width: usize) -> Vec<f64> {
    let mut product = vec![0.0; left.len()];
    for (row, sums) in left.chunks_exact(width).zip(product.chunks_exact_mut(width)) {
        for (factor, other) in row.iter().zip(right.chunks_exact(width)) {
            for (sum, entry) in sums.iter_mut().zip(other) {
                *sum += factor * entry;
            }
        }
    }
    product
}

/// Divides by a power of two so that the largest entry is near one; the power's exponent.
fn normalise(entries: &mut [f64]) -> f64 {
    let largest = entries.iter().fold(0.0_f64, |largest, entry| largest.max(*entry));
    if largest <= 0.0 {
        return 0.0;
    }
    let (_, exponent) = libm::frexp(largest);
    for entry in entries {
        *entry = libm::ldexp(*entry, -exponent);
    }
    f64::from(exponent)
}

/// `P(D_n < x) ≈ K₀(z) + K₁(z)/√n + K₂(z)/n + K₃(z)/n^1.5` with `z = x√n` (Pelz and Good 1976), each `K` in its
/// form for small `z`.
fn pelz_good(n: f64, x: f64) -> f64 {
    let z = n.sqrt() * x;
    let (z2, z4, z6) = (z * z, z.powi(4), z.powi(6));
    let pi2 = PI * PI;
    if pi2 / (8.0 * z2) > 700.0 {
        return 0.0;
    }
    let mut k = [0.0; 4];
    // Over half-integers: a = π²(j + ½)², j = 0, 1, …; 12 terms are far more than z < 1.5 needs.
    for j in 0..12 {
        let a = pi2 * (f64::from(j) + 0.5).powi(2);
        let weight = (-a / (2.0 * z2)).exp();
        k[0] += weight;
        k[1] += weight * (a - z2);
        k[2] += weight * (6.0 * z6 + 2.0 * z4 + a * (2.0 * z4 - 5.0 * z2) + a * a * (1.0 - 2.0 * z2));
        k[3] += weight
            * (a.powi(3) * (5.0 - 30.0 * z2) + a * a * (212.0 * z4 - 60.0 * z2) + a * (135.0 * z4 - 96.0 * z6)
                - 30.0 * z6
                - 90.0 * z.powi(8));
    }
    let divisors = [z, 6.0 * z4, 72.0 * z.powi(7), 6_480.0 * z.powi(10)];
    for (term, divisor) in k.iter_mut().zip(divisors) {
        *term /= divisor;
    }
    // Over whole numbers: b = π²j².
    for j in 1..12 {
        let b = pi2 * f64::from(j).powi(2);
        let weight = (-b / (2.0 * z2)).exp();
        k[2] -= weight * b / (36.0 * z * z2);
        k[3] += weight * b * (3.0 * z2 - b) / (216.0 * z6);
    }
    (2.0 * PI).sqrt() * (k[0] + k[1] / n.sqrt() + k[2] / n + k[3] / n.powf(1.5))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::statistics::golden::{GOLDEN, assert_close};

    #[test]
    fn agrees_with_scipy_on_every_branch() {
        assert!(GOLDEN.kolmogorov.len() > 100);
        for (n, x, expected) in &GOLDEN.kolmogorov {
            let ours = survival(*n, *x);
            assert!((ours - expected).abs() < 1e-9, "n {n}, x {x}: {ours} for {expected}");
        }
    }

    #[test]
    fn small_cases_by_hand() {
        // One value: D ≥ x exactly where the uniform lies outside of (1 − x, x).
        assert_close(survival(1, 0.75), 0.5, 1e-15);
        assert_close(survival(1, 0.5), 1.0, 1e-15);
        assert_close(survival(1, 0.3), 1.0, 1e-15);
    }
}

//! Student's t distribution: the tails that the tests of few days need.

/// `P(|T| ≥ |t|)` of Student's t with `degrees` degrees of freedom; `None` unless `degrees` is above zero and both are
/// numbers. An infinite `t` has no chance.
///
/// `I_x(ν/2, ½)` at `x = ν/(ν + t²)`, the regularised incomplete beta function (Abramowitz and Stegun 26.7.1 and 26.5.27).
#[must_use]
pub fn two_sided(t: f64, degrees: f64) -> Option<f64> {
    if t.is_nan() || degrees.is_nan() || degrees <= 0.0 || degrees.is_infinite() {
        return None;
    }
    if t.is_infinite() {
        return Some(0.0);
    }
    let squared = t * t;
    // Both shares are formed from what is small, so that neither loses its digits.
    let (x, rest) = (degrees / (degrees + squared), squared / (degrees + squared));
    Some(incomplete_beta(0.5 * degrees, 0.5, x, rest).clamp(0.0, 1.0))
}

/// The `t` beyond which, to either side, a share of `alpha` lies; `None` unless `0 < alpha < 1`.
///
/// By halving: the tail falls with `t`, and it is asked for a few times a comparison.
#[must_use]
pub fn two_sided_quantile(alpha: f64, degrees: f64) -> Option<f64> {
    if !(alpha > 0.0 && alpha < 1.0) {
        return None;
    }
    let mut high = 1.0;
    while two_sided(high, degrees)? > alpha {
        high *= 2.0;
        if high > 1e300 {
            return None;
        }
    }
    let mut low = 0.0;
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if two_sided(middle, degrees)? > alpha {
            low = middle
        } else {
            high = middle
        }
        if high - low <= 2.0 * f64::EPSILON * high {
            break;
        }
    }
    Some(f64::midpoint(low, high))
}

/// `I_x(a, b)`, where `rest` is `1 − x`. The continued fraction converges fast below `(a + 1)/(a + b + 2)`; above it, the
/// symmetry `I_x(a, b) = 1 − I_{1−x}(b, a)` leads there.
fn incomplete_beta(a: f64, b: f64, x: f64, rest: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if rest <= 0.0 {
        return 1.0;
    }
    let ln_beta = libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
    let front = (a * x.ln() + b * rest.ln() - ln_beta).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        front * beta_fraction(a, b, x) / a
    } else {
        1.0 - front * beta_fraction(b, a, rest) / b
    }
}

/// The continued fraction of Abramowitz and Stegun 26.5.8, from its front by Lentz's method (1976).
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let above_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / above_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for step in 1..1_000 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / above_zero(1.0 + even * d);
        c = above_zero(1.0 + even / c);
        fraction *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / above_zero(1.0 + odd * d);
        c = above_zero(1.0 + odd / c);
        fraction *= d * c;
        if (d * c - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    fraction
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::statistics::golden::assert_close;
    use crate::base::statistics::golden_pairs::GOLDEN;

    #[test]
    fn agrees_with_scipy() {
        assert!(GOLDEN.student.len() > 20);
        for (t, degrees, expected) in &GOLDEN.student {
            let ours = two_sided(*t, *degrees).unwrap();
            assert!((ours / expected - 1.0).abs() < 1e-9, "t {t}, {degrees}: {ours} for {expected}");
            let back = two_sided_quantile(*expected, *degrees);
            if *expected < 1.0 {
                assert_close(back.unwrap() / t.abs(), 1.0, 1e-7);
            }
        }
    }

    #[test]
    fn what_is_no_number_has_no_tail() {
        assert_eq!([two_sided(f64::NAN, 3.0), two_sided(1.0, 0.0), two_sided(1.0, f64::NAN)], [None; 3]);
        assert_eq!(two_sided(f64::INFINITY, 3.0), Some(0.0));
        assert_eq!(two_sided(0.0, 3.0), Some(1.0));
        assert_eq!([two_sided_quantile(0.0, 3.0), two_sided_quantile(1.0, 3.0)], [None; 2]);
    }
}

//! The two-sample Kolmogorov–Smirnov test, two-sided.
//!
//! It takes the values as independent; visits of one day are not, so a small p alone is no verdict on a label.
//! The p by permuted days and the verdict with its effect bounds are not here.

use serde::{Deserialize, Serialize};

use super::{Sample, kolmogorov, real};

/// How the p-value was computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KsMethod {
    /// From the number of lattice paths; without ties it is exact, with ties it errs on the safe side.
    Exact,
    /// From the one-sample distribution with `nm/(n + m)` values.
    Asymptotic,
}

/// The result of the test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct KolmogorovSmirnov {
    /// Values of the current window.
    pub n_current: u64,
    /// Values of the reference window.
    pub n_reference: u64,
    /// `D = max |F(x) − G(x)|`, 0 to 1.
    pub statistic: f64,
    /// The chance of a `D` at least this large where both come from one distribution.
    pub p_value: f64,
    /// How `p_value` was computed.
    pub method: KsMethod,
}

/// The exact method is used up to this size of the larger sample.
const EXACT_UP_TO: u64 = 10_000;

/// Tests whether two samples (in one unit) come from one distribution.
///
/// Exact where the larger sample has at most 10,000 values, asymptotic above, with the numbers of
/// `scipy.stats.ks_2samp(method="auto")`.
#[must_use]
pub fn ks_two_sample(current: &Sample, reference: &Sample) -> KolmogorovSmirnov {
    let (n, m) = (current.n(), reference.n());
    let divisor = greatest_common_divisor(n, m);
    let steps = largest_gap(current.values(), reference.values(), divisor);
    // D is a whole number of 1/lcm(n, m).
    let statistic = real(steps) / (real(n) * real(m / divisor));
    let (p_value, method) = if n.max(m) <= EXACT_UP_TO {
        (share_of_paths_outside(n, m, divisor, steps), KsMethod::Exact)
    } else {
        (asymptotic(n, m, statistic), KsMethod::Asymptotic)
    };
    KolmogorovSmirnov { n_current: n, n_reference: m, statistic, p_value, method }
}

fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

/// `max |F − G|` in units of `1/lcm(n, m)`. Whole numbers, so that ties and equal gaps are exact; they fit, since
/// a sample of 2^32 values would not fit into memory.
fn largest_gap(x: &[f64], y: &[f64], divisor: u64) -> u64 {
    let (x_step, y_step) = (y.len() as u64 / divisor, x.len() as u64 / divisor);
    let (mut i, mut j, mut largest) = (0_usize, 0_usize, 0);
    while let (Some(a), Some(b)) = (x.get(i), y.get(j)) {
        let at = a.min(*b);
        i += x[i..].iter().take_while(|value| **value == at).count();
        j += y[j..].iter().take_while(|value| **value == at).count();
        largest = largest.max((i as u64 * x_step).abs_diff(j as u64 * y_step));
    }
    largest
}

/// Of all monotone lattice paths from (0, 0) to (n, m), the share that somewhere is `steps` or more away from the
/// diagonal, in units of `1/lcm(n, m)`.
///
/// Of the paths to (i, j), `i/(i + j)` come through (i − 1, j) and the others through (i, j − 1); the share
/// outside is their mean, and 1 beyond the band (Hodges 1958). All terms are positive, so that small shares keep
/// their digits.
fn share_of_paths_outside(n: u64, m: u64, divisor: u64, steps: u64) -> f64 {
    if steps == 0 {
        return 1.0;
    }
    if far_beyond_chance(n, m, real(steps) / (real(n) * real(m / divisor))) {
        return 0.0;
    }
    let (row_step, column_step) = (m / divisor, n / divisor);
    let inverse: Vec<f64> = (0..=n + m).map(|sum| if sum == 0 { 0.0 } else { 1.0 / real(sum) }).collect();
    let mut outside: Vec<f64> = vec![1.0; usize::try_from(m).map_or(0, |m| m + 1)];
    for i in 0..=n {
        // The band: |i·row_step − j·column_step| < steps.
        let here = i * row_step;
        let first = if here < steps { 0 } else { (here - steps) / column_step + 1 };
        let last = ((here + steps).div_ceil(column_step) - 1).min(m);
        let range = first as usize..=last as usize; // at most m
        let weights = &inverse[i as usize..]; // i is at most n
        let mut left = 1.0;
        let mut j = real(first);
        for (cell, inverse) in outside[range.clone()].iter_mut().zip(&weights[range]) {
            left = (real(i) * *cell + j * left) * inverse;
            *cell = left;
            j += 1.0;
        }
    }
    outside.last().map_or(1.0, |share| share.clamp(0.0, 1.0))
}

/// Whether the p-value is below the smallest number there is, so that counting paths would only shuffle zeros:
/// `p ≤ e · exp(−2 d² nm/(n + m))` (Wei and Dudley 2012).
fn far_beyond_chance(n: u64, m: u64, statistic: f64) -> bool {
    2.0 * statistic * statistic * real(n) * real(m) / (real(n) + real(m)) > 750.0
}

/// `P(D_N ≥ d)` with `N = nm/(n + m)` rounded to even.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "N is positive and below n")]
fn asymptotic(n: u64, m: u64, statistic: f64) -> f64 {
    let (n, m) = (real(n.max(m)), real(n.min(m)));
    let effective = (n * m / (n + m)).round_ties_even() as u64;
    kolmogorov::survival(effective.max(1), statistic)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::statistics::golden::{GOLDEN, assert_close, grid};

    fn of_values(current: Vec<f64>, reference: Vec<f64>) -> KolmogorovSmirnov {
        ks_two_sample(&Sample::new(current).unwrap(), &Sample::new(reference).unwrap())
    }

    #[test]
    fn small_samples_agree_with_scipy_exactly() {
        assert!(GOLDEN.small.len() >= 10);
        for case in &GOLDEN.small {
            let test = of_values(case.x.clone(), case.y.clone());
            assert_eq!(test.method, KsMethod::Exact);
            assert_close(test.statistic, case.statistic, 1e-12);
            assert_close(test.p_value, case.p_value, 1e-9);
        }
    }

    #[test]
    fn large_samples_agree_with_scipy() {
        assert!(GOLDEN.large.len() >= 10);
        for case in &GOLDEN.large {
            let (x, y) = grid(case);
            let test = ks_two_sample(&x, &y);
            let exact = case.n.max(case.m) <= 10_000;
            assert_eq!(test.method == KsMethod::Exact, exact);
            assert_close(test.statistic, case.statistic, 1e-12);
            assert!(
                (test.p_value - case.p_value).abs() < 1e-9,
                "{} {}: {test:?} for {}",
                case.n,
                case.m,
                case.p_value
            );
        }
    }

    proptest! {
        #[test]
        fn both_numbers_are_shares_and_sides_and_order_do_not_matter(
            x in prop::collection::vec(0_u8..40, 1..80),
            y in prop::collection::vec(0_u8..40, 1..80),
        ) {
            let values = |numbers: &[u8]| numbers.iter().copied().map(f64::from).collect::<Vec<_>>();
            let there = of_values(values(&x), values(&y));
            let back = of_values(values(&y), values(&x));
            prop_assert!((0.0..=1.0).contains(&there.statistic) && (0.0..=1.0).contains(&there.p_value));
            prop_assert_eq!(there.statistic, back.statistic);
            prop_assert!((there.p_value - back.p_value).abs() < 1e-12);
            let mut turned = values(&x);
            turned.reverse();
            prop_assert_eq!(of_values(turned, values(&y)), there);
            let same = of_values(values(&x), values(&x));
            prop_assert_eq!((same.statistic, same.p_value), (0.0, 1.0));
        }
    }
}

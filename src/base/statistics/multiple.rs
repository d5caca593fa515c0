//! Many tests at once: Benjamini and Hochberg's bound on the share of false alarms among the alarms.

/// The p-values, adjusted: a test whose adjusted p is at most `q` may be called an alarm, and of such alarms no more than a
/// share of `q` is expected to be false (Benjamini and Hochberg 1995, where the tests are independent or go together).
///
/// In the order given. What is not a number stays so, and does not count as a test. Reference:
/// `statsmodels.stats.multitest.multipletests(method="fdr_bh")`.
#[must_use]
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).filter(|place| !p[*place].is_nan()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let tests = super::real_len(order.len());
    let mut adjusted = p.to_vec();
    let mut least = 1.0_f64;
    for (rank, place) in order.iter().enumerate().rev() {
        least = least.min(p[*place] * (tests / (super::real_len(rank) + 1.0)));
        adjusted[*place] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::statistics::golden::assert_close;
    use crate::base::statistics::golden_pairs::GOLDEN;

    #[test]
    fn agrees_with_statsmodels() {
        assert!(GOLDEN.benjamini_hochberg.len() >= 3);
        for (p, expected) in &GOLDEN.benjamini_hochberg {
            for (ours, expected) in benjamini_hochberg(p).iter().zip(expected) {
                assert_close(*ours, *expected, 1e-12);
            }
        }
    }

    #[test]
    fn what_was_not_tested_does_not_count() {
        let adjusted = benjamini_hochberg(&[0.01, f64::NAN, 0.04]);
        assert_eq!((adjusted[0], adjusted[2]), (0.02, 0.04));
        assert!(adjusted[1].is_nan());
        assert!(benjamini_hochberg(&[]).is_empty());
    }
}

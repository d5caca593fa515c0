//! Sorted samples and their quantiles.
//!
//! No weights, no missing values: the caller leaves those out and counts them.

use super::{NotEvaluable, real_len};

/// One or more finite values in ascending order.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample(Vec<f64>);

impl Sample {
    /// Sorts `values`, in any unit. Fails where there are none, or where one is NaN or infinite.
    pub fn new(mut values: Vec<f64>) -> Result<Sample, NotEvaluable> {
        if values.is_empty() {
            return Err(NotEvaluable::NoValues);
        }
        for value in &mut values {
            if !value.is_finite() {
                return Err(NotEvaluable::NotFinite);
            }
            // −0 becomes 0, so that equal values are equal bit by bit.
            *value += 0.0;
        }
        values.sort_unstable_by(f64::total_cmp);
        Ok(Sample(values))
    }

    /// Of `values` that ascend already, in any unit. Fails as [`Sample::new`] does, which it is where they do not ascend.
    pub fn of_ascending(values: Vec<f64>) -> Result<Sample, NotEvaluable> {
        let ascend = values.windows(2).all(|pair| pair[0].total_cmp(&pair[1]).is_le());
        // Between finite ends, everything that ascends is finite; −0 would still have to become 0.
        let finite = [values.first(), values.last()].into_iter().all(|end| end.is_some_and(|end| end.is_finite()));
        let no_minus_zero = values.iter().all(|value| value.to_bits() != (-0.0_f64).to_bits());
        if ascend && finite && no_minus_zero { Ok(Sample(values)) } else { Sample::new(values) }
    }

    /// The values, ascending.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.0
    }

    /// The number of values, at least one.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.0.len() as u64
    }

    /// The smallest value.
    #[must_use]
    pub fn min(&self) -> f64 {
        self.0[0] // never empty
    }

    /// The largest value.
    #[must_use]
    pub fn max(&self) -> f64 {
        self.0[self.0.len() - 1] // never empty
    }

    /// The value below which the `share` (0–1, else it is clamped; NaN counts as 0) of the sample lies: linear
    /// between the order statistics around `share · (n − 1)` (type 7 of Hyndman and Fan 1996, `numpy.quantile`).
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the position is between 0 and n − 1"
    )]
    pub fn quantile(&self, share: f64) -> f64 {
        let last = self.0.len() - 1;
        let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
        let position = share * real_len(last);
        let below = (position as usize).min(last);
        let (low, high) = (self.0[below], self.0[(below + 1).min(last)]);
        let fraction = position - real_len(below);
        // From the nearer end, as numpy does it.
        if fraction < 0.5 { low + (high - low) * fraction } else { high - (high - low) * (1.0 - fraction) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::statistics::golden::{GOLDEN, assert_close};

    #[test]
    fn agrees_with_numpy() {
        for case in &GOLDEN.quantiles {
            let sample = Sample::new(case.values.clone()).unwrap();
            for (share, expected) in case.shares.iter().zip(&case.quantiles) {
                assert_close(sample.quantile(*share), *expected, 1e-12);
            }
        }
    }

    #[test]
    fn only_finite_values_make_a_sample_and_odd_shares_stay_inside() {
        assert_eq!(Sample::new(vec![]), Err(NotEvaluable::NoValues));
        assert_eq!(Sample::new(vec![1.0, f64::NAN]), Err(NotEvaluable::NotFinite));
        assert_eq!(Sample::new(vec![f64::INFINITY]), Err(NotEvaluable::NotFinite));
        let sample = Sample::new(vec![3.0, -0.0, 1.0]).unwrap();
        assert_eq!(sample.values()[0].to_bits(), 0.0_f64.to_bits());
        assert_eq!((sample.quantile(-1.0), sample.quantile(f64::NAN), sample.quantile(7.0)), (0.0, 0.0, 3.0));
    }
}

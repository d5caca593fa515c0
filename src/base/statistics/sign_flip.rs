//! The sign-flip test: whether blocks of paired differences lie to one side of zero by more than chance.
//!
//! Were the two models alike, each block's difference could as well have had the other sign (Fisher 1935, "The Design of
//! Experiments", §21). The statistic is the sum over the blocks, so that blocks with more visits count for more. Nothing is
//! assumed of the shape of the differences but that blocks are independent and symmetric around zero.

use std::num::NonZeroU32;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};
use serde::{Deserialize, Serialize};

use super::NotEvaluable;
use super::resampling::key_of;

/// Flips that are drawn where all of them are too many.
pub const FLIPS: NonZeroU32 = NonZeroU32::new(9_999).unwrap(); // evaluated by the compiler
/// Up to this many blocks, every combination of signs is tried.
const MOST_EXACT_BLOCKS: usize = 13;

/// What the test says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignFlips {
    /// Blocks.
    pub n_blocks: u64,
    /// Two-sided.
    pub p: f64,
    /// One-sided: how often a sum at least as large comes of chance. Small where the sum is above zero.
    pub p_above: f64,
    /// Combinations of signs that were tried, the real one among them.
    pub flips: u64,
    /// Whether these were all that there are.
    pub is_exact: bool,
}

/// The test on the sums of the differences in each block.
///
/// With up to 13 blocks it is exact, as `scipy.stats.permutation_test` with `permutation_type="samples"`; else `p` is
/// `(1 + #)/(1 + flips)` of [`FLIPS`] seeded flips (Phipson and Smyth 2010).
///
/// # Errors
/// [`NotEvaluable::NoValues`], [`NotEvaluable::NotFinite`].
pub fn sign_flips(sums: &[f64], seed: u64) -> Result<SignFlips, NotEvaluable> {
    if sums.is_empty() {
        return Err(NotEvaluable::NoValues);
    }
    let total: f64 = sums.iter().sum();
    let sizes: f64 = sums.iter().map(|sum| sum.abs()).sum();
    if !sizes.is_finite() {
        return Err(NotEvaluable::NotFinite);
    }
    // Sums that are equal but for rounding are equal: flips of all signs, and of blocks of zero.
    let tie = 1e-12 * sizes;
    let is_exact = sums.len() <= MOST_EXACT_BLOCKS;
    let (mut beyond, mut above) = (0_u64, 0_u64);
    let mut count = |flipped: f64| {
        beyond += u64::from(flipped.abs() >= total.abs() - tie);
        above += u64::from(flipped >= total - tie);
    };
    let flips = if is_exact {
        let all = 1_u64 << sums.len();
        (0..all).for_each(|signs| count(flipped(sums, signs)));
        all
    } else {
        let mut stream = ChaCha8Rng::from_seed(key_of(seed));
        count(total);
        for _ in 0..FLIPS.get() {
            count(sums.chunks(64).map(|chunk| flipped(chunk, stream.next_u64())).sum());
        }
        u64::from(FLIPS.get()) + 1
    };
    let share = |count: u64| super::real(count) / super::real(flips);
    Ok(SignFlips { n_blocks: sums.len() as u64, p: share(beyond), p_above: share(above), flips, is_exact })
}

/// The sum where the blocks whose bit is set have the other sign. Without a branch: the sign bit itself is flipped.
fn flipped(sums: &[f64], signs: u64) -> f64 {
    let flip = |(place, sum): (usize, &f64)| f64::from_bits(sum.to_bits() ^ (((signs >> place) & 1) << 63));
    sums.iter().enumerate().map(flip).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::statistics::golden::assert_close;
    use crate::base::statistics::golden_pairs::GOLDEN;

    #[test]
    fn agrees_with_scipy() {
        assert!(GOLDEN.sign_flips.len() >= 5);
        for case in &GOLDEN.sign_flips {
            let ours = sign_flips(&case.sums, 3).unwrap();
            assert_eq!(ours.is_exact, case.is_exact);
            // Where flips are drawn: five standard errors of the difference of two draws of the smaller tail, which SciPy
            // doubles.
            let tail = case.p / 2.0;
            let tolerance =
                if case.is_exact { 1e-12 } else { 10.0 * (2.0 * tail * (1.0 - tail) / 9_999.0).sqrt() };
            assert_close(ours.p, case.p, tolerance);
            assert_close(ours.p_above, case.p_above, tolerance);
        }
    }

    #[test]
    fn nothing_and_zeros_and_what_is_not_a_number() {
        assert_eq!(sign_flips(&[], 1), Err(NotEvaluable::NoValues));
        assert_eq!(sign_flips(&[1.0, f64::NAN], 1), Err(NotEvaluable::NotFinite));
        assert_eq!(sign_flips(&[0.0; 40], 1).unwrap().p, 1.0);
        assert_eq!(sign_flips(&[0.1; 3], 1).unwrap().p, 0.25);
        assert_eq!(sign_flips(&[0.1; 3], 1).unwrap().p_above, 0.125);
    }
}

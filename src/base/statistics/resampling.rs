//! Drawing blocks with replacement, and percentile and BCa intervals from what was drawn.
//!
//! It knows blocks as rows of sums and an estimate as a function of such sums; what they mean is the business of
//! [`super::bootstrap`].

use std::num::NonZeroU32;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::{Interval, Intervals, NotEvaluable, Sample, normal, real_len};

/// Fewer blocks have no spread.
const FEWEST_BLOCKS: usize = 2;

/// The sums of one or several blocks; the first is the number of visits.
#[derive(Clone, Copy)]
pub(super) struct Sums<const K: usize>(pub(super) [f64; K]);

/// Blocks, their total, and the totals of the resamples.
pub(super) struct Resampled<'a, const K: usize> {
    blocks: &'a [Sums<K>],
    pub(super) total: Sums<K>,
    drawn: Vec<Sums<K>>,
}

/// One estimate and what its intervals need.
pub(super) struct Estimate {
    pub(super) value: f64,
    /// The estimate on each resample, sorted.
    resampled: Sample,
    /// `Φ⁻¹` of the share of resamples below the value, of which those equal to it count half.
    bias: Option<f64>,
    acceleration: f64,
}

impl<const K: usize> Sums<K> {
    fn add(&mut self, other: &Sums<K>) {
        self.0.iter_mut().zip(other.0).for_each(|(sum, part)| *sum += part);
    }

    fn without(mut self, other: &Sums<K>) -> Sums<K> {
        self.0.iter_mut().zip(other.0).for_each(|(sum, part)| *sum -= part);
        self
    }
}

impl<'a, const K: usize> Resampled<'a, K> {
    /// `draw` gives a number below the one it is given.
    pub(super) fn draw(
        blocks: &'a [Sums<K>],
        resamples: NonZeroU32,
        draw: &mut impl FnMut(usize) -> usize,
    ) -> Result<Resampled<'a, K>, NotEvaluable> {
        if blocks.len() < FEWEST_BLOCKS {
            return Err(NotEvaluable::TooFewBlocks { n: blocks.len() as u64, needed: FEWEST_BLOCKS as u64 });
        }
        let mut total = Sums([0.0; K]);
        for block in blocks {
            if block.0[0] < 1.0 {
                return Err(NotEvaluable::EmptyBlock);
            }
            total.add(block);
        }
        if total.0.iter().any(|sum| !sum.is_finite()) {
            return Err(NotEvaluable::NotFinite);
        }
        let drawn = (0..resamples.get())
            .map(|_| {
                let mut sums = Sums([0.0; K]);
                for _ in 0..blocks.len() {
                    sums.add(&blocks[draw(blocks.len())]); // a draw is below the length
                }
                sums
            })
            .collect();
        Ok(Resampled { blocks, total, drawn })
    }

    /// The estimate that `value` makes of sums. A value that is not finite comes of a denominator of zero: the
    /// sums were checked.
    pub(super) fn estimate(&self, value: impl Fn(&Sums<K>) -> f64) -> Result<Estimate, NotEvaluable> {
        let estimate = value(&self.total);
        if !estimate.is_finite() {
            return Err(NotEvaluable::ZeroDenominator);
        }
        let resampled =
            Sample::new(self.drawn.iter().map(&value).collect()).map_err(|_| NotEvaluable::ZeroDenominator)?;
        let below = resampled.values().partition_point(|drawn| *drawn < estimate);
        let up_to = resampled.values().partition_point(|drawn| *drawn <= estimate);
        let bias = normal::quantile(real_len(below + up_to) / (2.0 * real_len(resampled.values().len())));
        let left_out: Vec<f64> = self.blocks.iter().map(|block| value(&self.total.without(block))).collect();
        Ok(Estimate { value: estimate, resampled, bias, acceleration: acceleration(&left_out) })
    }
}

impl Estimate {
    /// Between the `shares` at its two ends.
    pub(super) fn intervals(&self, shares: [f64; 2]) -> Intervals {
        let interval = |[low, high]: [f64; 2]| Interval {
            low: self.resampled.quantile(low),
            high: self.resampled.quantile(high),
        };
        let corrected = |share| self.corrected(share);
        let bca = match shares.map(corrected) {
            [Some(low), Some(high)] => Some(interval([low, high])),
            _ => None,
        };
        Intervals { percentile: interval(shares), bca }
    }

    /// `Φ(z₀ + (z₀ + z)/(1 − a(z₀ + z)))` with `z = Φ⁻¹(share)` (Efron and Tibshirani 1993, 14.10). Where the
    /// divisor is not positive, the map would turn round, and there is no corrected share.
    fn corrected(&self, share: f64) -> Option<f64> {
        let bias = self.bias?;
        let moved = bias + normal::quantile(share)?;
        let divisor = 1.0 - self.acceleration * moved;
        (divisor > 0.0).then(|| normal::cdf(bias + moved / divisor))
    }
}

/// `Σ u³ / (6 (Σ u²)^1.5)` with `u` the mean of the estimates that leave one block out, less each of them (Efron
/// and Tibshirani 1993, 14.15); 0 where none of them differs, or one cannot be computed.
fn acceleration(left_out: &[f64]) -> f64 {
    let mean = left_out.iter().sum::<f64>() / real_len(left_out.len());
    let (mut squares, mut cubes) = (0.0, 0.0);
    for value in left_out {
        let difference = mean - value;
        squares += difference * difference;
        cubes += difference.powi(3);
    }
    let acceleration = cubes / (6.0 * squares.powf(1.5));
    if acceleration.is_finite() { acceleration } else { 0.0 }
}

/// Numbers below a bound, all equally likely, from a ChaCha8 stream with `seed` as its key.
pub fn draws(seed: u64) -> impl FnMut(usize) -> usize {
    let mut stream = ChaCha8Rng::from_seed(key_of(seed));
    move |bound| draw_below(&mut stream, bound as u64) as usize
}

/// The key of the stream that a seed means.
pub(super) fn key_of(seed: u64) -> [u8; 32] {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key
}

/// Days that are dealt to two windows anew, a weekday among its own kind where that leaves enough ways.
///
/// A week has one day of each weekday, and weekdays differ: dealt without regard to that, a window could get two Thursdays and no
/// Saturday, and everything would seem to differ by chance. Where only few ways are left (weeks of five days have 32), the days
/// are dealt without regard to it after all, since of so few none is rare.
#[derive(Clone, Debug)]
pub struct Deals {
    /// The places of days that may be exchanged, and how many of them the first window gets.
    strata: Vec<(Vec<usize>, usize)>,
}

/// Fewer ways than this are too few for one in twenty to be rare.
const FEWEST_WAYS: f64 = 60.0;

impl Deals {
    /// Of days of which `ours` and `others` are the kinds; the days of the first window come first.
    pub fn of(ours: &[u8], others: &[u8]) -> Deals {
        let all = || ours.iter().chain(others);
        let mut kinds: Vec<u8> = all().copied().collect();
        kinds.sort_unstable();
        kinds.dedup();
        let of_kind = |kind: &u8| {
            let places = all().enumerate().filter(|(_, other)| *other == kind).map(|(place, _)| place).collect();
            (places, ours.iter().filter(|other| *other == kind).count())
        };
        let strata = Deals { strata: kinds.iter().map(of_kind).collect() };
        if strata.ways() >= FEWEST_WAYS {
            return strata;
        }
        Deals { strata: vec![(all().enumerate().map(|(place, _)| place).collect(), ours.len())] }
    }

    /// How many ways there are.
    fn ways(&self) -> f64 {
        let choose = |(places, count): &(Vec<usize>, usize)| -> f64 {
            (1..=*count).map(|drawn| (places.len() - count + drawn) as f64 / drawn as f64).product()
        };
        self.strata.iter().map(choose).product()
    }

    /// Deals anew, and gives the places of the days that the first window gets.
    pub fn deal(&mut self, draw: &mut impl FnMut(usize) -> usize) -> impl Iterator<Item = usize> {
        for (places, count) in &mut self.strata {
            // The first places of a shuffled list (Fisher and Yates 1938): more is not needed.
            for place in 0..*count {
                let other = place + draw(places.len() - place);
                places.swap(place, other);
            }
        }
        self.strata.iter().flat_map(|(places, count)| places.iter().take(*count).copied())
    }
}

/// The upper half of `random · bound` (Lemire 2019): drawing again where the lower half is among the
/// `2^64 mod bound` leftovers makes every number equally likely.
fn draw_below(stream: &mut impl Rng, bound: u64) -> u64 {
    loop {
        let product = u128::from(stream.next_u64()) * u128::from(bound);
        let leftover = product as u64;
        // `bound` is more than the leftovers, and the division is seldom needed.
        if leftover >= bound || leftover >= bound.wrapping_neg() % bound {
            return (product >> 64) as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_even() {
        let mut draw = draws(3);
        let mut counts = [0_u32; 7];
        for _ in 0..70_000 {
            counts[draw(7)] += 1;
        }
        // Binomial with a standard deviation of 93: five of them.
        assert!(counts.iter().all(|count| count.abs_diff(10_000) < 465), "{counts:?}");
    }
}

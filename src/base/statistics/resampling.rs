//! Drawing blocks with replacement, and percentile, BCa and expanded intervals from what was drawn.
//!
//! It knows blocks as columns of sums and an estimate as a function of such sums; what they mean is the business of
//! [`super::bootstrap`]. All estimates of one [`Resampled`] come from the same draws.

use std::num::NonZeroU32;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::{Interval, Intervals, NotEvaluable, Sample, normal, real_len, student};

/// Fewer blocks have no spread.
const FEWEST_BLOCKS: usize = 2;

/// Blocks as columns of sums, their totals, and the totals of the resamples. The first column is the number of visits.
pub(super) struct Resampled<'a> {
    columns: &'a [Vec<f64>],
    pub(super) total: Vec<f64>,
    /// Resample by resample, column by column.
    drawn: Vec<f64>,
    /// How many blocks of equal size would say as much.
    blocks: f64,
}

/// One estimate and what its intervals need.
pub(super) struct Estimate {
    pub(super) value: f64,
    /// The estimate on each resample, sorted.
    resampled: Sample,
    /// `Φ⁻¹` of the share of resamples below the value, of which those equal to it count half.
    bias: Option<f64>,
    acceleration: f64,
    blocks: f64,
}

impl<'a> Resampled<'a> {
    /// `draw` gives a number below the one it is given. Columns have one length, and so has `weights`: how much each block
    /// counts for.
    pub(super) fn draw(
        columns: &'a [Vec<f64>],
        weights: &[f64],
        resamples: NonZeroU32,
        draw: &mut impl FnMut(usize) -> usize,
    ) -> Result<Resampled<'a>, NotEvaluable> {
        let n = columns.first().map_or(0, Vec::len);
        if n < FEWEST_BLOCKS {
            return Err(NotEvaluable::TooFewBlocks { n: n as u64, needed: FEWEST_BLOCKS as u64 });
        }
        let sizes = columns.first().map_or(&[][..], Vec::as_slice);
        if sizes.iter().any(|size| *size < 1.0) {
            return Err(NotEvaluable::EmptyBlock);
        }
        let total: Vec<f64> = columns.iter().map(|column| column.iter().sum()).collect();
        if total.iter().any(|sum| !sum.is_finite()) {
            return Err(NotEvaluable::NotFinite);
        }
        let mut drawn = Vec::with_capacity(columns.len() * resamples.get() as usize);
        let mut times = vec![0.0; n];
        for _ in 0..resamples.get() {
            times.fill(0.0);
            for _ in 0..n {
                times[draw(n)] += 1.0; // a draw is below the length
            }
            drawn.extend(columns.iter().map(|column| dot(&times, column)));
        }
        let blocks = equal_blocks(weights);
        Ok(Resampled { columns, total, drawn, blocks })
    }

    /// The estimate that `value` makes of the sums of the columns `at`. A value that is not finite comes of a denominator of
    /// zero: the sums were checked.
    pub(super) fn estimate<const K: usize>(
        &self,
        at: [usize; K],
        value: impl Fn([f64; K]) -> f64,
    ) -> Result<Estimate, NotEvaluable> {
        let total = at.map(|column| self.total[column]); // the caller's columns are there
        let estimate = value(total);
        if !estimate.is_finite() {
            return Err(NotEvaluable::ZeroDenominator);
        }
        let resamples = self.drawn.chunks_exact(self.columns.len());
        let drawn = resamples.map(|sums| value(at.map(|column| sums[column]))).collect();
        let resampled = Sample::new(drawn).map_err(|_| NotEvaluable::ZeroDenominator)?;
        let below = resampled.values().partition_point(|drawn| *drawn < estimate);
        let up_to = resampled.values().partition_point(|drawn| *drawn <= estimate);
        let bias = normal::quantile(real_len(below + up_to) / (2.0 * real_len(resampled.values().len())));
        let n = self.columns.first().map_or(0, Vec::len);
        let without = |block: usize| {
            let mut sums = total;
            sums.iter_mut().zip(at).for_each(|(sum, column)| *sum -= self.columns[column][block]);
            value(sums)
        };
        let left_out: Vec<f64> = (0..n).map(without).collect();
        Ok(Estimate {
            value: estimate,
            resampled,
            bias,
            acceleration: acceleration(&left_out),
            blocks: self.blocks,
        })
    }
}

/// `Σ a b`, in four sums that run beside each other.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    let mut sums = [0.0; 4];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..4 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

/// The intervals of several estimates of one difference, between the `shares` at their two ends.
///
/// The deciding ones end at the same shares of the resamples, the outer ones of all: a resample in which one model is better is so
/// by its difference and by its ratio, and so the two intervals agree on whether they leave out "no difference".
pub(super) fn intervals<const K: usize>(estimates: [&Estimate; K], shares: [f64; 2]) -> [Intervals; K] {
    let outer = estimates.iter().map(|estimate| estimate.outer(shares));
    let outer = outer.reduce(|a, b| [a[0].min(b[0]), a[1].max(b[1])]).unwrap_or(shares);
    estimates.map(|estimate| Intervals {
        percentile: estimate.between(shares),
        bca: estimate.both_corrected(shares).map(|shares| estimate.between(shares)),
        expanded: estimate.between(outer),
    })
}

impl Estimate {
    /// Between the `shares` at its two ends.
    pub(super) fn intervals(&self, shares: [f64; 2]) -> Intervals {
        let [intervals] = intervals([self], shares);
        intervals
    }

    fn between(&self, [low, high]: [f64; 2]) -> Interval {
        Interval { low: self.resampled.quantile(low), high: self.resampled.quantile(high) }
    }

    /// The outer ones of the shares of the percentile and of the BCa interval, both moved outward for the number of blocks.
    fn outer(&self, shares: [f64; 2]) -> [f64; 2] {
        let outward = shares.map(|share| expanded(share, self.blocks));
        let corrected = self.both_corrected(outward).unwrap_or(outward);
        [outward[0].min(corrected[0]), outward[1].max(corrected[1])]
    }

    fn both_corrected(&self, shares: [f64; 2]) -> Option<[f64; 2]> {
        match shares.map(|share| self.corrected(share)) {
            [Some(low), Some(high)] => Some([low, high]),
            _ => None,
        }
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

/// How many blocks of equal weight would say as much: `(Σ w)²/Σ w²` (Kish 1965, "Survey sampling").
fn equal_blocks(weights: &[f64]) -> f64 {
    let (sum, squares) = weights.iter().fold((0.0, 0.0), |(sum, squares), w| (sum + w, squares + w * w));
    let blocks = sum * sum / squares;
    if blocks.is_finite() { blocks } else { real_len(weights.len()) }
}

/// The share at which a resampled estimate reaches as far as Student's t would at `share`: `Φ(√(n/(n−1)) t_{share, n−1})`
/// (Hesterberg 2015, "What teachers should know about the bootstrap", the expanded percentile interval). A bootstrap draws
/// from the blocks it has, whose spread is a little too small and itself not known; with many blocks nothing changes.
fn expanded(share: f64, n: f64) -> f64 {
    let freedom = n - 1.0;
    let outer = 2.0 * share.min(1.0 - share);
    let Some(t) = (freedom >= 1.0).then(|| student::two_sided_quantile(outer, freedom)).flatten() else {
        return share;
    };
    let tail = normal::cdf(-t * (n / freedom).sqrt());
    if share < 0.5 { tail } else { 1.0 - tail }
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

    /// `scipy.stats.norm.cdf(-numpy.sqrt(n / (n - 1)) * scipy.stats.t.ppf(0.975, n - 1))` for n = 6, 60 and 1,000.
    #[test]
    fn shares_move_outward_as_student_says() {
        for (n, expected) in [(6.0, 0.002_431_803_175), (60.0, 0.021_801_790_934), (1_000.0, 0.024_804_305_906)] {
            let found = expanded(0.025, n);
            assert!((found - expected).abs() <= 1e-9, "{n}: {found}");
            assert!((1.0 - expanded(0.975, n) - found).abs() < 1e-12, "{n}");
        }
        assert!(expanded(0.025, 2.0) < 1e-12);
        // One block has no freedom, and equal weights count in full.
        assert_eq!(expanded(0.025, 1.0), 0.025);
        assert_eq!(equal_blocks(&[3.0; 7]), 7.0);
        assert_eq!(equal_blocks(&[1.0, 0.0, 0.0]), 1.0);
        assert_eq!(equal_blocks(&[0.0; 4]), 4.0);
    }

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

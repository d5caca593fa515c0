//! Exact quantiles of many milliseconds in many groups, in two passes and without sorting them.
//!
//! The first pass counts each group's values in bins of nearly equal relative width. Then it is known in which bins the
//! wanted ranks lie; the second pass collects the values of those bins alone, and they are sorted.

use rayon::prelude::*;

use super::numbers::{between, minutes, position};

/// From here on a number is not a length of time.
pub(super) const NONE: u32 = u32::MAX - 1;
/// Counters of all groups together, about: they should stay in the cache.
const COUNTERS: usize = 1 << 18;

/// The values of one group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group<const N: usize> {
    /// Values.
    pub n: u64,
    /// Their mean, minutes; 0 where there are none.
    pub mean: f64,
    /// Their quantiles, minutes; 0 where there are none.
    pub quantiles: [f64; N],
}

/// Bins that grow with their values: each power of two is cut into `1 << bits` bins.
#[derive(Clone, Copy)]
struct Bins {
    bits: u32,
}

impl Bins {
    /// As fine as the groups permit.
    fn for_groups(groups: usize) -> Bins {
        let fits = |bits: &u32| groups.saturating_mul(Bins { bits: *bits }.count()) <= COUNTERS;
        Bins { bits: (0..=10).rev().find(fits).unwrap_or(0) }
    }

    fn count(self) -> usize {
        (33 - self.bits as usize) << self.bits
    }

    /// Ascends with `value`.
    fn bin(self, value: u32) -> usize {
        let exponent = (value | 1).ilog2();
        if exponent < self.bits {
            value as usize
        } else {
            let scale = exponent - self.bits;
            ((scale as usize) << self.bits) + (value >> scale) as usize
        }
    }
}

/// What the first pass counts.
struct Counts {
    n: Vec<u64>,
    sum: Vec<u64>,
    bins: Vec<u32>,
}

/// Sums `values` up by `group`, which names a group for each row. Rows of groups that are not below `groups` are left out,
/// and so are numbers from [`NONE`] on.
pub(super) fn grouped<const N: usize>(
    values: &[u32],
    groups: usize,
    group: impl Fn(usize) -> usize + Sync,
    shares: [f64; N],
) -> Vec<Group<N>> {
    let bins = Bins::for_groups(groups);
    let piece = values.len().div_ceil(rayon::current_num_threads()).max(1);
    let rows = |piece_index: usize| (piece_index * piece..).map(&group);
    let counts = values
        .par_chunks(piece)
        .enumerate()
        .map(|(index, values)| count(values, rows(index), groups, bins))
        .reduce_with(Counts::plus);
    let Some(counts) = counts else { return vec![Group { n: 0, mean: 0.0, quantiles: [0.0; N] }; groups] };
    let is_wanted = wanted(&counts, bins, &shares);
    let mut collected: Vec<(u32, u32)> = values
        .par_chunks(piece)
        .enumerate()
        .flat_map_iter(|(index, values)| {
            let is_wanted = &is_wanted;
            values.iter().zip(rows(index)).filter_map(move |(value, group)| {
                let is_here = *value < NONE && group < groups;
                let cell = if is_here { group * bins.count() + bins.bin(*value) } else { usize::MAX };
                is_wanted
                    .get(cell)
                    .copied()
                    .unwrap_or(false)
                    .then(|| (u32::try_from(cell).unwrap_or(u32::MAX), *value))
            })
        })
        .collect();
    collected.par_sort_unstable();
    let summed_up = |index: usize| {
        let n = counts.n[index];
        if n == 0 {
            return Group { n, mean: 0.0, quantiles: [0.0; N] };
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of rows and sums of milliseconds")]
        let mean = counts.sum[index] as f64 / n as f64 / 60_000.0;
        let at = |rank: u64| {
            let (cell, before) = counts.cell_of(index, rank, bins);
            let first = collected.partition_point(|(other, _)| (*other as usize) < cell);
            let place = first + usize::try_from(rank - before).unwrap_or(0);
            collected.get(place).map_or(0.0, |(_, value)| minutes(*value))
        };
        let quantiles = shares.map(|share| {
            let (below, fraction) = position(share, n);
            between(at(below), at((below + 1).min(n - 1)), fraction)
        });
        Group { n, mean, quantiles }
    };
    (0..groups).into_par_iter().map(summed_up).collect()
}

fn count(values: &[u32], groups: impl Iterator<Item = usize>, group_count: usize, bins: Bins) -> Counts {
    let mut counts =
        Counts { n: vec![0; group_count], sum: vec![0; group_count], bins: vec![0; group_count * bins.count()] };
    for (value, group) in values.iter().zip(groups) {
        if *value < NONE && group < group_count {
            counts.n[group] += 1;
            counts.sum[group] += u64::from(*value);
            counts.bins[group * bins.count() + bins.bin(*value)] += 1;
        }
    }
    counts
}

/// The cells in which the quantiles lie.
fn wanted(counts: &Counts, bins: Bins, shares: &[f64]) -> Vec<bool> {
    let mut is_wanted = vec![false; counts.bins.len()];
    for (group, n) in counts.n.iter().enumerate().filter(|(_, n)| **n > 0) {
        for share in shares {
            let (below, _) = position(*share, *n);
            for rank in [below, (below + 1).min(n - 1)] {
                is_wanted[counts.cell_of(group, rank, bins).0] = true;
            }
        }
    }
    is_wanted
}

impl Counts {
    fn plus(mut self, other: Counts) -> Counts {
        let add = |into: &mut [u64], from: &[u64]| into.iter_mut().zip(from).for_each(|(a, b)| *a += b);
        add(&mut self.n, &other.n);
        add(&mut self.sum, &other.sum);
        self.bins.iter_mut().zip(&other.bins).for_each(|(a, b)| *a += b);
        self
    }

    /// The cell of a group's value of this rank, and how many of the group's values lie in cells before it.
    fn cell_of(&self, group: usize, rank: u64, bins: Bins) -> (usize, u64) {
        let first = group * bins.count();
        let mut before = 0;
        for (bin, count) in self.bins.iter().skip(first).take(bins.count()).enumerate() {
            if before + u64::from(*count) > rank {
                return (first + bin, before);
            }
            before += u64::from(*count);
        }
        (first, 0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::statistics::Sample;

    #[test]
    fn bins_ascend_and_are_within_their_number() {
        for bits in 0..=10 {
            let bins = Bins { bits };
            let mut last = 0;
            for value in (0..5_000).chain((0..3_000).map(|n| n * 1_431_655)).chain([u32::MAX]) {
                let bin = bins.bin(value);
                assert!(bin >= last || value == 0, "{value}");
                assert!(bin < bins.count(), "{value} {bits}");
                last = bin;
            }
        }
    }

    proptest! {
        #[test]
        fn quantiles_are_those_of_a_sorted_sample(
            values in prop::collection::vec(
                (0_usize..4, prop_oneof![Just(0_u32), Just(60_000), 0..2_000_u32, 0..86_400_000_u32, Just(NONE), Just(u32::MAX)]),
                0..300,
            ),
            many in any::<bool>(),
        ) {
            // Many groups have coarse bins, few have fine ones.
            let groups = if many { 50_000 } else { 4 };
            let numbers: Vec<u32> = values.iter().map(|(_, value)| *value).collect();
            let shares = [0.0, 0.1, 0.5, 0.9, 1.0];
            let ours = grouped(&numbers, groups, |row| values[row].0, shares);
            prop_assert_eq!(ours.len(), groups);
            for (index, group) in ours.iter().take(4).enumerate() {
                let of_group = values.iter().filter(|(group, value)| *group == index && *value < NONE);
                let of_group: Vec<f64> = of_group.map(|(_, value)| f64::from(*value) / 60_000.0).collect();
                prop_assert_eq!(group.n, of_group.len() as u64);
                if let Ok(sample) = Sample::new(of_group) {
                    for (share, quantile) in shares.into_iter().zip(group.quantiles) {
                        prop_assert!((quantile - sample.quantile(share)).abs() <= 1e-9 * quantile.max(1.0));
                    }
                    let mean = sample.values().iter().sum::<f64>() / sample.n() as f64;
                    prop_assert!((group.mean - mean).abs() <= 1e-9 * mean.max(1.0));
                }
            }
        }
    }
}

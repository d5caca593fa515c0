//! Leaf values that keep to the directions of the inputs.
//!
//! A tree is grown freely, but for splits whose sides would stand in the wrong order; then its leaves are put in order. One
//! leaf *precedes* another where a visit of the first could become a visit of the second by moving constrained inputs in
//! their direction alone; values must not fall along that order. The values that come nearest to the best ones are found by
//! pooling what violates it (Burdakov, Sysoev, Grimvall and Hussian 2006, "An O(n²) algorithm for isotonic regression"; the
//! adjacent violators of Ayer et al. 1955 for a partial order), weighted by visits. So a sum of such trees moves in that
//! direction only, and leaves that violate nothing keep their values: bounds handed down from split to split, as is usual,
//! would hold back every leaf below a constrained split.

use crate::analysis::models::trees::{Branch, Monotone};

use super::bins::{BINS, MISSING};
use super::grow::GrownSplit;

/// 64-bit words of a set of bins.
const WORDS: usize = BINS / 64;

/// The bins of each input that a leaf holds, of the inputs that the tree splits on.
type Region = Vec<[u64; WORDS]>;

/// Values of leaves as near to `best` (weighted by `sizes`) as the directions of the inputs allow.
pub(super) fn in_order(
    splits: &[GrownSplit],
    best: &[f64],
    sizes: &[f64],
    directions: &[Option<Monotone>],
) -> Vec<f64> {
    if splits.iter().all(|split| directions[split.input].is_none()) {
        return best.to_vec();
    }
    pooled(best, sizes, &Order::of(splits, best.len(), directions))
}

/// Which leaves precede which.
struct Order {
    /// Of each leaf, the leaves that precede it, a bit each.
    before: Vec<Vec<u64>>,
}

impl Order {
    fn of(splits: &[GrownSplit], leaves: usize, directions: &[Option<Monotone>]) -> Order {
        let mut inputs: Vec<usize> = splits.iter().map(|split| split.input).collect();
        inputs.sort_unstable();
        inputs.dedup();
        let place = |input: usize| inputs.iter().position(|other| *other == input).unwrap_or_default();
        let whole: Region = vec![[u64::MAX; WORDS]; inputs.len()];
        let mut of_splits = vec![whole; splits.len()];
        let mut of_leaves = vec![Region::new(); leaves];
        // The leaves below each side of each split; splits stand before those below them.
        for (number, split) in splits.iter().enumerate() {
            let table = split.test.table();
            for (side, branch) in split.sides.into_iter().enumerate() {
                let mut region = of_splits[number].clone();
                for (word, bits) in region[place(split.input)].iter_mut().enumerate() {
                    let sent = (0..64).filter(|bit| table[word * 64 + bit] == (side == 0));
                    *bits &= sent.fold(0_u64, |sent, bit| sent | 1 << bit);
                }
                match branch {
                    Branch::Split(below) => of_splits[below] = region,
                    Branch::Leaf(leaf) => of_leaves[leaf] = region,
                }
            }
        }
        let ways: Vec<Option<Monotone>> = inputs.iter().map(|input| directions[*input]).collect();
        let mut before = vec![vec![0_u64; leaves.div_ceil(64)]; leaves];
        for (split, below) in splits.iter().zip(below(splits)) {
            let Some(way) = directions[split.input] else { continue };
            // Leaves that are parted by another input alone are never in order.
            let [low, high] =
                if way == Monotone::Increasing { below } else { [below[1].clone(), below[0].clone()] };
            for first in &low {
                for second in &high {
                    if precedes(&of_leaves[*first], &of_leaves[*second], &ways) {
                        before[*second][first / 64] |= 1 << (first % 64);
                    }
                }
            }
        }
        Order { before: closed(before) }
    }

    fn precedes(&self, first: usize, second: usize) -> bool {
        self.before[second][first / 64] >> (first % 64) & 1 == 1
    }
}

/// The leaves to the left of each split, and to its right.
fn below(splits: &[GrownSplit]) -> Vec<[Vec<usize>; 2]> {
    let mut below: Vec<[Vec<usize>; 2]> = vec![Default::default(); splits.len()];
    for (number, split) in splits.iter().enumerate().rev() {
        below[number] = split.sides.map(|side| match side {
            Branch::Leaf(leaf) => vec![leaf],
            Branch::Split(deeper) => below[deeper].concat(),
        });
    }
    below
}

/// Whether some visit of `first` becomes one of `second` by moving constrained inputs in their direction alone.
fn precedes(first: &Region, second: &Region, ways: &[Option<Monotone>]) -> bool {
    let missing = |bins: &[u64; WORDS]| bins[usize::from(MISSING) / 64] >> (MISSING % 64) & 1 == 1;
    first.iter().zip(second).zip(ways).all(|((first, second), way)| match way {
        None => first.iter().zip(second).any(|(a, b)| a & b != 0),
        Some(way) => {
            let (low, high) = if *way == Monotone::Increasing { (first, second) } else { (second, first) };
            let in_order = least(low).zip(most(high)).is_some_and(|(least, most)| least <= most);
            in_order || (missing(first) && missing(second))
        }
    })
}

/// The lowest bin of a number in the set.
fn least(bins: &[u64; WORDS]) -> Option<usize> {
    (1..BINS).find(|bin| bins[bin / 64] >> (bin % 64) & 1 == 1)
}

/// The highest bin of a number in the set.
fn most(bins: &[u64; WORDS]) -> Option<usize> {
    (1..BINS).rev().find(|bin| bins[bin / 64] >> (bin % 64) & 1 == 1)
}

/// What precedes what precedes precedes, too (Warshall 1962).
fn closed(mut before: Vec<Vec<u64>>) -> Vec<Vec<u64>> {
    for middle in 0..before.len() {
        let through = before[middle].clone();
        for of in &mut before {
            if of[middle / 64] >> (middle % 64) & 1 == 1 {
                of.iter_mut().zip(&through).for_each(|(bits, more)| *bits |= more);
            }
        }
    }
    before
}

/// Leaves that share a value.
struct Pool {
    sum: f64,
    weight: f64,
    leaves: Vec<usize>,
}

impl Pool {
    fn value(&self) -> f64 {
        self.sum / self.weight
    }
}

fn pooled(best: &[f64], sizes: &[f64], order: &Order) -> Vec<f64> {
    let mut leaves: Vec<usize> = (0..best.len()).collect();
    // What precedes a leaf is preceded by less.
    let preceding = |leaf: usize| order.before[leaf].iter().map(|word| word.count_ones()).sum::<u32>();
    leaves.sort_by_key(|leaf| (preceding(*leaf), *leaf));
    let mut pools: Vec<Pool> = Vec::with_capacity(leaves.len());
    for leaf in leaves {
        let weight = sizes[leaf].max(1.0);
        let mut own = Pool { sum: best[leaf] * weight, weight, leaves: vec![leaf] };
        loop {
            let comes_before = |pool: &Pool| {
                pool.leaves.iter().any(|first| own.leaves.iter().any(|second| order.precedes(*first, *second)))
            };
            let violating =
                pools.iter().enumerate().filter(|(_, pool)| pool.value() > own.value() && comes_before(pool));
            let worst = violating.max_by(|a, b| a.1.value().total_cmp(&b.1.value())).map(|(place, _)| place);
            let Some(worst) = worst else { break };
            let other = pools.swap_remove(worst);
            own.sum += other.sum;
            own.weight += other.weight;
            own.leaves.extend(other.leaves);
        }
        pools.push(own);
    }
    let mut values = best.to_vec();
    for pool in &pools {
        // Alone, a leaf keeps its value to the last bit.
        if pool.leaves.len() > 1 {
            pool.leaves.iter().for_each(|leaf| values[*leaf] = pool.value());
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::models::boosted::split::Test;
    use crate::base::statistics::draws;

    /// A random tree over three inputs: two that are constrained, one that is not.
    fn tree(seed: u64, leaves: usize) -> (Vec<GrownSplit>, Vec<f64>, Vec<f64>) {
        let mut draw = draws(seed);
        let mut splits: Vec<GrownSplit> = Vec::new();
        let mut hangs: Vec<Option<(usize, usize)>> = vec![None];
        while hangs.len() < leaves {
            let (leaf, number, new) = (draw(hangs.len()), splits.len(), hangs.len());
            if let Some((parent, side)) = hangs[leaf] {
                splits[parent].sides[side] = Branch::Split(number);
            }
            let input = draw(3);
            let test = match input {
                2 => Test::In((0..8).filter(|_| draw(2) == 0).collect()),
                _ => Test::UpTo { bin: u8::try_from(1 + draw(7)).unwrap(), missing_left: draw(2) == 0 },
            };
            splits.push(GrownSplit { input, test, gain: 1.0, sides: [Branch::Leaf(leaf), Branch::Leaf(new)] });
            hangs[leaf] = Some((number, 0));
            hangs.push(Some((number, 1)));
        }
        let mut number = |most: usize| (0..leaves).map(|_| draw(most) as f64).collect();
        let (best, sizes) = (number(100), number(50));
        (splits, best, sizes)
    }

    fn leaf_of(splits: &[GrownSplit], bins: [usize; 3]) -> usize {
        let mut at = if splits.is_empty() { Branch::Leaf(0) } else { Branch::Split(0) };
        loop {
            match at {
                Branch::Leaf(leaf) => return leaf,
                Branch::Split(split) => {
                    let split = &splits[split];
                    at = split.sides[usize::from(!split.test.table()[bins[split.input]])];
                }
            }
        }
    }

    #[test]
    fn no_step_in_the_direction_of_an_input_lowers_a_value_and_what_violates_nothing_stays() {
        let directions = [Some(Monotone::Increasing), Some(Monotone::Decreasing), None];
        for seed in 0..120 {
            let (splits, best, sizes) = tree(seed, 2 + usize::try_from(seed).unwrap() % 30);
            let values = in_order(&splits, &best, &sizes, &directions);
            let at = |bins| values[leaf_of(&splits, bins)];
            for first in 1..8 {
                for second in 0..9 {
                    for third in 0..9 {
                        let up = at([first + 1, second, third]) >= at([first, second, third]) - 1e-9;
                        assert!(up, "seed {seed}");
                        let down = at([second, first + 1, third]) <= at([second, first, third]) + 1e-9;
                        assert!(down, "seed {seed}");
                    }
                }
            }
            // The projection of what is in order is itself, and pools keep the weighted mean.
            let again = in_order(&splits, &values, &sizes, &directions);
            assert!(values.iter().zip(&again).all(|(a, b)| (a - b).abs() < 1e-9), "seed {seed}");
            let mean =
                |values: &[f64]| values.iter().zip(&sizes).map(|(value, size)| value * size.max(1.0)).sum::<f64>();
            assert!((mean(&values) - mean(&best)).abs() < 1e-6 * mean(&best).max(1.0), "seed {seed}");
            let free = in_order(&splits, &best, &sizes, &[None; 3]);
            assert_eq!(free, best);
        }
    }
}

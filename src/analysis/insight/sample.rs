//! Some of many rows, from a seed.

use std::collections::BTreeSet;

use crate::base::statistics::draws;

/// `most` of the first `rows` numbers, or all where there are no more; every set equally likely, in ascending order.
///
/// Floyd's algorithm (Bentley and Floyd 1987, CACM 30:754): one draw for each that is taken, whatever `rows` is.
pub(super) fn sample(rows: usize, most: usize, seed: u64) -> Vec<usize> {
    if rows <= most {
        return (0..rows).collect();
    }
    let mut draw = draws(seed);
    let mut taken = BTreeSet::new();
    for last in rows - most..rows {
        let drawn = draw(last + 1);
        if !taken.insert(drawn) {
            taken.insert(last);
        }
    }
    taken.into_iter().collect()
}

/// The numbers below `n` in an order in which each stands anywhere equally likely (Fisher and Yates).
pub(super) fn shuffled(n: usize, draw: &mut impl FnMut(usize) -> usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for last in (1..n).rev() {
        order.swap(last, draw(last + 1));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_as_many_as_asked_for_each_equally_likely() {
        assert_eq!(sample(4, 9, 1), [0, 1, 2, 3]);
        let mut counts = [0_u32; 10];
        for seed in 0..4_000 {
            let rows = sample(10, 3, seed);
            assert!(rows.len() == 3 && rows.is_sorted() && rows.windows(2).all(|two| two[0] < two[1]));
            rows.iter().for_each(|row| counts[*row] += 1);
        }
        // Binomial(4,000, 0.3) has a standard deviation of 29: five of them.
        assert!(counts.iter().all(|count| count.abs_diff(1_200) < 145), "{counts:?}");
    }

    #[test]
    fn a_shuffle_keeps_everyone() {
        let mut order = shuffled(50, &mut draws(3));
        assert_ne!(order, (0..50).collect::<Vec<_>>());
        order.sort_unstable();
        assert_eq!(order, (0..50).collect::<Vec<_>>());
    }
}

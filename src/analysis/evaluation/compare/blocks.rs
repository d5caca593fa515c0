//! Visits by the blocks they are drawn in: days, and days of a site.

use std::collections::HashMap;
use std::hash::Hash;

use foldhash::fast::RandomState;

use crate::base::calendar::CivilDate;

use super::Pairs;

/// The block of each visit.
#[derive(Clone, Debug, Default)]
pub(super) struct Blocks<K> {
    /// The keys, in order.
    pub keys: Vec<K>,
    /// The place of each visit's key among them.
    pub code: Vec<u32>,
    /// Visits of each block.
    pub n: Vec<u64>,
}

impl<K: Copy + Ord + Hash> Blocks<K> {
    /// Of visits with these keys.
    pub fn of(keys: impl Iterator<Item = K>) -> Blocks<K> {
        // Only looked up in, so that the order of the table does not matter.
        let mut places: HashMap<K, u32, RandomState> = HashMap::default();
        let mut first = Vec::new();
        let mut code: Vec<u32> = keys
            .map(|key| {
                *places.entry(key).or_insert_with(|| {
                    first.push(key);
                    first.len() as u32 - 1
                })
            })
            .collect();
        let mut order: Vec<u32> = (0..first.len() as u32).collect();
        order.sort_by_key(|place| first[*place as usize]);
        let mut rank = vec![0_u32; order.len()];
        for (place, before) in (0..).zip(&order) {
            rank[*before as usize] = place;
        }
        let mut n = vec![0; order.len()];
        for of in &mut code {
            *of = rank[*of as usize];
            n[*of as usize] += 1;
        }
        Blocks { keys: order.into_iter().map(|place| first[place as usize]).collect(), code, n }
    }

    /// The sum of `value` over the visits of each block.
    pub fn sums(&self, value: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut sums = vec![0.0; self.n.len()];
        for (row, block) in self.code.iter().enumerate() {
            sums[*block as usize] += value(row);
        }
        sums
    }
}

/// The days of the visits.
pub(super) fn by_day(pairs: &Pairs) -> Blocks<CivilDate> {
    Blocks::of(pairs.day.iter().copied())
}

/// The site-days of the visits.
pub(super) fn by_site_day(pairs: &Pairs) -> Blocks<(u32, CivilDate)> {
    Blocks::of(pairs.site.iter().copied().zip(pairs.day.iter().copied()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_in_the_order_of_their_keys() {
        let blocks = Blocks::of([5, 2, 5, 9, 2, 5].into_iter());
        assert_eq!((blocks.keys.as_slice(), blocks.n.as_slice()), (&[2, 5, 9][..], &[2, 3, 1][..]));
        assert_eq!(blocks.code, [1, 0, 1, 2, 0, 1]);
        assert_eq!(blocks.sums(|row| row as f64), [5.0, 7.0, 3.0]);
        assert!(Blocks::<u8>::of(std::iter::empty()).keys.is_empty());
    }
}

//! Visits that are divided again and again: each node of a tree holds a part of one list of their numbers.

use std::ops::Range;

use rayon::prelude::*;

use super::bins::BINS;

/// Rows below which one thread divides them alone.
const ROWS_A_THREAD: usize = 1 << 14;

/// The list, and room to divide it.
#[derive(Default)]
pub(super) struct Division {
    rows: Vec<u32>,
    spare: Vec<u32>,
}

impl Division {
    /// Puts other visits in the place of those that were there; ascending, so that reading what belongs to them is quick.
    pub fn fill(&mut self, rows: impl IntoIterator<Item = u32>) {
        self.rows.clear();
        self.rows.extend(rows);
        self.spare.resize(self.rows.len(), 0);
    }

    /// The visits.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// Divides a part as [`divide`] does.
    pub fn divide(&mut self, part: Range<usize>, column: &[u8], goes_left: &[bool; BINS]) -> usize {
        divide(&mut self.rows[part.clone()], &mut self.spare[part], column, goes_left)
    }

    /// The visits of some parts, and room for as many. No part begins before the end of the one before it.
    pub fn parts(&mut self, parts: &[Range<usize>]) -> Vec<(&mut [u32], &mut [u32])> {
        let (mut rows, mut spare) = (self.rows.as_mut_slice(), self.spare.as_mut_slice());
        let mut taken = Vec::with_capacity(parts.len());
        let mut at = 0;
        for part in parts {
            let (rows_to, rest) = rows.split_at_mut(part.end - at);
            let (spare_to, spare_rest) = spare.split_at_mut(part.end - at);
            taken.push((&mut rows_to[part.start - at..], &mut spare_to[part.start - at..]));
            (rows, spare, at) = (rest, spare_rest, part.end);
        }
        taken
    }

    /// Puts a part back in order that was divided in vain.
    pub fn put_in_order(&mut self, part: Range<usize>) {
        // It is two ascending parts, which this sort puts together in one go.
        self.rows[part].sort();
    }
}

/// Puts those of `rows` whose bin in `column` goes to the left before the others, each side in its order; how many there
/// are.
pub(super) fn divide(rows: &mut [u32], spare: &mut [u32], column: &[u8], goes_left: &[bool; BINS]) -> usize {
    let threads = rayon::current_num_threads();
    if threads == 1 || rows.len() < 2 * ROWS_A_THREAD {
        return divide_alone(rows, spare, column, goes_left);
    }
    let size = rows.len().div_ceil(threads).max(ROWS_A_THREAD);
    let lefts: Vec<usize> = rows
        .par_chunks_mut(size)
        .zip(spare.par_chunks_mut(size))
        .map(|(rows, spare)| divide_alone(rows, spare, column, goes_left))
        .collect();
    // Each chunk is divided; its two sides are moved to where they belong in the whole.
    let total: usize = lefts.iter().sum();
    let (mut left_room, mut right_room) = spare.split_at_mut(total);
    let mut moves = Vec::with_capacity(2 * lefts.len());
    for (chunk, left) in rows.chunks(size).zip(lefts) {
        let (to_left, rest) = left_room.split_at_mut(left);
        let (to_right, others) = right_room.split_at_mut(chunk.len() - left);
        moves.push((to_left, &chunk[..left]));
        moves.push((to_right, &chunk[left..]));
        (left_room, right_room) = (rest, others);
    }
    moves.into_par_iter().for_each(|(to, from)| to.copy_from_slice(from));
    rows.par_chunks_mut(size).zip(spare.par_chunks(size)).for_each(|(rows, spare)| rows.copy_from_slice(spare));
    total
}

fn divide_alone(rows: &mut [u32], spare: &mut [u32], column: &[u8], goes_left: &[bool; BINS]) -> usize {
    let (mut left, mut right) = (0, 0);
    // Every row is written to both sides, and only the place of one moves on: there is no branch to guess.
    for at in 0..rows.len() {
        let row = rows[at];
        let goes_left = usize::from(goes_left[usize::from(column[row as usize])]);
        rows[left] = row;
        spare[right] = row;
        left += goes_left;
        right += 1 - goes_left;
    }
    rows[left..].copy_from_slice(&spare[..right]);
    left
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn both_sides_keep_their_order_whatever_the_threads(
            bins in prop::collection::vec(any::<u8>(), 1..200_000),
            bound in any::<u8>(),
        ) {
            let table: [bool; BINS] = std::array::from_fn(|bin| bin < usize::from(bound));
            let all: Vec<u32> = (0..u32::try_from(bins.len()).unwrap()).collect();
            let bins = bins.as_slice();
            let sides = |left: bool| all.iter().copied().filter(move |row| (bins[*row as usize] < bound) == left);
            let expected: Vec<u32> = sides(true).chain(sides(false)).collect();
            for threads in [1, 3] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let mut division = Division::default();
                division.fill(all.iter().copied());
                let left = pool.install(|| division.divide(0..bins.len(), bins, &table));
                prop_assert_eq!(left, sides(true).count());
                prop_assert_eq!(division.rows(), &expected);
            }
        }
    }
}

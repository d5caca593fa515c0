//! Predictions for many visits: the same bits as for each alone, in a fraction of the time.
//!
//! Visits are taken 2,048 at a time: enough of them to pay for a step from split to split, and few enough for a cache. Their
//! codes are laid out slot by slot, and each tree *divides* them: a split copies the numbers of its visits to its left or
//! right part without a branch to guess, so that no step waits for the one before it, as it would in a walk from the root
//! for each visit.

use rayon::prelude::*;

use crate::analysis::features::{Column, FeatureTable, Value};
use crate::base::{Cancelled, Task};

use super::compiled::{Coder, Compiled, MISSING_CODES, Test, Walk, has, rank_of};
use super::{Branch, Document, MOST_LEAVES};

/// Visits of a block; a power of two, so that a mask keeps their numbers in it and no index needs a check.
const BLOCK: usize = 1 << 11;
/// Blocks that one thread takes at a time.
const BLOCKS: usize = 1 << 2;
/// The largest whole number that has its code in a table.
const LARGEST_IN_TABLE: usize = 1 << 16;

/// Numbers of visits of a block.
type Order = [u16; BLOCK];
/// The sums of leaves of a block.
type Sums = [f64; BLOCK];
/// Codes of a block, slot by slot.
type Codes = [[u16; BLOCK]];

/// The predictions for every row of `features`, in minutes.
pub(super) fn predict_all(
    document: &Document,
    compiled: &Compiled,
    features: &FeatureTable,
    task: &Task,
) -> Result<Vec<f64>, Cancelled> {
    let readers: Vec<Reader<'_>> = document
        .inputs
        .iter()
        .zip(&compiled.coders)
        .map(|(input, coder)| Reader::of(coder, features.column(&input.feature)))
        .collect();
    let mut predictions = vec![0.0; features.len()];
    let wave = BLOCK * BLOCKS * rayon::current_num_threads().max(1) * 4;
    for (at, part) in predictions.chunks_mut(wave).enumerate() {
        task.report("stage.predicting", (at * wave) as u64, features.len() as u64)?;
        part.par_chunks_mut(BLOCK * BLOCKS).enumerate().for_each(|(chunk, sums)| {
            let mut codes = vec![[0; BLOCK]; compiled.slots];
            let mut parts = vec![(0, 0); MOST_LEAVES];
            for (block, sums) in sums.chunks_mut(BLOCK).enumerate() {
                let first = at * wave + (chunk * BLOCKS + block) * BLOCK;
                readers.iter().for_each(|reader| reader.read(first, sums.len(), &mut codes));
                let mut of_block = [document.base; BLOCK];
                for tree in 0..compiled.len() {
                    divide(compiled.walk(tree), &codes, &mut parts, sums.len(), &mut of_block);
                }
                sums.iter_mut().zip(of_block).for_each(|(minutes, sum)| *minutes = document.minutes(sum).get());
            }
        });
    }
    Ok(predictions)
}

/// Adds to the first `rows` of `sums` the leaves of their visits. `parts` has room for the splits of a tree.
fn divide(tree: Walk<'_>, codes: &Codes, parts: &mut [(u16, u16)], rows: usize, sums: &mut Sums) {
    let mut order: Order = std::array::from_fn(|row| (row & 0xffff) as u16);
    let mut aside: Order = [0; BLOCK];
    let whole = (0_u16, u16::try_from(rows).unwrap_or_default());
    match tree.root() {
        Branch::Split(root) => parts[root] = whole,
        Branch::Leaf(leaf) => add(sums, &order, whole, tree.leaves[leaf]),
    }
    for (split, (slot, test, sides)) in tree.splits().enumerate() {
        let (from, to) = parts[split];
        let codes = &codes[slot];
        if let [Branch::Leaf(left), Branch::Leaf(right)] = sides {
            // Nobody has to know where the sides are.
            let leaves = [tree.leaves[right], tree.leaves[left]];
            let rows = &order[usize::from(from)..usize::from(to)];
            match test {
                Test::UpTo(rank) => add_either(sums, rows, leaves, |row| codes[row] <= rank),
                Test::In(words) => add_either(sums, rows, leaves, |row| has(words, codes[row])),
            }
            continue;
        }
        let middle = match test {
            Test::UpTo(rank) => part_of(&mut order, &mut aside, from, to, |row| codes[row] <= rank),
            Test::In(words) => part_of(&mut order, &mut aside, from, to, |row| has(words, codes[row])),
        };
        for (side, part) in sides.into_iter().zip([(from, middle), (middle, to)]) {
            match side {
                Branch::Split(below) => parts[below] = part,
                Branch::Leaf(leaf) => add(sums, &order, part, tree.leaves[leaf]),
            }
        }
    }
}

/// Adds a leaf to the sums of a part of `order`.
#[inline]
fn add(sums: &mut Sums, order: &Order, (from, to): (u16, u16), leaf: f64) {
    for row in &order[usize::from(from)..usize::from(to)] {
        sums[usize::from(*row) & (BLOCK - 1)] += leaf;
    }
}

/// Puts those of `order[from..to]` for which `goes_left` holds before the others; where the others begin.
#[inline]
fn part_of(order: &mut Order, aside: &mut Order, from: u16, to: u16, goes_left: impl Fn(usize) -> bool) -> u16 {
    let (from, to) = (usize::from(from), usize::from(to));
    let (mut left, mut right) = (from, 0);
    for at in from..to {
        let row = order[at & (BLOCK - 1)];
        let goes_left = usize::from(goes_left(usize::from(row) & (BLOCK - 1)));
        order[left & (BLOCK - 1)] = row;
        aside[right & (BLOCK - 1)] = row;
        left += goes_left;
        right += 1 - goes_left;
    }
    order[left..to].copy_from_slice(&aside[..right]);
    u16::try_from(left).unwrap_or_default()
}

/// Adds one of two leaves to the sums of each of `rows`: the second where `goes_left` holds.
#[inline]
fn add_either(sums: &mut Sums, rows: &[u16], leaves: [f64; 2], goes_left: impl Fn(usize) -> bool) {
    for row in rows.iter().map(|row| usize::from(*row) & (BLOCK - 1)) {
        sums[row] += leaves[usize::from(goes_left(row))];
    }
}

/// How the column of an input becomes codes.
enum Reader<'a> {
    /// The codes of whole numbers, in order; what is larger has the last.
    Table { column: &'a Column, table: Vec<u16>, slots: [Option<u16>; 2] },
    /// Ranks of any other number.
    Ranks { column: &'a Column, thresholds: &'a [f64], slots: [Option<u16>; 2] },
    /// Codes of names, by the codes of the column.
    Levels { column: &'a Column, table: Vec<u16>, unseen: u16, slot: u16 },
    /// There is no such column, or one of the other kind.
    Missing { slots: [Option<u16>; 2], codes: [u16; 2] },
}

impl<'a> Reader<'a> {
    fn of(coder: &'a Coder, column: Option<&'a Column>) -> Reader<'a> {
        match (coder, column) {
            (Coder::Number { thresholds, slots }, Some(column @ Column::Whole(_))) => {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is clamped")]
                let largest = thresholds.last().map_or(0.0, |last| last.clamp(0.0, 1e9)).ceil() as usize + 1;
                if largest > LARGEST_IN_TABLE {
                    return Reader::Ranks { column, thresholds, slots: *slots };
                }
                let table = (0..=largest).map(|number| rank_of(thresholds, number as f64)).collect();
                Reader::Table { column, table, slots: *slots }
            }
            (Coder::Number { thresholds, slots }, Some(column @ Column::Real(_))) => {
                Reader::Ranks { column, thresholds, slots: *slots }
            }
            (Coder::Category { places, unseen, slot }, Some(column @ Column::Categories { names, .. })) => {
                let table = names.iter().map(|name| places.get(name).copied().unwrap_or(*unseen)).collect();
                Reader::Levels { column, table, unseen: *unseen, slot: *slot }
            }
            (Coder::Number { slots, .. }, _) => Reader::Missing { slots: *slots, codes: MISSING_CODES },
            (Coder::Category { unseen, slot, .. }, _) => {
                Reader::Missing { slots: [Some(*slot), None], codes: [*unseen, 0] }
            }
        }
    }

    /// Puts the codes of `rows` visits from `first` on into `out`.
    fn read(&self, first: usize, rows: usize, out: &mut Codes) {
        match self {
            Reader::Table { column, table, slots } => {
                let Column::Whole(numbers) = column else { return };
                let last = table.len() - 1;
                fill(slots, rows, out, |row| Some(table[(numbers.get(first + row)? as usize).min(last)]));
            }
            Reader::Ranks { column, thresholds, slots } => {
                fill(slots, rows, out, |row| match column.value(first + row) {
                    Value::Number(number) => Some(rank_of(thresholds, number)),
                    _ => None,
                })
            }
            Reader::Levels { column, table, unseen, slot } => {
                let Column::Categories { codes, .. } = column else { return };
                for (row, out) in out[usize::from(*slot)][..rows].iter_mut().enumerate() {
                    let code = codes.get(first + row).and_then(|code| table.get(code as usize));
                    *out = code.copied().unwrap_or(*unseen);
                }
            }
            Reader::Missing { slots, codes } => {
                for (slot, code) in slots.iter().zip(codes) {
                    if let Some(slot) = slot {
                        out[usize::from(*slot)].fill(*code);
                    }
                }
            }
        }
    }
}

/// Puts the code of each row into the slots that there are; where it has none, that of a missing number.
fn fill(slots: &[Option<u16>; 2], rows: usize, out: &mut Codes, code: impl Fn(usize) -> Option<u16>) {
    for (slot, missing) in slots.iter().zip(MISSING_CODES) {
        if let Some(slot) = slot {
            for (row, out) in out[usize::from(*slot)][..rows].iter_mut().enumerate() {
                *out = code(row).unwrap_or(missing);
            }
        }
    }
}

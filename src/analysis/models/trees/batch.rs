//! Predictions for many visits: the same bits as for each alone, in a fraction of the time.
//!
//! Visits are taken 256 at a time. Their codes are laid out slot by slot, and each tree *divides* them: a split copies
//! the numbers of its visits to its left or right part without a branch to guess, so that no step waits for the one before
//! it, as it would in a walk from the root for each visit.

use rayon::prelude::*;

use crate::analysis::features::{Column, FeatureTable, Value};
use crate::base::{Cancelled, Task};

use super::compiled::{Coder, Compiled, MISSING_CODES, Test, Walk, has, rank_of};
use super::{Branch, Document, MOST_LEAVES};

/// Visits of a block: their numbers in it fit into a byte, so that no index needs a check.
const BLOCK: usize = 1 << 8;
/// Blocks that one thread takes at a time.
const BLOCKS: usize = 1 << 5;
/// The largest whole number that has its code in a table.
const LARGEST_IN_TABLE: usize = 1 << 16;

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
    let mut predictions = vec![document.base; features.len()];
    let wave = BLOCK * BLOCKS * rayon::current_num_threads().max(1) * 4;
    for (at, part) in predictions.chunks_mut(wave).enumerate() {
        task.report("stage.predicting", (at * wave) as u64, features.len() as u64)?;
        part.par_chunks_mut(BLOCK * BLOCKS).enumerate().for_each(|(chunk, sums)| {
            let mut codes = vec![[0; BLOCK]; compiled.slots];
            let mut parts = vec![(0, 0); MOST_LEAVES];
            for (block, sums) in sums.chunks_mut(BLOCK).enumerate() {
                let first = at * wave + (chunk * BLOCKS + block) * BLOCK;
                readers.iter().for_each(|reader| reader.read(first, sums.len(), &mut codes));
                for tree in 0..compiled.len() {
                    divide(compiled.walk(tree), &codes, &mut parts, sums);
                }
                sums.iter_mut().for_each(|sum| *sum = document.minutes(*sum).get());
            }
        });
    }
    Ok(predictions)
}

/// Adds to each of `sums` the leaf of its visit. `parts` has room for the splits of a tree.
fn divide(tree: Walk<'_>, codes: &Codes, parts: &mut [(u16, u16)], sums: &mut [f64]) {
    let mut order: [u8; BLOCK] = std::array::from_fn(|row| (row & 0xff) as u8);
    let mut aside = [0_u8; BLOCK];
    let whole = (0_u16, u16::try_from(sums.len()).unwrap_or_default());
    let mut put = |branch: Branch, part: (u16, u16), parts: &mut [(u16, u16)], order: &[u8; BLOCK]| match branch {
        Branch::Split(split) => parts[split] = part,
        Branch::Leaf(leaf) => {
            let leaf = tree.leaves[leaf];
            for row in &order[usize::from(part.0)..usize::from(part.1)] {
                sums[usize::from(*row)] += leaf;
            }
        }
    };
    let mut is_leaf = true;
    for (split, (slot, test, [left, right])) in tree.splits().enumerate() {
        if split == 0 {
            parts[0] = whole;
            is_leaf = false;
        }
        let (from, to) = parts[split];
        let codes = &codes[slot];
        let middle = match test {
            Test::UpTo(rank) => part_of(&mut order, &mut aside, from, to, |row| codes[usize::from(row)] <= rank),
            Test::In(words) => {
                part_of(&mut order, &mut aside, from, to, |row| has(words, codes[usize::from(row)]))
            }
        };
        put(left, (from, middle), parts, &order);
        put(right, (middle, to), parts, &order);
    }
    if is_leaf {
        put(Branch::Leaf(0), whole, parts, &order);
    }
}

/// Puts those of `order[from..to]` for which `goes_left` holds before the others; where the others begin.
#[inline]
fn part_of(
    order: &mut [u8; BLOCK],
    aside: &mut [u8; BLOCK],
    from: u16,
    to: u16,
    goes_left: impl Fn(u8) -> bool,
) -> u16 {
    let (from, to) = (usize::from(from), usize::from(to));
    let (mut left, mut right) = (from, 0);
    for at in from..to {
        let row = order[at & (BLOCK - 1)];
        let goes_left = usize::from(goes_left(row));
        order[left & (BLOCK - 1)] = row;
        aside[right & (BLOCK - 1)] = row;
        left += goes_left;
        right += 1 - goes_left;
    }
    order[left..to].copy_from_slice(&aside[..right]);
    u16::try_from(left).unwrap_or_default()
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

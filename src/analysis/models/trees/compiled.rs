//! Trees as a predictor walks them: eight bytes a split, integers only.
//!
//! Every threshold of an input has its rank among the distinct ones, and a number its *code*, the count of thresholds
//! below it; so `number ≤ threshold` is `code ≤ rank`, exactly. A missing number has the code 0 (below every rank) or
//! 65,535 (above every rank), as its split says; an input whose splits say different things has two *slots*, one of
//! each. The code of a name is the place of its level, and one place more is what no level is.

use std::collections::HashMap;

use crate::analysis::features::Value;

use super::check::TreeError;
use super::{Branch, Document, Input, Tree};

/// The code of a missing number that goes to the right.
const MISSING_RIGHT: u16 = u16::MAX;
/// Distinct thresholds of an input: ranks stay below [`MISSING_RIGHT`].
const MOST_THRESHOLDS: usize = 65_000;
/// 64-bit words in the sets of all trees.
const MOST_WORDS: usize = 1 << 24;
/// Marks a test of a category in [`Node::slot`], and a leaf in [`Node::left`] and [`Node::right`].
const MARK: u16 = 1 << 15;

/// The predictor.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Compiled {
    /// Of each input, how its values become codes.
    pub coders: Vec<Coder>,
    /// The splits of all trees.
    nodes: Vec<Node>,
    /// Where the splits, leaves and sets of each tree begin.
    starts: Vec<Start>,
    /// The leaves of all trees.
    leaves: Vec<f64>,
    /// Where the words of each set begin.
    sets: Vec<u32>,
    /// The levels that go to the left, a bit each.
    words: Vec<u64>,
    /// The number of slots.
    pub slots: usize,
}

/// How the values of an input become codes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Coder {
    /// Ranks among these thresholds, ascending, in up to two slots.
    Number {
        thresholds: Vec<f64>,
        /// The slot for splits that send what is missing to the left, and for those that send it to the right.
        slots: [Option<u16>; 2],
    },
    /// Places of levels.
    Category { places: HashMap<String, u16>, unseen: u16, slot: u16 },
}

/// A split: the code of `slot` is compared with the rank `test`, or looked up in the set `test` of its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Node {
    slot: u16,
    test: u16,
    left: u16,
    right: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Start {
    node: u32,
    leaf: u32,
    set: u32,
}

/// One tree of a [`Compiled`], in order of its splits.
#[derive(Clone, Copy)]
pub(super) struct Walk<'a> {
    nodes: &'a [Node],
    pub leaves: &'a [f64],
    sets: &'a [u32],
    words: &'a [u64],
}

/// The test of a split.
#[derive(Clone, Copy)]
pub(super) enum Test<'a> {
    /// To the left where the code is not above the rank.
    UpTo(u16),
    /// To the left where the bit is set.
    In(&'a [u64]),
}

impl Compiled {
    /// The predictor of a document that was checked.
    pub(super) fn of(document: &Document) -> Result<Compiled, TreeError> {
        let coders = coders(document)?;
        let mut compiled = Compiled {
            slots: coders.iter().map(Coder::slots).sum(),
            coders,
            nodes: Vec::new(),
            starts: Vec::new(),
            leaves: Vec::new(),
            sets: Vec::new(),
            words: Vec::new(),
        };
        for tree in &document.trees {
            compiled.add(tree, &document.inputs)?;
        }
        Ok(compiled)
    }

    fn add(&mut self, tree: &Tree, inputs: &[Input]) -> Result<(), TreeError> {
        self.starts.push(Start {
            node: place(self.nodes.len()),
            leaf: place(self.leaves.len()),
            set: place(self.sets.len()),
        });
        self.leaves.extend(&tree.leaf);
        for set in 0..tree.sets.len() {
            self.sets.push(place(self.words.len()));
            let Some(split) = (0..tree.input.len()).find(|split| {
                inputs[usize::from(tree.input[*split])].levels.is_some() && tree.set_of(*split) == Some(set)
            }) else {
                continue;
            };
            let levels = inputs[usize::from(tree.input[split])].levels.as_ref().map_or(0, Vec::len);
            let first = self.words.len();
            if first + levels / 64 + 1 > MOST_WORDS {
                return Err(TreeError::TooMany { what: "words in sets", n: first, most: MOST_WORDS });
            }
            self.words.resize(first + levels / 64 + 1, 0);
            let unseen = (tree.missing_left[split] == 1).then_some(levels);
            for level in tree.sets[set].iter().map(|level| usize::from(*level)).chain(unseen) {
                self.words[first + level / 64] |= 1 << (level % 64);
            }
        }
        for split in 0..tree.input.len() {
            let (slot, test) = match &self.coders[usize::from(tree.input[split])] {
                Coder::Number { thresholds, slots } => {
                    let rank = thresholds.partition_point(|threshold| *threshold < tree.threshold[split]);
                    let slot = slots[usize::from(tree.missing_left[split] == 0)].unwrap_or_default();
                    (slot, code(rank))
                }
                Coder::Category { slot, .. } => (slot | MARK, code(tree.set_of(split).unwrap_or_default())),
            };
            let [left, right] = tree.branches(split).map(|branch| match branch {
                Branch::Split(split) => code(split),
                Branch::Leaf(leaf) => code(leaf) | MARK,
            });
            self.nodes.push(Node { slot, test, left, right });
        }
        Ok(())
    }

    /// The codes of one visit, a code a slot.
    pub(super) fn codes<'v>(&self, inputs: &[Input], value: &dyn Fn(&str) -> Value<'v>) -> Vec<u16> {
        let mut codes = vec![0; self.slots];
        for (coder, input) in self.coders.iter().zip(inputs) {
            let value = value(&input.feature);
            match coder {
                Coder::Number { thresholds, slots } => {
                    let known = match value {
                        Value::Number(number) if !number.is_nan() => Some(rank_of(thresholds, number)),
                        _ => None,
                    };
                    for (slot, missing) in slots.iter().zip([0, MISSING_RIGHT]) {
                        if let Some(slot) = slot {
                            codes[usize::from(*slot)] = known.unwrap_or(missing);
                        }
                    }
                }
                Coder::Category { places, unseen, slot } => {
                    let known = match value {
                        Value::Category(name) => places.get(name).copied(),
                        _ => None,
                    };
                    codes[usize::from(*slot)] = known.unwrap_or(*unseen);
                }
            }
        }
        codes
    }

    /// `base` and the leaves that a visit with these codes ends in, added in the order of the trees.
    pub(super) fn sum(&self, base: f64, codes: &[u16]) -> f64 {
        (0..self.starts.len()).fold(base, |sum, tree| {
            let walk = self.walk(tree);
            sum + walk.leaves[walk.leaf(codes)]
        })
    }

    /// The number of trees.
    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// The tree at this place.
    pub(super) fn walk(&self, tree: usize) -> Walk<'_> {
        let start = self.starts[tree];
        let range =
            |start: u32, next: Option<u32>, len: usize| start as usize..next.map_or(len, |end| end as usize);
        let next = self.starts.get(tree + 1);
        Walk {
            nodes: &self.nodes[range(start.node, next.map(|next| next.node), self.nodes.len())],
            leaves: &self.leaves[range(start.leaf, next.map(|next| next.leaf), self.leaves.len())],
            sets: &self.sets[range(start.set, next.map(|next| next.set), self.sets.len())],
            words: &self.words,
        }
    }
}

impl<'a> Walk<'a> {
    /// The leaf in which a visit with these codes ends.
    fn leaf(&self, codes: &[u16]) -> usize {
        let mut at = if self.nodes.is_empty() { MARK } else { 0 };
        while at & MARK == 0 {
            let node = self.nodes[usize::from(at)];
            let code = codes[usize::from(node.slot & !MARK)];
            let goes_left =
                if node.slot & MARK == 0 { code <= node.test } else { has(self.words_of(node.test), code) };
            at = if goes_left { node.left } else { node.right };
        }
        usize::from(at & !MARK)
    }

    /// Where it begins.
    pub(super) fn root(self) -> Branch {
        if self.nodes.is_empty() { Branch::Leaf(0) } else { Branch::Split(0) }
    }

    /// The splits in their order: slot, test, what is to the left and to the right.
    pub(super) fn splits(self) -> impl Iterator<Item = (usize, Test<'a>, [Branch; 2])> {
        let branch = |child: u16| match child & MARK {
            0 => Branch::Split(usize::from(child)),
            _ => Branch::Leaf(usize::from(child & !MARK)),
        };
        self.nodes.iter().map(move |node| {
            let test = match node.slot & MARK {
                0 => Test::UpTo(node.test),
                _ => Test::In(self.words_of(node.test)),
            };
            (usize::from(node.slot & !MARK), test, [node.left, node.right].map(branch))
        })
    }

    fn words_of(&self, set: u16) -> &'a [u64] {
        &self.words[self.sets[usize::from(set)] as usize..]
    }
}

impl Coder {
    fn slots(&self) -> usize {
        match self {
            Coder::Number { slots, .. } => slots.iter().flatten().count(),
            Coder::Category { .. } => 1,
        }
    }
}

/// Whether the bit of `code` is set.
#[inline]
pub(super) fn has(words: &[u64], code: u16) -> bool {
    words[usize::from(code >> 6)] >> (code & 63) & 1 == 1
}

/// The code of a number that is known.
#[inline]
pub(super) fn rank_of(thresholds: &[f64], number: f64) -> u16 {
    code(thresholds.partition_point(|threshold| *threshold < number))
}

/// The code of a missing number in the slot of splits that send it to the left, and to the right.
pub(super) const MISSING_CODES: [u16; 2] = [0, MISSING_RIGHT];

fn coders(document: &Document) -> Result<Vec<Coder>, TreeError> {
    let mut thresholds: Vec<Vec<f64>> = vec![Vec::new(); document.inputs.len()];
    let mut ways = vec![[false; 2]; document.inputs.len()];
    for tree in &document.trees {
        for (split, input) in tree.input.iter().map(|input| usize::from(*input)).enumerate() {
            thresholds[input].push(tree.threshold[split]);
            ways[input][usize::from(tree.missing_left[split] == 0)] = true;
        }
    }
    let mut slots = 0;
    let mut slot = || {
        slots += 1;
        code(slots - 1)
    };
    let mut coders = Vec::with_capacity(document.inputs.len());
    for ((input, mut thresholds), ways) in document.inputs.iter().zip(thresholds).zip(ways) {
        coders.push(match &input.levels {
            Some(levels) => Coder::Category {
                places: levels.iter().enumerate().map(|(place, level)| (level.clone(), code(place))).collect(),
                unseen: code(levels.len()),
                slot: slot(),
            },
            None => {
                thresholds.sort_by(f64::total_cmp);
                thresholds.dedup();
                if thresholds.len() > MOST_THRESHOLDS {
                    let n = thresholds.len();
                    return Err(TreeError::TooMany { what: "thresholds of an input", n, most: MOST_THRESHOLDS });
                }
                Coder::Number { thresholds, slots: ways.map(|used| used.then(&mut slot)) }
            }
        });
    }
    Ok(coders)
}

/// Counts here are bounded far below 2^32 by [`super::check`].
fn place(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Codes, ranks and places within a tree are bounded below 2^16 by [`super::check`] and [`MOST_THRESHOLDS`].
#[inline]
fn code(place: usize) -> u16 {
    u16::try_from(place).unwrap_or(u16::MAX)
}

//! What a document of trees must be: read from anywhere, it either is that or is refused with the place of the fault.
//!
//! A split stands before the splits below it, and every split and leaf but the root is reached from exactly one place.
//! So a walk always ends, and visits each node once.

use crate::base::{Explain, Minutes};

use super::{Branch, Document, Input, Tree};

/// Trees in a model.
pub(in super::super) const MOST_TREES: usize = 20_000;
/// Leaves of a tree.
pub(in super::super) const MOST_LEAVES: usize = 1 << 14;
/// Levels of a category.
pub(super) const MOST_LEVELS: usize = 1 << 15;
/// Leaves of all trees.
const MOST_LEAVES_OF_ALL: usize = 1_000_000;
/// Splits on the way to a leaf.
const DEEPEST: u32 = 1_024;
/// Inputs.
const MOST_INPUTS: usize = 4_096;
/// Levels in the sets of all trees.
pub(in super::super) const MOST_IN_SETS: usize = 64_000_000;
/// Leaves and sums beyond this many minutes (or their logarithm) are no predictions of a wait.
const LARGEST: f64 = 1e12;

/// Why trees are not what they should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// More of something than is taken.
    #[error("{n} {what}, at most {most} are taken")]
    TooMany {
        /// Trees, leaves, inputs or levels.
        what: &'static str,
        /// How many.
        n: usize,
        /// How many there may be.
        most: usize,
    },
    /// An input that stands twice, or has no name.
    #[error("input {place} has no name of its own")]
    InputName {
        /// Its place, from 1.
        place: usize,
    },
    /// A tree that is not one.
    #[error("tree {tree}: {what}")]
    Tree {
        /// Its place, from 1.
        tree: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// A base that is no number.
    #[error("the base is not a number")]
    Base,
}

impl Explain for TreeError {
    fn key(&self) -> &'static str {
        "trees"
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![("reason", self.to_string())]
    }
}

fn at_most(what: &'static str, n: usize, most: usize) -> Result<(), TreeError> {
    if n > most { Err(TreeError::TooMany { what, n, most }) } else { Ok(()) }
}

impl Document {
    /// Whether it is what [`super::Trees`] promises.
    pub(super) fn check(&self) -> Result<(), TreeError> {
        at_most("inputs", self.inputs.len(), MOST_INPUTS)?;
        at_most("trees", self.trees.len(), MOST_TREES)?;
        at_most("leaves", self.trees.iter().map(|tree| tree.leaf.len()).sum(), MOST_LEAVES_OF_ALL)?;
        let in_sets = self.trees.iter().flat_map(|tree| &tree.sets).map(Vec::len).sum();
        at_most("levels in sets", in_sets, MOST_IN_SETS)?;
        if !(-LARGEST..=LARGEST).contains(&self.base) || self.longest < Minutes::ZERO {
            return Err(TreeError::Base);
        }
        let mut names = std::collections::BTreeSet::new();
        for (place, input) in self.inputs.iter().enumerate() {
            if input.feature.is_empty() || !names.insert(input.feature.as_str()) || !input.has_distinct_levels() {
                return Err(TreeError::InputName { place: place + 1 });
            }
            at_most("levels", input.levels.as_ref().map_or(0, Vec::len), MOST_LEVELS)?;
        }
        for (place, tree) in self.trees.iter().enumerate() {
            at_most("leaves of a tree", tree.leaf.len(), MOST_LEAVES)?;
            tree.check(&self.inputs).map_err(|what| TreeError::Tree { tree: place + 1, what })?;
        }
        Ok(())
    }
}

impl Input {
    fn has_distinct_levels(&self) -> bool {
        let Some(levels) = &self.levels else { return true };
        let distinct: std::collections::HashSet<&str> = levels.iter().map(String::as_str).collect();
        distinct.len() == levels.len()
    }
}

impl Tree {
    fn check(&self, inputs: &[Input]) -> Result<(), &'static str> {
        let splits = self.input.len();
        let lengths =
            [self.threshold.len(), self.missing_left.len(), self.left.len(), self.right.len(), self.gain.len()];
        if lengths.iter().any(|length| *length != splits) {
            return Err("the columns of its splits have different lengths");
        }
        if self.leaf.len() != splits + 1 || self.cover.len() != splits + 1 {
            return Err("a tree has one leaf more than splits");
        }
        if !self.leaf.iter().all(|leaf| leaf.abs() <= LARGEST) {
            return Err("a leaf is not a number, or a huge one");
        }
        if !self.cover.iter().all(|cover| (0.0..=1e15).contains(cover)) {
            return Err("the weight of a leaf is not a number, or below zero");
        }
        if !self.gain.iter().all(|gain| gain.is_finite()) {
            return Err("a gain is not a number");
        }
        if self.missing_left.iter().any(|missing| *missing > 1) {
            return Err("where missing values go is neither 0 nor 1");
        }
        for split in 0..splits {
            self.check_test(split, inputs)?;
        }
        self.check_sets(inputs)?;
        self.check_branches()
    }

    /// Whether `split` tests an input that there is, in a way that its kind allows.
    fn check_test(&self, split: usize, inputs: &[Input]) -> Result<(), &'static str> {
        let input = inputs.get(usize::from(self.input[split])).ok_or("a split on an input that there is not")?;
        if input.levels.is_none() {
            return if self.threshold[split].is_finite() { Ok(()) } else { Err("a threshold is not a number") };
        }
        self.set_of(split).map(|_| ()).ok_or("a split on a set that there is not")
    }

    /// The place of the set of a split on a category.
    pub(in super::super) fn set_of(&self, split: usize) -> Option<usize> {
        let place = self.threshold[split];
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is a whole number in range"
        )]
        let set =
            (place >= 0.0 && place < self.sets.len() as f64 && place.fract() == 0.0).then_some(place as usize);
        set
    }

    /// Whether each set belongs to one split and names levels of its input, in their order.
    fn check_sets(&self, inputs: &[Input]) -> Result<(), &'static str> {
        let mut owned = vec![false; self.sets.len()];
        for (split, input) in self.input.iter().enumerate() {
            let Some(levels) = &inputs[usize::from(*input)].levels else { continue };
            let Some(place) = self.set_of(split) else { continue };
            if std::mem::replace(&mut owned[place], true) {
                return Err("two splits share a set");
            }
            let set = &self.sets[place];
            if !set.is_sorted_by(|a, b| a < b) || set.last().is_some_and(|last| usize::from(*last) >= levels.len())
            {
                return Err("a set names a level that there is not, or one twice");
            }
        }
        if owned.iter().all(|owned| *owned) { Ok(()) } else { Err("a set without a split") }
    }

    /// Whether every split but the first and every leaf is reached once, from a split that stands before it.
    fn check_branches(&self) -> Result<(), &'static str> {
        let mut splits = vec![false; self.input.len()];
        let mut leaves = vec![false; self.leaf.len()];
        let mut depths = vec![1_u32; self.input.len()];
        for split in 0..self.input.len() {
            if self.left[split] == i32::MIN || self.right[split] == i32::MIN {
                return Err("a branch leads nowhere");
            }
            for branch in self.branches(split) {
                let reached = match branch {
                    Branch::Split(below) if below <= split => return Err("a branch leads back"),
                    Branch::Split(below) => splits.get_mut(below),
                    Branch::Leaf(leaf) => leaves.get_mut(leaf),
                };
                if std::mem::replace(reached.ok_or("a branch leads nowhere")?, true) {
                    return Err("two branches lead to one place");
                }
                if let Branch::Split(below) = branch {
                    depths[below] = depths[split] + 1;
                    if depths[below] > DEEPEST {
                        return Err("a leaf is too deep");
                    }
                }
            }
        }
        // As many branches as places, and none twice: all are reached.
        Ok(())
    }
}

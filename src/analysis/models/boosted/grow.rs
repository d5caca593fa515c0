//! One tree: the leaf whose split gains most is split, until there are as many leaves as there may be.
//!
//! ("Leaf-wise" growth, Shi 2007, "Best-first decision tree learning".) Only the smaller side of a split is added up; the
//! sums of the other are what is left of its parent's.

use std::ops::Range;

use crate::analysis::models::trees::{Branch, Monotone};
use crate::base::{Cancelled, Task};

use super::bins::{Input, Matrix};
use super::division::Division;
use super::histogram::{Gradients, Histogram};
use super::split::{Split, SplitRules, Test, best};

/// What every tree of a fit is grown from.
pub(super) struct Ground<'a> {
    pub inputs: &'a [Input],
    /// The directions that predictions keep to, input by input.
    pub directions: &'a [Option<Monotone>],
    pub matrix: &'a Matrix,
    /// Leaves of a tree, at most.
    pub leaves: usize,
    pub rules: SplitRules,
}

/// A tree that was grown: its splits, and which visits ended in each leaf.
pub(super) struct Grown {
    /// Parents stand before their children.
    pub splits: Vec<GrownSplit>,
    /// The part of the division that each leaf holds.
    pub leaves: Vec<Range<usize>>,
}

/// A split with its sides.
pub(super) struct GrownSplit {
    pub input: usize,
    pub test: Test,
    pub gain: f64,
    pub sides: [Branch; 2],
}

/// Sums that are not in use; kept from tree to tree, since those of all leaves take megabytes.
pub(super) struct Pool<const W: usize>(Vec<Histogram<W>>);

/// A leaf that may be split.
struct Leaf<const W: usize> {
    part: Range<usize>,
    /// Its sums and the best split found in them.
    found: Option<(Histogram<W>, Split)>,
    /// The split it is a side of, and which side.
    parent: Option<(usize, usize)>,
}

/// A tree while it grows.
struct Growing<'a, const W: usize> {
    ground: &'a Ground<'a>,
    gradients: &'a Gradients,
    active: &'a [u16],
    division: &'a mut Division,
    pool: &'a mut Pool<W>,
    leaves: Vec<Leaf<W>>,
    splits: Vec<GrownSplit>,
}

/// Grows a tree on the visits of `division` with the inputs in `active`.
pub(super) fn grow<const W: usize>(
    ground: &Ground<'_>,
    gradients: &Gradients,
    active: &[u16],
    division: &mut Division,
    pool: &mut Pool<W>,
    task: &Task,
) -> Result<Grown, Cancelled> {
    let part = 0..division.rows().len();
    let root = Leaf { part, found: None, parent: None };
    let mut growing =
        Growing { ground, gradients, active, division, pool, leaves: vec![root], splits: Vec::new() };
    growing.search_root();
    while growing.leaves.len() < ground.leaves {
        task.check()?;
        let Some((sums, sides)) = growing.split_best() else { break };
        if growing.leaves.len() < ground.leaves {
            growing.search_sides(sums, sides);
        } else {
            growing.pool.0.push(sums);
        }
    }
    Ok(growing.grown())
}

impl<const W: usize> Pool<W> {
    pub fn empty() -> Pool<W> {
        Pool(Vec::new())
    }

    fn take(&mut self, width: usize) -> Histogram<W> {
        self.0.pop().unwrap_or_else(|| Histogram::empty(width))
    }
}

impl<const W: usize> Growing<'_, W> {
    fn search_root(&mut self) {
        let mut sums = self.pool.take(self.ground.matrix.width);
        sums.fill(self.ground.matrix, self.gradients, self.active, self.division.rows());
        let found = self.search(&sums);
        self.keep(0, sums, found);
    }

    /// Splits the leaf that gains most, the first of equals: its left side takes its place, its right side is a new leaf.
    /// Gives back its sums and where its sides are.
    fn split_best(&mut self) -> Option<(Histogram<W>, [usize; 2])> {
        let gains = self.leaves.iter().enumerate();
        let gains = gains.filter_map(|(place, leaf)| Some((place, leaf.found.as_ref()?.1.gain)));
        let (place, _) = gains.reduce(|best, next| if next.1 > best.1 { next } else { best })?;
        let (number, new) = (self.splits.len(), self.leaves.len());
        let leaf = &mut self.leaves[place];
        let (sums, split) = leaf.found.take()?;
        if let Some((parent, side)) = leaf.parent {
            self.splits[parent].sides[side] = Branch::Split(number);
        }
        let part = leaf.part.clone();
        let column = &self.ground.matrix.columns[split.input];
        let middle = part.start + self.division.divide(part.clone(), column, &split.test.table());
        *leaf = Leaf { part: part.start..middle, found: None, parent: Some((number, 0)) };
        let part = middle..part.end;
        self.leaves.push(Leaf { part, found: None, parent: Some((number, 1)) });
        self.splits.push(GrownSplit {
            input: split.input,
            test: split.test,
            gain: split.gain,
            sides: [Branch::Leaf(place), Branch::Leaf(new)],
        });
        Some((sums, [place, new]))
    }

    /// Finds the best splits of two leaves that were one with these sums.
    fn search_sides(&mut self, mut sums: Histogram<W>, sides: [usize; 2]) {
        let large_enough = |growing: &Growing<'_, W>, place: usize| {
            growing.leaves[place].part.len() as i64 >= 2 * growing.ground.rules.min_leaf
        };
        let [mut small, mut large] = sides;
        if self.leaves[small].part.len() > self.leaves[large].part.len() {
            (small, large) = (large, small);
        }
        if !large_enough(self, large) {
            self.pool.0.push(sums);
            return;
        }
        let mut small_sums = self.pool.take(self.ground.matrix.width);
        let rows = &self.division.rows()[self.leaves[small].part.clone()];
        small_sums.fill(self.ground.matrix, self.gradients, self.active, rows);
        sums.take_away(&small_sums);
        let (in_small, in_large) = if large_enough(self, small) {
            rayon::join(|| self.search(&small_sums), || self.search(&sums))
        } else {
            (None, self.search(&sums))
        };
        self.keep(small, small_sums, in_small);
        self.keep(large, sums, in_large);
    }

    fn search(&self, sums: &Histogram<W>) -> Option<Split> {
        best(sums, self.ground, &self.gradients.scale, self.active)
    }

    fn keep(&mut self, place: usize, sums: Histogram<W>, found: Option<Split>) {
        match found {
            Some(split) => self.leaves[place].found = Some((sums, split)),
            None => self.pool.0.push(sums),
        }
    }

    fn grown(self) -> Grown {
        let mut leaves = Vec::with_capacity(self.leaves.len());
        for leaf in self.leaves {
            self.pool.0.extend(leaf.found.map(|(sums, _)| sums));
            leaves.push(leaf.part);
        }
        Grown { splits: self.splits, leaves }
    }
}

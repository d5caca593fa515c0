//! One tree: the leaf whose split gains most is split, until there are as many leaves as there may be.
//!
//! ("Leaf-wise" growth, Shi 2007, "Best-first decision tree learning".) Only the smaller side of a split is added up; the
//! sums of the other are what is left of its parent's.
//!
//! Large leaves are divided by all threads together, small ones by one thread each: while it divides the leaf whose turn it
//! is, the others divide those whose turn most likely comes next. What comes of it waits for that turn, so that the tree is
//! the same with any number of threads.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::analysis::models::trees::{Branch, Monotone};
use crate::base::{Cancelled, Task};

use super::bins::{Input, Matrix};
use super::division::{Division, divide};
use super::histogram::{Desk, Gradients, Histogram};
use super::records::Records;
use super::split::{Split, SplitRules, Test, best};

/// Visits of a leaf that is large.
const LARGE: usize = 1 << 15;
/// Leaves for each thread that are divided together.
const AHEAD: usize = 2;
/// The root is added up anew where more than one in so many gradients changed.
const MANY_CHANGES: usize = 4;

/// What every tree of a fit is grown from.
pub(super) struct Ground<'a> {
    pub inputs: &'a [Input],
    /// The directions that predictions keep to, input by input.
    pub directions: &'a [Option<Monotone>],
    pub matrix: &'a Matrix,
    pub records: &'a Records,
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

/// What is kept from tree to tree.
pub(super) struct Workshop<const W: usize> {
    /// Sums that are not in use.
    pool: Vec<Histogram<W>>,
    /// One a thread.
    desks: Vec<Desk<W>>,
    /// The sums over all visits.
    all: Option<Histogram<W>>,
}

/// A leaf that may be split.
struct Leaf<const W: usize> {
    part: Range<usize>,
    next: Next<W>,
    /// The split it is a side of, and which side.
    parent: Option<(usize, usize)>,
}

/// What may become of a leaf.
enum Next<const W: usize> {
    /// It stays one.
    Nothing,
    /// The best split that was found in its sums.
    Found(Histogram<W>, Split),
    /// It is divided already, and its sides wait.
    Divided(Split, Box<Sides<W>>),
}

/// The sides of a split.
struct Sides<const W: usize> {
    /// Visits on the left one.
    left: usize,
    /// The sums of each, and the best split found in them.
    found: [(Histogram<W>, Option<Split>); 2],
}

/// A leaf to be divided.
struct Job<'a, const W: usize> {
    /// The place of the leaf.
    place: usize,
    split: Split,
    sums: Histogram<W>,
    /// Room for the sums of one side.
    room: Histogram<W>,
    /// Its visits, and room for as many.
    rows: &'a mut [u32],
    spare: &'a mut [u32],
}

/// What the sums of a tree are made from.
#[derive(Clone, Copy)]
struct Source<'a> {
    ground: &'a Ground<'a>,
    gradients: &'a Gradients,
    active: &'a [u16],
}

/// A tree while it grows.
struct Growing<'a, const W: usize> {
    source: Source<'a>,
    division: &'a mut Division,
    shop: &'a mut Workshop<W>,
    leaves: Vec<Leaf<W>>,
    splits: Vec<GrownSplit>,
}

/// Grows a tree on the visits of `division` with the inputs in `active`.
pub(super) fn grow<const W: usize>(
    ground: &Ground<'_>,
    gradients: &Gradients,
    active: &[u16],
    division: &mut Division,
    shop: &mut Workshop<W>,
    task: &Task,
) -> Result<Grown, Cancelled> {
    let root = Leaf { part: 0..division.rows().len(), next: Next::Nothing, parent: None };
    let source = Source { ground, gradients, active };
    let mut growing = Growing { source, division, shop, leaves: vec![root], splits: Vec::new() };
    growing.search_root();
    while growing.leaves.len() < ground.leaves {
        task.check()?;
        let Some(place) = growing.best() else { break };
        if growing.leaves.len() + 1 == ground.leaves {
            growing.split_last(place);
            break;
        }
        if matches!(growing.leaves[place].next, Next::Found(..)) {
            growing.divide(place);
        }
        growing.split(place);
    }
    Ok(growing.grown())
}

impl<const W: usize> Workshop<W> {
    pub fn empty(records: &Records) -> Workshop<W> {
        let desks = (0..rayon::current_num_threads().max(1)).map(|_| Desk::empty(records)).collect();
        Workshop { pool: Vec::new(), desks, all: None }
    }

    fn take(&mut self, records: &Records) -> Histogram<W> {
        self.pool.pop().unwrap_or_else(|| Histogram::empty(records))
    }
}

impl<const W: usize> Next<W> {
    fn gain(&self) -> Option<f64> {
        match self {
            Next::Nothing => None,
            Next::Found(_, split) | Next::Divided(split, _) => Some(split.gain),
        }
    }
}

impl<const W: usize> Growing<'_, W> {
    fn search_root(&mut self) {
        let Source { ground, gradients, active } = self.source;
        let records = ground.records;
        let mut sums = self.shop.take(records);
        let rows = self.division.rows();
        if rows.len() < ground.matrix.rows {
            sums.fill(&mut self.shop.desks, records, gradients, rows);
        } else {
            let few = |changes: usize| changes * MANY_CHANGES < rows.len();
            match (&mut self.shop.all, &gradients.changes) {
                (Some(all), Some(changes)) if few(changes.rows.len()) => {
                    all.change(&mut self.shop.desks, records, gradients, changes);
                }
                (all, _) => {
                    let all = all.get_or_insert_with(|| Histogram::empty(records));
                    all.fill(&mut self.shop.desks, records, gradients, rows);
                }
            }
            self.shop.all.iter().for_each(|all| sums.copy(all));
        }
        let found = best(&sums, ground, &gradients.scale, active);
        self.leaves[0].next = self.shop.next(sums, found);
    }

    /// The leaf whose split gains most, the first of equals.
    fn best(&self) -> Option<usize> {
        let gains = self.leaves.iter().enumerate().filter_map(|(place, leaf)| Some((place, leaf.next.gain()?)));
        gains.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(place, _)| place)
    }

    /// Divides this leaf, and others with it where that leaves no thread without work.
    fn divide(&mut self, best: usize) {
        let records = self.source.ground.records;
        let mut places = vec![best];
        if self.is_small(best) && self.shop.desks.len() > 1 {
            places.extend(self.after(best));
        }
        places.sort_unstable_by_key(|place| self.leaves[*place].part.start);
        let parts: Vec<Range<usize>> = places.iter().map(|place| self.leaves[*place].part.clone()).collect();
        let mut jobs: Vec<Job<'_, W>> = Vec::with_capacity(places.len());
        for (place, (rows, spare)) in places.into_iter().zip(self.division.parts(&parts)) {
            if let Next::Found(sums, split) = std::mem::replace(&mut self.leaves[place].next, Next::Nothing) {
                let room = self.shop.take(records);
                jobs.push(Job { place, split, sums, room, rows, spare });
            }
        }
        jobs.sort_by_key(|job| std::cmp::Reverse(job.rows.len()));
        let source = self.source;
        let divided: Vec<(usize, Split, Sides<W>)> = if jobs.len() == 1 {
            jobs.into_iter().map(|job| source.sides(job, &mut self.shop.desks)).collect()
        } else {
            let jobs = Mutex::new(jobs.into_iter());
            let work = |desk: &mut Desk<W>| {
                let next = || jobs.lock().unwrap_or_else(PoisonError::into_inner).next();
                std::iter::from_fn(next).map(|job| source.sides(job, std::slice::from_mut(desk))).collect()
            };
            self.shop.desks.par_iter_mut().map(work).collect::<Vec<Vec<_>>>().into_iter().flatten().collect()
        };
        for (place, split, sides) in divided {
            self.leaves[place].next = Next::Divided(split, Box::new(sides));
        }
    }

    /// Other leaves whose turn comes after that of `best`, as it looks now, and which one thread can divide.
    fn after(&self, best: usize) -> Vec<usize> {
        let left = self.source.ground.leaves - self.leaves.len();
        let mut gains: Vec<(f64, usize)> = Vec::new();
        for (place, leaf) in self.leaves.iter().enumerate().filter(|(place, _)| *place != best) {
            gains.extend(leaf.next.gain().map(|gain| (gain, place)));
        }
        gains.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let places = gains.into_iter().map(|(_, place)| place).take(left - 1);
        let is_found =
            |place: &usize| matches!(self.leaves[*place].next, Next::Found(..)) && self.is_small(*place);
        places.filter(is_found).take(AHEAD * self.shop.desks.len() - 1).collect()
    }

    fn is_small(&self, place: usize) -> bool {
        self.leaves[place].part.len() < LARGE
    }

    /// Splits a leaf that was divided: its left side takes its place, its right side is a new leaf.
    fn split(&mut self, place: usize) {
        match std::mem::replace(&mut self.leaves[place].next, Next::Nothing) {
            Next::Divided(split, sides) => {
                let Sides { left, found } = *sides;
                let [left_next, right_next] = found.map(|(sums, found)| self.shop.next(sums, found));
                self.put(place, split, left, [left_next, right_next]);
            }
            other => self.leaves[place].next = other,
        }
    }

    /// Splits a leaf whose sides stay leaves.
    fn split_last(&mut self, place: usize) {
        match std::mem::replace(&mut self.leaves[place].next, Next::Nothing) {
            Next::Nothing => {}
            Next::Found(sums, split) => {
                self.shop.pool.push(sums);
                let part = self.leaves[place].part.clone();
                let column = &self.source.ground.matrix.columns[split.input];
                let left = self.division.divide(part, column, &split.test.table());
                self.put(place, split, left, [Next::Nothing, Next::Nothing]);
            }
            Next::Divided(split, sides) => {
                self.shop.pool.extend(sides.found.map(|(sums, _)| sums));
                self.put(place, split, sides.left, [Next::Nothing, Next::Nothing]);
            }
        }
    }

    fn put(&mut self, place: usize, split: Split, left: usize, [left_next, right_next]: [Next<W>; 2]) {
        let (number, new) = (self.splits.len(), self.leaves.len());
        let leaf = &mut self.leaves[place];
        if let Some((parent, side)) = leaf.parent {
            self.splits[parent].sides[side] = Branch::Split(number);
        }
        let part = leaf.part.clone();
        let middle = part.start + left;
        *leaf = Leaf { part: part.start..middle, next: left_next, parent: Some((number, 0)) };
        self.leaves.push(Leaf { part: middle..part.end, next: right_next, parent: Some((number, 1)) });
        let sides = [Branch::Leaf(place), Branch::Leaf(new)];
        self.splits.push(GrownSplit { input: split.input, test: split.test, gain: split.gain, sides });
    }

    fn grown(self) -> Grown {
        let mut leaves = Vec::with_capacity(self.leaves.len());
        for leaf in self.leaves {
            match leaf.next {
                Next::Nothing => {}
                Next::Found(sums, _) => self.shop.pool.push(sums),
                Next::Divided(_, sides) => {
                    self.shop.pool.extend(sides.found.map(|(sums, _)| sums));
                    self.division.put_in_order(leaf.part.clone());
                }
            }
            leaves.push(leaf.part);
        }
        Grown { splits: self.splits, leaves }
    }
}

impl<const W: usize> Workshop<W> {
    fn next(&mut self, sums: Histogram<W>, found: Option<Split>) -> Next<W> {
        match found {
            Some(split) => Next::Found(sums, split),
            None => {
                self.pool.push(sums);
                Next::Nothing
            }
        }
    }
}

impl Source<'_> {
    /// Divides a leaf, and finds the best splits of its sides.
    fn sides<const W: usize>(self, job: Job<'_, W>, desks: &mut [Desk<W>]) -> (usize, Split, Sides<W>) {
        let Job { place, split, sums: mut in_large, room: mut in_small, rows, spare } = job;
        let ground = self.ground;
        let left = divide(rows, spare, &ground.matrix.columns[split.input], &split.test.table());
        let (left_rows, right_rows) = rows.split_at(left);
        let is_left_small = left_rows.len() <= right_rows.len();
        let (small, large) = if is_left_small { (left_rows, right_rows) } else { (right_rows, left_rows) };
        let is_enough = |rows: &[u32]| rows.len() as i64 >= 2 * ground.rules.min_leaf;
        let search = |sums: &Histogram<W>| best(sums, ground, &self.gradients.scale, self.active);
        let (mut small_found, mut large_found) = (None, None);
        if is_enough(large) {
            in_small.fill(desks, ground.records, self.gradients, small);
            in_large.take_away(&in_small);
            if is_enough(small) {
                (small_found, large_found) = rayon::join(|| search(&in_small), || search(&in_large));
            } else {
                large_found = search(&in_large);
            }
        }
        let (small, large) = ((in_small, small_found), (in_large, large_found));
        (place, split, Sides { left, found: if is_left_small { [small, large] } else { [large, small] } })
    }
}

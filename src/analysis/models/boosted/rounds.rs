//! The rounds of a fit: gradients, a tree, its leaves, the losses, and whether to go on.

use std::ops::Range;

use rayon::prelude::*;

use crate::analysis::models::Curve;
use crate::analysis::models::trees::{Branch, Tree};
use crate::base::{Cancelled, CurvePoint, Fitting, Task};

use super::bins::{Cuts, Input, Matrix};
use super::division::Division;
use super::grow::{Ground, Grown, Workshop, grow};
use super::histogram::{Gradients, Scale};
use super::loss::{Loss, State};
use super::monotone::in_order;
use super::split::Test;

/// Leaves are kept to a millionth of a minute (or of its logarithm).
const DECIMALS: f64 = 1e6;
/// Sums of trees that one thread adds to at a time.
const MARGINS: usize = 1 << 15;
/// Rounds without any split, in a fit that draws anew each time, after which there is nothing more to learn.
const FRUITLESS_ROUNDS: u32 = 10;

/// How a model is fitted in rounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Plan {
    pub loss: Loss,
    pub rounds: u32,
    pub learning_rate: f64,
    /// Rounds without a better loss after which it stops, where some visits decide that.
    pub patience: u32,
    /// The share of the visits that a tree is grown on.
    pub row_share: f64,
    /// The share of the inputs that a tree may split on.
    pub column_share: f64,
    pub seed: u64,
}

/// The visits that decide when to stop.
pub(super) struct Stopping {
    pub matrix: Matrix,
    pub state: State,
}

/// What came of the rounds.
pub(super) struct Boosted {
    pub base: f64,
    pub trees: Vec<Tree>,
    pub curve: Curve,
}

/// Fits trees to `waits_minutes`.
pub(super) fn boost(
    plan: &Plan,
    ground: &Ground<'_>,
    waits_minutes: &[f64],
    stop: Option<(Matrix, &[f64])>,
    task: &Task,
) -> Result<Boosted, Cancelled> {
    let base = rounded(plan.loss.base(waits_minutes));
    let stopping = stop.map(|(matrix, waits)| Stopping { matrix, state: State::of(waits, base) });
    // Without any tree: what the first has to better.
    let alone = stopping.as_ref().map_or(f64::INFINITY, |stopping| plan.loss.mean(&stopping.state));
    let fit = Rounds {
        plan,
        ground,
        state: State::of(waits_minutes, base),
        stopping,
        trees: Vec::new(),
        points: Vec::new(),
        best: (0, alone),
    };
    // On a thread of the pool: from any other, each of the many small steps would wake one up and wait for it.
    rayon::scope(|_| match plan.loss.has_curvature() {
        true => fit.run::<2>(base, task),
        false => fit.run::<1>(base, task),
    })
}

struct Rounds<'a> {
    plan: &'a Plan,
    ground: &'a Ground<'a>,
    state: State,
    stopping: Option<Stopping>,
    trees: Vec<Tree>,
    points: Vec<CurvePoint>,
    /// The trees with which the deciding visits had their least loss, and that loss.
    best: (usize, f64),
}

impl Rounds<'_> {
    fn run<const W: usize>(mut self, base: f64, task: &Task) -> Result<Boosted, Cancelled> {
        let mut shop = Workshop::<W>::empty(self.ground.records);
        let mut division = Division::default();
        let mut gradients = Gradients {
            first: Vec::new(),
            second: Vec::new(),
            scale: Scale::of(self.ground.matrix.rows, 1.0, 1.0),
            changes: None,
        };
        let mut fruitless = 0;
        for round in 1..=self.plan.rounds {
            task.check()?;
            self.plan.loss.gradients(&self.state, &mut gradients);
            let active = self.active(round);
            let left_out = self.draw(round, &mut division);
            let grown = grow(self.ground, &gradients, &active, &mut division, &mut shop, task)?;
            if grown.splits.is_empty() {
                fruitless += 1;
                let draws = self.plan.row_share < 1.0 || self.plan.column_share < 1.0;
                if !draws || fruitless == FRUITLESS_ROUNDS {
                    break;
                }
                continue;
            }
            fruitless = 0;
            let leaves = self.leaves(&grown, &division);
            self.add(&grown, &leaves, &division, left_out);
            self.trees.push(self.kept(&grown, leaves));
            if self.is_over(round, task)? {
                break;
            }
        }
        let kept = if self.stopping.is_some() { self.best.0 } else { self.trees.len() };
        self.trees.truncate(kept);
        let curve = Curve {
            loss: self.plan.loss.of_curve(),
            kept_rounds: u32::try_from(kept).unwrap_or(u32::MAX),
            points: self.points,
        };
        Ok(Boosted { base, trees: self.trees, curve })
    }

    /// The inputs that a tree may split on.
    fn active(&self, round: u32) -> Vec<u16> {
        let all = 0..u16::try_from(self.ground.inputs.len()).unwrap_or(u16::MAX);
        if self.plan.column_share >= 1.0 {
            return all.collect();
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a small number")]
        let wanted = ((all.len() as f64 * self.plan.column_share).ceil() as usize).max(1);
        let mut drawn: Vec<(u64, u16)> =
            all.map(|input| (mixed(self.plan.seed ^ 1, round, u64::from(input)), input)).collect();
        drawn.sort_unstable();
        drawn.truncate(wanted);
        let mut active: Vec<u16> = drawn.into_iter().map(|(_, input)| input).collect();
        active.sort_unstable();
        active
    }

    /// Puts the visits that a tree is grown on into `division`; the others.
    fn draw(&self, round: u32, division: &mut Division) -> Vec<u32> {
        let all = 0..u32::try_from(self.ground.matrix.rows).unwrap_or(u32::MAX);
        if self.plan.row_share >= 1.0 {
            division.fill(all);
            return Vec::new();
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the range")]
        let bound = (self.plan.row_share * u64::MAX as f64) as u64;
        let (drawn, left_out): (Vec<u32>, Vec<u32>) =
            all.partition(|row| mixed(self.plan.seed, round, u64::from(*row)) <= bound);
        division.fill(drawn);
        left_out
    }

    /// The values of the leaves: the best for their visits, put in the order that constrained inputs demand, times the learning
    /// rate.
    fn leaves(&self, grown: &Grown, division: &Division) -> Vec<f64> {
        let l2 = self.ground.rules.l2;
        let best: Vec<f64> = grown
            .leaves
            .par_iter()
            .map(|part| self.plan.loss.leaf(&self.state, &division.rows()[part.clone()], l2))
            .collect();
        let sizes: Vec<f64> = grown.leaves.iter().map(|part| part.len() as f64).collect();
        let kept = in_order(&grown.splits, &best, &sizes, self.ground.directions);
        kept.into_iter().map(|leaf| rounded(leaf * self.plan.learning_rate)).collect()
    }

    /// Adds the tree to the sums of every visit.
    fn add(&mut self, grown: &Grown, leaves: &[f64], division: &Division, left_out: Vec<u32>) {
        add_leaves(&mut self.state.margins, division.rows(), &grown.leaves, leaves);
        if !left_out.is_empty() {
            replay(grown, &self.ground.matrix.columns, left_out, leaves, &mut self.state.margins);
        }
        if let Some(stopping) = &mut self.stopping {
            let rows = (0..u32::try_from(stopping.matrix.rows).unwrap_or(u32::MAX)).collect();
            replay(grown, &stopping.matrix.columns, rows, leaves, &mut stopping.state.margins);
        }
    }

    /// Tells what the round came to; whether it was the last.
    fn is_over(&mut self, round: u32, task: &Task) -> Result<bool, Cancelled> {
        let train_loss = self.plan.loss.mean(&self.state);
        let stop_loss = self.stopping.as_ref().map(|stopping| self.plan.loss.mean(&stopping.state));
        let point = CurvePoint { round, train_loss, stop_loss };
        self.points.push(point);
        let fitting =
            Fitting { rows: self.ground.matrix.rows as u64, point, loss: self.plan.loss.of_curve().name_key() };
        task.report_round(fitting, self.plan.rounds)?;
        let Some(stop_loss) = stop_loss else { return Ok(false) };
        if stop_loss < self.best.1 {
            self.best = (self.trees.len(), stop_loss);
        }
        Ok(self.trees.len() >= self.best.0 + self.plan.patience as usize)
    }

    /// The tree in its kept form.
    fn kept(&self, grown: &Grown, leaf: Vec<f64>) -> Tree {
        let mut tree = Tree { leaf, ..Tree::default() };
        tree.cover = grown.leaves.iter().map(|part| part.len() as f64).collect();
        for split in &grown.splits {
            let (threshold, missing_left) = match (&split.test, &self.ground.inputs[split.input]) {
                (Test::UpTo { bin, missing_left }, Input { cuts: Cuts::Numbers(thresholds), .. }) => {
                    // The last bin is open: up to it means every number.
                    let threshold = thresholds.get(usize::from(*bin).saturating_sub(1)).copied();
                    (threshold.unwrap_or(f64::MAX), *missing_left)
                }
                (test, _) => {
                    let table = test.table();
                    let levels =
                        (1..u16::try_from(table.len()).unwrap_or(u16::MAX)).filter(|bin| table[usize::from(*bin)]);
                    tree.sets.push(levels.map(|bin| bin - 1).collect());
                    ((tree.sets.len() - 1) as f64, table[0])
                }
            };
            tree.input.push(u16::try_from(split.input).unwrap_or(u16::MAX));
            tree.threshold.push(threshold);
            tree.missing_left.push(u8::from(missing_left));
            tree.left.push(split.sides[0].kept());
            tree.right.push(split.sides[1].kept());
            tree.gain.push(significant(split.gain));
        }
        tree
    }
}

/// Adds the value of each leaf to the sums of its visits, which are ascending.
fn add_leaves(margins: &mut [f32], rows: &[u32], parts: &[Range<usize>], leaves: &[f64]) {
    margins.par_chunks_mut(MARGINS).enumerate().for_each(|(chunk, margins)| {
        let first = chunk * MARGINS;
        for (part, leaf) in parts.iter().zip(leaves) {
            #[expect(clippy::cast_possible_truncation, reason = "margins are kept to 32 bits while fitting")]
            let leaf = *leaf as f32;
            let rows = &rows[part.clone()];
            let from = rows.partition_point(|row| (*row as usize) < first);
            for row in &rows[from..] {
                match margins.get_mut(*row as usize - first) {
                    Some(margin) => *margin += leaf,
                    None => break,
                }
            }
        }
    });
}

/// Divides other visits as the tree does, and adds the values of its leaves to their sums.
fn replay(grown: &Grown, columns: &[Vec<u8>], rows: Vec<u32>, leaves: &[f64], margins: &mut [f32]) {
    let whole = 0..rows.len();
    let mut division = Division::default();
    division.fill(rows);
    let mut splits = vec![0..0; grown.splits.len()];
    let mut parts = vec![0..0; grown.leaves.len()];
    if let Some(root) = splits.first_mut() {
        *root = whole;
    }
    for (place, split) in grown.splits.iter().enumerate() {
        let part = splits[place].clone();
        let middle = part.start + division.divide(part.clone(), &columns[split.input], &split.test.table());
        for (side, part) in split.sides.into_iter().zip([part.start..middle, middle..part.end]) {
            match side {
                Branch::Split(below) => splits[below] = part,
                Branch::Leaf(leaf) => parts[leaf] = part,
            }
        }
    }
    add_leaves(margins, division.rows(), &parts, leaves);
}

/// To a millionth.
fn rounded(number: f64) -> f64 {
    (number * DECIMALS).round() / DECIMALS
}

/// To six digits: gains are looked at, not computed with.
fn significant(gain: f64) -> f64 {
    format!("{gain:.5e}").parse().unwrap_or(gain)
}

/// A number that looks random: the same for the same seed, round and place, whoever asks for it and when (SplitMix64,
/// Steele, Lea and Flood 2014).
fn mixed(seed: u64, round: u32, place: u64) -> u64 {
    let step = |state: u64| {
        let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    step(step(step(seed) ^ u64::from(round)) ^ place)
}

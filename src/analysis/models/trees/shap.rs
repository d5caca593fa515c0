//! What each feature adds to the prediction for one visit: exact Shapley values of the trees.
//!
//! The value of a set of features is what the trees predict when only these are known, each split on another feature
//! being followed both ways with the shares of its training visits ("path-dependent"; Lundberg, Erion and Lee 2018,
//! "Consistent individualized feature attribution for tree ensembles", algorithm 2). The base is what they predict when
//! nothing is known.
//!
//! Values of trees whose sum is the logarithm of minutes are logarithms, too. They are told in minutes in proportion: all
//! of them are multiplied by the one factor with which they add up to the difference of the predictions in minutes.

use crate::analysis::features::Value;

use super::super::{Contribution, Explanation};
use super::{Branch, Document, Input, Link, Tree};

/// A feature on the path from the root.
#[derive(Clone, Copy)]
struct Step {
    /// Its input; none for the root.
    input: usize,
    /// The share of training visits that go on here where the feature is not known.
    unknown: f64,
    /// One where the visit itself goes on here, else zero.
    known: f64,
    /// The share of sets of a size, by the place in the path.
    weight: f64,
}

const ROOT: usize = usize::MAX;

/// Adds the Shapley values of one tree to `values`, one an input.
struct Shap<'a> {
    tree: &'a Tree,
    /// Whether the visit goes to the left, by split.
    goes_left: &'a [bool],
    /// The weight of the training visits below each split.
    covers: &'a [f64],
    values: &'a mut [f64],
}

pub(super) fn explain<'v>(document: &Document, value: &dyn Fn(&str) -> Value<'v>) -> Explanation {
    let given: Vec<Value<'v>> = document.inputs.iter().map(|input| value(&input.feature)).collect();
    let mut values = vec![0.0; document.inputs.len()];
    let (mut base, mut sum) = (document.base, document.base);
    for tree in &document.trees {
        let goes_left: Vec<bool> =
            (0..tree.input.len()).map(|split| tree.goes_left(split, &document.inputs, &given)).collect();
        let covers = tree.covers();
        base += tree.expected(tree.root(), &covers);
        sum += tree.leaf[tree.leaf_of(&goes_left)];
        Shap { tree, goes_left: &goes_left, covers: &covers, values: &mut values }.walk(
            tree.root(),
            &[],
            1.0,
            1.0,
            ROOT,
        );
    }
    let minutes = document.unlimited(sum);
    let factor = match document.link {
        Link::Identity => 1.0,
        Link::Log if (sum - base).abs() < 1e-9 => libm::exp(base),
        Link::Log => (minutes - libm::exp(base)) / (sum - base),
    };
    let predicted = document.minutes(sum);
    let contributions =
        document.inputs.iter().zip(given).zip(values).map(|((input, value), log_or_minutes)| {
            Contribution::new(&input.feature, value, log_or_minutes * factor)
        });
    Explanation {
        base_minutes: document.unlimited(base),
        contributions: contributions.collect(),
        limited_minutes: predicted.get() - minutes,
        predicted,
    }
}

impl Shap<'_> {
    fn walk(&mut self, at: Branch, before: &[Step], unknown: f64, known: f64, input: usize) {
        let mut path = extended(before, unknown, known, input);
        let split = match at {
            Branch::Leaf(leaf) => {
                for place in 1..path.len() {
                    let step = path[place];
                    let weight = unwound_weight(&path, place);
                    self.values[step.input] += weight * (step.known - step.unknown) * self.tree.leaf[leaf];
                }
                return;
            }
            Branch::Split(split) => split,
        };
        let feature = usize::from(self.tree.input[split]);
        let (mut unknown, mut known) = (1.0, 1.0);
        if let Some(place) = path.iter().position(|step| step.input == feature) {
            (unknown, known) = (path[place].unknown, path[place].known);
            unwind(&mut path, place);
        }
        let [left, right] = self.tree.branches(split);
        let left_share = self.tree.left_share(split, self.covers);
        for (branch, share, goes) in
            [(left, left_share, self.goes_left[split]), (right, 1.0 - left_share, !self.goes_left[split])]
        {
            let known = if goes { known } else { 0.0 };
            // Where neither the visit nor any training visit goes, nothing is added.
            if known > 0.0 || unknown * share > 0.0 {
                self.walk(branch, &path, unknown * share, known, feature);
            }
        }
    }
}

/// The path with one step more.
fn extended(before: &[Step], unknown: f64, known: f64, input: usize) -> Vec<Step> {
    let mut path = Vec::with_capacity(before.len() + 1);
    path.extend_from_slice(before);
    let length = path.len();
    path.push(Step { input, unknown, known, weight: if length == 0 { 1.0 } else { 0.0 } });
    let steps = (length + 1) as f64;
    for place in (0..length).rev() {
        let weight = path[place].weight;
        path[place + 1].weight += known * weight * (place + 1) as f64 / steps;
        path[place].weight = unknown * weight * (length - place) as f64 / steps;
    }
    path
}

/// Takes the step at `place` out of the path again.
fn unwind(path: &mut Vec<Step>, place: usize) {
    let Some(last) = path.len().checked_sub(1) else { return };
    let Step { unknown, known, .. } = path[place];
    let steps = (last + 1) as f64;
    let mut next = path[last].weight;
    for at in (0..last).rev() {
        if known == 0.0 {
            path[at].weight = path[at].weight * steps / (unknown * (last - at) as f64);
        } else {
            let weight = path[at].weight;
            path[at].weight = next * steps / ((at + 1) as f64 * known);
            next = weight - path[at].weight * unknown * (last - at) as f64 / steps;
        }
    }
    for at in place..last {
        path[at] = Step { weight: path[at].weight, ..path[at + 1] };
    }
    path.pop();
}

/// The sum of the weights of the path without the step at `place`.
fn unwound_weight(path: &[Step], place: usize) -> f64 {
    let last = path.len() - 1;
    let Step { unknown, known, .. } = path[place];
    let steps = (last + 1) as f64;
    let mut next = path[last].weight;
    let mut total = 0.0;
    for at in (0..last).rev() {
        if known == 0.0 {
            total += path[at].weight * steps / (unknown * (last - at) as f64);
        } else {
            let weight = next * steps / ((at + 1) as f64 * known);
            total += weight;
            next = path[at].weight - weight * unknown * (last - at) as f64 / steps;
        }
    }
    total
}

impl Tree {
    /// Whether a visit with these values, one an input, goes to the left of `split`.
    fn goes_left(&self, split: usize, inputs: &[Input], given: &[Value<'_>]) -> bool {
        let place = usize::from(self.input[split]);
        let missing = self.missing_left[split] == 1;
        match (&inputs[place].levels, given[place]) {
            (None, Value::Number(number)) if !number.is_nan() => number <= self.threshold[split],
            (Some(levels), Value::Category(name)) => {
                let level =
                    levels.iter().position(|level| level == name).and_then(|level| u16::try_from(level).ok());
                let set = self.set_of(split).map(|set| &self.sets[set]);
                level.map_or(missing, |level| set.is_some_and(|set| set.binary_search(&level).is_ok()))
            }
            _ => missing,
        }
    }

    fn leaf_of(&self, goes_left: &[bool]) -> usize {
        let mut at = self.root();
        loop {
            match at {
                Branch::Leaf(leaf) => return leaf,
                Branch::Split(split) => at = self.branches(split)[usize::from(!goes_left[split])],
            }
        }
    }

    /// The weight of the training visits below each split.
    fn covers(&self) -> Vec<f64> {
        let mut covers = vec![0.0; self.input.len()];
        // Splits stand before those below them.
        for split in (0..self.input.len()).rev() {
            covers[split] = self.branches(split).map(|branch| self.cover_of(branch, &covers)).iter().sum();
        }
        covers
    }

    fn cover_of(&self, branch: Branch, covers: &[f64]) -> f64 {
        match branch {
            Branch::Split(split) => covers[split],
            Branch::Leaf(leaf) => self.cover[leaf],
        }
    }

    /// The share of the training visits at `split` that go to its left; one half where there were none.
    fn left_share(&self, split: usize, covers: &[f64]) -> f64 {
        let [left, _] = self.branches(split);
        if covers[split] > 0.0 { self.cover_of(left, covers) / covers[split] } else { 0.5 }
    }

    /// What is predicted below `branch` where nothing is known.
    fn expected(&self, branch: Branch, covers: &[f64]) -> f64 {
        match branch {
            Branch::Leaf(leaf) => self.leaf[leaf],
            Branch::Split(split) => {
                let share = self.left_share(split, covers);
                let [left, right] = self.branches(split).map(|branch| self.expected(branch, covers));
                share * left + (1.0 - share) * right
            }
        }
    }
}

//! Regression trees that are added up: what the family `boosted` fits and what foreign models become.
//!
//! This is the *kept* form and the predictor, whoever grew the trees: plain arrays, checked when they are read
//! ([`check`]: sizes, indices, every split reached exactly once, finite numbers), and nothing of a trainer. A prediction
//! starts with `base` and adds one leaf of each tree in their order, in 64-bit floats, so that one visit and a batch of
//! them give the same bits on every machine; the sum is in minutes, or the logarithm of minutes ([`Link`]).
//!
//! A split sends a number to the left where it is not above the threshold, a name where its level is in the set. What is
//! missing, and a name that training never saw, goes where the split says: trees need no fill.

mod batch;
mod check;
mod compiled;
mod importance;
mod shap;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::analysis::features::{FeatureTable, Value};
use crate::base::{Cancelled, Minutes, Task};

use super::Explanation;

use compiled::Compiled;

pub use check::TreeError;
pub(super) use check::{MOST_IN_SETS, MOST_LEAVES, MOST_TREES};

/// Trees over named inputs. Valid by construction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Document", into = "Document")]
pub struct Trees {
    document: Document,
    compiled: Compiled,
}

/// The kept form of [`Trees`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    /// The features, each once: the catalogue's in its order, then expressions by name.
    pub inputs: Vec<Input>,
    /// What the sum of the leaves is.
    pub link: Link,
    /// Where every sum starts.
    pub base: f64,
    /// No prediction is longer than this.
    pub longest: Minutes,
    /// The trees in the order in which they are added.
    pub trees: Vec<Tree>,
}

/// A feature that trees split on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// The feature's id.
    pub feature: String,
    /// The names that splits tell apart, of a category; absent of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levels: Option<Vec<String>>,
    /// The direction in which a prediction may move as the number grows, where that is constrained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monotone: Option<Monotone>,
}

/// A direction that a prediction keeps to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Monotone {
    /// More never means a shorter wait.
    Increasing,
    /// More never means a longer wait.
    Decreasing,
}

/// What the sum of the leaves is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Link {
    /// Minutes.
    Identity,
    /// The natural logarithm of minutes.
    Log,
}

/// A tree of `n` splits and `n + 1` leaves, column by column.
///
/// The first split is the root, and a split stands before those below it; a tree of one leaf has no split.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tree {
    /// Of each split, the place of its input.
    pub input: Vec<u16>,
    /// Of each split, the largest number that goes to the left; of a category, the place of its set in `sets`.
    pub threshold: Vec<f64>,
    /// Of each split, 1 where what is missing or was never seen goes to the left, else 0.
    pub missing_left: Vec<u8>,
    /// Of each split, what is to its left: a split by its place, or a leaf as −1 − its place.
    pub left: Vec<i32>,
    /// The same to its right.
    pub right: Vec<i32>,
    /// Of each split, by how much it brought the training loss down, in the unit of the trainer.
    pub gain: Vec<f64>,
    /// The levels that go to the left, by their places, of splits on categories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sets: Vec<Vec<u16>>,
    /// Of each leaf, what it adds to the sum.
    pub leaf: Vec<f64>,
    /// Of each leaf, the weight of the training visits that ended in it.
    pub cover: Vec<f64>,
}

/// Where a branch of a split leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Branch {
    Split(usize),
    Leaf(usize),
}

impl TryFrom<Document> for Trees {
    type Error = TreeError;

    fn try_from(document: Document) -> Result<Trees, TreeError> {
        document.check()?;
        let compiled = Compiled::of(&document)?;
        Ok(Trees { document, compiled })
    }
}

impl From<Trees> for Document {
    fn from(trees: Trees) -> Document {
        trees.document
    }
}

impl Trees {
    /// The ids of the features that it predicts from, in the order of a contract.
    pub(super) fn features(&self) -> Vec<&str> {
        self.document.inputs.iter().map(|input| input.feature.as_str()).collect()
    }

    /// The kept form.
    pub(super) fn document(&self) -> &Document {
        &self.document
    }

    /// The features in which a prediction is constrained to move in one direction only, with that direction.
    pub fn monotone(&self) -> impl Iterator<Item = (&str, Monotone)> {
        let inputs = self.document.inputs.iter();
        inputs.filter_map(|input| Some((input.feature.as_str(), input.monotone?)))
    }

    /// The number of trees.
    #[must_use]
    pub fn len(&self) -> usize {
        self.document.trees.len()
    }

    /// Whether there is none: it predicts the same for everybody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.document.trees.is_empty()
    }

    /// The number of leaves of all trees.
    #[must_use]
    pub fn leaves(&self) -> usize {
        self.document.trees.iter().map(|tree| tree.leaf.len()).sum()
    }

    /// The wait that is predicted.
    pub(super) fn predict<'v>(&self, value: &dyn Fn(&str) -> Value<'v>) -> Minutes {
        let codes = self.compiled.codes(&self.document.inputs, value);
        let sum = self.compiled.sum(self.document.base, &codes);
        self.document.minutes(sum)
    }

    /// The predictions for every row of `features`, in minutes: the same bits as [`Self::predict`].
    pub(super) fn predict_all(&self, features: &FeatureTable, task: &Task) -> Result<Vec<f64>, Cancelled> {
        batch::predict_all(&self.document, &self.compiled, features, task)
    }

    /// What each feature adds to the prediction: exact path-dependent Shapley values.
    pub(super) fn explain<'v>(&self, value: &dyn Fn(&str) -> Value<'v>) -> Explanation {
        shap::explain(&self.document, value)
    }

    /// The share of each feature in what all splits gained, the largest first; they add up to one. Empty where no split
    /// says what it gained.
    #[must_use]
    pub fn gain_shares(&self) -> Vec<(&str, f64)> {
        importance::gain_shares(&self.document)
    }
}

impl Document {
    /// The prediction for a sum of leaves.
    fn minutes(&self, sum: f64) -> Minutes {
        let minutes = self.unlimited(sum).clamp(0.0, self.longest.get());
        Minutes::new(minutes).unwrap_or(self.longest)
    }

    /// The same before it is kept from being negative or longer than anything.
    fn unlimited(&self, sum: f64) -> f64 {
        match self.link {
            Link::Identity => sum,
            Link::Log => libm::exp(sum),
        }
    }
}

impl Tree {
    /// Where its first test is.
    pub fn root(&self) -> Branch {
        if self.input.is_empty() { Branch::Leaf(0) } else { Branch::Split(0) }
    }

    /// What is to the left of `split` and to its right.
    pub fn branches(&self, split: usize) -> [Branch; 2] {
        [self.left[split], self.right[split]].map(Branch::of)
    }
}

impl Branch {
    pub fn of(child: i32) -> Branch {
        match usize::try_from(child) {
            Ok(split) => Branch::Split(split),
            Err(_) => Branch::Leaf(child.unsigned_abs() as usize - 1),
        }
    }

    /// The form in which a tree keeps it; places are below 2^31, which [`check`] sees to.
    pub fn kept(self) -> i32 {
        match self {
            Branch::Split(place) => i32::try_from(place).unwrap_or(i32::MAX),
            Branch::Leaf(place) => -1 - i32::try_from(place).unwrap_or(i32::MAX - 1),
        }
    }
}

impl Monotone {
    /// The name in files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Monotone::Increasing => "increasing",
            Monotone::Decreasing => "decreasing",
        }
    }
}

//! LightGBM's text form: a head, a block of `key=value` lines for each tree, parameters, and the categories of pandas.
//!
//! By the source of LightGBM 4 (`Tree::NumericalDecision`, `CategoricalDecision`): a number goes left where it is not above
//! the threshold. What is missing (NaN) goes where `decision_type` says if the split's missing type is NaN; with none it
//! counts as 0; with Zero, zeros go where missing ones go, which is kept where that is where 0 would go anyway. A category
//! goes left where its bit is set; a missing one or one without a bit goes right.

use std::collections::BTreeMap;
use std::str::{FromStr, Lines};

use crate::analysis::models::trees::{Link, MOST_IN_SETS, MOST_LEAVES, MOST_TREES, Tree, TreeError};

use super::binding::Binding;
use super::{Bound, ForeignError, unreadable, unsupported};

/// Objectives whose predictions are the sum, and those whose predictions are `exp` of it.
const IDENTITY: [&str; 7] = ["regression", "regression_l2", "regression_l1", "huber", "fair", "quantile", "mape"];
const LOG: [&str; 3] = ["poisson", "gamma", "tweedie"];

/// Bits of `decision_type`.
const IS_CATEGORY: u8 = 1;
const DEFAULT_LEFT: u8 = 2;
const MISSING_SHIFT: u8 = 2;
/// What LightGBM takes for zero: `1e-35f`.
const ZERO: f64 = 1e-35_f32 as f64;

/// Keys of a part of the file; LightGBM has some twenty.
const MOST_KEYS: usize = 200;
/// Words in the sets of a tree: each of its splits may tell all levels apart.
const MOST_WORDS: usize = MOST_IN_SETS / 32;

/// The lines `key=value` of a part of the file.
type Block<'t> = BTreeMap<&'t str, &'t str>;

/// What the head and the foot say of all trees.
struct Frame<'t> {
    names: Vec<&'t str>,
    /// Of each feature that is a category, its place among the categories of pandas.
    categories: BTreeMap<usize, usize>,
    /// The names of each category of pandas; `None` where they are not all texts.
    levels: Vec<Option<Vec<String>>>,
}

/// The objective, and the trees.
pub(super) fn read(text: &str, binding: &mut Binding<'_>) -> Result<(String, Bound), ForeignError> {
    let mut lines = text.lines();
    let head = block(&mut lines)?;
    // A model without an objective is one of a loss of its own; a head without this is none.
    said(&head, "num_class")?;
    let objective = head.get("objective").copied().ok_or_else(|| unsupported("objective=none"))?;
    let link = link(objective)?;
    for key in ["num_class", "num_tree_per_iteration"] {
        if number::<u32>(&head, key)? != 1 {
            return Err(unsupported(format!("{key} > 1")));
        }
    }
    if head.contains_key("average_output") {
        return Err(unsupported("boosting: rf (average_output)"));
    }
    let frame = Frame::of(&head, text)?;
    let mut trees = Vec::new();
    loop {
        let Some(line) = lines.by_ref().map(str::trim_end).find(|line| !line.is_empty()) else {
            return Err(unreadable("it ends before \"end of trees\""));
        };
        if line == "end of trees" {
            break;
        }
        if !line.starts_with("Tree=") {
            return Err(unreadable(format!("\"{line}\" where tree {} should begin", trees.len() + 1)));
        }
        if trees.len() == MOST_TREES {
            return Err(TreeError::TooMany { what: "trees", n: trees.len() + 1, most: MOST_TREES }.into());
        }
        trees.push(tree(&block(&mut lines)?, &frame, binding).map_err(|error| match error {
            ForeignError::Unreadable { reason } => unreadable(format!("tree {}: {reason}", trees.len() + 1)),
            error => error,
        })?);
    }
    // The sizes stand in the head: a tree that was cut out is noticed.
    if head.get("tree_sizes").is_some_and(|sizes| sizes.split_whitespace().count() != trees.len()) {
        return Err(unreadable("it has another number of trees than its head says"));
    }
    Ok((objective.to_owned(), Bound { link, base: 0.0, trees }))
}

fn link(objective: &str) -> Result<Link, ForeignError> {
    let mut words = objective.split_whitespace();
    let name = words.next().unwrap_or_default();
    let is_plain = words.all(|word| word.contains(':'));
    match name {
        name if is_plain && IDENTITY.contains(&name) => Ok(Link::Identity),
        name if is_plain && LOG.contains(&name) => Ok(Link::Log),
        _ => Err(unsupported(format!("objective={objective}"))),
    }
}

/// The lines up to an empty one, or to the end.
fn block<'t>(lines: &mut Lines<'t>) -> Result<Block<'t>, ForeignError> {
    let mut block = Block::new();
    for line in lines.by_ref().map(str::trim_end).take_while(|line| !line.is_empty()) {
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        block.insert(key, value);
        if block.len() > MOST_KEYS {
            return Err(unreadable(format!("more than {MOST_KEYS} different lines in one part")));
        }
    }
    Ok(block)
}

impl<'t> Frame<'t> {
    fn of(head: &Block<'t>, text: &'t str) -> Result<Frame<'t>, ForeignError> {
        let names: Vec<&str> = said(head, "feature_names")?.split_whitespace().collect();
        let infos: Vec<&str> = said(head, "feature_infos")?.split_whitespace().collect();
        if names.len() != infos.len() {
            return Err(unreadable("feature_names and feature_infos have different lengths"));
        }
        // Of a category the codes are listed, of a number the range: `-1:0:2`, `[0:29]`, `none` where it never varies.
        let by_infos =
            || (0..infos.len()).filter(|place| !infos[*place].starts_with('[') && infos[*place] != "none");
        let stated = text.lines().rev().find_map(|line| {
            let list = line.trim_end().strip_prefix("[categorical_feature: ")?.strip_suffix(']')?;
            list.split(',').filter(|place| !place.is_empty()).map(|place| place.parse().ok()).collect()
        });
        let places: Vec<usize> = stated.unwrap_or_else(|| by_infos().collect());
        Ok(Frame {
            names,
            categories: places.into_iter().enumerate().map(|(place, feature)| (feature, place)).collect(),
            levels: levels(text)?,
        })
    }

    /// The names of a feature's codes.
    fn levels_of(&self, feature: usize, name: &str) -> Result<Vec<String>, ForeignError> {
        let unnamed = |reason| ForeignError::Unnamed { feature: name.to_owned(), reason };
        if self.levels.len() != self.categories.len() {
            return Err(unnamed("foreign_unnamed.not_pandas"));
        }
        let place = self.categories.get(&feature).and_then(|place| self.levels.get(*place));
        place.cloned().flatten().ok_or_else(|| unnamed("foreign_unnamed.no_texts"))
    }
}

/// The line `pandas_categorical`, the last that there is.
fn levels(text: &str) -> Result<Vec<Option<Vec<String>>>, ForeignError> {
    let line = text.lines().rev().find_map(|line| line.strip_prefix("pandas_categorical:"));
    let Some(line) = line.map(str::trim).filter(|line| *line != "null") else { return Ok(Vec::new()) };
    let lists: Vec<Vec<serde_json::Value>> =
        serde_json::from_str(line).map_err(|error| unreadable(format!("pandas_categorical: {error}")))?;
    let texts = |list: Vec<serde_json::Value>| {
        list.into_iter().map(|value| value.as_str().map(str::to_owned)).collect::<Option<Vec<String>>>()
    };
    Ok(lists.into_iter().map(texts).collect())
}

fn tree(block: &Block<'_>, frame: &Frame<'_>, binding: &mut Binding<'_>) -> Result<Tree, ForeignError> {
    if block.get("is_linear").is_some_and(|is| is.trim() != "0") {
        return Err(unsupported("linear_tree"));
    }
    let leaves: usize = number(block, "num_leaves")?;
    if leaves > MOST_LEAVES {
        return Err(TreeError::TooMany { what: "leaves of a tree", n: leaves, most: MOST_LEAVES }.into());
    }
    let splits = leaves.checked_sub(1).ok_or_else(|| unreadable("a tree without leaves"))?;
    let features: Vec<usize> = list(block, "split_feature", splits)?;
    let thresholds: Vec<f64> = list(block, "threshold", splits)?;
    let decisions: Vec<u8> = list(block, "decision_type", splits)?;
    let mut tree = Tree {
        left: list(block, "left_child", splits)?,
        right: list(block, "right_child", splits)?,
        leaf: list(block, "leaf_value", leaves)?,
        // A tree of one leaf, and one that was made without training data, does not say them.
        gain: list::<f64>(block, "split_gain", splits).unwrap_or_else(|_| vec![0.0; splits]),
        cover: list(block, "leaf_count", leaves).unwrap_or_else(|_| vec![1.0; leaves]),
        ..Tree::default()
    };
    tree.gain.iter_mut().filter(|gain| !gain.is_finite()).for_each(|gain| *gain = 0.0);
    let sets = Sets::of(block)?;
    for ((feature, threshold), decision) in features.into_iter().zip(thresholds).zip(decisions) {
        let name = frame.names.get(feature).ok_or_else(|| unreadable("a split on a feature that there is not"))?;
        let (input, threshold, missing_left) = if decision & IS_CATEGORY == 0 {
            let missing_left = missing_goes_left(decision, threshold, name)?;
            (binding.number(name)?, threshold, missing_left)
        } else {
            let input = binding.category(name, || frame.levels_of(feature, name))?;
            let words = sets.words(threshold).ok_or_else(|| unreadable("a split on a set that there is not"))?;
            let has = |level: usize| words.get(level / 32).is_some_and(|word| word >> (level % 32) & 1 == 1);
            tree.sets.push(binding.set(input, has)?);
            (input, (tree.sets.len() - 1) as f64, false)
        };
        tree.input.push(input);
        tree.threshold.push(threshold);
        tree.missing_left.push(u8::from(missing_left));
    }
    Ok(tree)
}

/// Where a split on a number sends what is missing, if that can be kept.
fn missing_goes_left(decision: u8, threshold: f64, name: &str) -> Result<bool, ForeignError> {
    let default_left = decision & DEFAULT_LEFT != 0;
    match decision >> MISSING_SHIFT & 3 {
        0 => Ok(0.0 <= threshold),
        1 if default_left && threshold >= ZERO || !default_left && threshold < -ZERO => Ok(default_left),
        1 => Err(unsupported(format!("zero_as_missing ({name})"))),
        2 => Ok(default_left),
        _ => Err(unreadable("a missing type that there is not")),
    }
}

/// The sets of a tree: bits in words of 32.
struct Sets {
    bounds: Vec<usize>,
    words: Vec<u32>,
}

impl Sets {
    fn of(block: &Block<'_>) -> Result<Sets, ForeignError> {
        match number::<usize>(block, "num_cat")? {
            0 => Ok(Sets { bounds: Vec::new(), words: Vec::new() }),
            n => Ok(Sets {
                bounds: list(block, "cat_boundaries", n.saturating_add(1))?,
                words: numbers(block, "cat_threshold", MOST_WORDS)?,
            }),
        }
    }

    /// Those of the set at `place`, a whole number.
    fn words(&self, place: f64) -> Option<&[u32]> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
        let place = (place >= 0.0 && place < self.bounds.len() as f64 && place.fract() == 0.0)
            .then_some(place as usize)?;
        self.words.get(*self.bounds.get(place)?..*self.bounds.get(place + 1)?)
    }
}

fn said<'t>(block: &Block<'t>, key: &str) -> Result<&'t str, ForeignError> {
    block.get(key).copied().ok_or_else(|| unreadable(format!("there is no {key}")))
}

fn number<N: FromStr>(block: &Block<'_>, key: &str) -> Result<N, ForeignError> {
    parsed(said(block, key)?.trim())
}

fn parsed<N: FromStr>(text: &str) -> Result<N, ForeignError> {
    text.parse().map_err(|_| unreadable(format!("\"{}\" is no number that can stand there", super::shown(text))))
}

/// Exactly `n` numbers.
fn list<N: FromStr>(block: &Block<'_>, key: &str, n: usize) -> Result<Vec<N>, ForeignError> {
    let numbers: Vec<N> = numbers(block, key, n)?;
    if numbers.len() == n { Ok(numbers) } else { Err(unreadable(format!("{key} has not {n} numbers"))) }
}

/// At most `most` numbers.
fn numbers<N: FromStr>(block: &Block<'_>, key: &str, most: usize) -> Result<Vec<N>, ForeignError> {
    let mut words = said(block, key)?.split_whitespace();
    let numbers = words.by_ref().take(most).map(parsed).collect::<Result<_, _>>()?;
    match words.next() {
        None => Ok(numbers),
        Some(_) => Err(unreadable(format!("{key} has more than {most} numbers"))),
    }
}

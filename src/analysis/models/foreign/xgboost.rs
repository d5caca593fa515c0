//! XGBoost's JSON form.
//!
//! By its documentation and source (3.2): a number goes left where it is *below* the split's, a 32-bit float, which is the
//! next smaller one as our largest that goes left. A category goes right where it is listed. What is missing goes where
//! `default_left` says. The sum starts at `base_score`, which is a prediction: with a log link, its logarithm. A leaf's
//! value stands where a split has its number. The trees of `dart` are weighted. Every tree of the file counts, also those
//! after the best round.

use serde::Deserialize;

use crate::analysis::models::trees::{Branch, Link, MOST_LEAVES, MOST_TREES, Tree, TreeError};

use super::binding::Binding;
use super::{Bound, ForeignError, unreadable, unsupported};

/// Objectives whose predictions are the sum, and those whose predictions are `exp` of it.
const IDENTITY: [&str; 4] = ["reg:squarederror", "reg:absoluteerror", "reg:pseudohubererror", "reg:quantileerror"];
const LOG: [&str; 3] = ["reg:tweedie", "count:poisson", "reg:gamma"];
/// No node.
const NOWHERE: i32 = -1;
/// Nodes of a tree: splits, leaves, and deleted ones.
const MOST_NODES: usize = 1 << 20;

/// What says whether the rest can be read at all.
#[derive(Deserialize)]
struct Head {
    learner: HeadLearner,
}

#[derive(Deserialize)]
struct HeadLearner {
    objective: Named,
    learner_model_param: Param,
    gradient_booster: Named,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Param {
    base_score: String,
    #[serde(default)]
    num_class: String,
    #[serde(default)]
    num_target: String,
}

#[derive(Deserialize)]
struct Model {
    learner: Learner,
}

#[derive(Deserialize)]
struct Learner {
    #[serde(default)]
    feature_names: Vec<String>,
    gradient_booster: Booster,
}

#[derive(Deserialize)]
struct Booster {
    model: Option<Forest>,
    gbtree: Option<Dropped>,
    weight_drop: Option<Vec<f32>>,
}

#[derive(Deserialize)]
struct Dropped {
    model: Forest,
}

#[derive(Deserialize)]
struct Forest {
    trees: Vec<Nodes>,
    #[serde(default)]
    cats: Categories,
}

#[derive(Default, Deserialize)]
struct Categories {
    #[serde(default)]
    enc: Vec<Encoding>,
}

/// The names of a feature's codes, one after another as bytes; or numbers.
#[derive(Deserialize)]
struct Encoding {
    #[serde(default)]
    offsets: Vec<usize>,
    #[serde(default)]
    values: Vec<f32>,
}

#[derive(Deserialize)]
struct Nodes {
    left_children: Vec<i32>,
    right_children: Vec<i32>,
    split_indices: Vec<u32>,
    split_conditions: Vec<f32>,
    default_left: Vec<Flag>,
    #[serde(default)]
    split_type: Vec<u8>,
    #[serde(default)]
    sum_hessian: Vec<f32>,
    #[serde(default)]
    loss_changes: Vec<f32>,
    #[serde(default)]
    categories: Vec<u32>,
    #[serde(default)]
    categories_nodes: Vec<usize>,
    #[serde(default)]
    categories_segments: Vec<usize>,
    #[serde(default)]
    categories_sizes: Vec<usize>,
}

/// Older versions write truth values, newer ones numbers.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Flag {
    Truth(bool),
    Number(u8),
}

/// The objective, and the trees.
pub(super) fn read(text: &str, binding: &mut Binding<'_>) -> Result<(String, Bound), ForeignError> {
    let broken = |error: serde_json::Error| unreadable(error.to_string());
    let Head { learner: head } = serde_json::from_str(text).map_err(broken)?;
    let objective = head.objective.name;
    let link = match objective.as_str() {
        name if IDENTITY.contains(&name) => Link::Identity,
        name if LOG.contains(&name) => Link::Log,
        name => return Err(unsupported(format!("objective {name}"))),
    };
    if !["gbtree", "dart"].contains(&head.gradient_booster.name.as_str()) {
        return Err(unsupported(format!("booster {}", head.gradient_booster.name)));
    }
    let param = head.learner_model_param;
    for (name, count) in [("num_class", &param.num_class), ("num_target", &param.num_target)] {
        if !["", "0", "1"].contains(&count.as_str()) {
            return Err(unsupported(format!("{name} {count}")));
        }
    }
    let base = base(&param.base_score, link)?;
    let Model { learner } = serde_json::from_str(text).map_err(broken)?;
    let Booster { model, gbtree, weight_drop } = learner.gradient_booster;
    let forest = model.or(gbtree.map(|dropped| dropped.model)).ok_or_else(|| unreadable("there is no model"))?;
    if forest.trees.len() > MOST_TREES {
        return Err(TreeError::TooMany { what: "trees", n: forest.trees.len(), most: MOST_TREES }.into());
    }
    if weight_drop.as_ref().is_some_and(|weights| weights.len() != forest.trees.len()) {
        return Err(unreadable("there are not as many weights as trees"));
    }
    let mut trees = Vec::with_capacity(forest.trees.len());
    for (place, nodes) in forest.trees.iter().enumerate() {
        let reader = Reader { nodes, names: &learner.feature_names, categories: &forest.cats };
        let mut tree = reader.tree(binding).map_err(|error| match error {
            ForeignError::Unreadable { reason } => unreadable(format!("tree {}: {reason}", place + 1)),
            error => error,
        })?;
        if let Some(weight) = weight_drop.as_ref().and_then(|weights| weights.get(place)) {
            tree.leaf.iter_mut().for_each(|leaf| *leaf *= f64::from(*weight));
        }
        trees.push(tree);
    }
    Ok((objective, Bound { link, base, trees }))
}

/// `5E-1`, or since 3.1 `[5E-1]`.
fn base(score: &str, link: Link) -> Result<f64, ForeignError> {
    let bare = score.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(score);
    let score: f32 = bare.parse().map_err(|_| unreadable(format!("base_score {score}")))?;
    match link {
        Link::Identity => Ok(f64::from(score)),
        Link::Log if score > 0.0 => Ok(libm::log(f64::from(score))),
        Link::Log => Err(unreadable("the base_score of a log link is not above zero")),
    }
}

/// One tree and what it needs of the file.
struct Reader<'m> {
    nodes: &'m Nodes,
    names: &'m [String],
    categories: &'m Categories,
}

impl Reader<'_> {
    /// The tree with its splits in the order of a walk, parents first.
    fn tree(&self, binding: &mut Binding<'_>) -> Result<Tree, ForeignError> {
        let listed = self.listed()?;
        let mut tree = Tree::default();
        let mut seen = vec![false; self.nodes.left_children.len()];
        // What is to be visited: a node, and the split and side where it hangs.
        let mut rest = vec![(0_usize, None)];
        while let Some((node, hangs)) = rest.pop() {
            let seen = seen.get_mut(node).ok_or_else(|| unreadable("a branch leads nowhere"))?;
            if std::mem::replace(seen, true) {
                return Err(unreadable("two branches lead to one node"));
            }
            let is_leaf = self.nodes.left_children[node] == NOWHERE;
            let branch = if is_leaf {
                tree.leaf.push(f64::from(self.nodes.split_conditions[node]));
                tree.cover.push(self.nodes.sum_hessian.get(node).copied().map_or(1.0, f64::from));
                Branch::Leaf(tree.leaf.len() - 1)
            } else {
                self.split(node, listed[node], &mut tree, binding)?;
                let split = tree.input.len() - 1;
                for (is_left, child) in
                    [(false, self.nodes.right_children[node]), (true, self.nodes.left_children[node])]
                {
                    let child = usize::try_from(child).map_err(|_| unreadable("a branch leads nowhere"))?;
                    rest.push((child, Some((split, is_left))));
                }
                Branch::Split(split)
            };
            if tree.leaf.len() > MOST_LEAVES {
                return Err(TreeError::TooMany {
                    what: "leaves of a tree",
                    n: tree.leaf.len(),
                    most: MOST_LEAVES,
                }
                .into());
            }
            if let Some((split, is_left)) = hangs {
                let side = if is_left { &mut tree.left } else { &mut tree.right };
                side[split] = branch.kept();
            }
        }
        Ok(tree)
    }

    /// Adds the split of `node`, whose branches are not known yet.
    fn split(
        &self,
        node: usize,
        listed: Option<&[u32]>,
        tree: &mut Tree,
        binding: &mut Binding<'_>,
    ) -> Result<(), ForeignError> {
        let feature = self.nodes.split_indices[node] as usize;
        let name = self.names.get(feature).ok_or_else(|| unreadable("a split on a feature without a name"))?;
        let missing_left = match self.nodes.default_left[node] {
            Flag::Truth(is) => is,
            Flag::Number(number) => number != 0,
        };
        let (input, threshold) = match listed {
            None => {
                let threshold = self.nodes.split_conditions[node].next_down();
                (binding.number(name)?, f64::from(threshold))
            }
            Some(listed) => {
                let input = binding.category(name, || self.levels(feature, name))?;
                tree.sets.push(binding.set(input, |level| {
                    !u32::try_from(level).is_ok_and(|level| listed.binary_search(&level).is_ok())
                })?);
                (input, (tree.sets.len() - 1) as f64)
            }
        };
        tree.input.push(input);
        tree.threshold.push(threshold);
        tree.missing_left.push(u8::from(missing_left));
        let gain = self.nodes.loss_changes.get(node).copied().filter(|gain| gain.is_finite());
        tree.gain.push(gain.map_or(0.0, f64::from));
        tree.left.push(0);
        tree.right.push(0);
        Ok(())
    }

    /// Of each node that splits a category, the codes that go right, in their order.
    fn listed(&self) -> Result<Vec<Option<&[u32]>>, ForeignError> {
        let nodes = self.nodes;
        let n = nodes.left_children.len();
        if n > MOST_NODES {
            return Err(TreeError::TooMany { what: "nodes of a tree", n, most: MOST_NODES }.into());
        }
        let lengths = [
            nodes.right_children.len(),
            nodes.split_indices.len(),
            nodes.split_conditions.len(),
            nodes.default_left.len(),
        ];
        if lengths.iter().any(|length| *length != n) {
            // Leaves that are lists of numbers are written side by side.
            return Err(unreadable("the columns of its nodes have different lengths"));
        }
        let mut listed = vec![None; n];
        let segments = nodes.categories_segments.iter().zip(&nodes.categories_sizes);
        for (node, (first, size)) in nodes.categories_nodes.iter().zip(segments) {
            let codes = first.checked_add(*size).and_then(|end| nodes.categories.get(*first..end));
            let codes = codes.filter(|codes| codes.is_sorted());
            let codes = codes.ok_or_else(|| unreadable("a set that there is not"))?;
            *listed.get_mut(*node).ok_or_else(|| unreadable("a set without a node"))? = Some(codes);
        }
        let says_category = |node: usize| nodes.split_type.get(node).is_some_and(|split| *split != 0);
        if (0..n).any(|node| says_category(node) != listed[node].is_some()) {
            return Err(unreadable("a split on a category without its set"));
        }
        Ok(listed)
    }

    /// The names of a feature's codes.
    fn levels(&self, feature: usize, name: &str) -> Result<Vec<String>, ForeignError> {
        let unnamed = |reason| ForeignError::Unnamed { feature: name.to_owned(), reason };
        let encoding = self.categories.enc.get(feature).filter(|encoding| !encoding.values.is_empty());
        let encoding = encoding.ok_or_else(|| unnamed("foreign_unnamed.no_frame"))?;
        if encoding.offsets.len() < 2 {
            return Err(unnamed("foreign_unnamed.no_texts"));
        }
        // XGBoost 3.2 counts other letters as one byte each and cuts the names off, which cannot always be noticed.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
        let letter = |number: &f32| (0.0..128.0).contains(number).then_some(*number as u8);
        let bytes: Option<Vec<u8>> = encoding.values.iter().map(letter).collect();
        let bytes = bytes.ok_or_else(|| unnamed("foreign_unnamed.cut"))?;
        let text = |bounds: &[usize]| {
            let [first, end] = *bounds else { return None };
            String::from_utf8(bytes.get(first..end)?.to_vec()).ok()
        };
        let names: Option<Vec<String>> = encoding.offsets.windows(2).map(text).collect();
        let is_whole = encoding.offsets.last() == Some(&bytes.len());
        names.filter(|_| is_whole).ok_or_else(|| unnamed("foreign_unnamed.cut"))
    }
}

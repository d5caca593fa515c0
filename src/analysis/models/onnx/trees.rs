//! Trees: one `TreeEnsembleRegressor` of 64-bit numbers.
//!
//! A split on a number is one node (`BRANCH_LEQ`; NaN goes left where the split says so). A split on a set of names is a
//! chain of `BRANCH_EQ` nodes on the name's place, all of which lead to the same subtree: the shorter of the places that go
//! left and of those that go right. Runtimes read such chains as tests of membership.

use crate::analysis::models::Trees;
use crate::analysis::models::trees::{Branch, Document, Link, Tree};

use super::OnnxError;
use super::graph::{Graph, ML, Wire, int, ints, long, numbers, string, strings};
use super::proto::DataType;

/// Nodes and leaves that are written.
const MOST_NODES: usize = 16_000_000;
/// A place that no name has.
const NOWHERE: f64 = -1.0;

/// The sum of the leaves, or `exp` of it, within the model's bounds.
pub(super) fn minutes(model: &Trees, graph: &mut Graph<'_>) -> Result<Wire, OnnxError> {
    let document = model.document();
    let mut columns = Vec::with_capacity(document.inputs.len());
    for input in &document.inputs {
        columns.push(match &input.levels {
            None => graph.number(&input.feature)?,
            Some(levels) => {
                let levels: Vec<&str> = levels.iter().map(String::as_str).collect();
                let names = graph.names(&input.feature, &levels)?;
                // Splits treat no name as they do a name that they never saw.
                let unseen = graph.longs(&[1, 1], &[names.unseen]);
                let code = graph.apply("Min", &[&names.codes, &unseen]);
                graph.cast(&code, DataType::Double)
            }
        });
    }
    let inputs = graph.beside(&columns);
    let attributes = Ensemble::of(document)?.attributes(document.base);
    let sum = graph.node(ML, "TreeEnsembleRegressor", &[&inputs], attributes);
    let sum = graph.cast(&sum, DataType::Double);
    let minutes = match document.link {
        Link::Identity => sum,
        Link::Log => graph.apply("Exp", &[&sum]),
    };
    Ok(graph.clipped(&minutes, 0.0, document.longest.get()))
}

/// The attributes of the operator, a place a node.
#[derive(Default)]
struct Ensemble {
    tree: Vec<i64>,
    node: Vec<i64>,
    feature: Vec<i64>,
    mode: Vec<Vec<u8>>,
    value: Vec<f64>,
    when_true: Vec<i64>,
    when_false: Vec<i64>,
    missing_is_true: Vec<i64>,
    leaf_tree: Vec<i64>,
    leaf_node: Vec<i64>,
    leaf: Vec<f64>,
}

/// The nodes of one split.
enum Chain {
    /// `number ≤ threshold`.
    UpTo(f64),
    /// The place is one of these; to the left where it is, or to the right.
    In { places: Vec<f64>, is_left: bool },
}

impl Chain {
    fn of(tree: &Tree, split: usize, document: &Document) -> Chain {
        let levels = document.inputs.get(usize::from(tree.input[split])).and_then(|input| input.levels.as_ref());
        let Some(levels) = levels else { return Chain::UpTo(tree.threshold[split]) };
        let set = tree.set_of(split).and_then(|set| tree.sets.get(set)).map_or(&[][..], Vec::as_slice);
        // What was never seen has the place after the last.
        let mut goes_left = vec![false; levels.len()];
        set.iter().for_each(|level| goes_left[usize::from(*level)] = true);
        goes_left.push(tree.missing_left[split] == 1);
        let places = |left: bool| -> Vec<f64> {
            let on = goes_left.iter().enumerate().filter(|(_, goes_left)| **goes_left == left);
            on.map(|(place, _)| place as f64).collect()
        };
        let [left, right] = [true, false].map(places);
        let is_left = left.len() <= right.len();
        let mut places = if is_left { left } else { right };
        if places.is_empty() {
            places.push(NOWHERE);
        }
        Chain::In { places, is_left }
    }

    fn len(&self) -> usize {
        match self {
            Chain::UpTo(_) => 1,
            Chain::In { places, .. } => places.len(),
        }
    }
}

impl Ensemble {
    fn of(document: &Document) -> Result<Ensemble, OnnxError> {
        let mut ensemble = Ensemble::default();
        for (place, tree) in document.trees.iter().enumerate() {
            ensemble.add(long(place), tree, document);
            if ensemble.node.len() > MOST_NODES {
                let n = ensemble.node.len();
                return Err(OnnxError::TooLarge { what: "nodes of trees", n, most: MOST_NODES });
            }
        }
        Ok(ensemble)
    }

    fn add(&mut self, place: i64, tree: &Tree, document: &Document) {
        let chains: Vec<Chain> = (0..tree.input.len()).map(|split| Chain::of(tree, split, document)).collect();
        // The first node of each split; leaves come after all of them.
        let mut first = Vec::with_capacity(chains.len());
        let mut nodes = 0;
        for chain in &chains {
            first.push(nodes);
            nodes += chain.len();
        }
        let id = |branch: Branch| match branch {
            Branch::Split(split) => long(first[split]),
            Branch::Leaf(leaf) => long(nodes + leaf),
        };
        for (split, chain) in chains.iter().enumerate() {
            let [left, right] = tree.branches(split).map(id);
            let (feature, at) = (i64::from(tree.input[split]), long(first[split]));
            match chain {
                Chain::UpTo(threshold) => {
                    let missing = i64::from(tree.missing_left[split]);
                    self.node(place, at, feature, "BRANCH_LEQ", *threshold, [left, right], missing);
                }
                Chain::In { places, is_left } => {
                    let [found, not_found] = if *is_left { [left, right] } else { [right, left] };
                    for (step, of) in places.iter().enumerate() {
                        let is_last = step + 1 == places.len();
                        let next = if is_last { not_found } else { at + long(step) + 1 };
                        self.node(place, at + long(step), feature, "BRANCH_EQ", *of, [found, next], 0);
                    }
                }
            }
        }
        for (leaf, value) in tree.leaf.iter().enumerate() {
            self.node(place, long(nodes + leaf), 0, "LEAF", 0.0, [0, 0], 0);
            self.leaf_tree.push(place);
            self.leaf_node.push(long(nodes + leaf));
            self.leaf.push(*value);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the columns of one node")]
    fn node(&mut self, tree: i64, id: i64, feature: i64, mode: &str, value: f64, next: [i64; 2], missing: i64) {
        self.tree.push(tree);
        self.node.push(id);
        self.feature.push(feature);
        self.mode.push(mode.as_bytes().to_vec());
        self.value.push(value);
        self.when_true.push(next[0]);
        self.when_false.push(next[1]);
        self.missing_is_true.push(missing);
    }

    fn attributes(self, base: f64) -> Vec<super::proto::AttributeProto> {
        vec![
            string("aggregate_function", "SUM"),
            numbers("base_values_as_tensor", &[base]),
            int("n_targets", 1),
            ints("nodes_falsenodeids", self.when_false),
            ints("nodes_featureids", self.feature),
            ints("nodes_missing_value_tracks_true", self.missing_is_true),
            strings("nodes_modes", self.mode),
            ints("nodes_nodeids", self.node),
            ints("nodes_treeids", self.tree),
            ints("nodes_truenodeids", self.when_true),
            numbers("nodes_values_as_tensor", &self.value),
            string("post_transform", "NONE"),
            ints("target_ids", vec![0; self.leaf.len()]),
            ints("target_nodeids", self.leaf_node),
            ints("target_treeids", self.leaf_tree),
            numbers("target_weights_as_tensor", &self.leaf),
        ]
    }
}

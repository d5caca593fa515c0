//! `TreeEnsembleRegressor` of `ai.onnx.ml` 3: one sum of leaves a row.

use std::collections::HashMap;

use super::super::proto::NodeProto;
use super::operators::attribute;
use super::tensor::Tensor;
use super::{RunError, single};

/// A node as the attributes describe it.
struct Node {
    mode: Mode,
    feature: usize,
    value: f64,
    when_true: usize,
    when_false: usize,
    missing_is_true: bool,
}

enum Mode {
    UpTo,
    Equal,
    /// With its weight.
    Leaf(f64),
}

/// The sum of `base_values` and of the leaf that each tree leads to, as a 32-bit float.
pub(super) fn run(node: &NodeProto, inputs: &Tensor) -> Result<Tensor, RunError> {
    let shapes = || RunError::Shapes { operator: node.op_type().to_owned() };
    let (nodes, roots, base) = read(node).ok_or_else(shapes)?;
    let ([rows, width], Some(numbers)) = (inputs.shape.as_slice(), inputs.as_numbers()) else {
        return Err(shapes());
    };
    let of_row = |row: usize| {
        let row = numbers.get(row * width..(row + 1) * width)?;
        let leaves = roots.iter().map(|root| leaf(&nodes, *root, row));
        let sum = leaves.sum::<Option<f64>>()?;
        Some(f64::from(single(base + sum)))
    };
    let sums = (0..*rows).map(of_row).collect::<Option<Vec<f64>>>().ok_or_else(shapes)?;
    Ok(Tensor::numbers(vec![*rows, 1], sums))
}

fn leaf(nodes: &[Node], root: usize, row: &[f64]) -> Option<f64> {
    let mut at = root;
    // As many steps as there are nodes: what takes longer goes round in a circle.
    for _ in 0..=nodes.len() {
        let node = nodes.get(at)?;
        let is_true = match node.mode {
            Mode::Leaf(weight) => return Some(weight),
            Mode::UpTo => {
                let number = *row.get(node.feature)?;
                number <= node.value || number.is_nan() && node.missing_is_true
            }
            Mode::Equal => {
                let number = *row.get(node.feature)?;
                number == node.value || number.is_nan() && node.missing_is_true
            }
        };
        at = if is_true { node.when_true } else { node.when_false };
    }
    None
}

/// The nodes, the places of the roots, and what every sum begins with.
fn read(node: &NodeProto) -> Option<(Vec<Node>, Vec<usize>, f64)> {
    let ints = |name: &str| Some(&attribute(node, name)?.ints);
    let numbers = |name: &str| Tensor::of(attribute(node, name)?.t.as_ref()?).ok()?.into_numbers();
    let says = |name: &str, word: &str| {
        attribute(node, name).and_then(|attribute| attribute.s.as_deref()) == Some(word.as_bytes())
    };
    let targets = ints("target_ids")?;
    if !says("aggregate_function", "SUM")
        || !says("post_transform", "NONE")
        || attribute(node, "n_targets")?.i != Some(1)
        || targets.iter().any(|target| *target != 0)
    {
        return None;
    }
    let (trees, ids) = (ints("nodes_treeids")?, ints("nodes_nodeids")?);
    let places: HashMap<(i64, i64), usize> = trees.iter().copied().zip(ids.iter().copied()).zip(0..).collect();
    let (leaf_trees, leaf_ids) = (ints("target_treeids")?, ints("target_nodeids")?);
    let weights = numbers("target_weights_as_tensor")?;
    if trees.len() != ids.len() || leaf_trees.len() != weights.len() || leaf_ids.len() != weights.len() {
        return None;
    }
    let leaves: HashMap<(i64, i64), f64> =
        leaf_trees.iter().copied().zip(leaf_ids.iter().copied()).zip(weights).collect();
    let (features, values) = (ints("nodes_featureids")?, numbers("nodes_values_as_tensor")?);
    let (when_true, when_false) = (ints("nodes_truenodeids")?, ints("nodes_falsenodeids")?);
    let missing = ints("nodes_missing_value_tracks_true")?;
    let modes = &attribute(node, "nodes_modes")?.strings;
    let mut nodes = Vec::with_capacity(ids.len());
    for (place, mode) in modes.iter().enumerate() {
        let (tree, id) = (*trees.get(place)?, *ids.get(place)?);
        let next = |to: &[i64]| places.get(&(tree, *to.get(place)?)).copied();
        let mode = match mode.as_slice() {
            b"BRANCH_LEQ" => Mode::UpTo,
            b"BRANCH_EQ" => Mode::Equal,
            b"LEAF" => Mode::Leaf(*leaves.get(&(tree, id))?),
            _ => return None,
        };
        let is_leaf = matches!(mode, Mode::Leaf(_));
        nodes.push(Node {
            mode,
            feature: usize::try_from(*features.get(place)?).ok()?,
            value: *values.get(place)?,
            when_true: if is_leaf { 0 } else { next(when_true)? },
            when_false: if is_leaf { 0 } else { next(when_false)? },
            missing_is_true: *missing.get(place)? == 1,
        });
    }
    if nodes.len() != ids.len() {
        return None;
    }
    // A tree begins with its first node.
    let mut roots = Vec::new();
    let mut before = None;
    for (place, tree) in trees.iter().enumerate() {
        if before != Some(tree) {
            roots.push(place);
            before = Some(tree);
        }
    }
    let base = numbers("base_values_as_tensor")?.first().copied()?;
    Some((nodes, roots, base))
}

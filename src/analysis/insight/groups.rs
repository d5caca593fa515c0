//! Features that say the same: groups by hierarchical clustering of how strongly each goes with each.
//!
//! Similarity of two features, 0–1: |Spearman's ρ| of two numbers over the visits where both are known; √η² of the ranks of
//! a number among the names of a category; Cramér's V of two categories (Cramér 1946). Clusters are joined by *average
//! linkage* (UPGMA, Sokal and Michener 1958: the similarity of two clusters is the mean over their pairs, as
//! `scipy.cluster.hierarchy.linkage(method="average")` on 1 − similarity) for as long as that is at least [`GROUPED_FROM`].

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::analysis::features::{Column, FeatureTable, Value};
use crate::base::statistics::rank::{eta_squared, spearman};
use crate::base::{Cancelled, Task};

/// Clusters that are this similar on average are one group.
pub const GROUPED_FROM: f64 = 0.8;
/// Pairs of known values below which two features count as not alike.
const FEWEST_PAIRS: usize = 30;

/// Features that are taken together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeatureGroup {
    /// Their ids, in the order in which they were given.
    pub features: Vec<String>,
    /// The smallest similarity of any two of them, 0–1; 1 for a feature alone.
    pub least_similar: f64,
}

/// The groups of the features `ids`, over the rows of `table`; each feature is in exactly one, and groups stand in the
/// order of their first features.
///
/// # Errors
/// [`Cancelled`] where `task` was.
pub fn groups(ids: &[&str], table: &FeatureTable, task: &Task) -> Result<Vec<FeatureGroup>, Cancelled> {
    let columns: Vec<Option<&Column>> = ids.iter().map(|id| table.column(id)).collect();
    let n = ids.len();
    let mut similar = vec![vec![1.0; n]; n];
    for a in 0..n {
        task.report("stage.grouping", a as u64, n as u64)?;
        for b in a + 1..n {
            let both = columns[a].zip(columns[b]);
            let one = both.map_or(0.0, |(a, b)| similarity(a, b));
            similar[a][b] = one;
            similar[b][a] = one;
        }
    }
    let name = |members: Vec<usize>| FeatureGroup {
        least_similar: pairs(&members, &members).map(|(a, b)| similar[a][b]).fold(1.0, f64::min),
        features: members.iter().filter_map(|member| ids.get(*member)).map(|id| (*id).to_owned()).collect(),
    };
    Ok(clusters(&similar, GROUPED_FROM).into_iter().map(name).collect())
}

/// The clusters of what is `similar` to what, joined for as long as two are as alike as `from`; members ascend, and
/// clusters stand in the order of their first members.
pub(super) fn clusters(similar: &[Vec<f64>], from: f64) -> Vec<Vec<usize>> {
    let mut clusters: Vec<Vec<usize>> = (0..similar.len()).map(|one| vec![one]).collect();
    while let Some((a, b)) = closest(&clusters, similar, from) {
        let joined = clusters.remove(b);
        clusters[a].extend(joined);
        clusters[a].sort_unstable();
    }
    clusters.sort();
    clusters
}

/// The two clusters that are most alike, where they are at least `from`; the first two where several are.
fn closest(clusters: &[Vec<usize>], similar: &[Vec<f64>], from: f64) -> Option<(usize, usize)> {
    let mut best = None;
    let mut most = from;
    for b in 1..clusters.len() {
        for a in 0..b {
            let sum: f64 = pairs(&clusters[a], &clusters[b]).map(|(a, b)| similar[a][b]).sum();
            let mean = sum / (clusters[a].len() * clusters[b].len()) as f64;
            if mean > most || best.is_none() && mean >= most {
                (best, most) = (Some((a, b)), mean);
            }
        }
    }
    best
}

fn pairs<'a>(a: &'a [usize], b: &'a [usize]) -> impl Iterator<Item = (usize, usize)> + 'a {
    a.iter().flat_map(move |a| b.iter().map(move |b| (*a, *b)))
}

/// How alike two columns are, 0–1.
fn similarity(a: &Column, b: &Column) -> f64 {
    let (mut numbers, mut names) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
    let (mut mixed_names, mut mixed_numbers) = (Vec::new(), Vec::new());
    for row in 0..a.len() {
        match (a.value(row), b.value(row)) {
            (Value::Number(x), Value::Number(y)) => {
                numbers.0.push(x);
                numbers.1.push(y);
            }
            (Value::Category(x), Value::Category(y)) => {
                names.0.push(x);
                names.1.push(y);
            }
            (Value::Category(name), Value::Number(number)) | (Value::Number(number), Value::Category(name)) => {
                mixed_names.push(name);
                mixed_numbers.push(number);
            }
            _ => {}
        }
    }
    if numbers.0.len().max(names.0.len()).max(mixed_names.len()) < FEWEST_PAIRS {
        return 0.0;
    }
    if !numbers.0.is_empty() {
        spearman(&numbers.0, &numbers.1).unwrap_or_default().abs()
    } else if !names.0.is_empty() {
        cramers_v(&names.0, &names.1)
    } else {
        eta_squared(&codes(&mixed_names), &mixed_numbers).unwrap_or_default().sqrt()
    }
}

/// A number for each name.
fn codes(names: &[&str]) -> Vec<u32> {
    let distinct: BTreeSet<&str> = names.iter().copied().collect();
    let number: BTreeMap<&str, u32> = distinct.into_iter().zip(0..).collect();
    names.iter().filter_map(|name| number.get(name).copied()).collect()
}

/// `√(χ² / (n (min(r, c) − 1)))`, 0 where either has one name only.
pub(super) fn cramers_v(a: &[&str], b: &[&str]) -> f64 {
    let mut cells = BTreeMap::<(&str, &str), f64>::new();
    let (mut rows, mut columns) = (BTreeMap::<&str, f64>::new(), BTreeMap::<&str, f64>::new());
    for (a, b) in a.iter().zip(b) {
        *cells.entry((a, b)).or_default() += 1.0;
        *rows.entry(a).or_default() += 1.0;
        *columns.entry(b).or_default() += 1.0;
    }
    let smaller = rows.len().min(columns.len());
    if smaller < 2 {
        return 0.0;
    }
    // χ²/n = Σ O² / (R C) − 1, in which empty cells have no part.
    let sum: f64 = cells.iter().map(|((a, b), o)| o * o / (rows[a] * columns[b])).sum();
    ((sum - 1.0).max(0.0) / (smaller - 1) as f64).sqrt().min(1.0)
}

//! Which features the splits gained most by.

use super::Document;

/// The share of each feature in the gains of all splits, the largest first.
pub(super) fn gain_shares(document: &Document) -> Vec<(&str, f64)> {
    let mut gains = vec![0.0; document.inputs.len()];
    for tree in &document.trees {
        for (input, gain) in tree.input.iter().zip(&tree.gain) {
            gains[usize::from(*input)] += gain.max(0.0);
        }
    }
    let total: f64 = gains.iter().sum();
    if total <= 0.0 {
        return Vec::new();
    }
    let ids = document.inputs.iter().map(|input| input.feature.as_str());
    let mut shares: Vec<(&str, f64)> = ids.zip(gains).map(|(id, gain)| (id, gain / total)).collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    shares
}

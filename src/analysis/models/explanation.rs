//! Why a model predicts what it predicts for one visit: a sum of minutes, feature by feature.
//!
//! Three ways, by what the model is, all of them *Shapley values* of the model's features and so exact sums: trees
//! ([`super::trees`]) follow both branches of what is not known; linear models add coefficient times deviation from the
//! mean of the training visits; models of a few features ([`by_leaving_out`]) are asked with every set of them missing.

use crate::analysis::features::Value;
use crate::base::Minutes;

use super::Scalar;

/// A prediction as a sum: `base_minutes + Σ contributions + limited_minutes`.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// What is predicted when nothing is known of the visit.
    pub base_minutes: f64,
    /// What each feature of the model adds, in the order of its contract.
    pub contributions: Vec<Contribution>,
    /// What was taken off, or added, so that the prediction is neither negative nor longer than anything learned from.
    pub limited_minutes: f64,
    /// The prediction.
    pub predicted: Minutes,
}

/// What a feature adds to a prediction.
#[derive(Clone, Debug, PartialEq)]
pub struct Contribution {
    /// The feature's id.
    pub feature: String,
    /// Its value; absent where it is missing.
    pub value: Option<Scalar>,
    /// How many minutes longer the prediction is because of it.
    pub minutes: f64,
}

/// Features beyond which [`by_leaving_out`] would ask too often.
const MOST_LEFT_OUT: usize = 10;

impl Contribution {
    pub(super) fn new(feature: &str, value: Value<'_>, minutes: f64) -> Contribution {
        Contribution { feature: feature.to_owned(), value: Scalar::of(value), minutes }
    }
}

impl Explanation {
    /// Of a model that predicts the same for everybody.
    pub(super) fn of_constant(predicted: Minutes) -> Explanation {
        Explanation { base_minutes: predicted.get(), contributions: Vec::new(), limited_minutes: 0.0, predicted }
    }

    /// What the parts add up to; the prediction but for rounding.
    #[must_use]
    pub fn sum_minutes(&self) -> f64 {
        let contributions: f64 = self.contributions.iter().map(|contribution| contribution.minutes).sum();
        self.base_minutes + contributions + self.limited_minutes
    }

    /// The contributions, the largest in either direction first.
    #[must_use]
    pub fn by_size(&self) -> Vec<&Contribution> {
        let mut sorted: Vec<&Contribution> = self.contributions.iter().collect();
        sorted.sort_by(|a, b| b.minutes.abs().total_cmp(&a.minutes.abs()));
        sorted
    }
}

/// A model of a few features: the wait that it predicts from the values that it is given.
type Ask<'a, 'v> = dyn Fn(&dyn Fn(&str) -> Value<'v>) -> Minutes + 'a;

/// The explanation of a model of a few features that answers whatever is missing: the Shapley values of the game in which
/// the features outside of a set are missing (Shapley 1953; with n features, the model is asked 2^n times).
pub(super) fn by_leaving_out<'v>(
    features: &[&str],
    value: &dyn Fn(&str) -> Value<'v>,
    predict: &Ask<'_, 'v>,
) -> Explanation {
    let features = &features[..features.len().min(MOST_LEFT_OUT)];
    let n = features.len();
    let with = |set: usize| {
        let known = |id: &str| match features.iter().position(|feature| *feature == id) {
            Some(place) if set >> place & 1 == 1 => value(id),
            _ => Value::Missing,
        };
        predict(&known).get()
    };
    let predictions: Vec<f64> = (0..1_usize << n).map(with).collect();
    let contributions = features.iter().enumerate().map(|(place, feature)| {
        let minutes = (0..predictions.len())
            .filter(|set| set >> place & 1 == 0)
            .map(|set| share(n, set.count_ones()) * (predictions[set | 1 << place] - predictions[set]))
            .sum();
        Contribution::new(feature, value(feature), minutes)
    });
    let predicted = predictions.last().copied().and_then(Minutes::new).unwrap_or(Minutes::ZERO);
    Explanation {
        base_minutes: predictions.first().copied().unwrap_or_default(),
        contributions: contributions.collect(),
        limited_minutes: 0.0,
        predicted,
    }
}

/// `|S|! (n − |S| − 1)! / n!`, the share of the orders in which exactly the features of S come before another one.
fn share(n: usize, size: u32) -> f64 {
    let size = size as usize;
    let binomial = (0..size).fold(1.0, |product, at| product * (n - 1 - at) as f64 / (at + 1) as f64);
    1.0 / (n as f64 * binomial)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_shared_among_those_who_make_it() {
        // One minute for a, two for b where a is known, too; c does nothing.
        let predict = |value: &dyn Fn(&str) -> Value<'static>| {
            let [a, b] = ["a", "b"].map(|id| value(id) != Value::Missing);
            Minutes::new(5.0 + f64::from(u8::from(a)) + 2.0 * f64::from(u8::from(a && b))).unwrap()
        };
        let value = |id: &str| if id == "c" { Value::Category("x") } else { Value::Number(1.0) };
        let explanation = by_leaving_out(&["a", "b", "c"], &value, &predict);
        let minutes: Vec<f64> = explanation.contributions.iter().map(|one| one.minutes).collect();
        assert!(minutes.iter().zip([2.0, 1.0, 0.0]).all(|(a, b)| (a - b).abs() < 1e-12), "{minutes:?}");
        assert_eq!((explanation.base_minutes, explanation.predicted.get()), (5.0, 8.0));
        assert!((explanation.sum_minutes() - 8.0).abs() < 1e-12);
        assert_eq!(explanation.by_size()[0].feature, "a");
        // What is missing contributes nothing.
        let unknown = by_leaving_out(&["a", "b", "c"], &|_| Value::Missing, &predict);
        assert!(unknown.contributions.iter().all(|one| one.minutes == 0.0 && one.value.is_none()));
    }
}

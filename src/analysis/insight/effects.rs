//! How a prediction moves with one feature: partial dependence, single visits, and accumulated local effects.
//!
//! For a number x_j, with edges z_0 < z_1 < … < z_K (z_0 is the smallest value, z_k the k/K quantile, type 1 of Hyndman and
//! Fan, so that every edge is a value that occurs; edges that fall together are one), all in minutes of predicted wait:
//!
//! - **Partial dependence** (Friedman 2001): `PD(z) = 1/n Σ_i f(z, x_i without j)`. It asks for visits that may not exist
//!   where features go together.
//! - **ICE** (Goldstein et al. 2015): the single terms `f(z, x_i without j)` of some visits; where these lines cross, the
//!   feature interacts with another.
//! - **ALE** (Apley and Zhu 2020, JRSS B 82:1059): with `N_k` the visits in (z_{k−1}, z_k] (the first one closed),
//!   `g(z_k) = Σ_{m ≤ k} 1/|N_m| Σ_{i ∈ N_m} [f(z_m, x_i without j) − f(z_{m−1}, x_i without j)]`, `g(z_0) = 0`, and
//!   `ALE(z_k) = g(z_k) − 1/n Σ_m |N_m| (g(z_{m−1}) + g(z_m)) / 2`: centred at zero over the visits, as the authors' own
//!   `ALEPlot` does it. It only asks for visits close to those that exist.
//!
//! Categories have partial dependence only: ALE is a sum of differences between neighbours, and names have none. Visits at
//! which the feature is missing have no part in ALE; their number is said.

use serde::{Deserialize, Serialize};

use crate::analysis::features::{Column, FeatureTable, Value};
use crate::base::{Cancelled, Task};

use super::sample::sample;
use super::{Ask, InsightError, enough, quietly};

/// How much work is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EffectSettings {
    /// Visits, at most.
    pub most_visits: usize,
    /// Bins of a number, at most, and names of a category.
    pub bins: usize,
    /// Single visits that are drawn, at most.
    pub lines: usize,
    /// What the sample follows from.
    pub seed: u64,
}

impl EffectSettings {
    /// 1,000 visits, 20 bins, 40 lines.
    #[must_use]
    pub const fn seeded(seed: u64) -> EffectSettings {
        EffectSettings { most_visits: 1_000, bins: 20, lines: 40, seed }
    }
}

/// How the predictions of a model move with a feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Effects {
    /// The feature's id.
    pub feature: String,
    /// Visits that were looked at.
    pub n: u64,
    /// Visits that they are a sample of.
    pub of: u64,
    /// Visits among `n` at which it is missing.
    pub missing: u64,
    /// What is predicted for them as they are, minutes: the mean.
    pub mean_predicted: f64,
    /// The seed.
    pub seed: u64,
    /// The effect.
    pub effect: Effect,
}

/// The effect of a feature, by its kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Effect {
    /// Of a number.
    Number(NumberEffect),
    /// Of a category.
    Category(CategoryEffect),
}

/// The effect of a number, at its edges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumberEffect {
    /// The edges z_0 … z_K, in the unit of the feature.
    pub at: Vec<f64>,
    /// Partial dependence at each, minutes.
    pub partial_dependence: Vec<f64>,
    /// Accumulated local effect at each, minutes; 0 is the mean over the visits.
    pub ale: Vec<f64>,
    /// Visits in each of the K bins between edges.
    pub bin_n: Vec<u64>,
    /// What is predicted for single visits at each edge, minutes.
    pub ice: Vec<Vec<f64>>,
}

/// The effect of a category, the most frequent names first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CategoryEffect {
    /// The names.
    pub names: Vec<String>,
    /// Visits of each.
    pub name_n: Vec<u64>,
    /// Partial dependence at each, minutes.
    pub partial_dependence: Vec<f64>,
    /// What is predicted for single visits at each name, minutes.
    pub ice: Vec<Vec<f64>>,
    /// Names that were left out, since there are more frequent ones.
    pub names_left_out: u64,
}

/// How the predictions of `ask`, which uses the features `ids`, move with `feature`, on visits with these `features`.
///
/// # Errors
/// [`InsightError`].
pub fn effects(
    ask: &Ask<'_>,
    ids: &[&str],
    feature: &str,
    features: &FeatureTable,
    settings: EffectSettings,
    task: &Task,
) -> Result<Effects, InsightError> {
    let not_used = || InsightError::NotUsed { feature: feature.to_owned(), known: ids.join(", ") };
    if !ids.contains(&feature) {
        return Err(not_used());
    }
    enough(features.len())?;
    let table = features.take(&sample(features.len(), settings.most_visits, settings.seed));
    let column = table.column(feature).ok_or_else(not_used)?;
    let moving = Moving { ask, feature, table: &table, column, task };
    let effect = match column {
        Column::Categories { names, .. } => Effect::Category(moving.category(names, settings)?),
        Column::Whole(_) | Column::Real(_) => {
            let mut known: Vec<f64> = column.numbers().collect();
            known.sort_unstable_by(f64::total_cmp);
            let edges = edges(&known, settings.bins);
            if edges.len() < 2 {
                return Err(InsightError::DoesNotVary { feature: feature.to_owned(), n: known.len() });
            }
            Effect::Number(moving.number(edges, settings.lines)?)
        }
    };
    let predicted = quietly(ask, &table, task)?;
    Ok(Effects {
        feature: feature.to_owned(),
        n: table.len() as u64,
        of: features.len() as u64,
        missing: column.missing() as u64,
        mean_predicted: mean(&predicted),
        seed: settings.seed,
        effect,
    })
}

/// The smallest of the `sorted` values and their k/`bins` quantiles of type 1, each once.
pub(super) fn edges(sorted: &[f64], bins: usize) -> Vec<f64> {
    let n = sorted.len();
    let quantile = |k: usize| sorted.get((k * n).div_ceil(bins).saturating_sub(1)).copied();
    let mut edges: Vec<f64> = sorted.first().copied().into_iter().chain((1..=bins).filter_map(quantile)).collect();
    edges.dedup();
    edges
}

/// A model in which one feature is moved.
struct Moving<'a> {
    ask: &'a Ask<'a>,
    feature: &'a str,
    table: &'a FeatureTable,
    column: &'a Column,
    task: &'a Task,
}

impl Moving<'_> {
    fn number(&self, at: Vec<f64>, lines: usize) -> Result<NumberEffect, Cancelled> {
        let steps = at.len() as u64 + 2;
        let mut curves = Vec::with_capacity(at.len());
        for (done, value) in at.iter().enumerate() {
            self.task.report("stage.effects", done as u64, steps)?;
            curves.push(self.predicted(self.numbers(&vec![Some(*value); self.table.len()]))?);
        }
        let bin_of: Vec<Option<usize>> =
            (0..self.table.len()).map(|row| Some(bin_of(&at, self.column.number(row)?))).collect();
        let end = |upper: usize| -> Vec<Option<f64>> {
            bin_of.iter().map(|bin| at.get((*bin)? + upper).copied()).collect()
        };
        self.task.report("stage.effects", steps - 2, steps)?;
        let below = self.predicted(self.numbers(&end(0)))?;
        let above = self.predicted(self.numbers(&end(1)))?;
        let (ale, bin_n) = accumulated(&bin_of, &below, &above, at.len() - 1);
        Ok(NumberEffect {
            partial_dependence: curves.iter().map(|curve| mean(curve)).collect(),
            ice: lines_of(&curves, lines),
            at,
            ale,
            bin_n,
        })
    }

    fn category(&self, names: &[String], settings: EffectSettings) -> Result<CategoryEffect, InsightError> {
        let mut counts = vec![0_u64; names.len()];
        for row in 0..self.table.len() {
            let Value::Category(name) = self.column.value(row) else { continue };
            let place = names.iter().position(|known| known == name);
            if let Some(count) = place.and_then(|place| counts.get_mut(place)) {
                *count += 1;
            }
        }
        let mut seen: Vec<(usize, u64)> = counts.iter().copied().enumerate().filter(|(_, n)| *n > 0).collect();
        if seen.len() < 2 {
            let n = seen.iter().map(|(_, n)| *n).sum::<u64>();
            let n = usize::try_from(n).unwrap_or(usize::MAX);
            return Err(InsightError::DoesNotVary { feature: self.feature.to_owned(), n });
        }
        seen.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| names.get(a.0).cmp(&names.get(b.0))));
        let names_left_out = seen.len().saturating_sub(settings.bins) as u64;
        seen.truncate(settings.bins);
        let mut curves = Vec::with_capacity(seen.len());
        for (done, (place, _)) in seen.iter().enumerate() {
            self.task.report("stage.effects", done as u64, seen.len() as u64)?;
            let codes = (0..self.table.len()).map(|_| u32::try_from(*place).ok()).collect();
            curves.push(self.predicted(Column::Categories { names: names.to_vec(), codes })?);
        }
        Ok(CategoryEffect {
            names: seen.iter().filter_map(|(place, _)| names.get(*place).cloned()).collect(),
            name_n: seen.iter().map(|(_, n)| *n).collect(),
            partial_dependence: curves.iter().map(|curve| mean(curve)).collect(),
            ice: lines_of(&curves, settings.lines),
            names_left_out,
        })
    }

    fn predicted(&self, column: Column) -> Result<Vec<f64>, Cancelled> {
        quietly(self.ask, &self.table.clone().with_column(self.feature, column), self.task)
    }

    /// A column of the same form as the feature's own. Every number is one that the feature has.
    fn numbers(&self, numbers: &[Option<f64>]) -> Column {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "they come from such a column"
        )]
        match self.column {
            Column::Whole(_) => {
                Column::Whole(numbers.iter().map(|number| number.map(|number| number as u32)).collect())
            }
            _ => Column::Real(
                numbers.iter().map(|number| number.map_or(f32::NAN, |number| number as f32)).collect(),
            ),
        }
    }
}

/// The bin (z_k, z_{k+1}] of `value`; the first one holds z_0, too.
fn bin_of(at: &[f64], value: f64) -> usize {
    let last = at.len().saturating_sub(2);
    at.partition_point(|edge| *edge < value).saturating_sub(1).min(last)
}

/// ALE at each edge, and the visits of each bin, from predictions at the lower and upper edge of each visit's bin.
fn accumulated(bin_of: &[Option<usize>], below: &[f64], above: &[f64], bins: usize) -> (Vec<f64>, Vec<u64>) {
    let mut sums = vec![0.0; bins];
    let mut counts = vec![0_u64; bins];
    for ((bin, below), above) in bin_of.iter().zip(below).zip(above) {
        let Some(bin) = bin else { continue };
        if let (Some(sum), Some(count)) = (sums.get_mut(*bin), counts.get_mut(*bin)) {
            *sum += above - below;
            *count += 1;
        }
    }
    let mut heights = vec![0.0];
    let (mut height, mut centre) = (0.0, 0.0);
    for (sum, n) in sums.iter().zip(&counts) {
        let before = height;
        // Every edge is a value, so that no bin is empty.
        height += if *n == 0 { 0.0 } else { sum / *n as f64 };
        centre += *n as f64 * f64::midpoint(before, height);
        heights.push(height);
    }
    let n: u64 = counts.iter().sum();
    let centre = if n == 0 { 0.0 } else { centre / n as f64 };
    (heights.into_iter().map(|height| height - centre).collect(), counts)
}

/// The curves of `lines` visits that are spread evenly over the sample, which is in order of arrival.
fn lines_of(curves: &[Vec<f64>], lines: usize) -> Vec<Vec<f64>> {
    let visits = curves.first().map_or(0, Vec::len);
    let lines = lines.min(visits);
    let line = |line: usize| {
        let visit = line * visits / lines.max(1);
        curves.iter().filter_map(|curve| curve.get(visit).copied()).collect()
    };
    (0..lines).map(line).collect()
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

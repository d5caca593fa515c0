//! Permutation importance: by how many minutes the error grows when a group of features says nothing any more.
//!
//! For a group G of features, a seeded order π of the visits and the model f (Breiman 2001; Fisher, Rudin and Dominici
//! 2019): `Δ = mean |f(x with x_G of visit π(i)) − y| − mean |f(x) − y|`, in minutes, averaged over several orders. The
//! features of a group keep their values *together*, so that they still agree with each other; permuted one by one, each
//! would be replaced by the others and all would seem to matter little.
//!
//! **Orders go over all visits**, not within a site-day. Site, weekday and holiday do not change within a site-day, and the
//! level of the queue changes little; within one, their importance would be zero by construction. What global orders cost
//! is that visits arise which no queue produces (a crowd at a tiny office), where a model extrapolates: importances of
//! features that depend on the site are upper bounds.
//!
//! Two spreads: the standard deviation over the orders (what another seed would change), and a 95 % interval by days (what
//! other visits would change).

use serde::{Deserialize, Serialize};

use crate::analysis::features::FeatureTable;
use crate::base::statistics::{BlockBootstrap, draws};
use crate::base::{Cancelled, Task};

use super::groups::groups;
use super::sample::{sample, shuffled};
use super::scored::mean_over_days;
use super::{Ask, InsightError, enough, quietly};

/// How much work is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportanceSettings {
    /// Visits, at most.
    pub most_visits: usize,
    /// Orders of each group.
    pub repeats: u32,
    /// What the sample, the orders and the bootstrap follow from.
    pub seed: u64,
}

impl ImportanceSettings {
    /// 5,000 visits, five orders.
    #[must_use]
    pub const fn seeded(seed: u64) -> ImportanceSettings {
        ImportanceSettings { most_visits: 5_000, repeats: 5, seed }
    }
}

/// What the features of a model are worth to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Importance {
    /// Visits that were looked at.
    pub n: u64,
    /// Visits that they are a sample of.
    pub of: u64,
    /// Days that they lie on.
    pub days: u64,
    /// The error on them as they are, minutes.
    pub mae: f64,
    /// Orders of each group.
    pub repeats: u32,
    /// The seed.
    pub seed: u64,
    /// The groups, the most important first.
    pub groups: Vec<GroupImportance>,
}

/// What a group of features is worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupImportance {
    /// The ids of its features.
    pub features: Vec<String>,
    /// The smallest similarity of any two of them, 0–1; 1 for a feature alone.
    pub least_similar: f64,
    /// By how much the MAE grows without it, minutes: the mean over the orders.
    pub increase: f64,
    /// Standard deviation of that over the orders, minutes (the divisor is their number).
    pub spread: f64,
    /// Lower end of a 95 % interval by days, minutes; absent with fewer than two days.
    pub increase_low: Option<f64>,
    /// Upper end.
    pub increase_high: Option<f64>,
    /// The growth in each order, minutes.
    pub by_order: Vec<f64>,
}

/// The importance of the features `ids` to the model `ask`, on visits with these `features`, waits (`actual`, minutes) and
/// days.
///
/// # Errors
/// [`InsightError::TooFew`] and [`InsightError::Cancelled`].
pub fn importance(
    ask: &Ask<'_>,
    ids: &[&str],
    (features, actual, day): (&FeatureTable, &[f64], &[u32]),
    settings: ImportanceSettings,
    task: &Task,
) -> Result<Importance, InsightError> {
    let of = actual.len().min(day.len()).min(features.len());
    enough(of)?;
    let rows = sample(of, settings.most_visits, settings.seed);
    let (table, actual) = (features.take(&rows), taken(actual, &rows));
    let day: Vec<u32> = rows.iter().filter_map(|row| day.get(*row).copied()).collect();
    let before = absolute_errors(&quietly(ask, &table, task)?, &actual);
    let found = groups(ids, &table, task)?;
    let looking = Looking { ask, table: &table, actual: &actual, before: &before, task };
    let mut draw = draws(settings.seed);
    let orders: Vec<Vec<usize>> = (0..settings.repeats).map(|_| shuffled(rows.len(), &mut draw)).collect();
    let bootstrap = BlockBootstrap::seeded(settings.seed);
    let mut groups = Vec::with_capacity(found.len());
    for (done, group) in found.iter().enumerate() {
        let mut growth = vec![0.0; rows.len()];
        let mut by_order = Vec::with_capacity(orders.len());
        for (turn, order) in orders.iter().enumerate() {
            let at = done * orders.len() + turn;
            task.report("stage.importance", at as u64, (found.len() * orders.len()) as u64)?;
            let one = looking.growth(&group.features, order)?;
            by_order.push(mean(&one));
            growth.iter_mut().zip(&one).for_each(|(sum, one)| *sum += one / orders.len() as f64);
        }
        let over_days = mean_over_days(day.iter().copied().zip(growth.iter().copied()), bootstrap);
        let interval = over_days.and_then(|mean| mean.interval);
        groups.push(GroupImportance {
            features: group.features.clone(),
            least_similar: group.least_similar,
            increase: mean(&by_order),
            spread: deviation(&by_order),
            increase_low: interval.map(|interval| interval.low),
            increase_high: interval.map(|interval| interval.high),
            by_order,
        });
    }
    groups.sort_by(|a, b| b.increase.total_cmp(&a.increase));
    let days = std::collections::BTreeSet::from_iter(&day).len() as u64;
    Ok(Importance {
        n: rows.len() as u64,
        of: of as u64,
        days,
        mae: mean(&before),
        repeats: settings.repeats,
        seed: settings.seed,
        groups,
    })
}

/// A model on some visits, and its errors on them as they are.
pub(super) struct Looking<'a> {
    pub ask: &'a Ask<'a>,
    pub table: &'a FeatureTable,
    pub actual: &'a [f64],
    pub before: &'a [f64],
    pub task: &'a Task,
}

impl Looking<'_> {
    /// By how much the error of each visit grows where it is given the values that the visit at its place in `order` has of
    /// `features`.
    pub fn growth(&self, features: &[String], order: &[usize]) -> Result<Vec<f64>, Cancelled> {
        let mut table = self.table.clone();
        for id in features {
            if let Some(column) = self.table.column(id) {
                table = table.with_column(id, column.take(order));
            }
        }
        let after = absolute_errors(&quietly(self.ask, &table, self.task)?, self.actual);
        Ok(after.iter().zip(self.before).map(|(after, before)| after - before).collect())
    }
}

pub(super) fn absolute_errors(predicted: &[f64], actual: &[f64]) -> Vec<f64> {
    predicted.iter().zip(actual).map(|(predicted, actual)| (predicted - actual).abs()).collect()
}

fn taken(values: &[f64], rows: &[usize]) -> Vec<f64> {
    rows.iter().filter_map(|row| values.get(*row).copied()).collect()
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

fn deviation(values: &[f64]) -> f64 {
    let middle = mean(values);
    mean(&values.iter().map(|value| (value - middle).powi(2)).collect::<Vec<_>>()).sqrt()
}

//! Between which waits the actual one lies with a stated probability: split conformal intervals.
//!
//! Visits that the model has not learned from, the newest before the test, say how far off it is; an interval reaches as
//! far as those did (Lei, G'Sell, Rinaldo, Tibshirani and Wasserman 2018, "Distribution-free predictive inference for
//! regression"). Each tail by itself: with n such visits and level 1 − α, the ⌈(n + 1)(1 − α/2)⌉-th smallest of their
//! distances, so that at most α/2 of the waits lie below and at most α/2 above. A queue (a service at a site) with
//! [`FEWEST_IN_GROUP`] of them has distances of its own, the others share those of all.
//!
//! Distances are measured from two *edges*: the prediction itself, on `ln(1 + wait)`, so that long waits have wide
//! intervals; or, where a family can fit quantiles, its 10 % and 90 % quantiles, in minutes (Romano, Patterson and Candès
//! 2019, "Conformalized quantile regression"), here for every level.
//!
//! The visits of the calibration are then learned from, too: the kept model is fitted to all of the training time, the
//! distances are those of the model before. What that does to the coverage is measured on the test part, not assumed.

use serde::{Deserialize, Serialize};

use crate::analysis::features::{FeatureTable, Value};
use crate::base::{Cancelled, Minutes, Moment, Task};

use super::Fitted;

mod adaptive;

pub use adaptive::{Followed, KnownDays, RATES, SHARE_IDS, Shares};

use adaptive::{Adaptive, by_queue};

/// The levels that every model has.
pub const LEVELS: [f64; 2] = [0.8, 0.9];
/// The quantiles that edges are fitted to.
pub const EDGE_QUANTILES: [f64; 2] = [0.1, 0.9];
/// Visits of the calibration from which on a queue has distances of its own.
pub const FEWEST_IN_GROUP: usize = 200;
/// Visits below which nothing is calibrated.
pub const FEWEST_CALIBRATED: usize = 100;
/// Intervals are shown rounded outward to this many minutes.
pub const SHOWN_STEP_MINUTES: f64 = 5.0;
/// Queues with distances of their own that are read.
const MOST_GROUPS: usize = 100_000;

/// The intervals of a model, as they are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intervals {
    /// The visits of the calibration arrived at or after this.
    pub calibrated_from: Moment,
    /// They were called before this.
    pub calibrated_until: Moment,
    edges: Edges,
    levels: Vec<Level>,
    /// Of intervals that can follow what comes true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    adaptive: Option<Adaptive>,
}

/// What distances are measured from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Edges {
    /// The prediction, on `ln(1 + wait)`.
    Prediction,
    /// Two fitted quantiles, in minutes.
    Quantiles {
        /// The lower.
        low: Box<Fitted>,
        /// The upper.
        high: Box<Fitted>,
    },
}

/// The distances of a level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Level {
    /// The share of the waits that an interval holds.
    level: f64,
    /// Of all visits of the calibration.
    pooled: Tails,
    /// Of queues that have enough of them, in the order of site and service.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    groups: Vec<Group>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    site: String,
    service: String,
    tails: Tails,
}

/// How far an interval reaches from its edges.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tails {
    /// Below the lower edge; below zero where the edge itself reaches too far.
    pub below: f64,
    /// Above the upper edge.
    pub above: f64,
    /// Visits that it follows from.
    pub n: u64,
}

/// An interval of waits, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct WaitInterval {
    /// The share of the waits that such intervals hold.
    pub level: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl WaitInterval {
    /// The interval as it is shown to people: rounded outward to [`SHOWN_STEP_MINUTES`].
    #[must_use]
    pub fn shown(self) -> WaitInterval {
        let step = SHOWN_STEP_MINUTES;
        WaitInterval { low: (self.low / step).floor() * step, high: (self.high / step).ceil() * step, ..self }
    }

    /// Whether a wait lies in it.
    #[must_use]
    pub fn holds(self, minutes: f64) -> bool {
        minutes >= self.low && minutes <= self.high
    }
}

/// The edges of the intervals of some visits, in the order of the visits.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgeValues {
    is_log: bool,
    predicted: Vec<f64>,
    low: Vec<f64>,
    high: Vec<f64>,
}

impl EdgeValues {
    /// Of every row of `features`, for which `predicted` minutes are predicted.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn of(
        predicted: Vec<f64>,
        edges: &Edges,
        features: &FeatureTable,
        task: &Task,
    ) -> Result<EdgeValues, Cancelled> {
        let (is_log, low, high) = match edges {
            Edges::Prediction => {
                let logs: Vec<f64> = predicted.iter().map(|minutes| libm::log1p(*minutes)).collect();
                (true, logs.clone(), logs)
            }
            Edges::Quantiles { low, high } => {
                (false, low.predict_all(features, task)?, high.predict_all(features, task)?)
            }
        };
        Ok(EdgeValues { is_log, predicted, low, high })
    }

    /// How far each wait lies below the lower edge, and above the upper one.
    fn distances(&self, actual: &[f64]) -> Vec<[f64; 2]> {
        let scaled = |wait: f64| if self.is_log { libm::log1p(wait) } else { wait };
        let edges = self.low.iter().zip(&self.high);
        edges.zip(actual).map(|((low, high), wait)| [low - scaled(*wait), scaled(*wait) - high]).collect()
    }

    fn interval(&self, row: usize, level: f64, tails: Tails) -> Option<WaitInterval> {
        let (predicted, low, high) = (self.predicted.get(row)?, self.low.get(row)?, self.high.get(row)?);
        Some(interval(self.is_log, *predicted, [*low, *high], level, tails))
    }
}

fn interval(is_log: bool, predicted: f64, [low, high]: [f64; 2], level: f64, tails: Tails) -> WaitInterval {
    let minutes = |edge: f64| if is_log { libm::expm1(edge) } else { edge };
    // The prediction lies in its interval, and no wait is negative.
    let low = minutes(low - tails.below).min(predicted).max(0.0);
    let high = minutes(high + tails.above).max(predicted);
    WaitInterval { level, low, high: if high.is_finite() { high } else { f64::MAX } }
}

/// Sites and services of some visits.
#[derive(Clone, Debug, PartialEq)]
pub struct Queues<'a>(pub Vec<(&'a str, &'a str)>);

impl<'a> Queues<'a> {
    /// Of every row of `features`.
    #[must_use]
    pub fn of(features: &'a FeatureTable) -> Queues<'a> {
        let name = |id: &str, row: usize| match features.value(id, row) {
            Value::Category(name) => name,
            _ => "",
        };
        Queues((0..features.len()).map(|row| (name("site", row), name("service", row))).collect())
    }
}

impl Intervals {
    /// The intervals that follow from visits with these edges and waits; none where there are fewer than
    /// [`FEWEST_CALIBRATED`]. `edges` is what is kept.
    #[must_use]
    pub fn calibrated(
        (calibrated_from, calibrated_until): (Moment, Moment),
        edges: Edges,
        values: &EdgeValues,
        actual: &[f64],
        queues: &Queues<'_>,
    ) -> Option<Intervals> {
        if actual.len() < FEWEST_CALIBRATED {
            return None;
        }
        let distances = values.distances(actual);
        let by_queue = by_queue(queues, &distances);
        let of_level = |level: f64| {
            let group = |((site, service), distances): (&(&str, &str), &Vec<[f64; 2]>)| {
                let tails = Tails::of(distances, level)?;
                Some(Group { site: (*site).to_owned(), service: (*service).to_owned(), tails })
            };
            let groups = by_queue.iter().filter_map(group).collect();
            Some(Level { level, pooled: Tails::of(&distances, level)?, groups })
        };
        let levels = LEVELS.into_iter().map(of_level).collect::<Option<Vec<_>>>()?;
        Some(Intervals { calibrated_from, calibrated_until, edges, levels, adaptive: None })
    }

    /// The interval of each visit at each level of [`LEVELS`], level by level.
    #[must_use]
    pub fn of_all(&self, values: &EdgeValues, queues: &Queues<'_>) -> Vec<Vec<WaitInterval>> {
        let of_level = |level: &Level| {
            let rows = queues.0.iter().enumerate();
            rows.filter_map(|(row, (site, service))| values.interval(row, level.level, level.tails(site, service)))
                .collect()
        };
        self.levels.iter().map(of_level).collect()
    }

    /// The intervals of one visit for which `predicted` is predicted, level by level: the fixed ones.
    pub fn of_visit<'v>(&self, predicted: Minutes, value: &dyn Fn(&str) -> Value<'v>) -> Vec<WaitInterval> {
        self.of_visit_at(None, predicted, value)
    }

    /// The same at `shares`, where there are such and the intervals can follow.
    pub fn of_visit_at<'v>(
        &self,
        shares: Option<&Shares>,
        predicted: Minutes,
        value: &dyn Fn(&str) -> Value<'v>,
    ) -> Vec<WaitInterval> {
        let name = |id: &str| match value(id) {
            Value::Category(name) => name,
            _ => "",
        };
        let (site, service) = (name("site"), name("service"));
        let (is_log, edges) = match &self.edges {
            Edges::Prediction => (true, [libm::log1p(predicted.get()); 2]),
            Edges::Quantiles { low, high } => (false, [low.predict(value).get(), high.predict(value).get()]),
        };
        let followed = shares.and_then(|shares| self.tails_at(shares, (site, service)));
        let of_level = |(place, level): (usize, &Level)| {
            let tails = followed.as_ref().and_then(|tails| tails.get(place).copied());
            let tails = tails.unwrap_or_else(|| level.tails(site, service));
            interval(is_log, predicted.get(), edges, level.level, tails)
        };
        self.levels.iter().enumerate().map(of_level).collect()
    }

    /// What distances are measured from.
    #[must_use]
    pub fn edges(&self) -> &Edges {
        &self.edges
    }

    /// Visits of the calibration.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.levels.first().map_or(0, |level| level.pooled.n)
    }

    /// Queues with distances of their own.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.levels.first().map_or(0, |level| level.groups.len())
    }

    /// Those queues, as site and service.
    pub(super) fn queues(&self) -> Vec<(&str, &str)> {
        let groups = self.levels.first().map(|level| level.groups.as_slice()).unwrap_or_default();
        groups.iter().map(|group| (group.site.as_str(), group.service.as_str())).collect()
    }

    /// The tails of a queue at the level at `place` of [`LEVELS`].
    pub(super) fn tails(&self, place: usize, (site, service): (&str, &str)) -> Tails {
        let none = Tails { below: 0.0, above: 0.0, n: 0 };
        self.levels.get(place).map_or(none, |level| level.tails(site, service))
    }

    /// The ids of the features that it needs beside those of the model.
    pub(super) fn features(&self) -> Vec<&str> {
        let mut ids = match &self.edges {
            Edges::Prediction => Vec::new(),
            Edges::Quantiles { low, high } => [low.features(), high.features()].concat(),
        };
        if self.groups() > 0 || self.adaptive.as_ref().is_some_and(Adaptive::has_groups) {
            ids.extend(["site", "service"]);
        }
        ids
    }

    /// Whether it is what [`Intervals::calibrated`] makes; what is wrong, where not.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        if self.levels.len() != LEVELS.len()
            || self.levels.iter().zip(LEVELS).any(|(own, level)| own.level != level)
        {
            return Err("the levels of the intervals");
        }
        for level in &self.levels {
            let tails = level.groups.iter().map(|group| &group.tails).chain([&level.pooled]);
            if tails.into_iter().any(|tails| !tails.below.is_finite() || !tails.above.is_finite()) {
                return Err("the reach of an interval is not a number");
            }
            let is_sorted = level.groups.is_sorted_by(|a, b| (&a.site, &a.service) < (&b.site, &b.service));
            if level.groups.len() > MOST_GROUPS || !is_sorted {
                return Err("the queues of the intervals");
            }
        }
        self.adaptive.as_ref().map_or(Ok(()), Adaptive::check)
    }
}

impl Level {
    fn tails(&self, site: &str, service: &str) -> Tails {
        let key = |group: &Group| (group.site.as_str(), group.service.as_str()).cmp(&(site, service));
        let found = self.groups.binary_search_by(key).ok().and_then(|place| self.groups.get(place));
        found.map_or(self.pooled, |group| group.tails)
    }
}

impl Tails {
    /// Of these distances; `None` where there are too few for the level.
    fn of(distances: &[[f64; 2]], level: f64) -> Option<Tails> {
        let tail = |side: usize| {
            let mut sorted: Vec<f64> = distances.iter().map(|distance| distance[side]).collect();
            sorted.sort_by(f64::total_cmp);
            sorted.get(rank(sorted.len(), level)?.checked_sub(1)?).copied()
        };
        Some(Tails { below: tail(0)?, above: tail(1)?, n: distances.len() as u64 })
    }
}

/// `⌈(n + 1)(1 − α/2)⌉` for a level of 1 − α; `None` where that is more than n.
fn rank(n: usize, level: f64) -> Option<usize> {
    let share = 1.0 - (1.0 - level) / 2.0;
    // A billionth less, so that what is whole but for rounding stays whole.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most n + 1, and above zero")]
    let rank = ((n as f64 + 1.0) * share - 1e-9).ceil() as usize;
    (rank <= n).then_some(rank)
}

#[cfg(test)]
mod tests;

//! Where a model errs: its residuals by what was predicted, hour, weekday and site.
//!
//! Residual = predicted − actual, minutes: above zero, too long a wait was told. Its mean in a slice is the bias there, and
//! the mean of its size the MAE. Both have 95 % intervals from a block bootstrap by day (2,000 seeded resamples), since
//! visits of one day are not independent; a slice on a single day has none.

use serde::{Deserialize, Serialize};

use crate::base::Task;
use crate::base::calendar::Weekday;
use crate::base::statistics::BlockBootstrap;

use super::scored::{Scored, mean_over_days};
use super::{InsightError, enough};

/// Sites beyond are counted and left out, those with the fewest visits first.
const MOST_SITES: usize = 200;

/// A part of the range of what was predicted, both ends in it, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PredictedRange {
    /// The shortest prediction in it.
    pub from: f64,
    /// The longest.
    pub to: f64,
}

/// The residuals of some visits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResidualSlice<L> {
    /// Which visits.
    pub of: L,
    /// How many.
    pub n: u64,
    /// Days that they lie on.
    pub days: u64,
    /// Mean of predicted − actual, minutes.
    pub bias: f64,
    /// Lower end of its 95 % interval; absent with fewer than two days.
    pub bias_low: Option<f64>,
    /// Upper end.
    pub bias_high: Option<f64>,
    /// Mean of |predicted − actual|, minutes.
    pub mae: f64,
    /// Lower end of its 95 % interval; absent with fewer than two days.
    pub mae_low: Option<f64>,
    /// Upper end.
    pub mae_high: Option<f64>,
}

/// The residuals of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Residuals {
    /// Visits.
    pub n: u64,
    /// Days that they lie on.
    pub days: u64,
    /// By tenths of what was predicted, ascending; fewer than ten where predictions repeat.
    pub by_predicted: Vec<ResidualSlice<PredictedRange>>,
    /// By the hour of the arrival.
    pub by_hour: Vec<ResidualSlice<u8>>,
    /// By the weekday of the arrival, Saturday first.
    pub by_weekday: Vec<ResidualSlice<Weekday>>,
    /// By site, the largest MAE first.
    pub by_site: Vec<ResidualSlice<String>>,
    /// Sites with the fewest visits that were left out.
    pub sites_left_out: u64,
    /// The seed of the bootstrap.
    pub seed: u64,
}

/// The residuals of `scored`.
///
/// # Errors
/// [`InsightError::TooFew`] and [`InsightError::Cancelled`].
pub fn residuals(scored: &Scored, seed: u64, task: &Task) -> Result<Residuals, InsightError> {
    enough(scored.len())?;
    let slicing = Slicing { scored, bootstrap: BlockBootstrap::seeded(seed), task };
    let by_predicted = scored.deciles().into_iter().filter_map(|rows| {
        let predicted = || rows.iter().filter_map(|row| scored.predicted.get(*row).copied());
        let range = PredictedRange { from: predicted().reduce(f64::min)?, to: predicted().reduce(f64::max)? };
        Some((range, rows))
    });
    let by_predicted = slicing.slices(by_predicted.collect())?;
    let by_hour = slicing.by(&scored.hour)?;
    let by_weekday = slicing.by(&scored.weekday)?;
    let mut sites = grouped(&scored.site);
    sites.sort_by_key(|(_, rows)| std::cmp::Reverse(rows.len()));
    let sites_left_out = sites.len().saturating_sub(MOST_SITES) as u64;
    sites.truncate(MOST_SITES);
    let name = |site: u32| scored.sites.get(site as usize).cloned().unwrap_or_default();
    let mut by_site = slicing.slices(sites.into_iter().map(|(site, rows)| (name(site), rows)).collect())?;
    by_site.sort_by(|a, b| b.mae.total_cmp(&a.mae).then_with(|| a.of.cmp(&b.of)));
    Ok(Residuals {
        n: scored.len() as u64,
        days: scored.days(),
        by_predicted,
        by_hour,
        by_weekday,
        by_site,
        sites_left_out,
        seed,
    })
}

struct Slicing<'a> {
    scored: &'a Scored,
    bootstrap: BlockBootstrap,
    task: &'a Task,
}

impl Slicing<'_> {
    fn by<L: Copy + Ord>(&self, labels: &[L]) -> Result<Vec<ResidualSlice<L>>, InsightError> {
        self.slices(grouped(labels))
    }

    fn slices<L>(&self, groups: Vec<(L, Vec<usize>)>) -> Result<Vec<ResidualSlice<L>>, InsightError> {
        let total = groups.len() as u64;
        let mut slices = Vec::with_capacity(groups.len());
        for (done, (of, rows)) in groups.into_iter().enumerate() {
            self.task.report("stage.residuals", done as u64, total)?;
            slices.extend(self.slice(of, &rows));
        }
        Ok(slices)
    }

    fn slice<L>(&self, of: L, rows: &[usize]) -> Option<ResidualSlice<L>> {
        let scored = self.scored;
        let residual =
            |row: &usize| Some((*scored.day.get(*row)?, scored.predicted.get(*row)? - scored.actual.get(*row)?));
        let signed = mean_over_days(rows.iter().filter_map(residual), self.bootstrap)?;
        let sizes = rows.iter().filter_map(residual).map(|(day, residual)| (day, residual.abs()));
        let sizes = mean_over_days(sizes, self.bootstrap)?;
        Some(ResidualSlice {
            of,
            n: rows.len() as u64,
            days: signed.days,
            bias: signed.mean,
            bias_low: signed.interval.map(|interval| interval.low),
            bias_high: signed.interval.map(|interval| interval.high),
            mae: sizes.mean,
            mae_low: sizes.interval.map(|interval| interval.low),
            mae_high: sizes.interval.map(|interval| interval.high),
        })
    }
}

/// The rows of each label, by label.
fn grouped<L: Copy + Ord>(labels: &[L]) -> Vec<(L, Vec<usize>)> {
    let mut groups = std::collections::BTreeMap::<L, Vec<usize>>::new();
    for (row, label) in labels.iter().enumerate() {
        groups.entry(*label).or_default().push(row);
    }
    groups.into_iter().collect()
}

//! What a comparison says, as it is kept and printed.

use serde::{Deserialize, Serialize};

use crate::base::calendar::CivilDate;
use crate::base::statistics::{DieboldMariano, Interval, SignFlips};
use crate::base::{Moment, Verdict};

use super::super::errors::Errors;
use super::lineage::{Lineage, Selection};
use super::{Metric, Power, Slice, SliceVerdict, Tenth, WorstSlice};

/// 95 %, site-days drawn with replacement: the outer ends of the percentile and the BCa interval, expanded for the number of blocks.
pub const INTERVAL_METHOD: &str = "block_bootstrap_outer_of_expanded_percentile_and_bca";

/// The [`super::Dimension::id`] of sites.
const SITE: &str = "site";

/// What an interval says of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The candidate errs less, by more than chance.
    Better,
    /// It errs more, by more than chance.
    Worse,
    /// The two cannot be told apart.
    Alike,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contender {
    /// How people call it: `rule`, `run 3`, `1.2.0`.
    pub name: String,
    /// Its family.
    pub family: String,
    /// Its errors.
    pub errors: Errors,
}

/// One day of both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DailyErrors {
    /// The day.
    pub day: CivilDate,
    /// Visits.
    pub n: u64,
    /// Mean absolute error of the current model, minutes.
    pub mae_current: f64,
    /// Mean absolute error of the candidate, minutes.
    pub mae_candidate: f64,
}

/// A bar of the distribution of differences; the outer bars hold everything beyond.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DifferenceBin {
    /// Lower edge, minutes.
    pub from: f64,
    /// Upper edge, minutes.
    pub to: f64,
    /// Visits.
    pub n: u64,
}

/// One site of both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SiteSlice {
    /// The site.
    pub site: String,
    /// Visits.
    pub n: u64,
    /// Days.
    pub days: u64,
    /// Ratio of the mean absolute errors; absent where there are too few visits or days.
    pub ratio: Option<f64>,
    /// Lower end of its 95 % interval.
    pub ratio_low: Option<f64>,
    /// Upper end.
    pub ratio_high: Option<f64>,
}

/// The result. Errors and differences are in minutes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Visits that both predicted.
    pub n: u64,
    /// Days that they lie on.
    pub days: u64,
    /// Site-days, the blocks of the bootstrap.
    pub site_days: u64,
    /// The first arrival.
    pub from: Moment,
    /// The last arrival.
    pub until: Moment,
    /// Visits of the period that left unserved: not scored.
    pub abandoned: u64,
    /// Visits of the period that are not over: not scored.
    pub unfinished: u64,
    /// The current model.
    pub current: Contender,
    /// The candidate.
    pub candidate: Contender,
    /// MAE of the candidate − MAE of the current model.
    pub delta: f64,
    /// Lower end of its 95 % interval.
    pub delta_low: f64,
    /// Upper end.
    pub delta_high: f64,
    /// MAE of the candidate ÷ MAE of the current model.
    pub ratio: f64,
    /// Lower end of its 95 % interval.
    pub ratio_low: f64,
    /// Upper end.
    pub ratio_high: f64,
    /// Upper one-sided 95 % bound of the ratio, on which the gate rests.
    pub ratio_upper_bound: f64,
    /// Lower one-sided 95 % bound of the ratio.
    pub ratio_lower_bound: f64,
    /// The margin of the gate.
    pub margin: f64,
    /// Whether the candidate's error is at most `margin` times the current model's.
    pub gate: Verdict,
    /// Days of such visits, these included, after which the gate would decide as likely as not; where it is
    /// inconclusive now.
    pub days_needed: Option<u64>,
    /// Share of visits that the candidate predicted better.
    pub candidate_closer: f64,
    /// Share of visits that the current model predicted better.
    pub current_closer: f64,
    /// Day by day.
    pub daily: Vec<DailyErrors>,
    /// The distribution of the differences.
    pub differences: Vec<DifferenceBin>,
    /// Site by site, the candidate's worst first; sites that cannot be judged come last.
    pub sites: Vec<SiteSlice>,
    /// The seed of the bootstrap.
    pub seed: u64,
    /// Its resamples.
    pub resamples: u64,
    /// How the intervals are made that are told and that decide: [`INTERVAL_METHOD`].
    #[serde(default)]
    pub interval_method: String,
    /// ΔMAE by plain percentiles: it decides nothing.
    #[serde(default)]
    pub delta_percentile: Option<Interval>,
    /// The ratio likewise.
    #[serde(default)]
    pub ratio_percentile: Option<Interval>,
    /// ΔMAE by the plain BCa interval: it decides nothing. Absent where it cannot be made.
    #[serde(default)]
    pub delta_bca: Option<Interval>,
    /// The ratio likewise.
    #[serde(default)]
    pub ratio_bca: Option<Interval>,
    /// Other tests of the same difference.
    #[serde(default)]
    pub tests: DifferenceTests,
    /// Every figure of both.
    #[serde(default)]
    pub metrics: Vec<Metric>,
    /// The same comparison, slice by slice, the worst first.
    #[serde(default)]
    pub slices: Vec<Slice>,
    /// The worst slice among combinations, found on one half of the days and measured on the other.
    #[serde(default)]
    pub worst_slice: Option<WorstSlice>,
    /// By tenths of what was predicted.
    #[serde(default)]
    pub by_predicted: Vec<Tenth>,
    /// By tenths of the true wait.
    #[serde(default)]
    pub by_wait: Vec<Tenth>,
    /// How many days of shadow or canary would show a difference.
    #[serde(default)]
    pub power: Vec<Power>,
    /// Why the gate does not decide, where it does not: `in_sample`, `unknown_lineage`, `elsewhere`, `unpredicted`, `few` or
    /// `undecided`.
    #[serde(default)]
    pub gate_reason: Option<String>,
    /// Whether both models were trained on other visits.
    #[serde(default)]
    pub lineage: Lineage,
    /// Which visits were asked for, and which of them have no prediction.
    #[serde(default)]
    pub selection: Selection,
}

/// Tests of the difference that rest on other assumptions than the bootstrap; each absent where it is not evaluable.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DifferenceTests {
    /// Diebold and Mariano's, on the daily mean differences, which are a day ahead.
    pub diebold_mariano: Option<DieboldMariano>,
    /// The same, for days that resemble their neighbours.
    pub diebold_mariano_robust: Option<DieboldMariano>,
    /// Flips of the signs of whole site-days.
    pub sign_flips: Option<SignFlips>,
}

/// The name and family of a side.
#[derive(Clone, Debug)]
pub struct Side {
    /// How people call it.
    pub name: String,
    /// Its family.
    pub family: String,
}

impl Comparison {
    /// What the interval of the difference says; that of the ratio says the same.
    #[must_use]
    pub fn found(&self) -> Difference {
        if self.delta_high < 0.0 {
            Difference::Better
        } else if self.delta_low > 0.0 {
            Difference::Worse
        } else {
            Difference::Alike
        }
    }

    /// What is said of a site: what its slice says, which was judged among all of them. Where there is one site, or no slice was
    /// kept (evidence of earlier programs), its interval alone.
    #[must_use]
    pub fn of_site(&self, site: &SiteSlice) -> SliceVerdict {
        let slice = self.slices.iter().find(|slice| slice.dimension == SITE && slice.level == site.site);
        match (slice, site.ratio_low, site.ratio_high) {
            (Some(slice), _, _) => slice.verdict,
            (None, Some(low), _) if low > 1.0 => SliceVerdict::Worse,
            (None, _, Some(high)) if high < 1.0 => SliceVerdict::Better,
            (None, Some(_), Some(_)) => SliceVerdict::Alike,
            (None, _, _) => SliceVerdict::NotJudged,
        }
    }
}

//! Data drift: every column of two windows, and how many would seem to drift by chance.
//!
//! Each column has a floor that one dealing of the days in twenty exceeds, so that of forty columns two do in every week. What is
//! called drift has to exceed more: for each dealing the largest `KL/floor` of all columns is taken, and 95 of 100 dealings stay
//! below the *bar* of the report (the single step of Westfall and Young 1993, which knows how columns go together). A column
//! between its floor and the bar is inconclusive. On simulated weeks without any change, floors alone alarmed in one week of five.
//! Benjamini–Hochberg is shown beside it; with 200 dealings of a few days its smallest p is too large to decide.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::analysis::features::Column;
use crate::base::statistics::{BinLabel, Sample, benjamini_hochberg};
use crate::base::{Cancelled, Task, Verdict};

use super::column::{ColumnDrift, DataReason, Side, column_drift};
use super::levels::Level;
use super::window::Window;

/// The share of dealings in which no column exceeds the bar.
const BAR_SHARE: f64 = 0.95;
/// Below this, an adjusted p is small.
const SMALL_P: f64 = 0.05;

/// Features that follow from the date alone. Week by week they change as the calendar does, which everybody knows beforehand: they
/// are measured and shown, and are no alarm.
const OF_THE_DATE: [&str; 6] =
    ["weekday", "jalali_month", "is_holiday", "is_before_holiday", "is_after_holiday", "is_ramadan"];

/// A column with its name.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// The id of the feature, or the name of the input.
    pub id: &'a str,
    /// Where it comes from.
    pub source: Source,
    /// The values.
    pub column: &'a Column,
}

/// Where a column comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A feature of the catalogue, or an expression.
    Feature,
    /// A column of the source, as it came.
    Input,
}

/// One column of a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeatureDrift {
    /// The id of the feature, or the name of the input.
    pub feature: String,
    /// Where it comes from.
    pub source: Source,
    /// What was found.
    #[serde(flatten)]
    pub found: ColumnDrift,
    /// The share of dealings of the days in which any column is as far above its floor as this one.
    pub p_any: Option<f64>,
    /// `p` adjusted for all columns of the report (Benjamini and Hochberg 1995).
    pub p_adjusted: Option<f64>,
}

/// Every column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataDrift {
    /// The columns: what drifted first, then by KL.
    pub features: Vec<FeatureDrift>,
    /// The verdict on all of them.
    pub verdict: Verdict,
    /// Columns that could be measured.
    pub measured: u64,
    /// Columns that drifted.
    pub drifted: u64,
    /// Columns whose KL is above the floor: of the measured ones, one in twenty is by chance.
    pub above_floor: u64,
    /// How many of the measured columns lie above the floor by chance.
    pub above_floor_by_chance: f64,
    /// How many times its floor a column has to exceed to be called drift among so many; absent where days were not dealt.
    pub bar: Option<f64>,
    /// Columns with values that came or went, often enough to be an alert.
    pub level_alerts: u64,
    /// Columns whose p is below 0.05 after the adjustment.
    pub significant: u64,
}

/// Compares the columns `current` with those of the same name in `reference`. A column that only one of them has cannot be compared.
///
/// # Errors
/// [`Cancelled`].
pub fn data_drift(
    (current, window): (&[Named<'_>], &Window),
    (reference, before): (&[Named<'_>], &Window),
    seed: u64,
    task: &Task,
) -> Result<DataDrift, Cancelled> {
    let sizes = [window, before].map(|window| window.rows.len() as u64);
    let compare = |named: &Named<'_>| -> Result<FeatureDrift, Cancelled> {
        task.check()?;
        let other = reference.iter().find(|other| (other.id, other.source) == (named.id, named.source));
        let mut found = match other {
            Some(other) => column_drift(
                Side { column: named.column, window },
                Side { column: other.column, window: before },
                seed,
            ),
            None => ColumnDrift::undecided(sizes, DataReason::NotComparable),
        };
        if found.kl.is_some() && named.source == Source::Feature && OF_THE_DATE.contains(&named.id) {
            (found.verdict, found.reason) = (Verdict::Pass, DataReason::Calendar);
            (found.p, found.visits_needed, found.dealt) = (None, None, Vec::new());
        }
        Ok(FeatureDrift {
            feature: named.id.to_owned(),
            source: named.source,
            found,
            p_any: None,
            p_adjusted: None,
        })
    };
    let mut features = current.par_iter().map(compare).collect::<Result<Vec<_>, _>>()?;
    let only_before = reference
        .iter()
        .filter(|named| !current.iter().any(|other| (other.id, other.source) == (named.id, named.source)));
    features.extend(only_before.map(|named| FeatureDrift {
        feature: named.id.to_owned(),
        source: named.source,
        found: ColumnDrift::undecided(sizes, DataReason::NotComparable),
        p_any: None,
        p_adjusted: None,
    }));
    Ok(DataDrift::of(features))
}

impl FeatureDrift {
    /// Whether a name came or went, often enough to be an alert. Of numbers, a queue has other ones every week, which is a finding to
    /// look at and no alarm (it came in one quiet week of eight).
    #[must_use]
    pub fn has_level_alert(&self) -> bool {
        let mut levels = self.found.new_levels.iter().chain(&self.found.missing_levels);
        let is_name = |level: &Level| matches!(level.level, BinLabel::Category(_));
        self.found.reason != DataReason::Calendar && levels.any(|level| level.is_alert && is_name(level))
    }
}

impl DataDrift {
    fn of(mut features: Vec<FeatureDrift>) -> DataDrift {
        let p: Vec<f64> = features.iter().filter_map(|feature| feature.found.p).collect();
        let mut adjusted = benjamini_hochberg(&p).into_iter();
        for feature in features.iter_mut().filter(|feature| feature.found.p.is_some()) {
            feature.p_adjusted = adjusted.next();
        }
        let bar = judge_among_many(&mut features);
        let rank = |feature: &FeatureDrift| match feature.found.verdict {
            Verdict::Fail => 0,
            Verdict::Inconclusive if feature.found.kl.is_some() => 1,
            Verdict::Pass => 2,
            Verdict::Inconclusive => 3,
        };
        let kl = |feature: &FeatureDrift| feature.found.kl.unwrap_or(-1.0);
        features.sort_by(|a, b| rank(a).cmp(&rank(b)).then(kl(b).total_cmp(&kl(a))));
        let count =
            |is: &dyn Fn(&FeatureDrift) -> bool| features.iter().filter(|feature| is(feature)).count() as u64;
        let has_verdict = |wanted: Verdict| count(&|feature| feature.found.verdict == wanted);
        let measured = count(&|feature| feature.found.kl.is_some());
        // What nobody fills in is no reason for doubt; what could not be told is.
        let doubtful = count(&|feature| {
            feature.found.verdict == Verdict::Inconclusive && feature.found.reason != DataReason::NoValues
        });
        let verdict = match (has_verdict(Verdict::Fail), has_verdict(Verdict::Pass), doubtful) {
            (1.., _, _) => Verdict::Fail,
            (0, 1.., 0) => Verdict::Pass,
            _ => Verdict::Inconclusive,
        };
        features.iter_mut().for_each(|feature| feature.found.dealt = Vec::new());
        let count =
            |is: &dyn Fn(&FeatureDrift) -> bool| features.iter().filter(|feature| is(feature)).count() as u64;
        let tested = count(&|feature| feature.found.p.is_some());
        DataDrift {
            verdict,
            measured,
            drifted: count(&|feature| feature.found.verdict == Verdict::Fail),
            above_floor: count(&|feature| {
                feature.found.p.is_some()
                    && feature.found.kl.zip(feature.found.floor).is_some_and(|(kl, floor)| kl > floor)
            }),
            above_floor_by_chance: 0.05 * tested as f64,
            bar,
            level_alerts: count(&FeatureDrift::has_level_alert),
            significant: count(&|feature| feature.p_adjusted.is_some_and(|p| p < SMALL_P)),
            features,
        }
    }
}

/// How far above its floor a column is.
fn height(kl: f64, floor: f64) -> f64 {
    if floor > 0.0 { kl / floor } else { 0.0 }
}

/// Gives each column its place among all, and takes back what is drift for a column alone and not among so many. The bar.
fn judge_among_many(features: &mut [FeatureDrift]) -> Option<f64> {
    let dealings =
        features.iter().map(|feature| feature.found.dealt.len()).max().filter(|dealings| *dealings > 0)?;
    let highest = |dealing: usize| {
        let heights = features
            .iter()
            .filter(|feature| feature.found.reason != DataReason::Calendar)
            .filter_map(|feature| Some(height(*feature.found.dealt.get(dealing)?, feature.found.floor?)));
        heights.fold(0.0, f64::max)
    };
    let highest: Vec<f64> = (0..dealings).map(highest).collect();
    let bar = Sample::new(highest.clone()).ok()?.quantile(BAR_SHARE).max(1.0);
    for feature in features.iter_mut().filter(|feature| !feature.found.dealt.is_empty()) {
        let found = &mut feature.found;
        let Some((kl, floor)) = found.kl.zip(found.floor) else { continue };
        // Without a floor, whatever differs at all is above it.
        let ours = if floor > 0.0 { height(kl, floor) } else { f64::INFINITY };
        let as_high = highest.iter().filter(|other| **other >= ours).count();
        feature.p_any = Some((1.0 + as_high as f64) / (1.0 + dealings as f64));
        if found.reason == DataReason::Drift && ours <= bar {
            (found.verdict, found.reason) = (Verdict::Inconclusive, DataReason::OneOfMany);
            found.visits_needed = Some(times(found.n_current.min(found.n_reference), bar * floor / kl));
        }
    }
    Some(bar)
}

/// `n` visits, `factor` times as many.
fn times(n: u64, factor: f64) -> u64 {
    ((n as f64 * factor).ceil().min(1e15) as u64).max(n + 1)
}

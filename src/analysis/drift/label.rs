//! Label drift: whether people wait differently this month than in the month before.
//!
//! The plan's rule is p < 0.05 of the two-sample Kolmogorov–Smirnov test. With many visits that finds shifts that nobody would
//! feel, and it takes the visits of one day for independent, which they are not: a month of two busy days looks like a new
//! world. So drift needs three things: p < 0.05, an effect (D or Wasserstein-1 at their bounds), and that dealing whole *days* to
//! the two months anew gives a D as large less than once in twenty times. The two of three are shown, too.

use serde::{Deserialize, Serialize};

use crate::base::Verdict;
use crate::base::statistics::{Deals, KsMethod, NotEvaluable, Sample, draws, ks_two_sample, wasserstein};

/// How often the days are dealt anew.
const DEALINGS: u32 = 200;
/// With fewer days on a side there are too few ways to deal them.
pub const FEWEST_DAYS: u64 = 4;
/// Fewer waits on a side say nothing.
const FEWEST_VISITS: u64 = 30;
/// Cells of the scale on which dealt days are compared; what lies within one is not told apart.
const CELLS: usize = 1_000;

/// What counts as drift.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelBounds {
    /// p of both tests is below this.
    pub p: f64,
    /// D is at least this,
    pub d: f64,
    /// or Wasserstein-1 is, minutes.
    pub wasserstein_minutes: f64,
}

impl Default for LabelBounds {
    fn default() -> LabelBounds {
        LabelBounds { p: 0.05, d: 0.05, wasserstein_minutes: 1.0 }
    }
}

/// The waits of two months.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelDrift {
    /// Waits of the month.
    pub n_current: u64,
    /// Waits of the month before.
    pub n_reference: u64,
    /// Days with waits, of the month and of the month before.
    pub days: [u64; 2],
    /// `max |F − G|`, 0–1; absent where a month has no waits, as everything down to `p_days`.
    pub d: Option<f64>,
    /// p of the Kolmogorov–Smirnov test, the plan's measure.
    pub p: Option<f64>,
    /// How it was computed.
    pub method: Option<KsMethod>,
    /// Wasserstein-1, minutes.
    pub wasserstein_minutes: Option<f64>,
    /// The share of dealings of whole days that give a D at least as large.
    pub p_days: Option<f64>,
    /// The medians of the month and of the month before, minutes.
    pub medians: Option<[f64; 2]>,
    /// The cumulative shares of the month and of the month before, at most 101 points each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub curves: Option<[Vec<[f64; 2]>; 2]>,
    /// What counts as drift.
    pub bounds: LabelBounds,
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    pub reason: LabelReason,
}

/// Why a verdict on two months is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelReason {
    /// The waits differ, by enough, and more than days do.
    Drift,
    /// The test finds no difference.
    NoDifference,
    /// The test finds a difference that is too small to matter.
    TooSmall,
    /// Days differ as much among themselves.
    DaysDifferAsMuch,
    /// A month has fewer than four days with waits.
    TooFewDays,
    /// A month has fewer than 30 waits.
    TooFewVisits,
    /// There is no month before.
    NoReference,
}

impl LabelReason {
    /// Every reason.
    pub const ALL: [LabelReason; 7] = [
        LabelReason::Drift,
        LabelReason::NoDifference,
        LabelReason::TooSmall,
        LabelReason::DaysDifferAsMuch,
        LabelReason::TooFewDays,
        LabelReason::TooFewVisits,
        LabelReason::NoReference,
    ];

    /// The name in files; `drift.label.ID` is the sentence for people.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            LabelReason::Drift => "drift",
            LabelReason::NoDifference => "no_difference",
            LabelReason::TooSmall => "too_small",
            LabelReason::DaysDifferAsMuch => "days_differ_as_much",
            LabelReason::TooFewDays => "too_few_days",
            LabelReason::TooFewVisits => "too_few_visits",
            LabelReason::NoReference => "no_reference",
        }
    }
}

/// A day of waits, minutes, with its kind: the weekday.
pub type DayWaits = (u8, Vec<f64>);

/// Compares the waits (minutes) of `current` with those of `reference`, each day by day. The dealings follow from `seed`.
#[must_use]
pub fn label_drift(current: &[DayWaits], reference: &[DayWaits], bounds: LabelBounds, seed: u64) -> LabelDrift {
    let days = [current, reference].map(|days| days.iter().filter(|(_, day)| !day.is_empty()).count() as u64);
    let sizes = [current, reference].map(|days| days.iter().map(|(_, day)| day.len()).sum::<usize>() as u64);
    let mut found = LabelDrift {
        n_current: sizes[0],
        n_reference: sizes[1],
        days,
        d: None,
        p: None,
        method: None,
        wasserstein_minutes: None,
        p_days: None,
        medians: None,
        curves: None,
        bounds,
        verdict: Verdict::Inconclusive,
        reason: LabelReason::TooFewVisits,
    };
    let _ = found.measure(current, reference, seed); // what cannot be measured stays absent
    found.judge();
    found
}

impl LabelDrift {
    /// Where there is no month before.
    #[must_use]
    pub fn without_reference(bounds: LabelBounds) -> LabelDrift {
        LabelDrift { reason: LabelReason::NoReference, ..label_drift(&[], &[], bounds, 0) }
    }

    fn measure(&mut self, current: &[DayWaits], reference: &[DayWaits], seed: u64) -> Result<(), NotEvaluable> {
        let all = |days: &[DayWaits]| days.iter().flat_map(|(_, day)| day.iter().copied()).collect();
        let ours = Sample::new(all(current))?;
        let before = Sample::new(all(reference))?;
        let test = ks_two_sample(&ours, &before);
        self.d = Some(test.statistic);
        self.p = Some(test.p_value);
        self.method = Some(test.method);
        self.wasserstein_minutes = Some(wasserstein(&ours, &before)?.distance);
        self.medians = Some([ours.quantile(0.5), before.quantile(0.5)]);
        self.curves = Some([super::column::curve(ours.values()), super::column::curve(before.values())]);
        if self.days.iter().min() >= Some(&FEWEST_DAYS) {
            self.p_days = Some(p_by_days(current, reference, &ours, &before, seed));
        }
        Ok(())
    }

    fn judge(&mut self) {
        let bounds = self.bounds;
        if self.n_current.min(self.n_reference) < FEWEST_VISITS {
            return;
        }
        let (Some(d), Some(p), Some(distance)) = (self.d, self.p, self.wasserstein_minutes) else { return };
        let matters = d >= bounds.d || distance >= bounds.wasserstein_minutes;
        (self.verdict, self.reason) = match (p < bounds.p, matters, self.p_days) {
            (_, _, None) => (Verdict::Inconclusive, LabelReason::TooFewDays),
            (false, ..) => (Verdict::Pass, LabelReason::NoDifference),
            (true, false, _) => (Verdict::Pass, LabelReason::TooSmall),
            (true, true, Some(p_days)) if p_days < bounds.p => (Verdict::Fail, LabelReason::Drift),
            (true, true, Some(_)) => (Verdict::Inconclusive, LabelReason::DaysDifferAsMuch),
        };
    }
}

/// The share of dealings of whole days to the two sides that give a D at least as large as the real one, the real one among
/// them. D is taken over at most 1,000 cells, each of which holds as many of all waits: what lies within a cell is not told
/// apart, in the dealings as in the real one.
fn p_by_days(current: &[DayWaits], reference: &[DayWaits], ours: &Sample, before: &Sample, seed: u64) -> f64 {
    let mut all = [ours.values(), before.values()].concat();
    all.sort_unstable_by(f64::total_cmp);
    let mut edges: Vec<f64> = (1..CELLS).filter_map(|cell| all.get(all.len() * cell / CELLS).copied()).collect();
    edges.dedup();
    let cells = |day: &Vec<f64>| {
        let mut counts = vec![0_i64; edges.len() + 1];
        for wait in day {
            let cell = edges.partition_point(|edge| *edge < *wait);
            counts[cell] += 1; // at most as many edges as cells but one
        }
        counts
    };
    let filled = |days: &'_ [DayWaits]| -> Vec<DayWaits> {
        days.iter().filter(|(_, day)| !day.is_empty()).cloned().collect()
    };
    let (current, reference) = (filled(current), filled(reference));
    let days: Vec<Vec<i64>> = current.iter().chain(&reference).map(|(_, day)| cells(day)).collect();
    let mut total = vec![0_i64; edges.len() + 1];
    days.iter().for_each(|day| total.iter_mut().zip(day).for_each(|(sum, rows)| *sum += rows));
    let kinds = |days: &[DayWaits]| days.iter().map(|(kind, _)| *kind).collect::<Vec<_>>();
    let mut deals = Deals::of(&kinds(&current), &kinds(&reference));
    let real = largest_gap(&days, 0..current.len(), &total);
    let mut draw = draws(seed);
    let dealings = (0..DEALINGS).map(|_| largest_gap(&days, deals.deal(&mut draw), &total));
    let as_large = dealings.filter(|dealt| *dealt >= real).count();
    (1.0 + as_large as f64) / (1.0 + f64::from(DEALINGS))
}

/// `max |F − G|` over the cells, where `F` is that of the days `ours` and `G` that of all others.
fn largest_gap(days: &[Vec<i64>], ours: impl Iterator<Item = usize>, total: &[i64]) -> f64 {
    let mut counts = vec![0_i64; total.len()];
    for day in ours.filter_map(|day| days.get(day)) {
        counts.iter_mut().zip(day).for_each(|(sum, rows)| *sum += rows);
    }
    let (n, all) = (counts.iter().sum::<i64>(), total.iter().sum::<i64>());
    let m = all - n;
    if n == 0 || m == 0 {
        return 0.0;
    }
    let (mut f, mut g, mut largest) = (0_i64, 0_i64, 0.0_f64);
    for (rows, both) in counts.iter().zip(total) {
        f += rows;
        g += both - rows;
        largest = largest.max((f as f64 / n as f64 - g as f64 / m as f64).abs());
    }
    largest
}

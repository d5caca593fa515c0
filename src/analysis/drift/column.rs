//! Data drift of one column: the values of two windows in the bins of the reference window.
//!
//! The verdict on one column follows the definitions: above [`KL_LIMIT`] *and* above the noise floor is drift. A floor that is itself above
//! the limit means that there are too few visits to tell: that is inconclusive, whatever was measured.

use serde::{Deserialize, Serialize};

use crate::analysis::features::{Column, Kind};
use crate::base::Verdict;
use crate::base::statistics::histogram::RARE_BELOW_ONE_IN;
use crate::base::statistics::noise_floor::{DayRows, NoiseFloor, noise_floor_with_dealings};
use crate::base::statistics::{
    BinLabel, CategoryBins, Divergences, NotEvaluable, NumericCut, PairCount, divergences, wasserstein,
};

use super::sorted::{CountedNames, SortedNumbers, is_all_missing};
use super::window::Window;

/// A divergence above this is an alarm (section 4.2 of the plan).
pub const KL_LIMIT: f64 = 0.2;
/// Fewer visits in a window say nothing.
pub const FEWEST_VISITS: u64 = 100;
/// Levels that are listed at most.
const MOST_LEVELS: usize = 20;
/// Points of a cumulative curve at most.
const CURVE_POINTS: usize = 101;
/// A level counts as missing where its absence is less likely than this by chance.
const MISSING_BY_CHANCE: f64 = 0.001;

/// The column of a window.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The values of the whole history.
    pub column: &'a Column,
    /// The rows that are looked at.
    pub window: &'a Window,
}

/// A column in two windows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnDrift {
    /// Visits of the current window, those without a value among them.
    pub n_current: u64,
    /// Visits of the reference window.
    pub n_reference: u64,
    /// Those of the current window without a value.
    pub missing_current: u64,
    /// Those of the reference window without a value.
    pub missing_reference: u64,
    /// `KL(current ‖ reference)`, nats; absent where it cannot be measured, as everything down to `p`.
    pub kl: Option<f64>,
    /// What KL is by chance at most, 95 times in 100.
    pub floor: Option<f64>,
    /// Population stability index.
    pub psi: Option<f64>,
    /// Jensen–Shannon distance, base 2.
    pub js: Option<f64>,
    /// Hellinger distance.
    pub hellinger: Option<f64>,
    /// The share of dealings of the days that give at least `kl`.
    pub p: Option<f64>,
    /// Wasserstein-1 of the values, in the unit of the column; numbers only.
    pub wasserstein: Option<f64>,
    /// Values of the current window that the reference window never had, the most frequent first, at most 20.
    pub new_levels: Vec<Level>,
    /// Values that the reference window had often enough to be missed, and the current one does not.
    pub missing_levels: Vec<Level>,
    /// The bins.
    pub bins: Vec<BinRows>,
    /// The cumulative shares; numbers only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub curves: Option<[Vec<[f64; 2]>; 2]>,
    /// Fail: it drifted. Pass: it did not. Inconclusive: it cannot be told.
    pub verdict: Verdict,
    /// Why.
    pub reason: DataReason,
    /// About how many visits a window would decide; absent where it is decided or cannot be told.
    pub visits_needed: Option<u64>,
    /// KL of each dealing of the days.
    #[serde(skip)]
    pub dealt: Vec<f64>,
}

/// A value that one window has and the other has not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// The value.
    pub level: BinLabel,
    /// Its visits in the window that has it.
    pub n: u64,
}

/// The visits of one bin in both windows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BinRows {
    /// What falls into it.
    pub label: BinLabel,
    /// Visits of the current window.
    pub current: u64,
    /// Visits of the reference window.
    pub reference: u64,
}

/// Why a verdict on a column is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataReason {
    /// KL is above the limit and above the floor.
    Drift,
    /// KL is at most the limit.
    BelowLimit,
    /// It follows from the date alone, and the calendar moves on: known beforehand, and no alarm.
    Calendar,
    /// KL is above the limit, and so much is chance.
    InsideFloor,
    /// KL is above the limit and above the floor, and one of so many columns is so far above its floor by chance.
    OneOfMany,
    /// So much as the limit would be chance, so that KL below it says nothing.
    FloorAboveLimit,
    /// No visit of either window has a value.
    NoValues,
    /// A window has fewer than 100 visits.
    TooFewVisits,
    /// A window has fewer than four days, so that it cannot be told how much days differ.
    TooFewDays,
    /// The other data set has no such column, or it holds numbers in one and names in the other.
    NotComparable,
}

impl DataReason {
    /// Every reason.
    pub const ALL: [DataReason; 10] = [
        DataReason::Drift,
        DataReason::Calendar,
        DataReason::BelowLimit,
        DataReason::InsideFloor,
        DataReason::OneOfMany,
        DataReason::FloorAboveLimit,
        DataReason::NoValues,
        DataReason::TooFewVisits,
        DataReason::TooFewDays,
        DataReason::NotComparable,
    ];

    /// The name in files; `drift.data.ID` is the sentence for people.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            DataReason::Drift => "drift",
            DataReason::BelowLimit => "below_limit",
            DataReason::Calendar => "calendar",
            DataReason::InsideFloor => "inside_floor",
            DataReason::OneOfMany => "one_of_many",
            DataReason::FloorAboveLimit => "floor_above_limit",
            DataReason::NoValues => "no_values",
            DataReason::TooFewVisits => "too_few_visits",
            DataReason::TooFewDays => "too_few_days",
            DataReason::NotComparable => "not_comparable",
        }
    }
}

/// The rows of each bin, day by day, in both windows, and what the values themselves say.
struct Counted {
    labels: Vec<BinLabel>,
    current: Vec<DayRows>,
    reference: Vec<DayRows>,
    missing: [u64; 2],
    wasserstein: Option<f64>,
    curves: Option<[Vec<[f64; 2]>; 2]>,
    new_levels: Vec<Level>,
    missing_levels: Vec<Level>,
}

/// How far the values of `current` differ from those of `reference`. The dealings of the days follow from `seed`.
#[must_use]
pub fn column_drift(current: Side<'_>, reference: Side<'_>, seed: u64) -> ColumnDrift {
    let sizes = [current, reference].map(|side| side.window.rows.len() as u64);
    let none = |reason| ColumnDrift::undecided(sizes, reason);
    if sizes.iter().min() < Some(&FEWEST_VISITS) {
        return none(DataReason::TooFewVisits);
    }
    // A column that nobody fills in is the same in both windows, and says nothing.
    if [current, reference].iter().all(|side| is_all_missing(side.column, side.window)) {
        return none(DataReason::NoValues);
    }
    if current.column.kind() != reference.column.kind() {
        return none(DataReason::NotComparable);
    }
    let counted = match reference.column.kind() {
        Kind::Category => categories(current, reference),
        Kind::Number => numbers(current, reference),
    };
    counted.and_then(|counted| counted.judged(seed)).unwrap_or_else(|_| none(DataReason::NoValues))
}

fn numbers(current: Side<'_>, reference: Side<'_>) -> Result<Counted, NotEvaluable> {
    let ours = SortedNumbers::of(current.column, current.window)?;
    let before = SortedNumbers::of(reference.column, reference.window)?;
    let cut = NumericCut::of(before.sample.as_ref(), before.missing());
    let labels = cut.labels();
    let both = ours.sample.as_ref().zip(before.sample.as_ref());
    let is_single = labels.iter().any(|label| matches!(label, BinLabel::Number(_)));
    let n_current = current.window.rows.len() as u64;
    let level = |(number, n): (f64, u64)| Level { level: BinLabel::Number(number), n };
    let (mut new_levels, mut missing_levels) = (Vec::new(), Vec::new());
    if is_single {
        let there: Vec<(f64, u64)> = ours.levels().collect();
        let known: Vec<(f64, u64)> = before.levels().collect();
        let has = |levels: &[(f64, u64)], number: f64| {
            levels.binary_search_by(|(other, _)| other.total_cmp(&number)).is_ok()
        };
        // That a few people more than ever stand in a queue is no news; that many do is.
        let is_news = |(number, n): &&(f64, u64)| !has(&known, *number) && n * RARE_BELOW_ONE_IN >= n_current;
        new_levels = there.iter().filter(is_news).copied().map(level).collect();
        let gone = known.iter().filter(|(number, _)| !has(&there, *number));
        let missed = gone.filter(|(_, n)| is_missed(*n, reference.window.rows.len() as u64, n_current));
        missing_levels = missed.copied().map(level).collect();
    }
    Ok(Counted {
        current: by_weekday(current.window, ours.counts(&cut)),
        reference: by_weekday(reference.window, before.counts(&cut)),
        labels,
        missing: [ours.missing(), before.missing()],
        wasserstein: both.and_then(|(ours, before)| wasserstein(ours, before).ok()).map(|found| found.distance),
        curves: both.map(|(ours, before)| [curve(ours.values()), curve(before.values())]),
        new_levels: most_frequent(new_levels),
        missing_levels: most_frequent(missing_levels),
    })
}

fn categories(current: Side<'_>, reference: Side<'_>) -> Result<Counted, NotEvaluable> {
    let ours = CountedNames::of(current.column, current.window);
    let before = CountedNames::of(reference.column, reference.window);
    let (there, known) = (ours.levels(), before.levels());
    let bins = CategoryBins::from_reference(known.iter().copied())?;
    let n_current = current.window.rows.len() as u64;
    let has = |levels: &[(Option<&str>, u64)], name: Option<&str>| levels.iter().any(|(other, _)| *other == name);
    let level = |(name, n): (Option<&str>, u64)| {
        Some(Level { level: BinLabel::Category(name?.to_owned()), n }) // missing is no level
    };
    let new = there.iter().filter(|(name, _)| !has(&known, *name)).copied().filter_map(level).collect();
    let gone = known.iter().filter(|(name, _)| !has(&there, *name));
    let missed = gone.filter(|(_, n)| is_missed(*n, reference.window.rows.len() as u64, n_current));
    Ok(Counted {
        labels: bins.labels(),
        current: by_weekday(current.window, ours.counts(&bins)),
        reference: by_weekday(reference.window, before.counts(&bins)),
        missing: [ours.missing(), before.missing()],
        wasserstein: None,
        curves: None,
        new_levels: most_frequent(new),
        missing_levels: most_frequent(missed.copied().filter_map(level).collect()),
    })
}

/// The rows of each day with its weekday.
fn by_weekday(window: &Window, rows: Vec<Vec<u64>>) -> Vec<DayRows> {
    window.dates.iter().map(|day| day.weekday().index()).zip(rows).collect()
}

/// Whether a level with `n` of `of` reference visits would hardly be absent from `current` visits by chance:
/// `(1 − n/of)^current < 0.001`.
fn is_missed(n: u64, of: u64, current: u64) -> bool {
    let share = n as f64 / of.max(1) as f64;
    current as f64 * (-share).ln_1p() < MISSING_BY_CHANCE.ln()
}

fn most_frequent(mut levels: Vec<Level>) -> Vec<Level> {
    levels.sort_by_key(|level| std::cmp::Reverse(level.n));
    levels.truncate(MOST_LEVELS);
    levels
}

/// Values and the share of the sample up to each, at most 101 points.
pub(super) fn curve(values: &[f64]) -> Vec<[f64; 2]> {
    let last = values.len().saturating_sub(1);
    let points = CURVE_POINTS.min(values.len());
    let at = |point: usize| point * last / points.saturating_sub(1).max(1);
    let share = |place: usize| (place + 1) as f64 / values.len() as f64;
    (0..points).filter_map(|point| Some([*values.get(at(point))?, share(at(point))])).collect()
}

impl Counted {
    fn judged(self, seed: u64) -> Result<ColumnDrift, NotEvaluable> {
        let sum = |days: &[DayRows], bin: usize| days.iter().filter_map(|(_, day)| day.get(bin)).sum::<u64>();
        let rows =
            |bin: usize| PairCount { current: sum(&self.current, bin), reference: sum(&self.reference, bin) };
        let all = self.labels.into_iter().enumerate();
        let bins: Vec<(BinLabel, PairCount)> = all
            .map(|(bin, label)| (label, rows(bin)))
            .filter(|(_, rows)| rows.current + rows.reference > 0)
            .collect();
        let found = divergences(&bins.iter().map(|(_, rows)| *rows).collect::<Vec<_>>())?;
        let (floor, dealt) = noise_floor_with_dealings(&self.current, &self.reference, seed)?;
        let (verdict, reason) = judge(&found, &floor);
        let row = |(label, rows): (BinLabel, PairCount)| BinRows {
            label,
            current: rows.current,
            reference: rows.reference,
        };
        Ok(ColumnDrift {
            n_current: found.n_current,
            n_reference: found.n_reference,
            missing_current: self.missing[0],
            missing_reference: self.missing[1],
            kl: Some(found.kl),
            floor: Some(floor.floor),
            psi: Some(found.psi),
            js: Some(found.jensen_shannon),
            hellinger: Some(found.hellinger),
            p: floor.p,
            wasserstein: self.wasserstein,
            new_levels: self.new_levels,
            missing_levels: self.missing_levels,
            bins: bins.into_iter().map(row).collect(),
            curves: self.curves,
            verdict,
            reason,
            visits_needed: (verdict == Verdict::Inconclusive && floor.p.is_some())
                .then(|| visits_needed(&found, &floor)),
            dealt,
        })
    }
}

impl ColumnDrift {
    /// Of two windows of these sizes that cannot be compared.
    #[must_use]
    pub fn undecided([n_current, n_reference]: [u64; 2], reason: DataReason) -> ColumnDrift {
        ColumnDrift {
            n_current,
            n_reference,
            missing_current: 0,
            missing_reference: 0,
            kl: None,
            floor: None,
            psi: None,
            js: None,
            hellinger: None,
            p: None,
            wasserstein: None,
            new_levels: Vec::new(),
            missing_levels: Vec::new(),
            bins: Vec::new(),
            curves: None,
            verdict: Verdict::Inconclusive,
            reason,
            visits_needed: (reason == DataReason::TooFewVisits).then_some(FEWEST_VISITS),
            dealt: Vec::new(),
        }
    }
}

fn judge(found: &Divergences, floor: &NoiseFloor) -> (Verdict, DataReason) {
    // By the formula visits of a day are taken for independent, which they are not: a floor to look at, and nothing to judge by.
    if floor.p.is_none() {
        return (Verdict::Inconclusive, DataReason::TooFewDays);
    }
    match (found.kl > KL_LIMIT, found.kl > floor.floor, floor.floor > KL_LIMIT) {
        (true, true, _) => (Verdict::Fail, DataReason::Drift),
        (true, false, _) => (Verdict::Inconclusive, DataReason::InsideFloor),
        (false, _, true) => (Verdict::Inconclusive, DataReason::FloorAboveLimit),
        (false, _, false) => (Verdict::Pass, DataReason::BelowLimit),
    }
}

/// With how many visits a window the floor would be at the limit, or at what was measured where that is more. The floor falls
/// as the number of visits grows, where days are as alike as now.
fn visits_needed(found: &Divergences, floor: &NoiseFloor) -> u64 {
    let target = found.kl.max(KL_LIMIT);
    let times = (floor.floor / target).max(1.0);
    let n = found.n_current.min(found.n_reference);
    ((n as f64 * times).ceil().min(1e15) as u64).max(n + 1)
}

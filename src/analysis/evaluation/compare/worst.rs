//! The slice where the candidate is worst, looked for among combinations: a small regression tree of the paired differences.
//!
//! Whoever looks in a thousand places finds a bad one by chance. So the tree is grown on the visits of every other day, and the leaf
//! it calls worst is measured on the days between, which it has not seen: the ratio there is an honest one, and has an interval.
//! Splits are of the form "number ≤ t", t among some quantiles, and "level is L"; the one that takes most from the sum of squares
//! is made (Breiman, Friedman, Olshen and Stone 1984), as long as both sides keep enough visits and days.

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::calendar::CivilDate;
use crate::base::statistics::{BlockBootstrap, PairedBlock, Sample};

use super::blocks::{Blocks, by_day};
use super::{FEWEST_SLICE_DAYS, FEWEST_SLICE_VISITS, NO_VISITS, Pairs, SliceVerdict};

/// Splits above a leaf at most: more conditions nobody can keep in mind.
const DEEPEST: usize = 3;
/// Places where a number may be split.
const CUTS: usize = 24;
/// Splits of a node that are tried for enough days on both sides.
const MOST_TRIED: usize = 12;

/// A number that is known of each visit at its arrival.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Factor {
    /// The feature's id.
    pub id: String,
    /// Its values; NaN where missing.
    pub values: Vec<f32>,
}

/// One condition of a slice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// The [`super::Dimension::id`] or the feature's id.
    pub factor: String,
    /// What must hold.
    pub holds: Holds,
}

/// What must hold of a factor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// It is this level.
    Is(String),
    /// It is another level.
    IsNot(String),
    /// It is a number up to this.
    UpTo(f64),
    /// It is a number above this.
    Above(f64),
}

/// The slice that was found, and what the days say that were not looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorstSlice {
    /// All of these hold.
    pub conditions: Vec<Condition>,
    /// Ratio of the mean absolute errors on the days on which it was found: too large, since it was looked for.
    pub ratio_found: f64,
    /// Visits of the other days.
    pub n: u64,
    /// Those days that have such visits.
    pub days: u64,
    /// Ratio on them; absent where they have too little.
    pub ratio: Option<f64>,
    /// Lower end of its 95 % interval.
    pub ratio_low: Option<f64>,
    /// Upper end.
    pub ratio_high: Option<f64>,
    /// What the other days say.
    pub verdict: SliceVerdict,
}

/// A split that was considered: what it takes from the sum of squares.
struct Split {
    column: usize,
    at: usize,
    gain: f64,
}

/// What a visit may be divided by, with few values: bins of a number, or levels.
struct Column<'p> {
    factor: &'p str,
    kind: Kind<'p>,
    /// The bin or level of each visit.
    code: Vec<u16>,
    /// How many there are.
    size: usize,
}

enum Kind<'p> {
    /// Bin `b` holds what is above `cuts[b − 1]` and up to `cuts[b]`; what is missing comes last.
    Number(Vec<f64>),
    /// The last place is for what is not known.
    Levels(&'p [String]),
}

/// `None` where nothing divides the visits, or a half has too few of them.
pub(super) fn worst(pairs: &Pairs, bootstrap: BlockBootstrap) -> Option<WorstSlice> {
    let days = by_day(pairs);
    let (look, measure): (Vec<u32>, Vec<u32>) =
        (0..pairs.actual.len() as u32).partition(|row| days.code[*row as usize].is_multiple_of(2));
    let columns = columns(pairs, &look);
    let difference: Vec<f64> = (0..pairs.actual.len())
        .map(|row| {
            let error = |predicted: &[f64]| (predicted[row] - pairs.actual[row]).abs();
            error(&pairs.candidate) - error(&pairs.current)
        })
        .collect();
    let grown = Growing { pairs, columns: &columns, difference: &difference, days: &days };
    let mut leaves = Vec::new();
    grown.grow(look, Vec::new(), &mut leaves);
    // A tree without a split says nothing that the whole comparison does not.
    leaves.retain(|leaf| !leaf.path.is_empty());
    let found = leaves.into_iter().max_by(|a, b| a.ratio.total_cmp(&b.ratio))?;
    let holds = |row: &u32| found.path.iter().all(|step| step.is_known_to_hold(&columns, *row));
    let rows: Vec<u32> = measure.into_iter().filter(holds).collect();
    let conditions = simplified(found.path.iter().map(|step| step.condition(&columns)).collect());
    Some(measured(pairs, &rows, conditions, found.ratio, bootstrap))
}

fn measured(
    pairs: &Pairs,
    rows: &[u32],
    conditions: Vec<Condition>,
    ratio_found: f64,
    bootstrap: BlockBootstrap,
) -> WorstSlice {
    let key = |row: &u32| (pairs.site[*row as usize], pairs.day[*row as usize]);
    let site_days: Blocks<(u32, CivilDate)> = Blocks::of(rows.iter().map(key));
    let mut blocks = vec![NO_VISITS; site_days.n.len()];
    for (row, block) in rows.iter().zip(&site_days.code) {
        pairs.add_to(&mut blocks[*block as usize], *row as usize);
    }
    let days: BTreeSet<CivilDate> = site_days.keys.iter().map(|(_, day)| *day).collect();
    let n = rows.len() as u64;
    let enough = n >= FEWEST_SLICE_VISITS && days.len() >= FEWEST_SLICE_DAYS;
    let estimate = enough.then(|| bootstrap.paired(&blocks).ok()).flatten();
    let interval = estimate.map(|estimate| estimate.ratio_interval.deciding());
    let verdict = match interval {
        Some(interval) if interval.low > 1.0 => SliceVerdict::Worse,
        Some(interval) if interval.high < 1.0 => SliceVerdict::Better,
        Some(_) => SliceVerdict::Alike,
        None => SliceVerdict::NotJudged,
    };
    WorstSlice {
        conditions,
        ratio_found,
        n,
        days: days.len() as u64,
        ratio: estimate.map(|estimate| estimate.ratio),
        ratio_low: interval.map(|interval| interval.low),
        ratio_high: interval.map(|interval| interval.high),
        verdict,
    }
}

/// The columns of every dimension and factor with more than one value; numbers are cut at quantiles of the rows `look`.
fn columns<'p>(pairs: &'p Pairs, look: &[u32]) -> Vec<Column<'p>> {
    // Loads and ages are made from what is here as a number, or say how the comparison was made.
    let dimensions =
        pairs.dimensions.iter().filter(|dimension| !matches!(dimension.id, "load" | "site_age" | "hour"));
    let levels = dimensions.map(|dimension| {
        let unknown = dimension.levels.len().min(usize::from(u16::MAX) - 1);
        let code = dimension.code.iter().map(|code| (*code as usize).min(unknown) as u16).collect();
        Column { factor: dimension.id, kind: Kind::Levels(&dimension.levels), code, size: unknown + 1 }
    });
    let numbers = pairs.factors.par_iter().filter_map(|factor| {
        let known =
            look.iter().map(|row| f64::from(factor.values[*row as usize])).filter(|number| !number.is_nan());
        let sample = Sample::new(known.collect()).ok()?;
        let mut cuts: Vec<f64> = (1..CUTS).map(|place| sample.quantile(place as f64 / CUTS as f64)).collect();
        cuts.dedup();
        cuts.retain(|cut| sample.values().last().is_some_and(|last| cut < last));
        let missing = cuts.len() + 1;
        let code = factor.values.iter().map(|number| {
            let number = f64::from(*number);
            (if number.is_nan() { missing } else { cuts.partition_point(|cut| *cut < number) }) as u16
        });
        Some(Column {
            factor: factor.id.as_str(),
            code: code.collect(),
            size: missing + 1,
            kind: Kind::Number(cuts),
        })
    });
    let mut found: Vec<Column<'p>> = levels.collect();
    found.extend(numbers.collect::<Vec<_>>());
    found
}

struct Growing<'g> {
    pairs: &'g Pairs,
    columns: &'g [Column<'g>],
    /// |candidate's error| − |current model's error|, minutes.
    difference: &'g [f64],
    days: &'g Blocks<CivilDate>,
}

/// One step from the root to a leaf.
#[derive(Clone, Copy)]
struct Step {
    column: usize,
    at: usize,
    inside: bool,
}

struct Leaf {
    path: Vec<Step>,
    ratio: f64,
}

impl Step {
    /// While a tree grows, what is not known goes with the "no"; of a condition that is told, it is no part.
    fn is_known_to_hold(self, columns: &[Column<'_>], row: u32) -> bool {
        let column = &columns[self.column];
        let code = column.code[row as usize];
        usize::from(code) + 1 < column.size && column.is_inside(self.at, code) == self.inside
    }

    fn condition(self, columns: &[Column<'_>]) -> Condition {
        let column = &columns[self.column];
        let holds = match (&column.kind, self.inside) {
            (Kind::Number(cuts), true) => Holds::UpTo(cuts[self.at]),
            (Kind::Number(cuts), false) => Holds::Above(cuts[self.at]),
            (Kind::Levels(levels), true) => Holds::Is(levels[self.at].clone()),
            (Kind::Levels(levels), false) => Holds::IsNot(levels[self.at].clone()),
        };
        Condition { factor: column.factor.to_owned(), holds }
    }
}

impl Column<'_> {
    /// Whether a bin or level goes the way of "yes".
    fn is_inside(&self, at: usize, code: u16) -> bool {
        match self.kind {
            Kind::Number(_) => usize::from(code) <= at,
            Kind::Levels(_) => usize::from(code) == at,
        }
    }

    /// The splits there are: what is missing or not known is never the "yes" of one.
    fn splits(&self) -> usize {
        match &self.kind {
            Kind::Number(cuts) => cuts.len(),
            Kind::Levels(levels) => levels.len().min(self.size - 1),
        }
    }
}

impl Growing<'_> {
    fn grow(&self, rows: Vec<u32>, path: Vec<Step>, leaves: &mut Vec<Leaf>) {
        if path.len() < DEEPEST
            && let Some((step, inside, outside)) = self.split(&rows)
        {
            for (is_inside, rows) in [(true, inside), (false, outside)] {
                let mut path = path.clone();
                path.push(Step { inside: is_inside, ..step });
                self.grow(rows, path, leaves);
            }
            return;
        }
        let mut sum = NO_VISITS;
        rows.iter().for_each(|row| self.pairs.add_to(&mut sum, *row as usize));
        let PairedBlock { sum_abs_error_current: current, sum_abs_error_candidate: candidate, .. } = sum;
        if current > 0.0 {
            leaves.push(Leaf { path, ratio: candidate / current });
        }
    }

    /// The split that takes most from the sum of squares, with the rows of both sides.
    fn split(&self, rows: &[u32]) -> Option<(Step, Vec<u32>, Vec<u32>)> {
        let total: f64 = rows.iter().map(|row| self.difference[*row as usize]).sum();
        let mut splits: Vec<Split> = (0..self.columns.len())
            .into_par_iter()
            .flat_map_iter(|column| self.splits_of(column, rows, total))
            .collect();
        splits.sort_by(|a, b| b.gain.total_cmp(&a.gain).then((a.column, a.at).cmp(&(b.column, b.at))));
        splits.into_iter().take(MOST_TRIED).find_map(|Split { column, at, .. }| {
            let of = &self.columns[column];
            let (inside, outside): (Vec<u32>, Vec<u32>) =
                rows.iter().copied().partition(|row| of.is_inside(at, of.code[*row as usize]));
            let enough = self.has_enough_days(&inside) && self.has_enough_days(&outside);
            enough.then_some((Step { column, at, inside: true }, inside, outside))
        })
    }

    /// The splits of a column that leave enough visits on both sides and take something from the sum of squares.
    fn splits_of(&self, column: usize, rows: &[u32], total: f64) -> Vec<Split> {
        let of = &self.columns[column];
        let mut bins = vec![(0_u64, 0.0_f64); of.size];
        for row in rows {
            let bin = &mut bins[usize::from(of.code[*row as usize])];
            bin.0 += 1;
            bin.1 += self.difference[*row as usize];
        }
        let n = rows.len() as u64;
        let mut sum = (0_u64, 0.0_f64);
        let mut found = Vec::new();
        for (at, bin) in bins.into_iter().enumerate().take(of.splits()) {
            let inside = match of.kind {
                Kind::Number(_) => {
                    sum = (sum.0 + bin.0, sum.1 + bin.1);
                    sum
                }
                Kind::Levels(_) => bin,
            };
            let outside = (n - inside.0, total - inside.1);
            if inside.0.min(outside.0) < FEWEST_SLICE_VISITS {
                continue;
            }
            let squares = |(n, sum): (u64, f64)| sum * sum / n as f64;
            let gain = squares(inside) + squares(outside) - squares((n, total));
            if gain > 1e-9 * squares((n, total)).max(1e-9) {
                found.push(Split { column, at, gain });
            }
        }
        found
    }

    fn has_enough_days(&self, rows: &[u32]) -> bool {
        let mut seen = BTreeSet::new();
        rows.iter().any(|row| {
            seen.insert(self.days.code[*row as usize]);
            seen.len() >= FEWEST_SLICE_DAYS
        })
    }
}

/// Of conditions on one number the narrowest; of "is not" beside "is", the latter.
fn simplified(conditions: Vec<Condition>) -> Vec<Condition> {
    let mut kept: Vec<Condition> = Vec::new();
    for condition in conditions {
        let same = |of: &&mut Condition| of.factor == condition.factor;
        match (kept.iter_mut().find(|of| same(of) && alike(&of.holds, &condition.holds)), &condition.holds) {
            (Some(before), Holds::UpTo(most)) => {
                if let Holds::UpTo(known) = before.holds {
                    before.holds = Holds::UpTo(known.min(*most));
                }
            }
            (Some(before), Holds::Above(least)) => {
                if let Holds::Above(known) = before.holds {
                    before.holds = Holds::Above(known.max(*least));
                }
            }
            (Some(before), Holds::Is(_)) => before.holds = condition.holds.clone(),
            (Some(_), Holds::IsNot(_)) | (None, _) => kept.push(condition),
        }
    }
    kept
}

fn alike(one: &Holds, other: &Holds) -> bool {
    matches!(
        (one, other),
        (Holds::UpTo(_), Holds::UpTo(_)) | (Holds::Above(_), Holds::Above(_)) | (Holds::IsNot(_), Holds::Is(_))
    )
}

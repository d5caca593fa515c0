//! The training visits as a matrix of bytes: each value is the number of a *bin* of its feature.
//!
//! Bin 0 holds what is missing, and names too rare to be told apart. Numbers have up to 254 cuts in bins of about as many
//! visits each, or a bin a value where there are no more values than that; names have a bin each. Trees are grown from bins
//! alone, and a cut between two values becomes the threshold between them, so nothing is lost by it but cuts that few
//! visits could tell apart.
//!
//! Memory: a byte a value by column, for splits, and somewhat less in the [`super::records`], for sums: 10 million visits of
//! 30 features take 0.6 GB.

use rayon::prelude::*;

use crate::analysis::features::{CATALOGUE, Column, FeatureTable};
use crate::base::{Cancelled, Task};

/// The bin of what is missing.
pub(super) const MISSING: u8 = 0;
/// Bins of a feature.
pub(super) const BINS: usize = 256;
/// The most cuts that leave every bin a byte.
pub(super) const MOST_CUTS: usize = BINS - 2;
/// Visits of a name below which it is not told apart.
const FEWEST_OF_LEVEL: u64 = 10;
/// Visits that the cuts of a number are found from.
const SAMPLED: usize = 200_000;

/// Where the bins of a feature begin and end.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cuts {
    /// Thresholds, ascending: the bin of a number is one more than the thresholds below it.
    Numbers(Vec<f64>),
    /// Names, ascending: the bin of a name is one more than its place.
    Levels(Vec<String>),
}

/// A feature that can tell visits apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Input {
    /// Its id.
    pub feature: String,
    pub cuts: Cuts,
}

/// Bins of some visits.
pub(super) struct Matrix {
    /// The visits.
    pub rows: usize,
    /// Input by input.
    pub columns: Vec<Vec<u8>>,
}

impl Input {
    /// Bins that its values can have, that of missing ones included.
    pub fn bins(&self) -> usize {
        match &self.cuts {
            Cuts::Numbers(thresholds) => thresholds.len() + 2,
            Cuts::Levels(levels) => levels.len() + 1,
        }
    }
}

/// The features of `features` that vary, each once, in the order of a contract; numbers with at most `most` cuts.
pub(super) fn inputs(features: &FeatureTable, most: usize, task: &Task) -> Result<Vec<Input>, Cancelled> {
    let mut own: Vec<&str> = features.expressions().map(|expression| expression.id()).collect();
    own.sort_unstable();
    let ids: Vec<&str> = CATALOGUE.iter().map(|feature| feature.id).chain(own).collect();
    let mut taken: Vec<&Column> = Vec::new();
    let mut chosen = Vec::new();
    for id in ids {
        let Some(column) = features.column(id) else { continue };
        // Where a site has one service, say, its queue is the whole site: the same column twice tells nothing more.
        if !taken.contains(&column) {
            taken.push(column);
            chosen.push((id, column));
        }
    }
    let (done, total) = (std::sync::atomic::AtomicU64::new(0), chosen.len() as u64);
    let found: Result<Vec<Option<Input>>, Cancelled> = chosen
        .into_par_iter()
        .map(|(id, column)| {
            let done = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            task.report("stage.binning", done, total)?;
            Ok(cuts(column, most.min(MOST_CUTS)).map(|cuts| Input { feature: id.to_owned(), cuts }))
        })
        .collect();
    Ok(found?.into_iter().flatten().collect())
}

/// `None` where every visit has the same value.
fn cuts(column: &Column, most: usize) -> Option<Cuts> {
    if let Column::Categories { names, codes } = column {
        let mut counts = vec![0_u64; names.len()];
        let mut missing = 0_u64;
        for code in codes.iter() {
            match code.and_then(|code| counts.get_mut(code as usize)) {
                Some(count) => *count += 1,
                None => missing += 1,
            }
        }
        let mut kept: Vec<(u64, &String)> =
            counts.iter().copied().zip(names).filter(|(count, _)| *count >= FEWEST_OF_LEVEL).collect();
        kept.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        kept.truncate(BINS - 1);
        let told: u64 = kept.iter().map(|(count, _)| count).sum();
        let others = missing + counts.iter().sum::<u64>() - told;
        let mut levels: Vec<String> = kept.into_iter().map(|(_, name)| name.clone()).collect();
        levels.sort();
        return (levels.len() + usize::from(others > 0) >= 2).then_some(Cuts::Levels(levels));
    }
    let counted = counted(column);
    let thresholds = thresholds(&counted, most);
    let varies = !thresholds.is_empty() || (!counted.is_empty() && column.missing() > 0);
    varies.then_some(Cuts::Numbers(thresholds))
}

/// The distinct numbers of a column, ascending, with how often they stand there, from a sample spread evenly over it.
fn counted(column: &Column) -> Vec<(f64, u64)> {
    let rows = column.len();
    let sampled = rows.min(SAMPLED);
    let mut numbers: Vec<f64> = (0..sampled).filter_map(|at| column.number(at * rows / sampled)).collect();
    numbers.sort_unstable_by(f64::total_cmp);
    let mut counted: Vec<(f64, u64)> = Vec::new();
    for number in numbers {
        match counted.last_mut() {
            Some((last, count)) if *last == number => *count += 1,
            _ => counted.push((number, 1)),
        }
    }
    counted
}

/// At most `most` thresholds between the numbers: a bin each for those that are frequent enough to fill one, and bins of
/// about the same number of visits for the rest.
fn thresholds(counted: &[(f64, u64)], most: usize) -> Vec<f64> {
    let pairs = counted.windows(2).map(|pair| (pair[0], pair[1]));
    if counted.len() <= most + 1 {
        return pairs.map(|(low, high)| between(low.0, high.0)).collect();
    }
    let bins = most + 1;
    let total: u64 = counted.iter().map(|(_, count)| count).sum();
    let full = |count: u64| count as f64 >= total as f64 / bins as f64;
    let mut rest: u64 = counted.iter().filter(|(_, count)| !full(*count)).map(|(_, count)| count).sum();
    let mut bins_left = bins - counted.iter().filter(|(_, count)| full(*count)).count();
    let mut thresholds = Vec::with_capacity(most);
    let mut in_bin = 0_u64;
    for (low, high) in pairs {
        in_bin += low.1;
        if !full(low.1) {
            rest -= low.1;
        }
        // What a bin has to hold, of what is left for bins without a number of their own.
        let share = (rest + in_bin) as f64 / bins_left.max(1) as f64;
        if full(low.1) || in_bin as f64 >= share || (full(high.1) && in_bin as f64 >= share / 2.0) {
            thresholds.push(between(low.0, high.0));
            if thresholds.len() == most {
                break;
            }
            if !full(low.1) {
                bins_left = bins_left.saturating_sub(1);
            }
            in_bin = 0;
        }
    }
    thresholds
}

/// The number with the fewest digits that is at least `low` and below `high`.
fn between(low: f64, high: f64) -> f64 {
    let middle = low + (high - low) / 2.0;
    let rounded = (0..17).filter_map(|digits| format!("{middle:.digits$e}").parse::<f64>().ok());
    rounded.into_iter().find(|number| (low..high).contains(number)).unwrap_or(low)
}

impl Matrix {
    /// The bins of every row of `features`.
    pub fn of(inputs: &[Input], features: &FeatureTable, task: &Task) -> Result<Matrix, Cancelled> {
        let rows = features.len();
        let (done, total) = (std::sync::atomic::AtomicU64::new(0), inputs.len() as u64);
        let columns: Result<Vec<Vec<u8>>, Cancelled> = inputs
            .par_iter()
            .map(|input| {
                let done = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                task.report("stage.binning", done, total)?;
                Ok(binned(features.column(&input.feature), &input.cuts, rows))
            })
            .collect();
        Ok(Matrix { rows, columns: columns? })
    }
}

/// The bins of a column; missing where it is of another kind than its cuts.
fn binned(column: Option<&Column>, cuts: &Cuts, rows: usize) -> Vec<u8> {
    match (column, cuts) {
        (Some(Column::Categories { names, codes }), Cuts::Levels(levels)) => {
            let bin = |name: &String| levels.binary_search(name).map_or(MISSING, |place| byte(place + 1));
            let table: Vec<u8> = names.iter().map(bin).collect();
            let bin = |code: Option<u32>| code.and_then(|code| table.get(code as usize)).copied();
            codes.iter().map(|code| bin(code).unwrap_or(MISSING)).collect()
        }
        (Some(Column::Whole(numbers)), Cuts::Numbers(thresholds)) => {
            let steps = Steps::of(thresholds);
            // Counts below this have their bin in a table; larger ones are compared.
            let table: Vec<u8> = (0_u16..1 << 12).map(|number| steps.bin(f32::from(number))).collect();
            let bin = |number: u32| match table.get(number as usize) {
                Some(bin) => *bin,
                None => byte(thresholds.partition_point(|threshold| *threshold < f64::from(number)) + 1),
            };
            numbers.iter().map(|number| number.map_or(MISSING, bin)).collect()
        }
        (Some(Column::Real(numbers)), Cuts::Numbers(thresholds)) => {
            let steps = Steps::of(thresholds);
            numbers.iter().map(|number| if number.is_finite() { steps.bin(*number) } else { MISSING }).collect()
        }
        _ => vec![MISSING; rows],
    }
}

/// Thresholds in a form that is searched without a branch.
struct Steps([f32; BINS]);

impl Steps {
    fn of(thresholds: &[f64]) -> Steps {
        let mut steps = [f32::INFINITY; BINS];
        for (step, threshold) in steps.iter_mut().zip(thresholds) {
            *step = floor(*threshold);
        }
        Steps(steps)
    }

    /// One more than the thresholds below `number`.
    fn bin(&self, number: f32) -> u8 {
        let mut below = 0;
        for step in [128, 64, 32, 16, 8, 4, 2, 1] {
            below += step * usize::from(self.0[(below + step - 1) & (BINS - 1)] < number);
        }
        byte(below + 1)
    }
}

/// The largest 32-bit float that is not above `threshold`: whatever 32-bit float is above the one is above the other.
fn floor(threshold: f64) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "what the rounding did is looked at")]
    let near = threshold as f32;
    if f64::from(near) > threshold { near.next_down() } else { near }
}

/// Bins are below 256 by the number of cuts.
fn byte(bin: usize) -> u8 {
    u8::try_from(bin).unwrap_or(u8::MAX)
}

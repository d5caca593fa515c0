//! The best split of a node, from its sums.
//!
//! With G and H the sums of gradients and curvatures, a node that predicts w changes the loss by `G w + (H + λ) w² / 2`;
//! its best w is `−G / (H + λ)`, and a split gains what its two sides gain together beyond that (Chen and Guestrin 2016,
//! "XGBoost", equation 7, here without the factor ½). A split on a
//! constrained input is taken only where its sides stand in that order ([`super::monotone`] does the rest).
//!
//! Names are put in the order of `G / (H + smoothing)`, after which the best set of them is a prefix (Fisher 1958, "On
//! grouping for maximum homogeneity"); a larger λ keeps small groups of them from looking good by chance.

use super::bins::{BINS, Cuts, MISSING};
use super::grow::Ground;
use super::histogram::{Cell, Histogram, Scale, Sums, difference, sum};
use crate::analysis::models::trees::Monotone;

/// Added to λ for splits of names, and to H where names are put in order.
const LEVEL_SMOOTHING: f64 = 10.0;
/// A split has to gain more than this share of what the node would lose by predicting nothing.
const LEAST_SHARE: f64 = 1e-9;

/// Less than this share of something is less in spite of rounding.
const CERTAIN: f64 = 1.0 - 1e-9;

/// What a split must keep to.
#[derive(Clone, Copy, Debug)]
pub(super) struct SplitRules {
    /// Visits on either side.
    pub min_leaf: i64,
    /// λ.
    pub l2: f64,
}

/// A split that was found.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Split {
    /// The place of the input.
    pub input: usize,
    pub gain: f64,
    pub test: Test,
    /// The sums of the left side; the rest is the right one's.
    pub left: Sums,
    pub right: Sums,
}

/// Which bins go to the left.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    /// Bins from 1 up to this one, and bin 0 where that is said.
    UpTo { bin: u8, missing_left: bool },
    /// These.
    In(Vec<u8>),
}

/// The best split of a node with these sums, by the inputs in `active`; `None` where none gains anything.
pub(super) fn best<const W: usize>(
    sums: &Histogram<W>,
    ground: &Ground<'_>,
    scale: &Scale,
    active: &[u16],
) -> Option<Split> {
    // Every visit is in one bin of every input.
    let records = ground.records;
    let first = &sums.0[records.range(usize::from(*active.first()?))];
    let total = first.iter().fold([0; W], |total, cell| sum(total, *cell));
    let mut best: Option<Split> = None;
    for place in active.iter().map(|place| usize::from(*place)) {
        let input = &ground.inputs[place];
        let search = Search {
            cells: &sums.0[records.range(place)],
            total: &total,
            scale,
            rules: ground.rules,
            monotone: ground.directions[place],
        };
        let least = best.as_ref().map_or(0.0, |best| best.gain);
        let found = match input.cuts {
            Cuts::Numbers(_) => search.numbers(place, least),
            Cuts::Levels(_) => search.levels(place, least),
        };
        best = found.or(best);
    }
    best
}

/// The search for a split of one input.
struct Search<'a, const W: usize> {
    cells: &'a [Cell<W>],
    total: &'a Cell<W>,
    scale: &'a Scale,
    rules: SplitRules,
    monotone: Option<Monotone>,
}

impl<const W: usize> Search<'_, W> {
    /// The best threshold, where it gains more than `least`.
    fn numbers(&self, input: usize, least: f64) -> Option<Split> {
        let missing = self.cells[usize::from(MISSING)];
        let own = Self::score(&self.scale.sums(self.total), self.rules.l2);
        let mut best = own + least.max(own.abs() * LEAST_SHARE);
        let mut found = None;
        // What is missing goes to either side, where there is any.
        let ways = if self.scale.visits(&missing) > 0 { &[false, true][..] } else { &[false][..] };
        for missing_left in ways {
            let mut left = if *missing_left { missing } else { [0; W] };
            for (bin, cell) in self.cells.iter().enumerate().skip(1) {
                if self.scale.visits(cell) == 0 {
                    continue;
                }
                left = sum(left, *cell);
                let right = difference(*self.total, left);
                if self.scale.visits(&right) < self.rules.min_leaf {
                    break;
                }
                if self.scale.visits(&left) < self.rules.min_leaf {
                    continue;
                }
                let sides = [self.scale.sums(&left), self.scale.sums(&right)];
                let Some(score) = self.score_of(&sides, self.rules.l2, best) else { continue };
                if score > best {
                    best = score;
                    found = Some((bin, *missing_left, sides));
                }
            }
        }
        let (bin, missing_left, sides) = found?;
        // Where nothing is missing in training, it goes with the more.
        let missing_left = missing_left || (ways.len() == 1 && sides[0].n >= sides[1].n);
        let test = Test::UpTo { bin: u8::try_from(bin).ok()?, missing_left };
        let [left, right] = sides;
        Some(Split { input, gain: best - own, test, left, right })
    }

    /// The best set of names, where it gains more than `least`.
    fn levels(&self, input: usize, least: f64) -> Option<Split> {
        let l2 = self.rules.l2 + LEVEL_SMOOTHING;
        let own = Self::score(&self.scale.sums(self.total), self.rules.l2);
        let mut best = own + least.max(own.abs() * LEAST_SHARE);
        let mut order: Vec<(f64, u8)> = Vec::with_capacity(self.cells.len());
        for (bin, cell) in (0..=u8::MAX).zip(self.cells) {
            let sums = self.scale.sums(cell);
            if sums.n > 0 {
                order.push((sums.gradient / (sums.curvature + LEVEL_SMOOTHING), bin));
            }
        }
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut found = None;
        let mut left = [0; W];
        for (place, (_, bin)) in order.iter().enumerate() {
            left = sum(left, self.cells[usize::from(*bin)]);
            let right = difference(*self.total, left);
            if self.scale.visits(&right) < self.rules.min_leaf {
                break;
            }
            if self.scale.visits(&left) < self.rules.min_leaf {
                continue;
            }
            let sides = [self.scale.sums(&left), self.scale.sums(&right)];
            let Some(score) = self.score_of(&sides, l2, best) else { continue };
            if score > best {
                best = score;
                found = Some((place, sides));
            }
        }
        let (last, sides) = found?;
        let mut bins: Vec<u8> = order[..=last].iter().map(|(_, bin)| *bin).collect();
        // A name that no visit here has is not told from a missing one, and that goes with the more.
        if self.scale.visits(&self.cells[usize::from(MISSING)]) == 0 && sides[0].n >= sides[1].n {
            bins.push(MISSING);
        }
        bins.sort_unstable();
        let [left, right] = sides;
        Some(Split { input, gain: best - own, test: Test::In(bins), left, right })
    }

    /// What two sides gain; `None` where they stand in the wrong order, or gain less than `least` for sure.
    #[inline]
    fn score_of(&self, sides: &[Sums; 2], l2: f64, least: f64) -> Option<f64> {
        let [left, right] = sides;
        // Most gain less, which is told without a division: the score times both denominators.
        let [under_left, under_right] = [left.curvature + l2, right.curvature + l2];
        let above = left.gradient * left.gradient * under_right + right.gradient * right.gradient * under_left;
        if above < least * CERTAIN * (under_left * under_right) {
            return None;
        }
        if self.monotone.is_some() {
            let [left, right] = sides.map(|side| -side.gradient / (side.curvature + l2));
            let is_kept = match self.monotone {
                Some(Monotone::Increasing) => left <= right,
                Some(Monotone::Decreasing) => left >= right,
                None => true,
            };
            if !is_kept {
                return None;
            }
        }
        Some(Self::score(left, l2) + Self::score(right, l2))
    }

    /// `−2 (G w + (H + λ) w² / 2)` at the best w.
    #[inline]
    fn score(sums: &Sums, l2: f64) -> f64 {
        sums.gradient * sums.gradient / (sums.curvature + l2)
    }
}

impl Test {
    /// Whether each bin goes to the left.
    pub fn table(&self) -> [bool; BINS] {
        match self {
            Test::UpTo { bin, missing_left } => std::array::from_fn(|at| match at {
                0 => *missing_left,
                at => at <= usize::from(*bin),
            }),
            Test::In(bins) => {
                let mut table = [false; BINS];
                bins.iter().for_each(|bin| table[usize::from(*bin)] = true);
                table
            }
        }
    }
}

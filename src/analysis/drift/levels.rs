//! Values that come and go: a new branch, an hour at which nobody comes any more. They are findings of their own, since KL hardly
//! moves where a small share is gone altogether.
//!
//! Visits of one day are not independent, so an alert takes more than numbers of visits: a value that is gone was there on four of
//! five days, a new one is there on every second day, and both have at least one in 200 visits.

use serde::{Deserialize, Serialize};

use crate::base::statistics::BinLabel;
use crate::base::statistics::histogram::RARE_BELOW_ONE_IN;

/// Levels that are listed at most.
const MOST_LEVELS: usize = 20;
/// A level counts as missing where its absence is less likely than this by chance, if visits were independent.
const MISSING_BY_CHANCE: f64 = 0.001;
/// Fewer days in a window raise no alert.
const FEWEST_DAYS: usize = 4;

/// A value that one window has and the other has not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// The value.
    pub level: BinLabel,
    /// Its visits in the window that has it.
    pub n: u64,
    /// The days of that window on which it occurs.
    pub days: u64,
    /// Whether it is frequent enough on enough days to be an alert.
    pub is_alert: bool,
}

/// A value of a window.
pub(super) struct Occurs<L> {
    pub level: L,
    pub n: u64,
    pub days: u64,
}

/// What a window holds: visits and days.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    pub visits: u64,
    pub days: usize,
}

/// The values of the current window that the reference window never had, and those of the reference window that are gone; the most
/// frequent first, at most 20 each. Of `rare_too`, new ones are listed however rare they are.
pub(super) fn levels<L: PartialEq>(
    (there, current): (&[Occurs<L>], Extent),
    (known, reference): (&[Occurs<L>], Extent),
    rare_too: bool,
    label: impl Fn(&L) -> Option<BinLabel>,
) -> [Vec<Level>; 2] {
    let has = |levels: &[Occurs<L>], level: &L| levels.iter().any(|other| other.level == *level);
    let frequent = |one: &Occurs<L>, of: Extent| one.n * RARE_BELOW_ONE_IN >= of.visits;
    let enough = current.days.min(reference.days) >= FEWEST_DAYS;
    let level =
        |one: &Occurs<L>, is_alert| Some(Level { level: label(&one.level)?, n: one.n, days: one.days, is_alert });
    let new = there.iter().filter(|one| !has(known, &one.level) && (rare_too || frequent(one, current)));
    let new =
        new.filter_map(|one| level(one, enough && frequent(one, current) && 2 * one.days >= current.days as u64));
    let gone =
        known.iter().filter(|one| !has(there, &one.level) && is_missed(one.n, reference.visits, current.visits));
    let gone = gone.filter_map(|one| {
        level(one, enough && frequent(one, reference) && 5 * one.days >= 4 * reference.days as u64)
    });
    [most_frequent(new.collect()), most_frequent(gone.collect())]
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

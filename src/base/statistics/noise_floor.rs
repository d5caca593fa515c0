//! How large a divergence is by chance alone.
//!
//! Two weeks of the same world never look quite the same, and visits of one day resemble each other, so the floor is found
//! by dealing whole *days* to the two windows again and again. The bins stay those of the real reference window. It takes
//! counts and gives numbers; what windows are compared, and what is done about it, is not its business.

use serde::{Deserialize, Serialize};

use super::resampling::{Deals, draws};
use super::{NotEvaluable, PairCount, Sample, divergences, real, real_len};

/// How often the days are dealt anew.
pub const PERMUTATIONS: u32 = 200;
/// With fewer days on either side there are too few ways to deal them: the formula is used.
pub const FEWEST_PERMUTED_DAYS: usize = 4;
/// The share of dealings that lie below the floor.
const FLOOR_SHARE: f64 = 0.95;

/// How large `KL(P‖Q)` is where nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NoiseFloor {
    /// `KL(P‖Q)` of the two windows as they are, in nats.
    pub kl: f64,
    /// The floor: nineteen in twenty dealings of the days give no more than this. By the formula: what is expected.
    pub floor: f64,
    /// The share of dealings that give at least `kl`, the real one among them; none by the formula.
    pub p: Option<f64>,
    /// Rows of the current window.
    pub n_current: u64,
    /// Rows of the reference window.
    pub n_reference: u64,
    /// Bins that any row is in.
    pub bins: u64,
    /// Days of the current window and of the reference window.
    pub days: [u64; 2],
}

/// A day of a window: its kind (the weekday; days of one kind are exchanged with each other where that leaves enough ways)
/// and its rows in each bin.
pub type DayRows = (u8, Vec<u64>);

/// The noise floor of two windows, each given as one list a day of the rows in each bin. All lists have one length; the
/// dealings follow from `seed`.
///
/// With `k` bins, `n` and `m` rows, and fewer than [`FEWEST_PERMUTED_DAYS`] days in a window, the floor is
/// `(k − 1)/2 · (1/n + 1/m)`, the expected value of KL without any drift (Wilks 1938 for each side).
///
/// # Errors
/// [`NotEvaluable::NoValues`] where a window has no rows.
pub fn noise_floor(current: &[DayRows], reference: &[DayRows], seed: u64) -> Result<NoiseFloor, NotEvaluable> {
    Ok(noise_floor_with_dealings(current, reference, seed)?.0)
}

/// As [`noise_floor`], with KL of each dealing; none by the formula. Equal seeds deal the days of equal windows alike, so that the
/// dealings of several columns can be put side by side.
///
/// # Errors
/// As [`noise_floor`].
pub fn noise_floor_with_dealings(
    current: &[DayRows],
    reference: &[DayRows],
    seed: u64,
) -> Result<(NoiseFloor, Vec<f64>), NotEvaluable> {
    let both = || current.iter().chain(reference).map(|(_, day)| day);
    let bins = both().map(Vec::len).max().unwrap_or_default();
    let mut all = vec![0; bins];
    both().for_each(|day| add(&mut all, day));
    let kl_of = |ours: &[u64]| {
        let pairs = ours.iter().zip(&all).filter(|(_, both)| **both > 0);
        let counts: Vec<PairCount> =
            pairs.map(|(ours, both)| PairCount { current: *ours, reference: both - ours }).collect();
        divergences(&counts)
    };
    let measured = kl_of(&sum_of(current.iter().map(|(_, day)| day), bins))?;
    let (kl, n, m) = (measured.kl, measured.n_current, measured.n_reference);
    let days = [current.len() as u64, reference.len() as u64];
    let by = |floor, p| NoiseFloor { kl, floor, p, n_current: n, n_reference: m, bins: measured.bins, days };
    if current.len().min(reference.len()) < FEWEST_PERMUTED_DAYS {
        let expected = (real(measured.bins) - 1.0) / 2.0 * (1.0 / real(n) + 1.0 / real(m));
        return Ok((by(expected, None), Vec::new()));
    }
    let days: Vec<&Vec<u64>> = both().collect();
    let kinds = |window: &[DayRows]| window.iter().map(|(kind, _)| *kind).collect::<Vec<_>>();
    let mut deals = Deals::of(&kinds(current), &kinds(reference));
    let mut draw = draws(seed);
    let mut dealt = Vec::with_capacity(PERMUTATIONS as usize);
    for _ in 0..PERMUTATIONS {
        let ours = deals.deal(&mut draw).filter_map(|day| days.get(day)).copied();
        // A dealing may give one side all empty days: then nothing differs.
        dealt.push(kl_of(&sum_of(ours, bins)).map_or(0.0, |measured| measured.kl));
    }
    let as_large = dealt.iter().filter(|other| **other >= kl).count();
    let p = (1.0 + real_len(as_large)) / (1.0 + real_len(dealt.len()));
    Ok((by(Sample::new(dealt.clone())?.quantile(FLOOR_SHARE), Some(p)), dealt))
}

fn sum_of<'a>(days: impl Iterator<Item = &'a Vec<u64>>, bins: usize) -> Vec<u64> {
    let mut sums = vec![0; bins];
    days.for_each(|day| add(&mut sums, day));
    sums
}

fn add(sums: &mut [u64], day: &[u64]) {
    sums.iter_mut().zip(day).for_each(|(sum, rows)| *sum += rows);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Days of 200 rows in 8 bins, each with a leaning of its own, and rows moved to the first bin.
    fn days(count: usize, moved: u64, draw: &mut impl FnMut(usize) -> usize) -> Vec<DayRows> {
        let mut day = || {
            let leaning = draw(8);
            let mut bins = vec![0_u64; 8];
            (0..200 - moved).for_each(|row| bins[if row % 12 == 0 { leaning } else { draw(8) }] += 1);
            bins[0] += moved;
            (0, bins)
        };
        (0..count).map(|_| day()).collect()
    }

    /// Every way to deal 4 + 4 days, 70 of them, against the 200 that are drawn.
    #[test]
    fn the_floor_is_that_of_all_dealings() {
        let mut draw = draws(11);
        let (current, reference) = (days(4, 0, &mut draw), days(4, 0, &mut draw));
        let found = noise_floor(&current, &reference, 5).unwrap();
        let all: Vec<&Vec<u64>> = current.iter().chain(&reference).map(|(_, day)| day).collect();
        let mut every = Vec::new();
        for mask in 0..256_u32 {
            if mask.count_ones() == 4 {
                let side = |wanted: bool| {
                    let days = all.iter().enumerate().filter(|(day, _)| (mask >> day & 1 == 1) == wanted);
                    sum_of(days.map(|(_, day)| *day), 8)
                };
                let pairs = side(true).into_iter().zip(side(false));
                let counts: Vec<PairCount> =
                    pairs.map(|(current, reference)| PairCount { current, reference }).collect();
                every.push(divergences(&counts).unwrap().kl);
            }
        }
        assert_eq!(every.len(), 70);
        let sorted = Sample::new(every.clone()).unwrap();
        assert!(found.floor >= sorted.quantile(0.88) && found.floor <= sorted.max(), "{found:?}");
        let share = every.iter().filter(|kl| **kl >= found.kl).count() as f64 / 70.0;
        assert!((found.p.unwrap() - share).abs() < 0.1, "{:?} and {share}", found.p);
    }

    #[test]
    fn nothing_is_found_where_nothing_changed_and_a_shift_where_there_is_one() {
        let (mut false_alarms, mut found) = (0, 0);
        for seed in 0..300 {
            let mut draw = draws(1_000 + seed);
            let (current, reference) = (days(7, 0, &mut draw), days(7, 0, &mut draw));
            false_alarms += u32::from(noise_floor(&current, &reference, seed).unwrap().p.unwrap() < 0.05);
            let shifted = days(7, 60, &mut draw);
            found += u32::from(noise_floor(&shifted, &reference, seed).unwrap().p.unwrap() < 0.05);
        }
        // 5 % of 300 is 15, give or take twice 3.8.
        assert!(false_alarms <= 23, "{false_alarms} of 300");
        assert!(found >= 295, "{found} of 300");
    }

    #[test]
    fn few_days_have_the_formula_and_no_rows_have_nothing() {
        let day = (0, vec![50_u64, 50, 0]);
        let found = noise_floor(std::slice::from_ref(&day), &vec![day.clone(); 3], 1).unwrap();
        assert_eq!((found.p, found.bins, found.days), (None, 2, [1, 3]));
        assert!((found.floor - 0.5 * (1.0 / 100.0 + 1.0 / 300.0)).abs() < 1e-15);
        assert_eq!(noise_floor(&[], &[day], 1), Err(NotEvaluable::NoValues));
        assert_eq!(noise_floor(&[(0, vec![0; 3])], &[(0, vec![0; 3])], 1), Err(NotEvaluable::NoValues));
    }

    /// On Thursdays nobody comes after noon. Dealt among their own kind, the weeks are the same; dealt anyhow, a window may get
    /// both Thursdays.
    #[test]
    fn weekdays_are_dealt_among_their_own_kind() {
        let week = |kinds: bool| -> Vec<DayRows> {
            (0..7)
                .map(|day| (if kinds { day } else { 0 }, if day == 5 { vec![200, 0] } else { vec![100, 100] }))
                .collect()
        };
        assert_eq!(noise_floor(&week(true), &week(true), 1).unwrap().floor, 0.0);
        assert!(noise_floor(&week(false), &week(false), 1).unwrap().floor > 0.01);
        // Five days among their own kind have 32 ways: too few.
        let five = |kinds: bool| week(kinds).into_iter().skip(2).collect::<Vec<_>>();
        assert_eq!(noise_floor(&five(true), &five(true), 1), noise_floor(&five(false), &five(false), 1));
    }

    #[test]
    fn the_same_seed_gives_the_same() {
        let mut draw = draws(3);
        let (current, reference) = (days(6, 5, &mut draw), days(7, 0, &mut draw));
        assert_eq!(noise_floor(&current, &reference, 9), noise_floor(&current, &reference, 9));
    }
}

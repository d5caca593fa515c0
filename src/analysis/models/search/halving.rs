//! Which trials go on, which one is best, and whether it is better than another one beyond chance.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{BRACKET, DEFAULTS};

/// Of the trials of a stage, one in so many goes on.
const HALVING: usize = 3;

/// What came of a trial on a stage: the error on the validation part, or `None` where no model came of it.
pub type Results = BTreeMap<(u32, u8), Option<f64>>;

/// The trial and the stage that come next; `None` where `most` trials were tried. `stages` is how many there are.
#[must_use]
pub fn next_step(results: &Results, stages: u8, most: u32) -> Option<(u32, u8)> {
    let mut first = 0;
    while first < most {
        let mut going: Vec<u32> = (first..most.min(first + BRACKET)).collect();
        for stage in 0..stages {
            if let Some(trial) = going.iter().find(|trial| !results.contains_key(&(**trial, stage))) {
                return Some((*trial, stage));
            }
            let mut ended: Vec<(f64, u32)> = going
                .iter()
                .filter_map(|trial| Some((results.get(&(*trial, stage)).copied()??, *trial)))
                .collect();
            ended.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            // The defaults always go on: what is chosen has to be held against them.
            let defaults = ended.iter().any(|(_, trial)| *trial == DEFAULTS).then_some(DEFAULTS);
            ended.truncate(going.len().div_ceil(HALVING));
            let others = ended.into_iter().map(|(_, trial)| trial).filter(|trial| *trial != DEFAULTS);
            going = defaults.into_iter().chain(others).collect();
        }
        first += BRACKET;
    }
    None
}

/// The best trial of the highest stage that any has reached.
#[must_use]
pub fn best(results: &Results) -> Option<(u32, u8)> {
    let known = results.iter().filter_map(|(step, error)| Some((*step, (*error)?)));
    let better = |(a, a_error): &((u32, u8), f64), (b, b_error): &((u32, u8), f64)| {
        b.1.cmp(&a.1).then(a_error.total_cmp(b_error)).then(a.0.cmp(&b.0))
    };
    known.min_by(better).map(|(step, _)| step)
}

/// How much better or worse a trial is than another one on the same visits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Gain {
    /// The difference of the mean absolute errors, minutes: below zero where the trial is better.
    pub difference: f64,
    /// Its standard error, days as blocks; `None` with fewer than two days.
    pub standard_error: Option<f64>,
    /// Days that the visits lie on.
    pub days: usize,
}

impl Gain {
    /// Of a trial with these sums of absolute errors by day over one with those; `visits` are the counts of the days. The
    /// difference is a ratio of sums, and its standard error that of a ratio of cluster totals (Cochran 1977, 6.3). `None`
    /// where the days are not the same.
    #[must_use]
    pub fn of(visits: &[u32], trial: &[f64], other: &[f64]) -> Option<Gain> {
        let (days, n) = (visits.len(), visits.iter().map(|n| f64::from(*n)).sum::<f64>());
        if days == 0 || n == 0.0 || trial.len() != days || other.len() != days {
            return None;
        }
        let sums = || trial.iter().zip(other).map(|(trial, other)| trial - other);
        let difference = sums().sum::<f64>() / n;
        let squares: f64 = sums().zip(visits).map(|(sum, n)| (sum - difference * f64::from(*n)).powi(2)).sum();
        #[expect(clippy::cast_precision_loss, reason = "a count of days")]
        let freed = days as f64 / (days as f64 - 1.0);
        let standard_error = (days > 1).then(|| (freed * squares).sqrt() / n);
        Some(Gain { difference, standard_error, days })
    }

    /// Whether the trial is better by more than one standard error: with less, the best of many is luck.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.standard_error.is_some_and(|error| self.difference < -error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A search whose trials end with `error`, to its end: the steps in their order.
    fn steps(most: u32, error: impl Fn(u32, u8) -> Option<f64>) -> (Vec<(u32, u8)>, Results) {
        let (mut results, mut steps) = (Results::new(), Vec::new());
        while let Some((trial, stage)) = next_step(&results, 3, most) {
            steps.push((trial, stage));
            results.insert((trial, stage), error(trial, stage));
        }
        (steps, results)
    }

    #[test]
    fn a_third_of_the_trials_goes_on_each_time() {
        let (found, results) = steps(18, |trial, _| Some(f64::from((trial + 5) % 9)));
        let at = |stage| found.iter().filter(|step| step.1 == stage).map(|step| step.0).collect::<Vec<_>>();
        assert_eq!(at(0), (0..18).collect::<Vec<_>>());
        assert_eq!(at(1), [0, 4, 5, 6, 13, 14, 15], "the three lowest of each nine, and the defaults");
        assert_eq!(at(2), [0, 4, 5, 13]);
        assert_eq!(best(&results), Some((4, 2)));
        assert_eq!(
            found.iter().position(|step| *step == (9, 0)),
            Some(16),
            "nine are ended before the next begin"
        );
    }

    #[test]
    fn a_gain_is_judged_by_days() {
        // By hand: differences of the days are −2, 1, −5 with 2, 1, 3 visits; their mean is −1 a visit.
        let gain = Gain::of(&[2, 1, 3], &[2.0, 2.0, 4.0], &[4.0, 1.0, 9.0]).unwrap();
        let error = (1.5 * (0.0 + 4.0 + 4.0_f64)).sqrt() / 6.0;
        assert_eq!((gain.difference, gain.days), (-1.0, 3));
        assert!((gain.standard_error.unwrap() - error).abs() < 1e-12 && gain.is_clear());
        let worse = Gain::of(&[2, 1, 3], &[4.0, 1.0, 9.0], &[2.0, 2.0, 4.0]).unwrap();
        assert!(worse.difference == 1.0 && !worse.is_clear());
        let one_day = Gain::of(&[5], &[1.0], &[9.0]).unwrap();
        assert!(one_day.standard_error.is_none() && !one_day.is_clear(), "a day alone decides nothing");
        assert_eq!(Gain::of(&[2, 1], &[1.0], &[1.0]), None);
        assert_eq!(Gain::of(&[], &[], &[]), None);
    }

    #[test]
    fn failures_do_not_go_on_and_one_trial_alone_does() {
        let (found, results) = steps(9, |trial, _| (trial == 8).then_some(1.0));
        assert_eq!(found[9..], [(8, 1), (8, 2)]);
        assert_eq!(best(&results), Some((8, 2)));
        let (found, results) = steps(9, |_, _| None);
        assert_eq!((found.len(), best(&results)), (9, None));
        assert_eq!(steps(1, |_, _| Some(2.0)).0, [(0, 0), (0, 1), (0, 2)]);
    }
}

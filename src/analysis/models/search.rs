//! Search over parameters: which values are tried, and which trials go on.
//!
//! Random search (Bergstra and Bengio 2012) with successive halving (Jamieson and Talwalkar 2016): nine trials begin on a
//! small part of the training time, the best third of them goes on to a larger part, and the best third of those to all of
//! it, and the defaults with them; then the next nine begin. Nothing here fits or keeps anything: what is tried follows from the seed, and what comes
//! next from what came out before, so that a search that was stopped goes on as if it had not been.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Family, Parameter, ParameterError, ParameterKind, Parameters};

/// Trials that begin together.
pub const BRACKET: u32 = 9;
/// The trial that tries the defaults.
pub const DEFAULTS: u32 = 0;
/// Of the trials of a stage, one in so many goes on.
const HALVING: usize = 3;

/// How a family says that a parameter is searched, and where.
#[derive(Clone, Copy, Debug)]
pub struct Searched {
    /// The parameter.
    pub id: &'static str,
    /// The lowest and the highest value that is tried, inside of what the parameter may be; `None`: every word.
    pub between: Option<(f64, f64)>,
    /// Whether values are tried evenly by their logarithms.
    pub by_logarithm: bool,
}

impl Searched {
    /// Evenly between two values.
    #[must_use]
    pub const fn evenly(id: &'static str, least: f64, most: f64) -> Searched {
        Searched { id, between: Some((least, most)), by_logarithm: false }
    }

    /// Evenly between the logarithms of two values.
    #[must_use]
    pub const fn by_logarithm(id: &'static str, least: f64, most: f64) -> Searched {
        Searched { id, between: Some((least, most)), by_logarithm: true }
    }

    /// Every word of a choice.
    #[must_use]
    pub const fn words(id: &'static str) -> Searched {
        Searched { id, between: None, by_logarithm: false }
    }
}

/// What is tried.
#[derive(Clone, Debug)]
pub struct Space {
    declared: &'static [Parameter],
    ranges: BTreeMap<&'static str, Range>,
}

#[derive(Clone, Debug, PartialEq)]
enum Range {
    Between { least: f64, most: f64, by_logarithm: bool, whole: bool },
    Words(Vec<String>),
    Fixed(Value),
}

/// A parameter in a file: `{least: 0.01, most: 1, log: true}`, `[median, mean]`, or one value that it keeps.
#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Between(Between),
    Words(Vec<String>),
    Fixed(Value),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Between {
    least: f64,
    most: f64,
    #[serde(default)]
    log: bool,
}

impl Space {
    /// What `family` declares to be searched.
    #[must_use]
    pub fn of(family: &dyn Family) -> Space {
        let declared = family.parameters();
        let range = |searched: &Searched| {
            let parameter = declared.iter().find(|parameter| parameter.id == searched.id)?;
            let range = match (parameter.kind, searched.between) {
                (ParameterKind::Choice(choice), _) => {
                    Range::Words(choice.options.iter().map(|word| (*word).to_owned()).collect())
                }
                (kind, Some((least, most))) => Range::Between {
                    least,
                    most,
                    by_logarithm: searched.by_logarithm,
                    whole: matches!(kind, ParameterKind::Whole { .. }),
                },
                _ => return None,
            };
            Some((parameter.id, range))
        };
        Space { declared, ranges: family.searched().iter().filter_map(range).collect() }
    }

    /// What a file says is to be tried instead; parameters that it does not name are tried as `family` declares.
    ///
    /// # Errors
    /// [`ParameterError`], naming what is wrong.
    pub fn from_yaml(family: &dyn Family, text: &str) -> Result<Space, ParameterError> {
        let mut space = Space::of(family);
        if text.trim().is_empty() {
            return Ok(space);
        }
        let given: BTreeMap<String, Entry> = serde_saphyr::from_str(text)
            .map_err(|error| ParameterError::Unreadable { reason: error.without_snippet().to_string() })?;
        for (name, entry) in given {
            let parameter = ParameterError::declared(space.declared, &name)?;
            let range = space.checked(parameter, entry)?;
            space.ranges.insert(parameter.id, range);
        }
        Ok(space)
    }

    /// Whether there is anything to try.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.values().all(|range| matches!(range, Range::Fixed(_)))
    }

    /// What it is, as text: the same text is the same space.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{:?}", self.ranges)
    }

    /// The parameters of a trial. The first one tries the defaults; from there on each follows from `seed` and its number
    /// alone. A value in a range has four digits that matter, so that it can be typed.
    #[must_use]
    pub fn sample(&self, seed: u64, trial: u32) -> BTreeMap<String, Value> {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        bytes[8..12].copy_from_slice(&trial.to_le_bytes());
        let mut random = ChaCha8Rng::from_seed(bytes);
        #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
        let mut unit = || (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        let mut values = BTreeMap::new();
        for (id, range) in &self.ranges {
            // Drawn even where it is not used, so that fixing one parameter does not change the others.
            let drawn = unit();
            match range {
                Range::Fixed(value) => drop(values.insert((*id).to_owned(), value.clone())),
                _ if trial == DEFAULTS => {}
                Range::Words(words) => {
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "a place in a list"
                    )]
                    let place = (drawn * words.len() as f64) as usize;
                    values.extend(words.get(place).map(|word| ((*id).to_owned(), word.as_str().into())));
                }
                Range::Between { least, most, by_logarithm, whole } => {
                    let value = if *by_logarithm {
                        (least.ln() + drawn * (most.ln() - least.ln())).exp()
                    } else {
                        least + drawn * (most - least)
                    };
                    let value = four_digits(value).clamp(*least, *most);
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "checked to be in range"
                    )]
                    let value = if *whole { Value::from(value.round() as u64) } else { Value::from(value) };
                    values.insert((*id).to_owned(), value);
                }
            }
        }
        values
    }

    fn checked(&self, parameter: &Parameter, entry: Entry) -> Result<Range, ParameterError> {
        let not_allowed = || ParameterError::NotAllowed { name: parameter.id, allowed: parameter.allowed() };
        let check = |value: &Value| {
            let line = serde_json::json!({ parameter.id: value }).to_string();
            Parameters::from_yaml(self.declared, &line).map(|_| ()).map_err(|_| not_allowed())
        };
        match entry {
            Entry::Between(Between { least, most, log }) => {
                let whole = match parameter.kind {
                    ParameterKind::Number { .. } => false,
                    ParameterKind::Whole { .. } => true,
                    ParameterKind::Choice(_) => return Err(not_allowed()),
                };
                let (lowest, highest) = ends(parameter).ok_or_else(not_allowed)?;
                let is_range = least < most && least >= lowest && most <= highest && (!log || least > 0.0);
                if is_range {
                    Ok(Range::Between { least, most, by_logarithm: log, whole })
                } else {
                    Err(not_allowed())
                }
            }
            Entry::Words(words) if words.is_empty() => Err(not_allowed()),
            Entry::Words(words) => {
                words.iter().try_for_each(|word| check(&Value::from(word.as_str())))?;
                Ok(Range::Words(words))
            }
            Entry::Fixed(value) => check(&value).map(|()| Range::Fixed(value)),
        }
    }
}

fn ends(parameter: &Parameter) -> Option<(f64, f64)> {
    match parameter.kind {
        ParameterKind::Number { least, most, .. } => Some((least, most)),
        #[expect(clippy::cast_precision_loss, reason = "ranges of parameters stay below 2^53")]
        ParameterKind::Whole { least, most, .. } => Some((least as f64, most as f64)),
        ParameterKind::Choice(_) => None,
    }
}

fn four_digits(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

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
    use crate::analysis::models::{FAMILIES, family};

    #[test]
    fn every_family_searches_inside_of_what_it_declares() {
        for family in FAMILIES {
            let space = Space::of(*family);
            assert_eq!(space.ranges.len(), family.searched().len(), "{}", family.id());
            for trial in 0..200 {
                let tried = space.sample(7, trial);
                let read = Parameters::from_yaml(family.parameters(), &serde_json::to_string(&tried).unwrap());
                assert!(read.is_ok(), "{}: {tried:?}: {read:?}", family.id());
                assert_eq!(tried, space.sample(7, trial), "the same again");
                assert_eq!(tried.is_empty(), trial == 0 || space.is_empty(), "the first tries the defaults");
            }
        }
    }

    #[test]
    fn values_are_spread_by_logarithm_where_that_is_said() {
        let space =
            Space::from_yaml(family("elastic-net").unwrap(), "penalty: {least: 0.0001, most: 1, log: true}");
        let space = space.unwrap();
        let tried: Vec<f64> =
            (1..2_001).map(|trial| space.sample(1, trial)["penalty"].as_f64().unwrap()).collect();
        let below = tried.iter().filter(|value| **value < 0.01).count();
        assert!((900..1_100).contains(&below), "half of the logarithms: {below}");
        assert!(tried.iter().all(|value| (0.0001..=1.0).contains(value)));
    }

    #[test]
    fn a_file_narrows_the_space_and_what_is_wrong_in_it_is_named() {
        let boosted = family("elastic-net").unwrap();
        let space = Space::from_yaml(boosted, "penalty: 0.5\nestimate: [mean]\n").unwrap();
        for trial in [0, 3] {
            assert_eq!(space.sample(1, trial)["penalty"], 0.5);
        }
        assert_eq!(space.sample(1, 3)["estimate"], "mean");
        let wrong = [
            "penalti: 1",
            "penalty: {least: 1, most: 0.5}",
            "penalty: {least: 0, most: 1, log: true}",
            "penalty: {least: 0, most: 1e9}",
            "penalty: {least: 0, most: 1, step: 2}",
            "estimate: [modus]",
            "estimate: []",
            "estimate: {least: 0, most: 1}",
            "- 1",
        ];
        for text in wrong {
            assert!(Space::from_yaml(boosted, text).is_err(), "{text}");
        }
    }

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

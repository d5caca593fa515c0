//! Search over parameters: which values are tried, and which trials go on.
//!
//! Successive halving (Jamieson and Talwalkar 2016): nine trials begin on a small part of the training time, the best third
//! of them goes on to a larger part, and the best third of those to all of it, and the defaults with them; then the next
//! nine begin. The first nine are drawn at random (Bergstra and Bengio 2012); of the others, two in three are drawn where a
//! model of what came out before expects the most ([`proposals`]). Nothing here fits or keeps anything: what is tried
//! follows from the seed and from what came out before, and so does what comes next, so that a search that was stopped goes
//! on as if it had not been.

mod halving;
mod parzen;
mod proposals;

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng as _;
use serde::Deserialize;
use serde_json::Value;

use super::{Family, Parameter, ParameterError, ParameterKind, Parameters};

pub use halving::{Gain, Results, best, next_step};
pub use proposals::Tried;

/// Trials that begin together.
pub const BRACKET: u32 = 9;
/// The trial that tries the defaults.
pub const DEFAULTS: u32 = 0;

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

    /// The parameters of a trial that is drawn at random. The first one tries the defaults; from there on each follows from
    /// `seed` and its number alone.
    fn sample(&self, seed: u64, trial: u32) -> BTreeMap<String, Value> {
        let mut random = random(seed, trial);
        let mut values = BTreeMap::new();
        for (id, range) in &self.ranges {
            // Drawn even where it is not used, so that fixing one parameter does not change the others.
            let drawn = parzen::unit(&mut random);
            if trial != DEFAULTS || matches!(range, Range::Fixed(_)) {
                values.extend(range.at(drawn).map(|value| ((*id).to_owned(), value)));
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

impl Range {
    /// The value at a place from 0 to 1 of the range. A number has four digits that matter, so that it can be typed.
    fn at(&self, place: f64) -> Option<Value> {
        match self {
            Range::Fixed(value) => Some(value.clone()),
            Range::Words(words) => {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list")]
                let index = (place * words.len() as f64) as usize;
                words.get(index).map(|word| word.as_str().into())
            }
            Range::Between { least, most, by_logarithm, whole } => {
                let value = if *by_logarithm {
                    (least.ln() + place * (most.ln() - least.ln())).exp()
                } else {
                    least + place * (most - least)
                };
                let value = four_digits(value).clamp(*least, *most);
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "checked to be in range"
                )]
                Some(if *whole { Value::from(value.round() as u64) } else { Value::from(value) })
            }
        }
    }
}

/// What is random about a trial.
fn random(seed: u64, trial: u32) -> ChaCha8Rng {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..12].copy_from_slice(&trial.to_le_bytes());
    ChaCha8Rng::from_seed(bytes)
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
}

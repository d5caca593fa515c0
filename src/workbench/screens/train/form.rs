//! What a person sets before a training: a family, its parameters, the seed, the share that is tested on.
//!
//! The fields follow from what the family declares. What was typed stays as it was typed; whether it may be used is
//! decided by the same check that the command line uses.

use std::collections::BTreeMap;

use crate::analysis::evaluation::SplitPlan;
use crate::analysis::models::{ADAPTIVE_RATES, FAMILIES, Parameter, ParameterKind, Parameters, family};
use crate::workbench::screens::field::plain_number;
use crate::workbench::theme::Look;
use crate::workflows::SEED;
use crate::workflows::train::TrainRequest;

/// A number that says how the time is divided; `train.ID` is its name for people.
pub(super) struct SplitField {
    pub id: &'static str,
    /// The least and the most that it may be.
    pub range: (f64, f64),
    of: fn(&SplitPlan) -> f64,
}

/// Shares in percent, and days.
pub(super) const SPLIT_FIELDS: [SplitField; 5] = [
    SplitField { id: "test_share", range: (5.0, 50.0), of: |plan| plan.test_share * 100.0 },
    SplitField { id: "stop_share", range: (0.0, 25.0), of: |plan| plan.stop_share * 100.0 },
    SplitField { id: "calibrate_share", range: (0.0, 25.0), of: |plan| plan.calibrate_share * 100.0 },
    SplitField { id: "gap_days", range: (0.0, 30.0), of: |plan| f64::from(plan.gap_days) },
    // Not of the split, but of what becomes of its calibration; zero: not at all.
    SplitField { id: ADAPTIVE, range: (0.0, ADAPTIVE_RATES.1), of: |_| 0.0 },
];
const ADAPTIVE: &str = "adaptive_rate";
/// The share that is tested on, and how much intervals follow: a search asks for these two, too.
pub(super) const TESTED: &SplitField = &SPLIT_FIELDS[0];
pub(super) const FOLLOWS: &SplitField = &SPLIT_FIELDS[4];
/// The family that is offered first: the one that is right most often.
const FIRST_FAMILY: &str = "boosted";

/// What was typed.
#[derive(Clone, Debug)]
pub(super) struct Form {
    /// The id of the chosen family.
    pub family: &'static str,
    /// The seed.
    pub seed: String,
    /// How the time is divided, by the ids of [`SPLIT_FIELDS`].
    pub split: BTreeMap<&'static str, String>,
    /// Whether every parameter is shown.
    pub shows_all: bool,
    /// What was seen of the training that goes on.
    pub live: super::live::Live,
    pub(super) typed: BTreeMap<(&'static str, &'static str), String>,
}

impl Default for Form {
    fn default() -> Form {
        let mut typed = BTreeMap::new();
        for family in FAMILIES {
            for parameter in family.parameters() {
                typed.insert((family.id(), parameter.id), default_of(parameter));
            }
        }
        let family = FAMILIES.iter().find(|family| family.id() == FIRST_FAMILY).or(FAMILIES.first());
        Form {
            family: family.map_or("", |family| family.id()),
            seed: SEED.to_string(),
            split: SPLIT_FIELDS
                .iter()
                .map(|field| (field.id, (field.of)(&SplitPlan::default()).to_string()))
                .collect(),
            shows_all: false,
            live: super::live::Live::default(),
            typed,
        }
    }
}

impl Form {
    /// The parameters of the chosen family.
    pub fn parameters(&self) -> &'static [Parameter] {
        family(self.family).map_or(&[], |family| family.parameters())
    }

    /// What was typed for a parameter of the chosen family.
    pub fn typed(&mut self, parameter: &'static str) -> &mut String {
        self.typed.entry((self.family, parameter)).or_default()
    }

    /// What is wrong with a parameter of the chosen family, in words.
    pub fn parameter_problem(&self, look: &Look, parameter: &Parameter) -> Option<String> {
        let line = self.line(parameter);
        let is_fine = line.is_some_and(|line| Parameters::from_yaml(self.parameters(), &line).is_ok());
        (!is_fine).then(|| look.fill("train.not_allowed", &[("allowed", &allowed_words(look, parameter))]))
    }

    /// What is wrong with the seed, in words.
    pub fn seed_problem(&self, look: &Look) -> Option<String> {
        self.parsed_seed().is_none().then(|| look.text("train.seed_problem").to_owned())
    }

    /// What is wrong with a number of the split, in words.
    pub fn split_problem(&self, look: &Look, field: &SplitField) -> Option<String> {
        let allowed = || look.fill("train.not_allowed", &[("allowed", &field.allowed(look))]);
        self.split_number(field).is_none().then(allowed)
    }

    /// How the time is divided; `None` while something is wrong.
    pub fn plan(&self) -> Option<SplitPlan> {
        let [test, stop, calibrate, gap, _] = SPLIT_FIELDS.each_ref().map(|field| self.split_number(field));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "within the range of the field"
        )]
        Some(SplitPlan {
            test_share: test? / 100.0,
            stop_share: stop? / 100.0,
            calibrate_share: calibrate? / 100.0,
            gap_days: gap? as u32,
        })
    }

    /// How much intervals follow, where they do; `None` while something is wrong.
    fn adaptive_rate(&self) -> Option<Option<f64>> {
        Some(Some(self.split_number(FOLLOWS)?).filter(|rate| *rate > 0.0))
    }

    fn split_number(&self, field: &SplitField) -> Option<f64> {
        field.number(self.split.get(field.id)?)
    }

    /// The names of the fields that cannot be used as they are.
    pub fn problems(&self, look: &Look) -> Vec<String> {
        let wrong = |parameter: &&Parameter| self.parameter_problem(look, parameter).is_some();
        let mut names: Vec<String> =
            self.parameters().iter().filter(wrong).map(|parameter| parameter_name(look, parameter)).collect();
        names.extend(self.seed_problem(look).map(|_| look.text("train.seed").to_owned()));
        let wrong = |field: &&SplitField| self.split_problem(look, field).is_some();
        names.extend(SPLIT_FIELDS.iter().filter(wrong).map(|field| field.name(look).to_owned()));
        names
    }

    /// What is to be trained; `None` while something is wrong.
    pub fn request(&self) -> Option<TrainRequest> {
        let lines: Option<Vec<String>> = self.parameters().iter().map(|parameter| self.line(parameter)).collect();
        let parameters = lines?.concat();
        Parameters::from_yaml(self.parameters(), &parameters).ok()?;
        Some(TrainRequest {
            family: self.family.to_owned(),
            parameters,
            seed: self.parsed_seed()?,
            split: self.plan()?,
            adaptive_rate: self.adaptive_rate()?,
        })
    }

    fn parsed_seed(&self) -> Option<u64> {
        plain_number(&self.seed).parse().ok()
    }

    /// The parameter as a line of YAML, where what was typed can stand in one.
    fn line(&self, parameter: &Parameter) -> Option<String> {
        let typed = self.typed.get(&(self.family, parameter.id)).map(|typed| plain_number(typed))?;
        let value = match parameter.kind {
            ParameterKind::Number { .. } => {
                typed.parse::<f64>().ok().filter(|value| value.is_finite())?.to_string()
            }
            ParameterKind::Whole { .. } => typed.parse::<u64>().ok()?.to_string(),
            ParameterKind::Choice(choice) => (*choice.options.iter().find(|option| **option == typed)?).to_owned(),
        };
        Some(format!("{}: {value}\n", parameter.id))
    }
}

/// What a parameter is called.
pub(super) fn parameter_name(look: &Look, parameter: &Parameter) -> String {
    look.text(&format!("parameter.{}", parameter.id)).to_owned()
}

/// What a parameter may be.
pub(super) fn allowed_words(look: &Look, parameter: &Parameter) -> String {
    match parameter.kind {
        ParameterKind::Number { least, most, .. } => range_words(look, least, most),
        ParameterKind::Whole { least, most, .. } => {
            let number = |value| look.language.integer(value);
            look.fill("train.range", &[("least", &number(least)), ("most", &number(most))])
        }
        ParameterKind::Choice(choice) => {
            choice.options.iter().map(|option| choice_words(look, option)).collect::<Vec<_>>().join(" · ")
        }
    }
}

impl SplitField {
    /// The number that was typed, where it may be used.
    pub fn number(&self, typed: &str) -> Option<f64> {
        let number: f64 = plain_number(typed).parse().ok()?;
        let is_allowed = number >= self.range.0 && number <= self.range.1;
        let is_too_slow = self.id == ADAPTIVE && number > 0.0 && number < ADAPTIVE_RATES.0;
        (is_allowed && !is_too_slow).then_some(number)
    }

    /// What it is called.
    pub fn name<'l>(&self, look: &'l Look) -> &'l str {
        look.text(match self.id {
            "test_share" => "train.test_share",
            "stop_share" => "train.stop_share",
            "calibrate_share" => "train.calibrate_share",
            ADAPTIVE => "train.adaptive_rate",
            _ => "train.gap_days",
        })
    }

    /// What it may be.
    pub fn allowed(&self, look: &Look) -> String {
        if self.id == ADAPTIVE {
            let (least, most) = ADAPTIVE_RATES;
            return look.fill("train.adaptive_range", &[("range", &range_words(look, least, most))]);
        }
        range_words(look, self.range.0, self.range.1)
    }
}

/// An option of a choice in words.
pub(super) fn choice_words(look: &Look, option: &str) -> String {
    let key = format!("choice.{option}");
    let words = look.text(&key);
    // What another program calls its objective has no words of ours.
    if words == key { option.to_owned() } else { words.to_owned() }
}

pub(super) fn range_words(look: &Look, least: f64, most: f64) -> String {
    look.fill("train.range", &[("least", &number_words(look, least)), ("most", &number_words(look, most))])
}

/// A number with the decimals that it has.
pub(in crate::workbench::screens) fn number_words(look: &Look, value: f64) -> String {
    let places = value.to_string().split_once('.').map_or(0, |(_, decimals)| decimals.len());
    look.language.decimal(value, places)
}

fn default_of(parameter: &Parameter) -> String {
    match parameter.kind {
        ParameterKind::Number { default, .. } => default.to_string(),
        ParameterKind::Whole { default, .. } => default.to_string(),
        ParameterKind::Choice(choice) => choice.default.to_owned(),
    }
}

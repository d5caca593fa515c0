//! The parameters of a family: declared once, read from YAML, checked, and from then on complete.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::Explain;
use crate::base::explain::Failure;
use crate::base::nearest::nearest;

/// A declared parameter; `parameter.ID` is its meaning in words.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// The name in files.
    pub id: &'static str,
    /// What it may be.
    pub kind: ParameterKind,
}

/// What a parameter may be.
#[derive(Clone, Copy, Debug)]
pub enum ParameterKind {
    /// A number.
    Number {
        /// The smallest.
        least: f64,
        /// The largest.
        most: f64,
        /// Where it is not set.
        default: f64,
    },
    /// A whole number.
    Whole {
        /// The smallest.
        least: u64,
        /// The largest.
        most: u64,
        /// Where it is not set.
        default: u64,
    },
    /// One of some words.
    Choice(Choice),
}

/// The words of a choice.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// All of them.
    pub options: &'static [&'static str],
    /// Where it is not set.
    pub default: &'static str,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Setting {
    Whole(u64),
    Number(f64),
    Word(String),
}

/// A checked value for each parameter that a family declares.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Parameters(BTreeMap<&'static str, Setting>);

/// A parameter file that does not fit the family.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// Not YAML, or not a list of names and values.
    #[error("the parameters cannot be read: {reason}")]
    Unreadable {
        /// What the parser says.
        reason: String,
    },
    /// A name that the family does not declare.
    #[error("there is no parameter \"{name}\"")]
    Unknown {
        /// The name.
        name: String,
        /// The names that there are.
        known: String,
        /// The one that was probably meant.
        nearest: Option<&'static str>,
    },
    /// A value that the parameter may not have.
    #[error("\"{name}\" must be {allowed}")]
    NotAllowed {
        /// The parameter.
        name: &'static str,
        /// What it may be.
        allowed: String,
    },
}

impl ParameterError {
    /// The parameter of this name.
    pub(super) fn declared(
        declared: &'static [Parameter],
        name: &str,
    ) -> Result<&'static Parameter, ParameterError> {
        declared.iter().find(|parameter| parameter.id == name).ok_or_else(|| {
            let ids = declared.iter().map(|parameter| parameter.id);
            ParameterError::Unknown {
                name: name.to_owned(),
                known: ids.clone().collect::<Vec<_>>().join(", "),
                nearest: nearest(name, ids),
            }
        })
    }
}

impl Explain for ParameterError {
    fn key(&self) -> &'static str {
        match self {
            ParameterError::Unreadable { .. } => "parameters_unreadable",
            ParameterError::Unknown { nearest: None, .. } => "parameter_unknown",
            ParameterError::Unknown { nearest: Some(_), .. } => "parameter_unknown_near",
            ParameterError::NotAllowed { .. } => "parameter_not_allowed",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            ParameterError::Unreadable { reason } => vec![("reason", reason.clone())],
            ParameterError::Unknown { name, known, nearest } => vec![
                ("name", name.clone()),
                ("known", known.clone()),
                ("nearest", nearest.unwrap_or_default().to_owned()),
            ],
            ParameterError::NotAllowed { name, allowed } => {
                vec![("name", (*name).to_owned()), ("allowed", allowed.clone())]
            }
        }
    }

    fn failure(&self) -> Failure {
        Failure::Usage
    }
}

impl Parameters {
    /// The defaults of `declared`.
    #[must_use]
    pub fn defaults(declared: &'static [Parameter]) -> Parameters {
        let default = |parameter: &Parameter| match parameter.kind {
            ParameterKind::Number { default, .. } => Setting::Number(default),
            ParameterKind::Whole { default, .. } => Setting::Whole(default),
            ParameterKind::Choice(choice) => Setting::Word(choice.default.to_owned()),
        };
        Parameters(declared.iter().map(|parameter| (parameter.id, default(parameter))).collect())
    }

    /// Reads `name: value` lines in YAML; what is not named keeps its default.
    ///
    /// # Errors
    /// [`ParameterError`], naming what is wrong.
    pub fn from_yaml(declared: &'static [Parameter], text: &str) -> Result<Parameters, ParameterError> {
        let mut parameters = Parameters::defaults(declared);
        if text.trim().is_empty() {
            return Ok(parameters);
        }
        let given: BTreeMap<String, Setting> = serde_saphyr::from_str(text)
            .map_err(|error| ParameterError::Unreadable { reason: error.without_snippet().to_string() })?;
        for (name, setting) in given {
            let parameter = ParameterError::declared(declared, &name)?;
            parameters.0.insert(parameter.id, parameter.check(setting)?);
        }
        Ok(parameters)
    }

    /// The same with other values; what is not a number or word of this kind stays as it is.
    pub(super) fn with(mut self, number: (&str, f64), word: (&str, &str)) -> Parameters {
        if let Some(Setting::Number(own)) = self.0.get_mut(number.0) {
            *own = number.1;
        }
        if let Some(Setting::Word(own)) = self.0.get_mut(word.0) {
            word.1.clone_into(own);
        }
        self
    }

    /// A number; zero where the family declares no such number.
    #[must_use]
    pub fn number(&self, id: &str) -> f64 {
        match self.0.get(id) {
            Some(Setting::Number(number)) => *number,
            Some(Setting::Whole(number)) => *number as f64,
            _ => 0.0,
        }
    }

    /// A whole number; zero where the family declares no such number.
    #[must_use]
    pub fn whole(&self, id: &str) -> u64 {
        match self.0.get(id) {
            Some(Setting::Whole(number)) => *number,
            _ => 0,
        }
    }

    /// A word; empty where the family declares no such choice.
    #[must_use]
    pub fn choice(&self, id: &str) -> &str {
        match self.0.get(id) {
            Some(Setting::Word(word)) => word,
            _ => "",
        }
    }
}

impl Parameter {
    fn check(&self, setting: Setting) -> Result<Setting, ParameterError> {
        let checked = match (self.kind, setting) {
            (ParameterKind::Number { least, most, .. }, Setting::Number(number))
                if number >= least && number <= most =>
            {
                Some(Setting::Number(number))
            }
            (ParameterKind::Number { least, most, .. }, Setting::Whole(whole)) => {
                let number = whole as f64;
                (number >= least && number <= most).then_some(Setting::Number(number))
            }
            (ParameterKind::Whole { least, most, .. }, Setting::Whole(whole))
                if (least..=most).contains(&whole) =>
            {
                Some(Setting::Whole(whole))
            }
            (ParameterKind::Choice(choice), Setting::Word(word)) if choice.options.contains(&word.as_str()) => {
                Some(Setting::Word(word))
            }
            _ => None,
        };
        checked.ok_or_else(|| ParameterError::NotAllowed { name: self.id, allowed: self.allowed() })
    }

    /// What it may be, in ASCII: `0..10`, `median | mean`.
    #[must_use]
    pub fn allowed(&self) -> String {
        match self.kind {
            ParameterKind::Number { least, most, .. } => format!("{least}..{most}"),
            ParameterKind::Whole { least, most, .. } => format!("{least}..{most}"),
            ParameterKind::Choice(choice) => choice.options.join(" | "),
        }
    }
}

//! How an error is told to a person: what happened, what was left untouched, what to do next.
//!
//! An error names a key of the string catalogue and the values of its placeholders; the words, in both
//! languages, are `error.KEY.happened`, `error.KEY.untouched` and `error.KEY.next` in
//! `assets/strings/*/errors.txt`. `Display` of the same error is the short English line for logs.

use super::calendar::{CivilDate, DateStyle};
use super::language::Language;

/// How the value of a placeholder says that a day follows.
const DAY: &str = "@day:";

/// The kind of a failure, from which the exit code follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It did not work: exit code 1.
    Failed,
    /// The request itself was wrong: exit code 2.
    Usage,
    /// A gate or a check said no: exit code 3.
    Refused,
    /// The data do not decide: exit code 4.
    Inconclusive,
    /// Stopped by the person: exit code 130.
    Cancelled,
}

/// An error that can be told to a person.
pub trait Explain: std::error::Error {
    /// The middle part of the key in the string catalogue: `error.KEY.happened`.
    fn key(&self) -> &'static str;

    /// The values of the placeholders in the three sentences, as [`in_words`] reads them.
    fn fields(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// The kind of failure.
    fn failure(&self) -> Failure {
        Failure::Failed
    }
}

/// The three sentences, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What happened.
    pub happened: String,
    /// What was left untouched.
    pub untouched: String,
    /// What to do next.
    pub next: String,
}

impl Explanation {
    /// `error` in the words of `language`.
    #[must_use]
    pub fn of(error: &dyn Explain, language: Language) -> Explanation {
        let told = |(name, value): (&'static str, String)| (name, in_words(&value, language));
        let fields: Vec<(&'static str, String)> = error.fields().into_iter().map(told).collect();
        let sentence = |part: &str| language.fill_owned(&format!("error.{}.{part}", error.key()), &fields);
        Explanation { happened: sentence("happened"), untouched: sentence("untouched"), next: sentence("next") }
    }
}

/// A day as the value of a placeholder.
#[must_use]
pub fn day_field(day: CivilDate) -> String {
    format!("{DAY}{day}")
}

/// A value of a placeholder in `language`. One that starts with `@` is a key of the string catalogue and is shown as its
/// text; after a tab may follow the value of each of its own placeholders (`@key\tname=value`), and after a line break
/// another such key: then all of them are listed. A [`day_field`] is told in the calendar of the language.
#[must_use]
pub fn in_words(value: &str, language: Language) -> String {
    if !value.starts_with('@') {
        return value.to_owned();
    }
    if let Some(day) = value.strip_prefix(DAY).and_then(|day| day.parse::<CivilDate>().ok()) {
        return DateStyle::usual(language).short(day, language);
    }
    let one = |line: &str| {
        let mut parts = line.split('\t');
        let key = parts.next().unwrap_or_default().trim_start_matches('@');
        let values: Vec<(&str, &str)> = parts.filter_map(|part| part.split_once('=')).collect();
        language.fill(key, &values)
    };
    let between = if language.is_right_to_left() { "؛ " } else { "; " };
    value.lines().map(one).collect::<Vec<_>>().join(between)
}

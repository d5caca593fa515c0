//! What models are called in front of people.

use crate::base::Verdict;
use crate::workbench::theme::Look;
use crate::workflows::models::{self, ModelName};

pub(super) use crate::workflows::models::at_start;

/// `run:2` as "Run 2", a baseline by its family, a version by its number.
pub(super) fn model_words(look: &Look, name: &ModelName) -> String {
    models::model_words(look.language, name)
}

/// "Run 2".
pub(super) fn run_words(look: &Look, id: i64) -> String {
    model_words(look, &ModelName::Run(id))
}

/// The family by its name for people.
pub(super) fn family_words(look: &Look, family: &str) -> String {
    look.text(&format!("family.{family}")).to_owned()
}

/// "Run 2 (elastic net)"; a baseline is its own family, a file has none.
pub(super) fn with_family(look: &Look, name: &ModelName, family: &str) -> String {
    models::with_family(look.language, name, family)
}

/// A model by the name under which it was asked for, with its family where that is known.
pub(super) fn asked_words(look: &Look, name: &str, family: Option<&str>) -> String {
    match (name.parse::<ModelName>(), family) {
        (Ok(name), Some(family)) => with_family(look, &name, family),
        (Ok(name), None) => model_words(look, &name),
        (Err(_), _) => name.to_owned(),
    }
}

/// The key of the word for a verdict on drift.
pub(super) fn drift_key(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "drift.pass",
        Verdict::Fail => "drift.fail",
        Verdict::Inconclusive => "drift.inconclusive",
    }
}

/// Things in a row, with the comma of the language between them.
pub(super) fn listed(look: &Look, things: &[String]) -> String {
    let mut things = things.iter();
    let first = things.next().cloned().unwrap_or_default();
    things.fold(first, |listed, thing| look.fill("list.comma", &[("a", &listed), ("b", thing)]))
}

//! What models are called in front of people.

use crate::workbench::text::isolate;
use crate::workbench::theme::Look;
use crate::workflows::models::ModelName;

/// `run:2` as "Run 2", a baseline by its family, a version by its number.
pub(super) fn model_words(look: &Look, name: &ModelName) -> String {
    match name {
        ModelName::Baseline(family) => family_words(look, family),
        ModelName::Run(id) => run_words(look, *id),
        ModelName::Version(version) => look.fill("model.version", &[("version", &version.to_string())]),
        ModelName::Live => look.text("model.live").to_owned(),
        ModelName::Predictions(path) => {
            let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            look.fill("model.predictions", &[("file", &isolate(&file))])
        }
    }
}

/// "Run 2".
pub(super) fn run_words(look: &Look, id: i64) -> String {
    look.fill("model.run", &[("run", &look.language.integer(id.unsigned_abs()))])
}

/// The family by its name for people.
pub(super) fn family_words(look: &Look, family: &str) -> String {
    look.text(&format!("family.{family}")).to_owned()
}

/// "Run 2 (elastic net)"; a baseline is its own family, a file has none.
pub(super) fn with_family(look: &Look, name: &ModelName, family: &str) -> String {
    let words = model_words(look, name);
    if matches!(name, ModelName::Baseline(_) | ModelName::Predictions(_)) {
        return words;
    }
    look.fill("model.with_family", &[("model", &words), ("family", &family_words(look, family))])
}

/// As it stands at the beginning of a sentence.
pub(super) fn at_start(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Things in a row, with the comma of the language between them.
pub(super) fn listed(look: &Look, things: &[String]) -> String {
    let mut things = things.iter();
    let first = things.next().cloned().unwrap_or_default();
    things.fold(first, |listed, thing| look.fill("list.comma", &[("a", &listed), ("b", thing)]))
}

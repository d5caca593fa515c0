//! The catalogue files: one `key = text` a line, `#` starts a comment line, `{name}` is a placeholder, and
//! `{name|day|days}` the word that goes with its value: the first where that is 1.
//!
//! They are compiled in and parsed once. The tests below hold the two languages to the same keys and the same
//! placeholders, and every key that the sources name to an entry.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Language;

/// One catalogue file in both languages.
pub struct Area {
    /// The file's name without its ending.
    pub name: &'static str,
    english: &'static str,
    persian: &'static str,
}

macro_rules! areas {
    ($($name:literal),* $(,)?) => {
        &[$(Area {
            name: $name,
            english: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/strings/en/", $name, ".txt")),
            persian: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/strings/fa/", $name, ".txt")),
        }),*]
    };
}

/// Every catalogue file.
pub const AREAS: &[Area] = areas![
    "words",
    "parquet",
    "errors",
    "cli",
    "calendar",
    "statistics",
    "simulation",
    "features",
    "store",
    "serving",
    "frame",
    "widgets",
    "overview",
    "checks",
    "data",
    "train",
    "compare",
    "gates",
    "releases",
    "runs",
    "search",
    "desk",
    "source",
    "mapping",
    "feature_sheet",
    "features_screen",
    "mapping_page",
    "contract",
    "insight",
    "drift",
    "report",
    "drift_screen",
];

/// The texts of one language by key.
pub struct Catalogue {
    texts: HashMap<&'static str, &'static str>,
}

static ENGLISH: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::parse(AREAS.iter().map(|area| area.english)));
static PERSIAN: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::parse(AREAS.iter().map(|area| area.persian)));

impl Catalogue {
    /// The catalogue of `language`.
    #[must_use]
    pub fn get(language: Language) -> &'static Catalogue {
        match language {
            Language::English => &ENGLISH,
            Language::Persian => &PERSIAN,
        }
    }

    /// The text of `key`.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&'static str> {
        self.texts.get(key).copied()
    }

    /// Every key, in no order.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.texts.keys().copied()
    }

    fn parse(files: impl Iterator<Item = &'static str>) -> Catalogue {
        Catalogue { texts: files.flat_map(entries).collect() }
    }
}

fn entries(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    file.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(key, text)| (key.trim(), text.trim()))
}

/// The names of the placeholders of `text`, in order.
#[must_use]
pub fn placeholders(text: &str) -> Vec<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name.split('|').next().unwrap_or(name))
        .collect()
}

/// `text` with each `{name}` replaced; a placeholder without a value stays as it is.
pub(super) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        let (of, words) = name.split_once('|').map_or((name, None), |(of, words)| (of, words.split_once('|')));
        match values.iter().find(|(candidate, _)| *candidate == of) {
            Some((_, value)) => filled.push_str(match words {
                Some((one, _)) if matches!(*value, "1" | "۱") => one,
                Some((_, many)) => many,
                None => value,
            }),
            None => {
                filled.push('{');
                filled.push_str(name);
                filled.push('}');
            }
        }
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn both_languages_have_the_same_keys_and_placeholders_and_no_key_twice() {
        for area in AREAS {
            let mut keys = [BTreeSet::new(), BTreeSet::new()];
            for (file, keys) in [area.english, area.persian].into_iter().zip(&mut keys) {
                for line in file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
                    assert!(line.contains('='), "{}: not an entry: {line}", area.name);
                }
                for (key, text) in entries(file) {
                    assert!(!text.is_empty(), "{key} is empty");
                    assert!(keys.insert(key), "{key} stands twice in {}", area.name);
                }
            }
            assert_eq!(keys[0], keys[1], "keys of {}", area.name);
            for key in &keys[0] {
                let names = |catalogue: &Catalogue| {
                    let text = catalogue.text(key).unwrap();
                    placeholders(text).into_iter().collect::<BTreeSet<_>>()
                };
                assert_eq!(names(&ENGLISH), names(&PERSIAN), "placeholders of {key}");
            }
        }
    }

    #[test]
    fn placeholders_are_filled_and_stray_braces_survive() {
        assert_eq!(fill("{n} of {m}, {x}", &[("n", "1"), ("m", "{n}")]), "1 of {n}, {x}");
        assert_eq!(fill("a { b", &[("b", "!")]), "a { b");
        let days = "{n} {n|day|days}";
        let filled = ["1", "۱", "0", "11"].map(|n| fill(days, &[("n", n)]));
        assert_eq!(filled, ["1 day", "۱ day", "0 days", "11 days"]);
        assert_eq!(fill("{n|day|days}", &[]), "{n|day|days}");
        assert_eq!(placeholders(days), ["n", "n"]);
    }
}

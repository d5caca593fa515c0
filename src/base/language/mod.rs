//! English and Persian: the string catalogue and the way numbers are written.
//!
//! Every word a person can read lives in `assets/strings/{en,fa}/*.txt`; code holds keys only. What comes out
//! of here is *logical* text. Putting it on a screen in visual order is the work of the window's text gate; a
//! terminal or a browser does that by itself.

mod catalogue;
mod marks;
mod numerals;

pub use catalogue::{AREAS, Catalogue, placeholders};
pub use marks::{LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK, isolate, mark_before, with_marks};
pub use numerals::{NO_VALUE, places_beside};

use serde::{Deserialize, Serialize};

/// A language of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English: left to right, ISO dates, Latin digits.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Persian: right to left, Jalali dates, Persian digits.
    #[serde(rename = "fa")]
    Persian,
}

impl Language {
    /// Both languages.
    pub const ALL: [Language; 2] = [Language::English, Language::Persian];

    /// The code on the command line and in files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Persian => "fa",
        }
    }

    /// The language with this [`Language::id`].
    #[must_use]
    pub fn from_id(id: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.id() == id)
    }

    /// The language of a POSIX locale such as `fa_IR.UTF-8`; anything but Persian is English.
    #[must_use]
    pub fn from_locale(locale: &str) -> Language {
        if locale.starts_with("fa") { Language::Persian } else { Language::English }
    }

    /// Whether lines of this language start at the right.
    #[must_use]
    pub fn is_right_to_left(self) -> bool {
        self == Language::Persian
    }

    /// The text of `key`; the key itself where the catalogue lacks it (a test keeps that from happening).
    #[must_use]
    pub fn text(self, key: &str) -> &str {
        Catalogue::get(self).text(key).unwrap_or(key)
    }

    /// The text of `key` with each `{name}` replaced by its value.
    #[must_use]
    pub fn fill(self, key: &str, values: &[(&str, &str)]) -> String {
        catalogue::fill(self.text(key), values)
    }

    /// "1 site", "9 sites".
    #[must_use]
    pub fn sites(self, n: u64) -> String {
        let key = if n == 1 { "count.site" } else { "count.sites" };
        self.fill(key, &[("n", &self.integer(n))])
    }

    /// As [`Language::fill`], with owned values.
    #[must_use]
    pub fn fill_owned(self, key: &str, values: &[(&'static str, String)]) -> String {
        let borrowed: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.fill(key, &borrowed)
    }
}

//! Personal data: recognised by the names and values of columns, and kept out of data sets unless somebody asks for it.
//!
//! A column with personal data is left out, or its cells are replaced by a keyed hash, which tells the same person from
//! another and nothing else; without the key nobody can find the cell by trying all telephone numbers. The quarantine
//! is written through the same [`PersonalCells`]: a cell that would be left out is empty there, a hashed one is its
//! hash. So it can be mended and imported again (a hash is not hashed twice), and holds no more than the data set does.

mod codes;
mod names;
mod recognise;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::times::{ascii_digits, one_spelling};

pub use recognise::recognise;

/// The bytes of a key for hashes.
pub const KEY_BYTES: usize = 32;
/// What a keyed hash begins with.
const HASH_PREFIX: &str = "h:";
/// What stands for a keyed hash where there is no key: in a preview, for which none is made.
pub const HIDDEN: &str = "h:…";
/// Hexadecimal digits of a keyed hash: 128 bits, so that two of ten million people do not share one.
const HASH_DIGITS: usize = 32;

/// A kind of personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonalKind {
    /// Names of people.
    PersonName,
    /// Iranian mobile numbers.
    MobileNumber,
    /// Iranian national codes.
    NationalCode,
    /// Numbers of bank cards.
    BankCard,
    /// E-mail addresses.
    Email,
    /// Sentences that somebody wrote, which may say anything about anybody.
    FreeText,
}

impl PersonalKind {
    /// The key of the name for people.
    #[must_use]
    pub fn name_key(self) -> &'static str {
        match self {
            PersonalKind::PersonName => "personal.person_name",
            PersonalKind::MobileNumber => "personal.mobile_number",
            PersonalKind::NationalCode => "personal.national_code",
            PersonalKind::BankCard => "personal.bank_card",
            PersonalKind::Email => "personal.email",
            PersonalKind::FreeText => "personal.free_text",
        }
    }

    /// The name in files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            PersonalKind::PersonName => "person_name",
            PersonalKind::MobileNumber => "mobile_number",
            PersonalKind::NationalCode => "national_code",
            PersonalKind::BankCard => "bank_card",
            PersonalKind::Email => "email",
            PersonalKind::FreeText => "free_text",
        }
    }

    /// `cell` as it is hashed: one spelling for what means the same person.
    fn canonical(self, cell: &str) -> String {
        match self {
            PersonalKind::MobileNumber => {
                codes::mobile(cell, true).unwrap_or_else(|| one_spelling(cell).into_owned())
            }
            PersonalKind::NationalCode => format!("{:0>10}", ascii_digits(cell.trim())),
            PersonalKind::BankCard => ascii_digits(cell).chars().filter(char::is_ascii_digit).collect(),
            PersonalKind::Email => cell.trim().to_lowercase(),
            PersonalKind::PersonName | PersonalKind::FreeText => one_spelling(cell).into_owned(),
        }
    }
}

/// What is done with a column of personal data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// It does not reach the data set.
    #[default]
    LeaveOut,
    /// Its cells are replaced by keyed hashes.
    Hash,
    /// It is kept as it is, since somebody said so.
    Keep,
}

/// Why a column is taken for personal data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonalColumn {
    /// The source's column.
    pub column: String,
    /// What it holds.
    pub kind: PersonalKind,
    /// The share of the filled cells that look like it.
    pub share: f64,
    /// Filled cells that were looked at.
    pub n: u64,
}

impl PersonalColumn {
    /// The column and why, for the examples of a finding: without any cell of it.
    #[must_use]
    pub fn example(&self) -> String {
        format!("{}: {} {:.0} %, n = {}", self.column, self.kind.id(), self.share * 100.0, self.n)
    }
}

/// What becomes of the cells of each column of a source.
pub struct PersonalCells {
    /// None where nothing is to be hashed, or where it is only to be shown that something would be.
    key: Option<[u8; KEY_BYTES]>,
    columns: Vec<Option<(PersonalKind, Treatment)>>,
}

impl PersonalCells {
    /// For a source with `columns`, of which `found` hold personal data. Columns that `said` does not name are left out,
    /// but those of `ids` (which identify a visit) are hashed: without them there is no visit.
    #[must_use]
    pub fn new(
        columns: &[String],
        found: &[PersonalColumn],
        said: &BTreeMap<String, Treatment>,
        ids: &[usize],
    ) -> PersonalCells {
        let treated = |(index, column): (usize, &String)| {
            let found = found.iter().find(|found| found.column == *column)?;
            let usual = if ids.contains(&index) { Treatment::Hash } else { Treatment::LeaveOut };
            Some((found.kind, said.get(column).copied().unwrap_or(usual)))
        };
        PersonalCells { key: None, columns: columns.iter().enumerate().map(treated).collect() }
    }

    /// Whether cells of any column are hashed; then they need [`PersonalCells::hash_by`], without which [`HIDDEN`]
    /// stands for every hash.
    #[must_use]
    pub fn hashes_any(&self) -> bool {
        (0..self.columns.len()).any(|index| self.treatment(index) == Treatment::Hash)
    }

    /// Hashes by `key` from now on.
    pub fn hash_by(&mut self, key: [u8; KEY_BYTES]) {
        self.key = Some(key);
    }

    /// Whether every cell stays as it is.
    #[must_use]
    pub fn keeps_all(&self) -> bool {
        (0..self.columns.len()).all(|index| self.treatment(index) == Treatment::Keep)
    }

    /// What is done with the cells of a column; [`Treatment::Keep`] where it holds no personal data.
    #[must_use]
    pub fn treatment(&self, index: usize) -> Treatment {
        self.columns.get(index).copied().flatten().map_or(Treatment::Keep, |(_, treatment)| treatment)
    }

    /// What a data set, a quarantine or a preview may hold of `cell`, which stands in the column `index`.
    #[must_use]
    pub fn cell<'a>(&self, index: usize, cell: &'a str) -> Cow<'a, str> {
        match self.columns.get(index).copied().flatten() {
            None | Some((_, Treatment::Keep)) => Cow::Borrowed(cell),
            Some((_, Treatment::LeaveOut)) => Cow::Borrowed(""),
            Some((_, Treatment::Hash)) if cell.trim().is_empty() || is_keyed_hash(cell.trim()) => {
                Cow::Borrowed(cell)
            }
            Some((kind, Treatment::Hash)) => match &self.key {
                Some(key) => Cow::Owned(keyed_hash(key, &kind.canonical(cell))),
                None => Cow::Borrowed(HIDDEN),
            },
        }
    }
}

/// The keyed hash of `text`: the first 128 bits of its HMAC-SHA-256, as `h:` and hexadecimal digits.
#[must_use]
pub fn keyed_hash(key: &[u8; KEY_BYTES], text: &str) -> String {
    // A key of any length is permitted, so that this cannot fail; a key of its own length needs no padding.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return HASH_PREFIX.to_owned() };
    mac.update(text.as_bytes());
    let bytes = mac.finalize().into_bytes();
    let digits = bytes.iter().take(HASH_DIGITS / 2).map(|byte| format!("{byte:02x}"));
    std::iter::once(HASH_PREFIX.to_owned()).chain(digits).collect()
}

/// Whether `text` is a [`keyed_hash`].
#[must_use]
pub fn is_keyed_hash(text: &str) -> bool {
    text.strip_prefix(HASH_PREFIX).is_some_and(|digits| {
        digits.len() == HASH_DIGITS && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

//! Whether a column holds personal data, by its name and a sample of its cells.

use std::collections::HashSet;

use super::codes::{is_bank_card, is_email, is_national_code, mobile};
use super::names::{begins_with_first_name, looks_like_name};
use super::{PersonalColumn, PersonalKind, is_keyed_hash};

/// The share of cells of a kind that no checksum tells apart.
const USUAL_SHARE: f64 = 0.5;
/// The share of cells with a right checksum: one in ten random numbers has it, too.
const CHECKSUM_SHARE: f64 = 0.8;
/// The share that is enough where the column's name says so.
const NAMED_SHARE: f64 = 0.3;
/// The share of cells that begin with one of the common first names, which are about half of all people's.
const FIRST_NAME_SHARE: f64 = 0.2;
/// Without a telling name, nothing is said by fewer cells.
const FEWEST: usize = 10;
/// Free text: characters and words of the mean cell, and the share of cells that differ.
const TEXT_CHARS: usize = 20;
const TEXT_WORDS: usize = 4;
const TEXT_DISTINCT: f64 = 0.5;

/// Words of column names. A name of a place, a service or a file is nobody's.
const NAME_WORDS: &[&str] = &[
    "firstname",
    "lastname",
    "surname",
    "fullname",
    "family",
    "patient",
    "customer",
    "client",
    "person",
    "nam",
    "نام",
    "خانوادگی",
    "مشتری",
    "بیمار",
    "مراجع",
    "مراجعه‌کننده",
    "متقاضی",
    "name",
];
const THING_WORDS: &[&str] = &[
    "site",
    "branch",
    "office",
    "clinic",
    "service",
    "queue",
    "file",
    "system",
    "counter",
    "device",
    "host",
    "city",
    "type",
    "شعبه",
    "مرکز",
    "خدمت",
    "سرویس",
    "باجه",
    "شهر",
    "دستگاه",
    "نوع",
    "صف",
    "کاربری",
];
const MOBILE_WORDS: &[&str] = &["mobile", "phone", "tel", "cell", "msisdn", "موبایل", "تلفن", "همراه", "تماس"];
const CODE_WORDS: &[&str] = &["national", "nationalcode", "nationalid", "melli", "ssn", "ملی", "کدملی"];
const CARD_WORDS: &[&str] = &["card", "pan", "کارت"];

/// What the column called `column` holds, if it is personal, by a sample of its `cells`; empty cells are left out. A
/// column of keyed hashes is none: they were personal, and are no longer.
#[must_use]
pub fn recognise<'a>(column: &str, cells: impl IntoIterator<Item = &'a str>) -> Option<PersonalColumn> {
    let cells: Vec<&str> = cells.into_iter().map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let words = words(column);
    let says = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let share = |is: &dyn Fn(&str) -> bool| {
        #[expect(clippy::cast_precision_loss, reason = "a sample")]
        let share = cells.iter().filter(|cell| is(cell)).count() as f64 / cells.len().max(1) as f64;
        share
    };
    let found =
        |kind, share| Some(PersonalColumn { column: column.to_owned(), kind, share, n: cells.len() as u64 });
    if cells.is_empty() || share(&is_keyed_hash) > USUAL_SHARE {
        return None;
    }
    let is_enough = |share: f64, usual: f64, is_named: bool| {
        share >= if is_named { NAMED_SHARE } else { usual } && (is_named || cells.len() >= FEWEST)
    };
    let emails = share(&is_email);
    if is_enough(emails, USUAL_SHARE, says(&["email", "mail", "ایمیل"])) {
        return found(PersonalKind::Email, emails);
    }
    let is_named = says(MOBILE_WORDS);
    let mobiles = share(&|cell| mobile(cell, is_named).is_some());
    if is_enough(mobiles, USUAL_SHARE, is_named) {
        return found(PersonalKind::MobileNumber, mobiles);
    }
    let is_named = says(CODE_WORDS);
    let codes = share(&|cell| is_national_code(cell, is_named));
    if is_enough(codes, CHECKSUM_SHARE, is_named) {
        return found(PersonalKind::NationalCode, codes);
    }
    let cards = share(&is_bank_card);
    if is_enough(cards, CHECKSUM_SHARE, says(CARD_WORDS)) {
        return found(PersonalKind::BankCard, cards);
    }
    let first_names = share(&begins_with_first_name);
    let name_like = share(&looks_like_name);
    let is_named = says(NAME_WORDS) && !says(THING_WORDS);
    if is_named && name_like >= USUAL_SHARE {
        return found(PersonalKind::PersonName, name_like);
    }
    // A service may be called after a saint: many different names make a column of people.
    let different = cells.iter().collect::<HashSet<_>>().len();
    if first_names >= FIRST_NAME_SHARE && name_like >= USUAL_SHARE && cells.len() >= FEWEST && different >= FEWEST
    {
        return found(PersonalKind::PersonName, first_names);
    }
    is_free_text(&cells, different).then(|| found(PersonalKind::FreeText, share(&|cell| is_sentence(cell))))?
}

fn is_sentence(cell: &str) -> bool {
    cell.chars().count() >= TEXT_CHARS && cell.split_whitespace().count() >= TEXT_WORDS
}

/// Long cells of several words that hardly repeat.
fn is_free_text(cells: &[&str], different: usize) -> bool {
    let sentences = cells.iter().filter(|cell| is_sentence(cell)).count();
    #[expect(clippy::cast_precision_loss, reason = "a sample")]
    let (sentences, different) = (sentences as f64 / cells.len() as f64, different as f64 / cells.len() as f64);
    cells.len() >= FEWEST && sentences >= USUAL_SHARE && different >= TEXT_DISTINCT
}

/// The words of a column's name, also of `firstName` and `first_name`, and of two in a row together.
fn words(column: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in super::one_spelling(column).chars() {
        let is_new = c.is_uppercase() && was_lower;
        was_lower = c.is_lowercase();
        if !c.is_alphanumeric() || is_new {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    let pairs: Vec<String> = words.windows(2).map(<[String]>::concat).collect();
    words.extend(pairs);
    words
}

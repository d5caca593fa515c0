//! First names that are common in Iran, by which a column of people's names is known whatever it is called.

use crate::analysis::history::times::one_spelling;

/// In Persian, as [`one_spelling`] writes them.
const PERSIAN: &[&str] = &[
    "محمد",
    "علی",
    "حسین",
    "مهدی",
    "حسن",
    "رضا",
    "امیر",
    "عباس",
    "احمد",
    "ابراهیم",
    "اکبر",
    "اصغر",
    "سعید",
    "حمید",
    "مجید",
    "محسن",
    "مصطفی",
    "مرتضی",
    "جواد",
    "هادی",
    "کاظم",
    "قاسم",
    "داود",
    "داوود",
    "یوسف",
    "ابوالفضل",
    "امیرحسین",
    "امیرعلی",
    "امیرمحمد",
    "علیرضا",
    "محمدرضا",
    "حمیدرضا",
    "غلامرضا",
    "محمدعلی",
    "محمدحسین",
    "محمدمهدی",
    "آرش",
    "بهرام",
    "بهزاد",
    "پویا",
    "سامان",
    "سینا",
    "فرهاد",
    "کامران",
    "کوروش",
    "نیما",
    "فاطمه",
    "زهرا",
    "مریم",
    "معصومه",
    "سکینه",
    "زینب",
    "رقیه",
    "خدیجه",
    "لیلا",
    "سمیه",
    "اعظم",
    "اکرم",
    "طاهره",
    "صدیقه",
    "مرضیه",
    "نرگس",
    "سارا",
    "الهام",
    "مینا",
    "نازنین",
    "پریسا",
    "شیما",
    "مهسا",
    "نگار",
    "نیلوفر",
    "هانیه",
    "ریحانه",
    "فرزانه",
    "شهلا",
    "ناهید",
    "پروین",
];

/// In Latin letters.
const LATIN: &[&str] = &[
    "mohammad",
    "mohammed",
    "muhammad",
    "ali",
    "hossein",
    "hosein",
    "mahdi",
    "mehdi",
    "hasan",
    "hassan",
    "reza",
    "amir",
    "abbas",
    "ahmad",
    "ebrahim",
    "akbar",
    "saeed",
    "hamid",
    "majid",
    "mohsen",
    "mostafa",
    "morteza",
    "javad",
    "alireza",
    "mohammadreza",
    "hamidreza",
    "arash",
    "sina",
    "nima",
    "fatemeh",
    "fatima",
    "zahra",
    "maryam",
    "masoumeh",
    "zeinab",
    "zeynab",
    "leila",
    "somayeh",
    "sara",
    "elham",
    "mina",
    "narges",
    "nazanin",
    "parisa",
    "mahsa",
    "negar",
    "niloufar",
];

/// Whether the first word of `cell` is a common first name, also after `سید`, or the cell is `family, first`.
pub(super) fn begins_with_first_name(cell: &str) -> bool {
    let cell = one_spelling(cell);
    let is_name = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphabetic());
        PERSIAN.contains(&word) || LATIN.contains(&word.to_lowercase().as_str())
    };
    let mut words = cell.split([' ', '\u{200c}']).filter(|word| !word.is_empty());
    let first = match words.next() {
        Some("سید" | "سیده" | "آقای" | "خانم") => words.next(),
        first => first,
    };
    first.is_some_and(is_name) || cell.split_once(',').is_some_and(|(_, first)| is_name(first.trim()))
}

/// Whether `cell` is written as a name is: up to five words of letters.
pub(super) fn looks_like_name(cell: &str) -> bool {
    let is_letter =
        |c: char| c.is_alphabetic() || matches!(c, '\u{200c}' | '\'' | '-' | '.' | ',' | ' ') || is_mark(c);
    let words = cell.split_whitespace().count();
    (1..=5).contains(&words)
        && cell.chars().all(is_letter)
        && cell.chars().filter(|c| c.is_alphabetic()).count() > 1
}

/// Arabic vowel marks, and the hamza above.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{64b}'..='\u{655}' | '\u{670}')
}

//! Codes against their definitions in another language, columns against what they hold.

use std::collections::BTreeMap;

use super::codes::{is_bank_card, is_national_code, mobile};
use super::*;

#[derive(Deserialize)]
struct Golden {
    codes: BTreeMap<String, bool>,
    cards: BTreeMap<String, bool>,
    hashes_with_key_0_to_31: BTreeMap<String, String>,
}

fn golden() -> Golden {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/personal_codes.json"));
    serde_json::from_str(text).unwrap()
}

fn key() -> [u8; KEY_BYTES] {
    std::array::from_fn(|index| u8::try_from(index).unwrap())
}

fn kind(column: &str, cells: &[String]) -> Option<PersonalKind> {
    recognise(column, cells.iter().map(String::as_str)).map(|found| found.kind)
}

fn cells(cell: impl Fn(usize) -> String) -> Vec<String> {
    (0..200).map(cell).collect()
}

/// Ten digits that look random, and do not repeat.
fn ten_digits(seed: usize) -> String {
    format!("{:010}", (seed as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 31).chars().rev().take(10).collect()
}

#[test]
fn checksums_agree_with_their_definitions() {
    let golden = golden();
    assert!(golden.codes.values().filter(|is_code| **is_code).count() > 200);
    for (code, is_code) in &golden.codes {
        assert_eq!(is_national_code(code, false), *is_code, "{code}");
    }
    for (card, is_card) in &golden.cards {
        assert_eq!(is_bank_card(card), *is_card, "{card}");
    }
    assert!(is_bank_card("6037-7016-8909-5443") && is_bank_card("۶۲۱۹ ۸۶۱۰ ۳۴۵۲ ۹۰۰۷"));
    assert!(is_national_code("۰۰۸۴۵۷۵۹۴۸", false) && !is_national_code("84575948", false));
    assert!(is_national_code("84575948", true) && !is_national_code("8457594", true));
}

#[test]
fn mobile_numbers_are_one_number_however_they_are_written() {
    for cell in
        ["09121234567", "+989121234567", "00989121234567", "989121234567", "۰۹۱۲ ۱۲۳ ۴۵۶۷", "0912-123-4567"]
    {
        assert_eq!(mobile(cell, false).as_deref(), Some("09121234567"), "{cell}");
    }
    assert_eq!(mobile("9121234567", false), None);
    assert_eq!(mobile("9121234567", true).as_deref(), Some("09121234567"));
    for cell in ["02112345678", "0912123456", "091212345678", "0912123456x", "2020-01-02 10:00", ""] {
        assert_eq!(mobile(cell, true), None, "{cell}");
    }
}

#[test]
fn keyed_hashes_are_hmac_sha_256() {
    for (text, digits) in golden().hashes_with_key_0_to_31 {
        let hash = keyed_hash(&key(), &text);
        assert_eq!(hash, format!("h:{digits}"));
        assert!(is_keyed_hash(&hash) && !is_keyed_hash(&hash[1..]) && !is_keyed_hash(&hash[..20]));
    }
    // RFC 4231, test case 1; HMAC fills a short key up with zeros.
    let mut rfc = [0; KEY_BYTES];
    rfc[..20].fill(0x0b);
    assert_eq!(keyed_hash(&rfc, "Hi There"), "h:b0344c61d8db38535ca8afceaf0bf12b");
}

#[test]
fn columns_of_people_are_recognised() {
    let golden = golden();
    let codes: Vec<String> =
        golden.codes.iter().filter(|(_, is_code)| **is_code).map(|(code, _)| code.clone()).collect();
    let cards: Vec<String> =
        golden.cards.iter().filter(|(_, is_card)| **is_card).map(|(card, _)| card.clone()).collect();
    let first = ["علی", "فاطمه", "رضا", "گلاب", "سید محمد", "بهار"];
    let family = ["احمدی", "کریمی", "رضایی", "موسوی نژاد", "حسینی", "نوری", "امینی"];
    let names = cells(|n| format!("{} {}", first[n % 6], family[n / 6 % 7]));
    let notes = cells(|n| format!("بیمار شمارهٔ {n} گفت فردا دوباره می‌آید و مدارک را می‌آورد"));
    let mobiles = cells(|n| format!("0912{:07}", n * 7_919));
    assert_eq!(kind("x", &codes), Some(PersonalKind::NationalCode));
    assert_eq!(kind("x", &cards), Some(PersonalKind::BankCard));
    assert_eq!(kind("x", &mobiles), Some(PersonalKind::MobileNumber));
    assert_eq!(kind("x", &names), Some(PersonalKind::PersonName));
    assert_eq!(kind("x", &cells(|n| format!("u{n}@example.org"))), Some(PersonalKind::Email));
    assert_eq!(kind("x", &notes), Some(PersonalKind::FreeText));
    // By the name of the column, from few cells or uncommon names.
    for column in ["نام بیمار", "firstName", "customer_name", "نام خانوادگی"] {
        assert_eq!(kind(column, &["گلاب مهرورز".to_owned()]), Some(PersonalKind::PersonName), "{column}");
    }
    assert_eq!(kind("شماره موبایل", &["9121234567".to_owned()]), Some(PersonalKind::MobileNumber));
    assert_eq!(kind("کد ملی", &["84575948".to_owned(), "?".to_owned()]), Some(PersonalKind::NationalCode));
    let found = recognise("تلفن", ["09121234567", "", "-"]).unwrap();
    assert_eq!((found.share, found.n), (0.5, 2));
    assert!(!found.example().contains("0912"), "{}", found.example());
}

#[test]
fn columns_of_things_are_not() {
    for (column, cells) in [
        ("id", cells(ten_digits)),
        ("ticket", cells(|n| n.to_string())),
        ("card_no", cells(|n| format!("{:08}", n * 31))),
        ("نام شعبه", cells(|n| ["شعبه مرکزی", "ونک", "تجریش"][n % 3].to_owned())),
        ("service_name", cells(|n| ["Passports", "Driving licences"][n % 2].to_owned())),
        ("site", cells(|n| ["علی‌آباد", "رضا شهر", "امیرکبیر"][n % 3].to_owned())),
        ("arrived_at", cells(|n| format!("2026-01-{:02} 10:{:02}:00", 1 + n % 28, n % 60))),
        ("epoch", cells(|n| (1_767_000_000 + n * 61).to_string())),
        ("epoch_ms", cells(|n| (1_767_000_000_000_u64 + n as u64 * 61_007).to_string())),
        ("service", cells(|n| format!("Registration of vehicles, window {}", n % 9))),
        ("empty", cells(|_| String::new())),
        ("hashed", cells(|n| keyed_hash(&key(), &n.to_string()))),
        ("شناسه", cells(|n| format!("A{n}"))),
    ] {
        assert_eq!(kind(column, &cells), None, "{column}");
    }
}

#[test]
fn random_numbers_are_no_national_codes() {
    // One of ten random numbers passes the checksum; a column of them must not.
    let hits = (0..2_000).filter(|n| is_national_code(&ten_digits(*n), false)).count();
    assert!((100..300).contains(&hits), "{hits}");
    for start in 0..300 {
        let cells: Vec<String> = (0..FEWEST_CELLS).map(|n| ten_digits(start * FEWEST_CELLS + n)).collect();
        assert_ne!(kind("id", &cells), Some(PersonalKind::NationalCode), "{cells:?}");
    }
}

const FEWEST_CELLS: usize = 10;

#[test]
fn nothing_personal_is_let_through_unless_somebody_said_so() {
    let columns: Vec<String> = ["id", "mobile", "code", "note", "wait"].map(str::to_owned).into();
    let person = |column: &str, kind| PersonalColumn { column: column.to_owned(), kind, share: 1.0, n: 9 };
    let found = [
        person("id", PersonalKind::NationalCode),
        person("mobile", PersonalKind::MobileNumber),
        person("code", PersonalKind::NationalCode),
        person("note", PersonalKind::FreeText),
    ];
    let said = BTreeMap::from([("mobile".to_owned(), Treatment::Hash), ("code".to_owned(), Treatment::Keep)]);
    let mut personal = PersonalCells::new(&columns, &found, &said, &[0]);
    assert!(personal.hashes_any());
    personal.hash_by(key());
    assert_eq!(personal.cell(0, "84575948"), keyed_hash(&key(), "0084575948"));
    assert_eq!(personal.cell(1, "+98 912 123 4567"), keyed_hash(&key(), "09121234567"));
    assert_eq!(personal.cell(1, " "), " ");
    assert_eq!(personal.cell(2, "0084575948"), "0084575948");
    assert_eq!(personal.cell(3, "she said"), "");
    assert_eq!(personal.cell(4, "7"), "7");
    assert_eq!(personal.cell(99, "7"), "7");
    // What was hashed once stays as it is, so that a mended quarantine has the ids of the data set.
    let once = personal.cell(1, "09121234567").into_owned();
    assert_eq!(personal.cell(1, &once), once);
    assert!(!personal.keeps_all() && PersonalCells::new(&columns, &[], &said, &[0]).keeps_all());
}

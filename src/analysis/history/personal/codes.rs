//! Numbers that are given to people: mobile numbers, national codes, bank cards.

use crate::analysis::history::times::ascii_digits;

/// The digits of `cell`, which may be grouped by spaces, dashes and brackets; `None` where there is anything else.
fn digits(cell: &str) -> Option<Vec<u8>> {
    let cell = ascii_digits(cell.trim());
    let cell = cell.strip_prefix('+').unwrap_or(&cell);
    let mut digits = Vec::with_capacity(cell.len());
    for c in cell.chars() {
        match c {
            '0'..='9' => digits.push(c as u8 - b'0'),
            ' ' | '-' | '(' | ')' | '\u{200c}' | '\u{a0}' => {}
            _ => return None,
        }
    }
    Some(digits)
}

/// An Iranian mobile number as `09…` with eleven digits. It may be written with `+98`, `0098` or `98`, and, where
/// `also_without_zero`, without its leading zero, which spreadsheets drop.
pub(super) fn mobile(cell: &str, also_without_zero: bool) -> Option<String> {
    let digits = digits(cell)?;
    let rest = match digits.as_slice() {
        [0, rest @ ..] if rest.len() == 10 => rest,
        [9, 8, rest @ ..] | [0, 0, 9, 8, rest @ ..] if rest.len() == 10 => rest,
        rest if rest.len() == 10 && also_without_zero => rest,
        _ => return None,
    };
    if rest.first() != Some(&9) {
        return None;
    }
    Some(std::iter::once('0').chain(rest.iter().map(|digit| char::from(b'0' + digit))).collect())
}

/// Whether `cell` is a national code of Iran: ten digits, not all the same, of which the last checks the others: with
/// r = Σ dᵢ · (11 − i) mod 11 over the first nine, it is r where r < 2 and 11 − r else. Codes of eight or nine digits
/// whose leading zeros were dropped count where `also_without_zeros`.
pub(super) fn is_national_code(cell: &str, also_without_zeros: bool) -> bool {
    let cell = ascii_digits(cell.trim());
    if !cell.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let fewest = if also_without_zeros { 8 } else { 10 };
    if !(fewest..=10).contains(&cell.len()) {
        return false;
    }
    let mut code = [0_u32; 10];
    for (place, byte) in code.iter_mut().rev().zip(cell.bytes().rev()) {
        *place = u32::from(byte - b'0');
    }
    let [first, rest @ ..] = code;
    if rest.iter().all(|digit| *digit == first) {
        return false;
    }
    let sum: u32 = code.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    let check = match sum % 11 {
        rest @ 0..2 => rest,
        rest => 11 - rest,
    };
    code.last() == Some(&check)
}

/// Whether `cell` has the sixteen digits of a bank card, of which the last checks the others (Luhn's sum).
pub(super) fn is_bank_card(cell: &str) -> bool {
    let Some(digits) = digits(cell).filter(|digits| digits.len() == 16) else { return false };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(*digit);
            match (place % 2, digit) {
                (0, digit) => digit,
                (_, digit) if digit < 5 => digit * 2,
                (_, digit) => digit * 2 - 9,
            }
        })
        .sum();
    sum > 0 && sum.is_multiple_of(10)
}

/// Whether `cell` is an e-mail address, by its shape.
pub(super) fn is_email(cell: &str) -> bool {
    let Some((local, domain)) = cell.trim().split_once('@') else { return false };
    let is_part = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '@');
    is_part(local)
        && is_part(domain)
        && domain.split('.').count() > 1
        && domain.split('.').all(|part| !part.is_empty())
}

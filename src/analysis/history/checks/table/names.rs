//! Names that differ in nothing that a reader would see as a difference.
//!
//! Sites, and services of all sites together: a queue is a service *at a site*, so one name for a service at two sites
//! joins no queues, and a model learns of it as one service.

use std::collections::BTreeMap;

use super::{Action, Check, TableAccount, TableContext};
use crate::analysis::history::times::ascii_digits;
use crate::analysis::history::{Categories, Visits};

/// Unifies names; whether codes of sites changed.
pub(super) fn check(visits: &mut Visits, context: &TableContext<'_>, account: &mut TableAccount) -> bool {
    let action = context.settings.action(Check::NearDuplicateName);
    let sites = unify(&mut visits.site, action, account);
    unify(&mut visits.service, action, account);
    sites && action == Action::Repair
}

/// Whether there are near-duplicates in `column`; they are replaced where they may be.
fn unify(column: &mut Categories, action: Action, account: &mut TableAccount) -> bool {
    let mut alike = BTreeMap::<String, Vec<u32>>::new();
    for (code, name) in (0_u32..).zip(column.names()) {
        let bare = bare(name);
        if !bare.is_empty() {
            alike.entry(bare).or_default().push(code);
        }
    }
    alike.retain(|_, codes| codes.len() > 1);
    if alike.is_empty() {
        return false;
    }
    let mut counts = vec![0_u64; column.names().len()];
    for code in column.codes() {
        counts[*code as usize] += 1;
    }
    let mut into: Vec<u32> = (0_u32..).take(counts.len()).collect();
    for codes in alike.values() {
        // The most frequent; of equally frequent ones the first by its letters, whatever the order of the rows.
        let best = codes.iter().copied().max_by(|a, b| {
            let by_count = counts[*a as usize].cmp(&counts[*b as usize]);
            by_count.then_with(|| column.name(*b).cmp(column.name(*a)))
        });
        let Some(best) = best else { continue };
        for code in codes.iter().copied().filter(|code| *code != best && counts[*code as usize] > 0) {
            into[code as usize] = best;
            let (from, to, n) = (column.name(code), column.name(best), counts[code as usize]);
            account.find(Check::NearDuplicateName, action, n, || format!("{from} → {to} ({n})"));
        }
    }
    if action == Action::Repair {
        for (row, code) in column.codes().iter().enumerate() {
            if into[*code as usize] != *code {
                account.mark_repaired(row);
            }
        }
        column.unite(&into);
    }
    true
}

/// `name` without what does not make it another name: case, spaces and half-spaces, Arabic letters for Persian ones,
/// vowel marks, stretching, accents that stand as marks of their own, and a full stop or comma at the end. Digits stay,
/// and so does what stands between two of them.
fn bare(name: &str) -> String {
    let digits = ascii_digits(name);
    let mut bare = String::with_capacity(digits.len());
    let mut is_spaced = false;
    for c in digits.chars() {
        if c.is_whitespace() || is_invisible(c) {
            is_spaced = true;
            continue;
        }
        if is_mark(c) {
            continue;
        }
        let follows_digit = bare.chars().next_back().is_some_and(|last| last.is_ascii_digit());
        if is_spaced && c.is_ascii_digit() && follows_digit {
            bare.push(' ');
        }
        is_spaced = false;
        match c {
            'ي' | 'ى' => bare.push('ی'),
            'ك' => bare.push('ک'),
            other => bare.extend(other.to_lowercase()),
        }
    }
    let stops = ['.', ',', ';', ':', '،', '؛', '…'];
    bare.truncate(bare.trim_end_matches(stops).len());
    bare
}

/// Half-spaces, joiners, marks of direction, and a byte-order mark.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

/// Tatweel, Arabic vowel marks, combining accents.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{300}'..='\u{36f}')
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn spellings_of_one_name_are_alike_and_names_stay_apart() {
        for alike in [
            &["شعبه مرکزی", "شعبه مركزي", "شعبه  مرکزی ", "شعبه‌مرکزی", "شعبـه مرکزی", "شُعبه مرکزی.", "شعبهٔ مرکزی"]
                .as_slice()[..6],
            &["Branch 2", "branch2", "BRANCH  ۲", "Branch 2,", "Branch ٢"],
            &["K: Kasa", "K: KASA", "K:  kasa "],
            &["Cafe\u{301}", "cafe"],
        ] {
            for name in alike {
                assert_eq!(bare(name), bare(alike[0]), "{name}");
            }
        }
        for (a, b) in
            [("Branch 2", "Branch 3"), ("1 23", "12 3"), ("500", "500+"), ("باجه ۱", "باجه ۲"), ("A-1", "A1")]
        {
            assert_ne!(bare(a), bare(b), "{a} {b}");
        }
        assert_eq!(bare(" . "), "");
    }
}

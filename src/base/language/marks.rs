//! The invisible marks that a careful typist adds, so that numbers and names come out right between Persian words.
//!
//! They say nothing of fonts or widths: whoever lays the text out by the bidirectional algorithm, the window's text gate
//! or a browser, gets the same order from them.

/// What follows reads from the left.
pub const LEFT_TO_RIGHT_MARK: char = '\u{200E}';
/// What follows reads from the right.
pub const RIGHT_TO_LEFT_MARK: char = '\u{200F}';
const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_ISOLATE: char = '\u{2069}';

/// `value` set apart from the sentence around it, so that its punctuation stays with it: for paths, digests,
/// names from data.
#[must_use]
pub fn isolate(value: &str) -> String {
    format!("{FIRST_STRONG_ISOLATE}{value}{POP_ISOLATE}")
}

/// The mark that belongs before `letter`, between its neighbours: a sign stays before its number, a technical token
/// that starts with an ASCII digit (a version, an ISO date) reads from the left, a Persian percent sign follows its number.
#[must_use]
pub fn mark_before(before: Option<char>, letter: char, after: Option<char>) -> Option<char> {
    let starts_word =
        before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '.' | ':' | '-' | '/' | '_' | '+' | '\\'));
    match letter {
        '-' | '−' | '+' | '±' if starts_word && after.is_some_and(is_digit) => Some(LEFT_TO_RIGHT_MARK),
        c if c.is_ascii_digit() && starts_word => Some(LEFT_TO_RIGHT_MARK),
        '٪' if before.is_some_and(is_digit) => Some(RIGHT_TO_LEFT_MARK),
        _ => None,
    }
}

/// `text` with every such mark.
#[must_use]
pub fn with_marks(text: &str) -> String {
    let mut marked = String::with_capacity(text.len() + 8);
    let mut before = None;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        marked.extend(mark_before(before, letter, letters.peek().copied()));
        marked.push(letter);
        before = Some(letter);
    }
    marked
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '۰'..='۹' | '٠'..='٩')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_percents_and_versions_are_marked_and_nothing_else_is() {
        assert_eq!(with_marks("خطا −۱٫۲ است"), "خطا \u{200E}−۱٫۲ است");
        assert_eq!(with_marks("۸۱٫۳٪"), "۸۱٫۳\u{200F}٪");
        assert_eq!(with_marks("نسخهٔ 1.3.0"), "نسخهٔ \u{200E}1.3.0");
        assert_eq!(with_marks("۱٫۲ تا ۲٫۶"), "۱٫۲ تا ۲٫۶");
        assert_eq!(with_marks(""), "");
    }
}

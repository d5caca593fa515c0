//! Digits and letters in one script.

use std::borrow::Cow;

/// Room for a short cell in Latin digits. Longer ones are neither times nor numbers.
pub struct Scratch([u8; Scratch::ROOM]);

impl Scratch {
    const ROOM: usize = 64;
}

impl Default for Scratch {
    fn default() -> Scratch {
        Scratch([0; Scratch::ROOM])
    }
}

/// `text` with Persian and Arabic digits as Latin ones, without marks of direction and joining; the text itself
/// where it is ASCII already. `None` where it has no room.
pub fn latin<'t>(text: &'t str, scratch: &'t mut Scratch) -> Option<&'t str> {
    if text.is_ascii() {
        return Some(text);
    }
    let mut end = 0;
    for letter in text.chars() {
        let plain = match letter {
            '۰'..='۹' => plain_digit(letter, '۰'),
            '٠'..='٩' => plain_digit(letter, '٠'),
            '٫' => '.',
            '،' | '\u{a0}' | '\u{202f}' => ' ',
            '−' => '-',
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => continue,
            other => other,
        };
        let room = scratch.0.get_mut(end..end + plain.len_utf8())?;
        end += plain.encode_utf8(room).len();
    }
    std::str::from_utf8(scratch.0.get(..end)?).ok().map(str::trim)
}

/// A text of any length with Persian and Arabic digits as Latin ones.
pub fn ascii_digits(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let plain = |letter| match letter {
        '۰'..='۹' => plain_digit(letter, '۰'),
        '٠'..='٩' => plain_digit(letter, '٠'),
        '٫' => '.',
        other => other,
    };
    Cow::Owned(text.chars().map(plain).collect())
}

fn plain_digit(letter: char, zero: char) -> char {
    // The callers' patterns keep the difference within 0–9.
    char::from(b'0' + (letter as u32 - zero as u32) as u8)
}

/// A name in one spelling: Persian ی and ک for the Arabic letters, single spaces. Borrowed where it is so already.
pub fn one_spelling(text: &str) -> Cow<'_, str> {
    if is_one_spelling(text) {
        return Cow::Borrowed(text);
    }
    let mut name = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !name.is_empty() {
            name.push(' ');
        }
        name.extend(word.chars().map(|c| match c {
            'ي' | 'ى' => 'ی',
            'ك' => 'ک',
            other => other,
        }));
    }
    Cow::Owned(name)
}

fn is_one_spelling(text: &str) -> bool {
    let mut after_space = true;
    for letter in text.chars() {
        match letter {
            ' ' if after_space => return false,
            ' ' => after_space = true,
            'ي' | 'ى' | 'ك' => return false,
            other if other.is_whitespace() => return false,
            _ => after_space = false,
        }
    }
    // An empty text is one spelling of nothing.
    !after_space || text.is_empty()
}

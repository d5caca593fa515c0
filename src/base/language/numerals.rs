//! Numbers as people of each language write them: `2,345.6` and `۲٬۳۴۵٫۶`.

use super::Language;

/// What is written where there is no number.
pub const NO_VALUE: &str = "—";

/// More places than this nobody reads.
const MOST_PLACES: usize = 4;

/// The fewest decimal places, from `least` to four, at which none of `values` looks like `mark` that is not: an interval that leaves
/// out zero must not be told as one that reaches it.
#[must_use]
pub fn places_beside(mark: f64, values: &[f64], least: usize) -> usize {
    let looks_like = |value: f64, places: usize| format!("{value:.places$}") == format!("{mark:.places$}");
    // Of zero, the sign is no difference.
    let differs = |value: &&f64| value.is_finite() && (*value - mark).abs() > 1e-12;
    let hides = |places: &usize| {
        let plain = |value: f64| if value.abs() < 0.5 * 10_f64.powi(-(*places as i32)) { 0.0 } else { value };
        values.iter().filter(differs).any(|value| looks_like(plain(*value), *places))
    };
    (least..MOST_PLACES).find(|places| !hides(places)).unwrap_or(MOST_PLACES.max(least))
}

impl Language {
    /// A whole number with thousands marked.
    #[must_use]
    pub fn integer(self, value: u64) -> String {
        self.localise(&grouped(&value.to_string()))
    }

    /// A number with `places` decimals and thousands marked; a dash where it is not finite.
    #[must_use]
    pub fn decimal(self, value: f64, places: usize) -> String {
        if !value.is_finite() {
            return NO_VALUE.to_owned();
        }
        let plain = format!("{:.places$}", value.abs());
        let is_zero = plain.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let mut text = String::new();
        if value < 0.0 && !is_zero {
            text.push('−');
        }
        text.push_str(&grouped(whole));
        if !fraction.is_empty() {
            text.push('.');
            text.push_str(fraction);
        }
        self.localise(&text)
    }

    /// As [`Language::decimal`], with a plus sign before numbers above zero.
    #[must_use]
    pub fn signed_decimal(self, value: f64, places: usize) -> String {
        let text = self.decimal(value, places);
        let rounds_to_zero = text.chars().all(|c| matches!(c, '0' | '۰' | '.' | '٫'));
        if value > 0.0 && !rounds_to_zero { format!("+{text}") } else { text }
    }

    /// A share of one as a percentage: `0.813` with one place is `81.3 %` or `۸۱٫۳٪`.
    #[must_use]
    pub fn percent(self, share: f64, places: usize) -> String {
        let number = self.decimal(share * 100.0, places);
        match self {
            _ if number == NO_VALUE => number,
            Language::English => format!("{number} %"),
            Language::Persian => format!("{number}٪"),
        }
    }

    /// ASCII digits of `text` in the digits of this language; everything else stays.
    #[must_use]
    pub fn digits(self, text: &str) -> String {
        match self {
            Language::English => text.to_owned(),
            Language::Persian => text.chars().map(persian_digit).collect(),
        }
    }

    /// Digits, thousands mark and decimal point of this language.
    fn localise(self, ascii: &str) -> String {
        match self {
            Language::English => ascii.to_owned(),
            Language::Persian => ascii
                .chars()
                .map(|c| match c {
                    ',' => '٬',
                    '.' => '٫',
                    other => persian_digit(other),
                })
                .collect(),
        }
    }
}

fn persian_digit(c: char) -> char {
    match c.to_digit(10) {
        Some(digit) => char::from_u32(0x06F0 + digit).unwrap_or(c),
        None => c,
    }
}

/// `whole` (ASCII digits) with a comma before every third digit from the end.
fn grouped(whole: &str) -> String {
    let mut text = String::with_capacity(whole.len() + whole.len() / 3);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Language::{English, Persian};

    #[test]
    fn numbers_carry_the_marks_of_their_language() {
        assert_eq!(English.integer(1_234_567), "1,234,567");
        assert_eq!(Persian.integer(2345), "۲٬۳۴۵");
        assert_eq!(Persian.decimal(12.5, 1), "۱۲٫۵");
        assert_eq!(English.decimal(-1234.5, 1), "−1,234.5");
        assert_eq!(English.percent(0.813, 1), "81.3 %");
        assert_eq!(Persian.percent(0.813, 1), "۸۱٫۳٪");
        assert_eq!(Persian.digits("1404/05/02"), "۱۴۰۴/۰۵/۰۲");
    }

    #[test]
    fn an_end_beside_zero_does_not_look_like_zero() {
        assert_eq!(super::places_beside(0.0, &[-0.27, -0.02], 1), 2);
        assert_eq!(super::places_beside(0.0, &[-0.27, -0.003], 1), 3);
        assert_eq!(super::places_beside(0.0, &[-1.2, 0.4], 1), 1);
        assert_eq!(super::places_beside(0.0, &[-1.2, 0.0], 1), 1);
        assert_eq!(super::places_beside(1.0, &[0.9996, 1.3], 2), 4);
        assert_eq!(super::places_beside(1.0, &[1.0 + 1e-9, f64::NAN], 2), 4);
        assert_eq!(super::places_beside(1.05, &[1.049_9], 2), 4);
    }

    #[test]
    fn nothing_that_is_not_a_number_is_written_as_one() {
        assert_eq!(English.decimal(f64::NAN, 1), "—");
        assert_eq!(English.percent(f64::INFINITY, 1), "—");
        assert_eq!(English.decimal(-0.004, 2), "0.00");
        assert_eq!(English.signed_decimal(0.004, 2), "0.00");
        assert_eq!(English.signed_decimal(1.9, 1), "+1.9");
    }
}

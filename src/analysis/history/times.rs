//! Cells as sources write them: dates, times, numbers and names, with Persian or Arabic digits and letters.

use std::borrow::Cow;

use crate::base::Moment;
use crate::base::calendar::{CivilDate, JalaliDate};

use super::mapping::DateForm;

/// What a date-and-time cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// A moment; the cell carried its offset.
    Instant(Moment),
    /// What the clock on the wall said.
    Wall {
        /// The date.
        date: CivilDate,
        /// Milliseconds since midnight.
        millis: u32,
    },
}

const DAY_MILLIS: u32 = 86_400_000;

/// `text` with Persian and Arabic digits as ASCII.
pub fn ascii_digits(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars()
            .map(|c| match c {
                '۰'..='۹' => char::from(b'0' + (c as u32 - '۰' as u32) as u8),
                '٠'..='٩' => char::from(b'0' + (c as u32 - '٠' as u32) as u8),
                '٫' => '.',
                other => other,
            })
            .collect(),
    )
}

/// A name in one spelling: Persian ی and ک for the Arabic letters, single spaces.
pub fn one_spelling(text: &str) -> String {
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
    name
}

/// A whole number, also one that was written as a decimal (`3.0`).
pub fn whole_number(text: &str) -> Option<u32> {
    let text = ascii_digits(text);
    let digits = match text.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|byte| byte == b'0') => whole,
        Some(_) => return None,
        None => &text,
    };
    digits.parse().ok()
}

/// A finite decimal number.
pub fn decimal_number(text: &str) -> Option<f64> {
    ascii_digits(text).parse::<f64>().ok().filter(|number| number.is_finite())
}

/// A date alone.
pub fn date(text: &str, form: DateForm) -> Option<CivilDate> {
    let text = ascii_digits(text);
    match form {
        DateForm::Iso => {
            let (year, month, day) = split_date(&text)?;
            CivilDate::new(year, month, day)
        }
        DateForm::Jalali => {
            let (year, month, day) = split_date(&text)?;
            JalaliDate::new(year, month, day).map(CivilDate::from)
        }
        DateForm::Yymmdd => {
            if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let part = |from: usize| text.get(from..from + 2)?.parse::<u8>().ok();
            let short = i16::from(part(0)?);
            CivilDate::new(if short <= 68 { 2000 + short } else { 1900 + short }, part(2)?, part(4)?)
        }
    }
}

/// A time of day such as `8:05`, `08:05:09` or `08:05:09.250`, as milliseconds since midnight.
pub fn time_of_day(text: &str) -> Option<u32> {
    let text = ascii_digits(text);
    let mut parts = text.split(':');
    let whole = |part: &str, limit: u32| {
        let valid = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u32>().ok().filter(|number| valid && *number < limit)
    };
    let hour = whole(parts.next()?, 24)?;
    let minute = whole(parts.next()?, 60)?;
    let millis = match parts.next() {
        None => 0,
        Some(seconds) => {
            let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
            whole(second, 60)? * 1_000 + thousandths(fraction)?
        }
    };
    if parts.next().is_some() { None } else { Some((hour * 60 + minute) * 60_000 + millis) }
}

/// A date and a time in one cell, with or without an offset; a date alone is its midnight.
pub fn stamp(text: &str, form: DateForm) -> Option<Stamp> {
    let text = ascii_digits(text);
    let (day, clock) = text.split_once(['T', ' ']).unwrap_or((&text, "0:00"));
    let clock = clock.trim();
    let day = date(day, form)?;
    let (clock, offset_minutes) = split_offset(clock)?;
    let millis = time_of_day(clock)?;
    let Some(offset_minutes) = offset_minutes else { return Some(Stamp::Wall { date: day, millis }) };
    let since_epoch = i64::from(day.epoch_days()) * i64::from(DAY_MILLIS) + i64::from(millis);
    Moment::from_millis(since_epoch - offset_minutes * 60_000).map(Stamp::Instant)
}

fn split_date(text: &str) -> Option<(i16, u8, u8)> {
    let mut parts = text.split(['-', '/']);
    let year = parts.next().filter(|year| year.len() == 4)?;
    let (month, day) = (parts.next()?, parts.next()?);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some() || ![year, month, day].into_iter().all(digits) {
        return None;
    }
    Some((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))
}

/// The first three decimals of a second as milliseconds.
fn thousandths(fraction: &str) -> Option<u32> {
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digit = |place: usize| fraction.as_bytes().get(place).map_or(0, |byte| u32::from(byte - b'0'));
    Some(digit(0) * 100 + digit(1) * 10 + digit(2))
}

/// A time of day, and the offset from UTC in minutes that may follow it.
fn split_offset(clock: &str) -> Option<(&str, Option<i64>)> {
    if let Some(clock) = clock.strip_suffix(['Z', 'z']) {
        return Some((clock, Some(0)));
    }
    let Some(place) = clock.find(['+', '-']) else { return Some((clock, None)) };
    let (clock, offset) = clock.split_at(place);
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let digits = offset[1..].replace(':', "");
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: i64 = digits.get(..2)?.parse().ok()?;
    let minutes: i64 =
        digits.get(2..).filter(|rest| !rest.is_empty()).map_or(Some(0), |rest| rest.parse().ok())?;
    (hours <= 18 && minutes < 60).then_some((clock.trim_end(), Some(sign * (hours * 60 + minutes))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn civil(year: i16, month: u8, day: u8) -> CivilDate {
        CivilDate::new(year, month, day).unwrap()
    }

    #[test]
    fn stamps_of_each_form() {
        let wall = |date, millis| Some(Stamp::Wall { date, millis });
        assert_eq!(stamp("2020-12-30 08:04:00", DateForm::Iso), wall(civil(2020, 12, 30), 29_040_000));
        assert_eq!(stamp("2020/1/3 8:04", DateForm::Iso), wall(civil(2020, 1, 3), 29_040_000));
        assert_eq!(stamp("۱۴۰۳/۰۵/۰۲ ۰۸:۱۵", DateForm::Jalali), wall(civil(2024, 7, 23), 29_700_000));
        assert_eq!(stamp("990101", DateForm::Yymmdd), wall(civil(1999, 1, 1), 0));
        let instant = Moment::parse_rfc3339("2026-11-23T05:00:00.25Z").map(Stamp::Instant);
        assert_eq!(stamp("2026-11-23T05:00:00.250Z", DateForm::Iso), instant);
        assert_eq!(stamp("2026-11-23 08:30:00.25+03:30", DateForm::Iso), instant);
    }

    #[test]
    fn nothing_absurd_is_a_time() {
        for text in [
            "",
            "x",
            "2020-13-01 08:00",
            "2020-02-30",
            "20-02-03",
            "2020-02-03 24:00",
            "2020-02-03 8:60",
            "2020-02-03 08:00+99:00",
            "2020-02-03 08:00:00:00",
            "2020-02-03-04",
            "2020-02-03 -1:00",
            "+2020-1-1",
        ] {
            assert_eq!(stamp(text, DateForm::Iso), None, "{text}");
        }
        assert_eq!(date("99010", DateForm::Yymmdd), None);
        assert_eq!(date("1403/12/31", DateForm::Jalali), None);
    }

    #[test]
    fn numbers_and_names_in_persian_script() {
        assert_eq!(whole_number("۱۲"), Some(12));
        assert_eq!(whole_number("3.0"), Some(3));
        assert_eq!(whole_number("3.5"), None);
        assert_eq!(whole_number("-1"), None);
        assert_eq!(decimal_number("۱٫۵"), Some(1.5));
        assert_eq!(decimal_number("inf"), None);
        assert_eq!(one_spelling("  شعبة  كرج "), "شعبة کرج");
    }
}

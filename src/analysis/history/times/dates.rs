//! Dates alone, in every form that a mapping can name.

use crate::base::calendar::{CivilDate, JalaliDate};

use super::super::mapping::DateForm;
use super::{Scratch, Stamp, day_part, latin};

/// Excel's day 0; days from 61 on count from here (Excel's 1900 has a 29 February that never was).
const SERIAL_ZERO: (i16, u8, u8) = (1899, 12, 30);

/// A date alone.
pub fn date(text: &str, form: DateForm) -> Option<CivilDate> {
    let mut scratch = Scratch::default();
    let text = latin(text, &mut scratch)?;
    match form {
        DateForm::Iso => {
            let [year, month, day] = Numbers::of(text, 4)?.0;
            (year.digits == 4).then_some(())?;
            civil(year.value, month, day)
        }
        DateForm::Jalali => {
            let [first, month, last] = Numbers::of(text, 4)?.0;
            let (year, day) = if last.digits == 4 { (last, first) } else { (first, last) };
            jalali(year, month, day)
        }
        DateForm::DayFirst | DateForm::MonthFirst => {
            let [first, second, year] = Numbers::of(text, 2)?.0;
            let (day, month) = if form == DateForm::DayFirst { (first, second) } else { (second, first) };
            civil(full_year(year)?, month, day)
        }
        DateForm::Yymmdd => {
            if text.len() != 6 {
                return None;
            }
            let [year, month, day] = compact(text, 2)?.0;
            civil(full_year(year)?, month, day)
        }
        DateForm::ExcelSerial => match serial(text)? {
            Stamp::Wall { date, millis: 0 } => Some(date),
            _ => None,
        },
        // Moments, not days.
        DateForm::EpochSeconds | DateForm::EpochMillis => None,
    }
}

/// Days since [`SERIAL_ZERO`] and the part of a day, as workbooks keep a date.
pub fn serial(text: &str) -> Option<Stamp> {
    // 1900-03-01 to 9999-12-31; what lies below is a small number, not a date.
    let days = text.parse::<f64>().ok().filter(|days| (61.0..2_958_466.0).contains(days))?;
    let (year, month, day) = SERIAL_ZERO;
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    let whole = days.trunc() as i32;
    let date = CivilDate::new(year, month, day)?.plus_days(whole)?;
    match day_part(days.fract()) {
        Some(millis) => Some(Stamp::Wall { date, millis }),
        // Rounded up to the next midnight.
        None => Some(Stamp::Wall { date: date.plus_days(1)?, millis: 0 }),
    }
}

/// A number as it was written.
#[derive(Clone, Copy)]
struct Number {
    value: i16,
    digits: usize,
}

/// The three numbers of a date in the order in which they stand.
struct Numbers([Number; 3]);

impl Numbers {
    /// Three numbers with one of `-`, `/`, `.` between them, or eight digits of which the first number has `first`.
    fn of(text: &str, first: usize) -> Option<Numbers> {
        let separator = text.bytes().find(|byte| !byte.is_ascii_digit());
        match separator {
            None if text.len() == 8 => compact(text, first),
            Some(separator @ (b'-' | b'/' | b'.')) => {
                let mut parts = text.split(char::from(separator));
                let numbers = [number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?];
                parts.next().is_none().then_some(Numbers(numbers))
            }
            _ => None,
        }
    }
}

/// Digits without separators: the first number has `first` of them, the second two, the last the rest.
fn compact(text: &str, first: usize) -> Option<Numbers> {
    let part = |from: usize, to: usize| number(text.get(from..to)?);
    Some(Numbers([part(0, first)?, part(first, first + 2)?, part(first + 2, text.len())?]))
}

fn number(text: &str) -> Option<Number> {
    let digits = text.len();
    ((1..=4).contains(&digits) && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(())?;
    Some(Number { value: text.parse().ok()?, digits })
}

fn civil(year: i16, month: Number, day: Number) -> Option<CivilDate> {
    CivilDate::new(year, u8::try_from(month.value).ok()?, u8::try_from(day.value).ok()?)
}

/// Four digits, or two in the century that POSIX gives them: 69–99 are of the twentieth, 00–68 of the next.
fn full_year(year: Number) -> Option<i16> {
    match year.digits {
        4 => Some(year.value),
        2 if year.value <= 68 => Some(2000 + year.value),
        2 => Some(1900 + year.value),
        _ => None,
    }
}

/// Four digits, or two: 50–99 are of the fourteenth century, 00–49 of the fifteenth.
fn jalali(year: Number, month: Number, day: Number) -> Option<CivilDate> {
    let full = match year.digits {
        4 => year.value,
        2 if year.value < 50 => 1400 + year.value,
        2 => 1300 + year.value,
        _ => return None,
    };
    let date = JalaliDate::new(full, u8::try_from(month.value).ok()?, u8::try_from(day.value).ok()?);
    date.map(CivilDate::from)
}

//! Cells as sources write them: dates, times, lengths of time, numbers and names, in Latin, Persian or Arabic script.
//!
//! Everything here is total: whatever a cell holds, the answer is a value or `None`. [`clock::quick`] reads the usual
//! shape of a time of day from bytes; [`stamp`] reads every shape, and the two agree (a test holds them to it).

pub mod clock;
pub mod dates;
#[cfg(test)]
mod tests;
pub mod text;

use crate::base::Moment;
use crate::base::calendar::CivilDate;

use super::mapping::{DateForm, SpanUnit};

pub use dates::date;
pub use text::{Scratch, ascii_digits, latin, one_spelling};

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

/// Milliseconds in a day without a change of the clock.
pub const DAY_MILLIS: u32 = 86_400_000;

/// A whole number, also one that was written as a decimal (`3.0`).
pub fn whole_number(text: &str) -> Option<u32> {
    let mut scratch = Scratch::default();
    let text = latin(text, &mut scratch)?;
    let digits = match text.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|byte| byte == b'0') => whole,
        Some(_) => return None,
        None => text,
    };
    digits.parse().ok()
}

/// A finite decimal number.
pub fn decimal_number(text: &str) -> Option<f64> {
    let mut scratch = Scratch::default();
    latin(text, &mut scratch)?.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// A length of time in milliseconds; below zero where the cell says so.
pub fn span_millis(text: &str, unit: SpanUnit) -> Option<i64> {
    let millis = match unit.millis() {
        Some(millis) => decimal_number(text)? * millis,
        None => return clock::length(text),
    };
    // Far beyond every stay, and far within what an i64 and a Moment hold.
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    (millis.abs() < 1e15).then(|| millis.round() as i64)
}

/// A time of day in a cell of its own, as milliseconds since midnight.
pub fn time_of_day(text: &str, form: DateForm) -> Option<u32> {
    let mut scratch = Scratch::default();
    let text = latin(text, &mut scratch)?;
    if let Some((millis, None)) = clock::quick(text.as_bytes()) {
        return Some(millis);
    }
    if form == DateForm::ExcelSerial && !text.contains(':') {
        let part = text.parse::<f64>().ok().filter(|part| (0.0..1.0).contains(part))?;
        return day_part(part);
    }
    let parts = clock::Parts::of(text)?;
    match parts {
        clock::Parts { date: None, clock: Some(clock), offset: None, half } => clock::time_of_day(clock, half),
        clock::Parts { date: Some(digits), clock: None, offset: None, half: None } => clock::bare(digits),
        _ => None,
    }
}

/// A date and a time in one cell in either order, with or without an offset; a date alone is its midnight.
pub fn stamp(text: &str, form: DateForm) -> Option<Stamp> {
    let mut scratch = Scratch::default();
    let text = latin(text, &mut scratch)?;
    match form {
        DateForm::EpochSeconds => return since_epoch(text, 1_000.0),
        DateForm::EpochMillis => return since_epoch(text, 1.0),
        DateForm::ExcelSerial if !text.contains(':') => return dates::serial(text),
        _ => {}
    }
    let parts = clock::Parts::of(text)?;
    let date = date(parts.date?, form)?;
    let millis = match (parts.clock, parts.half) {
        (Some(clock), half) => clock::time_of_day(clock, half)?,
        (None, None) => 0,
        (None, Some(_)) => return None,
    };
    match parts.offset {
        None => Some(Stamp::Wall { date, millis }),
        Some(offset) => at_offset(date, millis, clock::offset_minutes(offset)?).map(Stamp::Instant),
    }
}

/// The moment at which a clock that is `minutes` ahead of UTC shows `millis` after the midnight of `date`.
pub fn at_offset(date: CivilDate, millis: u32, minutes: i32) -> Option<Moment> {
    let shown = i64::from(date.epoch_days()) * i64::from(DAY_MILLIS) + i64::from(millis);
    Moment::from_millis(shown - i64::from(minutes) * 60_000)
}

/// A count since the epoch. Whole numbers are read as such, since an f64 has no room for every millisecond.
fn since_epoch(text: &str, millis: f64) -> Option<Stamp> {
    #[expect(clippy::cast_possible_truncation, reason = "1 or 1,000, and the range of a product is checked")]
    let count = match text.parse::<i64>() {
        Ok(count) => count.checked_mul(millis as i64)?,
        Err(_) => {
            let count = text.parse::<f64>().ok().filter(|count| count.is_finite())? * millis;
            if count.abs() >= 1e15 {
                return None;
            }
            count.round() as i64
        }
    };
    Moment::from_millis(count).map(Stamp::Instant)
}

/// A part of a day, 0 up to but not 1, as milliseconds.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
fn day_part(part: f64) -> Option<u32> {
    let millis = (part * f64::from(DAY_MILLIS)).round();
    (0.0..f64::from(DAY_MILLIS)).contains(&millis).then_some(millis as u32)
}

//! Gregorian days, and weeks that run from Saturday to Friday.
//!
//! A [`CivilDate`] is a day on a wall calendar, without a zone. It knows nothing of holidays; that is the
//! business of [`super::Holidays`]. It is kept as days since 1970-01-01, so that columns of dates are compared,
//! grouped and subtracted without a calendar.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base::Explain;

/// A day of the proleptic Gregorian calendar, between [`CivilDate::MIN`] and [`CivilDate::MAX`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CivilDate(i32);

/// A day of the week, in the order of an Iranian week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// The first day of the week.
    Saturday,
    /// The second day.
    Sunday,
    /// The third day.
    Monday,
    /// The fourth day.
    Tuesday,
    /// The fifth day.
    Wednesday,
    /// The sixth day.
    Thursday,
    /// The last day, on which offices are closed.
    Friday,
}

/// A text that is not a date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a date: \"{text}\"")]
pub struct DateError {
    /// The text as it was given.
    pub text: String,
}

impl Explain for DateError {
    fn key(&self) -> &'static str {
        "not_a_date"
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![("text", self.text.clone())]
    }
}

impl CivilDate {
    /// Before every [`crate::base::Moment`] in every zone.
    pub const MIN: CivilDate = CivilDate(days_of(-9_000, 1, 1));
    /// After every [`crate::base::Moment`] in every zone. Every date in between has a Jalali date.
    pub const MAX: CivilDate = CivilDate(days_of(9_999, 12, 31));

    /// `None` where there is no such day.
    #[must_use]
    pub const fn new(year: i16, month: u8, day: u8) -> Option<CivilDate> {
        if month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) {
            return None;
        }
        CivilDate::from_epoch_days(days_of(year as i32, month, day))
    }

    /// The date `days` after 1970-01-01; `None` beyond the range.
    #[must_use]
    pub const fn from_epoch_days(days: i32) -> Option<CivilDate> {
        if days < CivilDate::MIN.0 || days > CivilDate::MAX.0 { None } else { Some(CivilDate(days)) }
    }

    /// As [`CivilDate::from_epoch_days`], for days that a moment and an offset of less than two days lead to,
    /// which are always in range.
    pub(super) const fn from_moment_days(days: i32) -> CivilDate {
        CivilDate(days)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn epoch_days(self) -> i32 {
        self.0
    }

    /// Year, month (1–12) and day (1–31).
    #[must_use]
    pub const fn parts(self) -> (i16, u8, u8) {
        parts_of(self.0)
    }

    /// The year.
    #[must_use]
    pub const fn year(self) -> i16 {
        self.parts().0
    }

    /// The month, 1–12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.parts().1
    }

    /// The day of the month, 1–31.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.parts().2
    }

    /// The date `days` later (earlier where negative); `None` beyond the range.
    #[must_use]
    pub const fn plus_days(self, days: i32) -> Option<CivilDate> {
        match self.0.checked_add(days) {
            Some(sum) => CivilDate::from_epoch_days(sum),
            None => None,
        }
    }

    /// Days from `earlier` to `self`; negative where `earlier` is later.
    #[must_use]
    pub const fn days_since(self, earlier: CivilDate) -> i32 {
        self.0 - earlier.0
    }

    /// The day of the week.
    #[must_use]
    pub const fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday, the sixth day (index 5) of a week that starts on Saturday.
        Weekday::from_index((self.0 + 5).rem_euclid(7) as u8)
    }

    /// The Saturday on or before this date, with which its week starts (the first of the range in its first
    /// week).
    #[must_use]
    pub const fn week_start(self) -> CivilDate {
        match self.plus_days(-(self.weekday() as i32)) {
            Some(saturday) => saturday,
            None => CivilDate::MIN,
        }
    }
}

impl Weekday {
    /// All seven, Saturday first.
    pub const ALL: [Weekday; 7] = [
        Weekday::Saturday,
        Weekday::Sunday,
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
    ];

    /// Saturday = 0 … Friday = 6.
    #[must_use]
    pub const fn index(self) -> u8 {
        self as u8
    }

    /// The name in files.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Weekday::Saturday => "saturday",
            Weekday::Sunday => "sunday",
            Weekday::Monday => "monday",
            Weekday::Tuesday => "tuesday",
            Weekday::Wednesday => "wednesday",
            Weekday::Thursday => "thursday",
            Weekday::Friday => "friday",
        }
    }

    /// The key of the name in the string catalogue.
    #[must_use]
    pub const fn name_key(self) -> &'static str {
        match self {
            Weekday::Saturday => "calendar.weekday.saturday",
            Weekday::Sunday => "calendar.weekday.sunday",
            Weekday::Monday => "calendar.weekday.monday",
            Weekday::Tuesday => "calendar.weekday.tuesday",
            Weekday::Wednesday => "calendar.weekday.wednesday",
            Weekday::Thursday => "calendar.weekday.thursday",
            Weekday::Friday => "calendar.weekday.friday",
        }
    }

    const fn from_index(index: u8) -> Weekday {
        match index {
            0 => Weekday::Saturday,
            1 => Weekday::Sunday,
            2 => Weekday::Monday,
            3 => Weekday::Tuesday,
            4 => Weekday::Wednesday,
            5 => Weekday::Thursday,
            _ => Weekday::Friday,
        }
    }
}

/// Days since 1970-01-01, counted in years that start in March, so that the leap day is a year's last.
const fn days_of(year: i32, month: u8, day: u8) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let months_since_march = (month as i32 + 9) % 12;
    let day_of_year = (153 * months_since_march + 2) / 5 + day as i32 - 1;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 719,468 days lie between 0000-03-01 and 1970-01-01.
    365 * year + leap_days + day_of_year - 719_468
}

/// The inverse of [`days_of`].
const fn parts_of(days: i32) -> (i16, u8, u8) {
    const CYCLE: i32 = 146_097; // days in 400 years
    let since = days + 719_468;
    let cycle = since.div_euclid(CYCLE);
    let day_of_cycle = since.rem_euclid(CYCLE);
    let year_of_cycle =
        (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524 - day_of_cycle / 146_096) / 365;
    let day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let months_since_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months_since_march + 2) / 5 + 1;
    let month = if months_since_march < 10 { months_since_march + 3 } else { months_since_march - 9 };
    let year = 400 * cycle + year_of_cycle + if month <= 2 { 1 } else { 0 };
    (year as i16, month as u8, day as u8)
}

const fn days_in_month(year: i16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Year, month and day of `1405-09-02` or `1405/9/2`, with Latin, Persian or Arabic digits.
pub(super) fn parse_parts(text: &str) -> Option<(i16, u8, u8)> {
    let text = text.trim();
    let separator = if text.contains('/') { '/' } else { '-' };
    let mut fields = text.split(separator).map(parse_field);
    let (year, month, day) = (fields.next()??, fields.next()??, fields.next()??);
    if fields.next().is_some() {
        return None;
    }
    Some((i16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?))
}

/// One to four digits.
fn parse_field(field: &str) -> Option<u16> {
    let mut value = 0;
    for (index, c) in field.chars().enumerate() {
        let digit = match c {
            '0'..='9' => c as u16 - '0' as u16,
            '۰'..='۹' => c as u16 - '۰' as u16,
            '٠'..='٩' => c as u16 - '٠' as u16,
            _ => return None,
        };
        if index == 4 {
            return None;
        }
        value = value * 10 + digit;
    }
    (!field.is_empty()).then_some(value)
}

impl fmt::Display for CivilDate {
    /// ISO 8601: `2026-11-23`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        let sign = if year < 0 { "-" } else { "" };
        write!(f, "{sign}{:04}-{month:02}-{day:02}", year.unsigned_abs())
    }
}

impl fmt::Debug for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CivilDate({self})")
    }
}

impl FromStr for CivilDate {
    type Err = DateError;

    /// Reads `2026-11-23` and `2026/11/23`, also with one-digit months and days and with Persian or Arabic
    /// digits; years before 0 are not read.
    fn from_str(text: &str) -> Result<CivilDate, DateError> {
        parse_parts(text)
            .and_then(|(year, month, day)| CivilDate::new(year, month, day))
            .ok_or_else(|| DateError { text: text.to_owned() })
    }
}

impl Serialize for CivilDate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CivilDate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<CivilDate, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    #[test]
    fn known_days_have_their_weekday_number_and_text() {
        assert_eq!(date("1970-01-01").epoch_days(), 0);
        assert_eq!(date("2000-03-01").epoch_days(), 11_017);
        assert_eq!(date("2026-11-23").weekday(), Weekday::Monday);
        assert_eq!(date("2024-03-20").weekday(), Weekday::Wednesday);
        assert_eq!(date("۲۰۲۶/۱۱/۲۳").to_string(), "2026-11-23");
        assert_eq!(CivilDate::MIN.to_string(), "-9000-01-01");
        assert_eq!(serde_json::to_string(&date("2024-02-29")).unwrap(), "\"2024-02-29\"");
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in
            ["", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01", "2024-01-32", "2024-01", "99999-1-1"]
        {
            assert_eq!(text.parse::<CivilDate>(), Err(DateError { text: text.to_owned() }));
        }
        assert_eq!(CivilDate::MAX.plus_days(1), None);
        assert_eq!(CivilDate::new(-9_001, 12, 31), None);
    }

    #[test]
    fn weeks_run_from_saturday_to_friday() {
        let saturday = date("2026-11-21");
        for offset in 0..7 {
            let day = saturday.plus_days(offset).unwrap();
            assert_eq!(day.week_start(), saturday);
            assert_eq!(day.weekday(), Weekday::ALL[offset as usize]);
            assert_eq!(i32::from(day.weekday().index()), offset);
        }
        assert_eq!(saturday.plus_days(7).unwrap().week_start(), saturday.plus_days(7).unwrap());
    }

    proptest! {
        #[test]
        fn days_agree_with_jiff(days in -3_000_000_i32..2_900_000) {
            let ours = CivilDate::from_epoch_days(days).unwrap();
            let epoch = jiff::civil::date(1970, 1, 1);
            let theirs = epoch.checked_add(jiff::Span::new().days(days)).unwrap();
            let (year, month, day) = ours.parts();
            prop_assert_eq!((year, i16::from(month), i16::from(day)),
                (theirs.year(), i16::from(theirs.month()), i16::from(theirs.day())));
            prop_assert_eq!(CivilDate::new(year, month, day), Some(ours));
            let since_sunday = theirs.weekday().to_sunday_zero_offset();
            prop_assert_eq!(ours.weekday() as i8, (since_sunday + 1) % 7);
        }
    }
}

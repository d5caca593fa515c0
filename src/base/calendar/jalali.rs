//! The Jalali (solar Hijri) calendar of Iran.
//!
//! The arithmetic is that of `icu_calendar`: astronomical years by the 52.5°E meridian, right for the years
//! 1178–3000. Nothing here knows a zone or a holiday.

use std::fmt;
use std::str::FromStr;

use icu_calendar::Date;
use icu_calendar::cal::Persian;
use icu_calendar::types::RataDie;
use serde::{Deserialize, Serialize};

use super::date::{CivilDate, DateError, parse_parts};

/// A day of the Jalali calendar.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JalaliDate {
    year: i16,
    month: u8,
    day: u8,
}

/// 1970-01-01 as a rata die (0001-01-01 is 1).
const EPOCH: i64 = 719_163;

impl JalaliDate {
    /// `None` where there is no such day (30 Esfand exists in leap years only), or where it lies outside of the
    /// range of [`CivilDate`].
    #[must_use]
    pub fn new(year: i16, month: u8, day: u8) -> Option<JalaliDate> {
        let date = Date::try_new_persian(i32::from(year), month, day).ok()?;
        let days = i32::try_from(date.to_rata_die().to_i64_date() - EPOCH).ok()?;
        CivilDate::from_epoch_days(days)?;
        Some(JalaliDate { year, month, day })
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.year
    }

    /// The month, 1 (Farvardin) to 12 (Esfand).
    #[must_use]
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, 1–31.
    #[must_use]
    pub fn day(self) -> u8 {
        self.day
    }

    /// The key of the month's name in the string catalogue.
    #[must_use]
    pub fn month_key(self) -> &'static str {
        const KEYS: [&str; 12] = [
            "calendar.month.1",
            "calendar.month.2",
            "calendar.month.3",
            "calendar.month.4",
            "calendar.month.5",
            "calendar.month.6",
            "calendar.month.7",
            "calendar.month.8",
            "calendar.month.9",
            "calendar.month.10",
            "calendar.month.11",
            "calendar.month.12",
        ];
        // A month is 1–12 by construction.
        KEYS[usize::from(self.month - 1)]
    }
}

impl From<CivilDate> for JalaliDate {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a CivilDate lies within the Jalali years −9,621 to 9,378"
    )]
    fn from(date: CivilDate) -> JalaliDate {
        let date = Date::from_rata_die(RataDie::new(EPOCH + i64::from(date.epoch_days())), Persian);
        JalaliDate { year: date.era_year().year as i16, month: date.month().ordinal, day: date.day_of_month().0 }
    }
}

impl From<JalaliDate> for CivilDate {
    #[expect(clippy::cast_possible_truncation, reason = "a JalaliDate lies within the range of CivilDate")]
    fn from(date: JalaliDate) -> CivilDate {
        Date::try_new_persian(i32::from(date.year), date.month, date.day)
            .ok()
            .and_then(|date| CivilDate::from_epoch_days((date.to_rata_die().to_i64_date() - EPOCH) as i32))
            // A JalaliDate was checked by exactly this when it was made.
            .unwrap_or(CivilDate::MIN)
    }
}

impl fmt::Display for JalaliDate {
    /// `1405/09/02`, with Latin digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.year < 0 { "-" } else { "" };
        write!(f, "{sign}{:04}/{:02}/{:02}", self.year.unsigned_abs(), self.month, self.day)
    }
}

impl fmt::Debug for JalaliDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JalaliDate({self})")
    }
}

impl FromStr for JalaliDate {
    type Err = DateError;

    /// Reads `1403/05/02` and `1403-5-2`, also with Persian or Arabic digits; years before 0 are not read.
    fn from_str(text: &str) -> Result<JalaliDate, DateError> {
        parse_parts(text)
            .and_then(|(year, month, day)| JalaliDate::new(year, month, day))
            .ok_or_else(|| DateError { text: text.to_owned() })
    }
}

/// Years of the Jalali calendar end long before those of the Gregorian one that visits come from begin.
const FIRST_GREGORIAN: i16 = 1_700;

/// A day as people write it in either calendar, `1404/05/02` or `2025-07-24`: Jalali where the year is below 1700.
///
/// # Errors
/// [`DateError`].
pub fn date_of_either_calendar(text: &str) -> Result<CivilDate, DateError> {
    match text.parse::<CivilDate>() {
        Ok(date) if date.year() >= FIRST_GREGORIAN => Ok(date),
        // Days such as 1404/02/31 exist in the Jalali calendar alone.
        _ => match text.parse::<JalaliDate>()? {
            date if date.year() < FIRST_GREGORIAN => Ok(date.into()),
            _ => Err(DateError { text: text.to_owned() }),
        },
    }
}

impl Serialize for JalaliDate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for JalaliDate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<JalaliDate, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by `tests/golden/jalali.py`.
    const GOLDEN: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/jalali.json"));

    #[derive(Deserialize)]
    struct Golden {
        nowruz: Vec<(i16, CivilDate)>,
        days: Vec<(CivilDate, JalaliDate)>,
    }

    #[test]
    fn agrees_with_independent_conversions() {
        let golden: Golden = serde_json::from_str(GOLDEN).unwrap();
        assert!(golden.nowruz.len() == 151 && golden.days.len() > 400);
        for (year, civil) in golden.nowruz {
            assert_eq!(CivilDate::from(JalaliDate::new(year, 1, 1).unwrap()), civil, "Nowruz {year}");
        }
        for (civil, jalali) in golden.days {
            assert_eq!(JalaliDate::from(civil), jalali);
            assert_eq!(CivilDate::from(jalali), civil);
        }
    }

    #[test]
    fn every_script_of_digits_is_read_and_impossible_days_are_not() {
        for text in ["1403/05/02", "1403-5-2", " ۱۴۰۳/۰۵/۰۲", "١٤٠٣/٠٥/٠٢"] {
            assert_eq!(text.parse::<JalaliDate>().map(|date| date.to_string()), Ok("1403/05/02".to_owned()));
        }
        assert!("1403/12/30".parse::<JalaliDate>().is_ok(), "1403 is a leap year");
        for text in ["1404/12/30", "1403/07/31", "1403/13/01", "1403/05", "1403/05/02/1", "۱۴۰۳/۰۵/x"] {
            assert!(text.parse::<JalaliDate>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_is_read_in_either_calendar() {
        let day = CivilDate::new(2025, 5, 21).unwrap();
        for text in ["2025-05-21", "1404/02/31", "۱۴۰۴-۲-۳۱"] {
            assert_eq!(date_of_either_calendar(text), Ok(day), "{text}");
        }
        for text in ["2025-02-30", "1404/12/30", "soon", ""] {
            assert!(date_of_either_calendar(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_whole_range_of_civil_dates_goes_there_and_back() {
        for civil in [CivilDate::MIN, CivilDate::MAX] {
            assert_eq!(CivilDate::from(JalaliDate::from(civil)), civil);
        }
    }
}

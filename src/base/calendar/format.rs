//! Dates and times as people of each language write them.
//!
//! What comes out is logical text with the digits of the language; copies and exports use `Display` instead,
//! which is ASCII. Parsing is with the types themselves.

use serde::{Deserialize, Serialize};

use super::{CivilDate, JalaliDate, LocalTime};
use crate::base::language::Language;

/// The calendar in which dates are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateStyle {
    /// `1405/09/02`
    Jalali,
    /// `2026-11-23`
    Gregorian,
}

impl DateStyle {
    /// The usual calendar of `language`.
    #[must_use]
    pub fn usual(language: Language) -> DateStyle {
        match language {
            Language::English => DateStyle::Gregorian,
            Language::Persian => DateStyle::Jalali,
        }
    }

    /// Numbers only: `1405/09/02`, `2026-11-23`.
    #[must_use]
    pub fn short(self, date: CivilDate, language: Language) -> String {
        match self {
            DateStyle::Jalali => language.digits(&JalaliDate::from(date).to_string()),
            DateStyle::Gregorian => language.digits(&date.to_string()),
        }
    }

    /// With the month's name: `2 Azar 1405`, `۲ آذر ۱۴۰۵`, `23 November 2026`.
    #[must_use]
    pub fn long(self, date: CivilDate, language: Language) -> String {
        let (year, month_key, day) = match self {
            DateStyle::Jalali => {
                let date = JalaliDate::from(date);
                (date.year(), date.month_key(), date.day())
            }
            DateStyle::Gregorian => (date.year(), gregorian_month_key(date), date.day()),
        };
        let number = |value: i16| language.digits(&value.to_string());
        let parts = [
            ("day", number(i16::from(day))),
            ("month", language.text(month_key).to_owned()),
            ("year", number(year)),
        ];
        language.fill_owned("calendar.long_date", &parts)
    }

    /// Short date and time: `1405/09/02 14:05`.
    #[must_use]
    pub fn date_and_time(self, local: LocalTime, language: Language) -> String {
        format!("{} {}", self.short(local.date(), language), time(local, language))
    }
}

/// Hours and minutes: `14:05`, `۱۴:۰۵`.
#[must_use]
pub fn time(local: LocalTime, language: Language) -> String {
    language.digits(&format!("{:02}:{:02}", local.hour(), local.minute()))
}

fn gregorian_month_key(date: CivilDate) -> &'static str {
    match date.month() {
        1 => "calendar.gregorian_month.1",
        2 => "calendar.gregorian_month.2",
        3 => "calendar.gregorian_month.3",
        4 => "calendar.gregorian_month.4",
        5 => "calendar.gregorian_month.5",
        6 => "calendar.gregorian_month.6",
        7 => "calendar.gregorian_month.7",
        8 => "calendar.gregorian_month.8",
        9 => "calendar.gregorian_month.9",
        10 => "calendar.gregorian_month.10",
        11 => "calendar.gregorian_month.11",
        _ => "calendar.gregorian_month.12",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::calendar::Weekday;
    use crate::base::language::Catalogue;

    #[test]
    fn each_calendar_in_each_language() {
        let date: CivilDate = "2026-11-23".parse().unwrap();
        let local = LocalTime::new(date, 14 * 60 + 5, 9).unwrap();
        let (english, persian) = (Language::English, Language::Persian);
        assert_eq!(DateStyle::Jalali.short(date, english), "1405/09/02");
        assert_eq!(DateStyle::Jalali.long(date, english), "2 Azar 1405");
        assert_eq!(DateStyle::Gregorian.long(date, english), "23 November 2026");
        assert_eq!(DateStyle::Jalali.short(date, persian), "۱۴۰۵/۰۹/۰۲");
        assert_eq!(DateStyle::Jalali.long(date, persian), "۲ آذر ۱۴۰۵");
        assert_eq!(DateStyle::Gregorian.long(date, persian), "۲۳ نوامبر ۲۰۲۶");
        assert_eq!(DateStyle::usual(persian).date_and_time(local, persian), "۱۴۰۵/۰۹/۰۲ ۱۴:۰۵");
        assert_eq!(DateStyle::usual(english).date_and_time(local, english), "2026-11-23 14:05");
    }

    #[test]
    fn every_month_and_weekday_has_a_name_in_both_languages() {
        for language in Language::ALL {
            let catalogue = Catalogue::get(language);
            for month in 1..=12 {
                let jalali = JalaliDate::new(1405, month, 1).unwrap();
                let civil = CivilDate::new(2026, month, 1).unwrap();
                assert_eq!(jalali.month_key(), format!("calendar.month.{month}"));
                assert_eq!(gregorian_month_key(civil), format!("calendar.gregorian_month.{month}"));
                assert!(catalogue.text(jalali.month_key()).is_some());
                assert!(catalogue.text(gregorian_month_key(civil)).is_some());
            }
            for weekday in Weekday::ALL {
                assert!(catalogue.text(weekday.name_key()).is_some());
            }
        }
    }
}

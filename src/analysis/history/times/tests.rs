//! Cells of every form, what is none, and the roundtrip from a moment to its text and back.

use proptest::prelude::*;

use super::clock::{length, quick};
use super::*;
use crate::base::calendar::JalaliDate;

fn civil(year: i16, month: u8, day: u8) -> CivilDate {
    CivilDate::new(year, month, day).unwrap()
}

fn wall(date: CivilDate, hour: u32, minute: u32, second: u32) -> Option<Stamp> {
    Some(Stamp::Wall { date, millis: ((hour * 60 + minute) * 60 + second) * 1_000 })
}

#[test]
fn stamps_of_each_form() {
    let summer = civil(2024, 7, 23);
    for (text, form, expected) in [
        ("2020-12-30 08:04:00", DateForm::Iso, wall(civil(2020, 12, 30), 8, 4, 0)),
        ("2020/1/3 8:04", DateForm::Iso, wall(civil(2020, 1, 3), 8, 4, 0)),
        ("2020.01.03T08:04", DateForm::Iso, wall(civil(2020, 1, 3), 8, 4, 0)),
        ("20200103 08:04", DateForm::Iso, wall(civil(2020, 1, 3), 8, 4, 0)),
        ("۱۴۰۳/۰۵/۰۲ ۰۸:۱۵", DateForm::Jalali, wall(summer, 8, 15, 0)),
        ("۰۸:۱۵ - ۱۴۰۳/۵/۲", DateForm::Jalali, wall(summer, 8, 15, 0)),
        ("۰۳/۰۵/۰۲ ۸:۱۵", DateForm::Jalali, wall(summer, 8, 15, 0)),
        ("02/05/1403 08:15:09", DateForm::Jalali, wall(summer, 8, 15, 9)),
        ("14030502", DateForm::Jalali, wall(summer, 0, 0, 0)),
        ("\u{200f}۱۴۰۳/۰۵/۰۲، ۰۸:۱۵ ب.ظ", DateForm::Jalali, wall(summer, 20, 15, 0)),
        ("۱۴۰۳/۰۵/۰۲ ساعت", DateForm::Jalali, None),
        ("۸:۱۵ صبح ۱۴۰۳/۰۵/۰۲", DateForm::Jalali, wall(summer, 8, 15, 0)),
        ("۱۴۰۳/۰۵/۰۲ ۱:۱۵ بعد از ظهر", DateForm::Jalali, wall(summer, 13, 15, 0)),
        ("۱۴۰۳/۰۵/۰۲ ۱:۱۵ قبل‌ازظهر", DateForm::Jalali, wall(summer, 1, 15, 0)),
        ("990101", DateForm::Yymmdd, wall(civil(1999, 1, 1), 0, 0, 0)),
        ("31/12/2025 23:59", DateForm::DayFirst, wall(civil(2025, 12, 31), 23, 59, 0)),
        ("31.12.25 1:02:03", DateForm::DayFirst, wall(civil(2025, 12, 31), 1, 2, 3)),
        ("12/31/2025 12:05:00 AM", DateForm::MonthFirst, wall(civil(2025, 12, 31), 0, 5, 0)),
        ("12/31/2025, 12:05 p.m.", DateForm::MonthFirst, wall(civil(2025, 12, 31), 12, 5, 0)),
        ("1/2/2025 1:05PM", DateForm::MonthFirst, wall(civil(2025, 1, 2), 13, 5, 0)),
        ("45291.34375", DateForm::ExcelSerial, wall(civil(2023, 12, 31), 8, 15, 0)),
        ("45291", DateForm::ExcelSerial, wall(civil(2023, 12, 31), 0, 0, 0)),
    ] {
        assert_eq!(stamp(text, form), expected, "{text}");
    }
    let instant = Moment::parse_rfc3339("2026-11-23T05:00:00.25Z").map(Stamp::Instant);
    for text in ["2026-11-23T05:00:00.250Z", "2026-11-23 08:30:00.25+03:30", "2026-11-23 08:30:00.25 +0330"] {
        assert_eq!(stamp(text, DateForm::Iso), instant, "{text}");
    }
    assert_eq!(stamp("1795410000.25", DateForm::EpochSeconds), instant);
    assert_eq!(stamp("1795410000250", DateForm::EpochMillis), instant);
    assert_eq!(stamp("۱۷۹۵۴۱۰۰۰۰۲۵۰", DateForm::EpochMillis), instant);
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
        "2020-02-03 13:00 AM",
        "2020-02-03 AM",
        "2020-02-03 08:00 08:00",
        "2020-02/03 08:00",
        "08:00",
        "1795410000",
    ] {
        assert_eq!(stamp(text, DateForm::Iso), None, "{text}");
    }
    assert_eq!(date("99010", DateForm::Yymmdd), None);
    assert_eq!(date("1403/12/31", DateForm::Jalali), None);
    assert_eq!(date("31/12/2025", DateForm::MonthFirst), None);
    assert_eq!(date("45291.5", DateForm::ExcelSerial), None);
    assert_eq!(stamp("12", DateForm::ExcelSerial), None);
    assert_eq!(stamp("99999999999999999999", DateForm::EpochMillis), None);
    assert_eq!(stamp("1e300", DateForm::EpochSeconds), None);
}

#[test]
fn times_of_day_and_lengths() {
    let at = |hour: u32, minute: u32, second: u32| Some(((hour * 60 + minute) * 60 + second) * 1_000);
    for (text, expected) in [
        ("0:00:31", at(0, 0, 31)),
        ("08:15", at(8, 15, 0)),
        ("0815", at(8, 15, 0)),
        ("081509", at(8, 15, 9)),
        ("8:15:09 PM", at(20, 15, 9)),
        ("۸:۱۵ ب ظ", at(20, 15, 0)),
        ("24:00", None),
        ("8", None),
        ("08:15+03:30", None),
        ("0.5", None),
    ] {
        assert_eq!(time_of_day(text, DateForm::Iso), expected, "{text}");
    }
    assert_eq!(time_of_day("0.34375", DateForm::ExcelSerial), at(8, 15, 0));
    assert_eq!(span_millis("1:02:03", SpanUnit::Clock), Some(3_723_000));
    assert_eq!(span_millis("۹۰:۰۵", SpanUnit::Clock), Some(5_405_000));
    assert_eq!(span_millis("-0:05.5", SpanUnit::Clock), Some(-5_500));
    assert_eq!(span_millis("1:60:00", SpanUnit::Clock), None);
    assert_eq!(span_millis("7.5", SpanUnit::Minutes), Some(450_000));
    assert_eq!(span_millis("-3", SpanUnit::Seconds), Some(-3_000));
    assert_eq!(span_millis("1e99", SpanUnit::Hours), None);
    assert_eq!(span_millis("1:30", SpanUnit::Minutes), None);
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
    assert!(matches!(one_spelling("شعبه کرج"), std::borrow::Cow::Borrowed(_)));
    assert_eq!(one_spelling(" \t "), "");
}

/// A day as the form writes it.
fn written(date: CivilDate, form: DateForm) -> String {
    let (year, month, day) = date.parts();
    match form {
        DateForm::Yymmdd => format!("{:02}{month:02}{day:02}", year % 100),
        DateForm::Jalali => JalaliDate::from(date).to_string(),
        DateForm::DayFirst => format!("{day:02}/{month:02}/{year}"),
        DateForm::MonthFirst => format!("{month:02}/{day:02}/{year}"),
        _ => date.to_string(),
    }
}

fn persian(text: &str) -> String {
    text.chars()
        .map(|c| c.to_digit(10).and_then(|digit| char::from_u32('۰' as u32 + digit)).unwrap_or(c))
        .collect()
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        day in -300_i32..36_000,
        millis in 0..DAY_MILLIS,
        form in prop::sample::select(DateForm::ALL.to_vec()),
        in_persian in any::<bool>(),
    ) {
        let date = CivilDate::from_epoch_days(day).unwrap();
        let shown = i64::from(day) * i64::from(DAY_MILLIS) + i64::from(millis);
        let (hour, minute) = (millis / 3_600_000, millis / 60_000 % 60);
        let clock = format!("{hour:02}:{minute:02}:{:02}.{:03}", millis / 1_000 % 60, millis % 1_000);
        let (text, expected) = match form {
            DateForm::EpochSeconds => {
                let text = format!("{}.{:03}", shown.abs() / 1_000, shown.abs() % 1_000);
                (if shown < 0 { format!("-{text}") } else { text }, Moment::from_millis(shown).map(Stamp::Instant))
            }
            DateForm::EpochMillis => (shown.to_string(), Moment::from_millis(shown).map(Stamp::Instant)),
            DateForm::ExcelSerial => {
                let serial = shown as f64 / f64::from(DAY_MILLIS) + 25_569.0;
                (format!("{serial:.10}"), Some(Stamp::Wall { date, millis }))
            }
            _ => (format!("{} {clock}", written(date, form)), Some(Stamp::Wall { date, millis })),
        };
        let text = if in_persian { persian(&text) } else { text };
        // A year of two digits has a hundred years to say.
        if form != DateForm::Yymmdd || (1969..2069).contains(&date.year()) {
            prop_assert_eq!(stamp(&text, form), expected, "{}", text);
        }
        let half = if hour < 12 { "AM" } else { "PM" };
        let twelve = format!("{}:{minute:02} {half}", (hour + 11) % 12 + 1);
        prop_assert_eq!(time_of_day(&twelve, form), Some(millis / 60_000 * 60_000), "{}", twelve);
        prop_assert_eq!(
            length(&format!("{hour}:{minute:02}:{:02}", millis / 1_000 % 60)),
            Some(i64::from(millis / 1_000 * 1_000))
        );
    }

    #[test]
    fn whatever_a_cell_holds_it_is_a_value_or_none(text in "\\PC{0,70}|[-+0-9:./TZ APMapm۰-۹ق.ظبصح]{0,30}") {
        for form in DateForm::ALL {
            let _ = (stamp(&text, form), date(&text, form), time_of_day(&text, form));
        }
        for unit in [SpanUnit::Seconds, SpanUnit::Clock] {
            let _ = span_millis(&text, unit);
        }
        let _ = (whole_number(&text), decimal_number(&text));
        let once = one_spelling(&text);
        prop_assert_eq!(one_spelling(&once), once.as_ref());
    }

    #[test]
    fn the_quick_reading_of_a_clock_is_the_whole_one(text in "[0-2][0-9]:[0-6][0-9](:[0-6][0-9])?([.][0-9]{0,4})?(Z|z|[-+][01][0-9](:?[0-6][0-9])?)?") {
        let whole = stamp(&format!("2020-01-02T{text}"), DateForm::Iso);
        let quickly = quick(text.as_bytes()).and_then(|(millis, offset)| match offset {
            None => Some(Stamp::Wall { date: civil(2020, 1, 2), millis }),
            Some(minutes) => at_offset(civil(2020, 1, 2), millis, minutes).map(Stamp::Instant),
        });
        // The quick one may decline, and then the whole one is asked.
        if quickly.is_some() {
            prop_assert_eq!(quickly, whole, "{}", text);
        }
        if whole.is_some() && !text.contains('.') {
            prop_assert_eq!(quickly, whole, "{}", text);
        }
    }
}

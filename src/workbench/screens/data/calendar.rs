//! The days of a data set by the Jalali calendar: weeks from Saturday to Friday, months by their names, holidays marked.
//!
//! Up to a year and a half is shown at once; longer histories by the Jalali year.

use std::sync::Arc;

use egui::Ui;
use egui_material_icons::icons;

use crate::base::calendar::{CivilDate, DateStyle, DayKind, Holidays, JalaliDate, Weekday};
use crate::base::language::Language;
use crate::workbench::snapshot::{DayProfile, Profile};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::charts::{CalendarData, CalendarDay, WEEK, chart_card_with_ui};
use crate::workbench::widgets::{Button, Segmented, row_ui};

/// What the squares say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Measure {
    #[default]
    Visits,
    Wait,
    Abandoned,
}

/// The calendar, as it was drawn last, and what was chosen in it.
#[derive(Debug, Default)]
pub(super) struct Calendar {
    measure: Measure,
    /// The Jalali year, where there are too many for one picture.
    year: Option<i16>,
    kept: Option<Kept>,
}

#[derive(Debug)]
struct Kept {
    of: Arc<Profile>,
    choice: (Language, Measure, Option<i16>),
    chart: CalendarData,
}

/// Height of the picture.
const HEIGHT: f32 = 226.0;
/// Weeks beyond which a year is chosen.
const MOST_WEEKS: usize = 80;

impl Calendar {
    /// Shows the days of `profile`.
    pub fn ui(&mut self, ui: &mut Ui, profile: &Arc<Profile>) {
        let look = Look::of(ui);
        let years = years(&profile.days);
        let last = years.last().copied();
        self.year = self.year.filter(|year| years.contains(year)).or(last);
        let choice = (look.language, self.measure, self.year);
        let known = self.kept.as_ref();
        if !known.is_some_and(|kept| Arc::ptr_eq(&kept.of, profile) && kept.choice == choice) {
            let chart = chart(&profile.days, self.measure, self.year, look.language);
            self.kept = Some(Kept { of: profile.clone(), choice, chart });
        }
        let Some(kept) = &self.kept else { return };
        let (measure, year) = (&mut self.measure, &mut self.year);
        let _ = chart_card_with_ui(ui, &kept.chart, HEIGHT, 0.0, |ui| {
            row_ui(ui, |ui| {
                let choices = [
                    (Measure::Visits, look.text("data.visits").to_owned()),
                    (Measure::Wait, look.text("data.median_wait").to_owned()),
                    (Measure::Abandoned, look.text("data.abandoned").to_owned()),
                ];
                Segmented::new(look.text("data.calendar_shows"), choices).ui(ui, measure);
                if let Some(chosen) = year {
                    ui.add_space(sizes::GAP);
                    year_ui(ui, &years, chosen);
                }
            });
            ui.add_space(sizes::GRID);
        });
    }
}

/// Goes back and on by a year.
fn year_ui(ui: &mut Ui, years: &[i16], year: &mut i16) {
    let look = Look::of(ui);
    let (back, on) = if look.is_rtl() {
        (icons::ICON_CHEVRON_RIGHT, icons::ICON_CHEVRON_LEFT)
    } else {
        (icons::ICON_CHEVRON_LEFT, icons::ICON_CHEVRON_RIGHT)
    };
    let before = years.iter().rev().find(|other| *other < year).copied();
    let after = years.iter().find(|other| *other > year).copied();
    let is_first = before.is_none().then(|| look.text("data.first_year"));
    if Button::symbol(back, look.text("data.previous_year")).unless(is_first).ui(ui).clicked()
        && let Some(before) = before
    {
        *year = before;
    }
    Text::new(look.language.digits(&year.to_string())).strong().tabular().ui(ui);
    let is_last = after.is_none().then(|| look.text("data.last_year"));
    if Button::symbol(on, look.text("data.next_year")).unless(is_last).ui(ui).clicked()
        && let Some(after) = after
    {
        *year = after;
    }
}

/// The Jalali years between which must be chosen; none where everything can be shown at once.
fn years(days: &[DayProfile]) -> Vec<i16> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Vec::new() };
    if weeks(first.date, last.date) <= MOST_WEEKS {
        return Vec::new();
    }
    let mut years: Vec<i16> = days.iter().map(|day| JalaliDate::from(day.date).year()).collect();
    years.dedup();
    years
}

/// Weeks from that of `first` to that of `last`.
fn weeks(first: CivilDate, last: CivilDate) -> usize {
    let days = last.week_start().days_since(first.week_start());
    usize::try_from(days / 7 + 1).unwrap_or(0)
}

/// The first and the last day that are shown.
fn range(days: &[DayProfile], year: Option<i16>) -> Option<(CivilDate, CivilDate)> {
    let Some(year) = year else { return Some((days.first()?.date, days.last()?.date)) };
    let first = CivilDate::from(JalaliDate::new(year, 1, 1)?);
    let next = CivilDate::from(JalaliDate::new(year.checked_add(1)?, 1, 1)?);
    Some((first, next.plus_days(-1)?))
}

fn chart(days: &[DayProfile], measure: Measure, year: Option<i16>, language: Language) -> CalendarData {
    let text = |key: &str| language.text(key).to_owned();
    let (name, unit, places, ink) = match measure {
        Measure::Visits => ("data.calendar", "data.visits", 0, Ink::Shifted),
        Measure::Wait => ("data.calendar_waits", "data.minutes", 1, Ink::Shifted),
        Measure::Abandoned => ("data.calendar_abandoned", "data.percent_of_visits", 1, Ink::Warn),
    };
    let mut chart = CalendarData {
        name: text(name),
        unit: text(unit),
        places,
        ink,
        weekdays: Weekday::ALL.iter().map(|day| text(day.name_key())).collect(),
        day_name: text("data.day"),
        mark_name: text("data.holiday"),
        ..CalendarData::default()
    };
    let Some((first, last)) = range(days, year) else { return chart };
    let start = first.week_start();
    let count = weeks(first, last) * WEEK;
    let mut values = vec![None; count];
    for day in days.iter().filter(|day| day.date >= first && day.date <= last) {
        let value = usize::try_from(day.date.days_since(start)).ok().and_then(|index| values.get_mut(index));
        if let Some(value) = value {
            *value = value_of(day, measure);
        }
    }
    for (index, value) in values.into_iter().enumerate() {
        let date = i32::try_from(index).ok().and_then(|offset| start.plus_days(offset));
        let Some(date) = date.filter(|date| *date >= first && *date <= last) else {
            chart.days.push(CalendarDay::default());
            continue;
        };
        let jalali = JalaliDate::from(date);
        if jalali.day() == 1 || (date == first && jalali.day() < 15) {
            chart.months.push((index, month_name(jalali, index, language)));
        }
        chart.days.push(CalendarDay {
            shown: date_words(date, language),
            plain: date.to_string(),
            value,
            mark: holiday_words(date, language),
        });
    }
    chart
}

fn value_of(day: &DayProfile, measure: Measure) -> Option<f64> {
    match measure {
        Measure::Visits => Some(day.visits as f64),
        Measure::Wait => day.median_wait,
        Measure::Abandoned => (day.visits > 0).then(|| 100.0 * day.abandoned as f64 / day.visits as f64),
    }
}

/// The first month that is shown, and each first month of a year, with its year.
fn month_name(date: JalaliDate, index: usize, language: Language) -> String {
    let month = language.text(date.month_key()).to_owned();
    if index >= WEEK && date.month() > 1 {
        return month;
    }
    let year = language.digits(&date.year().to_string());
    language.fill_owned("data.month_of_year", &[("month", month), ("year", year)])
}

/// In Persian the Jalali date; in English the Gregorian one, with the Jalali one behind it.
fn date_words(date: CivilDate, language: Language) -> String {
    let jalali = DateStyle::Jalali.long(date, language);
    match language {
        Language::Persian => jalali,
        Language::English => {
            let gregorian = DateStyle::Gregorian.long(date, language);
            language.fill_owned("data.both_dates", &[("date", gregorian), ("jalali", jalali)])
        }
    }
}

/// The names of the holidays on `date`; empty where there is none, or none is known.
fn holiday_words(date: CivilDate, language: Language) -> String {
    let DayKind::Holiday(entries) = Holidays::iran().on(date) else { return String::new() };
    let names = entries.iter().map(|entry| language.text(entry.holiday.name_key()).to_owned());
    let joined = names.reduce(|a, b| language.fill("list.comma", &[("a", &a), ("b", &b)]));
    joined.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(date: &str, visits: u64, abandoned: u64) -> DayProfile {
        DayProfile { date: date.parse().unwrap(), visits, abandoned, median_wait: (visits > 0).then_some(12.5) }
    }

    #[test]
    fn days_stand_in_weeks_from_saturday_and_holidays_are_named() {
        // 21 March 2026 is 1 Farvardin 1405, a Saturday, Nowruz and the Eid; the 26th is a Thursday.
        let days = [day("2026-03-21", 10, 1), day("2026-03-26", 40, 0)];
        let chart = chart(&days, Measure::Visits, None, Language::English);
        assert_eq!(chart.days.len(), WEEK);
        let values: Vec<_> = chart.days.iter().map(|day| day.value).collect();
        assert_eq!(values, [Some(10.0), None, None, None, None, Some(40.0), None]);
        assert_eq!(chart.days[0].shown, "21 March 2026 (1 Farvardin 1405)");
        assert_eq!(chart.days[0].mark, "Eid al-Fitr, Nowruz");
        assert_eq!(chart.days[6].shown, "", "a Friday beyond the last day is not shown");
        assert_eq!(chart.months, [(0, "Farvardin 1405".to_owned())]);
        let given_up = super::chart(&days, Measure::Abandoned, None, Language::Persian);
        assert_eq!(given_up.days[0].value, Some(10.0), "per cent of the visits");
    }

    #[test]
    fn a_long_history_is_shown_by_the_year() {
        let days = [day("2023-05-01", 3, 0), day("2024-05-01", 3, 0), day("2026-05-01", 5, 0)];
        assert_eq!(years(&days), [1402, 1403, 1405]);
        let chart = chart(&days, Measure::Wait, Some(1403), Language::Persian);
        // 1403 is a leap year: 366 days.
        assert_eq!(chart.days.iter().filter(|day| !day.shown.is_empty()).count(), 366);
        assert_eq!(chart.months.len(), 12);
        assert_eq!(chart.days.iter().filter(|day| day.value.is_some()).count(), 1);
        assert_eq!(years(&days[..1]), Vec::<i16>::new());
    }

    #[test]
    fn nothing_makes_an_empty_calendar() {
        assert!(chart(&[], Measure::Visits, None, Language::English).days.is_empty());
    }
}

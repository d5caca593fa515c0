//! Iran's public holidays and Ramadan, for the years that the table knows.
//!
//! Fridays are no holidays here: they are a weekday. Half days, holidays of single provinces and the hours that
//! offices keep in Ramadan are not known. Outside of the table's years the answer is *unknown*, never "no
//! holiday". Source: see `iran_table.rs`, which `tests/golden/iran_holidays.py` writes; dates of the lunar
//! calendar after 2026 are estimates and can be a day off.

use super::CivilDate;
use super::iran_table::{HOLIDAYS, RAMADANS, YEARS};

/// A public holiday of Iran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it; what people read is in the string catalogue")]
pub enum Holiday {
    Arbaeen,
    Ashura,
    BirthOfImamAli,
    BirthOfImamMahdi,
    BirthOfTheProphet,
    DeathOfImamKhomeini,
    DeathOfTheProphet,
    DeclaredByGovernment,
    EidAlAdha,
    EidAlFitr,
    EidAlFitrSecondDay,
    EidAlGhadir,
    IslamicRepublicDay,
    IslamicRevolutionDay,
    KhordadUprising,
    LastDayOfYear,
    Mabath,
    MartyrdomOfFatima,
    MartyrdomOfImamAli,
    MartyrdomOfImamAskari,
    MartyrdomOfImamReza,
    MartyrdomOfImamSadiq,
    NatureDay,
    Nowruz,
    NowruzHoliday,
    OilNationalization,
    Tasua,
}

/// One holiday on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HolidayEntry {
    /// Which holiday.
    pub holiday: Holiday,
    /// Whether the date is an estimate, since the lunar calendar was not settled when the table was made.
    pub is_estimate: bool,
}

/// What a day is, as far as the table knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayKind {
    /// The table does not cover the day's year.
    Unknown,
    /// Not a public holiday (it may still be a Friday).
    Ordinary,
    /// A public holiday; never empty, and more than one where holidays fall together.
    Holiday(&'static [HolidayEntry]),
}

/// One Ramadan as kept in Iran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ramadan {
    /// The first day of fasting.
    pub first: CivilDate,
    /// The last day of fasting.
    pub last: CivilDate,
    /// Whether the dates are an estimate.
    pub is_estimate: bool,
}

/// A table of holidays.
#[derive(Clone, Copy, Debug)]
pub struct Holidays(());

const FIRST: CivilDate = known(YEARS.0, 1, 1);
const LAST: CivilDate = known(YEARS.1, 12, 31);
const DAYS: usize = LAST.days_since(FIRST) as usize + 1;

/// What stands on each day from [`FIRST`] to [`LAST`].
#[derive(Clone, Copy)]
struct Cell {
    /// Where the day's holidays start in [`ENTRIES`], and how many there are.
    start: u16,
    count: u8,
    is_ramadan: bool,
}

static ENTRIES: [HolidayEntry; HOLIDAYS.len()] = {
    let mut entries = [HolidayEntry { holiday: Holiday::Nowruz, is_estimate: false }; HOLIDAYS.len()];
    let mut row = 0;
    while row < HOLIDAYS.len() {
        entries[row] = HolidayEntry { holiday: HOLIDAYS[row].3, is_estimate: HOLIDAYS[row].4 };
        row += 1;
    }
    entries
};

static RANGES: [Ramadan; RAMADANS.len()] = {
    let mut ranges = [Ramadan { first: FIRST, last: FIRST, is_estimate: false }; RAMADANS.len()];
    let mut row = 0;
    while row < RAMADANS.len() {
        let (first, last, is_estimate) = RAMADANS[row];
        ranges[row] =
            Ramadan { first: known(first.0, first.1, first.2), last: known(last.0, last.1, last.2), is_estimate };
        row += 1;
    }
    ranges
};

static CELLS: [Cell; DAYS] = {
    let mut cells = [Cell { start: 0, count: 0, is_ramadan: false }; DAYS];
    let mut row = 0;
    while row < HOLIDAYS.len() {
        let (year, month, day, ..) = HOLIDAYS[row];
        let cell = &mut cells[known(year, month, day).days_since(FIRST) as usize];
        if cell.count == 0 {
            cell.start = row as u16;
        }
        cell.count += 1;
        row += 1;
    }
    let mut row = 0;
    while row < RANGES.len() {
        let mut day = RANGES[row].first.days_since(FIRST);
        while day <= RANGES[row].last.days_since(FIRST) {
            cells[day as usize].is_ramadan = true;
            day += 1;
        }
        row += 1;
    }
    cells
};

/// A date of the tables.
#[expect(clippy::panic, reason = "evaluated by the compiler only, which refuses a date that does not exist")]
const fn known(year: i16, month: u8, day: u8) -> CivilDate {
    match CivilDate::new(year, month, day) {
        Some(date) => date,
        None => panic!("the table holds a date that does not exist"),
    }
}

impl Holidays {
    /// The public holidays of Iran.
    #[must_use]
    pub const fn iran() -> Holidays {
        Holidays(())
    }

    /// The first and the last day that the table covers.
    #[must_use]
    pub const fn covered(self) -> (CivilDate, CivilDate) {
        (FIRST, LAST)
    }

    /// What `date` is.
    #[must_use]
    pub fn on(self, date: CivilDate) -> DayKind {
        match cell(date) {
            None => DayKind::Unknown,
            Some(Cell { count: 0, .. }) => DayKind::Ordinary,
            Some(cell) => {
                let start = usize::from(cell.start);
                // The cells were filled from the entries' own indices.
                DayKind::Holiday(&ENTRIES[start..start + usize::from(cell.count)])
            }
        }
    }

    /// Whether `date` is a public holiday; `None` where the table does not know.
    #[must_use]
    pub fn is_holiday(self, date: CivilDate) -> Option<bool> {
        cell(date).map(|cell| cell.count > 0)
    }

    /// Whether `date` lies in Ramadan; `None` where the table does not know.
    #[must_use]
    pub fn is_ramadan(self, date: CivilDate) -> Option<bool> {
        cell(date).map(|cell| cell.is_ramadan)
    }

    /// Every Ramadan of the table, by date.
    #[must_use]
    pub fn ramadans(self) -> &'static [Ramadan] {
        &RANGES
    }
}

fn cell(date: CivilDate) -> Option<Cell> {
    let index = usize::try_from(date.days_since(FIRST)).ok()?;
    CELLS.get(index).copied()
}

impl DayKind {
    /// Whether the day is a public holiday; `None` where that is unknown.
    #[must_use]
    pub fn is_holiday(self) -> Option<bool> {
        match self {
            DayKind::Unknown => None,
            DayKind::Ordinary => Some(false),
            DayKind::Holiday(_) => Some(true),
        }
    }
}

impl Holiday {
    /// The key of the name in the string catalogue.
    #[must_use]
    pub const fn name_key(self) -> &'static str {
        match self {
            Holiday::Arbaeen => "calendar.holiday.arbaeen",
            Holiday::Ashura => "calendar.holiday.ashura",
            Holiday::BirthOfImamAli => "calendar.holiday.birth_of_imam_ali",
            Holiday::BirthOfImamMahdi => "calendar.holiday.birth_of_imam_mahdi",
            Holiday::BirthOfTheProphet => "calendar.holiday.birth_of_the_prophet",
            Holiday::DeathOfImamKhomeini => "calendar.holiday.death_of_imam_khomeini",
            Holiday::DeathOfTheProphet => "calendar.holiday.death_of_the_prophet",
            Holiday::DeclaredByGovernment => "calendar.holiday.declared_by_government",
            Holiday::EidAlAdha => "calendar.holiday.eid_al_adha",
            Holiday::EidAlFitr => "calendar.holiday.eid_al_fitr",
            Holiday::EidAlFitrSecondDay => "calendar.holiday.eid_al_fitr_second_day",
            Holiday::EidAlGhadir => "calendar.holiday.eid_al_ghadir",
            Holiday::IslamicRepublicDay => "calendar.holiday.islamic_republic_day",
            Holiday::IslamicRevolutionDay => "calendar.holiday.islamic_revolution_day",
            Holiday::KhordadUprising => "calendar.holiday.khordad_uprising",
            Holiday::LastDayOfYear => "calendar.holiday.last_day_of_year",
            Holiday::Mabath => "calendar.holiday.mabath",
            Holiday::MartyrdomOfFatima => "calendar.holiday.martyrdom_of_fatima",
            Holiday::MartyrdomOfImamAli => "calendar.holiday.martyrdom_of_imam_ali",
            Holiday::MartyrdomOfImamAskari => "calendar.holiday.martyrdom_of_imam_askari",
            Holiday::MartyrdomOfImamReza => "calendar.holiday.martyrdom_of_imam_reza",
            Holiday::MartyrdomOfImamSadiq => "calendar.holiday.martyrdom_of_imam_sadiq",
            Holiday::NatureDay => "calendar.holiday.nature_day",
            Holiday::Nowruz => "calendar.holiday.nowruz",
            Holiday::NowruzHoliday => "calendar.holiday.nowruz_holiday",
            Holiday::OilNationalization => "calendar.holiday.oil_nationalization",
            Holiday::Tasua => "calendar.holiday.tasua",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::calendar::JalaliDate;
    use crate::base::language::Catalogue;
    use crate::base::language::Language;

    fn on(date: &str) -> Vec<Holiday> {
        match Holidays::iran().on(date.parse().unwrap()) {
            DayKind::Holiday(entries) => entries.iter().map(|entry| entry.holiday).collect(),
            DayKind::Ordinary => Vec::new(),
            DayKind::Unknown => panic!("{date} is not covered"),
        }
    }

    #[test]
    fn days_that_everyone_remembers_are_right() {
        assert_eq!(on("2024-03-20"), [Holiday::Nowruz]);
        assert_eq!(on("2024-07-16"), [Holiday::Ashura]);
        assert_eq!(on("2023-04-22"), [Holiday::EidAlFitr]);
        assert_eq!(on("2024-04-01").len(), 2, "Nature's Day and the martyrdom of Imam Ali");
        assert_eq!(on("2023-08-02"), [Holiday::DeclaredByGovernment]);
        assert_eq!(on("2024-03-25"), []);
        assert_eq!(on("2017-12-31"), []);
    }

    #[test]
    fn what_the_table_does_not_cover_is_unknown() {
        let (first, last) = Holidays::iran().covered();
        assert_eq!((first.to_string().as_str(), last.to_string().as_str()), ("2017-01-01", "2027-12-31"));
        for beyond in [first.plus_days(-1).unwrap(), last.plus_days(1).unwrap(), CivilDate::MIN, CivilDate::MAX] {
            assert_eq!(Holidays::iran().on(beyond), DayKind::Unknown);
            assert_eq!(Holidays::iran().is_holiday(beyond), None);
            assert_eq!(Holidays::iran().is_ramadan(beyond), None);
        }
    }

    #[test]
    fn every_row_of_the_table_is_found_on_its_day_and_named_in_both_languages() {
        for (row, (year, month, day, holiday, is_estimate)) in HOLIDAYS.into_iter().enumerate() {
            let DayKind::Holiday(entries) = Holidays::iran().on(known(year, month, day)) else {
                panic!("row {row}");
            };
            assert!(entries.contains(&HolidayEntry { holiday, is_estimate }));
            for language in Language::ALL {
                assert!(Catalogue::get(language).text(holiday.name_key()).is_some(), "{holiday:?}");
            }
        }
    }

    #[test]
    fn holidays_of_the_solar_calendar_fall_on_their_jalali_day() {
        for (year, month, day, holiday, _) in HOLIDAYS {
            let date = JalaliDate::from(known(year, month, day));
            let expected = match holiday {
                Holiday::Nowruz => (1, 1),
                Holiday::IslamicRepublicDay => (1, 12),
                Holiday::NatureDay => (1, 13),
                Holiday::DeathOfImamKhomeini => (3, 14),
                Holiday::KhordadUprising => (3, 15),
                Holiday::IslamicRevolutionDay => (11, 22),
                Holiday::OilNationalization => (12, 29),
                _ => continue,
            };
            assert_eq!((date.month(), date.day()), expected, "{holiday:?} of {year}");
        }
    }

    #[test]
    fn ramadan_ends_the_day_before_eid_al_fitr() {
        for ramadan in Holidays::iran().ramadans() {
            let length = ramadan.last.days_since(ramadan.first) + 1;
            assert!(length == 29 || length == 30);
            let eid = ramadan.last.plus_days(1).unwrap();
            assert!(on(&eid.to_string()).contains(&Holiday::EidAlFitr));
            assert_eq!(Holidays::iran().is_ramadan(ramadan.first), Some(true));
            assert_eq!(Holidays::iran().is_ramadan(eid), Some(false));
        }
        assert_eq!(Holidays::iran().ramadans().len(), 11);
    }
}

"""Writes src/base/calendar/iran_table.rs: Iran's public holidays and Ramadan, 2017 to 2027.

Holidays: Python package `holidays`, country IR (MIT licence). It holds the confirmed dates of the lunar holidays
as they were kept in Iran up to 2026; later ones are its estimates (Umm al-Qura and one day) and marked so.

Ramadan: from the same dates, so that it agrees with them. The martyrdom of Imam Ali is 21 Ramadan and Eid
al-Fitr 1 Shawwal, so Ramadan runs from twenty days before the one to the day before the other. Each must lie
within one day of Umm al-Qura (Python package `hijridate`), or the script stops.

Run: pip install -r requirements.txt && python iran_holidays.py && cargo fmt
"""

import datetime as dt
import importlib.metadata
import pathlib

import hijridate
import holidays

YEARS = range(2017, 2028)
TARGET = pathlib.Path(__file__).parents[2] / "src/base/calendar/iran_table.rs"
ESTIMATED = " (estimated)"
VARIANTS = {
    "15 Khordad Uprising": "KhordadUprising",
    "Arbaeen": "Arbaeen",
    "Ashura": "Ashura",
    "Birthday of Imam Ali": "BirthOfImamAli",
    "Birthday of Mahdi": "BirthOfImamMahdi",
    "Birthday of Muhammad and Imam Ja'far al-Sadiq": "BirthOfTheProphet",
    "Death of Imam Khomeini": "DeathOfImamKhomeini",
    "Death of Prophet Muhammad and Martyrdom of Hasan ibn Ali": "DeathOfTheProphet",
    "Eid al-Adha": "EidAlAdha",
    "Eid al-Fitr": "EidAlFitr",
    "Eid al-Fitr Holiday": "EidAlFitrSecondDay",
    "Eid al-Ghadir": "EidAlGhadir",
    "Iranian Oil Industry Nationalization Day": "OilNationalization",
    "Islamic Republic Day": "IslamicRepublicDay",
    "Islamic Revolution Day": "IslamicRevolutionDay",
    "Isra' and Mi'raj": "Mabath",
    "Last Day of Year": "LastDayOfYear",
    "Martyrdom of Ali al-Rida": "MartyrdomOfImamReza",
    "Martyrdom of Fatima": "MartyrdomOfFatima",
    "Martyrdom of Hasan al-Askari": "MartyrdomOfImamAskari",
    "Martyrdom of Imam Ali": "MartyrdomOfImamAli",
    "Martyrdom of Imam Ja'far al-Sadiq": "MartyrdomOfImamSadiq",
    "Nature's Day": "NatureDay",
    "Nowruz": "Nowruz",
    "Nowruz Holiday": "NowruzHoliday",
    "Public Holiday": "DeclaredByGovernment",
    "Tasua": "Tasua",
}


def rows():
    calendar = holidays.country_holidays("IR", years=YEARS, language="en_US")
    for day in sorted(calendar):
        if day.year in YEARS:
            for name in sorted(set(calendar.get_list(day))):
                yield day, VARIANTS[name.removesuffix(ESTIMATED)], name.endswith(ESTIMATED)


def ramadans(table):
    by_name = lambda wanted: [(day, estimated) for day, name, estimated in table if name == wanted]
    for (ali, estimated), (fitr, _) in zip(by_name("MartyrdomOfImamAli"), by_name("EidAlFitr"), strict=True):
        first, last = ali - dt.timedelta(days=20), fitr - dt.timedelta(days=1)
        year = hijridate.Gregorian(ali.year, ali.month, ali.day).to_hijri().year
        umm_al_qura = hijridate.Hijri(year, 9, 1).to_gregorian()
        shawwal = hijridate.Hijri(year, 10, 1).to_gregorian()
        assert (last - first).days + 1 in (29, 30), (first, last)
        assert abs((first - umm_al_qura).days) <= 1, (first, umm_al_qura)
        assert abs((fitr - shawwal).days) <= 1, (fitr, shawwal)
        yield first, last, estimated


def main():
    table = list(rows())
    version = importlib.metadata.version("holidays")
    civil = lambda day: f"{day.year}, {day.month}, {day.day}"
    flag = lambda estimated: "true" if estimated else "false"
    lines = [
        f"//! Iran's public holidays and Ramadan, {YEARS[0]} to {YEARS[-1]}: written by `tests/golden/iran_holidays.py`",
        f"//! from the Python package `holidays` {version}, country IR. Not edited by hand.",
        "",
        "use super::holidays::Holiday::{self, *};",
        "",
        "/// The years that the tables cover, first and last.",
        f"pub(super) const YEARS: (i16, i16) = ({YEARS[0]}, {YEARS[-1]});",
        "",
        "/// Year, month, day, holiday, whether the date is an estimate; by date.",
        f"pub(super) const HOLIDAYS: [(i16, u8, u8, Holiday, bool); {len(table)}] = [",
        *(f"({civil(day)}, {name}, {flag(estimated)})," for day, name, estimated in table),
        "];",
        "",
        "/// Year, month, day.",
        "pub(super) type Day = (i16, u8, u8);",
        "",
        "/// The first and the last day of each Ramadan, and whether they are estimates.",
    ]
    fasts = list(ramadans(table))
    lines += [
        f"pub(super) const RAMADANS: [(Day, Day, bool); {len(fasts)}] = [",
        *(f"(({civil(first)}), ({civil(last)}), {flag(estimated)})," for first, last, estimated in fasts),
        "];",
    ]
    TARGET.write_text("\n".join(lines) + "\n")


main()

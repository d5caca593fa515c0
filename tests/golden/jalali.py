"""Writes jalali.json: Jalali dates of Gregorian days, by an implementation that shares nothing with ours.

`nowruz`: the Gregorian day of 1 Farvardin for the Jalali years 1300 to 1450 (package `jdatetime`).
`days`: pairs [Gregorian, Jalali], 400 days between 1930 and 2070, seeded, and both ends of every leap year's
Esfand since 1370. `persiantools` must agree with `jdatetime` on each, or the script stops.

Run: pip install -r requirements.txt && python jalali.py
"""

import datetime as dt
import json
import pathlib
import random

import jdatetime
import persiantools.jdatetime


def jalali(day):
    first = jdatetime.date.fromgregorian(date=day)
    second = persiantools.jdatetime.JalaliDate(day)
    assert (first.year, first.month, first.day) == (second.year, second.month, second.day), day
    return f"{first.year:04}/{first.month:02}/{first.day:02}"


def main():
    nowruz = {year: jdatetime.date(year, 1, 1).togregorian() for year in range(1300, 1451)}
    draw = random.Random(1405)
    start = dt.date(1930, 1, 1)
    days = {start + dt.timedelta(days=draw.randrange(140 * 365)) for _ in range(400)}
    for year in range(1370, 1431):
        days |= {nowruz[year] - dt.timedelta(days=1), nowruz[year]}
    document = {
        "nowruz": [[year, day.isoformat()] for year, day in nowruz.items()],
        "days": [[day.isoformat(), jalali(day)] for day in sorted(days)],
    }
    text = json.dumps(document, separators=(",", ":")).replace("],[", "],\n[")
    pathlib.Path(__file__).with_suffix(".json").write_text(text + "\n")


main()

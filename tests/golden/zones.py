"""Writes zones.json: what wall-clock times mean in several zones, by Python's zoneinfo.

`cases`: [zone, local time, first moment, finding], the moment as seconds since the epoch. `finding` is `ambiguous`
where the clock showed the time twice (the first is given), `skipped` where it never showed it (it counts on from
before the gap), else empty. Half of the cases lie within two days of a change of the clock, half anywhere.

Run: pip install -r requirements.txt && python zones.py
"""

import datetime as dt
import json
import pathlib
import random
import zoneinfo

ZONES = ["Asia/Tehran", "Europe/Warsaw", "Asia/Jerusalem", "America/New_York", "Asia/Kathmandu", "UTC"]


def finding(zone, local):
    """The moment of `local`, and whether it is the only one: PEP 495 read by its definition."""
    first = local.replace(tzinfo=zone, fold=0)
    second = local.replace(tzinfo=zone, fold=1)
    shown = first.astimezone(dt.timezone.utc).astimezone(zone).replace(tzinfo=None)
    if first.utcoffset() == second.utcoffset():
        kind = ""
    else:
        kind = "ambiguous" if shown == local else "skipped"
    return int(first.timestamp()), kind


def changes(zone, start, days):
    """The days on which the offset at noon differs from that of the day before."""
    noon = lambda day: dt.datetime.combine(day, dt.time(12), zone).utcoffset()
    dates = [start + dt.timedelta(days=day) for day in range(days)]
    return [day for day in dates if noon(day) != noon(day - dt.timedelta(days=1))]


def main():
    draw = random.Random(1401)
    start, days = dt.date(1999, 1, 1), 366 * 28
    cases = []
    for name in ZONES:
        zone = zoneinfo.ZoneInfo(name)
        near = changes(zone, start, days)
        recent = [day for day in near if day.year in (2021, 2022)]
        for _ in range(60):
            day = start + dt.timedelta(days=draw.randrange(days))
            local = dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=draw.randrange(86_400))
            cases.append((name, zone, local))
        for day in recent + draw.sample(near, min(len(near), 12)):
            for quarter in range(-8, 20):
                local = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=15 * quarter + 7)
                cases.append((name, zone, local))
    unique = {(name, local): zone for name, zone, local in cases}
    rows = [[name, f"{local:%Y-%m-%d %H:%M:%S}", *finding(zone, local)] for (name, local), zone in unique.items()]
    document = {"cases": rows}
    assert {case[3] for case in document["cases"]} == {"", "ambiguous", "skipped"}
    text = json.dumps(document, separators=(",", ":")).replace("],[", "],\n[")
    pathlib.Path(__file__).with_suffix(".json").write_text(text + "\n")


main()

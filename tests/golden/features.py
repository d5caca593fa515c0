"""Writes features.json: a small history with ties, priorities and people who give up, and its features by definition.

Run: pip install -r requirements.txt && python features.py
"""

import json
import pathlib
import sys

# This file's own folder would shadow the standard module of the same name.
sys.path.pop(0)

import numpy as np

RANDOM = np.random.default_rng(14050902)
MINUTE = 60_000
START = 1_770_000_000_000  # 2026-02-02T02:40:00Z; Tehran has kept +03:30 since 2022
TEHRAN = 210 * MINUTE
DAY = 1_440 * MINUTE


def visits():
    made = []
    for day in (0, 1, 6, 7, 8, 14, 21, 28, 35):
        for _ in range(26):
            arrived = START + day * DAY + int(RANDOM.integers(0, 300)) * MINUTE
            wait = int(RANDOM.integers(0, 70)) * MINUTE
            length = int(RANDOM.integers(1, 30)) * MINUTE
            fate = RANDOM.random()
            called = arrived + wait if fate < 0.8 else None
            made.append(
                {
                    "site": "ab"[int(RANDOM.integers(0, 2))],
                    "service": "xy"[int(RANDOM.integers(0, 2))],
                    "arrived": arrived,
                    "called": called,
                    "finished": called + length if called and fate < 0.75 else None,
                    "left": arrived + wait if 0.8 <= fate < 0.95 else None,
                    "priority": int(RANDOM.integers(0, 3)) if RANDOM.random() < 0.8 else None,
                }
            )
    made.sort(key=lambda visit: (visit["arrived"], visit["site"], visit["service"]))
    for number, visit in enumerate(made):
        visit["id"] = f"{number:04}"
    return made


def minutes(values, how):
    return float(how(np.array(values, float)) / MINUTE) if len(values) else None


def features(history, row):
    me = history[row]
    now = me["arrived"]
    site = [(n, other) for n, other in enumerate(history) if other["site"] == me["site"]]
    queue = [(n, other) for n, other in site if other["service"] == me["service"]]
    past = lambda time: time is not None and time < now
    here = lambda n, other: other["arrived"] < now or (other["arrived"] == now and n < row)
    waiting = lambda n, other: (
        here(n, other)
        and not past(other["called"])
        and not (other["called"] is None and past(other["left"]))
        and now - other["arrived"] <= DAY
    )
    served = lambda other: past(other["called"]) and not past(other["finished"]) and now - other["called"] <= DAY
    urgency = lambda other: -1 if other["priority"] is None else other["priority"]
    line = [other for n, other in queue if waiting(n, other)]
    calls = sorted((other["called"], n, other) for n, other in queue if past(other["called"]))
    waits = [called - other["arrived"] for called, _, other in calls]
    ends = sorted((other["finished"], n, other) for n, other in queue if past(other["finished"]))
    lengths = [finished - other["called"] for finished, _, other in ends][-20:]
    hour = lambda time: (time + TEHRAN) // (60 * MINUTE) % 24
    week = [
        wait
        for (called, _, other), wait in zip(calls, waits)
        if now - called <= 7 * DAY and hour(other["arrived"]) == hour(now)
    ]
    recent = lambda n: [wait for (called, _, _), wait in zip(calls, waits) if now - called <= n * MINUTE]
    answers = {
        "people_ahead": len(line),
        "people_called_before": sum(urgency(other) >= urgency(me) for other in line),
        "in_service": sum(served(other) for _, other in queue),
        "site_waiting": sum(waiting(n, other) for n, other in site),
        "site_in_service": sum(served(other) for _, other in site),
        "head_of_line_wait": max([now - other["arrived"] for other in line], default=0) / MINUTE,
        "last_to_enter_service_wait": waits[-1] / MINUTE if waits else None,
        "mean_service_time": minutes(lengths, np.mean),
        "avg_wait_time_last_week": minutes(week, np.mean),
        "median_wait_last_5": minutes(waits[-5:], np.median),
        "median_wait_last_20": minutes(waits[-20:], np.median),
    }
    for n in (15, 30, 60):
        answers[f"arrivals_{n}min"] = sum(
            here(m, other) and now - other["arrived"] <= n * MINUTE for m, other in queue
        )
        answers[f"calls_{n}min"] = len(recent(n))
        answers[f"median_wait_{n}min"] = minutes(recent(n), np.median)
    ahead, calls_60 = answers["people_ahead"], answers["calls_60min"]
    answers["time_to_drain"] = 0.0 if ahead == 0 else ahead * 60 / calls_60 if calls_60 else None
    # The counters are not known: people in service stand in for them.
    mean = answers["mean_service_time"]
    answers["work_ahead"] = None if mean is None else ahead * mean / max(1, answers["in_service"])
    day = lambda time: (time + TEHRAN) // DAY
    minute = lambda time: (time + TEHRAN) % DAY // MINUTE
    firsts = {}
    for _, other in site:
        if day(other["arrived"]) < day(now) and (day(now) - day(other["arrived"])) % 7 == 0:
            firsts.setdefault(day(other["arrived"]), minute(other["arrived"]))
    openings = sorted([firsts[date] for date in sorted(firsts)][-4:])
    answers["minutes_since_opening"] = (
        minute(now) - openings[(len(openings) - 1) // 2] if openings else None
    )
    return answers


def main():
    history = visits()
    rows = [features(history, row) for row in range(len(history))]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    path = pathlib.Path(__file__).with_name("features.json")
    path.write_text(json.dumps({"visits": history, "features": columns}, separators=(",", ":")) + "\n")


main()

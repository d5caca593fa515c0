"""Writes adaptive.json: golden values for the intervals that follow what comes true, from NumPy and exact fractions.

Run: pip install -r requirements.txt && python adaptive.py

Adaptive conformal inference (Gibbs and Candès 2021) with a day as the step: two queues, of which one has distances of its own,
waits that become known on a later day, and errors that grow by half in the middle. Distances on ln(1 + wait).
"""

import json
import pathlib
import sys
from fractions import Fraction
from math import ceil

# This file's own folder would shadow the standard module of the same name.
sys.path.pop(0)

import numpy as np

RANDOM = np.random.default_rng(14050907)
LEVELS = ["0.8", "0.9"]
GRID = ["0.5", "0.45", "0.4", "0.35", "0.3", "0.25", "0.2", "0.175", "0.15", "0.125", "0.1", "0.09", "0.08", "0.07", "0.06",
        "0.05", "0.04", "0.03", "0.025", "0.02", "0.015", "0.01", "0.0075", "0.005", "0.0025", "0.001", "0"]
FEWEST_IN_GROUP = 200
RATE = 0.3
DAYS, A_DAY = 15, 24


def visits(n, scale):
    predicted = np.round(RANDOM.uniform(2, 40, n), 3)
    waits = np.round(np.expm1(np.log1p(predicted) + scale * RANDOM.normal(0.05, 0.4, n)).clip(0), 3)
    return predicted, waits


def reach(distances):
    """The distance at each share of the grid: the smallest beyond which at most that share lies, the largest where so few
    cannot tell."""
    ordered, n = np.sort(distances), len(distances)
    ranks = [min(n, ceil((n + 1) * (1 - Fraction(share)))) for share in GRID]
    return ordered[[rank - 1 for rank in ranks]]


def at(tail, share):
    return np.interp(share, [float(share) for share in GRID[::-1]], tail[::-1])


cal_queue = ["a"] * 260 + ["b"] * 70
cal_predicted, cal_waits = visits(len(cal_queue), 1.0)
cal_below = np.log1p(cal_predicted) - np.log1p(cal_waits)
own = np.array([queue == "a" for queue in cal_queue])
assert own.sum() >= FEWEST_IN_GROUP > (~own).sum()
tails = {"a": (reach(cal_below[own]), reach(-cal_below[own])), "b": (reach(cal_below), reach(-cal_below))}

arrived = np.repeat(np.arange(100, 100 + DAYS), A_DAY)
called = arrived + RANDOM.choice([0, 0, 0, 0, 1, 2], len(arrived))
queue = RANDOM.choice(["a", "b"], len(arrived))
half = [visits(A_DAY, 1.0 if day < DAYS // 2 else 1.5) for day in range(DAYS)]
predicted = np.concatenate([day[0] for day in half])
waits = np.concatenate([day[1] for day in half])

target = np.array([[(1 - float(level)) / 2] * 2 for level in LEVELS])
shares = target.copy()
missed = np.zeros((len(waits), len(LEVELS), 2))
intervals = np.zeros((len(waits), len(LEVELS), 2))
until = 100 + DAYS - 1
for day in range(100, until + 40):
    for row in np.flatnonzero(arrived == day):
        below, above = tails[queue[row]]
        outer = np.minimum.accumulate(shares, axis=0)
        edge = np.log1p(predicted[row])
        for level in range(len(LEVELS)):
            low = max(0.0, min(predicted[row], np.expm1(edge - at(below, outer[level][0]))))
            high = max(predicted[row], np.expm1(edge + at(above, outer[level][1])))
            intervals[row][level] = low, high
            missed[row][level] = waits[row] < low, waits[row] > high
    known = called == day
    if day < until and known.any():
        shares = np.clip(shares + RATE * (target - missed[known].mean(axis=0)), 0, 0.5)

pathlib.Path(__file__).with_name("adaptive.json").write_text(json.dumps({
    "rate": RATE,
    "calibration": {"queue": cal_queue, "predicted": cal_predicted.tolist(), "waits": cal_waits.tolist()},
    "queue": queue.tolist(),
    "predicted": predicted.tolist(),
    "waits": waits.tolist(),
    "arrived": arrived.tolist(),
    "called": called.tolist(),
    "until": until,
    "intervals": intervals.tolist(),
    "shares": shares.tolist(),
    "n": int((called < until).sum()),
}) + "\n")

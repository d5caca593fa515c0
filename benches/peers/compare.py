"""Lets arch and SciPy bootstrap the difference and the ratio of two mean absolute errors of a million pairs, and times them.

    cargo bench --bench compare -- --dump errors.bin
    pip install -r requirements-compare.txt
    python compare.py errors.bin

2,000 resamples each. From the visits: arch's circular block bootstrap in blocks as long as a site-day, and
scipy.stats.bootstrap of single visits (it knows no blocks), both by percentile: BCa leaves each of a million visits out once,
which neither can. From sums by site-day, which somebody has to make first: scipy.stats.bootstrap with BCa. Prints one JSON line
each, with what they find, so that it can be held against ours.
"""

import json
import statistics
import sys
import time

import arch
import numpy as np
import scipy
from arch.bootstrap import CircularBlockBootstrap
from scipy import stats

RESAMPLES = 2_000
columns = np.fromfile(sys.argv[1], dtype="<f8").reshape(3, -1)
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 1
current, candidate, block = columns[0], columns[1], columns[2].astype(int)


def timed(name, work, repeat):
    seconds, found = [], None
    for _ in range(repeat):
        begun = time.perf_counter()
        found = work()
        seconds.append(round(time.perf_counter() - begun, 3))
    print(json.dumps({"peer": name, "pairs": len(current), "seconds": sorted(seconds),
                      "median": statistics.median(seconds), "ratio_low": found[0], "ratio_high": found[1]}), flush=True)


def with_arch():
    bootstrap = CircularBlockBootstrap(len(current) // (block.max() + 1), current, candidate, seed=1)
    both = lambda a, b: np.array([b.mean() - a.mean(), b.mean() / a.mean()])
    interval = bootstrap.conf_int(both, reps=RESAMPLES, method="percentile", size=0.95)
    return float(interval[0, 1]), float(interval[1, 1])


def with_scipy():
    both = lambda a, b, axis=-1: np.array([b.mean(axis) - a.mean(axis), b.mean(axis) / a.mean(axis)])
    found = stats.bootstrap((current, candidate), both, paired=True, n_resamples=RESAMPLES, batch=1,
                            method="percentile", vectorized=True, rng=np.random.default_rng(1))
    return float(found.confidence_interval.low[1]), float(found.confidence_interval.high[1])


def sums_with_scipy():
    sums = [np.bincount(block, weights=column) for column in (current, candidate)]
    ratio = lambda a, b, axis=-1: b.sum(axis) / a.sum(axis)
    found = stats.bootstrap(tuple(sums), ratio, paired=True, n_resamples=RESAMPLES, method="BCa", vectorized=True,
                            rng=np.random.default_rng(1))
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


print(json.dumps({"arch": arch.__version__, "scipy": scipy.__version__, "numpy": np.__version__}))
timed("scipy BCa on sums by site-day", sums_with_scipy, 3)
timed("arch circular block bootstrap", with_arch, rounds)
timed("scipy percentile bootstrap of visits", with_scipy, rounds)

"""Writes comparison.json: golden values for the paired block bootstrap from arch, and for Diebold and Mariano's test from scores.

Run: pip install -r requirements-comparison.txt && python comparison.py
(arch 7.2.0, scores 2.7.0; apart from the other scripts, since arch's statistics do not follow their pandas yet.)

Blocks are site-days: whole ones are drawn, whose visits are summed beforehand. That is arch's circular block bootstrap of site-days
with blocks of one. Its blocks of several visits begin anywhere, also in the middle of a day, and are another scheme.
"""

import json
import pathlib

import numpy as np
import xarray as xr
from arch.bootstrap import CircularBlockBootstrap, IIDBootstrap
from scores.stats.statistical_tests import diebold_mariano

RANDOM = np.random.default_rng(14050905)


def floats(values):
    return [float(value) for value in np.ravel(values)]


def delta(n, current, candidate):
    return np.array([(candidate.sum() - current.sum()) / n.sum()])


def ratio(n, current, candidate):
    return np.array([candidate.sum() / current.sum()])


STATISTICS = {"delta": delta, "ratio": ratio}


def site_days(size):
    """Visits, and sums of the absolute errors of both models: days of a queue differ by much more than its visits."""
    n = RANDOM.integers(5, 60, size)
    current = np.round(n * RANDOM.gamma(6, 1.4, size), 3)
    candidate = np.round(current * RANDOM.lognormal(-0.05, 0.15, size), 3)
    return n.astype(float), current, candidate


def make(kind, data, seed):
    generator = np.random.default_rng(seed)
    return IIDBootstrap(*data, seed=generator) if kind == "iid" else CircularBlockBootstrap(1, *data, seed=generator)


def shared(kind, size, resamples):
    """Intervals of arch, with the places that it drew, so that both sides draw alike."""
    data = site_days(size)
    bootstrap = make(kind, data, 7)
    draws = [np.asarray(bootstrap.index).tolist() for _ in bootstrap.bootstrap(resamples)]
    document = {"kind": kind, "n": data[0].astype(int).tolist(), "current": floats(data[1]), "candidate": floats(data[2])}
    for name, statistic in STATISTICS.items():
        drawn = [statistic(*(part[np.array(places)] for part in data))[0] for places in draws]
        for method in ("percentile", "bca"):
            again = make(kind, data, 7)
            document[f"{name}_{method}"] = floats(again.conf_int(statistic, reps=resamples, method=method))
            assert np.array_equal(np.ravel(again._results), drawn), "arch drew something else"
    document["draws"] = draws
    return document


def many(size, resamples):
    """The same from many resamples of arch's own."""
    data = site_days(size)
    document = {"n": data[0].astype(int).tolist(), "current": floats(data[1]), "candidate": floats(data[2])}
    for name, statistic in STATISTICS.items():
        bootstrap = make("circular", data, 11)
        for method in ("percentile", "bca"):
            interval = bootstrap.conf_int(statistic, reps=resamples, method=method, reuse=method == "bca")
            document[f"{name}_{method}"] = floats(interval)
        document[f"{name}_standard_error"] = float(np.std(bootstrap._results, ddof=1))
    return document


def diebold_mariano_hln():
    """Harvey, Leybourne and Newbold's, by scores; where its estimate of the variance is not positive there is no value."""
    for n, horizon, shift in ((8, 1, 0.4), (14, 1, -0.2), (28, 2, 0.3), (60, 3, 0.1), (120, 1, 0.0), (365, 7, 0.05)):
        noise = RANDOM.normal(0, 1, n + 1)
        differences = np.round(shift + noise[1:] + 0.5 * noise[:-1], 6)
        series = xr.DataArray([differences], dims=["series", "time"], coords={"series": [0], "h": ("series", [horizon])})
        found = diebold_mariano(series, "series", "h", method="HLN", statistic_distribution="t")
        above = float(found["confidence_gt_0"].item())
        yield {
            "differences": floats(differences),
            "horizon": horizon,
            "statistic": float(found["dm_test_stat"].item()),
            "p": 2 * min(above, 1 - above),
        }


def main():
    document = {
        "shared": [shared("iid", 24, 300), shared("circular", 31, 300)],
        "many": many(80, 100_000),
        "diebold_mariano": list(diebold_mariano_hln()),
    }
    target = pathlib.Path(__file__).with_suffix(".json")
    parts = (f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in document.items())
    target.write_text("{\n" + ",\n".join(parts) + "\n}\n")


main()

"""Writes statistics.json: golden values for `base::statistics`, from numpy and scipy.

Run: pip install -r requirements.txt && python statistics.py
"""

import json
import pathlib
import sys

# This file's own folder would shadow the standard module of the same name.
sys.path.pop(0)

import numpy as np
from scipy import special, stats
from scipy.spatial import distance

RANDOM = np.random.default_rng(14050902)
PSEUDO_COUNT = 0.5


def floats(values):
    return [float(value) for value in values]


def quantiles():
    shares = [0.0, 0.01, 0.025, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 1.0]
    for n in (1, 2, 5, 17, 100):
        values = np.round(RANDOM.gamma(1.5, 12.0, n), 3)
        yield {"values": floats(values), "shares": shares, "quantiles": floats(np.quantile(values, shares))}


def normal():
    points = [-37.5, -10.0, -5.0, -1.96, -1.0, -0.1, -1e-9, 0.0, 1e-9, 0.3, 1.0, 1.6449, 2.5, 5.0, 8.0]
    shares = [1e-300, 1e-100, 1e-20, 1e-9, 1e-4, 0.0025, 0.025, 0.05, 0.1, 0.3, 0.4999, 0.5, 0.6, 0.9, 0.975, 0.999999]
    return {
        "points": points,
        "cdf": floats(special.ndtr(points)),
        "shares": shares,
        "quantiles": floats(special.ndtri(shares)),
    }


def divergences():
    cases = [([10, 20, 30, 40], [12, 18, 33, 37]), ([5, 0, 0, 95], [0, 4, 90, 6]), ([7], [1900])]
    cases.append((RANDOM.integers(0, 4000, 23).tolist(), RANDOM.integers(0, 9000, 23).tolist()))
    for current, reference in cases:
        p, q = np.array(current) + PSEUDO_COUNT, np.array(reference) + PSEUDO_COUNT
        p, q = p / p.sum(), q / q.sum()
        yield {
            "current": current,
            "reference": reference,
            "kl": float(stats.entropy(p, q)),
            "psi": float(stats.entropy(p, q) + stats.entropy(q, p)),
            "jensen_shannon": float(distance.jensenshannon(p, q, base=2)),
            "hellinger": float(distance.euclidean(np.sqrt(p), np.sqrt(q)) / np.sqrt(2)),
        }


def wasserstein_and_ks():
    def pair(n, m, shift=0.0, places=6):
        return np.round(RANDOM.normal(20, 8, n), places), np.round(RANDOM.normal(20 + shift, 8, m), places)

    cases = [
        pair(1, 1), pair(1, 7), pair(7, 7), pair(10, 15, 4), pair(40, 40, 3), pair(60, 91, 0, 0), pair(100, 100, 0, 0),
        pair(33, 250, 20), pair(150, 149, 1.5), (np.zeros(12), np.zeros(30)), (np.zeros(12), np.ones(30)),
    ]
    for x, y in cases:
        test = stats.ks_2samp(x, y)
        yield {
            "x": floats(x),
            "y": floats(y),
            "wasserstein": float(stats.wasserstein_distance(x, y)),
            "statistic": float(test.statistic),
            "p_value": float(test.pvalue),
        }


def large_ks():
    """Sizes too large to write down: x_i = (i * step mod n) / n and y_i = shift + (same of m) * scale."""
    for n, m, shift, scale in [
        (10_000, 10_000, 0.013, 1.0), (10_000, 10_000, 0.0, 1.0), (9_999, 10_000, 0.02, 1.0), (9_000, 10_000, 0.5, 1.0),
        (10_001, 10_000, 0.02, 1.0), (20_000, 30_000, 0.004, 1.0), (150_000, 140_000, 0.003, 1.0),
        (500_000, 400_000, 0.0011, 1.0), (500_000, 400_000, 0.004, 1.0), (20_000, 3, 0.2, 1.0), (20_000, 1, 0.3, 1.0),
        (11_000, 100, 0.05, 0.9), (11_000, 100, 0.3, 0.8), (11_000, 100, 0.6, 0.8), (20_000, 20_000, 0.9, 1.0),
        (40_000, 200, 0.03, 1.0),
    ]:
        x = np.arange(n) / n
        y = shift + np.arange(m) / m * scale
        test = stats.ks_2samp(x, y)
        yield {
            "n": n, "m": m, "shift": shift, "scale": scale,
            "wasserstein": float(stats.wasserstein_distance(x, y)),
            "statistic": float(test.statistic),
            "p_value": float(test.pvalue),
        }


def kolmogorov():
    """Survival function of the one-sample statistic, over all the branches of its computation."""
    for n in (1, 2, 3, 10, 50, 140, 141, 1_000, 5_000, 60_000, 100_000, 100_001, 800_000):
        for z in (0.1, 0.3, 0.5, 0.7, 0.86, 0.9, 1.2, 1.48, 1.49, 1.9, 2.1, 3.0, 6.0, 19.0):
            x = z / np.sqrt(n)
            if x < 1:
                yield [n, float(x), float(stats.kstwo.sf(x, n))]


def histograms():
    # 903 rows: no rank n·k/20 is a whole number, which numpy's product of floats would round up or down.
    waits = np.round(np.where(RANDOM.random(903) < 0.35, 0.0, RANDOM.gamma(1.2, 15.0, 903)), 2)
    later = np.round(RANDOM.gamma(1.4, 18.0, 500), 2)
    edges = np.unique(np.quantile(waits, np.arange(1, 20) / 20, method="inverted_cdf"))
    edges = edges[edges < waits.max()]

    def count(values):
        return np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1).tolist()

    return {
        "reference": floats(waits), "current": floats(later), "edges": floats(edges),
        "reference_counts": count(waits), "current_counts": count(later),
    }


def statistic(name):
    def value(n, current, candidate, axis=-1):
        n, current, candidate = (part.sum(axis=axis) for part in (n, current, candidate))
        return {
            "mae_current": current / n, "delta": (candidate - current) / n, "ratio": candidate / current,
        }[name]
    return value


def shared_resamples():
    """Percentile and BCa intervals of scipy on resamples that both sides draw alike."""
    size, resamples = 25, 300
    n = RANDOM.integers(5, 60, size)
    current = np.round(n * RANDOM.gamma(8, 1.6, size), 3)
    candidate = np.round(current * RANDOM.normal(0.97, 0.12, size), 3)
    draws = RANDOM.integers(0, size, (resamples, size))
    data = (n.astype(float), current, candidate)
    document = {"n": n.tolist(), "current": floats(current), "candidate": floats(candidate), "draws": draws.tolist()}
    for name in ("mae_current", "delta", "ratio"):
        value = statistic(name)
        drawn = value(*(part[draws] for part in data))
        options = {"paired": True, "vectorized": True, "axis": -1}
        result = stats.bootstrap(data, value, n_resamples=2, method="percentile", **options)
        result.bootstrap_distribution = drawn
        for level in (0.95, 0.90):
            for method in ("percentile", "BCa"):
                interval = stats.bootstrap(
                    data, value, n_resamples=0, bootstrap_result=result, confidence_level=level, method=method, **options
                ).confidence_interval
                document[f"{name}_{method.lower()}_{round(level * 100)}"] = floats(interval)
    return document


def single_rows():
    """Intervals of a mean and of a ratio of means with many resamples, where each block is one row."""
    rows = 80
    current = np.round(RANDOM.gamma(1.3, 9.0, rows), 3)
    candidate = np.round(np.abs(current + RANDOM.normal(-0.5, 4.0, rows)), 3)
    n = np.ones(rows)
    document = {"current": floats(current), "candidate": floats(candidate)}
    for name in ("mae_current", "ratio"):
        for method in ("percentile", "BCa"):
            result = stats.bootstrap(
                (n, current, candidate), statistic(name), paired=True, vectorized=True, n_resamples=100_000, batch=5_000,
                method=method, rng=np.random.default_rng(7),
            )
            document[f"{name}_{method.lower()}"] = floats(result.confidence_interval)
            document[f"{name}_standard_error"] = float(result.standard_error)
    return document


def main():
    document = {
        "quantiles": list(quantiles()),
        "normal": normal(),
        "divergences": list(divergences()),
        "small": list(wasserstein_and_ks()),
        "large": list(large_ks()),
        "kolmogorov": list(kolmogorov()),
        "histogram": histograms(),
        "shared_resamples": shared_resamples(),
        "single_rows": single_rows(),
    }
    target = pathlib.Path(__file__).with_suffix(".json")
    parts = (f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in document.items())
    target.write_text("{\n" + ",\n".join(parts) + "\n}\n")


main()

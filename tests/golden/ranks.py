"""Writes ranks.json: golden values for `base::statistics::rank`, from numpy and scipy.

Run: pip install -r requirements.txt && python ranks.py
"""

import json
import pathlib
import sys

# This file's own folder would shadow the standard module of the same name.
sys.path.pop(0)

import numpy as np
from scipy import stats

RANDOM = np.random.default_rng(14050902)


def pairs():
    """Without ties, with many, with a constant side (no correlation), and both ways of being perfect."""
    yield RANDOM.normal(20, 8, 40).round(6), RANDOM.normal(20, 8, 40).round(6)
    x = RANDOM.gamma(1.5, 12.0, 200).round(0)
    yield x, (x * 0.4 + RANDOM.gamma(1.2, 9.0, 200)).round(0)
    yield np.arange(9.0), np.arange(9.0) ** 3
    yield np.arange(9.0), -np.arange(9.0)
    yield np.array([1.0, 2.0]), np.array([5.0, 4.0])


def groups():
    """Kruskal and Wallis's H, from which eta squared of the ranks is H / (n - 1)."""
    for sizes, shifts in [((30, 40, 25), (0, 4, 9)), ((3, 50), (0, 0)), ((20, 20, 20, 20), (0, 1, 0, 1))]:
        parts = [RANDOM.gamma(1.3, 9.0, size).round(0) + shift for size, shift in zip(sizes, shifts)]
        codes = np.concatenate([np.full(len(part), code) for code, part in enumerate(parts)])
        values = np.concatenate(parts)
        h = stats.kruskal(*parts).statistic
        yield {"codes": codes.tolist(), "values": values.tolist(), "eta_squared": float(h / (len(values) - 1))}


def main():
    document = {
        "pairs": [
            {"x": x.tolist(), "y": y.tolist(), "spearman": float(stats.spearmanr(x, y).statistic)} for x, y in pairs()
        ],
        "groups": list(groups()),
    }
    target = pathlib.Path(__file__).with_suffix(".json")
    parts = (f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in document.items())
    target.write_text("{\n" + ",\n".join(parts) + "\n}\n")


main()

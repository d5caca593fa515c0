"""Writes insight.json: golden values for `analysis::insight`, from scikit-learn and scipy.

Run: pip install -r requirements.txt && python insight.py

`permutation_importance` and `partial_dependence` of a linear model on three columns, and the clusters of average linkage.
The columns are 32-bit floats, as the program keeps them.
"""

import json
import pathlib
import sys

# This file's own folder would shadow the standard module of the same name.
sys.path.pop(0)

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LinearRegression
from sklearn.utils import check_random_state

RANDOM = np.random.default_rng(14050905)
N, REPEATS, SEED = 60, 3, 7


def orders():
    """The orders in which scikit-learn permutes each column: it shuffles on from the order before, over rows that are
    permuted already, and starts each column from the same seed."""
    seed = check_random_state(SEED).randint(np.iinfo(np.int32).max + 1)
    state = check_random_state(seed)
    shuffling, at_place, found = np.arange(N), np.arange(N), []
    for _ in range(REPEATS):
        state.shuffle(shuffling)
        at_place = at_place[shuffling]
        found.append(at_place.tolist())
    return found


def linear():
    base = RANDOM.gamma(1.5, 6.0, size=(N, 3)).astype(np.float32).astype(float)
    target = 4 + 1.5 * base[:, 0] + 0.2 * base[:, 1] - 0.4 * base[:, 2] + RANDOM.normal(0, 2, N)
    model = LinearRegression().fit(base, target)
    permuted = permutation_importance(
        model, base, target, scoring="neg_mean_absolute_error", n_repeats=REPEATS, random_state=SEED
    )
    effects = [partial_dependence(model, base, [column], kind="both", grid_resolution=10_000) for column in range(3)]
    return {
        "columns": base.T.tolist(),
        "target": target.tolist(),
        "coefficients": model.coef_.tolist(),
        "intercept": float(model.intercept_),
        "mae": float(np.abs(model.predict(base) - target).mean()),
        "orders": orders(),
        "importances": permuted.importances.tolist(),
        "importances_mean": permuted.importances_mean.tolist(),
        "importances_std": permuted.importances_std.tolist(),
        "effects": [
            {"grid": e["grid_values"][0].tolist(), "average": e["average"][0].tolist(), "first": e["individual"][0, 0].tolist()}
            for e in effects
        ],
    }


def clusters():
    """Correlations of columns of which some share a part; clusters cut at a mean |rho| of 0.8."""
    for columns, noise in [(6, 0.3), (9, 0.6), (12, 0.5)]:
        parts = RANDOM.normal(size=(200, 3))
        data = parts[:, RANDOM.integers(0, 3, columns)] + noise * RANDOM.normal(size=(200, columns))
        similar = np.abs(np.corrcoef(data.T)).round(12)
        np.fill_diagonal(similar, 1.0)
        tree = linkage(squareform(1 - similar, checks=False), method="average")
        yield {"similar": similar.tolist(), "labels": fcluster(tree, t=0.2, criterion="distance").tolist()}


def main():
    document = {"linear": linear(), "clusters": list(clusters())}
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(document) + "\n")


main()

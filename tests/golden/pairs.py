"""Writes pairs.json: golden values for the tests of paired differences, from numpy, scipy and statsmodels.

Run: pip install -r requirements.txt && python pairs.py
"""

import json
import pathlib

import numpy as np
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.multitest import multipletests

RANDOM = np.random.default_rng(14050905)


def floats(values):
    return [float(value) for value in values]


def student():
    for t in (0.001, 0.3, 1.0, 1.7, 2.5, 4.0, 9.0, 40.0, -2.2):
        for degrees in (1.0, 2.0, 4.0, 11.0, 60.0, 1000.0):
            p = float(2 * stats.t.sf(abs(t), degrees))
            if p > 1e-290:
                yield [t, degrees, p]


def diebold_mariano():
    """The published formula, written once more in numpy; the standard error with Bartlett's weights by statsmodels."""
    for n, horizon, shift in ((5, 1, 0.3), (14, 1, -0.2), (28, 1, 0.5), (28, 3, 0.2), (90, 1, 0.0), (200, 2, 0.1)):
        noise = RANDOM.normal(0, 1, n + 1)
        differences = np.round(shift + noise[1:] + 0.4 * noise[:-1], 6)
        centred = differences - differences.mean()
        gammas = [float((centred[lag:] * centred[: n - lag]).sum() / n) for lag in range(horizon)]
        variance = (gammas[0] + 2 * sum(gammas[1:])) / n
        correction = (n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n
        statistic = differences.mean() / np.sqrt(variance) * np.sqrt(correction)
        lags = int(np.floor(4 * (n / 100) ** (2 / 9)))
        fit = sm.OLS(differences, np.ones(n)).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": False})
        yield {
            "differences": floats(differences),
            "horizon": horizon,
            "statistic": float(statistic),
            "p": float(2 * stats.t.sf(abs(statistic), n - 1)),
            "hac_lags": lags,
            "hac_standard_error": float(fit.bse[0]),
        }


def sign_flips():
    for n, shift in ((2, 1.0), (4, 0.5), (9, 0.2), (13, -0.6), (30, 0.3), (150, 0.05)):
        sums = np.round(RANDOM.normal(shift, 1, n), 6)
        def p(alternative):
            return float(
                stats.permutation_test(
                    (sums, np.zeros(n)), lambda x, y, axis: np.sum(x - y, axis=axis), permutation_type="samples",
                    n_resamples=9_999, alternative=alternative, vectorized=True, rng=np.random.default_rng(1),
                ).pvalue
            )
        # scipy doubles the smaller tail; around a symmetric null that is the share beyond |sum| on either side.
        yield {"sums": floats(sums), "p": p("two-sided"), "p_above": p("greater"), "is_exact": n <= 13}


def benjamini_hochberg():
    for p in ([0.04], [0.01, 0.04, 0.03, 0.005, 0.9], floats(np.round(RANDOM.uniform(0, 1, 40) ** 2, 6)), [0.2, 0.2, 0.2]):
        yield [p, floats(multipletests(p, method="fdr_bh")[1])]


golden = {
    "student": list(student()),
    "diebold_mariano": list(diebold_mariano()),
    "sign_flips": list(sign_flips()),
    "benjamini_hochberg": list(benjamini_hochberg()),
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")

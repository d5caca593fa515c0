"""Coefficients of generalised linear models with Tweedie's variance and a log link, by statsmodels and scikit-learn.

    pip install -r requirements.txt && python tweedie.py

statsmodels fits without a penalty by its own iteratively reweighted least squares; scikit-learn's TweedieRegressor
minimises half the mean deviance plus penalty / 2 * |w|^2 by Newton's method. A fifth of the waits are zero.
"""
import json
import pathlib

import numpy as np
import statsmodels.api as sm
from sklearn.linear_model import TweedieRegressor

rng = np.random.default_rng(1404)
n = 400
base = rng.gamma(2.0, 3.0, size=(n, 4))
x = np.column_stack([base[:, 0], base[:, 0] + 0.3 * base[:, 1], np.log1p(base[:, 2]), rng.integers(0, 2, n)])
standard = (x - x.mean(axis=0)) / x.std(axis=0)
mean = np.exp(1.5 + 0.4 * standard[:, 0] - 0.2 * standard[:, 2] + 0.3 * standard[:, 3])
target = np.where(rng.random(n) < 0.2, 0.0, rng.gamma(1.2, mean / 1.2))

cases = []
for power in [1.1, 1.5, 1.9]:
    family = sm.families.Tweedie(var_power=power, link=sm.families.links.Log())
    fit = sm.GLM(target, sm.add_constant(standard), family=family).fit(maxiter=1000, tol=1e-14)
    assert fit.converged
    cases.append({"made_with": "statsmodels", "power": power, "penalty": 0.0,
                  "intercept": float(fit.params[0]), "coefficients": fit.params[1:].tolist()})
    for penalty in [0.0, 0.01, 1.0]:
        model = TweedieRegressor(power=power, alpha=penalty, link="log", solver="newton-cholesky",
                                 max_iter=10_000, tol=1e-12).fit(standard, target)
        cases.append({"made_with": "scikit-learn", "power": power, "penalty": penalty,
                      "intercept": float(model.intercept_), "coefficients": model.coef_.tolist()})
document = {"columns": standard.T.tolist(), "target": target.tolist(), "cases": cases}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(document) + "\n")

"""Coefficients of scikit-learn's ElasticNet and LinearRegression on a small, ill-scaled, correlated problem.

    pip install -r requirements.txt && python elastic_net.py

The columns are standardised (population deviation) and the target is centred, as the program does it. The objective is
1/(2n) |y - Xw|^2 + penalty * l1_ratio * |w|_1 + penalty * (1 - l1_ratio) / 2 * |w|^2.
"""
import json
import pathlib

import numpy as np
from sklearn.linear_model import ElasticNet, LinearRegression

rng = np.random.default_rng(1404)
n = 240
base = rng.gamma(2.0, 3.0, size=(n, 5))
x = np.column_stack([base[:, 0], 10 * base[:, 1], base[:, 0] + 0.2 * base[:, 2], base[:, 3], rng.integers(0, 2, n)])
y = np.log1p(2 + 0.8 * base[:, 0] + 0.05 * x[:, 1] + 3 * x[:, 4] + rng.gamma(1.0, 1.5, size=n))
standard = (x - x.mean(axis=0)) / x.std(axis=0)
centred = y - y.mean()
cases = []
for penalty, l1_ratio in [(0.001, 0.5), (0.05, 0.5), (0.02, 1.0), (0.1, 0.1)]:
    model = ElasticNet(alpha=penalty, l1_ratio=l1_ratio, fit_intercept=False, max_iter=1_000_000, tol=1e-14)
    cases.append({"penalty": penalty, "l1_ratio": l1_ratio, "coefficients": model.fit(standard, centred).coef_.tolist()})
least_squares = LinearRegression(fit_intercept=False).fit(standard, centred).coef_.tolist()
document = {
    "columns": standard.T.tolist(),
    "target": centred.tolist(),
    "elastic_net": cases,
    "least_squares": least_squares,
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(document) + "\n")

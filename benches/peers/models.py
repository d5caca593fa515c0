"""Lets LightGBM, XGBoost and scikit-learn fit what `cargo bench --bench models` fits, on the same visits, two threads each.

    cargo bench --bench models -- --rows 1000000 --dump visits
    pip install -r requirements.txt
    python models.py visits

Trees: 100 rounds, 63 leaves, a rate of 0.1, absolute error, 255 bins, at least 20 visits a leaf; names as categories where the
library has these. Linear models: names one-hot, numbers standardised, missing ones filled with medians, on ln(1 + wait), in
64 bits. The time is that of the fit, from arrays in memory, with the binning, or with the making of the linear model's matrix.
"""

import argparse
import os
import statistics
import time

THREADS = 2
os.environ["OMP_NUM_THREADS"] = str(THREADS)
os.environ["OPENBLAS_NUM_THREADS"] = str(THREADS)

import numpy as np

ROUNDS, LEAVES, RATE, MIN_LEAF, BINS = 100, 63, 0.1, 20, 255


def lightgbm(x, y, names):
    import lightgbm as lgb

    data = lgb.Dataset(x, y, categorical_feature=names, params={"max_bin": BINS, "verbose": -1}, free_raw_data=False)
    return lgb.train(
        {"objective": "l1", "num_leaves": LEAVES, "learning_rate": RATE, "min_data_in_leaf": MIN_LEAF,
         "max_bin": BINS, "num_threads": THREADS, "verbose": -1, "deterministic": True, "force_row_wise": True},
        data, ROUNDS,
    )


def xgboost(x, y, names):
    import xgboost as xgb

    kinds = ["c" if column in names else "q" for column in range(x.shape[1])]
    data = xgb.QuantileDMatrix(x, y, feature_types=kinds, enable_categorical=True, max_bin=BINS, nthread=THREADS)
    model = xgb.train(
        {"objective": "reg:absoluteerror", "grow_policy": "lossguide", "max_leaves": LEAVES, "max_depth": 0, "eta": RATE,
         "min_child_weight": MIN_LEAF, "max_bin": BINS, "nthread": THREADS, "tree_method": "hist"},
        data, ROUNDS,
    )

    class Predictor:
        def predict(self, x):
            return model.predict(xgb.DMatrix(x, feature_types=kinds, enable_categorical=True))

    return Predictor()


def sklearn_trees(x, y, names):
    from sklearn.ensemble import HistGradientBoostingRegressor

    usable = [column for column in names if np.nanmax(x[:, column], initial=0) < BINS]
    model = HistGradientBoostingRegressor(
        loss="absolute_error", max_iter=ROUNDS, max_leaf_nodes=LEAVES, learning_rate=RATE, min_samples_leaf=MIN_LEAF,
        max_bins=BINS, early_stopping=False, categorical_features=usable,
    )
    # Over half of the waits are exactly the median, zero, and its gradients of ties all push the same way: as the waits are, its
    # first trees find no split (2 leaves, then 19) and its test MAE is twice that of the others. With up to 0.06 s added to each
    # wait there are no ties, and it grows the same full trees as they do.
    ties = np.random.default_rng(1).uniform(0, 1e-3, len(y))
    return model.fit(x, y + ties)


def sklearn_linear(kind):
    def fit(x, y, names):
        from sklearn.linear_model import ElasticNet, LinearRegression

        shapes = design(x, names)
        model = LinearRegression() if kind == "linear" else ElasticNet(alpha=0.001, l1_ratio=0.5, max_iter=1000)
        model.fit(matrix(x, shapes), np.log1p(y))

        class Predictor:
            def predict(self, x):
                return np.expm1(model.predict(matrix(x, shapes))).clip(0)

        return Predictor()

    return fit


PEERS = {
    "LightGBM": lightgbm,
    "XGBoost": xgboost,
    "HistGradientBoosting": sklearn_trees,
    "LinearRegression": sklearn_linear("linear"),
    "ElasticNet": sklearn_linear("elastic-net"),
}


def design(x, names):
    """What the matrix of a linear model needs of an array with names and missing values."""
    shapes = []
    for column in range(x.shape[1]):
        values = x[:, column]
        if column in names:
            levels = np.unique(values)
            shapes += [(column, level, None, None) for level in levels[~np.isnan(levels)][1:257]]
        else:
            shapes.append((column, np.nanmedian(values), np.nanmean(values), np.nanstd(values)))
    return [shape for shape in shapes if shape[3] != 0]


def matrix(x, shapes):
    out = np.empty((len(x), len(shapes)))
    for place, (column, value, mean, spread) in enumerate(shapes):
        values = x[:, column]
        if spread is None:
            out[:, place] = values == value
        else:
            out[:, place] = (np.where(np.isnan(values), value, values) - mean) / spread
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--only", help="one of: " + ", ".join(PEERS))
    options = parser.parse_args()
    read = lambda name: np.load(os.path.join(options.folder, name + ".npy"))
    x, y, test, actual = read("train_x"), read("train_y"), read("test_x"), read("test_y")
    with open(os.path.join(options.folder, "columns.txt")) as file:
        names = file.read().split("\n")
    # What is the same for everybody tells nothing, and not every library takes it.
    varies = [place for place in range(x.shape[1]) if len(np.unique(x[:, place])) > 1]
    x, test = np.ascontiguousarray(x[:, varies]), np.ascontiguousarray(test[:, varies])
    names = [place for place, column in enumerate(varies) if names[column].endswith("*")]
    print(f"{'visits':>10}  {'peer':<22} {'n':>2} {'min s':>8} {'median s':>8} {'max s':>8} {'test MAE':>8}")
    for peer, fit in PEERS.items():
        if options.only and peer != options.only:
            continue
        seconds = []
        for _ in range(options.times):
            begin = time.perf_counter()
            model = fit(x, y, names)
            seconds.append(time.perf_counter() - begin)
        mae = float(np.mean(np.abs(model.predict(test) - actual)))
        print(f"{len(y):>10}  {peer:<22} {len(seconds):>2} {min(seconds):>8.3f} {statistics.median(seconds):>8.3f} "
              f"{max(seconds):>8.3f} {mae:>8.4f}", flush=True)


if __name__ == "__main__":
    main()

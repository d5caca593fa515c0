"""Small models of LightGBM and XGBoost, and what they predict: what an import has to repeat, and what it has to refuse.

    pip install -r requirements.txt && python foreign.py

Writes the models into foreign/ and the visits with the predictions into foreign.json. Numbers are exact in 32 bits; a
tenth of the values are missing. Models whose name begins with `refused_` have a part that cannot be kept.
"""
import json
import pathlib
import shutil

import lightgbm
import numpy as np
import pandas
import xgboost

here = pathlib.Path(__file__).parent
folder = here / "foreign"
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir()
rng = np.random.default_rng(1404)


def visits(n, sites):
    frame = pandas.DataFrame({
        "site": pandas.Categorical(rng.choice(sites, n), categories=sites),
        "minutes_after_booking": (rng.integers(-120, 121, n) / 4).astype(np.float32),
        "hour_of_day": rng.integers(7, 19, n).astype(np.float32),
        "people_ahead": rng.integers(0, 30, n).astype(np.float32),
        "work_ahead": rng.gamma(2, 10, n).astype(np.float32),
    })
    effect = frame["site"].cat.codes.to_numpy() % 4
    mean = frame["people_ahead"] * 1.5 + frame["work_ahead"] * 0.3 + effect * 4 + (frame["hour_of_day"] > 12) * 5
    waits = np.maximum(0, mean * rng.gamma(4, 0.25, n) - 3)
    return frame, waits.to_numpy()


def with_gaps(frame):
    frame = frame.copy()
    for column in frame:
        frame.loc[rng.random(len(frame)) < 0.1, column] = np.nan
    return frame


SITES = ["Tehran", "Qom", "Karaj", "Ray", "Yazd", "Shiraz", "Ahvaz", "Tabriz"] + [f"branch {at}" for at in range(40)]
PERSIAN = ["تهران", "قم", "کرج", "ری"] + [f"شعبهٔ {at}" for at in range(36)]
whole, waits = visits(4_000, SITES)
gappy = with_gaps(whole)
test, _ = visits(300, SITES)
test = with_gaps(test)
# Numbers on the thresholds themselves, and zero.
test.loc[:20, "people_ahead"] = 0.0
cases = []


def keep(name, text, predictions):
    (folder / name).write_text(text, encoding="utf-8")
    if predictions is not None:
        cases.append({"file": name, "minutes": [float(value) for value in predictions]})


def light(name, frame=gappy, rounds=12, predicts=True, target=waits, **parameters):
    settings = {"verbosity": -1, "num_leaves": 8, "learning_rate": 0.3, "min_data_in_leaf": 20, "seed": 1,
                "num_threads": 1, "deterministic": True, "min_data_per_group": 20, "cat_smooth": 1, **parameters}
    model = lightgbm.train(settings, lightgbm.Dataset(frame, target), rounds)
    keep(f"{name}.txt", model.model_to_string(), model.predict(test) if predicts else None)


light("lightgbm_l1", objective="regression_l1")
light("lightgbm_l2", objective="regression")
light("lightgbm_never_missing", frame=whole, objective="huber")
light("lightgbm_quantile", objective="quantile", alpha=0.9)
light("lightgbm_tweedie", objective="tweedie")
light("lightgbm_poisson", objective="poisson")
light("lightgbm_gamma", objective="gamma", target=waits + 0.5)
light("lightgbm_dart", objective="regression_l1", boosting="dart", drop_rate=0.5)
light("lightgbm_stump", objective="regression", min_data_in_leaf=4_000)
persian, persian_waits = visits(3_000, PERSIAN)
light("lightgbm_persian", frame=persian, target=persian_waits, predicts=False, rounds=5, objective="regression_l1")
light("refused_linear_tree", frame=whole, predicts=False, rounds=2, objective="regression", linear_tree=True)
light("refused_sqrt", predicts=False, rounds=2, objective="regression", reg_sqrt=True)
light("refused_forest", predicts=False, rounds=2, objective="regression", boosting="rf", bagging_freq=1, bagging_fraction=0.5)
light("refused_classes", predicts=False, rounds=2, objective="multiclass", num_class=3, target=(waits > 5) * 1 + (waits > 20))
light("refused_zero_as_missing", predicts=False, rounds=6, objective="regression", zero_as_missing=True, frame=gappy.assign(
    minutes_after_booking=gappy["minutes_after_booking"].where(rng.random(len(gappy)) < 0.4, 0)))
light("refused_number_as_category", predicts=False, rounds=3, objective="regression",
      frame=gappy.assign(hour_of_day=pandas.Categorical(gappy["hour_of_day"])))
light("refused_unknown_feature", predicts=False, rounds=3, objective="regression",
      frame=gappy.rename(columns={"people_ahead": "queue_length"}))


def extreme(name, frame=gappy, rounds=12, predicts=True, target=waits, **parameters):
    settings = {"max_depth": 4, "learning_rate": 0.3, "seed": 1, "nthread": 1, "tree_method": "hist", **parameters}
    model = xgboost.train(settings, xgboost.DMatrix(frame, target, enable_categorical=True), rounds)
    text = model.save_raw("json").decode("utf-8", errors="surrogateescape")
    predictions = model.predict(xgboost.DMatrix(test, enable_categorical=True)) if predicts else None
    keep(f"{name}.json", text, predictions)


extreme("xgboost_squared", objective="reg:squarederror")
extreme("xgboost_absolute", objective="reg:absoluteerror")
extreme("xgboost_tweedie", objective="reg:tweedie")
extreme("xgboost_poisson", objective="count:poisson")
extreme("xgboost_gamma", objective="reg:gamma", target=waits + 0.5)
extreme("xgboost_quantile", objective="reg:quantileerror", quantile_alpha=0.8)
extreme("xgboost_dart", objective="reg:squarederror", booster="dart", rate_drop=0.5)
extreme("xgboost_one_hot", objective="reg:squarederror", max_cat_to_onehot=100)
extreme("xgboost_forest", objective="reg:squarederror", rounds=3, num_parallel_tree=4, subsample=0.5, colsample_bynode=0.6)
extreme("xgboost_base", objective="reg:tweedie", base_score=3.5, rounds=3)
extreme("refused_quantiles", predicts=False, rounds=2, objective="reg:quantileerror", quantile_alpha=[0.1, 0.9])
extreme("refused_linear_booster", predicts=False, rounds=2, objective="reg:squarederror", booster="gblinear",
        frame=whole.drop(columns="site"), tree_method="auto")
extreme("refused_softprob", predicts=False, rounds=2, objective="multi:softprob", num_class=3, target=(waits > 5) * 1 + (waits > 20))
extreme("refused_leaf_vectors", predicts=False, rounds=2, objective="reg:squarederror", multi_strategy="multi_output_tree",
        target=np.stack([waits, waits], axis=1), frame=whole.drop(columns="site"))
extreme("refused_persian_names", predicts=False, rounds=2, objective="reg:squarederror", frame=persian, target=persian_waits)

rows = {column: [None if pandas.isna(value) else value if column == "site" else float(value) for value in test[column]]
        for column in test}
document = {"versions": {"lightgbm": lightgbm.__version__, "xgboost": xgboost.__version__}, "rows": rows, "cases": cases}
(here / "foreign.json").write_text(json.dumps(document), encoding="utf-8")

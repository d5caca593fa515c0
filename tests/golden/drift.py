"""Writes drift.json: golden values for the drift monitors, from numpy, scipy and statsmodels.

Bins, shares and divergences are written once more from the definitions; the divergences themselves, the distances, the
Kolmogorov–Smirnov test and the quantile of Student's t are scipy's, the standard error by days is statsmodels' (ordinary least
squares on a constant, clustered by day).

Run: pip install -r requirements.txt && python drift.py
"""

import itertools
import json
import pathlib

import numpy as np
import statsmodels.api as sm
from scipy import stats
from scipy.spatial.distance import jensenshannon

RANDOM = np.random.default_rng(14050906)
WEEKDAYS = 7


def eighths(values):
    """Multiples of 1/8 are the same in four bytes as in eight."""
    return np.round(np.asarray(values) * 8) / 8


def places(reference):
    """What falls where: a function from a value to the name of its bin, fixed by the reference rows (None is missing)."""
    known = [value for value in reference if value is not None]
    distinct = sorted(set(known))
    if isinstance(distinct[0], str) or len(distinct) <= 30:
        kept = {value for value in distinct if known.count(value) * 200 >= len(reference)}
        return lambda value: value if value in kept else ("other" if value in distinct else "new")
    edges = np.unique(np.quantile(known, np.arange(1, 20) / 20, method="inverted_cdf"))
    edges = edges[edges < max(known)]
    return lambda value: int(np.searchsorted(edges, value, side="left"))


def counts(rows, place):
    found = {}
    for value in rows:
        name = "missing" if value is None else place(value)
        found[name] = found.get(name, 0) + 1
    return found


def shares(rows, names):
    filled = np.array([rows.get(name, 0) for name in names], dtype=float) + 0.5
    return filled / filled.sum()


def kl_of(current, reference, names):
    return float(stats.entropy(shares(current, names), shares(reference, names)))


def added(days):
    total = {}
    for day in days:
        for name, rows in day.items():
            total[name] = total.get(name, 0) + rows
    return total


def column(kind, current, reference):
    """Each window is seven days, Saturday first."""
    ours = [value for day in current for value in day]
    before = [value for day in reference for value in day]
    place = places(before)
    by_day = [counts(day, place) for day in current + reference]
    names = sorted({name for day in by_day for name in day}, key=str)
    p, q = shares(added(by_day[:7]), names), shares(added(by_day[7:]), names)
    dealt = []
    for exchanged in itertools.product((False, True), repeat=WEEKDAYS):
        first = [by_day[day + 7 if swap else day] for day, swap in enumerate(exchanged)]
        second = [by_day[day if swap else day + 7] for day, swap in enumerate(exchanged)]
        dealt.append(kl_of(added(first), added(second), names))
    numbers = [[value for value in rows if value is not None] for rows in (ours, before)]
    return {
        "kind": kind,
        "current": current,
        "reference": reference,
        "bins": len(names),
        "kl": float(stats.entropy(p, q)),
        "psi": float(stats.entropy(p, q) + stats.entropy(q, p)),
        "js": float(jensenshannon(p, q, base=2)),
        "hellinger": float(np.sqrt(((np.sqrt(p) - np.sqrt(q)) ** 2).sum() / 2)),
        "wasserstein": None if kind == "names" else float(stats.wasserstein_distance(*numbers)),
        # Of all 128 ways to exchange days of the same weekday.
        "floors": [float(np.quantile(dealt, share)) for share in (0.90, 0.98)],
        "p": float(np.mean(np.array(dealt) >= stats.entropy(p, q) * (1 - 1e-12))),
    }


def with_missing(values, share):
    return [None if RANDOM.random() < share else value for value in values]


def columns():
    def week(draw, missing=0.0):
        days = []
        for weekday in range(WEEKDAYS):
            size = int(RANDOM.integers(20, 60)) if weekday == 6 else int(RANDOM.integers(80, 140))
            values = draw(size)
            days.append(with_missing(values, missing))
        return days

    def gamma(scale):
        return lambda size: [float(value) for value in eighths(RANDOM.gamma(2.0, scale, size))]

    def people(mean):
        return lambda size: [float(value) for value in RANDOM.poisson(mean, size)]

    def service(weights):
        return lambda size: [str(value) for value in RANDOM.choice(["pay", "ask", "sign", "rare"], size, p=weights)]

    yield column("real", week(gamma(6.0)), week(gamma(6.0)))
    yield column("real", week(gamma(9.0), 0.1), week(gamma(6.0), 0.02))
    yield column("whole", week(people(3.0)), week(people(3.0)))
    yield column("whole", week(people(5.5)), week(people(3.0)))
    yield column("names", week(service([0.5, 0.3, 0.198, 0.002])), week(service([0.5, 0.3, 0.198, 0.002])))
    moved = week(service([0.2, 0.3, 0.498, 0.002]), 0.05)
    moved[2] += ["never seen"] * 9
    yield column("names", moved, week(service([0.5, 0.3, 0.198, 0.002])))
    yield column("real", week(lambda size: [4.0] * size), week(lambda size: [4.0] * size))


def concept():
    """Four weeks and a fifth, each of some days of absolute errors in minutes."""
    for days, factor in ((6, 1.0), (6, 1.25), (7, 1.12), (5, 0.9), (4, 1.6)):
        weeks = []
        for week in range(5):
            level = RANDOM.gamma(20, 0.25, days) * (factor if week == 4 else 1.0)
            sizes = RANDOM.integers(40, 120, days)
            weeks.append([[float(e) for e in np.round(RANDOM.exponential(mean, n), 6)] for mean, n in zip(level, sizes)])
        maes, errors, degrees = [], [], []
        for week in weeks:
            values = np.concatenate(week)
            groups = np.repeat(np.arange(len(week)), [len(day) for day in week])
            fit = sm.OLS(values, np.ones(len(values))).fit(cov_type="cluster", cov_kwds={"groups": groups})
            maes.append(float(fit.params[0]))
            errors.append(float(fit.bse[0]))
            degrees.append(len(week) - 1)
        before = np.array(maes[:4])
        # What each day adds to the logarithm of its week's error, on dummies of the weeks and of the weekdays.
        shares = np.array(
            [[(np.sum(day) - mae * len(day)) / (mae * sum(map(len, week))) for day in week] for week, mae in zip(weeks, maes)]
        )
        week, weekday = np.indices(shares.shape)
        dummies = [np.ones(shares.size)] + [(week == w).ravel() for w in range(1, 5)]
        dummies += [(weekday == k).ravel() for k in range(1, days)]
        fit = sm.OLS(shares.ravel(), np.column_stack(dummies).astype(float)).fit()
        squares = (fit.resid**2).reshape(5, days).sum(axis=1)
        own = days * squares[4] / ((days - 1) * 4 / 5)
        others = days * squares[:4].sum() / ((days - 1) * 4 / 5 * 4) / 4
        variance = own + others
        df = variance**2 / (own**2 / (days - 1) + others**2 / ((days - 1) * 3))
        ratio = maes[4] / before.mean()
        reach = stats.t.ppf(0.975, df) * np.sqrt(variance)
        # The same with the last week of fewer weekdays: the standard errors of the weeks, put together.
        parts = [errors[4] ** 2 / maes[4] ** 2] + [error**2 / before.sum() ** 2 for error in errors[:4]]
        freedom = [degrees[4]] + degrees[:4]
        apart = sum(parts)
        welch = apart**2 / sum(part**2 / free for part, free in zip(parts, freedom))
        reach_apart = stats.t.ppf(0.975, welch) * np.sqrt(apart)
        yield {
            "weeks": [[[len(day), float(np.sum(day))] for day in week] for week in weeks],
            "maes": maes,
            "errors": errors,
            "ratio": float(ratio),
            "low": float(ratio * np.exp(-reach)),
            "high": float(ratio * np.exp(reach)),
            "apart": [float(ratio * np.exp(-reach_apart)), float(ratio * np.exp(reach_apart))],
        }


def gap(x, y):
    values = np.sort(np.concatenate([x, y]))
    return np.abs(
        np.searchsorted(np.sort(x), values, side="right") / len(x) - np.searchsorted(np.sort(y), values, side="right") / len(y)
    ).max()


def label():
    """Two months of days, each with its weekday. The dealings are of days of the same weekday."""
    for shift, spread in ((0.0, 0.0), (3.0, 0.2), (0.0, 1.0), (0.2, 0.1)):
        months = []
        for month in range(2):
            days = []
            for day in range(24):
                busy = np.exp(RANDOM.normal(0, spread))
                waits = RANDOM.gamma(2.0, 5.0 * busy, int(RANDOM.integers(30, 70))) + (shift if month == 1 else 0)
                days.append([day % 6, [float(wait) for wait in np.round(waits, 4)]])
            months.append(days)
        reference, current = months
        x = np.concatenate([day for _, day in current])
        y = np.concatenate([day for _, day in reference])
        test = stats.ks_2samp(x, y)
        every = current + reference
        real, as_large = gap(x, y), 0
        for _ in range(2_000):
            ours = []
            for weekday in range(6):
                of_kind = [place for place, (kind, _) in enumerate(every) if kind == weekday]
                ours += list(RANDOM.permutation(of_kind)[:4])
            theirs = sorted(set(range(len(every))) - set(ours))
            dealt = gap(np.concatenate([every[i][1] for i in ours]), np.concatenate([every[i][1] for i in theirs]))
            as_large += dealt >= real - 1e-12
        yield {
            "current": current,
            "reference": reference,
            "d": float(test.statistic),
            "p": float(test.pvalue),
            "wasserstein": float(stats.wasserstein_distance(x, y)),
            "p_days": (1 + as_large) / 2_001,
        }


def main():
    golden = {"columns": list(columns()), "concept": list(concept()), "label": list(label())}
    path = pathlib.Path(__file__).with_name("drift.json")
    path.write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(path, path.stat().st_size)


if __name__ == "__main__":
    main()

"""Lets pandas (with NumPy), Polars and DuckDB compute three features of a history, checks them against ours, and times them.

    cargo bench --bench features -- --rows 10000000 --parquet history.parquet
    pip install -r requirements.txt
    python features.py history.parquet --ours 0.8 --catalogue 3.0

The features: people ahead, the wait of the last to enter service, and the mean wait of arrivals of the same hour that
were called in the last week, each by site and service, from what lies strictly before the arrival. The history is in
memory before the clock starts, as codes and milliseconds, in order of arrival. Two threads each.
"""

import argparse
import gc
import os
import statistics
import time

THREADS = 2
os.environ["POLARS_MAX_THREADS"] = str(THREADS)

import duckdb
import numpy as np
import pandas as pd
import polars as pl
from concurrent.futures import ThreadPoolExecutor

WEEK = 7 * 86_400_000
HOUR = 3_600_000
TEHRAN = 3 * HOUR + HOUR // 2  # no daylight saving in the years of the history


def parallel(function, *columns):
    """`function` on halves of `columns`, each on a thread of its own: NumPy lets go of the interpreter lock."""
    cuts = [len(columns[0]) * part // THREADS for part in range(THREADS + 1)]
    with ThreadPoolExecutor(THREADS) as pool:
        parts = pool.map(lambda at: function(*(column[at[0] : at[1]] for column in columns)), zip(cuts, cuts[1:]))
        return np.concatenate(list(parts))


def with_numpy(frame):
    """Sorted keys (queue, time) and binary search; all that pandas adds is the frame."""
    arrived = frame["arrived"].to_numpy()
    called = frame["called"].to_numpy()
    left = frame["left"].to_numpy()
    site, service = frame["site"].to_numpy().astype(np.int64), frame["service"].to_numpy().astype(np.int64)
    first = arrived[0]
    span = 1 << 40
    queue = site * (service.max() + 1) + service
    key = queue * span + (arrived - first)
    order = np.argsort(key, kind="stable")
    sorted_key = key[order]
    is_called = ~np.isnan(called)
    gone = np.where(is_called, called, left)
    is_gone = ~np.isnan(gone)
    gone_key = np.sort(queue[is_gone] * span + (gone[is_gone].astype(np.int64) - first))
    before = parallel(lambda part: np.searchsorted(gone_key, part), sorted_key)
    starts = np.searchsorted(sorted_key, np.arange(queue.max() + 2) * span)
    gone_starts = np.searchsorted(gone_key, np.arange(queue.max() + 2) * span)
    sorted_queue = sorted_key // span
    ahead = np.empty(len(frame), np.int64)
    ahead[order] = (np.arange(len(frame)) - starts[sorted_queue]) - (before - gone_starts[sorted_queue])

    rows = np.flatnonzero(is_called)
    calls = called[rows].astype(np.int64)
    waits = calls - arrived[rows]
    call_key = queue[rows] * span + (calls - first)
    call_order = np.argsort(call_key, kind="stable")
    call_key, call_waits = call_key[call_order], waits[call_order]
    found = parallel(lambda part: np.searchsorted(call_key, part), sorted_key) - 1
    has = (found >= 0) & (call_key[np.maximum(found, 0)] // span == sorted_queue)
    last = np.full(len(frame), np.nan)
    last[order] = np.where(has, call_waits[np.maximum(found, 0)] / 60_000, np.nan)

    hour = ((arrived + TEHRAN) // HOUR) % 24
    cell = queue * 24 + hour
    cell_key = cell * span + (arrived - first)
    cell_call_key = cell[rows] * span + (calls - first)
    cell_order = np.argsort(cell_call_key, kind="stable")
    cell_call_key = cell_call_key[cell_order]
    sums = np.concatenate([[0], np.cumsum(waits[cell_order])])
    cell_sort = np.argsort(cell_key, kind="stable")
    until = parallel(lambda part: np.searchsorted(cell_call_key, part), cell_key[cell_sort])
    floor = (cell_key[cell_sort] // span) * span
    oldest = np.maximum(cell_key[cell_sort] - WEEK, floor)
    since = parallel(lambda part: np.searchsorted(cell_call_key, part), oldest)
    with np.errstate(invalid="ignore"):
        mean = (sums[until] - sums[since]) / (until - since) / 60_000
    week = np.full(len(frame), np.nan)
    week[cell_sort] = mean
    return ahead, last, week


def with_polars(frame):
    """Binary search in each group's own sorted calls, groups in parallel."""
    called, arrived = pl.col("called"), pl.col("arrived")
    calls = called.drop_nulls().sort()
    waits = (called - arrived).sort_by("called", nulls_last=True, maintain_order=True).drop_nulls()
    nothing = pl.lit(None, pl.Int64)
    until = calls.search_sorted(arrived, side="left")
    since = calls.search_sorted(arrived - WEEK, side="left")
    sums = pl.lit(0, pl.Int64).append(waits.cum_sum())
    gone = pl.coalesce("called", "left").drop_nulls().sort().search_sorted(arrived, side="left")
    hour = ((arrived + TEHRAN) // HOUR % 24).cast(pl.UInt32)
    lazy = frame.lazy().with_columns(queue=pl.col("site") * 1_000 + pl.col("service"))
    answers = (
        lazy.with_columns(cell=pl.col("queue") * 24 + hour)
        .select(
            ahead=(pl.int_range(pl.len()) - gone.cast(pl.Int64)).over("queue"),
            last=nothing.append(waits).gather(until).over("queue") / 60_000,
            week=((sums.gather(until) - sums.gather(since)) / (until - since)).over("cell") / 60_000,
        )
        .collect()
    )
    return answers["ahead"], answers["last"], answers["week"]


DUCKDB = """
create or replace temp table answers as
with visits as (
    select rowid as visit, site * 1000 + service as queue, arrived, called, coalesce(called, "left") as gone,
        queue * 24 + (arrived + {tehran}) // {hour} % 24 as cell
    from history
), numbered as (
    select *, row_number() over (partition by queue order by arrived, visit) - 1 as before from visits
), gone as (
    select queue, gone as instant, sum(count(*)) over (partition by queue order by gone) as n
    from visits where gone is not null group by queue, gone
), calls as (
    select queue, called as instant, max_by(called - arrived, visit) as wait
    from visits where called is not null group by queue, called
), cells as (
    select cell, called as instant,
        sum(sum(called - arrived)) over (partition by cell order by called) as total,
        sum(count(*)) over (partition by cell order by called) as n
    from visits where called is not null group by cell, called
)
select numbered.visit, before - coalesce(gone.n, 0) as ahead, calls.wait / 60000.0 as last,
    (until.total - coalesce(since.total, 0)) / nullif(until.n - coalesce(since.n, 0), 0) / 60000.0 as week
from numbered
asof left join gone on numbered.queue = gone.queue and numbered.arrived > gone.instant
asof left join calls on numbered.queue = calls.queue and numbered.arrived > calls.instant
asof left join cells as until on numbered.cell = until.cell and numbered.arrived > until.instant
asof left join cells as since on numbered.cell = since.cell and numbered.arrived - {week} > since.instant
"""


def with_duckdb(connection):
    """As-of joins with running sums."""
    connection.execute(DUCKDB.format(tehran=TEHRAN, hour=HOUR, week=WEEK))
    return connection


def same(name, ours, theirs):
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    both = np.isnan(ours) == np.isnan(theirs)
    close = np.isnan(ours) | (np.abs(ours - theirs) <= 1e-6 * np.maximum(1, np.abs(theirs)))
    wrong = np.flatnonzero(~(both & close))
    if len(wrong):
        row = wrong[0]
        raise SystemExit(f"{name} differs in {len(wrong)} rows; first row {row}: {ours[row]} and {theirs[row]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("history")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--ours", type=float, help="our seconds for the three features in this session")
    parser.add_argument("--catalogue", type=float, help="our seconds for the whole catalogue in this session")
    parser.add_argument("--only", help="one of pandas, polars, duckdb")
    options = parser.parse_args()
    features = ["people_ahead", "last_to_enter_service_wait", "avg_wait_time_last_week"]
    columns = ["site", "service", "arrived", "called", "left"]
    polars_frame = pl.read_parquet(options.history, columns=columns).rechunk()
    ours = [pl.read_parquet(options.history, columns=[name])[name].to_numpy() for name in features]
    pandas_frame = polars_frame.to_pandas()
    connection = duckdb.connect(config={"threads": THREADS})
    connection.register("given", polars_frame.to_arrow())
    connection.execute("create temp table history as select * from given")
    runs = {
        "pandas": (pd.__version__, lambda: with_numpy(pandas_frame)),
        "polars": (pl.__version__, lambda: with_polars(polars_frame)),
        "duckdb": (duckdb.__version__, lambda: with_duckdb(connection)),
    }
    print(f"{len(polars_frame)} visits, {THREADS} threads")
    print("peer    version     n    min s  median s   max s  answers     three ÷ ours  three ÷ catalogue")
    for name, (version, run) in runs.items():
        if options.only not in (None, name):
            continue
        seconds = []
        for _ in range(options.times):
            gc.collect()
            begin = time.perf_counter()
            answers = run()
            seconds.append(time.perf_counter() - begin)
        if name == "duckdb":
            table = answers.execute("select ahead, last, week from answers order by visit").fetchnumpy()
            answers = [np.ma.filled(np.ma.asarray(column, float), np.nan) for column in table.values()]
        for feature, mine, theirs in zip(features, ours, answers):
            same(f"{name} {feature}", mine, theirs)
        median = statistics.median(seconds)
        ratio = lambda own: f"{median / own:.2f}" if own else "-"
        print(
            f"{name:<7} {version:<9} {len(seconds):>3} {min(seconds):>8.2f} {median:>9.2f} {max(seconds):>7.2f}"
            f"  equal {ratio(options.ours):>16} {ratio(options.catalogue):>18}"
        )
        del answers


if __name__ == "__main__":
    main()

"""The time and peak memory that DuckDB, Polars and pandas take to turn the CSV of `cargo bench --bench import` into
Parquet, dates inferred, on as many threads as the machine has. None of them checks anything.

    cargo bench --bench import -- generate visits.csv 10000000
    python benches/peers/import.py visits.csv [--repeat 3]

Each measurement runs in a process of its own, so that peak memory is that of one tool; they take turns, so that a
noisy minute hits all of them.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile

DUCKDB = """
import duckdb
duckdb.sql("COPY (SELECT * FROM read_csv({csv!r})) TO {out!r} (FORMAT parquet)")
"""
POLARS = """
import polars
polars.read_csv({csv!r}, try_parse_dates=True).write_parquet({out!r})
"""
PANDAS = """
import pandas
frame = pandas.read_csv({csv!r}, engine="pyarrow")
for column in ("arrived_at", "called_at", "finished_at", "left_at"):
    if column in frame and frame[column].dtype == object:
        frame[column] = pandas.to_datetime(frame[column])
frame.to_parquet({out!r})
"""
MEASURE = """
import resource, sys, time
began = time.perf_counter()
exec(sys.argv[1])
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def measure(tool: str, source: str) -> tuple[float, float]:
    """Seconds and MiB of one run in a process of its own."""
    with tempfile.TemporaryDirectory(dir=os.path.dirname(os.path.abspath(source))) as folder:
        code = tool.format(csv=source, out=os.path.join(folder, "out.parquet"))
        done = subprocess.run([sys.executable, "-c", MEASURE, code], capture_output=True, text=True, check=True)
    # A tool may draw its progress before.
    seconds, mib = done.stdout.split()[-2:]
    return float(seconds), float(mib)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("csv")
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    tools = {"DuckDB": DUCKDB, "Polars": POLARS, "pandas": PANDAS}
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in tools}
    for _ in range(arguments.repeat):
        for name, tool in tools.items():
            runs[name].append(measure(tool, arguments.csv))
    for name, measured in runs.items():
        seconds = sorted(run[0] for run in measured)
        peak = max(run[1] for run in measured)
        print(
            f"{name:8} n={len(seconds)}  min {seconds[0]:6.2f} s  median {statistics.median(seconds):6.2f} s"
            f"  max {seconds[-1]:6.2f} s  peak {peak:7.0f} MiB"
        )


if __name__ == "__main__":
    main()

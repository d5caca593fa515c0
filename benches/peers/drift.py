"""How long a full report of data drift takes elsewhere, on the table that `cargo bench --bench drift -- --parquet FILE` writes.

Run, each in an environment of its own since their pins differ:
  pip install evidently==0.7.23 numpy==2.4.6 pandas==2.3.3 scipy==1.17.1 pyarrow==26.0.1 && python drift.py FILE evidently
  pip install nannyml==0.13.1 numpy==2.3.5 pandas==2.3.3 scipy==1.17.1 statsmodels==0.15.0 pyarrow==26.0.1 && python drift.py FILE nannyml
  pip install alibi-detect==0.13.0 numpy==1.26.4 pandas==2.3.3 scipy==1.17.1 pyarrow==19.0.1 && python drift.py FILE alibi

Reading the file is not timed.
"""

import importlib.metadata
import os
import sys
import time

import pandas as pd

# It would tell its maker of each run.
os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"


def evidently(reference, current):
    from evidently import Report
    from evidently.presets import DataDriftPreset

    Report([DataDriftPreset()]).run(current, reference).dict()


def nannyml(reference, current):
    import nannyml as nml

    columns = list(reference.columns)
    names = [column for column in columns if column.startswith("name")]
    calculator = nml.UnivariateDriftCalculator(
        column_names=columns, treat_as_categorical=names, chunk_number=1,
        continuous_methods=["wasserstein", "jensen_shannon"], categorical_methods=["jensen_shannon"],
    )
    calculator.fit(reference)
    calculator.calculate(current).to_df()


def alibi(reference, current):
    """Kolmogorov–Smirnov of the numbers alone."""
    from alibi_detect.cd import KSDrift

    numbers = [column for column in reference.columns if column.startswith("number")]
    KSDrift(reference[numbers].to_numpy(), p_val=0.05).predict(current[numbers].to_numpy())


def main():
    table = pd.read_parquet(sys.argv[1])
    peer = {"evidently": evidently, "nannyml": nannyml, "alibi": alibi}[sys.argv[2]]
    package = {"alibi": "alibi-detect"}.get(sys.argv[2], sys.argv[2])
    times = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    reference, current = (
        table[table["window"] == window].drop(columns="window").reset_index(drop=True) for window in ("reference", "current")
    )
    if sys.argv[2] == "alibi":
        # It takes no missing values.
        reference, current = reference.fillna(0.0), current.fillna(0.0)
    seconds = []
    for _ in range(times):
        begin = time.perf_counter()
        peer(reference, current)
        seconds.append(time.perf_counter() - begin)
    seconds.sort()
    version = importlib.metadata.version(package)
    print(f"{package} {version}: n {times}, min {seconds[0]:.3f}, median {seconds[times // 2]:.3f}, max {seconds[-1]:.3f} s")


if __name__ == "__main__":
    main()

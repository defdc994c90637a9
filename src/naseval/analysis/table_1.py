"""Table 1: the relative improvement of every method on every dataset."""

import pandas as pd

from naseval.analysis.finals import STATISTICS
from naseval.analysis.intervals import PERCENT
from naseval.analysis.relative_improvement import benchmark_table
from naseval.analysis.tables import Labels, counted, in_order


def _text(value: float, low: float, high: float) -> str:
    if pd.isna(value):
        return "–"
    # `+ 0.0` after rounding turns −0.00 into 0.00
    interval = "" if pd.isna(low) else f" [{round(low, 2) + 0.0:.2f}, {round(high, 2) + 0.0:.2f}]"
    return f"{round(value, 2) + 0.0:.2f}{interval}"


def build(
    study: pd.DataFrame,
    dataset_labels: Labels,
    method_labels: Labels,
    summaries: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return table 1 of the benchmark study: tidy, as laid out in the paper, and its note.

    The tidy frame is `benchmark_table` for `best` and, where known, `last`. The layout has
    one row per method and reading and one column per dataset, each entry the relative
    improvement in per cent and its interval.
    """
    tables = [benchmark_table(study, statistic, summaries) for statistic in STATISTICS]
    tidy = pd.concat([table for table in tables if len(table)], ignore_index=True)
    datasets = in_order(tidy["dataset"], dataset_labels)
    text = {
        (row["method"], row["statistic"], row["dataset"]): _text(
            row["relative_improvement"], row["low"], row["high"]
        )
        for row in tidy.to_dict("records")
    }
    laid_out = pd.DataFrame(
        [
            {"Method": method_labels.get(method, method), "Accuracy": statistic}
            | {
                dataset_labels.get(dataset, dataset): text.get((method, statistic, dataset), "–")
                for dataset in datasets
            }
            for method in in_order(tidy["method"], method_labels)
            for statistic in STATISTICS
            if statistic in set(tidy["statistic"])
        ]
    )
    return tidy, laid_out, _note(tidy)


def _note(tidy: pd.DataFrame) -> str:
    runs = counted([*tidy["searched_n"], *tidy["random_n"]])
    unknown = int(tidy["low"].isna().sum())
    gaps = f" Without interval, since too few runs are known: {unknown}." if unknown else ""
    return (
        "Per cent: 100 × (mean searched − mean random) / mean random, with the "
        f"{PERCENT} bootstrap interval over runs; {runs} runs on each side. *best* is the best "
        "test accuracy over the epochs of each run, *last* the accuracy after the last epoch."
        f"{gaps}"
    )

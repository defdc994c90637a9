"""The section on relative improvement, with ranks and tests."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from naseval.analysis.comparison import compare
from naseval.analysis.finals import STATISTICS
from naseval.analysis.intervals import PERCENT
from naseval.analysis.relative_improvement import benchmark_table, mean_rank, ranks
from naseval.cards.evidence import Evidence
from naseval.cards.markdown import count, interval, p_value, spread, table

HEAD = [
    "dataset", "accuracy", "searched", "n", "random", "n",
    "relative improvement (%)", "rank", "Welch's p (q)", "permutation p (q)",
]  # fmt: skip

NOTE = (
    "Test accuracy in per cent, mean ± population standard deviation over n architectures; *best* "
    "is the best over the epochs of each run, *last* the accuracy after the last epoch. Relative "
    f"improvement is 100 × (mean searched − mean random) / mean random with its {PERCENT} "
    "bootstrap interval over runs. The rank is among the methods known on the dataset, 1 the "
    "highest improvement. The tests compare searched with random; q is p after Benjamini and "
    "Hochberg's adjustment over all methods and datasets run so far."
)


def improvement_table(evidence: Evidence, method: str) -> pd.DataFrame:
    """Return a method's rows of `benchmark_table` with ranks and tests, `best` above `last`.

    The additional columns are `rank` and `of` (see `ranks`; NaN if a side has no runs), and
    `welch_p`, `welch_q`, `permutation_p` and `permutation_q` (see `compare`; adjusted over all
    methods).
    """
    study = evidence.studies["benchmark"]
    keys = ["dataset", "method", "statistic"]
    improvements = pd.concat([benchmark_table(study, name) for name in STATISTICS])
    placed = pd.concat([ranks(study, name) for name in STATISTICS])[[*keys, "rank", "of"]]
    tests = compare(study)[0][[*keys, "welch_p", "welch_q", "permutation_p", "permutation_q"]]
    rows = improvements.merge(placed, on=keys, how="left").merge(tests, on=keys, how="left")
    rows = rows[rows["method"] == method]
    order = rows["dataset"].map(evidence.datasets(method).index)
    return rows.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def section(evidence: Evidence, method: str) -> str:
    """Return the section as Markdown."""
    if evidence.study("benchmark", method).empty:
        return "No architecture of this method has been trained yet."
    labels = evidence.config.labels["datasets"]
    rows = [_row(row, labels) for row in improvement_table(evidence, method).to_dict("records")]
    places = [line for name in STATISTICS if (line := _places(evidence, method, name))]
    return "\n\n".join([table(HEAD, rows), *places, NOTE])


def _row(row: Mapping[Hashable, Any], labels: Mapping[str, str]) -> list[object]:
    place = "–" if pd.isna(row["rank"]) else f"{row['rank']:g} of {row['of']:g}"
    return [
        labels[row["dataset"]],
        row["statistic"],
        spread(row["searched_mean"], row["searched_std"], row["searched_n"]),
        row["searched_n"],
        spread(row["random_mean"], row["random_std"], row["random_n"]),
        row["random_n"],
        interval(row["relative_improvement"], row["low"], row["high"]),
        place,
        p_value(row["welch_p"], row["welch_q"]),
        p_value(row["permutation_p"], row["permutation_q"]),
    ]


def _places(evidence: Evidence, method: str, statistic: str) -> str:
    (value, low, high), datasets = mean_rank(evidence.studies["benchmark"], method, statistic)
    if not datasets:
        return ""
    known = (
        "without interval, for want of runs" if np.isnan(low) else f"{PERCENT} bootstrap interval"
    )
    where = count(datasets, "dataset")
    return f"Mean rank by *{statistic}* over {where}: **{interval(value, low, high)}** ({known})."

"""The section on relative improvement, with ranks."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from naseval.analysis.contrasts import from_few
from naseval.analysis.finals import STATISTICS, trained_and_counted
from naseval.analysis.intervals import PERCENT
from naseval.analysis.wording import count, interval, out_of, spread
from naseval.cards.evidence import Evidence
from naseval.cards.markdown import escaped_labels, table

HEAD = [
    "dataset", "accuracy", "searched", "n", "random", "n",
    "relative improvement (%)", "rank",
]  # fmt: skip

NOTE = (
    "Test accuracy in per cent, mean ± population standard deviation over n architectures; *best* "
    "is the best over the epochs of each run, *last* the accuracy after the last epoch. Relative "
    f"improvement is 100 × (mean searched − mean random) / mean random with Welch's {PERCENT} "
    "interval by the delta method. The rank is among the methods known on the dataset, 1 the "
    "highest improvement; the interval of the mean rank has those that comparisons in pairs leave "
    "possible."
)


def improvement_table(evidence: Evidence, method: str) -> pd.DataFrame:
    """Return a method's rows of `evidence.improvements`, `best` above `last`.

    Tests are adjusted, and ranks are, over all methods with results.
    """
    rows = evidence.improvements
    rows = rows[rows["method"] == method]
    order = rows["dataset"].map(evidence.datasets(method).index)
    return rows.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def section(evidence: Evidence, method: str) -> str:
    """Return the section as Markdown."""
    study = evidence.study("benchmark", method)
    if study.empty:
        return "No architecture of this method has been trained yet."
    labels = escaped_labels(evidence.config.labels["datasets"])
    rows = [_row(row, labels) for row in improvement_table(evidence, method).to_dict("records")]
    places = [line for name in STATISTICS if (line := _places(evidence, method, name))]
    note = f"{NOTE} {trained_and_counted(study)}".strip()
    return "\n\n".join([table(HEAD, rows), *places, note])


def _row(row: Mapping[Hashable, Any], labels: Mapping[str, str]) -> list[object]:
    place = "–" if pd.isna(row["rank"]) else f"{row['rank']:g} of {row['of']:g}"
    return [
        labels[row["dataset"]],
        row["statistic"],
        spread(row["searched_mean"], row["searched_std"], row["searched_n"]),
        out_of(row["searched_n"], row["searched_trained"]),
        spread(row["random_mean"], row["random_std"], row["random_n"]),
        out_of(row["random_n"], row["random_trained"]),
        gain(row),
        place,
    ]


def gain(row: Mapping[Hashable, Any]) -> str:
    """Return the relative improvement of a row of `benchmark_table` with its interval.

    An interval of few runs says so: `0.42 [-0.10, 0.90], from 2 runs`.
    """
    text = interval(row["relative_improvement"], row["low"], row["high"])
    few = from_few(row["searched_n"], row["random_n"])
    return f"{text}, {few}" if few and text != "–" else text


def _places(evidence: Evidence, method: str, statistic: str) -> str:
    found = evidence.mean_ranks[statistic].get(method)
    if found is None:
        return ""
    low = found["rank_low"]
    known = "without interval, for want of runs" if np.isnan(low) else f"{PERCENT} interval"
    rank = interval(found["mean_rank"], low, found["rank_high"])
    where = count(int(found["ranked_on"]), "dataset")
    return f"Mean rank by *{statistic}* over {where}: **{rank}** ({known})."

"""Relative improvement with and without training tricks (paper, section 6)."""

import pandas as pd

from naseval.analysis.finals import STATISTICS
from naseval.analysis.intervals import PERCENT
from naseval.analysis.relative_improvement import benchmark_table
from naseval.analysis.tables import Labels

REPORT_TABLES = {
    "tricks": {
        "title": "With and without tricks",
        "paper": (
            "The paper asks that results be reported with and without tricks (section 6). "
            "Shown is each method beside its random baseline under a plain protocol and under "
            "its own."
        ),
        "order": 9,
        "sources": ["reproduced"],
        "study": "tricks",
        "labels": ["protocol_labels"],
        "named": True,
    },
}


def tricks(study: pd.DataFrame) -> pd.DataFrame:
    """Return `benchmark_table` for every protocol of the tricks study, in one table.

    A column `protocol` follows dataset and method. The rows of a method are consecutive: its
    protocols are in the order of the study (the plain one first), each with `best` above `last`.
    """
    tables = []
    for protocol, runs in study.groupby("protocol", sort=False):
        for statistic in STATISTICS:
            table = benchmark_table(runs, statistic)
            table.insert(2, "protocol", protocol)
            tables.append(table)
    found = pd.concat(tables, ignore_index=True)
    places = {pair: place for place, pair in enumerate(_pairs(study))}
    keys = [places[pair] for pair in zip(found["dataset"], found["method"], strict=True)]
    order = pd.Series(keys).argsort(kind="stable")
    return found.iloc[order].reset_index(drop=True)


def table(study: pd.DataFrame, protocol_labels: Labels) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return the table of `tricks`, the same table with protocol labels, and a note."""
    found = tricks(study)
    note = (
        "Accuracies in per cent, std of the population (ddof 0); the relative improvement over the "
        f"random architectures under the same protocol, with Welch's {PERCENT} interval."
    )
    return found, found.replace({"protocol": dict(protocol_labels)}), note


def _pairs(study: pd.DataFrame) -> list[tuple[str, str]]:
    pairs = study[["dataset", "method"]].drop_duplicates()
    return list(pairs.itertuples(index=False, name=None))

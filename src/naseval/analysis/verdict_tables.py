"""The verdicts as tables of the report: against the average architecture, and between methods."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from naseval.analysis.comparison import LEVEL
from naseval.analysis.conclusions import counts, summary
from naseval.analysis.frozen import note as frozen_note
from naseval.analysis.intervals import PERCENT
from naseval.analysis.tables import Labels, escaped, in_order
from naseval.analysis.verdicts import (
    IMPROVEMENTS,
    Margins,
    against_average,
    between_methods,
    without_verdicts,
)
from naseval.analysis.wording import count, interval

REPORT_TABLES = {
    "verdicts": {
        "title": "Verdicts: each method against the average architecture",
        "paper": (
            "The paper compares means and tests nothing. Shown is, for each method and dataset, "
            "whether it is better than, worse than or equivalent to the average architecture, or "
            "undecided."
        ),
        "order": 0,
        "function": "verdicts",
        "study": "benchmark",
        "labels": ["dataset_labels", "method_labels"],
        "settings": {"margins": "margins"},
        "sources": ["published", "reproduced", "recorded"],
        "reproduced": {
            "inputs": {"decisions": "decisions/benchmark.parquet"},
            "optional": {"decisions": "studies.benchmark.stepwise"},
        },
        "recorded": {
            "title": "Verdicts on recorded trainings",
            "paper": (
                "Not in the paper: baselines against the average architecture of each table of "
                "trainings that others did, as one training of each choice reports it."
            ),
            "inputs": {"searches": "studies/{source}/searches.parquet"},
            "settings": {"margins": "recorded.margins"},
        },
    },
    "pairs": {
        "title": "Verdicts: methods against each other",
        "paper": (
            "The paper warns against comparing accuracies across spaces and protocols. Shown is, "
            "for each pair of methods and dataset, which of them is better, if that is decided."
        ),
        "order": 2,
        "function": "pairs",
        "study": "benchmark",
        "labels": ["dataset_labels", "method_labels"],
        "settings": {"margins": "margins"},
    },
}

Row = Mapping[Hashable, Any]
TESTS = (
    f"The verdict is that of Welch's test and of two one-sided tests against the margin, at the "
    f"level {LEVEL:g} after Benjamini and Hochberg's adjustment over the table. *Equivalent "
    "above*: with any larger margin this row would be equivalent, or better or worse by less than "
    "the margin."
)


def verdicts(
    study: pd.DataFrame,
    dataset_labels: Labels,
    method_labels: Labels,
    margins: Margins,
    searches: pd.DataFrame | None = None,
    decisions: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return the table of `against_average`, the same as people read it, and a note.

    `searches` (`naseval.recorded.study.ALL_SEARCHES`) tells for recorded trainings on which tables
    differences mean something; the others have no verdicts, and the note names them. `decisions`
    (`schemas.LOOK`) has the verdicts of cells that are judged in steps. Raise `NasevalError` if a
    dataset has no margin.
    """
    silent = without_verdicts(searches)
    tidy = against_average(study[~study["dataset"].isin(silent)], margins, decisions)
    rows = _in_order(tidy, ["method"], dataset_labels, method_labels)
    shown = [
        {
            **_names(row, ["method"], dataset_labels, method_labels),
            "verdict": row["verdict"],
            "searched (n)": _mean(row["searched_mean"], row["searched_n"]),
            "random (n)": _mean(row["random_mean"], row["random_n"]),
            "difference": interval(row["difference"], row["low"], row["high"], sign="+"),
            "RI, %": interval(
                row["relative_improvement"],
                row["improvement_low"],
                row["improvement_high"],
                sign="+",
            ),
            "margin": row["margin"],
            "equivalent above": row["equivalent_at"],
            "note": row["note"],
        }
        for row in rows
    ]
    note = (
        f"{summary(tidy)} Means in per cent; their difference in points, with Welch's {PERCENT} "
        f"interval; RI displays it in per cent of the baseline. {TESTS}"
        f"{_deciding(tidy)}{_without(silent, dataset_labels)}{frozen_note(decisions)}"
    )
    return tidy, _frame(shown), note


def pairs(
    study: pd.DataFrame, dataset_labels: Labels, method_labels: Labels, margins: Margins
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return the table of `between_methods`, the same as people read it, and a note.

    Raise `NasevalError` if a dataset has no margin.
    """
    tidy = between_methods(study, margins)
    rows = _in_order(tidy, ["left", "right"], dataset_labels, method_labels)
    shown = [
        {
            **_names(row, ["left", "right"], dataset_labels, method_labels),
            "verdict": row["verdict"],
            "compared": row["compared"],
            "difference": interval(row["difference"], row["low"], row["high"], sign="+"),
            "margin": row["margin"],
            "equivalent above": row["equivalent_at"],
            "note": row["note"],
        }
        for row in rows
    ]
    known = tidy[tidy["decides"] & tidy["difference"].notna()]
    across = int((known["compared"] == IMPROVEMENTS).sum())
    note = (
        f"Of {count(len(known), 'pair')} on a dataset, {counts(known)}; the verdict is on the "
        f"first method. Where both share random runs, their searched runs are compared. "
        f"Otherwise ({count(across, 'pair')}) the spaces, protocols or baselines differ, and the "
        "difference of the relative improvements is compared, with the errors of both baselines: "
        "what searching adds to each space, not the networks found. The margin then is a per cent "
        f"of the higher baseline. {TESTS}{_deciding(tidy)}"
    )
    return tidy, _frame(shown), note


def _mean(mean: float, n: int) -> str:
    return f"{mean:.2f} ({n})" if n else "– (0)"


def _in_order(
    tidy: pd.DataFrame, methods: list[str], dataset_labels: Labels, method_labels: Labels
) -> Sequence[Row]:
    """Return the rows that decide, then the others; each by dataset and method as labelled."""
    names = {"dataset": dataset_labels, **dict.fromkeys(methods, method_labels)}
    places = pd.DataFrame({"decides": tidy["decides"]})
    for column, labels in names.items():
        places[column] = tidy[column].map(in_order(tidy[column], labels).index)
    order = places.sort_values(["decides", *names], ascending=[False] + [True] * len(names))
    return tidy.loc[order.index].to_dict("records")


def _names(
    row: Row, methods: list[str], dataset_labels: Labels, method_labels: Labels
) -> dict[str, str]:
    labelled = {name: method_labels.get(row[name], row[name]) for name in methods}
    dataset = dataset_labels.get(row["dataset"], row["dataset"])
    return {"dataset": dataset, **labelled, "accuracy": row["statistic"]}


def _frame(shown: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(shown, columns=None if shown else ["dataset", "verdict"])


def _deciding(tidy: pd.DataFrame) -> str:
    beside = tidy.loc[~tidy["decides"], "statistic"].unique()
    if not len(beside):
        return ""
    decides = " and ".join(tidy.loc[tidy["decides"], "statistic"].unique())
    return (
        f" The {decides} accuracy decides; the rows of *{beside[0]}* stand below, for comparison."
    )


def _without(silent: Collection[str], dataset_labels: Labels) -> str:
    if not silent:
        return ""
    labels = ", ".join(escaped(dataset_labels.get(name, name)) for name in silent)
    return f" Without verdicts, since what is reported there is no independent result: {labels}."

"""The section on baselines: does the method beat counting parameters, and the best of k?"""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from naseval.analysis.baselines import against_baselines, devices_said, said, spent_on_searches
from naseval.analysis.tables import escaped
from naseval.analysis.wording import interval
from naseval.cards.evidence import Evidence
from naseval.cards.markdown import escaped_labels, table
from naseval.studies import baselines

HEAD = [
    "dataset", "baseline", "accuracy", "difference (points)", "q", "answer", "seconds",
    "of the baseline", "trainings", "it buys",
]  # fmt: skip
NOTE = (
    "Difference of the mean accuracies of found architectures, method minus baseline, with Welch's "
    "interval; both are in one space and under one protocol. *seconds* are of one search; "
    "*it buys* is how many trainings of random search the method's seconds pay for, beside those "
    "that the baseline has. What tuning cost is unknown."
)
WORDS = {"better": "yes", "worse": "no, it is worse", "undecided": "undecided"}


def section(evidence: Evidence, method: str) -> str:
    """Return the section as Markdown."""
    if "baselines" not in evidence.config.studies:
        return "Not known: the study `baselines` is not configured."
    settings = evidence.config.study("baselines", baselines.Settings)
    if method not in settings.methods:
        return "Not known: the study `baselines` leaves this method out."
    study, histories = evidence.studies["baselines"], evidence.histories_of_study(settings)
    if study.empty or histories.empty:
        return "Nothing has been run for the study `baselines` yet."
    stated = evidence.config.stated_costs
    found = against_baselines(study, histories, settings.baselines, settings.best_of, stated)
    found = found[found["method"] == method]
    if found.empty:
        return "No baseline in this method's space and under its protocol has been run yet."
    labels = {
        name: escaped_labels(evidence.config.labels[name]) for name in ("datasets", "methods")
    }
    rows = [_row(row, labels) for row in found.to_dict("records")]
    answers = [
        f"Does it beat {question}? {_answer(found[found['baseline'] == name], labels)}"
        for question, name in _questions(evidence, settings)
    ]
    spent = spent_on_searches(histories, stated)
    devices = devices_said(spent, found, evidence.config.labels["methods"])
    return "\n\n".join([*answers, table(HEAD, rows), f"{NOTE}{escaped(devices)}"])


def _questions(evidence: Evidence, settings: baselines.Settings) -> list[tuple[str, str]]:
    """Return the questions, each with the baseline that answers it."""
    counting = [
        name
        for name in settings.baselines
        if (evidence.config.methods[name].search or {}).get("score") == "parameters"
    ]
    asked = [("counting parameters", name) for name in counting]
    return [*asked, ("the best of k at equal cost", settings.best_of)]


def _answer(rows: pd.DataFrame, labels: Mapping[str, Mapping[str, str]]) -> str:
    """Return the answer on each dataset, by the accuracy that decides; not known without runs."""
    deciding = rows[rows["decides"]]
    found = [
        f"{labels['datasets'][row['dataset']]}: {WORDS[row['answer']]}{_cost(row)}"
        for row in deciding.to_dict("records")
    ]
    return "; ".join(found) + "." if found else "Not known."


def _cost(row: Mapping[Hashable, Any]) -> str:
    """Return what was trained beside what would be equal cost, if the baseline trains."""
    if pd.isna(row["trainings"]):
        return ""
    buys = "what its time buys is not known"
    if pd.notna(row["buys"]):
        buys = f"its time buys {said(row['buys'])}"
    return f" (k = {row['trainings']:g}; {buys})"


def _row(row: Mapping[Hashable, Any], labels: Mapping[str, Mapping[str, str]]) -> list[object]:
    return [
        labels["datasets"][row["dataset"]],
        labels["methods"][row["baseline"]],
        row["statistic"],
        interval(row["difference"], row["low"], row["high"]),
        _known(row["welch_q"], ".2g"),
        row["answer"],
        *(_known(row[name], ".3g") for name in ("seconds", "baseline_seconds")),
        _known(row["trainings"], "g"),
        said(row["buys"]),
    ]


def _known(value: float, form: str) -> str:
    return "–" if pd.isna(value) else f"{value:{form}}"

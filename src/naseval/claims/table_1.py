"""Table 1 as printed beside what the runs give, with intervals and corrected tests."""

import pandas as pd

from naseval.analysis import table_1
from naseval.analysis.comparison import LEVEL, compare
from naseval.analysis.tables import Labels
from naseval.claims.catalogue import catalogue

REPORT_TABLES = {
    "benchmark": {
        "title": "Table 1: relative improvement over random sampling",
        "paper": (
            "The paper's Table 1: the relative improvement of 8 methods over the average "
            "architecture on 5 datasets. Shown with intervals, tests corrected for their "
            "number, and the printed numbers below."
        ),
        "order": 1,
        "function": "build",
        "study": "benchmark",
        "labels": ["dataset_labels", "method_labels"],
        "published": {
            "inputs": {"summaries": "studies/{source}/summaries.parquet"},
        },
    },
}

KEYS = ["dataset", "method", "statistic"]
TESTS = ["welch_p", "permutation_p", "welch_q", "permutation_q"]
PREFIX = "table1."


def printed() -> pd.DataFrame:
    """Return the printed relative improvements (per cent): dataset, method, printed."""
    rows = [
        {
            "dataset": claim.id.split(".")[2],
            "method": claim.id.split(".")[1],
            "printed": claim.printed,
        }
        for claim in catalogue()
        if claim.id.startswith(PREFIX)
    ]
    return pd.DataFrame(rows)


def build(
    study: pd.DataFrame,
    dataset_labels: Labels,
    method_labels: Labels,
    summaries: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return table 1: tidy, as laid out, and its note.

    To the tidy frame of `analysis.table_1` it adds `printed`, the paper's number, and the p and
    adjusted q of `analysis.comparison`. In the layout a star marks differences whose permutation
    q is below 0.05, and the paper's numbers stand in rows of their own.
    """
    tidy, laid_out, note = table_1.build(study, dataset_labels, method_labels, summaries)
    tests = compare(study)[0][[*KEYS, *TESTS]]
    tidy = tidy.merge(printed(), on=KEYS[:2], how="left").merge(tests, on=KEYS, how="left")
    rows: list[dict[str, str]] = []
    for row in laid_out.to_dict("records"):
        rows.append(_starred(row, tidy, dataset_labels, method_labels))
        if row["Accuracy"] == "best":
            rows += _printed_row(row, tidy, dataset_labels, method_labels)
    return tidy, pd.DataFrame(rows), note + _legend(tidy)


def _starred(row: dict, tidy: pd.DataFrame, datasets: Labels, methods: Labels) -> dict[str, str]:
    clear = tidy[(tidy["statistic"] == row["Accuracy"]) & (tidy["permutation_q"] < LEVEL)]
    names = {
        datasets.get(entry["dataset"], entry["dataset"])
        for entry in clear.to_dict("records")
        if methods.get(entry["method"], entry["method"]) == row["Method"]
    }
    return {str(key): f"{text}*" if key in names else text for key, text in row.items()}


def _printed_row(
    row: dict, tidy: pd.DataFrame, datasets: Labels, methods: Labels
) -> list[dict[str, str]]:
    best = tidy[tidy["statistic"] == "best"].dropna(subset=["printed"])
    found = {
        datasets.get(entry["dataset"], entry["dataset"]): f"{entry['printed']:.2f}"
        for entry in best.to_dict("records")
        if methods.get(entry["method"], entry["method"]) == row["Method"]
    }
    if not found:
        return []
    blank = {str(key): "–" for key in row}
    return [{**blank, "Method": row["Method"], "Accuracy": "as printed", **found}]


def _legend(tidy: pd.DataFrame) -> str:
    legend = (
        f" A star: q < {LEVEL} by the permutation test after Benjamini and Hochberg's adjustment "
        "over the table."
    )
    known = tidy[tidy["statistic"] == "best"].dropna(subset=["printed", "relative_improvement"])
    if known.empty:
        return legend
    apart = (known["relative_improvement"].round(2) - known["printed"]).abs() > 0.0051
    return legend + (
        f" *As printed* is the paper's Table 1; {int((~apart).sum())} of its {len(known)} numbers "
        "agree with these means of best accuracies."
    )

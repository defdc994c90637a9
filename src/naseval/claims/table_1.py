"""Table 1: the printed and the recomputed relative improvements, with intervals and tests."""

import pandas as pd

from naseval.analysis.comparison import LEVEL, compare
from naseval.analysis.finals import STATISTICS
from naseval.analysis.relative_improvement import relative_improvements
from naseval.analysis.tables import Labels, in_order
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


def build(
    study: pd.DataFrame,
    dataset_labels: Labels,
    method_labels: Labels,
    summaries: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return table 1 of the benchmark study: a tidy frame, the paper's layout, and a note.

    The tidy frame is that of `relative_improvements` with the additional columns `printed`, the
    paper's number (per cent), and the p-values and adjusted q-values of `analysis.comparison`. The
    layout has one row per method and statistic and one column per dataset. An entry is the relative
    improvement in per cent with its 95 % interval; a star marks a permutation q below 0.05. The
    paper's numbers have separate rows.
    """
    tidy, note = relative_improvements(study, summaries)
    tests = compare(study)[0][[*KEYS, *TESTS]]
    tidy = tidy.merge(printed(), on=KEYS[:2], how="left").merge(tests, on=KEYS, how="left")
    return tidy, _laid_out(tidy, dataset_labels, method_labels), note + _legend(tidy)


def printed() -> pd.DataFrame:
    """Return the paper's relative improvements (per cent): dataset, method, printed."""
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


def _laid_out(tidy: pd.DataFrame, dataset_labels: Labels, method_labels: Labels) -> pd.DataFrame:
    datasets = in_order(tidy["dataset"], dataset_labels)
    cells = {
        (entry["method"], entry["statistic"], entry["dataset"]): entry
        for entry in tidy.to_dict("records")
    }
    readings = [name for name in STATISTICS if name in set(tidy["statistic"])]
    rows = []
    for method in in_order(tidy["method"], method_labels):
        for reading in readings:
            entries = {name: cells.get((method, reading, name)) for name in datasets}
            rows.append((method, reading, {name: _text(entry) for name, entry in entries.items()}))
            if reading == "best" and any(_is_printed(entry) for entry in entries.values()):
                texts = {name: _printed_text(entry) for name, entry in entries.items()}
                rows.append((method, "as printed", texts))
    return pd.DataFrame(
        [
            {"Method": method_labels.get(method, method), "Accuracy": reading}
            | {dataset_labels.get(name, name): text for name, text in texts.items()}
            for method, reading, texts in rows
        ]
    )


def _text(entry: dict | None) -> str:
    """Return a cell of the layout, e.g. `0.32 [0.10, 0.54]*`; a dash if no value is known."""
    if entry is None or pd.isna(entry["relative_improvement"]):
        return "–"
    value, low, high = (_rounded(entry[name]) for name in ("relative_improvement", "low", "high"))
    interval = "" if pd.isna(entry["low"]) else f" [{low}, {high}]"
    return f"{value}{interval}{'*' if entry['permutation_q'] < LEVEL else ''}"


def _rounded(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}"  # `+ 0.0` turns −0.00 into 0.00


def _is_printed(entry: dict | None) -> bool:
    return entry is not None and not pd.isna(entry["printed"])


def _printed_text(entry: dict | None) -> str:
    return f"{entry['printed']:.2f}" if entry is not None and _is_printed(entry) else "–"


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

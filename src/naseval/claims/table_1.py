"""Table 1: the printed and the recomputed relative improvements, with intervals and tests."""

import pandas as pd

from naseval.analysis.contrasts import from_few
from naseval.analysis.finals import STATISTICS
from naseval.analysis.frozen import note as frozen_note
from naseval.analysis.relative_improvement import relative_improvements
from naseval.analysis.tables import Labels, in_order
from naseval.analysis.verdicts import EQUIVALENT, UNDECIDED, Margins, counted_as, with_verdicts
from naseval.analysis.wording import interval, with_minus
from naseval.claims.catalogue import catalogue

REPORT_TABLES = {
    "benchmark": {
        "title": "Table 1: relative improvement over random sampling",
        "paper": (
            "The paper's Table 1: the relative improvement of search methods over the average "
            "architecture. Shown with intervals, verdicts, and the paper's numbers below where it "
            "prints any."
        ),
        "order": 1,
        "function": "build",
        "study": "benchmark",
        "labels": ["dataset_labels", "method_labels"],
        "published": {
            "inputs": {"summaries": "studies/{source}/summaries.parquet"},
            "settings": {"margins": "margins"},
        },
        "reproduced": {
            "settings": {"margins": "margins"},
            "inputs": {"decisions": "decisions/benchmark.parquet"},
            "optional": {"decisions": "studies.benchmark.stepwise"},
        },
        "sources": ["published", "reproduced", "recorded"],
        "recorded": {
            "title": "Table 1 on recorded trainings",
            "paper": (
                "Not in the paper: relative improvement over the average architecture of each "
                "table of recorded trainings, as one training of each choice reports it."
            ),
        },
    },
}

PREFIX = "table1."
SIGNS = {"better": "*", "worse": "*", EQUIVALENT: "≈", UNDECIDED: "", "": ""}
SIGNED = (
    " A star: better or worse than the average architecture, ≈: equivalent, neither: undecided; "
    "the table of verdicts has the tests."
)


def build(
    study: pd.DataFrame,
    dataset_labels: Labels,
    method_labels: Labels,
    summaries: pd.DataFrame | None = None,
    margins: Margins | None = None,
    decisions: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return table 1 of the benchmark study: a tidy frame, the paper's layout, and a note.

    The tidy frame is that of `relative_improvements` with the additional columns `printed`, the
    paper's number (per cent), and `difference_q` and `verdict` (see `with_verdicts`, also for
    `decisions`). The layout
    has one row per method and statistic and one column per dataset. An entry is the relative
    improvement in per cent with its 95 % interval and the sign of its verdict (`SIGNS`). The
    paper's numbers have separate rows. Without `margins` there are no verdicts. Raise
    `NasevalError` if a dataset has no margin.
    """
    tidy, note = relative_improvements(study, summaries)
    tidy = tidy.merge(printed(), on=["dataset", "method"], how="left")
    if margins is not None:
        tidy = with_verdicts(tidy, study, margins, decisions=decisions)
        note += SIGNED + frozen_note(decisions)
    return tidy, _laid_out(tidy, dataset_labels, method_labels), note + _agreement(tidy)


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
            if not any(entries.values()):
                continue  # no dataset of this method has it
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
    """Return a cell of the layout, e.g. `0.32 [0.10, 0.54]*`; a dash if no value is known.

    An interval of few runs says so: `0.32 [0.10, 0.54], from 2 runs`.
    """
    if entry is None or pd.isna(entry["relative_improvement"]):
        return "–"
    shown = interval(*(entry[name] for name in ("relative_improvement", "low", "high")))
    few = from_few(entry["searched_n"], entry["random_n"])
    sign = SIGNS[counted_as(entry.get("verdict", ""))]
    return f"{shown}{sign}{few and f', {few}'}"


def _is_printed(entry: dict | None) -> bool:
    return entry is not None and not pd.isna(entry["printed"])


def _printed_text(entry: dict | None) -> str:
    if entry is None or not _is_printed(entry):
        return "–"
    return with_minus(f"{entry['printed']:.2f}")


def _agreement(tidy: pd.DataFrame) -> str:
    known = tidy[tidy["statistic"] == "best"].dropna(subset=["printed", "relative_improvement"])
    if known.empty:
        return ""
    apart = (known["relative_improvement"].round(2) - known["printed"]).abs() > 0.0051
    return (
        f" *As printed* is the paper's Table 1; {int((~apart).sum())} of its {len(known)} numbers "
        "agree with these means of best accuracies."
    )

"""725 architectures of NAS-Bench-301, the DARTS space, with zero-cost scores and predictions.

Source: NAS-Bench-Suite-Zero (Krishnakumar et al., NeurIPS 2022). The accuracies are a surrogate's.
"""

from pathlib import Path
from typing import Any

import numpy as np

from naseval.recorded.tables._json import parsed
from naseval.recorded.view import Pool, Predictions, Scores, Table

FILE = "zc_nasbench301.json"
COLUMNS = {
    "parameters": "params",
    **{
        name: name
        for name in (
            "flops",
            "nwot",
            "synflow",
            "snip",
            "grasp",
            "fisher",
            "grad_norm",
            "l2_norm",
            "plain",
            "epe_nas",
            "jacov",
        )
    },
}
"""The file's names of scores, by ours."""


def read(folder: Path) -> Table:
    """Return the table. Raise `NasevalError` if its file is missing or damaged."""
    return parsed(folder / FILE, _table)


def _table(content: dict[str, Any]) -> Table:
    entries = sorted(content["cifar10"].values(), key=lambda entry: int(entry["idx"]))
    predictions = np.array([entry["val_accuracy"] for entry in entries], dtype=np.float64)
    scores = {
        name: _scores([entry[column] for entry in entries]) for name, column in COLUMNS.items()
    }
    names = tuple(f"nasbench301/{entry['idx']}" for entry in entries)
    return Table(names, Pool(len(entries)), Predictions(predictions), scores)


def _scores(entries: list[dict[str, float]]) -> Scores:
    values, seconds = (np.array([entry[key] for entry in entries]) for key in ("score", "time"))
    return Scores(values, seconds)

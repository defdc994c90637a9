"""Accuracy curves as a matrix, and epochs on the scale of the run."""

import pandas as pd

from naseval.analysis.finals import one_dataset, run_numbers
from naseval.errors import NasevalError

PAPER_EPOCHS = 600
"""The length of the paper's runs, to which the epochs of its figures refer (section 5.1)."""


def curves(study: pd.DataFrame) -> pd.DataFrame:
    """Return test accuracies (per cent), one row per run, one column per epoch from 1.

    `NasevalError` where there are no curves or not all runs have every epoch.
    """
    one_dataset(study)
    study = study.reset_index(drop=True)
    name = study["study"].iloc[0]
    rows = study[study["reading"] == "epoch"]
    if rows.empty:
        raise NasevalError(f"the study {name} holds no curves; it needs runs with epochs")
    numbered = pd.DataFrame(
        {
            "run": run_numbers(study).loc[rows.index],
            "epoch": rows["epoch"].astype(int),
            "test_accuracy": rows["test_accuracy"],
        }
    )
    wide = numbered.pivot(index="run", columns="epoch", values="test_accuracy")
    if wide.isna().to_numpy().any():
        raise NasevalError(
            f"the runs of the study {name} differ in length; give them one protocol and run again"
        )
    return wide


def scaled(epoch: int, epochs: int) -> int:
    """Return the epoch that lies as far into a run of `epochs` as `epoch` into one of 600."""
    return max(1, round(epoch * epochs / PAPER_EPOCHS))

"""One row per run: the best and the last accuracy, side by side."""

import pandas as pd

from naseval.errors import NasevalError

RUN = [
    "source",
    "study",
    "dataset",
    "method",
    "origin",
    "space",
    "genotype",
    "protocol",
    "cells",
    "seed",
]
"""The columns of a study table that tell one run from another."""

STATISTICS = ("best", "last")
"""`best`: the maximum over all epochs, which is what the paper's numbers are; `last`: the end."""


def run_numbers(study: pd.DataFrame) -> pd.Series:
    """Number the runs of a study table from 0 in order of appearance, one entry per row."""
    return study.groupby(RUN, dropna=False, sort=False).ngroup()


def one_dataset(study: pd.DataFrame) -> None:
    """Raise `NasevalError` unless all runs are on one dataset, as most studies want it."""
    found = sorted(study["dataset"].unique())
    if len(found) != 1:
        name = ", ".join(sorted(study["study"].unique())) or "?"
        raise NasevalError(
            f"the study {name} has runs on {', '.join(found) or 'no dataset'}; give it exactly one"
        )


def finals(study: pd.DataFrame) -> pd.DataFrame:
    """Return one row per run of a study table (`schemas.STUDY`), in order of appearance.

    Beside the columns that name the run stand `best` and `last` (test accuracies, per cent)
    and `epochs`. `last` and `epochs` are empty where only the best over epochs is known.
    """
    study = study.reset_index(drop=True)
    number = run_numbers(study)
    curve = study[study["reading"] == "epoch"].sort_values("epoch", kind="stable")
    of_curve = number.loc[curve.index]
    runs = study.groupby(number)[RUN].nth(0).set_axis(range(number.nunique()))
    return runs.assign(
        best=study.groupby(number)["test_accuracy"].max(),
        last=curve.groupby(of_curve)["test_accuracy"].last(),
        epochs=curve.groupby(of_curve)["epoch"].max().astype("Int64"),
    )

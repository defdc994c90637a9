"""From study tables to runs: best and last accuracies, training curves, and group summaries."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from naseval.analysis.intervals import CONFIDENCE, ROUNDING
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
"""The columns of a study table that identify a run."""

PAPER_EPOCHS = 600
"""The number of epochs of the paper's runs; its figures refer to it (section 5.1)."""

READINGS = {"best": "best over epochs", "last": "last epoch"}
"""How a training is read as one accuracy, with the name of each reading in texts."""
STATISTICS = tuple(READINGS)
"""`best`: the maximum over all epochs, as in the paper's numbers; `last`: after the last epoch."""


def run_numbers(study: pd.DataFrame) -> pd.Series:
    """Return the number of the run of each row, counted from 0 in order of appearance."""
    return study.groupby(RUN, dropna=False, sort=False).ngroup()


def one_dataset(study: pd.DataFrame) -> None:
    """Raise `NasevalError` unless all runs are on one dataset, as most analyses require."""
    found = sorted(study["dataset"].unique())
    if len(found) != 1:
        name = ", ".join(sorted(study["study"].unique())) or "?"
        raise NasevalError(
            f"the study {name} has runs on {', '.join(found) or 'no dataset'}; give it exactly one"
        )


def finals(study: pd.DataFrame) -> pd.DataFrame:
    """Return one row per run of a study table (`schemas.STUDY`), in order of appearance.

    The columns are `RUN`, `best` and `last` (test accuracies, per cent), `epochs` and `diverged`.
    `last` and `epochs` are missing values if only the best accuracy over the epochs is known; so
    are the accuracies of a run that diverged and is left out.
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
        diverged=study["diverged"].eq(True).groupby(number).any(),
    )


def trained(runs: pd.DataFrame, statistic: str) -> pd.DataFrame:
    """Return the rows of `finals` that were trained: those counted, and those left out."""
    return runs[runs[statistic].notna() | runs["diverged"]]


def trained_and_counted(study: pd.DataFrame) -> str:
    """Return a sentence with the numbers of distinct runs that were trained and are counted.

    It is empty for studies that do not know whether runs diverged, i.e. published ones.
    """
    if not study["diverged"].notna().any():
        return ""
    runs = finals(study).drop_duplicates(["dataset", "genotype", "protocol", "seed"])
    diverged = int(runs["diverged"].sum())
    counted = int(runs["best"].notna().sum())
    if not diverged:
        return f"{counted} runs trained, all counted."
    if counted < len(runs):
        fate = "is left out" if diverged == 1 else "are left out"
    else:
        fate = "counts at chance level" if diverged == 1 else "count at chance level"
    return f"{len(runs)} runs trained, {counted} counted: {diverged} diverged and {fate}."


def curves(study: pd.DataFrame) -> pd.DataFrame:
    """Return test accuracies (per cent), one row per run and one column per epoch, from 1.

    Runs that diverged and are left out have no row. Raise `NasevalError` if the study has no
    curves, has runs of different lengths, or has runs on more than one dataset.
    """
    one_dataset(study)
    study = study.reset_index(drop=True)
    name = study["study"].iloc[0]
    rows = study[(study["reading"] == "epoch") & study["test_accuracy"].notna()]
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
    """Scale `epoch` of a run of 600 epochs to one of `epochs` epochs; the result is at least 1."""
    return max(1, round(epoch * epochs / PAPER_EPOCHS))


def summarise(study: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return one row per group of runs and statistic (`best`, and `last` if it is known).

    Columns: those of `by`, statistic, the number of runs `trained` and of those counted, `n`;
    `mean`, `std` (population, ddof 0), `std_sample` (ddof 1), `min`, `max`, and `low` to `high`,
    Student's confidence interval of the mean (level `CONFIDENCE`; NaN if fewer than two runs
    differ). Accuracies are in per cent. Groups are in order of appearance.
    """
    runs = finals(study)
    tables = [_table(trained(runs, name), list(by), name) for name in STATISTICS]
    return pd.concat([table for table in tables if len(table)], ignore_index=True)


def _table(runs: pd.DataFrame, by: list[str], statistic: str) -> pd.DataFrame:
    groups = runs.groupby(by, dropna=False, sort=False)[statistic]
    n, mean, sample = groups.count(), groups.mean(), groups.std(ddof=1)
    differing = sample.where(groups.max() - groups.min() > ROUNDING)
    half = stats.t.ppf((1 + CONFIDENCE) / 2, np.maximum(n - 1, 1)) * differing / np.sqrt(n)
    columns = {
        "trained": groups.size(),
        "n": n,
        "mean": mean,
        "std": groups.std(ddof=0),
        "std_sample": sample,
        "min": groups.min(),
        "max": groups.max(),
        "low": mean - half,
        "high": mean + half,
    }
    table = pd.DataFrame(columns).reset_index()
    table.insert(len(by), "statistic", statistic)
    return table


def best_and_last(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split a tidy table into the rows of `best` and those of `last`; the latter may be empty."""
    best, last = (table[table["statistic"] == statistic] for statistic in STATISTICS)
    return best, last

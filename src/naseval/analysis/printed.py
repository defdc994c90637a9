"""The cells that papers print, among random architectures of their space."""

import numpy as np
import pandas as pd

from naseval.analysis.contrasts import FEWEST
from naseval.analysis.finals import READINGS, STATISTICS, finals
from naseval.analysis.intervals import (
    CONFIDENCE,
    PERCENT,
    Values,
    percentile_interval,
    resampled_weights,
)
from naseval.analysis.wording import count, interval, spread
from naseval.printed.catalogue import printed_cells

REPORT_TABLES = {
    "printed": {
        "title": "The cells that papers print, among random architectures",
        "paper": (
            "Not in the paper: the cells that other papers print, trained as random architectures "
            "of their space are. Shown is how many in a hundred random architectures a cell "
            "leaves behind. Their authors selected them on CIFAR-10."
        ),
        "order": 16,
        "study": "printed",
        "sources": ["reproduced"],
        "named": True,
    },
}

SELECTED = "Their authors selected the printed cells on CIFAR-10; nobody selected the random ones."


def percentiles(study: pd.DataFrame) -> pd.DataFrame:
    """Return where each printed cell stands among the random architectures of its space.

    `study` is the printed study (`schemas.STUDY`). The result has a row for each statistic (`best`,
    `last`), dataset, space and cell: its `label`, the numbers of trainings `n` and of random
    architectures `random_n`, means and population standard deviations over each (`mean`, `std`,
    `random_mean`, `random_std`, per cent of images), and `percentile`: the per cent of random
    architectures that are less accurate, ties counting half, averaged over the trainings. `low` and
    `high` are its bootstrap interval over trainings and random architectures, or for a percentile
    of 0 or 100 Clopper and Pearson's interval over the architectures; NaN if either are fewer than
    `FEWEST`.
    """
    runs = finals(study)
    rows = []
    for statistic in STATISTICS:
        there = runs.dropna(subset=[statistic])
        for (dataset, space), here in there.groupby(["dataset", "space"], sort=False):
            by_genotype = here[here["origin"] == "random"].groupby("genotype", sort=False)
            random = [group.to_numpy(np.float64) for _, group in by_genotype[statistic]]
            cells = here[here["origin"] == "printed"].groupby("genotype", sort=False)
            for genotype, values in cells[statistic]:
                names = {"statistic": statistic, "dataset": dataset, "space": space}
                row = _row(str(genotype), values.to_numpy(np.float64), random)
                rows.append({**names, "genotype": genotype, **row})
    columns = ["statistic", "dataset", "space", "genotype", *_row("", np.array([]), [])]
    return pd.DataFrame(rows, columns=columns)


def _row(genotype: str, accuracies: Values, random: list[Values]) -> dict[str, object]:
    space, _, key = genotype.partition("/printed-")
    cell = printed_cells(space).get(key) if key else None
    means = np.array([values.mean() for values in random])
    percentile, low, high = percentile_among(accuracies, random)
    return {
        "label": cell.label if cell else key,
        "n": len(accuracies),
        "random_n": len(random),
        "mean": accuracies.mean() if len(accuracies) else np.nan,
        "std": accuracies.std() if len(accuracies) else np.nan,
        "random_mean": means.mean() if len(means) else np.nan,
        "random_std": means.std() if len(means) else np.nan,
        "percentile": percentile,
        "low": low,
        "high": high,
    }


def percentile_among(accuracies: Values, random: list[Values]) -> tuple[float, float, float]:
    """Return the percentile and its interval; a random architecture counts once."""
    if not len(accuracies) or not random:
        return np.nan, np.nan, np.nan
    beaten = np.column_stack([_share_below(accuracies, values) for values in random])
    value = 100 * float(beaten.mean())
    trainings, architectures = beaten.shape
    if min(trainings, architectures) < FEWEST:
        return value, np.nan, np.nan
    if value in (0.0, 100.0):
        # Every resample would say the same. These are the exact limits of Clopper and Pearson.
        limit = 100 * ((1 - CONFIDENCE) / 2) ** (1 / architectures)
        return (value, limit, 100.0) if value else (value, 0.0, 100 - limit)
    weights = resampled_weights(trainings, "printed cell")
    resampled = (weights @ beaten) * resampled_weights(architectures, "random architectures")
    low, high = percentile_interval(100 * resampled.sum(axis=1) / beaten.size)
    return value, low, high


def _share_below(accuracies: Values, values: Values) -> Values:
    """Return for each accuracy the share of `values` below it; a tie counts half."""
    below = accuracies[:, None] > values
    ties = accuracies[:, None] == values
    share: Values = (below + 0.5 * ties).mean(axis=1)
    return share


def table(study: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return `percentiles`, the same for readers, and a note."""
    tidy = percentiles(study)
    shown = pd.DataFrame(
        [
            {
                "dataset": row["dataset"],
                "space": row["space"],
                "cell": row["label"],
                "statistic": row["statistic"],
                "accuracy": spread(row["mean"], row["std"], row["n"]),
                "n": row["n"],
                "random": spread(row["random_mean"], row["random_std"], row["random_n"]),
                "random n": row["random_n"],
                "percentile": interval(row["percentile"], row["low"], row["high"], 0),
            }
            for row in tidy.to_dict("records")
        ],
        columns=["dataset", "space", "cell", "statistic", "accuracy", "n", "random", "random n",
                 "percentile"],
    )  # fmt: skip
    note = (
        f"Accuracies: mean ± population standard deviation, of a cell over its trainings (n), of "
        f"random architectures over them. Percentile: per cent of the random architectures of the "
        f"space, trained by the same protocol, that are less accurate, averaged over trainings, "
        f"with the {PERCENT} bootstrap interval over trainings and architectures, or for 0 and 100 "
        f"that of Clopper and Pearson over the architectures. "
        f"{SELECTED} {summary(tidy)}"
    )
    return tidy, shown, note


def summary(tidy: pd.DataFrame) -> str:
    """Return a sentence: how many cells are surely above and below the median architecture."""
    reading = STATISTICS[-1] if (tidy["statistic"] == STATISTICS[-1]).any() else STATISTICS[0]
    known = tidy[(tidy["statistic"] == reading) & tidy["low"].notna()]
    if known.empty:
        return "No cell has an interval yet."
    above, under = int((known["low"] > 50).sum()), int((known["high"] < 50).sum())
    return (
        f"Of {count(len(known), 'cell')} with an interval ({READINGS[reading]}, each dataset), "
        f"{above} {'lies' if above == 1 else 'lie'} wholly above the median random architecture "
        f"and {under} wholly below, each by itself, not adjusted for their number."
    )

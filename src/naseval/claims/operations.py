"""Claims on the space of plain convolutions (sections 5.2 and 6, Fig. 6)."""

import pandas as pd

from naseval.claims.distribution import original
from naseval.claims.rule import Rule, Rules
from naseval.claims.tables import Readings, Tables, known, some


def modified(tables: Tables) -> dict[str, pd.DataFrame]:
    """Return the random architectures of the modified space by reading."""
    return {
        reading: some(runs, origin="random", space="modified")
        for reading, runs in tables.accuracies("operations").items()
    }


def count(tables: Tables) -> Readings:
    """Count architectures of the modified space."""
    return {"architectures": len(next(iter(modified(tables).values())))}


def shift(tables: Tables) -> Readings:
    """Percentage points between the mean accuracies of the two spaces."""
    others = modified(tables)
    return known(
        {
            reading: float(runs["accuracy"].mean() - others[reading]["accuracy"].mean())
            for reading, runs in original(tables).items()
            if reading in others
        }
    )


def total(tables: Tables) -> Readings:
    """Count the architectures of both spaces."""
    spaces = (original(tables), modified(tables))
    return {"both spaces": sum(len(next(iter(readings.values()))) for readings in spaces)}


def extremes(tables: Tables) -> Readings:
    """Mean, lowest and highest accuracy of the DARTS space, per cent."""
    return {
        reading: [float(runs["accuracy"].agg(name)) for name in ("mean", "min", "max")]
        for reading, runs in original(tables).items()
    }


RULES: Rules = {
    "s52.n": Rule(("operations",), count),
    "s52.shift": Rule(("operations", "distribution"), shift),
    "s52.total": Rule(("operations", "distribution"), total),
    "fig6.final": Rule(("distribution",), extremes),
}

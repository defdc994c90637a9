"""Claims of section 4: training protocols (Fig. 3)."""

from functools import partial

import pandas as pd

from naseval.claims.absent import lacking
from naseval.claims.rules._rule import STATISTICS, Rule, Rules
from naseval.claims.tables import Readings, Tables, some
from naseval.published.paper import PROTOCOLS

SIMPLEST, *_, FULLEST = PROTOCOLS
DRAWN = ("mean", "std", "min", "max")
"""The statistics that Fig. 3 shows for every protocol."""


def count_protocols(tables: Tables) -> Readings:
    """Count the protocols."""
    return {"protocols": int(_random(tables)["protocol"].nunique())}


def count_architectures(tables: Tables) -> Readings:
    """Count the architectures of the protocol that has the fewest."""
    return {"fewest": int(_random(tables).groupby("protocol")["genotype"].nunique().min())}


def _random(tables: Tables) -> pd.DataFrame:
    return some(tables["protocols"], origin="random")


def protocol_statistic(tables: Tables, protocol: str, statistic: str) -> Readings:
    """Return a statistic (per cent) of the accuracies under one protocol; `std` has ddof 1."""
    compute = STATISTICS["std_sample" if statistic == "std" else statistic]
    found = {}
    for reading, runs in tables.accuracies("protocols").items():
        accuracies = some(runs, origin="random", protocol=protocol)["accuracy"]
        if statistic == "std" and len(accuracies) < 2:
            lacking("one architecture has no standard deviation")
        found[reading] = compute(accuracies)
    return found


def protocol_gap(tables: Tables) -> Readings:
    """Return the gap between the fullest and the simplest protocol, in percentage points."""
    found: Readings = {}
    for statistic in ("mean", "max", "min"):
        high = protocol_statistic(tables, FULLEST, statistic)
        low = protocol_statistic(tables, SIMPLEST, statistic)
        found |= {f"{statistic}, {reading}": high[reading] - low[reading] for reading in high}
    return found


def best_darts(tables: Tables) -> Readings:
    """Return the accuracy of the best searched DARTS network on CIFAR-10, in per cent."""
    return {
        reading: float(
            some(runs, dataset="cifar10", method="darts", origin="searched")["accuracy"].max()
        )
        for reading, runs in tables.accuracies("benchmark").items()
    }


RULES: Rules = {
    "fig3.protocols": Rule(("protocols",), count_protocols),
    "fig3.archs": Rule(("protocols",), count_architectures),
    "fig3.gap": Rule(("protocols",), protocol_gap),
    "fig3.best": Rule(
        ("protocols",), partial(protocol_statistic, protocol=FULLEST, statistic="max")
    ),
    "fig3.darts_best": Rule(("benchmark",), best_darts),
    **{
        f"fig3.{protocol}.{statistic}": Rule(
            ("protocols",), partial(protocol_statistic, protocol=protocol, statistic=statistic)
        )
        for protocol in PROTOCOLS
        for statistic in DRAWN
    },
}

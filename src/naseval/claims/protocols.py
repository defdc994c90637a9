"""Claims on training protocols (section 4, Fig. 3)."""

from functools import partial

import pandas as pd

from naseval.claims.rule import Rule, Rules
from naseval.claims.spread import SPREADS
from naseval.claims.tables import Readings, Tables, some

PROTOCOLS = (
    "base",
    "a",
    "d",
    "c",
    "cd",
    "cda",
    "cda-50c",
    "cda-aa",
    "cda-aa-1500e",
    "cda-aa-50c-1500e",
)
SIMPLEST, FULLEST = PROTOCOLS[0], PROTOCOLS[-1]
SHOWN = ("mean", "std", "min", "max")


def count(tables: Tables) -> Readings:
    """Count protocols."""
    return {"protocols": int(_random(tables)["protocol"].nunique())}


def architectures(tables: Tables) -> Readings:
    """Count the architectures of the protocol with the fewest."""
    return {"fewest": int(_random(tables).groupby("protocol")["genotype"].nunique().min())}


def _random(tables: Tables) -> pd.DataFrame:
    return some(tables["protocols"], origin="random")


def of_protocol(tables: Tables, protocol: str, statistic: str) -> Readings:
    """Return a statistic (per cent) of the accuracies under one protocol; `std` has ddof 1."""
    spread = SPREADS["std_sample" if statistic == "std" else statistic]
    return {
        reading: spread(some(runs, origin="random", protocol=protocol)["accuracy"])
        for reading, runs in tables.accuracies("protocols").items()
    }


def gap(tables: Tables) -> Readings:
    """Percentage points between the fullest and the simplest protocol: of means, of extremes."""
    found: Readings = {}
    for statistic in ("mean", "max", "min"):
        high = of_protocol(tables, FULLEST, statistic)
        low = of_protocol(tables, SIMPLEST, statistic)
        found |= {f"{statistic}, {reading}": high[reading] - low[reading] for reading in high}
    return found


def best_darts(tables: Tables) -> Readings:
    """Per cent of the best searched DARTS network on CIFAR-10."""
    return {
        reading: float(
            some(runs, dataset="cifar10", method="darts", origin="searched")["accuracy"].max()
        )
        for reading, runs in tables.accuracies("benchmark").items()
    }


RULES: Rules = {
    "fig3.protocols": Rule(("protocols",), count),
    "fig3.archs": Rule(("protocols",), architectures),
    "fig3.gap": Rule(("protocols",), gap),
    "fig3.best": Rule(("protocols",), partial(of_protocol, protocol=FULLEST, statistic="max")),
    "fig3.darts_best": Rule(("benchmark",), best_darts),
    **{
        f"fig3.{protocol}.{statistic}": Rule(
            ("protocols",), partial(of_protocol, protocol=protocol, statistic=statistic)
        )
        for protocol in PROTOCOLS
        for statistic in SHOWN
    },
}

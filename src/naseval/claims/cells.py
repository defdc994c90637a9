"""Claims on the number of cells (section 5.1, Fig. 7)."""

from functools import partial

from naseval.claims.distribution import original
from naseval.claims.rule import Rule, Rules
from naseval.claims.spread import SPREADS
from naseval.claims.tables import Readings, Tables, known, some

COUNTS = (4, 6, 8, 12, 16, 20, 24)
SHOWN = ("mean", "std", "max")


def networks(tables: Tables, cells: int) -> Readings:
    """Count the networks of so many cells."""
    return {"networks": len(some(tables.runs("cells"), cells=cells))}


def statistic(tables: Tables, cells: int, name: str) -> Readings:
    """Return a statistic (per cent) of networks of so many cells."""
    return {
        reading: SPREADS[name](some(runs, cells=cells)["accuracy"])
        for reading, runs in tables.accuracies("cells").items()
    }


def span_over_std(tables: Tables) -> Readings:
    """Divide the span of the means by the std of the random architectures of one depth."""
    architectures = original(tables)
    found: Readings = {}
    for reading, runs in tables.accuracies("cells").items():
        if reading in architectures:
            span = SPREADS["range"](runs.groupby("cells")["accuracy"].mean())
            found[reading] = span / SPREADS["std"](architectures[reading]["accuracy"])
    return known(found)


RULES: Rules = {
    "s51.cells_vs_arch": Rule(("cells", "distribution"), span_over_std),
    **{f"fig7.n.{n}": Rule(("cells",), partial(networks, cells=n)) for n in COUNTS},
    **{
        f"fig7.{name}.{n}": Rule(("cells",), partial(statistic, cells=n, name=name))
        for n in COUNTS
        for name in SHOWN
    },
}

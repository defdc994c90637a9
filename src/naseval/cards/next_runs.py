"""The section on what to run next: how many runs would decide what is undecided, and their cost."""

import numpy as np

from naseval.analysis.cells import Cell
from naseval.analysis.contrasts import FEWEST
from naseval.analysis.power import (
    PERCENT_LEVEL,
    PERCENT_POWER,
    detectable,
    equivalence_shown,
    runs_needed,
)
from naseval.analysis.verdicts import UNDECIDED, margin_of
from naseval.analysis.wording import count
from naseval.cards.evidence import Evidence
from naseval.cards.markdown import escaped_labels, table
from naseval.cards.verdicts import deciding_cells, verdict_rows

HEAD = ["dataset", "now", "margin", "to see such a difference", "to show equivalence"]
HOUR = 3600

NOTE = (
    f"Searches and as many random architectures, from the spread so far, for a power of "
    f"{PERCENT_POWER} at the plain {PERCENT_LEVEL} level: to see a true difference as large as the "
    "margin, or to show equivalence where there is no difference. The adjustment over many "
    "comparisons may take more, and a spread of few runs is itself uncertain. Random architectures "
    "serve every method of their space and protocol. Raise `searches` and `random` of "
    "`studies.benchmark` (or its `overrides`); what is there is not run again. Costs are the "
    "mean measured times of this method's searches and of its runs on the dataset; where nothing "
    "is measured, `snakemake budget` estimates them."
)


def section(evidence: Evidence, method: str) -> str:
    """Return the section as Markdown."""
    found = verdict_rows(evidence, method)
    if found.empty:
        return "Nothing has been run yet, so nothing is known of the spread."
    undecided = set(found.loc[found["decides"] & (found["verdict"] == UNDECIDED), "dataset"])
    if not undecided:
        return "Everything that has been run is decided."
    labels = escaped_labels(evidence.config.labels["datasets"])
    prices = _prices(evidence, method)
    rows = []
    for cell in deciding_cells(evidence, method):
        if cell.dataset not in undecided:
            continue
        margin = margin_of(cell, evidence.config.margins)
        price = prices.get(cell.dataset, (np.nan, np.nan))
        rows.append([labels[cell.dataset], _now(cell), margin, *_takes(cell, margin, price)])
    return f"{table(HEAD, rows)}\n\n{NOTE}"


def _now(cell: Cell) -> str:
    searched = count(cell.searched.size, "search", "searches")
    return f"{searched}, {cell.random.size} random"


def _takes(cell: Cell, margin: float, price: tuple[float, float]) -> list[str]:
    """Return what a difference of the margin and what equivalence would take."""
    variances = np.array([group.std for group in cell.groups]) ** 2
    if not variances.sum() > 0:
        first = _more(cell, FEWEST, price)
        return [first, "–"] if np.isnan(variances).any() else ["runs that differ", "–"]
    needed = (runs_needed(variances, margin, shown) for shown in (detectable, equivalence_shown))
    return [_more(cell, runs, price) for runs in needed]


def _more(cell: Cell, runs: int, price: tuple[float, float]) -> str:
    """Return e.g. `16 on each side: 8 more searches, 8 more random (3.2 device-hours)`."""
    searches, random = (max(0, runs - side.size) for side in (cell.searched, cell.random))
    more = f"{count(searches, 'more search', 'more searches')}, {random} more random"
    if not searches + random:
        return f"{runs} on each side, which are there"
    hours = (searches * sum(price) + random * price[1]) / HOUR
    if np.isnan(hours):
        return f"{runs} on each side: {more}"
    return f"{runs} on each side: {more} ({hours:{',.0f' if hours >= 10 else '.2g'}} device-hours)"


def _prices(evidence: Evidence, method: str) -> dict[str, tuple[float, float]]:
    """Return the mean seconds of a search and of a run by dataset, where both are measured."""
    searches, runs = evidence.search_seconds(method), evidence.run_seconds(method)
    return {name: (searches[name], runs[name]) for name in searches.keys() & runs.keys()}

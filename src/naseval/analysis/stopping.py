"""Cells that are judged in steps: the verdict at a look, and where each cell stopped.

`sequential` has the statistics, and docs/statistics.md explains them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from naseval.analysis.cells import cells
from naseval.analysis.conclusions import counts
from naseval.analysis.contrasts import Contrast, difference
from naseval.analysis.intervals import PERCENT
from naseval.analysis.sequential import decide, nominal_levels
from naseval.analysis.verdicts import UNDECIDED
from naseval.analysis.wording import count, interval
from naseval.settings.looks import Look

REPORT_TABLES = {
    "stopping": {
        "title": "Where did each comparison stop?",
        "paper": (
            "Not in the paper, which trains 8 searches and 8 random architectures of every method "
            "on every dataset."
        ),
        "order": 2,
        "sources": ("reproduced",),
        "inputs": {"decisions": "decisions/benchmark.parquet"},
        "part_of": "benchmark",
        "needs": ("studies.benchmark.stepwise",),
        "named": True,
    },
}

OVERSTATED = (
    "Differences of cells that stopped early are overstated on average, because a large one is "
    "what stopped them"
)
NOTE = (
    f"The interval is the repeated one: over all looks it holds the true difference with "
    f"{PERCENT}. "
    f"{OVERSTATED}. For each cell a false better or worse has a chance of at most 5 % over all "
    "looks, and so has a false equivalent; for the table as a whole nothing is guaranteed "
    "(docs/statistics.md has simulated shares). Methods are ranked and compared with each other as "
    "if the numbers of runs had been fixed in advance, which tells equal methods apart somewhat "
    "too often."
)


def judged_look(
    study: pd.DataFrame, names: tuple[str, str], looks: Sequence[Sequence[int]], look: int,
    margin: float,
) -> dict[str, Any]:  # fmt: skip
    """Judge a cell at one of its looks; return a row of `schemas.LOOK`.

    `study` (`schemas.STUDY`) has the cell's runs at this look, `names` are its dataset and method,
    `looks` has the numbers of searches and random architectures at each look, and `look` counts
    from 1. The accuracy after the last epoch decides. With fewer than `contrasts.FEWEST` runs that
    count on a side, the verdict is undecided. Earlier looks are not judged again: this one is only
    made if they were undecided.
    """
    cell = next((cell for cell in cells(study) if cell.decides), None)
    enough = cell is not None and cell.enough
    found = difference(*cell.groups) if cell and enough else Contrast(np.nan, np.nan, np.nan)
    searched, random = zip(*looks, strict=True)
    levels = nominal_levels(tuple(searched), random=tuple(random))
    decision = decide([found], margin, levels)
    planned = Look(*looks[look - 1])
    numbers = {
        "difference": found.value,
        "low": decision.low,
        "high": decision.high,
        "difference_p": found.difference_p(),
        "equivalence_p": found.equivalence_p(margin),
    }
    return {
        "dataset": names[0],
        "method": names[1],
        "look": look,
        "looks": len(looks),
        **planned._asdict(),
        "searched_n": cell.searched.size if cell else 0,
        "random_n": cell.random.size if cell else 0,
        **{name: float(n) if np.isfinite(n) else None for name, n in numbers.items()},
        "difference_level": levels.difference,
        "equivalence_level": levels.equivalence,
        "margin": margin,
        "verdict": decision.verdict,
        "decided": decision.verdict != UNDECIDED,
    }


def sentence(row: Mapping[str, Any]) -> str:
    """Return where a cell stopped, or how far it has come, from a row of `schemas.LOOK`."""
    value, low, high = (np.nan if row[name] is None else row[name] for name in ENDS)
    runs = f"{count(row['searches'], 'search', 'searches')} against {row['random']} random"
    where = f"look {row['look']} of {row['looks']}"
    if row["decided"]:
        state = f"stopped at n = {row['searches']} ({runs}, {where}): **{row['verdict']}**"
    elif row["look"] == row["looks"]:
        state = f"undecided at the last look, n = {row['searches']} ({runs})"
    else:
        state = f"still undecided at n = {row['searches']} ({runs}, {where}), so more are planned"
    if np.isnan(value):
        return f"{state}, for want of runs"
    return f"{state}, difference {interval(value, low, high)} points"


def table(decisions: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return the decisions (`schemas.LOOK`), a form for people, and a sentence on all of them."""
    rows = [
        {
            "dataset": row["dataset"],
            "method": row["method"],
            "verdict": row["verdict"],
            "stopped at": f"n = {row['searches']}, look {row['look']} of {row['looks']}",
            "searches": row["searched_n"],
            "random": row["random_n"],
            "difference, points": interval(*(row[name] for name in ENDS)),
            "margin": row["margin"],
        }
        for row in decisions.to_dict("records")
    ]
    saved = _saved(decisions)
    return decisions, pd.DataFrame(rows), f"{counts(decisions)}. {saved} {NOTE}"


def _saved(decisions: pd.DataFrame) -> str:
    early = int((decisions["look"] < decisions["looks"]).sum())
    return (
        f"{count(early, 'cell')} of {len(decisions)} stopped before the last look; a cell took "
        f"{decisions['searches'].mean():.1f} searches on average."
    )


ENDS = ("difference", "low", "high")

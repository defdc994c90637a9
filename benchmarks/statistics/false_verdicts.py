"""How many verdicts of a whole table are false."""

import numpy as np
from benchmarks.bench.document import table
from numpy.typing import NDArray

from naseval.analysis.comparison import LEVEL
from naseval.analysis.contrasts import Contrast, Numbers
from naseval.analysis.sequential import simulated
from naseval.analysis.verdicts import Levels, adjusted

SPREADS = {0.23: 0.25, 0.6: 0.5, 1.0: 1.0}
"""Standard deviations, with the margin of such a dataset, in points."""
TRUE = (0.0, 0.5, -1.0, 2.0)
"""True differences, as multiples of the margin."""
REPEATS = 4
"""A table has so many cells of each spread and true difference."""

Codes = NDArray[np.int64]


def first_verdicts(found: Contrast, margin: Numbers, levels: Levels) -> tuple[Codes, Codes]:
    """Return the first verdict of each cell, and its look, from 0, from arrays (looks, cells).

    Verdicts are 1 for better, −1 for worse, 2 for equivalent and 0 for undecided, as
    `naseval.analysis.sequential.decide` gives them.
    """
    differs = np.asarray(found.difference_p()) < levels.difference
    same = np.asarray(found.equivalence_p(margin)) < levels.equivalence
    codes = _codes(found.value, differs, same)
    decided = codes != 0
    looks = np.where(decided.any(axis=0), decided.argmax(axis=0), len(codes) - 1)
    return np.take_along_axis(codes, looks[None], axis=0)[0], looks


def _codes(value: Numbers, differs: NDArray[np.bool_], same: NDArray[np.bool_]) -> Codes:
    return np.where(differs, np.sign(value), np.where(same, 2, 0)).astype(np.int64)


def false_verdicts_table(levels: dict[tuple[int, ...], Levels], tables: int) -> str:
    """Return the mean shares of false verdicts in `tables` tables, by the looks of each design."""
    rows = []
    for looks, ours in levels.items():
        name = f"stop, most {looks[-1]}" if len(looks) > 1 else f"fixed {looks[0]}, adjusted"
        rows.append([name, *(f"{100 * share:.1f}" for share in _false_shares(looks, ours, tables))])
    cells = len(SPREADS) * len(TRUE) * REPEATS
    head = ["design", "false among better and worse, %", "false among equivalent, %"]
    return (
        f"The mean share of false verdicts in {tables:,} tables of {cells} cells, a quarter each "
        f"with a true difference of {', '.join(f'{true:g}' for true in TRUE)} margins; it is "
        f"simulated, not guaranteed:\n\n{table(head, rows)}"
    )


def _false_shares(looks: tuple[int, ...], levels: Levels, tables: int) -> tuple[float, float]:
    """Return the mean shares per table; a table without such verdicts has 0 false ones."""
    std, margin, factor = np.array(
        [(std, margin, true) for std, margin in SPREADS.items() for true in TRUE] * REPEATS
    ).T
    true = factor * margin
    null = simulated(looks, tables * len(true), "tables")
    parts = [np.reshape(part, (len(looks), tables, -1)) for part in null]
    found = Contrast(true + std * parts[0], std * parts[1], parts[2])
    if len(looks) > 1:
        codes = first_verdicts(found, margin, levels)[0]
    else:
        differs = _rejected(found.difference_p())
        codes = _codes(parts[0][0] * std + true, differs, _rejected(found.equivalence_p(margin)))
    differs, same = np.abs(codes) == 1, codes == 2
    return _share(differs & (np.sign(true) != codes), differs), _share(
        same & (np.abs(true) >= margin), same
    )


def _rejected(p: Numbers) -> NDArray[np.bool_]:
    """Return which cells of the only look are significant after adjustment, table by table."""
    return np.array([adjusted(row) < LEVEL for row in np.asarray(p)[0]])


def _share(false: NDArray[np.bool_], given: NDArray[np.bool_]) -> float:
    return float((false.sum(axis=-1) / np.maximum(1, given.sum(axis=-1))).mean())

"""What stopping at the first verdict saves and costs, on a grid fixed in advance."""

import itertools
from typing import NamedTuple

import numpy as np
from benchmarks.bench.document import table
from benchmarks.statistics.after_stopping import pairs_table
from benchmarks.statistics.false_verdicts import SPREADS, false_verdicts_table, first_verdicts

from naseval.analysis.comparison import LEVEL
from naseval.analysis.contrasts import Contrast
from naseval.analysis.sequential import at_difference, nominal_levels, simulated
from naseval.analysis.verdicts import Levels
from naseval.settings.looks import Steps

PLANS = (Steps(start=4, step=4, most=16), Steps(start=4, step=4, most=32))
FIXED = (8, 16, 32)
DIFFERENCES = (0.0, 0.3, 0.5, 0.8)
SIZES = tuple(range(4, 65))
"""Fixed numbers of runs among which that of equal power is looked for."""

Design = tuple[int, ...]
"""The numbers of runs at which a cell is judged; a fixed number has one."""
Cell = tuple[float, float, float]
"""Standard deviation, margin and true difference, in points."""
Grid = dict[tuple[Cell, Design], "Rates"]


class Rates(NamedTuple):
    """Shares of verdicts, and the mean number of runs on each side."""

    better: float
    worse: float
    equivalent: float
    runs: float

    def __str__(self) -> str:
        """Return the shares in per cent, undecided ones last, and the runs."""
        undecided = abs(1 - self.better - self.worse - self.equivalent)
        shares = (self.better, self.worse, self.equivalent, undecided)
        return f"{' / '.join(f'{100 * share:.0f}' for share in shares)}, n = {self.runs:.1f}"


def rates(null: Contrast, looks: Design, cell: Cell, levels: Levels) -> Rates:
    """Return the rates of a cell (standard deviation, margin, true difference)."""
    std, margin, true = cell
    codes, ended = first_verdicts(at_difference(null, true, std), margin, levels)
    shares = [float((codes == code).mean()) for code in (1, -1, 2)]
    return Rates(*shares, float(np.take(looks, ended).mean()))


def design_name(looks: Design) -> str:
    """Return e.g. `stop, most 16` or `fixed 8`."""
    return f"stop, most {looks[-1]}" if len(looks) > 1 else f"fixed {looks[0]}"


def stopping_tables(trials: int) -> str:
    """Return the levels, the grid, the savings, and the false verdicts of tables and of pairs."""
    plans = [plan.numbers for plan in PLANS]
    levels = {looks: nominal_levels(looks, 12 * trials) for looks in plans}
    levels |= {(n,): Levels() for n in FIXED}
    nulls = {looks: simulated(looks, 5 * trials) for looks in levels}
    cells = [(std, margin, true) for std, margin in SPREADS.items() for true in DIFFERENCES]
    grid = {
        (cell, looks): rates(nulls[looks], looks, cell, levels[looks])
        for cell in cells
        for looks in levels
    }
    return "\n\n".join(
        (
            _levels_table(plans, levels, nulls),
            _grid_table(grid, cells, plans, 5 * trials),
            _savings_table(grid, cells, plans, simulated(SIZES, trials)),
            false_verdicts_table(levels, trials // 4),
            pairs_table(levels, 5 * trials),
        )
    )


def _levels_table(
    plans: list[Design],
    levels: dict[Design, Levels],
    nulls: dict[Design, Contrast],
) -> str:
    rows = [
        [
            ", ".join(map(str, looks)),
            f"{levels[looks].difference:.4f}",
            f"{levels[looks].equivalence:.4f}",
            f"{100 * _false_differences(nulls[looks], Levels()):.1f}",
            f"{100 * _false_differences(nulls[looks], levels[looks]):.1f}",
            f"{100 * _false_equivalences(nulls[looks], Levels()):.1f}",
            f"{100 * _false_equivalences(nulls[looks], levels[looks]):.1f}",
        ]
        for looks in plans
    ]
    head = [
        "looks at n", "level of Welch's test", "level of TOST",
        "false differences at 0.05, %", "at this level, %",
        "false equivalences at 0.05, %", "at this level, %",
    ]  # fmt: skip
    return table(head, rows)


def _false_differences(null: Contrast, levels: Levels) -> float:
    """Return the share of cells without a difference that are called better or worse."""
    codes, _ = first_verdicts(null, 1e-9, levels)
    return float((np.abs(codes) == 1).mean())


def _false_equivalences(null: Contrast, levels: Levels) -> float:
    """Return the largest share of cells at the margin, over spreads, called equivalent."""
    spreads = np.arange(0.4, 2.0, 0.1)
    found = (first_verdicts(at_difference(null, 1.0, std), 1.0, levels)[0] for std in spreads)
    return max(float((codes == 2).mean()) for codes in found)


def _grid_table(
    grid: Grid,
    cells: list[Cell],
    plans: list[Design],
    trials: int,
) -> str:
    designs = [*plans, *((n,) for n in FIXED)]
    rows = [
        [f"{std:g}", f"{margin:g}", f"{true:g}"]
        + [str(grid[(std, margin, true), looks]) for looks in designs]
        for std, margin, true in cells
    ]
    names = [design_name(looks) for looks in designs]
    return (
        f"Better / worse / equivalent / undecided in % of {trials:,} cells, and the mean number of "
        f"searches and as many random runs:\n\n{table(['std', 'margin', 'true', *names], rows)}"
    )


def _savings_table(
    grid: Grid,
    cells: list[Cell],
    plans: list[Design],
    null: Contrast,
) -> str:
    """Compare the mean number of runs with the fixed number that names the better side as often."""
    rows = []
    for cell, looks in itertools.product([cell for cell in cells if cell[2]], plans):
        found, (std, _, true) = grid[cell, looks], cell
        moved = at_difference(null, true, std)
        right = (np.asarray(moved.difference_p()) < LEVEL) & (np.asarray(moved.value) > 0)
        enough = right.mean(axis=1) >= found.better
        fixed = SIZES[int(enough.argmax())] if enough.any() else None
        saved = f"{100 * (1 - found.runs / fixed):+.0f}" if fixed else "–"
        power, mean = f"{100 * found.better:.0f}", f"{found.runs:.1f}"
        text = str(fixed) if fixed else f"over {SIZES[-1]}"
        rows.append([f"{std:g}", f"{true:g}", str(looks[-1]), power, mean, text, saved])
    head = ["std", "true", "most", "called better, %", "mean n", "fixed n as good", "saved, %"]
    return (
        "Savings against the fixed number of runs that calls the better side better as often "
        f"(negative: a loss):\n\n{table(head, rows)}"
    )

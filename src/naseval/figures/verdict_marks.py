"""Verdicts and intervals in figures: colours, lines of relative improvements, their legends."""

from collections.abc import Iterable

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from naseval.analysis.contrasts import FEWEST
from naseval.analysis.finals import READINGS
from naseval.analysis.verdicts import KINDS, counted_as
from naseval.figures.style import BACKGROUND, COLOURS, INK, READING_MARKERS, Row

NO_VERDICT = "no verdict"


def verdict_colour(verdict: str) -> str:
    """Return the colour of a verdict, as it is counted; an empty one is `NO_VERDICT`."""
    return COLOURS[counted_as(verdict) or NO_VERDICT]


def verdict_handles(verdicts: Iterable[str]) -> list[Artist]:
    """Return the legend entries of the verdicts that occur, as they are counted."""
    present = {counted_as(verdict) or NO_VERDICT for verdict in verdicts}
    kinds = [kind for kind in (*KINDS, NO_VERDICT) if kind in present]
    return [Patch(color=COLOURS[kind], label=kind) for kind in kinds]


def improvement_line(panel: Axes, y: float, row: Row) -> None:
    """Draw a row of `relative_improvements` at the height `y`, in the colour of its `verdict`.

    The marker is that of the statistic; it is hollow without an interval. The interval is dotted if
    a side has fewer than `FEWEST` runs.
    """
    colour = verdict_colour(row["verdict"])
    dots = ":" if _is_few(row["searched_n"], row["random_n"]) else "-"
    panel.plot([row["low"], row["high"]], [y, y], dots, color=colour, linewidth=1.4)
    face: str = BACKGROUND if pd.isna(row["low"]) else colour
    panel.plot(
        row["relative_improvement"], y, marker=READING_MARKERS[row["statistic"]], markersize=4.5,
        color=colour, markerfacecolor=face,
    )  # fmt: skip


def reading_handle(reading: str) -> Line2D:
    """Return the legend entry of a statistic, `best` or `last`."""
    marker, label = READING_MARKERS[reading], READINGS[reading]
    return Line2D([], [], marker=marker, color=INK, linestyle="none", label=label)


def interval_notes(rows: pd.DataFrame) -> str:
    """Return sentences on what hollow markers and dotted lines mean, if there are any."""
    drawn = rows.dropna(subset=["relative_improvement"])
    fewer = drawn[["searched_n", "random_n"]].min(axis=1)
    dotted = fewer[(fewer < FEWEST) & drawn["low"].notna()]
    notes = ""
    if len(dotted):
        sizes = sorted({int(number) for number in dotted})
        notes += f" Dotted: from {' or '.join(map(str, sizes))} runs, too few for a verdict."
    return notes + (" Hollow: no interval." if drawn["low"].isna().any() else "")


def _is_few(searched: int, random: int) -> bool:
    return min(searched, random) < FEWEST

"""Puts judgements into a table and into sentences."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from naseval.analysis.comparison import LEVEL
from naseval.analysis.contrasts import FEWEST
from naseval.analysis.inflation import BEST_EPOCH
from naseval.analysis.intervals import PERCENT
from naseval.analysis.power import PERCENT_POWER
from naseval.analysis.tables import escaped, markdown
from naseval.analysis.verdicts import EQUIVALENT, UNDECIDED
from naseval.judge.judgement import NONE

SHOWN = [
    "name", "n", "mean", "std", "relative_improvement", "difference", "low", "high",
    "difference_q", "equivalence_q", "detectable", "inflation", "equivalent_at", "verdict",
]  # fmt: skip

BEST = (
    " Accuracies of the best epoch were chosen on the test images, which adds another 0 to "
    f"{BEST_EPOCH:.2f} points to both sides (the mean over 214 architectures on CIFAR-10; "
    "elsewhere it may be more)."
)


def report(table: pd.DataFrame, baseline: str, margin: float) -> str:
    """Return the table of `judgement.judge`, its note, and one sentence for each row."""
    note = (
        f"Against {escaped(baseline)}, with a margin of {margin:g} points. mean, std (ddof 1) and "
        f"difference in points of accuracy; low to high is Welch's {PERCENT} interval; "
        "relative_improvement in per cent. difference_q and equivalence_q are the p-values of "
        "Welch's test and of the two one-sided tests after Benjamini and Hochberg's adjustment "
        f"over the table (level {LEVEL:g}). inflation: the points that choosing the best of "
        "several results adds, none if the chosen one was trained and tested anew."
    )
    if (table["statistic"] == "best").any():
        note += BEST
    ranges = [_range(most) for most in table["inflation"]]
    shown = table.assign(inflation=ranges)[SHOWN]
    named = table.assign(name=table["name"].map(escaped))
    sentences = "\n".join(f"- {sentence(row)}" for row in named.to_dict("records"))
    return f"{markdown(shown, 'Judgement', note)}\n{sentences}\n"


def _range(most: float) -> str:
    return f"0 to {most:.2f}" if most > 0 else "–" if pd.isna(most) else "0"


def sentence(row: Mapping[Hashable, Any]) -> str:
    """Return one sentence on a row of `judgement.judge`."""
    gain = f"{row['difference']:+.2f} points"
    if row["verdict"] == NONE:
        return f"{row['name']}: no verdict ({gain}), because {row['reason']}{_inflated(row)}."
    if pd.notna(row["low"]):
        gain += f", {PERCENT} interval {row['low']:+.2f} to {row['high']:+.2f}"
    if row["from_n"] < FEWEST:
        gain += f", from {row['from_n']} run{'s' * (row['from_n'] != 1)}"
    return f"{row['name']}: {row['verdict']} ({gain}){_why(row)}{_inflated(row)}."


def _why(row: Mapping[Hashable, Any]) -> str:
    if row["from_n"] < FEWEST:
        return f"; a verdict takes {FEWEST} runs on each side"
    if pd.isna(row["low"]):
        return "; a verdict takes the spread of both sides, of one of them above 0"
    if row["verdict"] == EQUIVALENT:
        return f", within {row['margin']:g} points"
    if row["verdict"] != UNDECIDED:
        return ""
    return (
        f"; so many runs show a difference of {row['detectable']:.2f} points in {PERCENT_POWER} of "
        f"cases, and it would be equivalent with a margin above {row['equivalent_at']:.2f}"
    )


def _inflated(row: Mapping[Hashable, Any]) -> str:
    if not row["inflation"] > 0:
        return ""
    text = f"; up to {row['inflation']:.2f} points may come from choosing the best"
    if row["verdict"] == NONE:
        return text
    if row["deflated"].startswith("worse") and row["verdict"] != row["deflated"]:
        return f"{text}, without which it is {row['deflated']}"
    kept = "also" if row["deflated"] == row["verdict"] else "only"
    return f"{text}, without which it is {kept} {row['deflated']}"

"""What verdicts come to, in plain sentences."""

import pandas as pd

from naseval.analysis.tables import Labels
from naseval.analysis.verdicts import KINDS, counted_as
from naseval.analysis.wording import count


def counts(table: pd.DataFrame) -> str:
    """Return how many rows have which verdict, e.g. `6 better, 2 worse, 1 equivalent, 3 undecided`.

    Rows `better, by less than the margin` count as better, and likewise for worse.
    """
    found = table["verdict"].map(counted_as).value_counts()
    return ", ".join(f"{found.get(name, 0)} {name}" for name in KINDS)


def summary(table: pd.DataFrame) -> str:
    """Return a sentence on a whole table of `verdicts.against_average`: the rows that decide."""
    rows = table[table["decides"]]
    known = rows[rows["difference"].notna()]
    if known.empty:
        return "There is nothing to judge yet."
    statistic = " and ".join(known["statistic"].unique())
    cells = count(len(known), "comparison")
    return (
        f"Against the average architecture, by the {statistic} accuracy: of {cells} of a method on "
        f"a dataset, {counts(known)}. Undecided means too few runs for this spread, not equal."
    )


def conclusion(rows: pd.DataFrame, dataset_labels: Labels) -> str:
    """Return a sentence on one method, from its rows of `verdicts.against_average` that decide."""
    kinds = rows.loc[rows["decides"], "verdict"].map(counted_as)
    datasets = rows["dataset"].map(lambda name: dataset_labels.get(name, name))
    parts = []
    for name, text in zip(
        KINDS, ("better", "worse", "equivalent to it", "not decided"), strict=True
    ):
        if found := datasets[kinds[kinds == name].index].tolist():
            parts.append(
                f"{text} on {' and '.join(filter(None, [', '.join(found[:-1]), found[-1]]))}"
            )
    return f"Against the average architecture: {'; '.join(parts) or 'nothing to judge yet'}."

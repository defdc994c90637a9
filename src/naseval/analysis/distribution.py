"""The distribution of the accuracies of random architectures (paper, section 5.1)."""

import numpy as np
import pandas as pd

from naseval.analysis.finals import READINGS, finals, one_dataset, summarise
from naseval.analysis.intervals import Values, spread_interval
from naseval.analysis.wording import count, spread

REPORT_TABLES = {
    "distribution": {
        "title": "The accuracies of random architectures",
        "paper": (
            "The paper describes the accuracies of 214 random architectures (section 5.1). "
            "Shown are their moments and percentiles, for the best and the last epoch."
        ),
        "order": 5,
        "function": "distribution",
        "study": "distribution",
    },
}


ADDED = ("std_low", "std_high", "p5", "median", "p95", "range", "near_best")
"""The columns that `distribution` adds to those of `summarise`."""


def distribution(study: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Describe the accuracies of the distribution study; return the table and a sentence.

    The table has the columns of `summarise` (space, statistic, n, mean, std with ddof 0, …) and, in
    addition, the interval of the sample standard deviation (`std_low`, `std_high`; see
    `spread_interval`), the percentiles `p5`, `median` and `p95`, the `range` (maximum − minimum,
    percentage points) and `near_best`, the per cent of architectures less than one point below the
    best; all are NaN where all runs diverged and are left out. Raise `NasevalError` if the runs are
    not on exactly one dataset.
    """
    one_dataset(study)
    table = summarise(study, ["space"])
    runs = finals(study)
    added = []
    for row in table.to_dict("records"):
        here = runs[runs["space"] == row["space"]] if pd.notna(row["space"]) else runs
        values = here[row["statistic"]].dropna().to_numpy(np.float64)
        added.append(dict(zip(ADDED, _described(values), strict=True)))
    table = table.join(pd.DataFrame(added))
    known = table[table["n"] > 0]
    if known.empty:
        return table, "No random architecture has an accuracy, since all runs diverged."
    best = known.iloc[0]
    described = (
        f", from {best['min']:.2f} to {best['max']:.2f} %: a range of {best['range']:.2f} points, "
        f"with {best['near_best']:.1f} % of them less than one point below the best"
    )
    return table, (
        f"{count(best['n'], 'random architecture')} "
        f"{'reaches' if best['n'] == 1 else 'reach'} "
        f"{spread(best['mean'], best['std'], best['n'])} % ({READINGS[best['statistic']]})"
        f"{described if best['n'] > 1 else ''}."
    )


def _described(values: Values) -> tuple[float, ...]:
    """Return the numbers `ADDED`; NaN if there are no values."""
    if not values.size:
        return (np.nan,) * len(ADDED)
    near_best = float(100 * (values > values.max() - 1).mean())
    percentiles = np.percentile(values, [5, 50, 95])
    return (*spread_interval(values), *percentiles, float(np.ptp(values)), near_best)

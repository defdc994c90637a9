"""The distribution of the accuracies of random architectures (paper, section 5.1)."""

import numpy as np
import pandas as pd

from naseval.analysis.finals import READINGS, finals, one_dataset, summarise
from naseval.analysis.intervals import spread_interval
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


def distribution(study: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Describe the accuracies of the distribution study; return the table and a sentence.

    The table has the columns of `summarise` (space, statistic, n, mean, std with ddof 0, …) and, in
    addition, the interval of the sample standard deviation (`std_low`, `std_high`; see
    `spread_interval`), the percentiles `p5`, `median` and `p95`, the `range` (maximum − minimum,
    percentage points) and `near_best`, the per cent of architectures less than one point below the
    best. Raise `NasevalError` if the runs are not on exactly one dataset.
    """
    one_dataset(study)
    table = summarise(study, ["space"])
    runs = finals(study)
    added = []
    for row in table.to_dict("records"):
        here = runs[runs["space"] == row["space"]] if pd.notna(row["space"]) else runs
        values = here[row["statistic"]].dropna().to_numpy(np.float64)
        low, high = spread_interval(values)
        p5, median, p95 = np.percentile(values, [5, 50, 95])
        added.append(
            {
                "std_low": low,
                "std_high": high,
                "p5": p5,
                "median": median,
                "p95": p95,
                "range": float(np.ptp(values)),
                "near_best": float(100 * (values > values.max() - 1).mean()),
            }
        )
    table = table.join(pd.DataFrame(added))
    best = table.iloc[0]
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

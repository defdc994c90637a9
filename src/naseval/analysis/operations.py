"""Comparison of two spaces with different operations (paper, section 5.2 and figure 6)."""

import numpy as np
import pandas as pd
from scipy import stats

from naseval.analysis.comparison import welch
from naseval.analysis.finals import READINGS, STATISTICS, finals, one_dataset, trained
from naseval.analysis.intervals import Values
from naseval.analysis.wording import count, interval
from naseval.errors import NasevalError

REPORT_TABLES = {
    "operations": {
        "title": "Two sets of operations compared",
        "paper": (
            "The paper says how far accuracies shift when the operations change (section "
            "5.2). Shown is the shift with its interval and three tests."
        ),
        "order": 6,
        "function": "operations",
        "study": "operations",
    },
}

BASELINE = "darts"
"""The original space, with which the other one is compared."""


def _row(original: Values, modified: Values) -> dict[str, float]:
    """Compare the accuracies of all trained runs; those left out are NaN."""
    sides = {"original": original, "modified": modified}
    counted = {name: side[~np.isnan(side)] for name, side in sides.items()}
    described = {
        f"{name}_{key}": value
        for name, side in counted.items()
        for key, value in (
            ("trained", sides[name].size),
            ("n", side.size),
            ("mean", side.mean()),
            ("std", side.std()),
        )
    }
    original, modified = counted.values()
    shift = dict(zip(("shift", "low", "high", "welch_p"), welch(original, modified), strict=True))
    return {
        **described,
        **shift,
        "shift_of_medians": float(np.median(original) - np.median(modified)),
        "kolmogorov_p": float(stats.ks_2samp(original, modified).pvalue),
        "mann_whitney_p": float(stats.mannwhitneyu(original, modified).pvalue),
    }


def operations(study: pd.DataFrame, baseline: str = BASELINE) -> tuple[pd.DataFrame, str]:
    """Compare the accuracies of the operations study's two spaces; return a table and a sentence.

    The table has one row per statistic. For each side (`original_`: the space `baseline`;
    `modified_`: the other one) it has the numbers of runs `trained` and counted, `n`, the `mean`
    and the population `std`. `shift` is the mean of the original minus that of the modified space
    (percentage points), with Welch's interval `low` to `high` and p-value `welch_p`. Further
    columns are `shift_of_medians` and the p-values of the Kolmogorov–Smirnov and the Mann–Whitney
    test. Raise `NasevalError` if the study does not have exactly two spaces, one of them
    `baseline`, or not exactly one dataset.
    """
    one_dataset(study)
    runs = finals(study)
    others = sorted(set(runs["space"].dropna()) - {baseline})
    if len(others) != 1 or baseline not in set(runs["space"]):
        raise NasevalError(
            f"the operations study compares the space {baseline} with one other, and it has "
            f"{', '.join(sorted(set(runs['space'].dropna()))) or 'none'}; configure two"
        )
    rows = []
    for statistic in STATISTICS:
        known = trained(runs, statistic)
        left, right = (
            known.loc[known["space"] == space, statistic].to_numpy(np.float64)
            for space in (baseline, others[0])
        )
        if np.isfinite(left).any() and np.isfinite(right).any():
            rows.append({"statistic": statistic, **_row(left, right)})
    table = pd.DataFrame(rows)
    if table.empty:
        return table, "Only one of the two spaces has runs, so there is nothing to compare."
    best = table.iloc[0]
    ends = best[["shift", "low", "high"]].to_numpy(np.float64)
    place, ends = ("below", ends) if ends[0] >= 0 else ("above", -ends[[0, 2, 1]])
    return table, (
        f"The mean of {count(best['modified_n'], 'architecture')} of the modified space lies "
        f"{interval(*ends)} points {place} that of {best['original_n']} of the original one "
        f"({READINGS[best['statistic']]}), whose standard deviation is {best['original_std']:.2f}."
    )

"""A long lower tail of random architectures, of which few runs may show nothing."""

from scipy import stats

from naseval.analysis.comparison import LEVEL
from naseval.analysis.intervals import Values

FEWEST = 8
"""The fewest runs from which skewness can be tested."""


def has_lower_tail(random: Values) -> bool:
    """Tell whether the accuracies of random architectures are skewed towards low ones.

    This is D'Agostino's one-sided test of skewness at `LEVEL`. Fewer than `FEWEST` runs, or equal
    ones, show no skewness. In such a space rare architectures are much worse than the average. If
    none of them was drawn, the baseline is too good, and the interval of the relative improvement
    lies too low.
    """
    if random.size < FEWEST or random.min() == random.max():
        return False
    return bool(stats.skewtest(random, alternative="less").pvalue < LEVEL)


def tail_warning(random: Values) -> str:
    """Return a sentence that warns of a lower tail, or "" if there is none to be seen."""
    if not has_lower_tail(random):
        return ""
    return (
        f"The {random.size} random architectures have a long lower tail (from "
        f"{random.min():.2f} to {random.max():.2f}, mean {random.mean():.2f}): another draw may "
        "miss it, which flatters the baseline."
    )

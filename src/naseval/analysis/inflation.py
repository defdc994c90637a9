"""By how much the best of several results exceeds their mean."""

from functools import cache

from scipy import stats

BEST_EPOCH = 0.085
"""Points by which the best epoch on the test images lies above the last one, on average.

It is the mean of the paper's 214 random architectures of the DARTS space on CIFAR-10, trained for
600 epochs each (the authors' published curves; docs/statistics.md).
"""


@cache
def expected_maximum(k: int) -> float:
    """Return the expected largest of `k` independent standard normal values, e.g. 0.564 of 2.

    The best of `k` results lies this many of their standard deviations above their mean, on
    average, if they are normally distributed.
    """
    if k == 1:
        return 0.0
    return float(stats.norm.expect(lambda x: k * x * stats.norm.cdf(x) ** (k - 1)))

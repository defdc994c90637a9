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
    return _moment(k, 1) if k > 1 else 0.0


@cache
def maximum_spread(k: int) -> float:
    """Return the standard deviation of the largest of `k` independent standard normal values.

    Results that are each the best of `k` spread this much less than the results they are chosen
    from, e.g. 0.826 of 2.
    """
    return (_moment(k, 2) - expected_maximum(k) ** 2) ** 0.5


def _moment(k: int, power: int) -> float:
    return float(stats.norm.expect(lambda x: k * x**power * stats.norm.cdf(x) ** (k - 1)))

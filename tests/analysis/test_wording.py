"""Numbers in sentences and cells."""

import numpy as np
import pytest

from naseval.analysis.wording import interval, spread


@pytest.mark.parametrize(
    ("mean", "std", "n", "shown"),
    [
        (93.214, 0.396, 2, "93.21 ± 0.40"),
        (93.214, 0.0, 1, "93.21"),
        (-1.5, 0.25, 3, "−1.50 ± 0.25"),
        (np.nan, np.nan, 0, "–"),
    ],
)
def test_a_spread_is_shown_of_two_runs_or_more(mean, std, n, shown):
    assert spread(mean, std, n) == shown


@pytest.mark.parametrize(
    ("numbers", "sign", "shown"),
    [
        ((1.54, -0.004, 3.08), "+", "+1.54 [−0.00, +3.08]"),
        ((-0.004, -1.0, 0.004), "+", "−0.00 [−1.00, +0.00]"),
        ((-0.0, -1.0, 1.0), "+", "+0.00 [−1.00, +1.00]"),
        ((1.54, -0.004, 3.08), "", "1.54 [0.00, 3.08]"),
        ((1.54, np.nan, np.nan), "", "1.54"),
        ((np.nan, np.nan, np.nan), "+", "–"),
    ],
)
def test_a_signed_interval_shows_whether_it_holds_0(numbers, sign, shown):
    assert interval(*numbers, sign=sign) == shown

"""Numbers in sentences and cells."""

import numpy as np
import pytest

from naseval.analysis.wording import spread


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

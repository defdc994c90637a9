"""Long lower tails of random architectures."""

import numpy as np
import pytest
from scipy import stats

from naseval.analysis.tails import has_lower_tail, tail_warning


def test_a_long_lower_tail_is_warned_of():
    random = np.array([80.0, 92, 92.5, 92.2, 92.4, 92.1, 92.3, 92.6])
    assert has_lower_tail(random)
    assert "8 random architectures have a long lower tail (from 80.00 to 92.60" in tail_warning(
        random
    )
    assert not has_lower_tail(180 - random)
    assert tail_warning(np.arange(90.0, 98.0)) == ""


@pytest.mark.parametrize("random", [[80.0, 92, 92, 92.1], [92.0] * 9, []])
def test_too_few_or_equal_runs_show_no_tail(random):
    assert tail_warning(np.array(random)) == ""


def test_normal_data_are_rarely_called_skewed():
    rng = np.random.default_rng(7)
    warned = np.mean([has_lower_tail(runs) for runs in rng.normal(97, 0.23, (1000, 16))])
    assert warned == pytest.approx(0.05, abs=0.025)
    tailed = 97 - stats.expon.rvs(size=(200, 16), random_state=rng)
    assert np.mean([has_lower_tail(runs) for runs in tailed]) > 0.6

"""Welch's test of two means."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from naseval.analysis.comparison import welch
from naseval.analysis.verdicts import against_average
from study_tables import MARGINS, METHODS, needs_published, published_benchmark, recomputed

SAMPLES = st.lists(st.integers(0, 20), min_size=2, max_size=7).map(np.array)


@settings(max_examples=50)
@given(SAMPLES, SAMPLES)
def test_welch_is_scipys(left, right):
    found = welch(left.astype(float), right.astype(float))
    if np.ptp(left) == 0 or np.ptp(right) == 0:
        assert np.isnan(found.p) == (np.ptp(left) == np.ptp(right) == 0)
        return
    expected = stats.ttest_ind(left, right, equal_var=False)
    interval = expected.confidence_interval()
    assert found == pytest.approx(
        (left.mean() - right.mean(), interval.low, interval.high, expected.pvalue), abs=1e-9
    )


def test_welch_needs_spread_on_one_side_only():
    left, right = np.array([1.0, 1.0, 1.0]), np.array([2.0, 3.0])
    found, expected = welch(left, right), stats.ttest_ind(left, right, equal_var=False)
    assert found.p == pytest.approx(expected.pvalue)
    assert np.isnan(welch(left, left[:2]).p)


@needs_published
def test_published_welch_p():
    table = against_average(published_benchmark(), MARGINS)
    expected = recomputed()["table1_welch_p_by_header"]
    labels = {name.lower(): name for name in expected}
    assert len(table) == 40 and set(table["statistic"]) == {"best"}
    for row in table.itertuples():
        known = expected[labels[row.dataset]][METHODS[row.method]]
        if known is None:
            assert np.isnan(row.difference_p)
        else:
            assert row.difference_p == pytest.approx(known, abs=1e-6)
    below = table[table["difference_p"] < 0.05]["difference"]
    assert ((below > 0).sum(), (below < 0).sum()) == (9, 2)

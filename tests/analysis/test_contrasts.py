"""Contrasts of means: Welch's test, the two one-sided tests, the relative improvement."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from naseval.analysis.contrasts import (
    Contrast,
    Group,
    contrast,
    difference,
    improvement,
    improvement_difference,
)
from naseval.analysis.inflation import expected_maximum, maximum_spread

ACCURACIES = st.lists(st.integers(9000, 9900), min_size=2, max_size=9).map(
    lambda values: np.array(values) / 100
)
SPREAD = ACCURACIES.filter(lambda values: np.ptp(values) > 0)
MARGINS = st.floats(0.01, 5)

SLEEP = (
    [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
    [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
)
"""Student's sleep data (1908), hours gained by two drugs."""


@settings(max_examples=100)
@given(SPREAD, SPREAD, MARGINS)
def test_two_means_are_scipys_tests(left, right, margin):
    found = difference(Group.of(left), Group.of(right))
    welch = stats.ttest_ind(left, right, equal_var=False)
    low, high = welch.confidence_interval()
    assert found.interval() == pytest.approx((low, high), abs=1e-9)
    assert found.difference_p() == pytest.approx(welch.pvalue, abs=1e-12)
    above = stats.ttest_ind(left + margin, right, equal_var=False, alternative="greater").pvalue
    below = stats.ttest_ind(left - margin, right, equal_var=False, alternative="less").pvalue
    assert found.equivalence_p(margin) == pytest.approx(max(above, below), abs=1e-12)


@given(SPREAD, st.integers(9000, 9900), st.integers(2, 9))
def test_against_equal_runs_it_is_scipys_test_of_the_moments(left, value, count):
    """From equal values SciPy would compute a variance of rounding errors, and warns."""
    found = difference(Group.of(left), Group.of([value / 100] * count))
    moments = (left.mean(), left.std(ddof=1), len(left), value / 100, 0.0, count)
    welch = stats.ttest_ind_from_stats(*moments, equal_var=False)
    assert found.difference_p() == pytest.approx(welch.pvalue, abs=1e-9)


@given(st.integers(9000, 9900), st.integers(9000, 9900), MARGINS)
def test_equal_runs_on_both_sides_have_no_test(left, right, margin):
    found = difference(Group.of([left / 100] * 3), Group.of([right / 100] * 2))
    assert np.isnan([found.error, found.difference_p(), found.equivalence_p(margin)]).all()


def test_students_sleep_data():
    """As R's t.test prints them."""
    found = difference(*map(Group.of, SLEEP))
    assert found.value / found.error == pytest.approx(-1.8608, abs=5e-5)
    assert found.freedom == pytest.approx(17.776, abs=5e-4)
    assert found.difference_p() == pytest.approx(0.07939, abs=5e-6)
    assert found.interval() == pytest.approx((-3.3654832, 0.2054832), abs=5e-8)


@given(st.floats(1, 100), st.integers(2, 9))
def test_equal_runs_have_no_spread(value, n):
    assert Group.of([value] * n).std == 0


@given(ACCURACIES, ACCURACIES, st.floats(0.001, 0.2))
def test_the_smallest_margin_of_equivalence_is_the_smallest(left, right, level):
    found = difference(Group.of(left), Group.of(right))
    if np.isnan(found.error):
        return
    margin = found.equivalent_at(level)
    assert found.equivalence_p(margin) == pytest.approx(level)
    assert found.equivalence_p(margin + 0.01) < level < found.equivalence_p(margin - 0.01)


def test_a_single_run_has_no_interval_and_none_no_mean():
    one = difference(Group.of([97.0]), Group.of([96.0, 97.0]))
    assert one.value == pytest.approx(0.5) and np.isnan(one.error)
    assert np.isnan(one.interval()).all() and np.isnan(one.difference_p())
    assert np.isnan(difference(Group.of([]), Group.of([96.0, 97.0]))).all()


@given(ACCURACIES, ACCURACIES)
def test_the_error_of_an_improvement_is_that_of_the_ratio(searched, random):
    """The delta method agrees with numerical derivatives."""
    groups = Group.of(searched), Group.of(random)
    found = improvement(*groups)
    means = np.array([group.mean for group in groups])

    def ratio(m):
        return 100 * (m[0] / m[1] - 1)

    step = 1e-4
    slopes = [(ratio(means + e) - ratio(means - e)) / (2 * step) for e in step * np.eye(2)]
    expected = contrast(ratio(means), *zip(slopes, groups, strict=True))
    assert found == pytest.approx(expected, nan_ok=True, rel=1e-5)


@given(ACCURACIES, ACCURACIES, ACCURACIES)
def test_a_shared_baseline_cancels(left, right, random):
    """Nearly: what remains of its error is in proportion to the difference."""
    searched, other, baseline = map(Group.of, (left, right, random))
    shared = improvement_difference((searched, baseline), (other, baseline), shared=True)
    apart = improvement_difference((searched, baseline), (other, baseline), shared=False)
    assert shared.value == apart.value
    assert shared.value == pytest.approx(
        improvement(searched, baseline).value - improvement(other, baseline).value
    )
    if np.isnan(shared.error) or np.isnan(apart.error):
        return
    points = difference(searched, other)
    left_over = abs(shared.value) * baseline.std / np.sqrt(baseline.n) / baseline.mean
    expected = np.hypot(100 * np.nan_to_num(points.error) / baseline.mean, left_over)
    assert shared.error == pytest.approx(expected)
    assert apart.error >= shared.error - 1e-12


def test_errors_of_separate_baselines_add_up():
    rng = np.random.default_rng(0)
    sides = [Group.of(rng.normal(97, std, n)) for std, n in ((0.2, 8), (0.3, 6), (0.4, 5), (1, 9))]
    found = improvement_difference((sides[0], sides[1]), (sides[2], sides[3]), shared=False)
    parts = improvement(*sides[:2]), improvement(*sides[2:])
    assert found.error == pytest.approx(np.hypot(parts[0].error, parts[1].error))
    assert min(side.n for side in sides) - 1 < found.freedom < sum(side.n for side in sides) - 4


def test_many_samples_at_once():
    rng = np.random.default_rng(1)
    left, right = rng.normal(97, 0.2, (5, 8)), rng.normal(97, 0.2, (5, 8))
    together = improvement(Group.of(left), Group.of(right))
    for index, pair in enumerate(zip(left, right, strict=True)):
        alone = improvement(*map(Group.of, pair))
        assert Contrast(*(part[index] for part in together)) == pytest.approx(alone)


def test_intervals_hold_the_truth():
    """The nominal 95 % on normal data, in 20,000 samples (standard error 0.15 %)."""
    rng = np.random.default_rng(2)
    for n in (4, 8, 16):
        searched, random = rng.normal(97.5, 0.23, (20_000, n)), rng.normal(97, 0.23, (20_000, n))
        low, high = improvement(Group.of(searched), Group.of(random)).interval()
        true = 100 * (97.5 / 97 - 1)
        assert 0.94 < ((low <= true) & (true <= high)).mean() < 0.97


def test_the_expected_maximum_of_normal_values():
    """Against Harter (1961), table 1."""
    known = {1: 0, 2: 0.56419, 3: 0.84628, 4: 1.02938, 8: 1.42360, 50: 2.24907}
    for k, expected in known.items():
        assert expected_maximum(k) == pytest.approx(expected, abs=1e-5)


def test_the_spread_of_the_maximum_of_normal_values():
    """Against the variance of the largest of 2, 1 - 1/π, and a simulation."""
    assert maximum_spread(2) == pytest.approx((1 - 1 / np.pi) ** 0.5)
    drawn = np.random.default_rng(8).normal(size=(40_000, 10)).max(axis=1)
    assert maximum_spread(10) == pytest.approx(drawn.std(), abs=0.01)

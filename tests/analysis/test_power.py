"""How many runs show a difference, or its absence."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from naseval.analysis.contrasts import FEWEST, Group, difference
from naseval.analysis.power import EFFECTS, detectable, equivalence_shown, power, runs_needed
from naseval.randomness import stream
from study_tables import made_up_benchmark, needs_published, published_benchmark


def test_power_agrees_with_the_noncentral_t():
    """Against the exact power of a two-sided t test with equal spread."""
    for spread, effect in ((0.2, 0.1), (0.2, 0.3), (0.45, 0.3), (1.0, 0.5)):
        runs = runs_needed(np.array([spread**2, spread**2]), effect)

        def exact(n, effect=effect, spread=spread):
            shift = effect / (spread * np.sqrt(2 / n))
            critical = stats.t.ppf(0.975, 2 * n - 2)
            return stats.nct.sf(critical, 2 * n - 2, shift) + stats.nct.cdf(
                -critical, 2 * n - 2, shift
            )

        assert exact(runs) > 0.79
        assert exact(runs - 1) < 0.81


@settings(max_examples=50)
@given(st.floats(0.05, 3), st.floats(0.05, 3), st.sampled_from(EFFECTS))
def test_runs_needed_is_the_smallest_number(left, right, effect):
    variances = np.array([left, right]) ** 2
    runs = runs_needed(variances, effect)
    assert detectable(variances, np.array([runs, runs])) <= effect
    if runs > FEWEST:
        assert detectable(variances, np.array([runs - 1, runs - 1])) > effect


def test_equivalence_takes_as_many_runs_as_simulated():
    """Of 4,000 pairs of equal means about 80 % are equivalent; standard error 0.6 %."""
    variances = np.array([0.3, 0.5]) ** 2
    runs = runs_needed(variances, 0.4, equivalence_shown)
    rng = np.random.default_rng(8)
    sides = [rng.normal(0, std, (4000, runs)) for std in np.sqrt(variances)]
    p = difference(*map(Group.of, sides)).equivalence_p(0.4)
    assert 0.78 < np.mean(p < 0.05) < 0.84
    assert equivalence_shown(variances, np.array([runs - 1, runs - 1])) > 0.4


def test_power_needs_fewer_runs_for_larger_effects():
    table, sentence = power(made_up_benchmark(runs=5))
    for _, group in table.groupby(["dataset", "method", "statistic"]):
        assert group["effect"].tolist() == list(EFFECTS)
        assert group["runs"].is_monotonic_decreasing
        assert (group["low"] <= group["runs"]).all() and (group["runs"] <= group["high"]).all()
    assert "power of 80 %" in sentence
    assert power(made_up_benchmark(runs=1))[0].empty
    assert len(power(made_up_benchmark(runs=2))[0]) == len(table)


def test_without_any_spread_the_fewest_runs_are_enough():
    assert runs_needed(np.array([0.0, 0.0]), 1.0) == FEWEST


def test_runs_from_which_no_verdict_follows_see_nothing():
    table, sentence = power(made_up_benchmark(runs=FEWEST - 1))
    assert table["detectable"].isna().all() and (table["runs"] >= FEWEST).all()
    assert "no verdict follows from its present runs" in sentence


def test_the_power_is_nearly_that_which_is_asked_for():
    """Of 20,000 pairs of samples 75 % with 4 runs on each side and 79 % with 8 differ."""
    rng = stream("tests", "power")
    for runs, share in ((4, 0.75), (8, 0.79)):
        true = float(detectable(np.ones(2), np.full(2, runs)))
        sides = [Group.of(rng.normal(mean, 1, (20_000, runs))) for mean in (true, 0)]
        assert (difference(*sides).difference_p() < 0.05).mean() == pytest.approx(share, abs=0.01)


@needs_published
def test_published_spreads_call_for_more_runs():
    table, _ = power(published_benchmark())
    assert len(table) == 39 * 3
    darts = table[(table["dataset"] == "cifar10") & (table["method"] == "darts")]
    assert darts["searched_std"].iloc[0] == pytest.approx(0.196251, abs=1e-6)
    assert darts.set_index("effect")["runs"].to_dict() == {0.1: 59, 0.3: 8, 0.5: 4}

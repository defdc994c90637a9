"""Stopping early: looks, levels, and how often it goes wrong."""

import numpy as np
import pytest

from naseval.analysis.contrasts import Contrast, Group, difference
from naseval.analysis.sequential import (
    RATIOS,
    at_difference,
    decide,
    nominal_levels,
    simulated,
)
from naseval.analysis.verdicts import Levels, counted_as
from naseval.errors import NasevalError
from naseval.settings.looks import Steps

FOUR = (4, 8, 12, 16)
TRIALS = 4000


def test_a_single_look_has_the_usual_levels():
    levels = nominal_levels((8,), TRIALS)
    assert levels.difference == pytest.approx(0.05, abs=0.008)
    assert levels.equivalence == pytest.approx(0.05, abs=0.008)


def test_more_looks_lower_the_levels():
    """Pocock's level for four looks at normal data of known variance is 0.0182."""
    one, four = nominal_levels((16,), TRIALS), nominal_levels(FOUR, TRIALS)
    assert 0.015 < four.difference < 0.024 < one.difference
    assert 0.018 < four.equivalence < one.equivalence <= 0.05


def shares(levels, true, std, margin, looks=FOUR, trials=TRIALS):
    """Return the share of each verdict, counted as usual, by judging simulated cells."""
    found = at_difference(simulated(looks, trials), true, std)
    counts = dict.fromkeys(("better", "worse", "equivalent", "undecided"), 0)
    for cell in range(trials):
        path = [Contrast(*(part[look, cell] for part in found)) for look in range(len(looks))]
        counts[counted_as(decide(path, margin, levels).verdict)] += 1
    return {name: count / trials for name, count in counts.items()}


def test_false_verdicts_are_rare_over_all_looks():
    """In 500 cells each; the standard error of 5 % is 1 %."""
    levels = nominal_levels(FOUR, TRIALS)
    null = shares(levels, 0.0, 1.0, 0.5, trials=500)
    naive = shares(Levels(), 0.0, 1.0, 0.5, trials=500)
    assert null["better"] + null["worse"] < 0.08 < naive["better"] + naive["worse"]
    assert shares(levels, 0.5, 0.4, 0.5, trials=500)["equivalent"] < 0.08


def first_p(looks, random, trials=20_000):
    """Return the smallest p-value of Welch's test over all looks, in cells without a difference."""
    return np.min(simulated(looks, trials, random=random).difference_p(), axis=0)


@pytest.mark.parametrize("random", [(16,) * 4, (4, 6, 8, 10)])
def test_the_levels_hold_for_other_numbers_of_random_architectures(random):
    """The standard error of 5 % in 20,000 cells is 0.15 %, that of the level's 20,000 the same."""
    level = nominal_levels(FOUR, 20_000, random).difference
    assert (first_p(FOUR, random) < level).mean() == pytest.approx(0.05, abs=0.008)


def test_the_level_of_equivalence_is_as_high_as_the_worst_spread_allows():
    """There 5 % of 20,000 cells that differ by the margin are called equivalent at some look."""
    levels, null = nominal_levels(FOUR, 20_000), simulated(FOUR, 20_000)
    shares_of = []
    for std in RATIOS:
        found = at_difference(null, 1.0, std)
        differs = np.logical_or.accumulate(found.difference_p() < levels.difference, axis=0)
        same = ~differs & (found.equivalence_p(1.0) < levels.equivalence)
        shares_of.append(same.any(axis=0).mean())
    assert max(shares_of) == pytest.approx(0.05, abs=0.005)


@pytest.mark.parametrize("looks", [(8, 16, 24, 32), (64, 128, 192, 256)])
def test_the_level_of_equivalence_holds_however_many_runs_the_first_look_has(looks):
    """The standard error of 5 % in 4,000 cells is 0.35 %, that of the level's the same."""
    levels, null = nominal_levels(looks, TRIALS), simulated(looks, TRIALS, "others")
    for std in (0.75, 1.0, 1.5, 2.0, 3.0, 4.0):
        found = at_difference(null, 1.0, std)
        differs = np.logical_or.accumulate(found.difference_p() < levels.difference, axis=0)
        same = ~differs & (found.equivalence_p(1.0) < levels.equivalence)
        assert same.any(axis=0).mean() < 0.062


def test_as_many_random_architectures_are_the_default():
    assert nominal_levels(FOUR, TRIALS) == nominal_levels(FOUR, TRIALS, FOUR)


def test_the_repeated_interval_holds_the_difference_at_all_looks_together():
    level = nominal_levels(FOUR, 20_000).difference
    low, high = at_difference(simulated(FOUR, 20_000), 0.5, 1.0).interval(1 - level)
    assert ((low <= 0.5) & (high >= 0.5)).all(axis=0).mean() == pytest.approx(0.95, abs=0.008)


def test_what_stopped_early_is_overstated():
    """A card says so: the mean of the differences that stopped at the first look is too large."""
    found = at_difference(simulated(FOUR, 20_000), 0.8, 1.0)
    level = nominal_levels(FOUR, 20_000).difference
    stopped = np.asarray(found.difference_p())[0] < level
    assert np.asarray(found.value)[0][stopped].mean() > 1.2


@pytest.mark.slow
@pytest.mark.parametrize("looks", [FOUR, Steps(start=4, step=4, most=32).numbers])
def test_false_verdicts_are_rare_for_every_spread(looks):
    levels = nominal_levels(looks)
    for std in (0.23, 0.6, 1.0):
        null = shares(levels, 0.0, std, 0.5, looks, 2500)
        assert null["better"] + null["worse"] < 0.063
        for true in (0.5, 0.8):
            at = shares(levels, true, std, 0.5, looks, 2500)
            assert at["worse"] < 0.063 and at["equivalent"] < 0.063


def contrast_of(value, error=0.1, freedom=14):
    return Contrast(value, error, freedom)


def test_the_first_verdict_stays():
    levels = Levels(0.02, 0.025)
    undecided, better, worse = contrast_of(0.15), contrast_of(0.5), contrast_of(-0.5)
    found = decide([undecided, better, worse], 0.25, levels)
    assert (found.verdict, found.look) == ("better", 2)
    assert decide([undecided, better], 0.25, levels) == found
    assert (found.low, found.high) == better.interval(0.98)


def test_without_a_verdict_the_last_look_is_shown():
    found = decide([contrast_of(0.15)] * 3, 0.25, Levels())
    assert (found.verdict, found.look) == ("undecided", 3)
    with pytest.raises(NasevalError, match="train its first runs"):
        decide([], 0.25, Levels())


def test_simulated_cells_are_contrasts_of_their_runs():
    null = simulated((4, 8), 2000)
    assert null.value.mean(axis=1) == pytest.approx([0, 0], abs=0.05)
    assert (null.error**2).mean(axis=1) == pytest.approx([2 / 4, 2 / 8], rel=0.05)
    runs = np.random.default_rng(6).normal(size=(2, 8))
    plain = difference(*map(Group.of, runs))
    moved = difference(Group.of(0.5 + 0.2 * runs[0]), Group.of(0.2 * runs[1]))
    assert at_difference(plain, 0.5, 0.2) == pytest.approx(moved)

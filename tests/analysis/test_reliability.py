"""How often the better method is named, where the answer is known."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from naseval.analysis import reliability
from naseval.analysis.contrasts import Contrast, Group, difference
from naseval.analysis.power import detectable
from naseval.analysis.reliability import AVERAGE, NUMBERS, OWN, SHARED, outcomes, table
from naseval.randomness import stream
from study_tables import frame

LABELS = {"macro": "Macro"}, {"one": "One", "two": "Two"}
MARGINS = {"macro": 0.25}
COST = 9.0


def recorded(gap, std=0.3, verdicts=True, unit="trainings"):
    """Return a study of two methods whose true means differ by `gap` points, and its searches."""
    rng = stream("tests", "reliability")
    spread = rng.normal(0, std, 400)
    pools = {"random": 90 + spread, "one": 91 + gap + spread, "two": 91 + spread}
    rows = [
        {
            "source": "recorded",
            "dataset": "macro",
            "method": method,
            "space": "s",
            "origin": origin,
            "genotype": f"{pool}/{number}",
            "test_accuracy": accuracy,
        }
        for method in ("one", "two")
        for origin, pool in (("random", "random"), ("searched", method))
        for number, accuracy in enumerate(pools[pool])
    ]
    searches = pd.DataFrame({"benchmark": "macro", "method": ["one", "two"], "cost": COST})
    return frame(rows), searches.assign(verdicts=verdicts, unit=unit)


def of(tidy, other, baseline, n=8):
    chosen = (tidy["other"] == other) & (tidy["baseline"] == baseline) & (tidy["searches"] == n)
    return tidy[chosen & tidy["random"].isin([0, n])].iloc[0]


def test_equal_methods_are_named_about_as_often_as_the_level_says():
    tidy, _, _ = table(*recorded(0.0), *LABELS, MARGINS)
    pairs = tidy[tidy["other"] == "two"]
    assert (pairs["true"] == 0).all() and (pairs["better"] == 0).all()
    # Three standard errors of a share of 5 % among the trials; Welch's test is a bit careful.
    allowed = 100 * 3 * np.sqrt(0.05 * 0.95 / reliability.TRIALS)
    assert (pairs["worse"] - 5).abs().max() < allowed + 1
    assert pairs["holds"].between(95 - allowed - 1, 95 + allowed + 1).all()
    shares = tidy[["better", "worse", "equivalent", "undecided"]].sum(axis=1)
    assert shares.to_numpy() == pytest.approx(100)


@pytest.mark.parametrize(("baseline", "errors"), [(SHARED, 2), (OWN, 4)])
def test_equal_methods_are_equivalent_as_often_as_the_margin_says(baseline, errors):
    """By the normal distribution; the margin is in points, 0.3 the spread, 32 the runs."""
    tidy, _, _ = table(*recorded(0.0), *LABELS, MARGINS)
    error = 0.3 * np.sqrt(errors / 32)
    expected = 2 * stats.norm.cdf(MARGINS["macro"] / error - stats.norm.ppf(0.95)) - 1
    found = of(tidy, "two", baseline, 32)["equivalent"]
    assert found == pytest.approx(100 * expected, abs=4)


def test_a_large_difference_is_nearly_always_named_and_never_the_other_way():
    tidy, _, _ = table(*recorded(1.5), *LABELS, MARGINS)
    named = tidy[tidy["searches"] >= 16]
    assert (named["better"] > 99).all() and (named["worse"] == 0).all()
    small, _, _ = table(*recorded(0.3), *LABELS, MARGINS)
    shares = [of(small, "two", SHARED, n)["better"] for n in NUMBERS]
    assert shares == sorted(shares) and shares[0] < 50 < 90 < shares[-1]
    assert of(small, "two", OWN)["better"] < of(small, "two", SHARED)["better"]


def test_the_power_at_the_detected_difference_is_80_per_cent():
    study, searches = recorded(0.0)
    detected = of(table(study, searches, *LABELS, MARGINS)[0], "two", SHARED)["detected"]
    std = study[(study["method"] == "one") & (study["origin"] == "searched")]["test_accuracy"].std(
        ddof=0
    )
    assert detected == pytest.approx(detectable(np.full(2, std**2), np.full(2, 8.0)))
    tidy, _, _ = table(*recorded(detected), *LABELS, MARGINS)
    assert of(tidy, "two", SHARED)["better"] == pytest.approx(80, abs=4)


def test_the_next_training_helps_where_the_error_is():
    """By hand: equal spreads, 8 on each side; a search costs 9 trainings and one more."""
    tidy, _, _ = table(*recorded(0.0), *LABELS, MARGINS)
    row = of(tidy, AVERAGE, "")
    now = 1 / 8 + 1 / 8
    assert row["by_search"] == pytest.approx(100 * (1 - np.sqrt((1 / 9 + 1 / 8) / now)), abs=0.05)
    assert row["by_random"] == pytest.approx(100 * (1 - np.sqrt((1 / 8 + 1 / 18) / now)), abs=0.05)
    assert of(tidy, "two", SHARED)["by_random"] == 0


def test_the_same_data_give_the_same_table_in_any_order():
    study, searches = recorded(0.2)
    first, shown, note = table(study, searches, *LABELS, MARGINS)
    again, _, _ = table(study, searches.iloc[::-1], *LABELS, MARGINS)
    pd.testing.assert_frame_equal(first, again)
    assert len(first) == 2 * 16 + 4 + 16 and len(shown) == 2 * 4 + 4 + 4
    assert shown["method"].tolist()[:8] == ["One"] * 4 + ["Two"] * 4
    assert "2000 trials" in note


@pytest.mark.parametrize("changed", [{"verdicts": False}, {"unit": "epochs"}])
def test_without_verdicts_or_a_price_in_trainings_there_is_nothing_to_say(changed):
    tidy, shown, _ = table(*recorded(0.2, **changed), *LABELS, MARGINS)
    assert tidy.empty and shown.empty


def test_trials_without_spread_are_undecided():
    flat = Group.of(np.full((3, 4), 90.0))
    found = outcomes(difference(flat, flat), 0.0, 0.25)
    assert found["undecided"] == 100 and np.isnan(found["width"])
    sure = Contrast(np.array([1.0, -1.0]), np.full(2, 1e-3), np.full(2, 9.0))
    named = outcomes(sure, 1.0, 0.25)
    assert (named["better"], named["worse"], named["holds"]) == (50, 50, 50)

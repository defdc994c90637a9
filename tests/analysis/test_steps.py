"""The difference that each step between protocols makes, on made-up runs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from naseval.analysis.steps import paired_difference, steps, table
from study_tables import curve_rows, frame, needs_published, published_protocols

INHERITS = {"c": "base", "cd": "c", "cda": "cd"}
PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=9)


def runs(protocol, finals, origin="random", first=0):
    return [
        row
        for index, final in enumerate(finals, start=first)
        for row in curve_rows(
            [final + 1, final],
            protocol=protocol,
            origin=origin,
            genotype=f"darts/{origin}-{index}",
            seed=2,
        )
    ]


@given(PAIRS)
def test_the_interval_is_scipys(pairs):
    before, after = np.array(pairs, dtype=float).T
    found = paired_difference(before, after)
    assert found.value == pytest.approx(after.mean() - before.mean())
    if np.ptp(after - before):
        expected = stats.ttest_rel(after, before).confidence_interval()
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    else:
        assert np.isnan([found.low, found.high]).all()


def test_one_pair_has_no_interval_and_none_no_difference():
    one = paired_difference(np.array([3.0]), np.array([5.0]))
    assert one.value == 2 and np.isnan([one.low, one.high]).all()
    assert np.isnan(paired_difference(np.empty(0), np.empty(0))).all()


def test_a_protocol_stands_against_the_one_it_inherits_from():
    study = frame([*runs("base", [80, 82]), *runs("c", [79, 83]), *runs("cda", [90, 96])])
    found = steps(study, INHERITS).query("statistic == 'last'").set_index("protocol")
    assert found["parent"].to_dict() == {"c": "base", "cda": "c"}  # cd was not trained
    assert found["difference"].to_dict() == {"c": 0.0, "cda": 12.0}
    assert found.loc["cda", ["before", "after", "n"]].tolist() == [81.0, 93.0, 2]
    assert (found["low"] < found["difference"]).all()


def test_only_runs_under_both_protocols_count():
    study = frame([*runs("base", [80, 82, 60]), *runs("c", [82, 84, 99], first=1)])
    (row,) = steps(study, INHERITS).query("statistic == 'last'").to_dict("records")
    assert (row["n"], row["before"], row["after"]) == (2, 71.0, 83.0)


def test_origins_stand_apart_in_the_order_of_the_labels():
    study = frame(
        [
            *runs("cda", [91, 93]),
            *runs("c", [85, 84]),
            *runs("base", [80, 82]),
            *runs("base", [70], origin="fixed"),
            *runs("c", [69], origin="fixed"),
        ]
    )
    tidy, shown, note = table(study, {"base": "Base", "c": "C", "cda": "C+D+A"}, INHERITS)
    best = tidy[tidy["statistic"] == "best"]
    assert best[["origin", "protocol"]].values.tolist() == [
        ["fixed", "c"],
        ["random", "c"],
        ["random", "cda"],
    ]
    assert best["difference"].tolist() == [-1.0, 3.5, 7.5]  # whatever its sign
    assert best["low"].isna().tolist() == [True, False, False]
    assert set(shown["parent"]) == {"Base", "C"}
    assert "Of 2 steps with an interval" in note


def test_a_step_that_changes_nothing_neither_raises_nor_lowers():
    study = frame([*runs("base", [80, 82]), *runs("c", [81, 81]), *runs("cd", [71, 71.5])])
    _, _, note = table(study, {}, INHERITS)
    assert "Of 2 steps with an interval of the best accuracy, 0 have it above 0, 1 below" in note
    assert "and 1 around 0, each by itself" in note


def test_one_step_is_said_in_the_singular():
    _, _, note = table(frame([*runs("base", [80, 82]), *runs("c", [81, 82])]), {}, INHERITS)
    assert "Of 1 step with an interval" in note


def test_two_equal_differences_have_no_interval():
    """As they may have in tests of few images; rounding makes them differ by 1e-14."""
    found = paired_difference(np.array([90.1, 91.3]), np.array([90.2, 91.4]))
    assert found.value == pytest.approx(0.1) and np.isnan([found.low, found.high]).all()


def test_a_study_of_one_protocol_has_no_step():
    tidy, _, note = table(frame(runs("base", [80, 82])), {}, INHERITS)
    assert tidy.empty
    assert "Of 0 steps" in note


@needs_published
def test_the_papers_steps_from_the_published_runs():
    inherits = INHERITS | {
        "a": "base",
        "d": "base",
        "cda-aa": "cda",
        "cda-50c": "cda",
        "cda-aa-1500e": "cda-aa",
        "cda-aa-50c-1500e": "cda-aa-1500e",
    }
    study = published_protocols()
    found = steps(study, inherits).set_index("protocol")
    means = study.groupby("protocol")["test_accuracy"].mean()
    assert len(found) == 9
    assert (found["n"] == 8).all()
    for protocol, row in found.iterrows():
        assert row["difference"] == pytest.approx(means[protocol] - means[row["parent"]])
    assert found.loc["cda-aa-1500e", "low"] > 0

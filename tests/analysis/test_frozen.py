"""Verdicts of cells that are judged in steps, in all that shows verdicts."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from naseval.analysis.frozen import NOTE, frozen
from naseval.analysis.verdict_tables import verdicts
from naseval.analysis.verdicts import against_average
from naseval.claims import table_1
from naseval.figures import benchmark, forest
from study_tables import DATASETS, MARGINS, METHODS, curve_rows, frame, made_up_benchmark

EARLIER = {"difference": 1.0, "low": 0.4, "high": 1.6, "verdict": "better", "margin": 0.5}
LAST = {"searches": 8, "look": 2, "looks": 4, "decided": True}
LEVELS = {"difference_level": 0.0186, "equivalence_level": 0.0236}
CELL = {"dataset": "cifar10", "method": "nao"}


@pytest.fixture(scope="module")
def study():
    return made_up_benchmark(runs=5)


@pytest.fixture(scope="module")
def decisions():
    """Return the decision on one of four cells."""
    return pd.DataFrame(
        [{**CELL, **EARLIER, **LEVELS, "difference_p": 0.01, "equivalence_p": 0.9, **LAST}]
    )


def of_the_cell(table):
    return (table["dataset"] == "cifar10") & (table["method"] == "nao")


def test_a_frozen_verdict_takes_the_place_of_a_later_one(study, decisions):
    found = against_average(study, MARGINS)
    fixed = frozen(found, decisions)
    stopped = found["decides"] & of_the_cell(found)
    assert stopped.sum() == 1 and found.loc[stopped, "verdict"].item() != "better"
    (row,) = fixed[stopped].to_dict("records")
    assert {name: row[name] for name in EARLIER} == EARLIER
    assert row["note"] == "stopped at n = 8"
    pd.testing.assert_frame_equal(fixed[~stopped], found[~stopped])
    pd.testing.assert_frame_equal(frozen(found, None), found)
    pd.testing.assert_frame_equal(frozen(found, decisions.assign(method="enas")), found)


def test_the_note_says_whether_a_cell_has_stopped(study, decisions):
    found = against_average(study, MARGINS)
    mine = found["decides"] & of_the_cell(found)

    def note(**row):
        return frozen(found, decisions.assign(**row)).loc[mine, "note"].item()

    assert note(look=4, decided=False) == "stopped at n = 8"
    assert note(decided=False) == "judged at look 2 of 4, n = 8, and not yet at later ones"


def test_a_look_that_wants_runs_leaves_the_difference_of_the_few_that_there_are(decisions):
    few = made_up_benchmark(runs=3)
    found = against_average(few, MARGINS)
    mine = found["decides"] & of_the_cell(found)
    numbers = ["difference", "low", "high", "difference_p", "equivalence_p"]
    nothing = decisions.assign(**dict.fromkeys(numbers), verdict="undecided")
    (row,) = frozen(found, nothing)[mine].to_dict("records")
    assert row["difference"] == found.loc[mine, "difference"].item()
    assert row["note"].startswith("stopped at n = 8; from 3 runs: searched ")
    told = verdicts(few, DATASETS, METHODS, MARGINS, decisions=nothing)[2]
    assert "by the last accuracy: of 4 comparisons" in told


def test_cells_in_steps_leave_the_family_of_the_others(study, decisions):
    """The others are judged exactly as if there were no cell in steps, by either accuracy."""
    found = against_average(study, MARGINS, decisions)
    mine = of_the_cell(study)
    alone = against_average(study[~mine], MARGINS).reset_index(drop=True)
    others = found[~of_the_cell(found)].reset_index(drop=True)
    pd.testing.assert_frame_equal(others, alone)
    together = against_average(study, MARGINS)[~of_the_cell(found)].reset_index(drop=True)
    assert (together["difference_q"] != others["difference_q"]).any()


def test_the_accuracy_that_does_not_decide_is_judged_at_the_levels_for_the_looks(decisions):
    """By hand: Welch's p between 0.0186 and 0.05 is undecided, whatever the others are."""
    rng = np.random.default_rng(4)
    rows = [
        row
        for method in ("darts", "nao")
        for origin, gain in (("random", 0.0), ("searched", 0.55 if method == "nao" else 3.0))
        for index, jitter in enumerate(rng.permutation(np.linspace(-0.4, 0.4, 5)))
        for row in curve_rows(
            [90 + gain + jitter, 80.0 + 0.001 * index],
            method=method,
            origin=origin,
            genotype=f"{method}/{origin}-{index}",
        )
    ]
    found = against_average(frame(rows), {"cifar10": 0.01}, decisions).set_index(
        ["method", "statistic"]
    )
    row = found.loc[("nao", "best")]
    assert 0.0186 < row["difference_p"] < 0.05 and row["verdict"] == "undecided"
    assert np.isnan([row[f"{name}_q"] for name in ("difference", "equivalence")]).all()
    level = LEVELS["equivalence_level"]
    test = stats.ttest_ind(*(np.linspace(m - 0.4, m + 0.4, 5) for m in (0.55, 0)), equal_var=False)
    error = 0.55 / test.statistic
    assert row["equivalent_at"] == pytest.approx(0.55 + stats.t.isf(level, test.df) * error)
    other = found.loc[("darts", "best")]
    assert other["difference_q"] == pytest.approx(other["difference_p"])
    looser = decisions.assign(difference_level=0.05)
    judged = against_average(frame(rows), {"cifar10": 0.01}, looser)
    assert judged.set_index(["method", "statistic"]).loc[("nao", "best"), "verdict"] == "better"


def test_the_table_of_verdicts_figure_1_the_forest_and_table_1_show_it(study, decisions):
    given = study, DATASETS, METHODS, MARGINS
    for make in (
        lambda **more: verdicts(*given, **more)[::2],
        lambda **more: benchmark.draw(*given, **more)[1:],
        lambda **more: forest.draw(*given, **more)[1:],
        lambda **more: table_1.build(*given[:3], margins=MARGINS, **more)[::2],
    ):
        (plain, said), (shown, noted) = make(), make(decisions=decisions)
        stopped = (shown["statistic"] == "last") & of_the_cell(shown)
        assert shown.loc[stopped, "verdict"].tolist() == ["better"]
        assert (shown["verdict"] != plain["verdict"]).tolist() == stopped.tolist()
        without_marks = [text.replace("*", "") for text in (NOTE, noted, said)]
        assert without_marks[0] in without_marks[1] and without_marks[0] not in without_marks[2]


def test_a_cell_without_enough_runs_stays_undecided(study, decisions):
    nothing = dict.fromkeys(("difference", "low", "high", "difference_p", "equivalence_p"))
    few = decisions.assign(**nothing, verdict="undecided")
    tidy, _, _ = table_1.build(study, DATASETS, METHODS, margins=MARGINS, decisions=few)
    stopped = (tidy["statistic"] == "last") & of_the_cell(tidy)
    assert tidy.loc[stopped, "verdict"].tolist() == ["undecided"]

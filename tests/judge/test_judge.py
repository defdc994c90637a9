"""Judging tables of means and spreads: the numbers, the sentences, what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from naseval.__main__ import main
from naseval.analysis.finals import finals
from naseval.analysis.inflation import BEST_EPOCH, expected_maximum, maximum_spread
from naseval.analysis.power import detectable
from naseval.analysis.verdicts import against_average
from naseval.errors import NasevalError
from naseval.judge.judgement import judge
from naseval.judge.table import Row, read_table
from naseval.judge.text import report, sentence
from paths import ROOT
from study_tables import needs_published, published_benchmark, published_distribution

HEADER = "name,n,mean,std,ddof,over,statistic,best_of"
TABLE = f"""\
{HEADER}
random,8,96.92,0.17,0,searches,best,1
DARTS,8,97.235,0.18,0,searches,best,1
"X, revised",4,97.3,0.09,1,searches,best,4
one search,10,97.3,0.09,1,trainings,best,
one run,1,97.5,,,searches,best,8
last epoch,8,97.2,0.1,1,searches,last,1
three,3,97.2,0.1,1,searches,best,1
same,30,96.92,0.17,1,searches,best,1
no spread,8,97.0,,,searches,best,1
"""


def written(folder, text, encoding="utf-8"):
    path = folder / "table.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.fixture
def table(tmp_path):
    return judge(read_table(written(tmp_path, TABLE)), "random", 0.25).set_index("name")


def row(name="m", n=8, mean=97.0, std=0.2, ddof=1, **fields):
    defaults = {"over": "searches", "statistic": "best"}
    return Row(name=name, n=n, mean=mean, std=std, ddof=ddof, **(defaults | fields))


def test_verdicts_of_a_table(table):
    assert table["verdict"].to_dict() == {
        "DARTS": "better",
        "X, revised": "better",
        "one search": "none",
        "one run": "undecided",
        "last epoch": "none",
        "three": "undecided",
        "same": "equivalent",
        "no spread": "undecided",
    }
    tested = table["difference_p"].notna()
    assert table.index[tested].tolist() == ["DARTS", "X, revised", "same"]
    for test in ("difference", "equivalence"):
        expected = stats.false_discovery_control(table.loc[tested, f"{test}_p"])
        assert table.loc[tested, f"{test}_q"].to_numpy() == pytest.approx(expected)


def test_every_row_has_a_sentence(table):
    said = [sentence(one) for one in table.reset_index().to_dict("records")]
    assert said[0] == "DARTS: better (+0.31 points, 95 % interval +0.11 to +0.52)."
    assert said[1].endswith(
        "up to 0.19 points may come from choosing the best, without which it is only undecided."
    )
    assert said[2] == (
        "one search: no verdict (+0.38 points), because its 10 trainings are of one search, and n "
        "counts searches."
    )
    assert "from 1 run); a verdict takes 4 runs on each side; up to 0.26 points" in said[3]
    assert "its last accuracy stands against the baseline's best" in said[4]
    assert "from 3 runs); a verdict takes 4" in said[5]
    assert said[6].endswith("within 0.25 points.")
    assert said[7] == (
        "no spread: undecided (+0.08 points); a verdict takes the spread of both sides, of one of "
        "them above 0."
    )
    text = report(table.reset_index(), "random", 0.25)
    assert all(f"- {one}\n" in text for one in said)
    assert text.startswith("# Judgement\n") and "Against random, with a margin of 0.25" in text
    assert "| 0 to 0.19 |" in text and "| 0 |" in text and "another 0 to 0.09 points" in text


def test_names_are_shown_as_they_are_written():
    text = report(judge([row("a*"), row("<b>")], "a*", 0.25), "a*", 0.25)
    assert r"Against a\*, with" in text and r"- \<b>: " in text


def test_the_best_epoch_is_spoken_of_where_it_was_chosen():
    rows = [row("random", statistic="last"), row("m", statistic="last")]
    text = report(judge(rows, "random", 0.25), "random", 0.25)
    assert "best epoch" not in text


@needs_published
def test_the_lead_of_the_best_epoch_is_that_of_the_published_curves():
    runs = finals(published_distribution())
    assert (runs["best"] - runs["last"]).mean() == pytest.approx(BEST_EPOCH, abs=5e-4)


def test_an_undecided_row_says_what_it_would_take():
    rows = [row("random"), row("m", mean=97.1)]
    found = judge(rows, "random", 0.25).iloc[0]
    variances, runs = np.array([0.04, 0.04]), np.array([8, 8])
    assert found["detectable"] == pytest.approx(float(detectable(variances, runs)))
    said = sentence(found.to_dict())
    assert f"show a difference of {found['detectable']:.2f} points in 80 % of cases" in said
    assert f"equivalent with a margin above {found['equivalent_at']:.2f}" in said


@given(
    st.lists(st.floats(90, 99), min_size=4, max_size=9),
    st.lists(st.floats(90, 99), min_size=4, max_size=9),
    st.sampled_from([0, 1]),
    st.floats(0.1, 3),
)
def test_means_and_spreads_are_as_good_as_runs(searched, random, ddof, margin):
    if min(np.ptp(searched), np.ptp(random)) < 0.01:
        return
    rows = [
        row(name, len(runs), float(np.mean(runs)), float(np.std(runs, ddof=ddof)), ddof)
        for name, runs in (("random", random), ("m", searched))
    ]
    found = judge(rows, "random", margin).iloc[0]
    runs = np.array(searched), np.array(random)
    welch = stats.ttest_ind(*runs, equal_var=False)
    above = stats.ttest_ind(runs[0] + margin, runs[1], equal_var=False, alternative="greater")
    below = stats.ttest_ind(runs[0] - margin, runs[1], equal_var=False, alternative="less")
    assert found["difference_p"] == pytest.approx(welch.pvalue, abs=1e-12)
    assert found["equivalence_p"] == pytest.approx(max(above.pvalue, below.pvalue), abs=1e-12)


@needs_published
def test_the_published_cells_come_out_as_from_their_runs(tmp_path):
    """All 39 with runs, written to CSV and read again: the same p-values to 1e-12."""
    study = published_benchmark()
    expected = against_average(study, dict.fromkeys(study["dataset"].unique(), 0.5))
    expected = expected[expected["searched_n"] > 0]
    runs = finals(study).groupby(["dataset", "method", "origin"])["best"]
    described = runs.agg(n="size", mean="mean", std=lambda best: best.std(ddof=0))
    assert len(expected) == 39
    for cell in expected.to_dict("records"):
        sides = [
            described.loc[(cell["dataset"], cell["method"], origin)].to_dict()
            | {"name": origin, "ddof": 0, "over": "searches", "statistic": "best", "best_of": 1}
            for origin in ("random", "searched")
        ]
        file = tmp_path / "cell.csv"
        pd.DataFrame(sides).astype({"n": int}).to_csv(file, index=False)
        found = judge(read_table(file), "random", 0.5).iloc[0]
        for key in ("difference", "low", "high", "difference_p", "equivalence_p"):
            assert found[key] == pytest.approx(cell[key], abs=1e-12)


def test_inflation_is_not_less_than_what_was_chosen():
    """Of 8 results that are each the best of 10 of equal architectures, as 400 tables show it."""
    rng = np.random.default_rng(10)
    found = []
    for _ in range(400):
        random, best = rng.normal(97, 0.2, 8), rng.normal(97, 0.2, (8, 10)).max(axis=1)
        rows = [
            row("random", mean=random.mean(), std=random.std(ddof=1)),
            row("m", mean=best.mean(), std=best.std(ddof=1), best_of=10),
        ]
        found.append(judge(rows, "random", 0.5)["inflation"].iloc[0])
    assert np.mean(found) == pytest.approx(0.2 * expected_maximum(10), rel=0.25)
    assert np.mean(np.array(found) > 0.25) > 0.75


def test_inflation_is_the_expected_maximum_of_the_larger_spread():
    rows = [
        row("random", std=0.3),
        row("own spread", std=0.25, best_of=4),
        row("smaller", std=0.2, best_of=4),
        row("baseline's", n=1, std=None, ddof=None, best_of=4),
        row("plain"),
    ]
    found = judge(rows, "random", 0.5).set_index("name")["inflation"]
    assert found.to_dict() == pytest.approx(
        {
            "own spread": 0.25 / maximum_spread(4) * expected_maximum(4),
            "smaller": 0.3 * expected_maximum(4),
            "baseline's": 0.3 * expected_maximum(4),
            "plain": 0.0,
        }
    )


def test_what_choosing_the_best_can_change():
    rows = [row("random"), row("m", mean=97.35, best_of=8)]
    found = judge(rows, "random", 0.1).iloc[0]
    assert (found["verdict"], found["deflated"]) == ("better", "undecided")
    assert "without which it is only undecided" in sentence(found.to_dict())
    equal = judge([row("random"), row("m", best_of=10_000)], "random", 0.3).iloc[0]
    assert (equal["verdict"], equal["deflated"]) == ("equivalent", "worse")
    assert sentence(equal.to_dict()).endswith("without which it is worse.")


def test_trainings_of_one_baseline_architecture_are_no_baseline():
    rows = [row("random", over="trainings"), row("m", mean=98.0)]
    found = judge(rows, "random", 0.25).iloc[0]
    assert found["verdict"] == "none" and "are of one architecture" in found["reason"]


def test_equal_numbers_without_spread_are_undecided():
    rows = [row("random", std=0.0), row("m", mean=98.0, std=0.0)]
    found = judge(rows, "random", 0.25).iloc[0]
    assert found["verdict"] == "undecided"
    assert sentence(found.to_dict()).endswith("of one of them above 0.")


LINE = "m,8,97,0.2,1,searches,best,1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "lacks the columns name, n, mean"),
        ("name,n\nrandom,8\n", "lacks the columns mean, std, ddof, over, statistic, best_of; the"),
        (HEADER, "has no rows below its header; add"),
        (f"{HEADER},colour\n{LINE},red\n", "line 2, column colour is unknown; remove or rename it"),
        (f"{HEADER},name\n{LINE},m\n", "has two columns 'name'; remove one"),
        (f"{HEADER}\n{LINE}\n{LINE}\n", "has 2 rows named 'm'; give every row its own name"),
        (f"{HEADER}\nm,8,97\n", "line 2 does not have as many cells as the header"),
        (f"{HEADER}\n{LINE},1\n", "line 2 does not have as many cells as the header"),
        (f"{HEADER}\n{LINE.replace('97', '97.x')}\n", "column mean: .*valid number.*'97.x'"),
        (f"{HEADER}\n{LINE.replace('97', 'nan')}\n", "column mean: .*finite number.*'nan'"),
        (f"{HEADER}\n{LINE.replace('97', '197')}\n", "column mean: .*less than or equal to 100"),
        (f"{HEADER}\n{LINE.replace('0.2', '-1')}\n", "column std: .*greater than or equal to 0"),
        (f"{HEADER}\n{LINE.replace('0.2,1', '0.2,')}\n", "ddof is empty; enter 0"),
        (f"{HEADER}\n{LINE.replace('0.2,1', '0.2,2')}\n", "column ddof: .*less than or equal to 1"),
        (f"{HEADER}\n{LINE.replace('m,8', 'm,0')}\n", "column n: .*greater than 0"),
        (f"{HEADER}\n{LINE.replace('m,8', 'm,8.5')}\n", "column n: .*valid integer"),
        (f"{HEADER}\n{LINE.replace('m,8', 'm,1')}\n", "line 2: n is 1, so there is no spread"),
        (f"{HEADER}\n{LINE.replace('m,8', 'm,')}\n", "column n is missing; add it"),
        (f"{HEADER}\n{LINE.replace('searches', 'seeds')}\n", "column over: .*'searches' or"),
        (f"{HEADER}\n{LINE.replace('best', 'mean')}\n", "column statistic: .*'best' or 'last'"),
        (f"{HEADER}\n{LINE.replace('best,1', 'best,0')}\n", "column best_of: .*greater than 0"),
        (f"{HEADER}\n{LINE.replace('97', '0.97')}\n", "a mean of at most 1 in the row 'm'; give"),
        (
            f"{HEADER}\n{LINE}\n{LINE.replace('m,8,97', 'other,8,0.97')}\n",
            "a mean of at most 1 in the row 'other'; give",
        ),
        (f'{HEADER}\n"m,8,97,0.2,1,searches,best,1\n', r"is not CSV \(.*\); save the table as CSV"),
    ],
)
def test_bad_tables_are_refused_in_one_sentence(tmp_path, text, message):
    with pytest.raises(NasevalError, match=message) as error:
        read_table(written(tmp_path, text))
    assert "\n" not in str(error.value) and str(error.value).count("table.csv") == 1


def test_files_that_are_no_text(tmp_path):
    with pytest.raises(NasevalError, match="could not be read"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(NasevalError, match="save it as CSV in UTF-8"):
        read_table(written(tmp_path, f"{HEADER}\nmé,8,97,1,1,searches,best,1", "latin-1"))


def test_a_spreadsheets_mark_and_blanks_do_no_harm(tmp_path):
    text = f"{HEADER.replace(',', ', ')}\n{LINE.replace(',', ' , ')}\n"
    assert read_table(written(tmp_path, text, "utf-8-sig")) == [row(best_of=1)]


def test_a_table_needs_a_baseline_that_is_an_average():
    with pytest.raises(NasevalError, match=r"no row 'random'; .*--baseline \(rows: m\)"):
        judge([row()], "random", 1.0)
    with pytest.raises(NasevalError, match="only the baseline 'm'; add"):
        judge([row()], "m", 1.0)
    with pytest.raises(NasevalError, match="is a best of 4, not an average"):
        judge([row("random", best_of=4), row()], "random", 1.0)


@pytest.fixture
def command(monkeypatch, capsys):
    """Run the command in the project's folder; return its exit code, output and errors."""
    monkeypatch.chdir(ROOT)

    def run(*arguments):
        try:
            code = main(["judge", *map(str, arguments)])
        except SystemExit as stopped:
            code = stopped.code
        return code, *capsys.readouterr()

    return run


def test_the_command_takes_the_datasets_margin(tmp_path, command):
    path = written(tmp_path, TABLE)
    expected = report(judge(read_table(path), "random", 0.25), "random", 0.25)
    assert command(path, "--dataset", "cifar10") == (0, expected, "")
    code, text, _ = command(path, "--margin", "2", "--baseline", "DARTS")
    assert code == 0 and "Against DARTS, with a margin of 2 points" in text


def test_the_command_says_what_is_wrong(tmp_path, command):
    path = written(tmp_path, HEADER)
    code, text, error = command(path, "--margin", "1")
    assert (code, text, error.count("\n")) == (1, "", 1) and "has no rows" in error
    code, _, error = command(path, "--dataset", "cifar")
    assert code == 1 and "no dataset 'cifar' is configured; give" in error
    assert "'-1' is not a positive number" in command(path, "--margin", "-1")[2]
    assert "one of the arguments --margin --dataset is required" in command(path)[2]

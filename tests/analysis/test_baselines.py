"""Methods against baselines: pairs, differences, and what a budget buys."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from naseval.analysis.baselines import against_baselines, said, table
from naseval.figures import baselines as figure
from study_tables import curve_rows, frame

LABELS = {"darts": "DARTS", "best": "Random search", "count": "Number of parameters"}
FOUND = {"darts": [94, 95, 96, 97], "best": [90, 91, 90, 93], "count": [94, 95, 97, 96]}


def study(**found):
    rows = []
    for method, accuracies in (FOUND | found).items():
        where = {"method": method, "space": "darts", "protocol": "cda"}
        for index in range(4):
            name = f"darts/random-{index:03d}"
            rows += curve_rows([80, 85 + index], genotype=name, origin="random", **where)
        for seed, last in enumerate(accuracies):
            name = f"{method}/cifar10/seed-{seed}"
            rows += curve_rows([last + 1, last], genotype=name, origin="searched", **where)
    return frame(rows)


def histories(darts=100.0):
    """Searches of 100 s, of four trainings of 10 s, and of a score of 2 s."""
    spent = {"darts": ([darts], np.nan), "best": ([10.0] * 4, 50.0), "count": ([2.0], np.nan)}
    return pd.DataFrame(
        {
            "dataset": "cifar10",
            "method": method,
            "seed": seed,
            "stage": 1,
            "epoch": epoch,
            "seconds": seconds,
            "at_once": 1,
            "validation_accuracy": accuracy,
        }
        for method, (rows, accuracy) in spent.items()
        for seed in range(2)
        for epoch, seconds in enumerate(rows, start=1)
    )


def last(found):
    return found[found["statistic"] == "last"].set_index("baseline")


def test_every_method_meets_every_baseline_of_its_space_and_protocol():
    found = against_baselines(study(), histories(), ["best", "count"], "best")
    assert list(zip(found["method"], found["baseline"], found["statistic"], strict=True)) == [
        ("darts", baseline, statistic)
        for statistic in ("best", "last")
        for baseline in ("best", "count")
    ]
    assert found["decides"].tolist() == [False, False, True, True]


def test_another_protocol_is_not_compared():
    other = study()
    other.loc[other["method"] == "count", "protocol"] = "cd"
    found = against_baselines(other, histories(), ["best", "count"], "best")
    assert set(found["baseline"]) == {"best"}


def test_the_difference_is_welchs_and_the_answers_follow():
    found = last(against_baselines(study(), histories(), ["best", "count"], "best"))
    expected = stats.ttest_ind(FOUND["darts"], FOUND["best"], equal_var=False)
    ends = expected.confidence_interval()
    row = found.loc["best"]
    assert row[["difference", "low", "high"]].tolist() == pytest.approx([4.5, ends.low, ends.high])
    assert row["welch_p"] == pytest.approx(expected.pvalue)
    assert row["welch_q"] == pytest.approx(2 * expected.pvalue)
    assert found["answer"].to_dict() == {"best": "better", "count": "undecided"}


def test_with_few_runs_nothing_is_tested():
    found = last(against_baselines(study(best=[10, 11]), histories(), ["best", "count"], "best"))
    assert found.loc["best", "answer"] == "undecided"
    assert np.isnan(found.loc["best", "welch_p"])


@pytest.mark.parametrize(
    ("seconds", "words"), [(100.0, "10"), (99.9, "9"), (20.0, "2"), (19.9, "fewer than 2")]
)
def test_a_budget_buys_whole_trainings(seconds, words):
    found = last(against_baselines(study(), histories(seconds), ["best", "count"], "best"))
    assert [said(one) for one in found["buys"]] == [words, words]
    assert found["seconds"].tolist() == pytest.approx([seconds] * 2)
    assert found["baseline_seconds"].tolist() == pytest.approx([40, 2])
    assert found["trainings"].tolist()[0] == 4
    assert np.isnan(found["trainings"].tolist()[1])


def test_trainings_of_several_lengths_are_not_counted_as_whole_ones():
    halved = histories()
    halved.loc[(halved["method"] == "count"), ["stage", "validation_accuracy"]] = [2, 50.0]
    found = last(against_baselines(study(), halved, ["best", "count"], "best"))
    assert found.loc["best", "trainings"] == 4
    assert np.isnan(found.loc["count", "trainings"])


def test_what_was_not_measured_is_not_known():
    known = histories()
    found = against_baselines(study(), known[known["method"] != "best"], ["best"], "best")
    assert {said(one) for one in found["buys"]} == {"not known"}


def test_the_table_and_the_figure_show_it():
    arguments = {"dataset_labels": {"cifar10": "CIFAR-10"}, "method_labels": LABELS}
    tidy, shown, note = table(study(), histories(), ["best", "count"], "best", **arguments)
    assert shown["baseline"].tolist() == ["Random search"] * 2 + ["Number of parameters"] * 2
    assert set(shown["buys"]) == {"10"} and tidy["decides"].any()
    assert "trainings of Random search" in note
    one_search = study(darts=[94], best=[90], count=[95])
    assert not figure.draw(one_search, histories(), **arguments).data.empty
    drawing = figure.draw(study(), histories(), **arguments)
    assert drawing.data.set_index("method")["seconds"].to_dict() == pytest.approx(
        {"darts": 100, "best": 40, "count": 2}
    )

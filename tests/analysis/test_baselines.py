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
    starred = {**arguments, "method_labels": LABELS | {"best": "A*"}}
    assert r"trainings of A\* the" in table(study(), histories(), ["best"], "best", **starred)[2]
    one_search = study(darts=[94], best=[90], count=[95])
    assert not figure.draw(one_search, histories(), **arguments).data.empty
    drawing = figure.draw(study(), histories(), **arguments)
    assert drawing.data.set_index("method")["seconds"].to_dict() == pytest.approx(
        {"darts": 100, "best": 40, "count": 2}
    )


ARGUMENTS = {"dataset_labels": {"cifar10": "CIFAR-10"}, "method_labels": LABELS | {"mine": "Mine"}}


def stated(seconds=100.0, device="cuda (V100)"):
    return {"cifar10": {"mine": {"seconds": seconds, "device": device}}}


def measured(device="cpu"):
    return histories().assign(device=device)


def with_mine():
    return study(mine=[93, 94, 95, 97])


def rows_of_mine(histories, costs):
    """Return the rows of a method whose search was not seen here, by the last accuracy."""
    found = against_baselines(with_mine(), histories, ["best", "count"], "best", costs)
    return last(found[found["method"] == "mine"])


def test_a_stated_cost_buys_trainings_on_the_same_device_alone():
    same = rows_of_mine(measured("cpu"), stated(device="cpu"))
    assert same["seconds"].tolist() == [100, 100] and same["buys"].tolist() == [10, 10]
    for here in ("cpu", "cuda"):  # which GPU it was here is not known
        other = rows_of_mine(measured(here), stated())
        assert other["seconds"].tolist() == [100, 100] and other["buys"].isna().all()
        assert set(other["device"]) == {"cuda (V100)"} and set(other["baseline_device"]) == {here}


def test_searches_here_on_different_devices_are_not_compared():
    mixed = measured("cuda:1")
    mixed.loc[mixed["method"] == "best", "device"] = "cuda:0"
    found = against_baselines(study(), mixed, ["best", "count"], "best")
    assert set(found["buys"]) == {10} and set(found["device"]) == {"cuda"}
    mixed.loc[mixed["method"] == "best", "device"] = "cpu"
    assert against_baselines(study(), mixed, ["best", "count"], "best")["buys"].isna().all()


@pytest.mark.parametrize(
    ("costs", "said_of_it"),
    [
        (
            stated(),
            "Seconds of different devices are not compared: DARTS, Random search, Number of "
            "parameters on cpu; Mine on cuda (V100), as stated.",
        ),
        (
            stated(device="cpu"),
            "Seconds: DARTS, Random search, Number of parameters on cpu; Mine on cpu, as stated.",
        ),
    ],
)
def test_the_table_and_the_figure_say_what_is_stated_and_of_which_device(costs, said_of_it):
    tidy, shown, note = table(
        with_mine(), measured(), ["best", "count"], "best", stated=costs, **ARGUMENTS
    )
    assert note.endswith(said_of_it)
    assert tidy.loc[tidy["method"] == "mine", "seconds"].tolist() == [100.0] * 4
    several = "different" in said_of_it
    assert set(shown.loc[shown["method"] == "Mine", "buys"]) == {"not known" if several else "10"}
    drawing = figure.draw(with_mine(), measured(), stated=costs, **ARGUMENTS)
    assert drawing.caption.endswith(said_of_it)
    assert drawing.data.set_index("method").loc["mine", "seconds"] == 100
    assert ("Mine, on cuda (V100)" in legend(drawing)) == several
    assert ("Mine" in legend(drawing)) != several


def legend(drawing):
    return [text.get_text() for text in drawing.figure.legends[0].get_texts()]


def test_what_is_measured_on_one_device_needs_no_words():
    for here in (histories(), measured()):
        assert "econds of" not in figure.draw(study(), here, **ARGUMENTS).caption
        note = table(study(), here, ["best"], "best", **ARGUMENTS)[2]
        assert note.endswith("The cost of tuning either is unknown.")


@pytest.mark.parametrize("costs", [None, stated(0.0)])
def test_a_method_that_cannot_be_drawn_is_named_below_the_figure_alone(costs):
    drawing = figure.draw(with_mine(), histories(), stated=costs, **ARGUMENTS)
    assert legend(drawing) == ["DARTS", "Random search", "Number of parameters"]
    assert "a cost above 0 or of a relative improvement: Mine." in drawing.caption
    assert "mine" in set(drawing.data["method"])


def test_a_method_that_is_drawn_on_some_datasets_is_named_with_the_others():
    both = pd.concat([study(), study().assign(dataset="sport8")], ignore_index=True)
    rows = histories()
    spent = pd.concat([rows, rows[rows["method"] != "darts"].assign(dataset="sport8")])
    labels = ARGUMENTS | {"dataset_labels": {"cifar10": "CIFAR-10", "sport8": "Sport-8"}}
    drawing = figure.draw(both, spent, **labels)
    assert "relative improvement: DARTS on Sport-8." in drawing.caption
    assert "DARTS" in legend(drawing)
    alone = figure.draw(both, rows, **labels)
    assert [text.get_text().replace("\n", " ") for text in alone.figure.axes[1].texts] == [
        figure.NOTHING
    ]
    nothing = figure.draw(both, rows.iloc[:0], **labels)
    assert nothing.caption == figure.NOTHING and not nothing.figure.axes


def test_the_caption_counts_the_intervals_that_are_drawn():
    """One method has one run, and so no interval, by either accuracy; one is not drawn."""
    drawing = figure.draw(study(darts=[94], mine=[95]), histories(), **ARGUMENTS)
    assert "or of a baseline above 0: 1." in drawing.caption
    assert "n = 1 to 4 runs" in drawing.caption

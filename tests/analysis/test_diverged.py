"""Runs that diverged, in numbers and captions: n trained and n counted."""

import numpy as np
import pytest

from naseval.analysis.correlation import correlation
from naseval.analysis.distribution import distribution
from naseval.analysis.finals import curves, summarise, trained_and_counted
from naseval.analysis.operations import operations
from naseval.analysis.power import power
from naseval.analysis.ranking import ranking
from naseval.analysis.relative_improvement import benchmark_table
from naseval.analysis.variance import variance
from naseval.analysis.verdicts import against_average
from naseval.analysis.wording import out_of
from naseval.figures import distribution as figure
from naseval.figures import ranks
from study_tables import MARGINS, curve_rows, frame

HEALTHY = {"diverged": False}
LEFT_OUT = {"reading": "epoch", "epoch": 2, "diverged": True}
CHANCE = {"diverged": True}


def healthy(index, **fields):
    values = [50 + index, 60 + index / 2, 70 - index / 3]
    return curve_rows(values, genotype=f"darts/random-{index:03d}", **(HEALTHY | fields))


def study(*extra, count=4, **fields):
    return frame([row for index in range(count) for row in healthy(index, **fields)] + list(extra))


def left_out(index=9, **fields):
    return LEFT_OUT | {"genotype": f"darts/random-{index:03d}"} | fields


def test_the_sentence_says_both_numbers_and_what_became_of_the_rest():
    assert trained_and_counted(study()) == "4 runs trained, all counted."
    one, two = left_out(), left_out(8)
    assert trained_and_counted(study(one)) == (
        "5 runs trained, 4 counted: 1 diverged and is left out."
    )
    assert trained_and_counted(study(one, two)) == (
        "6 runs trained, 4 counted: 2 diverged and are left out."
    )
    guess = curve_rows([10, 10, 10], genotype="darts/random-009", **CHANCE)
    assert trained_and_counted(study(*guess)) == (
        "5 runs trained, 5 counted: 1 diverged and counts at chance level."
    )
    shared = [row | {"method": "darts"} for row in healthy(0)]
    assert trained_and_counted(study(*shared)) == "4 runs trained, all counted."


def test_of_published_runs_it_is_not_known():
    assert trained_and_counted(study(diverged=None)) == ""


def test_summaries_count_what_is_trained_and_what_is_counted():
    one = summarise(study(left_out()), ["protocol"])
    other = summarise(study(), ["protocol"])
    assert one["trained"].tolist() == [5, 5] and one["n"].tolist() == [4, 4]
    assert other["trained"].tolist() == other["n"].tolist() == [4, 4]
    assert one.drop(columns="trained").equals(other.drop(columns="trained"))


def test_the_benchmark_counts_each_side():
    searched = [
        row for index in range(3) for row in healthy(index + 1, origin="searched", method="darts")
    ]
    random = [row for index in range(4) for row in healthy(index, method="darts")]
    rows = [*random, *searched, left_out(origin="searched", method="darts")]
    table = benchmark_table(frame(rows))
    counts = table.iloc[0][["random_trained", "random_n", "searched_trained", "searched_n"]]
    assert counts.tolist() == [4, 4, 4, 3]
    judged = against_average(frame(rows), MARGINS).iloc[0]
    assert (judged["searched_n"], judged["random_n"], judged["decides"]) == (3, 4, False)
    assert power(frame(rows))[0].iloc[0][["searched_trained", "searched_n"]].tolist() == [4, 3]
    assert np.isfinite(table["relative_improvement"]).all()


def test_ranks_leave_out_an_architecture_that_diverged_under_one_seed():
    rows = [row for seed in (0, 1) for index in range(3) for row in healthy(index, seed=seed)]
    rows += [*healthy(9, seed=0), left_out(9, seed=1), left_out(8, seed=0), left_out(8, seed=1)]
    table, sentence = ranking(frame(rows), "seed")
    assert table[["trained", "n", "left_out"]].to_numpy().tolist() == [[5, 3, 2]] * 2
    said = "Left out, since not trained under both of them, or diverged: 2 architectures."
    assert sentence.endswith(said) and ranks.draw(frame(rows), "seed").caption.endswith(said)


def test_two_spaces_and_the_variance_count_both():
    one = [row for index in range(3) for row in healthy(index, space="darts")]
    other = [row for index in range(3) for row in healthy(index, space="modified")]
    table, _ = operations(frame([*one, *other, left_out(space="modified")]))
    row = table.iloc[0]
    assert row[["original_trained", "original_n"]].tolist() == [3, 3]
    assert row[["modified_trained", "modified_n"]].tolist() == [4, 3]

    grid = [
        row
        for protocol in ("base", "cda")
        for index in range(3)
        for row in healthy(index + (protocol == "cda"), protocol=protocol)
        if not (index == 0 and protocol == "cda")
    ]
    table, _ = variance(frame([*grid, *healthy(3, protocol="base"), left_out(0, protocol="cda")]))
    assert set(table["trained"]) == {4} and set(table["architectures"]) == {2}


def test_curves_leave_it_out_and_count_it():
    whole = study(left_out())
    assert len(curves(whole)) == 4
    table, _ = correlation(whole)
    assert set(table["trained"]) == {5} and set(table["n"]) == {4}
    described, _ = distribution(study(left_out(space="darts"), space="darts"))
    assert described["trained"].tolist() == [5, 5]
    assert np.isfinite(described[["p5", "median", "range"]].to_numpy()).all()
    drawing = figure.draw(whole)
    assert "darts/random-009 seed 0" not in drawing.data
    assert "4 random architectures" in drawing.caption


@pytest.mark.parametrize(("counted", "trained", "shown"), [(8, 8, "8"), (7, 8, "7 of 8")])
def test_cards_show_both_where_they_differ(counted, trained, shown):
    assert out_of(counted, trained) == shown

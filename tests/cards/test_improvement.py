"""A card's relative improvement, ranks and tricks are those of the analysis."""

import numpy as np

from card_results import configured
from naseval.analysis.over_datasets import mean_ranks, rankable
from naseval.analysis.relative_improvement import benchmark_table
from naseval.analysis.wording import interval
from naseval.cards import improvement, tricks
from naseval.cards.evidence import Evidence
from naseval.cards.improvement import improvement_table


def test_numbers_are_those_of_the_analysis(whole):
    study = whole.studies["benchmark"]
    expected = benchmark_table(study, "last").set_index(["dataset", "method"])
    shown = improvement.section(whole, "darts")
    for key, label in (("cifar10", "CIFAR-10"), ("sport8", "Sport-8")):
        row = expected.loc[(key, "darts")]
        line = next(line for line in shown.splitlines() if line.startswith(f"| {label} | last"))
        assert f"{row['searched_mean']:.2f} ± {row['searched_std']:.2f} | 3" in line
        assert f"{row['random_mean']:.2f} ± {row['random_std']:.2f} | 3" in line
        gain = interval(row["relative_improvement"], row["low"], row["high"])
        assert f"| {gain}, from 3 runs |" in line
    table = improvement_table(whole, "darts")
    assert table[["dataset", "statistic"]].to_numpy().tolist() == [
        [dataset, statistic] for dataset in ("cifar10", "sport8") for statistic in ("best", "last")
    ]


def test_ranks_follow_relative_improvement(whole):
    study = whole.studies["benchmark"]
    expected = mean_ranks(rankable(study, "last"))["darts"]
    places = []
    for dataset in ("cifar10", "sport8"):
        table = benchmark_table(study[study["dataset"] == dataset], "last")
        gains = table.set_index("method")["relative_improvement"]
        places.append(1 + int((gains > gains["darts"]).sum()))
    shown = improvement_table(whole, "darts").query("statistic == 'last'")
    assert shown["rank"].tolist() == places and (shown["of"] == 3).all()
    assert expected["mean_rank"] == np.mean(places)
    text = improvement.section(whole, "darts")
    assert f"Mean rank by *last* over 2 datasets: **{np.mean(places):.2f}** (without" in text


def test_with_and_without_tricks_stand_side_by_side(whole):
    text = tricks.section(whole, "darts")
    plain, own = (
        [line for line in text.splitlines() if mark in line] for mark in ("(plain)", "(its own)")
    )
    assert len(plain) == len(own) == 2
    runs = whole.study("tricks", "darts")
    for protocol, lines in (("base", plain), ("cda", own)):
        row = benchmark_table(runs[runs["protocol"] == protocol]).iloc[0]
        assert f"| CIFAR-10 | {protocol} (" in lines[0]
        gain = interval(row["relative_improvement"], row["low"], row["high"])
        assert gain in lines[0]


def test_tricks_that_are_not_configured_or_not_run_are_one_line(tmp_path, paper):
    without = Evidence.gathered(configured(paper, ["darts"], tricks=False), tmp_path, [])
    line = tricks.section(without, "darts")
    assert line.endswith("is not configured.") and "\n" not in line
    empty = Evidence.gathered(configured(paper, ["darts"]), tmp_path, [])
    assert "Nothing of this method" in tricks.section(empty, "darts")
    assert "leaves this method out" in tricks.section(empty, "nao")

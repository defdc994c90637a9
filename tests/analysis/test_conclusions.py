"""Sentences on verdicts."""

import pandas as pd

from naseval.analysis.conclusions import conclusion, counts, summary
from naseval.analysis.verdicts import against_average
from study_tables import DATASETS, made_up_benchmark, needs_published, published_benchmark


def rows(*verdicts, decides=True):
    return pd.DataFrame(
        {
            "dataset": ["cifar10", "sport8", "mit67", "flowers102"][: len(verdicts)],
            "statistic": "last",
            "decides": decides,
            "difference": 0.1,
            "verdict": verdicts,
        }
    )


def test_small_differences_are_counted_as_differences():
    table = rows("better", "better, by less than the margin", "undecided")
    assert counts(table) == "2 better, 0 worse, 0 equivalent, 1 undecided"
    assert "by the last accuracy: of 3 comparisons of a method on a dataset, 2 better, 0 worse" in (
        summary(table)
    )


def test_a_methods_conclusion_names_the_datasets():
    labels = {"cifar10": "CIFAR-10", "sport8": "Sport-8", "mit67": "MIT-67"}
    table = rows("better", "undecided", "undecided", "undecided")
    assert conclusion(table, labels) == (
        "Against the average architecture: better on CIFAR-10; not decided on Sport-8, MIT-67 and "
        "flowers102."
    )
    assert conclusion(rows("equivalent", "worse"), labels) == (
        "Against the average architecture: worse on Sport-8; equivalent to it on CIFAR-10."
    )


def test_only_what_decides_is_concluded_from():
    both = pd.concat([rows("better", decides=False), rows("worse")], ignore_index=True)
    assert conclusion(both, {}) == "Against the average architecture: worse on cifar10."
    assert conclusion(rows("better", decides=False), {}).endswith(": nothing to judge yet.")
    nothing = against_average(made_up_benchmark().iloc[:0], {})
    assert conclusion(nothing, {}).endswith(": nothing to judge yet.")
    assert summary(nothing) == "There is nothing to judge yet."
    table = against_average(made_up_benchmark(runs=4), dict.fromkeys(DATASETS, 1.0))
    assert "by the last accuracy: of 4 comparisons of a method" in summary(table)


@needs_published
def test_the_published_summary():
    table = against_average(published_benchmark(), dict.fromkeys(DATASETS, 0.5))
    assert (
        "of 39 comparisons of a method on a dataset, 6 better, 2 worse, 1 equivalent, "
        in summary(table)
    )
    assert "30 undecided" in summary(table)

"""A cell at one of its looks: the verdict, what a card says of it, and what stays frozen."""

import numpy as np
import pytest
from scipy import stats

from naseval import records, schemas
from naseval.analysis.sequential import nominal_levels
from naseval.analysis.stopping import judged_look, sentence, table
from study_tables import curve_rows, frame

LOOKS = ((4, 4), (8, 8), (12, 12), (16, 16))
CELL = ("cifar10", "darts")
MARGIN = 0.5


def study(searched, random, method="darts"):
    """Return a benchmark with one cell, whose runs have these last accuracies."""
    sides = {"searched": (searched, f"{method}/cifar10/seed-{{}}"), "random": (random, "s/{:03d}")}
    return frame(
        row
        for origin, (accuracies, genotype) in sides.items()
        for number, accuracy in enumerate(accuracies)
        for row in curve_rows(
            [99.0, accuracy],
            origin=origin,
            genotype=genotype.format(number),
            method=method,
            space="s",
        )
    )


def runs(mean, n, std=0.2):
    """Return n accuracies of exactly this mean and standard deviation (ddof 1)."""
    values = np.arange(n, dtype=float)
    if n < 2:
        return np.full(n, mean)
    return mean + std * (values - values.mean()) / values.std(ddof=1)


def judged(difference, look=1, n=None, std=0.2):
    n = LOOKS[look - 1][0] if n is None else n
    both = runs(80 + difference, n, std), runs(80, n, std)
    return judged_look(study(*both), CELL, LOOKS, look, MARGIN)


def test_a_look_is_judged_by_the_last_accuracy_at_the_nominal_levels():
    row = judged(1.0, look=2)
    levels = nominal_levels((4, 8, 12, 16))
    test = stats.ttest_ind(runs(81, 8), runs(80, 8), equal_var=False)
    assert (row["verdict"], row["decided"]) == ("better", True)
    assert row["difference"] == pytest.approx(1.0)
    assert row["difference_p"] == pytest.approx(test.pvalue)
    assert row["difference_level"] == levels.difference
    interval = test.confidence_interval(1 - levels.difference)
    assert [row["low"], row["high"]] == pytest.approx(list(interval))
    records.table(schemas.LOOK, [row])


def test_between_the_usual_level_and_the_nominal_one_it_stays_undecided():
    row = judged(0.482, look=2, std=0.4)
    assert row["difference_level"] < row["difference_p"] < 0.05
    assert (row["verdict"], row["decided"]) == ("undecided", False)


def test_equal_runs_are_equivalent():
    assert judged(0.0, look=2)["verdict"] == "equivalent"


@pytest.mark.parametrize("n", [0, 1, 3])
def test_with_too_few_runs_that_count_nothing_is_decided(n):
    row = judged(5.0, look=1, n=n)
    assert (row["verdict"], row["searched_n"], row["difference"]) == ("undecided", n, None)
    assert sentence(row).endswith("for want of runs")
    records.table(schemas.LOOK, [row])


def test_sentences():
    assert sentence(judged(1.0, look=2)).startswith(
        "stopped at n = 8 (8 searches against 8 random, look 2 of 4): **better**, difference 1.00 ["
    )
    assert sentence(judged(0.3, look=1)).startswith("still undecided at n = 4 (")
    assert sentence(judged(0.6, look=4, std=2)).startswith("undecided at the last look, n = 16 (")


def test_the_table_says_where_cells_stopped_and_what_that_means():
    rows = [judged(1.0, look=2), {**judged(0.6, look=4, std=2), "method": "enas"}]
    tidy, readable, note = table(records.table(schemas.LOOK, rows).to_pandas())
    assert tidy["verdict"].tolist() == ["better", "undecided"]
    assert readable["stopped at"].tolist() == ["n = 8, look 2 of 4", "n = 16, look 4 of 4"]
    assert note.startswith("1 better, 0 worse, 0 equivalent, 1 undecided. 1 cell of 2 stopped")
    assert "took 12.0 searches" in note and "overstated" in note

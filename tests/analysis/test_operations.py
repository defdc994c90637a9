"""Two sets of operations compared."""

import pytest

from naseval.analysis.operations import operations
from naseval.errors import NasevalError
from study_tables import (
    curves_frame,
    frame,
    made_up_curves,
    needs_published,
    published_operations,
    recomputed,
)


def test_operations_wants_two_spaces():
    with pytest.raises(NasevalError, match="configure two"):
        operations(curves_frame(made_up_curves(3, 4, "one")))


def runs(space, accuracies, **fields):
    return [
        {"space": space, "genotype": f"{space}/{index}", "test_accuracy": accuracy, **fields}
        for index, accuracy in enumerate(accuracies)
    ]


@pytest.mark.parametrize("lost", ["darts", "modified"])
def test_a_space_of_which_all_runs_diverged_is_not_compared(lost):
    (kept,) = {"darts", "modified"} - {lost}
    table, sentence = operations(
        frame([*runs(kept, [90, 91, 92]), *runs(lost, [None] * 3, diverged=True)])
    )
    assert table.empty
    assert sentence == "Only one of the two spaces has runs, so there is nothing to compare."


def test_the_shift_lies_above_or_below_with_its_interval():
    """By hand: a standard error of √2 points, two degrees of freedom, t = 4.3027."""
    found = (
        "The mean of 2 architectures of the modified space lies 10.00 [3.92, 16.08] points {} that "
        "of 2 of the original one (best over epochs), whose standard deviation is 1.00."
    )
    low, high = [1, 3], [11, 13]
    for original, modified, place in ((low, high, "above"), (high, low, "below")):
        study = frame([*runs("darts", original), *runs("modified", modified)])
        assert operations(study)[1] == found.format(place)


@needs_published
def test_published_operations():
    table, sentence = operations(published_operations())
    known = recomputed()["fig6"]
    for row in table.to_dict("records"):
        statistic = row["statistic"]
        assert (row["original_n"], row["modified_n"]) == (214, 56)
        assert row["shift"] == pytest.approx(known[f"shift_of_means_{statistic}"], abs=1e-6)
        for side in ("original", "modified"):
            assert row[f"{side}_std"] == pytest.approx(
                known[f"{side}_{statistic}"]["std"], abs=1e-6
            )
    best = table.iloc[0]
    assert best["shift_of_medians"] == pytest.approx(0.175)
    assert best["kolmogorov_p"] == pytest.approx(known["ks_p_best"], rel=1e-3)
    assert best["mann_whitney_p"] == pytest.approx(known["mannwhitney_p_best"], rel=1e-3)
    assert "0.19 [0.10, 0.27] points below" in sentence

"""The percentile of a printed cell among random architectures, and its interval."""

import numpy as np
import pytest
from scipy import stats

from naseval.analysis.printed import percentiles, summary, table
from naseval.randomness import stream
from study_tables import frame


def study(cell, random, genotype="darts/printed-drnas"):
    """Return a study with one cell's accuracies, and those of each random architecture."""
    common = {"study": "printed", "space": "darts"}
    rows = [
        {**common, "origin": "printed", "genotype": genotype, "seed": seed, "test_accuracy": value}
        for seed, value in enumerate(cell)
    ]
    rows += [
        {**common, "genotype": f"darts/random-{index:03d}", "seed": seed, "test_accuracy": value}
        for index, values in enumerate(random)
        for seed, value in enumerate(values)
    ]
    return frame(rows)


def test_the_percentile_averages_trainings_and_counts_ties_half():
    random = [[90.0], [91.0], [92.0], [96.0]]
    (row,) = percentiles(study([95.0, 91.0] * 2, random)).to_dict("records")
    assert row["percentile"] == pytest.approx(100 * (3 / 4 + 1.5 / 4) / 2)
    assert (row["label"], row["n"], row["random_n"]) == ("DrNAS", 4, 4)
    assert (row["mean"], row["random_mean"]) == (93.0, 92.25)
    assert row["low"] < row["percentile"] < row["high"]


def test_a_random_architecture_counts_once_however_often_it_is_trained():
    (row,) = percentiles(study([95.0, 95.0], [[90.0, 99.0, 99.0], [90.0]])).to_dict("records")
    assert row["percentile"] == pytest.approx(100 * (1 / 3 + 1) / 2)


@pytest.mark.parametrize("random", [4, 32])
def test_a_cell_above_or_below_all_others_has_the_exact_interval_of_a_share(random):
    """As many architectures as these may miss a share of those above it."""
    exact = 100 * stats.binomtest(random, random).proportion_ci(0.95, "exact").low
    architectures = [[50.0 + value] for value in range(random)]
    (above,) = percentiles(study([99.0] * 4, architectures)).to_dict("records")
    (below,) = percentiles(study([40.0] * 4, architectures)).to_dict("records")
    assert (above["low"], above["percentile"], above["high"]) == pytest.approx((exact, 100, 100))
    assert (below["low"], below["percentile"], below["high"]) == pytest.approx((0, 0, 100 - exact))


def test_too_few_runs_have_no_interval():
    for cell, random in (([95.0] * 3, [[90.0]] * 4), ([95.0] * 4, [[90.0]] * 3)):
        (row,) = percentiles(study(cell, random)).to_dict("records")
        assert row["percentile"] == 100
        assert np.isnan([row["low"], row["high"]]).all()


def test_the_interval_covers_the_percentile_of_an_average_cell():
    rng = stream("tests", "printed")
    held = []
    for _ in range(25):
        cell, random = rng.normal(0.2, 0.1, 4), rng.normal(0, 1, 32)
        shifted = study(50 + cell, [[50 + value] for value in random])
        (row,) = percentiles(shifted).to_dict("records")
        held.append(row["low"] <= 57.9 <= row["high"])  # the normal distribution at 0.2
    assert np.mean(held) > 0.85


def test_the_table_says_how_many_cells_are_above_and_how_they_were_selected():
    tidy, shown, note = table(study([99.0] * 4, [[value] for value in range(32)]))
    assert shown["percentile"].tolist() == ["100 [89, 100]"]
    assert "selected the printed cells on CIFAR-10" in note
    assert "Of 1 cell with an interval (best over epochs, each dataset), 1 lies wholly" in note
    assert summary(tidy.assign(low=np.nan)) == "No cell has an interval yet."

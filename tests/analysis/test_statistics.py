"""What all statistics have in common: one dataset at a time, and no shared random state."""

import pandas as pd
import pytest

from naseval.analysis.correlation import correlation
from naseval.analysis.distribution import distribution
from naseval.analysis.operations import operations
from naseval.analysis.ranking import ranking
from naseval.analysis.variance import variance
from naseval.analysis.verdicts import against_average
from naseval.errors import NasevalError
from study_tables import MARGINS, curves_frame, frame, made_up_benchmark, made_up_curves


def test_two_datasets_are_not_mixed():
    curves_of = [
        curves_frame(made_up_curves(3, 4, name), dataset=name) for name in ("cifar10", "sport8")
    ]
    mixed = pd.concat(curves_of)
    for analysis in (distribution, correlation, operations, variance):
        with pytest.raises(NasevalError, match="runs on cifar10, sport8; give it exactly one"):
            analysis(mixed)
    with pytest.raises(NasevalError, match="exactly one"):
        ranking(mixed, "seed")


def test_statistics_do_not_depend_on_one_another():
    """The same numbers whatever else was computed before: no shared random state."""
    study = made_up_benchmark(runs=4)
    first = against_average(study, MARGINS)
    variance(
        frame(
            {"genotype": f"r{i}", "protocol": p, "test_accuracy": 90.0 + i * k}
            for i in range(3)
            for k, p in enumerate(("a", "b"))
        )
    )
    pd.testing.assert_frame_equal(first, against_average(study, MARGINS))

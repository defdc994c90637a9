"""Two sets of operations compared."""

import pytest

from naseval.analysis.operations import operations
from naseval.errors import NasevalError
from study_tables import (
    curves_frame,
    made_up_curves,
    needs_published,
    published_operations,
    recomputed,
)


def test_operations_wants_two_spaces():
    with pytest.raises(NasevalError, match="configure two"):
        operations(curves_frame(made_up_curves(3, 4, "one")))


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

"""Curves, final accuracies and their summaries."""

import pytest

from naseval.analysis.correlation import window_of
from naseval.analysis.finals import best_and_last, curves, scaled, summarise
from naseval.errors import NasevalError
from study_tables import (
    curves_frame,
    frame,
    made_up_curves,
    needs_published,
    published_cells,
    recomputed,
)


def test_curves_keep_the_order_of_epochs():
    values = made_up_curves(3, 12, "curves")
    study = curves_frame(values).sample(frac=1, random_state=0).sort_values("genotype")
    wide = curves(study)
    assert wide.columns.tolist() == list(range(1, 13))
    assert wide.to_numpy() == pytest.approx(values)
    with pytest.raises(NasevalError, match="differ in length"):
        curves(study[(study["genotype"] != "darts/random-001") | (study["epoch"] < 12)])
    with pytest.raises(NasevalError, match="holds no curves"):
        curves(frame([{"genotype": "a", "test_accuracy": 1.0}]))


def test_epochs_and_window_scale_with_the_run():
    assert [scaled(epoch, 600) for epoch in (300, 450, 600)] == [300, 450, 600]
    assert [scaled(epoch, 3) for epoch in (300, 450, 600)] == [2, 2, 3]
    assert [window_of(epochs) for epochs in (600, 60, 3, 1)] == [20, 2, 2, 1]


def test_summary_of_one_run_has_no_interval():
    table = summarise(curves_frame(made_up_curves(1, 4, "lonely")), ["space"])
    assert table["std"].tolist() == [0, 0]
    assert table[["low", "high", "std_sample"]].isna().all(axis=None)


@needs_published
def test_published_cells():
    best, last = best_and_last(summarise(published_cells(), ["cells"]))
    for cells, known in recomputed()["fig7"].items():
        for table, statistic in ((best, "best"), (last, "last")):
            row = table[table["cells"] == int(cells)].iloc[0]
            for key in ("n", "mean", "std", "min", "max"):
                assert row[key] == pytest.approx(known[statistic][key], abs=1e-6)

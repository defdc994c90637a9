"""Figures of groups whose runs all diverged and are left out."""

import numpy as np
import pandas as pd
import pytest

from drawn import faults, shown, undefined
from naseval.figures import cells, correlation, cost, distribution, protocols
from study_tables import (
    DATASETS,
    METHODS,
    PROTOCOLS,
    curves_frame,
    made_up_benchmark,
    made_up_curves,
)

SPACES = {"darts": "original"}
BOTH = {"random": "random architectures", "fixed": "ResNet-50"}
COSTS = pd.DataFrame(columns=["method", "dataset", "seed", "gpu_days"])
ALL = "All runs diverged, so there is nothing to draw."


def without(study: pd.DataFrame, gone: pd.Series) -> pd.DataFrame:
    """Return a study whose runs in the rows `gone` diverged in their second epoch."""
    lost = study[gone & (study["epoch"] == 2)].assign(test_accuracy=np.nan, diverged=True)
    return pd.concat([study[~gone].assign(diverged=False), lost], ignore_index=True)


def by_cells() -> pd.DataFrame:
    return pd.concat(
        [curves_frame(made_up_curves(3, 4, number), cells=number) for number in (4, 8, 20)],
        ignore_index=True,
    )


def by_protocol() -> pd.DataFrame:
    tables = [
        curves_frame(
            made_up_curves(2, 4, protocol, origin), origin, origin=origin, protocol=protocol
        )
        for protocol in ("base", "c", "cda")
        for origin in BOTH
    ]
    return pd.concat(tables, ignore_index=True)


def check(drawing) -> str:
    assert faults(drawing.figure) == []
    assert not undefined(drawing.caption), drawing.caption
    assert "n = 0" not in drawing.caption
    return drawing.caption


def ticks(drawing) -> list[str]:
    return [label.get_text() for label in drawing.figure.axes[0].get_xticklabels()]


def test_numbers_of_cells_without_a_run_have_no_bar_and_are_named():
    study = by_cells()
    drawing = cells.draw(without(study, study["cells"] == 20))
    caption = check(drawing)
    assert ticks(drawing) == ["4\nn = 3", "8\nn = 3"]
    assert "From 4 to 8 cells the mean changes by" in caption
    assert caption.endswith("All runs with 20 cells diverged, so there is no bar.")
    assert drawing.data["n"].tolist() == [3, 3, 0, 3, 3, 0]
    assert "diverged" not in cells.draw(study.assign(diverged=False)).caption


def test_protocols_without_a_run_have_no_bar_and_are_named():
    study = by_protocol()
    gone = (study["protocol"] == "cda") | (
        (study["protocol"] == "c") & (study["origin"] == "fixed")
    )
    drawing = protocols.draw(without(study, gone), PROTOCOLS, SPACES, BOTH)
    assert ticks(drawing) == ["Base", "Cutout"]
    assert check(drawing).endswith(
        "All runs diverged, so there is no bar, of original under CDA; "
        "ResNet-50 under Cutout and CDA."
    )
    assert "diverged" not in protocols.draw(study, PROTOCOLS, SPACES, BOTH).caption


def test_protocols_that_were_not_run_are_told_from_those_that_diverged():
    study = by_protocol()
    study = study[~((study["protocol"] == "c") & (study["origin"] == "fixed"))]
    gone = (study["protocol"] == "cda") & (study["origin"] == "fixed")
    drawing = protocols.draw(without(study, gone), PROTOCOLS, SPACES, BOTH)
    assert check(drawing).endswith(
        "of ResNet-50 under CDA. Another protocol without a bar has no runs."
    )


def test_the_sides_of_methods_without_a_run_are_named():
    study = made_up_benchmark(["cifar10"])
    gone = (study["method"] == "nao") & (study["origin"] == "searched")
    caption = check(cost.draw(without(study, gone), COSTS, DATASETS, METHODS))
    assert caption.endswith("so there is no bar, of searched architectures of NAO.")
    assert "n = 3 runs each" in caption


@pytest.mark.parametrize(
    ("draw", "study", "others"),
    [
        (cells.draw, by_cells(), []),
        (protocols.draw, by_protocol(), [PROTOCOLS, SPACES, BOTH]),
        (cost.draw, made_up_benchmark(["cifar10"]), [COSTS, DATASETS, METHODS]),
        (distribution.draw, curves_frame(made_up_curves(3, 4, "lost")), []),
        (correlation.draw, curves_frame(made_up_curves(3, 4, "lost")), []),
    ],
)
def test_a_sentence_stands_in_place_of_a_figure_without_a_run(draw, study, others):
    drawing = draw(without(study, study["epoch"] > 0), *others)
    assert check(drawing) == ALL
    assert shown(drawing.figure) == [ALL]

"""The data behind every figure but the first, and what is drawn of them."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection

from naseval.analysis.cost import stated_costs
from naseval.errors import NasevalError
from naseval.figures import (
    cells,
    correlation,
    cost,
    distribution,
    forest,
    operations,
    protocols,
    ranks,
)
from study_tables import (
    DATASETS,
    MARGINS,
    METHODS,
    PROTOCOLS,
    curve_rows,
    curves_frame,
    frame,
    made_up_benchmark,
    made_up_curves,
    needs_published,
    paired_frame,
    published_benchmark,
    published_cells,
    published_cost,
    published_depth,
    published_distribution,
    published_operations,
    published_protocols,
    published_seeds,
    recomputed,
    stacnas_summary,
)

RANDOM = {"random": "DARTS space"}
BOTH = {"random": "DARTS space", "fixed": "ResNet-50"}
SPACES = {"darts": "original", "modified": "modified"}


def made_up_protocols(names=("base", "c", "cda")) -> pd.DataFrame:
    rows = []
    for place, name in enumerate(names):
        for index, curve in enumerate(made_up_curves(3, 4, "protocol", name) + place):
            rows += curve_rows(curve, genotype=f"darts/random-{index:03d}", protocol=name)
            rows += curve_rows(
                curve + 1, genotype="resnet50", origin="fixed", protocol=name, seed=index
            )
    return frame(rows)


def made_up_costs(methods) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"method": method, "dataset": "cifar10", "seed": seed, "gpu_days": 0.5 + seed}
            for method in methods
            for seed in (0, 1)
        ]
    )


def bars_of(panel):
    return [patch for patch in panel.patches if patch.get_width() > 0]


def test_cost_sorts_by_searched_accuracy_and_averages_over_seeds():
    study = made_up_benchmark(["cifar10", "sport8"], ["darts", "nao", "enas"])
    figure, data, caption = cost.draw(study, made_up_costs(["darts", "nao"]), DATASETS, METHODS)
    best = data[data["statistic"] == "best"]
    assert best["searched_mean"].is_monotonic_increasing
    assert set(data["dataset"]) == {"cifar10"} and len(data) == 6
    spent = best.set_index("method")["gpu_days"]
    assert spent["darts"] == spent["nao"] == 1.0 and np.isnan(spent["enas"])
    labels = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert labels == [METHODS[method] for method in best["method"]]
    heights = [bar.get_height() for bar in bars_of(figure.axes[0])]
    assert heights == pytest.approx([*best["random_mean"], *best["searched_mean"]])
    assert "n = 3 runs" in caption
    with pytest.raises(NasevalError, match="no runs on mit67"):
        cost.draw(study, made_up_costs(["darts"]), DATASETS, METHODS, "mit67")


@pytest.mark.parametrize(
    ("devices", "name"),
    [
        (["cuda:0", "cuda (V100)"], "GPU"),
        (["cuda", "mps", "GPU V100"], "GPU"),
        (["cpu", "cuda(V100)"], "CPU or GPU"),
        (["cpu", "TPU v3"], "CPU or TPU v3"),
    ],
)
def test_devices_of_one_kind_are_called_the_same(devices, name):
    """One of them is measured, another is as it is stated."""
    methods = ["darts", "nao", "enas"][: len(devices)]
    costs = made_up_costs(methods).assign(device=np.repeat(devices, 2))
    figure = cost.draw(made_up_benchmark(["cifar10"], methods), costs, DATASETS, METHODS).figure
    assert figure.axes[1].get_ylabel() == f"cost ({name}-days)"


def test_protocols_draw_one_bar_per_family_and_the_triangle():
    study = made_up_protocols()
    figure, data, caption = protocols.draw(study, PROTOCOLS, SPACES, BOTH, 97.47)
    assert len(data) == 3 * 2 * 2
    best = data[data["statistic"] == "best"]
    (panel,) = figure.axes
    assert sorted(bar.get_height() for bar in bars_of(panel)) == pytest.approx(sorted(best["mean"]))
    triangles = [line for line in panel.lines if line.get_marker() == "^"]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in triangles] == [(2, 97.47)]
    assert "97.47 %" in caption and panel.get_ylim()[1] > 97.47
    alone = protocols.draw(study, PROTOCOLS, SPACES, RANDOM).data
    assert set(alone["origin"]) == {"random"}
    half = protocols.draw(study[study["origin"] == "random"], PROTOCOLS, SPACES, BOTH)
    assert half.caption.endswith("There are no runs of ResNet-50.")
    assert set(half.data["origin"]) == {"random"}


def test_distribution_holds_every_curve():
    values = made_up_curves(5, 8, "curves")
    figure, data, caption = distribution.draw(curves_frame(values))
    assert data["epoch"].tolist() == list(range(1, 9))
    assert pytest.approx(values) == data.iloc[:, 3:].to_numpy().T
    assert data["mean"].to_numpy() == pytest.approx(values.mean(axis=0))
    (grey,) = (c for c in figure.axes[0].collections if isinstance(c, LineCollection))
    assert len(grey.get_segments()) == 5
    assert "epochs 4, 6, 8" in caption


def test_the_inset_counts_every_architecture():
    values = made_up_curves(40, 12, "inset")
    inset = distribution.draw(curves_frame(values)).figure.axes[1]
    area = sum(bar.get_height() * bar.get_width() for bar in inset.patches)
    assert area == pytest.approx(3)  # three densities
    assert max(bar.get_x() + bar.get_width() for bar in inset.patches) == pytest.approx(
        values.max()
    )


def test_one_epoch_is_enough_for_every_curve_figure():
    study = curves_frame(made_up_curves(3, 1, "one epoch"))
    assert len(distribution.draw(study).data) == 1
    assert len(correlation.draw(study).data) == 1


def test_operations_show_best_and_last():
    study = pd.concat(
        [
            curves_frame(made_up_curves(6, 4, "original")),
            curves_frame(made_up_curves(4, 4, "modified"), "modified", space="modified"),
        ]
    )
    figure, data, _ = operations.draw(study, SPACES)
    assert [panel.get_title() for panel in figure.axes] == ["best over epochs", "last epoch"]
    assert data.groupby("space").size().to_dict() == {"darts": 6, "modified": 4}
    assert figure.axes[0].get_xlim() == figure.axes[1].get_xlim()


def test_cells_ascend_whatever_the_order_of_the_table():
    study = pd.concat(
        curves_frame(made_up_curves(3, 4, "cells", number), cells=number) for number in (20, 4)
    )
    figure, data, caption = cells.draw(study)
    assert data["cells"].tolist() == [4, 20, 4, 20]
    assert [bar.get_height() for bar in bars_of(figure.axes[0])] == pytest.approx(
        data.loc[data["statistic"] == "best", "mean"].tolist()
    )
    assert "From 4 to 20 cells" in caption


def test_ranks_draw_one_line_per_architecture():
    values = np.array([[90, 91], [91, 90], [92, 95.0]])
    figure, data, _ = ranks.draw(paired_frame(values, "seed", (3, 7)), "seed")
    (panel,) = figure.axes
    (lines,) = (c for c in panel.collections if isinstance(c, LineCollection))
    drawn = sorted(tuple(segment[:, 1]) for segment in lines.get_segments())
    assert drawn == sorted(zip(data["left_rank"], data["right_rank"], strict=True))
    assert [label.get_text() for label in panel.get_xticklabels()] == ["seed 3", "seed 7"]


def test_forest_shows_both_readings():
    figure, data, caption = forest.draw(made_up_benchmark(), DATASETS, METHODS, MARGINS)
    assert [panel.get_title() for panel in figure.axes] == ["CIFAR10", "Sport8"]
    points = [
        line.get_xdata()[0]
        for panel in figure.axes
        for line in panel.lines
        if line.get_marker() in ("o", "s")
    ]
    assert sorted(points) == pytest.approx(sorted(data["relative_improvement"]))
    assert "Hollow" not in caption
    assert caption.endswith("Dotted: from 3 runs, too few for a verdict.")


def test_stated_costs_are_days_of_searched_runs():
    runs = [("random", 0, None), ("searched", 0, 43_200.0), ("searched", 1, 86_400.0)]
    study = frame(
        {
            "method": "nao",
            "origin": origin,
            "genotype": f"nao/{origin}-{index}",
            "test_accuracy": 90.0,
            "seconds": seconds,
        }
        for origin, index, seconds in runs
    )
    assert stated_costs(study).to_dict("list") == {
        "dataset": ["cifar10", "cifar10"],
        "method": ["nao", "nao"],
        "seed": [0, 1],
        "gpu_days": [0.5, 1.0],
    }


@needs_published
def test_published_cost():
    data = cost.draw(*published_cost(), DATASETS, METHODS).data
    known = recomputed()["fig2_in_plot_order"]
    assert [METHODS[method] for method in data["method"]] == list(known)
    for row, values in zip(data.to_dict("records"), known.values(), strict=True):
        assert row["random_mean"] == pytest.approx(values["random_mean"], abs=1e-6)
        assert row["random_std"] == pytest.approx(values["random_std"], abs=1e-6)
        assert row["searched_mean"] == pytest.approx(values["search_mean"], abs=1e-6)
        assert row["searched_std"] == pytest.approx(values["search_std"], abs=1e-6)
        assert row["gpu_days"] == values["cost_gpu_days"]


@needs_published
def test_published_histograms():
    """The inset's last histogram and figure 6 have the bin widths of the authors' figure."""
    inset = distribution.draw(published_distribution()).figure.axes[1]
    assert inset.patches[-1].get_width() == pytest.approx(0.092, abs=1e-6)
    panel = operations.draw(published_operations(), SPACES).figure.axes[0]
    widths = {round(bar.get_width(), 6) for bar in panel.patches}
    assert widths == {0.092, 0.09}


@needs_published
def test_published_titles_and_captions():
    title = ranks.draw(published_seeds(), "seed").figure.axes[0].get_title()
    assert "n = 32" in title and "tau 0.48" in title
    title = ranks.draw(published_depth(), "cells").figure.axes[0].get_title()
    assert "n = 32" in title and "tau 0.54" in title
    assert "n = 12 to 16" in cells.draw(published_cells()).caption
    data = protocols.draw(published_protocols(), PROTOCOLS, SPACES, RANDOM, 97.47).data
    assert data["protocol"].tolist() == list(PROTOCOLS)
    assert data["mean"].is_monotonic_increasing
    drawing = forest.draw(published_benchmark(), DATASETS, METHODS, MARGINS, stacnas_summary())
    assert len(drawing.data) == 40 and "Hollow: no interval." in drawing.caption

"""Figure 2: accuracy and the cost of the search."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from naseval.analysis.cost import cost_table
from naseval.analysis.finals import best_and_last
from naseval.analysis.tables import Labels, counted
from naseval.figures.style import (
    BACKGROUND,
    COLOURS,
    INK,
    Drawing,
    spread_limits,
    styled,
    tick_at,
    tick_handle,
)

REPORT_FIGURES = {
    "cost": {
        "title": "Figure 2: accuracy and the cost of the search",
        "paper": (
            "The paper sets the accuracy on CIFAR-10 beside the cost of one search: methods "
            "that cost more do not reach more. Shown are means and spreads of random and "
            "searched architectures, with GPU-days on the right axis."
        ),
        "order": 2,
        "study": "benchmark",
        "inputs": {"costs": "studies/{source}/costs.parquet"},
        "labels": ["method_labels"],
        "published": {"study": "cost"},
        "reproduced": {
            "settings": {"dataset": "studies.benchmark.datasets.0"},
        },
    },
}

WIDTH = 0.27


@styled
def draw(
    study: pd.DataFrame, costs: pd.DataFrame, method_labels: Labels, dataset: str = "cifar10"
) -> Drawing:
    """Draw, per method, the random and searched accuracy and, on a second axis, GPU-days.

    `costs` has one row per search: dataset, method, seed and `gpu_days`. Methods are sorted by the
    mean accuracy of their searched architectures. Error bars are one population standard deviation.
    The plotted data are `cost_table`. Raise `NasevalError` if the study has no runs on `dataset`.
    """
    data = cost_table(study, costs, dataset)
    best, last = best_and_last(data)
    places = np.arange(len(best))

    figure = Figure(figsize=(6.8, 3.7))
    panel = figure.add_subplot()
    right = panel.twinx()
    bars = {"elinewidth": 1, "ecolor": INK, "capsize": 2}
    handles = []
    for offset, side, colour, name in (
        (-WIDTH, "random", COLOURS["random"], "random sampling"),
        (0.0, "searched", COLOURS["searched"], "search method"),
    ):
        mean, std = best[f"{side}_mean"], best[f"{side}_std"]
        x = places + offset
        handles.append(panel.bar(x, mean, WIDTH, color=colour, yerr=std, error_kw=bars, label=name))
        for row in last.to_dict("records"):
            place = best["method"].tolist().index(row["method"])
            tick_at(panel, place + offset, row[f"{side}_mean"], 0.7 * WIDTH)
    spread = best["gpu_days_std"].where(best["gpu_days_n"] > 1)
    spent = right.bar(places + WIDTH, best["gpu_days"], WIDTH, yerr=spread, error_kw=bars)
    for bar in spent:
        bar.set(
            facecolor=COLOURS["cost"],
            hatch="///",
            edgecolor=BACKGROUND,
            label="cost of one search",
        )
    handles.append(spent[0])
    _axes(panel, right, best, [method_labels.get(m, m) for m in best["method"]])
    legend = [*handles, tick_handle()] if len(last) else handles
    figure.legend(handles=legend, loc="outside upper center", ncols=len(legend))
    return Drawing(figure, data, _caption(best))


def _axes(panel: Axes, right: Axes, best: pd.DataFrame, names: list[str]) -> None:
    ends = [
        best[f"{side}_mean"] + sign * best[f"{side}_std"]
        for side in ("random", "searched")
        for sign in (-1, 1)
    ]
    panel.set_ylim(*spread_limits(min(e.min() for e in ends), max(e.max() for e in ends)))
    panel.set_ylabel("top-1 test accuracy (%)")
    panel.set_xticks(range(len(names)), names, rotation=30, ha="right", rotation_mode="anchor")
    panel.grid(axis="x", visible=False)
    right.grid(visible=False)
    right.spines["right"].set_visible(True)
    right.set_ylabel("cost (GPU-days)")
    right.set_ylim(bottom=0)


def _caption(best: pd.DataFrame) -> str:
    runs = counted([*best["searched_n"], *best["random_n"]])
    return (
        f"Mean best-over-epochs accuracy of random and of searched architectures ({runs} runs "
        "each) and the mean cost of one search, by method in order of searched accuracy. Error "
        "bars: one standard deviation (population form). The left axis does not start at 0."
    )

"""Figure 2: accuracy and the cost of the search."""

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.container import Container
from matplotlib.figure import Figure

from naseval.analysis.cost import cost_table, device_kind, unit_of
from naseval.analysis.finals import best_and_last, finals
from naseval.analysis.tables import Labels
from naseval.analysis.wording import counted
from naseval.figures.style import (
    ALL_DIVERGED,
    BACKGROUND,
    COLOURS,
    INK,
    Drawing,
    legend,
    sentence_alone,
    spread_limits,
    styled,
    tick_at,
    tick_handle,
    wrapped,
)

REPORT_FIGURES = {
    "cost": {
        "title": "Figure 2: accuracy and the cost of the search",
        "paper": (
            "The paper sets the accuracy on CIFAR-10 beside the cost of one search: methods "
            "that cost more do not reach more. Shown are means and spreads of random and "
            "searched architectures, with the cost on the right axis."
        ),
        "order": 2,
        "study": "benchmark",
        "inputs": {"costs": "studies/{source}/costs.parquet"},
        "labels": ["dataset_labels", "method_labels"],
        "published": {
            "study": "cost",
            "inputs": {"others": "studies/{source}/benchmark.parquet"},
        },
        "reproduced": {
            "settings": {"dataset": "studies.benchmark.datasets.0"},
        },
    },
}

WIDTH = 0.27


@styled
def draw(
    study: pd.DataFrame,
    costs: pd.DataFrame,
    dataset_labels: Labels,
    method_labels: Labels,
    dataset: str = "cifar10",
    others: pd.DataFrame | None = None,
) -> Drawing:
    """Draw, per method, the random and searched accuracy and, on a second axis, the cost.

    `costs` has one row per search: dataset, method, seed, `gpu_days` and, optionally, `device`.
    Methods are sorted by the mean accuracy of their searched architectures. Error bars are one
    population standard deviation. The caption says where the runs are not those of `others`, the
    study of Figure 1 and Table 1. The plotted data are `cost_table`. Raise `NasevalError` if the
    study has no runs on `dataset`.
    """
    data = cost_table(study, costs, dataset)
    best, last = best_and_last(data)
    if not best[["searched_n", "random_n"]].any(axis=None):
        return sentence_alone(ALL_DIVERGED, data)
    places = np.arange(len(best))
    unit, per_day = unit_of(best["gpu_days"].max())

    figure = Figure(figsize=(6.8, 3.7))
    panel = figure.add_subplot()
    right = panel.twinx()
    bars = {"elinewidth": 1, "ecolor": INK, "capsize": 2}
    handles: list[Container | Artist] = []
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
    known = bool(best["gpu_days"].notna().any())
    if known:
        spread = best["gpu_days_std"].where(best["gpu_days_n"] > 1)
        spent = right.bar(
            places + WIDTH, best["gpu_days"] * per_day, WIDTH, yerr=spread * per_day,
            error_kw=bars, facecolor=COLOURS["cost"], hatch="///", edgecolor=BACKGROUND,
            label="cost of one search",
        )  # fmt: skip
        handles.append(spent)
    _axes(panel, best, last, [wrapped(method_labels.get(m, m), 1.6) for m in best["method"]])
    _cost_axis(right, f"cost ({_device(costs, dataset)}-{unit})", known)
    legend(figure, [*handles, tick_handle()] if len(last) else handles)
    caption = _caption(best, dataset_labels.get(dataset, dataset), known)
    caption += _without_bars(best, method_labels)
    if others is not None:
        caption += _differences(study, others, dataset, method_labels)
    return Drawing(figure, data, caption)


def _device(costs: pd.DataFrame, dataset: str) -> str:
    """Return what the searches ran on, e.g. `GPU`; the authors' ran on GPUs."""
    if "device" not in costs:
        return "GPU"
    kinds = {device_kind(device) for device in costs[costs["dataset"] == dataset]["device"]}
    return " or ".join(sorted(kinds)) or "GPU"


def _cost_axis(right: Axes, name: str, known: bool) -> None:
    right.grid(visible=False)
    if not known:
        right.set_axis_off()
        return
    right.spines["right"].set_visible(True)
    right.set_ylabel(name)
    right.set_ylim(bottom=0)


def _axes(panel: Axes, best: pd.DataFrame, last: pd.DataFrame, names: list[str]) -> None:
    ends = [
        best[f"{side}_mean"] + sign * best[f"{side}_std"]
        for side in ("random", "searched")
        for sign in (-1, 1)
    ]
    panel.set_ylim(*spread_limits(*ends, last[["random_mean", "searched_mean"]]))
    panel.set_ylabel("top-1 test accuracy (%)")
    panel.set_xticks(range(len(names)), names, rotation=30, ha="right", rotation_mode="anchor")
    panel.grid(axis="x", visible=False)


def _caption(best: pd.DataFrame, dataset: str, known: bool) -> str:
    runs = counted([n for n in (*best["searched_n"], *best["random_n"]) if n], "run")
    cost = "the mean cost of one search" if known else "no cost, since no search was timed"
    return (
        f"Mean best-over-epochs accuracy on {dataset} of random and of searched architectures "
        f"({runs} each) and {cost}, by method in order of searched accuracy. Error bars: one "
        "standard deviation (population form). The left axis does not start at 0."
    )


def _without_bars(best: pd.DataFrame, method_labels: Labels) -> str:
    """Return a sentence that names the sides of methods of which no run is counted."""
    parts = [
        f"{side} architectures of {method_labels.get(row['method'], row['method'])}"
        for row in best.to_dict("records")
        for side in ("random", "searched")
        if not row[f"{side}_n"]
    ]
    return f" No run is counted, so there is no bar, of {' and '.join(parts)}." if parts else ""


def _differences(
    study: pd.DataFrame, others: pd.DataFrame, dataset: str, method_labels: Labels
) -> str:
    """Say of which methods the runs are not those of `others`, with the means of both."""
    here, there = (_accuracies(table, dataset) for table in (study, others))
    parts = [
        f"{method_labels.get(method, method)} ({origin}: {here[method, origin].mean():.2f} % here, "
        f"{values.mean():.2f} % there)"
        for (method, origin), values in there.items()
        if (method, origin) in here and not np.array_equal(here[method, origin], values)
    ]
    if not parts:
        return ""
    return f" The runs are not those of Figure 1 and Table 1 for {' and '.join(parts)}."


def _accuracies(study: pd.DataFrame, dataset: str) -> dict[tuple[str, str], np.ndarray]:
    """Return the sorted best accuracies on a dataset, by method and origin."""
    runs = finals(study[study["dataset"] == dataset])
    groups = runs.groupby(["method", "origin"], observed=True)["best"]
    return {(str(m), str(o)): np.sort(values.to_numpy().round(4)) for (m, o), values in groups}

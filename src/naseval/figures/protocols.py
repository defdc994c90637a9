"""Figures 3 and 10: accuracies under training protocols of increasing complexity."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from naseval.analysis.finals import best_and_last, one_dataset, summarise
from naseval.analysis.tables import Labels, in_order
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
    "protocols": {
        "title": "Figure 3: training protocols",
        "paper": (
            "The paper trains 8 random architectures of the DARTS space under ten protocols: "
            "the protocol changes accuracy far more than the architecture does, and with the "
            "longest one random architectures beat the best that DARTS found. Shown are "
            "means, spreads and extremes."
        ),
        "order": 3,
        "study": "protocols",
        "labels": ["protocol_labels", "space_labels"],
        "arguments": {
            "families": {"random": "random architectures"},
        },
        "published": {
            "settings": {"darts_best": "published.best_darts.value"},
        },
    },
    "resnet": {
        "title": "Figure 10: training protocols, random architectures",
        "paper": (
            "The paper trains ResNet-50 under the same ten protocols (appendix A.3.1): it "
            "gains from them as the DARTS space does."
        ),
        "order": 10,
        "study": "protocols",
        "labels": ["protocol_labels", "space_labels"],
        "arguments": {
            "families": {"random": "random architectures"},
        },
        "published": {
            "paper": (
                "The paper trains ResNet-50 under the same ten protocols (appendix A.3.1): it "
                "gains from them as the DARTS space does. The authors did not publish the runs of "
                "ResNet-50, so these are the bars of Figure 3 again."
            ),
            "settings": {"darts_best": "published.best_darts.value"},
        },
        "reproduced": {
            "title": "Figure 10: training protocols, random architectures and ResNet-50",
            "arguments": {
                "families": {"fixed": "ResNet-50"},
            },
            "needs": ["studies.protocols.fixed"],
        },
    },
}

DARTS_PROTOCOL = "cda"
"""The protocol of DARTS (paper, figure 3)."""


@styled
def draw(
    study: pd.DataFrame,
    protocol_labels: Labels,
    space_labels: Labels,
    families: Labels,
    darts_best: float | None = None,
) -> Drawing:
    """Draw one bar per protocol and family: mean, sample std, minimum and maximum.

    `study` is the protocols study (`schemas.STUDY`). `families` maps the origins to draw to their
    labels, lighter bars first: `{"random": …}` for figure 3, and also `"fixed": "ResNet-50"` for
    figure 10; random architectures are called by their space if the study names it. A triangle
    marks `darts_best` (per cent) above DARTS's own protocol. The error bars are sample standard
    deviations (ddof 1), as in the authors' figure. The plotted data are `summarise` by protocol and
    origin. The caption names families and bars without runs, and bars whose runs all diverged.
    """
    one_dataset(study)
    chosen = study[study["origin"].isin(list(families))]
    families = _named(families, chosen, space_labels)
    missing = [name for origin, name in families.items() if origin not in set(chosen["origin"])]
    if chosen.empty:
        return sentence_alone(f"The study has no runs of {' and '.join(missing)}.", chosen)
    data = summarise(chosen, ["protocol", "origin"])
    best, last = best_and_last(data[data["n"] > 0])
    if best.empty:
        return sentence_alone(ALL_DIVERGED, data)
    protocols = in_order(best["protocol"], protocol_labels)

    figure = Figure(figsize=(6.8, 4.3))
    panel = figure.add_subplot()
    width = 0.96 / len(families)
    for index, origin in enumerate(families):
        offset = (index - (len(families) - 1) / 2) * width
        for table, paint in ((best, _bars), (last, _ticks)):
            rows = table[table["origin"] == origin].set_index("protocol").reindex(protocols)
            paint(panel, np.arange(len(protocols)) + offset, rows, width, origin)
    if darts_best is not None and DARTS_PROTOCOL in protocols:
        place = protocols.index(DARTS_PROTOCOL)
        panel.plot(place, darts_best, marker="^", color=INK, markersize=7, linestyle="none")
    names = [wrapped(protocol_labels.get(p, p), 1.9) for p in protocols]
    _finish(panel, best, last, names, darts_best)
    _legend(figure, families, darts_best, bool(len(last)))
    caption = _caption(best, families, darts_best)
    if missing:
        caption += f" There are no runs of {' and '.join(missing)}."
    gone = data[(data["statistic"] == "best") & (data["n"] == 0)]
    caption += _diverged(gone, protocol_labels, families)
    if len(best) + len(gone) < data["protocol"].nunique() * (len(families) - len(missing)):
        caption += f" {'Another' if len(gone) else 'A'} protocol without a bar has no runs."
    return Drawing(figure, data, caption)


def _diverged(gone: pd.DataFrame, protocol_labels: Labels, families: Labels) -> str:
    """Return a sentence that names the bars all of whose runs diverged and are left out."""
    parts = []
    for origin, name in families.items():
        protocols = in_order(gone.loc[gone["origin"] == origin, "protocol"], protocol_labels)
        if protocols:
            under = " and ".join(protocol_labels.get(p, p) for p in protocols)
            parts.append(f"{name} under {under}")
    return f" All runs diverged, so there is no bar, of {'; '.join(parts)}." if parts else ""


def _named(families: Labels, study: pd.DataFrame, space_labels: Labels) -> dict[str, str]:
    """Call random architectures by the labels of their spaces, if the study names these."""
    spaces = in_order(study.loc[study["origin"] == "random", "space"].dropna(), space_labels)
    names = " and ".join(space_labels.get(space, space) for space in spaces)
    return {
        origin: names if origin == "random" and names else families[origin] for origin in families
    }


def _bars(panel: Axes, x: np.ndarray, rows: pd.DataFrame, width: float, origin: str) -> None:
    panel.bar(
        x, rows["mean"], width, color=COLOURS[origin], edgecolor=BACKGROUND, linewidth=0.8,
        yerr=rows["std_sample"], error_kw={"elinewidth": 1, "ecolor": INK, "capsize": 2},
    )  # fmt: skip
    colour = COLOURS[f"{origin} extremes"]
    for end in ("min", "max"):
        panel.plot(
            x, rows[end], linestyle="none", marker="o", markersize=4.5, color=colour,
            markeredgecolor=BACKGROUND, markeredgewidth=0.6, zorder=4,
        )  # fmt: skip


def _ticks(panel: Axes, x: np.ndarray, rows: pd.DataFrame, width: float, _origin: str) -> None:
    for place, mean in zip(x, rows["mean"], strict=True):
        tick_at(panel, place, mean, 0.6 * width)


def _finish(
    panel: Axes,
    best: pd.DataFrame,
    last: pd.DataFrame,
    names: list[str],
    darts_best: float | None,
) -> None:
    panel.set_xticks(range(len(names)), names, rotation=35, ha="right", rotation_mode="anchor")
    panel.grid(axis="x", visible=False)
    whiskers = best["mean"] - best["std_sample"], best["mean"] + best["std_sample"]
    marks = [] if darts_best is None else [darts_best]
    panel.set_ylim(*spread_limits(best[["min", "max"]], *whiskers, last["mean"], marks))
    panel.set_ylabel("top-1 test accuracy (%)")


def _legend(figure: Figure, families: Labels, darts_best: float | None, with_last: bool) -> None:
    extremes = COLOURS[f"{next(iter(families))} extremes"]
    handles: list[Patch | Line2D] = [
        Patch(color=COLOURS[origin], label=name) for origin, name in families.items()
    ]
    handles.append(
        Line2D([], [], color=extremes, marker="o", linestyle="none", label="minimum, maximum")
    )
    if darts_best is not None:
        handles.append(
            Line2D([], [], color=INK, marker="^", linestyle="none", label="DARTS's best")
        )
    if with_last:
        handles.append(tick_handle())
    legend(figure, handles)


def _caption(best: pd.DataFrame, families: Labels, darts_best: float | None) -> str:
    triangle = ""
    if darts_best is not None:
        triangle = f" The triangle is DARTS's best architecture ({darts_best:.2f} %)."
    return (
        f"Test accuracy of {' and '.join(families.values())} under each training protocol, "
        f"{counted(best['n'], 'run')} per bar. Bars: means of the best accuracy over epochs; error "
        "bars: one sample standard deviation; dots: minimum and maximum. The axis does not start "
        f"at 0.{triangle}"
    )

"""The individuals of multi-objective searches (NSGANET) and their final Pareto fronts."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from naseval.analysis.tables import Labels, in_order
from naseval.figures.style import (
    COLOURS,
    FAINT,
    INK,
    Drawing,
    legend,
    panels,
    sentence_alone,
    styled,
    whole_numbers,
    wrapped,
)

REPORT_FIGURES = {
    "pareto": {
        "title": "What NSGANET tried, by error and cost",
        "paper": (
            "Not in the paper: every network that NSGANET trained in its searches, by "
            "validation error and cost, and the Pareto front of each search's final "
            "population. A star is the architecture that the search returned."
        ),
        "order": 14,
        "sources": ["reproduced"],
        "part_of": "benchmark",
        "inputs": {"histories": "studies/{source}/histories.parquet"},
        "labels": ["dataset_labels"],
        "needs": ["studies.benchmark.methods.nsganet"],
    },
}

GENERATIONS = LinearSegmentedColormap.from_list("generations", [FAINT, COLOURS["searched"]])
"""The colour map from the first to the last generation."""


@styled
def draw(histories: pd.DataFrame, dataset_labels: Labels) -> Drawing:
    """Draw one panel per dataset: validation error against cost, one dot per individual.

    `histories` (`schemas.HISTORIES`) may also contain rows of other methods; only rows of
    individuals have `flops`. The plotted data are `individuals(histories)`.
    """
    data = individuals(histories)
    if data.empty:
        return sentence_alone("No search of a multi-objective method is done.", data)
    datasets = in_order(data["dataset"], dataset_labels)
    across = min(len(datasets), 3)
    down = -(-len(datasets) // across)
    figure = Figure(figsize=(max(3.1 * across, 4.2) + 0.7, 3.0 * down + 0.75))
    axes = panels(figure, len(datasets))
    generations = int(data["generation"].max())
    shades = ScalarMappable(Normalize(1, max(generations, 2)), GENERATIONS)
    for index, (panel, dataset) in enumerate(zip(axes, datasets, strict=True)):
        _panel(panel, data[data["dataset"] == dataset], shades)
        panel.set_title(wrapped(dataset_labels.get(dataset, dataset), 2.7, 10))
        if index % across == 0:
            panel.set_ylabel("validation error (%)")
        if index + across >= len(datasets):
            panel.set_xlabel("cost (million FLOPs)")
    if generations > 1:
        whole_numbers(figure.colorbar(shades, ax=axes, label="generation", shrink=0.8).ax.yaxis)
    legend(figure, _handles(), "lower")
    return Drawing(figure, data, _caption(data))


def individuals(histories: pd.DataFrame) -> pd.DataFrame:
    """Return one row per individual with its objectives; rows without `flops` are omitted.

    Columns: dataset, seed, generation, individual; validation `error` (per cent; missing if the
    individual diverged); `flops` (millions for one image); `front`, whether it is on the Pareto
    front of its search's final population; and `chosen`, whether it is the result of its search.
    """
    histories = histories.dropna(subset=["flops"])
    data = pd.DataFrame(
        {
            "dataset": histories["dataset"],
            "seed": histories["seed"],
            "generation": histories["stage"],
            "individual": histories["epoch"],
            "error": 100 - histories["validation_accuracy"],
            "flops": histories["flops"],
            "front": histories["front"].astype(bool),
        }
    ).reset_index(drop=True)
    best = data[data["front"]].sort_values(["error", "flops"], kind="stable")
    chosen = best.groupby(["dataset", "seed"]).head(1).index
    return data.assign(chosen=data.index.isin(chosen))


def _panel(panel: Axes, rows: pd.DataFrame, shades: ScalarMappable) -> None:
    panel.scatter(
        rows["flops"],
        rows["error"],
        c=shades.to_rgba(rows["generation"].to_numpy()),
        s=9,
        linewidths=0,
    )
    for _, front in rows[rows["front"]].groupby("seed"):
        steps = front.sort_values(["flops", "error"])
        panel.step(
            steps["flops"], steps["error"], where="post", color=COLOURS["highlight"], linewidth=0.9,
            marker="o", markersize=2.5,
        )  # fmt: skip
    chosen = rows[rows["chosen"]]
    panel.plot(
        chosen["flops"], chosen["error"], linestyle="none", marker="*", markersize=9,
        markerfacecolor=COLOURS["highlight"], markeredgecolor=INK, markeredgewidth=0.5,
    )  # fmt: skip


def _handles() -> list[Line2D]:
    searched, highlight = COLOURS["searched"], COLOURS["highlight"]
    return [
        Line2D([], [], linestyle="none", marker="o", color=searched, markersize=3, label="tried"),
        Line2D([], [], marker="o", color=highlight, markersize=2.5, label="final front"),
        Line2D(
            [], [], linestyle="none", marker="*", markersize=9, markerfacecolor=highlight,
            markeredgecolor=INK, label="result of the search",
        ),
    ]  # fmt: skip


def _caption(data: pd.DataFrame) -> str:
    searches = data.groupby(["dataset", "seed"]).ngroups
    diverged = int(data["error"].isna().sum())
    return (
        "Validation error of each individual after its short training, against its cost; "
        f"{len(data)} individuals of {searches} {'search' if searches == 1 else 'searches'}"
        f"{f', {diverged} of them diverged and not drawn' if diverged else ''}, "
        f"{'bluer in later generations' if data['generation'].max() > 1 else 'one generation'}. "
        "The line is the Pareto front of a search's final "
        "population, the star its result: the lowest error, of equals the cheapest."
    )

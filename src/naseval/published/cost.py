"""Accuracy and search cost on CIFAR-10, as Fig. 2 draws them."""

import pyarrow as pa

from naseval.published.rows import UNSTATED_SEED, best_row, study_table
from naseval.settings.published import Published

COSTS = pa.schema(
    [
        pa.field("dataset", pa.string(), nullable=False),
        pa.field("method", pa.string(), nullable=False),
        pa.field("seed", pa.int64(), nullable=False),
        pa.field("gpu_days", pa.float64(), nullable=False),
    ]
)
"""One row per search whose cost is known."""


def read(constants: Published) -> pa.Table:
    """Return the cost study: accuracies that only the notebook has."""
    figure = constants.cost_figure
    groups = {"random": figure.random, "searched": figure.searched}
    rows = [
        best_row(_run(method, origin, index), accuracy)
        for origin, methods in groups.items()
        for method, accuracies in methods.items()
        for index, accuracy in enumerate(accuracies)
    ]
    return study_table("cost", rows)


def costs(constants: Published) -> pa.Table:
    """Return what a search costs (`COSTS`): one row per method, as if it were one search's."""
    rows = [
        {"dataset": "cifar10", "method": method, "seed": UNSTATED_SEED, "gpu_days": gpu_days}
        for method, gpu_days in constants.cost_figure.gpu_days.items()
    ]
    return pa.Table.from_pylist(rows, schema=COSTS)


def _run(method: str, origin: str, index: int) -> dict[str, str]:
    kind = "cost-seed-" if origin == "searched" else "cost-random-"
    return {
        "dataset": "cifar10",
        "origin": origin,
        "genotype": f"{method}/cifar10/{kind}{index}",
        "protocol": "cda" if method == "darts" else method,
        "method": method,
    }

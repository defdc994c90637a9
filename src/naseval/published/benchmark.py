"""Search methods against random sampling, and the cost of searches (Fig. 1 and 2, Table 1)."""

from math import isnan
from pathlib import Path

import pyarrow as pa

from naseval.errors import NasevalError
from naseval.published.paper import METHODS
from naseval.published.raw_arrays import read_columns
from naseval.published.raw_files import PERFORMANCE
from naseval.published.rows import UNSTATED_SEED, best_row, study_table
from naseval.settings.published import Published

FILES = {
    "cifar10": f"{PERFORMANCE}/CIFAR10.csv",
    "cifar100": f"{PERFORMANCE}/CIFAR100.csv",
    "sport8": f"{PERFORMANCE}/Sport8.csv",
    "mit67": f"{PERFORMANCE}/MIT67.csv",
    "flowers102": f"{PERFORMANCE}/Flowers102.csv",
}
ALIASES = {"manas-ls": "manas"}
"""Alternative names of methods in headers."""

SUMMARY = pa.schema(
    [
        pa.field("dataset", pa.string(), nullable=False),
        pa.field("method", pa.string(), nullable=False),
        pa.field("origin", pa.string(), nullable=False),
        pa.field("n", pa.int64(), nullable=False),
        pa.field("mean", pa.float64(), nullable=False),
        pa.field("std", pa.float64(), nullable=False),
        pa.field("min", pa.float64(), nullable=False),
        pa.field("max", pa.float64(), nullable=False),
    ]
)
"""Groups of runs of which the authors give only summary statistics; accuracies in per cent."""

COSTS = pa.schema(
    [
        pa.field("dataset", pa.string(), nullable=False),
        pa.field("method", pa.string(), nullable=False),
        pa.field("seed", pa.int64(), nullable=False),
        pa.field("gpu_days", pa.float64(), nullable=False),
    ]
)
"""One row per search whose cost is known."""


def column_meaning(header: str) -> tuple[str, str]:
    """Return (method, origin) of a header such as `Random DARTS` or `DARTS`.

    Raise `NasevalError` if it does not name a method.
    """
    words = header.strip().lower().split()
    origin = "random" if words[:1] == ["random"] else "searched"
    name = words[-1] if words else ""
    method = ALIASES.get(name, name)
    if method not in METHODS:
        raise NasevalError(
            f"the authors' table has the unknown column {header!r}; fetch the pinned file again"
        )
    return method, origin


def read_benchmark(folder: str | Path) -> pa.Table:
    """Return the benchmark study, one row per run, in the order of the files' columns.

    Empty entries give no rows. Row i of `DARTS` gets the genotype name `darts/<dataset>/seed-i`,
    and row i of `Random DARTS` gets `darts/<dataset>/random-00i`. Rows of different columns are not
    paired.
    """
    rows = []
    for dataset, path in FILES.items():
        for header, column in read_columns(folder, path).items():
            method, origin = column_meaning(header)
            names = "seed-{}" if origin == "searched" else "random-{:03d}"
            rows += [
                best_row(_run(dataset, method, origin, names.format(index)), accuracy)
                for index, accuracy in enumerate(column.tolist())
                if not isnan(accuracy)
            ]
    return study_table("benchmark", rows)


def _run(dataset: str, method: str, origin: str, architecture: str) -> dict[str, str]:
    return {
        "dataset": dataset,
        "origin": origin,
        "genotype": f"{method}/{dataset}/{architecture}",
        "protocol": "cda" if method == "darts" else method,
        "method": method,
    }


def read_summaries(constants: Published) -> pa.Table:
    """Return the summaries (`SUMMARY`) that replace unpublished runs."""
    known = constants.stacnas_cifar100
    row = {
        "dataset": "cifar100",
        "method": "stacnas",
        "origin": "searched",
        "n": known.runs,
        **known.model_dump(include={"mean", "std", "min", "max"}),
    }
    return pa.Table.from_pylist([row], schema=SUMMARY)


def read_cost(constants: Published) -> pa.Table:
    """Return the cost study: the accuracies of Fig. 2, which only the notebook contains."""
    figure = constants.cost_figure
    groups = {"random": figure.random, "searched": figure.searched}
    rows = []
    for origin, methods in groups.items():
        kind = "cost-seed" if origin == "searched" else "cost-random"
        rows += [
            best_row(_run("cifar10", method, origin, f"{kind}-{index}"), accuracy)
            for method, accuracies in methods.items()
            for index, accuracy in enumerate(accuracies)
        ]
    return study_table("cost", rows)


def read_search_costs(constants: Published) -> pa.Table:
    """Return the cost of a search (`COSTS`), as one row per method."""
    rows = [
        {"dataset": "cifar10", "method": method, "seed": UNSTATED_SEED, "gpu_days": gpu_days}
        for method, gpu_days in constants.cost_figure.gpu_days.items()
    ]
    return pa.Table.from_pylist(rows, schema=COSTS)

"""Study tables for the tests: made up, and read straight from the authors' published files."""

import functools
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from naseval import records, schemas
from naseval.published import paper
from naseval.randomness import stream

needs_published = pytest.mark.skipif(
    "NASEVAL_PUBLISHED" not in os.environ,
    reason="NASEVAL_PUBLISHED does not name the folder of the published raw files",
)

DATASETS = {name: label.replace("-", "") for name, label in paper.DATASETS.items()}
"""As the authors' files are called."""
MARGINS = dict.fromkeys(DATASETS, 1.0)
METHODS = paper.METHODS
PROTOCOLS = {
    "base": "Base",
    "a": "Auxiliary",
    "d": "DropPath",
    "c": "Cutout",
    "cd": "CD",
    "cda": "CDA",
    "cda-50c": "CDA 50 Channels",
    "cda-aa": "CDA AutoAugment",
    "cda-aa-1500e": "CDAAA 1500 Epochs",
    "cda-aa-50c-1500e": "CDAAA1500E50C",
}


def frame(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Build a study table through the schema, with defaults for what a test does not name."""
    defaults = {
        "source": "reproduced",
        "study": "test",
        "dataset": "cifar10",
        "origin": "random",
        "protocol": "cda",
        "seed": 0,
        "reading": "best",
    }
    return records.table(schemas.STUDY, [{**defaults, **row} for row in rows]).to_pandas()


def curve_rows(accuracies: Iterable[float], **fields: Any) -> list[dict[str, Any]]:
    """One run with a whole curve."""
    return [
        {**fields, "reading": "epoch", "epoch": epoch, "test_accuracy": float(accuracy)}
        for epoch, accuracy in enumerate(accuracies, start=1)
    ]


def curves_frame(values: np.ndarray, prefix: str = "darts", **fields: Any) -> pd.DataFrame:
    """A study of random architectures from an array of runs × epochs."""
    fields = {"space": "darts", **fields}
    return frame(
        row
        for index, curve in enumerate(values)
        for row in curve_rows(curve, genotype=f"{prefix}/random-{index:03d}", **fields)
    )


def made_up_curves(runs: int, epochs: int, *names: str | int) -> np.ndarray:
    """Curves that rise to about 90 % and jitter."""
    rng = stream("tests", *names)
    rise = 90 - 60 * np.exp(-np.arange(1, epochs + 1) / (epochs / 5))
    quality = rng.normal(0, 1, size=(runs, 1))
    return rise + quality + rng.normal(0, 0.4, size=(runs, epochs))


def made_up_benchmark(
    datasets: Iterable[str] = ("cifar10", "sport8"),
    methods: Iterable[str] = ("darts", "nao"),
    runs: int = 3,
    epochs: int = 6,
) -> pd.DataFrame:
    """A reproduced benchmark: every run with its curve."""
    rows: list[dict[str, Any]] = []
    for dataset in datasets:
        for method in methods:
            for origin in ("random", "searched"):
                values = made_up_curves(runs, epochs, dataset, method, origin)
                for index, curve in enumerate(values):
                    name = {
                        "random": f"{method}/random-{index:03d}",
                        "searched": f"{method}/{dataset}/seed-{index}",
                    }[origin]
                    rows += curve_rows(
                        curve, dataset=dataset, method=method, origin=origin, genotype=name
                    )
    return frame(rows)


def published_folder() -> Path:
    return Path(os.environ["NASEVAL_PUBLISHED"])


def published_array(name: str) -> np.ndarray:
    return np.load(published_folder() / "Plots" / "data" / f"{name}.npy")


@functools.cache
def published_constants() -> dict[str, Any]:
    return json.loads((published_folder() / "derived" / "notebook_constants.json").read_text())


@functools.cache
def recomputed() -> dict[str, Any]:
    return json.loads((published_folder() / "recomputed_numbers.json").read_text())


def performance(dataset: str) -> pd.DataFrame:
    table = pd.read_csv(
        published_folder() / "Plots" / "data" / "performance" / f"{DATASETS[dataset]}.csv"
    )
    return table.rename(columns=lambda name: name.strip().replace("MANAS-LS", "MANAS"))


@functools.cache
def published_benchmark() -> pd.DataFrame:
    """The 8 × 2 columns of the five CSV files, by header, without the empty StacNAS column."""
    rows = []
    for dataset in DATASETS:
        table = performance(dataset)
        for method, header in METHODS.items():
            for origin, column in (("random", f"Random {header}"), ("searched", header)):
                rows += [
                    {
                        "source": "published",
                        "study": "benchmark",
                        "dataset": dataset,
                        "method": method,
                        "origin": origin,
                        "genotype": f"{method}/{origin}-{index}",
                        "test_accuracy": float(accuracy),
                    }
                    for index, accuracy in enumerate(table[column].dropna())
                ]
    return frame(rows)


def stacnas_summary() -> pd.DataFrame:
    """StacNAS on CIFAR100, known by its mean and spread alone."""
    known = published_constants()["table1_fig1_stacnas_cifar100_search"]
    return pd.DataFrame(
        [
            {
                "dataset": "cifar100",
                "method": "stacnas",
                "origin": "searched",
                "n": 8,
                "mean": known["mean"],
                "std": known["std"],
            }
        ]
    )


@functools.cache
def published_protocols() -> pd.DataFrame:
    table = pd.read_csv(
        published_folder() / "Plots" / "data" / "performance" / "Augmentation.csv"
    ).rename(columns=str.strip)
    return frame(
        {
            "source": "published",
            "study": "protocols",
            "genotype": f"darts/random-{index:03d}",
            "space": "darts",
            "protocol": protocol,
            "test_accuracy": float(accuracy),
        }
        for protocol, column in PROTOCOLS.items()
        for index, accuracy in enumerate(table[column])
    )


@functools.cache
def published_distribution() -> pd.DataFrame:
    values = published_array("modified_search_space/214_random_architectures")
    return curves_frame(values, source="published", study="distribution")


@functools.cache
def published_operations() -> pd.DataFrame:
    """The 214 architectures of the DARTS space and the 56 of the modified one."""
    modified = published_array("modified_search_space/56_random_mod_architectures")
    fields = {"source": "published", "study": "operations"}
    return pd.concat(
        [
            published_distribution().assign(**fields),
            curves_frame(modified, "modified", space="modified", **fields),
        ],
        ignore_index=True,
    )


@functools.cache
def published_cells() -> pd.DataFrame:
    return pd.concat(
        [
            curves_frame(
                published_array(f"cell_sensitivity/cell_n_{cells}"),
                f"cells-{cells}",
                source="published",
                study="cells",
                cells=cells,
            )
            for cells in (4, 6, 8, 12, 16, 20, 24)
        ],
        ignore_index=True,
    )


def paired_frame(values: np.ndarray, by: str, labels: tuple[int, int]) -> pd.DataFrame:
    """A study of architectures × 2, one column per value of `by`."""
    return frame(
        {
            "source": "published",
            "study": by,
            "genotype": f"darts/random-{index:03d}",
            "space": "darts",
            by: label,
            "test_accuracy": float(accuracy),
        }
        for index, row in enumerate(values)
        for label, accuracy in zip(labels, row, strict=True)
    )


@functools.cache
def published_seeds() -> pd.DataFrame:
    """The 24 pairs of the file and the 8 of the notebook."""
    extra = np.array(published_constants()["fig8_extra_pairs"]["values"])
    values = np.vstack([published_array("correlation_seeds/different_seed_24"), extra])
    return paired_frame(values, "seed", (0, 1))


@functools.cache
def published_depth() -> pd.DataFrame:
    return paired_frame(published_array("correlation_cells/8_to_20_cells"), "cells", (8, 20))


@functools.cache
def published_cost() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The runs behind figure 2 and the cost of the searches."""
    known = published_constants()["fig2_cifar10"]
    names = {label: name for name, label in METHODS.items()}
    rows = [
        {
            "source": "published",
            "study": "benchmark",
            "method": names[label],
            "origin": origin,
            "genotype": f"{names[label]}/{origin}-{index}",
            "test_accuracy": float(accuracy),
        }
        for origin, key in (("random", "random_sampling"), ("searched", "search_method"))
        for label, accuracies in known[key].items()
        for index, accuracy in enumerate(accuracies)
    ]
    costs = [
        {"method": names[label], "dataset": "cifar10", "seed": 0, "gpu_days": float(days)}
        for label, days in known["search_cost"].items()
    ]
    return frame(rows), pd.DataFrame(costs)

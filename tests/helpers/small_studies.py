"""Small study tables of every kind, as hypothesis strategies: what figures may have to draw."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from naseval.published import paper
from study_tables import curve_rows, frame

DIFFICULT = (
    "Ba$$in",
    "Budget $_ US$",
    "100 % of _all_",
    "a|b",
    "<b>bold</b> & more",
    "x^2_i",
    r"\frac{1}{2}",
    "{digits}",
    "_hidden",
    "C# *starred*",
    "Ελληνικά",
    "Москва",
    "Ναι, é ñ ß",
    "ダーツ",
    "漢字の画像",
)
"""Labels that mathematics, Markdown, HTML or a poor font would change."""
PLAIN = ("Digits", "Digits (large)", "CIFAR-10", "A dataset with rather a long name")

BASELINES = ("random-search", "parameters")
PROTOCOLS = tuple(paper.PROTOCOLS)
METHODS = tuple(paper.METHODS)
DATASETS = tuple(paper.DATASETS)
LEVELS = {
    "wide": (60.0, 15.0),
    "narrow": (83.777, 0.004),
    "high": (99.7, 0.2),
    "equal": (10.0, 0.0),
    "zero": (0.0, 0.0),
}
"""Mean and spread of the accuracies of runs (per cent)."""


@dataclass(frozen=True)
class Small:
    """The extent of small studies, and the seed of their accuracies."""

    datasets: tuple[str, ...]
    methods: tuple[str, ...]
    protocols: tuple[str, ...]
    cells: tuple[int, ...]
    epochs: int
    runs: int
    """Runs of each group."""
    lost: int
    """How many groups of runs have none, as if all of their runs had been left out."""
    curves: bool
    """Whether every epoch is known, or the best accuracies alone, as of most published runs."""
    level: str
    seed: int
    days: float
    """The mean cost of a search."""
    generations: int
    labels: Mapping[str, str]
    """By the name of a dataset or method."""

    def accuracies(self, *names: str | int) -> np.ndarray:
        """Return accuracies (runs, epochs) of one group, in per cent."""
        mean, spread = LEVELS[self.level]
        rng = np.random.default_rng([self.seed, *map(ord, "".join(map(str, names)))])
        quality = rng.normal(mean, spread, size=(self.runs, 1))
        rise = np.linspace(-spread, 0, self.epochs)
        jitter = rng.normal(0, spread / 4, size=(self.runs, self.epochs))
        return np.clip(quality + rise + jitter, 0, 100)

    def group(self, genotype: str, **fields: Any) -> list[dict[str, Any]]:
        """Return the rows of the runs of one group, whose genotypes, or seeds, are numbered."""
        rows = []
        for index, curve in enumerate(self.accuracies(genotype, *fields.values())):
            run = {**fields, "genotype": genotype.format(index)}
            if run["genotype"] == genotype:
                run["seed"] = index
            if self.curves:
                rows += curve_rows(curve, **run)
            else:
                rows.append({**run, "test_accuracy": float(curve.max())})
        return rows

    def _some(self, groups: list[list[dict[str, Any]]]) -> pd.DataFrame:
        """Return a study without its last `lost` groups, of which at least one stays."""
        kept = groups[: max(1, len(groups) - self.lost)]
        return frame(row for rows in kept for row in rows)

    def benchmark(self) -> pd.DataFrame:
        """Return the benchmark study."""
        return self._some(
            [
                self.group(
                    f"{method}/random-{{:03d}}" if origin == "random" else f"{method}/x/seed-{{}}",
                    study="benchmark", dataset=dataset, method=method, origin=origin,
                )
                for dataset in self.datasets
                for method in self.methods
                for origin in ("random", "searched")
            ]
        )  # fmt: skip

    def tricks(self) -> pd.DataFrame:
        """Return the tricks study: the benchmark under two protocols."""
        both = [self.benchmark().assign(study="tricks", protocol=name) for name in ("base", "cda")]
        return pd.concat(both, ignore_index=True)

    def baselines(self) -> pd.DataFrame:
        """Return the study of methods and two baselines, all of one space and protocol."""
        return self._some(
            [
                self.group(
                    "darts/random-{:03d}" if origin == "random" else f"{method}/x/seed-{{}}",
                    study="baselines", dataset=dataset, method=method, origin=origin,
                    space="darts", protocol="cda",
                )
                for dataset in self.datasets
                for method in (*BASELINES, *self.methods)
                for origin in ("random", "searched")
            ]
        )  # fmt: skip

    def baseline_histories(self) -> pd.DataFrame:
        """Return the histories of their searches, a row for each candidate."""
        return pd.DataFrame(
            {
                "dataset": dataset,
                "method": method,
                "seed": seed,
                "stage": 1,
                "epoch": epoch,
                "seconds": self.days * (1 + seed),
                "at_once": 1,
                "validation_accuracy": np.nan if method == "parameters" else 50.0,
            }
            for dataset in self.datasets
            for method in (*BASELINES, *self.methods)
            for seed in range(self.runs)
            for epoch in range(1, self.epochs + 1)
        )

    def protocols_study(self) -> pd.DataFrame:
        """Return the protocols study, with ResNet-50."""
        families = {"random": "darts/random-{:03d}", "fixed": "resnet50"}
        return self._some(
            [
                self.group(
                    genotype, study="protocols", origin=origin, protocol=protocol,
                    space="darts" if origin == "random" else None,
                )
                for origin, genotype in families.items()
                for protocol in self.protocols
            ]
        )  # fmt: skip

    def distribution(self) -> pd.DataFrame:
        """Return the distribution study."""
        return frame(self.group("darts/random-{:03d}", study="distribution", space="darts"))

    def operations(self) -> pd.DataFrame:
        """Return the operations study."""
        return frame(
            row
            for space in ("darts", "modified")
            for row in self.group(f"{space}/random-{{:03d}}", study="operations", space=space)
        )

    def by_cells(self) -> pd.DataFrame:
        """Return the study of the number of cells."""
        return self._some(
            [
                self.group("darts/random-{:03d}", study="cells", space="darts", cells=cells)
                for cells in self.cells
            ]
        )

    def pairs(self, by: str, values: tuple[int, int]) -> pd.DataFrame:
        """Return the seeds or the depth study, in which some runs of the second value are lost."""
        groups = [
            self.group("darts/random-{:03d}", study=by, space="darts", **{by: value})
            for value in values
        ]
        table = frame(row for rows in groups for row in rows)
        gone = sorted(table["genotype"].unique())[max(1, self.runs - self.lost) :]
        return table[~((table[by] == values[1]) & table["genotype"].isin(gone))]

    def printed(self) -> pd.DataFrame:
        """Return the study of printed cells, some of which have no run left."""
        groups = [
            self.group(
                genotype, study="printed", dataset=dataset, space=space, origin=origin
            )
            for dataset in self.datasets
            for space, cell in (("darts", "drnas"), ("nsganet", "enas"))
            for origin, genotype in (
                ("random", f"{space}/random-{{:03d}}"),
                ("printed", f"{space}/printed-{cell}"),
            )
        ]  # fmt: skip
        return self._some(groups)

    def supernet(self) -> pd.DataFrame:
        """Return the study of supernets: random architectures, each trained with two seeds."""
        groups = [
            self.group(
                "darts/random-{:03d}", study="supernet", dataset=dataset, space="darts",
                protocol="cda", seed=seed,
            )
            for dataset in self.datasets
            for seed in (2, 3)
        ]  # fmt: skip
        return self._some(groups)

    def supernet_scores(self) -> pd.DataFrame:
        """Return scores of its architectures; the last stage of a search scores some of them."""
        pool = {"space": "darts", "protocol": "cda"}
        empty = dict.fromkeys(("method", "seed", "stage", "epoch"))
        moments = [("parameters", empty), ("nwot", empty), ("synflow", empty)]
        moments += [
            ("supernet", {"method": method, "seed": 0, "stage": stage, "epoch": epoch})
            for method in self.methods
            for stage in range(1, self.generations + 1)
            for epoch in range(stage > 1, self.epochs + 1)
        ]
        return pd.DataFrame(
            {
                **pool,
                **names,
                "dataset": dataset,
                "score": score,
                "genotype": f"darts/random-{index:03d}",
                "value": np.nan if names["stage"] == 3 and index >= self.lost else value,
            }
            for dataset in self.datasets
            for score, names in moments
            for index, value in enumerate(
                self.accuracies(dataset, score, *map(str, names.values()))[:, -1]
            )
        )

    def costs(self) -> pd.DataFrame:
        """Return the costs of the searches, all on a CPU."""
        return pd.DataFrame(
            {
                "dataset": dataset,
                "method": method,
                "seed": seed,
                "gpu_days": self.days * (1 + seed),
                "device": "cpu",
            }
            for dataset in self.datasets
            for method in self.methods
            for seed in range(self.runs)
        )

    def histories(self) -> pd.DataFrame:
        """Return the histories of searches of NSGANET."""
        return pd.DataFrame(
            {
                "dataset": dataset,
                "method": "nsganet",
                "seed": seed,
                "stage": generation,
                "epoch": individual,
                "validation_accuracy": float(accuracy),
                "flops": 20.0 + 0.001 * individual + seed,
                "front": generation == self.generations and individual == 1,
            }
            for dataset in self.datasets
            for seed in range(self.runs)
            for generation in range(1, self.generations + 1)
            for individual, accuracy in enumerate(
                self.accuracies(dataset, seed, generation)[:, -1], start=1
            )
        )

    def summaries(self) -> pd.DataFrame:
        """Return no summaries: all runs are known."""
        return pd.DataFrame(columns=["dataset", "method", "origin", "n", "mean", "std"])

    def searches(self) -> pd.DataFrame:
        """Return what recorded searches say of the datasets: the first has no verdicts."""
        return pd.DataFrame(
            {
                "benchmark": dataset,
                "method": method,
                "verdicts": place > 0,
                "unit": "trainings",
                "cost": 10.0,
            }
            for place, dataset in enumerate(self.datasets)
            for method in self.methods
        )

    def table(self, path: str) -> pd.DataFrame:
        """Return the table that is stored at `path` in the results folder."""
        tables = {
            "benchmark": self.benchmark,
            "cost": lambda: self.benchmark().assign(dataset=DATASETS[0]).drop_duplicates(),
            "tricks": self.tricks,
            "protocols": self.protocols_study,
            "distribution": self.distribution,
            "operations": self.operations,
            "cells": self.by_cells,
            "seeds": lambda: self.pairs("seed", (2, 3)),
            "depth": lambda: self.pairs("cells", (8, 20)),
            "printed": self.printed,
            "supernet": self.supernet,
            "supernet-scores": self.supernet_scores,
            "baselines": self.baselines,
            "baseline-histories": self.baseline_histories,
            "costs": self.costs,
            "histories": self.histories,
            "summaries": self.summaries,
            "searches": self.searches,
        }
        return tables[path.rpartition("/")[2].removesuffix(".parquet")]()


def _subsets(names: tuple[Any, ...], least: int, most: int) -> st.SearchStrategy[tuple[Any, ...]]:
    """Draw some of `names`, in their order."""
    chosen = st.sets(st.sampled_from(names), min_size=least, max_size=most)
    return chosen.map(lambda some: tuple(name for name in names if name in some))


@st.composite
def small_studies(draw: st.DrawFn) -> Small:
    """Draw the extent of small studies."""
    datasets = draw(_subsets(DATASETS, 1, 3))
    methods = draw(_subsets(METHODS, 1, 5))
    named = [*datasets, *methods]
    labels = draw(
        st.lists(
            st.sampled_from([*DIFFICULT, *PLAIN]),
            min_size=len(named), max_size=len(named), unique=True,
        )
    )  # fmt: skip
    return Small(
        datasets=datasets,
        methods=methods,
        protocols=draw(_subsets(PROTOCOLS, 1, len(PROTOCOLS))),
        cells=draw(_subsets((4, 6, 8, 12, 16, 20, 24), 1, 7)),
        epochs=draw(st.integers(1, 3)),
        runs=draw(st.integers(1, 4)),
        lost=draw(st.integers(0, 2)),
        curves=draw(st.booleans()),
        level=draw(st.sampled_from(sorted(LEVELS))),
        seed=draw(st.integers(0, 2**16)),
        days=draw(st.sampled_from([1e-6, 1e-4, 0.02, 0.6, 40.0])),
        generations=draw(st.integers(1, 3)),
        labels=dict(zip(named, labels, strict=True)),
    )

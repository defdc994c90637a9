"""The figures and tables: what each is made from, and by which function.

A figure's function takes study tables, labels and arguments by name and returns a
`figures.style.Drawing`; a table's function returns the table, where it differs the table as it is
laid out, and a note. One entry here is all that another figure or table needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from naseval.config import Config
from naseval.published import paper
from naseval.studies import benchmark

SOURCES = ("published", "reproduced")
DATASET_AND_METHOD = ("dataset_labels", "method_labels")
RANDOM, BOTH = {"random": "DARTS space"}, {"random": "DARTS space", "fixed": "ResNet-50"}


@dataclass(frozen=True)
class Exhibit:
    """A figure or a table."""

    title: str
    function: str
    """`module:name` within the package."""
    study: str = ""
    """The study it shows, which the function takes as `study`; empty where it takes none."""
    tables: tuple[str, ...] = ()
    """More tables, by the names of the function's arguments."""
    labels: tuple[str, ...] = ()
    """Labels it shows, by the names of the function's arguments."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    beside: str = ""
    """The study it goes with where it is made from other tables alone; empty: with all of them."""
    named: bool = False
    """Whether a table has columns `dataset` and `method`, to be shown by their labels."""

    @property
    def module(self) -> str:
        """The module that holds its function."""
        return f"naseval.{self.function.partition(':')[0]}"

    def inputs(self, source: str) -> dict[str, str]:
        """Return the tables it is made from, below the results folder, by argument."""
        study = {"study": f"studies/{source}/{self.study}.parquet"} if self.study else {}
        return study | {name: _place(name, source) for name in self.tables}


def _place(table: str, source: str) -> str:
    return f"claims/{source}.parquet" if table == "ledger" else f"studies/{source}/{table}.parquet"


def figures(source: str, config: Config) -> dict[str, Exhibit]:
    """Return the figures that a source can have, by name."""
    theirs = source == "published"
    known = ("summaries",) if theirs else ()
    best = {"darts_best": config.published.best_darts.value} if theirs else {}
    ladder = ("protocol_labels",)
    found = {
        "benchmark": Exhibit(
            "Figure 1: search methods against random sampling",
            "figures.benchmark:draw", "benchmark", known, DATASET_AND_METHOD,
        ),
        "cost": Exhibit(
            "Figure 2: accuracy and the cost of the search",
            "figures.cost:draw", "cost" if theirs else "benchmark", ("costs",), ("method_labels",),
            _cost_arguments(source, config),
        ),
        "protocols": Exhibit(
            "Figure 3: training protocols",
            "figures.protocols:draw", "protocols", (), ladder, {"families": RANDOM, **best},
        ),
        "distribution": Exhibit(
            "Figure 4: the training of random architectures",
            "figures.distribution:draw", "distribution",
        ),
        "correlation": Exhibit(
            "Figure 5: how soon the final ranking shows",
            "figures.correlation:draw", "distribution",
        ),
        "operations": Exhibit(
            "Figure 6: two sets of operations",
            "figures.operations:draw", "operations", (), ("space_labels",),
        ),
        "cells": Exhibit("Figure 7: the number of cells", "figures.cells:draw", "cells"),
        "seeds": Exhibit(
            "Figure 8: ranks under two seeds", "figures.ranks:draw", "seeds", (), (), {"by": "seed"}
        ),
        "depth": Exhibit(
            "Figure 9: ranks at two depths", "figures.ranks:draw", "depth", (), (), {"by": "cells"}
        ),
        "resnet": Exhibit(
            "Figure 10: training protocols, DARTS space" + ("" if theirs else " and ResNet-50"),
            "figures.protocols:draw", "protocols", (), ladder,
            {"families": RANDOM if theirs else BOTH, **best},
        ),
        "forest": Exhibit(
            "Every relative improvement with its interval",
            "figures.forest:draw", "benchmark", known, DATASET_AND_METHOD,
        ),
        "power": Exhibit(
            "What so few runs can tell",
            "figures.power:draw", "benchmark", (), DATASET_AND_METHOD,
        ),
        "variance": Exhibit(
            "Protocol or architecture?", "figures.variance:draw", "protocols"
        ),
    }  # fmt: skip
    ours = "benchmark" in config.studies and not theirs
    if ours and "nsganet" in config.study("benchmark", benchmark.Settings).methods:
        found["pareto"] = Exhibit(
            "What NSGANET tried, by error and cost",
            "figures.pareto:draw", "", ("histories",), ("dataset_labels",), beside="benchmark",
        )  # fmt: skip
    return {
        name: exhibit for name, exhibit in found.items() if _configured(exhibit, source, config)
    }


def tables(source: str, config: Config) -> dict[str, Exhibit]:
    """Return the tables that a source can have, by name; their notes hold a sentence each."""
    theirs = source == "published"
    known = ("summaries",) if theirs else ()
    found = {
        "benchmark": Exhibit(
            "Table 1: relative improvement over random sampling",
            "claims.table_1:build", "benchmark", known, DATASET_AND_METHOD,
        ),
        "comparison": Exhibit(
            "Does a method beat the average architecture beyond chance?",
            "analysis.comparison:compare", "benchmark", named=True,
        ),
        "power": Exhibit(
            "How many runs would it take?", "analysis.power:table", "benchmark", named=True
        ),
        "variance": Exhibit(
            "How much of the spread is the protocol's?", "analysis.variance:variance", "protocols"
        ),
        "distribution": Exhibit(
            "The accuracies of random architectures",
            "analysis.distribution:distribution", "distribution",
        ),
        "operations": Exhibit(
            "Two sets of operations compared", "analysis.operations:operations", "operations"
        ),
        "seeds": Exhibit(
            "Ranks under two seeds", "analysis.ranking:ranking", "seeds", (), (), {"by": "seed"}
        ),
        "depth": Exhibit(
            "Ranks at two depths", "analysis.ranking:ranking", "depth", (), (), {"by": "cells"}
        ),
    }  # fmt: skip
    if not theirs:
        found["tricks"] = Exhibit(
            "With and without tricks",
            "analysis.tricks:table", "tricks", (), ("protocol_labels",), named=True,
        )  # fmt: skip
    found["table-2"] = Exhibit(
        "Table 2: hyperparameters", "claims.table_2:build", tables=("ledger",)
    )
    if theirs:
        found["data-issues"] = Exhibit(
            "Issues of the authors' files",
            "published.issues.issue:by_severity",
            tables=("data_issues",),
        )
    return {
        name: exhibit for name, exhibit in found.items() if _configured(exhibit, source, config)
    }


def labels(source: str, config: Config) -> dict[str, dict[str, str]]:
    """Return the labels of a source by the names that functions take them under."""
    ours = config.labels
    theirs = source == "published"
    return {
        "dataset_labels": paper.DATASETS if theirs else ours["datasets"],
        "method_labels": paper.METHODS if theirs else ours["methods"],
        "protocol_labels": paper.PROTOCOLS,
        "space_labels": paper.SPACES,
    }


def _cost_arguments(source: str, config: Config) -> dict[str, Any]:
    if source == "published" or "benchmark" not in config.studies:
        return {}
    return {"dataset": config.study("benchmark", benchmark.Settings).datasets[0]}


def _configured(exhibit: Exhibit, source: str, config: Config) -> bool:
    """Tell whether this project's studies have what an exhibit shows; the authors' have all."""
    if source == "published":
        return True
    if not exhibit.study:
        return True
    families = exhibit.arguments.get("families", {})
    study = config.studies.get(exhibit.study)
    return study is not None and ("fixed" not in families or bool(getattr(study, "fixed", [])))

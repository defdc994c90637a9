"""The results that exist so far, as the cards read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from naseval import records, schemas
from naseval.analysis.cost import search_costs
from naseval.cards import inputs
from naseval.cards.inputs import COMPLEXITY, Planned
from naseval.config import Config
from naseval.genotype import Genotype
from naseval.settings.base import Strict
from naseval.studies._gather import gather_runs

Facts = dict[str, Any]
"""A result's provenance; `as_configured` tells whether its settings are those configured now."""


@dataclass(frozen=True)
class Evidence:
    """The results that exist so far: runs as study tables, searches, genotypes, provenance."""

    config: Config
    results: Path
    studies: dict[str, pd.DataFrame]
    """The existing runs of `inputs.STUDIES` (`schemas.STUDY`), by study; a table may be empty."""
    complexity: pd.DataFrame
    """The size of every counted genotype, with the columns of `inputs.COMPLEXITY`."""

    @classmethod
    def gathered(
        cls, config: Config, results: str | Path, complexity: Iterable[str | Path]
    ) -> "Evidence":
        """Read every planned run that exists, and the files `complexity` (`inputs.COMPLEXITY`)."""
        studies = {name: _gathered(config, results, name) for name in inputs.STUDIES}
        counts = [records.read(path, COMPLEXITY) for path in complexity]
        tables = [table.to_pandas() for table in (*counts, COMPLEXITY.empty_table())]
        return cls(config, Path(results), studies, pd.concat(tables[: len(counts) or 1]))

    def planned(self, method: str, origin: str = "searched") -> list[Planned]:
        """Return the genotypes of one origin that a method's studies need."""
        found = inputs.genotypes(self.config, method)
        return [one for one in found if one.origin == origin]

    def searches(self, method: str) -> list[Planned]:
        """Return the finished searches of a method."""
        return [
            one
            for one in self.planned(method)
            if len(inputs.existing(self.results, [one.file, one.history])) == 2
        ]

    def genotype(self, search: Planned) -> Genotype:
        """Return the genotype that a search found."""
        return Genotype.read(self.results / search.file)

    def costs(self, method: str) -> pd.DataFrame:
        """Return `search_costs` of the finished searches of a method."""
        return search_costs(
            (
                one.dataset,
                method,
                one.seed,
                records.read(self.results / one.history, schemas.HISTORY).to_pandas(),
            )
            for one in self.searches(method)
        )

    def of_searches(self, method: str) -> list[Facts]:
        """Return the provenance of every finished search of a method; see `Facts`."""
        return [
            self._facts(
                one.history, one.dataset, search=self.config.search_settings(method, one.dataset)
            )
            for one in self.searches(method)
        ]

    def of_runs(self, method: str) -> list[Facts]:
        """Return the provenance of every finished run of a method; see `Facts`."""
        rows = [row for study in inputs.STUDIES for row in inputs.runs(self.config, study)]
        by_path = {row["path"]: row for row in rows if row["method"] == method}
        return [
            self._facts(
                path,
                row["dataset"],
                protocol=self.config.protocol(row["protocol"], row["dataset"]),
            )
            for path, row in by_path.items()
            if Path(self.results, path).exists()
        ]

    def _facts(self, path: str, dataset: str, **configured: Strict) -> Facts:
        made = records.provenance_of(self.results / path)
        asked = {"dataset": self.config.datasets[dataset].training, **configured}
        same = all(
            made["settings"][name] == settings.model_dump(mode="json")
            for name, settings in asked.items()
        )
        return {**made, "as_configured": same}

    def study(self, name: str, method: str) -> pd.DataFrame:
        """Return the rows of a method in the table of a study."""
        runs = self.studies[name]
        return runs[runs["method"] == method]

    def datasets(self, method: str) -> list[str]:
        """Return the datasets of a method's studies, in order."""
        return list(dict.fromkeys(one.dataset for one in inputs.genotypes(self.config, method)))


def _gathered(config: Config, results: str | Path, study: str) -> pd.DataFrame:
    rows = inputs.runs(config, study)
    there = set(inputs.existing(results, [row["path"] for row in rows]))
    known = [row for row in rows if row["path"] in there]
    return gather_runs(results, study, known).to_pandas()

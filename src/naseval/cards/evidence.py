"""The results that exist so far, as the cards read them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from naseval import records, schemas
from naseval.analysis.cost import SECONDS_PER_DAY, search_costs, with_stated
from naseval.analysis.finals import STATISTICS
from naseval.analysis.over_datasets import mean_ranks, rankable, ranked
from naseval.analysis.relative_improvement import benchmark_table
from naseval.analysis.verdicts import against_average, with_verdicts
from naseval.cards import inputs
from naseval.cards.inputs import COMPLEXITY, Planned
from naseval.config import Config
from naseval.genotype import Genotype
from naseval.spaces._files import read_architecture
from naseval.studies import asked, benchmark
from naseval.studies._gather import gather_runs
from naseval.studies._settings import Asked, architecture_settings

Facts = dict[str, Any]
"""A result's provenance. Its settings are those configured now, else it is refused."""


@dataclass(frozen=True)
class Evidence:
    """The results that exist so far: runs as study tables, searches, genotypes, provenance."""

    config: Config
    results: Path
    studies: dict[str, pd.DataFrame]
    """The existing runs of `inputs.STUDIES` (`schemas.STUDY`), by study; a table may be empty."""
    complexity: pd.DataFrame
    """The size of every counted genotype, with the columns of `inputs.COMPLEXITY`."""
    asked: Asked
    """The configured settings of all planned runs and searches."""
    looks: Mapping[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    """The looks (rows of `schemas.LOOK`) of cells (dataset, method) that are judged in steps."""

    @classmethod
    def gathered(
        cls,
        config: Config,
        results: str | Path,
        complexity: Iterable[str | Path],
        looks: Mapping[tuple[str, str], list[dict[str, Any]]] | None = None,
    ) -> "Evidence":
        """Read every planned run that exists, and the files `complexity` (`inputs.COMPLEXITY`).

        `looks` are those of cells that are judged in steps; `config` has their runs so far.
        Raise `NasevalError`, with the path, if a result is damaged or was made with other settings
        than the configured ones.
        """
        settings = asked(config, inputs.planned_runs(config))
        studies = {name: _gathered(config, results, name, settings) for name in inputs.STUDIES}
        counts = [inputs.read_complexity(config, path) for path in complexity]
        tables = [table.to_pandas() for table in (*counts, COMPLEXITY.empty_table())]
        counted = pd.concat(tables[: len(counts) or 1])
        return cls(config, Path(results), studies, counted, settings, looks or {})

    def planned(self, method: str, origin: str = "searched") -> list[Planned]:
        """Return the genotypes of one origin that a method's studies need."""
        found = inputs.genotypes(self.config, method)
        return [one for one in found if one.origin == origin]

    def searches(self, method: str) -> list[Planned]:
        """Return the finished searches of a method."""
        return [
            one
            for one in self.planned(method)
            if all(Path(self.results, file).exists() for file in inputs.files_of(self.config, one))
        ]

    def searched_here(self, method: str) -> bool:
        """Tell whether a method searches here; of others only the genotypes are known."""
        return method in self.config.searching

    def genotype(self, search: Planned) -> Genotype:
        """Return the genotype that a search found."""
        settings = architecture_settings(self.asked, search.name)
        return read_architecture(self.results / search.file, settings)

    def costs(self, method: str) -> pd.DataFrame:
        """Return `search_costs` of the finished searches of a method, or the stated ones."""
        if not self.searched_here(method):
            return with_stated(search_costs([]), self._stated(method))
        return search_costs(
            (
                one.dataset,
                method,
                one.seed,
                records.read(self.results / one.history, schemas.HISTORY).to_pandas(),
            )
            for one in self.searches(method)
        )

    def histories_of_study(self, study: benchmark.Settings) -> pd.DataFrame:
        """Return the histories of a study's finished searches, as in `schemas.HISTORIES`."""
        tables = [
            self._history(one)
            for method in self.config.searching
            for one in self.searches(method)
            if one.dataset in study.datasets
            and one.seed < study.looks(one.dataset, method)[-1].searches
        ]
        return pd.concat(tables) if tables else schemas.HISTORIES.empty_table().to_pandas()

    def _history(self, one: Planned) -> pd.DataFrame:
        """Return the history of a finished search with the columns that name it, and its device."""
        content = records.read(self.results / one.history, schemas.HISTORY)
        device = records.provenance_in(content).get("device", "unknown")
        search = {"dataset": one.dataset, "method": one.method, "seed": one.seed}
        return content.to_pandas().assign(**search, device=device)

    def _stated(self, method: str) -> Iterator[tuple[str, str, int, float, str]]:
        """Yield dataset, method, seed, seconds and device of searches done elsewhere."""
        for one in self.searches(method):
            if cost := self.config.method(method, one.dataset).cost:
                yield one.dataset, method, one.seed, cost.seconds, cost.device

    def search_seconds(self, method: str) -> dict[str, float]:
        """Return the mean seconds of a method's finished searches, by dataset."""
        days = self.costs(method).groupby("dataset")["gpu_days"].mean()
        return {str(dataset): SECONDS_PER_DAY * float(mean) for dataset, mean in days.items()}

    def run_seconds(self, method: str) -> dict[str, float]:
        """Return the mean seconds of the benchmark's finished runs of a method, by dataset."""
        taken: dict[str, list[float]] = {}
        for row in inputs.runs(self.config, "benchmark"):
            if row["method"] == method and (path := self.results / row["path"]).exists():
                taken.setdefault(row["dataset"], []).append(_seconds(path))
        return {dataset: sum(times) / len(times) for dataset, times in taken.items()}

    def seconds_of_runs(self, method: str) -> list[float]:
        """Return the seconds of each finished run of a method, in all studies of the card."""
        return [_seconds(path) for path in self._run_paths(method)]

    def histories(self, method: str) -> list[pd.DataFrame]:
        """Return the history (`schemas.HISTORY`) of every search of a method that was done here."""
        if not self.searched_here(method):
            return []
        return [
            records.read(self.results / one.history, schemas.HISTORY).to_pandas()
            for one in self.searches(method)
        ]

    def of_searches(self, method: str) -> list[Facts]:
        """Return the provenance of every search of a method that was done here; see `Facts`."""
        if not self.searched_here(method):
            return []
        return [records.provenance_of(self.results / one.history) for one in self.searches(method)]

    def of_runs(self, method: str) -> list[Facts]:
        """Return the provenance of every finished run of a method; see `Facts`."""
        return [records.provenance_of(path) for path in self._run_paths(method)]

    def _run_paths(self, method: str) -> list[Path]:
        """Return the distinct files of a method's finished runs."""
        rows = [row for study in inputs.STUDIES for row in inputs.runs(self.config, study)]
        by_path = {row["path"]: row for row in rows if row["method"] == method}
        return [path for name in by_path if (path := self.results / name).exists()]

    @property
    def decisions(self) -> pd.DataFrame:
        """The last look (`schemas.LOOK`) of each cell that is judged in steps and has one."""
        return pd.DataFrame([looks[-1] for looks in self.looks.values() if looks])

    # What all methods are judged by together is computed once for all cards.

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """The rows of `against_average` of all methods and datasets that have results."""
        return against_average(self.studies["benchmark"], self.config.margins, self.decisions)

    @cached_property
    def improvements(self) -> pd.DataFrame:
        """The rows of `benchmark_table` by both statistics, with verdicts and ranks.

        The additional columns are those of `with_verdicts`, and `rank` and `of` (see `ranked`; NaN
        if a side has no runs).
        """
        study, keys = self.studies["benchmark"], ["dataset", "method", "statistic"]
        rows = pd.concat([benchmark_table(study, name) for name in STATISTICS])
        placed = pd.concat([ranked(rankable(study, name)) for name in STATISTICS])
        judged = with_verdicts(rows, study, self.config.margins, decisions=self.decisions)
        return judged.merge(placed, on=keys, how="left")

    @cached_property
    def mean_ranks(self) -> dict[str, dict[str, dict[str, float]]]:
        """`mean_ranks` of all methods, by statistic."""
        study = self.studies["benchmark"]
        return {name: mean_ranks(rankable(study, name)) for name in STATISTICS}

    def study(self, name: str, method: str) -> pd.DataFrame:
        """Return the rows of a method in the table of a study."""
        runs = self.studies[name]
        return runs[runs["method"] == method]

    def datasets(self, method: str) -> list[str]:
        """Return the datasets of a method's studies, in order."""
        return list(dict.fromkeys(one.dataset for one in inputs.genotypes(self.config, method)))


def _seconds(path: Path) -> float:
    """Return the time of a run on its device, divided among those that shared it."""
    rows = records.read(path, schemas.RUN).to_pandas()
    return float((rows["seconds"] / rows["at_once"]).sum())


def _gathered(config: Config, results: str | Path, study: str, settings: Asked) -> pd.DataFrame:
    rows = inputs.runs(config, study)
    there = set(inputs.existing(results, [row["path"] for row in rows]))
    known = [row for row in rows if row["path"] in there]
    diverged = config.study(study).diverged if known else "stop"
    return gather_runs(results, study, known, settings, diverged).table.to_pandas()

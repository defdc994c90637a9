"""What the cards are made from: which files there shall be, and which there are."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from naseval.config import Config
from naseval.studies import genotype_file, labelled

STUDIES = ("benchmark", "tricks")
"""The studies that a card reads; either may be left out of the configuration."""


@dataclass(frozen=True)
class Planned:
    """A genotype of a method's studies: one that a search finds, or a random one beside it."""

    dataset: str
    method: str
    name: str
    origin: str
    """searched or random"""

    @property
    def file(self) -> str:
        """Where its JSON lies, below the results folder."""
        found = genotype_file(self.name)
        assert found is not None, "searched and random genotypes have files"
        return found

    @property
    def history(self) -> str:
        """Where the history of its search lies, below the results folder."""
        return str(Path(self.file).with_name("history.parquet"))

    @property
    def seed(self) -> int:
        """The seed of its search, or the number of a random genotype."""
        return int(self.name.rpartition("-")[2])


def runs(config: Config, study: str) -> list[dict[str, Any]]:
    """Return the rows of `labelled` of one of `STUDIES`; none where it is not configured."""
    return labelled(config, study) if study in config.studies else []


def genotypes(
    config: Config, method: str | None = None, dataset: str | None = None
) -> list[Planned]:
    """Return the planned genotypes, each once: of a method or all, on one dataset or all."""
    rows = [row for study in STUDIES for row in runs(config, study)]
    found = (Planned(row["dataset"], row["method"], row["genotype"], row["origin"]) for row in rows)
    return [
        one
        for one in dict.fromkeys(found)
        if method in (None, one.method) and dataset in (None, one.dataset)
    ]


def genotype_files(config: Config, dataset: str) -> list[str]:
    """Return the files of all planned genotypes on a dataset, each once."""
    return list(dict.fromkeys(one.file for one in genotypes(config, dataset=dataset)))


def datasets(config: Config) -> list[str]:
    """Return the datasets of the studies."""
    return list(dict.fromkeys(one.dataset for one in genotypes(config)))


def datasets_so_far(config: Config) -> list[str]:
    """Return those datasets of the studies for which any genotype is there."""
    return [
        dataset
        for dataset in datasets(config)
        if there(config.results, genotype_files(config, dataset))
    ]


def there(results: str | Path, files: list[str]) -> list[str]:
    """Return those of the files that exist below `results`."""
    return [file for file in files if Path(results, file).exists()]


def search_files(config: Config) -> list[str]:
    """Return the genotype and the history of every planned search."""
    return [
        file
        for one in genotypes(config)
        if one.origin == "searched"
        for file in (one.file, one.history)
    ]


def run_files(config: Config) -> list[str]:
    """Return every planned run, once."""
    return list(dict.fromkeys(row["path"] for study in STUDIES for row in runs(config, study)))


def state(results: str | Path, files: list[str]) -> str:
    """Return a digest of which files there are, how large and how new: another one, new cards."""
    found = [(file, Path(results, file).stat()) for file in there(results, files)]
    rows = [(file, status.st_size, status.st_mtime_ns) for file, status in found]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()

"""The files that the cards are made from: those that are planned and those that exist."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from naseval import records
from naseval.agreement import check_settings
from naseval.config import Config
from naseval.methods import get_settings
from naseval.studies import Run, genotype_file, labelled, members
from naseval.studies._stopping import look_file, stepwise

CARDED = ("benchmark", "tricks")
"""The studies whose methods have a card each."""
STUDIES = (*CARDED, "baselines")
"""The studies that a card reads; the configuration may omit any."""

COMPLEXITY = pa.schema(
    [
        pa.field("dataset", pa.string(), nullable=False),
        pa.field("method", pa.string(), nullable=False),
        pa.field("genotype", pa.string(), nullable=False),
        pa.field("origin", pa.string(), nullable=False),  # searched, random
        pa.field("parameters", pa.int64(), nullable=False),  # without the auxiliary tower's
        pa.field("macs", pa.int64(), nullable=False),  # for one image
    ]
)
"""One row per genotype: the size of the network that its method's protocol trains."""


@dataclass(frozen=True)
class Planned:
    """A genotype that a method's studies need: the result of a search, or a random one."""

    dataset: str
    method: str
    name: str
    origin: str
    """`searched` or `random`."""

    @property
    def file(self) -> str:
        """The path of its JSON file, relative to the results folder."""
        found = genotype_file(self.name)
        assert found is not None, "searched and random genotypes have files"
        return found

    @property
    def history(self) -> str:
        """The path of its search's history, relative to the results folder."""
        return str(Path(self.file).with_name("history.parquet"))

    @property
    def seed(self) -> int:
        """The seed of its search, or the index of a random genotype."""
        return int(self.name.rpartition("-")[2])


def methods(config: Config) -> list[str]:
    """Return the methods that have a card: not the baselines that only the others' cards name."""
    asked = {row["method"] for study in CARDED for row in runs(config, study)}
    return [
        name
        for name in config.methods
        if name in asked
        or name not in config.implemented
        or not get_settings(config.algorithm(name)).from_method
    ]


def runs(config: Config, study: str) -> list[dict[str, Any]]:
    """Return the rows of `labelled` for one of `STUDIES`; empty if it is not configured."""
    return labelled(config, study) if study in config.studies else []


def planned_runs(config: Config) -> list[Run]:
    """Return the planned runs of all studies that a card reads."""
    configured = [study for study in STUDIES if study in config.studies]
    return [member.run for study in configured for member in members(config, study)]


def genotypes(
    config: Config, method: str | None = None, dataset: str | None = None
) -> list[Planned]:
    """Return the distinct planned genotypes, optionally of one method or on one dataset only."""
    rows = [row for study in STUDIES for row in runs(config, study)]
    found = (Planned(row["dataset"], row["method"], row["genotype"], row["origin"]) for row in rows)
    return [
        one
        for one in dict.fromkeys(found)
        if method in (None, one.method) and dataset in (None, one.dataset)
    ]


def genotype_files(config: Config, dataset: str) -> list[str]:
    """Return the distinct files of all planned genotypes on a dataset."""
    return list(dict.fromkeys(one.file for one in genotypes(config, dataset=dataset)))


def datasets(config: Config) -> list[str]:
    """Return the datasets of the studies."""
    return list(dict.fromkeys(one.dataset for one in genotypes(config)))


def datasets_so_far(config: Config) -> list[str]:
    """Return the datasets of the studies for which at least one genotype exists."""
    return [
        dataset
        for dataset in datasets(config)
        if existing(config.results, genotype_files(config, dataset))
    ]


def complexity_settings(config: Config, dataset: str) -> dict[str, Any]:
    """Return the settings that the sizes of the networks for a dataset depend on."""
    protocols = {name: config.method(name, dataset).protocol for name in config.methods}
    return {
        "dataset": config.datasets[dataset].training.model_dump(mode="json"),
        "protocols": {
            name: config.protocol(protocol, dataset).model_dump(mode="json")
            for name, protocol in protocols.items()
        },
    }


def read_complexity(config: Config, path: str | Path) -> pa.Table:
    """Read the sizes for the dataset that the file is named after.

    Raise `NasevalError`, with the path, if the file is damaged or of other settings.
    """
    content = records.read(path, COMPLEXITY)
    asked = complexity_settings(config, Path(path).stem)
    check_settings(path, records.provenance_in(content), asked)
    return content


def existing(results: str | Path, files: list[str]) -> list[str]:
    """Return the files that exist below `results`."""
    return [file for file in files if Path(results, file).exists()]


def files_of(config: Config, search: Planned) -> list[str]:
    """Return the files of a search: its genotype and, if it was done here, its history."""
    return [search.file, search.history] if search.method in config.searching else [search.file]


def search_files(config: Config) -> list[str]:
    """Return the files of every planned search."""
    return [
        file
        for one in genotypes(config)
        if one.origin == "searched"
        for file in files_of(config, one)
    ]


def run_files(config: Config) -> list[str]:
    """Return the distinct files of all planned runs."""
    return list(dict.fromkeys(row["path"] for study in STUDIES for row in runs(config, study)))


def look_files(config: Config) -> list[str]:
    """Return the files of all looks of cells that are judged in steps."""
    return [
        look_file(*cell, look)
        for cell, looks in stepwise(config).items()
        for look in range(1, len(looks) + 1)
    ]


def state(results: str | Path, files: list[str]) -> str:
    """Return a digest of the existing files: names, sizes and modification times.

    The rules that read them have it as a param, so that they run again if a file changes.
    """
    found = [(file, Path(results, file).stat()) for file in existing(results, files)]
    rows = [(file, status.st_size, status.st_mtime_ns) for file, status in found]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()

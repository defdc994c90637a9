"""A results folder with a little of what cards are made from, and its configuration."""

import copy
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from naseval import records, schemas
from naseval.cards import inputs
from naseval.cards.evidence import Evidence
from naseval.config import Config, load_config
from naseval.genotype import Genotype
from naseval.randomness import stream
from naseval.spaces import get_space
from study_tables import made_up_curves

MADE = {
    "code": "c0de" * 16,
    "commit": "abc123" * 6,
    "dirty": False,
    "device": "cuda",
    "versions": {"numpy": "2.4", "torch": "2.14"},
}
DAY = 86_400


def configured(
    paper: dict[str, Any],
    methods: Sequence[str],
    datasets: Sequence[str] = ("cifar10", "sport8"),
    tricks: bool = True,
    n: int = 3,
) -> Config:
    """Return the paper's configuration with small studies of some methods."""
    raw = copy.deepcopy(paper)
    benchmark = {"datasets": list(datasets), "methods": list(methods), "searches": n, "random": n}
    benchmark["augment_seed"] = 2
    studies = {"benchmark": benchmark}
    if tricks:
        studies["tricks"] = {**benchmark, "datasets": [datasets[0]], "plain": "base"}
    return load_config({**raw, "studies": {**studies, "protocols": raw["studies"]["protocols"]}})


def write_runs(
    config: Config, results: Path, rows: Iterable[dict[str, Any]], lift: float = 0.0, **made: Any
) -> None:
    """Write made-up runs; those of searched architectures are `lift` points better."""
    for row in rows:
        curve = made_up_curves(1, 5, row["path"])[0] + lift * (row["origin"] == "searched")
        content = [
            {
                **dict.fromkeys(schemas.RUN.names, 1),
                "epoch": epoch,
                "test_accuracy": float(accuracy),
            }
            for epoch, accuracy in enumerate(curve, start=1)
        ]
        settings = {
            "dataset": config.datasets[row["dataset"]].training.model_dump(),
            "protocol": config.protocol(row["protocol"], row["dataset"]).model_dump(),
        }
        provenance = {**MADE, "settings": settings, "seed": row["seed"], **made}
        records.write(results / row["path"], records.table(schemas.RUN, content), provenance)


def write_searches(
    config: Config, results: Path, searches: Iterable[inputs.Planned], same: bool = False
) -> None:
    """Write made-up searches of half a GPU-day and more; `same`: all find one genotype."""
    for one in searches:
        space = config.method(one.method, one.dataset).space
        rng = stream("tests", "found", one.method, 0 if same else f"{one.dataset}-{one.seed}")
        get_space(space).sample(rng).write(results / one.file)
        rows = [
            {
                "stage": 1,
                "epoch": epoch,
                "seconds": DAY / 4 + one.seed,
                "peak_memory": 1,
                "at_once": 1,
            }
            for epoch in (1, 2)
        ]
        settings = {
            "dataset": config.datasets[one.dataset].training.model_dump(),
            "search": config.search_settings(one.method, one.dataset).model_dump(),
        }
        provenance = {**MADE, "settings": settings, "seed": one.seed}
        content = records.table(schemas.HISTORY, rows)
        records.write(results / one.history, content, provenance)


def write_complexity(config: Config, folder: Path) -> list[Path]:
    """Write made-up counts of every planned genotype; return the files."""
    rows = [
        {
            "dataset": one.dataset,
            "method": one.method,
            "genotype": one.name,
            "origin": one.origin,
            "parameters": 3_000_000 + 1000 * one.seed,
            "macs": 500_000_000 + 1_000_000 * one.seed,
        }
        for one in inputs.genotypes(config)
    ]
    records.write(folder / "complexity.parquet", records.table(inputs.COMPLEXITY, rows), {})
    return [folder / "complexity.parquet"]


def everything(config: Config, results: Path, **lifts: float) -> Evidence:
    """Write all that is configured and return it as evidence."""
    for study in inputs.STUDIES:
        for method in config.methods:
            rows = [row for row in inputs.runs(config, study) if row["method"] == method]
            write_runs(config, results, rows, lifts.get(method, 0.0))
    write_searches(config, results, searched(config))
    return Evidence.gathered(config, results, write_complexity(config, results))


def searched(config: Config) -> list[inputs.Planned]:
    """Return all planned searches."""
    return [one for one in inputs.genotypes(config) if one.origin == "searched"]


def found(evidence: Evidence, method: str) -> list[Genotype]:
    """Return what a method's searches found."""
    return [evidence.genotype(search) for search in evidence.searches(method)]

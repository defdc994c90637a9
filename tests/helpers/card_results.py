"""A results folder with a little of what cards are made from, and its configuration."""

import copy
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from naseval import records, schemas
from naseval.cards import inputs
from naseval.cards.card import write_card
from naseval.cards.evidence import Evidence
from naseval.config import Config, load_config
from naseval.genotype import Genotype
from naseval.randomness import stream
from naseval.spaces import get_space
from naseval.studies import Run, asked, run_settings, search_settings
from study_tables import made_up_curves

MADE = {
    "code": "c0de" * 16,
    "commit": "abc123" * 6,
    "dirty": False,
    "device": "cuda",
    "versions": {"numpy": "2.4", "torch": "2.14"},
}
DAY, EPOCHS = 86_400, 5


def configured(
    paper: dict[str, Any],
    methods: Sequence[str],
    datasets: Sequence[str] = ("cifar10", "sport8"),
    tricks: bool = True,
    n: int | dict[str, int] = 3,
    baselines: Sequence[str] = (),
) -> Config:
    """Return the paper's configuration with small studies of some methods.

    The first of the `baselines` is the best of k.
    """
    raw = copy.deepcopy(paper)
    for protocol in raw["protocols"].values():
        for layer in (protocol, *protocol.get("overrides", {}).values()):
            layer["epochs"] = EPOCHS
    benchmark = {"datasets": list(datasets), "methods": list(methods), "searches": n, "random": n}
    benchmark["augment_seed"] = 2
    studies = {"benchmark": benchmark}
    if tricks:
        studies["tricks"] = {**benchmark, "datasets": [datasets[0]], "plain": "base"}
    if baselines:
        studies["baselines"] = {
            **benchmark,
            "baselines": list(baselines),
            "best_of": baselines[0],
        }
    return load_config({**raw, "studies": {**studies, "protocols": raw["studies"]["protocols"]}})


def write_runs(
    config: Config, results: Path, rows: Iterable[dict[str, Any]], lift: float = 0.0, **made: Any
) -> None:
    """Write made-up runs; those of searched architectures are `lift` points better.

    Two share a device, so an epoch of two seconds costs one.
    """
    for row in rows:
        curve = made_up_curves(1, EPOCHS, row["path"])[0] + lift * (row["origin"] == "searched")
        content = [
            {
                **dict.fromkeys(schemas.RUN.names, 1),
                "epoch": epoch,
                "seconds": 2,
                "at_once": 2,
                "test_accuracy": float(accuracy),
            }
            for epoch, accuracy in enumerate(curve, start=1)
        ]
        run = Run(row["dataset"], row["protocol"], row["genotype"], row["seed"])
        settings = run_settings(asked(config, [run]), run)
        provenance = {**MADE, "settings": settings, "seed": row["seed"], **made}
        records.write(results / row["path"], records.table(schemas.RUN, content), provenance)


def write_searches(
    config: Config, results: Path, searches: Iterable[inputs.Planned], same: bool = False
) -> None:
    """Write made-up searches of half a GPU-day and more; `same`: all find one genotype.

    Two share a device, and each takes a day and more.
    """
    for one in searches:
        space = config.method(one.method, one.dataset).space
        rng = stream("tests", "found", one.method, 0 if same else f"{one.dataset}-{one.seed}")
        genotype = get_space(space).sample(rng)
        genotype.write(results / one.file)
        rows = [
            {
                "stage": 1,
                "epoch": epoch,
                "seconds": DAY / 2 + 2 * one.seed,
                "peak_memory": 1,
                "at_once": 2,
                "validation_accuracy": 50.0 + epoch,
            }
            for epoch in (1, 2)
        ]
        those = asked(config, [], [(one.dataset, one.method)])
        settings = search_settings(those, one.dataset, one.method, one.seed)
        found = {"seed": one.seed, "genotype": genotype.to_dict()}
        provenance = {**MADE, "settings": settings, **found}
        content = records.table(schemas.HISTORY, rows)
        records.write(results / one.history, content, provenance)


def write_complexity(config: Config, folder: Path) -> list[Path]:
    """Write made-up counts of every planned genotype; return the files, one per dataset."""
    return [_write_sizes(config, folder, dataset) for dataset in inputs.datasets(config)]


def _write_sizes(config: Config, folder: Path, dataset: str) -> Path:
    rows = [
        {
            "dataset": one.dataset,
            "method": one.method,
            "genotype": one.name,
            "origin": one.origin,
            "parameters": 3_000_000 + 1000 * one.seed,
            "macs": 500_000_000 + 1_000_000 * one.seed,
        }
        for one in inputs.genotypes(config, dataset=dataset)
    ]
    path = folder / f"complexity/{dataset}.parquet"
    made = {"settings": inputs.complexity_settings(config, dataset)}
    records.write(path, records.table(inputs.COMPLEXITY, rows), made)
    return path


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


def card(evidence: Evidence, method: str, folder: Path) -> str:
    """Write a method's card and return its text."""
    write_card(evidence, method, folder, "What it does.")
    return (folder / f"{method}.md").read_text()


def section(text: str, heading: str) -> str:
    """Return what a card has below a heading."""
    return re.split(r"^## ", text.partition(f"## {heading}\n")[2], flags=re.MULTILINE)[0]

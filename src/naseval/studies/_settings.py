"""The settings that runs and searches are made with, as their provenance has them."""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from naseval.printed.catalogue import printed_genotype
from naseval.studies._runs import Run, printed_cell

if TYPE_CHECKING:
    from naseval.config import Config

Asked = Mapping[str, Any]
"""The settings of several runs, each once, as JSON has them.

`datasets` and `prepared` by dataset, `protocols` by dataset and protocol, `searches` by dataset and
method, `samplers` by space, `printed` by genotype.
"""
PREPARED = {"source", "split", "channels"}
"""The settings of a dataset that its prepared files depend on, beside those of training."""


def asked(config: "Config", runs: Iterable[Run], searches: Iterable[tuple[str, str]] = ()) -> Asked:
    """Return the configured settings of `runs` and of the searches of their genotypes.

    `searches` are more searches, by dataset and method.
    """
    those = sorted(set(runs))
    origins = [run.genotype.split("/") for run in those]
    searched = {(origin[1], origin[0]) for origin in origins if len(origin) == 3} | {*searches}
    datasets = sorted({run.dataset for run in those} | {dataset for dataset, _ in searched})
    found: dict[str, Any] = {
        "datasets": {name: _dumped(config.datasets[name].training) for name in datasets},
        "prepared": {
            name: config.datasets[name].model_dump(mode="json", include=PREPARED)
            for name in datasets
        },
        "protocols": {},
        "searches": {},
        "printed": {
            name: printed_genotype(*cell).to_dict()
            for name in sorted({run.genotype for run in those})
            if (cell := printed_cell(name))
        },
        "samplers": {
            space: config.spaces[space].sampler
            for space in sorted({origin[0] for origin in origins if len(origin) == 2})
        },
    }
    for dataset, protocol in sorted({(run.dataset, run.protocol) for run in those}):
        settings = config.protocol(protocol, dataset)
        found["protocols"].setdefault(dataset, {})[protocol] = _dumped(settings)
    for dataset, method in sorted(searched):
        found["searches"].setdefault(dataset, {})[method] = _of_method(config, dataset, method)
    return found


def _of_method(config: "Config", dataset: str, method: str) -> dict[str, Any]:
    space = config.method(method, dataset).space
    if method in config.implemented:
        search = _dumped(config.search_settings(method, dataset))
        return {"algorithm": config.algorithm(method), "space": space, "search": search}
    if method in config.searching:
        return {"space": space, "program": _dumped(config.program(method, dataset))}
    found = config.genotypes(method, dataset)
    return {"space": space, "genotypes": [one.genotype.to_dict() for one in found]}


def _dumped(settings: Any) -> dict[str, Any]:
    dumped: dict[str, Any] = settings.model_dump(mode="json")
    return dumped


def search_settings(asked: Asked, dataset: str, method: str, seed: int) -> dict[str, Any]:
    """Return the settings of a search, or the genotype of one that was done elsewhere.

    Raise `KeyError` if there is no such search.
    """
    settings = asked["searches"][dataset][method]
    if "genotypes" in settings:
        if not 0 <= seed < len(settings["genotypes"]):
            raise KeyError(seed)
        return {"space": settings["space"], "genotype": settings["genotypes"][seed], "seed": seed}
    return {
        **settings,
        "seed": seed,
        "dataset": asked["datasets"][dataset],
        "prepared": asked["prepared"][dataset],
    }


def run_settings(asked: Asked, run: Run) -> dict[str, Any]:
    """Return the settings of a run. `architecture` has those that its genotype was made with."""
    return {
        "genotype": run.genotype,
        "seed": run.seed,
        "protocol": asked["protocols"][run.dataset][run.protocol],
        "dataset": asked["datasets"][run.dataset],
        "prepared": asked["prepared"][run.dataset],
        "architecture": architecture_settings(asked, run.genotype),
    }


def architecture_settings(asked: Asked, genotype: str) -> dict[str, Any]:
    """Return the settings of the draw or the search of a genotype; none for a fixed network.

    Of a genotype that was found elsewhere it is the genotype itself. Raise `KeyError` if there is
    no such genotype.
    """
    match genotype.split("/"):
        case [space, _] if genotype in asked["printed"]:
            return {"space": space, "genotype": asked["printed"][genotype]}
        case [space, name]:
            index = numbered("random", name)
            return {"space": space, "sampler": asked["samplers"][space], "index": index}
        case [method, dataset, seed]:
            return search_settings(asked, dataset, method, numbered("seed", seed))
        case _:
            return {}


def numbered(kind: str, name: str) -> int:
    """Return the number in a name, e.g. 3 of `seed-3`. Raise `KeyError` at any other name."""
    found = re.fullmatch(rf"{kind}-([0-9]+)", name)
    if found is None:
        raise KeyError(name)
    return int(found[1])

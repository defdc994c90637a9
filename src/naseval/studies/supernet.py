"""Is the supernet telling the truth: shared weights against trainings (not in the paper)."""

from collections.abc import Iterator
from itertools import product
from typing import Annotated, Any

from pydantic import Field

from naseval.config import Config
from naseval.errors import ConfigError
from naseval.methods import get_settings
from naseval.settings.base import BatchSize, Names, Positive, Seeds, StudySettings
from naseval.settings.validation import known
from naseval.studies._grid import count_at_least, random_grid
from naseval.studies._runs import Member, Run, random_genotype
from naseval.studies._settings import asked, run_settings, search_settings

NAME = "supernet"
KEY = f"studies.{NAME}"


class Settings(StudySettings):
    """Random architectures, their trainings, and what the supernets of methods say of them."""

    datasets: Names = Field(description="datasets, by their keys")
    methods: Names = Field(description="methods that train a supernet, by their keys")
    searches: Positive = Field(
        1, description="scored searches per method and dataset, seeds 0, 1, …"
    )
    random: Annotated[Positive, count_at_least(2, "a ranking")] = Field(
        32, description="random architectures of each space"
    )
    seeds: Seeds = Field(
        description="seeds of their augmentations: scores are compared with the accuracies of the "
        "first; each other one is a ranking of its own"
    )
    times: Positive = Field(
        5, description="how often each stage of a search is scored, at equal distances"
    )
    batch_size: BatchSize = Field(
        250, description="images per scoring batch, whose statistics normalise"
    )


def check(config: Config, settings: Settings) -> None:
    """Raise `ConfigError` if a method is unknown or has no supernet."""
    for name in settings.methods:
        known(name, config.methods, "method", f"{KEY}.methods")
        if name not in config.implemented or not _shares_weights(config, name):
            raise ConfigError(
                f"config key {KEY}.methods names {name}, which trains no supernet here; take it out"
            )


def _shares_weights(config: Config, method: str) -> bool:
    return get_settings(config.algorithm(method)).shares_weights


def members(config: Config, settings: Settings) -> Iterator[Member]:
    """Yield the runs of the random architectures of every method's space under its protocol."""
    for dataset, space, protocol in _pools(config, settings):
        yield from random_grid([dataset], [protocol], space, settings.random, settings.seeds)


def _pools(config: Config, settings: Settings) -> list[tuple[str, str, str]]:
    """Return dataset, space and protocol of what methods are compared on, each once."""
    resolved = (
        (dataset, config.method(method, dataset))
        for dataset, method in product(settings.datasets, settings.methods)
    )
    return list(dict.fromkeys((dataset, one.space, one.protocol) for dataset, one in resolved))


def pools(config: Config) -> list[tuple[str, str, str]]:
    """Return dataset, space and protocol of what is scored, each once; none without the study."""
    return _pools(config, configured(config)) if NAME in config.studies else []


def scored_searches(config: Config) -> list[tuple[str, str, int]]:
    """Return dataset, method and seed of every scored search; none without the study."""
    if NAME not in config.studies:
        return []
    settings = configured(config)
    return list(product(settings.datasets, settings.methods, range(settings.searches)))


def configured(config: Config) -> Settings:
    """Return the settings of the study. Raise `ConfigError` if it is not configured."""
    if NAME not in config.studies:
        raise ConfigError(
            f"the study {NAME} is not configured: say under {KEY} what it has, or take "
            "config/supernet.yaml"
        )
    return config.study(NAME, Settings)


def scored_folder(dataset: str, method: str, seed: int | str) -> str:
    """Return the folder of a scored search, relative to the results folder."""
    return f"scored/{dataset}/{method}/seed-{seed}"


def untrained_file(dataset: str, space: str, protocol: str) -> str:
    """Return the path of the scores without training, relative to the results folder."""
    return f"untrained/{dataset}/{protocol}/{space}.parquet"


def architectures(config: Config, space: str) -> dict[str, dict[str, Any]]:
    """Return the settings of the draws of a space's scored architectures, by their names."""
    sampler = config.spaces[space].sampler
    return {
        random_genotype(space, index): {"space": space, "sampler": sampler, "index": index}
        for index in range(configured(config).random)
    }


def scored_settings(config: Config, dataset: str, method: str, seed: int) -> dict[str, Any]:
    """Return the settings of a scored search."""
    settings = configured(config)
    return {
        **search_settings(asked(config, [], [(dataset, method)]), dataset, method, seed),
        "scored": {
            "times": settings.times,
            "batch_size": settings.batch_size,
            "architectures": architectures(config, config.method(method, dataset).space),
        },
    }


def untrained_settings(config: Config, dataset: str, space: str, protocol: str) -> dict[str, Any]:
    """Return the settings of the scores without training."""
    run = Run(dataset, protocol, random_genotype(space, 0), 0)
    settings = run_settings(asked(config, [run]), run)
    return {
        **{name: settings[name] for name in ("dataset", "prepared", "protocol")},
        "architectures": architectures(config, space),
    }

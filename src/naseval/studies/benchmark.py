"""The benchmark: searched against random architectures (paper, Figures 1 and 2, Table 1)."""

from pydantic import Field

from naseval.config import Config
from naseval.settings.base import Positive, StudySettings
from naseval.studies._runs import Member, Run, random_genotype, searched_genotype


class Settings(StudySettings):
    """The methods and datasets, and the numbers of searches and random architectures."""

    datasets: list[str] = Field(description="datasets, by their keys")
    methods: list[str] = Field(description="methods, by their keys")
    searches: Positive = Field(description="searches per method and dataset, seeds 0, 1, …")
    random: Positive = Field(description="random architectures per method and dataset")
    augment_seed: int = Field(description="the seed of every augmentation")


def members(config: Config, settings: Settings) -> list[Member]:
    """Return the runs of random and searched architectures of every method on every dataset."""
    return [
        member
        for dataset in settings.datasets
        for method in settings.methods
        for member in _method_members(config, settings, method, dataset)
    ]


def _method_members(config: Config, settings: Settings, name: str, dataset: str) -> list[Member]:
    method = config.method(name, dataset)
    genotypes = [
        ("random", random_genotype(method.space, index)) for index in range(settings.random)
    ] + [("searched", searched_genotype(name, dataset, seed)) for seed in range(settings.searches)]
    return [
        Member(
            Run(dataset, method.protocol, genotype, settings.augment_seed),
            origin,
            method.space,
            name,
        )
        for origin, genotype in genotypes
    ]

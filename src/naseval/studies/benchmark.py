"""The benchmark: searched against random architectures (paper, Figures 1 and 2, Table 1)."""

from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from naseval.config import Config
from naseval.settings.base import Names, Positive, Seed, Strict, StudySettings, empty_if_none
from naseval.settings.looks import FEWEST, Count, Look, paired
from naseval.studies._runs import Member, Run, random_genotype, searched_genotype


class Numbers(Strict):
    """Other numbers for one method on one dataset."""

    searches: Count | None = Field(None, description="searches; null: as elsewhere")
    random: Count | None = Field(None, description="random architectures; null: as elsewhere")


class Settings(StudySettings):
    """The methods and datasets, and the numbers of searches and random architectures."""

    datasets: Names = Field(description="datasets, by their keys")
    methods: Names = Field(description="methods, by their keys")
    searches: Count = Field(
        description="searches per method and dataset, seeds 0, 1, …; or `{start: 4, step: 4, "
        "most: 16}`: more only where the verdict is open (docs/statistics.md)"
    )
    random: Count = Field(
        description="random architectures per method and dataset; or steps, as of `searches`"
    )
    augment_seed: Seed = Field(description="the seed of every augmentation")
    overrides: Annotated[
        dict[str, dict[str, Numbers]],
        BeforeValidator(
            empty_if_none, json_schema_input_type=dict[str, dict[str, Numbers] | None] | None
        ),
    ] = Field(
        default_factory=dict,
        description="other `searches` or `random` by dataset, then by method, e.g. "
        "`{cifar10: {darts: {random: 32}}}`; null: none",
    )

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        for dataset, methods in self.overrides.items():
            _in_study(dataset, self.datasets, "datasets")
            for method in methods:
                _in_study(method, self.methods, "methods")
        return self

    @model_validator(mode="after")
    def _looks_can_decide(self) -> Self:
        for (dataset, method), looks in self.stepwise.items():
            if min(looks[0]) < FEWEST:
                raise ValueError(
                    f"{method} on {dataset} is judged in steps, and {min(looks[0])} runs on a side "
                    f"give no verdict; give both sides at least {FEWEST}"
                )
        return self

    def looks(self, dataset: str, method: str) -> tuple[Look, ...]:
        """Return the numbers of searches and random architectures at each look of a cell."""
        other = self.overrides.get(dataset, {}).get(method, Numbers())
        return paired(other.searches or self.searches, other.random or self.random)

    @property
    def stepwise(self) -> dict[tuple[str, str], tuple[Look, ...]]:
        """The looks of the cells (dataset, method) that are judged more than once."""
        found = {
            (dataset, method): self.looks(dataset, method)
            for dataset in self.datasets
            for method in self.methods
        }
        return {cell: looks for cell, looks in found.items() if len(looks) > 1}


class Fixed(Settings):
    """Settings of the benchmark with numbers that are fixed in advance, for other studies."""

    searches: Positive = Field(description="searches per method and dataset, seeds 0, 1, …")
    random: Positive = Field(description="random architectures per method and dataset")

    @model_validator(mode="after")
    def _numbers_are_fixed(self) -> Self:
        if self.stepwise:
            raise ValueError("`overrides` has steps, which only the benchmark takes; give numbers")
        return self


def _in_study(name: str, names: Names, field: str) -> None:
    if name not in names:
        raise ValueError(f"`overrides` names {name!r}, which is not among the study's {field}")


def members(config: Config, settings: Settings) -> Iterator[Member]:
    """Yield the runs of random and searched architectures of every method on every dataset.

    Of cells that are judged in steps, these are the most that they may need.
    """
    for dataset in settings.datasets:
        for method in settings.methods:
            yield from _method_members(config, settings, method, dataset)


def _method_members(
    config: Config, settings: Settings, name: str, dataset: str
) -> Iterator[Member]:
    method = config.method(name, dataset)
    searches, random = settings.looks(dataset, name)[-1]
    genotypes = chain(
        (("random", random_genotype(method.space, index)) for index in range(random)),
        (("searched", searched_genotype(name, dataset, seed)) for seed in range(searches)),
    )
    for origin, genotype in genotypes:
        run = Run(dataset, method.protocol, genotype, settings.augment_seed)
        yield Member(run, origin, method.space, name)

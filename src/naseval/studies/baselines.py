"""Methods against baselines: best of k at equal cost, evolution, zero-cost (not in the paper)."""

from collections.abc import Iterator
from typing import Self

from pydantic import Field, model_validator

from naseval.config import Config
from naseval.errors import ConfigError
from naseval.settings.base import Names
from naseval.settings.validation import known
from naseval.studies import benchmark
from naseval.studies._runs import Member


class Settings(benchmark.Fixed):
    """The settings of a benchmark, and the methods that are baselines of the others."""

    baselines: Names = Field(
        description="methods that the others are compared with, where both have one space and one "
        "protocol on a dataset"
    )

    best_of: str = Field(
        description="the one of them that is the best of k random candidates, by whose trainings "
        "the budgets of the methods are counted"
    )

    @model_validator(mode="after")
    def _baselines_are_no_rivals(self) -> Self:
        if self.best_of not in self.baselines:
            raise ValueError(f"best_of names {self.best_of!r}, which is none of baselines; add it")
        both = [name for name in self.baselines if name in self.methods]
        if both:
            raise ValueError(f"{both[0]} is among methods and baselines; take it from one of them")
        return self


def check(config: Config, settings: Settings) -> None:
    """Raise `ConfigError` if a baseline is unknown, or no method shares its space and protocol."""
    for name in settings.baselines:
        known(name, config.methods, "method", "studies.baselines.baselines")
        if not any(comparable(config, settings, name)):
            raise ConfigError(
                f"config key studies.baselines.baselines names {name}, and none of the study's "
                "methods has its space and its protocol; add one or take it out"
            )


def comparable(config: Config, settings: Settings, baseline: str) -> Iterator[tuple[str, str]]:
    """Yield the datasets and methods that a baseline shares its space and its protocol with."""
    for dataset in settings.datasets:
        own = config.method(baseline, dataset)
        for name in settings.methods:
            method = config.method(name, dataset)
            if (method.space, method.protocol) == (own.space, own.protocol):
                yield dataset, name


def members(config: Config, settings: Settings) -> Iterator[Member]:
    """Yield the runs of a benchmark of the methods and the baselines."""
    everyone = [*settings.methods, *settings.baselines]
    return benchmark.members(config, settings.model_copy(update={"methods": everyone}))

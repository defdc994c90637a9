"""Studies: the sets of runs that each answer one question of the paper. Without torch.

Every public module is one study, found by its file name: its class `Settings` has the fields of the
configuration below `studies.NAME`, its function `members` gives the runs, and its function `check`,
if there is one, says what could not be drawn. `members`, `labelled` and `unique_runs` list the runs
of any study; `Run` and `Member` describe one.
"""

from collections.abc import Iterable
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any

from naseval.errors import ConfigError
from naseval.plugins import plugin_names
from naseval.studies._runs import (
    Member,
    Run,
    genotype_file,
    random_genotype,
    searched_genotype,
)
from naseval.studies._settings import asked, run_settings, search_settings

__all__ = [
    "Member",
    "Run",
    "asked",
    "check_study",
    "describe_study",
    "genotype_file",
    "labelled",
    "members",
    "random_genotype",
    "run_settings",
    "search_settings",
    "searched_genotype",
    "searches",
    "space_of",
    "study_names",
    "unique_runs",
]

MOST_RUNS = 100_000
"""Runs of a study. Snakemake plans so many in minutes."""

if TYPE_CHECKING:
    from naseval.config import Config


def study_names() -> list[str]:
    """Return the names of all studies."""
    return plugin_names("naseval.studies")


def describe_study(study: str) -> str:
    """Return the description of a study: the first line of its module's docstring."""
    return (import_module(f"naseval.studies.{study}").__doc__ or study).splitlines()[0]


def members(config: "Config", study: str) -> list[Member]:
    """Return the distinct runs of a study with their roles in it."""
    found = import_module(f"naseval.studies.{study}").members(config, config.study(study))
    return list(dict.fromkeys(islice(found, MOST_RUNS + 1)))


def check_study(config: "Config", study: str) -> list[Member]:
    """Return the runs of a study. Raise `ConfigError` if it could not be planned or drawn.

    A study's module may have a function `check(config, settings)` for what its types do not say.
    """
    module = import_module(f"naseval.studies.{study}")
    if hasattr(module, "check"):
        module.check(config, config.study(study))
    found = members(config, study)
    if len(found) > MOST_RUNS:
        raise ConfigError(
            f"config key studies.{study} asks for more than {MOST_RUNS:,} runs, too many to plan; "
            "lower its numbers"
        )
    return found


def labelled(config: "Config", study: str) -> list[dict[str, Any]]:
    """Return a study's runs as rows: `path`, and the columns of `schemas.STUDY` that name it."""
    return [
        {
            "path": member.run.path,
            "dataset": member.run.dataset,
            "protocol": member.run.protocol,
            "genotype": member.run.genotype,
            "seed": member.run.seed,
            "origin": member.origin,
            "space": member.space,
            "method": member.method,
            "cells": config.protocol(member.run.protocol, member.run.dataset).cells,
        }
        for member in members(config, study)
    ]


def searches(config: "Config", study: str) -> list[tuple[str, str, int]]:
    """Return the dataset, method and seed of every search that a study's runs need.

    The list is empty if the study is not configured.
    """
    found = members(config, study) if study in config.studies else []
    names = [member.run.genotype.split("/") for member in found if member.origin == "searched"]
    return [
        (dataset, method, int(seed.removeprefix("seed-")))
        for method, dataset, seed in names
        if method in config.searching
    ]


def unique_runs(found: Iterable[Member]) -> list[Run]:
    """Return the distinct runs, sorted."""
    return sorted({member.run for member in found})


def space_of(config: "Config", genotype: str, dataset: str) -> str | None:
    """Return the space of a genotype from its name; None for a fixed network."""
    match genotype.split("/"):
        case [space, _]:
            return space
        case [method, _, _]:
            return config.method(method, dataset).space
        case _:
            return None

"""Studies: the sets of runs that each answer one question of the paper. Without torch.

Every public module is one study, found by its file name: its class `Settings` has the fields of the
configuration below `studies.NAME`, and its function `members` returns the runs. `members`,
`labelled` and `unique_runs` list the runs of any study; `Run` and `Member` describe one.
"""

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from naseval.plugins import plugin_names
from naseval.studies._runs import (
    Member,
    Run,
    genotype_file,
    random_genotype,
    searched_genotype,
)

__all__ = [
    "Member",
    "Run",
    "describe_study",
    "genotype_file",
    "labelled",
    "members",
    "random_genotype",
    "searched_genotype",
    "space_of",
    "study_names",
    "unique_runs",
]

if TYPE_CHECKING:
    from naseval.config import Config


def study_names() -> list[str]:
    """Return the names of all studies."""
    return plugin_names("naseval.studies")


def describe_study(study: str) -> str:
    """Return the description of a study: the first line of its module's docstring."""
    return (import_module(f"naseval.studies.{study}").__doc__ or study).splitlines()[0]


def members(config: "Config", study: str) -> list[Member]:
    """Return the runs of a study with their roles in it."""
    found: list[Member] = import_module(f"naseval.studies.{study}").members(
        config, config.study(study)
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

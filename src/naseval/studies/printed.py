"""The cells that papers print, among random architectures of their space (not in the paper)."""

from collections.abc import Iterator
from itertools import product
from typing import Annotated

from pydantic import Field

from naseval.config import Config
from naseval.printed.catalogue import printed_cells
from naseval.settings.base import Distinct, Names, Positive, Seeds, StudySettings
from naseval.settings.validation import dotted, known
from naseval.studies._grid import random_grid
from naseval.studies._runs import Member, Run, printed_genotype_name

KEY = "studies.printed"


class Settings(StudySettings):
    """Cells that papers print and random architectures, under one protocol per space."""

    datasets: Names = Field(description="datasets, by their keys")
    protocol_of: dict[str, str] = Field(
        min_length=1, description="the protocol of each space, both by their keys"
    )
    cells: dict[str, Annotated[list[str], Distinct]] = Field(
        default_factory=dict,
        description="cells of a space, by the keys in src/naseval/printed/cells.yaml; all by "
        "default; an empty list leaves the space out",
    )
    random: Positive = Field(description="random architectures of each space")
    random_seeds: Seeds = Field(description="seeds of the augmentations of random architectures")
    seeds: Seeds = Field(description="seeds of the augmentations of each cell")


def check(config: Config, settings: Settings) -> None:
    """Raise `ConfigError` if there is no such space, protocol or cell."""
    known_spaces = [space for space in config.spaces if printed_cells(space)]
    for space, protocol in settings.protocol_of.items():
        key = dotted(KEY, "protocol_of", space)
        known(space, known_spaces, "space with printed cells", key)
        known(protocol, config.protocols, "protocol", key)
    for space, cells in settings.cells.items():
        known(space, settings.protocol_of, "space", dotted(KEY, "cells", space))
        for cell in cells:
            known(cell, printed_cells(space), "printed cell", dotted(KEY, "cells", space))


def members(_config: Config, settings: Settings) -> Iterator[Member]:
    """Yield the runs of the printed cells and of the random architectures of each space."""
    for space, protocol in settings.protocol_of.items():
        cells = settings.cells.get(space, list(printed_cells(space)))
        if cells:
            yield from random_grid(
                settings.datasets, [protocol], space, settings.random, settings.random_seeds
            )
        for dataset, cell, seed in product(settings.datasets, cells, settings.seeds):
            run = Run(dataset, protocol, printed_genotype_name(space, cell), seed)
            yield Member(run, "printed", space)

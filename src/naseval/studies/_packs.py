"""Packs: groups of runs that one job trains, one after the other."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from naseval.studies._runs import Run

KINDS = {1: "fixed", 2: "random", 3: "searched"}
"""The origin of a genotype, by the number of parts of its name."""


@dataclass(frozen=True)
class Pack:
    """Runs on one dataset whose genotypes come from one space, one method or one fixed network."""

    name: str
    runs: tuple[Run, ...]


def packs(runs: Iterable[Run], size: int) -> list[Pack]:
    """Divide the runs into packs of at most `size` runs.

    A change of a method's code or settings therefore affects only its own packs, and an additional
    architecture only the last pack of its space.
    """
    return [
        Pack(f"{dataset}/{KINDS[parts]}-{family}-{number:03d}", tuple(pack))
        for (dataset, family, parts), members in groupby(sorted(runs, key=_sort_key), key=_family)
        for number, pack in enumerate(_chunks(list(members), size))
    ]


def _family(run: Run) -> tuple[str, str, int]:
    parts = run.genotype.split("/")
    return run.dataset, parts[0], len(parts)


def _sort_key(run: Run) -> tuple[object, ...]:
    return *_family(run), run.genotype, run.protocol, run.seed


def _chunks(runs: list[Run], size: int) -> list[list[Run]]:
    return [runs[start : start + size] for start in range(0, len(runs), size)]

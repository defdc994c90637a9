"""Runs that one job trains, one after the other."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from naseval.studies._runs import Run

KINDS = {1: "fixed", 2: "random", 3: "searched"}
"""What a genotype is, by the parts of its name."""


@dataclass(frozen=True)
class Pack:
    """Runs of one dataset whose genotypes are of one space, one method or one fixed network."""

    name: str
    runs: tuple[Run, ...]


def packs(runs: Iterable[Run], size: int) -> list[Pack]:
    """Return the runs in packs of at most `size`.

    Other code or settings of a method then concern its own packs alone, and one more
    architecture concerns the last pack of its space.
    """
    return [
        Pack(f"{dataset}/{KINDS[parts]}-{family}-{number:03d}", tuple(pack))
        for (dataset, family, parts), members in groupby(sorted(runs, key=_place), key=_family)
        for number, pack in enumerate(_chunks(list(members), size))
    ]


def _family(run: Run) -> tuple[str, str, int]:
    parts = run.genotype.split("/")
    return run.dataset, parts[0], len(parts)


def _place(run: Run) -> tuple[object, ...]:
    return *_family(run), run.genotype, run.protocol, run.seed


def _chunks(runs: list[Run], size: int) -> list[list[Run]]:
    return [runs[start : start + size] for start in range(0, len(runs), size)]

"""Packs: groups of runs or searches that one job trains."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from naseval.studies._runs import Run, printed_cell

T = TypeVar("T")

KINDS = ("fixed", "random", "searched")
"""The origin of a genotype that no paper prints, by the number of / in its name."""


@dataclass(frozen=True)
class Pack:
    """Runs on one dataset whose genotypes come from one space, one method or one fixed network."""

    name: str
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class SearchPack:
    """Searches of one method on one dataset."""

    name: str
    dataset: str
    method: str
    seeds: tuple[int, ...]


def packs(runs: Iterable[Run], size: int, look: int = 1) -> list[Pack]:
    """Divide the runs into packs of at most `size` runs.

    `look` is that of the benchmark before which they are needed; later ones are part of the names.
    A change of a method's code or settings therefore affects only its own packs, and an additional
    architecture only the last pack of its space.
    """
    return [
        Pack(f"{dataset}/{kind}-{family}{_later(look)}-{number:03d}", tuple(pack))
        for (dataset, family, kind), members in groupby(sorted(runs, key=_sort_key), key=_family)
        for number, pack in enumerate(_chunks(list(members), size))
    ]


def search_packs(runs: Iterable[Run], size: int, look: int = 1) -> list[SearchPack]:
    """Divide the searches whose genotypes the runs train into packs of at most `size`.

    `look` is as of `packs`.
    """
    names = {tuple(run.genotype.split("/")) for run in runs if run.genotype.count("/") == 2}
    searches = sorted((dataset, method, int(seed[5:])) for method, dataset, seed in names)
    return [
        SearchPack(f"{dataset}/{method}{_later(look)}-{number:03d}", dataset, method, tuple(pack))
        for (dataset, method), members in groupby(searches, key=lambda search: search[:2])
        for number, pack in enumerate(_chunks([seed for _, _, seed in members], size))
    ]


def _later(look: int) -> str:
    return f"-look-{look}" if look > 1 else ""


def makespan(minutes: Iterable[int], at_once: int) -> int:
    """Return the time in which trainings end if each starts, in order, once a place is free.

    If trainings take less time than said, all of them end no later.
    """
    places = [0] * at_once
    for duration in minutes:
        heapq.heapreplace(places, places[0] + duration)
    return max(places)


def _family(run: Run) -> tuple[str, str, str]:
    family, *others = run.genotype.split("/")
    kind = "printed" if printed_cell(run.genotype) else KINDS[len(others)]
    return run.dataset, family, kind


def _sort_key(run: Run) -> tuple[object, ...]:
    return *_family(run), run.genotype, run.protocol, run.seed


def _chunks(members: list[T], size: int) -> list[list[T]]:
    return [members[start : start + size] for start in range(0, len(members), size)]

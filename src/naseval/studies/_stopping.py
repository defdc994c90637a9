"""The benchmark's cells that are judged in steps: how far each has come, by its verdicts on disk.

A look is judged by `naseval.analysis.stopping`. Planning reads no more of it than whether the cell
is decided.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from naseval import records
from naseval.agreement import differences
from naseval.schemas import LOOK
from naseval.settings.looks import Look
from naseval.studies import benchmark, labelled, members, unique_runs
from naseval.studies._runs import Run

if TYPE_CHECKING:
    from naseval.config import Config

STUDY = "benchmark"
DECISIONS = "decisions/benchmark.parquet"
"""The frozen verdicts of all cells, relative to the results folder."""

Cell = tuple[str, str]
"""Dataset and method."""


def look_file(dataset: str, method: str, look: int) -> str:
    """Return the path of the verdict of a look (from 1), relative to the results folder."""
    return f"decisions/{dataset}/{method}/look-{look}.parquet"


def stepwise(config: "Config") -> dict[Cell, tuple[Look, ...]]:
    """Return the looks of the cells that are judged in steps; none if all numbers are fixed."""
    settings = config.studies.get(STUDY)
    return settings.stepwise if isinstance(settings, benchmark.Settings) else {}


def look_settings(config: "Config", cell: Cell) -> dict[str, Any]:
    """Return the settings that a cell is judged by, as JSON has them: its looks and its margin."""
    looks = [list(look) for look in stepwise(config)[cell]]
    return {"looks": looks, "margin": config.margins[cell[0]]}


def judged(config: "Config", results: str | Path | None = None) -> dict[Cell, list[dict[str, Any]]]:
    """Return the looks (rows of `schemas.LOOK`) of each cell that is judged in steps, in order.

    They end with the first verdict. What was judged by other settings does not count. Raise
    `NasevalError`, with the path, if a file is damaged.
    """
    root = Path(results or config.results)
    return {
        cell: list(_judged(root, cell, len(looks), look_settings(config, cell)))
        for cell, looks in stepwise(config).items()
    }


def _judged(root: Path, cell: Cell, most: int, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for look in range(1, most + 1):
        path = root / look_file(*cell, look)
        if not path.exists():
            return
        row, made = _current(path)
        if differences(made, asked):
            return
        yield row
        if row["decided"]:
            return


def is_decided(path: str | Path) -> bool:
    """Tell whether a look gave a verdict. Raise `NasevalError`, with the path, if it is damaged."""
    return bool(_current(Path(path))[0]["decided"])


def _current(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    status = path.stat()
    return _read(path, status.st_mtime_ns, status.st_size)


@cache
def _read(path: Path, _modified: int, _size: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the row and the settings of a look; planning asks for the same file many times."""
    content = records.read(path, LOOK)
    (row,) = content.to_pylist()
    return row, records.provenance_in(content)["settings"]


def at_looks(config: "Config", reached: Mapping[Cell, int]) -> "Config":
    """Return the configuration with fixed numbers: those of the looks (from 1) `reached`."""
    looks = stepwise(config)
    if not looks:
        return config
    settings = config.study(STUDY, benchmark.Settings)
    overrides = {dataset: dict(methods) for dataset, methods in settings.overrides.items()}
    for (dataset, method), planned in looks.items():
        numbers = planned[min(reached[dataset, method], len(planned)) - 1]._asdict()
        overrides.setdefault(dataset, {})[method] = benchmark.Numbers(**numbers)
    fixed = settings.model_copy(update={"overrides": overrides})
    return config.model_copy(update={"studies": {**config.studies, STUDY: fixed}})


def rows_at(config: "Config", cell: Cell, look: int) -> list[dict[str, Any]]:
    """Return the runs of a cell at a look (from 1), as rows of `labelled`."""
    rows = labelled(at_looks(config, dict.fromkeys(stepwise(config), look)), STUDY)
    return [row for row in rows if (row["dataset"], row["method"]) == cell]


def so_far(config: "Config", results: str | Path | None = None) -> "Config":
    """Return the configuration with the runs that are needed for certain, by the looks on disk.

    A cell has the runs of the look that decided it, or of the next one. Without cells that are
    judged in steps, it is the configuration itself.
    """
    rows = judged(config, results)
    return at_looks(config, {cell: len(made) + (not _ended(made)) for cell, made in rows.items()})


def _ended(made: list[dict[str, Any]]) -> bool:
    return bool(made) and bool(made[-1]["decided"])


def stages(
    config: "Config", what: Callable[[Run], Hashable] = lambda run: run
) -> Iterator[list[Run]]:
    """Yield the runs of all studies, in groups that are needed only after the ones before.

    There is one group for each look. Of runs that are alike in `what`, all are in the group of the
    first. Without cells that are judged in steps there is one group.
    """
    cells = stepwise(config)
    seen: set[Hashable] = set()
    for look in range(1, max(map(len, cells.values()), default=1) + 1):
        here = at_looks(config, dict.fromkeys(cells, look))
        runs = unique_runs(member for study in here.studies for member in members(here, study))
        new = [run for run in runs if what(run) not in seen]
        seen.update(map(what, new))
        yield new


def planned_sentence(config: "Config", results: str | Path | None = None) -> str:
    """Return how many searches and runs the benchmark takes at least and at most.

    The text is empty if its numbers are fixed.
    """
    cells = judged(config, results)
    if not cells:
        return ""
    undecided = sum(not _ended(made) for made in cells.values())
    least, most = (_counted(one) for one in (so_far(config, results), config))
    return (
        f"The benchmark is judged in steps, and {undecided} of {len(cells)} cells are not decided: "
        f"it takes at least {least}, at most {most}, finished ones included."
    )


def _counted(config: "Config") -> str:
    found = {member.run for member in members(config, STUDY)}
    searches = sum(run.genotype.count("/") == 2 for run in found)
    return f"{searches} searches and {len(found)} runs"

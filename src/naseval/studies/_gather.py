"""Concatenates runs, and search histories, into one tidy table each.

A run or a search whose file states other settings than the configuration is refused.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from naseval.agreement import check_settings, remake
from naseval.columns import faults
from naseval.errors import NasevalError
from naseval.records import provenance_in, read
from naseval.schemas import HISTORIES, HISTORY, RUN, STUDY
from naseval.settings.base import WhenDiverged
from naseval.studies._diverged import ROWS, rows_in_study
from naseval.studies._runs import Run, genotype_file
from naseval.studies._settings import Asked, run_settings, search_settings


@dataclass(frozen=True)
class Gathered:
    """A study's table, and how many of its runs each version of the code made."""

    table: pa.Table
    runs_by_code: dict[str, int]


def gather_runs(
    results: str | Path,
    study: str,
    members: Sequence[Mapping[str, Any]],
    asked: Asked,
    diverged: WhenDiverged = "stop",
) -> Gathered:
    """Return a study's table (`schemas.STUDY`), one row per run and epoch.

    `members` holds, for each run, its `path` relative to `results` and the columns that identify it
    (see `naseval.studies.labelled`), and `asked` the configured settings of the runs.
    `diverged` says what becomes of runs that diverged. Raise `NasevalError`, with the path, if a
    run is missing, damaged, incomplete or was made with other settings, or if one diverged and
    `diverged` is `stop`.
    """
    tables, codes = [STUDY.empty_table()], []
    for member in members:
        run = Run(member["dataset"], member["protocol"], member["genotype"], member["seed"])
        path = Path(results, member["path"])
        curve, made = read_run(path, asked, run)
        rows = rows_in_study(curve, made, path, study, diverged)
        tables.append(_labelled(rows, member, study))
        codes.append(str(made.get("code", "unknown")))
    gathered = _checked(pa.concat_tables(tables).combine_chunks(), STUDY)
    return Gathered(gathered, dict(Counter(codes).most_common()))


def _checked(content: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return the table. Raise `ValueError` if it breaks a rule, e.g. has a run twice."""
    for fault in faults(content, schema):
        raise ValueError(f"the gathered table {fault}")
    return content


def read_run(path: Path, asked: Asked, run: Run) -> tuple[pa.Table, dict[str, Any]]:
    """Return the rows and the provenance of a run.

    Raise `NasevalError`, with the path, as `gather_runs`, and `KeyError` if its settings are not
    among `asked`.
    """
    curve = read(path, RUN)
    made = provenance_in(curve)
    settings = run_settings(asked, run)
    architecture = {"architecture": settings.pop("architecture")}
    check_settings(path, made, settings)
    check_settings(path, made, architecture, *_genotype(path, run))
    epochs = made.get("diverged_in_epoch", settings["protocol"]["epochs"] + 1) - 1
    if len(curve) != epochs:
        raise NasevalError(
            f"{path} has {len(curve)} epochs of {epochs}; make it again by {remake(path)}"
        )
    return curve, made


def _genotype(path: Path, run: Run) -> list[Path]:
    """Return the genotype's file beside the run at `path`, if it has one."""
    file = genotype_file(run.genotype)
    return [path.parents[run.path.count("/")] / file] if file else []


def _labelled(rows: pa.Table, member: Mapping[str, Any], study: str) -> pa.Table:
    """Return the rows that stand for a run as rows of a study's table."""
    constants = {"source": "reproduced", "study": study, "reading": "epoch", **member}
    columns = [
        rows[field.name]
        if field.name in ROWS.names
        else pa.repeat(pa.scalar(constants.get(field.name), field.type), len(rows))
        for field in STUDY
    ]
    return pa.table(columns, schema=STUDY)


Search = tuple[str, str, int]
"""Dataset, method, seed."""


def gather_histories(searches: Sequence[Search], paths: Sequence[str], asked: Asked) -> pa.Table:
    """Return a table of `schemas.HISTORIES`; `paths` holds the history file of each search.

    Raise `NasevalError`, with the path, if a history is damaged or was made with other settings
    than `asked`.
    """
    tables = [HISTORIES.empty_table()]
    for (dataset, method, seed), path in zip(searches, paths, strict=True):
        history = read(path, HISTORY)
        made = provenance_in(history)
        check_settings(path, made, search_settings(asked, dataset, method, seed))
        count = len(history)
        device = made.get("device", "unknown")
        search = {"dataset": dataset, "method": method, "seed": seed, "device": device}
        columns = {name: [value] * count for name, value in search.items()}
        columns |= {name: history[name] for name in HISTORY.names}
        tables.append(pa.table(columns, schema=HISTORIES))
    return _checked(pa.concat_tables(tables), HISTORIES)

"""Concatenates the scores of random architectures into one tidy table."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from naseval.agreement import check_settings
from naseval.records import provenance_in, read, table
from naseval.schemas import SCORES, SUPERNET_SCORES, UNTRAINED, UNTRAINED_SCORES


def gather_scores(
    searches: Sequence[Mapping[str, Any]],
    untrained: Sequence[Mapping[str, Any]],
) -> pa.Table:
    """Return a table of `schemas.SCORES`.

    Every entry has the `path` of a file, the `settings` that it must have been made with, and the
    columns that identify it as `names`. Raise `NasevalError`, with the path, if a file is damaged
    or was made with other settings.
    """
    rows: list[dict[str, Any]] = []
    for one in searches:
        rows += [
            {
                **one["names"],
                "score": "supernet",
                "stage": row["stage"],
                "epoch": row["epoch"],
                "genotype": row["genotype"],
                "value": row["accuracy"],
            }
            for row in _read(one, SUPERNET_SCORES)
        ]
    for one in untrained:
        rows += [
            {**one["names"], "score": score, "genotype": row["genotype"], "value": row[score]}
            for row in _read(one, UNTRAINED_SCORES)
            for score in UNTRAINED
        ]
    return table(SCORES, rows)


def _read(one: Mapping[str, Any], schema: pa.Schema) -> Iterable[dict[str, Any]]:
    content = read(Path(one["path"]), schema)
    check_settings(one["path"], provenance_in(content), one["settings"])
    rows: list[dict[str, Any]] = content.to_pylist()
    return rows

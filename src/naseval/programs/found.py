"""Reads what a program found: its genotype and, if it wrote one, its history."""

import csv
import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from naseval import schemas
from naseval.errors import NasevalError
from naseval.genotype import Genotype
from naseval.printed.reading import of_text, read_genotypes
from naseval.records import table

GENOTYPE, HISTORY = "genotype.txt", "history.csv"
"""The files that a program writes into its output folder; the history if it likes."""
WHOLE = ("stage", "epoch")
NUMBERS = (
    *("train_loss", "train_accuracy", "validation_loss", "validation_accuracy"),
    *("learning_rate", "entropy", "flops"),
)
COLUMNS = (*WHOLE, "seconds", *NUMBERS, "genotype")
"""The columns that a history in CSV may have; `schemas.HISTORY` says what they mean."""


def read_genotype(output: Path, space: str) -> Genotype:
    """Return the genotype that a program wrote. Raise `NasevalError` if it is none of a space."""
    file = output / GENOTYPE
    if not file.is_file():
        raise NasevalError(f"the program wrote no {file}")
    found = read_genotypes(file, space)
    if len(found) > 1:
        raise NasevalError(f"{file} holds {len(found)} genotypes; write the one that was found")
    return found[0].genotype


def read_history(output: Path, space: str, seconds: float) -> list[dict[str, Any]]:
    """Return the rows of `schemas.HISTORY` of a search that took so many seconds.

    A history in CSV has a row per epoch, with any of `COLUMNS`; without one the search is one
    epoch. The seconds are those that were measured, in proportion to the program's or in equal
    parts. Raise `NasevalError`, with file and line, if a value is not what its column has.
    """
    file = output / HISTORY
    rows = _rows(file, space) if file.is_file() else [{}]
    shares = [row.pop("seconds", 1.0) for row in rows]
    whole = sum(shares)
    peak = _peak_memory()
    history = [
        {
            "stage": 1,
            "epoch": number,
            **row,
            "seconds": seconds * share / whole if whole else seconds / len(rows),
            "peak_memory": peak,
            "at_once": 1,
        }
        for number, (row, share) in enumerate(zip(rows, shares, strict=True), 1)
    ]
    try:
        table(schemas.HISTORY, history)
    except ValueError as error:
        raise NasevalError(f"{file}: {error}; mend the program") from error
    return history


def _rows(file: Path, space: str) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8", errors="replace", newline="") as opened:
        reader = csv.DictReader(opened)
        names: Sequence[str] = reader.fieldnames or ()
        if unknown := next((name for name in names if name not in COLUMNS), None):
            raise NasevalError(
                f"{file} has the column {unknown!r}, which is none of {', '.join(COLUMNS)}; "
                "rename or remove it"
            )
        try:
            rows = [_row(fields, space) for fields in reader]
        except (ValueError, TypeError, csv.Error, NasevalError) as error:
            raise NasevalError(
                f"{file}, line {reader.line_num}: {error}; mend the program"
            ) from error
    if not rows:
        raise NasevalError(f"{file} has no rows; write some, or no file")
    return rows


def _row(fields: dict[str, Any], space: str) -> dict[str, Any]:
    """Return the values of a line that are not empty."""
    if None in fields or None in fields.values():
        raise ValueError("it has another number of values than the first line")
    return {name: _value(name, text, space) for name, text in fields.items() if text.strip()}


def _value(name: str, text: str, space: str) -> Any:
    if name in WHOLE:
        return int(text)
    if name != "genotype":
        return float(text)
    found = of_text(text, space)
    if len(found) != 1:
        raise ValueError(f"{len(found)} genotypes stand there, not one")
    return found[0].genotype.to_json()


def _peak_memory() -> int:
    """Return the largest main memory of a process that has ended, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # Linux counts in KiB

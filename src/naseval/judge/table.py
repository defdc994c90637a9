"""Reads tables of means and spreads."""

import csv
from collections import Counter
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from naseval.analysis.contrasts import Group
from naseval.errors import ConfigError, NasevalError
from naseval.settings.base import Positive, Strict
from naseval.settings.validation import validated

Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class Row(Strict):
    """Accuracies of a method or of random architectures, in per cent, summed up."""

    name: str = Field(min_length=1)
    n: Positive
    mean: Percent
    std: Percent | None = None
    ddof: Annotated[int, Field(ge=0, le=1)] | None = None
    over: Literal["searches", "trainings"]
    statistic: Literal["best", "last"]
    best_of: Positive = 1

    @model_validator(mode="after")
    def _spread_is_clear(self) -> Self:
        if self.std is not None and self.ddof is None:
            raise ValueError("ddof is empty; enter 0 if std was divided by n, 1 if by n − 1")
        if self.n == 1 and self.std:
            raise ValueError("n is 1, so there is no spread; leave std empty or correct n")
        return self

    @property
    def group(self) -> Group:
        """The row's n results, with the standard deviation for ddof 1; NaN if it is unknown."""
        if self.std is None or self.ddof is None or self.n == 1:
            return Group(self.n, self.mean, np.nan)
        return Group(self.n, self.mean, self.std * np.sqrt((self.n - self.ddof) / (self.n - 1)))


def read_table(path: str | Path) -> list[Row]:
    """Return the rows of a CSV file whose columns are the fields of `Row`.

    The cells of `std`, `ddof` and `best_of` may be empty. Raise `NasevalError`, with one sentence,
    if anything else is wrong.
    """
    rows = [_row(cells, f"{path}, line {number}, column") for number, cells in _lines(path)]
    if not rows:
        raise NasevalError(f"{path} has no rows below its header; add the baseline and a method")
    name, times = Counter(row.name for row in rows).most_common(1)[0]
    if times > 1:
        raise NasevalError(f"{path} has {times} rows named {name!r}; give every row its own name")
    if shares := [row.name for row in rows if row.mean <= 1]:
        raise NasevalError(
            f"{path} has a mean of at most 1 in the row {shares[0]!r}; give accuracies in per cent"
        )
    return rows


def _lines(path: str | Path) -> list[tuple[int, dict[str, str]]]:
    """Return the number of every line below the header, and its cells by column."""
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            _check_header(path, [name.strip() for name in reader.fieldnames or []])
            return [(reader.line_num, _cells(path, reader.line_num, line)) for line in reader]
    except OSError as error:
        raise NasevalError(f"{path} could not be read ({error.strerror}); name a file") from error
    except UnicodeDecodeError as error:
        raise NasevalError(f"{path} is not a text in UTF-8; save it as CSV in UTF-8") from error
    except csv.Error as error:
        raise NasevalError(f"{path} is not CSV ({error}); save the table as CSV") from error


def _check_header(path: str | Path, header: list[str]) -> None:
    if repeated := [name for name, times in Counter(header).items() if times > 1]:
        raise NasevalError(f"{path} has two columns {repeated[0]!r}; remove one")
    if missing := [name for name in Row.model_fields if name not in header]:
        raise NasevalError(
            f"{path} lacks the columns {', '.join(missing)}; the first line names the columns, "
            "separated by commas"
        )


def _cells(path: str | Path, number: int, line: dict[str | None, str | None]) -> dict[str, str]:
    if None in line or None in line.values():
        raise NasevalError(
            f"{path}, line {number} does not have as many cells as the header; write decimal "
            "points, and put a name that has a comma into quotation marks"
        )
    stripped = {str(name).strip(): str(cell).strip() for name, cell in line.items()}
    return {name: cell for name, cell in stripped.items() if cell}


def _row(cells: dict[str, str], where: str) -> Row:
    try:
        return validated(Row, cells, where=where)
    except ConfigError as error:
        raise NasevalError(str(error).splitlines()[0].replace(", column : ", ": ")) from error

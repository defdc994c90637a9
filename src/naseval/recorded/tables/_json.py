"""Reads the JSON files of tables."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from naseval.errors import NasevalError

T = TypeVar("T")


def parsed(path: Path, parse: Callable[[Any], T]) -> T:
    """Return `parse` of the content of a JSON file.

    Raise `NasevalError` if the file is missing or holds something else than `parse` expects.
    """
    try:
        return parse(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise NasevalError(f"{path} is missing; run the rule recorded_file") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NasevalError(
            f"{path} is not the table that its reader expects ({error}); delete it and run again"
        ) from error

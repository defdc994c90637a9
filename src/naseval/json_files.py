"""JSON as the standard has it, with finite numbers, and JSON files that notice damage."""

import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from naseval.errors import NasevalError
from naseval.files import write_atomically

SEAL = "sha256"


def parse_json(text: str | bytes) -> Any:
    """Parse JSON. Raise `ValueError` if it is no JSON, too deep, or has numbers that are infinite.

    Python's own parser accepts `Infinity` and `NaN`, and reads 1e999 as infinity.
    """
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def read_json(path: str | Path) -> Any:
    """Parse a JSON file. Raise `NasevalError`, with the path, if it cannot be read or parsed."""
    try:
        return parse_json(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NasevalError(f"{path} is missing; run the rule that makes it") from error
    except OSError as error:
        raise NasevalError(
            f"{path} could not be read ({error.strerror}); make it readable, then run again"
        ) from error
    except ValueError as error:
        raise NasevalError(f"{path} holds no JSON ({error}); delete it and run again") from error


def write_sealed(path: str | Path, fields: Mapping[str, Any]) -> None:
    """Write `fields` as a JSON file atomically, with a digest of them under the key `sha256`."""
    text = json.dumps({**fields, SEAL: _seal(fields)}, indent=1)
    write_atomically(path, f"{text}\n".encode())


def read_sealed(path: str | Path) -> dict[str, Any]:
    """Return the fields that `write_sealed` wrote.

    Raise `NasevalError`, with the path, if the file is missing or is not what was written.
    """
    fields = read_json(path)
    if not isinstance(fields, dict) or fields.pop(SEAL, None) != _seal(fields):
        raise NasevalError(
            f"{path} is not as this project wrote it (damaged or edited?); delete it and run again"
        )
    return fields


def _seal(fields: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number in JSON")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"{text[:20]} is too large a number")
    return value

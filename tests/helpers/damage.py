"""What happens to files: bytes lost and flipped, tables rewritten by other tools, JSON edited."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from naseval.errors import NasevalError

Damage = Callable[[Path, np.random.Generator], None]


def of_bytes(change: Callable[[bytearray, np.random.Generator], bytes | bytearray]) -> Damage:
    """Return a damage that changes a file's bytes."""

    def damage(path: Path, rng: np.random.Generator) -> None:
        path.write_bytes(change(bytearray(path.read_bytes()), rng))

    return damage


def of_table(change: Callable[[pa.Table, np.random.Generator], pa.Table]) -> Damage:
    """Return a damage by a tool that reads a table, changes it, and keeps its metadata."""

    def damage(path: Path, rng: np.random.Generator) -> None:
        table = pq.read_table(path)
        pq.write_table(change(table, rng).replace_schema_metadata(table.schema.metadata), path)

    return damage


def of_json(change: Callable[[str, np.random.Generator], str]) -> Damage:
    """Return a damage that edits a JSON file."""

    def damage(path: Path, rng: np.random.Generator) -> None:
        path.write_text(change(path.read_text(encoding="utf-8"), rng), encoding="utf-8")

    return damage


def _flipped(content: bytearray, rng: np.random.Generator) -> bytearray:
    for place in rng.integers(0, len(content), rng.integers(1, 9)):
        content[place] ^= 1 << rng.integers(8)
    return content


def _zeroed(content: bytearray, rng: np.random.Generator) -> bytearray:
    start = rng.integers(len(content))
    length = min(rng.integers(1, 64), len(content) - start)
    content[start : start + length] = bytes(length)
    return content


def _overwritten(content: bytearray, rng: np.random.Generator) -> bytearray:
    source, target = rng.integers(0, len(content), 2)
    block = content[source : source + rng.integers(1, 200)]
    content[target : target + len(block)] = block
    return content


BYTES: dict[str, Damage] = {
    "truncated": of_bytes(lambda content, rng: content[: rng.integers(len(content))]),
    "cut at the front": of_bytes(lambda content, rng: content[rng.integers(1, len(content)) :]),
    "flipped": of_bytes(_flipped),
    "zeroed": of_bytes(_zeroed),
    "overwritten": of_bytes(_overwritten),
    "lengthened": of_bytes(lambda content, rng: content + rng.bytes(rng.integers(1, 100))),
    "a zip": of_bytes(lambda content, _: b"PK\x03\x04" + content[4:]),
    "a page": of_bytes(lambda _content, _: b"<!doctype html><title>404</title>"),
}


def _column(table: pa.Table, rng: np.random.Generator, numbers: bool = False) -> int:
    fit = [
        index
        for index, kind in enumerate(table.schema.types)
        if not numbers or pa.types.is_floating(kind) or pa.types.is_integer(kind)
    ]
    return int(rng.choice(fit or range(table.num_columns)))


def _replaced(table: pa.Table, index: int, column: Any) -> pa.Table:
    return table.set_column(index, table.column_names[index], column)


def _swapped(table: pa.Table, rng: np.random.Generator) -> pa.Table:
    one, other = rng.integers(0, table.num_columns, 2)
    first, second = table.column(int(one)), table.column(int(other))
    return _replaced(_replaced(table, int(one), second), int(other), first)


def _retyped(table: pa.Table, rng: np.random.Generator) -> pa.Table:
    index = _column(table, rng)
    column = table.column(index)
    number = pa.types.is_floating(column.type) or pa.types.is_integer(column.type)
    kind = rng.choice([pa.string(), pa.float32()]) if number else pa.large_string()
    return _replaced(table, index, column.cast(kind, safe=False))


def _with_entry(value: Any) -> Damage:
    def change(table: pa.Table, rng: np.random.Generator) -> pa.Table:
        index = _column(table, rng, numbers=True)
        entries = table.column(index).to_pylist()
        entries[int(rng.integers(len(entries)))] = value
        return _replaced(table, index, pa.array(entries))

    return of_table(change)


TABLE: dict[str, Damage] = {
    "columns swapped": of_table(_swapped),
    "type changed": of_table(_retyped),
    "column lost": of_table(lambda table, rng: table.remove_column(_column(table, rng))),
    "rows in another order": of_table(lambda table, rng: table.take(rng.permutation(len(table)))),
    "rows lost": of_table(lambda table, rng: table.filter(pa.array(rng.random(len(table)) < 0.7))),
    "no rows": of_table(lambda table, _: table.slice(0, 0)),
    "a row twice": of_table(
        lambda table, rng: table.take([*range(len(table)), int(rng.integers(len(table)))])
    ),
    "not a number": _with_entry(float("nan")),
    "infinite": _with_entry(float("inf")),
    "huge": _with_entry(1e9),
    "negative": _with_entry(-1),
    "empty": _with_entry(None),
}

JSON: dict[str, Damage] = {
    "Infinity": of_json(lambda text, _: _with_number(text, "Infinity")),
    "NaN": of_json(lambda text, _: _with_number(text, "NaN")),
    "too large a float": of_json(lambda text, _: _with_number(text, "1e999")),
    "5,000 digits": of_json(lambda text, _: _with_number(text, "9" * 5000)),
    "fraction": of_json(lambda text, _: _with_number(text, "0.5")),
    "deep": of_json(lambda text, _: _with_number(text, "[" * 100_000 + "]" * 100_000)),
    "key lost": of_json(lambda text, rng: _without_key(text, rng)),
    "a list": of_json(lambda text, _: f"[{text}]"),
    "a number": of_json(lambda _text, _: "3"),
}


def _with_number(text: str, number: str) -> str:
    """Replace the first number of a JSON text."""
    start = next(place for place, sign in enumerate(text) if sign in "-0123456789" and (
        text[place - 1] in " [,:\n"
    ))  # fmt: skip
    end = start + 1
    while text[end] in "0123456789.e-+":
        end += 1
    return text[:start] + number + text[end:]


def _without_key(text: str, rng: np.random.Generator) -> str:
    fields = json.loads(text)
    del fields[str(rng.choice(sorted(fields)))]
    return json.dumps(fields)


def outcome(read: Callable[[], Any], path: Path, before: Any) -> str:
    """Return `refused`, `unharmed`, or what is wrong with how a damaged file is read.

    It must be refused by one sentence that names the file, or give what it gave `before`.
    """
    try:
        after = read()
    except NasevalError as error:
        message = str(error)
        if "\n" in message:
            return f"several lines: {message}"
        return "refused" if path.name in message else f"does not name {path.name}: {message}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "unharmed" if after == before else "used silently"

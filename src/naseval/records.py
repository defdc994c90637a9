"""Parquet tables: built from a schema, written atomically, and checked when read.

A file has its provenance in its schema metadata, and a seal: a digest of content and provenance.
Reading a file whose content is not what was written is an error.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from naseval.columns import faults
from naseval.errors import NasevalError
from naseval.files import atomic_path
from naseval.json_files import parse_json
from naseval.memory import ran_out_of_memory

METADATA_KEY = b"naseval"
SEAL = b"naseval.seal"
DAMAGED = (
    pa.ArrowException, ArithmeticError, EOFError, OSError, TokenError, TypeError, ValueError,
)  # fmt: skip
"""What reading a damaged Parquet file or array raises."""


def table(schema: pa.Schema, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Build a table of `schema`. Missing optional columns are null.

    Raise `ValueError` if a column is unknown or the rows break a rule of the schema.
    """
    unknown = {name for row in rows for name in row} - set(schema.names)
    if unknown:
        raise ValueError(f"columns that are not in the schema: {sorted(unknown)}")
    built = pa.Table.from_pylist([dict(row) for row in rows], schema=schema)
    for fault in faults(built, schema):
        raise ValueError(f"the table {fault}")
    return built


def write(path: str | Path, content: pa.Table, provenance: Mapping[str, Any]) -> None:
    """Write a Parquet file atomically, with `provenance` as JSON in its schema metadata."""
    content = _plain(content)
    told = json.dumps(provenance, sort_keys=True).encode()
    metadata = {METADATA_KEY: told, SEAL: _seal(content, told)}
    with atomic_path(path) as temporary:
        pq.write_table(
            content.replace_schema_metadata(metadata), temporary, write_page_checksum=True
        )


def _plain(content: pa.Table) -> pa.Table:
    """Return the table without rules, and with texts in place of categories.

    Parquet does not keep the type of the numbers of categories.
    """
    fields = [
        pa.field(
            field.name,
            field.type.value_type if pa.types.is_dictionary(field.type) else field.type,
            field.nullable,
        )
        for field in content.schema
    ]
    return content.cast(pa.schema(fields))


def read(path: str | Path, schema: pa.Schema | None = None) -> pa.Table:
    """Read a file that `write` wrote; `provenance_in` returns the provenance of the result.

    Raise `NasevalError`, with the path, if the file is missing or damaged, if its content is not
    what was written, or if it does not fit `schema`.
    """
    content = _parquet(path)
    metadata = content.schema.metadata or {}
    if metadata.get(SEAL) != _seal(content, metadata.get(METADATA_KEY, b"")):
        raise NasevalError(
            f"{path} is not as this project wrote it (damaged or edited?); delete it and run again"
        )
    for fault in faults(content, schema) if schema is not None else ():
        raise NasevalError(f"{path} {fault}; delete it and run again")
    return content.replace_schema_metadata({METADATA_KEY: metadata[METADATA_KEY]})


def opened(path: str | Path) -> pq.ParquetFile:
    """Open a Parquet file. Raise `NasevalError` if it is missing or damaged, or cannot be read."""
    with whole(path):
        return pq.ParquetFile(path, page_checksum_verification=True)


@contextmanager
def whole(path: str | Path, kind: str = "a readable Parquet file") -> Iterator[None]:
    """Raise `NasevalError`, with the path, where a file is missing, cannot be read or is damaged.

    Errors of too little memory pass.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise NasevalError(f"{path} is missing; run the rule that makes it") from error
    except DAMAGED as error:
        if ran_out_of_memory(error):
            raise
        if isinstance(error, OSError) and error.errno:  # of the system, not of the content
            raise NasevalError(
                f"{path} could not be read ({os.strerror(error.errno)}); make it readable, then "
                "run again"
            ) from error
        raise NasevalError(f"{path} is not {kind} (truncated?); delete it and run again") from error


def _parquet(path: str | Path) -> pa.Table:
    with opened(path) as file, whole(path):
        return file.read()


def provenance_in(content: pa.Table) -> dict[str, Any]:
    """Return the provenance of a table that `read` returned."""
    found: dict[str, Any] = parse_json(content.schema.metadata[METADATA_KEY])
    return found


def provenance_of(path: str | Path) -> dict[str, Any]:
    """Return the provenance that `write` stored in a file. Raise `NasevalError` as `read` does."""
    return provenance_in(read(path))


def content_digest(path: str | Path) -> str:
    """Return a digest of a file's content. The provenance in a Parquet file does not count."""
    if Path(path).suffix == ".parquet":
        return digest(read(path))
    with whole(path, "a whole file"), Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(content: pa.Table) -> str:
    """Return a digest of a table's columns: names, types and values."""
    found = hashlib.sha256()
    for field in content.schema:
        found.update(f"{field.name} {field.type} {len(content)}\n".encode())
        for part in _bytes(content[field.name]):
            found.update(part)
    return found.hexdigest()


def _seal(content: pa.Table, told: bytes) -> bytes:
    return hashlib.sha256(digest(content).encode() + told).hexdigest().encode()


def _bytes(column: pa.ChunkedArray) -> Iterator[bytes | pa.Buffer]:
    """Yield the bytes of a column, the same however it is divided into chunks."""
    if column.null_count:
        yield np.packbits(column.is_valid().to_numpy()).tobytes()
        column = column.drop_null()
    if not _is_text(column.type):
        yield column.to_numpy().tobytes()
        return
    yield pc.binary_length(column).to_numpy().tobytes()
    for chunk in column.cast(pa.large_binary()).chunks:
        if len(chunk):
            _, ends, values = chunk.buffers()
            ends = np.frombuffer(ends, np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
            yield values[int(ends[0]) : int(ends[-1])]


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind)

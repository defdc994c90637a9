"""Parquet tables: built from a schema, written atomically, and checked when read."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from naseval.errors import NasevalError
from naseval.files import atomic_path

METADATA_KEY = b"naseval"


def table(schema: pa.Schema, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Build a table of `schema`. Missing optional columns are null.

    Raise `ValueError` if a column is unknown or a required column has an empty entry.
    """
    unknown = {name for row in rows for name in row} - set(schema.names)
    if unknown:
        raise ValueError(f"columns that are not in the schema: {sorted(unknown)}")
    built = pa.Table.from_pylist([dict(row) for row in rows], schema=schema)
    for field in schema:
        if not field.nullable and built[field.name].null_count:
            raise ValueError(f"the column {field.name} has empty entries")
    return built


def write(path: str | Path, content: pa.Table, provenance: Mapping[str, Any]) -> None:
    """Write a Parquet file atomically, with `provenance` as JSON in its schema metadata."""
    metadata = {
        **(content.schema.metadata or {}),
        METADATA_KEY: json.dumps(provenance, sort_keys=True).encode(),
    }
    with atomic_path(path) as temporary:
        pq.write_table(content.replace_schema_metadata(metadata), temporary)


def read(path: str | Path, schema: pa.Schema | None = None) -> pa.Table:
    """Read a Parquet file. Raise `NasevalError` if it is missing or damaged or lacks a column."""
    try:
        content = pq.read_table(path)
    except FileNotFoundError as error:
        raise NasevalError(f"{path} is missing; run the rule that makes it") from error
    except (pa.ArrowException, OSError) as error:
        raise NasevalError(
            f"{path} is not a readable Parquet file (truncated?); delete it and run again"
        ) from error
    if schema is not None:
        missing = set(schema.names) - set(content.schema.names)
        if missing:
            raise NasevalError(
                f"{path} lacks the columns {', '.join(sorted(missing))}; delete it and run again"
            )
    return content


def provenance_of(path: str | Path) -> dict[str, Any]:
    """Return the provenance that `write` stored in a Parquet file."""
    metadata = pq.read_schema(path).metadata or {}
    found: dict[str, Any] = json.loads(metadata.get(METADATA_KEY, b"{}"))
    return found


def content_digest(path: str | Path) -> str:
    """Return a digest of a file's content. The provenance in a Parquet file does not count."""
    digest = hashlib.sha256()
    if Path(path).suffix == ".parquet":
        content = read(path)
        for name in content.column_names:
            digest.update(json.dumps([name, content[name].to_pylist()]).encode())
    else:
        digest.update(Path(path).read_bytes())
    return digest.hexdigest()

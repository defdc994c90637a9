"""Arrow schemas of every table, written atomically and read with a check."""

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


def _schema(required: Mapping[str, pa.DataType], optional: Mapping[str, pa.DataType]) -> pa.Schema:
    return pa.schema(
        [pa.field(name, kind, nullable=False) for name, kind in required.items()]
        + [pa.field(name, kind) for name, kind in optional.items()]
    )


LABELS = _schema({"sample": pa.int64(), "label": pa.int64(), "class": pa.string()}, {})
"""One row per image, in the order of the store."""

SPLITS = _schema(
    {"sample": pa.int64(), "label": pa.int64(), "class": pa.string(), "split": pa.string()}, {}
)
"""`split` is `train`, `validation` or `test`."""

RUN = _schema(
    {
        "epoch": pa.int64(),  # counted from 1
        "train_loss": pa.float64(),
        "train_accuracy": pa.float64(),  # per cent
        "test_loss": pa.float64(),
        "test_accuracy": pa.float64(),  # per cent
        "learning_rate": pa.float64(),
        "drop_path": pa.float64(),
        "seconds": pa.float64(),
        "images_per_second": pa.float64(),
        "peak_memory": pa.int64(),  # bytes
    },
    {},
)
"""One augmentation, one row per epoch."""

HISTORY = _schema(
    {
        "stage": pa.int64(),  # counted from 1; 1 where a method has one stage only
        "epoch": pa.int64(),  # counted from 1 within the stage
        "seconds": pa.float64(),
        "peak_memory": pa.int64(),  # bytes
    },
    {
        "train_loss": pa.float64(),
        "train_accuracy": pa.float64(),  # per cent
        "validation_loss": pa.float64(),
        "validation_accuracy": pa.float64(),  # per cent
        "learning_rate": pa.float64(),
        "entropy": pa.float64(),  # nats, mean over the architecture's decisions
        "genotype": pa.string(),  # JSON of the genotype derived so far, or of an individual
        "flops": pa.float64(),  # of an individual, millions for one image
        "front": pa.bool_(),  # whether an individual is on the final population's Pareto front
    },
)
"""One search, one row per epoch."""

HISTORIES = pa.schema(
    [
        pa.field("dataset", pa.string(), nullable=False),
        pa.field("method", pa.string(), nullable=False),
        pa.field("seed", pa.int64(), nullable=False),
        *HISTORY,
    ]
)
"""Several searches."""

STUDY = _schema(
    {
        "source": pa.string(),  # published, reproduced
        "study": pa.string(),
        "dataset": pa.string(),
        "origin": pa.string(),  # random, searched, fixed
        "genotype": pa.string(),  # e.g. darts/random-017, pdarts/cifar10/seed-3, resnet50
        "protocol": pa.string(),
        "seed": pa.int64(),
        "reading": pa.string(),  # epoch: the accuracy at `epoch`; best: the best over all epochs
        "test_accuracy": pa.float64(),  # per cent
    },
    {
        "method": pa.string(),  # the method whose search or baseline this run belongs to
        "space": pa.string(),
        "cells": pa.int64(),
        "epoch": pa.int64(),
        "test_loss": pa.float64(),
        "train_loss": pa.float64(),
        "train_accuracy": pa.float64(),
        "learning_rate": pa.float64(),
        "seconds": pa.float64(),
    },
)
"""One row per run and epoch, or one per run (`reading` = best) where only finals exist."""


def table(schema: pa.Schema, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Build a table of `schema`; missing optional columns become null, unknown ones are errors."""
    unknown = {name for row in rows for name in row} - set(schema.names)
    if unknown:
        raise ValueError(f"columns that are not in the schema: {sorted(unknown)}")
    built = pa.Table.from_pylist([dict(row) for row in rows], schema=schema)
    for field in schema:
        if not field.nullable and built[field.name].null_count:
            raise ValueError(f"the column {field.name} has empty entries")
    return built


def write(path: str | Path, content: pa.Table, provenance: Mapping[str, Any]) -> None:
    """Write a Parquet atomically, with `provenance` as JSON in its schema metadata."""
    metadata = {
        **(content.schema.metadata or {}),
        METADATA_KEY: json.dumps(provenance, sort_keys=True).encode(),
    }
    with atomic_path(path) as temporary:
        pq.write_table(content.replace_schema_metadata(metadata), temporary)


def read(path: str | Path, schema: pa.Schema | None = None) -> pa.Table:
    """Read a Parquet; `NasevalError` names the file where it is damaged or lacks a column."""
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
    """Return the provenance that `write` stored."""
    metadata = pq.read_schema(path).metadata or {}
    found: dict[str, Any] = json.loads(metadata.get(METADATA_KEY, b"{}"))
    return found


def content_digest(path: str | Path) -> str:
    """Return a digest of a file's content; of a Parquet's columns, whatever its provenance."""
    digest = hashlib.sha256()
    if Path(path).suffix == ".parquet":
        content = read(path)
        for name in content.column_names:
            digest.update(json.dumps([name, content[name].to_pylist()]).encode())
    else:
        digest.update(Path(path).read_bytes())
    return digest.hexdigest()

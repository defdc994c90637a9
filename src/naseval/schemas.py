"""Arrow schemas of the tables that one room writes and another reads.

The schema of a table that only one room knows lies in that room.
"""

from collections.abc import Mapping

import pyarrow as pa


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

"""Arrow schemas of the tables that one package writes and another reads.

The schema of a table that only one package uses is in that package.
"""

from collections.abc import Mapping

import pyarrow as pa


def _schema(required: Mapping[str, pa.DataType], optional: Mapping[str, pa.DataType]) -> pa.Schema:
    return pa.schema(
        [pa.field(name, kind, nullable=False) for name, kind in required.items()]
        + [pa.field(name, kind) for name, kind in optional.items()]
    )


LABELS = _schema({"sample": pa.int64(), "label": pa.int64(), "class": pa.string()}, {})
"""One row per image, in the order of the stored images."""

SPLITS = _schema(
    {"sample": pa.int64(), "label": pa.int64(), "class": pa.string(), "split": pa.string()}, {}
)
"""One row per image. `split` is `train`, `validation` or `test`."""

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
        "at_once": pa.int64(),  # trainings on the device at the end of the epoch, this one included
    },
    {},
)
"""One row per epoch of a run."""

HISTORY = _schema(
    {
        "stage": pa.int64(),  # counted from 1; always 1 if the method has one stage
        "epoch": pa.int64(),  # counted from 1 within the stage
        "seconds": pa.float64(),
        "peak_memory": pa.int64(),  # bytes
        "at_once": pa.int64(),  # trainings on the device at the end of the epoch, this one included
    },
    {
        "train_loss": pa.float64(),
        "train_accuracy": pa.float64(),  # per cent
        "validation_loss": pa.float64(),
        "validation_accuracy": pa.float64(),  # per cent
        "learning_rate": pa.float64(),
        "entropy": pa.float64(),  # nats, mean over the architecture's decisions
        "genotype": pa.string(),  # JSON of an individual or of the genotype derived so far
        "flops": pa.float64(),  # of an individual, in millions for one image
        "front": pa.bool_(),  # whether an individual is on the final population's Pareto front
    },
)
"""One row per epoch of a search."""

HISTORIES = pa.schema(
    [
        pa.field("dataset", pa.string(), nullable=False),
        pa.field("method", pa.string(), nullable=False),
        pa.field("seed", pa.int64(), nullable=False),
        *HISTORY,
    ]
)
"""The histories of several searches."""

STUDY = _schema(
    {
        "source": pa.string(),  # published or reproduced
        "study": pa.string(),
        "dataset": pa.string(),
        "origin": pa.string(),  # random, searched or fixed
        "genotype": pa.string(),  # e.g. darts/random-017, pdarts/cifar10/seed-3, resnet50
        "protocol": pa.string(),
        "seed": pa.int64(),
        "reading": pa.string(),  # epoch: accuracy at `epoch`; best: highest accuracy of all epochs
        "test_accuracy": pa.float64(),  # per cent
    },
    {
        "method": pa.string(),  # the method that this run, searched or baseline, belongs to
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
"""One row per run and epoch, or one row per run (`reading` = best) if no curve is known."""

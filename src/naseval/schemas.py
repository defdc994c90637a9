"""Arrow schemas of the tables that one package writes and another reads.

The schema of a table that only one package uses is in that package.
"""

from dataclasses import replace

import pyarrow as pa

from naseval.columns import Column, schema

NUMBER = Column(pa.float64())
AMOUNT = Column(pa.float64(), least=0)
PERCENT = Column(pa.float64(), least=0, most=100)
SHARE = Column(pa.float64(), least=0, most=1)
COUNT = Column(pa.int64(), least=0)
ORDINAL = Column(pa.int64(), least=1)
INTEGER = Column(pa.int64())
TEXT = Column(pa.string())


def optional(column: Column) -> Column:
    """Return the same column, whose entries may be empty."""
    return replace(column, required=False)


_LABELLED = {"label": COUNT, "class": TEXT}

LABELLED = {"sample": Column(pa.int64(), counted_from=0), **_LABELLED}
"""The columns of the labels: one row per image, in the order of the stored images."""

SPLITS = schema(
    {
        "sample": COUNT,
        **_LABELLED,
        "split": Column(pa.string(), values=("train", "validation", "test")),
    },
    key=["sample"],
)
"""One row per image that is in a part."""

RUN = schema(
    {
        "epoch": Column(pa.int64(), counted_from=1),
        "train_loss": AMOUNT,
        "train_accuracy": PERCENT,
        "test_loss": AMOUNT,
        "test_accuracy": PERCENT,
        "learning_rate": AMOUNT,
        "drop_path": SHARE,  # of the ramp over epochs, which ResNet-50 does not follow
        "seconds": AMOUNT,
        "images_per_second": AMOUNT,
        "peak_memory": COUNT,  # bytes
        "at_once": ORDINAL,  # trainings on the device at the end of the epoch, this one included
    }
)
"""One row per epoch of a run."""

_HISTORY = {
    "stage": ORDINAL,  # always 1 if the method has one stage
    "epoch": ORDINAL,  # within the stage
    "seconds": AMOUNT,
    "peak_memory": COUNT,  # bytes
    "at_once": ORDINAL,  # trainings on the device at the end of the epoch, this one included
    "train_loss": optional(NUMBER),
    "train_accuracy": optional(PERCENT),
    "validation_loss": optional(NUMBER),
    "validation_accuracy": optional(PERCENT),
    "learning_rate": optional(AMOUNT),
    "entropy": optional(NUMBER),  # nats, mean over the architecture's decisions
    "genotype": optional(TEXT),  # JSON of an individual or of the genotype derived so far
    "flops": optional(AMOUNT),  # of an individual, in millions for one image
    "eigenvalue": optional(NUMBER),  # dominant, of the validation loss's Hessian in the alphas
    "front": Column(pa.bool_(), required=False),  # whether on the last population's Pareto front
}

HISTORY = schema(_HISTORY, key=["stage", "epoch"])
"""One row per epoch of a search."""

HISTORIES = schema(
    {
        "dataset": TEXT,
        "method": TEXT,
        "seed": INTEGER,
        "device": TEXT,  # that the search ran on: cpu, cuda, mps
        **_HISTORY,
    },
    key=["dataset", "method", "seed", "stage", "epoch"],
)
"""The histories of several searches."""

SUPERNET_SCORES = schema(
    {
        "stage": ORDINAL,
        "epoch": COUNT,  # of the stage, done before; 0: the supernet as it begins
        "genotype": TEXT,  # e.g. darts/random-017
        "accuracy": optional(PERCENT),  # of the validation part; empty: not in the supernet
    },
    key=["stage", "epoch", "genotype"],
)
"""The scores of architectures by the shared weights of one search."""

UNTRAINED = ("parameters", "nwot", "synflow")
"""The scores of a network that needs no training."""

UNTRAINED_SCORES = schema(
    {
        "genotype": TEXT,
        "parameters": COUNT,  # without the auxiliary tower's
        "nwot": optional(NUMBER),  # empty: not finite
        "synflow": optional(NUMBER),
    },
    key=["genotype"],
)
"""The scores of networks that nobody trained."""

SCORES = schema(
    {
        "dataset": TEXT,
        "space": TEXT,
        "protocol": TEXT,  # of the architectures' trainings
        "score": Column(pa.string(), values=("supernet", *UNTRAINED)),
        "method": optional(TEXT),  # of a supernet's score; so are the next three
        "seed": optional(INTEGER),
        "stage": optional(ORDINAL),
        "epoch": optional(COUNT),
        "genotype": TEXT,
        "value": optional(NUMBER),
    },
    key=[
        *("dataset", "space", "protocol", "score", "method", "seed", "stage", "epoch"),
        "genotype",
    ],
)
"""The scores of random architectures by supernets and without training."""

STUDY = schema(
    {
        "source": Column(pa.string(), values=("published", "reproduced", "recorded")),
        "study": TEXT,
        "dataset": TEXT,
        "origin": Column(pa.string(), values=("random", "searched", "printed", "fixed")),
        "genotype": TEXT,  # e.g. darts/random-017, pdarts/cifar10/seed-3, resnet50
        "protocol": TEXT,
        "seed": INTEGER,
        # epoch: accuracy at `epoch`; best: highest accuracy of all epochs
        "reading": Column(pa.string(), values=("epoch", "best")),
        # empty in the only row of a run that is left out
        "test_accuracy": optional(PERCENT),
        # whether the training of the run diverged; empty if that is not known
        "diverged": Column(pa.bool_(), required=False),
        "method": optional(TEXT),  # that this run, searched or baseline, belongs to
        "space": optional(TEXT),
        "cells": optional(ORDINAL),
        "epoch": optional(ORDINAL),
        "test_loss": optional(AMOUNT),
        "train_loss": optional(AMOUNT),
        "train_accuracy": optional(PERCENT),
        "learning_rate": optional(AMOUNT),
        "seconds": optional(AMOUNT),
    },
    key=[
        *("source", "study", "dataset", "method", "origin", "space", "genotype", "protocol"),
        *("cells", "seed", "reading", "epoch"),
    ],
)
"""One row per run and epoch, or one row per run (`reading` = best) if no curve is known.

A run that diverged has either the accuracy of chance in all epochs, or a single row without
accuracy, depending on the study's setting `diverged`.
"""

LOOK = schema(
    {
        "dataset": TEXT,
        "method": TEXT,
        "look": ORDINAL,
        "looks": ORDINAL,  # that are planned at most
        "searches": ORDINAL,  # runs that were planned for this look
        "random": ORDINAL,
        "searched_n": COUNT,  # runs that were counted; others were left out because they diverged
        "random_n": COUNT,
        "difference": optional(NUMBER),  # points; empty if nothing could be computed
        "low": optional(NUMBER),  # the repeated interval
        "high": optional(NUMBER),
        "difference_p": optional(SHARE),  # of Welch's test
        "equivalence_p": optional(SHARE),  # of the two one-sided tests
        "difference_level": SHARE,  # the nominal levels
        "equivalence_level": SHARE,
        "margin": AMOUNT,  # points
        "verdict": TEXT,
        "decided": Column(pa.bool_()),
    },
    key=["dataset", "method"],
)
"""A cell of the benchmark, judged at one of several looks."""

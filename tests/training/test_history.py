"""Rows of a history: their columns, and the sentence where one does not fit."""

import numpy as np
import pytest
import torch
from torch import nn

from naseval import schemas
from naseval.budget.rehearsal import Meter, Rehearsal
from naseval.errors import NasevalError
from naseval.training.history import history_row
from naseval.training.loop import EpochLoop

CPU = torch.device("cpu")
TOTALS = {"images": 8.0, "loss": 4.0, "correct": 6.0}


class Task:
    """One epoch of nothing, whose row is made by `row`."""

    def __init__(self, row):
        self.row = row
        self.epochs = 0

    def begin(self, _epoch):
        self.epochs += 1

    def step(self, _epoch, _step):
        return {"images": torch.ones(2, 3).sum()}

    def end(self, epoch, _totals):
        return self.row(epoch)


def run(task, loop=None, **options):
    loop = loop or EpochLoop()
    parts = {"network": nn.Linear(1, 1)}
    return loop.run(task, epochs=3, steps=1, parts=parts, stream_names=("toy",), **options)


def test_a_row_has_means_per_cent_and_counts_from_one():
    row = history_row(1, CPU, stage=2, train=TOTALS, validation=TOTALS, entropy=0.5)
    assert row.pop("peak_memory") > 0
    assert row == {
        "stage": 2,
        "epoch": 2,
        "train_loss": 0.5,
        "train_accuracy": 75.0,
        "validation_loss": 0.5,
        "validation_accuracy": 75.0,
        "entropy": 0.5,
        "at_once": 1,
    }


def full(epoch):
    return history_row(epoch, CPU, train=TOTALS)


def test_a_row_that_fits_is_kept():
    assert [row["epoch"] for row in run(Task(full))] == [1, 2, 3]


FAULTS = [
    ({"accuracy": 1.0}, r"with the column 'accuracy', which is none of stage, epoch"),
    ({"peak_memory": None}, r"without the column 'peak_memory', which every row needs; add it"),
    ({"train_loss": torch.ones(1)}, r"'train_loss' is of the type Tensor, not double; convert it"),
    ({"train_loss": np.float64(1)}, r"'train_loss' is of the type float64, not double"),
    ({"epoch": 1.5}, r"'epoch' is of the type float, not int64"),
]


@pytest.mark.parametrize(("change", "sentence"), FAULTS)
@pytest.mark.parametrize("rehearsed", [False, True])
def test_the_first_row_that_does_not_fit_stops_the_search(change, sentence, rehearsed):
    task = Task(lambda epoch: full(epoch) | change)
    loop = Rehearsal(Meter(), 1) if rehearsed else EpochLoop()
    with pytest.raises(
        NasevalError, match=r"^\S*test_history\.Task\.end returns a row .*" + sentence
    ):
        run(task, loop)
    assert task.epochs == 1


def test_runs_have_a_schema_of_their_own():
    with pytest.raises(NasevalError, match="with the column 'stage', which is none of epoch, "):
        run(Task(full), schema=schemas.RUN)

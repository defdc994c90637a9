"""Made-up tables of recorded trainings, and the real ones for tests that need them."""

import os
from pathlib import Path

import numpy as np
import pytest

from naseval.recorded.facts import get_facts
from naseval.recorded.searches import read_table
from naseval.recorded.tables.nas_bench_macro import BLOCKS, LAYERS, MacroSpace
from naseval.recorded.view import Curves, Pool, Predictions, Repeats, Scores, Table

needs_recorded = pytest.mark.skipif(
    "NASEVAL_RECORDED" not in os.environ,
    reason="the environment variable NASEVAL_RECORDED names no folder with the recorded tables",
)
MACRO = BLOCKS**LAYERS


def real(table):
    """Return a real table."""
    variable = "NASEVAL_PUBLISHED" if table == "darts_214" else "NASEVAL_RECORDED"
    return read_table(table, Path(os.environ[variable]), get_facts(table).expected())


def told_apart(architectures, trainings):
    """Return accuracies that say which training they are: architecture a's t-th is a + t / 10."""
    return np.arange(architectures)[:, None] + np.arange(trainings) / 10


def repeats(trainings=3, accuracies=None):
    """Return a table like NAS-Bench-Macro."""
    accuracies = told_apart(MACRO, trainings) if accuracies is None else accuracies
    names = tuple(f"nas-bench-macro/{number}" for number in range(MACRO))
    scores = {name: Scores(np.arange(MACRO) * sign) for name, sign in (("up", 1.0), ("down", -1.0))}
    return Table(names, MacroSpace(), Repeats(accuracies), scores)


def curves(architectures=30, epochs=12):
    """Return a pool with curves."""
    names = tuple(f"darts/random-{number:03d}" for number in range(architectures))
    accuracies = told_apart(architectures, epochs)
    return Table(names, Pool(architectures), Curves(accuracies))


def predictions(architectures=20):
    """Return a pool with scores, their times, and predictions."""
    names = tuple(f"nasbench301/{number}" for number in range(architectures))
    values = np.arange(architectures, dtype=np.float64)
    trainings = Predictions(90 + values)
    return Table(
        names, Pool(architectures), trainings, {"up": Scores(values, np.full(len(values), 2.0))}
    )

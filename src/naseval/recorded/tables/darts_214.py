"""The paper's 214 random architectures of the DARTS space as a pool, with their whole curves.

The nearest two architectures differ in 9 of 16 edges, so the pool has no neighbours.
"""

from pathlib import Path

import numpy as np

from naseval.published import genotypes
from naseval.published.raw_arrays import read_numbers
from naseval.published.studies import DARTS_FILE
from naseval.recorded.view import Curves, Pool, Scores, Table
from naseval.spaces.darts.parameters import count_parameters

CHANNELS, CELLS, CLASSES = 36, 20, 10
"""The networks of the paper's protocol on CIFAR-10."""


def read(folder: Path) -> Table:
    """Return the pool. Raise `NasevalError` if a file is missing or damaged."""
    curves = read_numbers(folder, DARTS_FILE)
    parameters = [
        count_parameters(genotype, channels=CHANNELS, cells=CELLS, classes=CLASSES)
        for genotype, _ in genotypes.load(folder)
    ]
    names = tuple(f"darts/random-{index:03d}" for index in range(len(curves)))
    scores = {"parameters": Scores(np.array(parameters, dtype=np.float64))}
    return Table(names, Pool(len(curves)), Curves(curves), scores)

"""Architectures trained with two seeds (Fig. 8)."""

from pathlib import Path

import pyarrow as pa

from naseval.published import protocols
from naseval.published.raw import SEEDS, read_numbers
from naseval.published.rows import best_row, darts_run, study_table
from naseval.settings.published import Published


def read(folder: str | Path, constants: Published) -> pa.Table:
    """Return the seeds study: the file's pairs, then those that only the notebook has.

    Seed A is 0, seed B is 1; which numbers the authors used isn't stated. The notebook's
    architectures are those of the protocols study.
    """
    filed = read_numbers(folder, SEEDS).tolist()
    pairs = [(f"darts/seeds-random-{index:03d}", pair) for index, pair in enumerate(filed)]
    pairs += [
        (protocols.genotype_id(index), pair)
        for index, pair in enumerate(constants.seed_pairs.pairs)
    ]
    rows = [
        {**best_row(darts_run(genotype, cells=20), accuracy), "seed": seed}
        for genotype, pair in pairs
        for seed, accuracy in enumerate(pair)
    ]
    return study_table("seeds", rows)

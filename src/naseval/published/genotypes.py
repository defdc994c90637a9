"""The 214 random genotypes of the distribution study."""

import json
from pathlib import Path

import pyarrow as pa

from naseval.errors import NasevalError
from naseval.genotype import Genotype
from naseval.published.pickled import genotype_fields, load_pairs
from naseval.published.raw_files import SPACES, find

FILE = f"{SPACES}/214genotypes.pkl"
SPACE = "darts"

EDGES = pa.schema(
    [
        pa.field("genotype", pa.string(), nullable=False),
        pa.field("space", pa.string(), nullable=False),
        pa.field("cell", pa.string(), nullable=False),  # normal, reduce
        pa.field("node", pa.int64(), nullable=False),  # index in the cell, from 2
        pa.field("operation", pa.string(), nullable=False),
        pa.field("input", pa.int64(), nullable=False),
    ]
)
"""One row per edge of each genotype."""


def load(folder: str | Path) -> list[tuple[Genotype, float]]:
    """Return each genotype with the best accuracy (per cent) in the authors' file.

    The file is the authors' pickle or its plain JSON form; the content tells which. Raise
    `NasevalError` if the file is missing or invalid.
    """
    place = find(folder, FILE)
    content = place.read_bytes()
    if not content.startswith(b"{"):
        return [
            (Genotype.from_dict({"space": SPACE, **genotype_fields(text)}), accuracy)
            for text, accuracy in load_pairs(content)
        ]
    try:
        entries = json.loads(content)["architectures"]
        return [
            (Genotype.from_dict({"space": SPACE, **entry}), float(entry["best_test_accuracy"]))
            for entry in entries
        ]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise NasevalError(f"{place} holds no genotypes; delete it and fetch it again") from error


def read(folder: str | Path) -> pa.Table:
    """Return the edges (`EDGES`) of all genotypes; genotype i is named `darts/random-00i`."""
    rows = [
        {
            "genotype": f"darts/random-{index:03d}",
            "space": genotype.space,
            "cell": name,
            "node": node,
            "operation": operation,
            "input": source,
        }
        for index, (genotype, _) in enumerate(load(folder))
        for name, cell in (("normal", genotype.normal), ("reduce", genotype.reduce))
        for node, edges in enumerate(cell.nodes, start=2)
        for operation, source in edges
    ]
    return pa.Table.from_pylist(rows, schema=EDGES)

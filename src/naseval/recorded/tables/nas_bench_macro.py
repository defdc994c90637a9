"""NAS-Bench-Macro: all 6,561 architectures of a space of 8 layers, each trained three times.

An architecture is a digit for each layer: 0 the identity, 1 MobileNetV2's block with a 3×3 kernel
and expansion 3, 2 the block with a 5×5 kernel and expansion 6. Its number is these digits in base
3.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from naseval.recorded.tables._json import parsed
from naseval.recorded.view import Repeats, Scores, Table

FILE = "nas-bench-macro_cifar10.json"
LAYERS, BLOCKS = 8, 3
PLACES = tuple(BLOCKS**place for place in reversed(range(LAYERS)))
"""What a digit counts in an architecture's number, layer by layer."""


class MacroSpace:
    """The numbers of all architectures; a neighbour has another block in one layer."""

    def sample(self, rng: np.random.Generator) -> int:
        """Draw the number of an architecture, uniformly."""
        return int(rng.integers(BLOCKS**LAYERS))

    def neighbours(self, architecture: int) -> list[int]:
        """Return the 16 architectures with another block in one layer, layer by layer."""
        return [number for place in PLACES for number in _others(architecture, place)]

    def mutate(self, architecture: int, rng: np.random.Generator) -> int:
        """Return the architecture with another block, both uniform, in a uniform layer."""
        layer, other = divmod(int(rng.integers(LAYERS * (BLOCKS - 1))), BLOCKS - 1)
        return list(_others(architecture, PLACES[layer]))[other]


def _others(architecture: int, place: int) -> Iterator[int]:
    digit = architecture // place % BLOCKS
    return (architecture + (other - digit) * place for other in range(BLOCKS) if other != digit)


def read(folder: Path) -> Table:
    """Return the table. Raise `NasevalError` if its file is missing or damaged."""
    return parsed(folder / FILE, _table)


def _table(content: dict[str, Any]) -> Table:
    names = [np.base_repr(number, BLOCKS).zfill(LAYERS) for number in range(BLOCKS**LAYERS)]
    entries = [content[name] for name in names]
    scores = {
        name: Scores(np.array([entry[column] for entry in entries], dtype=np.float64))
        for name, column in (("parameters", "params"), ("flops", "flops"))
    }
    accuracies = np.array([entry["test_acc"] for entry in entries], dtype=np.float64)
    named = tuple(f"nas-bench-macro/{name}" for name in names)
    return Table(named, MacroSpace(), Repeats(accuracies), scores)

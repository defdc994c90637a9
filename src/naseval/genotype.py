"""Discrete architectures and their JSON form."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from naseval.errors import GenotypeError
from naseval.files import write_atomically
from naseval.json_files import parse_json

Edge = tuple[str, int]
Node = tuple[Edge, ...]

MALFORMED = (
    "a genotype's cells are lists of nodes, a node a list of [operation, input] pairs with texts "
    "and whole numbers"
)


@dataclass(frozen=True)
class Cell:
    """Nodes, each a tuple of (operation, input) edges, and the indices of the output states.

    Index 0 is the output of cell k-2 and index 1 that of cell k-1. The nodes have the indices from
    2.
    """

    nodes: tuple[Node, ...]
    concat: tuple[int, ...]

    @classmethod
    def of(cls, nodes: Any, concat: Any) -> Self:
        """Build a cell from nested sequences, e.g. JSON lists."""
        return cls(
            tuple(
                tuple((str(operation), int(index)) for operation, index in node) for node in nodes
            ),
            tuple(int(index) for index in concat),
        )

    @property
    def operations(self) -> list[str]:
        """The operations of all edges, node by node."""
        return [operation for node in self.nodes for operation, _ in node]


@dataclass(frozen=True)
class Genotype:
    """A normal and a reduction cell of the space named `space`."""

    space: str
    normal: Cell
    reduce: Cell

    def cell(self, reduction: bool) -> Cell:
        """Return the reduction cell if `reduction` is true, else the normal cell."""
        return self.reduce if reduction else self.normal

    @classmethod
    def from_dict(cls, fields: Any) -> Self:
        """Build a genotype from its dictionary form. Raise `GenotypeError` if it is invalid."""
        try:
            return cls(
                str(fields["space"]),
                Cell.of(fields["normal"], fields["normal_concat"]),
                Cell.of(fields["reduce"], fields["reduce_concat"]),
            )
        except KeyError as error:
            raise GenotypeError(f"a genotype needs the key {error}") from error
        except (TypeError, ValueError, OverflowError) as error:
            raise GenotypeError(MALFORMED) from error

    def to_dict(self) -> dict[str, Any]:
        """Return the dictionary form, which JSON can hold."""
        return {
            "space": self.space,
            "normal": [[list(edge) for edge in node] for node in self.normal.nodes],
            "normal_concat": list(self.normal.concat),
            "reduce": [[list(edge) for edge in node] for node in self.reduce.nodes],
            "reduce_concat": list(self.reduce.concat),
        }

    def to_json(self) -> str:
        """Return the JSON form, one line."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Build a genotype from its JSON form. Raise `GenotypeError` if `text` is invalid."""
        try:
            return cls._exactly(parse_json(text))
        except ValueError as error:
            raise GenotypeError(f"not JSON: {error}") from error

    @classmethod
    def _exactly(cls, fields: Any) -> Self:
        """Return `from_dict` of fields that need no conversion, such as that of 1.5 to 1."""
        built = cls.from_dict(fields)
        if any(fields[key] != value for key, value in built.to_dict().items()):
            raise GenotypeError(MALFORMED)
        return built

    def write(self, path: str | Path) -> None:
        """Write the JSON form atomically."""
        write_atomically(path, (self.to_json() + "\n").encode())

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a genotype from a JSON file. Raise `GenotypeError` if the file is invalid."""
        try:
            return cls.from_json(Path(path).read_text(encoding="utf-8"))
        except (GenotypeError, OSError, UnicodeDecodeError) as error:
            raise GenotypeError(
                f"{path} holds no genotype ({error}); delete it and run again"
            ) from error

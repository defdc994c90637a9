"""Reads printed genotypes for a space, from a text, a file or a folder of files."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from naseval.errors import GenotypeError, NasevalError
from naseval.files import reading
from naseval.genotype import Cell, Genotype
from naseval.printed.integers import CODES
from naseval.printed.literals import FIELDS, UNFIT, LineError, Lines, Printed, divided
from naseval.spaces import get_space, space_names
from naseval.spaces._cells import EDGES_PER_NODE

MOST_BYTES = 10_000_000
"""Size of a file of genotypes; a larger one is a slip."""
BACKUPS = ("~", ".bak", ".orig", ".swp")
"""Endings of the files that editors keep beside those that they write."""
MEND = "name a file or a folder of genotypes"
MALFORMED = "its cells are lists of (operation, input) pairs, with texts and whole numbers"


@dataclass(frozen=True)
class Found:
    """A genotype, and the file and the line (from 1) where it stands."""

    genotype: Genotype
    line: int
    file: str = ""

    @property
    def where(self) -> str:
        """Its place, for messages."""
        return f"{self.file}, line {self.line}"


def read_genotypes(place: str | Path, space: str) -> list[Found]:
    """Return the genotypes at `place`, a file or a folder, all of them of one space.

    The files of a folder are sorted by their names, numbers in them by value; hidden files and
    editors' backups are passed over. Raise `NasevalError`, one sentence with file and line, if
    something is no genotype or not of the space, if there are none, or if two files of a folder
    carry the same numbers.
    """
    found: list[Found] = []
    for file in _files(Path(place)):
        with _naming(file):
            found += [replace(one, file=str(file)) for one in of_text(_text(file), space)]
    if not found:
        raise NasevalError(f"{place} holds no genotype; write some, or name another file or folder")
    return found


def read_held(file: str | Path, space: str | None = None) -> list[dict[str, list[Found]]]:
    """Return what every genotype of a file is in each space that holds it, or in `space` alone.

    Integers may be several genotypes, since other spaces read them otherwise. Raise `NasevalError`,
    one sentence with file and line, if a genotype is of no space.
    """
    if Path(file).is_dir():
        raise NasevalError(f"{file} is a folder; name one file of genotypes")
    found = []
    with _naming(file):
        for printed in divided(_text(Path(file))):
            held: dict[str, list[Found]] = {}
            reasons: dict[str, str] = {}
            for name in [space] if space else space_names():
                try:
                    held[name] = [replace(one, file=str(file)) for one in _of_space(printed, name)]
                except LineError as error:
                    if space:
                        raise
                    reasons[name] = str(error)
            if not held:
                raise LineError(printed.line, _of_no_space(printed, reasons))
            found.append(held)
    if not found:
        raise NasevalError(f"{file} holds no genotype; write some, or name another file")
    return found


def _of_no_space(printed: Printed, reasons: dict[str, str]) -> str:
    """Say why no space holds a genotype: that of its own space, or of DARTS, whose form it has."""
    content = printed.content
    if isinstance(content, list):
        return "no space holds these integers; --space says why"
    name = content.space if isinstance(content, Genotype) else "darts"
    reason = reasons.get(name, f"there is no space {name}")
    return f"no space holds this genotype; as one of {name}, {reason}"


def of_text(text: str, space: str) -> list[Found]:
    """Return the genotypes of a text, all of them of one space.

    Raise `LineError` if something is no genotype or not of the space.
    """
    return [one for printed in divided(text) for one in _of_space(printed, space)]


def _of_space(printed: Printed, space: str) -> list[Found]:
    """Return the genotypes of a space that are printed so. Raise `LineError` if they are not."""
    match printed.content:
        case list() as lines:
            return list(_decoded(lines, space))
        case Genotype() as genotype:
            return [_valid(genotype, printed.line, space)]
        case fields:
            try:
                genotype = _of_fields(fields, space)
            except (GenotypeError, *UNFIT) as error:
                raise LineError(printed.line, error) from error
            return [_valid(genotype, printed.line, space)]


def _valid(genotype: Genotype, line: int, space: str) -> Found:
    try:
        get_space(space).validate(genotype)
    except GenotypeError as error:
        raise LineError(line, error) from error
    return Found(genotype, line)


def _of_fields(fields: dict[str, Any], space: str) -> Genotype:
    for name in FIELDS:
        if name not in fields:
            raise GenotypeError(f"a genotype needs the field {name}")
    for name, value in fields.items():
        if name not in FIELDS and value is not None:
            raise GenotypeError(f"a genotype has no field {name}; remove it")
    return Genotype(
        space,
        _cell(fields["normal"], fields["normal_concat"]),
        _cell(fields["reduce"], fields["reduce_concat"]),
    )


def _cell(edges: Any, concat: Any) -> Cell:
    """Return a cell of edges in one list, two for each node, or of nodes of edges."""
    if not isinstance(edges, (list, tuple)) or not isinstance(concat, (list, tuple)):
        raise GenotypeError(MALFORMED)
    if not all(isinstance(index, int) for index in concat):
        raise GenotypeError(MALFORMED)
    if edges and all(_is_edge(edge) for edge in edges):
        if len(edges) % EDGES_PER_NODE:
            raise GenotypeError(
                f"a cell has {len(edges)} edges; each node has {EDGES_PER_NODE}, one after another"
            )
        edges = list(zip(*[iter(edges)] * EDGES_PER_NODE, strict=True))
    if not all(isinstance(node, (list, tuple)) and all(map(_is_edge, node)) for node in edges):
        raise GenotypeError(MALFORMED)
    return Cell.of([[edge[:2] for edge in node] for node in edges], concat)


def _is_edge(value: Any) -> bool:
    """Tell whether a value is an operation and an input, perhaps with a weight behind them."""
    return (
        isinstance(value, (list, tuple))
        and len(value) in (2, 3)
        and isinstance(value[0], str)
        and type(value[1]) is int
        and (len(value) == 2 or isinstance(value[2], (int, float)))
    )


def _decoded(lines: Lines, space: str) -> Iterator[Found]:
    """Yield the genotypes of successive lines of integers: several in a line, or one in several."""
    code = CODES.get(space)
    if code is None:
        raise LineError(
            lines[0][0],
            f"integers are genotypes of the spaces {', '.join(CODES)} alone; the space {space} "
            "needs Genotype(normal=[...], ...)",
        )
    begun: list[int] = []
    line = 0
    for number, integers in lines:
        if begun and len(begun) + len(integers) > code.length:
            break
        line = line if begun else number
        begun += integers
        while len(begun) >= code.length:
            whole, begun = begun[: code.length], begun[code.length :]
            try:
                genotype = code.decode(whole)
            except GenotypeError as error:
                raise LineError(line, error) from error
            yield _valid(genotype, line, space)
    if begun:
        raise LineError(
            line,
            f"{len(begun)} integers stand here; a genotype of the space {space} has {code.length}",
        )


@contextmanager
def _naming(file: str | Path) -> Iterator[None]:
    """Put the name of the file before the line of a `LineError`."""
    try:
        yield
    except LineError as error:
        raise GenotypeError(f"{file}, line {error.line}: {error}") from error


def _files(place: Path) -> list[Path]:
    with reading(place, MEND):
        if not place.is_dir():
            return [place]
        files = [file for file in place.iterdir() if _is_meant(file.name) and file.is_file()]
    files.sort(key=lambda file: (_natural(file.name), file.name))
    _check_numbers(files)
    return files


def _is_meant(name: str) -> bool:
    """Tell whether a file is one that its user sees, rather than a hidden one or a backup."""
    saved = name.startswith("#") and name.endswith("#")  # by Emacs
    return not (name.startswith(".") or name.lower().endswith(BACKUPS) or saved)


def _check_numbers(files: list[Path]) -> None:
    """Raise `NasevalError` if numbers tell files apart, as in `seed-N`, and two have the same ones.

    Numbers that all names have, as in `darts-v2-a` and `darts-v2-b`, tell nothing apart.
    """
    carrying: dict[tuple[int, ...], Path] = {}
    alike = []
    for file in files:
        numbers = tuple(number for number, _ in _natural(file.name) if number >= 0)
        if not numbers:
            return
        if carrying.setdefault(numbers, file) is not file:
            alike.append((carrying[numbers], file))
    for first, second in alike[:1] if len(carrying) > 1 else ():
        raise NasevalError(
            f"{first} and {second.name} carry the same number, so they cannot be of two seeds; "
            "remove one of them, or put all genotypes into one file"
        )


def _natural(name: str) -> list[tuple[int, str]]:
    """Return a key that sorts numbers in names by value."""
    parts = re.findall(r"[0-9]{1,18}|[^0-9]+", name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _text(file: Path) -> str:
    try:
        with reading(file, MEND):
            if file.stat().st_size > MOST_BYTES:
                raise NasevalError(f"{file} is too large for genotypes; name a file of text")
            return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise NasevalError(f"{file} is no text in UTF-8; name a file of genotypes") from error

"""Divides a text into genotypes in printed form. Literals are parsed; nothing is evaluated.

A genotype is a call `Genotype(normal=[...], normal_concat=range(2, 6), ...)`, as programs print it,
whatever else stands in its first and last line; an object of JSON (`Genotype.to_json`); or
integers, in one line or several. Empty lines, lines that begin with # and remarks within a genotype
are passed over.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from naseval.errors import GenotypeError
from naseval.genotype import Genotype

CALL = "Genotype("
FIELDS = ("normal", "normal_concat", "reduce", "reduce_concat")
NODES = 100
"""More than the nodes of any genotype."""
UNFIT = (ArithmeticError, MemoryError, RecursionError, SyntaxError, TypeError, ValueError)
"""What parsing a text can raise."""
PAIRS = {"(": ")", "[": "]", "{": "}"}
ASSIGNED = re.compile(r"""\s*[A-Za-z_][\w.]*\s*=\s*["']?(?:\$\{?\w+\}?(?=\s))?|\s*["']""")
"""What may stand before integers, e.g. `fixed_arc="$fixed_arc`."""
SHOWN = 60


Lines = list[tuple[int, tuple[int, ...]]]
"""Integers in successive lines: the number of each line, from 1, and its integers."""


@dataclass(frozen=True)
class Printed:
    """A genotype as it is printed, and the number of its first line, from 1.

    `content` is a genotype if it was JSON, which names its space; the fields of a call; or the
    integers of one or more genotypes.
    """

    line: int
    content: Genotype | dict[str, Any] | Lines


class LineError(GenotypeError):
    """A text is no genotype; `line` says where, from 1."""

    def __init__(self, line: int, reason: object) -> None:
        super().__init__(str(reason))
        self.line = line


def divided(text: str) -> Iterator[Printed]:
    """Yield the genotypes of a text. Raise `LineError` where something else stands in it."""
    lines = text.splitlines()
    text = "\n".join("" if line.lstrip().startswith("#") else line for line in lines)
    place, number = 0, 1
    integers: Lines = []
    while place < len(text):
        line = text[place:].partition("\n")[0]
        found = _integers(line)
        if found:
            integers.append((number, found))
        elif integers:
            yield Printed(integers[0][0], integers)
            integers = []
        if found is None and (start := _begins(line)) is not None:
            chunk = _balanced(text, place + start, number)
            yield Printed(number, _content(chunk, number))
            number += chunk.count("\n")
            place += start + len(chunk)
            if CALL in text[place:].partition("\n")[0]:
                continue
            line = text[place:].partition("\n")[0]
        elif found is None and line.strip(" \t,[]"):
            raise LineError(
                number,
                f"{_short(line)} is no genotype: write Genotype(normal=[...], ...), JSON or "
                "integers, and # before remarks",
            )
        place, number = place + len(line) + 1, number + 1
    if integers:
        yield Printed(integers[0][0], integers)


def _integers(line: str) -> tuple[int, ...] | None:
    """Return the integers of a line, or None if the line has none or anything else."""
    rest = ASSIGNED.sub("", line, count=1) if ASSIGNED.match(line) else line
    rest = rest.rstrip(" \t,;\"'\\")
    numbers = re.sub(r"[,()\[\]]", " ", rest).split()
    if numbers and all(re.fullmatch(r"[+-]?[0-9]{1,9}", number) for number in numbers):
        return tuple(map(int, numbers))
    return None


def _begins(line: str) -> int | None:
    """Return where a genotype begins in a line, if one does."""
    if brace := re.match(r"[\s,\[]*(?=\{)", line):
        return brace.end()
    place = line.find(CALL)
    return place if place >= 0 else None


def _balanced(text: str, start: int, number: int) -> str:
    """Return the text from `start` to the bracket that closes its first one."""
    closing: list[str] = []
    quote, remark = "", False
    for place in range(start, len(text)):
        letter = text[place]
        if remark:
            remark = letter != "\n"
        elif letter == "#" and not quote:
            remark = True
        elif quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in PAIRS:
            closing.append(PAIRS[letter])
        elif letter in PAIRS.values():
            if not closing or letter != closing.pop():
                break
            if not closing:
                return text[start : place + 1]
    raise LineError(number, "the genotype that begins here does not end; close its brackets")


def _content(text: str, number: int) -> Genotype | dict[str, Any]:
    try:
        return Genotype.from_json(text) if text.startswith("{") else call(text)
    except (*UNFIT, GenotypeError) as error:
        raise LineError(number, f"{_short(text)} is no genotype ({error})") from error


def _short(text: str) -> str:
    return repr(" ".join(text.split())[:SHOWN])


def call(text: str) -> dict[str, Any]:
    """Return the fields of a call `Genotype(...)`, whose values are literals or a `range`.

    Raise one of `UNFIT` if the text is anything else.
    """
    found = ast.parse(text, mode="eval").body
    if not (isinstance(found, ast.Call) and not found.args and _name(found) == "Genotype"):
        raise ValueError("it is no Genotype(...)")
    return {str(word.arg): _value(word.value) for word in found.keywords}


def _name(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Call) and _name(node) == "range" and not node.keywords:
        numbers = range(*(int(ast.literal_eval(bound)) for bound in node.args))
        if len(numbers) > NODES:
            raise ValueError(f"{numbers} is longer than {NODES}")
        return list(numbers)
    return ast.literal_eval(node)

"""Do the tests notice small faults? Mutants of the package, each run against the tests of its line.

`python benchmarks/mutants.py FOLDER` draws mutants with a recorded seed, the same number in each
package of `PACKAGES`, and writes `FOLDER/mutants.csv`: place, change, and whether a test failed. A
mutant is one operator, comparison, number or truth value of a function exchanged. It is run, in a
copy of the package, against the tests that execute its line, the fastest first, until one fails.
An interrupted call goes on where it was. The tests that start Snakemake or SLURM are left out.
"""

import argparse
import ast
import csv
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("analysis", "cards", "claims", "training", "methods")
EACH = 60
SEED = 2026
MOST_TESTS = 40
"""Tests that a mutant is run against at most."""
MARKS = "not slow and not slurm and not workflow and not browser"
SECONDS, BYTES = 300, 16 * 2**30
"""After which, and with more memory than which, a mutant counts as noticed: it does not end."""

EXCHANGES: dict[type[ast.AST], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "/"),
    ast.Pow: ("**", "*"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.And: ("and", "or"),
    ast.Or: ("or", "and"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
}


@dataclass(frozen=True, order=True)
class Mutant:
    """A place in a file, by offsets in its text, and what it is replaced by."""

    file: str
    line: int
    start: int
    end: int
    old: str
    new: str


def main() -> None:
    """Draw the mutants, run those that have not been run, and count the survivors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    tests = covering_tests(folder / "coverage")
    table = folder / "mutants.csv"
    done = read(table)
    for mutant in drawn(tests):
        if mutant not in done:
            done[mutant] = outcome(mutant, tests[mutant.file, mutant.line], folder / "copy")
            append(table, mutant, done[mutant])
    survivors = sorted(mutant for mutant, result in done.items() if result == "survived")
    for mutant in survivors:
        sys.stdout.write(f"{mutant.file}:{mutant.line} {mutant.old} -> {mutant.new}\n")
    sys.stdout.write(f"{len(survivors)} of {len(done)} mutants survived\n")


def covering_tests(folder: Path) -> dict[tuple[str, int], list[str]]:
    """Return the tests that execute each line, fastest first; run them where that is unknown."""
    data = folder / ".coverage"
    if not data.exists():
        folder.mkdir(exist_ok=True)
        command = ["-m", "pytest", "-q", "-n", "auto", "-m", MARKS, "--durations=0"]
        command += [f"--cov={ROOT / 'src' / 'naseval'}", "--cov-context=test", "--cov-report="]
        environment = {**os.environ, "COVERAGE_FILE": str(folder / "running")}
        with (folder / "log.txt").open("w") as log:
            subprocess.run(
                [sys.executable, *command, "-vv"], cwd=ROOT, env=environment, stdout=log, check=True
            )
        (folder / "running").rename(data)
    seconds = durations((folder / "log.txt").read_text())
    found: dict[tuple[str, int], list[str]] = {}
    for file, test, lines in contexts(data):
        for line in lines:
            found.setdefault((file, line), []).append(test)
    return {place: sorted(names, key=lambda name: seconds.get(name, 0.0))[:MOST_TESTS]
            for place, names in found.items()}  # fmt: skip


def contexts(data: Path) -> Iterator[tuple[str, str, list[int]]]:
    """Yield file (below src), test and executed lines of a coverage database."""
    from coverage.numbits import numbits_to_nums

    with sqlite3.connect(data) as base:
        rows = base.execute(
            "select path, context, numbits from line_bits "
            "join file on file.id = file_id join context on context.id = context_id"
        )
        for path, context, bits in rows:
            test = context.partition("|")[0]
            if test:
                yield str(Path(path).relative_to(ROOT / "src")), test, numbits_to_nums(bits)


def durations(log: str) -> dict[str, float]:
    """Return the seconds of each test from pytest's list of durations."""
    found: dict[str, float] = {}
    for line in log.splitlines():
        words = line.split(maxsplit=2)
        if len(words) == 3 and words[0].endswith("s") and words[1] in ("call", "setup"):
            found[words[2]] = found.get(words[2], 0.0) + float(words[0][:-1])
    return found


def drawn(tests: dict[tuple[str, int], list[str]]) -> list[Mutant]:
    """Return `EACH` mutants of every package, of lines that some test executes."""
    rng = random.Random(SEED)
    chosen: list[Mutant] = []
    for package in PACKAGES:
        files = sorted((ROOT / "src" / "naseval" / package).rglob("*.py"))
        all_ = [mutant for file in files for mutant in mutants(file)]
        covered = [mutant for mutant in all_ if (mutant.file, mutant.line) in tests]
        chosen += sorted(rng.sample(covered, min(EACH, len(covered))))
    return chosen


def mutants(path: Path) -> Iterator[Mutant]:
    """Yield every mutant of a file's functions; texts of errors and annotations are left alone."""
    text = path.read_text(encoding="utf-8")
    name = str(path.relative_to(ROOT / "src"))
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line.encode()))
    raw = text.encode()

    def place(line: int, column: int) -> int:
        return starts[line - 1] + column

    def between(left: ast.expr, right: ast.expr, operator: ast.AST) -> Iterator[Mutant]:
        old, new = EXCHANGES[type(operator)]
        begin = place(left.end_lineno or 0, left.end_col_offset or 0)
        end = place(right.lineno, right.col_offset)
        at = raw[begin:end].find(old.encode())
        if at >= 0:
            yield Mutant(name, left.end_lineno or 0, begin + at, begin + at + len(old), old, new)

    for node in executed(ast.parse(text)):
        match node:
            case ast.BinOp(left=left, op=op, right=right) if type(op) in EXCHANGES:
                yield from between(left, right, op)
            case ast.BoolOp(op=op, values=[left, right, *_]):
                yield from between(left, right, op)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in EXCHANGES:
                yield from between(left, right, op)
            case ast.Constant(value=bool() | int() | float() as value):
                begin = place(node.lineno, node.col_offset)
                end = place(node.end_lineno or 0, node.end_col_offset or 0)
                new = str(not value) if isinstance(value, bool) else repr(value + 1)
                yield Mutant(name, node.lineno, begin, end, raw[begin:end].decode(), new)


def executed(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes inside functions but for annotations, f-strings and `raise` statements."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            pending: list[ast.AST] = list(function.body)
            while pending:
                node = pending.pop()
                yield node
                if isinstance(node, ast.FunctionDef | ast.Raise | ast.JoinedStr):
                    continue
                if isinstance(node, ast.AnnAssign):
                    pending += [node.value] if node.value else []
                    continue
                pending += ast.iter_child_nodes(node)


def outcome(mutant: Mutant, tests: list[str], copy: Path) -> str:
    """Return `noticed` or `survived`."""
    source = ROOT / "src" / "naseval"
    if not copy.exists():
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, copy / "naseval", ignore=ignored)
    place = copy / mutant.file
    text = (ROOT / "src" / mutant.file).read_bytes()
    place.write_bytes(text[: mutant.start] + mutant.new.encode() + text[mutant.end :])
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    try:
        ended = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            preexec_fn=limit_memory,
        )
        return "survived" if ended.returncode == 0 else "noticed"
    except subprocess.TimeoutExpired:
        return "noticed"
    finally:
        place.write_bytes(text)


def limit_memory() -> None:
    """Let this process have no more memory than `BYTES`."""
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


def read(table: Path) -> dict[Mutant, str]:
    """Return the mutants that have been run, and what came of them."""
    if not table.exists():
        return {}
    with table.open(newline="", encoding="utf-8") as file:
        return {
            Mutant(row[0], int(row[1]), int(row[2]), int(row[3]), row[4], row[5]): row[6]
            for row in csv.reader(file)
        }


def append(table: Path, mutant: Mutant, result: str) -> None:
    """Add a line to the table."""
    with table.open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerow(
            [mutant.file, mutant.line, mutant.start, mutant.end, mutant.old, mutant.new, result]
        )


if __name__ == "__main__":
    main()

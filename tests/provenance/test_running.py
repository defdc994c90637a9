"""The proof by running: what a job runs, uses and opens lies in its digest.

Every kind of job runs on tiny data under a tracer, which also follows its threads and processes.
`pytest -s` prints what share of the digested definitions ran, by kind of job, and which never did.
"""

import ast
import json
import os
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

import traced_runs as tiny
from job_kinds import Kind, planned
from naseval.provenance.modules import Module
from naseval.provenance.package import Definition
from naseval.provenance.tree import binds, own_parts

pytestmark = [pytest.mark.workflow, pytest.mark.slow, pytest.mark.timeout(3000)]

UNFOLLOWED = "naseval.provenance."
"""The digest does not digest itself: what is here counts where a job computes with it."""


class Traces:
    """What the jobs of each kind wrote down."""

    def __init__(self, project, folder):
        self.source = project.folder / "src/naseval"
        self.project = project
        self.records = defaultdict(list)
        self.names_at = cache(self.names_at)
        self.statements = cache(self.statements)
        self.parsed = cache(self.parsed)
        for file in folder.iterdir():
            for line in file.read_text().splitlines():
                job, record = json.loads(line)
                self.records[Kind.read(job)].append(record)

    def module(self, file):
        """Return the dotted name of a file of the package."""
        parts = Path(file).relative_to(self.source).with_suffix("").parts
        return ".".join(["naseval", *parts]).removesuffix(".__init__")

    def statements(self, file):
        """Return the statements at the top of a file."""
        return ast.parse(Path(file).read_text("utf-8")).body

    def names_at(self, file, line):
        """Return the names that the statement at a line defines."""
        for statement in self.statements(file):
            decorators = getattr(statement, "decorator_list", [])
            first = min([statement.lineno, *(one.lineno for one in decorators)])
            if first <= line <= statement.end_lineno:
                return tuple(n for part in own_parts([statement]) for n in binds(part))
        return ()

    def parsed(self, module):
        """Return a module, taken apart."""
        base = self.source.joinpath(*module.split(".")[1:])
        path = next(
            path for path in (base / "__init__.py", base.with_suffix(".py")) if path.exists()
        )
        return Module.read(module, path)

    def origin(self, module, name):
        """Return where a constant is defined; None where it is no definition of the package."""
        if not module.startswith("naseval"):
            return None
        parsed = self.parsed(module)
        if name in parsed.statements:
            return Definition(module, name)
        for target in parsed.imports.get(name, []):
            if target.name:
                return self.origin(target.module, target.name)
        return None


UNDIGESTED = {("budget.py", "data/sources/digits.yaml")}
"""Files that a script may read without their being digested: the budget has no output to keep, so
it reads the facts of the sources anew each time. Other rules have the facts as params.
"""


@pytest.fixture(scope="module")
def traces(tmp_path_factory):
    """Run every kind of job once, one of them interrupted and resumed; return what they wrote."""
    folder = tmp_path_factory.mktemp("traced")
    project = tiny.copied(tmp_path_factory.mktemp("tiny"))
    tiny.interrupted(project, folder, tiny.INTERRUPTED)
    tiny.watched(project, folder, *tiny.TARGETS)
    if "NASEVAL_PUBLISHED" in os.environ:
        tiny.watched(project, folder, "figures", "tables", "claims")
        if "NASEVAL_RECORDED" in os.environ:
            tiny.watched(project, folder, "recorded")
    return Traces(project, folder)


@pytest.fixture(scope="module")
def closures(traces):
    """Return what each kind of job can reach."""
    return {kind: kind.closure(traces.project.folder) for kind in traces.records}


def test_what_ran_lies_in_the_digest(traces, closures):
    wrong = set()
    for kind, records in traces.records.items():
        held = closures[kind].definitions
        for record in records:
            if "line" not in record or record["importing"]:
                continue
            module = traces.module(record["file"])
            names = traces.names_at(record["file"], record["line"])
            if not any(Definition(module, name) in held for name in names):
                wrong.add((kind.script, module, record["name"]))
    assert {one for one in wrong if not one[1].startswith(UNFOLLOWED)} == set()


def test_what_was_used_lies_in_the_digest(traces, closures):
    wrong = set()
    for kind, records in traces.records.items():
        closure = closures[kind]
        for record in records:
            for sort, module, name in record.get("uses", []):
                found = Definition(module, name) if sort == "object" else None
                if sort == "constant":
                    found = traces.origin(module, name)
                if sort == "module" and module not in closure.imported:
                    wrong.add((kind.script, module, record["name"]))
                if found is not None and found not in closure.definitions:
                    wrong.add((kind.script, str(found), record["name"]))
    assert {one for one in wrong if not one[1].startswith(UNFOLLOWED)} == set()


def test_what_was_imported_lies_in_the_digest(traces, closures):
    wrong = {
        (kind.script, traces.module(record["module"]))
        for kind, records in traces.records.items()
        for record in records
        if "module" in record and traces.module(record["module"]) not in closures[kind].imported
    }
    assert wrong == set()


def test_what_ran_while_a_module_was_imported_defines_a_name_or_lies_in_the_digest(
    traces, closures
):
    """A statement at the top that calls a function only to define a name that no one uses."""
    wrong = set()
    for kind, records in traces.records.items():
        held = closures[kind].definitions
        for record in records:
            if not record.get("importing"):
                continue
            module = traces.module(record["file"])
            names = traces.names_at(record["file"], record["line"])
            file, line = record["importing"]
            own = traces.names_at(file, line)
            unused = own and not any(Definition(traces.module(file), name) in held for name in own)
            if not unused and not any(Definition(module, name) in held for name in names):
                wrong.add((kind.script, module, record["name"], traces.module(file), line))
    assert wrong == set()


def test_what_was_opened_lies_in_the_digest(traces, closures):
    wrong = set()
    for kind, records in traces.records.items():
        files = set(closures[kind].files())
        for record in records:
            if "opened" in record:
                file = Path(record["opened"]).relative_to(traces.source).as_posix()
                if file not in files:
                    wrong.add((kind.script, file))
    assert wrong == UNDIGESTED


def test_every_kind_that_is_planned_ran(traces):
    kinds = set(planned(traces.project, *tiny.TARGETS))
    files = {"published_": "NASEVAL_PUBLISHED", "recorded_": "NASEVAL_RECORDED"}
    absent = [start for start, variable in files.items() if variable not in os.environ]
    not_run = ("verify.py", *absent)  # verify only checks, and its job writes no result
    missing = {
        kind for kind in kinds - traces.records.keys() if not kind.script.startswith(not_run)
    }
    assert missing == set()


def test_report_of_shares(traces, closures):
    """Print which share of the digested definitions that have functions ran, by kind of job."""
    everything, ran_anywhere = set(), set()
    for kind, records in sorted(traces.records.items()):
        ran = {
            Definition(traces.module(record["file"]), name)
            for record in records
            if "line" in record and not record["importing"]
            for name in traces.names_at(record["file"], record["line"])
        }
        held = {
            one
            for one in closures[kind].definitions
            if one.module.startswith("naseval")
            for statement in traces.parsed(one.module).statements[one.name]
            if any(isinstance(part, ast.FunctionDef) for part in ast.walk(statement))
        }
        everything |= held
        ran_anywhere |= ran & held
        print(f"{len(ran & held):4} of {len(held):4} {len(ran & held) / len(held):4.0%} {kind}")
    never = sorted(map(str, everything - ran_anywhere))
    print(f"{len(ran_anywhere)} of {len(everything)} ran in any; these in none:", *never, sep="\n")
    assert len(ran_anywhere) / len(everything) > 0.5

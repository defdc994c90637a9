"""Which jobs run again after an edit: those whose digest holds the edited definition, no other."""

import ast
import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from copied_project import Project
from job_kinds import TARGETS, planned
from naseval.provenance.canonical import LEVELS
from naseval.provenance.package import Definition

pytestmark = pytest.mark.workflow

SEED = 20200426
COLUMN = ("schemas.py", '"train_loss": AMOUNT', '"another": AMOUNT, "train_loss": AMOUNT')
RAMP = ("networks/drop_path.py", "return end * ", "return 0.5 * end * ")
INSET = ("figures/distribution.py", "BINS = 15", "BINS = 16")
PDARTS = {
    "default": ("methods/pdarts/settings.py", "FEWEST = 3", "FEWEST = 4"),
    "code": ("methods/pdarts/search.py", 'SKIP = "skip_connect"', 'SKIP = "skip"'),
}
BASELINES = {
    "regularised_evolution": (
        "methods/regularised_evolution/algorithm.py",
        "trials = Trials(evaluate, settings.trials)",
        "trials = Trials(evaluate, 1 * settings.trials)",
    ),
    "zero_cost": ("networks/untrained_scores.py", ".abs().sum()", ".abs().mean()"),
}
CANDIDATES = ("methods/_baselines/trained.py", "WORST = -1.0", "WORST = -2.0")
READ_ALL_SETTINGS = {
    "default": {"ledger.py", "score_cards.py", "budget.py", "verify.py"},
    "code": set(),
}
"""Scripts that load the whole configuration, and with it every method's settings."""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a copy of the project."""
    return Project.copied(tmp_path_factory.mktemp("edited"), {})


@pytest.fixture(scope="module")
def kinds(project):
    """Return all kinds of job of the paper's configuration."""
    return planned(project, *TARGETS)


@pytest.fixture(scope="module")
def before(project, kinds):
    """Return the digest of each kind, with nothing edited."""
    return {kind: kind.digest(project.folder) for kind in kinds}


class Edited:
    """A file of the project with another text, for as long as the context lasts."""

    def __init__(self, path, text):
        self.path, self.text, self.original = path, text, path.read_text("utf-8")

    def __enter__(self):
        assert self.text != self.original
        self.path.write_text(self.text, "utf-8")

    def __exit__(self, *_):
        self.path.write_text(self.original, "utf-8")


def changed(project, before, file, old, new):
    """Return the kinds whose digest another text changes."""
    path = project.folder / "src/naseval" / file
    text = path.read_text("utf-8")
    assert old in text, f"{file} does not hold {old!r}"
    with Edited(path, text.replace(old, new, 1)):
        return {kind for kind in before if kind.digest(project.folder) != before[kind]}


def scripts(found):
    return {kind.script for kind in found}


def test_there_are_many_kinds(kinds):
    assert len(kinds) > 40


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("files.py", "could not be written", "cannot be written"),
        ("training/progress.py", "epoch %d/%d", "epoch %d of %d"),
        ("training/augmentation.py", '"""', '"""Well: '),
        ("training/loop.py", "\n\n\n", "\n\n\n# A comment.\n"),
        ("settings/base.py", 'description="', 'description="well: '),
        ("schemas.py", "\n\n\n", "\n\n\nNOBODY_USES_THIS = 1\n\n\n"),
    ],
)
def test_what_is_only_said_changes_no_digest(project, before, file, old, new):
    assert changed(project, before, file, old, new) == set()


def test_another_column_of_the_run_table_reruns_runs_and_what_reads_them(project, before):
    found = scripts(changed(project, before, *COLUMN))
    assert "run.py" in found
    assert not found & {"search.py", "splits.py", "small_images.py", "channels.py", "figure.py"}


def test_another_ramp_of_drop_path_reruns_searches_that_use_it_and_runs(project, before):
    found = changed(project, before, *RAMP)
    assert scripts(found) <= {"search.py", "run.py"}
    runs = {kind for kind in before if kind.script == "run.py"}
    assert found >= runs


def test_another_inset_redraws_its_figure(project, before):
    (found,) = changed(project, before, *INSET)
    assert found.script == "figure.py"
    assert any("distribution" in name for name in found.modules)


@pytest.mark.parametrize("edit", ["default", "code"])
def test_a_method_s_own_code_reruns_its_searches(project, before, edit):
    found = changed(project, before, *PDARTS[edit])
    searches = {kind for kind in found if kind.script == "search.py"}
    assert len(searches) == 1
    assert all("pdarts" in " ".join(kind.modules) for kind in searches)
    assert scripts(found) <= {"search.py", *READ_ALL_SETTINGS[edit]}


@pytest.mark.parametrize("method", ["regularised_evolution", "zero_cost"])
def test_a_baseline_s_own_code_reruns_its_searches_alone(project, before, method):
    found = changed(project, before, *BASELINES[method])
    assert scripts(found) == {"search.py"}
    assert all(f"naseval.methods.{method}.search" in kind.modules for kind in found)


def test_what_candidates_share_reruns_the_methods_that_train_them(project, before):
    found = changed(project, before, *CANDIDATES)
    assert scripts(found) == {"search.py"}
    trained = {name for kind in found for name in kind.modules if name.endswith(".search")}
    assert trained == {
        f"naseval.methods.{name}.search"
        for name in (
            "random_search",
            "local_search",
            "regularised_evolution",
            "successive_halving",
        )
    }


@dataclass(frozen=True)
class Literal:
    """A literal of the source that computes, to be edited."""

    file: Path
    node: ast.Constant
    names: tuple[str, ...]
    """The names that the statement at the top of it defines."""

    def edited(self):
        """Return the file's text with another literal."""
        lines = self.file.read_bytes().splitlines(keepends=True)
        start = sum(map(len, lines[: self.node.lineno - 1])) + self.node.col_offset
        end = sum(map(len, lines[: self.node.end_lineno - 1])) + self.node.end_col_offset
        content = b"".join(lines)
        return (content[:start] + self.other().encode() + content[end:]).decode()

    def other(self):
        value = self.node.value
        if isinstance(value, bool):
            return str(not value)
        if isinstance(value, str):
            return ascii(value + "x")
        if isinstance(value, bytes):
            return ascii(value + b"x")
        return ascii(value + 1)


def literals(root):
    """Return the literals of the package that are not only said, in order."""
    found = []
    for file in sorted(root.rglob("*.py")):
        if "provenance" in file.parts:
            continue  # what guards the digest is in no digest
        for statement in ast.parse(file.read_text("utf-8")).body:
            names = tuple(defined(statement))
            said = {id(part) for part in said_parts(statement)}
            found += [
                Literal(file, node, names)
                for node in ast.walk(statement)
                if is_literal(node) and id(node) not in said and names
            ]
    return found


def is_literal(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, (bool, int, float, str, bytes))


def defined(statement):
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            yield from (one.id for one in targets if isinstance(one, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def said_parts(statement):
    """Yield what is inside docstrings, f-strings, messages, logging and descriptions."""
    for node in ast.walk(statement):
        match node:
            case ast.Expr(value=ast.Constant()):
                yield node.value
            case ast.JoinedStr() | ast.Raise() | ast.Assert() | ast.keyword(arg="description"):
                yield from ast.walk(node)
            case ast.Call(func=ast.Attribute(attr=attribute)) if attribute in LEVELS:
                yield from ast.walk(node)


@pytest.mark.parametrize("edits", [50, pytest.param(200, marks=pytest.mark.slow)])
def test_an_edit_changes_exactly_the_digests_that_hold_its_definition(
    project, kinds, before, edits
):
    root = project.folder / "src/naseval"
    holding = {kind: kind.closure(project.folder).definitions for kind in kinds}
    wrong = []
    for literal in random.Random(SEED).sample(literals(root), edits):
        module = ".".join(["naseval", *literal.file.relative_to(root).with_suffix("").parts])
        module = module.removesuffix(".__init__")
        own = {Definition(module, name) for name in literal.names}
        expected = {kind for kind in kinds if own & holding[kind]}
        with Edited(literal.file, literal.edited()):
            found = {kind for kind in kinds if kind.digest(project.folder) != before[kind]}
        if found != expected:
            wrong.append((module, literal.names, literal.node.lineno, found ^ expected))
    assert not wrong

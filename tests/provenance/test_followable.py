"""Nothing in the package is written so that its digest could not follow it."""

import ast
from pathlib import Path

import pytest

from naseval.provenance.tree import chain, imports_of

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "src/naseval"
CALLS = {
    "__import__", "delattr", "eval", "exec", "globals", "locals", "reload", "resolve_name",
    "run_module", "run_path", "setattr", "spec_from_file_location", "vars",
}  # fmt: skip
"""Functions that reach, or change, what no name in the source leads to."""
ATTRIBUTES = {"__subclasses__", "__globals__", "__dict__", "f_globals", "f_locals"}
PROGRAMS = {"__main__.py", "config_reference.py"}
"""What runs as a program of its own, and in no job."""
PLANNING = {"src/naseval/methods/__init__.py", "src/naseval/studies/__init__.py"}
"""Docstrings of methods and studies are read while planning, and handed to jobs as params."""
CACHE = {"src/naseval/data/image_cache.py"}
"""The source of a decoder is part of the name of a cache's file, and no part of a result."""


def sources():
    """Return every module of the package and every script."""
    return sorted([*SOURCE.rglob("*.py"), *ROOT.glob("workflow/scripts/*.py")])


def faults(tree):
    """Yield line and fault of what cannot be followed."""
    imported = own_modules_and_classes(tree)
    for node in ast.walk(tree):
        fault = of_node(node, imported)
        if fault:
            yield node.lineno, fault


def own_modules_and_classes(tree):
    """Return the names of the package's modules and classes: what is not to be changed."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {name for name, target, _ in imports_of(node, "naseval") if own(target)}
        elif isinstance(node, ast.ClassDef):
            names.add(node.name)
    return names


def own(target):
    """Tell whether an import is of this package."""
    return target.module.split(".")[0] == "naseval"


def of_node(node, imported):
    """Return what is wrong with a node, if anything."""
    match node:
        case ast.ImportFrom(names=[ast.alias(name="*")]):
            return "imports *"
        case (
            ast.ImportFrom(module="unittest.mock") | ast.Import(names=[ast.alias("unittest.mock")])
        ):
            return "replaces parts of other modules"
        case ast.ImportFrom(names=names) | ast.Import(names=names) if any(
            alias.name in ("import_module", "importlib") and alias.asname for alias in names
        ):
            return "renames import_module"
        case ast.Call(func=ast.Name(id=name)) if name in CALLS:
            return f"calls {name}"
        case ast.Call(func=ast.Attribute(attr=name)) if name in CALLS - {"eval"}:
            return f"calls {name}"
        case ast.Attribute(value=ast.Name(id="sys"), attr="modules"):
            return "uses sys.modules"
        case ast.Attribute(attr=name) if name in ATTRIBUTES:
            return f"uses {name}"
        case ast.Attribute(ctx=ast.Store() | ast.Del()):
            base, _ = chain(node)
            if isinstance(base, ast.Name) and base.id in imported:
                return f"changes {ast.unparse(node)} from outside"
        case ast.Attribute(attr="__doc__") | ast.Name(id="__doc__"):
            return "reads a docstring"
        case ast.Attribute(attr=("getsource" | "getdoc" | "get_docstring") as name):
            return f"calls {name}"
    return None


def test_everything_can_be_followed():
    found = {}
    for file in sources():
        tree = ast.parse(file.read_text("utf-8"))
        lines = [f"line {line} {fault}" for line, fault in faults(tree)]
        if lines and file.name not in PROGRAMS:
            found[str(file.relative_to(ROOT))] = lines
    assert found.keys() == PLANNING | CACHE, found


@pytest.mark.parametrize(
    "source",
    [
        "from os import *",
        "from unittest.mock import patch",
        "from importlib import import_module as load",
        "globals()['x'] = 1",
        "vars(module)",
        "setattr(module, 'x', 1)",
        "import sys\nsys.modules['x']",
        "Base.__subclasses__()",
        "import naseval\nnaseval.b = 1",
        "from naseval.a import B\nB.c.d = 1",
        "from naseval.a import B\ndel B.c",
        "from naseval.a import B\nB.c += 1",
        "class A: ...\nA.x = 1",
        "import importlib\nimportlib.reload(x)",
        "print(A.__doc__)",
    ],
)
def test_what_cannot_be_followed_is_found(source):
    assert list(faults(ast.parse(source)))

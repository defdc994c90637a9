"""How the rules are written: names, imports, what targets say."""

import re

import pytest

from paths import ROOT

FILES = [ROOT / "Snakefile", *sorted(ROOT.glob("workflow/rules/*.smk"))]
RULE = re.compile(
    r"^ *(?:use )?(?:rule|checkpoint)(?: (\w+)(?: as \w+ with)?)?:\n((?:(?: +.*)?\n)*)",
    re.MULTILINE,
)
IMPORT = re.compile(r"^(?:from [\w.]+ )?import (.+)$", re.MULTILINE)
OWN = {"runs": "run", "searches": "search"}
"""Rules of generated names, by what these begin with, and the rule whose script they share."""


def code(path):
    """Return a file without comments and texts, imports in one line each."""
    text = re.sub(r'"""(?:.|\n)*?"""|#.*|"[^"\n]*"', "", path.read_text())
    return re.sub(r"\(\n((?: +\w+(?: as \w+)?,\n)+)\)", lambda m: re.sub(r"\s+", " ", m[1]), text)


def imported(text):
    """Return the names that a file imports."""
    parts = [part for names in IMPORT.findall(text) for part in names.split(",")]
    return {part.split(" as ")[-1].strip() for part in parts} - {""}


def test_a_script_is_named_as_its_rule():
    found = {}
    for path in FILES:
        for name, body in RULE.findall(path.read_text()):
            if script := re.search(r"scripts/(\w+)\.py", body):
                generated = re.search(r'f"(\w+)_\{', body)
                found[name or OWN[generated[1]]] = script[1]
    assert found == {name: name for name in found}
    assert set(found) == {path.stem for path in ROOT.glob("workflow/scripts/*.py")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_name_is_imported_where_it_is_used(path):
    everywhere = set().union(*(imported(code(file)) for file in FILES))
    here = imported(code(path))
    text = IMPORT.sub("", code(path))
    # Directives and rules are called like some modules; what is imported is never followed by ":".
    used = {name for name in everywhere if re.search(rf"(?<![\w.]){name}\b(?! ?=[^=])(?!:)", text)}
    assert used - here == set()

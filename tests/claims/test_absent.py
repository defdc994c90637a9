"""Why a claim can't be computed is a value: no exception's text reaches the ledger.

The digest of code leaves out the literal text of `raise` statements. A result that held such a
text would not be made again when the text changes.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from naseval.claims.absent import Absent, AbsentError, lacking, or_absent
from naseval.claims.catalogue import catalogue
from naseval.claims.ledger import Sources, ledger
from naseval.claims.rules._rule import all_rules
from naseval.claims.tables import Tables
from paths import ROOT

SOURCES = sorted((ROOT / "src" / "naseval" / "claims").rglob("*.py"))


def nodes(path: Path, kind: type[ast.AST]) -> Iterator[ast.AST]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, kind))


@or_absent
def half(number: int) -> int:
    if number % 2:
        lacking(f"{number} is odd")
    return number // 2


def test_a_function_returns_its_result_or_what_is_absent() -> None:
    assert half(4) == 2
    assert half(3) == Absent("3 is odd")


def test_the_exception_has_no_text() -> None:
    with pytest.raises(AbsentError) as caught:
        lacking("there are no runs")
    assert str(caught.value) == ""
    assert caught.value.args == ()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_raise_words_a_reason_and_no_handler_reads_a_text(path: Path) -> None:
    for raised in nodes(path, ast.Raise):
        texts = [part for part in ast.walk(raised) if isinstance(part, ast.Constant)]
        assert not texts, f"{path.name}:{raised.lineno} words a reason; call `lacking` with it"
    for handler in nodes(path, ast.ExceptHandler):
        uses = sum(isinstance(n, ast.Name) and n.id == handler.name for n in ast.walk(handler))
        absents = sum(
            isinstance(n, ast.Attribute)
            and n.attr == "absent"
            and isinstance(n.value, ast.Name)
            and n.value.id == handler.name
            for n in ast.walk(handler)
        )
        assert uses == absents, f"{path.name}:{handler.lineno} uses more than what is absent"


def test_the_ledger_gives_the_reasons() -> None:
    rows = ledger(Sources(Tables({}))).to_pandas().set_index("id")
    for claim in catalogue():
        if claim.id in all_rules():
            why = rows.loc[claim.id, "why"]
            assert why.startswith("It can't be computed: there is no table of ")

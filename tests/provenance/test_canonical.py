"""The text of a definition: what is computed, and nothing of what is said."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naseval.provenance.canonical import canonical

GOLDEN = Path(__file__).parent / "golden"
LOGGERS = ("log", "logging", "warnings")


def text(source, fields=("Field",)):
    return canonical(ast.parse(source).body, LOGGERS, fields).text


def test_every_kind_of_syntax_has_the_text_that_it_has_under_any_python():
    """The expected text was made under Python 3.11 and found under 3.12, 3.13 and 3.14."""
    source = (GOLDEN / "syntax.py.txt").read_text(encoding="utf-8")
    lines = [text(ast.unparse(one)) for one in ast.parse(source).body]
    direct = [canonical([one], LOGGERS, ("Field",)).text for one in ast.parse(source).body]
    expected = (GOLDEN / "syntax.expected.txt").read_text(encoding="utf-8").splitlines()
    assert direct == expected
    assert lines == expected


def test_the_golden_source_has_every_kind_of_node():
    source = ast.parse((GOLDEN / "syntax.py.txt").read_text(encoding="utf-8"))
    found = {type(node).__name__ for node in ast.walk(source)}
    newer = {"TypeAlias", "TypeVar", "TypeVarTuple", "ParamSpec", "TemplateStr", "Interpolation"}
    abstract = {kind.__name__ for kind in ast.AST.__subclasses__()}
    unused = {"Expression", "FunctionType", "Interactive", "TypeIgnore", "Module"}
    kinds = {
        name
        for name, kind in vars(ast).items()
        if isinstance(kind, type) and issubclass(kind, ast.AST) and kind.__doc__
    }
    deprecated = {"AugLoad", "AugStore", "Param", "Suite", "Index", "ExtSlice", "AST", "slice"}
    deprecated |= {"Num", "Str", "Bytes", "NameConstant", "Ellipsis"}
    assert kinds - abstract - newer - unused - deprecated - found == set()


SAME = [
    ("x = 1", "x  =  (1)  # one"),
    ("def f():\n    return 1", "def f():\n    '''Return.'''\n    return 1"),
    ("def f():\n    return 1", "def f():\n    pass\n    'why'\n    return 1"),
    ("class A: ...", "class A:\n    '''Doc.'''"),
    ("x = 'a' 'b'", "x = 'ab'"),
    ("x = 'a'", 'x = u"a"'),
    ("x = f'a'", "x = 'a'"),
    ("x = f'a{y}' 'b'", "x = f'a{y}b'"),
    ("raise E('a')", "raise E('b')"),
    ("raise E('a')", "raise E(f'b')"),
    ("raise E(f'a {x}')", "raise E(f'b {x} c')"),
    ("raise E('a %s' % x)", "raise E('b %s' % x)"),
    ("raise E('a' if x else 'b')", "raise E('c' if x else 'd')"),
    ("assert x, 'a'", "assert x, 'b'"),
    ("log.info('a %s', x)", "log.info('b %s', x)"),
    ("logging.error('a')", "logging.error('b')"),
    ("warnings.warn('a', W)", "warnings.warn('b', W)"),
    ("x: int = Field(1, description='a')", "x: int = Field(1, description='b')"),
    ("x: int = Field(1, description='a')", "x: int = Field(1)"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_these_are_the_same(one, other):
    assert text(one) == text(other)


DIFFERENT = [
    ("x = 1", "x = 1.0"),
    ("x = 1", "x = True"),
    ("x = 'a'", "x = b'a'"),
    ("x = 0.0", "x = -0.0"),
    ("x = f'{y}'", "x = '{y}'"),
    ("x = f'{y}'", "x = f'{y!r}'"),
    ("x = f'{y}'", "x = f'{y:1}'"),
    ("raise E('a')", "raise F('a')"),
    ("raise E('a')", "raise E()"),
    ("raise E('a')", "raise E(1)"),
    ("raise E('a')", "raise E('a') from e"),
    ("raise E(f'a {x}')", "raise E(f'a {y}')"),
    ("raise E(f'a {x}')", "raise E(f'a {x:.1f}')"),
    ("raise E(f'{x[1]}')", "raise E(f'{x[2]}')"),
    ("raise E(f\"{x['a']}\")", "raise E(f\"{x['b']}\")"),
    ("raise E(f('a'))", "raise E(f('b'))"),
    ("raise E('%s' % 'a')", "raise E('%s' % 'b')"),
    ("raise E(code='a')", "raise E(code='b')"),
    ("raise E", "raise E()"),
    ("log.info('a', x)", "log.info('a', y)"),
    ("log.info('a')", "log.error('a')"),
    ("x = log.info('a')", "x = log.info('b')"),
    ("other.info('a')", "other.info('b')"),
    ("log.setLevel('a')", "log.setLevel('b')"),
    ("Field(title='a')", "Field(title='b')"),
    ("f(description='a')", "f(description='b')"),
    ("x: int", "x: str"),
    ("def f(x, /): ...", "def f(x): ..."),
    ("def f(*, x): ...", "def f(x): ..."),
    ("def f(*, x, y=1): ...", "def f(*, x=1, y): ..."),
    ("{**a, 'b': 1}", "{'b': 1, **a}"),
    ("match x:\n    case None: f()", "match x:\n    case True: f()"),
    ("if x:\n    f()", "if x:\n    pass\nelse:\n    f()"),
    ("for x in y:\n    f()\nelse:\n    g()", "for x in y:\n    f()\n    g()"),
    ("def f(): yield x", "def f(): return x"),
    ("from a import b", "from .a import b"),
    ("x[1]", "x[1:]"),
    ("x = [1]", "x = (1,)"),
    ("'a' < x < 'b'", "'a' < x > 'b'"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_these_differ(one, other):
    assert text(one) != text(other)


@given(st.text(), st.text())
def test_texts_are_told_apart(one, other):
    assert (text(f"x = {one!r}") == text(f"x = {other!r}")) == (one == other)


@given(
    st.recursive(
        st.integers() | st.floats(allow_nan=False) | st.text() | st.booleans(),
        lambda inner: st.lists(inner) | st.tuples(inner, inner),
    )
)
def test_what_a_text_says_can_be_read_back(value):
    """Unparsed and parsed again, code has the same text; the text has no character but ASCII."""
    tree = ast.parse(f"x = {value!r}")
    assert text(ast.unparse(tree)) == text(f"x = {value!r}")
    assert text(f"x = {value!r}").isascii()


def test_a_local_name_is_no_logger():
    """Where a function has a parameter called `log`, what it says may be data."""
    source = "def f(log):\n    log.info({!r})"
    one, other = (canonical(ast.parse(source.format(word)).body, ()).text for word in "ab")
    assert one != other


def test_descriptions_are_returned_apart():
    source = "class A:\n    x: int = Field(1, description='a' 'b')\n    y: int = Field(2)"
    assert canonical(ast.parse(source).body, (), ("Field",)).descriptions == ("'ab'",)

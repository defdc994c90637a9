"""Which definitions a name leads to."""

import pytest

from naseval.errors import NasevalError

LOW = "def low():\n    return LIMIT\n\n\nLIMIT = 1\n\n\ndef other():\n    return 2\n"


@pytest.mark.parametrize(
    "script",
    [
        "from naseval.low import low\nlow()",
        "from naseval.low import low as deep\ndeep()",
        "import naseval.low\nnaseval.low.low()",
        "import naseval.low as deep\ndeep.low()",
        "from naseval import low\nlow.low()",
        "from naseval import low as deep\ndeep.low.__name__",
        "def go():\n    from naseval.low import low\n    return low()",
        "def go():\n    import naseval.low\n    return naseval.low.low()",
        "def go():\n    def within():\n        return low()\n    from naseval.low import low",
        "from naseval.low import low\nx = [low() for low in range(3)] or low",
        "from naseval.low import low\nx = [y for low in low() for y in low]",
        "from naseval.low import low\nclass A:\n    low = low()",
        "from naseval.low import low\nclass A:\n    x: 'list[low]'",
        "from naseval.low import low\ndef f(x=low): ...",
        "from naseval.low import low\ndef f(x: low): ...",
        "from naseval.low import low\ndef f() -> 'low': ...",
        "from naseval.low import low\nf'{low()}'",
        "from naseval.low import low\nf'{3:{low()}}'",
        "from naseval.low import low\nmatch 3:\n    case low.x: pass",
        "from naseval.low import low\nlambda y=low: y",
        "from naseval.low import low\ndef f():\n    return (lambda low: low)(low)",
        "from naseval.low import low\ntry: pass\nexcept low: pass",
        "from naseval.low import low\n@low\nclass A: pass",
        "from naseval.low import low\nclass A(metaclass=low): pass",
        "from naseval.low import low\nlow.attribute = 3",
        "from naseval.low import low\nraise ValueError(f'no {low()}')",
        "try:\n    from naseval.low import low\nexcept ImportError:\n    low = None\nlow()",
        "class A:\n    from naseval.low import low",
        "from naseval.low import low\ndef f():\n    class low: pass\ndef g(): return low",
    ],
)
def test_each_way_to_import_leads_to_the_definition_alone(toy, script):
    toy.write(low=LOW)
    assert toy.names(script=script) == {"low:low", "low:LIMIT"}


@pytest.mark.parametrize(
    "script",
    [
        "from naseval.low import low\ndef f(low): return low",
        "from naseval.low import low\ndef f():\n    for low in range(3): low",
        "from naseval.low import low\ndef f():\n    with open('x') as low: low",
        "from naseval.low import low\ndef f():\n    [low for low in 'abc']",
        "from naseval.low import low\ndef f():\n    import low\n    low.x",
        "from naseval.low import low\ndef f():\n    match 3:\n        case low: low",
        "from naseval.low import low\ndef f():\n    try: pass\n    except E as low: low",
        "from naseval.low import low\ndef f():\n    (low := 3)\n    return low",
        "from naseval.low import low\nlambda low: low",
    ],
)
def test_a_local_name_leads_nowhere(toy, script):
    toy.write(low=LOW)
    assert toy.names(script=script) == set()


@pytest.mark.parametrize(
    "script",
    [
        "from naseval import low\ngetattr(low, 'low')",
        "from naseval import low\nprint(low)",
        "import naseval.low as deep\nx = {'a': deep}",
        "from naseval import low\nlow.__dict__['low']",
        "from naseval import low\nlow.LIMIT = 3",
        "from naseval import low\nlow.unknown",
        "from naseval import low\nfor low.LIMIT in range(3): pass",
    ],
)
def test_a_module_used_as_an_object_counts_whole(toy, script):
    toy.write(low=LOW)
    assert toy.names(script=script) >= {"low:low", "low:LIMIT", "low:other"}


def test_a_function_that_changes_a_global_reaches_it(toy):
    toy.write(low="X = 1\n\n\ndef low():\n    global X\n    X = 2\n")
    assert toy.names(script="from naseval.low import low\nlow()") == {"low:low", "low:X"}


def test_names_are_followed_through_what_hands_them_on(toy):
    toy.write(
        low=LOW,
        middle="from naseval.low import low as handed\n",
        top="from .middle import handed\n",
    )
    script = "from naseval import top\ntop.handed()"
    assert toy.names(script=script) == {"low:low", "low:LIMIT"}
    before = toy.digest(script=script)
    toy.edit("middle.py", "import low as", "import other as")
    assert toy.names(script=script) == {"low:other"}
    assert toy.digest(script=script) != before


def test_what_a_name_stands_for_counts_where_the_same_definitions_are_reached(toy):
    toy.write(low="def a():\n    return 1\n\n\ndef b():\n    return 2\n")
    script = "from naseval.user import first\nfirst()"
    swapped = (
        "from naseval.low import {} as one, {} as two\n\n\ndef first():\n    return one, two\n"
    )
    digests = set()
    for names in (("a", "b"), ("b", "a")):
        toy.write(user=swapped.format(*names))
        assert toy.names(script=script) == {"low:a", "low:b", "user:first"}
        digests.add(toy.digest(script=script))
    assert len(digests) == 2


def test_what_a_name_of_a_library_stands_for_counts(toy):
    text = "from scipy.stats import {} as tau\n\n\ndef f():\n    return tau(1)\n"
    digests = set()
    for name in ("kendalltau", "weightedtau"):
        toy.write(low=text.format(name))
        digests.add(toy.digest(script="from naseval.low import f\nf()"))
    assert len(digests) == 2


STUB = {
    "__init__": "import lazy_loader as lazy\n\n"
    "__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)\n",
    "low": LOW,
}


@pytest.mark.parametrize(
    ("stub", "script"),
    [
        ("from .low import low as low\n", "from naseval import low\nlow()"),
        ("from .low import low\n", "import naseval\nnaseval.low()"),
        ("from naseval.low import low as deep\n", "import naseval as n\nn.deep()"),
        ("from . import low\n", "import naseval\nnaseval.low.low()"),
    ],
)
def test_names_are_followed_through_a_stub(toy, stub, script):
    toy.write(**STUB).put("__init__.pyi", stub)
    assert toy.names(script=script) == {"low:low", "low:LIMIT"}


def test_a_module_that_a_stub_loads_is_imported(toy):
    toy.write(**STUB).put("__init__.pyi", "from .low import low\n")
    toy.put("low.py", LOW + "\nprint(LIMIT)\n")
    assert "low:<effects>" in toy.names(script="import naseval\nnaseval.low()")
    assert "low:<effects>" not in toy.names(script="import naseval")


def test_a_missing_stub_is_one_sentence(toy):
    toy.write(**STUB)
    with pytest.raises(NasevalError, match=r"__init__\.pyi"):
        toy.names(script="import naseval\nnaseval.low()")


def test_a_whole_package_hands_on_what_it_imports(toy):
    toy.write(
        method____init__="from naseval.method.search import low\n",
        method__search=LOW,
    )
    assert toy.names("naseval.method") == {"method.search:low", "method.search:LIMIT"}


def test_a_package_used_as_an_object_has_its_imported_modules(toy):
    toy.write(part____init__="", part__low=LOW, part__never="X = 1\n")
    script = "import naseval.part.low\nfrom naseval import part\nprint(part)"
    assert toy.names(script=script) == {"part.low:low", "part.low:LIMIT", "part.low:other"}


def test_a_branch_for_type_checkers_never_runs(toy):
    toy.write(low=LOW, high="print(1)\n")
    script = (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from naseval import high\n"
        "else:\n    from naseval.low import other\ndef f(x: 'high.X'): return other\n"
    )
    assert toy.names(script=script) == {"low:other"}


def test_a_class_counts_whole_with_its_bases(toy):
    toy.write(
        low="class Base:\n    def used(self):\n        return helper()\ndef helper(): ...\n",
        high="from naseval.low import Base\n\n\nclass Child(Base):\n    x: int = 1\n",
    )
    script = "from naseval.high import Child\nChild.x"
    assert toy.names(script=script) == {"high:Child", "low:Base", "low:helper"}


def test_all_statements_of_a_name_count_together(toy):
    toy.write(low="import sys\nX = 1\nif sys.platform == 'linux': X = 2\nfor X in (3, 4): ...\n")
    script = "from naseval.low import X\nX"
    digests = {toy.digest(script=script)}
    for old, new in (("X = 1", "X = 9"), ("X = 2", "X = 8"), ("linux", "darwin"), ("3, 4", "3")):
        toy.edit("low.py", old, new)
        digests.add(toy.digest(script=script))
    assert len(digests) == 5


def test_imports_in_a_circle_end(toy):
    toy.write(
        a="from naseval.b import x\n\n\ndef f():\n    return x()\n",
        b="from naseval.a import f\n\n\ndef x():\n    return f()\n",
        c="from naseval.d import nothing\n",
        d="from naseval.c import nothing\n",
    )
    assert toy.names(script="from naseval.a import f\nf()") == {"a:f", "b:x"}
    assert toy.names(script="from naseval.c import nothing\nnothing()") == set()


def test_star_imports_are_one_sentence(toy):
    toy.write(low="from os import *\n")
    with pytest.raises(NasevalError, match=r"low\.py:1 imports \*"):
        toy.names(script="import naseval.low")

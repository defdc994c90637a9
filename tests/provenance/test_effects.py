"""Statements that have effects count wherever an import reaches them."""

import pytest

from naseval.errors import NasevalError

DEFINITION = "def low():\n    return 1\n"
SCRIPT = "from naseval.low import low\nlow()"


@pytest.mark.parametrize(
    "effect",
    [
        "print(TABLE)",
        "TABLE['a'] = 1",
        "TABLE.x = 1",
        "TABLE += [1]",
        "del TABLE",
        "x = TABLE.y = 1",
        "for x in TABLE:\n    print(x)",
        "if TABLE:\n    TABLE.clear()",
        "while TABLE:\n    TABLE.pop()",
        "with TABLE as x:\n    pass",
        "try:\n    TABLE.x = 1\nexcept E:\n    pass",
        "match 3:\n    case 3:\n        print(TABLE)",
        "raise ValueError(TABLE)",
        "assert TABLE",
        "@register\ndef f(): return TABLE",
        "@register\nclass A: x = TABLE",
        "@low.register\ndef f(): return TABLE",
        "class A(metaclass=Meta): x = TABLE",
        "class A(Base, key=1): x = TABLE",
        "class A(Hooked): x = TABLE",
        "class A(Below): x = TABLE",
        "class A:\n    register(TABLE)",
        "class A:\n    @register\n    def f(self): return TABLE",
        "class A:\n    TABLE['x'] = 1",
        "if True:\n    @register\n    def f(): return TABLE",
    ],
)
def test_effects_count_with_what_they_reach(toy, effect):
    toy.write(
        low=DEFINITION,
        above="TABLE = []\n\n\nclass Hooked:\n    def __init_subclass__(cls): ...\n\n\n"
        "class Below(Hooked): ...\n\n\ndef register(x):\n    TABLE.append(x)\n",
        effects=f"from naseval.above import Below, Hooked, TABLE, register\n{effect}\n",
        between="import naseval.effects\n",
    )
    toy.edit("low.py", "def low", "import naseval.between\n\n\ndef low")
    assert "above:TABLE" in toy.names(script=SCRIPT)
    before = toy.digest(script=SCRIPT)
    toy.edit("above.py", "TABLE = []", "TABLE = [1]")
    assert toy.digest(script=SCRIPT) != before


@pytest.mark.parametrize(
    "definition",
    [
        "X = TABLE",
        "X: int = TABLE",
        "X, (Y, *Z) = TABLE",
        "def f(x=TABLE): return TABLE",
        "class A(list): x = TABLE",
        "class A(Base): x: int = TABLE",
        "@dataclass(frozen=True)\nclass A: x = TABLE",
        "@cache\ndef f(): return TABLE",
        "@functools.lru_cache(maxsize=None)\ndef f(): return TABLE",
        "@torch.no_grad()\ndef f(): return TABLE",
        "@wrapped\ndef f(): return TABLE",
        "class A:\n    x = TABLE\n    @property\n    def y(self): ...\n"
        "    @y.setter\n    def y(self, z): ...",
        "if TABLE:\n    X = 1\nelse:\n    X = 2",
        "for X in TABLE:\n    Y = X",
        "try:\n    import nothing\nexcept ImportError:\n    nothing = TABLE",
        "if __name__ == '__main__':\n    print(TABLE)",
        "'''TABLE'''",
    ],
)
def test_definitions_that_nobody_uses_do_not_count(toy, definition):
    toy.write(
        low=f"from naseval.between import unused\n{DEFINITION}",
        above="import functools\nTABLE = []\n\n\nclass Base: ...\n\n\ndef wrapped(f):\n"
        "    @functools.wraps(f)\n    def g():\n        return TABLE\n    return g\n",
        between="import functools\nimport torch\nfrom dataclasses import dataclass\n"
        f"from functools import cache\nfrom naseval.above import *\n{definition}\n".replace(
            "*", "Base, TABLE, wrapped", 1
        ),
    )
    assert toy.names(script=SCRIPT) == {"low:low"}


def test_effects_of_parents_and_of_imports_inside_functions_count(toy):
    toy.write(
        __init__="print(1)\n",
        part____init__="print(2)\n",
        part__low="def low():\n    import naseval.late\n",
        late="print(3)\n",
        never="print(4)\n",
        unused="def go():\n    import naseval.never\n",
    )
    script = "import naseval.unused\nfrom naseval.part.low import low\nlow()"
    names = toy.names(script=script)
    assert names == {"naseval:<effects>", "part:<effects>", "part.low:low", "late:<effects>"}


COMPUTED = "from importlib import import_module\n\n\ndef get(name):\n    return {}\n"


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        ("import_module(f'naseval.part.{name}')", True),
        ("import_module('naseval.part.' + name)", True),
        ("import_module(f'{__package__}.part.{name}')", True),
        ("import_module('naseval.part.inner')", True),
        ("import_module(name)", True),
        ("[import_module(one) for one in name]", True),
        ("list(map(import_module, name))", True),
        ("__import__(f'naseval.part.{name}')", True),
        ("import_module(f'naseval.other.{name}')", False),
        ("import_module(f'{__name__}.{name}')", False),
        ("import_module(f'.{name}', 'naseval')", False),
    ],
)
def test_a_computed_import_needs_a_module_that_it_can_be(toy, expression, fits):
    toy.write(low=COMPUTED.format(expression), part__inner="X = 1\n", other____init__="")
    script = "from naseval.low import get\nget('inner')"
    with pytest.raises(NasevalError, match=r"low\.py:\d+ \(get\) imports a module by a computed"):
        toy.names(script=script)
    if fits:
        assert "part.inner:X" in toy.names("naseval.part.inner", script=script)
    else:
        with pytest.raises(NasevalError, match="computed"):
            toy.names("naseval.part.inner", script=script)


def test_naming_a_package_says_that_none_of_its_modules_is_imported(toy):
    text = COMPUTED.format("import_module(f'naseval.part.{name}')")
    toy.write(low=text, part__inner="X = 1\n")
    script = "from naseval.low import get\nget('inner')"
    assert toy.names("naseval.part", script=script) == {"low:get"}


def test_a_computed_import_that_is_not_reached_is_none(toy):
    toy.write(low=COMPUTED.format("import_module(name)") + DEFINITION)
    assert toy.names(script=SCRIPT) == {"low:low"}


def test_an_unknown_module_is_one_sentence(toy):
    with pytest.raises(NasevalError, match=r"no module naseval\.nowhere"):
        toy.names("naseval.nowhere")
    toy.write(low="def low():\n    from naseval.nowhere import x\n    return x\n")
    with pytest.raises(NasevalError, match=r"naseval\.nowhere"):
        toy.names(script=SCRIPT)


def test_what_is_no_python_is_one_sentence(toy):
    toy.write(low="def low(:\n")
    with pytest.raises(NasevalError, match=r"low\.py:1 is not Python"):
        toy.names(script=SCRIPT)

"""Digests of code: what changes them and what does not."""

import time

import pytest

from naseval import provenance
from naseval.errors import NasevalError
from naseval.provenance import code_digest

FILES = {
    "__init__.py": '"""A package."""\n',
    "low.py": "def low():\n    return 1\n",
    "high.py": '"""High."""\nfrom naseval.low import low\n\n\ndef high():\n'
    '    """Go."""\n    return low()\n',
    "other.py": "def other():\n    return 2\n",
    "part/__init__.py": "",
    "part/inner.py": "import naseval.high\n",
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(provenance, "SOURCE", tmp_path)
    provenance._find.cache_clear()
    yield tmp_path
    provenance._find.cache_clear()


def edit(package, name, old, new):
    path = package / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("high.py", '"""Go."""', '"""Go at once."""'),
        ("high.py", '"""High."""', "# nothing"),
        ("high.py", "def high():", "# a comment\ndef high( ):"),
        ("low.py", "return 1", "return (\n        1\n    )"),
        ("other.py", "return 2", "return 3"),
    ],
)
def test_these_changes_do_not_count(package, name, old, new):
    before = code_digest("naseval.part.inner")
    edit(package, name, old, new)
    assert code_digest("naseval.part.inner") == before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("low.py", "return 1", "return 2"),
        ("high.py", "return low()", "return -low()"),
        ("__init__.py", '"""A package."""', "SETTING = 1"),
        ("part/__init__.py", "", "SETTING = 1"),
    ],
)
def test_these_changes_count_however_far_below(package, name, old, new):
    before = code_digest("naseval.part.inner")
    edit(package, name, old, new)
    assert code_digest("naseval.part.inner") != before


def test_the_script_counts_with_what_it_imports(package, tmp_path):
    script = tmp_path / "rule.py"
    script.write_text("from naseval.other import other\n\nother()\n")
    before = code_digest("naseval.low", scripts=[script])
    edit(package, "other.py", "return 2", "return 3")
    changed = code_digest("naseval.low", scripts=[script])
    script.write_text("from naseval.other import other\n\nother(1)\n")
    assert len({before, changed, code_digest("naseval.low", scripts=[script])}) == 3


@pytest.mark.usefixtures("package")
def test_where_the_files_lie_does_not_count(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "rule.py").write_text("print(1)\n")
    first, second = (code_digest(scripts=[tmp_path / folder / "rule.py"]) for folder in "ab")
    assert first == second


@pytest.mark.usefixtures("package")
def test_an_unknown_module_is_one_sentence():
    with pytest.raises(NasevalError, match=r"no module naseval\.nowhere"):
        code_digest("naseval.nowhere")


def test_the_whole_package_is_digested_in_no_time():
    modules = [
        ".".join(["naseval", *path.relative_to(provenance.SOURCE).with_suffix("").parts])
        for path in provenance.SOURCE.rglob("*.py")
        if path.name != "__init__.py"
    ]
    seconds = []
    for _ in range(3):
        provenance._inspect_version.cache_clear()
        start = time.process_time()
        code_digest(*modules)
        seconds.append(time.process_time() - start)
    # About 0.3 s for 250 modules; each is read once per process.
    assert min(seconds) < 1.0, f"{len(modules)} modules took {min(seconds):.2f} s"


def test_circumstances_name_commit_and_versions():
    facts = provenance.circumstances(code="abc")
    assert facts["code"] == "abc"
    assert "pyarrow" in facts["versions"]
    assert {"commit", "dirty", "end"} <= facts.keys()

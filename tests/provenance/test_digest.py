"""Digests of code: what changes them and what does not, and what they cost."""

import ast
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from naseval import provenance
from naseval.errors import NasevalError
from naseval.provenance import code_digest, digest
from naseval.provenance.__main__ import main

ROOT = Path(__file__).parent.parent.parent
SEARCH = ROOT / "workflow/scripts/search.py"
METHOD = (
    "naseval.methods.darts.search",
    "naseval.methods.darts.settings",
    "naseval.spaces.darts.space",
)
SCRIPT = "from naseval.high import high\nhigh()\n"


@pytest.fixture
def package(toy):
    """Return a package of two modules, of which `SCRIPT` uses a part."""
    return toy.write(
        low="LIMIT = 1\n\n\ndef low():\n    return LIMIT\n\n\ndef other():\n    return 2\n",
        high='"""High."""\nimport logging\nfrom naseval.low import low\n\n'
        "log = logging.getLogger(__name__)\n\n\ndef high():\n"
        '    """Go."""\n    log.info("gone")\n    if not low():\n'
        '        raise ValueError(f"no {low()} is there")\n    return low()\n',
    )


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("high.py", '"""Go."""', '"""Go at once."""'),
        ("high.py", '"""High."""', "# nothing"),
        ("high.py", "def high():", "# a comment\ndef high( ):"),
        ("high.py", '"gone"', '"gone away"'),
        ("high.py", "is there", "can be found"),
        ("high.py", "import logging\n", "import logging\nimport os\n"),
        ("low.py", "return LIMIT", "return (\n        LIMIT\n    )"),
        ("low.py", "return 2", "return 3"),
        ("low.py", "LIMIT = 1\n", "LIMIT = 1\nNEW = 2\n"),
    ],
)
def test_these_changes_do_not_count(package, name, old, new):
    before = package.digest(script=SCRIPT)
    package.edit(name, old, new)
    assert package.digest(script=SCRIPT) == before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("low.py", "LIMIT = 1", "LIMIT = 2"),
        ("high.py", "return low()", "return -low()"),
        ("high.py", "ValueError", "KeyError"),
        ("high.py", "{low()}", "{low() + 1}"),
        ("high.py", "log.info", "log.error"),
        ("high.py", "log = ", "print(1)\nlog = "),
        ("__init__.py", "", "print(1)\n"),
        ("high.py", "import logging\n", "from __future__ import annotations\nimport logging\n"),
    ],
)
def test_these_changes_count(package, name, old, new):
    before = package.digest(script=SCRIPT)
    if old:
        package.edit(name, old, new)
    else:
        package.put(name, new)
    assert package.digest(script=SCRIPT) != before


def test_a_named_module_and_the_script_count_whole(package):
    assert package.names("naseval.low") == {"low:LIMIT", "low:low", "low:other"}
    digests = {package.digest(script=script) for script in ("x = 1", "x = 2", "x = 2\ny = x")}
    assert len(digests) == 3


def test_where_the_files_lie_and_when_they_were_written_does_not_count(package, tmp_path):
    scripts = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        scripts.append(tmp_path / folder / "rule.py")
        scripts[-1].write_text(SCRIPT)
        os.utime(scripts[-1], (len(scripts), len(scripts)))
    first, second = (code_digest(scripts=[one], source=package.source) for one in scripts)
    assert first == second


def test_the_order_in_which_modules_are_named_does_not_count(package):
    names = ("naseval.low", "naseval.high")
    assert package.digest(*names) == package.digest(*reversed(names))


def test_the_guard_itself_is_not_followed():
    """What only compares digests computes no result."""
    found = digest.explain(scripts=[ROOT / "workflow/scripts/study.py"])
    assert "naseval.provenance.circumstances:circumstances" in found
    assert not [name for name in found if name.startswith("naseval.provenance.digest")]


def test_other_descriptions_count_where_the_program_reads_them(toy):
    settings = (
        "from pydantic import BaseModel, Field\n\n\nclass Settings(BaseModel):\n"
        "    x: int = Field(1, description='{}')\n"
    )
    silent = "from naseval.settings import Settings\nSettings()"
    reading = f"{silent}.model_fields['x'].description"
    digests = []
    for word in ("one", "other"):
        toy.write(settings=settings.format(word))
        digests.append((toy.digest(script=silent), toy.digest(script=reading)))
    assert digests[0][0] == digests[1][0]
    assert digests[0][1] != digests[1][1]


FILES = {
    "data/table.csv": "1,2\n",
    "data/templates/page.html": '{% extends "base.html" %}{%- include "part.html" -%}',
    "data/templates/base.html": "<b>",
    "data/templates/part.html": "{% import 'macros.html' as m %}",
    "data/templates/macros.html": "",
    "data/templates/unused.html": "",
    "shared/style.css": "b {}",
}


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("files(__package__).joinpath('table.csv')", {"data/table.csv"}),
        ("Path(__file__).parent / 'templates' / 'part.html'", {"part", "macros"}),
        ("ENVIRONMENT.get_template('page.html')", {"page", "base", "part", "macros"}),
        ("PackageLoader('naseval.shared'), 'style.css'", {"shared/style.css"}),
        ("files('naseval') / 'shared/style.css'", {"shared/style.css"}),
        ("'style.css'", set()),
        ("'nothing.csv', 'x' * 3, '', '/', '\\0', 'a\\nb'", set()),
    ],
)
def test_files_count_that_a_literal_names(toy, text, files):
    for file, content in FILES.items():
        toy.put(file, content)
    toy.put("data/reading.py", f"def read():\n    return {text}\n")
    script = "from naseval.data.reading import read\nread()"
    wanted = {one if "/" in one else f"data/templates/{one}.html" for one in files} | {
        "data.reading:read"
    }
    assert toy.names(script=script) == wanted
    for one in wanted - {"data.reading:read"}:
        before = toy.digest(script=script)
        toy.put(one, toy.source.joinpath(one).read_text() + " ")
        assert toy.digest(script=script) != before


def test_a_template_taken_in_by_a_computed_name_is_one_sentence(toy):
    toy.put("templates/page.html", "{% include name %}").put("a.py", "PAGE = 'page.html'\n")
    with pytest.raises(NasevalError, match=r"page\.html takes in a template by a computed name"):
        toy.names("naseval.a")


def test_an_edited_file_is_read_anew(package):
    """Also where a module appears that was not there, and one goes."""
    before = package.digest(script=SCRIPT)
    package.put("high/__init__.py", "from naseval.low import other as high\n")
    assert package.names(script=SCRIPT) == {"low:other"}
    (package.source / "high/__init__.py").unlink()
    assert package.digest(script=SCRIPT) == before


@pytest.mark.parametrize("encoding", ["C", "POSIX", "en_US.ISO-8859-1"])
def test_the_locale_does_not_count(encoding):
    program = (
        "from naseval.provenance import code_digest\n"
        f"print(code_digest(*{METHOD!r}, scripts=[{str(SEARCH)!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", program],
        env={**os.environ, "LC_ALL": encoding, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == code_digest(*METHOD, scripts=[SEARCH])


def test_a_job_checks_its_code_in_little_more_than_reading_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where no digest is kept
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "src").rglob("*.py"))]

    def parse():
        for text in texts:
            ast.parse(text)

    def check():
        digest._CODE.clear()
        code_digest(*METHOD, scripts=[SEARCH])

    reading, checking = (min(seconds(what) for _ in range(3)) for what in (parse, check))
    # About as much; 0.2 s of an idle core for a search.
    assert checking < 3 * reading, f"{checking:.2f} s, and parsing the package {reading:.2f} s"


def seconds(call):
    start = time.process_time()
    call()
    return time.process_time() - start


def test_a_person_can_read_what_is_in_a_digest(capsys):
    assert main([str(SEARCH), *METHOD]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == sorted(lines)
    assert "search.py:<all>" in lines
    assert len(lines) > 100
    assert main([str(SEARCH), "naseval.nowhere"]) == 1
    assert "there is no module naseval.nowhere" in capsys.readouterr().err


def test_circumstances_name_commit_and_versions():
    facts = provenance.circumstances(code="abc")
    assert facts["code"] == "abc"
    assert "pyarrow" in facts["versions"]
    assert {"commit", "dirty"} <= facts.keys()

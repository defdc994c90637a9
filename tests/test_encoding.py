"""Text is read and written as UTF-8, whatever the locale of the machine."""

import ast

import pytest

from paths import ROOT

FILES = sorted([*ROOT.glob("src/**/*.py"), *ROOT.glob("workflow/scripts/*.py")])
OTHER_OPEN = {"Image", "os", "tarfile", "tar", "gzip"}
"""What has an `open` that opens no text."""


def opens_text(call):
    """Tell whether a call reads or writes text in an encoding of its own choice."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    given = {word.arg: word.value for word in call.keywords}
    if "encoding" in given:
        return False
    if name in ("read_text", "write_text", "FileHandler", "NamedTemporaryFile"):
        return True
    if name in ("run", "Popen", "check_output"):
        return given.keys() & {"text", "universal_newlines"} != set()
    if name != "open" or getattr(owner, "id", "") in OTHER_OPEN:
        return False
    modes = [*call.args[0 if owner else 1 :][:1], *filter(None, [given.get("mode")])]
    texts = [part.value for mode in modes for part in ast.walk(mode)
             if isinstance(part, ast.Constant)]  # fmt: skip
    return not (texts and all("b" in text for text in texts))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_text_file_has_a_stated_encoding(file):
    calls = [
        node
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and opens_text(node)
    ]
    assert [ast.unparse(call) for call in calls] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("path.read_text()", True),
        ("path.read_text(encoding='utf-8')", False),
        ("open(path)", True),
        ("open(path, 'rb')", False),
        ("path.open('w')", True),
        ("path.open('wb')", False),
        ("path.open()", True),
        ("Image.open(path)", False),
        ("logging.FileHandler(path)", True),
        ("subprocess.run(command, text=True)", True),
        ("subprocess.run(command)", False),
    ],
)
def test_the_check_knows_text(text, expected):
    assert opens_text(ast.parse(text, mode="eval").body) is expected

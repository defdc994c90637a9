"""Digests that are kept between plannings: always those of the code that lies there."""

import os
import shutil

import pytest

from naseval.provenance import code_digest, digest, remembered

SCRIPT = "from naseval.high import high\nhigh()\n"


@pytest.fixture
def package(toy, tmp_path, monkeypatch):
    """Return a package of one module in the place of this one, beside Snakemake's folder."""
    toy.write(high="LIMIT = 1\n\n\ndef high():\n    return LIMIT\n", low="X = 1\n")
    monkeypatch.setattr(digest, "SOURCE", toy.source)
    (tmp_path / ".snakemake").mkdir()
    monkeypatch.chdir(tmp_path)
    return toy


def asked(package, *modules, script=SCRIPT, name="rule.py"):
    return code_digest(*modules, scripts=[package.script(script, name)])


def kept():
    return sorted(path for path in remembered.FOLDER.rglob("*") if path.is_file())


@pytest.fixture
def uncomputed(monkeypatch):
    """Return a function after which no digest can be computed."""

    def refuse(*_args):
        raise AssertionError("a digest is computed that was kept")

    return lambda: monkeypatch.setattr(digest, "_lines", refuse)


def test_a_digest_is_computed_once(package, uncomputed):
    first = asked(package)
    assert first == package.digest(script=SCRIPT)
    assert len(kept()) == 1
    uncomputed()
    assert asked(package) == first


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("high.py", "LIMIT = 2\n\n\ndef high():\n    return LIMIT\n"),
        ("high/__init__.py", "def high():\n    return 3\n"),
        ("data.yaml", "x: 1\n"),
        ("low.py", "X = 1  # no matter\n"),
    ],
)
def test_other_content_is_another_question(package, file, text):
    """Whatever file appears or changes, the digest is the one that is computed for it."""
    asked(package)
    package.put(file, text)
    assert asked(package) == package.digest(script=SCRIPT)
    package.edit(file, text, text + "\n")
    assert asked(package) == package.digest(script=SCRIPT)


def test_script_and_modules_are_part_of_the_question(package):
    digests = [
        asked(package),
        asked(package, script=f"{SCRIPT}print(1)\n"),
        asked(package, name="other.py"),
        asked(package, "naseval.low"),
    ]
    assert len(set(digests)) == len(kept()) == 4


@pytest.mark.parametrize("damage", ["", "0" * 64, "\xff", None], ids=["empty", "bare", "byte", "x"])
def test_a_damaged_note_is_not_believed(package, damage):
    first = asked(package)
    (note,) = kept()
    text = note.read_text()
    note.write_bytes(
        damage.encode("latin-1")
        if damage is not None
        else text.replace(text[0], "0" if text[0] != "0" else "1", 1).encode()
    )
    assert asked(package) == first
    assert note.read_text() == text


def test_a_note_of_another_question_is_not_believed(package):
    first, other = asked(package), asked(package, "naseval.low")
    one, two = kept()
    shutil.copy(one, two)
    assert asked(package) == first
    assert asked(package, "naseval.low") == other


def test_only_the_last_state_of_the_package_is_kept(package):
    for number in range(3):
        package.put("low.py", f"X = {number}\n")
        asked(package)
        asked(package, "naseval.low")
    assert len(kept()) == 2


def test_nothing_is_kept_of_files_that_somebody_edits_meanwhile(package, monkeypatch):
    computed = digest._lines

    def edited(*args):
        found = computed(*args)
        path = package.source / "high.py"
        before = path.stat()
        path.write_text("LIMIT = 7\n\n\ndef high():\n    return LIMIT\n")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        return found

    monkeypatch.setattr(digest, "_lines", edited)
    asked(package)
    assert not kept()


def test_nothing_is_kept_without_snakemakes_folder_or_where_it_cannot_be_written(package):
    (remembered.FOLDER / remembered.KEPT).write_text("no folder")
    first = asked(package)
    shutil.rmtree(remembered.FOLDER)
    assert asked(package) == first
    assert not remembered.FOLDER.exists()


def test_a_package_with_a_linked_folder_is_always_computed(package):
    (package.source / "linked").symlink_to(package.folder, target_is_directory=True)
    assert asked(package) == package.digest(script=SCRIPT)
    assert not kept()

"""The authors' files are pinned, and nothing unverified gets through."""

import hashlib
import re
from pathlib import Path

import pytest

from naseval.errors import NasevalError
from naseval.published import raw_files as module
from naseval.published.raw_files import Form, RawFile, fetch, raw_files
from naseval.published.tables import TABLES

CONTENT = b"Random DARTS,DARTS\n97.05,97.47\n"
PATH = "Plots/data/performance/Tiny.csv"


def form(path: str, content: bytes) -> Form:
    return Form(path, len(content), hashlib.sha256(content).hexdigest())


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A repository of one file, whose address is a file that doesn't exist yet."""
    source = tmp_path / "upstream.csv"
    raw = RawFile(form(PATH, CONTENT), "nothing", source.as_uri(), form("derived/t.json", b"{}"))
    monkeypatch.setattr(module, "raw_files", lambda: {PATH: raw})
    monkeypatch.setattr(module, "PAUSES", (0, 0))
    monkeypatch.delenv(module.MIRROR_VARIABLE, raising=False)
    return source


def mirror_with(folder: Path, path: str, content: bytes) -> Path:
    place = folder / "mirror" / path
    place.parent.mkdir(parents=True)
    place.write_bytes(content)
    return folder / "mirror"


def test_every_file_is_pinned() -> None:
    assert len(raw_files()) == 28
    for path, raw in raw_files().items():
        assert raw.upstream.path == path
        assert re.fullmatch(r"[0-9a-f]{64}", raw.upstream.sha256)
        assert raw.url.endswith("/c2758da73192d408aad458768f26d3537dd78c40/" + path)


def test_every_file_feeds_a_table_and_every_table_names_known_files() -> None:
    needed = {
        path for name, table in TABLES.items() if name != "data_issues" for path in table.files
    }
    assert needed == set(raw_files())


def test_fetch_downloads(tiny: Path, tmp_path: Path) -> None:
    tiny.write_bytes(CONTENT)
    fetch(PATH, tmp_path / "target.csv")
    assert (tmp_path / "target.csv").read_bytes() == CONTENT


@pytest.mark.parametrize(("path", "content"), [(PATH, CONTENT), ("derived/t.json", b"{}")])
@pytest.mark.usefixtures("tiny")
def test_fetch_takes_either_form_from_a_mirror(path: str, content: bytes, tmp_path: Path) -> None:
    fetch(PATH, tmp_path / "target", mirror_with(tmp_path, path, content))
    assert (tmp_path / "target").read_bytes() == content


@pytest.mark.usefixtures("tiny")
def test_environment_goes_before_the_configuration(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mirror = mirror_with(tmp_path, PATH, CONTENT)
    monkeypatch.setenv(module.MIRROR_VARIABLE, str(mirror))
    fetch(PATH, tmp_path / "target", tmp_path / "elsewhere")
    assert (tmp_path / "target").read_bytes() == CONTENT


@pytest.mark.usefixtures("tiny")
def test_mirror_with_another_file_is_refused(tmp_path: Path) -> None:
    mirror = mirror_with(tmp_path, PATH, CONTENT.replace(b"97.47", b"99.99"))
    with pytest.raises(NasevalError, match=r"Tiny\.csv is not the file .* sha256 differs"):
        fetch(PATH, tmp_path / "target", mirror)
    assert not (tmp_path / "target").exists()


def test_download_of_another_file_is_refused(tiny: Path, tmp_path: Path) -> None:
    tiny.write_bytes(CONTENT + b"more\n")
    with pytest.raises(NasevalError, match="sha256 differs"):
        fetch(PATH, tmp_path / "target")
    assert not (tmp_path / "target").exists()


def test_offline_is_one_sentence_with_address_variable_and_mend(tiny: Path, tmp_path: Path) -> None:
    with pytest.raises(NasevalError) as caught:
        fetch(PATH, tmp_path / "target")
    message = str(caught.value)
    assert tiny.as_uri() in message
    assert "NASEVAL_PUBLISHED" in message
    assert "connect to the network" in message
    assert "\n" not in message


@pytest.mark.usefixtures("tiny")
def test_mirror_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NasevalError, match=r"published\.mirror"):
        fetch(PATH, tmp_path / "target", tmp_path / "nowhere")


@pytest.mark.usefixtures("tiny")
def test_unknown_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NasevalError, match="none of the authors' files"):
        fetch("../../secret", tmp_path / "target")

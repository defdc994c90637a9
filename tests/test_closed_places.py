"""A place that the user may not enter is named in one sentence, and is not taken for damage."""

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from closed import closed
from data_folders import SHARES
from naseval import records
from naseval.__main__ import main
from naseval.checks import folders
from naseval.config import load_config
from naseval.data.archives import FOLDER_VARIABLE, check_archive, fetch_archive
from naseval.data.formats.members import file_names
from naseval.data.own_images import bytes_of, check_own, count_own, state_of
from naseval.data.store import read_array
from naseval.errors import ConfigError, NasevalError
from naseval.files import reading
from naseval.json_files import read_json
from naseval.printed.reading import read_genotypes
from naseval.settings.dataset import Dataset
from naseval.settings.validation import merged, validated
from naseval.training.checkpoint import Checkpoint


@pytest.fixture
def place(monkeypatch):
    """Return a folder with one file. Unlike `tmp_path`, it lies where every user may look."""
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        inner = Path(folder, "inner")
        inner.mkdir()
        (inner / "file").write_text("content", encoding="utf-8")
        yield inner


def mine(path):
    fields = {"label": "Mine", "source": "folder", "path": str(path), "images": "small"}
    fields |= {"image_size": 8, "classes": 2, "split": SHARES, "channels": "computed"}
    return validated(Dataset, fields, "datasets.mine")


def fetch(folder):
    target = folder.parent / "target"
    fetch_archive("mit67", "file", target, folder=str(folder), lock=folder.parent / "lock")


READERS = {
    "genotypes": lambda place: read_genotypes(place / "file", "darts"),
    "a folder of genotypes": lambda place: read_genotypes(place, "darts"),
    "the state of images": lambda place: state_of(place / "images", place.parent / "no.parquet"),
    "the state of a folder": lambda place: state_of(place, place.parent / "no.parquet"),
    "the state of a folder above": lambda place: state_of(place.parent, place.parent / "no"),
    "the size of images": lambda place: bytes_of(place / "images"),
    "the names of images": lambda place: check_own("mine", mine(place / "images")),
    "the number of images": lambda place: count_own("mine", mine(place / "images")),
    "an archive": lambda place: file_names(place / "file"),
    "a folder of files": file_names,
    "an archive's folder": lambda place: fetch(place / "archives"),
    "a folder of archives": fetch,
    "archives": lambda place: check_archive("mit67", place, place.parent / "lock"),
    "a table": lambda place: records.read(place / "file"),
    "an array": read_array,
    "a checkpoint": lambda place: Checkpoint(place / "file", "abc").load(),
    "a JSON file": lambda place: read_json(place / "file"),
}


@pytest.mark.parametrize("name", READERS)
def test_a_closed_folder_is_named(place, name):
    with (
        closed(place),
        pytest.raises(NasevalError, match=r"could not be read \(.*ermission denied") as error,
    ):
        READERS[name](place)
    assert str(place) in str(error.value)
    assert "\n" not in str(error.value)
    assert not any(word in str(error.value) for word in ("damaged", "truncated", "delete it and"))


def test_a_closed_file_is_named(place):
    readers = {
        "file": lambda file: read_genotypes(file, "darts"),
        "t.parquet": records.read,
        "a.tar": file_names,
        "indoorCVPR_09.tar": lambda file: check_archive("mit67", file.parent, place / "lock"),
    }
    records.write(place / "t.parquet", pa.table({"epoch": [1]}), {})
    for name in ("a.tar", "indoorCVPR_09.tar"):
        (place / name).write_bytes(b"x")
    place.chmod(0o755)
    for name, read in readers.items():
        with closed(place / name), pytest.raises(NasevalError, match=rf"{name} could not be read"):
            read(place / name)


def test_closed_folders_of_the_configuration_are_named(paper, place):
    config = load_config(
        merged(paper, {"archives": str(place / "inside"), "results": str(place.parent / "r")})
    )
    with (
        closed(place),
        pytest.raises(ConfigError, match=r"config key archives: .* could not be read \(Perm"),
    ):
        folders.check(config)
    theirs = {"label": "Theirs", "command": ["x", "{data}", "{seed}", "{output}"], "files": []}
    theirs |= {"space": "darts", "protocol": "cda", "environment": str(place)}
    config = load_config(merged(paper, {"methods": {"theirs": theirs}}))
    told = r"config key methods\.theirs\.environment: .* could not be read \(Perm.* denied: .*bin"
    with closed(place), pytest.raises(ConfigError, match=told):
        config.program("theirs", "cifar10")


LOOKED_INTO = {
    "status": ["", "logs", "searches/cifar10"],
    "results": ["", "tables/published"],
    "verify": ["", "tables/published", "searches/cifar10"],
}


@pytest.mark.parametrize(
    ("command", "inner"), [(name, one) for name, those in LOOKED_INTO.items() for one in those]
)
def test_results_of_another_account_are_one_sentence(
    place, monkeypatch, capsys, request, command, inner
):
    monkeypatch.chdir(request.config.rootpath)
    folder = place / inner
    folder.mkdir(parents=True, exist_ok=True)
    options = [str(place)] if command == "results" else ["--results", str(place)]
    with closed(folder):
        code = main([command, *options])
    told = capsys.readouterr().err
    assert code == 1 and "could not be read (Permission denied" in told
    assert told.endswith("or set resources.share to group where it is made\n")


@pytest.mark.parametrize("command", LOOKED_INTO)
def test_results_below_a_closed_folder_are_one_sentence(
    place, monkeypatch, capsys, request, command
):
    monkeypatch.chdir(request.config.rootpath)
    folder = str(place / "results")
    with closed(place):
        code = main([command, folder] if command == "results" else [command, "--results", folder])
    told = capsys.readouterr().err
    assert code == 1 and told.count("\n") == 1 and "could not be read (Permission denied" in told


def test_too_little_memory_is_not_a_closed_place(place):
    with pytest.raises(OSError, match="Cannot allocate"), reading(place, "mend it"):
        raise OSError(12, "Cannot allocate memory")


def test_a_damaged_header_of_an_array_is_named(tmp_path):
    np.save(tmp_path / "images.npy", np.zeros((2, 8, 8, 3), np.uint8))
    content = (tmp_path / "images.npy").read_bytes()
    (tmp_path / "images.npy").write_bytes(content.replace(b"}", b" ", 1))
    with pytest.raises(NasevalError, match=r"images\.npy is not a whole array"):
        read_array(tmp_path)

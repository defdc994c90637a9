"""What comes from outside is data: names, archives, checkpoints. None of it is ever run."""

import copy
import hashlib
import io
import os
import pickle
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import yaml

from naseval.config import load_config
from naseval.data.archives import fetch_archive
from naseval.errors import ConfigError, NasevalError
from naseval.files import atomic_path, share_with, write_atomically
from naseval.locking.lock import lock
from naseval.records import table, write
from naseval.schemas import SPLITS
from naseval.training.checkpoint import Checkpoint
from paths import ROOT

HOSTILE = [
    "a; touch pwned",
    "$(touch pwned)",
    "`touch pwned`",
    "a'b",
    'a"b',
    "a b",
    "../a",
    "a/b",
    "/etc/a",
    ".",
    "..",
    ".a",
    "-rf",
    "--cores",
    "a\n",
    "a\nb",
    "a\0b",
    "{a}",
    "a|b",
    "a*",
    "a\\b",
    "ä",
    "",
]


@pytest.fixture(scope="module")
def unspoilt():
    return yaml.safe_load((ROOT / "config/config.yaml").read_text())


@pytest.fixture
def paper(unspoilt):
    """Return the paper's configuration, to be spoilt."""
    return copy.deepcopy(unspoilt)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    ("section", "example"),
    [
        ("datasets", "cifar10"),
        ("methods", "darts"),
        ("protocols", "base"),
        ("spaces", "darts"),
        ("studies", "cells"),
    ],
)
def test_a_hostile_name_is_refused(paper, section, example, name):
    paper[section][name] = paper[section][example]
    with pytest.raises(NasevalError):
        load_config(paper)


@pytest.mark.parametrize("name", [name for name in HOSTILE if name])
@pytest.mark.parametrize(
    "key", ["datasets.cifar10.source", "methods.darts.algorithm", "methods.darts.space"]
)
def test_a_hostile_choice_is_refused(paper, key, name):
    *path, last = key.split(".")
    entry = paper
    for part in path:
        entry = entry[part]
    entry[last] = name
    with pytest.raises(NasevalError):
        load_config(paper)


# A folder may have a space in its name, lie above or elsewhere, and be in any language.
FOLDERS = [name for name in HOSTILE if name not in ("a b", "../a", "a/b", "/etc/a", "ä")]
FOLDERS = [name for name in FOLDERS if not re.fullmatch(r"\.+a?", name)]


@pytest.mark.parametrize("key", ["results", "archives"])
@pytest.mark.parametrize("name", FOLDERS)
def test_a_hostile_folder_is_refused(paper, key, name):
    paper[key] = name
    with pytest.raises(ConfigError, match=f"config key {key}: a folder is named by letters"):
        load_config(paper)


@pytest.mark.parametrize("name", ["a b", "../a", "/scratch/é/a-b_c.d", "a@b,c=d+e", "."])
def test_a_decent_folder_is_taken(paper, name):
    paper["results"] = name
    assert load_config(paper).results == name


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_folder_of_archives_is_only_looked_at(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NASEVAL_ARCHIVES", f"{name or 'a'}/none".replace("\0", ""))
    with pytest.raises(NasevalError, match="is no folder"):
        fetch_archive(
            "cifar10",
            "cifar-10-python.tar.gz",
            tmp_path / "x",
            folder=None,
            lock=tmp_path / "lock.yaml",
        )
    assert list(tmp_path.iterdir()) == []


class Hostile:
    """A pickle of it touches a file when it is opened as pickles usually are."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self):
        return os.mkdir, (str(self.file),)


def torch_saved(thing):
    buffer = io.BytesIO()
    torch.save({"fingerprint": "abc", "state": thing}, buffer)
    return buffer.getvalue()


def pickled(thing):
    return pickle.dumps(thing, protocol=2)  # torch's


@pytest.mark.parametrize("form", [torch_saved, pickled, lambda _: b"not a checkpoint"])
def test_a_hostile_checkpoint_is_refused_and_not_run(tmp_path, form):
    payload = form(Hostile(tmp_path / "pwned"))
    path = tmp_path / "run.pt"
    path.write_bytes(hashlib.sha256(payload).digest() + payload)
    with pytest.raises(
        NasevalError, match=r"run\.pt has contents other than .* delete it"
    ) as caught:
        Checkpoint(path, "abc").load()
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "pwned").exists()


def test_the_hostile_pickle_would_work(tmp_path):
    pickle.loads(pickle.dumps(Hostile(tmp_path / "pwned")))
    assert (tmp_path / "pwned").exists()


# Who may read the results.


def mode(path):
    return oct(stat.S_IMODE(path.stat().st_mode))


def write_everything(folder):
    """Write a file in every way that the project has; return files and folders."""
    write_atomically(folder / "deep" / "text", b"")
    with atomic_path(folder / "deep" / "path") as temporary:
        temporary.write_bytes(b"")
        assert temporary.stat().st_mode & 0o007 == 0  # neither before it is whole
    splits = [{"sample": 0, "label": 0, "class": "a", "split": "test"}]
    write(folder / "deep" / "splits.parquet", table(SPLITS, splits), {})
    Checkpoint(folder / "checkpoints" / "run.pt", "abc").save({})
    with lock(folder / "checkpoints" / "run.pt"):
        found = list(folder.rglob("*"))
        return {mode(path) for path in found if path.is_file()}, {
            mode(path) for path in found if path.is_dir()
        }


@pytest.mark.parametrize(
    ("whom", "files", "folders"), [("private", "0o600", "0o700"), ("group", "0o640", "0o750")]
)
def test_results_are_read_by_those_they_are_shared_with(tmp_path, whom, files, folders):
    before = os.umask(0)
    try:
        share_with(whom)
        assert write_everything(tmp_path) == ({files}, {folders})
    finally:
        os.umask(before)


def test_started_processes_share_alike(tmp_path):
    program = "import sys; open(sys.argv[1], 'w')"
    before = os.umask(0)
    try:
        share_with("private")
        subprocess.run([sys.executable, "-c", program, tmp_path / "file"], check=True)
    finally:
        os.umask(before)
    assert mode(tmp_path / "file") == "0o600"


def test_sharing_with_everybody_is_no_choice(paper):
    assert load_config(paper).resources.share == "private"
    paper["resources"]["share"] = "everybody"
    with pytest.raises(ConfigError, match=r"resources\.share"):
        load_config(paper)

"""Checkpoints: whole, checked, and safe where the disk is not."""

import logging
import resource
import shutil
import subprocess

import numpy as np
import pytest
import torch

from naseval.errors import NasevalError
from naseval.settings.base import Restarts
from naseval.training.checkpoint import Checkpoint, fingerprint, set_random_state

STATE = {
    "tensor": torch.arange(6, dtype=torch.float64).reshape(2, 3) / 7,
    "rows": [{"epoch": 1, "loss": 0.1, "genotype": "{}", "entropy": None}],
    "generator": np.random.default_rng(3).bit_generator.state,
    "names": (3, "augment"),
}


@pytest.fixture
def checkpoint(tmp_path):
    return Checkpoint(tmp_path / "deep" / "run.pt", "abc")


def test_what_was_saved_is_loaded(checkpoint):
    assert checkpoint.load() is None
    checkpoint.save(STATE)
    loaded = checkpoint.load()
    assert torch.equal(loaded.pop("tensor"), STATE["tensor"])
    assert loaded == {name: value for name, value in STATE.items() if name != "tensor"}
    checkpoint.delete()
    checkpoint.delete()
    assert checkpoint.load() is None


def test_another_fingerprint_is_ignored_and_logged(checkpoint, caplog):
    checkpoint.save(STATE)
    with caplog.at_level(logging.INFO):
        assert Checkpoint(checkpoint.path, "abd").load() is None
    assert [str(checkpoint.path) in message for message in caplog.messages] == [True]
    assert checkpoint.load() is not None


@pytest.mark.parametrize("damage", ["cut", "empty", "flip", "junk"])
def test_damage_is_named_with_its_mend(checkpoint, damage):
    checkpoint.save(STATE)
    content = bytearray(checkpoint.path.read_bytes())
    if damage == "flip":
        content[len(content) // 2] ^= 1
    damaged = {"cut": content[:-1], "empty": b"", "flip": content, "junk": b"x" * 500}[damage]
    checkpoint.path.write_bytes(damaged)
    with pytest.raises(NasevalError, match=r"run\.pt is damaged .*delete it"):
        checkpoint.load()


def test_an_unreadable_file_is_named(tmp_path):
    with pytest.raises(NasevalError, match="could not be read"):
        Checkpoint(tmp_path, "abc").load()


def test_a_state_for_which_memory_lacks_is_not_taken_for_another(checkpoint):
    with pytest.raises(RuntimeError, match="allocate memory"), checkpoint.fitting():
        torch.empty(2**58)
    with pytest.raises(NasevalError, match="does not fit this training"), checkpoint.fitting():
        torch.nn.Linear(2, 3).load_state_dict({"weight": torch.zeros(2)})


@pytest.mark.parametrize("value", [np.float64(1), {1, 2}, np.zeros(2), object()])
def test_what_could_not_be_loaded_is_not_saved(checkpoint, value):
    checkpoint.save({"loss": 1.0})
    with pytest.raises(TypeError, match=r"state\['rows'\]\[0\]\['loss'\]"):
        checkpoint.save({"rows": [{"loss": value}]})
    assert checkpoint.load() == {"loss": 1.0}


def refuse_to_overfill(checkpoint):
    checkpoint.save({"loss": 1.0})
    with pytest.raises(NasevalError, match=r"run\.pt could not be written .*free disk space"):
        checkpoint.save({"tensor": torch.zeros(100_000)})
    assert checkpoint.load() == {"loss": 1.0}
    assert [path.name for path in checkpoint.path.parent.iterdir()] == ["run.pt"]


def test_a_file_too_large_leaves_the_old_checkpoint(checkpoint):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, before[1]))
    try:
        refuse_to_overfill(checkpoint)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def small_disk(tmp_path):
    mount = shutil.which("mount")
    if mount is None:
        pytest.skip("a small disk needs the program mount")
    command = [mount, "-t", "tmpfs", "-o", "size=64k", "naseval-test", str(tmp_path)]
    tried = subprocess.run(command, capture_output=True, text=True)
    if tried.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {tried.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_full_disk_leaves_the_old_checkpoint(small_disk):
    refuse_to_overfill(Checkpoint(small_disk / "run.pt", "abc"))


def test_fingerprints_tell_code_and_settings_apart():
    settings = Restarts(first=10, factor=2)
    same = fingerprint("code", {"seed": 1, "restarts": settings})
    assert same == fingerprint("code", {"restarts": settings.model_dump(), "seed": 1})
    others = [
        fingerprint("kode", {"seed": 1, "restarts": settings}),
        fingerprint("code", {"seed": 2, "restarts": settings}),
        fingerprint("code", {"seed": 1, "restarts": Restarts(first=10, factor=3)}),
    ]
    assert len({same, *others}) == 4


@pytest.mark.parametrize("kind", ["cuda", "mps"])
def test_the_generator_of_a_device_is_restored_where_there_is_one(kind, monkeypatch):
    restored, cpu = [], torch.get_rng_state()
    checked = {"cuda": torch.cuda, "mps": torch.backends.mps}[kind]
    monkeypatch.setattr(getattr(torch, kind), "set_rng_state", restored.append)
    for here in (False, True):
        monkeypatch.setattr(checked, "is_available", lambda here=here: here)
        set_random_state({"cpu": cpu})
        set_random_state({"cpu": cpu, kind: f"{kind}, {here}"})
    assert restored == [f"{kind}, True"]

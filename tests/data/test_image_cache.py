"""Decoded photographs kept on disk: the same pixels, whatever happens to the file."""

import logging
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pyarrow as pa
import pytest
import torch

from data_folders import digits, digits_settings, write_folder
from naseval.data import image_cache
from naseval.data.image_cache import RECORD, PixelFile, caching
from naseval.data.images import load_images
from naseval.data.training_data import load_augmentation_data
from paths import HELPERS

CPU = torch.device("cpu")
LARGE = digits_settings("large", 16)
BOTH = {"train": {"cutout": 4}, "test": {}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_folder(tmp_path_factory.mktemp("large"), LARGE, digits("large", 16, 100))


@pytest.fixture
def disk(tmp_path, monkeypatch):
    """Keep decoded images below `tmp_path`, and return the folder of their files."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    image_cache._warn.cache_clear()
    return tmp_path / f"naseval-{os.getuid()}"


def batches(folder, megabytes, workers=0):
    """Return all batches of two epochs of both parts."""
    with caching(megabytes):
        data = load_augmentation_data(folder, LARGE, CPU, workers)
    return [
        images
        for part, options in BOTH.items()
        for made in [data.batches(part, batch_size=16, seed=1, **options)]
        for epoch in range(2)
        for images, _ in (made.at(epoch, step) for step in range(len(made)))
    ]


def same(first, second):
    return all(torch.equal(one, other) for one, other in zip(first, second, strict=True))


def replaced(images):
    """Return the image set as if none of its images could be decoded any more."""
    encoded = pa.chunked_array([[b"no image"] * len(images)], pa.large_binary())
    return type(images)(images.labels, images.samples, encoded, images.path, images.cache)


@pytest.mark.parametrize("workers", [0, 2])
def test_kept_images_give_the_same_bits(folder, disk, workers):
    plain = batches(folder, 0)
    assert not disk.exists()
    first, second = batches(folder, 10, workers), batches(folder, 10, workers)
    assert len(list(disk.iterdir())) == 2
    assert same(first, plain)
    assert same(second, plain)


@pytest.mark.usefixtures("disk")
def test_an_image_is_decoded_once_and_a_test_crop_is_not_decoded_again(folder):
    batches(folder, 10)
    with caching(10):
        data = load_augmentation_data(folder, LARGE, CPU)
    parts = {name: replaced(images) for name, images in data.parts.items()}
    undecodable = type(data)(LARGE, data.channels, parts, "augmentation")
    for part in BOTH:
        again = undecodable.batches(part, batch_size=16, seed=1).at(7, 1)[0]
        assert torch.equal(again, data.batches(part, batch_size=16, seed=1).at(7, 1)[0])


def test_damaged_cut_and_deleted_files_cost_time_only(folder, disk):
    plain = batches(folder, 10)
    for damage in (_flip, _cut, _overwrite_records, lambda file: file.unlink()):
        for file in disk.iterdir():
            damage(file)
        assert same(batches(folder, 10), plain)


def _flip(file):
    content = bytearray(file.read_bytes())
    content[-50] ^= 1
    file.write_bytes(content)


def _cut(file):
    os.truncate(file, file.stat().st_size // 2)


def _overwrite_records(file):
    content = file.read_bytes()
    file.write_bytes(os.urandom(100 * RECORD.size) + content[100 * RECORD.size :])


def test_a_damaged_array_is_written_again(tmp_path):
    file, pixels = PixelFile(tmp_path / "x", 3, 10**6), np.arange(60, dtype=np.uint8)
    pixels = pixels.reshape(4, 5, 3)
    assert file.read(1) is None
    assert np.array_equal(file.get(1, lambda: pixels), pixels)
    _flip(file.path)
    assert file.read(1) is None
    assert np.array_equal(file.get(1, lambda: pixels), pixels)
    assert np.array_equal(file.read(1), pixels)
    assert file.read(0) is None


def test_no_file_exceeds_its_limit_and_what_does_not_fit_is_made_each_time(tmp_path):
    made = []

    def make(sample):
        made.append(sample)
        return np.full((10, 10, 3), sample, np.uint8)

    file = PixelFile(tmp_path / "x", 9, 9 * RECORD.size + 1000)
    for _ in range(2):
        for sample in range(5):
            assert (file.get(sample, partial(make, sample)) == sample).all()
    assert made == [0, 1, 2, 3, 4, 3, 4]
    assert file.path.stat().st_size <= file.limit


def test_a_full_disk_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(image_cache, "FREE", 1.1)
    file = PixelFile(tmp_path / "x", 1, 10**6)
    file.get(0, lambda: np.ones((2, 2, 3), np.uint8))
    assert file.path.stat().st_size == 0


def _fill(path, order):
    file = PixelFile(path, 200, 10**8)
    found = [file.get(n, lambda n=n: np.full((30, n % 7 + 1, 3), n, np.uint8)) for n in order]
    return all((pixels == n).all() for n, pixels in zip(order, found, strict=True))


def test_processes_that_fill_a_file_together_neither_lose_nor_mix_arrays(tmp_path):
    orders = [list(range(200)), list(range(199, -1, -1)), list(range(0, 200, 3))] * 2
    with ProcessPoolExecutor(4) as pool:
        assert all(pool.map(partial(_fill, tmp_path / "x"), orders))
    file = PixelFile(tmp_path / "x", 200, 10**8)
    assert all((file.read(n) == n).all() for n in range(200))
    kept = sum(30 * (n % 7 + 1) * 3 for n in range(200)) + 200 * RECORD.size
    assert file.path.stat().st_size == kept


def test_other_images_have_another_file(folder, disk, tmp_path):
    other = write_folder(tmp_path / "other", LARGE, digits("large", 16, 101))
    batches(folder, 10)
    batches(other, 10)
    assert len(list(disk.iterdir())) == 4


def test_a_folder_that_others_could_write_to_is_not_used(folder, disk, caplog):
    disk.mkdir()
    disk.chmod(0o777)
    with caplog.at_level(logging.WARNING), caching(10):
        assert load_images(folder, LARGE, ("test",), CPU).cache is None
    assert "is not a folder of this user alone" in caplog.text
    assert not list(disk.iterdir())


@pytest.mark.usefixtures("disk")
def test_a_read_only_disk_is_a_warning(folder, caplog, monkeypatch):
    plain = batches(folder, 0)

    def refuse(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(PixelFile, "_write", refuse)
    assert same(batches(folder, 10), plain)
    assert caplog.text.count("Read-only file system") == 2  # once per file


def test_a_killed_run_leaves_a_usable_file(folder, disk):
    program = f"""
import os, signal, torch
from pathlib import Path
from data_folders import digits_settings
from naseval.data.image_cache import caching
from naseval.data.training_data import load_augmentation_data
with caching(10):
    data = load_augmentation_data(Path({str(folder)!r}), digits_settings("large", 16),
                                  torch.device("cpu"), 2)
data.batches("train", batch_size=16, seed=1).at(0, 0)
os.kill(os.getpid(), signal.SIGKILL)
"""
    ended = subprocess.run([sys.executable, "-c", program], cwd=HELPERS, timeout=120, check=False)
    assert ended.returncode == -9
    assert list(disk.iterdir())
    assert same(batches(folder, 10), batches(folder, 0))

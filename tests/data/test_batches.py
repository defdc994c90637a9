"""Batches: pure functions of seed, purpose, epoch and step, with any number of workers."""

import gc
import multiprocessing
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
import torch

from data_folders import digits, digits_settings, noise, write_folder
from naseval.data import prefetch
from naseval.data.batch_order import BatchOrder
from naseval.data.prefetch import ending_workers
from naseval.data.training_data import load_augmentation_data, load_search_data
from naseval.errors import NasevalError
from naseval.settings.dataset import Split
from paths import HELPERS

CPU = torch.device("cpu")
SMALL, LARGE = digits_settings("small", 16), digits_settings("large", 16)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return {
        dataset.images: write_folder(
            tmp_path_factory.mktemp(dataset.images), dataset, digits(dataset.images, 16, 150)
        )
        for dataset in (SMALL, LARGE)
    }


def training(folders, dataset, workers=0, **options):
    data = load_augmentation_data(folders[dataset.images], dataset, CPU, workers)
    return data.batches("train", **{"batch_size": 32, "seed": 1, "cutout": 4, **options})


def epochs(batches, *numbers):
    return [batches.at(epoch, step) for epoch in numbers for step in range(len(batches))]


def same(first, second):
    return len(first) == len(second) and all(
        torch.equal(one[0], other[0]) and torch.equal(one[1], other[1])
        for one, other in zip(first, second, strict=True)
    )


def children(before):
    return [child for child in multiprocessing.active_children() if child not in before]


def sums(images):
    return sorted(image.sum().item() for image in images)


@pytest.mark.parametrize("dataset", [SMALL, LARGE], ids=["small", "large"])
def test_any_step_is_what_sequential_reading_gives(folders, dataset):
    sequence = epochs(training(folders, dataset), 0, 1, 2)
    batches = training(folders, dataset)
    steps = len(batches)
    for position in (2 * steps + 1, 0, steps, steps - 1, 3):
        assert same([batches.at(*divmod(position, steps))], [sequence[position]])
    assert not same(sequence[:steps], sequence[steps : 2 * steps])


@pytest.mark.parametrize(
    ("dataset", "options"),
    [(LARGE, {}), (SMALL, {"autoaugment": True})],
    ids=["large", "autoaugment"],
)
def test_the_number_of_workers_changes_nothing(folders, dataset, options):
    alone = training(folders, dataset, **options)
    state = torch.get_rng_state()
    helped = training(folders, dataset, workers=2, **options)
    assert same(epochs(helped, 0, 1), epochs(alone, 0, 1))
    assert same([helped.at(7, 2), helped.at(7, 3)], [alone.at(7, 2), alone.at(7, 3)])
    assert torch.equal(torch.get_rng_state(), state)


def test_untransformed_batches_are_the_same_in_every_epoch(folders):
    data = load_augmentation_data(folders["large"], LARGE, CPU, workers=1)
    batches = data.batches("test", batch_size=8, seed=1)
    assert same(epochs(batches, 0), epochs(batches, 3))
    labels = torch.cat([labels for _, labels in epochs(batches, 0)])
    assert torch.equal(labels, data.parts["test"].labels)


@pytest.mark.parametrize("dataset", [SMALL, LARGE], ids=["small", "large"])
def test_an_epoch_has_every_image_once_and_keeps_the_last_batch(folders, dataset):
    data = load_augmentation_data(folders[dataset.images], dataset, CPU)
    count = len(data.parts["train"])
    batches = training(folders, dataset, random_transforms=False, cutout=0)
    assert len(batches) == -(-count // 32)
    found = epochs(batches, 5)
    assert [len(labels) for _, labels in found[:-1]] == [32] * (len(batches) - 1)
    assert len(found[-1][1]) == count % 32 != 0
    straight = epochs(
        training(folders, dataset, random_transforms=False, cutout=0, shuffle=False), 0
    )
    shuffled, ordered = (torch.cat([images for images, _ in part]) for part in (found, straight))
    assert sums(shuffled) == sums(ordered)
    assert not same(found, straight)
    assert not same(found, epochs(batches, 6))


def test_batches_are_float_images_and_integer_labels(folders):
    images, labels = training(folders, SMALL).at(0, 0)
    assert images.shape == (32, 3, 16, 16)
    assert images.dtype == torch.float32
    assert labels.dtype == torch.int64


def test_seeds_parts_and_options_have_their_own_randomness(folders):
    data = load_search_data(folders["small"], SMALL, CPU)

    def first(part="train", **options):
        return data.batches(part, **{"batch_size": 16, "seed": 1, **options}).at(0, 0)

    assert same([first()], [first()])
    assert not same([first()], [first(seed=2)])
    cut, whole = first(cutout=4)[0], first()[0]
    assert torch.equal(cut[cut != 0], whole[cut != 0])  # the crops do not depend on the cutout
    every = data.batches("all", batch_size=1, seed=1)
    assert len(every) == sum(len(part) for part in data.parts.values())


def test_a_search_has_no_test_images(folders):
    data = load_search_data(folders["small"], SMALL, CPU)
    with pytest.raises(NasevalError, match="'test' are not for this search; use train or valid"):
        data.batches("test", batch_size=1, seed=1)
    final = load_augmentation_data(folders["small"], SMALL, CPU)
    with pytest.raises(NasevalError, match="not for this augmentation; use train or test"):
        final.batches("validation", batch_size=1, seed=1)


def test_an_images_randomness_is_its_own_whatever_stands_beside_it(folders):
    data = load_search_data(folders["small"], SMALL, CPU)
    options = {"batch_size": 999, "seed": 1, "shuffle": False}
    together = data.batches("all", **options).at(3, 0)[0]
    train = data.parts["train"]
    count = len(train)
    doubled = (
        replace(data, parts={"train": train, "validation": train})
        .batches("all", **options)
        .at(3, 0)[0]
    )
    assert torch.equal(doubled[:count], together[:count])
    assert torch.equal(doubled[count:], together[:count])


@pytest.mark.parametrize("random", [False, True])
def test_reading_goes_on_after_an_epoch_where_the_next_one_starts(random):
    order = BatchOrder(
        torch.arange(5), batch_size=2, seed=1, purpose="test", shuffle=False, random=random
    )
    assert order.next_step(0, 1) == (0, 2)
    assert order.next_step(0, 2) == ((1, 0) if random else (0, 0))
    assert order.canonical(4) == (4 if random else 0)


@pytest.mark.parametrize("dataset", [SMALL, LARGE], ids=["small", "large"])
def test_joined_images_are_both_in_order(folders, dataset):
    data = load_search_data(folders[dataset.images], dataset, CPU)
    parts = (data.parts["train"], data.parts["validation"])
    both = parts[0].joined(parts[1])
    assert both.samples.tolist() == [n for part in parts for n in part.samples.tolist()]
    found = both.pixels(torch.arange(len(both)))
    expected = [image for part in parts for image in part.pixels(torch.arange(len(part)))]
    assert all(
        np.array_equal(np.asarray(one), np.asarray(other))
        for one, other in zip(found, expected, strict=True)
    )


def test_a_step_beyond_the_epoch_is_refused(folders):
    batches = training(folders, SMALL)
    with pytest.raises(IndexError):
        batches.at(0, len(batches))


def test_a_workers_error_is_the_one_sentence_it_is(folders):
    data = load_augmentation_data(folders["large"], LARGE, CPU, workers=1)
    train = data.parts["train"]
    encoded = pa.chunked_array([[b"no image"] * len(train)], pa.large_binary())
    damaged = replace(data, parts={"train": replace(train, encoded=encoded)})
    with pytest.raises(NasevalError, match=r"^\S+parquet: image \d+ cannot be decoded") as raised:
        damaged.batches("train", batch_size=4, seed=1).at(0, 0)
    assert "Traceback" not in str(raised.value)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers heed signals")
def test_workers_outlive_the_signals_that_a_scheduler_sends_to_all(folders):
    batches = training(folders, LARGE, workers=1)
    before = multiprocessing.active_children()
    first = [batches.at(0, 0)]
    (worker,) = children(before)
    for name in ("TERM", "INT", "USR1"):
        subprocess.run(["kill", f"-{name}", str(worker.pid)], check=True)
    helped = first + [batches.at(*divmod(step, len(batches))) for step in range(1, 12)]
    assert worker.is_alive()
    assert same(helped, epochs(training(folders, LARGE), 0, 1, 2)[:12])
    worker.terminate()
    deadline = time.monotonic() + 10
    while worker.exitcode is None and time.monotonic() < deadline:  # the pool waits for it, too
        time.sleep(0.05)
    assert worker.exitcode == 0


def test_all_batches_of_a_dataset_share_the_workers(folders):
    before = multiprocessing.active_children()
    data = load_search_data(folders["large"], LARGE, CPU, workers=2)
    made = [data.batches(part, batch_size=8, seed=1) for part in ("train", "validation", "all")]
    alone = [
        load_search_data(folders["large"], LARGE, CPU).batches(part, batch_size=8, seed=1)
        for part in ("train", "validation", "all")
    ]
    for step in range(4):
        for helped, plain in zip(made, alone, strict=True):
            assert same([helped.at(3, step)], [plain.at(3, step)])
    later = data.batches("validation", batch_size=8, seed=1, random_transforms=False)
    later.at(0, 0)
    assert len(children(before)) == 2


def test_batches_of_new_orders_are_prepared_in_advance(folders):
    def validation(workers, **options):
        data = load_search_data(folders["large"], LARGE, CPU, workers)
        return data.batches("validation", batch_size=8, seed=1, **options)

    helped, plain = validation(1, only_first_steps=True), validation(0)
    for epoch in (5, 6, 7):
        assert same([helped.at(epoch, 0)], [plain.at(epoch, 0)])
        assert [step for step, _ in helped._prefetch._ahead] == [(epoch + 1, 0), (epoch + 2, 0)]


def test_workers_end_with_their_job(folders):
    before = multiprocessing.active_children()
    with ending_workers():
        batches = training(folders, LARGE, workers=2)
        batches.at(0, 0)
        assert len(children(before)) == 2
    assert not children(before)


@pytest.mark.parametrize("kept", [True, False])
def test_a_stuck_worker_is_killed(folders, monkeypatch, kept):
    """Also if its batches are gone, and with them all that refers to it."""
    before = multiprocessing.active_children()
    monkeypatch.setattr(prefetch, "PATIENCE", 0.5)
    with ending_workers():
        batches = training(folders, LARGE, workers=1)
        batches.at(0, 0)
        (worker,) = children(before)
        subprocess.run(["kill", "-STOP", str(worker.pid)], check=True)
        if not kept:
            del batches
            gc.collect()
    worker.join(10)
    ended = not worker.is_alive()
    worker.kill()  # else a failure here would keep the tests from ending
    assert ended


def test_a_killed_worker_is_one_sentence(folders):
    before = multiprocessing.active_children()
    batches = training(folders, LARGE, workers=1)
    batches.at(0, 0)
    (worker,) = children(before)
    worker.kill()
    with pytest.raises(NasevalError, match=r"was killed, probably for lack of memory"):
        epochs(batches, 1)
    plain = training(folders, LARGE)
    assert same([batches.at(0, 0)], [plain.at(0, 0)])  # as the next training of the job asks


def test_workers_end_with_a_killed_parent(folders):
    program = f"""
import multiprocessing, os, signal, torch
from pathlib import Path
from data_folders import digits_settings
from naseval.data.training_data import load_augmentation_data
folder = Path({str(folders["large"])!r})
data = load_augmentation_data(folder, digits_settings("large", 16), torch.device("cpu"), 2)
data.batches("train", batch_size=8, seed=1).at(0, 0)
print(*[child.pid for child in multiprocessing.active_children()], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    # The output ends when the last process that could write to it has ended.
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=HELPERS,
        stdout=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    assert len(ended.stdout.split()) == 2


def test_a_program_that_still_has_workers_ends(folders):
    program = f"""
import torch
from pathlib import Path
from data_folders import digits_settings
from naseval.data.training_data import load_augmentation_data
folder = Path({str(folders["large"])!r})
data = load_augmentation_data(folder, digits_settings("large", 16), torch.device("cpu"), 1)
batches = data.batches("train", batch_size=8, seed=1)
print(len(batches.at(0, 0)[1]))
"""
    command = [sys.executable, "-c", program]
    ended = subprocess.run(
        command, cwd=HELPERS, capture_output=True, text=True, timeout=120, check=True
    )
    assert ended.stdout == "8\n"


@pytest.mark.parametrize("count", range(1, 10))
@pytest.mark.parametrize("size", [2, 3, 4])
def test_a_last_batch_of_one_image_is_left_out_where_images_are_shuffled(count, size):
    def sizes(shuffle):
        order = BatchOrder(
            torch.arange(count), batch_size=size, seed=1, purpose="x", shuffle=shuffle, random=False
        )
        return [len(order.at(0, step).positions) for step in range(len(order))]

    assert sum(sizes(shuffle=False)) == count
    left = [length for length in sizes(shuffle=False) if length > 1 or count == 1]
    assert sizes(shuffle=True) == left


@pytest.mark.parametrize("part", ["train", "validation"])
def test_a_search_with_one_image_of_a_part_is_refused(tmp_path, part):
    other = {"train": "validation", "validation": "train"}[part]
    shares = Split(**{part: 0.2, other: 0.6}, test=0.2, seed=0)
    dataset = digits_settings("small", 16, split=shares, classes=2)
    folder = write_folder(tmp_path, dataset, noise(5, 16, classes=1))
    with pytest.raises(NasevalError, match=rf"one image in the part {part}.*split\.{part}"):
        load_search_data(folder, dataset, CPU)

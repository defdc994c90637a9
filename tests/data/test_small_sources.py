"""CIFAR and Fashion-MNIST on small archives of their true formats, and on damaged ones."""

import pickle

import numpy as np
import pytest

import archives as made
from naseval.data.sources import get_source
from naseval.data.sources._source import scaled_down
from naseval.errors import NasevalError


def read(source, folder, size=32, images="small"):
    return get_source(source).read(folder, size, images)


def test_cifar10_is_read_as_written(tmp_path, monkeypatch):
    made.holds(monkeypatch, "cifar10", 120, 10)
    _, batches = made.cifar10(tmp_path)
    source = read("cifar10", tmp_path)
    assert source.images.shape == (120, 32, 32, 3)
    assert source.classes == tuple("abcdefghij")
    assert source.labels.tolist() == list(range(10)) * 12
    assert source.test.tolist() == [False] * 100 + [True] * 20
    third = batches["data_batch_3"]["data"][7]
    assert (source.images[47, :, :, 1].ravel() == third[1024:2048]).all()  # green
    assert (source.images[100:, 0, 0, 0] == batches["test_batch"]["data"][:, 0]).all()


def test_cifar10_is_scaled_down_by_averages(tmp_path, monkeypatch):
    made.holds(monkeypatch, "cifar10", 120, 10)
    made.cifar10(tmp_path)
    whole, half = (read("cifar10", tmp_path, size) for size in (32, 16))
    assert half.images.shape == (120, 16, 16, 3)
    assert half.labels.tolist() == whole.labels.tolist()
    means = whole.images.reshape(120, 16, 2, 16, 2, 3).mean((2, 4))
    # Pillow's filter is wider than the pixels that become one
    assert np.corrcoef(half.images.ravel(), means.ravel())[0, 1] > 0.8
    assert abs((half.images - means).mean()) < 1


def test_a_flat_image_stays_flat_when_it_is_scaled_down():
    colours = made.pixels("flat", shape=(7, 1, 1, 3))
    images = np.broadcast_to(colours, (7, 32, 32, 3)).copy()
    assert (scaled_down(images, 12) == colours).all()
    assert scaled_down(images, 32) is images


def test_cifar100_is_read_with_its_fine_labels(tmp_path, monkeypatch):
    made.holds(monkeypatch, "cifar100", 400, 100)
    made.cifar100(tmp_path)
    source = read("cifar100", tmp_path)
    assert source.labels.tolist() == list(range(100)) * 4
    assert source.classes[99] == "fine 99"
    assert source.test.sum() == 200


def test_a_pickle_that_wants_more_than_arrays_is_refused(tmp_path):
    bait = tmp_path / "bait"
    command = f"cposix\nsystem\n(Vtouch {bait}\ntR.".encode()
    path = tmp_path / "cifar-10-python.tar.gz"
    made.write_tar(path, [("cifar-10-batches-py/data_batch_1", command)], "w:gz")
    with pytest.raises(NasevalError, match=r"data_batch_1 was refused \(it asks for posix\.system"):
        read("cifar10", tmp_path)
    assert not bait.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        made.python_2_pickle([1]),
        made.python_2_pickle({"data": 3, "labels": [3]})[:-4],
        pickle.dumps({"data": np.zeros((2, 3072)), "labels": [0, 0]}, protocol=2),
        pickle.dumps({1: 2}, protocol=2),
        pickle.dumps({("a",): 2}, protocol=2),
    ],
)
def test_a_damaged_batch_is_named(tmp_path, content):
    path = tmp_path / "cifar-10-python.tar.gz"
    made.write_tar(path, [("cifar-10-batches-py/data_batch_1", content)], "w:gz")
    with pytest.raises(NasevalError, match=r"cifar-10-python\.tar\.gz: .*data_batch_1 was refused"):
        read("cifar10", tmp_path)


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": [0]},
        {"labels": ["a"] * 20},
        {"data": made.pixels("few", shape=(20, 3071))},
        {"data": [1, 2]},
        {"labels": [10**6] * 20},
        {"labels": [-1] * 20},
        {"wrong key": 1, "labels": None},
    ],
)
def test_a_batch_whose_parts_do_not_fit_is_refused(tmp_path, changes):
    path, batches = made.cifar10(tmp_path)
    batches["data_batch_2"].update({k: v for k, v in changes.items() if v is not None})
    if changes.get("labels", 0) is None:
        del batches["data_batch_2"]["labels"]
    made.write_cifar(path, {"batches.meta": {"label_names": list("abcdefghij")}, **batches})
    with pytest.raises(NasevalError, match="without images of 32×32 pixels or their labels"):
        read("cifar10", tmp_path)


@pytest.mark.parametrize("names", [3, [3], "abc", {}])
def test_class_names_that_are_none_are_refused(tmp_path, names):
    path, batches = made.cifar10(tmp_path)
    made.write_cifar(path, {"batches.meta": {"label_names": names}, **batches})
    with pytest.raises(NasevalError, match="holds no names of classes"):
        read("cifar10", tmp_path)


def test_a_missing_batch_is_named(tmp_path):
    path, batches = made.cifar10(tmp_path)
    del batches["test_batch"]
    made.write_cifar(path, batches)
    with pytest.raises(NasevalError, match=r"cifar-10-python\.tar\.gz lacks test_batch"):
        read("cifar10", tmp_path)


def test_other_numbers_than_known_are_refused(tmp_path):
    made.cifar10(tmp_path)
    with pytest.raises(NasevalError, match="holds 120 images of 10 classes, not 60000 of 10"):
        read("cifar10", tmp_path)


@pytest.mark.parametrize("wanted", [(32, "large"), (33, "small")])
@pytest.mark.parametrize("source", ["cifar10", "cifar100", "fashion-mnist"])
def test_small_sources_are_not_enlarged(tmp_path, source, wanted):
    with pytest.raises(NasevalError, match=rf"{source} has images of 32×32 pixels; set"):
        read(source, tmp_path, *wanted)


@pytest.fixture
def few_clothes(monkeypatch):
    made.holds(monkeypatch, "fashion-mnist", 50, 10, test_images=20)
    return {"train": 30, "t10k": 20}


def test_fashion_mnist_is_padded_to_32_pixels_in_three_equal_channels(tmp_path, few_clothes):
    grey = made.fashion_mnist(tmp_path, few_clothes)
    source = read("fashion-mnist", tmp_path)
    assert source.images.shape == (50, 32, 32, 3)
    assert (source.images[:30, 2:30, 2:30, 0] == grey["train"][0]).all()
    assert source.images.sum(dtype=np.int64) == 3 * sum(
        images.sum(dtype=np.int64) for images, _ in grey.values()
    )
    assert (source.images[..., 0] == source.images[..., 2]).all()
    assert source.test.tolist() == [False] * 30 + [True] * 20
    assert source.labels.tolist() == list(range(10)) * 5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content[:50], "is damaged"),
        (lambda content: content[:-9] + b"\0" + content[-8:], "is damaged"),
        (lambda _: b"", "does not hold bytes of the shape 20×28×28"),
        (lambda _: b"no gzip", "is damaged"),
    ],
)
def test_damaged_idx_files_are_named(tmp_path, few_clothes, change, message):
    made.fashion_mnist(tmp_path, few_clothes)
    path = tmp_path / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(NasevalError, match=rf"t10k-images-idx3-ubyte\.gz {message}"):
        read("fashion-mnist", tmp_path)


@pytest.mark.parametrize("shape", [(20, 28, 27), (19, 28, 28), (21, 28, 28), (20, 784)])
def test_idx_files_of_another_shape_are_refused(tmp_path, few_clothes, shape):
    made.fashion_mnist(tmp_path, few_clothes)
    made.write_idx(tmp_path / "t10k-images-idx3-ubyte.gz", np.zeros(shape, np.uint8))
    with pytest.raises(NasevalError, match="does not hold bytes of the shape 20×28×28"):
        read("fashion-mnist", tmp_path)


def test_a_missing_class_of_clothes_is_refused(tmp_path, few_clothes):
    made.fashion_mnist(tmp_path, few_clothes)
    for part, count in few_clothes.items():
        labels = np.arange(count, dtype=np.uint8) % 9
        made.write_idx(tmp_path / f"{part}-labels-idx1-ubyte.gz", labels)
    with pytest.raises(NasevalError, match="does not hold images of 10 classes"):
        read("fashion-mnist", tmp_path)


def test_a_missing_file_is_named(tmp_path):
    for source, name in (("cifar10", "cifar-10-python"), ("fashion-mnist", "train-images")):
        with pytest.raises(NasevalError, match=f"{name}.* is missing; run snakemake download"):
            read(source, tmp_path)

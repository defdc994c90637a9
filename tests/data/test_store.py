"""The store, the channel statistics and loading: whole files in, named errors out."""

import io
import json

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from PIL import Image

from data_folders import SHARES, digits, digits_settings, noise, write_folder
from naseval.data.channels import write_channels
from naseval.data.images import load_images
from naseval.data.prepared import check_prepared
from naseval.data.sources import get_source
from naseval.data.sources._source import Source
from naseval.data.splits import PARTS, read_split, write_splits
from naseval.data.store import (
    read_array,
    read_channels,
    read_encoded,
    read_labels,
    write_images,
)
from naseval.data.training_data import load_augmentation_data, load_search_data
from naseval.errors import NasevalError
from naseval.settings.dataset import Channels, Split
from naseval.studies._settings import PREPARED

CPU = torch.device("cpu")
EVERYTHING = ("train", "validation", "test")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("digits")
    return write_folder(folder, digits_settings(), digits("small", 32))


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    folder = tmp_path_factory.mktemp("digits-large")
    return write_folder(folder, digits_settings("large", 64), digits("large", 64, 600))


def rewritten(path, change):
    path.write_bytes(change(path.read_bytes()))


def test_all_digits_load(small):
    data = load_search_data(small, digits_settings(), CPU)
    final = load_augmentation_data(small, digits_settings(), CPU)
    train, test = final.parts["train"], final.parts["test"]
    assert len(train) + len(test) == 1797
    assert sum(len(part) for part in data.parts.values()) == len(train)
    assert list(data.parts) == ["train", "validation"]
    assert data.classes == final.classes == 10
    assert sorted(test.labels.unique().tolist()) == list(range(10))
    pixels = test.pixels(torch.arange(3))
    assert pixels.shape == (3, 3, 32, 32)
    assert pixels.dtype == torch.uint8
    assert torch.equal(pixels[:, 0], pixels[:, 2])


def test_digits_keep_their_shape_when_enlarged():
    images = digits("small", 8, 50).images
    assert images.max() == 255
    assert images.min() == 0
    first = images[0, :, :, 0]
    assert (np.rint(first / 255 * 16)[0] == [0, 0, 5, 13, 9, 1, 0, 0]).all()  # as published


def test_large_images_come_back_as_they_went_in(large):
    images = load_images(large, digits_settings("large", 64), ("test",), CPU)
    expected = digits("small", 64, 600).images
    for image, sample in zip(images.pixels(torch.arange(9)), images.samples[:9], strict=True):
        assert (np.asarray(image) == expected[sample]).all()


def test_row_groups_bound_what_reading_holds(large):
    assert pq.ParquetFile(large / "images.parquet").num_row_groups == 3  # 256, 256, 88
    wanted = np.array([3, 255, 256, 599])
    every = read_encoded(large, np.arange(600))
    assert read_encoded(large, wanted).to_pylist() == [every[i].as_py() for i in wanted]


def test_grey_and_palette_images_are_decoded_as_colour(tmp_path):
    encoded = []
    for mode in ("L", "P", "RGBA", "CMYK"):
        content = io.BytesIO()
        Image.new(mode, (30, 20)).save(content, "TIFF")
        encoded.append(content.getvalue())
    split = Split(train=0.5, validation=0.25, test=0.25, seed=0)
    dataset = digits_settings("large", 16, classes=2, split=split)
    labels = np.repeat(np.arange(2), 4)
    write_images(tmp_path, Source(iter(encoded * 2), labels, ("a", "b")), "large")
    write_splits(tmp_path, dataset.split, "made up")
    images = load_images(tmp_path, dataset, PARTS, CPU).pixels(torch.arange(8))
    assert {(image.mode, image.size) for image in images} == {("RGB", (30, 20))}


def test_the_store_keeps_names_and_the_archives_own_test_images(tmp_path):
    source = noise(10)
    test = np.arange(10) > 6
    names = tuple(f"{letter}.jpg" for letter in "jihgfedcba")
    write_images(
        tmp_path, Source(source.images, source.labels, source.classes, test, names), "small"
    )
    table = read_labels(tmp_path)
    assert table["name"].to_pylist() == list(names)
    assert table["test"].to_pylist() == test.tolist()
    assert table["class"].to_pylist() == list("abcde") * 2
    assert (read_array(tmp_path) == source.images).all()


def test_channels_are_those_of_train_and_validation(small):
    samples, _ = read_split(small, ("train", "validation"))
    values = read_array(small)[samples].astype(np.float64) / 255
    channels = read_channels(small)
    assert channels.mean == pytest.approx(values.mean(axis=(0, 1, 2)), abs=1e-12)
    assert channels.std == pytest.approx(values.std(axis=(0, 1, 2)), abs=1e-9)
    assert json.loads((small / "channels.json").read_text())["source"] == "computed"


def test_constants_are_recorded_as_such(tmp_path):
    constants = Channels(mean=(0.1, 0.2, 0.3), std=(0.4, 0.5, 0.6))
    write_channels(tmp_path, digits_settings(), constants)
    assert read_channels(tmp_path) == constants
    assert json.loads((tmp_path / "channels.json").read_text())["source"] == "constants"


@pytest.mark.parametrize("keep", [0, 5, 100, 3000])
def test_a_truncated_array_is_named(tmp_path, keep):
    dataset = digits_settings(classes=5)
    write_folder(tmp_path, dataset, noise(40))
    rewritten(tmp_path / "images.npy", lambda content: content[:keep])
    with pytest.raises(NasevalError, match=r"images\.npy"):
        load_images(tmp_path, dataset, EVERYTHING, CPU)


@pytest.mark.parametrize("file", ["images.parquet", "splits.parquet"])
@pytest.mark.parametrize("keep", [0, 5, 1000])
def test_a_truncated_parquet_is_named(tmp_path, file, keep):
    dataset = digits_settings("large", 16)
    write_folder(tmp_path, dataset, digits("large", 16, 60))
    rewritten(tmp_path / file, lambda content: content[:keep])
    with pytest.raises(NasevalError, match=file):
        load_images(tmp_path, dataset, EVERYTHING, CPU)


def test_a_flipped_bit_in_the_encoded_images_is_found(tmp_path):
    dataset = digits_settings("large", 16)
    write_folder(tmp_path, dataset, digits("large", 16, 60))

    def flipped(content):
        middle = content.rindex(b"IDAT") + 9
        return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]

    rewritten(tmp_path / "images.parquet", flipped)
    with pytest.raises(NasevalError, match=r"images\.parquet is not a readable"):
        load_images(tmp_path, dataset, EVERYTHING, CPU)


def test_an_image_that_cannot_be_decoded_is_named(tmp_path):
    dataset = digits_settings("large", 16)
    source = digits("large", 16, 60)
    source.images[7] = source.images[7][:80]
    write_images(tmp_path, source, "large")
    write_splits(tmp_path, dataset.split, "digits")
    images = load_images(tmp_path, dataset, EVERYTHING, CPU)
    with pytest.raises(NasevalError, match=r"images\.parquet: image 7 "):
        images.pixels(torch.tensor([7]))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"size": 16}, "image_size, 16"),
        ({"classes": 3}, "classes, 3"),
        ({"images": "large"}, r"images\.parquet is missing"),
    ],
)
def test_settings_that_do_not_fit_the_store_are_named(small, changes, message):
    with pytest.raises(NasevalError, match=message):
        load_images(small, digits_settings(**changes), EVERYTHING, CPU)


def test_a_store_with_fewer_images_than_splits_is_named(tmp_path):
    dataset = digits_settings(classes=5)
    write_folder(tmp_path, dataset, noise(40))
    np.save(tmp_path / "images.npy", noise(30).images)
    with pytest.raises(NasevalError, match="fewer images"):
        load_images(tmp_path, dataset, EVERYTHING, CPU)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"mean": [1, 2, 3]}', '{"mean": 1, "std": 2}'])
def test_damaged_channel_statistics_are_named(tmp_path, content):
    (tmp_path / "channels.json").write_text(content)
    with pytest.raises(NasevalError, match=r"channels\.json"):
        read_channels(tmp_path)


def test_constant_channels_are_refused(tmp_path):
    source = noise(20)
    source.images[..., 1] = 7
    with pytest.raises(NasevalError, match="constant"):
        write_folder(tmp_path, digits_settings(classes=5), source)


def test_a_source_whose_parts_do_not_fit_is_refused(tmp_path):
    source = noise(10)
    with pytest.raises(ValueError, match="labels"):
        Source(source.images, source.labels, source.classes[:3])
    with pytest.raises(ValueError, match="names"):
        Source(source.images, source.labels, source.classes, names=("a",) * 10)
    with pytest.raises(ValueError, match="uint8"):
        write_images(tmp_path, Source(source.images[:9], source.labels, source.classes), "small")
    with pytest.raises(ValueError, match="argument"):
        write_images(tmp_path, Source([b"x"] * 9, source.labels, source.classes), "large")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_source_lists_the_known_ones():
    with pytest.raises(NasevalError, match=r"'mnist'.*digits"):
        get_source("mnist")


def test_images_in_another_order_are_refused(tmp_path):
    """Of either kind: each image must be the one whose label has its number."""
    small, large = tmp_path / "small", tmp_path / "large"
    write_folder(small, digits_settings(classes=5), noise(40))
    np.save(small / "images.npy", read_array(small)[::-1].copy())
    dataset = digits_settings("large", 16)
    write_folder(large, dataset, digits("large", 16, 60))
    images = pq.read_table(large / "images.parquet")
    pq.write_table(images.take(list(range(60))[::-1]), large / "images.parquet")
    for folder, settings in ((small, digits_settings(classes=5)), (large, dataset)):
        with pytest.raises(NasevalError, match=r"does not hold the images of .*labels\.parquet"):
            load_images(folder, settings, EVERYTHING, CPU)


def test_an_archive_of_arrays_is_not_an_array(tmp_path):
    write_folder(tmp_path, digits_settings(classes=5), noise(40))
    with (tmp_path / "images.npy").open("wb") as file:
        np.savez(file, images=noise(40).images)
    with pytest.raises(NasevalError, match=r"images\.npy is not a whole array"):
        load_images(tmp_path, digits_settings(classes=5), EVERYTHING, CPU)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"split": SHARES.model_copy(update={"seed": 9})}, r"splits\.parquet .* split\.seed 0"),
        ({"source": "mit67"}, r"labels\.parquet .* dataset\.source 'digits', not 'mit67'"),
        ({"size": 16}, r"labels\.parquet .* dataset\.image_size 32, not 16"),
        (
            {"channels": Channels(mean=(0.5, 0.5, 0.5), std=(0.2, 0.2, 0.2))},
            r"channels\.json has other channel statistics",
        ),
    ],
)
def test_images_prepared_with_other_settings_are_refused(tmp_path, changes, told):
    write_folder(tmp_path, digits_settings(), digits("small", 32, 60))
    size, source = changes.pop("size", 32), changes.pop("source", "digits")
    dataset = digits_settings(size=size, **changes).model_copy(update={"source": source})
    with pytest.raises(NasevalError, match=told):
        check_prepared(
            tmp_path,
            dataset.training.model_dump(mode="json"),
            dataset.model_dump(mode="json", include=PREPARED),
        )


def test_channels_of_other_splits_are_refused(tmp_path):
    dataset = digits_settings()
    write_folder(tmp_path, dataset, digits("small", 32, 60))
    other = dataset.split.model_copy(update={"seed": 9})
    write_splits(tmp_path, other, "digits", provenance={"settings": {"split": other.model_dump()}})
    settings = dataset.model_copy(update={"split": other})
    with pytest.raises(NasevalError, match=r"channels\.json has other channel statistics"):
        check_prepared(
            tmp_path,
            settings.training.model_dump(mode="json"),
            settings.model_dump(mode="json", include=PREPARED),
        )

"""The plain form of a dataset holds train and validation, and nothing of the test part."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from data_folders import digits_settings, noise, write_folder
from naseval.data.plain import write_plain
from naseval.data.splits import read_split
from naseval.data.store import read_array, read_channels

COUNT = 120


def encoded(image):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module", params=["small", "large"])
def stored(request, tmp_path_factory):
    """Return the settings of a dataset of noise, its folder, its plain form, and its parts."""
    dataset, place = digits_settings(request.param, 32), tmp_path_factory.mktemp("noise")
    source = noise(COUNT, classes=10)
    if request.param == "large":
        source = replace(source, images=[encoded(image) for image in source.images])
    folder, plain = write_folder(place / "data", dataset, source), place / "plain"
    write_plain(folder, plain, "digits", dataset.training)
    return dataset, folder, plain, json.loads((plain / "parts.json").read_text())


def test_facts_are_those_of_the_dataset(stored):
    dataset, folder, _, parts = stored
    channels = read_channels(folder)
    assert parts["classes"] == list("abcdefghij")
    assert (parts["mean"], parts["std"]) == (list(channels.mean), list(channels.std))
    assert (parts["name"], parts["image_size"]) == ("digits", dataset.image_size)
    for part in ("train", "validation"):
        assert len(parts[part]) == len(read_split(folder, [part])[0])


def test_images_have_their_labels(stored):
    dataset, folder, plain, parts = stored
    for part in ("train", "validation"):
        samples, labels = read_split(folder, [part])
        if dataset.images == "small":
            images, given = np.load(plain / "images.npy"), np.load(plain / "labels.npy")
            assert (images[parts[part]] == read_array(folder)[samples]).all()
            assert (given[parts[part]] == labels).all()
            assert len(images) == len(parts["train"]) + len(parts["validation"])
        else:
            names = [name.split("/") for name in parts[part]]
            assert ["abcdefghij".index(label) for _, label, _ in names] == labels.tolist()
            assert [int(name[:7]) for _, _, name in names] == samples.tolist()
            with Image.open(plain / parts[part][0]) as image:
                assert image.size == (32, 32)


def test_no_test_image_is_there(stored):
    dataset, folder, plain, _ = stored
    test = read_split(folder, ["test"])[0]
    if dataset.images == "large":
        files = [path for path in plain.rglob("*.*") if path.name != "parts.json"]
        assert len(files) == COUNT - len(test)
        assert not {int(path.name[:7]) for path in files} & set(test.tolist())
    else:
        images = {image.tobytes() for image in np.load(plain / "images.npy")}
        assert not {image.tobytes() for image in read_array(folder)[test]} & images

"""The table of datasets and the sheets of samples show what is in the store."""

import numpy as np
import pandas as pd
import pytest

from data_folders import digits, digits_settings, noise, write_folder
from naseval import records
from naseval.data.overview import class_counts, image_sizes, laid_out, summary
from naseval.data.samples import stages
from naseval.data.splits import SPLIT_FILE, read_split
from naseval.data.store import read_array
from naseval.figures.samples import draw
from naseval.figures.style import save
from naseval.settings.dataset import Split


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    dataset = digits_settings(classes=5)
    return write_folder(tmp_path_factory.mktemp("small"), dataset, noise(60)), dataset


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    dataset = digits_settings("large", 16)
    return write_folder(
        tmp_path_factory.mktemp("large"), dataset, digits("large", 20, 100)
    ), dataset


def test_class_counts_are_those_of_the_splits(small):
    counts = class_counts(small[0])
    assert counts["class"].tolist() == list("abcde")
    assert counts["images"].tolist() == [12] * 5
    assert (counts[["train", "validation", "test"]].sum(axis=1) == counts["images"]).all()
    parts = records.read(small[0] / SPLIT_FILE)["split"].to_pylist()
    assert counts["test"].sum() == parts.count("test")


def test_a_part_without_images_counts_nothing(tmp_path):
    split = Split(train=0.5, validation=0.5, test=0, seed=0)
    write_folder(tmp_path, digits_settings(classes=5, split=split), noise(20))
    assert class_counts(tmp_path)["test"].tolist() == [0] * 5


def test_the_summary_has_sizes_and_statistics(small, large):
    rows = pd.DataFrame([summary(small[0], "small", "Noise"), summary(large[0], "large", "Digits")])
    assert rows["images"].tolist() == [60, 100]
    assert rows["width_min"].tolist() == rows["height_max"].tolist() == [32, 20]
    assert rows["classes"].tolist() == [5, 10]
    samples, _ = read_split(small[0], ("train", "validation"))
    values = read_array(small[0])[samples] / 255
    assert rows.loc[0, "mean_green"] == pytest.approx(values[..., 1].mean())
    assert rows.loc[0, "std_blue"] == pytest.approx(values[..., 2].std())
    shown = laid_out(rows)
    assert shown["pixels"].tolist() == ["32×32", "20×20"]
    assert shown["statistics"].tolist() == ["computed", "computed"]
    assert shown.loc[0, "images per class"] == "12"


def test_sizes_are_width_and_height(large, small):
    assert np.array_equal(image_sizes(large[0], "large"), np.full((100, 2), 20))
    assert np.array_equal(image_sizes(small[0], "small"), np.full((60, 2), 32))


@pytest.mark.parametrize("kind", ["small", "large"])
def test_stages_differ_and_small_test_images_are_the_stored_ones(kind, small, large):
    folder, dataset = {"small": small, "large": large}[kind]
    shown = dict(stages(folder, dataset))
    count = min(10, dataset.classes)
    for images in shown.values():
        assert images.shape == (count, dataset.image_size, dataset.image_size, 3)
        assert images.min() >= 0
        assert images.max() <= 1
    if kind == "small":
        assert np.allclose(shown["test"], shown["as stored"], atol=1e-6)
    assert not np.allclose(shown["training"], shown["training, next epoch"])
    assert not np.allclose(shown["training"], shown["+ AutoAugment"])


def test_cutout_changes_only_its_square(small):
    shown = dict(stages(*small))
    each = (np.abs(shown["+ cutout"] - shown["training"]) > 1e-6).any(axis=3)
    assert (each.sum(axis=(1, 2)) <= 256).all()
    assert each.any()


def test_the_sheet_is_written(small, tmp_path):
    drawing = draw("Noise", stages(*small))
    save(drawing.figure, drawing.data, tmp_path / "noise")
    assert (tmp_path / "noise.png").read_bytes().startswith(b"\x89PNG")
    assert len(pd.read_csv(tmp_path / "noise.csv")) == 6

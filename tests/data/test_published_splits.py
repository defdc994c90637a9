"""Splits after the authors' published lists: theirs for the test, the rest halved by a draw."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import published_files
from naseval import records, schemas
from naseval.data.sources._source import Source
from naseval.data.splits import PARTS, stratified_split, write_splits
from naseval.data.store import write_images
from naseval.errors import NasevalError
from naseval.published.splits import read
from naseval.settings.dataset import Split

SPLIT = Split(train=0.5, validation=0.5, test="published", seed=0)
COUNTS = {  # train and validation, test; paper's lists
    "sport8": (1261, 318),
    "mit67": (12466, 3153),
    "flowers102": (6507, 1682),
}


def stored(folder, names):
    """Store images of these names, class/name, and nothing that can be seen."""
    classes = sorted({name.split("/")[0] for name in names})
    labels = np.array([classes.index(name.split("/")[0]) for name in names])
    images = np.zeros((len(names), 1, 1, 3), np.uint8)
    write_images(folder, Source(images, labels, tuple(classes), names=tuple(names)), "small")


def parts_of(folder, lists, split=SPLIT):
    write_splits(folder, split, "made up", lists=lists)
    table = records.read(folder / "splits.parquet", schemas.SPLITS)
    return dict(zip(table["sample"].to_pylist(), table["split"].to_pylist(), strict=True))


labelled = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["train", "test"])), min_size=1, max_size=60
)


@given(images=labelled, seed=st.integers(0, 3))
def test_the_test_list_is_the_test_part_and_each_class_is_halved(images, seed):
    labels = np.array(["abc".index(label) for label, _ in images])
    test = np.array([part == "test" for _, part in images])
    split = SPLIT.model_copy(update={"seed": seed})
    parts = stratified_split(labels, split, test, "made up")
    assert ((parts == "test") == test).all()
    for label in np.unique(labels):
        rest = parts[(labels == label) & ~test]
        assert abs((rest == "train").sum() - (rest == "validation").sum()) <= 1


def test_lists_mark_images_by_class_and_name(tmp_path):
    names = ["bar/a.jpg", "bar/b.jpg", "mall/a.jpg", "mall/c.jpg", "bar/c.jpg"]
    stored(tmp_path, names)
    lists = dict.fromkeys(names, "train") | {"mall/a.jpg": "test"}
    parts = parts_of(tmp_path, lists)
    assert parts[2] == "test"
    assert list(parts.values()).count("test") == 1
    assert {parts[0], parts[1], parts[3], parts[4]} == {"train", "validation"}


def test_an_image_in_no_list_is_in_no_part(tmp_path, caplog):
    names = [f"bar/{index}.jpg" for index in range(9)]
    stored(tmp_path, [*names, "bar/unlisted.jpg"])
    parts = parts_of(tmp_path, dict.fromkeys(names, "train") | {names[0]: "test"})
    assert sorted(parts) == list(range(9))
    assert "1 images are in no published list" in caplog.text


def test_a_listed_image_that_is_not_there_is_named(tmp_path):
    stored(tmp_path, ["bar/a.jpg"])
    lists = {"bar/a.jpg": "train", "bar/b.jpg": "test", "mall/a.jpg": "test"}
    with pytest.raises(NasevalError, match=r"labels\.parquet lacks bar/b\.jpg and 1 more images"):
        parts_of(tmp_path, lists)


def test_an_image_more_in_the_archive_does_not_move_the_listed_ones(tmp_path):
    names = [f"bar/{index:03d}.jpg" for index in range(60)]
    lists = {name: "test" if index % 5 == 0 else "train" for index, name in enumerate(names)}
    stored(tmp_path / "exact", names)
    stored(tmp_path / "more", ["bar/extra.jpg", *names])
    exact, more = (parts_of(tmp_path / folder, lists) for folder in ("exact", "more"))
    assert {sample + 1: part for sample, part in exact.items()} == more


@published_files.needs_files
@pytest.mark.parametrize("dataset", COUNTS)
def test_the_real_lists_give_40_40_20_per_cent(tmp_path, dataset):
    table = read(published_files.folder()).to_pandas()
    table = table[table["dataset"] == dataset]
    names = table["class"] + "/" + table["name"]
    stored(tmp_path, list(names))
    parts = list(parts_of(tmp_path, dict(zip(names, table["split"], strict=True))).values())
    train, validation, test = (parts.count(part) for part in PARTS)
    assert (train + validation, test) == COUNTS[dataset]
    assert abs(train - validation) <= table["class"].nunique()
    assert abs(test / len(parts) - 0.2) < 0.006

"""Properties of the stratified split."""

import numpy as np
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_folders import SHARES, noise
from naseval import records, schemas
from naseval.data.sources._source import Source
from naseval.data.splits import PARTS, read_split, stratified_split, write_splits
from naseval.data.store import write_images
from naseval.errors import NasevalError
from naseval.settings.dataset import Split

ARCHIVE = Split(train=0.5, validation=0.5, test="archive", seed=3)


@st.composite
def shares(draw):
    cuts = sorted(draw(st.lists(st.integers(1, 19), min_size=2, max_size=2, unique=True)))
    train, validation, test = cuts[0], cuts[1] - cuts[0], 20 - cuts[1]
    seed = draw(st.integers(0, 5))
    return Split(train=train / 20, validation=validation / 20, test=test / 20, seed=seed)


labelled = st.lists(st.integers(0, 6), min_size=1, max_size=150).map(np.array)


@given(labels=labelled, split=shares())
def test_every_image_has_one_part_and_every_class_its_share(labels, split):
    parts = stratified_split(labels, split, None, "made up")
    assert set(parts) <= set(PARTS)
    for label in np.unique(labels):
        of_class = parts[labels == label]
        for part in PARTS:
            assert abs((of_class == part).sum() - getattr(split, part) * len(of_class)) <= 1


@given(labels=labelled, split=shares(), data=st.data())
def test_the_order_of_files_changes_nothing(labels, split, data):
    keys = [f"image-{index:04d}" for index in range(len(labels))]
    order = np.array(data.draw(st.permutations(range(len(labels)))))
    parts = stratified_split(labels, split, None, "made up", keys=keys)
    shuffled = stratified_split(
        labels[order], split, None, "made up", keys=[keys[index] for index in order]
    )
    assert (shuffled == parts[order]).all()


@given(labels=labelled, data=st.data())
def test_the_archives_own_test_images_stay_the_test_part(labels, data):
    flags = st.lists(st.booleans(), min_size=len(labels), max_size=len(labels))
    test = np.array(data.draw(flags))
    parts = stratified_split(labels, ARCHIVE, test, "made up")
    assert ((parts == "test") == test).all()
    for label in np.unique(labels):
        rest = parts[(labels == label) & ~test]
        assert abs((rest == "train").sum() - (rest == "validation").sum()) <= 1


@given(labels=labelled, tenths=st.integers(0, 9), own_test=st.booleans())
def test_a_share_may_stay_unused(labels, tenths, own_test):
    unused = tenths / 10
    each = (1 - unused) / (2 if own_test else 3)
    test = np.arange(len(labels)) % 3 == 0 if own_test else None
    split = Split(
        train=each, validation=each, unused=unused, seed=0,
        test="archive" if own_test else each,
    )  # fmt: skip
    parts = stratified_split(labels, split, test, "made up")
    assert set(parts) <= {*PARTS, "unused"}
    divided = np.full(len(labels), True) if test is None else ~test
    if own_test:
        assert ((parts == "test") == test).all()
    for label in np.unique(labels):
        of_class = parts[(labels == label) & divided]
        assert abs((of_class == "unused").sum() - unused * len(of_class)) <= 1


def test_unused_images_are_in_no_part(tmp_path):
    write_images(tmp_path, noise(100), "small")
    split = Split(train=0.1, validation=0.1, test=0.2, unused=0.6, seed=0)
    write_splits(tmp_path, split, "noise")
    table = records.read(tmp_path / "splits.parquet", schemas.SPLITS)
    assert [table["split"].to_pylist().count(part) for part in PARTS] == [10, 10, 20]
    assert len(table) == 40


def test_shares_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match="must add up to 1"):
        Split(train=0.1, validation=0.1, test="archive", seed=0)


def test_seed_and_name_choose_the_draw():
    labels = np.arange(200) % 4
    first = stratified_split(labels, SHARES, None, "one")
    assert (stratified_split(labels, SHARES, None, "one") == first).all()
    other_seed = SHARES.model_copy(update={"seed": 1})
    assert (stratified_split(labels, other_seed, None, "one") != first).any()
    assert (stratified_split(labels, SHARES, None, "two") != first).any()


def test_a_class_more_does_not_move_the_others():
    labels = np.arange(200) % 4
    fewer = stratified_split(labels[labels < 3], SHARES, None, "one")
    assert (stratified_split(labels, SHARES, None, "one")[labels < 3] == fewer).all()


def test_cifar_is_halved_exactly():
    labels = np.repeat(np.arange(10), 6000)
    test = np.tile(np.arange(6000) >= 5000, 10)
    parts = stratified_split(labels, ARCHIVE, test, "cifar10")
    for label in range(10):
        counts = [int((parts[labels == label] == part).sum()) for part in PARTS]
        assert counts == [2500, 2500, 1000]


def test_an_archive_without_test_images_is_refused():
    with pytest.raises(NasevalError, match="sport8"):
        stratified_split(np.zeros(4, np.int64), ARCHIVE, None, "sport8")


@pytest.mark.parametrize("own_test", [False, True])
def test_written_splits_are_those_of_the_labels(tmp_path, own_test):
    source = noise(60)
    test = np.arange(60) >= 40 if own_test else None
    split = ARCHIVE if own_test else SHARES
    write_images(tmp_path, Source(source.images, source.labels, source.classes, test), "small")
    write_splits(tmp_path, split, "noise", provenance={"rule": "splits"})
    path = tmp_path / "splits.parquet"
    table = records.read(path, schemas.SPLITS)
    expected = stratified_split(source.labels, split, test, "noise")
    assert table["split"].to_pylist() == expected.tolist()
    assert records.provenance_of(path) == {"rule": "splits"}
    samples, labels = read_split(tmp_path, ("test",))
    assert samples.tolist() == np.flatnonzero(expected == "test").tolist()
    assert labels.tolist() == source.labels[samples].tolist()


def test_a_share_too_small_for_any_image_is_one_sentence(tmp_path):
    write_images(tmp_path, noise(20), "small")
    split = Split(train=0.48, validation=0.5, test=0.02, seed=0)
    with pytest.raises(
        NasevalError, match=r"into the part test, .* raise datasets\.mine\.split\.t"
    ):
        write_splits(tmp_path, split, "mine")
    assert not (tmp_path / "splits.parquet").exists()


def test_classes_that_a_part_lacks_are_told(tmp_path, caplog):
    source = noise(20)
    labels = np.minimum(np.arange(20), 4)  # one image each of a, b, c and d
    write_images(tmp_path, Source(source.images, labels, source.classes), "small")
    write_splits(tmp_path, SHARES, "mine")
    assert "mine: 4 classes have no image in the part test, such as a" in caplog.text


def test_a_part_without_images_is_named(tmp_path):
    write_images(tmp_path, noise(20), "small")
    write_splits(tmp_path, SHARES, "noise")
    table = records.read(tmp_path / "splits.parquet", schemas.SPLITS)
    others = table.filter(pc.not_equal(table["split"], "validation"))
    records.write(tmp_path / "splits.parquet", others, {})
    with pytest.raises(NasevalError, match=r"splits\.parquet has no images in validation"):
        read_split(tmp_path, ("validation",))


def swap_one(rows):
    return [*rows[:-1], rows[-1] | {"split": "train" if rows[-1]["split"] == "test" else "test"}]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda rows: [*rows, rows[0] | {"split": "test"}], "several rows with the same sample"),
        (lambda rows: [*rows[1:], rows[1]], "several rows with the same sample"),
        (lambda rows: [rows[0] | {"sample": -1}, *rows[1:]], "sample that are not at least 0"),
        (lambda rows: [rows[0] | {"sample": 999}, *rows[1:]], r"images that labels\.parquet lacks"),
        (lambda rows: [rows[0] | {"label": 3}, *rows[1:]], r"other labels than labels\.parquet"),
        (lambda rows: [rows[0] | {"class": "e"}, *rows[1:]], r"other labels than labels\.parquet"),
        (lambda rows: [rows[0] | {"split": "both"}, *rows[1:]], "split that are not one of train"),
        (swap_one, r"other test images than labels\.parquet"),
    ],
)
def test_splits_that_leak_or_do_not_fit_the_labels_are_refused(tmp_path, change, told):
    source = noise(60)
    test = np.arange(60) >= 40
    write_images(tmp_path, Source(source.images, source.labels, source.classes, test), "small")
    made = {"settings": {"split": ARCHIVE.model_dump()}}
    write_splits(tmp_path, ARCHIVE, "noise", provenance=made)
    path = tmp_path / "splits.parquet"
    table = records.read(path, schemas.SPLITS)
    rows = change(table.to_pylist())
    records.write(path, table.from_pylist(rows, schema=table.schema.remove_metadata()), made)
    with pytest.raises(NasevalError, match=rf"splits\.parquet has .*{told}"):
        read_split(tmp_path, ("train",))

"""What is known of a user's own images before they are read."""

import os

import pytest

from data_folders import ARCHIVE, SHARES
from naseval.budget.images import count_images
from naseval.data.images import load_images
from naseval.data.own_images import bytes_of, check_own, state_of
from naseval.data.splits import write_splits
from naseval.data.store import write_images
from naseval.errors import NasevalError
from own_images import FORMS, dataset, divided, pictures, read, write


@pytest.mark.parametrize("form", FORMS)
def test_the_state_changes_with_the_images_and_with_nothing_else(tmp_path, form):
    labels = tmp_path / "mine/labels.parquet"
    place = write(tmp_path / "one", form, pictures("cat", "dog"))
    before = state_of(place, labels)
    moved = place.rename(tmp_path / f"moved.{form}")
    assert state_of(moved, labels) == before
    os.utime(moved, (0, 0))
    if form in ("tar", "tar.gz"):
        assert state_of(moved, labels) != before
        return
    assert state_of(moved, labels) == before
    if form == "folder":
        (moved / ".DS_Store").write_bytes(b"x")
        assert state_of(moved, labels) == before
        os.utime(moved / "cat/0.png", (0, 0))
        assert state_of(moved, labels) != before


def test_the_state_of_a_zip_is_that_of_its_files(tmp_path):
    files = pictures("cat", "dog")
    (path, content), others = files[0], files[1:]
    other_byte = content[:-1] + bytes([content[-1] ^ 1])

    def state(name, files):
        return state_of(write(tmp_path / name, "zip", files), tmp_path / "no")

    before = state("one", files)
    assert state("again", [*files, (".DS_Store", b"x"), ("__MACOSX/cat/._0.png", b"")]) == before
    assert state("changed", [(path, other_byte), *others]) != before
    assert state("renamed", [("cat/7.png", content), *others]) != before
    assert state("fewer", others) != before


def test_the_state_of_a_tar_that_ends_with_a_zip_is_the_tars(tmp_path):
    inner = write(tmp_path, "zip", pictures("cat")).read_bytes()
    tar = write(tmp_path, "tar", [("a/inner.zip", inner), *pictures("cat")])
    before = state_of(tar, tmp_path / "no")
    os.utime(tar, (0, 0))
    assert state_of(tar, tmp_path / "no") != before


@pytest.mark.parametrize("change", ["add", "remove", "rename", "longer"])
def test_the_state_of_a_folder_changes_with(tmp_path, change):
    place = write(tmp_path, "folder", pictures("cat", "dog"))
    before, file = state_of(place, tmp_path), place / "cat/1.png"
    if change == "add":
        (place / "dog/9.png").write_bytes(b"")
    elif change == "remove":
        file.unlink()
    elif change == "rename":
        file.rename(place / "cat/7.png")
    else:
        time = file.stat().st_mtime
        file.write_bytes(file.read_bytes() + b"x")
        os.utime(file, (time, time))
    assert state_of(place, tmp_path) != before


def test_the_state_of_a_removed_folder_is_that_of_its_stored_images(tmp_path):
    place = write(tmp_path, "zip", pictures("cat", "dog"))
    recorded = {"settings": {"content": state_of(place, tmp_path)}}
    write_images(tmp_path, read(place), "small", provenance=recorded)
    place.unlink()
    assert state_of(place, tmp_path / "labels.parquet") == recorded["settings"]["content"]
    (tmp_path / "labels.parquet").write_bytes(b"damaged")
    with pytest.raises(NasevalError, match="does not exist"):
        state_of(place, tmp_path / "labels.parquet")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("split", [SHARES, ARCHIVE])
def test_images_are_counted_before_they_are_read(tmp_path, form, split):
    place = write(tmp_path / "a", form, divided("cat", "dog"))
    mine = dataset(place, split)
    counted = count_images("mine", mine, tmp_path)
    folder = tmp_path / "data/mine"
    write_images(folder, read(place), "small")
    write_splits(folder, split, "mine")
    place.rename(tmp_path / "gone")
    stored = count_images("mine", mine, tmp_path)  # from the splits
    assert sum(counted.values()) == sum(stored.values()) == 12
    assert counted["test"] == (6 if split is ARCHIVE else 2)
    assert stored["test"] == (6 if split is ARCHIVE else 2)
    assert bytes_of(tmp_path / "gone") > 1000
    assert len(load_images(folder, mine, ("test",), "cpu")) == stored["test"]


def test_a_test_part_that_is_not_there_is_told_by_the_budget(tmp_path):
    place = write(tmp_path, "zip", pictures("cat", "dog"))
    with pytest.raises(NasevalError, match=r"no folders train and test; give datasets\.mine\.spl"):
        count_images("mine", dataset(place, ARCHIVE), tmp_path)


@pytest.mark.parametrize("form", FORMS)
def test_planning_misses_a_test_part_and_classes_where_names_are_listed_at_once(tmp_path, form):
    """That is in a folder and in a zip. The job that stores the images reads a tar."""
    place = write(tmp_path, form, pictures("cat", "dog"))
    slips = {
        r"no folders train and test; give datasets\.mine\.split\.test": dataset(place, ARCHIVE),
        r"datasets\.mine\.classes is 3, but the images have 2": dataset(place, SHARES, classes=3),
    }
    check_own("mine", dataset(place, SHARES))
    for told, slip in slips.items():
        if form in ("folder", "zip"):
            with pytest.raises(NasevalError, match=told):
                check_own("mine", slip)
        else:
            check_own("mine", slip)


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_planning_misses_a_part_without_an_image(tmp_path, form):
    """Of two images of a class one is for training and one for validation."""
    place = write(tmp_path / "few", form, pictures("cat", "dog", count=2))
    with pytest.raises(NasevalError, match=r"falls into the part test, .* of 4 images of 2 classe"):
        check_own("mine", dataset(place, SHARES))
    one_more = write(tmp_path / "more", form, [*pictures("cat", count=2), *pictures("dog")])
    check_own("mine", dataset(one_more, SHARES))
    counted = count_images("mine", dataset(one_more, SHARES), tmp_path)
    assert counted == {"train": 2, "validation": 2, "test": 1}
    own_test = write(tmp_path / "test", form, divided("cat", "dog"))
    check_own("mine", dataset(own_test, ARCHIVE))


def test_own_images_of_one_class_are_no_number_to_set(tmp_path):
    place = write(tmp_path, "folder", pictures("cat"))
    with pytest.raises(NasevalError, match=r"1 class \(cat\); put the images of each class into a"):
        check_own("mine", dataset(place, SHARES))


def test_own_images_that_are_gone_are_named(tmp_path):
    gone = dataset(tmp_path / "gone", SHARES)
    check_own("mine", gone)
    with pytest.raises(NasevalError, match=r"datasets\.mine\.path: .*gone does not exist, and"):
        count_images("mine", gone, tmp_path)

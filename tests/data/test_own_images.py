"""A user's own images: in a folder, a zip or a tar, in every layout, whole and damaged."""

import gzip
import io
import os
import stat
import subprocess
import sys
import tarfile
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import archives as made
from data_folders import ARCHIVE, SHARES
from naseval.data.formats.class_folders import class_folders
from naseval.data.formats.members import file_names, read_in_order
from naseval.data.own_images import state_of
from naseval.data.sources import check_classes
from naseval.data.store import read_labels, write_images
from naseval.errors import ConfigError, NasevalError
from own_images import (
    FORMS,
    dataset,
    divided,
    pictures,
    read,
    tar_with_raw_name,
    write,
    zip_with_raw_name,
)


@pytest.mark.parametrize("form", FORMS)
def test_classes_and_images_are_sorted_by_name(tmp_path, form):
    place = write(tmp_path, form, pictures("dog", "cat", "a b/ü"))
    source = read(place)
    assert source.classes == ("a b", "cat", "dog")
    assert source.labels.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert source.names[::3] == ("a b/ü/0.png", "cat/0.png", "dog/0.png")
    assert source.test is None


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("below", ["", "one/", "one/two/"])
def test_folders_that_all_images_share_are_no_classes(tmp_path, form, below):
    files = [(below + path, content) for path, content in divided("cat", "dog")]
    source = read(write(tmp_path, form, files))
    assert source.classes == ("cat", "dog")
    assert source.test.tolist() == [True] * 6 + [False] * 6
    assert source.names[0] == "test/cat/0.png"


@pytest.mark.parametrize("images", ["small", "large"])
def test_every_form_gives_the_same_images(tmp_path, images):
    files = divided("cat", "dog")
    sources = [read(write(tmp_path / form, form, files), 8, images) for form in FORMS]
    contents = [list(map(bytes, source.images)) for source in sources]
    assert contents[0] == contents[1] == contents[2] == contents[3]
    assert len({source.names for source in sources}) == 1
    if images == "large":
        assert contents[0] == [content for _, content in sorted(files)]


@pytest.mark.parametrize(("size", "box"), [((24, 16), (4, 0, 20, 16)), ((16, 40), (0, 12, 16, 28))])
def test_small_images_are_scaled_once_and_cut_to_a_square(tmp_path, size, box):
    files = pictures("cat", "dog", size=size)
    source = read(write(tmp_path, "folder", files))
    original = Image.open(io.BytesIO(files[0][1]))
    expected = original.resize((8, 8), Image.Resampling.BILINEAR, box)
    assert (source.images[0] == np.asarray(expected)).all()
    assert source.images.shape == (6, 8, 8, 3)


def test_small_images_of_the_right_size_keep_their_pixels(tmp_path):
    files = pictures("cat", "dog", size=(8, 8))
    source = read(write(tmp_path, "zip", files))
    assert (source.images[0] == np.asarray(Image.open(io.BytesIO(files[0][1])))).all()


HIDDEN = [
    ".DS_Store", "cat/.DS_Store", "cat/Thumbs.db", "__MACOSX/cat/._0.png", "cat/._0.png",
    ".ipynb_checkpoints/cat/0.png", "cat/.ipynb_checkpoints/0-checkpoint.png", ".git/x/0.png",
    "cat/@eaDir/0.png",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_hidden_and_system_files_are_passed_over_in_silence(tmp_path, form, caplog):
    caplog.set_level("INFO")
    files = [*pictures("cat", "dog"), *((path, b"x") for path in HIDDEN)]
    assert len(read(write(tmp_path, form, files)).images) == 6
    assert caplog.text == ""


def test_other_files_are_counted(tmp_path, caplog):
    caplog.set_level("INFO")
    others = [("a.txt", b""), ("cat/b.csv", b""), ("cover.png", b""), ("dog/x.json", b"")]
    place = write(tmp_path, "tar", [*pictures("cat", "dog"), *others])
    assert len(read(place).images) == 6
    told = "passed over 4 files, no images of a class: a.txt, cat/b.csv, cover.png and 1 more"
    assert told in caplog.text


@pytest.mark.parametrize("images", ["small", "large"])
@pytest.mark.parametrize("form", FORMS)
def test_bad_files_are_named_and_counted_in_one_sentence(tmp_path, form, images, caplog):
    files = dict(pictures("cat", "dog", count=4))
    files["cat/1.png"] = files["cat/1.png"][:50]
    files["dog/3.png"] = b""
    source = read(write(tmp_path, form, files.items()), 8, images)
    assert len(list(source.images)) == len(source.names) == 6
    assert source.labels.tolist() == [0, 0, 0, 1, 1, 1]
    (warning,) = caplog.messages
    assert "2 of 8 images cannot be decoded and are left out: cat/1.png (" in warning
    assert "dog/3.png (" in warning
    assert "\n" not in warning


def test_a_class_of_bad_files_alone_is_refused(tmp_path):
    files = [*pictures("cat"), ("dog/0.png", b"x")]
    with pytest.raises(NasevalError, match="has no image of dog that can be decoded; mend it"):
        read(write(tmp_path, "zip", files))


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([], "holds 0 images, but none in a folder of its class; mend it"),
        ([("a.png", b""), ("b.png", b"")], "holds 2 images, but none .* class, a.png for inst"),
        ([("train/a/1.png", b""), ("val/a/1.png", b"")], "has the folders train, val; name tho"),
        ([("Training/a/1.png", b""), ("Testing/a/1.png", b"")], "has the folders Testing, Trai"),
        ([("train/a/1.png", b""), ("tests/a/1.png", b"")], "name those of the parts train and"),
        ([("train/a/1.png", b""), ("test/b/1.png", b"")], "has test images of b, but none to tr"),
        ([("a/1.png", b""), ("./a/1.png", b"")], "holds the image a/1.png twice"),
    ],
)
def test_layouts_that_cannot_be_meant_are_one_sentence(tmp_path, files, told):
    with pytest.raises(NasevalError, match=told):
        class_folders(write(tmp_path, "tar", files))


def test_train_may_be_a_class_among_others(tmp_path):
    place = write(tmp_path, "folder", pictures("car", "train", "val"))
    assert class_folders(place).classes == ("car", "train", "val")


def test_a_missing_path_is_named(tmp_path):
    for call in (read, lambda place: state_of(place, tmp_path / "mine/labels.parquet")):
        with pytest.raises(NasevalError, match=r"nowhere (is missing|does not exist); (set|name)"):
            call(tmp_path / "nowhere")


def test_links_are_followed_but_not_in_circles(tmp_path):
    place = write(tmp_path, "folder", pictures("cat"))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/0.png").write_bytes(made.photograph("dog", kind="PNG"))
    (place / "dog").symlink_to(tmp_path / "elsewhere")
    (place / "cat/again").symlink_to(place)
    assert read(place).classes == ("cat", "dog")
    (place / "dog/1.png").symlink_to(tmp_path / "nowhere")
    with pytest.raises(NasevalError, match=r"No such file or directory: '.*dog/1\.png'"):
        read(place)


@pytest.mark.parametrize("mode", ["w", "w:gz"])
@pytest.mark.parametrize("images", ["small", "large"])
@given(links=st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=6))
@settings(max_examples=6, deadline=None)
def test_a_tar_of_a_folder_with_hard_links_is_the_folder(tmp_path_factory, mode, images, links):
    place = tmp_path_factory.mktemp("mine")
    folder = write(place, "folder", pictures("cat", "dog"))
    files = sorted(folder.rglob("*.png"))
    for number, (index, first) in enumerate(links):
        name = f"{'!' if first else 'z'}{number}.png"
        files[index].with_name(name).hardlink_to(files[index])
    with tarfile.open(place / "images.tar", mode) as tar:
        tar.add(folder, "images")
    sources = [read(one, 8, images) for one in (folder, place / "images.tar")]
    assert sources[0].names == sources[1].names
    assert len(sources[0].names) == 6 + len(links)
    assert sources[0].labels.tolist() == sources[1].labels.tolist()
    contents = [list(map(bytes, source.images)) for source in sources]
    assert contents[0] == contents[1]


def with_links(place, form, links):
    """Write images and symbolic links in an archive."""
    archive = write(place, form, pictures("cat", "dog"))
    if form == "zip":
        with zipfile.ZipFile(archive, "a") as file:
            for path in links:
                info = zipfile.ZipInfo(path)
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
                file.writestr(info, "../cat/0.png")
        return archive
    with tarfile.open(archive, "a") as tar:
        for path in links:
            info = tarfile.TarInfo(path)
            info.type, info.linkname = tarfile.SYMTYPE, "../cat/0.png"
            tar.addfile(info)
    return archive


@pytest.mark.parametrize("form", ["zip", "tar"])
def test_images_that_are_links_in_an_archive_are_counted_and_refused(tmp_path, form):
    place = with_links(tmp_path, form, ["dog/8.png", "dog/9.JPG", "a.txt", "dog/.8.png"])
    with pytest.raises(NasevalError, match=r"holds 2 images as links, dog/8\.png for in") as error:
        read(place)
    assert "tar --dereference" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("form", ["zip", "tar"])
def test_other_links_in_an_archive_are_counted(tmp_path, form, caplog):
    caplog.set_level("INFO")
    assert len(read(with_links(tmp_path, form, ["bird", "dog/a.txt", ".b"])).images) == 6
    assert "passed over 2 files, no images of a class: bird, dog/a.txt" in caplog.text


@pytest.mark.parametrize("write_raw", [zip_with_raw_name, tar_with_raw_name])
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("é/ü.png".encode(), "é/ü.png"),
        (b"cat/\xff\xfe.png", "cat/\\xff\\xfe.png"),
        (b"cat/a\nb.png", "cat/a\\x0ab.png"),
    ],
)
def test_names_of_any_encoding_are_text(tmp_path, write_raw, name, shown):
    archive = write_raw(tmp_path / "a", name, made.photograph("cat", kind="PNG"))
    (found,) = file_names(archive)
    if write_raw is tar_with_raw_name or b"\xff" not in name:
        assert found == shown
    write_images(tmp_path, read(archive, images="large"), "large")
    assert read_labels(tmp_path)["name"].to_pylist() == [found]


def test_names_do_not_depend_on_the_locale(tmp_path):
    place = write(tmp_path, "folder", pictures("é", "ž"))
    odd = place / os.fsdecode(b"\xff")
    odd.mkdir()
    (odd / os.fsdecode(b"\xfe.png")).write_bytes(made.photograph("x", kind="PNG"))
    code = (
        "import sys; from pathlib import Path\n"
        "from naseval.data.formats.class_folders import class_folders\n"
        "print(ascii(class_folders(Path(sys.argv[1])).names))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-X", f"utf8={utf8}", "-c", code, place],
            env={**os.environ, "LC_ALL": locale, "PYTHONCOERCECLOCALE": "0"},
            capture_output=True,
            check=True,
        ).stdout
        for locale, utf8 in (("C.UTF-8", 1), ("C", 0), ("POSIX", 1))
    }
    assert len(said) == 1
    assert rb"\\xff/\\xfe.png" in said.pop()


def test_a_zip_of_windows_has_folders(tmp_path):
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path, content in pictures("cat", "dog"):
            info = zipfile.ZipInfo(path)
            info.filename = info.orig_filename = path.replace("/", "\\")
            file.writestr(info, content)
    assert read(archive).classes == ("cat", "dog")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is damaged"),
        (b"PK\3\4 and nothing more", "is damaged"),
        (b"<html>Sign in</html>", "is damaged .it is an HTML page"),
        (bytes(1024), "holds 0 images"),
    ],
)
def test_an_archive_that_is_none_is_one_sentence(tmp_path, content, told):
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(NasevalError, match=rf"a\.zip {told}.*; mend it, or set the dataset's path"):
        read(tmp_path / "a.zip")


@pytest.mark.parametrize("form", ["tar", "tar.gz"])
def test_a_tar_that_was_cut_or_has_a_damaged_header_is_one_sentence(tmp_path, form):
    """Python's tarfile would end quietly before the first whole header that it does not find."""
    place = write(tmp_path, "tar", pictures("cat", "dog", count=5))
    whole = place.read_bytes()
    with tarfile.open(place) as tar:
        headers = [member.offset for member in tar.getmembers()]
    flipped = bytearray(whole)
    flipped[headers[5] + 5] ^= 1
    damaged = [bytes(flipped), *(whole[: at + cut] for at in headers[1:] for cut in (0, 100, 512))]
    archive = tmp_path / f"a.{form}"
    for content in [whole, *damaged]:
        archive.write_bytes(content if form == "tar" else gzip.compress(content, 1))
        if content is whole:
            assert len(read(archive).names) == 10
        else:
            with pytest.raises(NasevalError, match=r"is damaged .*; mend it"):
                read(archive)


def test_a_damaged_last_header_of_a_tar_is_one_sentence(tmp_path):
    """Also that of a hard link, which no content follows, or before content of zeros."""
    link = tarfile.TarInfo("cat/link.png")
    link.type, link.linkname = tarfile.LNKTYPE, "cat/0.png"
    for name, last in (("link.tar", link), ("zeros.tar", ("cat/zeros.png", bytes(2048)))):
        place = made.write_tar(tmp_path / name, [*pictures("cat", "dog"), last])
        content = bytearray(place.read_bytes())
        with tarfile.open(place) as tar:
            content[tar.getmembers()[-1].offset + 5] ^= 1
        place.write_bytes(content)
        with pytest.raises(NasevalError, match=r"is damaged .*; mend it"):
            read(place)


def test_an_encrypted_zip_is_one_sentence(tmp_path):
    place = write(tmp_path, "zip", pictures("cat", "dog"))
    content = bytearray(place.read_bytes())
    for mark, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        start = -1
        while (start := content.find(mark, start + 1)) >= 0:
            content[start + flags] |= 1
    place.write_bytes(content)
    with pytest.raises(NasevalError, match=r"is damaged \(.*encrypted"):
        read(place)


@given(order=st.permutations(range(6)), kept=st.sets(st.integers(0, 5)))
@settings(max_examples=20)
def test_contents_come_in_any_order_that_is_asked_for(tmp_path_factory, order, kept):
    files = [(f"{number}", bytes([number]) * number) for number in range(6)]
    archive = made.write_tar(tmp_path_factory.mktemp("tar") / "a.tar", files)
    names = [str(number) for number in order if number in kept]
    assert list(read_in_order(archive, names)) == [files[int(name)][1] for name in names]


# The configuration


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"path": None}, "the source folder needs a path"),
        ({"source": "digits"}, "a path is for the source folder alone; remove it"),
        ({"split": ARCHIVE.model_copy(update={"test": "published"})}, "no lists are published"),
    ],
)
def test_a_path_belongs_to_the_source_folder(changes, told):
    with pytest.raises(ConfigError, match=told):
        dataset("images", **{"split": SHARES, **changes})


def test_other_classes_than_configured_are_one_sentence():
    check_classes("mine", ("cat", "dog"), 2)
    with pytest.raises(NasevalError, match=r"mine\.classes is 3, but the images have 2 classes .c"):
        check_classes("mine", ("cat", "dog"), 3)

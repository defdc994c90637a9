"""Sources of photographs on small archives of their true formats, and on damaged ones."""

import io
import os
import signal
import subprocess
import sys
import tarfile

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

import archives as made
from naseval.data.decoding import why_broken
from naseval.data.formats import matlab, members
from naseval.data.formats.members import file_names, listing, read_files, read_in_order
from naseval.data.formats.pictures import read_pictures
from naseval.data.sources import get_source
from naseval.errors import NasevalError


def read(source, folder, size=224, images="large"):
    return get_source(source).read(folder, size, images)


def all_read(archive):
    return dict(read_files(archive, lambda _: True))


@pytest.mark.parametrize("source", ["sport8", "mit67", "flowers102"])
def test_large_sources_are_not_small(tmp_path, source):
    with pytest.raises(NasevalError, match=f"{source} has photographs of many sizes; set"):
        read(source, tmp_path, 32, "small")


# Class folders: Sport-8 in a RAR, MIT-67 in a tar


def written(source, folder, files):
    if source == "sport8":
        return made.write_rar(folder / "event_dataset.rar", files)
    return made.write_tar(folder / "indoorCVPR_09.tar", files)


@pytest.fixture(params=["sport8", "mit67"])
def folders(request, monkeypatch):
    """Return a source of class folders, of which 6 images in 2 classes are expected."""
    made.holds(monkeypatch, request.param, 6, 2)
    return request.param


PLACES = made.class_folders("Images", ["bar", "mall"], 3)


def test_class_folders_are_read_as_they_are(tmp_path, folders):
    files = [*PLACES, ("Images/bar/Thumbs.db", b"x"), ("Images/bar/._bar_1.jpg", b"x")]
    written(folders, tmp_path, files)
    source = read(folders, tmp_path)
    assert list(source.images) == [content for _, content in PLACES]
    assert source.classes == ("bar", "mall")
    assert source.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert source.names[0], source.names[3] == ("bar/same.jpg", "mall/same.jpg")
    assert source.test is None


def test_a_missing_class_is_refused(tmp_path, folders):
    files = [(path.replace("mall", "bar"), content) for path, content in PLACES]
    names = [(f"Images/bar/{index}.jpg", content) for index, (_, content) in enumerate(files)]
    written(folders, tmp_path, names)
    with pytest.raises(NasevalError, match="holds images of 1 classes, not 2"):
        read(folders, tmp_path)


def test_missing_images_are_refused(tmp_path, folders):
    written(folders, tmp_path, PLACES[1:])
    with pytest.raises(NasevalError, match="holds 5 whole images, not 6; delete it"):
        read(folders, tmp_path)


def test_an_image_that_is_there_twice_is_refused(tmp_path, folders):
    written(folders, tmp_path, [*PLACES[:5], ("Copy/bar/same.jpg", PLACES[0][1])])
    with pytest.raises(NasevalError, match=r"holds the image bar/same\.jpg in two places"):
        read(folders, tmp_path)


def test_a_path_that_is_there_twice_is_refused(tmp_path, folders):
    written(folders, tmp_path, [*PLACES, PLACES[2]])
    with pytest.raises(NasevalError, match=r"holds Images/bar/bar_2\.jpg twice"):
        read(folders, tmp_path)


def test_a_truncated_image_is_left_out_and_the_count_tells(tmp_path, folders, monkeypatch, caplog):
    path, content = PLACES[4]
    written(folders, tmp_path, [*PLACES[:4], (path, content[: len(content) // 2]), PLACES[5]])
    with pytest.raises(NasevalError, match=r"5 whole images, not 6 \(Images/mall/mall_1\.jpg can"):
        read(folders, tmp_path)
    made.holds(monkeypatch, folders, 5, 2)
    source = read(folders, tmp_path)
    assert list(source.images) == [content for _, content in [*PLACES[:4], PLACES[5]]]
    assert "Images/mall/mall_1.jpg cannot be decoded" in caplog.text


@pytest.mark.parametrize("keep", [3, 20, 1000, -30])
def test_a_truncated_archive_is_one_sentence(tmp_path, folders, keep):
    path = written(folders, tmp_path, PLACES)
    content = path.read_bytes()
    end = content.rindex(b"\xff\xd9")  # of the last JPEG, where only padding follows
    path.write_bytes(content[: keep if keep > 0 else end + keep])
    with pytest.raises(NasevalError, match=rf"{path.name} (is damaged|holds)") as caught:
        read(folders, tmp_path)
    assert "\n" not in str(caught.value)


def test_a_rar_packed_anew_as_a_tar_is_read_too(tmp_path, monkeypatch):
    made.holds(monkeypatch, "sport8", 6, 2)
    made.write_tar(tmp_path / "event_dataset.rar", PLACES)
    assert list(read("sport8", tmp_path).images) == [content for _, content in PLACES]


@pytest.mark.parametrize("path", ["../outside/a.jpg", "Images/../../a.jpg", "/Images/bar/a.jpg"])
def test_paths_that_lead_outside_are_refused(tmp_path, path):
    archive = made.write_tar(tmp_path / "bad.tar", [(path, PLACES[0][1])])
    with pytest.raises(NasevalError, match=r"bad\.tar holds .*, outside of its folder"):
        file_names(archive)


def test_links_and_devices_are_passed_over(tmp_path):
    links = []
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
        info = tarfile.TarInfo(f"Images/bar/{kind.decode()}.jpg")
        info.type, info.linkname = kind, "/etc/passwd"
        links.append(info)
    archive = made.write_tar(tmp_path / "links.tar", [*links, PLACES[0]])
    assert file_names(archive) == [PLACES[0][0]]
    assert all_read(archive) == dict(PLACES[:1])


def hard_link(path, target):
    info = tarfile.TarInfo(path)
    info.type, info.linkname = tarfile.LNKTYPE, target
    return info


FILES = [("b/1", b"one"), ("a/2", b"two")]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_hard_links_are_the_files_that_they_lead_to(tmp_path, mode):
    links = [hard_link("0", "a/2"), hard_link("c", "./b/1"), hard_link("d", "c")]
    archive = made.write_tar(tmp_path / "a.tar", [FILES[0], FILES[1], *links, ("e", b"last")], mode)
    names = ["b/1", "a/2", "e", "c", "d", "0"]
    assert file_names(archive) == names
    contents = [b"one", b"two", b"last", b"one", b"one", b"two"]
    assert list(read_files(archive, lambda _: True)) == list(zip(names, contents, strict=True))
    assert list(read_in_order(archive, sorted(names))) == [
        dict(zip(names, contents, strict=True))[name] for name in sorted(names)
    ]


@pytest.mark.parametrize(
    "target", ["/etc/passwd", "../../etc/passwd", "later", "link", "b", "self"]
)
def test_hard_links_to_what_is_no_file_before_them_are_not_followed(tmp_path, target):
    link = hard_link("self", "/etc/passwd")
    link.type, link.name = tarfile.SYMTYPE, "link"
    members = [*FILES, link, hard_link("self", target), ("later", b"")]
    archive = made.write_tar(tmp_path / "a.tar", members)
    assert listing(archive) == (["b/1", "a/2", "later"], ["link", "self"])
    assert all_read(archive) == {**dict(FILES), "later": b""}


def test_hard_links_keep_the_rules_of_files(tmp_path, monkeypatch):
    outside = made.write_tar(tmp_path / "a.tar", [*FILES, hard_link("../out", "b/1")])
    with pytest.raises(NasevalError, match=r"holds \.\./out, outside of its folder"):
        file_names(outside)
    twice = made.write_tar(tmp_path / "b.tar", [*FILES, hard_link("a/2", "b/1")])
    with pytest.raises(NasevalError, match="holds a/2 twice"):
        file_names(twice)
    large = made.write_tar(tmp_path / "c.tar", [("big", b"1234"), hard_link("same", "big")])
    monkeypatch.setattr(members, "LIMIT", 3)
    with pytest.raises(NasevalError, match="same has 4 bytes or more"):
        list(read_files(large, "same".__eq__))


@pytest.mark.parametrize("write", [made.write_tar, made.write_rar])
def test_a_file_that_is_too_large_is_refused(tmp_path, monkeypatch, write):
    monkeypatch.setattr(members, "LIMIT", len(PLACES[0][1]) - 1)
    archive = write(tmp_path / "big", PLACES[:1])
    with pytest.raises(NasevalError, match=r"Images/bar/same\.jpg has .* bytes or more"):
        all_read(archive)


def test_a_gzip_bomb_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(members, "LIMIT", 1000)
    archive = made.write_tar(tmp_path / "bomb.tgz", [("a.jpg", bytes(10_000_000))], "w:gz")
    with pytest.raises(NasevalError, match=r"a\.jpg has 10000000 bytes"):
        all_read(archive)


def test_a_rar_without_the_systems_library_is_one_sentence(tmp_path):
    archive = made.write_rar(tmp_path / "event_dataset.rar", PLACES)
    code = (
        "import sys; from pathlib import Path; from naseval.errors import NasevalError\n"
        "from naseval.data.formats.members import file_names\n"
        "try: file_names(Path(sys.argv[1]))\n"
        "except NasevalError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(archive)],
        env={**os.environ, "LIBARCHIVE": "/nowhere/libarchive.so"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "event_dataset.rar is a RAR, and the library that reads it is missing" in done.stdout
    assert "libarchive13" in done.stdout


# Flowers-102


def test_flowers_have_the_labels_and_test_images_of_their_numbers(tmp_path, monkeypatch):
    made.holds(monkeypatch, "flowers102", 204, 102)
    labels, tested = made.flowers102(tmp_path)
    source = read("flowers102", tmp_path)
    assert (source.labels == labels - 1).all()
    assert source.classes[76] == "flower_77"
    assert source.names[0] == f"flower_{labels[0]}/image_00001.jpg"
    assert (np.flatnonzero(source.test) + 1).tolist() == tested.tolist()
    assert len(list(source.images)) == 204


def test_a_flower_without_a_label_is_refused(tmp_path, monkeypatch):
    made.holds(monkeypatch, "flowers102", 204, 102)
    made.flowers102(tmp_path)
    made.write_tar(
        tmp_path / "102flowers.tgz", [("jpg/image_00205.jpg", made.photograph("x"))], "w:gz"
    )
    with pytest.raises(NasevalError, match=r"image_00205\.jpg, which no label belongs to"):
        read("flowers102", tmp_path)


def test_a_flower_of_no_image_is_named(tmp_path, monkeypatch):
    made.holds(monkeypatch, "flowers102", 101, 102)
    made.flowers102(tmp_path)
    files = [(f"jpg/image_{n:05d}.jpg", made.photograph("flower", n)) for n in range(1, 102)]
    made.write_tar(tmp_path / "102flowers.tgz", files, "w:gz")
    with pytest.raises(NasevalError, match=r"101 classes, not 102 \(there is no flower_\d+\)"):
        read("flowers102", tmp_path)


@pytest.mark.parametrize("content", [b"", b"MATLAB 5.0 nonsense", bytes(300)])
def test_damaged_labels_are_named(tmp_path, content):
    made.flowers102(tmp_path, 3)
    (tmp_path / "imagelabels.mat").write_bytes(content)
    with pytest.raises(NasevalError, match=r"imagelabels\.mat does not hold the numbers labels"):
        read("flowers102", tmp_path)


def test_labels_that_no_flower_has_are_named(tmp_path):
    made.flowers102(tmp_path, 3)
    savemat(tmp_path / "imagelabels.mat", {"labels": np.array([1, 103, 2], np.uint8)})
    with pytest.raises(NasevalError, match=r"imagelabels\.mat has numbers other than 1 to 102"):
        read("flowers102", tmp_path)


def _crash(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_reader_that_crashes_is_one_sentence(tmp_path, monkeypatch):
    made.flowers102(tmp_path, 3)
    monkeypatch.setattr(matlab, "loadmat", _crash)
    with pytest.raises(NasevalError, match=r"imagelabels\.mat does .* \(SciPy's reader crashes on"):
        read("flowers102", tmp_path)


def test_a_missing_file_is_named(tmp_path):
    for source, name in (("mit67", "indoorCVPR_09"), ("flowers102", "imagelabels")):
        with pytest.raises(NasevalError, match=f"{name}.* is missing; run snakemake download"):
            read(source, tmp_path)


# Pictures of any kind


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("L", "JPEG"), ("CMYK", "JPEG"), ("P", "GIF"), ("RGBA", "PNG"), ("1", "PNG"), ("LA", "PNG")],
)
def test_pictures_of_any_mode_stay_as_they_are_and_can_be_decoded(tmp_path, mode, kind):
    content = made.photograph(mode, mode=mode, kind=kind)
    assert why_broken(content) is None
    archive = made.write_tar(tmp_path / "a.tar", [(f"x/bar/a.{kind}", content)])
    assert list(read_pictures(archive, [1], 1).images) == [content]
    assert Image.open(io.BytesIO(content)).convert("RGB").size == (40, 30)


def test_of_an_animated_image_the_first_frame_counts():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    content = io.BytesIO()
    frames[0].save(content, "GIF", save_all=True, append_images=frames[1:])
    assert why_broken(content.getvalue()) is None
    assert Image.open(content).convert("RGB").getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF"])
@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.9])
def test_truncated_pictures_are_broken(kind, share):
    content = made.photograph(kind, size=(300, 200), kind=kind)
    assert why_broken(content[: int(share * len(content))])


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [9460])
def test_a_picture_of_too_many_pixels_is_broken(side):
    content = io.BytesIO()
    Image.new("1", (side, side)).save(content, "PNG")  # 14 kB
    assert why_broken(content.getvalue()) == f"it has {side}×{side} pixels, more than 89478485"


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_pixels_of_more_than_8_bits_are_refused_rather_than_cut_off(mode):
    content = io.BytesIO()
    Image.new(mode, (4, 4)).save(content, "TIFF")
    assert why_broken(content.getvalue()) == "its pixels have more than 8 bits"

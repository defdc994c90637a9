"""A user's own images, written as a folder, a zip or a tar, and their settings."""

import io
import tarfile
import zipfile

import archives as made
from naseval.data.sources import get_source
from naseval.settings.dataset import Dataset
from naseval.settings.validation import validated

FORMS = ("folder", "zip", "tar", "tar.gz")


def pictures(*classes, count=3, kind="PNG", size=(12, 10)):
    """Return the (path, content) pairs of `count` images in the folder of every class."""
    return [
        (f"{label}/{index}.{kind.lower()}", made.photograph(label, index, size=size, kind=kind))
        for label in classes
        for index in range(count)
    ]


def divided(*classes):
    """Return images in {train,test}/{class}."""
    return pictures(*(f"{part}/{label}" for part in ("train", "test") for label in classes))


def write(place, form, files):
    """Write (path, content) pairs below `place` in one of `FORMS`. Return the dataset's path.

    An archive has the files in the opposite of the order of their names.
    """
    files = sorted(files, reverse=True)
    place.mkdir(parents=True, exist_ok=True)
    if form == "folder":
        for path, content in files:
            (place / "images" / path).parent.mkdir(parents=True, exist_ok=True)
            (place / "images" / path).write_bytes(content)
        return place / "images"
    archive = place / f"images.{form}"
    if form == "zip":
        with zipfile.ZipFile(archive, "w") as file:
            for path, content in files:
                file.writestr(path, content)
        return archive
    return made.write_tar(archive, files, "w:gz" if form == "tar.gz" else "w")


def read(place, size=8, images="small"):
    """Return the images at `place` as a source."""
    return get_source("folder").read(place, size, images)


def dataset(place, split, **changes):
    """Return the settings of images in two classes."""
    fields = {"label": "Mine", "source": "folder", "path": str(place), "images": "small"}
    fields |= {"image_size": 8, "classes": 2, "split": split, "channels": "computed"}
    return validated(Dataset, fields | changes, "datasets.mine")


def zip_with_raw_name(place, name, content):
    """Write a zip with one file whose name is the bytes `name`, of no stated encoding."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("x" * len(name), content)
    place.write_bytes(buffer.getvalue().replace(b"x" * len(name), name))
    return place


def tar_with_raw_name(place, name, content):
    """Write a tar with one file whose name is the bytes `name`."""
    with tarfile.open(place, "w", format=tarfile.GNU_FORMAT, encoding="utf-8") as tar:
        info = tarfile.TarInfo(name.decode("utf-8", "surrogateescape"))
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
    return place

"""Facts about a source that are known before it is fetched, from its file `sources/NAME.yaml`."""

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field

from naseval.errors import NasevalError
from naseval.settings.base import Positive, Strict
from naseval.settings.validation import validated

FOLDER = Path(__file__).with_name("sources")


class Digest(Strict):
    """The expected digest of a file, and the source of this value."""

    algorithm: Literal["md5", "sha1", "sha256"]
    value: str
    source: str


class ArchiveFile(Strict):
    """A file to fetch."""

    url: str
    bytes: Positive | None = None
    """Size of the file, which gives the duration of a download. It is not checked."""
    digests: list[Digest] = Field(default_factory=list)
    """One of these digests must hold, since a file may exist in several forms. Without digests, the
    digest of the first downloaded file is recorded (docs/datasets.md).
    """
    unconfirmed: Digest | None = None
    """A digest that was published but could not be checked. A difference is only a warning."""


class Facts(Strict):
    """A dataset as its makers publish it."""

    title: str
    page: str
    images: list[Positive] = Field(min_length=1)
    """The possible numbers of images in the archive."""
    classes: Positive
    kind: Literal["small", "large"] | None = None
    """The kind of images if the source has only one."""
    image_size: Positive | None = None
    """Side of the images in pixels if the source has only one. They can be scaled down."""
    test_images: Positive | None = None
    """Number of test images that the makers chose, or None if it is unknown or they chose none."""
    lists: bool = False
    """True if the paper's authors published lists of training and test images."""
    licence: str
    citation: str
    folders: list[str] = Field(default_factory=list)
    """Folders in which packages of operating systems put the files."""
    subfolders: list[str] = Field(default_factory=list)
    """Folders in which torchvision puts the files, below the user's folder of archives."""
    unpacked: dict[str, str] = Field(default_factory=dict)
    """The MD5 of each needed file in the archive by its path. torchvision leaves them beside the
    archive, which may be gone. Empty if this is not so.
    """
    files: dict[str, ArchiveFile] = Field(default_factory=dict)
    """The files to fetch, by name. It is empty if a Python library includes the images."""


def get_facts(source: str) -> Facts:
    """Return the facts of the source with this name.

    Raise `NasevalError` if the source has no facts file or the file is invalid.
    """
    return _read(FOLDER / f"{source.replace('-', '_')}.yaml")


@cache
def _read(path: Path) -> Facts:
    if not path.exists():
        raise NasevalError(
            f"nothing is known of the source {path.stem}: state its images, classes, licence and "
            f"files in {path}"
        )
    try:
        fields = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise NasevalError(f"{path} is not YAML ({' '.join(str(error).split())})") from error
    return validated(Facts, fields or {}, where=f"{path}: key")


def reading_facts(source: str) -> dict[str, object]:
    """Return the facts on which reading a source's archive depends."""
    return get_facts(source).model_dump(include={"images", "classes", "test_images"})


def archive_files(source: str) -> list[str]:
    """Return the names of the files that a source reads."""
    return list(get_facts(source).files)

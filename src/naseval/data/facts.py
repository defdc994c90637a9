"""What is known of a source before it is fetched, as its file `sources/NAME.yaml` states it."""

from collections.abc import Mapping
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
    """What a file's bytes must hash to, and who says so."""

    algorithm: Literal["md5", "sha1", "sha256"]
    value: str
    source: str


class ArchiveFile(Strict):
    """One file to fetch."""

    url: str
    bytes: Positive | None = None
    """How long a download takes; not checked."""
    digests: list[Digest] = Field(default_factory=list)
    """One of them must hold, as a file may come in several forms. Without any, the digest of the
    file's first arrival is recorded (docs/datasets.md)."""
    unconfirmed: Digest | None = None
    """Stated by somebody, and nobody could check it; a difference is a warning."""


class Facts(Strict):
    """A dataset as its makers publish it."""

    title: str
    page: str
    images: list[Positive] = Field(min_length=1)
    """The numbers of images that the archive may hold."""
    classes: Positive
    test_images: Positive | None = None
    """How many of them the makers chose for the test; None: unknown, or they chose none."""
    lists: bool = False
    """Whether the paper's authors published lists of training and test images."""
    licence: str
    citation: str
    folders: list[str] = Field(default_factory=list)
    """Where packages of operating systems put the files."""
    files: dict[str, ArchiveFile] = Field(default_factory=dict)
    """The files to fetch, by name; none where a Python library brings the images."""


def get_facts(source: str) -> Facts:
    """Return the facts of a source, by its name.

    Raises `NasevalError` where the source has no such file, or where that has a fault.
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
    """Return the facts that reading a source's archive depends on."""
    return get_facts(source).model_dump(include={"images", "classes", "test_images"})


def archive_files(source: str) -> list[str]:
    """Return the names of the files that a source reads."""
    return list(get_facts(source).files)


def check_lists(sources: Mapping[str, str]) -> None:
    """Raise `NasevalError` for a dataset with split.test: published whose source has no lists.

    `sources` has the source of each such dataset.
    """
    for dataset, source in sources.items():
        if not get_facts(source).lists:
            raise NasevalError(
                f"config key datasets.{dataset}.split.test is published, and no lists of images "
                f"are published for the source {source}; give it a share, or archive"
            )

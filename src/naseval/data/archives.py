"""What is known of the datasets' archives: addresses, digests, contents, terms."""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field

from naseval.errors import NasevalError
from naseval.settings.base import Positive, Strict


def digest_of(path: Path, algorithm: str) -> str:
    """Return the hexadecimal digest of a file's bytes; `algorithm` as hashlib names it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


class Digest(Strict):
    """What a file's bytes must hash to, and who says so."""

    algorithm: Literal["md5", "sha1", "sha256"]
    value: str
    source: str

    def holds(self, path: Path) -> bool:
        """Tell whether the file at `path` has this digest."""
        return digest_of(path, self.algorithm) == self.value


class ArchiveFile(Strict):
    """One file to fetch."""

    url: str
    bytes: Positive | None = None
    digests: list[Digest] = Field(default_factory=list)
    """One of them must hold; none: that of the file's first arrival is recorded."""
    unconfirmed: Digest | None = None
    """Stated somewhere; a difference is a warning."""


class Archive(Strict):
    """A dataset as its makers publish it."""

    title: str
    page: str
    images: list[Positive]
    """The numbers of images that the archive may hold."""
    classes: Positive
    licence: str
    citation: str
    files: dict[str, ArchiveFile]
    lists: bool = False
    """Whether the paper's authors published lists of training and test images."""
    folders: list[str] = Field(default_factory=list)
    """Where packages of operating systems put the files."""


@cache
def archives() -> dict[str, Archive]:
    """Return the archives by source; a source that needs no archive is not among them."""
    table = yaml.safe_load(files(__package__).joinpath("archives.yaml").read_text())
    return {name: Archive(**fields) for name, fields in table.items()}


def archive_files(source: str) -> list[str]:
    """Return the names of the files that a source reads."""
    known = archives()
    return list(known[source].files) if source in known else []


def archive_content(source: str) -> dict[str, object]:
    """Return the numbers that reading an archive checks."""
    known = archives()
    return known[source].model_dump(include={"images", "classes"}) if source in known else {}


def check_lists(sources: Mapping[str, str]) -> None:
    """Raise `NasevalError` for a dataset with split.test: published whose source has no lists."""
    known = archives()
    for dataset, source in sources.items():
        if source not in known or not known[source].lists:
            raise NasevalError(
                f"config key datasets.{dataset}.split.test is published, and no lists of images "
                f"are published for the source {source}; give it a share, or archive"
            )

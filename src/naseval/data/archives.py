"""The datasets' archives: addresses, digests, terms, and whether files are the ones they were."""

import fcntl
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field

from naseval.errors import NasevalError
from naseval.files import write_atomically
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


HEADER = """\
# Digests (sha256) of archives that nobody states, recorded at their first arrival. They must hold
# from then on; keep this file with your results. Written by the workflow.
"""


def locked(path: Path, key: str) -> Digest | None:
    """Return the digest recorded in the lock file at `path` for `key`, a source/file."""
    value = _read(path).get(key)
    return None if value is None else Digest(algorithm="sha256", value=value, source=str(path))


def record(path: Path, key: str, file: Path) -> None:
    """Record the digest of `file`, unless `key` has one already."""
    value = digest_of(file, "sha256")
    with _alone(path):
        entries = _read(path)
        entries.setdefault(key, value)
        write_atomically(path, (HEADER + yaml.safe_dump(entries)).encode())


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        entries = yaml.safe_load(path.read_text())
    except (yaml.YAMLError, UnicodeDecodeError):
        entries = "damaged"
    if entries is None:
        return {}
    if not isinstance(entries, dict) or not all(isinstance(v, str) for v in entries.values()):
        raise NasevalError(f"{path} is damaged; bring back its last version, or delete it")
    return entries


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other downloads from writing the same lock file meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.parent.joinpath(f".{path.name}.writing").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def check_archive(source: str, folder: Path, lock: Path) -> None:
    """Raise `NasevalError` where a file of a source in `folder` is not the one it was."""
    for name, file in archives()[source].files.items():
        place = folder / name
        if not place.is_file():
            raise NasevalError(f"{place} is missing; run snakemake download")
        if wrong := fault(file, place, lock, f"{source}/{name}"):
            raise NasevalError(
                f"{place} is damaged or exchanged ({wrong}); delete it and run snakemake download"
            )


def fault(file: ArchiveFile, path: Path, lock: Path, key: str) -> str | None:
    """Return what is wrong with the file at `path`, or None."""
    recorded = locked(lock, key)
    accepted = file.digests or ([recorded] if recorded else [])
    if not accepted or any(digest.holds(path) for digest in accepted):
        return None
    first = accepted[0]
    return f"its {first.algorithm} differs from {first.value}, stated by {first.source}"

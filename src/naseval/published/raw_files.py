"""The authors' raw files, pinned by commit and hash, from a mirror or by download.

Planning imports this module, so it imports neither pandas nor scipy.
"""

import hashlib
import os
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from naseval.download import download
from naseval.errors import DownloadError, NasevalError
from naseval.files import write_atomically

MIRROR_VARIABLE = "NASEVAL_PUBLISHED"
PAUSES = (0, 2, 8)  # seconds before each attempt
SLACK = 1 << 20  # bytes beyond the expected size after which a download is aborted

PERFORMANCE = "Plots/data/performance"
CELLS = "Plots/data/cell_sensitivity"
SPACES = "Plots/data/modified_search_space"
SEEDS = "Plots/data/correlation_seeds/different_seed_24.npy"
DEPTHS = "Plots/data/correlation_cells/8_to_20_cells.npy"
"""Folders and files in the authors' repository."""


@dataclass(frozen=True)
class Form:
    """One form of a file: its path, its size and its SHA-256."""

    path: str
    size: int  # bytes
    sha256: str

    def matches(self, content: bytes) -> bool:
        """Tell whether `content` has the size and the SHA-256 of this file."""
        return len(content) == self.size and hashlib.sha256(content).hexdigest() == self.sha256


@dataclass(frozen=True)
class RawFile:
    """An upstream file. `plain` is the same content as JSON, which a mirror may hold instead."""

    upstream: Form
    feeds: str
    url: str
    plain: Form | None = None

    @property
    def forms(self) -> tuple[Form, ...]:
        """The forms that a mirror may hold, the upstream one first."""
        return (self.upstream, self.plain) if self.plain else (self.upstream,)


@cache
def raw_files() -> dict[str, RawFile]:
    """Return every upstream file, by its path in the authors' repository."""
    table = yaml.safe_load(files(__package__).joinpath("raw_files.yaml").read_text())
    return {entry["path"]: _raw_file(entry, table) for entry in table["files"]}


def _form(entry: dict[str, Any]) -> Form:
    return Form(entry["path"], entry["bytes"], entry["sha256"])


def _raw_file(entry: dict[str, Any], table: dict[str, Any]) -> RawFile:
    url = table["url"].format(
        repository=table["repository"], commit=table["commit"], path=entry["path"]
    )
    upstream = _form(entry)
    plain = _form(entry["plain"]) if "plain" in entry else None
    return RawFile(upstream, entry["feeds"], url, plain)


def fetch(path: str, target: str | Path, mirror: str | Path | None = None) -> None:
    """Fetch the upstream file `path` to `target`; it is verified before it is written there.

    The file is copied from the mirror, the folder that the environment variable NASEVAL_PUBLISHED
    or else the argument `mirror` names. If the mirror does not contain it, it is downloaded. A
    mirror may hold the plain form instead. Raise `NasevalError` if the download fails or a file is
    not the pinned one.
    """
    if path not in raw_files():
        raise NasevalError(f"{path} is none of the authors' files; choose one of raw_files.yaml")
    raw = raw_files()[path]
    folder = os.environ.get(MIRROR_VARIABLE) or mirror
    content = _from_mirror(raw, Path(folder)) if folder else None
    if content is None:
        _download(raw, Path(target))
    else:
        write_atomically(target, content)


def _from_mirror(raw: RawFile, folder: Path) -> bytes | None:
    if not folder.is_dir():
        raise NasevalError(
            f"{folder} is no folder; point {MIRROR_VARIABLE} or the config key published.mirror "
            "to the authors' files, or clear it to download them"
        )
    for form, place in ((form, folder / form.path) for form in raw.forms):
        if place.is_file():
            content = place.read_bytes()
            if not form.matches(content):
                raise NasevalError(
                    f"{place} is not the file the authors published (its sha256 differs); "
                    f"replace it by {raw.url}"
                )
            return content
    return None


def _download(raw: RawFile, target: Path) -> None:
    def fault(path: Path) -> str | None:
        whole = raw.upstream.matches(path.read_bytes())
        return None if whole else "its sha256 differs from the pinned one"

    try:
        download(raw.url, target, fault, pauses=PAUSES, limit=raw.upstream.size + SLACK)
    except DownloadError as error:
        raise NasevalError(
            f"{raw.url} could not be downloaded ({error}); connect to the network, or set the "
            f"environment variable {MIRROR_VARIABLE} to a folder that holds {raw.upstream.path}"
        ) from error


def find(folder: str | Path, path: str) -> Path:
    """Return the path of the upstream file `path`, in any of its forms, below `folder`.

    Raise `NasevalError` if it is missing.
    """
    for form in raw_files()[path].forms:
        if (place := Path(folder) / form.path).is_file():
            return place
    raise NasevalError(
        f"{Path(folder) / path} is missing; run the rule that fetches the authors' files"
    )

"""The authors' raw files, pinned by commit and hash, from a mirror or by download.

Planning imports this module, so it imports neither pandas nor scipy.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from naseval.errors import NasevalError
from naseval.pinned import Form, Mirror, fetch_pinned

MIRROR_VARIABLE = "NASEVAL_PUBLISHED"
MIRROR = Mirror(MIRROR_VARIABLE, "published.mirror", "the authors' files")
PAUSES = (0, 2, 8)  # seconds before each attempt

PERFORMANCE = "Plots/data/performance"
CELLS = "Plots/data/cell_sensitivity"
SPACES = "Plots/data/modified_search_space"
SEEDS = "Plots/data/correlation_seeds/different_seed_24.npy"
DEPTHS = "Plots/data/correlation_cells/8_to_20_cells.npy"
"""Folders and files in the authors' repository."""


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
    table = yaml.safe_load(
        files(__package__).joinpath("raw_files.yaml").read_text(encoding="utf-8")
    )
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
    fetch_pinned(raw.forms, raw.url, target, MIRROR, mirror, PAUSES)


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

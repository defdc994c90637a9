"""Files pinned by size and SHA-256, copied from a mirror or downloaded, and verified before use."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from naseval.download import PAUSES, download
from naseval.errors import DownloadError, NasevalError
from naseval.files import write_atomically

SLACK = 1 << 20  # bytes beyond the expected size after which a download is aborted


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
class Mirror:
    """A folder that a user may name, by an environment variable or else by a config key."""

    variable: str
    key: str
    content: str
    """What the folder holds, e.g. `the authors' files`."""

    def folder(self, configured: str | Path | None) -> Path | None:
        """Return the folder, or None. Raise `NasevalError` if it does not exist."""
        named = os.environ.get(self.variable) or configured
        if named and not Path(named).is_dir():
            raise NasevalError(
                f"{named} is no folder; point {self.variable} or the config key {self.key} "
                f"to {self.content}, or clear it to download them"
            )
        return Path(named) if named else None


def fetch_pinned(
    forms: Sequence[Form],
    url: str,
    target: str | Path,
    mirror: Mirror,
    configured: str | Path | None,
    pauses: Sequence[float] = PAUSES,
) -> None:
    """Fetch a file to `target`; it is verified before it is written there.

    `forms` are the forms that the mirror may hold, first the one at `url`, which is downloaded if
    the mirror holds none of them. `configured` is the value of the mirror's config key. Raise
    `NasevalError` if the download fails or a file is not the pinned one.
    """
    folder = mirror.folder(configured)
    content = _from_folder(forms, url, folder) if folder else None
    if content is not None:
        write_atomically(target, content)
        return

    def fault(path: Path) -> str | None:
        whole = forms[0].matches(path.read_bytes())
        return None if whole else "its sha256 differs from the pinned one"

    try:
        download(url, Path(target), fault, pauses=pauses, limit=forms[0].size + SLACK)
    except DownloadError as error:
        raise NasevalError(
            f"{url} could not be downloaded ({error}); connect to the network, or set the "
            f"environment variable {mirror.variable} to a folder that holds {forms[0].path}"
        ) from error


def _from_folder(forms: Sequence[Form], url: str, folder: Path) -> bytes | None:
    for form, place in ((form, folder / form.path) for form in forms):
        if place.is_file():
            content = place.read_bytes()
            if not form.matches(content):
                raise NasevalError(
                    f"{place} is not the file that is pinned (its sha256 differs); "
                    f"replace it by {url}"
                )
            return content
    return None

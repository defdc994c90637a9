"""Archives brought to where they are read: out of a folder, or from the network."""

import logging
import os
import tempfile
from pathlib import Path

from naseval.data.archives import Archive, ArchiveFile, archives, fault, record
from naseval.download import download
from naseval.errors import DownloadError, NasevalError

log = logging.getLogger(__name__)

FOLDER_VARIABLE = "NASEVAL_ARCHIVES"


def fetch_archive(source: str, name: str, target: Path, *, folder: str | None, lock: Path) -> None:
    """Bring the file `name` of a source's archive to `target`, verified.

    It is taken from the folder that the environment variable NASEVAL_ARCHIVES or else `folder`
    names, where that holds it (`target` becomes a link), then from where the operating
    system's package puts it, and is downloaded otherwise. Where no digest is known, that of the
    first arrival is recorded in `lock`. Raises `NasevalError` where nothing works or the file
    is another one.
    """
    archive = archives()[source]
    file = archive.files[name]
    place = _found(archive, source, name, os.environ.get(FOLDER_VARIABLE) or folder)
    if place is None:
        _download(source, name, file, target, lock)
    else:
        if wrong := fault(file, place, lock, f"{source}/{name}"):
            raise NasevalError(f"{place} is not the right file ({wrong}); replace it by {file.url}")
        _link(target, place)
        log.info("%s comes from %s", target, place)
    _note(file, target, lock, f"{source}/{name}")


def _found(archive: Archive, source: str, name: str, folder: str | None) -> Path | None:
    if folder and not Path(folder).is_dir():
        raise NasevalError(
            f"{folder} is no folder; point {FOLDER_VARIABLE} or the config key archives to the "
            "archives, or clear it to download them"
        )
    folders = [Path(folder, source), Path(folder)] if folder else []
    folders += map(Path, archive.folders)
    return next((place / name for place in folders if (place / name).is_file()), None)


def _download(source: str, name: str, file: ArchiveFile, target: Path, lock: Path) -> None:
    size = f"{file.bytes / 1e6:.0f} MB" if file.bytes else "size unknown"
    log.info("downloading %s (%s) from %s", name, size, file.url)
    try:
        download(file.url, target, lambda path: fault(file, path, lock, f"{source}/{name}"))
    except DownloadError as error:
        raise NasevalError(
            f"{target} could not be downloaded from {file.url} ({error}); connect to the network, "
            f"or put {name} into a folder and name that by the environment variable "
            f"{FOLDER_VARIABLE} or the config key archives"
        ) from error


def _link(target: Path, place: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        link = Path(folder, target.name)
        link.symlink_to(place.resolve())
        link.replace(target)


def _note(file: ArchiveFile, path: Path, lock: Path, key: str) -> None:
    """Warn where a stated digest differs, and record one where none is known."""
    if file.unconfirmed and not file.unconfirmed.holds(path):
        log.warning(
            "%s: its %s is not the one that %s states, which nobody confirmed; "
            "its content will be checked",
            path, file.unconfirmed.algorithm, file.unconfirmed.source,
        )  # fmt: skip
    if not file.digests:
        record(lock, key, path)

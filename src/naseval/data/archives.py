"""Dataset archives on this machine: fetching, verification, and recorded digests."""

import fcntl
import hashlib
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from naseval.data.facts import ArchiveFile, Digest, Facts, get_facts
from naseval.download import download
from naseval.errors import DownloadError, NasevalError
from naseval.files import write_atomically

log = logging.getLogger(__name__)

FOLDER_VARIABLE = "NASEVAL_ARCHIVES"
LOCK_HEADER = """\
# Digests (sha256) of archives that nobody states, recorded at their first arrival. They must hold
# from then on; keep this file with your results. Written by the workflow.
"""


def fetch_archive(source: str, name: str, target: Path, *, folder: str | None, lock: Path) -> None:
    """Create the verified file `name` of a source's archive at `target`.

    The file is looked for in three places, in this order: the folder in the environment variable
    NASEVAL_ARCHIVES or else `folder` (`target` becomes a link); the folder of the operating
    system's package; the download address. If no digest is known, the digest of the first file is
    recorded in `lock`. Raise `NasevalError` if the file is not available or has another digest.
    """
    facts = get_facts(source)
    file = facts.files[name]
    place = _find_here(facts, source, name, os.environ.get(FOLDER_VARIABLE) or folder)
    if place is None:
        _download(source, name, file, target, lock)
    else:
        if wrong := fault(file, place, lock, f"{source}/{name}"):
            raise NasevalError(f"{place} is not the right file ({wrong}); replace it by {file.url}")
        _link(target, place)
        log.info("%s comes from %s", target, place)
    _note_digest(file, target, lock, f"{source}/{name}")


def _find_here(facts: Facts, source: str, name: str, folder: str | None) -> Path | None:
    if folder and not Path(folder).is_dir():
        raise NasevalError(
            f"{folder} is no folder; point {FOLDER_VARIABLE} or the config key archives to the "
            "archives, or clear it to download them"
        )
    folders = [Path(folder, source), Path(folder)] if folder else []
    folders += map(Path, facts.folders)
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


def _note_digest(file: ArchiveFile, path: Path, lock: Path, key: str) -> None:
    """Warn if an unconfirmed digest differs, and record a digest if none is known."""
    if file.unconfirmed and not holds(file.unconfirmed, path):
        log.warning(
            "%s: its %s is not the one that %s states, which nobody confirmed; "
            "its content will be checked",
            path, file.unconfirmed.algorithm, file.unconfirmed.source,
        )  # fmt: skip
    if not file.digests:
        record(lock, key, path)


def check_archive(source: str, folder: Path, lock: Path) -> None:
    """Raise `NasevalError` if a file of a source in `folder` is missing or has another digest."""
    for name, file in get_facts(source).files.items():
        place = folder / name
        if not place.is_file():
            raise NasevalError(f"{place} is missing; run snakemake download")
        if wrong := fault(file, place, lock, f"{source}/{name}"):
            raise NasevalError(
                f"{place} is damaged or exchanged ({wrong}); delete it and run snakemake download"
            )


def fault(file: ArchiveFile, path: Path, lock: Path, key: str) -> str | None:
    """Return a description of the fault of the file at `path`, or None if it is valid."""
    recorded = locked(lock, key)
    accepted = file.digests or ([recorded] if recorded else [])
    if not accepted or any(holds(digest, path) for digest in accepted):
        return None
    first = accepted[0]
    return f"its {first.algorithm} differs from {first.value}, stated by {first.source}"


def holds(digest: Digest, path: Path) -> bool:
    """Tell whether the file at `path` has the digest."""
    return digest_of(path, digest.algorithm) == digest.value


def digest_of(path: Path, algorithm: str) -> str:
    """Return the hexadecimal digest of a file. `algorithm` is a name that hashlib knows."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def locked(path: Path, key: str) -> Digest | None:
    """Return the digest recorded in the lock file at `path` for the key `SOURCE/FILE`, or None."""
    value = _read_lock(path).get(key)
    return None if value is None else Digest(algorithm="sha256", value=value, source=str(path))


def record(path: Path, key: str, file: Path) -> None:
    """Record the digest of `file` for `key`, unless it has one already."""
    value = digest_of(file, "sha256")
    with _only_writer(path):
        entries = _read_lock(path)
        entries.setdefault(key, value)
        write_atomically(path, (LOCK_HEADER + yaml.safe_dump(entries)).encode())


def _read_lock(path: Path) -> dict[str, str]:
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
def _only_writer(path: Path) -> Iterator[None]:
    """Hold a lock so that only one download at a time writes the lock file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.parent.joinpath(f".{path.name}.writing").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield

"""Dataset archives on this machine: fetching, verification, and recorded digests."""

import fcntl
import hashlib
import logging
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import yaml

from naseval.data.facts import ArchiveFile, Digest, Facts, get_facts
from naseval.data.formats.members import is_page, read_files
from naseval.download import download
from naseval.errors import DownloadError, NasevalError
from naseval.files import atomic_path, reading, write_atomically

log = logging.getLogger(__name__)

FOLDER_VARIABLE = "NASEVAL_ARCHIVES"
READABLE = "let your account read it, or name another folder of archives"
LOCK_HEADER = """\
# Digests (sha256) of archives that nobody states, recorded once their content was accepted. They
# must hold from then on; keep this file with your results. Written by the workflow.
"""


def fetch_archive(source: str, name: str, target: Path, *, folder: str | None, lock: Path) -> None:
    """Create the verified file `name` of a source's archive at `target`.

    The file is looked for in three places, in this order: the folder in the environment variable
    NASEVAL_ARCHIVES or else `folder`, also where torchvision puts it (`target` becomes a link, or a
    tar of the files that torchvision has unpacked); the folder of the operating system's package;
    the download address. Raise `NasevalError` if the file is not available, or has another digest
    than stated by its makers or recorded in `lock`.
    """
    facts = get_facts(source)
    folders = _folders(facts, source, os.environ.get(FOLDER_VARIABLE) or folder)
    place = next((place / name for place in folders if _is_file(place / name)), None)
    if place is not None:
        if wrong := fault(source, name, place, lock):
            url = facts.files[name].url
            raise NasevalError(f"{place} is not the right file ({wrong}); replace it by {url}")
        _link(target, place)
        log.info("%s comes from %s", target, place)
    elif unpacked := next((place for place in folders if _has_unpacked(facts, place)), None):
        _pack(facts, unpacked, target)
        log.info("%s is packed of the files in %s", target, unpacked)
    else:
        _download(source, name, target, lock, folders)
    _warn_of_unconfirmed(facts.files[name], target)


def _folders(facts: Facts, source: str, folder: str | None) -> list[Path]:
    """Return the folders to look into, in this order."""
    mend = (
        f"point {FOLDER_VARIABLE} or the config key archives to the archives, or clear it to "
        "download them"
    )
    with reading(folder or "", mend):
        is_folder = not folder or Path(folder).is_dir()
    if not is_folder:
        raise NasevalError(f"{folder} is no folder; {mend}")
    below = [source, ".", *facts.subfolders]
    own = [Path(folder, name) for name in below] if folder else []
    return [*own, *map(Path, facts.folders)]


def _has_unpacked(facts: Facts, folder: Path) -> bool:
    return bool(facts.unpacked) and all(_is_file(folder / path) for path in facts.unpacked)


def _is_file(place: Path) -> bool:
    """Tell whether there is such a file. Raise `NasevalError` if its folder may not be entered."""
    with reading(place, READABLE):
        return place.is_file()


def _pack(facts: Facts, folder: Path, target: Path) -> None:
    """Write a tar of the unpacked files in `folder`."""
    for path, value in facts.unpacked.items():
        if digest_of(folder / path, "md5") != value:
            raise NasevalError(
                f"{folder / path} is not the right file (its md5 differs from {value}, stated by "
                "torchvision); delete its folder, or bring back the right one"
            )
    with atomic_path(target) as temporary, tarfile.open(temporary, "w") as tar:
        for path in facts.unpacked:
            tar.add(folder / path, arcname=path)


def _download(source: str, name: str, target: Path, lock: Path, folders: list[Path]) -> None:
    file = get_facts(source).files[name]
    size = f"{file.bytes / 1e6:.0f} MB" if file.bytes else "size unknown"
    log.info("downloading %s (%s) from %s", name, size, file.url)
    try:
        download(file.url, target, lambda path: fault(source, name, path, lock))
    except DownloadError as error:
        looked = f" and is not in {', '.join(map(str, folders))}" if folders else ""
        raise NasevalError(
            f"{target} could not be downloaded from {file.url} ({error}){looked}; connect to the "
            f"network, or put {name} into a folder and name that by the environment variable "
            f"{FOLDER_VARIABLE} or the config key archives"
        ) from error


def _link(target: Path, place: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        link = Path(folder, target.name)
        link.symlink_to(place.resolve())
        link.replace(target)


def _warn_of_unconfirmed(file: ArchiveFile, path: Path) -> None:
    if file.unconfirmed and not holds(file.unconfirmed, path):
        log.warning(
            "%s: its %s is not the one that %s states, which nobody confirmed; "
            "its content will be checked",
            path, file.unconfirmed.algorithm, file.unconfirmed.source,
        )  # fmt: skip


def check_archive(source: str, folder: Path, lock: Path) -> None:
    """Raise `NasevalError` if a file of a source in `folder` is missing or has another digest."""
    for name in get_facts(source).files:
        place = folder / name
        if not _is_file(place):
            raise NasevalError(f"{place} is missing; run snakemake download")
        if wrong := fault(source, name, place, lock):
            raise NasevalError(
                f"{place} is damaged or exchanged ({wrong}); delete it and run snakemake download"
            )


def accept_archive(source: str, folder: Path, lock: Path) -> None:
    """Record the digests that nobody states, of files in `folder` whose content was accepted."""
    for name, file in get_facts(source).files.items():
        if not file.digests and locked(lock, f"{source}/{name}") is None:
            record(lock, f"{source}/{name}", folder / name)


def fault(source: str, name: str, path: Path, lock: Path) -> str | None:
    """Return the fault of the file at `path` as the file `name` of a source, or None."""
    facts, key = get_facts(source), f"{source}/{name}"
    with reading(path, READABLE):
        is_a_page = is_page(path)
    if is_a_page:
        return "it is an HTML page, not an archive"
    stated, recorded = facts.files[name].digests, locked(lock, key)
    accepted = stated or ([recorded] if recorded else [])
    if not accepted or any(holds(digest, path) for digest in accepted):
        return None
    if stated and facts.unpacked and _is_packed(facts, path):
        return None
    first = accepted[0]
    where = "" if stated else f", where the line {key} is to be removed if it is of a wrong file"
    return f"its {first.algorithm} differs from {first.value}, stated by {first.source}{where}"


def _is_packed(facts: Facts, path: Path) -> bool:
    """Tell whether a file is a tar of the unpacked files, as `_pack` writes it."""
    try:
        found = {
            name: hashlib.md5(content, usedforsecurity=False).hexdigest()
            for name, content in read_files(path, facts.unpacked.__contains__)
        }
    except NasevalError:
        return False
    return found == facts.unpacked


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
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        entries = "damaged"
    if entries is None:
        return {}
    if not isinstance(entries, dict) or not all(isinstance(v, str) for v in entries.values()):
        raise NasevalError(f"{path} is damaged; bring back its last version, or delete it")
    return entries


@contextmanager
def _only_writer(path: Path) -> Iterator[None]:
    """Hold a lock, where the file system has locks, so that only one process writes the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.parent.joinpath(f".{path.name}.writing").open("wb") as handle:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield

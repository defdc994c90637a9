"""Digests of code that an earlier planning has computed, in Snakemake's folder.

A digest depends on nothing but the content of the package and of the scripts, and on the names of
the modules. So it is kept under a digest of exactly these. To follow the names in the paper's jobs
takes seconds, to read all files takes milliseconds.
"""

import hashlib
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(".snakemake")
"""Snakemake's folder in the working directory. Where it does not exist, nothing is kept."""
KEPT = "naseval-digests"
"""Name of the folder of digests in it, with a folder for the last state of the package alone."""

File = tuple[str, int, int]
"""Path, modification time (ns) and size."""


class Question(NamedTuple):
    """Whose digest it is: the content of all files that may count, and all names."""

    package: str
    """Digest of the content of the package's files."""
    asked: str
    """Digest of the content of the scripts, and of the names of the modules."""


def question(root: Path, modules: Iterable[str], scripts: Iterable[Path]) -> Question | None:
    """Return the key of a digest, or None if a file cannot be read or a folder is a link."""
    try:
        package = _content(str(root), tuple(sorted(_files(str(root)))))
        written = [f"script {script.name} {_of_file(str(script))}" for script in scripts]
    except OSError:
        return None
    named = [f"module {name}" for name in sorted(modules)]
    version = f"python {sys.version_info.major}.{sys.version_info.minor}"
    return Question(package, _digest([version, *sorted(written), *named]))


def recall(key: Question) -> str | None:
    """Return the digest that is kept under a key, or None if there is none or it is damaged."""
    try:
        digest, _, seal = _place(key).read_text(encoding="ascii").partition(" ")
    except (OSError, UnicodeDecodeError):
        return None
    return digest if seal == _seal(key, digest) else None


def remember(key: Question, digest: str) -> None:
    """Keep a digest, and forget those of other states of the package. Do nothing if it fails."""
    place = _place(key)
    if not FOLDER.is_dir():
        return
    with suppress(OSError):
        if not place.parent.is_dir():
            shutil.rmtree(place.parent.parent, ignore_errors=True)
            place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"{digest} {_seal(key, digest)}", encoding="ascii")


def forget_content() -> None:
    """Read all files anew for the next key, even those that look unchanged."""
    _content.cache_clear()


def _place(key: Question) -> Path:
    return FOLDER / KEPT / key.package / key.asked


def _seal(key: Question, digest: str) -> str:
    return _digest([*key, digest])


def _files(folder: str) -> Iterator[File]:
    """Yield all files below a folder, Python's own copies left out."""
    for entry in os.scandir(folder):
        if entry.name == "__pycache__":
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(entry.path)
        elif entry.is_dir():
            raise OSError(f"{entry.path} is a link to a folder, which may have no end")
        else:
            facts = entry.stat()
            yield entry.path, facts.st_mtime_ns, facts.st_size


@lru_cache(maxsize=1)
def _content(root: str, files: tuple[File, ...]) -> str:
    return _digest(f"{path.removeprefix(root)} {_of_file(path)}" for path, *_ in files)


def _of_file(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()

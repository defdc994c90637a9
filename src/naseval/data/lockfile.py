"""Digests of archives that nobody states: recorded at their first arrival, and held to since."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from naseval.data.archives import Digest, digest_of
from naseval.errors import NasevalError
from naseval.files import write_atomically

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

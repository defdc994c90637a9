"""Atomic writing of files, their permissions, and places that cannot be read."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from naseval.errors import NasevalError
from naseval.memory import ran_out_of_memory


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path in the folder of `path`. At the end, flush it and rename it to `path`.

    Raise `NasevalError` if the disk is full or the folder is not writable. In that case `path`
    keeps its old content.
    """
    target = Path(path)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.touch(exist_ok=False)
        yield temporary
        _flush(temporary)
        temporary.replace(target)
        _flush(target.parent)
    except OSError as error:
        raise NasevalError(
            f"{target} could not be written ({error.strerror or error}); "
            "free disk space or choose a writable results folder, then run again"
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_atomically(path: str | Path, content: bytes) -> None:
    """Write `content` to `path` atomically."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)


UNREADABLE = "let your account read it, or set resources.share to group where it is made"
"""The mend of a results folder that belongs to another account."""


@contextmanager
def reading(
    place: str | Path, mend: str, kind: type[NasevalError] = NasevalError
) -> Iterator[None]:
    """Raise an error of `kind` where a place may not be entered or cannot be read.

    The message begins with the place and ends with `mend`. Errors of too little memory pass.
    """
    try:
        yield
    except OSError as error:
        if ran_out_of_memory(error):
            raise
        reason = error.strerror or str(error)
        if error.filename and not str(place).endswith(str(error.filename)):
            reason = f"{reason}: {error.filename}"
        raise kind(f"{place} could not be read ({reason}); {mend}") from error


def check_results(folder: str | Path) -> None:
    """Raise `NasevalError` if a results folder is not there, or may not be looked for."""
    with reading(folder, UNREADABLE):
        is_there = Path(folder).is_dir()
    if not is_there:
        raise NasevalError(f"{folder} is no folder; name the results folder")


def share_with(whom: str) -> None:
    """Set who may read the files that this process and its child processes create from now on.

    `private` is the user alone, `group` is also the user's group. Other users never have access.
    """
    os.umask({"private": 0o077, "group": 0o027}[whom])


def check_folder(path: str | Path) -> None:
    """Raise `NasevalError` if files below `path`, which need not exist, could not be written."""
    mend = "set the config key results to another folder"
    place = Path(path).absolute()
    try:
        while not _is_there(place):
            place = place.parent
    except OSError as error:
        raise NasevalError(
            f"nothing can be written to {path} ({error.strerror}); {mend}"
        ) from error
    if not place.is_dir() or not os.access(place, os.W_OK):
        raise NasevalError(f"nothing can be written below {path}; {mend}")


def _is_there(path: Path) -> bool:
    """Tell whether there is such a file. A link that leads nowhere is one, and is no folder."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    return True


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

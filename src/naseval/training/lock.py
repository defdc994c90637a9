"""One process per run: a twin that starts while the first still trains is turned away."""

import fcntl
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from naseval.errors import NasevalError

log = logging.getLogger(__name__)


@contextmanager
def lock(path: str | Path) -> Iterator[None]:
    """Hold `<path>.lock`, a file beside the checkpoint `path`, until the block ends.

    The kernel frees the lock when its holder dies, however it dies. Works between the
    processes of a machine and, over NFS, between machines; a file system without locks is
    logged and not locked. Raises `NasevalError` that names the owner where another holds it.
    """
    file = Path(f"{path}.lock")
    handle = _acquire(file)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
        os.close(handle)


def _acquire(file: Path) -> int:
    while True:
        handle = _open(file)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.pread(handle, 1000, 0).decode(errors="replace") or "another process"
            os.close(handle)
            raise NasevalError(
                f"{file} is held by {owner}; wait for it to end or stop it, then run again"
            ) from error
        except OSError as error:
            log.warning("%s: no locks here (%s); nothing stops a twin", file, error.strerror)
            return handle
        if _is_at(file, handle):
            os.ftruncate(handle, 0)
            os.pwrite(handle, _owner().encode(), 0)
            return handle
        os.close(handle)  # its holder removed the file between our opening and locking it


def _open(file: Path) -> int:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        return os.open(file, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise NasevalError(
            f"{file} could not be opened ({error.strerror}); choose a writable folder"
        ) from error


def _is_at(file: Path, handle: int) -> bool:
    try:
        return os.path.samestat(file.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _owner() -> str:
    job = os.environ.get("SLURM_JOB_ID")
    place = f"process {os.getpid()} on {socket.gethostname()}"
    return f"{place}, SLURM job {job}" if job else place

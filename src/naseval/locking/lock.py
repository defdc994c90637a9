"""Lock of a training. A second process that starts the same training is refused."""

import fcntl
import json
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from naseval.errors import NasevalError


@dataclass(frozen=True)
class Owner:
    """A process: host name, process id, and SLURM job if it belongs to one."""

    host: str
    pid: int
    job: str | None = None
    restarts: int = 0
    """How often SLURM has requeued the job."""

    @classmethod
    def here(cls) -> Self:
        """Return the current process."""
        job, restarts = os.environ.get("SLURM_JOB_ID"), os.environ.get("SLURM_RESTART_COUNT", "0")
        return cls(socket.gethostname(), os.getpid(), job, int(restarts))

    @classmethod
    def of(cls, file: Path) -> Self | None:
        """Return the owner named in `file`, or None if there is no file or no owner in it."""
        try:
            first, _, _ = file.read_text(encoding="utf-8", errors="replace").partition("\n")
            return cls(**json.loads(first))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def line(self) -> bytes:
        """Return the owner as a line, whose newline marks the end if two writers mix their text."""
        return f"{json.dumps(asdict(self))}\n".encode()

    def is_past(self, other: "Owner") -> bool:
        """Tell whether this is `other`'s SLURM job before its requeue, i.e. no longer running."""
        return self.job is not None and self.job == other.job and self.restarts < other.restarts

    def __str__(self) -> str:
        place = f"process {self.pid} on {self.host}"
        return f"{place}, SLURM job {self.job}" if self.job else place


log = logging.getLogger(__name__)

EXPIRY = 120.0  # seconds; NFS may report changes of another machine 60 s late
BEATS = 6  # heartbeats in that time


@contextmanager
def lock(path: str | Path, *, expiry: float = EXPIRY, owner: Owner | None = None) -> Iterator[None]:
    """Hold `<path>.lock`, a file next to the checkpoint `path`, until the block ends.

    The lock has two parts. The first is the kernel's file lock. It is free as soon as its holder
    has ended, for whatever reason, and between processes of one machine it decides alone. Some file
    systems have no such lock, or one that is limited to one machine (Lustre, depending on mount
    options).

    The second part is the file's content. It names the owner, who touches the file `BEATS` times in
    `expiry` seconds and removes it at the end. A process that finds an owner on another machine, or
    any owner if the kernel has no locks, watches the file for `expiry` seconds of its own clock. If
    the file is touched, the owner is alive and the process is refused. If not, the process takes
    the lock over. A requeued SLURM job need not wait, since the owner that it finds is its own
    earlier attempt. An owner that finds another name in the file, because it was silent too long or
    because both started at the same time, stops as at a SIGTERM.

    Raise `NasevalError`, with the owner's name, if another process holds the lock.
    """
    file, owner = Path(f"{path}.lock"), owner or Owner.here()
    handle = _acquire(file, owner, expiry)
    ended = threading.Event()
    heart = threading.Thread(
        target=_beat, args=(file, handle, owner, expiry / BEATS, ended), daemon=True
    )
    heart.start()
    try:
        yield
    finally:
        ended.set()
        heart.join()
        if Owner.of(file) == owner:
            file.unlink(missing_ok=True)
        os.close(handle)


def _acquire(file: Path, owner: Owner, expiry: float) -> int:
    while True:
        handle = _open(file)
        try:
            if _take(file, handle, owner, expiry):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _open(file: Path) -> int:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        return os.open(file, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise NasevalError(
            f"{file} could not be opened ({error.strerror}); choose a writable folder"
        ) from error


def _take(file: Path, handle: int, owner: Owner, expiry: float) -> bool:
    """Lock the file and write the owner. Return False if its holder has removed it meanwhile."""
    kernel = _flock(file, handle)
    found = Owner.of(file)
    if found and not (found.is_past(owner) or (kernel and found.host == owner.host)):
        _watch(file, found, expiry)
    if not _is_at(file, handle):
        return False
    _sign(file, handle, owner)
    return True


def _sign(file: Path, handle: int, owner: Owner) -> None:
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, owner.line(), 0)
    except OSError as error:
        raise NasevalError(
            f"{file} could not be written ({error.strerror}); free disk space, then run again"
        ) from error


def _flock(file: Path, handle: int) -> bool:
    """Take the kernel's lock. Return False if the file system has none."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise _held(file, Owner.of(file)) from error
    except OSError as error:
        log.info("%s: the kernel has no locks here (%s)", file, error.strerror)
        return False
    return True


def _watch(file: Path, found: Owner, expiry: float) -> None:
    """Wait until the owner was silent for `expiry` seconds or has removed the file.

    Raise `NasevalError` if the owner touches the file.
    """
    log.info("%s: %s was here; waiting %.0f s for a sign of life", file, found, expiry)
    last, end = _touched(file), time.monotonic() + expiry
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(expiry / BEATS / 2, left))
        touched = _touched(file)
        if touched is None:
            return
        if touched != last:
            raise _held(file, Owner.of(file))


def _held(file: Path, owner: Owner | None) -> NasevalError:
    return NasevalError(
        f"{file} is held by {owner or 'another process'}; "
        "wait for it to end or stop it, then run again"
    )


def _touched(file: Path) -> int | None:
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:
        return None


def _is_at(file: Path, handle: int) -> bool:
    try:
        return os.path.samestat(file.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _beat(file: Path, handle: int, owner: Owner, pause: float, ended: threading.Event) -> None:
    while not ended.wait(pause):
        try:
            os.utime(handle)
            found = Owner.of(file)
        except OSError as error:
            log.warning("%s could not be touched (%s)", file, error.strerror)
            continue
        if found not in (owner, None):
            log.error("%s was taken over by %s; stopping", file, found)
            os.kill(os.getpid(), signal.SIGTERM)
            return

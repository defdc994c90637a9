"""Decoded photographs on a disk of the machine, shared by all its processes.

Decoding a photograph takes ten times as long as reading its pixels. The pixels are the same bits,
so a result does not depend on this cache. It may be deleted at any time.
"""

import fcntl
import hashlib
import inspect
import logging
import math
import os
import stat
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import PIL
from numpy.typing import NDArray
from PIL import features

log = logging.getLogger(__name__)

Pixels = NDArray[np.uint8]

MEGABYTE = 10**6
RECORD = struct.Struct("<q3iI")
"""An array's offset in the file, its shape and its checksum."""
FREE = 0.1
"""Share of the disk that the cache leaves free."""

_limit: ContextVar[int] = ContextVar("_limit", default=0)


@contextmanager
def caching(megabytes: int) -> Iterator[None]:
    """Let the image sets loaded in this block keep so much of each dataset (0: nothing)."""
    token = _limit.set(megabytes * MEGABYTE)
    try:
        yield
    finally:
        _limit.reset(token)


@dataclass(frozen=True)
class PixelFile:
    """Arrays uint8 of three dimensions by sample, in a file that processes read and write at once.

    The file begins with a `RECORD` per sample. Whoever first needs an array appends it. Every
    reading verifies the checksum, and an array that is not whole is made again. So a killed
    process, a full disk or a file system without locks costs time, but never changes a pixel.
    """

    path: Path
    count: int
    """Number of samples."""
    limit: int
    """Largest size of the file in bytes."""

    def get(self, sample: int, make: Callable[[], Pixels]) -> Pixels:
        """Return the array of a sample. If the file does not have it, make and keep it."""
        found = self.read(sample)
        if found is None:
            found = make()
            try:
                self._write(sample, found)
            except OSError as error:
                _warn(f"decoded images cannot be kept in {self.path} ({error.strerror})")
        return found

    def read(self, sample: int) -> Pixels | None:
        """Return the array of a sample, or None if the file does not have it as a whole."""
        try:
            handle = os.open(self.path, os.O_RDONLY)
        except OSError:
            return None
        try:
            return self._whole(handle, sample)
        finally:
            os.close(handle)

    def _whole(self, handle: int, sample: int) -> Pixels | None:
        record = os.pread(handle, RECORD.size, sample * RECORD.size)
        if len(record) < RECORD.size:
            return None
        offset, *shape, checksum = RECORD.unpack(record)
        size = math.prod(shape)
        if not (0 < offset <= self.limit and 0 < size <= self.limit):
            return None
        content = os.pread(handle, size, offset)
        if checksum != _checksum(sample, shape, content):
            return None
        return np.frombuffer(content, np.uint8).reshape(shape)

    def _write(self, sample: int, pixels: Pixels) -> None:
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX)  # released when the file is closed
            end = max(os.fstat(handle).st_size, self.count * RECORD.size)
            if end + pixels.nbytes > self.limit or _is_full(handle):
                return
            if self._whole(handle, sample) is not None:  # another process was faster
                return
            content, shape = pixels.tobytes(), pixels.shape
            os.pwrite(handle, content, end)
            record = RECORD.pack(end, *shape, _checksum(sample, shape, content))
            os.pwrite(handle, record, sample * RECORD.size)
        finally:
            os.close(handle)


@dataclass(frozen=True)
class ImageCache:
    """The pixel files of one dataset."""

    folder: Path
    digest: str
    """Digest of the encoded images."""
    count: int
    """Number of images."""
    limit: int
    """Largest size of all files in bytes."""
    side: int
    """Side of the crops in pixels."""

    def decoded(self, decode: Callable[..., object]) -> PixelFile:
        """Return the file of whole images (H, W, 3), which the function `decode` decodes."""
        return self._file(_source(decode), self.limit - self._crops)

    def crops(self, crop: Callable[..., object]) -> PixelFile:
        """Return the file of images (3, S, S) after `crop`, a transform without randomness."""
        return self._file(repr(crop), self._crops)

    @property
    def _crops(self) -> int:
        """Bytes for crops. They have precedence, as they save most per byte."""
        return min(self.limit, self.count * (3 * self.side**2 + RECORD.size))

    def _file(self, made_by: str, limit: int) -> PixelFile:
        versions = PIL.__version__, features.version("jpg"), version("torchvision")
        key = hashlib.sha256(repr((self.digest, made_by, versions)).encode()).hexdigest()
        return PixelFile(self.folder / f"{key[:32]}.pixels", self.count, limit)


def open_cache(images: Path, count: int, side: int) -> ImageCache | None:
    """Return the cache of the `count` images in the file `images`, or None if it is off."""
    limit = _limit.get()
    folder = _own_folder() if limit else None
    if folder is None:
        return None
    return ImageCache(folder, _digest(images), count, limit, side)


def _own_folder() -> Path | None:
    """Return the user's folder in `TMPDIR`, or in /var/tmp instead of /tmp.

    /tmp is often in main memory, and Snakemake sets `TMPDIR` to it where nobody else did.
    """
    chosen = os.environ.get("TMPDIR", "/tmp")
    folder = Path("/var/tmp" if chosen == "/tmp" else chosen, f"naseval-{os.getuid()}")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        facts = folder.lstat()
    except OSError as error:
        _warn(f"decoded images cannot be kept in {folder} ({error.strerror})")
        return None
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid() or facts.st_mode & 0o077:
        _warn(f"decoded images are not kept: {folder} is not a folder of this user alone")
        return None
    return folder


_source = cache(inspect.getsource)


@cache
def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _checksum(sample: int, shape: tuple[int, ...] | list[int], content: bytes) -> int:
    return zlib.crc32(content, zlib.crc32(RECORD.pack(sample, *shape, 0)))


def _is_full(handle: int) -> bool:
    disk = os.fstatvfs(handle)
    return disk.f_bavail < FREE * disk.f_blocks


@cache
def _warn(message: str) -> None:
    log.warning("%s", message)

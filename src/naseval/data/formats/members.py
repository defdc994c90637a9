"""Files inside tar and RAR archives, read in order into memory. Nothing is extracted to disk."""

import gzip
import tarfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

from naseval.errors import NasevalError

LIMIT = 1 << 28  # bytes; the largest needed file, a batch of CIFAR-100, has 155 MB
RAR = b"Rar!"


Wanted = Callable[[str], bool]


def file_names(archive: Path) -> list[str]:
    """Return the paths of the regular files in an archive. Links and devices are skipped.

    Raise `NasevalError` if the archive is damaged, or has a path twice or a path outside its
    folder.
    """
    names = [path for path, _ in _files(archive, lambda _: False)]
    if len(set(names)) != len(names):
        twice, _ = Counter(names).most_common(1)[0]
        raise NasevalError(f"{archive} holds {twice} twice; delete it and run snakemake download")
    return names


def read_files(archive: Path, wanted: Wanted) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the wanted regular files, one at a time, in the archive's order.

    Raise `NasevalError` if the archive is damaged or a wanted file is larger than `LIMIT`.
    """
    for path, content in _files(archive, wanted):
        if content is not None:
            yield path, content


def _files(archive: Path, wanted: Wanted) -> Iterator[tuple[str, bytes | None]]:
    """Yield the path of every regular file, with its content if it is wanted, else None."""
    with _named(archive):
        with archive.open("rb") as file:
            read = _in_rar if file.read(len(RAR)) == RAR else _in_tar
        for path, content in read(archive, wanted):
            if ".." in PurePosixPath(path).parts or path.startswith("/"):
                raise NasevalError(
                    f"{archive} holds {path}, outside of its folder; "
                    "delete it and run snakemake download"
                )
            yield path, content


def _in_tar(archive: Path, wanted: Wanted) -> Iterator[tuple[str, bytes | None]]:
    with tarfile.open(archive) as tar:
        for info in tar:
            if not info.isreg():
                continue
            content = None
            if wanted(info.name):
                _check_size(info.name, info.size)
                file = tar.extractfile(info)
                content = file.read() if file else b""
            yield info.name, content


def _in_rar(archive: Path, wanted: Wanted) -> Iterator[tuple[str, bytes | None]]:
    libarchive = _libarchive(archive)
    try:
        with libarchive.file_reader(str(archive)) as entries:
            for entry in entries:
                if entry.isreg:
                    path = entry.pathname
                    yield path, _rar_content(path, entry) if wanted(path) else None
    except libarchive.ArchiveError as error:
        raise OSError(f"libarchive: {error}") from error


def _rar_content(path: str, entry: Any) -> bytes:
    content = bytearray()
    for block in entry.get_blocks():
        content += block
        _check_size(path, len(content))
    if len(content) != entry.size:
        raise OSError(f"{path} has {len(content)} of its {entry.size} bytes")
    return bytes(content)


def _check_size(path: str, size: int) -> None:
    if size > LIMIT:
        raise OSError(f"{path} has {size} bytes or more, which no file wanted here has")


def _libarchive(archive: Path) -> ModuleType:
    try:
        import libarchive
    except (ImportError, OSError, AttributeError, TypeError) as error:
        # If the system library is missing, the binding fails when it looks up its functions.
        raise NasevalError(
            f"{archive} is a RAR, and the library that reads it is missing ({error}); install the "
            "Python package libarchive-c and the system's libarchive (Debian: libarchive13, "
            "conda-forge: libarchive, Homebrew: libarchive)"
        ) from error
    module: ModuleType = libarchive
    return module


@contextmanager
def _named(archive: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NasevalError(f"{archive} is missing; run snakemake download") from error
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, OSError) as error:
        raise NasevalError(
            f"{archive} is damaged ({' '.join(str(error).split())}); "
            "delete it and run snakemake download"
        ) from error

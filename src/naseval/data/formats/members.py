"""Files inside tar, zip and RAR archives and folders, read into memory. Nothing is extracted."""

import gzip
import lzma
import os
import re
import stat
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from types import ModuleType
from typing import Any, NamedTuple

from naseval.errors import NasevalError

BLOCK = 1 << 20  # bytes per read
LIMIT = 1 << 28  # bytes; the largest needed file, a batch of CIFAR-100, has 155 MB
SYSTEM = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini", "@eaDir", "lost+found"})
"""Names of files and folders that operating systems add."""
PAGE = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype\s+html|html|\?xml)", re.IGNORECASE)


class Mend(NamedTuple):
    """The ends of error messages: what a user does about an archive."""

    missing: str
    damaged: str


FETCH = Mend("run snakemake download", "delete it and run snakemake download")

Wanted = Callable[[str], bool]
Files = Iterator[tuple[str, bytes | None]]


def file_names(archive: Path, *, mend: Mend = FETCH) -> list[str]:
    """Return the paths of the regular files in an archive or a folder, in the order of reading.

    Bytes of a name that are not UTF-8 are written in hexadecimal. Links and devices in archives are
    skipped, and hidden files in folders.

    Raise `NasevalError` if the archive is damaged, or has a path twice or a path outside its
    folder. The message ends with `mend`.
    """
    names = [path for path, _ in _files(archive, lambda _: False, mend)]
    if len(set(names)) != len(names):
        twice, _ = Counter(names).most_common(1)[0]
        raise NasevalError(f"{archive} holds {twice} twice; {mend.damaged}")
    return names


def read_files(archive: Path, wanted: Wanted, *, mend: Mend = FETCH) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the wanted regular files, one at a time.

    The order is that of a tar or a RAR; files in a zip or a folder are sorted by their paths. Raise
    `NasevalError` if the archive is damaged or a wanted file is larger than `LIMIT`.
    """
    for path, content in _files(archive, wanted, mend):
        if content is not None:
            yield path, content


def read_in_order(archive: Path, names: list[str], *, mend: Mend = FETCH) -> Iterator[bytes]:
    """Yield the content of the files `names`, in this order.

    If the archive has another order, the contents are kept in a temporary file, because a
    compressed archive can only be read from its beginning.
    """
    chosen = set(names)
    if [name for name in file_names(archive, mend=mend) if name in chosen] == names:
        for _, content in read_files(archive, chosen.__contains__, mend=mend):
            yield content
        return
    with TemporaryFile() as kept:
        places = {}
        for name, content in read_files(archive, chosen.__contains__, mend=mend):
            places[name] = kept.tell(), len(content)
            kept.write(content)
        for name in names:
            start, size = places[name]
            kept.seek(start)
            yield kept.read(size)


def walk(folder: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield the path in `folder` and the entry of every file in it, sorted by path.

    Links are followed, but not into a folder that they lie in. Hidden files and those of operating
    systems are passed over. Raise `OSError` if a folder cannot be read.
    """
    found = [(readable(os.fsencode(path)), entry) for path, entry in _walk(folder, "", frozenset())]
    yield from sorted(found, key=lambda file: file[0])


def _walk(
    folder: Path | os.DirEntry[str], prefix: str, above: frozenset[tuple[int, int]]
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    here = folder.stat()
    place = here.st_dev, here.st_ino
    if place in above:
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_passed_over(entry.name):
                continue
            if entry.is_dir():
                yield from _walk(entry, f"{prefix}{entry.name}/", above | {place})
            elif entry.is_file() or entry.is_symlink():  # a link to nowhere is not passed over
                yield prefix + entry.name, entry


def is_passed_over(path: str) -> bool:
    """Tell whether a file or a folder that it lies in is hidden, or the operating system's."""
    return any(name.startswith(".") or name in SYSTEM for name in PurePosixPath(path).parts)


def is_page(path: Path) -> bool:
    """Tell whether a file is an HTML or XML page, which servers send in place of an archive."""
    with path.open("rb") as file:
        return PAGE.match(file.read(200)) is not None


def readable(name: bytes) -> str:
    """Return a file name as text that can be stored and printed under any locale."""
    text = name.decode("utf-8", "backslashreplace")
    return re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\x{ord(found[0]):02x}", text)


def _files(archive: Path, wanted: Wanted, mend: Mend) -> Files:
    """Yield the path of every regular file, with its content if it is wanted, else None."""
    if not archive.exists():
        raise NasevalError(f"{archive} is missing; {mend.missing}")
    with _named(archive, mend):
        for path, content in _reader(archive)(archive, wanted):
            if ".." in PurePosixPath(path).parts or path.startswith("/"):
                raise NasevalError(f"{archive} holds {path}, outside of its folder; {mend.damaged}")
            yield path, content


def _reader(archive: Path) -> Callable[[Path, Wanted], Files]:
    if archive.is_dir():
        return _in_folder
    if is_page(archive):
        raise OSError("it is an HTML page, not an archive")
    with archive.open("rb") as file:
        beginning = file.read(4)
    return {b"Rar!": _in_rar, b"PK\3\4": _in_zip, b"PK\5\6": _in_zip}.get(beginning, _in_tar)


def _in_folder(folder: Path, wanted: Wanted) -> Files:
    for path, entry in walk(folder):
        content = None
        if wanted(path):
            _check_size(path, entry.stat().st_size)
            content = Path(entry).read_bytes()
        yield path, content


def _in_tar(archive: Path, wanted: Wanted) -> Files:
    with tarfile.open(archive, encoding="utf-8", errors="surrogateescape") as tar:
        for info in tar:
            if not info.isreg():
                continue
            path, content = readable(info.name.encode("utf-8", "surrogateescape")), None
            if wanted(path):
                _check_size(path, info.size)
                file = tar.extractfile(info)
                content = file.read() if file else b""
                if len(content) != info.size:
                    raise OSError(f"{path} has {len(content)} of its {info.size} bytes")
            yield path, content
        while tar.fileobj and tar.fileobj.read(BLOCK):  # the checksum of gzip is at its end
            pass


def _in_zip(archive: Path, wanted: Wanted) -> Files:
    with zipfile.ZipFile(archive) as file:
        files = [(_zip_name(info), info) for info in file.infolist() if _is_regular(info)]
        for path, info in sorted(files, key=lambda file: file[0]):
            content = None
            if wanted(path):
                _check_size(path, info.file_size)
                content = file.read(info)
            yield path, content


def _is_regular(info: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(info.external_attr >> 16)
    return not info.is_dir() and kind in (0, stat.S_IFREG)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Return the path of a file. Without a stated encoding it is UTF-8, else that of MS-DOS."""
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        raw = name.encode("cp437")
        with_utf8 = raw.decode("utf-8", "replace")
        name = name if "\ufffd" in with_utf8 else with_utf8
    return readable(name.replace("\\", "/").encode("utf-8", "backslashreplace"))


def _in_rar(archive: Path, wanted: Wanted) -> Files:
    libarchive = _libarchive(archive)
    try:
        with libarchive.file_reader(str(archive)) as entries:
            for entry in entries:
                if entry.isreg:
                    path = _rar_name(entry.pathname)
                    yield path, _rar_content(path, entry) if wanted(path) else None
    except libarchive.ArchiveError as error:
        raise OSError(f"libarchive: {error}") from error


def _rar_name(name: str | bytes | None) -> str:
    encoded = name.encode("utf-8", "surrogateescape") if isinstance(name, str) else name or b""
    return readable(encoded)


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


DAMAGES = (
    tarfile.TarError,
    gzip.BadGzipFile,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,  # zipfile, of an encrypted file
    NotImplementedError,  # zipfile, of an unknown compression
    ValueError,  # of headers that cannot be
    OverflowError,
    MemoryError,
)


@contextmanager
def _named(archive: Path, mend: Mend) -> Iterator[None]:
    try:
        yield
    except DAMAGES as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise NasevalError(f"{archive} is damaged ({reason}); {mend.damaged}") from error

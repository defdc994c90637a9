"""Files inside tar, zip and RAR archives and folders, read into memory. Nothing is extracted."""

import errno
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
from naseval.files import reading
from naseval.memory import ran_out_of_memory

BLOCK = 1 << 20  # bytes per read
LIMIT = 1 << 28  # bytes; the largest needed file, a batch of CIFAR-100, has 155 MB
SYSTEM = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini", "@eaDir", "lost+found"})
"""Names of files and folders that operating systems add."""
PAGE = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype\s+html|html|\?xml)", re.IGNORECASE)


class Mend(NamedTuple):
    """The ends of error messages: what a user does about an archive."""

    missing: str
    damaged: str


READABLE = "make it and all in it readable, then run again"
FETCH = Mend("run snakemake download", "delete it and run snakemake download")


class Member(NamedTuple):
    """A file in an archive or a folder."""

    path: str
    content: bytes | None = None
    """None if it is not wanted."""
    is_link: bool = False
    """It is a link that is not followed."""


class Listing(NamedTuple):
    """The paths of the files in an archive or a folder, in the order of reading."""

    files: list[str]
    links: list[str]
    """Those of links that are not followed."""


Wanted = Callable[[str], bool]
Members = Iterator[Member]


def listing(archive: Path, *, mend: Mend = FETCH) -> Listing:
    """Return the paths of the regular files in an archive or a folder, and those of links.

    Bytes of a name that are not UTF-8 are written in hexadecimal. Devices in archives are skipped,
    and hidden files in folders. In a folder links are followed. In a tar a hard link to a file
    before it is that file once more; it comes after all others. No other link is followed.

    Raise `NasevalError` if the archive is damaged, or has a path twice or a path outside its
    folder. The message ends with `mend`.
    """
    members = list(_members(archive, lambda _: False, mend))
    names = [member.path for member in members if not member.is_link]
    if len(set(names)) != len(names):
        twice, _ = Counter(names).most_common(1)[0]
        raise NasevalError(f"{archive} holds {twice} twice; {mend.damaged}")
    return Listing(names, [member.path for member in members if member.is_link])


def file_names(archive: Path, *, mend: Mend = FETCH) -> list[str]:
    """Return the paths of the regular files alone. See `listing`."""
    return listing(archive, mend=mend).files


def read_files(archive: Path, wanted: Wanted, *, mend: Mend = FETCH) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the wanted regular files, one at a time.

    The order is that of a tar or a RAR, then a tar's hard links; files in a zip or a folder are
    sorted by their paths. Raise `NasevalError` if the archive is damaged or a wanted file is larger
    than `LIMIT`.
    """
    for member in _members(archive, wanted, mend):
        if member.content is not None:
            yield member.path, member.content


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


def zip_checksums(archive: Path, *, mend: Mend = FETCH) -> list[tuple[str, int, int]]:
    """Return path, size and CRC-32 of every file in a zip, as its directory has them.

    They are sorted by path. Files that `is_passed_over` are left out. Raise `NasevalError` if the
    directory is damaged.
    """
    with _named(archive, mend), zipfile.ZipFile(archive) as file:
        return [
            (path, info.file_size, info.CRC)
            for path, info in _zip_files(file)
            if not is_passed_over(path)
        ]


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


def is_zip(path: Path) -> bool:
    """Tell whether a file is a zip, by its beginning."""
    return _beginning(path) in (b"PK\3\4", b"PK\5\6")


def readable(name: bytes) -> str:
    """Return a file name as text that can be stored and printed under any locale."""
    text = name.decode("utf-8", "backslashreplace")
    return re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\x{ord(found[0]):02x}", text)


def _members(archive: Path, wanted: Wanted, mend: Mend) -> Members:
    """Yield every regular file, with its content if it is wanted, and links that are not followed.

    A link may have any path, because nothing is read of it.
    """
    with reading(archive, READABLE):
        there = archive.exists()
    if not there:
        raise NasevalError(f"{archive} is missing; {mend.missing}")
    with _named(archive, mend):
        for member in _reader(archive)(archive, wanted):
            if not member.is_link and _is_outside(member.path):
                raise NasevalError(
                    f"{archive} holds {member.path}, outside of its folder; {mend.damaged}"
                )
            yield member


def _is_outside(path: str) -> bool:
    return ".." in PurePosixPath(path).parts or path.startswith("/")


def _reader(archive: Path) -> Callable[[Path, Wanted], Members]:
    if archive.is_dir():
        return _in_folder
    if is_page(archive):
        raise OSError("it is an HTML page, not an archive")
    if is_zip(archive):
        return _in_zip
    return _in_rar if _beginning(archive) == b"Rar!" else _in_tar


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)


def _in_folder(folder: Path, wanted: Wanted) -> Members:
    for path, entry in walk(folder):
        content = None
        if wanted(path):
            _check_size(path, entry.stat().st_size)
            content = Path(entry).read_bytes()
        yield Member(path, content)


def _in_tar(archive: Path, wanted: Wanted) -> Members:
    """Yield the files of a tar in its order, then its hard links in the order of their files.

    So a compressed tar is read from its beginning only once more. A hard link leads to a member of
    the tar by its name, and nowhere else.
    """
    files: dict[PurePosixPath, tarfile.TarInfo] = {}
    links = []
    with tarfile.open(archive, encoding="utf-8", errors="surrogateescape") as tar:
        for info in tar:
            path = readable(info.name.encode("utf-8", "surrogateescape"))
            target = files.get(PurePosixPath(info.linkname)) if info.islnk() else None
            if target:
                links.append((target, path))
                files[PurePosixPath(info.name)] = target
            elif info.islnk() or info.issym():
                yield Member(path, is_link=True)
            elif info.isreg():
                files[PurePosixPath(info.name)] = info
                yield Member(path, _tar_content(tar, info, path) if wanted(path) else None)
        _check_end(tar)
        for target, path in sorted(links, key=lambda link: link[0].offset_data):
            yield Member(path, _tar_content(tar, target, path) if wanted(path) else None)


def _check_end(tar: tarfile.TarFile) -> None:
    """Raise `OSError` unless two blocks of zeros stand where tarfile stopped, the mark of the end.

    It stops quietly at a damaged header too, and where a tar was cut.
    """
    if tar.fileobj is None:
        return
    tar.fileobj.seek(tar.offset)
    if tar.fileobj.read(2 * tarfile.BLOCKSIZE) != bytes(2 * tarfile.BLOCKSIZE):
        raise OSError("it has no mark of its end, or a damaged header before it")
    while tar.fileobj.read(BLOCK):  # the checksum of gzip is at its end
        pass


def _tar_content(tar: tarfile.TarFile, info: tarfile.TarInfo, path: str) -> bytes:
    _check_size(path, info.size)
    file = tar.extractfile(info)
    content = file.read() if file else b""
    if len(content) != info.size:
        raise OSError(f"{path} has {len(content)} of its {info.size} bytes")
    return content


def _in_zip(archive: Path, wanted: Wanted) -> Members:
    with zipfile.ZipFile(archive) as file:
        for path, info in _zip_files(file):
            kind = stat.S_IFMT(info.external_attr >> 16)
            if kind == stat.S_IFLNK:
                yield Member(path, is_link=True)
            elif kind in (0, stat.S_IFREG):
                yield Member(path, _zip_content(file, info, path) if wanted(path) else None)


def _zip_files(file: zipfile.ZipFile) -> list[tuple[str, zipfile.ZipInfo]]:
    """Return path and entry of everything that is no folder, sorted by path."""
    named = [(_zip_name(info), info) for info in file.infolist() if not info.is_dir()]
    return sorted(named, key=lambda member: member[0])


def _zip_content(file: zipfile.ZipFile, info: zipfile.ZipInfo, path: str) -> bytes:
    _check_size(path, info.file_size)
    return file.read(info)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Return the path of a file. Without a stated encoding it is UTF-8, else that of MS-DOS."""
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        raw = name.encode("cp437")
        with_utf8 = raw.decode("utf-8", "replace")
        name = name if "\ufffd" in with_utf8 else with_utf8
    return readable(name.replace("\\", "/").encode("utf-8", "backslashreplace"))


def _in_rar(archive: Path, wanted: Wanted) -> Members:
    libarchive = _libarchive(archive)
    try:
        with libarchive.file_reader(str(archive)) as entries:
            for entry in entries:
                path = _rar_name(entry.pathname)
                if entry.issym:
                    yield Member(path, is_link=True)
                elif entry.isreg:
                    yield Member(path, _rar_content(path, entry) if wanted(path) else None)
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
)


@contextmanager
def _named(archive: Path, mend: Mend) -> Iterator[None]:
    """Raise `NasevalError`, with the archive, where it is damaged or cannot be read.

    Errors of too little memory pass.
    """
    try:
        yield
    except DAMAGES as error:
        if ran_out_of_memory(error):
            raise
        reason = " ".join(str(error).split()) or type(error).__name__
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise NasevalError(f"{archive} could not be read ({reason}); {READABLE}") from error
        raise NasevalError(f"{archive} is damaged ({reason}); {mend.damaged}") from error

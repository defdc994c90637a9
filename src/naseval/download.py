"""Download of files. Transfers are resumed and retried, and files are verified before use."""

import errno
import os
import shutil
import time
from collections.abc import Callable, Sequence
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tqdm import tqdm

from naseval.errors import DownloadError, NasevalError

TIMEOUT = 60  # seconds to wait for an answer
PAUSES = (0, 2, 8)  # seconds to wait before each attempt
BLOCK = 1 << 20  # bytes per read
LIMIT = 1 << 34  # bytes; all files are smaller, and an endless answer must not fill the disk
NOT_WRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS, errno.EPERM}


def download(
    url: str,
    target: Path,
    fault: Callable[[Path], str | None],
    *,
    pauses: Sequence[float] = PAUSES,
    limit: int = LIMIT,
) -> None:
    """Download `url` to `target`, which is created only when the file is complete and valid.

    `fault` gets the path of the complete file and returns a description of its fault, or None if
    the file is valid. An incomplete transfer is kept next to `target` as `.NAME.part`. The next
    attempt, in this process or a later one, continues it if the server still has the same file. A
    file of more than `limit` bytes is refused.

    Raise `DownloadError` if the last attempt fails, and `NasevalError` if the disk is full or not
    writable.
    """
    part = target.with_name(f".{target.name}.part")
    reason: str | None = None
    for pause in pauses:
        time.sleep(pause)
        try:
            part.parent.mkdir(parents=True, exist_ok=True)
            _transfer(url, part, limit)
        except (OSError, HTTPException) as error:
            _check_writable(error, target)
            if isinstance(error, HTTPError) and error.code == 416:  # the partial file is complete
                _discard(part)
            reason = str(error)
            continue
        reason = fault(part)
        if reason is None:
            _publish(part, target)
            return
        _discard(part)
    raise DownloadError(reason)


def _transfer(url: str, part: Path, limit: int) -> None:
    have, request = _continued(url, part)
    with urlopen(request, timeout=TIMEOUT) as answer:
        if getattr(answer, "status", None) != 206:  # the server sends the whole file
            have = 0
            _remember(part, answer.headers)
        length = answer.headers.get("Content-Length")
        total = have + int(length) if length else None
        _check_room(part, int(length or 0))
        with (
            part.open("ab" if have else "wb") as file,
            # The bar is hidden outside a terminal (disable=None) and for short downloads.
            tqdm(
                total=total,
                initial=have,
                desc=url.rpartition("/")[2],
                unit="B",
                unit_scale=True,
                delay=1,
                disable=None,
            ) as bar,
        ):
            while block := answer.read(BLOCK):
                bar.update(file.write(block))
                if file.tell() > limit:
                    raise OSError(f"it is larger than {limit} bytes")
    arrived = part.stat().st_size
    if total is not None and arrived != total:
        raise OSError(f"the connection broke off after {arrived} of {total} bytes")


def _continued(url: str, part: Path) -> tuple[int, Request]:
    """Return the number of bytes already downloaded and a request for the rest of the same file."""
    request = Request(url)
    version = _version_file(part)
    if not (part.exists() and version.exists()):
        return 0, request
    have = part.stat().st_size
    if have:
        request.add_header("Range", f"bytes={have}-")
        request.add_header("If-Range", version.read_text(encoding="utf-8"))
    return have, request


def _remember(part: Path, headers: Any) -> None:
    tag = headers.get("ETag") or ""
    # A weak ETag does not guarantee identical bytes.
    version = headers.get("Last-Modified") if not tag or tag.startswith("W/") else tag
    _version_file(part).unlink(missing_ok=True)
    if version:
        _version_file(part).write_text(version, encoding="utf-8")


def _version_file(part: Path) -> Path:
    return part.with_suffix(".version")


def _discard(part: Path) -> None:
    part.unlink(missing_ok=True)
    _version_file(part).unlink(missing_ok=True)


def _publish(part: Path, target: Path) -> None:
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(target)
    _discard(part)


def _check_room(part: Path, needed: int) -> None:
    if shutil.disk_usage(part.parent).free < needed:
        raise OSError(errno.ENOSPC, f"{needed} bytes do not fit on the disk")


def _check_writable(error: Exception, target: Path) -> None:
    if isinstance(error, OSError) and error.errno in NOT_WRITABLE:
        raise NasevalError(
            f"{target} could not be written ({error.strerror}); "
            "free disk space or choose a writable folder, then run again"
        ) from error

"""A study's archive: genotypes, seeds, protocols and curves of every run, with checksums."""

import hashlib
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from naseval.files import atomic_path

MOMENT = (1980, 1, 1, 0, 0, 0)
"""The date of every entry: the same results make the same bytes."""
CHECKSUMS = "SHA256SUMS"


def write_archive(path: str | Path, root: str, contents: Mapping[str, bytes | Path]) -> None:
    """Write a ZIP file whose entries lie below the folder `root`, sorted by name.

    `contents` maps names to bytes or to the file that holds them. `SHA256SUMS` is added, so that
    `sha256sum -c SHA256SUMS` checks what was unpacked.
    """
    digests = []
    with (
        atomic_path(path) as temporary,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in sorted(contents):
            held = contents[name]
            content = held.read_bytes() if isinstance(held, Path) else held
            digests.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
            archive.writestr(_entry(f"{root}/{name}"), content)
        archive.writestr(_entry(f"{root}/{CHECKSUMS}"), "".join(digests))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def below(results: Path, files: Iterable[str | Path]) -> dict[str, bytes | Path]:
    """Name files by their places below the results folder."""
    return {Path(file).relative_to(results).as_posix(): Path(file) for file in files}

"""Whether archives are the ones they were; without anything that fetches them."""

from pathlib import Path

from naseval.data.archives import ArchiveFile, archives
from naseval.data.lockfile import locked
from naseval.errors import NasevalError


def check_archive(source: str, folder: Path, lock: Path) -> None:
    """Raise `NasevalError` where a file of a source in `folder` is not the one it was."""
    for name, file in archives()[source].files.items():
        place = folder / name
        if not place.is_file():
            raise NasevalError(f"{place} is missing; run snakemake download")
        if wrong := fault(file, place, lock, f"{source}/{name}"):
            raise NasevalError(
                f"{place} is damaged or exchanged ({wrong}); delete it and run snakemake download"
            )


def fault(file: ArchiveFile, path: Path, lock: Path, key: str) -> str | None:
    """Return what is wrong with the file at `path`, or None."""
    recorded = locked(lock, key)
    accepted = file.digests or ([recorded] if recorded else [])
    if not accepted or any(digest.holds(path) for digest in accepted):
        return None
    first = accepted[0]
    return f"its {first.algorithm} differs from {first.value}, stated by {first.source}"

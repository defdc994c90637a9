"""The circumstances of a run: time, commit and library versions."""

import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGE = "naseval"
LIBRARIES = ("numpy", "pandas", "pyarrow", "pymoo", "scipy", "torch", "torchvision")


def now() -> str:
    """Return the UTC time in ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def circumstances(**facts: Any) -> dict[str, Any]:
    """Return commit and library versions, together with `facts`."""
    return {**_commit(), "versions": _versions(), **facts}


def versions(counts: Mapping[str, int]) -> str:
    """Return the versions of the code of results by their digests, e.g. `c0de12345678 (n = 8)`."""
    return ", ".join(f"{digest[:12]} (n = {n})" for digest, n in sorted(counts.items()))


def _versions() -> dict[str, str]:
    found = {}
    for name in (PACKAGE, *LIBRARIES):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _commit() -> dict[str, Any]:
    def git(*arguments: str) -> str:
        folder = str(Path(__file__).parent)
        return subprocess.run(
            ["git", "-C", folder, *arguments], capture_output=True, encoding="utf-8", check=True
        ).stdout.strip()

    try:
        return {"commit": git("rev-parse", "HEAD"), "dirty": bool(git("status", "--porcelain"))}
    except (OSError, subprocess.CalledProcessError):  # git is missing, or this is not a checkout
        return {"commit": None, "dirty": None}
